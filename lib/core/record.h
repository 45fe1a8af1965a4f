/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A record is one line of text: a name and key=value pairs.  Inputs and actions are records on the
 * wire to the worker, in the journal and in the state file: one codec, one set of tests, one fuzzer.
 */
#pragma once

#include "util/util.h"

enum record_kind {
	RECORD_U64,
	RECORD_S64,
	RECORD_BOOL,
	RECORD_DEV, /* dev_t as major:minor */
	RECORD_STR, /* char *, owned; NULL is not written */
};

struct record_field {
	const char *name;
	enum record_kind kind;
	size_t offset;
};

/* Appends " key=value" for every field of obj that is not zero.  Strings are quoted where needed. */
void record_encode(GString *to, const struct record_field *fields, size_t n, const void *obj);

/*
 * Reads the pairs of a line behind its name into obj (zeroed by the caller).
 * -EBADMSG: not a pair, unknown key, key twice or a value that is not of its kind.
 * On error obj holds what was read so far and has to be cleared all the same.
 */
int record_decode(const char *pairs, const struct record_field *fields, size_t n, void *obj);

void record_clear(const struct record_field *fields, size_t n, void *obj);
void record_copy(const struct record_field *fields, size_t n, void *to, const void *from);

/* The name that a line starts with; *rest is behind it.  NULL: none. */
char *record_name(const char *line, const char **rest);

/* A struct and its table of fields come from one list: F(KIND, name). */
#define SACT_TYPE_U64  uint64_t
#define SACT_TYPE_S64  int64_t
#define SACT_TYPE_BOOL bool
#define SACT_TYPE_DEV  dev_t
#define SACT_TYPE_STR  char *
#define SACT_MEMBER(kind, name) SACT_TYPE_##kind name;
#define RECORD_FIELD(type, kind, name) { #name, RECORD_##kind, offsetof(type, name) },
