/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of a recording through the core, in an order of disks and a mode of telling. */
#pragma once

#include "replay/recording.h"

enum rerun_mode {
	RERUN_FIFO, /* effects end before the next disk comes, in the order in which they were asked for
		     */
	RERUN_BURST,   /* all disks come at once; then effects end, the last one asked for first */
	RERUN_TWICE,   /* all at once, every device told twice, effects in order */
	RERUN_DROPPED, /* one disk is not told, then events are known to be lost and everything is read
			  again */
	_RERUN_MODES,
};

struct rerun_result {
	char *state;	  /* goals, what they lie on, mounts; no names of nodes, no ids */
	uint64_t actions; /* a hash over all actions in order */
	unsigned missing; /* actions whose result is not recorded */
};

const char *rerun_mode_text(enum rerun_mode mode);

/* order: a permutation of the recording's units; dropped: the unit that RERUN_DROPPED leaves out. */
void rerun(const struct recording *r, const guint *order, enum rerun_mode mode, guint dropped,
	   struct rerun_result *ret);
