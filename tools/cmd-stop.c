/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stop: in reverse order, what the saved state says was made. */
#include "tools.h"

#include <string.h>

static int want_stop(struct run *r, const char *spec)
{
	int error = sact_stop(r->s, spec, r->o->everything);

	if (error < 0)
		say_error(MSG_ENGINE, spec ? spec : "", "cannot be stopped: %s", strerror(-error));
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

int cmd_stop(const struct options *o, int argc, char **argv)
{
	struct run r;
	int status;

	if (o->all && argc)
		return usage_error("stop: --all or SPECs, not both");
	status = run_open(&r, o);
	if (status == EXIT_DONE && !r.loaded && !o->everything) {
		if (!o->quiet)
			say("nothing was made here, so there is nothing to stop");
		run_close(&r);
		return EXIT_DONE;
	}
	if (status == EXIT_DONE && !argc)
		status = want_stop(&r, NULL);
	for (int i = 0; status == EXIT_DONE && i < argc; i++)
		status = want_stop(&r, argv[i]);
	if (status == EXIT_DONE)
		status = run_loop(&r);
	if (status == EXIT_DONE && r.failed)
		status = EXIT_FAILED;
	run_close(&r);
	return status;
}
