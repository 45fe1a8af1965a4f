/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables, names and uuids of LVs against what vgchange -ay made of the same metadata. */
#include "test-format.h"

#include <stdlib.h>

static struct lvm_vg *vg_load(const char *name)
{
	g_autofree char *file = g_strconcat(name, ".text", NULL);
	g_autofree char *text = test_file(file, NULL);
	struct lvm_vg *vg = NULL;

	g_assert_cmpint(lvm_vg_parse(text, &vg, NULL), ==, 0);
	return vg;
}

/* The guest's PVs are /dev/ramN, which is 1:N. */
static dev_t ram_devnum(void *data, const struct lvm_pv *pv)
{
	const char *missing = data;

	if (streq0(missing, pv->name))
		return 0;
	g_assert_true(g_str_has_prefix(pv->device, "/dev/ram"));
	return makedev(1, (unsigned)atoi(pv->device + strlen("/dev/ram")));
}

/* Name of each device → "UUID rw\nTABLE"; udev flags, which dmsetup cannot show, into *flags. */
static GHashTable *devices_of(const char *text, GHashTable *flags)
{
	GHashTable *devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_auto(GStrv) blocks = g_strsplit(text, "device ", -1);

	for (char **b = blocks; *b; b++) {
		g_auto(GStrv) lines = g_strsplit(*b, "\n", 2);
		g_auto(GStrv) words = NULL;

		if (!**b)
			continue;
		words = g_strsplit(lines[0], " ", -1);
		g_hash_table_insert(devices, g_strdup(words[0]),
				    g_strdup_printf("%s %s\n%s", words[1], words[2], lines[1]));
		if (flags)
			g_hash_table_insert(flags, g_strdup(words[0]), g_strdup(words[3]));
	}
	return devices;
}

static GHashTable *expected_devices(const char *name)
{
	static const char *const readings[][2] = {
		/* This LVM says mq for a cachevol whose metadata say smq; kernels take both for smq. */
		{" mq ", " smq "},
		/* The kernel shows the number that a missing image has now, not the one it was given. */
		{" write_mostly -1 ", " write_mostly 1 "},
	};
	g_autofree char *file = g_strconcat(name, ".dm", NULL);
	char *dm = test_file(file, NULL);
	GHashTable *devices;

	for (size_t i = 0; i < G_N_ELEMENTS(readings); i++) {
		g_auto(GStrv) parts = g_strsplit(dm, readings[i][0], -1);

		g_free(dm);
		dm = g_strjoinv(readings[i][1], parts);
	}
	devices = devices_of(dm, NULL);
	g_free(dm);
	return devices;
}

/* Every "@NAME" has to be made before it is used. */
static void expect_order(const char *text)
{
	for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
		g_autofree char *name = g_strndup(at + 1, strcspn(at + 1, " \n"));
		g_autofree char *line = g_strdup_printf("device %s ", name);
		const char *made = strstr(text, line);

		g_assert_nonnull(made);
		g_assert_true(made < at);
	}
}

static void test_table_vg(gconstpointer data)
{
	const char *name = data;
	g_autoptr(GHashTable) want = expected_devices(name);
	g_autoptr(GHashTable) made = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct lvm_vg *vg = vg_load(name);
	GHashTableIter iter;
	void *key, *value;

	for (guint i = 0; i < vg->lvs->len; i++) {
		const struct lvm_lv *lv = g_ptr_array_index(vg->lvs, i);
		g_autoptr(GString) text = g_string_new(NULL);
		g_autoptr(GHashTable) have = NULL;
		g_autofree char *why = NULL;
		int r;

		if (!lv->visible || lv->skip)
			continue;
		r = lvm_lv_table(vg, lv, ram_devnum, NULL, text, &why);
		g_assert_cmpstr(why, ==, NULL);
		g_assert_cmpint(r, ==, 0);
		expect_order(text->str);
		have = devices_of(text->str, NULL);
		g_hash_table_iter_init(&iter, have);
		while (g_hash_table_iter_next(&iter, &key, &value)) {
			g_test_message("%s", (char *)key);
			g_assert_cmpstr(value, ==, g_hash_table_lookup(want, key));
			g_hash_table_add(made, g_strdup(key));
		}
	}
	g_hash_table_iter_init(&iter, want);
	while (g_hash_table_iter_next(&iter, &key, &value))
		if (!g_hash_table_contains(made, key))
			g_test_message("not made: %s", (char *)key);
	g_assert_cmpuint(g_hash_table_size(made), ==, g_hash_table_size(want));
	lvm_vg_free(vg);
}

/* Without /dev/ram1: the same as LVM where redundancy makes up for it, else nothing at all. */
static void test_table_degraded(void)
{
	g_autoptr(GHashTable) want = expected_devices("degraded");
	struct lvm_vg *vg = vg_load("types");
	unsigned whole = 0, degraded = 0;
	g_autofree char *missing = NULL;

	for (guint i = 0; i < vg->pvs->len; i++) {
		const struct lvm_pv *pv = g_ptr_array_index(vg->pvs, i);

		if (streq0(pv->device, "/dev/ram1"))
			missing = g_strdup(pv->name);
	}
	for (guint i = 0; i < vg->lvs->len; i++) {
		const struct lvm_lv *lv = g_ptr_array_index(vg->lvs, i);
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *why = NULL;
		GHashTableIter iter;
		void *key, *value;
		int r;

		if (!lv->visible || lv->skip)
			continue;
		r = lvm_lv_table(vg, lv, ram_devnum, missing, text, &why);
		if (g_str_has_prefix(lv->name, "raid0")) { /* LVM starts these, with holes in them */
			g_assert_cmpint(r, ==, -ENODEV);
			continue;
		}
		g_assert_cmpstr(why, ==, NULL);
		g_assert_cmpint(r, ==, 0);
		expect_order(text->str);
		*(strstr(text->str, "-missing_") ? &degraded : &whole) += 1;
		g_autoptr(GHashTable) have = devices_of(text->str, NULL);
		g_hash_table_iter_init(&iter, have);
		while (g_hash_table_iter_next(&iter, &key, &value))
			g_assert_cmpstr(value, ==, g_hash_table_lookup(want, key));
	}
	g_assert_cmpuint(degraded, ==, 5); /* raid1, raid1w, raid4, raid5, raid6; raid10 is elsewhere */
	g_assert_cmpuint(whole, >, 5);
	lvm_vg_free(vg);
}

/* udev flags, as vgchange sets them (dmsetup cannot show them). */
static const struct {
	const char *lv, *device, *flags;
} flag_rows[] = {
	{"raid1", "types-raid1", "20"},
	{"raid1", "types-raid1_rimage_0", "2e"},
	{"snap1", "types-origin", "20"},
	{"origin", "types-origin-real", "2e"},
	{"origin", "types-snap1", "30"},
	{"snap2", "types-snap1-cow", "3e"},
	{"thin3", "types-ext-real", "2e"},
	{"thin1", "types-pool-tpool", "2e"},
	{"pool", "types-pool", "2e"},
	{"cached", "types-cached_corig", "2e"},
	{"cached2", "types-cvol_cvol-cmeta", "20"},
};

static void test_table_flags(void)
{
	struct lvm_vg *vg = vg_load("types");

	for (size_t i = 0; i < G_N_ELEMENTS(flag_rows); i++) {
		g_autoptr(GHashTable) flags =
			g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
		g_autoptr(GString) text = g_string_new(NULL);

		g_test_message("%s", flag_rows[i].device);
		g_assert_cmpint(lvm_lv_table(vg, lvm_vg_find_lv(vg, flag_rows[i].lv), ram_devnum, NULL,
					     text, NULL),
				==, 0);
		g_hash_table_unref(devices_of(text->str, flags));
		g_assert_cmpstr(g_hash_table_lookup(flags, flag_rows[i].device), ==, flag_rows[i].flags);
	}
	lvm_vg_free(vg);
}

/* ---- modules ---- */

static const struct {
	const char *vg, *lv, *modules;
} module_rows[] = {
	{"plain", "root", "dm-mod"},
	{"types", "raid0", "dm-mod dm-raid raid0"},
	{"types", "raid1", "dm-mod dm-raid raid1"},
	{"types", "raid5", "dm-mod dm-raid raid456"},
	{"types", "raid10", "dm-mod dm-raid raid10"},
	{"types", "mirrorc", "dm-mod dm-mirror"},
	{"types", "origin", "dm-mod dm-snapshot"},
	{"types", "thin1", "dm-mod dm-thin-pool"},
	{"types", "cached", "dm-mod dm-cache dm-cache-smq"},
};

static void test_table_modules(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(module_rows); i++) {
		struct lvm_vg *vg = vg_load(module_rows[i].vg);
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *modules = NULL;

		g_assert_cmpint(lvm_lv_table(vg, lvm_vg_find_lv(vg, module_rows[i].lv), ram_devnum, NULL,
					     text, NULL),
				==, 0);
		modules = lvm_table_modules(text->str);
		g_assert_cmpstr(modules, ==, module_rows[i].modules);
		lvm_vg_free(vg);
	}
}

/* ---- names ---- */

static const struct {
	const char *vg, *lv, *layer, *name;
} name_rows[] = {
	{"vg", "root", NULL, "vg-root"},
	{"vg-0", "a-b", NULL, "vg--0-a--b"},
	{"v--", "--", "real", "v----------real"},
	{"vg", "snap", "cow", "vg-snap-cow"},
	{"v.g+1_2", "l.v", "a-b", "v.g+1_2-l.v-a--b"},
};

static void test_table_names(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(name_rows); i++) {
		g_autofree char *name =
			lvm_dm_name(name_rows[i].vg, name_rows[i].lv, name_rows[i].layer);

		g_assert_cmpstr(name, ==, name_rows[i].name);
	}
}

/* ---- the PVs an LV needs ---- */

static const struct {
	const char *vg, *lv, *pvs;
} pvs_rows[] = {
	{"plain", "root", "pv0"},
	{"plain", "swap_1", "pv1"},
	{"plain", "multi", "pv0 pv1 pv2"},
	{"plain", "stripes", "pv1 pv2"},
	{"odd", "n_1--", "pv2"},
	{"types", "raid1", "pv0 pv1"},
	{"types", "raid1_rmeta_1", "pv1"},
	{"types", "origin", "pv3"},
	{"types", "snap1", "pv3"},
	{"types", "snapshot1", "pv3"},
	{"types", "mirror", "pv2 pv3 pv5"},
};

static void test_table_pvs(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pvs_rows); i++) {
		struct lvm_vg *vg = vg_load(pvs_rows[i].vg);
		g_autoptr(GPtrArray) pvs = lvm_lv_pvs(vg, lvm_vg_find_lv(vg, pvs_rows[i].lv));
		g_autofree char *joined = NULL;

		g_ptr_array_add(pvs, NULL);
		joined = g_strjoinv(" ", (char **)pvs->pdata);
		g_test_message("%s", pvs_rows[i].lv);
		g_assert_cmpstr(joined, ==, pvs_rows[i].pvs);
		lvm_vg_free(vg);
	}
}

/* ---- what cannot be done ---- */

#define LV(name, segments)                                                                              \
	name " { id = \"" name name name name name name "-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\" "           \
	     "status = [\"READ\", \"WRITE\", \"VISIBLE\"] " segments " } "
#define SEGMENT(n, start, count, rest)                                                                  \
	"segment" #n " { start_extent = " #start " extent_count = " #count " " rest " } "

static const struct {
	const char *lvs;
	int error;
	const char *result; /* text, or why */
} table_rows[] = {
	{LV("a", SEGMENT(1, 0, 2, "type = \"striped\" stripe_count = 1 stripes = [\"pv0\", 3]")), 0,
	 "device vg-a LVM-x rw 20\n0 16 linear 1:0 2072\n"},
	{LV("a", SEGMENT(1, 0, 1, "type = \"linear\" stripes = [\"pv0\", 0]") SEGMENT(
			 2, 1, 2,
			 "type = \"striped\" stripe_count = 2 stripe_size = 8 "
			 "stripes = [\"pv0\", 1, \"pv1\", 7]") SEGMENT(3, 3, 1, "type = \"zero\"")
			 SEGMENT(4, 4, 1, "type = \"error\"")),
	 0,
	 "device vg-a LVM-x rw 20\n0 8 linear 1:0 2048\n8 16 striped 2 8 1:0 2056 1:1 2104\n24 8 zero\n"
	 "32 8 error\n"},
	{LV("a", SEGMENT(1, 0, 1,
			 "type = \"striped\" stripes = [\"b\", 1]")) "b { id = "
								     "\"bbbbbb-bbbb-bbbb-bbbb-bbbb-bbbb-"
								     "bbbbbb\" status = "
								     "[\"READ\"] " SEGMENT(1, 0, 2,
											   "type = "
											   "\"striped\" "
											   "stripes = "
											   "[\"pv1\", "
											   "0]") "}",
	 0,
	 "device vg-b LVM-x ro 2e\n0 16 linear 1:1 2048\ndevice vg-a LVM-x rw 20\n0 8 linear @vg-b 8\n"},
	{LV("a", ""), -EBADMSG, "a: no segments"},
	{LV("a", SEGMENT(1, 1, 1, "type = \"zero\"")), -EBADMSG,
	 "a: segment1 does not follow on the one before"},
	{LV("a", SEGMENT(1, 0, 0, "type = \"zero\"")), -EBADMSG, "a: segment1 is not valid"},
	{LV("a", SEGMENT(1, 0, 18446744073709551615, "type = \"zero\"")), -EBADMSG,
	 "a: segment1 is not valid"},
	{LV("a", SEGMENT(1, 0, 1, "")), -EBADMSG, "a: segment1 is not valid"},
	{LV("a", SEGMENT(1, 0, 1, "type = \"vdo\"")), -EOPNOTSUPP, "a: segment type vdo"},
	{LV("a", SEGMENT(1, 0, 2, "type = \"striped\" stripes = [\"pv0\", 9]")), -EBADMSG,
	 "a: a segment is outside of pv0"},
	{LV("a", SEGMENT(1, 0, 2, "type = \"striped\" stripes = [\"pv0\", 18446744073709551615]")),
	 -EBADMSG, "a: a segment is outside of pv0"},
	{LV("a", SEGMENT(1, 0, 2, "type = \"striped\" stripes = [\"pv7\", 0]")), -EBADMSG,
	 "a: lies on pv7, which there is not"},
	{LV("a", SEGMENT(1, 0, 2, "type = \"striped\" stripes = [\"pv0\"]")), -EBADMSG,
	 "a: area 0 of a segment is not there"},
	{LV("a", SEGMENT(1, 0, 2,
			 "type = \"striped\" stripe_count = 2 stripe_size = 8 stripes = [\"pv0\", 0]")),
	 -EBADMSG, "a: area 1 of a segment is not there"},
	{LV("a", SEGMENT(1, 0, 3,
			 "type = \"striped\" stripe_count = 2 stripe_size = 8 "
			 "stripes = [\"pv0\", 0, \"pv1\", 0]")),
	 -EBADMSG, "a: impossible number of stripes"},
	{LV("a", SEGMENT(1, 0, 2, "type = \"striped\" stripe_count = 0 stripes = []")), -EBADMSG,
	 "a: impossible number of stripes"},
	{LV("a",
	    SEGMENT(1, 0, 2, "type = \"striped\" stripe_count = 2 stripes = [\"pv0\", 0, \"pv1\", 0]")),
	 -EBADMSG, "a: impossible size of stripes"},
	{LV("a", SEGMENT(1, 0, 2, "type = \"striped\" stripes = [\"pv2\", 0]")), -ENODEV,
	 "a: pv2 (cccccc-cccc-cccc-cccc-cccc-cccc-cccccc) is missing"},
	{LV("a", SEGMENT(1, 0, 1, "type = \"striped\" stripes = [\"a\", 0]")), -EBADMSG,
	 "a: lies on itself"},
	{LV("a", SEGMENT(1, 0, 1, "type = \"striped\" stripes = [\"b\", 0]"))
		 LV("b", SEGMENT(1, 0, 1, "type = \"striped\" stripes = [\"a\", 0]")),
	 -EBADMSG, "a: lies on itself"},
};

static dev_t rows_devnum(void *data, const struct lvm_pv *pv)
{
	return streq0(pv->name, "pv2") ? 0 : makedev(1, (unsigned)atoi(pv->name + 2));
}

/* uuids are in the way of reading the rows */
static char *without_uuids(const char *text)
{
	g_autoptr(GRegex) re = g_regex_new("LVM-[A-Za-z]{64}", 0, 0, NULL);

	return g_regex_replace_literal(re, text, -1, 0, "LVM-x", 0, NULL);
}

static void test_table_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(table_rows); i++) {
		g_autofree char *text = g_strdup_printf(
			"contents = \"Text Format Volume Group\" version = 1 "
			"vg { id = \"vvvvvv-vvvv-vvvv-vvvv-vvvv-vvvv-vvvvvv\" seqno = 1 extent_size = 8 "
			"physical_volumes { "
			"pv0 { id = \"aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\" pe_start = 2048 pe_count "
			"= 10 } "
			"pv1 { id = \"bbbbbb-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbbb\" pe_start = 2048 pe_count "
			"= 10 } "
			"pv2 { id = \"cccccc-cccc-cccc-cccc-cccc-cccc-cccccc\" pe_start = 2048 pe_count "
			"= 10 } } "
			"logical_volumes { %s } }",
			table_rows[i].lvs);
		g_autoptr(GString) out = g_string_new("before\n");
		g_autofree char *why = NULL, *have = NULL;
		struct lvm_vg *vg = NULL;
		int r;

		g_test_message("%s", table_rows[i].lvs);
		g_assert_cmpint(lvm_vg_parse(text, &vg, &why), ==, 0);
		r = lvm_lv_table(vg, lvm_vg_find_lv(vg, "a"), rows_devnum, NULL, out, &why);
		g_assert_true(g_str_has_prefix(out->str, "before\n"));
		if (r < 0)
			g_assert_cmpstr(out->str, ==, "before\n");
		have = without_uuids(r < 0 ? why : out->str + strlen("before\n"));
		g_assert_cmpstr(have, ==, table_rows[i].result);
		g_assert_cmpint(r, ==, table_rows[i].error);
		lvm_vg_free(vg);
	}
}

static void test_table_missing(void)
{
	struct lvm_vg *vg = vg_load("plain");
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *why = NULL;

	g_assert_cmpint(
		lvm_lv_table(vg, lvm_vg_find_lv(vg, "multi"), ram_devnum, (void *)"pv2", text, &why), ==,
		-ENODEV);
	g_assert_cmpstr(text->str, ==, "");
	g_assert_cmpint(
		lvm_lv_table(vg, lvm_vg_find_lv(vg, "root"), ram_devnum, (void *)"pv2", text, &why), ==,
		0);
	lvm_vg_free(vg);
}

/* ---- damage: no crash, and never half a transaction ---- */

static dev_t any_devnum(void *data, const struct lvm_pv *pv)
{
	return makedev(1, 1);
}

static void try_text(const char *text)
{
	g_autofree char *why = NULL;
	struct lvm_vg *vg = NULL;

	if (lvm_vg_parse(text, &vg, &why) < 0) {
		g_assert_nonnull(why);
		g_assert_null(vg);
		return;
	}
	for (guint i = 0; i < vg->lvs->len; i++) {
		const struct lvm_lv *lv = g_ptr_array_index(vg->lvs, i);
		g_autoptr(GPtrArray) pvs = lvm_lv_pvs(vg, lv);
		g_autoptr(GString) table = g_string_new(NULL);
		g_autofree char *reason = NULL;
		int r = lvm_lv_table(vg, lv, any_devnum, NULL, table, &reason);

		g_assert_cmpuint(pvs->len, <=, vg->pvs->len);
		g_assert_true(r == 0 ? g_str_has_suffix(table->str, "\n") : reason && table->len == 0);
	}
	lvm_vg_free(vg);
}

static void test_table_cut(gconstpointer data)
{
	g_autofree char *file = g_strconcat(data, ".text", NULL);
	gsize length;
	g_autofree char *text = test_file(file, &length);
	size_t step = length > 10000 ? 7 : 1;

	for (gsize len = 0; len < length; len += step) {
		char *cut = g_malloc(len + 1);

		memcpy(cut, text, len);
		cut[len] = '\0';
		try_text(cut);
		g_free(cut);
	}
}

static void test_table_flip(gconstpointer data)
{
	static const unsigned char masks[] = {0xff, 0x01, 0x02, 0x10, 0x20};
	g_autofree char *file = g_strconcat(data, ".text", NULL);
	gsize length;
	g_autofree char *text = test_file(file, &length);
	size_t step = length > 10000 ? 37 : 1;

	for (gsize i = 0; i < length; i += step) {
		for (size_t m = 0; m < G_N_ELEMENTS(masks); m++) {
			text[i] = (char)(text[i] ^ masks[m]);
			try_text(text);
			text[i] = (char)(text[i] ^ masks[m]);
		}
	}
}

void add_table_tests(void)
{
	static const char *const vgs[] = {"plain", "odd", "types"};

	for (size_t i = 0; i < G_N_ELEMENTS(vgs); i++) {
		g_autofree char *vg = g_strconcat("/table/vg/", vgs[i], NULL);
		g_autofree char *cut = g_strconcat("/table/cut/", vgs[i], NULL);
		g_autofree char *flip = g_strconcat("/table/flip/", vgs[i], NULL);

		g_test_add_data_func(vg, vgs[i], test_table_vg);
		g_test_add_data_func(cut, vgs[i], test_table_cut);
		g_test_add_data_func(flip, vgs[i], test_table_flip);
	}
	g_test_add_func("/table/degraded", test_table_degraded);
	g_test_add_func("/table/flags", test_table_flags);
	g_test_add_func("/table/modules", test_table_modules);
	g_test_add_func("/table/names", test_table_names);
	g_test_add_func("/table/pvs", test_table_pvs);
	g_test_add_func("/table/rows", test_table_rows);
	g_test_add_func("/table/missing", test_table_missing);
}
