/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device-mapper tables of one LV and of everything below it, as vgchange -ay would load them.
 * A kind of segment is one function and one line in segtypes[].
 */
#include "format/lvm.h"

#define DEPTH_MAX 16
#define STRIPES_MAX 128 /* LVM's own limit */
#define DM_NAME_MAX 127 /* device-mapper's */

/* ---- areas ---- */

static int pv_area(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_pv *pv,
		   uint64_t extent, uint64_t extents, GString *line)
{
	uint64_t sector;
	dev_t devnum;

	if (extent > pv->pe_count || extents > pv->pe_count - extent ||
	    __builtin_mul_overflow(extent, b->vg->extent_size, &sector) ||
	    __builtin_add_overflow(sector, pv->pe_start, &sector))
		return lvm_fail(b->why, -EBADMSG, "%s: a segment is outside of %s", s->lv->name,
				pv->name);
	devnum = b->pv_devnum(b->data, pv);
	if (devnum == 0)
		return lvm_fail(b->why, -ENODEV, "%s: %s (%s) is missing", s->lv->name, pv->name,
				pv->uuid);
	g_string_append_printf(line, " %u:%u %" PRIu64, major(devnum), minor(devnum), sector);
	return 0;
}

static int lv_area(struct lvm_build *b, const struct lvm_lv *lv, uint64_t extent, GString *line)
{
	g_autofree char *name = lvm_dm_name(b->vg->name, lv->name, NULL);
	uint64_t sector;
	int r;

	if (__builtin_mul_overflow(extent, b->vg->extent_size, &sector))
		return lvm_fail(b->why, -EBADMSG, "%s: impossible extent", lv->name);
	r = lvm_build_lv(b, lv, &(struct lvm_device){0});
	if (r >= 0)
		g_string_append_printf(line, " @%s %" PRIu64, name, sector);
	return r;
}

int lvm_build_area(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_node *pairs,
		   unsigned n, uint64_t extents, GString *line)
{
	const struct lvm_pv *pv;
	const struct lvm_lv *lv;
	uint64_t extent;

	if (!pairs || !pairs->strings || g_strv_length(pairs->strings) / 2 <= n ||
	    parse_u64(pairs->strings[2 * n + 1], &extent) < 0)
		return lvm_fail(b->why, -EBADMSG, "%s: area %u of a segment is not there", s->lv->name,
				n);
	pv = lvm_vg_find_pv(b->vg, pairs->strings[2 * n]);
	if (pv)
		return pv_area(b, s, pv, extent, extents, line);
	lv = lvm_vg_find_lv(b->vg, pairs->strings[2 * n]);
	if (lv)
		return lv_area(b, lv, extent, line);
	return lvm_fail(b->why, -EBADMSG, "%s: area %u of a segment is on nothing known", s->lv->name,
			n);
}

/* ---- kinds of segments ---- */

/* One stripe is what LVM calls linear. */
static int table_striped(struct lvm_build *b, const struct lvm_segment *s, GString *line)
{
	const struct lvm_node *areas = lvm_node_get(s->node, "stripes");
	uint64_t stripes = 1, chunk = 0, extents = s->length / b->vg->extent_size;
	int r = 0;

	if (lvm_node_u64(s->node, "stripe_count", &stripes) == -EBADMSG || stripes == 0 ||
	    stripes > STRIPES_MAX || extents % stripes)
		return lvm_fail(b->why, -EBADMSG, "%s: impossible number of stripes", s->lv->name);
	if (stripes == 1) {
		g_string_append(line, "linear");
	} else {
		if (lvm_node_u64(s->node, "stripe_size", &chunk) < 0 || chunk == 0 || chunk > UINT32_MAX)
			return lvm_fail(b->why, -EBADMSG, "%s: impossible size of stripes", s->lv->name);
		g_string_append_printf(line, "striped %" PRIu64 " %" PRIu64, stripes, chunk);
	}
	for (unsigned i = 0; r >= 0 && i < stripes; i++)
		r = lvm_build_area(b, s, areas, i, extents / stripes, line);
	return r;
}

static int table_bare(struct lvm_build *b, const struct lvm_segment *s, GString *line)
{
	g_string_append(line, s->type);
	return 0;
}

static const struct lvm_segtype segtypes[] = {
	{"striped", table_striped},
	{"linear", table_striped},
	{"error", table_bare},
	{"zero", table_bare},
};

static const struct lvm_segtype *segtype_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(segtypes); i++)
		if (streq0(segtypes[i].name, name))
			return &segtypes[i];
	return NULL;
}

/* ---- devices ---- */

static int segment_read(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_node *n,
			uint64_t start, struct lvm_segment *ret)
{
	struct lvm_segment s = {.lv = lv, .node = n, .type = lvm_node_str(n, "type")};
	uint64_t first, count, end;

	if (!s.type || lvm_node_u64(n, "start_extent", &first) < 0 ||
	    lvm_node_u64(n, "extent_count", &count) < 0 || count == 0 ||
	    __builtin_mul_overflow(first, b->vg->extent_size, &s.start) ||
	    __builtin_mul_overflow(count, b->vg->extent_size, &s.length) ||
	    __builtin_add_overflow(s.start, s.length, &end) || end > INT64_MAX)
		return lvm_fail(b->why, -EBADMSG, "%s: %s is not valid", lv->name, n->key);
	if (s.start != start)
		return lvm_fail(b->why, -EBADMSG, "%s: %s does not follow on the one before", lv->name,
				n->key);
	*ret = s;
	return 0;
}

static int build_segments(struct lvm_build *b, const struct lvm_lv *lv, GString *table)
{
	uint64_t start = 0;
	int r;

	for (guint i = 0; i < lv->node->children->len; i++) {
		const struct lvm_node *n = g_ptr_array_index(lv->node->children, i);
		const struct lvm_segtype *type;
		struct lvm_segment s;

		if (!n->children || !g_str_has_prefix(n->key, "segment"))
			continue;
		r = segment_read(b, lv, n, start, &s);
		if (r < 0)
			return r;
		type = segtype_find(s.type);
		if (!type)
			return lvm_fail(b->why, -EOPNOTSUPP, "%s: segment type %s", lv->name, s.type);
		g_string_append_printf(table, "%" PRIu64 " %" PRIu64 " ", s.start, s.length);
		r = type->table(b, &s, table);
		if (r < 0)
			return r;
		g_string_append_c(table, '\n');
		start += s.length;
	}
	if (start == 0)
		return lvm_fail(b->why, -EBADMSG, "%s: no segments", lv->name);
	return 0;
}

static void append_device(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_device *how,
			  const char *name, const char *table)
{
	g_autofree char *uuid = lvm_dm_uuid(b->vg, lv, how->uuid_layer ?: how->name_layer);
	unsigned flags = how->flags;

	if (!flags)
		flags = lv->visible ? LVM_UDEV_VISIBLE : LVM_UDEV_HIDDEN;
	g_string_append_printf(b->text, "device %s %s %s %x\n%s", name, uuid,
			       lv->readonly || how->readonly ? "ro" : "rw", flags, table);
}

/* What an LV's flags say about it that no table of ours can express. */
static int check_supported(struct lvm_build *b, const struct lvm_lv *lv)
{
	static const char *const flags[] = {"LOCKED", "PVMOVE"};

	for (size_t i = 0; i < G_N_ELEMENTS(flags); i++)
		if (lvm_node_has(lv->node, "status", flags[i]))
			return lvm_fail(b->why, -EOPNOTSUPP, "%s: pvmove under way", lv->name);
	if (lv->snapshots || lv->origin)
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: segment type snapshot", lv->name);
	return 0;
}

int lvm_build_lv(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_device *how)
{
	char *name = lvm_dm_name(b->vg->name, lv->name, how->name_layer);
	g_autoptr(GString) table = g_string_new(NULL);
	int r;

	if (g_hash_table_contains(b->devices, name)) {
		bool done = g_hash_table_lookup(b->devices, name) != NULL;

		g_free(name);
		return done ? 0 : lvm_fail(b->why, -EBADMSG, "%s: lies on itself", lv->name);
	}
	g_hash_table_insert(b->devices, name, NULL);
	if (strlen(name) > DM_NAME_MAX)
		return lvm_fail(b->why, -ENAMETOOLONG, "%s: name is too long for a device", lv->name);
	if (b->depth >= DEPTH_MAX)
		return lvm_fail(b->why, -EOVERFLOW, "%s: too many layers", lv->name);
	r = check_supported(b, lv);
	if (r < 0)
		return r;
	b->depth++;
	r = build_segments(b, lv, table);
	b->depth--;
	if (r < 0)
		return r;
	append_device(b, lv, how, name, table->str);
	g_hash_table_insert(b->devices, g_strdup(name), b);
	return 0;
}

int lvm_lv_table(const struct lvm_vg *vg, const struct lvm_lv *lv,
		 dev_t (*pv_devnum)(void *, const struct lvm_pv *), void *data, GString *text,
		 char **why)
{
	g_autoptr(GHashTable) devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct lvm_build b = {
		.vg = vg,
		.pv_devnum = pv_devnum,
		.data = data,
		.text = text,
		.devices = devices,
		.why = why,
	};
	gsize before = text->len;
	int r = lvm_build_lv(&b, lv, &(struct lvm_device){0});

	if (r < 0)
		g_string_truncate(text, before);
	return r;
}
