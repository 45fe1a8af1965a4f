/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths of one disk: devices that have the WWID, the size and the content of another.  One of them is
 * used; the others keep the names of their nodes, and nothing else: no choice falls on them, and they
 * are members of nothing.  Written to over two paths at once, a file system or array would be lost.
 */
#include "layer/layer.h"

static struct device *disk_of(const struct plan *p, struct device *d)
{
	return d->parent ? graph_find(p, d->parent) : d;
}

static char *wwid_key(const char *wwid)
{
	return g_strconcat("wwid:", wwid, NULL);
}

/* By these its paths and what lies on it are found without a look at every device. */
void paths_name(struct plan *p, struct device *d)
{
	g_auto(GStrv) nums = str_empty(d->slaves) ? NULL : g_strsplit(d->slaves, " ", -1);

	for (char **n = nums; n && *n; n++) {
		g_autofree char *on = g_strconcat("on:", *n, NULL);

		graph_name(p, d, on);
	}
	if (!d->parent && !str_empty(d->wwid)) {
		g_autofree char *key = wwid_key(d->wwid);

		graph_name(p, d, key);
	}
}

const GPtrArray *paths_holders(const struct plan *p, const struct device *d)
{
	g_autofree char *on = g_strdup_printf("on:%u:%u", major(d->devnum), minor(d->devnum));

	return graph_named(p, on);
}

static bool held(const struct plan *p, const struct device *d)
{
	g_autofree char *num = g_strdup_printf("%u:%u", major(d->devnum), minor(d->devnum));
	const GPtrArray *holders = paths_holders(p, d);

	for (guint i = 0; holders && i < holders->len; i++) {
		const struct device *upper = holders->pdata[i];
		g_auto(GStrv) now = g_strsplit(upper->slaves ?: "", " ", -1);

		if (g_strv_contains((const char *const *)now, num))
			return true;
	}
	return false;
}

/* ---- the set ---- */

/* What has it in use, or has asked for it, or lies on it: it stays the one that is used. */
static bool in_use(const struct plan *p, const struct device *d)
{
	const struct assembly *a = d->member_of;

	if (a && (assembly_running(a) || a->state == ASSEMBLY_ACTIVATING))
		return true;
	for (GSList *l = d->goals; l; l = l->next) {
		const struct goal *g = l->data;

		if (g->kind != GOAL_DEVICE && (g->state != GOAL_FAILED || g->too_late))
			return true;
	}
	return mounts_of(p, d->devnum) || held(p, d);
}

/* Somebody wrote its node down. */
static bool pinned(const struct plan *p, const struct device *d)
{
	for (guint n = 0; n < d->names->len; n++) {
		const char *name = d->names->pdata[n];
		const GPtrArray *goals;

		if (strchr(name, '=')) /* what is on it is on the others, too */
			continue;
		if (g_hash_table_contains(p->volumes_by_key, name))
			return true;
		goals = goals_of_key(p, name);
		for (guint i = 0; goals && i < goals->len; i++) {
			const struct goal *g = goals->pdata[i];

			if (goal_unmet(g) && g->kind != GOAL_DEVICE)
				return true;
		}
	}
	return false;
}

/* What is written while one path is in use makes the content that another one shows newer. */
static bool same_content(const struct plan *p, struct device *a, struct device *b)
{
	const struct input *x = &a->info, *y = &b->info;

	if ((str_empty(x->uuid) || !x->type) && str_empty(x->partuuid))
		return false;
	if (!streq0(x->type, y->type) || !streq0(x->uuid, y->uuid) || !streq0(x->uuid_sub, y->uuid_sub) ||
	    !streq0(x->partuuid, y->partuuid) || x->md_number != y->md_number)
		return false;
	if (x->md_events == y->md_events && x->lvm_seqno == y->lvm_seqno && streq0(x->lvm_metadata, y->lvm_metadata))
		return true;
	return in_use(p, a) || in_use(p, b);
}

static bool same_disk(const struct plan *p, struct device *a, struct device *b)
{
	const struct device *x = disk_of(p, a), *y = disk_of(p, b);

	return x->size == y->size && a->size == b->size && a->partn == b->partn && same_content(p, a, b);
}

static struct device *part_of(struct device *disk, uint64_t partn)
{
	for (GSList *l = disk->parts; partn && l; l = l->next)
		if (((struct device *)l->data)->partn == partn)
			return l->data;
	return partn ? NULL : disk;
}

/* Those at the same place of all disks with its WWID, itself included; NULL: there is but one disk. */
static GPtrArray *at_its_place(const struct plan *p, struct device *d)
{
	const struct device *disk = disk_of(p, d);
	g_autofree char *key = disk && !str_empty(disk->wwid) ? wwid_key(disk->wwid) : NULL;
	const GPtrArray *disks = key ? graph_named(p, key) : NULL;
	GPtrArray *found;

	if (!disks || disks->len < 2)
		return NULL;
	found = g_ptr_array_new();
	for (guint i = 0; i < disks->len; i++) {
		struct device *other = disks->pdata[i], *c = part_of(other, d->partn);

		if (c && streq0(other->wwid, disk->wwid))
			g_ptr_array_add(found, c);
	}
	return found;
}

/* "sdb" before "sdaa", "nvme2n1" before "nvme10n1". */
static int compare_nodes(const char *a, const char *b)
{
	while (*a && *b) {
		bool digits = g_ascii_isdigit(*a) && g_ascii_isdigit(*b);
		size_t x, y;
		int diff;

		if (digits) {
			a += strspn(a, "0");
			b += strspn(b, "0");
		}
		for (x = 0; a[x] && !g_ascii_isdigit(a[x]) != digits; x++)
			;
		for (y = 0; b[y] && !g_ascii_isdigit(b[y]) != digits; y++)
			;
		diff = x != y ? (x < y ? -1 : 1) : strncmp(a, b, x);
		if (diff)
			return diff;
		a += x;
		b += x;
	}
	return *a ? 1 : *b ? -1 : 0;
}

static int by_node(gconstpointer a, gconstpointer b)
{
	return compare_nodes((*(const struct device *const *)a)->node, (*(const struct device *const *)b)->node);
}

/* Sorted; d is one of them. */
static GPtrArray *paths_of(const struct plan *p, struct device *d, const GPtrArray *place)
{
	GPtrArray *set = g_ptr_array_new();

	for (guint i = 0; place && i < place->len; i++) {
		struct device *c = place->pdata[i];

		if (c == d || (c->size && c->probe == PROBE_DONE && same_disk(p, c, d)))
			g_ptr_array_add(set, c);
	}
	g_ptr_array_sort(set, by_node);
	return set;
}

static struct device *choose(const struct plan *p, const GPtrArray *set)
{
	for (guint i = 0; i < set->len; i++)
		if (in_use(p, set->pdata[i]))
			return set->pdata[i];
	for (guint i = 0; i < set->len; i++)
		if (pinned(p, set->pdata[i]))
			return set->pdata[i];
	return set->pdata[0];
}

/* ---- who is used ---- */

static void show(struct plan *p, struct device *d)
{
	d->path_of = NULL;
	graph_dirty(p, d);
}

static void hide(struct plan *p, struct device *d, struct device *behind)
{
	d->has_paths = true;
	if (d->path_of == behind)
		return;
	if (!d->path_of) {
		assembly_leave(p, d);
		links_drop(p, d);
		names_drop(p, d);
		names_of_node(p, d);
	}
	d->path_of = behind;
}

static void show_followers(struct plan *p, const struct device *d)
{
	for (GList *l = p->devices.head; l; l = l->next) {
		struct device *c = l->data;

		if (c->path_of == d)
			show(p, c);
	}
}

/* Said of one of them, it was said of all, also when that one goes and comes again. */
static bool told(struct plan *p, const GPtrArray *set)
{
	bool any = false;

	for (guint i = 0; i < set->len; i++)
		any |= disk_of(p, set->pdata[i])->paths_told;
	for (guint i = 0; any && i < set->len; i++)
		disk_of(p, set->pdata[i])->paths_told = true;
	return any;
}

bool paths_hide(struct plan *p, struct device *d)
{
	g_autoptr(GPtrArray) place = at_its_place(p, d), set = NULL;
	struct device *best;

	if (!place && !d->has_paths)
		return false;
	set = paths_of(p, d, place);
	best = set->len ? choose(p, set) : d;
	for (guint i = 0; place && i < place->len; i++) {
		struct device *c = place->pdata[i];

		if (c->path_of == d && !g_ptr_array_find(set, c, NULL))
			show(p, c); /* something else is on it now */
	}
	if (!place)
		show_followers(p, d);
	for (guint i = 0; i < set->len; i++) {
		struct device *c = set->pdata[i];

		goals_ask_device(p, c);
		if (c != best)
			hide(p, c, best);
	}
	if (best->path_of && best != d)
		show(p, best);
	best->path_of = NULL;
	best->has_paths = d->has_paths = set->len > 1;
	p->paths_untold |= set->len > 1 && !told(p, set);
	return best != d;
}

/* It is gone, or what was on it is: others take its place. */
void paths_leave(struct plan *p, struct device *d)
{
	if (d->has_paths)
		show_followers(p, d);
	d->path_of = NULL;
	d->has_paths = false;
}

/* Something was said of devices with this name, or began to use them. */
void paths_again(struct plan *p, const char *key)
{
	const GPtrArray *found = graph_named(p, key);

	for (guint i = 0; found && i < found->len; i++) {
		struct device *d = found->pdata[i];

		if (d->has_paths)
			graph_dirty(p, d);
	}
}

void paths_again_of(struct plan *p, dev_t devnum)
{
	struct device *d = graph_find(p, devnum);

	if (d && d->has_paths)
		graph_dirty(p, d);
}

/* ---- what is said ---- */

/* Once for a disk, however many partitions it has, and however often a path comes and goes. */
static void tell(struct plan *p, struct device *used)
{
	g_autoptr(GPtrArray) place = at_its_place(p, used), set = paths_of(p, used, place);
	struct device *disk = disk_of(p, used);
	g_autoptr(GString) others = g_string_new(NULL);

	for (guint i = 0; i < set->len; i++) {
		struct device *d = disk_of(p, set->pdata[i]);

		d->paths_told = true;
		if (d != disk)
			g_string_append_printf(others, "%s/dev/%s", others->len ? ", " : "", d->node);
	}
	if (others->len)
		plan_report(p, MSG_PATHS, 4, disk->node,
			    "/dev/%s is used; other paths to this disk are left alone, as multipath is not set up: %s",
			    disk->node, others->str);
}

/* As long as others may come with the first list, nothing is said. */
void paths_tell(struct plan *p)
{
	if (!p->paths_untold || !graph_choice_allowed(p))
		return;
	p->paths_untold = false;
	for (GList *l = p->devices.head; l; l = l->next) {
		struct device *d = l->data;

		if (d->has_paths && !d->path_of && disk_of(p, d) && !disk_of(p, d)->paths_told)
			tell(p, d);
	}
}
