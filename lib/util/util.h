/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Small things every folder may use: no state, no I/O. */
#pragma once

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/types.h>

#define USEC_PER_SEC  UINT64_C(1000000)
#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_NEVER    UINT64_MAX

#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _public_      __attribute__((visibility("default")))
#define _printf_(a, b) __attribute__((format(printf, a, b)))

/* -errno of a call that returns -1 and sets errno; its result otherwise. */
#define RET_NERRNO(expr)                        \
	({                                      \
		__typeof__(expr) r_ = (expr);   \
		r_ < 0 ? -errno : r_;           \
	})

/* a + b, staying at "never" instead of wrapping. */
static inline uint64_t usec_add(uint64_t a, uint64_t b)
{
	return a > USEC_NEVER - b ? USEC_NEVER : a + b;
}

static inline bool str_empty(const char *s)
{
	return !s || !*s;
}

static inline bool streq0(const char *a, const char *b)
{
	return g_strcmp0(a, b) == 0;
}

/* Replaces the string that *p owns. */
static inline void str_set(char **p, const char *value)
{
	char *copy = g_strdup(value);

	g_free(*p);
	*p = copy;
}

int parse_u64(const char *text, uint64_t *ret);      /* decimal, whole string; -EINVAL, -ERANGE */
int parse_s64(const char *text, int64_t *ret);
int parse_usec(const char *text, uint64_t *ret);     /* "20", "0.5s", "1min 30s", "never" → µs */
int devnum_parse(const char *text, dev_t *ret);      /* "8:1" */
bool uuid_equal(const char *a, const char *b);       /* ignores case, '-' and ':' */
char *uuid_squash(const char *uuid);                 /* lower case, without '-' and ':'; caller frees */

/* ---- links below /dev (link.c) ---- */

enum link_kind {
	LINK_NONE,    /* not one that we make */
	LINK_CONTENT, /* disk/by-uuid/X and its like, by what lies on the device */
	LINK_MD,      /* md/NAME */
	LINK_LV,      /* VG/LV */
};

/* Of "md/root", as it is below /dev: only what lies right in the folder of its kind is of a kind. */
enum link_kind link_kind(const char *link);

/* udev's encoding of a name in a link (\x20 …), and what mdadm and udev make of an array's ('_'); one component each. */
char *link_encode(const char *name);
char *link_component(const char *name);

/* text.c: bytes of a disk as text for people (NULL: NULL) and as a JSON string with its quotes. */
char *text_clean(const char *text); /* caller frees */
void text_json(GString *s, const char *text);
