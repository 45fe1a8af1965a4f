/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every moment that something waits for, in one place: the timer is armed for the first of them. */
#include "layer/layer.h"

/* A listed device that does not answer holds a choice by UUID or LABEL no longer than this. */
#define PROBE_HOLD USEC_PER_SEC

/* An action that takes longer holds up no other one. */
#define OVERTAKE_AFTER USEC_PER_SEC

static uint64_t probe_hold(const struct plan *p)
{
	if (!p->enumerated || (!p->listed_unprobed && !p->modules_pending) || p->slow_probes_released)
		return USEC_NEVER;
	return usec_add(p->probe_progress, PROBE_HOLD);
}

static void emit(void (*fn)(void *, const struct deadline *), void *data, uint64_t until, const char *owner,
		 const char *reason)
{
	struct deadline d = { .until = until, .owner = owner, .reason = reason };

	if (until && until != USEC_NEVER)
		fn(data, &d);
}

/* Links and the like (OWNER_NONE) touch no disk. */
static uint64_t overtake_at(const struct request *r)
{
	if (r->overtaken || r->cancelled || r->owner == OWNER_NONE)
		return USEC_NEVER;
	/* Those have a process of their own; drivers alone wait for them, and would hold up what follows. */
	if (action_is_slow(r->type))
		return usec_add(r->started, 10 * OVERTAKE_AFTER);
	return usec_add(r->started, OVERTAKE_AFTER);
}

static void goal_each(const struct goal *g, void (*fn)(void *data, const struct deadline *d), void *data)
{
	if (!g || !goal_unmet(g))
		return;
	emit(fn, data, g->until, g->spec, "the goal's own deadline");
	emit(fn, data, g->dev ? 0 : g->resume_until, g->spec, "without the resume device root is mounted");
	emit(fn, data, g->explain_at, g->spec, "what is missing is said");
}

/* What waiting comes to, but for goals; nobody waits for these while everything is torn down. */
static void waiting_each(const struct plan *p, void (*fn)(void *data, const struct deadline *d), void *data)
{
	emit(fn, data, probe_hold(p), "enumeration", "devices that do not answer are passed over");
	emit(fn, data, choice_hold(p), "choice", "what is being activated is waited for no longer");
	emit(fn, data, p->overdue_at, "waiting", "help is called");
	for (const GList *l = p->loose.head; l; l = l->next) {
		const struct assembly *a = l->data;

		if (a->state == ASSEMBLY_STARTABLE)
			emit(fn, data, a->degraded_at, a->name ?: a->id, "starts without its missing members");
	}
	for (guint i = 0; i < p->questions->len; i++) {
		const struct question *q = p->questions->pdata[i];

		emit(fn, data, q->withdrawn ? 0 : q->until, q->about->name ?: q->about->id, "the question is withdrawn");
	}
}

static void first_each(const struct plan *p, void (*fn)(void *data, const struct deadline *d), void *data)
{
	if (!p->stopping)
		waiting_each(p, fn, data);
	for (const GList *l = p->in_hand.head; l; l = l->next) {
		const struct request *r = l->data;

		emit(fn, data, r->until, r->what, "the action is cancelled");
		emit(fn, data, overtake_at(r), r->what, "other actions go on beside it");
	}
}

void deadlines_each(const struct plan *p, void (*fn)(void *data, const struct deadline *d), void *data)
{
	first_each(p, fn, data);
	for (guint i = 0; !p->stopping && i < p->goals->len; i++)
		goal_each(p->goals->pdata[i], fn, data);
}

static void least(void *data, const struct deadline *d)
{
	uint64_t *min = data;

	*min = MIN(*min, d->until);
}

uint64_t plan_next_deadline(const struct plan *p)
{
	uint64_t min = USEC_NEVER;

	first_each(p, least, &min);
	if (p->stopping)
		return min;
	goal_each(p->resume, least, &min);
	goal_each(goals_first_due(p), least, &min);
	goal_each(g_queue_peek_head((GQueue *)&p->explain_soon), least, &min);
	return min;
}

static int by_id(gconstpointer a, gconstpointer b)
{
	const struct request *const *x = a, *const *y = b;

	return (*x)->id < (*y)->id ? -1 : 1;
}

/* In the order in which they were asked for: the same in every replay. */
static GPtrArray *overdue(const struct plan *p)
{
	GPtrArray *late = g_ptr_array_new();
	for (GList *l = p->in_hand.head; l; l = l->next)
		if (((struct request *)l->data)->until <= p->now || overtake_at(l->data) <= p->now)
			g_ptr_array_add(late, l->data);
	g_ptr_array_sort(late, by_id);
	return late;
}

/* An optional goal without a device has nothing to fail at: it only is not waited for any more. */
static void goal_overdue(struct plan *p, struct goal *g)
{
	g_autofree char *why = NULL;

	if (g->optional && !g->dev) {
		goals_let_go(p, g);
		return;
	}
	why = explain_waits(p, g, true);
	goal_fail(p, g, MSG_TIMEOUT, -ETIME, "the deadline of %s passed; it waited for%s", g->spec, why);
}

static void waiting_fire(struct plan *p)
{
	struct goal *g;

	if (probe_hold(p) <= p->now) {
		p->slow_probes_released = true;
		assembly_touch_all(p);
	}
	assembly_clocks(p);
	resume_deadline(p);
	questions_expire(p);
	while ((g = goals_first_due(p)) && g->until <= p->now)
		goal_overdue(p, g);
}

void deadlines_fire(struct plan *p)
{
	g_autoptr(GPtrArray) late = NULL;

	if (!p->stopping)
		waiting_fire(p);
	late = overdue(p);
	for (guint i = 0; i < late->len; i++) {
		struct request *r = late->pdata[i];

		if (overtake_at(r) <= p->now) {
			lane_overtake(p, r);
			p->probes_overtaken += r->owner == OWNER_DEVICE;
			actions_add(p->out, ACTION_OVERTAKE)->id = r->id;
		}
		if (r->until <= p->now)
			plan_cancel(p, r->id);
	}
	if (late->len)
		graph_probe_next(p);
}
