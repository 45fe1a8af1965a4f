/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "replay/reorder.h"

#include "replay/rerun.h"

#define ALL_ORDERS_MAX 6
#define RANDOM_ORDERS 2000
#define TWICE_EVERY 16 /* of many orders every so many is run twice */

struct tally {
	const struct recording *recording;
	GString *report;
	char *expected; /* final state in the recorded order */
	unsigned orders, runs, lost, differences, repeats, unsteady;
	unsigned disks;
};

static char *order_text(const struct recording *r, const guint *order)
{
	GString *s = g_string_new(NULL);

	for (guint i = 0; i < r->units->len; i++) {
		const struct unit *u = r->units->pdata[order[i]];

		if (u->moves)
			g_string_append_printf(s, "%s%s", s->len ? " " : "", u->node);
	}
	return g_string_free(s, FALSE);
}

static void differ(struct tally *t, const guint *order, enum rerun_mode mode,
		   const struct rerun_result *got)
{
	g_autofree char *text = NULL;

	if (t->differences++)
		return; /* one is enough to look at */
	text = order_text(t->recording, order);
	g_string_append_printf(
		t->report, "order %s, %s: the final state differs\nin the recorded order:\n%snow:\n%s",
		text, rerun_mode_text(mode), t->expected, got->state);
}

static void run_one(struct tally *t, const guint *order, enum rerun_mode mode, guint dropped)
{
	struct rerun_result got = { 0 }, again = { 0 };
	g_autofree char *text = NULL;

	rerun(t->recording, order, mode, dropped, &got);
	t->runs++;
	if (got.missing)
		t->lost++; /* it asked what nobody has recorded: not comparable */
	else if (!t->expected)
		t->expected = g_strdup(got.state);
	else if (!streq0(t->expected, got.state))
		differ(t, order, mode, &got);
	if (t->runs <= 64 || t->runs % TWICE_EVERY == 0) {
		rerun(t->recording, order, mode, dropped, &again);
		t->repeats++;
		if (got.actions != again.actions && !t->unsteady++) {
			text = order_text(t->recording, order);
			g_string_append_printf(t->report,
					       "order %s, %s: other actions the second time\n", text,
					       rerun_mode_text(mode));
		}
	}
	g_free(got.state);
	g_free(again.state);
}

static void run_order(struct tally *t, const guint *order)
{
	for (int mode = 0; mode < _RERUN_MODES; mode++)
		run_one(t, order, (enum rerun_mode)mode, order[t->orders % t->recording->units->len]);
	t->orders++;
}

/* The places in an order that take part; the others stay where they are. */
static GArray *movable(const struct recording *r)
{
	GArray *places = g_array_new(FALSE, FALSE, sizeof(guint));

	for (guint i = 0; i < r->units->len; i++)
		if (((struct unit *)r->units->pdata[i])->moves)
			g_array_append_val(places, i);
	return places;
}

static void swap(guint *order, guint a, guint b)
{
	guint keep = order[a];

	order[a] = order[b];
	order[b] = keep;
}

static void every_order(struct tally *t, guint *order, const GArray *places, guint at)
{
	if (at >= places->len) {
		run_order(t, order);
		return;
	}
	for (guint i = at; i < places->len; i++) {
		swap(order, g_array_index(places, guint, at), g_array_index(places, guint, i));
		every_order(t, order, places, at + 1);
		swap(order, g_array_index(places, guint, at), g_array_index(places, guint, i));
	}
}

static void shuffle(guint *order, const GArray *places, GRand *random)
{
	for (guint i = places->len; i > 1; i--)
		swap(order, g_array_index(places, guint, i - 1),
		     g_array_index(places, guint, (guint)g_rand_int_range(random, 0, (gint32)i)));
}

static void run_all(struct tally *t, bool all, uint64_t seed)
{
	const struct recording *r = t->recording;
	g_autoptr(GArray) places = movable(r);
	g_autofree guint *order = g_new(guint, r->units->len + 1);
	GRand *random = g_rand_new_with_seed((guint32)(seed ^ seed >> 32));

	for (guint i = 0; i < r->units->len; i++)
		order[i] = i;
	t->disks = places->len;
	/* As recorded comes first: that is what the others are compared with. */
	if (all && places->len <= ALL_ORDERS_MAX)
		every_order(t, order, places, 0);
	else
		run_order(t, order);
	for (guint i = 0; i < (!all ? 1 : places->len > ALL_ORDERS_MAX ? RANDOM_ORDERS : 0); i++) {
		shuffle(order, places, random);
		run_order(t, order);
	}
	g_rand_free(random);
}

int reorder_journal(const char *journal, bool all, uint64_t seed, GString *report)
{
	struct recording *r;
	struct tally t = { .report = report };
	int error = recording_new(&r, journal, report);

	if (error < 0)
		return error;
	t.recording = r;
	if (r->units->len)
		run_all(&t, all, seed);
	g_string_append_printf(report,
			       "%u orders of %u disks, %u runs: %u end differently, %u of %u repeated "
			       "act differently, "
			       "%u asked what is not recorded\n",
			       t.orders, t.disks, t.runs, t.differences, t.unsteady, t.repeats, t.lost);
	if (t.expected)
		g_string_append(report, t.expected);
	if (t.runs && !t.expected)
		g_string_append(report,
				"nothing could be compared: the core acts otherwise than it did "
				"when this was recorded\n");
	error = t.differences || t.unsteady || (t.runs && !t.expected) ? -EUCLEAN : 0;
	g_free(t.expected);
	recording_free(r);
	return error;
}
