/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cached LVs: a pool of two LVs beside the origin, or one LV (cachevol) that holds both parts. */
#include "format/lvm.h"

#define MIGRATION_DEFAULT 2048 /* sectors */

static const struct lvm_device corig = {.uuid_layer = "real"};

static int pool_parts(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_node *pool,
		      GString *line)
{
	static const struct lvm_device cmeta = {.uuid_layer = "cmeta"}, cdata = {.uuid_layer = "cdata"};
	int r = lvm_build_ref(b, s->lv, lvm_node_str(pool, "metadata"), &cmeta, line);

	return r < 0 ? r : lvm_build_ref(b, s->lv, lvm_node_str(pool, "data"), &cdata, line);
}

/* A slice of the cachevol as a device of its own. */
static int volume_part(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_lv *volume,
		       const char *layer, const char *start_key, const char *length_key, GString *line)
{
	static const struct lvm_device cvol = {.uuid_layer = "cvol"};
	const struct lvm_device part = {.name_layer = layer, .flags = LVM_UDEV_VISIBLE};
	g_autofree char *name = lvm_dm_name(b->vg->shown, volume->name, layer);
	g_autoptr(GString) table = g_string_new(NULL);
	uint64_t start, length, end, size;
	int r = lvm_lv_size(b, volume, &size);

	if (r < 0)
		return r;
	if (lvm_node_u64(s->node, start_key, &start) < 0 ||
	    lvm_node_u64(s->node, length_key, &length) < 0 || length == 0 ||
	    __builtin_add_overflow(start, length, &end) || end > size)
		return lvm_fail(b->why, -EBADMSG, "%s: part of %s is not valid", s->lv->name,
				volume->name);
	g_string_append_printf(table, "0 %" PRIu64 " linear", length);
	r = lvm_build_ref(b, s->lv, volume->name, &cvol, table);
	if (r < 0)
		return r;
	g_string_append_printf(table, " %" PRIu64 "\n", start);
	g_string_append_printf(line, " @%s", name);
	return lvm_build_add(b, volume, &part, table->str);
}

static int volume_parts(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_lv *volume,
			GString *line)
{
	int r = volume_part(b, s, volume, "cmeta", "metadata_start", "metadata_len", line);

	return r < 0 ? r : volume_part(b, s, volume, "cdata", "data_start", "data_len", line);
}

/* Arguments of the policy; a threshold below eight chunks would starve it, so LVM raises that. */
static int append_policy(struct lvm_build *b, const struct lvm_segment *s,
			 const struct lvm_node *settings, uint64_t chunk, GString *line)
{
	static const char *const policies[] = {"default", "smq", "mq", "cleaner", NULL};
	const char *policy = lvm_node_str(settings, "policy") ?: policies[0];
	const struct lvm_node *n = lvm_node_get(settings, "policy_settings");
	g_autoptr(GString) args = g_string_new(NULL);
	uint64_t threshold = MIGRATION_DEFAULT;
	unsigned count = 0;

	if (!g_strv_contains(policies, policy))
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: cache policy %s", s->lv->name, policy);
	for (guint i = 0; n && n->children && i < n->children->len; i++) {
		const struct lvm_node *c = g_ptr_array_index(n->children, i);
		uint64_t value;

		if (!dm_word_valid(c->key) || lvm_node_u64(n, c->key, &value) < 0)
			return lvm_fail(b->why, -EBADMSG, "%s: no number %s", s->lv->name, c->key);
		if (g_str_equal(c->key, "migration_threshold")) {
			threshold = value;
			continue;
		}
		g_string_append_printf(args, " %s %" PRIu64, c->key, value);
		count += 2;
	}
	threshold = MAX(threshold, chunk * 8);
	if (threshold != MIGRATION_DEFAULT) {
		g_string_append_printf(args, " migration_threshold %" PRIu64, threshold);
		count += 2;
	}
	g_string_append_printf(line, " %s %u%s", policy, count, args->str);
	return 0;
}

static int append_settings(struct lvm_build *b, const struct lvm_segment *s,
			   const struct lvm_node *settings, GString *line)
{
	static const char *const modes[] = {"writethrough", "writeback", "passthrough", NULL};
	const char *mode = lvm_node_str(settings, "cache_mode") ?: modes[0];
	uint64_t chunk, format = 1;

	if (lvm_node_u64(settings, "chunk_size", &chunk) < 0 || chunk == 0 || chunk > UINT32_MAX)
		return lvm_fail(b->why, -EBADMSG, "%s: no chunk_size", s->lv->name);
	if (lvm_node_u64(settings, "metadata_format", &format) == -EBADMSG || format < 1 || format > 2)
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: format of the cache's metadata", s->lv->name);
	if (!g_strv_contains(modes, mode))
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: cache mode %s", s->lv->name, mode);
	g_string_append_printf(line, " %" PRIu64 " %s %s", chunk, format == 2 ? "2 metadata2" : "1",
			       mode);
	return append_policy(b, s, settings, chunk, line);
}

int lvm_table_cache(struct lvm_build *b, const struct lvm_segment *s, GString *line)
{
	const struct lvm_lv *pool = lvm_vg_find_lv(b->vg, lvm_node_str(s->node, "cache_pool"));
	const struct lvm_node *settings = s->node;
	int r;

	if (!pool)
		return lvm_fail(b->why, -EBADMSG, "%s: no cache_pool", s->lv->name);
	g_string_append(line, "cache");
	if (lvm_node_has(pool->node, "flags", "CACHE_VOL")) {
		r = volume_parts(b, s, pool, line);
	} else {
		settings = lvm_lv_segment(pool, 1);
		r = pool_parts(b, s, settings, line);
	}
	if (r >= 0)
		r = lvm_build_ref(b, s->lv, lvm_node_str(s->node, "origin"), &corig, line);
	return r < 0 ? r : append_settings(b, s, settings, line);
}
