/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Thin LVs and their pool. */
#include "format/lvm.h"

/* The pool under the name that only its thin LVs use. */
static const struct lvm_device tpool = {.name_layer = "tpool"};
static const struct lvm_device real = {.name_layer = "real"};

int lvm_table_thin(struct lvm_build *b, const struct lvm_segment *s, GString *line)
{
	/* A thin snapshot is merged by taking its place; LVM writes that down when the origin is active. */
	const struct lvm_node *node = s->lv->merging ?: s->node;
	const char *external = lvm_node_str(node, "external_origin");
	uint64_t id;
	int r;

	if (lvm_node_u64(node, "device_id", &id) < 0)
		return lvm_fail(b->why, -EBADMSG, "%s: no number device_id", s->lv->name);
	if (lvm_node_get(s->node, "merge"))
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: it is being merged into %s, which has its content", s->lv->name,
				lvm_node_str(s->node, "merge") ?: "its origin");
	if (s->lv->merging)
		lvm_remark(b, LVM_REMARK_MERGE, "%s has the content of the thin snapshot that is being merged into it",
			   s->lv->name);
	g_string_append(line, "thin");
	r = lvm_build_ref(b, s->lv, lvm_node_str(s->node, "thin_pool"), &tpool, line);
	g_string_append_printf(line, " %" PRIu64, id);
	if (r >= 0 && external)
		r = lvm_build_ref(b, s->lv, external, &real, line);
	return r;
}

/* Messages that LVM has promised to the pool and not sent yet. */
static bool has_messages(const struct lvm_node *segment)
{
	for (guint i = 0; i < segment->children->len; i++)
		if (g_str_has_prefix(((struct lvm_node *)g_ptr_array_index(segment->children, i))->key,
				     "message"))
			return true;
	return false;
}

static void append_features(const struct lvm_segment *s, GString *line)
{
	const char *discards = lvm_node_str(s->node, "discards");
	const char *words[4];
	unsigned n = 0;
	uint64_t zero = 1;

	if (lvm_node_u64(s->node, "zero_new_blocks", &zero) < 0)
		zero = 0; /* LVM leaves a 0 out */
	if (!zero)
		words[n++] = "skip_block_zeroing";
	if (streq0(discards, "ignore"))
		words[n++] = "ignore_discard";
	else if (streq0(discards, "nopassdown"))
		words[n++] = "no_discard_passdown";
	if (lvm_node_has(s->lv->node, "flags", "ERROR_WHEN_FULL"))
		words[n++] = "error_if_no_space";
	g_string_append_printf(line, " %u", n);
	for (unsigned i = 0; i < n; i++)
		g_string_append_printf(line, " %s", words[i]);
}

int lvm_table_thin_pool(struct lvm_build *b, const struct lvm_segment *s, GString *line)
{
	static const struct lvm_device tmeta = {.uuid_layer = "tmeta"}, tdata = {.uuid_layer = "tdata"};
	uint64_t chunk;
	int r;

	if (has_messages(s->node))
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: thin pool with unfinished changes; lvchange -ay %s/%s makes them",
				s->lv->name, b->vg->name, s->lv->name);
	if (lvm_node_u64(s->node, "chunk_size", &chunk) < 0 || chunk == 0)
		return lvm_fail(b->why, -EBADMSG, "%s: no chunk_size", s->lv->name);
	g_string_append(line, "thin-pool");
	r = lvm_build_ref(b, s->lv, lvm_node_str(s->node, "metadata"), &tmeta, line);
	if (r >= 0)
		r = lvm_build_ref(b, s->lv, lvm_node_str(s->node, "pool"), &tdata, line);
	/* The low water mark makes events for a monitor, which nobody is here. */
	g_string_append_printf(line, " %" PRIu64 " 0", chunk);
	append_features(s, line);
	return r;
}
