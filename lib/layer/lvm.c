/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LVM2.  The newest metadata text among the members says which PVs and LVs there are; of the LVs only
 * those are activated that a goal names or may need.
 */
#include "layer/lvm.h"

#define ACTIVATE_TIMEOUT (120 * USEC_PER_SEC)

static const char *const claims[] = { "LVM2_member", NULL };

/* LVM's UUIDs distinguish upper and lower case. */
static char *vg_id(const char *uuid)
{
	GString *s = g_string_new(NULL);

	for (; *uuid; uuid++)
		if (*uuid != '-')
			g_string_append_c(s, *uuid);
	return g_string_free(s, FALSE);
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
		if (d->info.lvm_metadata ? streq0(l->text, d->info.lvm_metadata) :
					    lvm_vg_find_pv_uuid(l->vg, d->info.uuid) != NULL)
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
	l->read = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
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

		if (!d->info.lvm_metadata || !g_hash_table_add(l->read, g_memdup2(&d->info.id, sizeof d->info.id)) ||
		    streq0(d->info.lvm_metadata, l->text))
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
		lvm_names_free(l);
		lvm_vg_free(l->vg);
		g_clear_pointer(&l->at, g_free);
		l->vg = vg;
		lvm_names_make(l);
		graph_outputs_again(p, a);
		str_set(&l->text, d->info.lvm_metadata);
		l->text_hash = g_str_hash(l->text);
		str_set(&a->name, vg->name);
		adopt_bare_pvs(p, a);
	}
}

/* Where the PVs are now; true: not where they were. */
static bool find_pvs(struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	size_t n = l->vg->pvs->len;
	g_autofree dev_t *at = g_new0(dev_t, n + 1);
	bool changed;

	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];
		const struct lvm_pv *pv = m->excluded ? NULL : lvm_vg_find_pv_uuid(l->vg, m->dev->info.uuid);

		if (pv && !at[pv->index])
			at[pv->index] = m->dev->devnum;
	}
	changed = !l->at || memcmp(at, l->at, n * sizeof *at) != 0;
	g_free(l->at);
	l->at = g_steal_pointer(&at);
	return changed;
}

static dev_t pv_devnum(void *data, const struct lvm_pv *pv)
{
	const struct lvm *l = data;

	return l->at ? l->at[pv->index] : 0;
}

static bool lv_present(const struct lvm *l, const struct lvm_lv *lv)
{
	g_autoptr(GPtrArray) names = lvm_lv_pvs(l->vg, lv);

	for (guint n = 0; n < names->len; n++)
		if (!l->at || !l->at[lvm_vg_find_pv(l->vg, names->pdata[n])->index])
			return false;
	return true;
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

static void tell_once(struct plan *p, struct assembly *a, const struct lvm_lv *lv, int error, const char *why)
{
	if (g_hash_table_add(lvm_of(a)->told, g_strdup(lv->name)))
		plan_report(p, error == -EBADMSG ? MSG_LVM_INVALID : MSG_LVM_TYPE, 4, a->name,
			    "%s is not activated: %s", lv->name, why);
}

/*
 * The transaction that brings up what is wanted and can be: names gets the LVs, at most so many.  An LV
 * whose PVs are not all there is left for later, unless the grace is over and its redundancy makes up for
 * them.
 */
static GString *wanted_text(struct plan *p, struct assembly *a, bool with_missing, GPtrArray *names, guint most)
{
	struct lvm *l = lvm_of(a);
	const GPtrArray *wanted = lvm_wanted(p, a);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < wanted->len && names->len < most; i++) {
		const struct lvm_lv *lv = wanted->pdata[i];
		g_autofree char *why = NULL;
		gsize before = text->len;
		int r;

		if (!with_missing && !lv_present(l, lv))
			continue;
		r = lvm_lv_table(l->vg, lv, pv_devnum, l, text, &why);
		if (r < 0) {
			g_string_truncate(text, before);
			/* the stand-ins for missing parts may be what it fails with */
			if ((r != -ENODEV && r != -ENAMETOOLONG) || a->complete)
				tell_once(p, a, lv, r, why ?: g_strerror(-r));
			continue;
		}
		g_ptr_array_add(names, g_strdup(lv->name));
	}
	return text;
}

static GString *next_text(struct plan *p, struct assembly *a, bool with_missing, GPtrArray *names)
{
	return wanted_text(p, a, with_missing, names, lvm_of(a)->singly ? 1 : G_MAXUINT);
}

static bool anything_new(struct plan *p, struct assembly *a, bool with_missing)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct lvm *l = lvm_of(a);

	(void)lvm_wanted(p, a); /* forgets the answer when it is an old one */
	if (!l->startable_known[with_missing]) {
		g_string_free(wanted_text(p, a, with_missing, names, 1), TRUE);
		l->startable[with_missing] = names->len > 0;
		l->startable_known[with_missing] = true;
	}
	return l->startable[with_missing];
}

static void lvm_evaluate(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a) ?: data_new(a);
	bool was_complete = a->complete, moved;

	a->startable = a->complete = false;
	a->present = a->needed = 0;
	read_newest(p, a);
	if (!l->vg || !judge_duplicates(p, a))
		return;
	moved = find_pvs(a);
	for (guint i = 0; i < l->vg->pvs->len; i++) {
		const struct lvm_pv *pv = l->vg->pvs->pdata[i];
		bool here = l->at[i] != 0;

		a->needed += here || !pv->missing;
		a->present += here;
	}
	if (a->present > l->present)
		g_hash_table_remove_all(l->refused); /* worth another try */
	l->present = a->present;
	if (l->vg->exported || !str_empty(l->vg->lock_type))
		return; /* another machine's, or one for a lock manager */
	a->complete = a->present && a->present == a->needed;
	if (moved || a->complete != was_complete)
		lvm_ask_again(l);
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
	GString *text = next_text(p, a, do_without(a), names);
	char *modules = lvm_table_modules(text->str);

	g_string_free(text, TRUE);
	return modules;
}

/* What its tables may name; the disk sequence of arrays and mapped devices moves on while they start. */
static char *member_lines(const struct assembly *a)
{
	const struct lvm *l = lvm_of(a);
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];
		const struct device *d = m->dev;
		const struct lvm_pv *pv = lvm_vg_find_pv_uuid(l->vg, d->info.uuid);

		if (m->excluded || !pv || l->at[pv->index] != d->devnum)
			continue;
		g_string_append_printf(s, "%s%u:%u %" PRIu64 "%s%s", s->len ? "\n" : "", major(d->devnum), minor(d->devnum),
				       d->dm_uuid || d->md_state ? 0 : d->diskseq, d->dm_uuid ? " " : "", d->dm_uuid ?: "");
	}
	return g_string_free(s, FALSE);
}

static void activate_wanted(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	struct action *act;
	GString *text, *list;

	g_ptr_array_set_size(l->in_flight, 0);
	text = next_text(p, a, do_without(a), l->in_flight);
	if (!text->len) {
		g_string_free(text, TRUE);
		return;
	}
	list = g_string_new(NULL);
	for (guint i = 0; i < l->in_flight->len; i++) {
		g_hash_table_add(l->activated, g_strdup(l->in_flight->pdata[i]));
		g_string_append_printf(list, "%s%s", i ? " " : "", (char *)l->in_flight->pdata[i]);
	}
	lvm_ask_again(l);
	act = assembly_request(p, a, ACTION_DM_ACTIVATE, ACTIVATE_TIMEOUT);
	act->uuid = g_strdup(a->id);
	act->name = g_string_free(list, FALSE);
	act->text = g_string_free(text, FALSE);
	act->members = member_lines(a);
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
	lvm_ask_again(l);
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
	lvm_made(p, a, r->type == ACTION_DM_ACTIVATE ? in->text : NULL);
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

		if (pv->missing || (l->at && l->at[i]))
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

	return l && l->vg && (g_str_has_prefix(key, l->dir) || lvm_lv_of_key(l, key));
}

static bool lvm_could_give(const struct plan *p, const struct assembly *a, const char *key)
{
	const struct lvm *l = lvm_of(a);
	const struct lvm_lv *lv;

	if (!l || !l->vg || l->vg->exported || !str_empty(l->vg->lock_type) || a->state == ASSEMBLY_FAILED)
		return false;
	lv = lvm_lv_of_key(l, key);
	return lv && lv_present(l, lv);
}

static void lvm_free(struct assembly *a)
{
	struct lvm *l = a->data;

	if (!l)
		return;
	lvm_names_free(l);
	lvm_vg_free(l->vg);
	g_free(l->at);
	g_free(l->text);
	set_free(l->read);
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
	.inner = lvm_inner,
	.gives = lvm_gives,
	.is_original = lvm_is_original,
	.lacks_original = lvm_lacks_original,
	.answers_to = lvm_answers_to,
	.could_give = lvm_could_give,
	.selective = true,
	.free_data = lvm_free,
};
