/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Teardown, in reverse: whatever has nothing above it goes first.  What lies on what is read from the
 * devices themselves, not from what was probed, so it works for what an earlier life left, too.
 */
#include "layer/layer.h"

#define STOP_TIMEOUT (30 * USEC_PER_SEC)

static bool ours(const struct plan *p, const struct device *d)
{
	for (guint i = 0; i < p->made->len; i++) {
		const struct input *m = p->made->pdata[i];

		if (streq0(m->kind, "dm") && d->dm_uuid && streq0(m->uuid, d->dm_uuid) && streq0(m->name, d->dm_name))
			return true;
		if (streq0(m->kind, "md") && m->devnum == d->devnum && (!m->diskseq || m->diskseq == d->diskseq))
			return true;
	}
	return p->stop_all;
}

static bool is_md(const struct device *d)
{
	return d->md_state != NULL && !d->partn;
}

static bool stoppable(const struct plan *p, const struct device *d)
{
	return (is_md(d) || !str_empty(d->dm_uuid) || !str_empty(d->dm_name)) && ours(p, d);
}

static bool lies_directly_on(const struct device *upper, const struct device *lower)
{
	g_auto(GStrv) nums = g_strsplit(upper->slaves ?: "", " ", -1);

	if (upper->parent == lower->devnum)
		return true;
	for (char **n = nums; *n; n++) {
		dev_t devnum;

		if (devnum_parse(*n, &devnum) == 0 && devnum == lower->devnum)
			return true;
	}
	return false;
}

static bool has_holder(const struct plan *p, const struct device *d)
{
	for (GList *l = p->devices.head; l; l = l->next) {
		const struct device *upper = l->data;

		if (upper != d && lies_directly_on(upper, d) && (upper->parent != d->devnum || has_holder(p, upper)))
			return true;
	}
	return false;
}

/* The spec given to stop, or everything that lies on what it names. */
static bool in_scope(const struct plan *p, const struct device *d, const char *spec, unsigned depth)
{
	g_autofree char *key = NULL;

	if (str_empty(spec))
		return true;
	key = graph_key(spec);
	for (guint i = 0; i < d->names->len; i++)
		if (g_str_equal(d->names->pdata[i], key))
			return true;
	for (GList *l = p->devices.head; depth < 16 && l; l = l->next)
		if (lies_directly_on(d, l->data) && in_scope(p, l->data, spec, depth + 1))
			return true;
	return false;
}

static const struct mount *mount_of(const struct plan *p, const struct device *d)
{
	const struct mount *last = NULL;

	for (guint i = 0; i < p->mounts->len; i++) {
		const struct mount *m = p->mounts->pdata[i];

		if (m->devnum == d->devnum)
			last = m;
	}
	return last;
}

static bool made_mount(const struct plan *p, const char *target)
{
	for (guint i = 0; i < p->made->len; i++) {
		const struct input *m = p->made->pdata[i];

		if (streq0(m->kind, "mount") && streq0(m->target, target))
			return true;
	}
	return p->stop_all;
}

static const struct input *made_swap(const struct plan *p, const struct device *d)
{
	for (guint i = 0; i < p->made->len; i++) {
		const struct input *m = p->made->pdata[i];

		if (streq0(m->kind, "swap") && m->devnum == d->devnum)
			return m;
	}
	return NULL;
}

void stop_begin(struct plan *p, const struct input *in)
{
	p->stopping = true;
	p->stop_all = in->flag;
	str_set(&p->stop_spec, in->spec);
	for (guint i = 0; i < p->questions->len; i++) {
		struct question *q = p->questions->pdata[i];

		if (!q->withdrawn)
			question_withdraw(p, q->about, "stopping");
	}
}

static bool tried_already(const struct plan *p, const char *what)
{
	for (guint i = 0; i < p->stop_tried->len; i++)
		if (g_str_equal(p->stop_tried->pdata[i], what))
			return true;
	return false;
}

static struct action *emit(struct plan *p, enum action_type t, struct device *d, const char *what)
{
	struct action *a;

	if (tried_already(p, what))
		return NULL;
	g_ptr_array_add(p->stop_tried, g_strdup(what));
	a = plan_request(p, t, OWNER_STOP, d, STOP_TIMEOUT);
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
	return made->devnum == d->devnum || (made->uuid && streq0(made->uuid, d->dm_uuid));
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
	g_autofree char *what = g_strdup_printf("device %" PRIu64, d->serial);
	struct action *a = emit(p, is_md(d) ? ACTION_MD_STOP : ACTION_DM_REMOVE, d, what);

	if (!a)
		return;
	a->name = g_strdup(d->dm_name);
	a->uuid = g_strdup(d->dm_uuid);
	unlink_made(p, d);
}

static bool is_below(const char *path, const char *top)
{
	size_t len = strlen(top);

	if (g_str_equal(top, "/"))
		return !g_str_equal(path, "/");
	return g_str_has_prefix(path, top) && path[len] == '/';
}

/* Something of ours is mounted in it that this round or a later one unmounts: now it would be busy. */
static bool has_mount_below(const struct plan *p, const char *target)
{
	for (guint i = 0; i < p->mounts->len; i++) {
		const struct mount *m = p->mounts->pdata[i];
		g_autofree char *what = g_strconcat("mount ", m->target, NULL);
		const struct device *d = graph_find(p, m->devnum);

		if (d && is_below(m->target, target) && made_mount(p, m->target) &&
		    in_scope(p, d, p->stop_spec, 0) && (p->stop_pending || !tried_already(p, what)))
			return true;
	}
	return false;
}

/* One thing at a time per device: unmount, swapoff, then the device itself. */
static void consider_device(struct plan *p, struct device *d)
{
	const struct mount *m = mount_of(p, d);
	g_autofree char *what = NULL;
	struct action *a;

	if (!in_scope(p, d, p->stop_spec, 0))
		return;
	if (m && made_mount(p, m->target)) {
		if (has_mount_below(p, m->target))
			return;
		what = g_strconcat("mount ", m->target, NULL);
		a = emit(p, ACTION_UMOUNT, d, what);
		if (a) {
			a->target = g_strdup(m->target);
			str_set(&((struct request *)g_hash_table_lookup(p->requests, &a->id))->what, m->target);
		}
		return;
	}
	if (made_swap(p, d)) {
		what = g_strconcat("swap ", d->node, NULL);
		if (emit(p, ACTION_SWAPOFF, d, what))
			return;
	}
	if (!m && stoppable(p, d) && !has_holder(p, d))
		stop_device(p, d);
}

void stop_consider(struct plan *p)
{
	if (!p->enumerated || p->stop_pending)
		return; /* one round at a time: each makes the next one possible */
	for (GList *l = p->devices.tail, *prev; l; l = prev) {
		prev = l->prev;
		consider_device(p, l->data);
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
	if (r->type == ACTION_UMOUNT)
		for (guint i = p->mounts->len; i-- > 0;) {
			const struct mount *m = p->mounts->pdata[i];

			if (m->devnum == r->devnum && streq0(m->target, r->what)) {
				g_ptr_array_remove_index(p->mounts, i);
				break; /* unless the mount table said so before */
			}
		}
	else if (d && d->serial == r->serial && r->type != ACTION_SWAPOFF) {
		struct input gone = { .type_id = INPUT_GONE, .devnum = d->devnum };

		graph_gone(p, &gone); /* its own event may come later, or was coalesced */
	}
}

bool stop_done(const struct plan *p)
{
	return p->enumerated && !p->stop_pending && !g_hash_table_size(p->requests);
}
