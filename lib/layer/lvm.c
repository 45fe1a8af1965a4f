/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LVM2.  The newest metadata text among the members says which PVs and LVs there are; of the LVs only
 * those are activated that a goal names or may need.
 */
#include "layer/lvm.h"

#define ACTIVATE_TIMEOUT (120 * USEC_PER_SEC)

static const char *const claims[] = { "LVM2_member", NULL };

static void set_free(gpointer set)
{
	g_hash_table_unref(set);
}

static struct lvm *data_new(struct assembly *a)
{
	struct lvm *l = g_new0(struct lvm, 1);

	l->activated = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->why_not = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	l->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	l->read = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	l->versions = lvm_versions_new();
	l->in_flight = g_ptr_array_new_with_free_func(g_free);
	a->data = l;
	return l;
}

/* What was changed while it was away it does not have: LVM takes it back by vgextend --restoremissing only. */
static bool came_back(struct plan *p, const struct assembly *a, const struct lvm_pv *pv, const struct device *d)
{
	if (pv->missing && g_hash_table_add(lvm_of(a)->told, g_strconcat("pv ", pv->uuid, NULL)))
		plan_report(p, MSG_LVM_RETURNED, 4, a->name, "/dev/%s is back, but was given up when the VG was last changed: "
			    "it is not used", d->node);
	return pv->missing;
}

/* Where the PVs are now; true: not where they were, or one can be written to now, or no more. */
static bool find_pvs(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	size_t n = l->vg->pvs->len;
	g_autofree dev_t *at = g_new0(dev_t, n + 1);
	bool changed = false;

	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];
		struct lvm_pv *pv = m->excluded ? NULL : lvm_vg_find_pv_uuid(l->vg, m->dev->info.uuid);

		if (!pv || at[pv->index] || came_back(p, a, pv, m->dev))
			continue;
		at[pv->index] = m->dev->devnum;
		changed |= pv->readonly != m->dev->readonly;
		pv->readonly = m->dev->readonly;
	}
	changed |= !l->at || memcmp(at, l->at, n * sizeof *at) != 0;
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

/* Not by the kernel: by what is known of it, until that changes. */
void lvm_refuse(struct plan *p, struct assembly *a, unsigned number, const char *format, ...)
{
	g_autofree char *why = NULL;
	va_list ap;

	va_start(ap, format);
	why = g_strdup_vprintf(format, ap);
	va_end(ap);
	if (a->state != ASSEMBLY_FAILED || a->error_number != number)
		assembly_fail(p, a, number, "%s", why);
}

static void refuse_no_more(struct plan *p, struct assembly *a)
{
	if (a->state == ASSEMBLY_FAILED && (a->error_number == MSG_DUPLICATE || a->error_number == MSG_LVM_SPLIT ||
					    a->error_number == MSG_LVM_FOREIGN))
		assembly_set_state(p, a, ASSEMBLY_WAITING);
}

static void tell_once(struct plan *p, struct assembly *a, const struct lvm_lv *lv, int error, const char *why)
{
	if (g_hash_table_add(lvm_of(a)->told, g_strdup(lv->name)))
		plan_report(p, error == -EBADMSG ? MSG_LVM_INVALID : error == -EROFS ? MSG_LVM_READONLY : MSG_LVM_TYPE, 4, a->name,
			    "%s is not activated: %s", lv->name, why);
}

static void tell_remark(struct plan *p, struct assembly *a, const struct lvm_lv *lv, enum lvm_remark remark,
			const char *text)
{
	g_autofree char *key = g_strdup_printf("%s %d", lv->name, remark);

	if (g_hash_table_add(lvm_of(a)->told, g_steal_pointer(&key)))
		plan_report(p, remark == LVM_REMARK_MERGE ? MSG_LVM_MERGE : MSG_LVM_READONLY, 4, a->name, "%s", text);
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
			g_hash_table_replace(l->why_not, g_strdup(lv->name), g_strdup(why ?: g_strerror(-r)));
			/* the stand-ins for missing parts may be what it fails with */
			if ((r != -ENODEV && r != -ENAMETOOLONG) || a->complete)
				tell_once(p, a, lv, r, why ?: g_strerror(-r));
			continue;
		}
		g_hash_table_remove(l->why_not, lv->name);
		if (r > 0)
			tell_remark(p, a, lv, (enum lvm_remark)r, why);
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

static void count_pvs(struct plan *p, struct assembly *a, bool was_complete)
{
	struct lvm *l = lvm_of(a);
	bool moved = find_pvs(p, a);

	for (guint i = 0; i < l->vg->pvs->len; i++) {
		const struct lvm_pv *pv = l->vg->pvs->pdata[i];

		a->needed += !pv->missing;
		a->present += l->at[i] != 0;
	}
	if (moved || a->present > l->present)
		g_hash_table_remove_all(l->refused); /* worth another try */
	l->present = a->present;
	a->complete = a->present && a->present == a->needed;
	if (moved || a->complete != was_complete)
		lvm_ask_again(l);
}

/* Said of the goal that asks for it; others' VGs are no news. */
static void leave_alone(struct plan *p, struct assembly *a, const char *why)
{
	if (assembly_running(a) || a->adopted || (a->state == ASSEMBLY_FAILED && a->error_number == MSG_LVM_FOREIGN))
		return;
	assembly_set_state(p, a, ASSEMBLY_FAILED);
	str_set(&a->error, why);
	a->error_number = MSG_LVM_FOREIGN;
}

static void lvm_evaluate(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a) ?: data_new(a);
	g_autofree char *alone = NULL;
	bool was_complete = a->complete;

	a->startable = a->complete = false;
	a->present = a->needed = 0;
	if (!lvm_read(p, a) || !l->vg)
		return;
	alone = lvm_left_alone(p, l->vg);
	lvm_twins_judge(p, a, a->members->len && !alone);
	if (!lvm_judge_duplicates(p, a))
		return;
	count_pvs(p, a, was_complete);
	if (alone) {
		leave_alone(p, a, alone);
		a->idle = true;
		return;
	}
	refuse_no_more(p, a);
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
	lvm_twins_tell(p, a);
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
}

/* Of an LV that cannot come up, although the VG is here. */
static char *lvm_why_not(const struct plan *p, const struct assembly *a, const char *key)
{
	const struct lvm *l = lvm_of(a);
	const struct lvm_lv *lv = l && l->vg ? lvm_lv_of_key(l, key) : NULL;
	const char *why;

	if (!l || !l->vg || (!lv && !g_str_has_prefix(key, l->dir)))
		return NULL;
	if (!lv)
		return g_strdup_printf("the VG has no LV of that name (%u others)", l->vg->lvs->len);
	if (!lv->visible)
		return g_strdup("it is a part of another LV, and not for use");
	why = g_hash_table_lookup(l->why_not, lv->name);
	if (why && a->complete)
		return g_strdup_printf("it is not activated: %s", why);
	if (g_hash_table_contains(l->refused, lv->name))
		return g_strdup("the kernel did not take it; SACT-042 says why");
	return NULL;
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

	if (!l || !l->vg || a->state == ASSEMBLY_FAILED)
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
	g_free(l->at);
	g_ptr_array_unref(l->versions);
	set_free(l->read);
	set_free(l->activated);
	set_free(l->told);
	set_free(l->why_not);
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
	.why_not = lvm_why_not,
	.inner = lvm_inner,
	.gives = lvm_gives,
	.is_original = lvm_is_original,
	.lacks_original = lvm_lacks_original,
	.answers_to = lvm_answers_to,
	.could_give = lvm_could_give,
	.selective = true,
	.free_data = lvm_free,
};
