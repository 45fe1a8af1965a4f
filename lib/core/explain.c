/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a goal waits for, down to the first missing leaf: said on request, after 3 s, and on change. */
#include "layer/layer.h"

#define EXPLAIN_AFTER (3 * USEC_PER_SEC)
#define LOCKED_MAX    8 /* that are named */

static void wait_free(gpointer ptr)
{
	struct wait *w = ptr;

	g_free(w->leaf);
	g_free(w->kind);
	g_free(w->reason);
	g_free(w);
}

void wait_add(GPtrArray *waits, const char *kind, uint64_t since, uint64_t until, char *leaf, char *reason)
{
	struct wait *w = g_new0(struct wait, 1);

	w->kind = g_strdup(kind);
	w->since = since;
	w->until = until;
	w->leaf = leaf;
	w->reason = reason;
	g_ptr_array_add(waits, w);
}

static void explain_step(const struct plan *p, const struct goal *g, GPtrArray *waits)
{
	static const struct {
		const char *kind, *reason;
	} steps[] = {
		[STEP_FIND] = { "device", "is there" },
		[STEP_VERIFY] = { "check", "is read once in full" },
		[STEP_MODULES] = { "module", "its file system's module is loaded" },
		[STEP_CHECK] = { "check", "its file system is checked" },
		[STEP_ACT] = { "check", "is mounted" },
		[STEP_END] = { "check", "is done" },
	};
	const struct request *r = g_hash_table_lookup(p->requests, &g->request);

	wait_add(waits, steps[g->step].kind, r ? r->since : g->since, r ? r->until : 0,
		 g_strconcat("/dev/", g->dev->node, NULL), g_strdup(steps[g->step].reason));
}

static void explain_assembly(const struct plan *p, const struct assembly *a, GPtrArray *waits)
{
	const struct request *r = g_hash_table_lookup(p->requests, &a->request);

	switch (a->state) {
	case ASSEMBLY_WAITING:
	case ASSEMBLY_STARTABLE:
	case ASSEMBLY_COMPLETE:
		a->layer->missing(p, a, waits);
		break;
	case ASSEMBLY_ACTIVATING:
		if (question_of(p, a))
			a->layer->missing(p, a, waits);
		else
			wait_add(waits, "check", r ? r->since : a->since, r ? r->until : 0,
				 g_strdup_printf("%s %s", a->layer->name, a->name ?: a->id),
				 g_strdup("is being activated"));
		break;
	case ASSEMBLY_FAILED:
		wait_add(waits, "member", a->since, 0, g_strdup_printf("%s %s", a->layer->name, a->name ?: a->id),
			 g_strdup_printf("failed: SACT-%03u %s", a->error_number, a->error));
		break;
	case ASSEMBLY_ACTIVE:
	case ASSEMBLY_DEGRADED:
	case ASSEMBLY_STOPPED:
		break;
	}
}

/* What crypttab names and has not come may be what the goal is on; of that very name it is. */
static bool explain_volumes(const struct plan *p, const struct goal *g, GPtrArray *waits, bool all)
{
	guint before = waits->len;

	for (guint i = 0; p->enumerated && i < p->volumes->len; i++) {
		const struct volume *v = p->volumes->pdata[i];
		g_autofree char *mapper = g_strconcat("/dev/mapper/", v->name, NULL);

		if ((v->assembly && v->assembly->members->len) || (!all && !g_str_equal(g->key, mapper)))
			continue;
		wait_add(waits, "device", g->since, 0, g_strdup(v->spec),
			 g_strdup_printf("has not appeared; %s names it as %s", v->where ?: "crypttab", v->name));
	}
	return waits->len > before;
}

static bool is_locked(const struct plan *p, const struct assembly *a)
{
	return a->layer == &layer_luks && (a->state == ASSEMBLY_WAITING || a->state == ASSEMBLY_COMPLETE ||
					   (a->state == ASSEMBLY_ACTIVATING && question_of(p, a)));
}

/* Nothing says what the goal lies on, so it may be on each of them: those that nobody opened come last. */
static void explain_any(const struct plan *p, GPtrArray *waits, bool failed)
{
	g_autoptr(GPtrArray) locked = g_ptr_array_new();

	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];
		guint before = waits->len;

		if ((a->state == ASSEMBLY_FAILED) != failed)
			continue;
		explain_assembly(p, a, waits);
		while (is_locked(p, a) && waits->len > before) {
			struct wait *w = g_ptr_array_steal_index(waits, before);

			w->aside = true;
			g_ptr_array_add(locked, w);
		}
	}
	for (guint i = 0; i < locked->len; i++)
		g_ptr_array_add(waits, locked->pdata[i]);
}

static void explain_find(const struct plan *p, const struct goal *g, GPtrArray *waits)
{
	bool named;

	choice_explain(p, g, waits);
	named = waits->len > 0 || layout_explain(p, g, waits);

	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];
		char *why = a->layer->why_not && a->state != ASSEMBLY_FAILED ? a->layer->why_not(p, a, g->key) : NULL;

		if (why) {
			wait_add(waits, "member", a->since, 0, g_strdup(g->key), why);
			named = true;
		}
		if (a->layer->answers_to && a->layer->answers_to(a, g->key) && !assembly_running(a)) {
			explain_assembly(p, a, waits);
			named = true;
		}
	}
	named = (!named && explain_volumes(p, g, waits, false)) || named;
	if (!named) {
		explain_any(p, waits, false);
		explain_any(p, waits, true);
	}
	for (GList *l = p->devices.head; l; l = l->next) {
		const struct device *d = l->data;

		if (d->probe == PROBE_FAILED && d->error != -ENOMEDIUM)
			wait_add(waits, "device", d->since, 0, g_strconcat("/dev/", d->node, NULL),
				 g_strdup_printf("cannot be used: %s", device_state_text(d)));
		else if (d->probe == PROBE_DONE && d->error_text && !d->member_of)
			wait_add(waits, "device", d->since, 0, g_strconcat("/dev/", d->node, NULL),
				 g_strdup_printf("is not used: %s", d->error_text));
		else if (graph_foreign(d))
			wait_add(waits, "device", d->since, 0, g_strconcat("/dev/", d->node, NULL),
				 g_strdup_printf("is left alone, and what is on it: %s, which is not done yet",
						 d->info.type));
	}
	if (waits->len)
		return;
	if (!p->enumerated)
		wait_add(waits, "device", g->since, 0, g_strdup(g->spec), g_strdup("the devices are being listed"));
	else if (!graph_choice_allowed(p) || p->probes_running)
		wait_add(waits, "device", p->probe_progress, 0, g_strdup(g->spec),
			 g_strdup("devices are still being read"));
	else
		wait_add(waits, "device", g->since, g->until, g_strdup(g->spec),
			 g_strdup_printf("none of %u devices answers to it", p->n_devices));
}

static void explain_resume(const struct plan *p, const struct goal *r, GPtrArray *waits)
{
	wait_add(waits, r->dev ? "check" : "device", r->since, r->resume_until, g_strdup(r->spec),
		 g_strdup("whether to resume from it is decided before anything is mounted"));
	if (!r->dev)
		explain_find(p, r, waits);
}

GPtrArray *explain_goal(const struct plan *p, const struct goal *g)
{
	GPtrArray *waits = g_ptr_array_new_with_free_func(wait_free);
	const struct goal *below = goal_blocked_by(p, g);

	if (!goal_unmet(g))
		return waits;
	if (g->dev)
		explain_step(p, g, waits);
	else if (g->kind != GOAL_RESUME && p->resume)
		explain_resume(p, p->resume, waits);
	else if (below)
		wait_add(waits, "device", g->since, 0, g_strdup(below->target),
			 g_strdup_printf("has to be mounted first and is %s", goal_state_name(below->state)));
	else
		explain_find(p, g, waits);
	return waits;
}

static void append_times(GString *s, const struct wait *w, uint64_t now)
{
	uint64_t lasted = now > w->since ? (now - w->since) / USEC_PER_SEC : 0;

	if (w->until && w->until != USEC_NEVER)
		g_string_append_printf(s, " (for %" PRIu64 " s, at most %" PRIu64 " s more)", lasted,
				       w->until > now ? (w->until - now + USEC_PER_SEC - 1) / USEC_PER_SEC : 0);
	else if (lasted)
		g_string_append_printf(s, " (for %" PRIu64 " s)", lasted);
}

static void append_wait(GString *s, const struct wait *w, bool times, uint64_t now)
{
	g_string_append_printf(s, " %s: %s", w->leaf, w->reason);
	if (times)
		append_times(s, w, now);
	else if (w->until && w->until != USEC_NEVER)
		g_string_append_printf(s, " (until %" PRIu64 ".%03" PRIu64 " s of uptime)", w->until / USEC_PER_SEC,
				       w->until % USEC_PER_SEC / 1000);
}

/* Many volumes are one clause: who looks for a disk does not want to read all of them first. */
static void append_locked(GString *s, const GPtrArray *waits, guint n, bool first)
{
	const char *separator = first ? " one of the volumes that are locked: " : "; it may lie on what is locked: ";
	guint shown = 0;

	for (guint i = 0; i < waits->len; i++) {
		const struct wait *w = waits->pdata[i];

		if (!w->aside || shown == LOCKED_MAX)
			continue;
		g_string_append_printf(s, "%s%s", separator, w->leaf);
		separator = ", ";
		shown++;
	}
	if (n > shown)
		g_string_append_printf(s, " and %u more", n - shown);
}

/* times: since when and for how long at most, as of now; without, the same situation is the same text. */
char *explain_waits(const struct plan *p, const struct goal *g, bool times)
{
	g_autoptr(GPtrArray) waits = explain_goal(p, g);
	g_autofree char *text = NULL;
	GString *s = g_string_new(NULL);
	guint aside = 0, own = 0;

	for (guint i = 0; i < waits->len; i++)
		aside += ((const struct wait *)waits->pdata[i])->aside;
	for (guint i = 0; i < waits->len; i++) {
		const struct wait *w = waits->pdata[i];

		if (w->aside && waits->len > 1)
			continue;
		g_string_append(s, own++ ? ";" : "");
		append_wait(s, w, times, p->now);
	}
	if (aside && waits->len > 1)
		append_locked(s, waits, aside, !own);
	if (!waits->len)
		g_string_append(s, " nothing");
	text = g_string_free(s, FALSE);
	return text_clean(text);
}

static const char *goal_subject(const struct goal *g)
{
	return g->target ?: g->spec;
}

char *explain_text(const struct plan *p, const struct goal *g)
{
	g_autofree char *waits = explain_waits(p, g, false), *subject = text_clean(goal_subject(g));

	return g_strdup_printf("%s waits for%s", subject, waits);
}

static void explain_now(struct plan *p, struct goal *g)
{
	g_autofree char *situation = explain_waits(p, g, false), *text = NULL;

	if (streq0(situation, g->explained))
		return;
	str_set(&g->explained, situation);
	text = explain_waits(p, g, true);
	plan_report(p, MSG_EXPLAIN, 6, goal_subject(g), "waits for%s", text);
}

/*
 * Whoever can help is called when a mount takes long; a person who is being asked is here already, and
 * the time that takes does not count.
 */
void overdue_schedule(struct plan *p)
{
	bool waiting = p->n_unmet_mounts > 0;

	for (guint i = 0; waiting && i < p->questions->len; i++)
		waiting &= ((struct question *)p->questions->pdata[i])->withdrawn;
	if (!waiting || !p->overdue_after) {
		p->overdue_at = 0;
	} else if (!p->overdue_at) {
		p->overdue_at = usec_add(p->now, p->overdue_after);
	} else if (p->overdue_at <= p->now) {
		plan_report(p, MSG_OVERDUE, 4, "waiting", "for %" PRIu64 " s; it goes on",
			    p->overdue_after / USEC_PER_SEC);
		p->overdue_after = p->overdue_at = 0;
	}
}

/*
 * What lasts for 3 s is said, and said again when it changed and the change lasted.  Nothing is
 * computed, and no timer runs, while nothing changes.
 */
void explain_schedule(struct plan *p)
{
	GQueue said = G_QUEUE_INIT;
	struct goal *g;

	while ((g = g_queue_peek_head(&p->explain_soon)) && g->explain_at <= p->now) {
		g_queue_unlink(&p->explain_soon, &g->explain);
		g_queue_push_tail_link(&said, &g->explain);
		g->explain_at = 0;
		explain_now(p, g);
	}
	while (p->changed && (g = g_queue_peek_head(&p->explain_later))) {
		g_queue_unlink(&p->explain_later, &g->explain);
		g_queue_push_tail_link(&p->explain_soon, &g->explain);
		g->explain_at = usec_add(p->now, EXPLAIN_AFTER);
	}
	while ((g = g_queue_peek_head(&said))) {
		g_queue_unlink(&said, &g->explain);
		g_queue_push_tail_link(&p->explain_later, &g->explain);
	}
	p->changed = false;
}
