/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LVM labels, metadata areas, the text and the VG: real ones against pvs, vgs and lvs. */
#include "test-format.h"

#include <stdlib.h>

struct pv_row {
	const char *name;
	const char *vg;	    /* prefix of .pvs, .vgs, .text */
	const char *device; /* as in .pvs */
	bool wrapped;	    /* the text goes round the end of its area */
};

static const struct pv_row pv_rows[] = {
	{"plain-0", "plain", "/dev/ram0"},   {"plain-2", "plain", "/dev/ram2"},
	{"odd-3", "odd", "/dev/ram3"}, /* label in the last of the four sectors, two areas */
	{"odd-4", "odd", "/dev/ram4", true}, {"odd-5", "odd", "/dev/ram5"}, /* no metadata area */
};

static char *read_text(const struct image *img, const struct lvm_area *area, bool *wrapped)
{
	unsigned char *header = image_read(img, area->offset, 512), *first, *rest;
	struct lvm_text_location l;
	const char *why = NULL;
	char *text;

	g_assert_cmpint(lvm_mda_parse(header, 512, area, &l, &why), ==, 0);
	g_assert_cmpuint(l.wrap, <=, l.size);
	first = image_read(img, area->offset + l.offset, l.wrap);
	rest = image_read(img, area->offset + 512, l.size - l.wrap);
	text = g_malloc(l.size + 1);
	memcpy(text, first, l.wrap);
	memcpy(text + l.wrap, rest, l.size - l.wrap);
	text[l.size] = '\0';
	g_assert_cmpuint(lvm_crc(LVM_CRC_INITIAL, text, l.size), ==, l.crc);
	g_assert_cmpuint(strlen(text) + 1, ==, l.size); /* LVM counts the NUL */
	*wrapped = l.wrap < l.size;
	free(header);
	free(first);
	free(rest);
	return text;
}

static char **pv_columns(const struct pv_row *row)
{
	g_autofree char *file = g_strconcat(row->vg, ".pvs", NULL);

	return columns_of(file, row->device);
}

static uint64_t number(const char *column)
{
	return g_ascii_strtoull(column, NULL, 10); /* a unit may follow */
}

static char **vg_columns(const char *vg, const char *name)
{
	g_autofree char *file = g_strconcat(vg, ".vgs", NULL);

	return columns_of(file, name);
}

static void test_lvm_pv(gconstpointer data)
{
	const struct pv_row *row = data;
	_cleanup_(image_freep) struct image *img = image_load(row->name);
	g_auto(GStrv) pv = pv_columns(row);
	unsigned char *label = image_read(img, 0, LVM_LABEL_BYTES);
	struct lvm_label l;
	const char *why = NULL;

	g_assert_cmpint(lvm_label_parse(label, LVM_LABEL_BYTES, &l, &why), ==, 0);
	free(label);
	g_assert_cmpstr(l.pv_uuid, ==, pv[1]);
	g_assert_cmpuint(l.device_size, ==, number(pv[2]) * 512);
	g_assert_cmpuint(l.data_start, ==, number(pv[3]) * 512);
	g_assert_cmpuint(l.n_areas, ==, number(pv[5]));
	for (unsigned i = 0; i < l.n_areas; i++) {
		g_auto(GStrv) columns = NULL;
		struct lvm_vg *vg = NULL;
		bool wrapped;
		g_autofree char *text = read_text(img, &l.areas[i], &wrapped);

		g_assert_cmpint(lvm_vg_parse(text, &vg, NULL), ==, 0);
		g_assert_cmpint(wrapped, ==, row->wrapped);
		columns = vg_columns(row->vg, vg->name);
		g_assert_cmpstr(vg->uuid, ==, columns[1]);
		g_assert_cmpuint(vg->seqno, ==, number(columns[2]));
		lvm_vg_free(vg);
	}
}

/* ---- damage ---- */

static void test_lvm_label_damage(gconstpointer data)
{
	const struct pv_row *row = data;
	_cleanup_(image_freep) struct image *img = image_load(row->name);
	unsigned char *whole = image_read(img, 0, LVM_LABEL_BYTES);
	unsigned sector = 0;
	struct lvm_label l;
	const char *why;

	while (memcmp(whole + 512 * sector, "LABELONE", 8) != 0)
		sector++;
	for (size_t len = 0; len <= LVM_LABEL_BYTES; len++) {
		unsigned char *buf = exact_copy(whole, len);

		g_assert_cmpint(lvm_label_parse(buf, len, &l, &why), ==,
				len >= 512 * (sector + 1) ? 0 : -ENODATA);
		free(buf);
	}
	for (size_t i = 512 * sector; i < 512 * (sector + 1); i++) {
		unsigned char *buf = exact_copy(whole, LVM_LABEL_BYTES), *s = buf + 512 * sector;
		uint32_t crc;
		int r;

		buf[i] ^= 0xff;
		why = NULL;
		r = lvm_label_parse(buf, LVM_LABEL_BYTES, &l, &why);
		g_assert_cmpint(r, <, 0);
		g_assert_nonnull(why);
		crc = GUINT32_TO_LE(lvm_crc(LVM_CRC_INITIAL, s + 20, 512 - 20));
		memcpy(s + 16, &crc, 4);
		if (lvm_label_parse(buf, LVM_LABEL_BYTES, &l, &why) == 0) {
			g_assert_cmpuint(strlen(l.pv_uuid), ==, 38);
			g_assert_cmpuint(l.n_areas, <=, 2);
		}
		free(buf);
	}
	free(whole);
}

static void test_lvm_mda_damage(gconstpointer data)
{
	const struct pv_row *row = data;
	_cleanup_(image_freep) struct image *img = image_load(row->name);
	unsigned char *label = image_read(img, 0, LVM_LABEL_BYTES), *whole;
	struct lvm_text_location l;
	struct lvm_label head;
	const char *why = NULL;

	g_assert_cmpint(lvm_label_parse(label, LVM_LABEL_BYTES, &head, &why), ==, 0);
	free(label);
	if (head.n_areas == 0)
		return;
	whole = image_read(img, head.areas[0].offset, 512);
	for (size_t len = 0; len < 512; len++) {
		unsigned char *buf = exact_copy(whole, len);

		g_assert_cmpint(lvm_mda_parse(buf, len, &head.areas[0], &l, &why), ==, -EBADMSG);
		free(buf);
	}
	for (size_t i = 0; i < 512; i++) {
		unsigned char *buf = exact_copy(whole, 512);
		uint32_t crc;

		buf[i] ^= 0xff;
		g_assert_cmpint(lvm_mda_parse(buf, 512, &head.areas[0], &l, &why), ==, -EBADMSG);
		crc = GUINT32_TO_LE(lvm_crc(LVM_CRC_INITIAL, buf + 4, 508));
		memcpy(buf, &crc, 4);
		if (lvm_mda_parse(buf, 512, &head.areas[0], &l, &why) == 0) {
			g_assert_cmpuint(l.wrap, <=, l.size);
			g_assert_cmpuint(l.offset + l.wrap, <=, head.areas[0].size);
			g_assert_cmpuint(512 + l.size - l.wrap, <=, l.offset);
		}
		free(buf);
	}
	free(whole);
}

/* ---- the text ---- */

static const struct {
	const char *text;
	int error;
	unsigned line;
	const char *tree;
} text_rows[] = {
	{"", 0, 0, ""},
	{" \t\n# only a comment", 0, 0, ""},
	{"a=1", 0, 0, "a=(1)"},
	{"a = -5 # five\nb=\"x\"", 0, 0, "a=(-5) b=(x)"},
	{"a = [ ]", 0, 0, "a=()"},
	{"a = [1,2 , \"three # 3\"]", 0, 0, "a=(1,2,three # 3)"},
	{"a = [\n\t\"pv0\", 0,\n\t\"pv1\", 7\n]", 0, 0, "a=(pv0,0,pv1,7)"},
	{"a = [1,]", 0, 0, "a=(1)"},
	{"s { a=1 t { } }b=2", 0, 0, "s{a=(1) t{}} b=(2)"},
	{"a = \"q\\\"b\\\\s\"", 0, 0, "a=(q\"b\\s)"},
	{"a = \"two\nlines\" }", -EBADMSG, 2, NULL},
	{"odd-name--x.y+z_1 { }", 0, 0, "odd-name--x.y+z_1{}"},
	{"a = 1.5", 0, 0, "a=(1.5)"},
	{"a", -EBADMSG, 1, NULL},
	{"a =", -EBADMSG, 1, NULL},
	{"a = \"", -EBADMSG, 1, NULL},
	{"a = \"\\", -EBADMSG, 1, NULL},
	{"a = [", -EBADMSG, 1, NULL},
	{"a = [1 2]", -EBADMSG, 1, NULL},
	{"a = [1", -EBADMSG, 1, NULL},
	{"\n\ns {\n a = 1\n", -EBADMSG, 5, NULL},
	{"}", -EBADMSG, 1, NULL},
	{"= 1", -EBADMSG, 1, NULL},
	{"a { b { c { d { e { f { g { h { i { j { k { l { m { n { o { p { }}}}}}}}}}}}}}}}", 0, 0,
	 "a{b{c{d{e{f{g{h{i{j{k{l{m{n{o{p{}}}}}}}}}}}}}}}}"},
	{"a { b { c { d { e { f { g { h { i { j { k { l { m { n { o { p {\nq { }}}}}}}}}}}}}}}}}",
	 -EOVERFLOW, 2, NULL},
};

static void dump(const struct lvm_node *n, GString *to)
{
	for (guint i = 0; i < n->children->len; i++) {
		const struct lvm_node *c = g_ptr_array_index(n->children, i);

		g_string_append_printf(to, "%s%s", i ? " " : "", c->key);
		if (c->children) {
			g_string_append_c(to, '{');
			dump(c, to);
			g_string_append_c(to, '}');
		} else {
			g_autofree char *joined = g_strjoinv(",", c->strings);

			g_string_append_printf(to, "=(%s)", joined);
		}
	}
}

static void test_lvm_text(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(text_rows); i++) {
		struct lvm_node *root = NULL;
		g_autoptr(GString) s = g_string_new(NULL);
		unsigned line = 0;

		g_test_message("%s", text_rows[i].text);
		g_assert_cmpint(lvm_text_parse(text_rows[i].text, &root, &line), ==, text_rows[i].error);
		g_assert_cmpuint(line, ==, text_rows[i].line);
		if (root) {
			dump(root, s);
			g_assert_cmpstr(s->str, ==, text_rows[i].tree);
		}
		lvm_node_free(root);
	}
}

/* What a text may cost grows with its length: many strings are fine if they are long enough, sections too. */
static void test_lvm_text_bounds(void)
{
	static const struct {
		const char *begin, *each, *end;
		int error;
	} rows[] = {
		{"a = [", "\"12\",", "]", 0},
		{"a = [", "1,", "]", -EOVERFLOW},
		{"", "segment { a = 1 }\n", "", -EOVERFLOW},
		{"", "segment { start_extent = 1 }\n", "", 0},
		{"", "a{}", "", -EOVERFLOW},
		{"", "a=1\n", "", -EOVERFLOW},
	};

	for (size_t r = 0; r < G_N_ELEMENTS(rows); r++) {
		g_autoptr(GString) s = g_string_new(rows[r].begin);
		struct lvm_node *root = NULL;
		unsigned line = 0;

		for (unsigned i = 0; i < 100000; i++)
			g_string_append(s, rows[r].each);
		g_string_append(s, rows[r].end);
		g_test_message("%s", rows[r].each);
		g_assert_cmpint(lvm_text_parse(s->str, &root, &line), ==, rows[r].error);
		g_assert_true((root == NULL) == (rows[r].error < 0));
		lvm_node_free(root);
	}
}

static void test_lvm_node(void)
{
	struct lvm_node *root = NULL;
	uint64_t u = 7;

	g_assert_cmpint(
		lvm_text_parse("s { n = 18446744073709551615 m = -1 w = [\"A\", \"B\"] e = [] t { } }",
			       &root, NULL),
		==, 0);
	const struct lvm_node *s = lvm_node_get(root, "s");

	g_assert_cmpint(lvm_node_u64(s, "n", &u), ==, 0);
	g_assert_cmpuint(u, ==, UINT64_MAX);
	g_assert_cmpint(lvm_node_u64(s, "m", &u), ==, -EBADMSG);
	g_assert_cmpint(lvm_node_u64(s, "w", &u), ==, -EBADMSG);
	g_assert_cmpint(lvm_node_u64(s, "x", &u), ==, -ENODATA);
	g_assert_cmpint(lvm_node_u64(s, "e", &u), ==, -ENODATA);
	g_assert_cmpint(lvm_node_u64(s, "t", &u), ==, -ENODATA);
	g_assert_cmpint(lvm_node_u64(NULL, "t", &u), ==, -ENODATA);
	g_assert_cmpuint(u, ==, UINT64_MAX);
	g_assert_true(lvm_node_has(s, "w", "B"));
	g_assert_false(lvm_node_has(s, "w", "C"));
	g_assert_false(lvm_node_has(s, "n", "A"));
	g_assert_cmpstr(lvm_node_str(s, "w"), ==, "A");
	g_assert_cmpstr(lvm_node_str(s, "e"), ==, NULL);
	lvm_node_free(root);
}

/* ---- the VG ---- */

static struct lvm_vg *vg_load(const char *name)
{
	g_autofree char *file = g_strconcat(name, ".text", NULL);
	g_autofree char *text = test_file(file, NULL);
	g_autofree char *why = NULL;
	struct lvm_vg *vg = NULL;

	g_assert_cmpint(lvm_vg_parse(text, &vg, &why), ==, 0);
	g_assert_cmpstr(why, ==, NULL);
	return vg;
}

static void expect_lv(const char *file, const struct lvm_vg *vg, const struct lvm_lv *lv)
{
	g_auto(GStrv) columns = columns_of(file, lv->name);

	if (g_str_has_prefix(lv->name, "snapshot")) { /* only a relation: lvs does not list it */
		g_assert_null(columns);
		g_assert_false(lv->visible);
		return;
	}
	g_assert_nonnull(columns);
	g_assert_cmpstr(lv->uuid, ==, columns[1]);
	g_assert_cmpint(lv->visible, ==, columns[0][0] != '[');
	g_assert_cmpint(lv->readonly, ==, columns[2][1] == 'r');
	g_assert_cmpint(lv->skip, ==, columns[2][9] == 'k');
}

static void test_lvm_vg(gconstpointer data)
{
	const char *name = data;
	g_autofree char *lvs = g_strconcat(name, ".lvs", NULL), *pvs = g_strconcat(name, ".pvs", NULL);
	struct lvm_vg *vg = vg_load(name);
	g_auto(GStrv) columns = vg_columns(name, vg->name);
	unsigned visible = 0;

	g_assert_cmpstr(vg->uuid, ==, columns[1]);
	g_assert_cmpuint(vg->seqno, ==, number(columns[2]));
	g_assert_cmpuint(vg->extent_size, ==, number(columns[3]));
	g_assert_cmpuint(vg->pvs->len, ==, number(columns[4]));
	g_assert_true(vg->resizeable);
	g_assert_false(vg->exported || vg->clustered || vg->system_id || vg->lock_type);
	for (guint i = 0; i < vg->lvs->len; i++) {
		const struct lvm_lv *lv = g_ptr_array_index(vg->lvs, i);

		expect_lv(lvs, vg, lv);
		visible += lv->visible;
		g_assert_true(lvm_vg_find_lv(vg, lv->name) == lv);
	}
	g_assert_cmpuint(visible, ==, number(columns[5]));
	for (guint i = 0; i < vg->pvs->len; i++) {
		const struct lvm_pv *pv = g_ptr_array_index(vg->pvs, i);
		g_auto(GStrv) row = columns_of(pvs, pv->device);

		g_assert_cmpstr(pv->uuid, ==, row[1]);
		g_assert_cmpuint(pv->dev_size, ==, number(row[2]));
		g_assert_cmpuint(pv->pe_start, ==, number(row[3]));
		g_assert_cmpuint(pv->pe_count, ==, number(row[4]));
		g_assert_false(pv->missing);
	}
	g_assert_null(lvm_vg_find_lv(vg, "none"));
	lvm_vg_free(vg);
}

#define HEAD "contents = \"Text Format Volume Group\"\nversion = 1\n"
#define ID "id = \"AAAAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGGGG\"\n"
#define VG "vg {" ID "seqno = 1 extent_size = 8192 "

static const struct {
	const char *text;
	int error;
	const char *why;
} vg_rows[] = {
	{HEAD VG "}", 0, NULL},
	{HEAD VG "status = [\"EXPORTED\", \"CLUSTERED\"] system_id = \"box\" lock_type = \"dlm\" }", 0,
	 NULL},
	{HEAD VG "physical_volumes { pv0 {" ID "pe_start = 0 pe_count = 1 flags = [\"MISSING\"] } } }",
	 0, NULL},
	{"", -ENODATA, "not the metadata of a volume group"},
	{"version = 1\n" VG "}", -ENODATA, "not the metadata of a volume group"},
	{HEAD, -ENODATA, "metadata without a volume group"},
	{HEAD "vg {", -EBADMSG, "line 3: syntax"},
	{"contents = \"Text Format Volume Group\" version = 2 " VG "}", -EBADMSG,
	 "unknown version of the metadata"},
	{HEAD "-vg { }", -EBADMSG, "name of the volume group is not valid"},
	{HEAD ".. { }", -EBADMSG, "name of the volume group is not valid"},
	{HEAD "a@b { }", -EBADMSG, "name of the volume group is not valid"},
	{HEAD "vg { seqno = 1 }", -EBADMSG, "vg: no valid id"},
	{HEAD "vg { id = \"AAAAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG\\\"\\\"\" }", -EBADMSG,
	 "vg: no valid id"},
	{HEAD "vg {" ID "extent_size = 8192 }", -EBADMSG, "vg: no number seqno"},
	{HEAD "vg {" ID "seqno = 1 extent_size = 0 }", -EBADMSG, "vg: impossible extent_size"},
	{HEAD "vg {" ID "seqno = 1 extent_size = 18446744073709551615 }", -EBADMSG,
	 "vg: impossible extent_size"},
	{HEAD VG "logical_volumes { a {" ID "} a {" ID "} } }", -EBADMSG, "a: there twice"},
	{HEAD VG "logical_volumes { a { } } }", -EBADMSG, "a: no valid id"},
	{HEAD VG "physical_volumes { pv0 {" ID "pe_start = 0 } } }", -EBADMSG,
	 "pv0: no number pe_count"},
	{HEAD VG "logical_volumes { a {" ID "segment1 { type = \"snapshot\" origin = \"b\" } } } }",
	 -EBADMSG, "a: no valid origin and store"},
};

static void test_lvm_vg_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(vg_rows); i++) {
		struct lvm_vg *vg = NULL;
		g_autofree char *why = NULL;

		g_test_message("%s", vg_rows[i].text);
		g_assert_cmpint(lvm_vg_parse(vg_rows[i].text, &vg, &why), ==, vg_rows[i].error);
		g_assert_cmpstr(why, ==, vg_rows[i].why);
		if (i == 1)
			g_assert_true(vg->exported && vg->clustered && streq0(vg->system_id, "box") &&
				      streq0(vg->lock_type, "dlm"));
		if (i == 2)
			g_assert_true(((struct lvm_pv *)g_ptr_array_index(vg->pvs, 0))->missing);
		lvm_vg_free(vg);
	}
}

void add_lvm_tests(void)
{
	static const char *const vgs[] = {"plain", "odd", "types"};

	for (size_t i = 0; i < G_N_ELEMENTS(pv_rows); i++) {
		g_autofree char *pv = g_strconcat("/lvm/pv/", pv_rows[i].name, NULL);
		g_autofree char *label = g_strconcat("/lvm/label-damage/", pv_rows[i].name, NULL);
		g_autofree char *mda = g_strconcat("/lvm/mda-damage/", pv_rows[i].name, NULL);

		g_test_add_data_func(pv, &pv_rows[i], test_lvm_pv);
		g_test_add_data_func(label, &pv_rows[i], test_lvm_label_damage);
		g_test_add_data_func(mda, &pv_rows[i], test_lvm_mda_damage);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(vgs); i++) {
		g_autofree char *path = g_strconcat("/lvm/vg/", vgs[i], NULL);

		g_test_add_data_func(path, vgs[i], test_lvm_vg);
	}
	g_test_add_func("/lvm/text", test_lvm_text);
	g_test_add_func("/lvm/text-bounds", test_lvm_text_bounds);
	g_test_add_func("/lvm/node", test_lvm_node);
	g_test_add_func("/lvm/vg-rows", test_lvm_vg_rows);
}
