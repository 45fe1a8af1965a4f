/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Teardown, in reverse: whatever has nothing above it goes first.  What lies on what is read from the
 * devices themselves and from the mount table, not from what was probed, so it works for what an earlier
 * life left, too.  Only what is ours goes, or everything; never what this process stands on.
 */
#include "layer/layer.h"

#define STOP_TIMEOUT (30 * USEC_PER_SEC)

/* ---- what lies on what ---- */

static bool lies_directly_on(const struct device *upper, const struct device *lower)
{
	g_auto(GStrv) nums = upper->slaves ? g_strsplit(upper->slaves, " ", -1) : NULL;
	dev_t devnum;

	if (upper->parent == lower->devnum)
		return true;
	for (char **n = nums; n && *n; n++)
		if (devnum_parse(*n, &devnum) == 0 && devnum == lower->devnum)
			return true;
	return false;
}

/* The first device above it; a partition counts with what is on it. */
static const struct device *holder_of(const struct plan *p, const struct device *d)
{
	const GPtrArray *holders = paths_holders(p, d);

	for (guint i = 0; holders && i < holders->len; i++)
		if (holders->pdata[i] != d && lies_directly_on(holders->pdata[i], d))
			return holders->pdata[i];
	for (GSList *l = d->parts; l; l = l->next) {
		const struct device *above = holder_of(p, l->data);

		if (above)
			return above;
	}
	return NULL;
}

static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (g_str_equal(top, "/"))
		return !g_str_equal(path, "/");
	return g_str_has_prefix(path, top) && path[len] == '/';
}

/* ---- what is meant ---- */

static bool may_stop(const struct plan *p, const struct device *d)
{
	return (device_is_md(d) || !str_empty(d->dm_uuid) || !str_empty(d->dm_name)) &&
	       (p->stop_all || device_is_ours(p, d));
}

static bool may_unmount(const struct plan *p, const struct mount *m)
{
	return p->stop_all || mount_is_ours(p, m);
}

/* What an earlier run has called it: the goal's words, crypttab's name, the mount point. */
static bool made_names(const struct plan *p, const struct input *m, const char *key)
{
	g_autofree char *spec = m->spec ? graph_key(m->spec) : NULL;

	return streq0(spec, key) || streq0(m->name, p->stop_spec) || (m->target && streq0(m->target, p->stop_target));
}

static struct device *made_device(const struct plan *p, const struct input *m)
{
	const struct mount *t = made_mount(p, m);

	if (t)
		return graph_find(p, t->devnum);
	for (GList *l = p->devices.head; l; l = l->next)
		if (made_is_device(m, l->data))
			return l->data;
	return NULL;
}

/* By serial: devices go while the scope stays. */
static bool scope_add(struct plan *p, const struct device *d)
{
	return g_hash_table_add(p->stop_scope, GUINT_TO_POINTER(d->serial));
}

/* Images, logs and pools are of no use without what they are for. */
static void add_inner(struct plan *p, const struct device *d)
{
	g_auto(GStrv) nums = d->slaves && d->dm_uuid ? g_strsplit(d->slaves, " ", -1) : NULL;
	struct device *lower;
	dev_t devnum;

	for (char **n = nums; n && *n; n++)
		if (devnum_parse(*n, &devnum) == 0 && (lower = graph_find(p, devnum)) && lower->inner &&
		    scope_add(p, lower))
			add_inner(p, lower);
}

static void add_scope(struct plan *p, struct device *d)
{
	const GPtrArray *holders = paths_holders(p, d);

	if (!scope_add(p, d))
		return;
	add_inner(p, d);
	for (guint i = 0; holders && i < holders->len; i++)
		if (lies_directly_on(holders->pdata[i], d))
			add_scope(p, holders->pdata[i]);
	for (GSList *l = d->parts; l; l = l->next)
		add_scope(p, l->data);
}

/* What the SPEC names, by whichever of its names, and everything that lies on it. */
static void find_scope(struct plan *p)
{
	g_autofree char *key = graph_key(p->stop_spec);
	const GPtrArray *named = graph_named(p, key);
	struct device *d;

	for (guint i = 0; named && i < named->len; i++)
		add_scope(p, named->pdata[i]);
	for (guint i = 0; i < p->mounts->len; i++) {
		const struct mount *m = p->mounts->pdata[i];

		if (m->target && streq0(m->target, p->stop_target) && (d = graph_find(p, m->devnum)))
			add_scope(p, d);
	}
	for (guint i = 0; i < p->made->len; i++)
		if (made_names(p, p->made->pdata[i], key) && (d = made_device(p, p->made->pdata[i])))
			add_scope(p, d);
}

static bool in_scope(const struct plan *p, const struct device *d)
{
	return str_empty(p->stop_spec) || g_hash_table_contains(p->stop_scope, GUINT_TO_POINTER(d->serial));
}

/* It was stopped by an earlier run, under this name: that is what is wanted. */
static bool stopped_before(const struct plan *p)
{
	g_autofree char *key = graph_key(p->stop_spec);

	for (guint i = 0; i < p->made->len; i++) {
		const struct input *m = p->made->pdata[i];

		if (made_names(p, m, key) || streq0(m->spec, p->stop_spec))
			return true;
	}
	return false;
}

/* False: it is not known yet what the SPEC names, or that it names nothing. */
static bool know_scope(struct plan *p)
{
	if (str_empty(p->stop_spec) || p->stop_found)
		return true;
	find_scope(p);
	if (g_hash_table_size(p->stop_scope))
		return p->stop_found = true;
	if (!p->stop_probing) { /* its name may be written on it */
		p->stop_probing = true;
		graph_probe_all(p);
		graph_drain(p);
	}
	if (p->dirty_devices.length || p->probes_running || p->probe_queue.length)
		return false;
	p->stop_found = true; /* said once */
	if (stopped_before(p)) {
		plan_report(p, MSG_STOP_SPEC, 6, p->stop_spec, "is stopped already");
	} else {
		p->stop_failed++;
		plan_report(p, MSG_STOP_SPEC, 3, p->stop_spec, "nothing that is here answers to it: nothing is stopped");
	}
	return true;
}

void stop_begin(struct plan *p, const struct input *in)
{
	p->stopping = true;
	p->stop_all = in->flag;
	str_set(&p->stop_spec, in->spec);
	str_set(&p->stop_target, in->target);
	for (guint i = 0; i < p->questions->len; i++) {
		struct question *q = p->questions->pdata[i];

		if (!q->withdrawn)
			question_withdraw(p, q->about, "stopping");
	}
}

/* ---- one round ---- */

static bool tried(const struct plan *p, const void *what)
{
	return g_hash_table_contains(p->stop_tried, what);
}

static char *mount_key(const struct mount *m)
{
	return g_strdup_printf("mount %" PRIu64 " %u:%u %s", m->id, major(m->devnum), minor(m->devnum), m->target ?: "");
}

static char *device_key(const struct device *d)
{
	return g_strdup_printf("device %" PRIu64, d->serial);
}

static bool mount_tried(const struct plan *p, const struct mount *m)
{
	g_autofree char *key = mount_key(m);

	return tried(p, key);
}

static bool device_tried(const struct plan *p, const struct device *d)
{
	g_autofree char *key = device_key(d);

	return tried(p, key);
}

static struct action *emit(struct plan *p, enum action_type t, struct device *d, char *key)
{
	struct action *a = plan_request(p, t, OWNER_STOP, d, STOP_TIMEOUT);

	g_hash_table_add(p->stop_tried, key);
	a->devnum = d->devnum;
	a->diskseq = d->diskseq;
	a->node = g_strdup(d->node);
	p->stop_pending++;
	return a;
}

static bool belongs_to(const struct input *made, const struct device *d)
{
	if (streq0(made->kind, "part"))
		return made->parent == d->devnum;
	return made_is_device(made, d);
}

/* The links that an earlier life made for it. */
static void unlink_made(struct plan *p, const struct device *d)
{
	for (guint i = 0; !p->udev && i < p->made->len; i++) {
		const struct input *m = p->made->pdata[i];
		struct action *a;

		if (str_empty(m->links) || !belongs_to(m, d))
			continue;
		a = plan_request(p, ACTION_LINK, OWNER_NONE, NULL, USEC_NEVER);
		a->node = g_strdup(streq0(m->kind, "part") ? m->node : d->node);
		a->text = g_strdup(m->links);
		a->flag = true;
	}
}

static void stop_device(struct plan *p, struct device *d)
{
	struct action *a = emit(p, device_is_md(d) ? ACTION_MD_STOP : ACTION_DM_REMOVE, d, device_key(d));

	a->name = g_strdup(d->dm_name);
	a->uuid = g_strdup(d->dm_uuid);
	unlink_made(p, d);
}

/* Something is mounted in or over it that this round or a later one unmounts: now it would be busy. */
static bool has_mount_above(const struct plan *p, guint index)
{
	const struct mount *m = p->mounts->pdata[index];

	for (guint i = 0; i < p->mounts->len; i++) {
		const struct mount *o = p->mounts->pdata[i];
		struct device *d = o == m || !o->target ? NULL : graph_find(p, o->devnum);

		if (!d || !(is_below(o->target, m->target) || (i > index && g_str_equal(o->target, m->target))))
			continue;
		if (!o->standing && may_unmount(p, o) && in_scope(p, d) && (p->stop_pending || !mount_tried(p, o)))
			return true;
	}
	return false;
}

static void consider_mount(struct plan *p, guint index)
{
	const struct mount *m = p->mounts->pdata[index];
	struct device *d = graph_find(p, m->devnum);
	struct action *a;

	if (!d || m->standing || mount_tried(p, m) || !in_scope(p, d) || !may_unmount(p, m))
		return;
	if (!m->target) {
		emit(p, ACTION_SWAPOFF, d, mount_key(m));
		return;
	}
	if (has_mount_above(p, index))
		return;
	a = emit(p, ACTION_UMOUNT, d, mount_key(m));
	a->target = g_strdup(m->target);
	a->mount_id = m->id;
	str_set(&((struct request *)g_hash_table_lookup(p->requests, &a->id))->what, m->target);
}

static void consider_device(struct plan *p, struct device *d)
{
	if (!mounts_of(p, d->devnum) && !device_tried(p, d) && in_scope(p, d) && may_stop(p, d) && !holder_of(p, d))
		stop_device(p, d);
}

/* ---- what is left ---- */

static void say_left(struct plan *p, const char *what, const char *format, ...) _printf_(3, 4);
static void say_left(struct plan *p, const char *what, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list ap;

	va_start(ap, format);
	why = g_strdup_vprintf(format, ap);
	va_end(ap);
	p->stop_failed++;
	plan_report(p, MSG_STOP_FAILED, 3, what, "not stopped: %s", why);
}

static bool goes(const struct plan *p, const struct device *d)
{
	return in_scope(p, d) && may_stop(p, d);
}

/* Whoever is in the way is named once, by the lowest thing that he keeps; what was tried has been said. */
static void say_device_left(struct plan *p, const struct device *d)
{
	const GPtrArray *uses = mounts_of(p, d->devnum);
	const struct device *above = holder_of(p, d);
	const char *name = d->dm_name ?: d->node;

	for (guint i = 0; uses && i < uses->len; i++) {
		const struct mount *m = uses->pdata[i];

		if (m->standing || mount_tried(p, m))
			return;
		if (m->target)
			say_left(p, name, "it is mounted on %s, and not by this program", m->target);
		else
			say_left(p, name, "it is a swap area that this program has not switched on");
		return;
	}
	if (above && !goes(p, above))
		say_left(p, name, "/dev/%s%s%s%s lies on it, which this program has not made", above->node,
			 above->dm_name ? " (" : "", above->dm_name ?: "", above->dm_name ? ")" : "");
}

/* A file system that we had mounted may have been mounted a second time by somebody else. */
static void say_mount_left(struct plan *p, const struct mount *m)
{
	struct device *d = graph_find(p, m->devnum);
	bool named = !str_empty(p->stop_spec);

	if (!d || !in_scope(p, d) || mount_tried(p, m))
		return;
	if (m->standing && may_unmount(p, m))
		say_left(p, m->target, "this program, or the system that it runs in, stands on it");
	else if (m->target && !may_unmount(p, m) && !may_stop(p, d) &&
		 (named || g_hash_table_contains(p->stop_unmounted, GUINT_TO_POINTER(d->serial)))) {
		p->stop_failed += named;
		plan_report(p, MSG_STOP_FAILED, named ? 3 : 4, m->target,
			    "/dev/%s stays mounted there, for this program has not done it", d->node);
	}
}

static void say_what_is_left(struct plan *p)
{
	p->stop_told = true;
	for (GList *l = p->devices.head; l; l = l->next)
		if (goes(p, l->data) && !device_tried(p, l->data))
			say_device_left(p, l->data);
	for (guint i = 0; i < p->mounts->len; i++)
		say_mount_left(p, p->mounts->pdata[i]);
}

void stop_consider(struct plan *p)
{
	if (!p->enumerated || p->stop_pending || !know_scope(p))
		return; /* one round at a time: each makes the next one possible */
	for (guint i = p->mounts->len; i-- > 0;)
		consider_mount(p, i);
	for (GList *l = p->devices.tail, *prev; l; l = prev) {
		prev = l->prev;
		consider_device(p, l->data);
	}
	if (!p->stop_pending && !p->stop_told)
		say_what_is_left(p);
}

/* ---- results ---- */

static void use_ended(struct plan *p, const struct request *r)
{
	const GPtrArray *uses = mounts_of(p, r->devnum);

	g_hash_table_add(p->stop_unmounted, GUINT_TO_POINTER(r->serial));
	for (guint i = 0; uses && i < uses->len; i++) {
		const struct mount *m = uses->pdata[i];
		struct input gone = { .type_id = INPUT_UNMOUNTED, .id = m->id, .devnum = m->devnum,
				      .target = m->target };

		if (!mount_tried(p, m) || (r->type == ACTION_UMOUNT ? !streq0(m->target, r->what) : m->target != NULL))
			continue;
		mounts_told(p, &gone, false); /* unless the mount table said so before */
		return;
	}
}

void stop_finished(struct plan *p, const struct request *r, const struct input *in)
{
	struct device *d = graph_find(p, r->devnum);

	p->stop_pending--;
	if (in->error < 0) {
		p->stop_failed++;
		plan_report(p, MSG_STOP_FAILED, 3, r->what ?: "", "%s: %s", action_type_name(r->type),
			    in->text ?: g_strerror((int)-in->error));
		return;
	}
	if (r->type == ACTION_UMOUNT || r->type == ACTION_SWAPOFF) {
		use_ended(p, r);
	} else if (d && d->serial == r->serial) {
		struct input gone = { .type_id = INPUT_GONE, .devnum = d->devnum };

		graph_gone(p, &gone); /* its own event may come later, or was coalesced */
	}
}

bool stop_done(const struct plan *p)
{
	return p->enumerated && !p->stop_pending && p->stop_told && !g_hash_table_size(p->requests);
}
