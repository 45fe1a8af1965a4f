/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LUKS and identity: which of several devices with one header is opened, which of several volumes an entry
 * means, and which device is what is in a volume.  The rule is that of core/choice.c.
 */
#include "layer/luks.h"

/* That it is opened from: the one that is named, else the first that is no copy. */
struct device *luks_data_device(const struct assembly *a)
{
	const struct luks *l = luks_of(a);
	struct device *first = NULL;

	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];

		if (m->excluded)
			continue;
		if (l && l->volume && luks_called(m->dev, l->volume->key))
			return m->dev;
		first = first ?: m->dev;
	}
	return first;
}

/* ---- twins ---- */

static bool lies_on(const struct device *upper, const struct device *lower)
{
	g_autofree char *num = g_strdup_printf("%u:%u", major(lower->devnum), minor(lower->devnum));
	g_auto(GStrv) nums = g_strsplit(upper->slaves ?: "", " ", -1);

	return g_strv_contains((const char *const *)nums, num);
}

/* The one that is open, else the one whose node is named, else the original, else the first. */
static struct member *first_choice(const struct assembly *a, const struct volume *v)
{
	struct member *best = a->members->pdata[0];

	for (guint i = 1; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (choice_is_original(m->dev, best->dev))
			best = m;
	}
	for (guint i = 0; v && !luks_by_identity(v) && i < a->members->len; i++)
		if (luks_called(((struct member *)a->members->pdata[i])->dev, v->key))
			best = a->members->pdata[i];
	for (guint i = 0; a->outputs->len && i < a->members->len; i++)
		if (lies_on(a->outputs->pdata[0], ((struct member *)a->members->pdata[i])->dev))
			return a->members->pdata[i];
	return best;
}

static bool being_opened(const struct plan *p, const struct assembly *a)
{
	const struct request *r = a->request ? g_hash_table_lookup(p->requests, &a->request) : NULL;

	return assembly_running(a) || (r && r->type == ACTION_LUKS_OPEN);
}

static void leave_out(struct plan *p, struct member *m, const char *why)
{
	m->excluded = true;
	if (streq0(m->why, why))
		return;
	str_set(&m->why, why);
	plan_report(p, MSG_CLONE_LATE, 4, m->dev->node, "%s", why);
}

static void clash(struct plan *p, struct assembly *a, const struct device *x, const struct device *y, const char *what)
{
	a->complete = false;
	if (a->state == ASSEMBLY_FAILED)
		return;
	question_withdraw(p, a, "two of it are here");
	assembly_fail(p, a, MSG_DUPLICATE, "/dev/%s and /dev/%s %s", x->node, y->node, what);
}

/* Several devices with its header: copies of the original are left out, and so is what comes too late. */
static bool judge_members(struct plan *p, struct assembly *a)
{
	const struct volume *v = luks_of(a)->volume;
	struct member *best = a->members->len > 1 ? first_choice(a, v) : NULL;

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];
		g_autofree char *why = NULL;

		m->excluded = false;
		if (!best || m == best)
			continue;
		why = g_strdup_printf("/dev/%s carries the same LUKS header as /dev/%s, which was chosen; it is left alone",
				      m->dev->node, best->dev->node);
		if (choice_is_original(best->dev, m->dev) || (v && !luks_by_identity(v))) {
			m->excluded = true;
		} else if (being_opened(p, a)) {
			leave_out(p, m, why);
		} else if (v) {
			g_autofree char *what = luks_is_data(m->dev) ? g_strconcat("both are ", v->spec, NULL) :
								  g_strconcat("carry the same header: ", a->id, NULL);

			clash(p, a, best->dev, m->dev, what);
			return false;
		}
	}
	return true;
}

/* Another volume that the same entry means: two with one label. */
static struct assembly *rival_of(const struct plan *p, const struct assembly *a)
{
	const struct volume *v = luks_of(a)->volume;

	for (guint i = 0; luks_by_identity(v) && !g_str_has_prefix(v->key, "UUID=") && i < p->assemblies->len; i++) {
		struct assembly *o = p->assemblies->pdata[i];

		if (o != a && o->layer == &layer_luks && luks_of(o) && luks_of(o)->volume == v && o->members->len)
			return o;
	}
	return NULL;
}

/* False: nobody can tell which of two is meant. */
static bool judge_rival(struct plan *p, struct assembly *a)
{
	struct assembly *rival = luks_of(a)->volume && a->members->len ? rival_of(p, a) : NULL;
	g_autofree char *what = rival ? g_strconcat("are two volumes that both answer to ", luks_of(a)->volume->spec, NULL) :
					NULL;
	struct member *mine = rival ? a->members->pdata[0] : NULL, *theirs = rival ? rival->members->pdata[0] : NULL;

	if (!rival || being_opened(p, a))
		return true;
	if (being_opened(p, rival)) {
		g_autofree char *why = g_strdup_printf("/dev/%s answers to %s, too, for which /dev/%s was chosen; it is left alone",
						       mine->dev->node, luks_of(a)->volume->spec, theirs->dev->node);

		if (!streq0(mine->why, why)) {
			str_set(&mine->why, why);
			plan_report(p, MSG_CLONE_LATE, 4, mine->dev->node, "%s", why);
		}
		return false;
	}
	clash(p, a, mine->dev, theirs->dev, what);
	clash(p, rival, theirs->dev, mine->dev, what);
	return false;
}

bool luks_judge(struct plan *p, struct assembly *a)
{
	if (!judge_members(p, a) || !judge_rival(p, a))
		return false;
	if (a->state == ASSEMBLY_FAILED && a->error_number == MSG_DUPLICATE) /* a twin of it is gone */
		assembly_set_state(p, a, ASSEMBLY_WAITING);
	return true;
}

void luks_take_volume(struct plan *p, struct assembly *a)
{
	struct luks *l = luks_of(a);

	if (!l->volume && a->members->len) {
		l->volume = luks_find_volume(p, a);
		if (l->volume) {
			str_set(&a->name, l->volume->name);
			assembly_touch_loose(p); /* clocks of arrays that it may be part of */
		}
	}
	if (l->volume && (!l->volume->assembly || !l->volume->assembly->members->len))
		l->volume->assembly = a;
	if (l->volume && !a->members->len) /* it may have been another's twin */
		for (guint i = 0; i < p->assemblies->len; i++) {
			struct assembly *o = p->assemblies->pdata[i];

			if (o != a && o->layer == &layer_luks && luks_of(o) && luks_of(o)->volume == l->volume)
				assembly_touch(p, o);
		}
}

/* ---- what is in it ---- */

/* The uuid of a volume's device, behind its prefix: that of the header, '-', the name it was given. */
static const char *uuid_behind(const char *dm_uuid)
{
	static const char *const prefixes[] = { "CRYPT-LUKS1-", "CRYPT-LUKS2-" };

	for (size_t i = 0; dm_uuid && i < G_N_ELEMENTS(prefixes); i++)
		if (g_str_has_prefix(dm_uuid, prefixes[i]))
			return dm_uuid + strlen(prefixes[i]);
	return NULL;
}

/* Its own helpers between (integrity, a reencryption under way) are called so. */
static bool is_helper(const struct device *d)
{
	return d->dm_uuid && g_str_has_prefix(d->dm_uuid, "CRYPT-") && !uuid_behind(d->dm_uuid);
}

static int its_member(const struct plan *p, const struct assembly *a, const struct device *below, unsigned depth)
{
	if (below->member_of == a)
		return 1;
	if (is_helper(below))
		return outputs_below(p, a, below, its_member, depth + 1);
	return below->member_of || below->probe == PROBE_DONE ? -1 : 0;
}

bool luks_uuid_of(const struct device *d, const char *uuid)
{
	const char *rest = uuid_behind(d->dm_uuid);
	g_autofree char *flat = uuid ? uuid_squash(uuid) : NULL;
	size_t n = flat ? strlen(flat) : 0;

	return rest && n && g_ascii_strncasecmp(rest, flat, n) == 0 && rest[n] == '-';
}

/* By its uuid, and its member is all that it lies on.  The UUID of a header elsewhere is not known. */
int luks_gives(const struct plan *p, const struct assembly *a, const struct device *d)
{
	const struct device *member = luks_data_device(a);

	if (!member || !uuid_behind(d->dm_uuid) || (!luks_is_data(member) && !luks_uuid_of(d, a->id)))
		return -1;
	return outputs_below(p, a, d, its_member, 0);
}
