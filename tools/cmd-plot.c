/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plot: where the time of a recorded run went, as a drawing or as text. */
#include "plot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int print(const struct plot *p, const struct options *o, const char *file)
{
	FILE *to = o->output ? fopen(o->output, "we") : stdout;
	bool failed;

	if (!to)
		return -errno;
	if (o->text)
		plot_print_text(p, to);
	else
		plot_print_svg(p, file, to);
	errno = 0;
	failed = ferror(to) != 0;
	if (to == stdout ? fflush(to) : fclose(to))
		failed = true;
	return failed ? (errno ? -errno : -EIO) : 0;
}

static int draw(const struct options *o, const char *file, char *text)
{
	struct plot_journal journal = {0};
	struct plot plot = {0};
	int r = plot_read(&journal, text, file);

	if (r == -EBADMSG || r == -EFBIG) { /* said, line by line */
		plot_journal_free(&journal);
		return EXIT_FAILED;
	}
	if (r >= 0)
		r = plot_model(&plot, &journal, o->boot);
	if (r >= 0)
		r = plot_path(&plot, o->boot);
	if (r >= 0)
		r = print(&plot, o, file);
	plot_free(&plot);
	plot_journal_free(&journal);
	if (r >= 0)
		return EXIT_DONE;
	say_error(MSG_FILE, o->output ? o->output : file, "cannot be drawn: %s", strerror(-r));
	return EXIT_FAILED;
}

int cmd_plot(const struct options *o, int argc, char **argv)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (argc != 1)
		return usage_error("plot: one JOURNAL is wanted");
	if ((r = read_file(argv[0], &text, &len)) < 0) {
		say_error(MSG_FILE, argv[0], "cannot be read: %s", strerror(-r));
		return EXIT_FAILED;
	}
	if (strlen(text) != len) {
		say_error(MSG_JOURNAL, argv[0], "holds a NUL byte and is no journal");
		return EXIT_FAILED;
	}
	return draw(o, argv[0], text);
}
