/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wishes SECONDS <SPECS: a device goal for each line, through the API; 0 when all devices are there. */
#include "storageactivate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char *argv[])
{
	uint64_t seconds = argc > 1 ? strtoull(argv[1], NULL, 10) : 60;
	char line[4096];
	sact *s;
	int r = sact_new(&s);

	if (r >= 0)
		r = sact_set_source(s, SACT_SOURCE_KERNEL);
	while (r >= 0 && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = '\0';
		r = sact_goal_new_device(s, line, NULL);
	}
	if (r >= 0)
		r = sact_run(s, seconds * 1000000);
	if (r < 0)
		fprintf(stderr, "wishes: %s\n", strerror(-r));
	sact_unref(s);
	return r < 0;
}
