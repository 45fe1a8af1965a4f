/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init: the supervisor is a program of its own, so that pid 1 has nothing of the engine in it. */
#include "tools.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int cmd_init(const struct options *o, int argc, char **argv)
{
	static const char program[] = SACT_LIBEXECDIR "/init";

	argv[-1] = (char *)program; /* there is one: the name of the command, or an option of ours */
	execv(program, argv - 1);
	say_error(MSG_FILE, program, "cannot be run: %s", strerror(errno));
	return EXIT_FAILED;
}
