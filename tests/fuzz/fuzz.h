/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "util/util.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that must hold whatever the input was. */
#define fuzz_check(expr)                                                                                \
	do {                                                                                            \
		if (!(expr)) {                                                                          \
			g_printerr("%s:%d: %s does not hold\n", __FILE__, __LINE__, #expr);             \
			abort();                                                                        \
		}                                                                                       \
	} while (0)

/* The input as a string that ends at its first NUL. */
static inline char *fuzz_string(const uint8_t *data, size_t size)
{
	return g_strndup((const char *)data, size);
}

static inline void fuzz_put_le32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static inline uint32_t fuzz_get_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
