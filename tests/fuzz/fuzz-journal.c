/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A journal as a whole, as somebody may send it.  It replays the same each time; what is no journal
 * is said with the first line that is none; and the journal that a replay would have written
 * replays without a difference.  Cut into the world's doing and ours, nothing of it is lost, and
 * the same order of disks leads to the same actions.
 */
#include "fuzz.h"

#include "core/plan.h"
#include "replay/recording.h"
#include "replay/reorder.h"
#include "replay/replay.h"

#define REPLAY_LINES_MAX 400
#define REORDER_LINES_MAX 120
#define ALL_ORDERS_MAX 3 /* disks */
#define ALL_LINES_MAX 50

/* What the lines of a journal are, found without replay.c. */
struct lines {
	GString *again;	    /* the journal that is written when its inputs happen */
	char *status;	    /* the end to which they lead */
	unsigned inputs;    /* up to the first that does not decode */
	unsigned devices;   /* inputs that are no results, timers, answers */
	unsigned bad_input; /* first line, 1...: nothing that replay knows */
	unsigned bad;	    /* the same, actions must decode, too */
	unsigned count;	    /* that are not empty */
};

static void input_line(struct lines *l, struct plan *p, struct actions *as, uint64_t usec,
		       const char *rest)
{
	gsize at = l->again->len;
	struct input in;

	fuzz_check(input_decode(rest, &in) == 0);
	g_string_append_printf(l->again, "@%" PRIu64 " < ", usec);
	input_encode(&in, l->again);
	plan_step(p, &in, usec, as);
	for (guint i = 0; i < as->list->len; i++) {
		g_string_append_printf(l->again, "\n@%" PRIu64 " > ", usec);
		action_encode(as->list->pdata[i], l->again);
	}
	for (const char *c = l->again->str + at; *c; c++)
		fuzz_check((*c >= ' ' && *c < 0x7f) || *c == '\n');
	g_string_append_c(l->again, '\n');
	l->inputs++;
	input_clear(&in);
}

/* 0: a line of a journal; -EBADMSG: replay does not know it; -ENOTSUP: only its action does not
 * decode. */
static int line_judge(const char *line, uint64_t *usec, char *mark, const char **rest)
{
	struct action a;
	struct input in;
	int r = journal_split(line, usec, mark, rest);

	if (r < 0 || *mark == '=')
		return r;
	if (*mark == '<') {
		r = input_decode(*rest, &in);
		input_clear(&in);
		return r;
	}
	if (*mark != '>')
		return -EBADMSG;
	r = action_decode(*rest, &a);
	action_clear(&a);
	return r < 0 ? -ENOTSUP : 0;
}

static bool attachable(const char *rest)
{
	struct input in;
	bool yes;

	fuzz_check(input_decode(rest, &in) == 0);
	yes = in.type_id != INPUT_RESULT && in.type_id != INPUT_TIMER &&
	      in.type_id != INPUT_ANSWER && in.type_id != INPUT_SKIP;
	input_clear(&in);
	return yes;
}

static void lines_read(struct lines *l, char **texts)
{
	struct plan *p = plan_new();
	struct actions as;

	actions_init(&as);
	for (unsigned i = 0; texts[i]; i++) {
		const char *rest;
		uint64_t usec;
		char mark;
		int r;

		if (!*texts[i])
			continue;
		l->count++;
		r = line_judge(texts[i], &usec, &mark, &rest);
		if (r < 0 && !l->bad)
			l->bad = i + 1;
		if (r == -EBADMSG && !l->bad_input)
			l->bad_input = i + 1;
		if (r < 0 || mark != '<')
			continue;
		l->devices += attachable(rest);
		if (!l->bad_input)
			input_line(l, p, &as, usec, rest);
	}
	l->status = status_text(p);
	actions_free(&as);
	plan_free(p);
}

/* Both times the same: that what it says does not hang on addresses or on what was there before. */
static int twice(int (*fn)(const char *, GString *), const char *journal, GString *report)
{
	g_autoptr(GString) again = g_string_new(NULL);
	int r = fn(journal, report);

	fuzz_check(fn(journal, again) == r);
	fuzz_check(g_string_equal(report, again));
	return r;
}

static void try_replay(const char *journal, const struct lines *l)
{
	g_autoptr(GString) report = g_string_new(NULL), second = g_string_new(NULL);
	g_autofree char *end = NULL, *said = NULL, *none = NULL;
	int r = twice(replay_journal, journal, report);

	fuzz_check(r == 0 || r == -EUCLEAN || r == -EBADMSG);
	fuzz_check((r == -EBADMSG) == (l->bad_input != 0));
	fuzz_check(g_str_has_suffix(report->str, l->status));
	end = g_strdup_printf("%u inputs, 0 differences\n%s", l->inputs, l->status);
	if (r == 0)
		fuzz_check(g_str_equal(report->str, end));
	if (r == -EUCLEAN)
		fuzz_check(g_str_has_prefix(report->str, "line ") &&
			   !g_str_has_suffix(report->str, end));
	if (r == -EBADMSG) {
		said = g_strdup_printf("line %u: no ", l->bad_input);
		none = g_strdup_printf("\n%s", said);
		fuzz_check(g_str_has_prefix(report->str, said) || strstr(report->str, none));
	}
	fuzz_check(replay_journal(l->again->str, second) == 0);
	fuzz_check(g_str_equal(second->str, end));
}

static void try_recording(const char *journal, const struct lines *l)
{
	g_autoptr(GString) report = g_string_new(NULL);
	g_autofree char *said = g_strdup_printf("line %u: no journal line\n", l->bad);
	struct recording *r = NULL;
	unsigned devices = 0;

	if (recording_new(&r, journal, report) < 0) {
		fuzz_check(l->bad && !r && g_str_equal(report->str, said));
		return;
	}
	fuzz_check(!l->bad && !report->len);
	for (guint i = 0; i < r->effects->len; i++) {
		const struct effect *e = r->effects->pdata[i];

		fuzz_check(e->line < l->count && action_is_effect(&e->action));
		fuzz_check(!e->answered || e->result.id == e->action.id);
		devices += e->before->len + e->after->len;
	}
	for (guint i = 0; i < r->events->len; i++)
		fuzz_check(((struct event *)r->events->pdata[i])->unit <= r->units->len);
	fuzz_check(devices + r->events->len == l->devices);
	recording_free(r);
}

static guint moving(const char *journal, guint *units)
{
	g_autoptr(GString) report = g_string_new(NULL);
	struct recording *r;
	guint n = 0;

	if (recording_new(&r, journal, report) < 0)
		return 0;
	*units = r->units->len;
	for (guint i = 0; i < r->units->len; i++)
		n += ((struct unit *)r->units->pdata[i])->moves;
	recording_free(r);
	return n;
}

/* Other orders of what makes no sense may well end differently, but each does the same every time.
 */
static void try_orders(const char *journal, const struct lines *l)
{
	g_autoptr(GString) report = g_string_new(NULL);
	guint units = 0, disks = moving(journal, &units);
	bool all = disks <= ALL_ORDERS_MAX && l->count <= ALL_LINES_MAX;
	int r = reorder_journal(journal, all, 7, report);

	fuzz_check(l->bad ? r == -EBADMSG : r == 0 || r == -EUCLEAN);
	fuzz_check(!units || strstr(report->str, " end differently, 0 of "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *journal = fuzz_string(data, size);
	g_auto(GStrv) texts = g_strsplit(journal, "\n", REPLAY_LINES_MAX + 1);
	struct lines l = {0};

	if (g_strv_length(texts) > REPLAY_LINES_MAX)
		return -1;
	l.again = g_string_new(NULL);
	lines_read(&l, texts);
	try_replay(journal, &l);
	try_recording(journal, &l);
	if (l.count <= REORDER_LINES_MAX)
		try_orders(journal, &l);
	g_string_free(l.again, TRUE);
	g_free(l.status);
	return 0;
}
