/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "source/source.h"

#include <libmount/libmount.h>

struct mounts {
	struct libmnt_monitor *monitor;
	source_feed feed;
	void *data;
	GHashTable *known; /* target → dev_t as int64 */
};

/* Reads the whole table and feeds what is new, changed and gone. */
static int reread(struct mounts *m)
{
	struct libmnt_table *t = mnt_new_table();
	struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	struct libmnt_fs *fs;
	GHashTableIter hi;
	gpointer target;
	int r = t && it ? mnt_table_parse_file(t, "/proc/self/mountinfo") : -ENOMEM;

	while (r == 0 && mnt_table_next_fs(t, it, &fs) == 0) {
		struct input in = { .type_id = INPUT_MOUNTED, .devnum = mnt_fs_get_devno(fs) };
		const int64_t *old;

		in.target = (char *)mnt_fs_get_target(fs);
		if (!in.target)
			continue;
		old = g_hash_table_lookup(m->known, in.target);
		if (!old || *old != (int64_t)in.devnum) {
			int64_t *copy = g_new(int64_t, 1);

			*copy = (int64_t)in.devnum;
			g_hash_table_insert(m->known, g_strdup(in.target), copy);
			m->feed(m->data, &in);
		}
		g_hash_table_add(seen, in.target);
	}
	g_hash_table_iter_init(&hi, m->known);
	while (r == 0 && g_hash_table_iter_next(&hi, &target, NULL)) {
		struct input in = { .type_id = INPUT_UNMOUNTED, .target = target };

		if (g_hash_table_contains(seen, target))
			continue;
		m->feed(m->data, &in);
		g_hash_table_iter_remove(&hi);
	}
	mnt_free_iter(it);
	mnt_unref_table(t);
	return r > 0 ? -r : r;
}

int mounts_new(struct mounts **ret, source_feed feed, void *data)
{
	struct mounts *m = g_new0(struct mounts, 1);
	int r;

	m->feed = feed;
	m->data = data;
	m->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	m->monitor = mnt_new_monitor();
	r = m->monitor ? mnt_monitor_enable_kernel(m->monitor, 1) : -ENOMEM;
	if (r >= 0)
		r = mnt_monitor_get_fd(m->monitor);
	if (r >= 0)
		r = reread(m);
	if (r < 0) {
		mounts_free(m);
		return r;
	}
	*ret = m;
	return 0;
}

struct mounts *mounts_free(struct mounts *m)
{
	if (m) {
		mnt_unref_monitor(m->monitor);
		g_hash_table_unref(m->known);
		g_free(m);
	}
	return NULL;
}

int mounts_fd(const struct mounts *m)
{
	return mnt_monitor_get_fd(m->monitor);
}

int mounts_dispatch(struct mounts *m)
{
	bool changed = false;

	while (mnt_monitor_next_change(m->monitor, NULL, NULL) == 0)
		changed = true;
	return changed ? reread(m) : 0;
}
