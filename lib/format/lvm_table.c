/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device-mapper tables of one LV and of everything below it, as vgchange -ay would load them.
 * A kind of segment is one function and one line in segtypes[].
 */
#include "format/lvm.h"

#define DEPTH_MAX 16
#define STRIPES_MAX 128 /* LVM's own limit */
#define DM_NAME_MAX 127 /* device-mapper's */
#define LVM_MINORS (1U << 20)

/* ---- areas ---- */

/* LVM's stand-in for a part that redundancy makes up for. */
static int missing_area(struct lvm_build *b, const struct lvm_segment *s, unsigned n, uint64_t extents,
			GString *line)
{
	g_autofree char *layer = g_strdup_printf("missing_%u_%u", s->index, n);
	g_autofree char *name = lvm_dm_name(b->vg->shown, s->lv->name, layer);
	g_autofree char *table = g_strdup_printf("0 %" PRIu64 " error\n", extents * b->vg->extent_size);
	int r;

	b->missing++;
	if (strlen(name) > DM_NAME_MAX)
		return lvm_fail(b->why, -ENAMETOOLONG, "%s: name is too long for a device", s->lv->name);
	r = lvm_build_add(b, s->lv, &(struct lvm_device){.name_layer = layer}, table);
	g_string_append_printf(line, " @%s 0", name);
	return r;
}

static int pv_area(struct lvm_build *b, const struct lvm_segment *s, unsigned n, const struct lvm_pv *pv,
		   uint64_t extent, uint64_t extents, GString *line)
{
	g_autofree char *number = NULL;
	uint64_t sector;
	dev_t devnum;

	if (extent > pv->pe_count || extents > pv->pe_count - extent ||
	    __builtin_mul_overflow(extent, b->vg->extent_size, &sector) ||
	    __builtin_add_overflow(sector, pv->pe_start, &sector))
		return lvm_fail(b->why, -EBADMSG, "%s: a segment is outside of %s", s->lv->name,
				pv->name);
	devnum = b->pv_devnum(b->data, pv);
	if (devnum == 0 && b->redundant)
		return missing_area(b, s, n, extents, line);
	if (devnum == 0)
		return lvm_fail(b->why, -ENODEV, "%s: %s (%s) is missing", s->lv->name, pv->name,
				pv->uuid);
	b->on_readonly |= pv->readonly;
	number = g_strdup_printf("%u:%u", major(devnum), minor(devnum));
	g_string_append_printf(line, " %s %" PRIu64, number, sector);
	g_hash_table_add(b->numbers, g_steal_pointer(&number));
	return 0;
}

static int lv_area(struct lvm_build *b, const struct lvm_segment *s, const char *name, uint64_t extent,
		   GString *line)
{
	uint64_t sector;
	int r;

	if (__builtin_mul_overflow(extent, b->vg->extent_size, &sector))
		return lvm_fail(b->why, -EBADMSG, "%s: impossible extent", s->lv->name);
	r = lvm_build_ref(b, s->lv, name, NULL, line);
	if (r >= 0)
		g_string_append_printf(line, " %" PRIu64, sector);
	return r;
}

int lvm_build_area(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_node *pairs,
		   unsigned n, uint64_t extents, GString *line)
{
	const struct lvm_pv *pv;
	uint64_t extent;

	if (!pairs || !pairs->strings || g_strv_length(pairs->strings) / 2 <= n ||
	    parse_u64(pairs->strings[2 * n + 1], &extent) < 0)
		return lvm_fail(b->why, -EBADMSG, "%s: area %u of a segment is not there", s->lv->name,
				n);
	pv = lvm_vg_find_pv(b->vg, pairs->strings[2 * n]);
	if (pv)
		return pv_area(b, s, n, pv, extent, extents, line);
	return lv_area(b, s, pairs->strings[2 * n], extent, line);
}

/* ---- kinds of segments ---- */

/* One stripe is what LVM calls linear. */
int lvm_table_striped(struct lvm_build *b, const struct lvm_segment *s, GString *line)
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
	{"striped", lvm_table_striped, true},
	{"linear", lvm_table_striped, true},
	{"error", table_bare, true},
	{"zero", table_bare, true},
	{"mirror", lvm_table_mirror},
	{"raid0", lvm_table_raid},
	{"raid0_meta", lvm_table_raid},
	{"raid1", lvm_table_raid},
	{"raid4", lvm_table_raid},
	{"raid5", lvm_table_raid},
	{"raid5_la", lvm_table_raid},
	{"raid5_ra", lvm_table_raid},
	{"raid5_ls", lvm_table_raid},
	{"raid5_rs", lvm_table_raid},
	{"raid5_n", lvm_table_raid},
	{"raid6", lvm_table_raid},
	{"raid6_zr", lvm_table_raid},
	{"raid6_nr", lvm_table_raid},
	{"raid6_nc", lvm_table_raid},
	{"raid6_n_6", lvm_table_raid},
	{"raid6_ls_6", lvm_table_raid},
	{"raid6_rs_6", lvm_table_raid},
	{"raid6_la_6", lvm_table_raid},
	{"raid6_ra_6", lvm_table_raid},
	{"raid10", lvm_table_raid},
	{"thin", lvm_table_thin, true},
	{"thin-pool", lvm_table_thin_pool},
	{"cache", lvm_table_cache},
	{"cache+CACHE_USES_CACHEVOL", lvm_table_cache},
};

static const struct lvm_segtype *segtype_find(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(segtypes); i++)
		if (streq0(segtypes[i].name, name))
			return &segtypes[i];
	return NULL;
}

/* ---- segments ---- */

int lvm_build_writes(struct lvm_build *b, const struct lvm_lv *lv, const char *what)
{
	if (!b->on_readonly)
		return 0;
	return lvm_fail(b->why, -EROFS, "%s: on a disk that is read-only, and %s writes to it when it is active", lv->name,
			what);
}

static bool is_segment(const struct lvm_node *n)
{
	return n->children && g_str_has_prefix(n->key, "segment");
}

static int segment_read(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_node *n,
			uint64_t start, struct lvm_segment *ret)
{
	struct lvm_segment s = {
		.lv = lv, .node = n, .type = lvm_node_str(n, "type"), .index = ret->index};
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

/* Calls fn for each segment, if there is one; *size becomes the end of the last. */
static int each_segment(struct lvm_build *b, const struct lvm_lv *lv,
			int (*fn)(struct lvm_build *, const struct lvm_segment *, GString *),
			GString *table, uint64_t *size)
{
	struct lvm_segment s = {.index = 0};
	uint64_t start = 0;
	int r;

	for (guint i = 0; i < lv->node->children->len; i++) {
		const struct lvm_node *n = g_ptr_array_index(lv->node->children, i);

		if (!is_segment(n))
			continue;
		r = segment_read(b, lv, n, start, &s);
		if (r >= 0 && fn)
			r = fn(b, &s, table);
		if (r < 0)
			return r;
		start += s.length;
		s.index++;
	}
	if (start == 0)
		return lvm_fail(b->why, -EBADMSG, "%s: no segments", lv->name);
	if (size)
		*size = start;
	return 0;
}

int lvm_lv_size(struct lvm_build *b, const struct lvm_lv *lv, uint64_t *ret)
{
	return each_segment(b, lv, NULL, NULL, ret);
}

static int segment_line(struct lvm_build *b, const struct lvm_segment *s, GString *table)
{
	const struct lvm_segtype *type = segtype_find(s->type);
	int r;

	if (!type)
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: segment type %s", s->lv->name, s->type);
	g_string_append_printf(table, "%" PRIu64 " %" PRIu64 " ", s->start, s->length);
	r = type->table(b, s, table);
	g_string_append_c(table, '\n');
	return r < 0 || type->passive ? r : lvm_build_writes(b, s->lv, s->type);
}

/* ---- devices ---- */

/*
 * What an LV's status may say.  LVM refuses metadata with words it does not know, and those of
 * conversions under way (pvmove, reshape, rebuild) change tables in ways that are not done here.
 */
static int check_status(struct lvm_build *b, const struct lvm_lv *lv)
{
	static const char *const known[] = {"READ",	   "WRITE",	"VISIBLE", "FIXED_MINOR",
					    "WRITEMOSTLY", "NOTSYNCED", NULL};
	const struct lvm_node *status = lvm_node_get(lv->node, "status");

	for (char **s = status ? status->strings : NULL; s && *s; s++)
		if (!g_strv_contains(known, *s))
			return lvm_fail(b->why, -EOPNOTSUPP, "%s: status %s", lv->name, *s);
	return 0;
}

static bool device_known(void *data, const char *word)
{
	const struct lvm_build *b = data;

	return *word == '@' ? g_hash_table_lookup(b->devices, word + 1) != NULL :
			      g_hash_table_contains(b->numbers, word);
}

/* The one place that every line passes: whatever words of the text got into it, this is all it can be. */
static bool table_valid(struct lvm_build *b, const char *table)
{
	g_auto(GStrv) lines = g_strsplit(table, "\n", -1);
	uint64_t at = 0, start, length;

	for (char **l = lines; *l && (**l || l[1]); l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", 4);

		if (g_strv_length(words) < 3 || parse_u64(words[0], &start) < 0 || start != at ||
		    parse_u64(words[1], &length) < 0 || __builtin_add_overflow(at, length, &at) ||
		    !dm_params_valid(words[2], words[3] ?: "", device_known, b))
			return false;
	}
	return at > 0;
}

/* What the metadata want of the device itself: a minor that stays, a read-ahead (0: the kernel's, -1: none). */
static void append_wishes(GString *text, const struct lvm_lv *lv)
{
	const char *readahead = lvm_node_str(lv->node, "read_ahead");
	uint64_t minor;
	int64_t n;

	if (lvm_node_has(lv->node, "status", "FIXED_MINOR") && lvm_node_u64(lv->node, "minor", &minor) >= 0 &&
	    minor < LVM_MINORS)
		g_string_append_printf(text, " minor=%" PRIu64, minor);
	if (readahead && parse_s64(readahead, &n) >= 0 && n && n <= UINT32_MAX)
		g_string_append_printf(text, " readahead=%" PRId64, n < 0 || n == UINT32_MAX ? 0 : n);
}

int lvm_build_add(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_device *how,
		  const char *table)
{
	g_autofree char *name = lvm_dm_name(b->vg->shown, lv->name, how->name_layer);
	g_autofree char *uuid = lvm_dm_uuid(b->vg, lv, how->uuid_layer ?: how->name_layer);
	unsigned flags = how->flags;
	uint64_t transaction;
	const char *mode;

	if (g_hash_table_lookup(b->devices, name))
		return 0;
	if (strlen(name) > DM_NAME_MAX)
		return lvm_fail(b->why, -ENAMETOOLONG, "%s: name is too long for a device", lv->name);
	if (!table_valid(b, table))
		return lvm_fail(b->why, -EBADMSG, "%s: its metadata make no table", lv->name);
	if (!flags)
		flags = lv->visible && !how->name_layer ? LVM_UDEV_VISIBLE : LVM_UDEV_HIDDEN;
	mode = b->on_readonly || how->readonly || (lv->readonly && !how->writable) ? "ro" : "rw";
	g_string_append_printf(b->text, "device %s %s %s %x", name, uuid, mode, flags);
	if (!how->name_layer && !how->uuid_layer && lv->visible)
		append_wishes(b->text, lv);
	if (lvm_node_u64(streq0(how->name_layer, "tpool") ? lvm_lv_segment(lv, 1) : NULL, "transaction_id", &transaction) >= 0)
		g_string_append_printf(b->text, " transaction=%" PRIu64, transaction);
	g_string_append_printf(b->text, "\n%s", table);
	g_hash_table_insert(b->devices, g_steal_pointer(&name), (void *)(b->on_readonly ? "ro" : "rw"));
	return 0;
}

/* The table of a device, and before it the devices below. */
static int build_table(struct lvm_build *b, const struct lvm_lv *lv, struct lvm_device *how, bool own,
		       GString *table)
{
	int r = check_status(b, lv);

	if (r < 0)
		return r;
	if (b->depth >= DEPTH_MAX)
		return lvm_fail(b->why, -EOVERFLOW, "%s: too many layers", lv->name);
	b->depth++;
	if (own)
		r = lvm_build_layers(b, lv, table, how);
	if (r >= 0 && table->len == 0)
		r = each_segment(b, lv, segment_line, table, NULL);
	b->depth--;
	return r;
}

int lvm_build_lv(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_device *how)
{
	struct lvm_device device = how ? *how : (struct lvm_device){0};
	char *name = lvm_dm_name(b->vg->shown, lv->name, device.name_layer);
	g_autoptr(GString) table = g_string_new(NULL);
	bool seen = g_hash_table_contains(b->devices, name), outer = b->on_readonly;
	const char *done = g_hash_table_lookup(b->devices, name);
	int r;

	if (seen) {
		g_free(name);
		b->on_readonly |= streq0(done, "ro");
		return done ? 0 : lvm_fail(b->why, -EBADMSG, "%s: lies on itself", lv->name);
	}
	g_hash_table_insert(b->devices, name, NULL);
	b->on_readonly = false;
	r = build_table(b, lv, &device, !how, table);
	if (r >= 0)
		r = lvm_build_add(b, lv, &device, table->str);
	b->on_readonly |= outer;
	return r;
}

int lvm_build_ref(struct lvm_build *b, const struct lvm_lv *user, const char *name,
		  const struct lvm_device *how, GString *line)
{
	const struct lvm_lv *lv = lvm_vg_find_lv(b->vg, name);
	g_autofree char *dm = NULL;
	int r;

	if (!lv)
		return lvm_fail(b->why, -EBADMSG, "%s: lies on %s, which there is not", user->name,
				name ?: "something");
	r = lvm_build_lv(b, lv, how);
	if (r < 0)
		return r;
	dm = lvm_dm_name(b->vg->shown, lv->name, how ? how->name_layer : NULL);
	g_string_append_printf(line, " @%s", dm);
	return 0;
}

void lvm_remark(struct lvm_build *b, enum lvm_remark kind, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_free(b->remark);
	b->remark = g_strdup_vprintf(format, args);
	b->remark_kind = kind;
	va_end(args);
}

int lvm_lv_table(const struct lvm_vg *vg, const struct lvm_lv *lv,
		 dev_t (*pv_devnum)(void *, const struct lvm_pv *), void *data, GString *text,
		 char **why)
{
	g_autoptr(GHashTable) devices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	struct lvm_build b = {
		.vg = vg,
		.pv_devnum = pv_devnum,
		.data = data,
		.text = text,
		.devices = devices,
		.numbers = numbers,
		.why = why,
	};
	gsize before = text->len;
	/* A snapshot comes and goes with its origin. */
	int r = lvm_build_lv(&b, lv->origin ?: lv, NULL);

	if (r < 0) {
		g_string_truncate(text, before);
		g_free(b.remark);
		return r;
	}
	if (b.on_readonly && !b.remark)
		lvm_remark(&b, LVM_REMARK_READONLY, "%s: loaded read-only: a disk of it is", lv->name);
	if (b.remark && why) {
		g_free(*why);
		*why = g_steal_pointer(&b.remark);
	}
	g_free(b.remark);
	return b.remark_kind;
}
