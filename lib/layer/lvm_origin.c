/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which devices are a VG's, and which of them are snapshots of which: the metadata says it. */
#include "layer/lvm.h"

#define DEPTH_MAX 64

/* The part of a device's uuid that the VG gives. */
static bool has_prefix_of(const struct assembly *a, const struct device *d)
{
	size_t n = strlen(a->id);

	return d->dm_uuid && g_str_has_prefix(d->dm_uuid, "LVM-") && !strncmp(d->dm_uuid + 4, a->id, n) &&
	       strlen(d->dm_uuid + 4) >= 2 * n;
}

static int below_it(const struct plan *p, const struct assembly *a, const struct device *below, unsigned depth)
{
	if (below->member_of == a || has_prefix_of(a, below))
		return 1;
	return below->member_of || (below->probe == PROBE_DONE && !streq0(below->info.type, "LVM2_member")) ? -1 : 0;
}

int lvm_gives(const struct plan *p, const struct assembly *a, const struct device *d)
{
	return has_prefix_of(a, d) ? outputs_below(p, a, d, below_it, 0) : -1;
}

/* The LV whose own device it is, none of its layers'. */
static const struct lvm_lv *lv_of(const struct assembly *a, const struct device *d)
{
	const struct lvm *l = lvm_of(a);

	return l && l->by_id && has_prefix_of(a, d) ? g_hash_table_lookup(l->by_id, d->dm_uuid + LVM_DM_LV) : NULL;
}

/* Thick snapshots are tied to it from outside, thin ones name it in their segment. */
static const struct lvm_lv *origin_of(const struct lvm_vg *vg, const struct lvm_lv *lv)
{
	const struct lvm_node *segment = lvm_node_get(lv->node, "segment1");
	const char *name = NULL;

	if (lv->origin)
		return lv->origin;
	if (segment && streq0(lvm_node_str(segment, "type"), "thin"))
		name = lvm_node_str(segment, "origin") ?: lvm_node_str(segment, "external_origin");
	return name ? lvm_vg_find_lv(vg, name) : NULL;
}

bool lvm_is_original(const struct assembly *a, const struct device *x, const struct device *y)
{
	const struct lvm_lv *original = lv_of(a, x), *lv = original ? lv_of(a, y) : NULL;

	for (unsigned i = 0; lv && i < DEPTH_MAX; i++) {
		lv = origin_of(lvm_of(a)->vg, lv);
		if (lv == original)
			return true;
	}
	return false;
}

static bool is_read(const struct plan *p, const struct assembly *a, const struct lvm_lv *lv)
{
	g_autofree char *uuid = lvm_dm_uuid(lvm_of(a)->vg, lv, NULL);

	for (guint i = 0; i < a->outputs->len; i++) {
		const struct device *d = a->outputs->pdata[i];

		if (streq0(d->dm_uuid, uuid))
			return d->size && d->probe == PROBE_DONE;
	}
	return false;
}

/* One that is not to be activated by itself is not waited for. */
char *lvm_lacks_original(const struct plan *p, const struct assembly *a, const struct device *d)
{
	const struct lvm_lv *lv = lv_of(a, d);
	const struct lvm_vg *vg = lv ? lvm_of(a)->vg : NULL;

	for (unsigned i = 0; lv && i < DEPTH_MAX; i++) {
		lv = origin_of(vg, lv);
		if (lv && lv->visible && !is_read(p, a, lv) &&
		    ((!lv->skip && !lv->no_auto) || g_hash_table_contains(lvm_of(a)->activated, lv->name)))
			return g_strdup_printf("/dev/%s/%s", vg->name, lv->name);
	}
	return NULL;
}

/*
 * text: "NAME MAJOR:MINOR" of each device of a transaction.  Those that are no LV's own are of use to
 * nobody else: udevd keeps them from others.
 */
void lvm_made(struct plan *p, struct assembly *a, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text ?: "", "\n", -1);

	for (char **l = lines; *l; l++) {
		char *blank = strrchr(*l, ' ');
		g_autofree char *name = blank ? g_strndup(*l, (gsize)(blank - *l)) : NULL;
		g_autofree char *key = name ? g_strconcat("/dev/mapper/", name, NULL) : NULL;
		const struct lvm_lv *lv = key ? lvm_lv_of_key(lvm_of(a), key) : NULL;
		dev_t devnum;

		if (lv && lv->visible && devnum_parse(blank + 1, &devnum) == 0)
			outputs_made(p, a, devnum);
	}
}
