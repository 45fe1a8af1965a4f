/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LVs that are more than one device because others use them: the origin of snapshots, the external
 * origin of thin LVs, a thin pool that holds any.
 */
#include "format/lvm.h"

static const struct lvm_device real = {.name_layer = "real"};
static const struct lvm_device tpool = {.name_layer = "tpool"};

static int over(struct lvm_build *b, const struct lvm_lv *lv, const char *target,
		const struct lvm_device *below, const char *end, GString *table)
{
	uint64_t size;
	int r = lvm_lv_size(b, lv, &size);

	if (r < 0)
		return r;
	g_string_append_printf(table, "0 %" PRIu64 " %s", size, target);
	r = lvm_build_ref(b, lv, lv->name, below, table);
	g_string_append_printf(table, "%s\n", end);
	return r;
}

/* "SIZE TARGET REAL COW P CHUNK"; the store is written to whatever the snapshot is used for. */
static int snapshot_line(struct lvm_build *b, const struct lvm_lv *snapshot, const char *target, GString *table)
{
	static const struct lvm_device cow = {.name_layer = "cow", .flags = LVM_UDEV_COW, .writable = true};
	uint64_t size, chunk;
	int r = lvm_lv_size(b, snapshot->origin, &size);

	if (r < 0)
		return r;
	if (lvm_node_u64(snapshot->relation, "chunk_size", &chunk) < 0 || chunk == 0)
		return lvm_fail(b->why, -EBADMSG, "%s: no chunk_size", snapshot->name);
	g_string_append_printf(table, "0 %" PRIu64 " %s", size, target);
	r = lvm_build_ref(b, snapshot, snapshot->origin->name, &real, table);
	if (r >= 0)
		r = lvm_build_ref(b, snapshot, snapshot->name, &cow, table);
	if (r < 0)
		return r;
	g_string_append_printf(table, " P %" PRIu64 "\n", chunk);
	return lvm_build_writes(b, snapshot, target);
}

static bool is_merging(const struct lvm_lv *snapshot)
{
	return lvm_node_get(snapshot->relation, "merging_store") != NULL;
}

static int build_snapshot(struct lvm_build *b, const struct lvm_lv *snapshot)
{
	g_autoptr(GString) table = g_string_new(NULL);
	int r = snapshot_line(b, snapshot, "snapshot", table);

	return r < 0 ? r : lvm_build_add(b, snapshot, &(struct lvm_device){.flags = LVM_UDEV_SNAPSHOT}, table->str);
}

/*
 * Nothing may be written to the origin before its snapshots watch: they come first.  While one is being
 * merged the origin's own device shows its content, and the kernel moves it.
 */
static int build_origin(struct lvm_build *b, const struct lvm_lv *lv, GString *table)
{
	const struct lvm_lv *merging = NULL;
	int r = 0;

	for (guint i = 0; r >= 0 && i < lv->snapshots->len; i++) {
		const struct lvm_lv *snapshot = g_ptr_array_index(lv->snapshots, i);

		if (is_merging(snapshot)) {
			if (merging)
				return lvm_fail(b->why, -EBADMSG, "%s: two merges at once", lv->name);
			merging = snapshot;
			continue;
		}
		r = build_snapshot(b, snapshot);
	}
	if (r < 0)
		return r;
	if (!merging)
		return over(b, lv, "snapshot-origin", &real, "", table);
	lvm_remark(b, LVM_REMARK_MERGE, "%s has the content of its snapshot %s, which is being merged into it", lv->name,
		   merging->name);
	return snapshot_line(b, merging, "snapshot-merge", table);
}

/* Until its first thin LV a pool is one device, and only LVM uses it. */
static bool pool_in_use(const struct lvm_lv *lv)
{
	const struct lvm_node *segment = lvm_lv_segment(lv, 1);
	uint64_t transaction;

	return streq0(lvm_node_str(segment, "type"), "thin-pool") &&
	       lvm_node_u64(segment, "transaction_id", &transaction) >= 0 && transaction > 0;
}

int lvm_build_layers(struct lvm_build *b, const struct lvm_lv *lv, GString *table,
		     struct lvm_device *how)
{
	if (lv->origin)
		return lvm_fail(b->why, -EBADMSG, "%s: something lies on a snapshot", lv->name);
	if (lv->snapshots && lv->external)
		return lvm_fail(b->why, -EOPNOTSUPP, "%s: origin of snapshots and of thin LVs",
				lv->name);
	if (lv->snapshots)
		return build_origin(b, lv, table);
	if (lv->external)
		return over(b, lv, "linear", &real, " 0", table);
	if (!pool_in_use(lv))
		return 0;
	how->uuid_layer = "pool";
	how->readonly = true;
	how->flags = LVM_UDEV_HIDDEN;
	return over(b, lv, "linear", &tpool, " 0", table);
}
