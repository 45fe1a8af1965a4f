/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * goals [KIND N]: what the core needs for N goals, and for half of them.  Prints "KIND N INPUTS ACTIONS DONE
 * UNMET NSEC NSEC-OF-HALF", for each kind or for one.
 */
#include "crowd.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(enum crowd kind, unsigned n, unsigned tries)
{
	struct crowd_result r = crowd_run(kind, n);

	printf("%s %u %" PRIu64 " %" PRIu64 " %u %u %" PRIu64 " %" PRIu64 "\n", crowd_names[kind], n, r.inputs, r.actions,
	       r.done, r.unmet, tries > 1 ? crowd_nsec(kind, n, tries - 1) : r.nsec, crowd_nsec(kind, n / 2, tries));
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	unsigned n = argc > 2 ? (unsigned)atoi(argv[2]) : 1000;

	for (int kind = 0; kind < _CROWD_MAX; kind++)
		if (argc < 2 || !strcmp(argv[1], "all") || !strcmp(argv[1], crowd_names[kind]))
			show((enum crowd)kind, n, argc > 3 ? (unsigned)atoi(argv[3]) : 2);
	return 0;
}
