/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pure parsers of text that a person wrote.  They never fail as a whole: what they understood is in
 * the result, what they did not is a complaint that names file and line, and the rest goes on.
 * Results are struct input (INPUT_GOAL, INPUT_VOLUME, INPUT_ARRAY, INPUT_POLICY), ready for the core.
 */
#pragma once

#include "core/input.h"

struct complaint {
	unsigned number;   /* SACT-<number>, see docs/messages */
	unsigned severity; /* 3 error, 4 warning */
	char *where;	   /* "crypttab:3", "command line" */
	char *text;
};

struct config {
	GPtrArray *inputs;     /* struct input, owned */
	GPtrArray *complaints; /* struct complaint, owned */
};

void config_init(struct config *c);
void config_clear(struct config *c);
struct input *config_add(struct config *c, enum input_type t);
void config_complain(struct config *c, unsigned number, unsigned severity, const char *where,
		     const char *format, ...) _printf_(5, 6);

/*
 * The kernel command line, as kernel and initramfs-tools(7) quote it.  Words for us become inputs and
 * fields of *ret; unknown words are ignored; malformed values of known words are complaints.
 */
struct cmdline {
	char *root, *rootfstype, *rootflags, *init, *resume, *fsck; /* fsck: as in struct input */
	char *usr, *usrfstype, *usrflags;			    /* mount.usr*= */
	bool rw, noresume, quiet, debug, rootwait, has_panic, no_crypttab;
	int64_t panic;
	uint64_t rootdelay, resume_offset; /* s; bytes as the kernel counts it (pages) */
	char *brk;			   /* break=, "premount" if bare */
};
void cmdline_parse(const char *text, struct cmdline *ret, struct config *out);
void cmdline_clear(struct cmdline *c);

/* file: name used in complaints and in `where`. */
void crypttab_parse(const char *text, const char *file, struct config *out);
void fstab_parse(const char *text, const char *file, struct config *out);     /* INPUT_GOAL mount/swap */
void mdadm_conf_parse(const char *text, const char *file, struct config *out); /* ARRAY lines */
