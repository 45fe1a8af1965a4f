/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which LVs goals want.  A VG may have thousands of LVs and be touched at every event of each of them, so
 * nothing here is asked twice: names are made when the metadata was read, a goal finds its LV by them, and
 * the list is made again when goals or the VG have changed, not before.
 */
#include "layer/lvm.h"

void lvm_names_free(struct lvm *l)
{
	g_clear_pointer(&l->by_key, g_hash_table_unref);
	g_clear_pointer(&l->by_id, g_hash_table_unref);
	g_clear_pointer(&l->dir, g_free);
	lvm_ask_again(l);
}

void lvm_names_make(struct lvm *l)
{
	const struct lvm_vg *vg = l->vg;

	lvm_names_free(l);
	l->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->dir = g_strconcat("/dev/", vg->shown, "/", NULL);
	for (guint i = 0; i < vg->lvs->len; i++) {
		struct lvm_lv *lv = vg->lvs->pdata[i];
		g_autofree char *dm = lvm_dm_name(vg->shown, lv->name, NULL), *uuid = lvm_dm_uuid(vg, lv, NULL);

		g_hash_table_insert(l->by_key, g_strconcat(l->dir, lv->name, NULL), lv);
		g_hash_table_insert(l->by_key, g_strconcat("/dev/mapper/", dm, NULL), lv);
		g_hash_table_insert(l->by_id, g_strdup(uuid + LVM_DM_LV), lv);
	}
}

const struct lvm_lv *lvm_lv_of_key(const struct lvm *l, const char *key)
{
	return l->by_key ? g_hash_table_lookup(l->by_key, key) : NULL;
}

/* The metadata calls visible what is for others; of that LV the device without a layer is. */
int lvm_inner(const struct assembly *a, const char *dm_uuid)
{
	const struct lvm *l = lvm_of(a);
	g_autofree char *id = strlen(dm_uuid) >= LVM_DM_LAYER ? g_strndup(dm_uuid + LVM_DM_LV, 32) : NULL;
	const struct lvm_lv *lv = l && l->by_id && id ? g_hash_table_lookup(l->by_id, id) : NULL;

	if (!lv)
		return -ENODATA;
	return !lv->visible || lv->pool;
}

void lvm_ask_again(struct lvm *l)
{
	g_clear_pointer(&l->wanted, g_ptr_array_unref);
	l->startable_known[false] = l->startable_known[true] = false;
}

static bool idle(const struct lvm *l, const struct lvm_lv *lv)
{
	return lv->visible && !g_hash_table_contains(l->activated, lv->name) &&
	       !g_hash_table_contains(l->refused, lv->name);
}

static int by_index(gconstpointer a, gconstpointer b)
{
	const struct lvm_lv *const *x = a, *const *y = b;

	return (*x)->index < (*y)->index ? -1 : 1;
}

/* A name is no UUID: another VG may have the same one, and be on a disk that is being read. */
static bool names_are_known(const struct plan *p, const struct assembly *a)
{
	return assembly_running(a) || (graph_choice_allowed(p) && !graph_looking(p));
}

/*
 * By name those that goals name; all of them once a goal may mean any by what is on it, but those that LVM
 * does not activate by itself.
 */
const GPtrArray *lvm_wanted(struct plan *p, const struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	bool choice = graph_choice_allowed(p), any = false, settled = names_are_known(p, a);
	g_autoptr(GHashTable) named = NULL;

	if (l->wanted && l->wanted_at == p->goals_stamp && l->wanted_choice == choice && l->wanted_settled == settled) {
		p->vgs_wait |= l->named_waits;
		return l->wanted;
	}
	lvm_ask_again(l);
	l->wanted = g_ptr_array_new();
	l->wanted_at = p->goals_stamp;
	l->wanted_choice = choice;
	l->wanted_settled = settled;
	l->named_waits = false;
	named = g_hash_table_new(g_direct_hash, g_direct_equal);
	for (guint i = 0; i < p->goals->len; i++) {
		struct goal *g = p->goals->pdata[i];
		const struct lvm_lv *lv;

		if (!goal_unmet(g) || g->dev || !goal_searches(p, g))
			continue;
		if (choice && lvm_twins_refuse(p, a, g))
			continue;
		lv = lvm_lv_of_key(l, g->key);
		if (lv && !settled) {
			l->named_waits |= choice; /* else the end of the listing is waited for, by everybody */
			continue;
		}
		any |= !lv && choice;
		if (lv && idle(l, lv) && g_hash_table_add(named, (void *)lv))
			g_ptr_array_add(l->wanted, (void *)lv);
	}
	for (guint i = 0; any && i < l->vg->lvs->len; i++) {
		struct lvm_lv *lv = l->vg->lvs->pdata[i];

		if (!lv->skip && !lv->no_auto && !lv->pool && idle(l, lv) && g_hash_table_add(named, lv))
			g_ptr_array_add(l->wanted, lv);
	}
	p->vgs_wait |= l->named_waits;
	g_ptr_array_sort(l->wanted, by_index);
	return l->wanted;
}
