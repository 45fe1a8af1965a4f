/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a journal to a timeline: records, what each belongs to, what the run waited for, a drawing. */
#pragma once

#include "tools.h"

#include <stdio.h>

#define PLOT_MAX_RECORDS 500000
#define PLOT_MAX_LANES 400
#define PLOT_MAX_STEPS 10000

enum plot_key {
	PLOT_ERROR,
	PLOT_NODE,
	PLOT_NAME,
	PLOT_UUID,
	PLOT_LAYER,
	PLOT_TARGET,
	PLOT_TEXT,
	PLOT_SPEC,
	PLOT_TYPE,
	PLOT_DM_NAME,
	PLOT_OWNER,
	PLOT_REASON,
	PLOT_DEEP,
	PLOT_KEYS
};

/* One line.  Strings belong to the text that was read. */
struct plot_record {
	uint64_t usec, id, until;
	unsigned line;
	char mark; /* '<' input, '>' action, '=' deadline */
	const char *name;
	const char *value[PLOT_KEYS]; /* NULL: not there */
	size_t cause;		      /* of an action: its input; of an input: itself */
	size_t result;		      /* of an effect: its result; 0: none */
};

struct plot_journal {
	struct plot_record *records;
	size_t n;
	struct plot_index *index; /* effects, questions and their ids, sorted */
	size_t n_index;
};

/* Colours; what they count as is plot_category(). */
enum plot_kind {
	PLOT_KERNEL,
	PLOT_WAITING,
	PLOT_HUMAN,
	PLOT_KDF,
	PLOT_ACTIVATION,
	PLOT_PROBE,
	PLOT_MODULES,
	PLOT_FSCK,
	PLOT_MOUNT,
	PLOT_ENGINE,
	PLOT_KINDS
};

struct plot_bar {
	enum plot_kind kind, category;
	uint64_t start, end;
	size_t lane, record;
	bool open; /* it had not ended when the journal did */
};

enum plot_lane_kind { PLOT_LANE_DRIVERS, PLOT_LANE_DEVICE, PLOT_LANE_ASSEMBLY, PLOT_LANE_GOAL };

struct plot_lane {
	enum plot_lane_kind kind;
	const char *key, *name, *layer; /* layer: of an assembly */
	uint64_t start;
	size_t row;
};

#define PLOT_NO_LANE SIZE_MAX

/* A piece of the critical path; they lie end to end. */
struct plot_step {
	enum plot_kind kind, category;
	uint64_t start, end;
	size_t record; /* the action it is, or the input that ended it */
	size_t lane;
};

struct plot {
	const struct plot_journal *journal;
	uint64_t begin, end; /* of the run; begin is 0 for a boot */
	struct plot_bar *bars;
	size_t n_bars;
	struct plot_lane lanes[PLOT_MAX_LANES];
	size_t n_lanes;
	bool lanes_left_out;
	size_t rows[PLOT_MAX_LANES]; /* lanes from top to bottom */
	struct plot_step *steps;
	size_t n_steps;
	uint64_t left; /* where the piece found last begins */
	uint64_t sums[PLOT_KINDS]; /* of the path, by category */
	unsigned done, failed, unmet;
};

/* plot-read.c: takes text apart in place.  Says what is wrong, with numbers; -EBADMSG, -EFBIG, -ENOMEM.
 */
int plot_read(struct plot_journal *j, char *text, const char *file);
void plot_journal_free(struct plot_journal *j);
const struct plot_record *plot_effect(const struct plot_journal *j, uint64_t id, size_t before);
const struct plot_record *plot_question(const struct plot_journal *j, uint64_t id, size_t before);
bool plot_is(const struct plot_record *r, char mark, const char *name);
bool plot_same(const char *a, const char *b); /* false if one is NULL */

/* plot-model.c */
int plot_model(struct plot *p, const struct plot_journal *j, bool boot);
void plot_free(struct plot *p);
enum plot_kind plot_kind_of(const struct plot_record *action, enum plot_kind *category);
const char *plot_kind_name(enum plot_kind kind); /* not PLOT_KINDS */
const char *plot_kind_css(enum plot_kind kind);	  /* the class of its bars */
const struct plot_record *plot_maker(const struct plot_journal *j, const struct plot_record *device);
size_t plot_lane_of(struct plot *p, const struct plot_record *r);

/* plot-path.c */
int plot_path(struct plot *p, bool boot);
void plot_label(const struct plot *p, const struct plot_step *s, char *to, size_t size);
void plot_print_text(const struct plot *p, FILE *to);

/* plot-svg.c */
void plot_print_svg(const struct plot *p, const char *file, FILE *to);
