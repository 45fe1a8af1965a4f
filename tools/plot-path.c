/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The critical path, from the end back: each action was made possible by the input before it, that
 * input was the result of an action, the answer to a question or a device that came, and so on to the
 * beginning.  The pieces lie end to end, so they add up to the whole time.
 */
#include "plot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void step(struct plot *p, enum plot_kind kind, enum plot_kind category, uint64_t start,
		 uint64_t end, const struct plot_record *r, size_t lane)
{
	struct plot_step *s = &p->steps[p->n_steps];

	p->left = start;
	if (end <= start)
		return;
	*s = (struct plot_step){
		.kind = kind, .category = category, .start = start, .end = end, .lane = lane};
	s->record = r - p->journal->records;
	p->sums[category] += end - start;
	p->n_steps++;
}

static void engine(struct plot *p, uint64_t end, const struct plot_record *r)
{
	step(p, PLOT_ENGINE, PLOT_ENGINE, p->journal->records[0].usec, end, r, PLOT_NO_LANE);
}

static size_t device_lane(const struct plot *p, const char *node)
{
	for (size_t i = 0; i < p->n_lanes; i++)
		if (p->lanes[i].kind == PLOT_LANE_DEVICE && plot_same(p->lanes[i].key, node))
			return i;
	return PLOT_NO_LANE;
}

/* Back from an input to its action.  NULL: this was the beginning. */
static const struct plot_record *back_to(struct plot *p, const struct plot_record *in,
					 const struct plot_record *act)
{
	enum plot_kind category, kind = plot_kind_of(act, &category);

	step(p, kind, category, act->usec, in->usec, act, plot_lane_of(p, act));
	return &p->journal->records[act->cause];
}

static const struct plot_record *back_from_device(struct plot *p, const struct plot_record *in)
{
	const struct plot_journal *j = p->journal;
	const struct plot_record *maker = plot_maker(j, in), *listed = j->records;

	if (maker)
		return back_to(p, in, maker);
	while (listed < in && !plot_is(listed, '<', "enumerated"))
		listed++;
	step(p, PLOT_WAITING, PLOT_WAITING, listed->usec, in->usec, in,
	     device_lane(p, in->value[PLOT_NODE]));
	engine(p, listed->usec, listed);
	return NULL;
}

static const struct plot_record *back_from_answer(struct plot *p, const struct plot_record *in)
{
	const struct plot_record *q = plot_question(p->journal, in->id, in - p->journal->records);
	size_t lane = PLOT_NO_LANE;

	if (!q) {
		engine(p, in->usec, in);
		return NULL;
	}
	for (size_t i = 0; i < p->n_lanes; i++)
		if (p->lanes[i].kind == PLOT_LANE_ASSEMBLY &&
		    plot_same(p->lanes[i].key, q->value[PLOT_UUID]))
			lane = i;
	step(p, PLOT_HUMAN, PLOT_HUMAN, q->usec, in->usec, q, lane);
	return &p->journal->records[q->cause];
}

static bool about_same(const struct plot_record *a, const struct plot_record *b)
{
	if (plot_is(a, '>', "goal-state") && plot_is(b, '>', "goal-state"))
		return a->id == b->id;
	return plot_same(a->value[PLOT_UUID], b->value[PLOT_UUID]) ||
	       (!a->value[PLOT_UUID] && plot_same(a->value[PLOT_NODE], b->value[PLOT_NODE]));
}

static bool tells_only(const struct plot_record *r)
{
	return plot_is(r, '>', "report") || plot_is(r, '>', "forget") || plot_is(r, '>', "withdraw") ||
	       plot_is(r, '>', "link");
}

/*
 * Only time passed, or something that no action explains: back to what was done last before, with the
 * same thing if that is known.
 */
static const struct plot_record *before(const struct plot *p, const struct plot_record *in)
{
	const struct plot_record *list = p->journal->records, *end = list + p->journal->n, *any = NULL;

	for (const struct plot_record *r = in; r-- > list;) {
		if (r->mark != '>' || tells_only(r))
			continue;
		if (!any)
			any = &list[r->cause];
		for (const struct plot_record *now = in + 1; now < end && now->mark != '<'; now++)
			if (now->mark == '>' && !tells_only(now) && about_same(r, now))
				return &list[r->cause];
	}
	return any;
}

static bool covers(const struct plot_bar *b, enum plot_kind category, uint64_t start, uint64_t end)
{
	return b->category == category && b->start <= start && b->end >= end;
}

static enum plot_kind what_ran(const struct plot *p, uint64_t start, uint64_t end, size_t *record,
			       size_t *lane)
{
	static const enum plot_kind order[] = {PLOT_MOUNT, PLOT_FSCK, PLOT_KDF, PLOT_HUMAN};

	for (size_t o = 0; o < N_ELEMENTS(order); o++)
		for (size_t i = 0; i < p->n_bars; i++)
			if (covers(&p->bars[i], order[o], start, end)) {
				*record = p->bars[i].record;
				*lane = p->bars[i].lane;
				return order[o];
			}
	return PLOT_WAITING;
}

/* A stretch without a cause of its own, cut where something began or ended; a person goes before
 * waiting. */
static void stretch(struct plot *p, uint64_t start, uint64_t end, const struct plot_record *in)
{
	while (end > start && p->n_steps < PLOT_MAX_STEPS) {
		uint64_t cut = start;
		size_t record = in - p->journal->records, lane = PLOT_NO_LANE;
		enum plot_kind kind;

		for (size_t i = 0; i < p->n_bars; i++) {
			const struct plot_bar *b = &p->bars[i];

			if (b->category == PLOT_WAITING || b->category == PLOT_ACTIVATION)
				continue;
			if (b->start > cut && b->start < end)
				cut = b->start;
			if (b->end > cut && b->end < end)
				cut = b->end;
		}
		kind = what_ran(p, cut, end, &record, &lane);
		step(p, kind, kind, cut, end, &p->journal->records[record], lane);
		end = cut;
	}
	step(p, PLOT_WAITING, PLOT_WAITING, start, end, in, PLOT_NO_LANE);
}

static const struct plot_record *back_from_time(struct plot *p, const struct plot_record *in,
						uint64_t end)
{
	const struct plot_record *from = before(p, in);

	stretch(p, from ? from->usec : p->journal->records[0].usec, end, in);
	return from;
}

static bool configures(const struct plot_record *in)
{
	static const char *const names[] = {"goal",   "volume", "array",  "policy",  "made",
					    "layout", "stop",	"cancel", "mounted", "enumerated"};

	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (plot_is(in, '<', names[i]))
			return true;
	return false;
}

static const struct plot_record *back(struct plot *p, const struct plot_record *in)
{
	const struct plot_record *act;

	if (configures(in)) {
		engine(p, in->usec, in);
		return NULL;
	}
	if (plot_is(in, '<', "result") &&
	    (act = plot_effect(p->journal, in->id, in - p->journal->records)))
		return back_to(p, in, act);
	if (plot_is(in, '<', "answer") || plot_is(in, '<', "skip"))
		return back_from_answer(p, in);
	if (plot_is(in, '<', "device"))
		return back_from_device(p, in);
	return back_from_time(p, in, in->usec);
}

/* The input at which the run ended: that of the last goal, or the last one of all. */
static const struct plot_record *last_input(const struct plot *p)
{
	const struct plot_record *list = p->journal->records;

	for (const struct plot_record *r = list + p->journal->n; !p->unmet && r-- > list;)
		if (plot_is(r, '>', "goal-state") && r->usec == p->end)
			return &list[r->cause];
	for (const struct plot_record *r = list + p->journal->n; r-- > list;)
		if (r->mark == '>' && !tells_only(r))
			return &list[r->cause];
	return list;
}

static void reverse(struct plot *p)
{
	for (size_t i = 0; i < p->n_steps / 2; i++) {
		struct plot_step s = p->steps[i];

		p->steps[i] = p->steps[p->n_steps - 1 - i];
		p->steps[p->n_steps - 1 - i] = s;
	}
}

int plot_path(struct plot *p, bool boot)
{
	const struct plot_record *in = last_input(p), *list = p->journal->records;

	p->steps = calloc(PLOT_MAX_STEPS + 16, sizeof *p->steps);
	if (!p->steps)
		return -ENOMEM;
	p->left = p->end;
	if (in->usec < p->left) /* it went on without getting anywhere */
		stretch(p, in->usec, p->left, &list[p->journal->n - 1]);
	while (in && in->usec > list[0].usec && p->n_steps < PLOT_MAX_STEPS) {
		if (in->usec < p->left) /* a line is missing between the two */
			stretch(p, in->usec, p->left, in);
		in = back(p, in);
	}
	stretch(p, list[0].usec, p->left, list);
	if (boot)
		step(p, PLOT_KERNEL, PLOT_KERNEL, 0, list[0].usec, list, PLOT_NO_LANE);
	reverse(p);
	return 0;
}

/* ---- as text ---- */

/* The deadline that passed, if one is known: the last one that was due. */
static const struct plot_record *due(const struct plot_journal *j, const struct plot_record *in)
{
	const struct plot_record *last = NULL;

	for (const struct plot_record *d = j->records; d < in; d++)
		if (d->mark == '=' && d->until && d->until <= in->usec &&
		    (!last || d->until >= last->until))
			last = d;
	return last && last->value[PLOT_OWNER] && last->value[PLOT_REASON] ? last : NULL;
}

static void label_input(const struct plot *p, const struct plot_step *s, char *to, size_t size)
{
	const struct plot_record *r = &p->journal->records[s->record];
	const struct plot_record *d = plot_is(r, '<', "timer") ? due(p->journal, r) : NULL;
	const char *node = r->value[PLOT_NODE];

	if (d)
		snprintf(to, size, "%s: %s", d->value[PLOT_OWNER], d->value[PLOT_REASON]);
	else if (s->kind == PLOT_ENGINE && node)
		snprintf(to, size, "until %s is listed", node);
	else if (s->kind == PLOT_ENGINE)
		snprintf(to, size, "%s", plot_is(r, '<', "enumerated") ? "devices are listed" : "start");
	else if (node)
		snprintf(to, size, "until %s comes", node);
	else
		snprintf(to, size, "time passes");
}

void plot_label(const struct plot *p, const struct plot_step *s, char *to, size_t size)
{
	const struct plot_record *r = &p->journal->records[s->record];
	const char *name = r->value[PLOT_NAME], *node = r->value[PLOT_NODE];
	const char *target = r->value[PLOT_TARGET], *text = r->value[PLOT_TEXT];

	if (s->kind == PLOT_KERNEL)
		snprintf(to, size, "before the journal begins");
	else if (r->mark != '>')
		label_input(p, s, to, size);
	else if (s->kind == PLOT_HUMAN)
		snprintf(to, size, "answer for %s", name ? name : "?");
	else if (s->kind == PLOT_MODULES)
		snprintf(to, size, "modules %.60s", text ? text : "");
	else if (text && plot_is(r, '>', "report"))
		snprintf(to, size, "%s", text);
	else
		snprintf(to, size, "%s %s%s", r->name,
			 target ? target
			 : name ? name
			 : node ? node
				: "",
			 r->value[PLOT_DEEP] ? " in full" : "");
	for (unsigned char *c = (unsigned char *)to; *c;) {
		size_t n = visible_character(c);

		if (!n)
			*c = '?';
		c += n ? n : 1;
	}
}

static int by_start(const void *a, const void *b)
{
	const struct plot_bar *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

/* How long anything of this category went on, whether it was waited for or not. */
static uint64_t whole(const struct plot *p, enum plot_kind category)
{
	uint64_t sum = 0, until = 0;

	for (size_t i = 0; i < p->n_bars; i++) { /* by start */
		const struct plot_bar *b = &p->bars[i];
		uint64_t from = b->start > until ? b->start : until;

		if (b->category != category || b->end <= from)
			continue;
		sum += b->end - from;
		until = b->end;
	}
	return sum;
}

static void print_sum(const struct plot *p, enum plot_kind kind, FILE *to)
{
	bool has_bars = kind != PLOT_KERNEL && kind != PLOT_ENGINE && kind != PLOT_WAITING;
	uint64_t widest = 1;
	unsigned width;

	for (int k = 0; k < PLOT_KINDS; k++)
		widest = p->sums[k] > widest ? p->sums[k] : widest;
	width = (unsigned)(p->sums[kind] * 40 / widest);
	fprintf(to, "  %-20s %9" PRIu64 ".%03u ms", plot_kind_name(kind), p->sums[kind] / 1000,
		(unsigned)(p->sums[kind] % 1000));
	if (has_bars && whole(p, kind))
		fprintf(to, " %9" PRIu64 ".%03u ms", whole(p, kind) / 1000,
			(unsigned)(whole(p, kind) % 1000));
	else
		fprintf(to, " %16s", "");
	fprintf(to, "  %.*s\n", (int)width, "########################################");
}

void plot_print_text(const struct plot *p, FILE *to)
{
	static const enum plot_kind order[] = {PLOT_KERNEL,	PLOT_WAITING, PLOT_HUMAN, PLOT_KDF,
					       PLOT_ACTIVATION, PLOT_FSCK,    PLOT_MOUNT, PLOT_ENGINE};
	uint64_t total = 0, wall = p->end - p->begin;

	fprintf(to, "Goals: %u done, %u failed, %u not met\n\nCritical path (s)\n", p->done, p->failed,
		p->unmet);
	for (size_t i = 0; i < p->n_steps; i++) {
		const struct plot_step *s = &p->steps[i];
		char label[160];

		plot_label(p, s, label, sizeof label);
		fprintf(to, "  %5" PRIu64 ".%06u ... %5" PRIu64 ".%06u  %-20s %s\n",
			(s->start - p->begin) / USEC_PER_SEC,
			(unsigned)((s->start - p->begin) % USEC_PER_SEC),
			(s->end - p->begin) / USEC_PER_SEC,
			(unsigned)((s->end - p->begin) % USEC_PER_SEC), plot_kind_name(s->category),
			label);
	}
	qsort(p->bars, p->n_bars, sizeof *p->bars, by_start);
	fprintf(to, "\n%-22s %16s %16s\n", "Sums", "waited for", "in all");
	for (size_t i = 0; i < N_ELEMENTS(order); i++) {
		print_sum(p, order[i], to);
		total += p->sums[order[i]];
	}
	fprintf(to, "  %-20s %9" PRIu64 ".%03u ms\n  %-20s %9" PRIu64 ".%03u ms\n", "total",
		total / 1000, (unsigned)(total % 1000), "wall time", wall / 1000,
		(unsigned)(wall % 1000));
}
