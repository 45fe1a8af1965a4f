/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The simplest caller: waits for a file system, whatever it lies on, and mounts it.
 *
 *	cc mount.c $(pkg-config --cflags --libs storageactivate) -o mount
 *	./mount UUID=0a3407de-014b-458b-b5c1-848e92a327a3 /mnt
 */
#include <stdio.h>
#include <storageactivate.h>
#include <string.h>

int main(int argc, char **argv)
{
	sact_goal *goal = NULL;
	sact *s = NULL;
	int r;

	if (argc != 3) {
		fprintf(stderr, "Usage: %s SPEC TARGET\n", argv[0]);
		return 2;
	}
	r = sact_new(&s);
	if (r >= 0)
		r = sact_goal_new_mount(s, argv[1], argv[2], &goal);
	if (r >= 0)
		r = sact_run(s, UINT64_MAX);
	if (r < 0) {
		const char *why = NULL;

		(void)sact_goal_get_error(goal, &why);
		fprintf(stderr, "%s: %s\n", argv[1], why ? why : strerror(-r));
	}
	sact_goal_unref(goal);
	sact_unref(s);
	return r < 0;
}
