/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is ours: which of the things that are there the records of earlier runs (struct plan, made) speak
 * of.  A record with its flag set was written before the thing was made, by a run that may have died over
 * it: it says what it would be, not which number it got.
 */
#include "layer/layer.h"

bool device_is_md(const struct device *d)
{
	return d->md_state != NULL && !d->partn;
}

/* "CRYPT-?-UUID-NAME" of a record stands for any version of LUKS. */
static bool same_dm_uuid(const char *made, const char *dm_uuid)
{
	static const char any[] = "CRYPT-?-";
	g_autofree char *tail = NULL;

	if (!made || !dm_uuid)
		return false;
	if (!g_str_has_prefix(made, any))
		return g_str_equal(made, dm_uuid);
	tail = g_strconcat("-", made + strlen(any), NULL);
	return g_str_has_prefix(dm_uuid, "CRYPT-") && g_str_has_suffix(dm_uuid, tail);
}

static bool same_words(const char *a, const char *b)
{
	g_auto(GStrv) x = g_strsplit(a ?: "", " ", -1), y = g_strsplit(b ?: "", " ", -1);

	if (g_strv_length(x) != g_strv_length(y) || str_empty(a))
		return false;
	for (char **w = x; *w; w++)
		if (!g_strv_contains((const char *const *)y, *w))
			return false;
	return true;
}

bool made_is_device(const struct input *m, const struct device *d)
{
	if (streq0(m->kind, "dm"))
		return same_dm_uuid(m->uuid, d->dm_uuid) && streq0(m->name, d->dm_name);
	if (streq0(m->kind, "part"))
		return d->partn && m->devnum == d->devnum;
	if (!streq0(m->kind, "md") || !device_is_md(d))
		return false;
	if (m->flag)
		return same_words(m->slaves, d->slaves);
	return m->devnum == d->devnum && (!m->diskseq || !d->diskseq || m->diskseq == d->diskseq);
}

/* Of root, which has moved: "/sysroot/usr" is "/usr" of the system that was started from there. */
static bool moved(const char *from, const char *to)
{
	return g_str_equal(to, "/") || g_str_has_suffix(from, to);
}

/* The mount (or the use as swap) that it speaks of, as it is now; NULL: it is not there any more. */
const struct mount *made_mount(const struct plan *p, const struct input *m)
{
	const GPtrArray *list = mounts_of(p, m->devnum);

	if (streq0(m->kind, "swap"))
		return mount_at(p, m->devnum, NULL);
	if (!streq0(m->kind, "mount") || !m->target)
		return NULL;
	if (!m->id)
		return mount_at(p, m->devnum, m->target);
	for (guint i = 0; list && i < list->len; i++) {
		const struct mount *t = list->pdata[i];

		if (t->target && t->id == m->id && (g_str_equal(t->target, m->target) || moved(m->target, t->target)))
			return t;
	}
	return NULL;
}

bool mount_is_ours(const struct plan *p, const struct mount *m)
{
	for (guint i = 0; i < p->made->len; i++)
		if (made_mount(p, p->made->pdata[i]) == m)
			return true;
	return false;
}

bool device_is_ours(const struct plan *p, const struct device *d)
{
	for (guint i = 0; i < p->made->len; i++)
		if (made_is_device(p->made->pdata[i], d))
			return true;
	return false;
}

/* Whether there still is what the record speaks of. */
bool made_is_there(const struct plan *p, const struct input *m)
{
	struct device *d = graph_find(p, m->devnum);

	if (streq0(m->kind, "resume"))
		return true; /* as long as this kernel runs */
	if (streq0(m->kind, "mount") || streq0(m->kind, "swap"))
		return made_mount(p, m) || (!p->mounts_known && !p->stopping);
	if (d && made_is_device(m, d))
		return true;
	for (GList *l = streq0(m->kind, "dm") || m->flag ? p->devices.head : NULL; l; l = l->next)
		if (made_is_device(m, l->data))
			return true;
	return false;
}
