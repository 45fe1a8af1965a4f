/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core needs for many goals: a simulated machine where everything that is asked for succeeds. */
#pragma once

#include <stdint.h>

enum crowd {
	CROWD_UUID,   /* n file systems, each mounted by its UUID */
	CROWD_PATH,   /* by /dev/NODE */
	CROWD_NESTED, /* each in the one before: /a/a/a... */
	CROWD_LATE,   /* by UUID, wanted before any device is there, and only the last half ever comes */
	CROWD_LVS,    /* n LVs in one volume group, each wanted by its path */
	CROWD_ONE_LV, /* n LVs, one of them wanted by UUID */
	CROWD_ARRAYS, /* n arrays of two disks, each mounted by UUID */
	CROWD_LOCKED, /* n encrypted volumes that one passphrase opens, each mounted by its path */
	_CROWD_MAX,
};

extern const char *const crowd_names[_CROWD_MAX];

struct crowd_result {
	uint64_t nsec;	     /* of CPU, in the core alone */
	uint64_t inputs, actions;
	unsigned done, unmet; /* goals */
};

/* Up to so many, what is kept is compared with what a walk over everything finds, after each step. */
#define CROWD_CHECKED 60

struct crowd_result crowd_run(enum crowd kind, unsigned n);

/* The least that n take of `tries` runs. */
uint64_t crowd_nsec(enum crowd kind, unsigned n, unsigned tries);
