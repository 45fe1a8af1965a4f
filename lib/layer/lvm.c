/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LVM2.  The newest metadata text among the members says which PVs and LVs there are; of the LVs only
 * those are activated that a goal names or may need.
 */
#include "format/format.h"
#include "layer/layer.h"

#define ACTIVATE_TIMEOUT (120 * USEC_PER_SEC)

struct lvm {
	struct lvm_vg *vg;
	char *text;	       /* that it was read from */
	guint text_hash;
	GHashTable *activated; /* names of LVs that we activated or are activating */
	GHashTable *told;      /* names of LVs that cannot be, and it was said */
	GHashTable *refused;   /* names of LVs that the kernel did not take */
	GPtrArray *in_flight;  /* names */
	unsigned present;      /* PVs, when it was last looked at */
	bool singly;	       /* a transaction failed as a whole: one LV at a time from then on */
};

static const char *const claims[] = { "LVM2_member", NULL };

static struct lvm *lvm_of(const struct assembly *a)
{
	return a->data;
}

/* LVM's UUIDs distinguish upper and lower case. */
static char *vg_id(const char *uuid)
{
	GString *s = g_string_new(NULL);

	for (; *uuid; uuid++)
		if (*uuid != '-')
			g_string_append_c(s, *uuid);
	return g_string_free(s, FALSE);
}

static bool lists_pv(const struct lvm_vg *vg, const char *uuid)
{
	for (guint i = 0; vg && i < vg->pvs->len; i++)
		if (streq0(((struct lvm_pv *)vg->pvs->pdata[i])->uuid, uuid))
			return true;
	return false;
}

static char *lvm_identify(struct plan *p, struct device *d)
{
	guint hash = d->info.lvm_metadata ? g_str_hash(d->info.lvm_metadata) : 0;
	g_autofree char *why = NULL;
	struct lvm_vg *vg;
	char *id;

	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];
		const struct lvm *l = a->layer == &layer_lvm ? lvm_of(a) : NULL;

		if (!l || !l->vg || (hash && hash != l->text_hash))
			continue;
		if (d->info.lvm_metadata ? streq0(l->text, d->info.lvm_metadata) : lists_pv(l->vg, d->info.uuid))
			return g_strdup(a->id);
	}
	if (!d->info.lvm_metadata)
		return NULL; /* a PV without metadata area: found by its UUID once its VG is known */
	if (lvm_vg_parse(d->info.lvm_metadata, &vg, &why) < 0) {
		if (!streq0(d->error_text, why))
			plan_report(p, MSG_LVM_METADATA, 3, d->node, "LVM metadata: %s", why ?: "unreadable");
		str_set(&d->error_text, why);
		return NULL;
	}
	id = vg_id(vg->uuid);
	lvm_vg_free(vg);
	return id;
}

static void set_free(gpointer set)
{
	g_hash_table_unref(set);
}

static struct lvm *data_new(struct assembly *a)
{
	struct lvm *l = g_new0(struct lvm, 1);

	l->activated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->in_flight = g_ptr_array_new_with_free_func(g_free);
	a->data = l;
	return l;
}

/* Members without metadata of their own were waiting for somebody to name them. */
static void adopt_bare_pvs(struct plan *p, struct assembly *a)
{
	const struct lvm_vg *vg = lvm_of(a)->vg;

	for (guint i = 0; i < vg->pvs->len; i++) {
		g_autofree char *key = g_strconcat("pv:", ((struct lvm_pv *)vg->pvs->pdata[i])->uuid, NULL);
		struct device *d = graph_lookup(p, key);

		if (d && !d->member_of && !d->info.lvm_metadata)
			assembly_join(p, a, d);
	}
}

/* The newest text wins; tables that are live are not reloaded for it. */
static void read_newest(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a);

	for (guint i = 0; i < a->members->len; i++) {
		const struct device *d = ((struct member *)a->members->pdata[i])->dev;
		g_autofree char *why = NULL;
		struct lvm_vg *vg;

		if (!d->info.lvm_metadata || streq0(d->info.lvm_metadata, l->text))
			continue;
		if (lvm_vg_parse(d->info.lvm_metadata, &vg, &why) < 0)
			continue;
		if (l->vg && vg->seqno <= l->vg->seqno) {
			lvm_vg_free(vg);
			continue;
		}
		if (l->vg && assembly_running(a))
			plan_report(p, MSG_LVM_NEWER, 4, a->name, "/dev/%s carries newer metadata (%" PRIu64 " after %" PRIu64
				    "); active volumes stay as they are", d->node, vg->seqno, l->vg->seqno);
		lvm_vg_free(l->vg);
		l->vg = vg;
		str_set(&l->text, d->info.lvm_metadata);
		l->text_hash = g_str_hash(l->text);
		str_set(&a->name, vg->name);
		adopt_bare_pvs(p, a);
	}
}

static struct device *pv_device(const struct plan *p, const struct assembly *a, const struct lvm_pv *pv)
{
	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (!m->excluded && streq0(m->dev->info.uuid, pv->uuid))
			return m->dev;
	}
	return NULL;
}

struct lookup {
	const struct plan *plan;
	const struct assembly *assembly;
};

static dev_t pv_devnum(void *data, const struct lvm_pv *pv)
{
	const struct lookup *l = data;
	const struct device *d = pv_device(l->plan, l->assembly, pv);

	return d ? d->devnum : 0;
}

static bool lv_present(const struct plan *p, const struct assembly *a, const struct lvm_lv *lv)
{
	const struct lvm_vg *vg = lvm_of(a)->vg;
	g_autoptr(GPtrArray) names = lvm_lv_pvs(vg, lv);

	for (guint n = 0; n < names->len; n++)
		for (guint i = 0; i < vg->pvs->len; i++) {
			const struct lvm_pv *pv = vg->pvs->pdata[i];

			if (streq0(pv->name, names->pdata[n]) && !pv_device(p, a, pv))
				return false;
		}
	return true;
}

static bool lv_named(const struct lvm_vg *vg, const struct lvm_lv *lv, const char *key)
{
	g_autofree char *path = g_strdup_printf("/dev/%s/%s", vg->name, lv->name);
	g_autofree char *dm = lvm_dm_name(vg->name, lv->name, NULL);
	g_autofree char *mapper = g_strconcat("/dev/mapper/", dm, NULL);

	return streq0(key, path) || streq0(key, mapper);
}

static bool names_us(const struct lvm_vg *vg, const char *key)
{
	for (guint i = 0; i < vg->lvs->len; i++)
		if (lv_named(vg, vg->lvs->pdata[i], key))
			return true;
	return false;
}

static bool lv_wanted(const struct plan *p, const struct assembly *a, const struct lvm_lv *lv)
{
	const struct lvm_vg *vg = lvm_of(a)->vg;

	if (!lv->visible || g_hash_table_contains(lvm_of(a)->activated, lv->name) ||
	    g_hash_table_contains(lvm_of(a)->refused, lv->name))
		return false;
	for (guint i = 0; i < p->goals->len; i++) {
		const struct goal *g = p->goals->pdata[i];

		if (!goal_searches(p, g))
			continue;
		if (lv_named(vg, lv, g->key))
			return true;
		if (!lv->skip && graph_choice_allowed(p) && !names_us(vg, g->key))
			return true;
	}
	return false;
}

static bool judge_duplicates(struct plan *p, struct assembly *a)
{
	for (guint i = 0; i < a->members->len; i++)
		for (guint k = i + 1; k < a->members->len; k++) {
			const struct member *x = a->members->pdata[i], *y = a->members->pdata[k];

			if (!streq0(x->dev->info.uuid, y->dev->info.uuid) || assembly_running(a))
				continue;
			if (a->state != ASSEMBLY_FAILED)
				assembly_fail(p, a, MSG_DUPLICATE, "/dev/%s and /dev/%s are the same PV", x->dev->node,
					      y->dev->node);
			return false;
		}
	if (a->state == ASSEMBLY_FAILED && a->error_number == MSG_DUPLICATE)
		assembly_set_state(p, a, ASSEMBLY_WAITING); /* one of them went away */
	return true;
}

static void tell_once(struct plan *p, struct assembly *a, const struct lvm_lv *lv, const char *why)
{
	if (g_hash_table_add(lvm_of(a)->told, g_strdup(lv->name)))
		plan_report(p, MSG_LVM_TYPE, 4, a->name, "%s is not activated: %s", lv->name, why);
}

/*
 * The transaction that brings up what is wanted and can be: names gets the LVs.  An LV whose PVs are
 * not all there is left for later, unless the grace is over and its redundancy makes up for them.
 */
static GString *wanted_text(struct plan *p, struct assembly *a, bool with_missing, GPtrArray *names)
{
	struct lvm *l = lvm_of(a);
	struct lookup lookup = { p, a };
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < l->vg->lvs->len && !(l->singly && names->len); i++) {
		const struct lvm_lv *lv = l->vg->lvs->pdata[i];
		g_autofree char *why = NULL;
		gsize before = text->len;
		int r;

		if (!lv_wanted(p, a, lv) || (!with_missing && !lv_present(p, a, lv)))
			continue;
		r = lvm_lv_table(l->vg, lv, pv_devnum, &lookup, text, &why);
		if (r < 0) {
			g_string_truncate(text, before);
			if (r != -ENODEV || a->complete)
				tell_once(p, a, lv, why ?: g_strerror(-r));
			continue;
		}
		g_ptr_array_add(names, g_strdup(lv->name));
	}
	return text;
}

static bool anything_new(struct plan *p, struct assembly *a, bool with_missing)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	g_string_free(wanted_text(p, a, with_missing, names), TRUE);
	return names->len > 0;
}

static void lvm_evaluate(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a) ?: data_new(a);

	a->startable = a->complete = false;
	a->present = a->needed = 0;
	read_newest(p, a);
	if (!l->vg || !judge_duplicates(p, a))
		return;
	for (guint i = 0; i < l->vg->pvs->len; i++) {
		const struct lvm_pv *pv = l->vg->pvs->pdata[i];
		bool here = pv_device(p, a, pv) != NULL;

		a->needed += here || !pv->missing;
		a->present += here;
	}
	if (a->present > l->present)
		g_hash_table_remove_all(l->refused); /* worth another try */
	l->present = a->present;
	if (l->vg->exported || !str_empty(l->vg->lock_type))
		return; /* another machine's, or one for a lock manager */
	a->complete = a->present && a->present == a->needed;
	a->startable = a->present && anything_new(p, a, true);
	a->idle = !a->startable;
}


/* Members that the metadata itself gives up are not waited for. */
static bool do_without(const struct assembly *a)
{
	return a->with_missing || (a->complete && a->present < lvm_of(a)->vg->pvs->len);
}

static char *lvm_modules(struct plan *p, struct assembly *a)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GString *text = wanted_text(p, a, do_without(a), names);
	char *modules = lvm_table_modules(text->str);

	g_string_free(text, TRUE);
	return modules;
}

static void activate_wanted(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	struct action *act;
	GString *text, *list;

	g_ptr_array_set_size(l->in_flight, 0);
	text = wanted_text(p, a, do_without(a), l->in_flight);
	if (!text->len) {
		g_string_free(text, TRUE);
		return;
	}
	list = g_string_new(NULL);
	for (guint i = 0; i < l->in_flight->len; i++) {
		g_hash_table_add(l->activated, g_strdup(l->in_flight->pdata[i]));
		g_string_append_printf(list, "%s%s", i ? " " : "", (char *)l->in_flight->pdata[i]);
	}
	act = assembly_request(p, a, ACTION_DM_ACTIVATE, ACTIVATE_TIMEOUT);
	act->uuid = g_strdup(a->id);
	act->name = g_string_free(list, FALSE);
	act->text = g_string_free(text, FALSE);
}

static void lvm_start(struct plan *p, struct assembly *a, bool with_missing)
{
	activate_wanted(p, a);
	if (!a->request && !assembly_running(a)) /* nothing that a goal may need */
		assembly_set_state(p, a, with_missing ? ASSEMBLY_STARTABLE : ASSEMBLY_COMPLETE);
}

/* One LV that the kernel does not take (its module is missing) must not keep root from coming. */
static void not_activated(struct plan *p, struct assembly *a, const struct input *in)
{
	const char *text = in->text ?: g_strerror((int)-in->error);
	struct lvm *l = lvm_of(a);
	g_autofree char *one = l->in_flight->len == 1 ? g_strdup(l->in_flight->pdata[0]) : NULL;

	for (guint i = 0; i < l->in_flight->len; i++)
		g_hash_table_remove(l->activated, l->in_flight->pdata[i]);
	if (one)
		g_hash_table_add(l->refused, g_strdup(one));
	l->singly = true;
	if (assembly_running(a))
		assembly_touch(p, a); /* the next one's modules may have to be loaded first */
	else if (in->error != -ECANCELED && in->error != -ETIME)
		activate_wanted(p, a);
	if (!a->request && !assembly_running(a))
		assembly_fail(p, a, MSG_LVM_FAILED, "%s", text);
	else if (one)
		plan_report(p, MSG_LVM_FAILED, 3, a->name, "%s: %s", one, text);
}

static void lvm_finished(struct plan *p, struct assembly *a, const struct request *r, const struct input *in)
{
	if (in->error < 0) {
		not_activated(p, a, in);
		return;
	}
	a->ours = true;
	if (!assembly_running(a)) {
		assembly_set_state(p, a, a->with_missing ? ASSEMBLY_DEGRADED : ASSEMBLY_ACTIVE);
		if (a->with_missing)
			plan_report(p, MSG_LVM_PARTIAL, 4, a->name, "activated with %u of %u PVs", a->present, a->needed);
	}
	assembly_touch(p, a);
}

static void lvm_running(struct plan *p, struct assembly *a)
{
	if (a->state == ASSEMBLY_DEGRADED && a->complete)
		assembly_set_state(p, a, ASSEMBLY_ACTIVE);
	if (a->request || !lvm_of(a)->vg)
		return;
	a->with_missing = a->with_missing && !a->complete;
	if (p->modules && anything_new(p, a, do_without(a)))
		assembly_request(p, a, ACTION_MODULES, ACTIVATE_TIMEOUT)->text = lvm_modules(p, a);
	else
		activate_wanted(p, a);
}

static void lvm_missing(const struct plan *p, const struct assembly *a, GPtrArray *waits)
{
	const struct lvm *l = lvm_of(a);

	for (guint i = 0; l && l->vg && i < l->vg->pvs->len; i++) {
		const struct lvm_pv *pv = l->vg->pvs->pdata[i];

		if (pv->missing || pv_device(p, a, pv))
			continue;
		wait_add(waits, "member", a->since, a->degraded_at, g_strdup_printf("PV %s of VG %s", pv->uuid, a->name),
			 g_strdup_printf("is missing (%u of %u seen); it was %s when the VG was last changed", a->present,
					 a->needed, pv->device ?: "on an unknown device"));
	}
	if (l && l->vg && l->vg->exported)
		wait_add(waits, "member", a->since, 0, g_strdup_printf("VG %s", a->name),
			 g_strdup("is exported; vgimport takes it"));
}

/* A LV of this VG, or one that it does not have: whoever named it meant this VG. */
static bool lvm_answers_to(const struct assembly *a, const char *key)
{
	const struct lvm *l = lvm_of(a);
	g_autofree char *dir = NULL;

	if (!l || !l->vg)
		return false;
	dir = g_strdup_printf("/dev/%s/", l->vg->name);
	return g_str_has_prefix(key, dir) || names_us(l->vg, key);
}

static bool lvm_could_give(const struct plan *p, const struct assembly *a, const char *key)
{
	const struct lvm *l = lvm_of(a);

	if (!l || !l->vg || l->vg->exported || !str_empty(l->vg->lock_type) || a->state == ASSEMBLY_FAILED)
		return false;
	for (guint i = 0; i < l->vg->lvs->len; i++)
		if (lv_named(l->vg, l->vg->lvs->pdata[i], key))
			return lv_present(p, a, l->vg->lvs->pdata[i]);
	return false;
}

static void lvm_free(struct assembly *a)
{
	struct lvm *l = a->data;

	if (!l)
		return;
	lvm_vg_free(l->vg);
	g_free(l->text);
	set_free(l->activated);
	set_free(l->told);
	set_free(l->refused);
	g_ptr_array_unref(l->in_flight);
	g_free(l);
}

const struct layer layer_lvm = {
	.name = "lvm",
	.claims = claims,
	.identify = lvm_identify,
	.evaluate = lvm_evaluate,
	.modules = lvm_modules,
	.start = lvm_start,
	.finished = lvm_finished,
	.running = lvm_running,
	.missing = lvm_missing,
	.answers_to = lvm_answers_to,
	.could_give = lvm_could_give,
	.free_data = lvm_free,
};
