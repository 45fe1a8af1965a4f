/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the parts of test-format: images of devices, and what the system's tools said of them. */
#pragma once

#include "format/format.h"

/* A device of which only some sectors were kept (tests/images/cut.py); the others are zero. */
struct image {
	uint64_t size;
	GByteArray *bytes; /* of all chunks, one behind the other */
	GArray *chunks;	   /* struct chunk */
};

struct chunk {
	uint64_t offset;
	size_t length, at; /* at: in bytes */
};

char *test_file(const char *name, gsize *length); /* of tests/images; caller frees */
struct image *image_load(const char *name);
void image_free(struct image *img);
static inline void image_freep(struct image **img)
{
	image_free(*img);
}

/* Exactly so many bytes in memory of their own, so that a sanitizer sees who reads beyond; caller frees.
 */
unsigned char *image_read(const struct image *img, uint64_t offset, size_t length);
unsigned char *exact_copy(const void *bytes, size_t length);

/* The columns of the line of NAME.vgs, .lvs or .pvs that starts with `key`; caller frees; NULL: none. */
char **columns_of(const char *file, const char *key);

/* The text behind "LABEL :" in the output of mdadm --examine; caller frees; NULL: none. */
char *examine_get(const char *examine, const char *label);

void add_md_tests(void);
void add_lvm_tests(void);
void add_table_tests(void);
void add_hostile_tests(void);
void add_pending_tests(void);
