/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The "?" of scripts: a state as text. */
#include "world.h"

static char *assembly_text(const struct world *w, const char *key)
{
	const struct assembly *a = g_hash_table_lookup(w->plan->by_id, key);
	GString *s = g_string_new(key);

	for (guint i = 0; !a && i < w->plan->assemblies->len; i++) {
		const struct assembly *other = w->plan->assemblies->pdata[i];
		g_autofree char *name = g_strdup_printf("%s:%s", other->layer->name, other->name ?: "");

		if (g_str_equal(name, key))
			a = other;
	}
	if (!a) {
		g_string_append(s, " unknown");
		return g_string_free(s, FALSE);
	}
	g_string_append_printf(s, " %s %u/%u", assembly_state_name(a->state), a->present, a->needed);
	if (a->degraded_at == USEC_NEVER)
		g_string_append(s, " starts never");
	else if (a->degraded_at)
		g_string_append_printf(s, " starts %" PRIu64, (a->degraded_at - BASE) / USEC_PER_SEC);
	if (a->error)
		g_string_append_printf(s, " SACT-%03u", a->error_number);
	return g_string_free(s, FALSE);
}

static char *goal_text(const struct world *w, const char *id)
{
	const struct goal *g = goal_find(w->plan, (uint64_t)atoi(id));
	GString *s = g_string_new(NULL);

	g_assert_nonnull(g);
	g_string_append_printf(s, "goal %s %s%s%s", id, goal_state_name(g->state), g->dev ? " " : "",
			       g->dev ? g->dev->node : "");
	if (g->error)
		g_string_append_printf(s, " SACT-%03u", g->error_number);
	return g_string_free(s, FALSE);
}

static char *waits_text(const struct world *w, const char *id)
{
	const struct goal *g = goal_find(w->plan, (uint64_t)atoi(id));
	g_autoptr(GPtrArray) waits = NULL;
	const struct wait *first;

	g_assert_nonnull(g);
	waits = explain_goal(w->plan, g);
	if (!waits->len)
		return g_strdup("waits for nothing");
	first = waits->pdata[0];
	return g_strdup_printf("waits for %s %s", first->kind, first->leaf);
}

/* WHAT of "? WHAT", harness.h. */
char *world_state(const struct world *w, char **args)
{
	uint64_t next = plan_next_deadline(w->plan);

	if (streq0(args[0], "goal"))
		return goal_text(w, args[1]);
	if (streq0(args[0], "waits"))
		return waits_text(w, args[1]);
	if (streq0(args[0], "settled"))
		return g_strdup(plan_settled(w->plan) ? "settled" : "not settled");
	if (!streq0(args[0], "next"))
		return assembly_text(w, args[0]);
	return next == USEC_NEVER ? g_strdup("next never")
				  : g_strdup_printf("next %" PRIu64, (next - BASE) / USEC_PER_SEC);
}
