/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A journal cut into what the world did of itself (goals, policy, disks that came and went, a person's
 * answers) and what followed from our actions (their results, the devices that they made).
 */
#pragma once

#include "core/action.h"
#include "core/input.h"

/* "@USEC MARK REST" → the time, the mark and where the rest begins.  -EBADMSG */
int journal_split(const char *line, uint64_t *usec, char *mark, const char **rest);

struct effect {
	struct action action;
	guint line;
	bool answered;
	struct input result;
	GPtrArray *before,
		*after; /* struct input: devices and mounts that it caused, and its result between */
};

struct event {
	struct input in;
	guint unit;   /* index + 1 of the disk it is about, 0: none */
	bool arrival; /* the first of this device */
};

struct unit {
	dev_t devnum;
	char *node;
	bool moves; /* it has a size at some time, so its place in the order matters */
};

struct recording {
	uint64_t start;
	GPtrArray *events;   /* struct event */
	GPtrArray *units;    /* struct unit, order of first arrival */
	GPtrArray *effects;  /* struct effect */
	GHashTable *by_key;  /* effect_key() → GPtrArray of struct effect, borrowed */
	GHashTable *replies; /* what was asked for → GPtrArray of struct input: answers and skips, in
				order */
};

/* The name of the action, and for a volume what it was tried with. */
char *effect_key(const struct action *a);

/* What a question is about, in every order the same. */
const char *question_key(const struct action *ask);

/* The recorded device inputs of one dm device. */
GPtrArray *recording_device(const struct recording *r, const char *dm_uuid);

/* -EBADMSG: no journal; the report says in which line. */
int recording_new(struct recording **ret, const char *journal, GString *report);
void recording_free(struct recording *r);
