/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The layout record: when the image was built, the chain from each file system down to its disks was
 * read from /sys.  It explains what superblocks cannot say (what a missing member lay on) and knows
 * what ought to be encrypted.  It never decides what a device is.
 *
 * A node: name=KEY kind=fs|lvm|md|luks|part|disk uuid= label= (for people) slaves="KEY KEY" (below it)
 * and for kind=fs type= target= and every name it is known by: spec=, partuuid= (it lies on a partition),
 * links="mapper/NAME VG/LV" (below /dev); for part partuuid=; for disk wwid= serial=; for what is a member of
 * the node above it uuid_sub= (of an LVM PV: its own) and md_role=.
 */
#include "layer/layer.h"

#define DEPTH_MAX 16

static const struct input *node_named(const struct plan *p, const char *name)
{
	for (guint i = 0; i < p->layout->len; i++) {
		const struct input *n = p->layout->pdata[i];

		if (streq0(n->name, name))
			return n;
	}
	return NULL;
}

/* Whether the goal calls it TAG=value, in any spelling. */
static bool goal_says(const struct goal *g, const char *tag, const char *value)
{
	g_autofree char *spec = value ? g_strconcat(tag, value, NULL) : NULL;
	g_autofree char *key = spec ? graph_key(spec) : NULL;

	return key && streq0(key, g->key);
}

static bool goal_means(const struct goal *g, const struct input *n)
{
	g_auto(GStrv) links = g_strsplit(n->links ?: "", " ", -1);

	if (goal_says(g, "UUID=", n->uuid) || goal_says(g, "LABEL=", n->label) ||
	    goal_says(g, "PARTUUID=", n->partuuid) || goal_says(g, "", n->spec))
		return true;
	for (char **l = links; *l; l++)
		if (**l && goal_says(g, "/dev/", *l))
			return true;
	return false;
}

static const struct input *node_of_goal(const struct plan *p, const struct goal *g)
{
	for (guint i = 0; i < p->layout->len; i++) {
		const struct input *n = p->layout->pdata[i];

		if (streq0(n->kind, "fs") && goal_means(g, n))
			return n;
	}
	return NULL;
}

/* The recorded file system or swap area of this mount point, and of this spec; NULL: there is none. */
const struct input *layout_find(const struct plan *p, const char *target, const char *spec)
{
	g_autofree char *key = spec ? graph_key(spec) : NULL;
	const struct goal g = { .key = key };

	for (guint i = 0; i < p->layout->len; i++) {
		const struct input *n = p->layout->pdata[i];

		if (streq0(n->kind, "fs") && (!target || streq0(n->target, target)) && (!spec || goal_means(&g, n)))
			return n;
	}
	return NULL;
}

static struct assembly *assembly_of(const struct plan *p, const struct input *n)
{
	for (guint i = 0; i < p->assemblies->len; i++) {
		struct assembly *a = p->assemblies->pdata[i];

		if (streq0(a->layer->name, n->kind) && uuid_equal(a->id, n->uuid))
			return a;
	}
	return NULL;
}

static bool disk_present(const struct plan *p, const struct input *n)
{
	if (n->partuuid) {
		g_autofree char *tag = g_strconcat("PARTUUID=", n->partuuid, NULL);
		g_autofree char *key = graph_key(tag);

		if (graph_named(p, key))
			return true;
	}
	for (GList *l = p->devices.head; l; l = l->next) {
		const struct device *d = l->data;

		if (!d->size || d->partn)
			continue;
		if (n->wwid ? streq0(d->wwid, n->wwid) : n->serial ? streq0(d->hw_serial, n->serial) : false)
			return true;
	}
	return false;
}

/* What carries it was seen: by its own superblock where it has one. */
static bool node_present(const struct plan *p, const struct input *n)
{
	const struct assembly *a;

	if (streq0(n->kind, "disk") || streq0(n->kind, "part"))
		return disk_present(p, n);
	if (streq0(n->kind, "fs")) {
		g_autofree char *tag = g_strconcat("UUID=", n->uuid ?: "", NULL);
		g_autofree char *key = graph_key(tag);

		return graph_named(p, key) != NULL;
	}
	a = assembly_of(p, n);
	return a && assembly_running(a);
}

/* A disk without a name of its own is known by what lies on it. */
static bool carries_known(const struct plan *p, const struct input *upper, const struct input *n)
{
	const struct assembly *a = assembly_of(p, upper);

	if (streq0(upper->kind, "luks"))
		return a && a->members->len;
	for (guint i = 0; a && n->uuid_sub && i < a->members->len; i++) {
		const struct device *d = ((struct member *)a->members->pdata[i])->dev;

		if (uuid_equal(d->info.uuid_sub, n->uuid_sub) || streq0(d->info.uuid, n->uuid_sub))
			return true;
	}
	return false;
}

static const struct input *first_missing(const struct plan *p, const struct input *n, const struct input *upper,
					 const struct input **above, unsigned depth)
{
	g_auto(GStrv) below = NULL;

	if (depth > DEPTH_MAX || node_present(p, n) || (upper && carries_known(p, upper, n)))
		return NULL;
	below = g_strsplit(n->slaves ?: "", " ", -1);
	for (char **b = below; *b; b++) {
		const struct input *lower = **b ? node_named(p, *b) : NULL;
		const struct input *found = lower ? first_missing(p, lower, n, above, depth + 1) : NULL;

		if (found)
			return found;
	}
	*above = upper;
	return n;
}

static char *describe(const struct input *n)
{
	if (streq0(n->kind, "part") && n->partuuid)
		return g_strdup_printf("PARTUUID=%s", n->partuuid);
	if (streq0(n->kind, "disk") && (n->wwid || n->serial))
		return g_strdup_printf("disk %s", n->wwid ?: n->serial);
	return g_strdup_printf("%s %s", n->kind, n->label ?: n->uuid ?: n->name);
}

/* Appends the first missing leaf of the recorded chain; false: nothing is recorded of this goal. */
bool layout_explain(const struct plan *p, const struct goal *g, GPtrArray *waits)
{
	const struct input *top = node_of_goal(p, g), *above = NULL, *leaf;
	g_autofree char *under = NULL;
	const struct assembly *a;

	if (!top || !p->enumerated)
		return false;
	leaf = first_missing(p, top, NULL, &above, 0);
	if (!leaf || leaf == top)
		return false;
	a = assembly_of(p, leaf);
	if (a && !assembly_running(a)) {
		a->layer->missing(p, a, waits);
		return waits->len > 0;
	}
	under = describe(above ?: top);
	wait_add(waits, streq0(leaf->kind, "disk") || streq0(leaf->kind, "part") ? "device" : "member", g->since,
		 above && assembly_of(p, above) ? assembly_of(p, above)->degraded_at : 0, describe(leaf),
		 g_strdup_printf("has not appeared; it was below %s when the image was built", under));
	return true;
}

static bool chain_has(const struct plan *p, const struct input *n, const struct assembly *a, unsigned depth)
{
	g_auto(GStrv) below = NULL;

	if (!n || depth > DEPTH_MAX)
		return false;
	if (streq0(n->kind, a->layer->name) && uuid_equal(n->uuid, a->id))
		return true;
	below = g_strsplit(n->slaves ?: "", " ", -1);
	for (char **b = below; *b; b++)
		if (**b && chain_has(p, node_named(p, *b), a, depth + 1))
			return true;
	return false;
}

/* The record says that the goal lies on it. */
bool layout_names(const struct plan *p, const struct goal *g, const struct assembly *a)
{
	return chain_has(p, node_of_goal(p, g), a, 0);
}

/* Whether this assembly may be on the way to the goal: everything may, as far as nothing is recorded. */
bool layout_may_lead(const struct plan *p, const struct goal *g, const struct assembly *a)
{
	const struct input *top = node_of_goal(p, g);

	return !top || chain_has(p, top, a, 0);
}

/* ---- supplantation ---- */

static const struct input *encrypted_below(const struct plan *p, const struct input *n, unsigned depth)
{
	const struct input *first = NULL;
	g_auto(GStrv) below = NULL;

	if (!n || depth > DEPTH_MAX)
		return NULL;
	if (streq0(n->kind, "luks"))
		return n;
	below = g_strsplit(n->slaves ?: "", " ", -1);
	for (char **b = below; *b; b++) {
		const struct input *found = **b ? encrypted_below(p, node_named(p, *b), depth + 1) : first;

		if (!found)
			return NULL; /* a leg of it is open to everybody anyway */
		first = first ?: found;
	}
	return first;
}

bool layout_is_encrypted(const struct plan *p, const struct input *n)
{
	return encrypted_below(p, n, 0) != NULL;
}

static bool recorded(const struct plan *p, const struct input *n, const struct device *d, unsigned depth)
{
	g_auto(GStrv) below = NULL;

	if (!n || depth > DEPTH_MAX)
		return false;
	if (streq0(n->kind, "luks") && luks_uuid_of(d, n->uuid))
		return true;
	below = g_strsplit(n->slaves ?: "", " ", -1);
	for (char **b = below; *b; b++)
		if (**b && recorded(p, node_named(p, *b), d, depth + 1))
			return true;
	return false;
}

/*
 * What it lies on: an LV on what its table names, whatever other PVs its VG has, and the record says the same;
 * anything else on the members of its set.  NULL among them: not known.
 */
static GPtrArray *legs_of(const struct plan *p, const struct device *made)
{
	const struct assembly *a = made->output_of;
	g_auto(GStrv) nums = a->layer == &layer_lvm ? g_strsplit(made->slaves ?: "", " ", -1) : NULL;
	GPtrArray *legs = g_ptr_array_new();
	dev_t devnum;

	for (char **n = nums; n && *n; n++)
		g_ptr_array_add(legs, devnum_parse(*n, &devnum) < 0 ? NULL : graph_find(p, devnum));
	for (guint i = 0; !nums && i < a->members->len; i++)
		if (!((const struct member *)a->members->pdata[i])->excluded)
			g_ptr_array_add(legs, ((const struct member *)a->members->pdata[i])->dev);
	return legs;
}

/* Each of its legs lies on an encrypted volume that is recorded below top. */
static bool reached_through(const struct plan *p, const struct device *d, const struct input *top, unsigned depth)
{
	const struct device *disk = d->parent ? graph_find(p, d->parent) : NULL;
	const struct device *made = d->output_of || !disk ? d : disk;
	const struct assembly *a = made->output_of;
	g_autoptr(GPtrArray) legs = NULL;

	if (!a || depth > DEPTH_MAX)
		return false;
	if (a->layer == &layer_luks && recorded(p, top, made, 0))
		return true;
	legs = legs_of(p, made);
	for (guint i = 0; i < legs->len; i++)
		if (!legs->pdata[i] || !reached_through(p, legs->pdata[i], top, depth + 1))
			return false;
	return legs->len > 0;
}

/* crypttab says what /dev/mapper/NAME is: nothing else of that name will do. */
static const struct volume *volume_of_key(const struct plan *p, const char *key)
{
	for (guint i = 0; i < p->volumes->len; i++) {
		const struct volume *v = p->volumes->pdata[i];

		if (g_str_has_prefix(key, "/dev/mapper/") && streq0(v->name, key + strlen("/dev/mapper/")))
			return v;
	}
	return NULL;
}

/* Why d must not be taken for what the goal means; NULL: nothing speaks against it. */
char *layout_supplanted(const struct plan *p, const struct goal *g, const struct device *d)
{
	const struct input *top = node_of_goal(p, g), *luks = encrypted_below(p, top, 0);
	const struct volume *v = volume_of_key(p, g->key);

	if (v && (!d->output_of || d->output_of != v->assembly))
		return g_strdup_printf("/dev/%s is called %s but is not the volume that %s names: refused", d->node,
				       g->spec, v->where ?: "crypttab");
	if (!luks || reached_through(p, d, top, 0))
		return NULL;
	return g_strdup_printf("/dev/%s answers to %s but does not lie on the encrypted volume %s: refused", d->node,
			       g->spec, luks->label ?: luks->uuid);
}

/* ---- what was opened without a person, beside a root that anybody may have put there ---- */

static bool is_encrypted(const struct plan *p, const struct device *d, unsigned depth)
{
	const struct device *disk = d->parent ? graph_find(p, d->parent) : NULL;
	const struct device *made = d->output_of || !disk ? d : disk;
	g_autoptr(GPtrArray) legs = NULL;

	if (!made->output_of || depth > DEPTH_MAX)
		return false;
	if (made->output_of->layer == &layer_luks)
		return true;
	legs = legs_of(p, made);
	for (guint i = 0; i < legs->len; i++)
		if (!legs->pdata[i] || !is_encrypted(p, legs->pdata[i], depth + 1))
			return false;
	return legs->len > 0;
}

/* Root of the command line, which the record, where there is one, does not know. */
static bool unknown_root(const struct plan *p, const struct goal *g, const struct device *d)
{
	g_autofree char *spec = d && d->info.uuid ? g_strconcat("UUID=", d->info.uuid, NULL) : NULL;

	return p->layout->len && g->kind == GOAL_MOUNT && streq0(g->where, INPUT_COMMAND_LINE) && !node_of_goal(p, g) &&
	       !(spec && layout_find(p, "/", spec));
}

/* Why d must not be root beside what is open; NULL: nothing speaks against it. */
char *layout_exposed(const struct plan *p, const struct goal *g, const struct device *d)
{
	if (!unknown_root(p, g, d) || is_encrypted(p, d, 0))
		return NULL;
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		if (a->automatic && assembly_running(a))
			return g_strdup_printf("/dev/%s is not encrypted and not the recorded root, and %s %s was opened "
					       "without a passphrase: refused", d->node, a->layer->name, a->name ?: a->id);
	}
	return NULL;
}

/* Such a root is there: what a key file opens would be its, too. */
bool layout_root_exposed(const struct plan *p)
{
	for (guint i = 0; p->layout->len && i < p->goals->len; i++) {
		const struct goal *g = p->goals->pdata[i];

		if (g->dev && g->state != GOAL_FAILED && unknown_root(p, g, g->dev) && !is_encrypted(p, g->dev, 0))
			return true;
	}
	return false;
}
