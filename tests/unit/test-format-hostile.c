/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metadata that somebody wrote to reach other disks, and the lines of tables that may be loaded at all. */
#include "test-format.h"

#include "lvm-property.h"

/* ---- lines ---- */

static bool a_or_8_0(void *data, const char *word)
{
	return g_str_equal(word, "@a") || g_str_equal(word, "8:0");
}

static const struct {
	const char *target, *params;
	bool valid;
} line_rows[] = {
	{"linear", "8:0 2048", true},
	{"linear", "@a 0", true},
	{"linear", "8:16 2048", false},
	{"linear", "@b 2048", false},
	{"linear", "800 2048", false}, /* the kernel's way to write 8:0 */
	{"linear", "/dev/sda 2048", false},
	{"linear", "sda 2048", false},
	{"linear", "8:0", false},
	{"linear", "8:0 2048 ", false},
	{"linear", "8:0  2048", false},
	{"linear", "8:0 2048 0", false},
	{"linear", "8:0 -1", false},
	{"linear", "", false},
	{"delay", "8:0 0 100", false},
	{"", "", false},
	{"error", "", true},
	{"zero", "", true},
	{"zero", "8:0 0", false},
	{"striped", "2 8 8:0 0 @a 0", true},
	{"striped", "2 8 8:0 0", false},
	{"striped", "1 8 8:0 0 8:16 0", false},
	{"mirror", "core 1 1024 2 8:0 0 @a 0 1 handle_errors", true},
	{"mirror", "core 2 1024 nosync 2 8:0 0 @a 0 1 handle_errors", true},
	{"mirror", "disk 2 @a 1024 2 8:0 0 8:0 1 1 handle_errors", true},
	{"mirror", "disk 3 @a 1024 nosync 1 8:0 0", true},
	{"mirror", "disk 2 8:16 1024 1 8:0 0", false},
	{"mirror", "core 1 1024 2 8:0 0 8:16 0 1 handle_errors", false},
	{"mirror", "userspace 1 1024 1 8:0 0", false},
	{"raid", "raid1 3 0 region_size 1024 2 @a 8:0 - -", true},
	{"raid", "raid5_ls 6 128 rebuild 1 delta_disks -1 1 @a 8:0", false}, /* one word less than it says */
	{"raid", "raid5_ls 5 128 rebuild 1 delta_disks -1 1 @a 8:0", true},
	{"raid", "raid4 3 128 journal_dev 8:0 1 - @a", false},
	{"raid", "raid1 1 0 2 @a 8:0 - 8:16", false},
	{"raid", "raid7 1 0 1 @a 8:0", false},
	{"snapshot", "@a 8:0 P 8", true},
	{"snapshot-merge", "@a 8:0 P 8", true},
	{"snapshot", "@a 8:0 N 8", false}, /* its exceptions would be in memory */
	{"snapshot", "@a 8:16 P 8", false},
	{"snapshot-origin", "@a", true},
	{"snapshot-origin", "8:16", false},
	{"thin-pool", "@a 8:0 128 0 1 skip_block_zeroing", true},
	{"thin-pool", "@a 8:0 128 0 0", true},
	{"thin-pool", "@a 8:0 128 0 1 8:16", false},
	{"thin", "@a 1", true},
	{"thin", "@a 1 8:0", true},
	{"thin", "@a 1 8:16", false},
	{"cache", "@a 8:0 @a 128 1 writethrough smq 0", true},
	{"cache", "@a 8:0 @a 128 2 metadata2 writeback smq 2 migration_threshold 2048", true},
	{"cache", "@a 8:0 8:16 128 1 writethrough smq 0", false},
	{"cache", "@a 8:0 @a 128 1 writethrough ../x 0", false},
	{"cache", "@a 8:0 @a 128 1 writethrough smq 1 8:16", false},
};

static void test_lines(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(line_rows); i++) {
		g_test_message("%s %s", line_rows[i].target, line_rows[i].params);
		g_assert_true(dm_params_valid(line_rows[i].target, line_rows[i].params, a_or_8_0, NULL) ==
			      line_rows[i].valid);
	}
}

#define GROUP "abcdefABCDEF0123456789ghijklmnop"

static void test_uuids(void)
{
	g_assert_true(dm_uuid_of_group("LVM-" GROUP GROUP, GROUP));
	g_assert_true(dm_uuid_of_group("LVM-" GROUP GROUP "-missing_0_1", GROUP));
	g_assert_false(dm_uuid_of_group("LVM-" GROUP GROUP "x", GROUP));
	g_assert_false(dm_uuid_of_group("LVM-" GROUP GROUP "-", GROUP));
	g_assert_false(dm_uuid_of_group("LVM-" GROUP "abcdefABCDEF0123456789ghijklmno", GROUP));
	g_assert_false(dm_uuid_of_group("LVM-" GROUP GROUP, "Abcdef" "ABCDEF0123456789ghijklmnop"));
	g_assert_false(dm_uuid_of_group("LVM-" GROUP GROUP, ""));
	g_assert_false(dm_uuid_of_group("CRYPT-" GROUP GROUP, GROUP));
	g_assert_false(dm_uuid_of_group("", GROUP));
	g_assert_true(dm_name_valid("v--1-a.b+c_d"));
	g_assert_false(dm_name_valid(""));
	g_assert_false(dm_name_valid(".."));
	g_assert_false(dm_name_valid("a/b"));
	g_assert_false(dm_name_valid("a b"));
	g_assert_false(dm_name_valid("a\n"));
}

/* ---- metadata ---- */

static dev_t ram(void *data, const struct lvm_pv *pv)
{
	const struct lvm_vg *vg = data;

	for (guint i = 0; i < vg->pvs->len; i++)
		if (g_ptr_array_index(vg->pvs, i) == pv)
			return makedev(1, i + 1);
	return 0;
}

static bool is_ram(void *data, dev_t n)
{
	const struct lvm_vg *vg = data;

	return major(n) == 1 && minor(n) >= 1 && minor(n) <= vg->pvs->len;
}

/* Every LV of the text: refused with a reason, or a transaction with nothing in it but the group's own. */
static void expect_harmless(const char *text)
{
	g_autofree char *why = NULL;
	struct lvm_vg *vg = NULL;

	if (lvm_vg_parse(text, &vg, &why) < 0) {
		g_assert_nonnull(why);
		return;
	}
	for (guint i = 0; i < vg->lvs->len; i++) {
		g_autoptr(GString) table = g_string_new(NULL);
		g_autofree char *reason = NULL, *fault = NULL;
		int r = lvm_lv_table(vg, g_ptr_array_index(vg->lvs, i), ram, vg, table, &reason);

		g_assert_true(r < 0 ? reason && table->len == 0 : table->len > 0);
		for (const char *p = reason; p && *p; p++)
			g_assert_true(g_ascii_isprint(*p));
		fault = transaction_fault(vg, table->str, is_ram, vg);
		g_assert_cmpstr(fault, ==, NULL);
	}
	lvm_vg_free(vg);
}

/* Written into the text in place of each of its words in turn. */
static const char *const hostile[] = {
	"\"smq 0\ndevice evil-zap LVM-x rw 20\n0 4096 linear 98:16 0\n4096 8 linear 98:0\"",
	"\"x\n0 8 linear 8:0 0\"",
	"\"smq 2 a 8:0\"",
	"\"8:0\"",
	"\"/dev/sda\"",
	"\"@types-raid1\"",
	"\"\"",
	"2048",
	"18446744073709551615",
	"-1",
	"[\"raid1_rimage_0\", \"pool\"]",
};

/* The end of the word or number at p, which is no key; NULL: there is none. */
static const char *value_end(const char *p, const char *before)
{
	const char *end = p;

	if (!strchr("=[,", *before) && *before != ' ')
		return NULL;
	if (*p == '"') {
		end = strchr(p + 1, '"');
		return end ? end + 1 : NULL;
	}
	while (g_ascii_isalnum(*end))
		end++;
	return end > p && strchr("\n,]", *end) ? end : NULL;
}

static void test_hostile(gconstpointer data)
{
	g_autofree char *text = test_file(data, NULL);
	unsigned n = 0, step = strlen(text) > 10000 ? 7 : 1;

	for (const char *p = text + 1; *p; p++) {
		const char *end = value_end(p, p - 1);
		g_autoptr(GString) changed = NULL;

		if (!end)
			continue;
		if (n++ % step == 0) {
			changed = g_string_new_len(text, p - text);
			g_string_append(changed, hostile[n / step % G_N_ELEMENTS(hostile)]);
			g_string_append(changed, end);
			expect_harmless(changed->str);
		}
		p = end - 1;
	}
	g_assert_cmpuint(n, >, 20);
}

/* One cached LV on one disk whose policy is what %s says. */
#define CACHED                                                                                      \
	"contents = \"Text Format Volume Group\" version = 1 "                                      \
	"vg { id = \"vvvvvv-vvvv-vvvv-vvvv-vvvv-vvvv-vvvvvv\" seqno = 1 extent_size = 8 "           \
	"physical_volumes { pv0 { id = \"aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\" pe_start = 2048 " \
	"pe_count = 10 } } logical_volumes { "                                                      \
	"a { id = \"aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\" status = [\"READ\", \"WRITE\", \"VISIBLE\"] " \
	"segment1 { start_extent = 0 extent_count = 2 type = \"cache+CACHE_USES_CACHEVOL\" "        \
	"cache_pool = \"c\" origin = \"o\" metadata_start = 0 metadata_len = 8 data_start = 8 data_len = 8 " \
	"chunk_size = 8 %s } } "                                                                    \
	"c { id = \"cccccc-cccc-cccc-cccc-cccc-cccc-cccccc\" flags = [\"CACHE_VOL\"] "              \
	"segment1 { start_extent = 0 extent_count = 2 type = \"striped\" stripes = [\"pv0\", 0] } } " \
	"o { id = \"oooooo-oooo-oooo-oooo-oooo-oooo-oooooo\" "                                      \
	"segment1 { start_extent = 0 extent_count = 2 type = \"striped\" stripes = [\"pv0\", 2] } } } }"

static const struct {
	const char *settings;
	int error;
	const char *why;
} policy_rows[] = {
	{"policy = \"smq\" policy_settings { a = 1 }", 0, NULL},
	{"policy = \"cleaner\"", 0, NULL},
	{"policy = \"smq 0\ndevice evil-zap ZAP rw 20\n0 8 linear 98:16 0\n8 8 linear 98:0\"", -EOPNOTSUPP,
	 "a: cache policy smq 0?device evil-zap ZAP rw 20?0 8 linear 98:16 0?8 8 linear 98:0"},
	{"policy = \"smq 2 8:0\"", -EOPNOTSUPP, "a: cache policy smq 2 8:0"},
	{"policy = \"\"", -EOPNOTSUPP, "a: cache policy "},
	{"policy_settings { a.b = 1 }", -EBADMSG, "a: no number a.b"},
	{"policy_settings { a = \"8:0\" }", -EBADMSG, "a: no number a"},
	{"cache_mode = \"writeback 8:0\"", -EOPNOTSUPP, "a: cache mode writeback 8:0"},
	{"cache_mode = \"x\x9b\x1b[2J\"", -EOPNOTSUPP, "a: cache mode x??[2J"},
};

static void test_policy(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(policy_rows); i++) {
		g_autofree char *text = g_strdup_printf(CACHED, policy_rows[i].settings);
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *why = NULL, *fault = NULL;
		struct lvm_vg *vg = NULL;

		g_assert_cmpint(lvm_vg_parse(text, &vg, &why), ==, 0);
		g_assert_cmpint(lvm_lv_table(vg, lvm_vg_find_lv(vg, "a"), ram, vg, out, &why), ==,
				policy_rows[i].error);
		g_assert_cmpstr(why, ==, policy_rows[i].why);
		fault = transaction_fault(vg, out->str, is_ram, vg);
		g_assert_cmpstr(fault, ==, NULL);
		lvm_vg_free(vg);
	}
}

void add_hostile_tests(void)
{
	static const char *const texts[] = {"plain.text", "odd.text", "types.text"};

	g_test_add_func("/hostile/lines", test_lines);
	g_test_add_func("/hostile/uuids", test_uuids);
	g_test_add_func("/hostile/policy", test_policy);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *path = g_strconcat("/hostile/text/", texts[i], NULL);

		g_test_add_data_func(path, texts[i], test_hostile);
	}
}
