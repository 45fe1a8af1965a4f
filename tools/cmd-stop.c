/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stop: in reverse order, what the saved state says was made. */
#include "tools.h"

#include <string.h>

/* One SPEC (NULL: all) is one run: what the next one names may lie on it. */
static int stop_one(const struct options *o, const char *spec)
{
	struct run r;
	int status = run_open(&r, o), error;

	if (status == EXIT_DONE && !r.loaded && !o->everything) {
		if (!o->quiet)
			say("nothing was made here, so there is nothing to stop");
		run_close(&r);
		return EXIT_DONE;
	}
	if (status == EXIT_DONE && (error = sact_stop(r.s, spec, o->everything)) < 0) {
		say_error(MSG_ENGINE, spec ? spec : "", "cannot be stopped: %s", strerror(-error));
		status = EXIT_FAILED;
	}
	if (status == EXIT_DONE)
		status = run_loop(&r);
	if (status == EXIT_DONE && r.failed)
		status = EXIT_FAILED;
	run_close(&r);
	return status;
}

int cmd_stop(const struct options *o, int argc, char **argv)
{
	int status = EXIT_DONE;

	if (o->all && argc)
		return usage_error("stop: --all or SPECs, not both");
	if (!argc)
		return stop_one(o, NULL);
	for (int i = 0; i < argc; i++) {
		int one = stop_one(o, argv[i]);

		status = one != EXIT_DONE ? one : status;
	}
	return status;
}
