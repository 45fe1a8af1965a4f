/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bounded reader over bytes from a disk: every read says whether it was inside. */
#pragma once

#include "util/util.h"

struct bytes {
	const unsigned char *p;
	size_t left;
};

static inline bool bytes_skip(struct bytes *b, size_t n)
{
	if (n > b->left)
		return false;
	b->p += n;
	b->left -= n;
	return true;
}

static inline bool bytes_copy(struct bytes *b, void *to, size_t n)
{
	const unsigned char *p = b->p;

	if (!bytes_skip(b, n))
		return false;
	memcpy(to, p, n);
	return true;
}

static inline bool bytes_le(struct bytes *b, unsigned width, uint64_t *ret)
{
	unsigned char raw[8] = { 0 };
	uint64_t v = 0;

	if (width > 8 || !bytes_copy(b, raw, width))
		return false;
	for (unsigned i = width; i-- > 0;)
		v = v << 8 | raw[i];
	*ret = v;
	return true;
}

static inline bool bytes_le32(struct bytes *b, uint32_t *ret)
{
	uint64_t v;

	if (!bytes_le(b, 4, &v))
		return false;
	*ret = (uint32_t)v;
	return true;
}

static inline bool bytes_le64(struct bytes *b, uint64_t *ret)
{
	return bytes_le(b, 8, ret);
}
