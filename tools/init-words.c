/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of the kernel's command line that are for init itself; the engine reads the others. */
#include "config.h"

#include "init.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A list; a place that is not known is reported by the engine, with a number. */
static void take_break(struct words *w, char *list)
{
	static const struct {
		const char *name;
		enum break_at at;
	} places[] = {
		/* without scripts that wait for drivers and links, all that comes before root is one
		   place */
		{"top", BREAK_BEFORE},
		{"modules", BREAK_BEFORE},
		{"premount", BREAK_BEFORE},
		{"mount", BREAK_BEFORE},
		{"mountroot", BREAK_BEFORE},
		{"pre-multipath", BREAK_BEFORE},
		{"post-multipath", BREAK_BEFORE},
		{"bottom", BREAK_AFTER},
		{"init", BREAK_AFTER},
	};
	char *save, *name = strtok_r(list, ",", &save);

	if (!name)
		w->breaks |= BREAK_BEFORE;
	for (; name; name = strtok_r(NULL, ",", &save))
		for (size_t i = 0; i < N_ELEMENTS(places); i++)
			if (strcmp(name, places[i].name) == 0)
				w->breaks |= places[i].at;
}

static void take_word(struct words *w, char *word)
{
	char *end;

	if (strncmp(word, "init=", 5) == 0) {
		free(w->init);
		w->init = strdup(word + 5);
	} else if (strncmp(word, "panic=", 6) == 0) {
		w->has_panic = true;
		w->panic_sec = strtol(word + 6, &end, 10);
		if (end == word + 6 || *end)
			w->panic_sec = 0;
	} else if (strcmp(word, "break") == 0) {
		w->breaks |= BREAK_BEFORE;
	} else if (strncmp(word, "break=", 6) == 0) {
		take_break(w, word + 6);
	} else if (strcmp(word, "quiet") == 0) {
		w->quiet = true;
	} else if (strcmp(word, "debug") == 0) {
		w->debug = true;
	}
}

/* Splits as the kernel does: at blanks, except inside double quotes. */
static void parse_cmdline(char *line, struct words *w)
{
	char *from = line, *to = line, *word = line;
	bool quoted = false;

	for (;; from++) {
		bool blank = *from == ' ' || *from == '\t' || *from == '\n';

		if (*from == '"') {
			quoted = !quoted;
		} else if (*from && (quoted || !blank)) {
			*to++ = *from;
		} else {
			bool last = !*from;

			*to = '\0';
			if (strcmp(word, "--") == 0)
				return; /* what follows is for the real init */
			if (*word)
				take_word(w, word);
			if (last)
				return;
			to = word = from + 1;
		}
	}
}

static void obey_lock(struct words *w)
{
	w->locked = access(LOCKED, F_OK) == 0;
	if (!w->locked)
		return;
	if (w->init)
		say("this image is locked: init= is ignored");
	if (w->breaks)
		say("this image is locked: break is ignored");
	free(w->init);
	w->init = NULL;
	w->breaks = 0;
}

void words_read(struct words *w)
{
	static char line[65536];
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		say("/proc/cmdline: %m");
		return;
	}
	line[n] = '\0';
	parse_cmdline(line, w);
	obey_lock(w);
}
