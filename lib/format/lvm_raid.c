/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RAID segments (dm-raid) and the older mirrors (dm-mirror). */
#include "format/lvm.h"

#define DEVICES_MAX 253 /* dm-raid's limit */

struct raid {
	const char *level; /* dm-raid's word */
	char **names;	   /* metadata and image LVs in turn, or only images */
	unsigned n, lost;  /* images */
	bool has_metadata;
	uint64_t copies; /* raid10 */
};

static const char *level_of(const char *type)
{
	static const char *const others[][2] = {
		{"raid0_meta", "raid0"},
		{"raid5", "raid5_ls"},
		{"raid6", "raid6_zr"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (g_str_equal(type, others[i][0]))
			return others[i][1];
	return type;
}

static int raid_read(struct lvm_build *b, const struct lvm_segment *s, struct raid *ret)
{
	const struct lvm_node *images = lvm_node_get(s->node, "raid0_lvs");
	struct raid raid = {.level = level_of(s->type), .copies = 2};
	uint64_t count;

	if (!images) {
		images = lvm_node_get(s->node, "raids");
		raid.has_metadata = true;
	}
	if (lvm_node_u64(s->node, "device_count", &count) < 0 &&
	    lvm_node_u64(s->node, "stripe_count", &count) < 0)
		return lvm_fail(b->why, -EBADMSG, "%s: no number of images", s->lv->name);
	if (!images || !images->strings || count == 0 || count > DEVICES_MAX ||
	    g_strv_length(images->strings) != count * (raid.has_metadata ? 2 : 1))
		return lvm_fail(b->why, -EBADMSG, "%s: impossible number of images", s->lv->name);
	if (lvm_node_u64(s->node, "data_copies", &raid.copies) == -EBADMSG)
		return lvm_fail(b->why, -EBADMSG, "%s: no number data_copies", s->lv->name);
	if (lvm_node_get(s->node, "data_offset") || lvm_node_get(s->node, "reshape_count"))
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: reshape under way", s->lv->name);
	raid.names = images->strings;
	raid.n = (unsigned)count;
	*ret = raid;
	return 0;
}

static const char *image_name(const struct raid *raid, unsigned i)
{
	return raid->names[raid->has_metadata ? 2 * i + 1 : i];
}

/* Appends " WORD NUMBER" for a number that is there and not 0. */
static int number_param(struct lvm_build *b, const struct lvm_segment *s, const char *key,
			const char *word, GString *to, unsigned *n)
{
	uint64_t value = 0;

	if (lvm_node_u64(s->node, key, &value) == -EBADMSG)
		return lvm_fail(b->why, -EBADMSG, "%s: no number %s", s->lv->name, key);
	if (value) {
		g_string_append_printf(to, " %s %" PRIu64, word, value);
		*n += 2;
	}
	return 0;
}

static int raid_params(struct lvm_build *b, const struct lvm_segment *s, const struct raid *raid,
		       GString *line)
{
	static const char *const rates[] = {"min_recovery_rate", "max_recovery_rate"};
	g_autoptr(GString) params = g_string_new(NULL);
	uint64_t chunk = 0;
	unsigned n = 1;
	int r = 0;

	if (lvm_node_u64(s->node, "stripe_size", &chunk) == -EBADMSG)
		return lvm_fail(b->why, -EBADMSG, "%s: no number stripe_size", s->lv->name);
	for (size_t i = 0; r >= 0 && i < G_N_ELEMENTS(rates); i++)
		r = number_param(b, s, rates[i], rates[i], params, &n);
	for (unsigned i = 0; i < raid->n; i++) {
		const struct lvm_lv *image = lvm_vg_find_lv(b->vg, image_name(raid, i));

		if (image && lvm_node_has(image->node, "status", "WRITEMOSTLY")) {
			g_string_append_printf(params, " write_mostly %u", i);
			n += 2;
		}
	}
	if (r >= 0)
		r = number_param(b, s, "writebehind", "max_write_behind", params, &n);
	if (r >= 0)
		r = number_param(b, s, "region_size", "region_size", params, &n);
	if (g_str_has_prefix(raid->level, "raid10")) {
		g_string_append_printf(params, " raid10_copies %" PRIu64, raid->copies);
		n += 2;
	}
	g_string_append_printf(line, "raid %s %u %" PRIu64 "%s", raid->level, n, chunk, params->str);
	return r;
}

/* How many images may be missing.  For raid10 it matters which: the kernel knows. */
static unsigned dispensable(const struct raid *raid)
{
	if (g_str_has_prefix(raid->level, "raid10"))
		return raid->copies > 1 ? raid->n - raid->n / (unsigned)MIN(raid->copies, raid->n) : 0;
	if (g_str_equal(raid->level, "raid1"))
		return raid->n - 1;
	if (g_str_has_prefix(raid->level, "raid6"))
		return 2;
	return g_str_equal(raid->level, "raid0") ? 0 : 1;
}

static int raid_image(struct lvm_build *b, const struct lvm_segment *s, struct raid *raid, unsigned i,
		      GString *line)
{
	/* The kernel writes to them although nobody may write to the LV. */
	static const struct lvm_device part = {.writable = true};
	const struct lvm_lv *image = lvm_vg_find_lv(b->vg, image_name(raid, i));
	unsigned missing = b->missing;
	int r = 0;

	/* Split off and tracked: it is an LV of its own until it is merged, and a member would be overwritten. */
	if (image && image->visible) {
		g_string_append(line, " - -");
		raid->lost++;
		return 0;
	}
	if (raid->has_metadata)
		r = lvm_build_ref(b, s->lv, raid->names[2 * i], &part, line);
	else
		g_string_append(line, " -");
	if (r >= 0)
		r = lvm_build_ref(b, s->lv, image_name(raid, i), &part, line);
	raid->lost += b->missing > missing;
	return r;
}

int lvm_table_raid(struct lvm_build *b, const struct lvm_segment *s, GString *line)
{
	bool outer = b->redundant;
	struct raid raid;
	int r = raid_read(b, s, &raid);

	if (r >= 0)
		r = raid_params(b, s, &raid, line);
	if (r < 0)
		return r;
	g_string_append_printf(line, " %u", raid.n);
	b->redundant = dispensable(&raid) > 0;
	for (unsigned i = 0; r >= 0 && i < raid.n; i++)
		r = raid_image(b, s, &raid, i, line);
	b->redundant = outer;
	if (r >= 0 && raid.lost > dispensable(&raid))
		return lvm_fail(b->why, -ENODEV, "%s: %u of %u images are missing", s->lv->name,
				raid.lost, raid.n);
	return r;
}

int lvm_table_mirror(struct lvm_build *b, const struct lvm_segment *s, GString *line)
{
	const struct lvm_node *images = lvm_node_get(s->node, "mirrors");
	const char *log = lvm_node_str(s->node, "mirror_log");
	bool unsynced = lvm_node_has(s->lv->node, "status", "NOTSYNCED");
	uint64_t count, region, extents = s->length / b->vg->extent_size;
	int r = 0;

	if (lvm_node_u64(s->node, "mirror_count", &count) < 0 || count == 0 || count > DEVICES_MAX ||
	    lvm_node_u64(s->node, "region_size", &region) < 0 || region == 0)
		return lvm_fail(b->why, -EBADMSG, "%s: impossible mirror", s->lv->name);
	g_string_append_printf(line, "mirror %s %d", log ? "disk" : "core", 1 + !!log + unsynced);
	if (log)
		r = lvm_build_ref(b, s->lv, log, NULL, line);
	g_string_append_printf(line, " %" PRIu64 "%s %" PRIu64, region, unsynced ? " nosync" : "",
			       count);
	for (unsigned i = 0; r >= 0 && i < count; i++)
		r = lvm_build_area(b, s, images, i, extents, line);
	g_string_append(line, " 1 handle_errors");
	return r;
}
