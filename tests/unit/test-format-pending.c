/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LVs on which something is pending, and LVs on disks that cannot be written: what is loaded of them. */
#include "test-format.h"

#define LV(name, status, rest)                                                                              \
	name " { id = \"" name name name name name name "-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\" "                \
	     "status = [" status "] " rest " } "
#define RW "\"READ\", \"WRITE\""
#define SHOWN RW ", \"VISIBLE\""
#define SEGMENT(rest) "segment1 { start_extent = 0 extent_count = 1 " rest " }"
#define ON(pv, at) SEGMENT("type = \"striped\" stripes = [\"" pv "\", " #at "]")
#define RAID1 SEGMENT("type = \"raid1\" device_count = 2 region_size = 8 raids = [\"m\", \"i\", \"n\", \"j\"]")
#define IMAGES LV("m", RW, ON("pv0", 0)) LV("i", RW, ON("pv0", 1)) LV("n", RW, ON("pv1", 0))
#define THIN(id, more) SEGMENT("type = \"thin\" thin_pool = \"p\" device_id = " #id " " more)
#define POOL                                                                                                 \
	LV("p", RW, SEGMENT("type = \"thin-pool\" metadata = \"m\" pool = \"d\" transaction_id = 3 chunk_size = 128")) \
	LV("m", RW, ON("pv0", 0)) LV("d", RW, ON("pv0", 1))
#define SNAPSHOT(key) LV("r", RW, SEGMENT("type = \"snapshot\" chunk_size = 8 origin = \"a\" " key " = \"c\""))

static const struct {
	const char *lvs, *readonly; /* a PV */
	int result;
	const char *has, *has_not; /* lines; or why */
} rows[] = {
	/* a leg that was split off and is tracked would be overwritten */
	{LV("a", SHOWN, RAID1) IMAGES LV("j", "\"READ\", \"VISIBLE\"", ON("pv1", 1)), NULL, 0,
	 " raid raid1 3 0 region_size 8 2 @v-m @v-i - -\n", "v-j"},
	{LV("a", SHOWN, RAID1) IMAGES LV("j", RW, ON("pv1", 1)), NULL, 0, " 2 @v-m @v-i @v-n @v-j\n", " - -"},
	/* the kernel writes to images and stores of an LV that nobody may write to */
	{LV("a", "\"READ\", \"VISIBLE\"", RAID1) IMAGES LV("j", "\"READ\"", ON("pv1", 1)), NULL, 0, "device v-j LVM-x rw",
	 "device v-a LVM-x rw"},
	{LV("a", SHOWN, ON("pv0", 0)) LV("c", "\"READ\"", ON("pv0", 1)) SNAPSHOT("cow_store"), NULL, 0,
	 "device v-c-cow LVM-x-cow rw", "device v-c LVM-x rw"},
	/* pending merges */
	{LV("a", SHOWN, ON("pv0", 0)) LV("c", RW, ON("pv0", 1)) SNAPSHOT("merging_store"), NULL, LVM_REMARK_MERGE,
	 "device v-a LVM-x rw 20\n0 8 snapshot-merge @v-a-real @v-c-cow P 8\n", "device v-c "},
	{LV("a", SHOWN, THIN(1, "")) LV("s", RW, THIN(2, "merge = \"a\"")) POOL, NULL, LVM_REMARK_MERGE,
	 "0 8 thin @v-p-tpool 2\n", "thin @v-p-tpool 1"},
	{LV("a", SHOWN, THIN(2, "merge = \"s\"")) LV("s", SHOWN, THIN(1, "")) POOL, NULL, -EOPNOTSUPP,
	 "a: it is being merged into s, which has its content", NULL},
	{LV("a", SHOWN, THIN(1, "")) POOL, NULL, 0, "-tpool rw 2e transaction=3\n", NULL},
	/* minors and read-ahead of the metadata */
	{LV("a", SHOWN ", \"FIXED_MINOR\"", "major = 253 minor = 99 read_ahead = 256 " ON("pv0", 0)), NULL, 0,
	 "rw 20 minor=99 readahead=256\n", NULL},
	{LV("a", SHOWN, "read_ahead = -1 " ON("pv0", 0)), NULL, 0, "rw 20 readahead=0\n", NULL},
	{LV("a", SHOWN, "minor = 99 read_ahead = 0 " ON("pv0", 0)), NULL, 0, "rw 20\n", NULL},
	/* disks that are read-only */
	{LV("a", SHOWN, ON("pv0", 0)), "pv0", LVM_REMARK_READONLY, "device v-a LVM-x ro", NULL},
	{LV("a", SHOWN, ON("pv0", 0)), "pv1", 0, "device v-a LVM-x rw", NULL},
	{LV("a", SHOWN, RAID1) IMAGES LV("j", RW, ON("pv1", 1)), "pv1", -EROFS,
	 "a: on a disk that is read-only, and raid1 writes to it when it is active", NULL},
	{LV("a", SHOWN, ON("pv0", 0)) LV("c", RW, ON("pv1", 1)) SNAPSHOT("cow_store"), "pv1", -EROFS,
	 "c: on a disk that is read-only, and snapshot writes to it when it is active", NULL},
	{LV("a", SHOWN, THIN(1, "")) POOL, "pv0", -EROFS,
	 "p: on a disk that is read-only, and thin-pool writes to it when it is active", NULL},
};

static dev_t devnum(void *data, const struct lvm_pv *pv)
{
	return makedev(1, g_str_equal(pv->name, "pv1"));
}

static void test_pending(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"contents = \"Text Format Volume Group\" version = 1 "
			"v { id = \"vvvvvv-vvvv-vvvv-vvvv-vvvv-vvvv-vvvvvv\" seqno = 1 extent_size = 8 physical_volumes { "
			"pv0 { id = \"aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\" pe_start = 2048 pe_count = 10 } "
			"pv1 { id = \"bbbbbb-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbbb\" pe_start = 2048 pe_count = 10 } } "
			"logical_volumes { %s } }",
			rows[i].lvs);
		g_autoptr(GRegex) uuid = g_regex_new("LVM-[A-Za-z]{64}", 0, 0, NULL);
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *why = NULL, *have = NULL;
		struct lvm_vg *vg = NULL;

		g_test_message("%s", rows[i].lvs);
		g_assert_cmpint(lvm_vg_parse(text, &vg, &why), ==, 0);
		if (rows[i].readonly)
			lvm_vg_find_pv(vg, rows[i].readonly)->readonly = true;
		g_assert_cmpint(lvm_lv_table(vg, lvm_vg_find_lv(vg, "a"), devnum, NULL, out, &why), ==, rows[i].result);
		g_assert_true(rows[i].result == 0 ? why == NULL : why != NULL);
		have = rows[i].result < 0 ? g_strdup(why) : g_regex_replace_literal(uuid, out->str, -1, 0, "LVM-x", 0, NULL);
		g_test_message("%s", have);
		g_assert_nonnull(strstr(have, rows[i].has));
		g_assert_true(!rows[i].has_not || !strstr(have, rows[i].has_not));
		lvm_vg_free(vg);
	}
}

void add_pending_tests(void)
{
	g_test_add_func("/pending/tables", test_pending);
}
