/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay: a journal through the core, without devices and without root. */
#include "tools.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int cmd_replay(const struct options *o, int argc, char **argv)
{
	unsigned flags = (o->has_shuffle ? SACT_REPLAY_SHUFFLE : 0) |
			 (o->all_orders ? SACT_REPLAY_ALL_ORDERS : 0);
	_cleanup_free_ char *journal = NULL;
	_cleanup_free_ char *report = NULL;
	_cleanup_free_ char *clean = NULL;
	size_t len;
	int error;

	if (argc != 1)
		return usage_error("replay: one FILE is wanted");
	if ((error = read_file(argv[0], &journal, &len)) < 0) {
		say_error(MSG_FILE, argv[0], "cannot be read: %s", strerror(-error));
		return EXIT_FAILED;
	}
	if (!len || strlen(journal) != len) {
		say_error(MSG_JOURNAL, argv[0], len ? "holds a NUL byte and is no journal" : "is empty");
		return EXIT_FAILED;
	}
	error = sact_replay(journal, len, flags, o->shuffle, &report);
	clean = report ? printable(report) : NULL;
	if (clean)
		fputs(clean, stdout);
	if (error >= 0)
		return EXIT_DONE;
	if (error == -EBADMSG)
		say_error(MSG_JOURNAL, argv[0], "a line of it is not understood");
	else
		say_error(MSG_FILE, argv[0], "the replay failed: %s", strerror(-error));
	return EXIT_FAILED;
}
