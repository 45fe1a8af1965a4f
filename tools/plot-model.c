/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lanes and bars: what was under way on which device, assembly or goal, and from when to when. */
#include "plot.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *css;
} kinds[PLOT_KINDS] = {
	[PLOT_KERNEL] = {"kernel", "kernel"},
	[PLOT_WAITING] = {"waiting for devices", "waiting"},
	[PLOT_HUMAN] = {"human", "human"},
	[PLOT_KDF] = {"key derivation", "kdf"},
	[PLOT_ACTIVATION] = {"activation", "activation"},
	[PLOT_PROBE] = {"probe", "probe"},
	[PLOT_MODULES] = {"module loading", "modules"},
	[PLOT_FSCK] = {"fsck", "fsck"},
	[PLOT_MOUNT] = {"mount", "mount"},
	[PLOT_ENGINE] = {"engine", "engine"},
};

const char *plot_kind_name(enum plot_kind kind)
{
	return kinds[kind].name;
}

const char *plot_kind_css(enum plot_kind kind)
{
	return kinds[kind].css;
}

static bool is_driver(const struct plot_record *r)
{
	return strcmp(r->name, "modules") == 0 && r->value[PLOT_TEXT] &&
	       strchr(r->value[PLOT_TEXT], ':');
}

enum plot_kind plot_kind_of(const struct plot_record *action, enum plot_kind *category)
{
	static const struct {
		const char *name;
		enum plot_kind kind, category;
	} rows[] = {
		{"probe", PLOT_PROBE, PLOT_ACTIVATION}, {"modules", PLOT_MODULES, PLOT_ACTIVATION},
		{"luks-open", PLOT_KDF, PLOT_KDF},	{"fsck", PLOT_FSCK, PLOT_FSCK},
		{"mount", PLOT_MOUNT, PLOT_MOUNT},	{"umount", PLOT_MOUNT, PLOT_MOUNT},
		{"swapon", PLOT_MOUNT, PLOT_MOUNT},	{"swapoff", PLOT_MOUNT, PLOT_MOUNT},
	};
	enum plot_kind kind = PLOT_ACTIVATION, counts = PLOT_ACTIVATION;

	for (size_t i = 0; i < N_ELEMENTS(rows); i++)
		if (strcmp(action->name, rows[i].name) == 0) {
			kind = rows[i].kind;
			counts = rows[i].category;
		}
	if (is_driver(action)) /* without this driver the device does not come */
		counts = PLOT_WAITING;
	if (category)
		*category = counts;
	return kind;
}

/* ---- lanes ---- */

static size_t lane(struct plot *p, enum plot_lane_kind kind, const char *key, const char *name)
{
	if (!key)
		return PLOT_NO_LANE;
	for (size_t i = 0; i < p->n_lanes; i++)
		if (p->lanes[i].kind == kind && strcmp(p->lanes[i].key, key) == 0)
			return i;
	if (p->n_lanes == PLOT_MAX_LANES) {
		p->lanes_left_out = true;
		return PLOT_NO_LANE;
	}
	p->lanes[p->n_lanes] = (struct plot_lane){
		.kind = kind, .key = key, .name = name ? name : key, .start = UINT64_MAX};
	return p->n_lanes++;
}

static size_t assembly_lane(struct plot *p, const struct plot_record *r)
{
	size_t l = lane(p, PLOT_LANE_ASSEMBLY, r->value[PLOT_UUID], r->value[PLOT_NAME]);

	if (l != PLOT_NO_LANE && !p->lanes[l].layer)
		p->lanes[l].layer = r->value[PLOT_LAYER];
	return l;
}

static const char *goal_key(const struct plot_record *r)
{
	return r->value[PLOT_TARGET] ? r->value[PLOT_TARGET] : r->value[PLOT_SPEC];
}

/* The goal that was last told to use this node; its state names the target, or the goal itself the spec.
 */
static size_t goal_lane_of_node(struct plot *p, const struct plot_record *r)
{
	const struct plot_record *list = p->journal->records;

	for (const struct plot_record *s = r; r->value[PLOT_NODE] && s-- > list;) {
		if (!plot_is(s, '>', "goal-state") ||
		    !plot_same(s->value[PLOT_NODE], r->value[PLOT_NODE]))
			continue;
		for (const struct plot_record *g = s; g-- > list;)
			if (plot_is(g, '<', "goal") && g->id == s->id)
				return lane(p, PLOT_LANE_GOAL, goal_key(g), NULL);
		return PLOT_NO_LANE;
	}
	return PLOT_NO_LANE;
}

/* Modules are loaded for the assembly whose state changed in the same step. */
static size_t modules_lane(struct plot *p, const struct plot_record *r)
{
	const struct plot_record *first = &p->journal->records[r->cause];

	if (is_driver(r))
		return lane(p, PLOT_LANE_DRIVERS, "drivers", NULL);
	if (r->value[PLOT_NODE])
		return goal_lane_of_node(p, r);
	for (const struct plot_record *s = r; s-- > first;)
		if (plot_is(s, '>', "assembly-state"))
			return assembly_lane(p, s);
	return lane(p, PLOT_LANE_DRIVERS, "drivers", NULL);
}

static size_t act_lane(struct plot *p, const struct plot_record *r)
{
	size_t l = PLOT_NO_LANE;

	if (r->value[PLOT_TARGET])
		l = lane(p, PLOT_LANE_GOAL, r->value[PLOT_TARGET], NULL);
	if (l == PLOT_NO_LANE)
		l = goal_lane_of_node(p, r);
	return l != PLOT_NO_LANE ? l : lane(p, PLOT_LANE_DEVICE, r->value[PLOT_NODE], NULL);
}

/* Where an action of any kind belongs. */
size_t plot_lane_of(struct plot *p, const struct plot_record *r)
{
	enum plot_kind kind = plot_kind_of(r, NULL);
	size_t l = PLOT_NO_LANE;

	switch (kind) {
	case PLOT_MODULES:
		return modules_lane(p, r);
	case PLOT_FSCK:
	case PLOT_MOUNT:
		return act_lane(p, r);
	case PLOT_PROBE:
		return lane(p, PLOT_LANE_DEVICE, r->value[PLOT_NODE], NULL);
	case PLOT_KDF:
	case PLOT_ACTIVATION:
	case PLOT_KERNEL:
	case PLOT_WAITING:
	case PLOT_HUMAN:
	case PLOT_ENGINE:
	case PLOT_KINDS:
		break;
	}
	if (r->value[PLOT_UUID])
		l = assembly_lane(p, r);
	return l != PLOT_NO_LANE ? l : lane(p, PLOT_LANE_DEVICE, r->value[PLOT_NODE], NULL);
}

/* ---- what made a device ---- */

static bool line_names(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; (at = strstr(at, "device ")); at++)
		if ((at == text || at[-1] == '\n') && strncmp(at + 7, name, len) == 0 &&
		    at[7 + len] == ' ')
			return true;
	return false;
}

static bool makes(const struct plot_journal *j, const struct plot_record *a,
		  const struct plot_record *device)
{
	const char *dm = device->value[PLOT_DM_NAME], *node = device->value[PLOT_NODE];
	size_t len;

	if (dm && strcmp(a->name, "luks-open") == 0)
		return plot_same(a->value[PLOT_NAME], dm);
	if (dm && strcmp(a->name, "dm-activate") == 0)
		return a->value[PLOT_TEXT] && line_names(a->value[PLOT_TEXT], dm);
	if (dm || !node || !a->result ||
	    (strcmp(a->name, "md-assemble") && strcmp(a->name, "luks-open")))
		return false;
	a = &j->records[a->result]; /* only it knows which node that became */
	len = a->value[PLOT_NODE] ? strlen(a->value[PLOT_NODE]) : 0;
	return len && strncmp(node, a->value[PLOT_NODE], len) == 0 &&
	       (!node[len] || (node[len] == 'p' && isdigit((unsigned char)node[len + 1])));
}

const struct plot_record *plot_maker(const struct plot_journal *j, const struct plot_record *device)
{
	const char *node = device->value[PLOT_NODE];

	if (!node || (strncmp(node, "md", 2) != 0 && strncmp(node, "dm-", 3) != 0))
		return NULL; /* a disk or a partition: it just comes */
	for (const struct plot_record *a = device; a-- > j->records;)
		if (a->mark == '>' && makes(j, a, device))
			return a;
	return NULL;
}

/* ---- bars ---- */

static struct plot_bar *bar(struct plot *p, size_t l, const struct plot_record *r, uint64_t end)
{
	struct plot_bar *b = &p->bars[p->n_bars];

	if (l == PLOT_NO_LANE)
		return NULL;
	*b = (struct plot_bar){
		.lane = l, .start = r->usec, .end = end, .record = r - p->journal->records};
	if (r->usec < p->lanes[l].start)
		p->lanes[l].start = r->usec;
	p->n_bars++;
	return b;
}

static void effect_bar(struct plot *p, const struct plot_record *r)
{
	const struct plot_record *list = p->journal->records;
	struct plot_bar *b;

	if (strcmp(r->name, "link") == 0)
		return; /* always beside something else, and never waited for */
	b = bar(p, plot_lane_of(p, r), r, r->result ? list[r->result].usec : p->end);
	if (!b)
		return;
	b->kind = plot_kind_of(r, &b->category);
	b->open = !r->result;
}

/* From a question to what ends it: an answer, a skip, its withdrawal or the same question again. */
static void question_bar(struct plot *p, const struct plot_record *q)
{
	const struct plot_record *end = p->journal->records + p->journal->n, *r = q + 1;
	struct plot_bar *b;

	while (r < end && (r->id != q->id || !(plot_is(r, '<', "answer") || plot_is(r, '<', "skip") ||
					       plot_is(r, '>', "withdraw") || plot_is(r, '>', "ask"))))
		r++;
	b = bar(p, assembly_lane(p, q), q, r < end ? r->usec : p->end);
	if (!b)
		return;
	b->kind = b->category = PLOT_HUMAN;
	b->open = r == end;
}

static bool waits(const struct plot_record *state)
{
	return state->value[PLOT_TEXT] && (strncmp(state->value[PLOT_TEXT], "startable", 9) == 0 ||
					   strncmp(state->value[PLOT_TEXT], "waiting", 7) == 0);
}

/* An assembly that could start but for its missing members waits until its next state. */
static void startable_bar(struct plot *p, const struct plot_record *s)
{
	const struct plot_record *end = p->journal->records + p->journal->n, *r = s + 1;
	struct plot_bar *b;

	while (r < end && !(plot_is(r, '>', "assembly-state") &&
			    plot_same(r->value[PLOT_UUID], s->value[PLOT_UUID])))
		r++;
	b = bar(p, assembly_lane(p, s), s, r < end ? r->usec : p->end);
	if (!b)
		return;
	b->kind = b->category = PLOT_WAITING;
	b->open = r == end;
}

/* A disk that came after the first listing was waited for, if anything was done with it. */
static void late_bar(struct plot *p, const struct plot_record *r, uint64_t listed)
{
	struct plot_bar *b;
	size_t l = PLOT_NO_LANE;

	for (size_t i = 0; i < p->n_lanes; i++)
		if (p->lanes[i].kind == PLOT_LANE_DEVICE &&
		    plot_same(p->lanes[i].key, r->value[PLOT_NODE]))
			l = i;
	if (l == PLOT_NO_LANE || p->lanes[l].start < r->usec ||
	    strncmp(p->lanes[l].key, "dm-", 3) == 0 || strncmp(p->lanes[l].key, "md", 2) == 0)
		return;
	b = bar(p, l, r, r->usec);
	b->kind = b->category = PLOT_WAITING;
	b->start = p->lanes[l].start = listed;
}

static void goal_bar(struct plot *p, const struct plot_record *g)
{
	const struct plot_record *end = p->journal->records + p->journal->n, *r = g, *last = NULL;
	const char *state = NULL;
	struct plot_bar *b;

	for (; r < end; r++)
		if (plot_is(r, '>', "goal-state") && r->id == g->id) {
			state = r->value[PLOT_NAME];
			last = r;
		}
	if (plot_same(state, "done"))
		p->done++;
	else if (plot_same(state, "failed"))
		p->failed++;
	else
		p->unmet++;
	b = bar(p, lane(p, PLOT_LANE_GOAL, goal_key(g), NULL), g,
		plot_same(state, "done") || plot_same(state, "failed") ? last->usec : p->end);
	if (!b)
		return;
	b->kind = b->category = PLOT_WAITING;
	b->open = b->end == p->end;
}

static void find_end(struct plot *p)
{
	const struct plot_journal *j = p->journal;
	uint64_t last = 0;
	bool unmet = false, any = false;

	for (const struct plot_record *g = j->records; g < j->records + j->n; g++) {
		const struct plot_record *end = NULL;

		if (!plot_is(g, '<', "goal"))
			continue;
		any = true;
		for (const struct plot_record *r = g; r < j->records + j->n; r++)
			if (plot_is(r, '>', "goal-state") && r->id == g->id)
				end = r;
		if (end && (plot_same(end->value[PLOT_NAME], "done") ||
			    plot_same(end->value[PLOT_NAME], "failed")))
			last = end->usec > last ? end->usec : last;
		else
			unmet = true;
	}
	p->end = any && !unmet ? last : j->records[j->n - 1].usec;
}

static int by_row(const void *a, const void *b, void *data)
{
	const struct plot_lane *lanes = data, *x = &lanes[*(const size_t *)a],
			       *y = &lanes[*(const size_t *)b];
	bool gx = x->kind == PLOT_LANE_GOAL, gy = y->kind == PLOT_LANE_GOAL;

	if (gx != gy) /* what all led to comes last */
		return gx - gy;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void make_bars(struct plot *p)
{
	const struct plot_journal *j = p->journal;
	const struct plot_record *listed = NULL;

	for (const struct plot_record *r = j->records; r < j->records + j->n; r++) {
		if (r->usec > p->end)
			break;
		if (plot_is(r, '<', "goal"))
			goal_bar(p, r);
		else if (plot_is(r, '>', "ask"))
			question_bar(p, r);
		else if (plot_is(r, '>', "assembly-state") && waits(r))
			startable_bar(p, r);
		else if (r->mark == '>' && plot_effect(j, r->id, r - j->records + 1) == r)
			effect_bar(p, r);
	}
	for (const struct plot_record *r = j->records; r < j->records + j->n; r++)
		if (!listed && plot_is(r, '<', "enumerated"))
			listed = r;
		else if (listed && plot_is(r, '<', "device") && r->usec <= p->end)
			late_bar(p, r, listed->usec);
	for (size_t i = 0; i < p->n_bars; i++)
		if (p->bars[i].end > p->end) {
			p->bars[i].end = p->end;
			p->bars[i].open = true;
		}
}

int plot_model(struct plot *p, const struct plot_journal *j, bool boot)
{
	*p = (struct plot){.journal = j, .begin = boot ? 0 : j->records[0].usec};
	find_end(p);
	p->bars = calloc(j->n + 1, sizeof *p->bars); /* no record makes more than one */
	if (!p->bars)
		return -ENOMEM;
	make_bars(p);
	for (size_t i = 0; i < p->n_lanes; i++)
		p->rows[i] = i;
	qsort_r(p->rows, p->n_lanes, sizeof *p->rows, by_row, p->lanes);
	for (size_t i = 0; i < p->n_lanes; i++)
		p->lanes[p->rows[i]].row = i;
	return 0;
}

void plot_free(struct plot *p)
{
	free(p->bars);
	free(p->steps);
	p->bars = NULL;
	p->steps = NULL;
}
