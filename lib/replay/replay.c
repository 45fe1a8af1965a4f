/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A journal instead of the world: its inputs drive the core again, at their recorded times. */
#include "replay/replay.h"

#include "core/plan.h"
#include "replay/recording.h"

struct replay {
	struct plan *plan;
	struct actions actions;
	GQueue expected; /* char *: actions that the last input led to when it was recorded */
	GString *report;
	unsigned inputs, differences;
};

static void compare(struct replay *r, guint number)
{
	for (guint i = 0; i < r->actions.list->len; i++) {
		g_autoptr(GString) got = g_string_new(NULL);
		g_autofree char *want = g_queue_pop_head(&r->expected);

		action_encode(r->actions.list->pdata[i], got);
		if (streq0(want, got->str))
			continue;
		r->differences++;
		g_string_append_printf(r->report, "line %u: now      %s\nline %u: recorded %s\n", number, got->str, number,
				       want ?: "nothing");
	}
	for (char *left; (left = g_queue_pop_head(&r->expected)); g_free(left)) {
		r->differences++;
		g_string_append_printf(r->report, "line %u: now      nothing\nline %u: recorded %s\n", number, number, left);
	}
}

/* The actions behind an input line, up to the next input. */
static void collect(struct replay *r, char **lines, guint from)
{
	for (guint i = from; lines[i]; i++) {
		uint64_t usec;
		const char *rest;
		char mark;

		if (journal_split(lines[i], &usec, &mark, &rest) < 0 || mark == '=')
			continue;
		if (mark == '<')
			return;
		g_queue_push_tail(&r->expected, g_strdup(rest));
	}
}

static int replay_lines(struct replay *r, char **lines)
{
	for (guint i = 0; lines[i]; i++) {
		struct input in;
		uint64_t usec;
		const char *rest;
		char mark;

		if (!*lines[i])
			continue;
		if (journal_split(lines[i], &usec, &mark, &rest) < 0 || !strchr("<>=", mark)) {
			g_string_append_printf(r->report, "line %u: no journal line\n", i + 1);
			return -EBADMSG;
		}
		if (mark == '>' && !r->inputs) {
			r->differences++;
			g_string_append_printf(r->report, "line %u: an action before any input: %s\n", i + 1, rest);
		}
		if (mark != '<')
			continue;
		if (input_decode(rest, &in) < 0) {
			g_string_append_printf(r->report, "line %u: no input\n", i + 1);
			return -EBADMSG;
		}
		collect(r, lines, i + 1);
		plan_step(r->plan, &in, usec, &r->actions);
		r->inputs++;
		compare(r, i + 1);
		input_clear(&in);
	}
	return 0;
}

int replay_journal(const char *journal, GString *report)
{
	g_auto(GStrv) lines = g_strsplit(journal, "\n", -1);
	struct replay r = { .plan = plan_new(), .report = report };
	g_autofree char *status = NULL;
	int ret;

	actions_init(&r.actions);
	g_queue_init(&r.expected);
	ret = replay_lines(&r, lines);
	status = status_text(r.plan);
	g_string_append_printf(report, "%u inputs, %u differences\n%s", r.inputs, r.differences, status);
	g_queue_clear_full(&r.expected, g_free);
	actions_free(&r.actions);
	plan_free(r.plan);
	return ret < 0 ? ret : r.differences ? -EUCLEAN : 0;
}
