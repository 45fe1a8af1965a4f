/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test-format.h"

#include <stdio.h>
#include <stdlib.h>

char *test_file(const char *name, gsize *length)
{
	g_autofree char *path = g_build_filename(TOP_SRCDIR, "tests/images", name, NULL);
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	g_file_get_contents(path, &text, length, &error);
	g_assert_no_error(error);
	return text;
}

struct image *image_load(const char *name)
{
	g_autofree char *file = g_strconcat(name, ".image", NULL);
	gsize length;
	g_autofree char *text = test_file(file, &length);
	struct image *img = g_new0(struct image, 1);
	const char *p = text, *end = text + length;

	img->bytes = g_byte_array_new();
	img->chunks = g_array_new(FALSE, FALSE, sizeof(struct chunk));
	g_assert_cmpint(sscanf(p, "size %" SCNu64, &img->size), ==, 1);
	p = strchr(p, '\n') + 1;
	while (p < end) {
		struct chunk c = {.at = img->bytes->len};

		g_assert_cmpint(sscanf(p, "@%" SCNu64 " %zu", &c.offset, &c.length), ==, 2);
		p = strchr(p, '\n') + 1;
		g_assert_cmpuint(c.length, <=, (gsize)(end - p));
		g_byte_array_append(img->bytes, (const guint8 *)p, (guint)c.length);
		g_array_append_val(img->chunks, c);
		p += c.length + 1;
	}
	return img;
}

void image_free(struct image *img)
{
	if (!img)
		return;
	g_byte_array_free(img->bytes, TRUE);
	g_array_free(img->chunks, TRUE);
	g_free(img);
}

unsigned char *image_read(const struct image *img, uint64_t offset, size_t length)
{
	unsigned char *buf = calloc(1, MAX(length, 1));

	for (guint i = 0; i < img->chunks->len; i++) {
		const struct chunk *c = &g_array_index(img->chunks, struct chunk, i);
		uint64_t from = MAX(c->offset, offset);
		uint64_t to = MIN(c->offset + c->length, offset + length);

		if (from < to)
			memcpy(buf + (from - offset), img->bytes->data + c->at + (from - c->offset),
			       to - from);
	}
	return buf;
}

unsigned char *exact_copy(const void *bytes, size_t length)
{
	unsigned char *buf = malloc(length);

	if (length)
		memcpy(buf, bytes, length);
	return buf;
}

char **columns_of(const char *file, const char *key)
{
	g_autofree char *text = test_file(file, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **l = lines; *l; l++) {
		g_auto(GStrv) columns = g_strsplit(g_strstrip(*l), "|", -1);
		g_autofree char *hidden = g_strdup_printf("[%s]", key);

		if (streq0(columns[0], key) || streq0(columns[0], hidden))
			return g_steal_pointer(&columns);
	}
	return NULL;
}

char *examine_get(const char *examine, const char *label)
{
	g_auto(GStrv) lines = g_strsplit(examine, "\n", -1);

	for (char **l = lines; *l; l++) {
		char *colon = strstr(*l, " : ");

		if (!colon)
			continue;
		*colon = '\0';
		if (g_str_equal(g_strstrip(*l), label))
			return g_strdup(g_strstrip(colon + 3));
	}
	return NULL;
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_md_tests();
	add_lvm_tests();
	add_table_tests();
	add_hostile_tests();
	add_pending_tests();
	return g_test_run();
}
