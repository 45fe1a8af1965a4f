/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A layer takes member devices in and gives devices out.  It is one const table: core does the rest
 * (completeness, degraded policy, duplicates, re-arrival, explanation, status, teardown).  To add one:
 * one file with such a table, one line in layers.c, its journals, its page in docs.
 */
#pragma once

#include "core/plan.h"

struct layer {
	const char *name;
	const char *const *claims; /* what libblkid calls its members */

	/* The assembly a probed device belongs to; NULL: none (it may be remembered by name). */
	char *(*identify)(struct plan *p, struct device *d);

	/*
	 * Makes a device its member that carries nothing of what it claims, because configuration says
	 * so: puts what was found on it aside.  May be NULL.
	 */
	bool (*take)(struct plan *p, struct device *d);

	/* Looks at all members: sets name, needed, present, startable, complete, excluded members. */
	void (*evaluate)(struct plan *p, struct assembly *a);

	/* Kernel modules that starting needs (space separated), or NULL. */
	char *(*modules)(struct plan *p, struct assembly *a);

	/* Without one of them it is not tried. */
	bool needs_modules;

	/* Emits the action that starts it; with_missing: although incomplete. */
	void (*start)(struct plan *p, struct assembly *a, bool with_missing);

	/* The action ended. */
	void (*finished)(struct plan *p, struct assembly *a, const struct request *r, const struct input *in);

	/* Stops it again.  NULL: it is never started on trial. */
	void (*stop)(struct plan *p, struct assembly *a);

	/* Running, and touched: a late member, a new wish.  May be NULL. */
	void (*running)(struct plan *p, struct assembly *a);

	/* Appends what is missing to `waits` (struct wait), nearest leaf first. */
	void (*missing)(const struct plan *p, const struct assembly *a, GPtrArray *waits);

	/* Whether it made d, which lies on others: 1, -1: no, 0: what d lies on is not known yet. */
	int (*gives)(const struct plan *p, const struct assembly *a, const struct device *d);

	/* Of two outputs: whether y is a snapshot of x, so that its content was x's.  May be NULL. */
	bool (*is_original)(const struct assembly *a, const struct device *x, const struct device *y);

	/* What d is a snapshot of, if that has not been read; caller frees.  May be NULL. */
	char *(*lacks_original)(const struct plan *p, const struct assembly *a, const struct device *d);

	/* More names for an output ("/dev/VG/LV").  May be NULL. */
	void (*name_output)(struct plan *p, struct assembly *a, struct device *d);

	/*
	 * Whether a device of that dm uuid is a part that it keeps for itself, and nothing that lies on
	 * it is anybody's: 1, 0, or -ENODATA: it does not know.  May be NULL.
	 */
	int (*inner)(const struct assembly *a, const char *dm_uuid);

	/* Whether the array's name is this (of "/dev/NAME" forms), for explanations.  May be NULL. */
	bool (*answers_to)(const struct assembly *a, const char *key);

	/* Why it does not give the device of that name although it could be asked; NULL: it may.  May be NULL. */
	char *(*why_not)(const struct plan *p, const struct assembly *a, const char *key);

	/* Whether it could give the device of that name at once.  May be NULL. */
	bool (*could_give)(const struct plan *p, const struct assembly *a, const char *key);

	/* Whether another answer may be tried after so many wrong ones.  NULL: always. */
	bool (*tries_left)(const struct assembly *a, unsigned wrong);

	/* Default grace in µs; USEC_NEVER: only by policy. */
	uint64_t grace;

	/* It answers to /dev/mapper/NAME, and to nothing else. */
	bool mapper;

	/* Which of its outputs are made depends on what goals name, also while it runs. */
	bool selective;

	void (*free_data)(struct assembly *a); /* may be NULL */
};

extern const struct layer layer_md, layer_luks, layer_lvm;
extern const struct layer *const layers[]; /* NULL-terminated; order is policy */

const struct layer *layer_for(const char *type);
bool layer_take(struct plan *p, struct device *d); /* one of them takes it, or has */

/* luks.c: whether d is the open volume with this UUID in its header. */
bool luks_uuid_of(const struct device *d, const char *uuid);

void wait_add(GPtrArray *waits, const char *kind, uint64_t since, uint64_t until, char *leaf, char *reason);
