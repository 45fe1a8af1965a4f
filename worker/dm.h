/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "sys.h"

#include <libdevmapper.h>

struct dm_line {
	uint64_t start, length;
	char *target, *params;
};

/* One device of a transaction. */
struct dm_dev {
	char *name, *uuid;
	bool readonly;
	uint16_t flags;	   /* udev cookie flags */
	GPtrArray *lines;  /* struct dm_line */
	bool wanted_below; /* a later device of the transaction lies on it */
	bool was_live;	   /* it was there before us, with a table */
	bool made;	   /* we made it: to be removed when the transaction fails */
	bool loaded;	   /* a table waits for RESUME */
	dev_t devnum;
};

int dm_transaction_parse(const char *text, GPtrArray **ret, char **why); /* of struct dm_dev; -EINVAL */

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
