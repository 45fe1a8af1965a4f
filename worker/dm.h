/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "sys.h"

#include <libdevmapper.h>

struct dm_line {
	uint64_t start, length;
	char *target, *params;
};

/* A device that is not of the transaction, and that its tables may name. */
struct dm_member {
	dev_t devnum;
	uint64_t diskseq; /* 0: it has none that stays */
	char *uuid;	  /* device-mapper's; NULL: it is no device of that */
};

/* One device of a transaction. */
struct dm_dev {
	char *name, *uuid;
	bool readonly;
	uint16_t flags;	   /* udev cookie flags */
	int minor;	   /* that it has to have; -1: any */
	uint32_t readahead; /* sectors */
	int64_t transaction; /* of a thin pool: that it has to be at; -1: any */
	GPtrArray *lines;   /* struct dm_line */
	GPtrArray *members; /* struct dm_member, of the transaction: those that it lies on */
	bool wanted_below; /* a later device of the transaction lies on it */
	bool was_live;	   /* it was there before us, with a table */
	bool made;	   /* we made it: to be removed when the transaction fails */
	bool loaded;	   /* a table waits for RESUME */
	dev_t devnum;
};

struct dm_transaction {
	GPtrArray *devs, *members;
};

/* -EINVAL: no transaction; -EPERM: a line names a device that is none of it, nor a member. */
int dm_transaction_parse(const struct action *a, struct dm_transaction *ret, char **why);
void dm_transaction_clear(struct dm_transaction *t);

/* Whether the members that a device lies on are still those that were meant; its table holds them. */
int dm_members_check(const struct dm_dev *d, struct input *res);

/* "@NAME" words of a line's parameters replaced by the number of that device; -ENODEV: not before it. */
int dm_params_resolve(const GPtrArray *devs, const struct dm_dev *dev, const struct dm_line *line, char **ret);

struct dm_state {
	bool exists, live, suspended;
	char uuid[130];
	dev_t devnum;
};

int dm_query(const char *name, struct dm_state *ret);

/* libdevmapper's messages end here; what came since the start, as text of the result. */
void dm_log_begin(void);
int dm_fail(struct input *res, int error, const char *what, const char *name);
