/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pure parsers of text that a person wrote.  They never fail as a whole: what they understood is in
 * the result, what they did not is a complaint that names file and line, and the rest goes on.
 * Results are struct input (INPUT_GOAL, INPUT_VOLUME, INPUT_ARRAY, INPUT_POLICY) for the core.
 */
#pragma once

#include "core/input.h"

/* Numbers of complaints; docs/messages.md has a paragraph for each. */
enum config_message {
	CONFIG_CMDLINE_VALUE = 100,	 /* word ignored */
	CONFIG_CMDLINE_UNKNOWN = 101,	 /* word of ours that does not exist */
	CONFIG_CMDLINE_SPEC = 102,	 /* kept, but no device will match it */
	CONFIG_CMDLINE_VOLUME = 103,	 /* key or options of a volume that no word names */
	CONFIG_CMDLINE_NOT_DONE = 104,	 /* another program's word, and nothing here does the same */
	CONFIG_CMDLINE_LOCKED = 105,	 /* word ignored: nobody vouches for the command line */
	CONFIG_LOCKED_ROOT = 106,	 /* root= and what a locked image says of root differ */
	CONFIG_LOCKED_RESUME = 107,	 /* resume= ignored: not known to be encrypted */
	CONFIG_CRYPTTAB_LINE = 110,	 /* not an entry; skipped */
	CONFIG_CRYPTTAB_TYPE = 111,	 /* right, but not done yet; skipped */
	CONFIG_CRYPTTAB_VALUE = 112,	 /* option with a bad value; ignored */
	CONFIG_CRYPTTAB_UNKNOWN = 113,	 /* option ignored */
	CONFIG_CRYPTTAB_IGNORED = 114,	 /* known, but not done yet; ignored, a person is asked */
	CONFIG_CRYPTTAB_DUPLICATE = 115, /* the first one wins */
	CONFIG_CRYPTTAB_EXCESS = 116,	 /* more fields than there are; ignored */
	CONFIG_FSTAB_LINE = 120,	 /* not an entry; skipped */
	CONFIG_FSTAB_NUMBER = 121,	 /* fifth or sixth field; entry skipped */
	CONFIG_FSTAB_EXCESS = 122,	 /* more fields than there are; ignored */
	CONFIG_FSTAB_DEVICE = 123,	 /* asked for, but on no device; left out */
	CONFIG_FSTAB_VALUE = 124,	 /* option with a bad value; ignored */
	CONFIG_MDADM_VALUE = 130,	 /* ARRAY line skipped */
	CONFIG_MDADM_IDENTITY = 131,	 /* ARRAY line that names no array; skipped */
	CONFIG_MDADM_UNKNOWN = 132,	 /* keyword or word ignored */
	CONFIG_MDADM_INDENT = 133,	 /* looks like a new line, but continues the one above */
};

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
 * The kernel command line, as kernel and initramfs-tools(7) quote it.  Words for us become inputs
 * and fields of *ret; unknown words are ignored; malformed values of known words are complaints.
 */
struct cmdline {
	char *root, *rootfstype, *rootflags, *init, *resume, *fsck; /* fsck: as in struct input */
	char *usr, *usrfstype, *usrflags;			    /* mount.usr*= */
	bool rw, noresume, quiet, debug, rootwait, has_panic, no_crypttab;
	int64_t panic;
	uint64_t rootdelay, resume_offset; /* s; bytes as the kernel counts it (pages) */
	char *brk;			   /* break=, "premount" if bare */
};
/* locked: nobody vouches for the text, only words that cannot choose what is mounted or run count. */
void cmdline_parse(const char *text, bool locked, struct cmdline *ret, struct config *out);
void cmdline_clear(struct cmdline *c);

/*
 * file: name used in complaints and in `where`, which is "FILE:LINE" ("command line" above).
 *
 * INPUT_VOLUME: name, spec, keyfile, header, key_offset, key_size, keyslot, tries, timeout, options.
 *	options: of "discard", "readonly", "no-read-workqueue", "no-write-workqueue", "same-cpu-crypt",
 *	"submit-from-crypt-cpus" (worker) and "headless", "noauto", "nofail" (core) those that hold,
 *	separated by commas; NULL if none.
 *	flag: nobody chose the name (rd.luks.uuid=), another entry's name is better.
 * INPUT_GOAL: kind, spec, target, fstype, options, fsck.
 *	flag: not for us, and text says why ("noauto", "network", "no device").
 * INPUT_ARRAY: uuid, name of the node, md_name as in the superblock, md_number (super-minor + 1), version, grace.
 *	flag: "<ignore>", never to be assembled.
 * INPUT_POLICY: key "homehost", value as in mdadm.conf.
 */
void crypttab_parse(const char *text, const char *file, struct config *out);
void fstab_parse(const char *text, const char *file, struct config *out);
void mdadm_conf_parse(const char *text, const char *file, struct config *out);

/* What lvm.conf(5) says of this system's ID: lvmsystemid(7).  Added to what another file said. */
struct lvm_conf {
	char *source, *local, *file; /* "none", "lvmlocal", "uname", ... */
	char *extra;		     /* IDs of others that are this system's as well, " " between them */
};
void lvm_conf_parse(const char *text, struct lvm_conf *conf);
void lvm_conf_clear(struct lvm_conf *conf);

/* ---- shared by the parsers ---- */

/* What crypttab or a word on the command line say of one volume, escapes undone but in options. */
struct volume_text {
	const char *where;
	const char *name;
	const char *spec;
	const char *key;     /* NULL, "none", "-": ask */
	const char *options; /* as in crypttab, may be NULL */
};
/* NULL: complained about. */
struct input *volume_add(const struct volume_text *t, struct config *out);

bool config_word_in(const char *const *list, const char *word); /* list ends with NULL */
int config_bool(const char *text, bool *ret);			/* "yes", "off", "1", ... */
int config_uuid(const char *text, char **ret);			/* 32 hex digits → 8-4-4-4-12 */
int config_grace(const char *text, uint64_t *ret);		/* time → grace as in struct input */
/* UUID="x" without quotes; -EINVAL: none of the known forms.  hex: the kernel's "801" is 8:1. */
int config_spec(const char *text, bool hex, char **ret);
/* Words of a line; one that starts with '#' and is not among the first `least` ends it. */
char **config_fields(const char *line, unsigned least);
/* \040 and \x20; long_octal: \0040 too.  What is no escape, or would be NUL, stays. */
char *config_unescape(const char *text, bool long_octal);
