/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The timeline as one SVG file: no script, no font of its own, nothing from elsewhere. */
#include "plot.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LEFT 210
#define WIDE 960
#define RIGHT 30
#define TOP 116 /* of the critical path's row */
#define ROW 24
#define BAR 16
#define TENTHS 10 /* of a pixel: whole numbers draw the same everywhere */

struct svg {
	const struct plot *p;
	FILE *to;
	uint64_t end; /* not p->begin: a run of no time has a width, too */
};

/* ---- text ---- */

/* Names come from disks: whatever XML could not hold is shown as '?'. */
static void put_text(FILE *to, const char *text, size_t max)
{
	for (const unsigned char *c = (const unsigned char *)text; *c && max; max--) {
		size_t n = visible_character(c);

		if (*c == '<')
			fputs("&lt;", to);
		else if (*c == '>')
			fputs("&gt;", to);
		else if (*c == '&')
			fputs("&amp;", to);
		else if (*c == '"')
			fputs("&quot;", to);
		else if (n)
			fwrite(c, 1, n, to);
		else
			fputc('?', to);
		c += n ? n : 1;
	}
}

static void put_duration(FILE *to, uint64_t usec)
{
	if (usec >= USEC_PER_SEC)
		fprintf(to, "%" PRIu64 ".%02u s", usec / USEC_PER_SEC,
			(unsigned)(usec % USEC_PER_SEC / 10000));
	else
		fprintf(to, "%u.%u ms", (unsigned)(usec / 1000), (unsigned)(usec % 1000 / 100));
}

static void put_moment(const struct svg *v, uint64_t usec)
{
	usec -= v->p->begin;
	fprintf(v->to, "%" PRIu64 ".%03u", usec / USEC_PER_SEC, (unsigned)(usec % USEC_PER_SEC / 1000));
}

/* ---- geometry ---- */

static uint64_t x_of(const struct svg *v, uint64_t usec)
{
	uint64_t span = v->end - v->p->begin, at = usec < v->p->begin ? 0 : usec - v->p->begin;

	if (at > span)
		at = span;
	while (span > UINT64_MAX / (WIDE * TENTHS)) { /* years */
		span /= 2;
		at /= 2;
	}
	return LEFT * TENTHS + at * (WIDE * TENTHS) / span;
}

static void put_x(const struct svg *v, const char *name, uint64_t tenths)
{
	fprintf(v->to, " %s=\"%" PRIu64 ".%u\"", name, tenths / TENTHS, (unsigned)(tenths % TENTHS));
}

static unsigned y_of(const struct plot *p, size_t lane)
{
	return TOP + ROW + 12 + (unsigned)p->lanes[lane].row * ROW;
}

static unsigned height(const struct plot *p)
{
	return TOP + ROW + 12 + (unsigned)p->n_lanes * ROW + 44;
}

/* ---- parts ---- */

static void put_head(const struct svg *v, const char *file)
{
	const struct plot *p = v->p;
	const char *slash = strrchr(file, '/');

	fprintf(v->to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u "
		"%u\">\n"
		"<style>\n"
		"text { font: 12px sans-serif; fill: #222 }\n"
		".title { font-size: 16px; font-weight: bold } .small { font-size: 10px; fill: #666 }\n"
		".inside { font-size: 10px } .dark { fill: #fff }\n"
		".kernel { fill: #999 } .engine { fill: #ccc } .waiting { fill: #f3d9a4 } .human { "
		"fill: #e69f00 }\n"
		".kdf { fill: #0072b2 } .activation { fill: #009e73 } .probe { fill: #7fd0b8 } .modules "
		"{ fill: #b8c94a }\n"
		".fsck { fill: #cc79a7 } .mount { fill: #6a3d9a } .back { fill: #fff } .odd { fill: "
		"#f6f6f6 }\n"
		".goal { fill: #eee; stroke: #bbb; stroke-width: .5 } .open { stroke: #222; "
		"stroke-dasharray: 3 2 }\n"
		".tick { stroke: #ddd } .path { fill: none; stroke: #d00; stroke-width: 2 }\n"
		".link { stroke: #d00; stroke-dasharray: 2 2 } .deadline { fill: none; stroke: #d55e00; "
		"stroke-width: 1.5 }\n"
		"</style>\n<rect class=\"back\" width=\"100%%\" height=\"100%%\"/>\n",
		LEFT + WIDE + RIGHT, height(p), LEFT + WIDE + RIGHT, height(p));
	fputs("<text class=\"title\" x=\"12\" y=\"24\">", v->to);
	put_text(v->to, slash ? slash + 1 : file, 80);
	fputs(": ", v->to);
	put_duration(v->to, p->end - p->begin);
	fprintf(v->to, "; goals: %u done, %u failed, %u not met</text>\n", p->done, p->failed, p->unmet);
}

static void put_legend(const struct svg *v)
{
	static const enum plot_kind order[] = {PLOT_KERNEL,	PLOT_WAITING, PLOT_HUMAN, PLOT_KDF,
					       PLOT_ACTIVATION, PLOT_FSCK,    PLOT_MOUNT, PLOT_ENGINE,
					       PLOT_PROBE,	PLOT_MODULES};
	unsigned x = 12;

	for (size_t i = 0; i < N_ELEMENTS(order); i++) {
		enum plot_kind k = order[i];

		fprintf(v->to,
			"<rect class=\"%s\" x=\"%u\" y=\"38\" width=\"12\" height=\"12\"/><text "
			"x=\"%u\" y=\"48\">%s</text>\n",
			plot_kind_css(k), x, x + 17, plot_kind_name(k));
		if (k != PLOT_PROBE && k != PLOT_MODULES) {
			fprintf(v->to, "<text class=\"small\" x=\"%u\" y=\"62\">", x + 17);
			put_duration(v->to, v->p->sums[k]);
			fputs("</text>\n", v->to);
		} else {
			fprintf(v->to, "<text class=\"small\" x=\"%u\" y=\"62\">activation</text>\n",
				x + 17);
		}
		x += 44 + 7 * (unsigned)strlen(plot_kind_name(k));
	}
	fputs("<text class=\"small\" x=\"12\" y=\"80\">Below a name: what the run waited for it. "
	      "Red: the critical path. Hollow triangle: a deadline.</text>\n",
	      v->to);
}

static uint64_t tick_of(uint64_t span)
{
	uint64_t tick = 1;

	for (unsigned i = 0; span / tick > 12 && tick < UINT64_MAX / 10; i++)
		tick = i % 3 == 1 ? tick / 2 * 5 : tick * 2; /* 1 2 5 10 */
	return tick;
}

static void put_axis(const struct svg *v)
{
	const struct plot *p = v->p;
	uint64_t span = v->end - p->begin, tick = tick_of(span);

	for (uint64_t at = 0, left = span;; at += tick, left -= tick) {
		uint64_t x = x_of(v, p->begin + at);

		fputs("<line class=\"tick\"", v->to);
		put_x(v, "x1", x);
		put_x(v, "x2", x);
		fprintf(v->to, " y1=\"%d\" y2=\"%u\"/><text class=\"small\" text-anchor=\"middle\"",
			TOP - 12, height(p) - 40);
		put_x(v, "x", x);
		fprintf(v->to, " y=\"%d\">", TOP - 16);
		if (tick >= USEC_PER_SEC)
			fprintf(v->to, "%" PRIu64 " s", at / USEC_PER_SEC);
		else if (tick >= 1000)
			fprintf(v->to, "%" PRIu64 ".%03u s", at / USEC_PER_SEC,
				(unsigned)(at % USEC_PER_SEC / 1000));
		else
			fprintf(v->to, "%" PRIu64 " \302\265s", at);
		fputs("</text>\n", v->to);
		if (left < tick)
			return;
	}
}

static void put_lane_names(const struct svg *v)
{
	const struct plot *p = v->p;

	fprintf(v->to, "<text x=\"12\" y=\"%d\" font-weight=\"bold\">critical path</text>\n", TOP + 12);
	for (size_t row = 0; row < p->n_lanes; row++) {
		const struct plot_lane *l = &p->lanes[p->rows[row]];
		unsigned y = y_of(p, p->rows[row]);

		if (row % 2 == 0)
			fprintf(v->to,
				"<rect class=\"odd\" x=\"0\" y=\"%u\" width=\"%d\" height=\"%d\"/>\n",
				y - 4, LEFT + WIDE + RIGHT, ROW);
		fprintf(v->to, "<text x=\"12\" y=\"%u\">", y + 12);
		if (l->kind == PLOT_LANE_ASSEMBLY && l->layer)
			fprintf(v->to, "%s ", l->layer);
		put_text(v->to, l->name, 28);
		fputs("</text>\n", v->to);
	}
}

static void put_title(const struct svg *v, const char *what, const char *label, uint64_t start,
		      uint64_t end)
{
	fprintf(v->to, "<title>%s: ", what);
	put_text(v->to, label, 160);
	fputs(", ", v->to);
	put_duration(v->to, end - start);
	fputs(" (", v->to);
	put_moment(v, start);
	fputs(" to ", v->to);
	put_moment(v, end);
	fputs(" s)</title>", v->to);
}

static void put_rect(const struct svg *v, const char *class, const char *more, unsigned y, unsigned h,
		     uint64_t x1, uint64_t x2)
{
	fprintf(v->to, "<rect class=\"%s%s\"", class, more);
	put_x(v, "x", x1);
	put_x(v, "width", x2 - x1 < TENTHS ? TENTHS : x2 - x1);
	fprintf(v->to, " y=\"%u\" height=\"%u\">", y, h);
}

/* The text goes into the bar if it fits. */
static void put_inside(const struct svg *v, enum plot_kind kind, const char *text, unsigned y,
		       uint64_t x1, uint64_t x2)
{
	bool dark = kind == PLOT_KDF || kind == PLOT_MOUNT || kind == PLOT_ACTIVATION;

	if ((x2 - x1) / TENTHS < strlen(text) * 6 + 6)
		return;
	fprintf(v->to, "<text class=\"inside%s\"", dark ? " dark" : "");
	put_x(v, "x", x1 + 4 * TENTHS);
	fprintf(v->to, " y=\"%u\">", y + 12);
	put_text(v->to, text, SIZE_MAX);
	fputs("</text>\n", v->to);
}

/* Whether what is drawn later would lie on the word at the start of b. */
static bool overdrawn(const struct plot *p, const struct plot_bar *b)
{
	for (const struct plot_bar *next = b + 1; next < p->bars + p->n_bars && next->start < b->end;
	     next++)
		if (next->lane == b->lane)
			return true;
	return false;
}

static void put_bar(const struct svg *v, const struct plot_bar *b)
{
	const struct plot *p = v->p;
	const struct plot_record *r = &p->journal->records[b->record];
	struct plot_step as_step = {.kind = b->kind, .record = b->record};
	bool goal = plot_is(r, '<', "goal");
	unsigned y = y_of(p, b->lane);
	uint64_t x1 = x_of(v, b->start), x2 = x_of(v, b->end);
	const char *word = plot_kind_name(b->kind);
	char label[160];

	plot_label(p, &as_step, label, sizeof label);
	if (goal)
		snprintf(label, sizeof label, "wanted");
	else if (plot_is(r, '>', "assembly-state"))
		snprintf(label, sizeof label, "%s", r->value[PLOT_TEXT]);
	put_rect(v, goal ? "goal" : plot_kind_css(b->kind), b->open && !goal ? " open" : "", y, BAR, x1, x2);
	put_title(v, goal ? "goal" : word, label, b->start, b->end);
	fputs("</rect>\n", v->to);
	if (b->kind == PLOT_WAITING && !goal)
		word = plot_is(r, '>', "assembly-state") ? "waits for members" : "not there yet";
	if (!goal && (b->kind == PLOT_WAITING || !overdrawn(p, b)))
		put_inside(v, b->kind, word, y, x1, x2);
}

static void put_path(const struct svg *v)
{
	const struct plot *p = v->p;
	size_t before = PLOT_NO_LANE;

	for (size_t i = 0; i < p->n_steps; i++) {
		const struct plot_step *s = &p->steps[i];
		uint64_t x1 = x_of(v, s->start), x2 = x_of(v, s->end);
		char label[160];

		plot_label(p, s, label, sizeof label);
		put_rect(v, plot_kind_css(s->kind), "", TOP, BAR, x1, x2);
		put_title(v, plot_kind_name(s->category), label, s->start, s->end);
		fputs("</rect>\n", v->to);
		put_inside(v, s->kind, plot_kind_name(s->kind), TOP, x1, x2);
		if (s->lane == PLOT_NO_LANE)
			continue;
		put_rect(v, "path", "", y_of(p, s->lane), BAR, x1, x2);
		fputs("</rect>\n", v->to);
		if (before != PLOT_NO_LANE && before != s->lane) {
			unsigned a = y_of(p, before), b = y_of(p, s->lane);

			fputs("<line class=\"link\"", v->to);
			put_x(v, "x1", x1);
			put_x(v, "x2", x1);
			fprintf(v->to, " y1=\"%u\" y2=\"%u\"/>\n", a < b ? a + BAR : a,
				a < b ? b : b + BAR);
		}
		before = s->lane;
	}
}

static bool owns(const struct plot_lane *l, const char *owner)
{
	return plot_same(l->name, owner) || plot_same(l->key, owner);
}

/* Goals are named by their spec there, lanes by their target. */
static const char *target_of(const struct plot_journal *j, const char *spec)
{
	for (const struct plot_record *g = j->records; g < j->records + j->n; g++)
		if (plot_is(g, '<', "goal") && plot_same(g->value[PLOT_SPEC], spec))
			return g->value[PLOT_TARGET];
	return NULL;
}

static void put_deadlines(const struct svg *v)
{
	const struct plot *p = v->p;
	const struct plot_journal *j = p->journal;

	for (const struct plot_record *d = j->records; d < j->records + j->n; d++) {
		const char *owner = d->value[PLOT_OWNER], *target;
		unsigned y = TOP;
		uint64_t x;

		if (!plot_is(d, '=', "deadline") || d->until > p->end || d->until < p->begin)
			continue;
		target = target_of(j, owner);
		for (size_t i = 0; i < p->n_lanes; i++)
			if (owns(&p->lanes[i], target ? target : owner))
				y = y_of(p, i);
		x = x_of(v, d->until);
		fprintf(v->to,
			"<path class=\"deadline\" d=\"M%" PRIu64
			".%u %u l-4 -7 h8 z\"><title>deadline: ",
			x / TENTHS, (unsigned)(x % TENTHS), y);
		put_text(v->to, owner ? owner : "", 80);
		fputs(", ", v->to);
		put_text(v->to, d->value[PLOT_REASON] ? d->value[PLOT_REASON] : "", 120);
		fputs(" (", v->to);
		put_moment(v, d->until);
		fputs(" s)</title></path>\n", v->to);
	}
}

void plot_print_svg(const struct plot *p, const char *file, FILE *to)
{
	struct svg v = {.p = p, .to = to, .end = p->end > p->begin ? p->end : p->begin + 1};

	put_head(&v, file);
	put_legend(&v);
	put_lane_names(&v);
	put_axis(&v);
	for (unsigned front = 0; front < 2; front++) /* what is waited with lies behind what is done */
		for (size_t i = 0; i < p->n_bars; i++)
			if ((p->bars[i].kind != PLOT_WAITING) == front)
				put_bar(&v, &p->bars[i]);
	put_path(&v);
	put_deadlines(&v);
	if (p->lanes_left_out)
		fprintf(to,
			"<text class=\"small\" x=\"12\" y=\"%u\">Only the first %d devices, assemblies "
			"and goals are shown.</text>\n",
			height(p) - 12, PLOT_MAX_LANES);
	fputs("</svg>\n", to);
}
