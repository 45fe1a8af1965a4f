/* SPDX-License-Identifier: GPL-2.0-or-later */
/* md superblocks: real ones against mdadm --examine, damaged ones against our own rules. */
#include "test-format.h"

#include <stdlib.h>

struct md_row {
	const char *name;
	unsigned number;
	int role;
	const char *roles; /* by number: a role, s spare, f faulty, j journal */
	const char *flags;
};

static const struct md_row md_rows[] = {
	{"md-1.2-raid1-a", 0, 0, "0 1", "clean"},
	{"md-1.2-raid1-b", 1, 1, "0 1", "clean"},
	{"md-1.2-raid1-degraded", 0, 0, "0 f", "clean"},
	{"md-1.2-raid1-failed", 1, 1, "0 1", "clean"},
	{"md-1.2-raid1-bitmap", 0, 0, "0 s", "bitmap"},
	{"md-1.1-raid5", 3, 2, "0 1 s 2", "clean"},
	{"md-1.2-raid5-recovering", 3, 2, "0 1 s 2", "clean recovering"},
	{"md-1.2-raid5-dirty", 0, 0, "0 1 2", ""},
	{"md-1.2-raid5-journal", 0, -3, "j 0 s 2 1", "clean journal"},
	{"md-1.2-raid5-journaled", 1, 0, "j 0 s 2 1", "clean journal"},
	{"md-1.2-raid5-reshape", 3, 3, "0 1 2 3", "clean reshape"},
	{"md-1.0-raid10", 3, 3, "0 1 2 3", "clean"},
	{"md-1.0-raid10-spare", 4, -1, "0 1 2 3 s", "clean"},
	{"md-1.2-level0", 3, 3, "0 1 2 3", "clean"},
	{"md-1.2-levellinear", 3, 3, "0 1 2 3", "clean"},
	{"md-1.2-level4", 3, 3, "0 1 2 3", "clean"},
	{"md-1.2-level6", 3, 3, "0 1 2 3", "clean"},
	{"md-0.90-raid1-a", 0, 0, "0 1", "clean"},
	{"md-0.90-raid1-b", 1, 1, "0 1", "clean"},
	{"md-0.90-raid1-degraded", 0, 0, "0 f f", "clean"},
	{"md-0.90-raid5", 1, 1, "0 1 2", "clean"},
	{"md-0.90-raid5-spare", 3, -1, "0 1 2 s", "clean"},
};

/* What the worker does: all places are read; one of them holds a superblock. */
static int md_read(const struct image *img, struct md_sb *sb, uint64_t *at)
{
	uint64_t offsets[4];
	int n = md_sb_offsets(img->size, offsets), found = -ENODATA;

	for (int i = 0; i < n; i++) {
		size_t len = (size_t)MIN(MD_SB_BYTES, img->size - offsets[i]);
		unsigned char *buf = image_read(img, offsets[i], len);
		const char *why = NULL;
		int r = md_sb_parse(buf, len, offsets[i], img->size, sb, &why);

		free(buf);
		if (r == -ENODATA)
			continue;
		g_assert_cmpstr(why, ==, NULL);
		g_assert_cmpint(r, ==, 0);
		g_assert_cmpint(found, ==, -ENODATA);
		found = 0;
		*at = offsets[i];
	}
	return found;
}

static char *roles_text(const struct md_sb *sb)
{
	GString *s = g_string_new(NULL);

	for (unsigned i = 0; i < sb->n_roles; i++) {
		if (s->len)
			g_string_append_c(s, ' ');
		if (sb->roles[i] < 0xff00)
			g_string_append_printf(s, "%u", sb->roles[i]);
		else
			g_string_append_c(s, sb->roles[i] == 0xffff   ? 's'
					     : sb->roles[i] == 0xfffd ? 'j'
								      : 'f');
	}
	return g_string_free(s, FALSE);
}

static char *flags_text(const struct md_sb *sb)
{
	const char *words[6] = {NULL};
	unsigned n = 0;

	if (sb->clean)
		words[n++] = "clean";
	if (sb->bitmap)
		words[n++] = "bitmap";
	if (sb->journal)
		words[n++] = "journal";
	if (sb->reshape)
		words[n++] = "reshape";
	if (sb->recovering)
		words[n++] = "recovering";
	return g_strjoinv(" ", (char **)words);
}

static void expect_text(const char *examine, const char *label, const char *have)
{
	g_autofree char *want = examine_get(examine, label);

	if (want) {
		/* "Name : box:boot  (local to host box)" */
		char *more = strstr(want, "  (");

		if (more)
			*more = '\0';
		g_assert_cmpstr(have, ==, want);
	}
}

static void expect_number(const char *examine, const char *label, uint64_t have)
{
	g_autofree char *want = examine_get(examine, label);

	g_assert_nonnull(want);
	g_assert_cmpuint(have, ==, g_ascii_strtoull(want, NULL, 10));
}

static void expect_role(const char *examine, const struct md_sb *sb)
{
	g_autofree char *want = examine_get(examine, "Device Role");
	g_autofree char *have = sb->role == -1	 ? g_strdup("spare")
				: sb->role == -3 ? g_strdup("Journal")
						 : g_strdup_printf("Active device %d", sb->role);

	if (want)
		g_assert_cmpstr(have, ==, want);
}

/* "AA." : which roles somebody has */
static void expect_array_state(const char *examine, const struct md_sb *sb)
{
	g_autofree char *want = examine_get(examine, "Array State");
	g_autoptr(GString) have = g_string_new(NULL);

	if (!want)
		return;
	for (unsigned d = 0; d < sb->raid_disks; d++) {
		char c = '.';

		for (unsigned i = 0; i < sb->n_roles; i++)
			if (sb->roles[i] == d)
				c = 'A';
		g_string_append_c(have, c);
	}
	*strchr(want, ' ') = '\0';
	g_assert_cmpstr(have->str, ==, want);
}

static void expect_sizes(const char *examine, const struct md_sb *sb, uint64_t at)
{
	g_autofree char *used = examine_get(examine, "Used Dev Size");

	if (sb->major == 0) {
		expect_number(examine, "Used Dev Size", sb->size / 2);
		return;
	}
	expect_number(examine, "Super Offset", at / 512);
	/* mdadm leaves out the used size where it is all there is, and the offset of 1.0 */
	if (used || sb->level != 0) /* raid0 has no such thing */
		expect_number(examine, used ? "Used Dev Size" : "Avail Dev Size", sb->size);
	if (sb->minor > 0)
		expect_number(examine, "Data Offset", sb->data_offset);
}

static void test_md_examine(gconstpointer data)
{
	const struct md_row *row = data;
	g_autofree char *file = g_strconcat(row->name, ".examine", NULL);
	g_autofree char *examine = test_file(file, NULL);
	_cleanup_(image_freep) struct image *img = image_load(row->name);
	g_autofree struct md_sb *sb = g_new0(struct md_sb, 1);
	g_autofree char *level = NULL, *version = NULL, *roles = NULL, *flags = NULL, *state = NULL;
	g_autofree char *number = NULL;
	uint64_t at = 0;

	g_assert_cmpint(md_read(img, sb, &at), ==, 0);
	version = g_strdup_printf(sb->major ? "%u.%u" : "%u.%u.00", sb->major, sb->minor);
	expect_text(examine, "Version", version);
	expect_text(examine, sb->major ? "Array UUID" : "UUID", sb->uuid);
	expect_text(examine, "Name", sb->name);
	expect_text(examine, "Device UUID", sb->dev_uuid);
	level = sb->level == -1 ? g_strdup("linear") : g_strdup_printf("raid%d", sb->level);
	expect_text(examine, "Raid Level", level);
	expect_number(examine, "Raid Devices", sb->raid_disks);
	expect_number(examine, "Events", sb->events);
	expect_role(examine, sb);
	expect_array_state(examine, sb);
	expect_sizes(examine, sb, at);
	state = examine_get(examine, "State");
	g_assert_cmpstr(sb->clean ? "clean" : "active", ==, state);
	g_assert_cmpuint(sb->utime, >, 1700000000);

	roles = roles_text(sb);
	flags = flags_text(sb);
	g_assert_cmpuint(sb->dev_number, ==, row->number);
	number = examine_get(examine, "Number");
	if (number) /* of mdadm --detail; not there for an array that was stopped */
		g_assert_cmpuint(sb->dev_number, ==, g_ascii_strtoull(number, NULL, 10));
	g_assert_cmpint(sb->role, ==, row->role);
	g_assert_cmpstr(roles, ==, row->roles);
	g_assert_cmpstr(flags, ==, row->flags);
}

/* ---- where superblocks are ---- */

static const struct {
	uint64_t size;
	const char *offsets;
} offset_rows[] = {
	{0, ""},
	{511, ""},
	{4096, "0"},
	{8192, "4096 0"},
	{12288, "4096 0"}, /* 1.0 would be at 4096 */
	{65536, "4096 0 57344"},
	{131072, "4096 0 122880 65536"},
	{131071 + 65536, "4096 0 184320 65536"},
	{67108864, "4096 0 67100672 67043328"},
	{1000204886016, "4096 0 1000204877824 1000204795904"},
	{UINT64_MAX, "4096 0 18446744073709539328 18446744073709420544"},
};

static void test_md_offsets(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(offset_rows); i++) {
		uint64_t offsets[4];
		int n = md_sb_offsets(offset_rows[i].size, offsets);
		g_autoptr(GString) s = g_string_new(NULL);

		for (int k = 0; k < n; k++)
			g_string_append_printf(s, "%s%" PRIu64, k ? " " : "", offsets[k]);
		g_assert_cmpstr(s->str, ==, offset_rows[i].offsets);
	}
}

/* ---- a superblock that lies on another device than it says ---- */

static const struct {
	const char *name;
	int64_t shift; /* the device seems to be so many bytes larger in front */
	int64_t grow;  /* ... and at the end */
	int error;
} overlap_rows[] = {
	{"md-0.90-raid5", 0, 0, 0},
	{"md-0.90-raid5", -(8 << 20), 0,
	 -ENODATA}, /* the disk's superblock, seen from its last partition */
	{"md-0.90-raid5", 0, 65536, -ENODATA},
	{"md-1.0-raid10", 0, 0, 0},
	{"md-1.0-raid10", 1 << 20, 0, -ENODATA}, /* the last partition's, seen from the disk */
	{"md-1.0-raid10", -(1 << 20), 0, -ENODATA},
	{"md-1.2-raid1-a", 0, 1 << 20, 0},     /* a device may grow */
	{"md-1.2-raid1-a", 0, -512, -EBADMSG}, /* but not shrink */
	{"md-1.2-raid1-a", 4096, 0, -ENODATA},
	{"md-1.1-raid5", 4096, 0, -ENODATA},
};

static void test_md_overlap(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(overlap_rows); i++) {
		_cleanup_(image_freep) struct image *img = image_load(overlap_rows[i].name);
		g_autofree struct md_sb *sb = g_new0(struct md_sb, 1);
		const char *why = NULL;
		unsigned char *buf;
		uint64_t at = 0;
		int r;

		g_assert_cmpint(md_read(img, sb, &at), ==, 0);
		buf = image_read(img, at, 4096);
		r = md_sb_parse(buf, 4096, at + (uint64_t)overlap_rows[i].shift,
				img->size + (uint64_t)(overlap_rows[i].shift + overlap_rows[i].grow), sb,
				&why);
		free(buf);
		if (r != overlap_rows[i].error)
			g_test_message("row %zu: %d (%s)", i, r, why);
		g_assert_cmpint(r, ==, overlap_rows[i].error);
	}
}

/* ---- damage ---- */

static void put_le32(unsigned char *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static uint32_t get_le32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Makes the checksum right again, so that what is behind it is tested too. */
static void md_fix_checksum(unsigned char *p, size_t len)
{
	bool v1 = get_le32(p + 4) == 1;
	size_t at = v1 ? 216 : 4 * 38;
	size_t n = v1 ? 256 + 2 * (size_t)get_le32(p + 220) : 4096;
	uint64_t sum = 0;

	if (n > len)
		return;
	put_le32(p + at, 0);
	for (size_t i = 0; i + 4 <= n; i += 4)
		sum += get_le32(p + i);
	if (n % 4)
		sum += p[n - 2] | (unsigned)p[n - 1] << 8;
	put_le32(p + at, (uint32_t)(sum + (sum >> 32)));
}

/* The 4096 bytes at its place, and how many of them count. */
static unsigned char *md_bytes(struct image *img, struct md_sb *sb, uint64_t *at, size_t *len)
{
	unsigned char *whole;

	*at = 0;
	g_assert_cmpint(md_read(img, sb, at), ==, 0);
	whole = image_read(img, *at, 4096);
	*len = sb->major ? 256 + 2 * (size_t)get_le32(whole + 220) : 4096;
	return whole;
}

static void test_md_cut(gconstpointer data)
{
	const struct md_row *row = data;
	_cleanup_(image_freep) struct image *img = image_load(row->name);
	g_autofree struct md_sb *sb = g_new0(struct md_sb, 1);
	uint64_t at;
	size_t need;
	unsigned char *whole = md_bytes(img, sb, &at, &need);

	for (size_t len = 0; len <= need; len++) {
		unsigned char *buf = exact_copy(whole, len);
		const char *why = NULL;
		int r = md_sb_parse(buf, len, at, img->size, sb, &why);

		g_assert_cmpint(r, ==, len == need ? 0 : len < 8 ? -ENODATA : -EBADMSG);
		g_assert_true(r == 0 || why);
		free(buf);
	}
	free(whole);
}

static void check_sane(const struct md_sb *sb)
{
	g_assert_cmpuint(sb->raid_disks, >, 0);
	g_assert_cmpuint(sb->raid_disks, <=, 4096);
	g_assert_cmpuint(sb->n_roles, <=, G_N_ELEMENTS(sb->roles));
	g_assert_cmpint(sb->role, >=, -3);
	g_assert_cmpuint(strlen(sb->name), <=, 32);
	g_assert_cmpuint(strlen(sb->uuid), ==, 35);
}

static void test_md_flip(gconstpointer data)
{
	const struct md_row *row = data;
	_cleanup_(image_freep) struct image *img = image_load(row->name);
	g_autofree struct md_sb *sb = g_new0(struct md_sb, 1);
	uint64_t at;
	size_t n;
	unsigned char *whole = md_bytes(img, sb, &at, &n);

	for (size_t i = 0; i < n; i++) {
		for (unsigned bit = 0; bit < 9; bit++) {
			unsigned char *buf = exact_copy(whole, 4096);
			const char *why = NULL;
			int r;

			buf[i] ^= bit == 8 ? 0xff : 1 << bit;
			memset(sb, 0xa5, sizeof *sb);
			r = md_sb_parse(buf, 4096, at, img->size, sb, &why);
			g_assert_cmpint(r, <, 0);
			g_assert_nonnull(why);
			g_assert_cmpuint(sb->major, ==, 0xa5a5a5a5); /* untouched on failure */

			md_fix_checksum(buf, 4096);
			if (md_sb_parse(buf, 4096, at, img->size, sb, &why) == 0)
				check_sane(sb);
			free(buf);
		}
	}
	free(whole);
}

/* A name from a foreign disk must not break a line or a path component's encoding. */
static void test_md_name(void)
{
	_cleanup_(image_freep) struct image *img = image_load("md-1.2-raid1-a");
	g_autofree struct md_sb *sb = g_new0(struct md_sb, 1);
	unsigned char *buf = image_read(img, 4096, 4096);
	const char *why;

	memset(buf + 32, 'x', 32);
	buf[33] = '\n';
	buf[34] = 0x7f;
	md_fix_checksum(buf, 4096);
	g_assert_cmpint(md_sb_parse(buf, 4096, 4096, img->size, sb, &why), ==, 0);
	g_assert_cmpstr(sb->name, ==, "x__xxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	free(buf);
}

static void test_md_byteswapped(void)
{
	static const unsigned char magic[8] = {0xa9, 0x2b, 0x4e, 0xfc};
	const char *why = NULL;
	struct md_sb *sb = g_new0(struct md_sb, 1);

	g_assert_cmpint(md_sb_parse(magic, 8, 0, 1 << 20, sb, &why), ==, -EBADMSG);
	g_assert_nonnull(strstr(why, "byte order"));
	g_free(sb);
}

void add_md_tests(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(md_rows); i++) {
		static const struct {
			const char *path;
			GTestDataFunc fn;
		} tests[] = {
			{"/md/examine/", test_md_examine},
			{"/md/cut/", test_md_cut},
			{"/md/flip/", test_md_flip},
		};

		for (size_t t = 0; t < G_N_ELEMENTS(tests); t++) {
			g_autofree char *path = g_strconcat(tests[t].path, md_rows[i].name, NULL);

			g_test_add_data_func(path, &md_rows[i], tests[t].fn);
		}
	}
	g_test_add_func("/md/offsets", test_md_offsets);
	g_test_add_func("/md/overlap", test_md_overlap);
	g_test_add_func("/md/name", test_md_name);
	g_test_add_func("/md/byteswapped", test_md_byteswapped);
}
