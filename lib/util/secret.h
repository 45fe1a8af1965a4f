/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes that must not reach a disk, a log or a core dump: own pages, locked, undumped, wiped. */
#pragma once

#include "util/util.h"

struct secret {
	size_t len;
	size_t mapped;
	unsigned char bytes[];
};

struct secret *secret_new(const void *bytes, size_t len); /* copies; bytes may be NULL; NULL: no memory */
struct secret *secret_free(struct secret *s);		  /* wipes; takes NULL, returns NULL */
static inline void secret_freep(struct secret **s)
{
	*s = secret_free(*s);
}
