/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

enum parser { CMDLINE, CRYPTTAB, FSTAB, MDADM, LOCKED };

struct row {
	enum parser parser;
	const char *name, *text;
	const char *inputs, *complaints; /* NULL: none */
};

extern const struct row rows[];
extern const size_t n_rows;
