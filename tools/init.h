/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of init share. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#define SHELL "/bin/sh"
#define LOCKED "/etc/storage-activate/locked" /* --locked image: init=, break= do not count */

#define N_ELEMENTS(array) (sizeof(array) / sizeof(array)[0])

/* init.c */
__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* init-words.c: the kernel's command line, as far as it is for init */
enum break_at {
	BREAK_BEFORE = 1, /* break, break=top, modules, premount, mount, mountroot */
	BREAK_AFTER = 2,  /* break=bottom, init */
};

struct words {
	char *init;
	unsigned breaks; /* of enum break_at */
	bool locked;
	bool has_panic;
	long panic_sec;
	bool quiet, debug;
};

void words_read(struct words *w);

/* init-shell.c: a shell on the console, while others may work on it */
pid_t shell_start(void);	 /* -errno */
void shell_hang_up(pid_t shell);
void shell_end_session(pid_t shell); /* the same, with all that was started in its session */
void shell_ended(void);		 /* its traces on the terminal are removed; may be repeated */
