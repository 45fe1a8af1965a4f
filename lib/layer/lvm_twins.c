/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Volume groups of one name: the installer called them all the same, and now two are in one machine.  By
 * that name nobody can tell which is meant.  By what is on an LV one can, so both come up, under names of
 * their own; one that is up already keeps the name.
 */
#include "layer/lvm.h"

static const GPtrArray *same_name(const struct plan *p, const struct lvm *l)
{
	return g_hash_table_lookup(p->vgs_by_name, l->vg->name);
}

void lvm_twins_register(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	GPtrArray *list = g_hash_table_lookup(p->vgs_by_name, l->vg->name);

	if (a->name && !g_str_equal(a->name, l->vg->name)) { /* vgrename */
		GPtrArray *old = g_hash_table_lookup(p->vgs_by_name, a->name);

		if (old)
			g_ptr_array_remove(old, a);
	}
	if (!list) {
		list = g_ptr_array_new();
		g_hash_table_insert(p->vgs_by_name, g_strdup(l->vg->name), list);
	}
	if (!g_ptr_array_find(list, a, NULL))
		g_ptr_array_add(list, a);
}

/* "vg+Xy3abc", told apart by the beginning of the UUID. */
static char *own_name(const struct lvm_vg *vg)
{
	char *name = g_strdup_printf("%s+%.6s", vg->name, vg->uuid);

	for (char *c = name; *c; c++)
		if (*c == '!' || *c == '#') /* old UUIDs have such, names of VGs do not */
			*c = '_';
	return name;
}

/* What its volumes are called that are up, made by whomever; NULL: none is. */
static char *name_in_use(const struct assembly *a)
{
	const struct lvm *l = lvm_of(a);
	g_autofree char *own = own_name(l->vg), *prefix = lvm_dm_name(own, "", NULL);

	if (g_hash_table_size(l->activated))
		return g_strdup(l->vg->shown);
	for (guint i = 0; i < a->outputs->len; i++) {
		const struct device *d = a->outputs->pdata[i];

		if (d->full_size && d->dm_name)
			return g_str_has_prefix(d->dm_name, prefix) ? g_steal_pointer(&own) : g_strdup(l->vg->name);
	}
	return NULL;
}

static bool counts(const struct assembly *a)
{
	return a->data && lvm_of(a)->vg && lvm_of(a)->here;
}

/* Another one of that name; `up`: that has volumes under it. */
static struct assembly *twin_of(const struct plan *p, const struct assembly *a, bool up)
{
	const GPtrArray *list = same_name(p, lvm_of(a));

	for (guint i = 0; list && i < list->len; i++) {
		struct assembly *b = list->pdata[i];
		g_autofree char *name = b != a && counts(b) && up ? name_in_use(b) : NULL;

		if (b != a && counts(b) && (!up || streq0(name, lvm_of(b)->vg->name)))
			return b;
	}
	return NULL;
}

/* What the VG's volumes are to be called, now that these VGs are here. */
void lvm_twins_judge(struct plan *p, struct assembly *a, bool here)
{
	struct lvm *l = lvm_of(a);
	const GPtrArray *list = same_name(p, l);
	g_autofree char *name = NULL;

	if (here != l->here) {
		l->here = here;
		for (guint i = 0; list && i < list->len; i++)
			if (list->pdata[i] != a)
				assembly_touch(p, list->pdata[i]);
	}
	if (list && list->len < 2 && streq0(l->vg->shown, l->vg->name) && !a->outputs->len)
		return;
	l->twin = here ? twin_of(p, a, false) : NULL;
	name = name_in_use(a);
	if (!name)
		name = l->twin ? own_name(l->vg) : g_strdup(l->vg->name);
	if (streq0(name, l->vg->shown))
		return;
	str_set(&l->vg->shown, name);
	lvm_names_make(l);
}

static void append_vg(GString *s, const struct assembly *a)
{
	g_string_append_printf(s, "%s on", lvm_of(a)->vg->uuid);
	for (guint i = 0; i < a->members->len && i < 4; i++)
		g_string_append_printf(s, " /dev/%s", ((struct member *)a->members->pdata[i])->dev->node);
}

static char *both(const struct assembly *a)
{
	GString *s = g_string_new(NULL);

	append_vg(s, a);
	g_string_append(s, " and ");
	append_vg(s, lvm_of(a)->twin);
	return g_string_free(s, FALSE);
}

/* The goal says "/dev/vg/lv", and neither VG of that name has it to itself: it is refused. */
bool lvm_twins_refuse(struct plan *p, const struct assembly *a, struct goal *g)
{
	const struct lvm *l = lvm_of(a);
	g_autofree char *dir = NULL, *dm = NULL, *mapper = NULL, *which = NULL, *why = NULL;

	if (!l->twin || g_str_equal(l->vg->shown, l->vg->name))
		return false;
	dir = g_strconcat("/dev/", l->vg->name, "/", NULL);
	dm = lvm_dm_name(l->vg->name, "", NULL);
	mapper = g_strconcat("/dev/mapper/", dm, NULL);
	if (!g_str_has_prefix(g->key, dir) && !g_str_has_prefix(g->key, mapper))
		return false;
	if (twin_of(p, a, true))
		return true; /* the one that is up is meant */
	which = both(a);
	why = g_strdup_printf("two volume groups are called %s: %s; say UUID= or LABEL= of what is meant, "
			      "or /dev/%s/...; vgrename with the UUID tells them apart", l->vg->name, which, l->vg->shown);
	choice_refuse(p, g, MSG_DUPLICATE, -EUCLEAN, why);
	return true;
}

/* Said when it matters: something is made under a name that nobody expects. */
void lvm_twins_tell(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	g_autofree char *which = NULL;

	if (!l->twin || l->twin_told || g_str_equal(l->vg->shown, l->vg->name))
		return;
	l->twin_told = true;
	which = both(a);
	plan_report(p, MSG_LVM_TWIN, 4, a->name, "two volume groups have this name: %s; the volumes of the former are "
		    "called /dev/%s/...", which, l->vg->shown);
}
