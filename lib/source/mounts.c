/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is mounted from block devices, and what is swapped on.  A file system with a device number of
 * its own (btrfs) is told with that of the block device that its source names.
 */
#define _GNU_SOURCE /* statx() */

#include "source/source.h"

#include <fcntl.h>
#include <libmount/libmount.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <unistd.h>

struct mounts {
	struct libmnt_monitor *monitor;
	int epoll_fd, swaps_fd;
	source_feed feed;
	void *data;
	GHashTable *known; /* key → struct input as it was fed */
	GHashTable *standing; /* ids of the mounts that this process needs, found once */
};

/* ---- what this process stands on ---- */

static uint64_t mount_id_of(const char *path)
{
	struct statx sx;

	if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MNT_ID, &sx) < 0 || !(sx.stx_mask & STATX_MNT_ID))
		return 0;
	return sx.stx_mnt_id;
}

static void stand_on(struct mounts *m, const char *path)
{
	uint64_t id = mount_id_of(path);

	if (id)
		g_hash_table_add(m->standing, g_memdup2(&id, sizeof id));
}

/* Its root, its folder, its program and what that is linked to. */
static void find_standing(struct mounts *m)
{
	g_autofree char *maps = NULL;
	g_auto(GStrv) lines = NULL;

	stand_on(m, "/");
	stand_on(m, "/proc/self/cwd/.");
	if (!g_file_get_contents("/proc/self/maps", &maps, NULL, NULL))
		return;
	lines = g_strsplit(maps, "\n", -1);
	for (char **l = lines; *l; l++) {
		const char *path = strchr(*l, '/');

		if (path && l[0][0] && strstr(*l, " r-xp "))
			stand_on(m, path);
	}
}

/* ---- the mount table ---- */

/* Others without a number of a disk have none below them, whatever they call their source. */
static bool on_block_devices(const char *fstype)
{
	return streq0(fstype, "btrfs") || streq0(fstype, "bcachefs");
}

static dev_t device_of(struct libmnt_fs *fs)
{
	dev_t devnum = mnt_fs_get_devno(fs);
	const char *source = mnt_fs_get_srcpath(fs);
	g_autofree char *first = NULL;
	struct stat st;

	if (major(devnum) || !on_block_devices(mnt_fs_get_fstype(fs)) || !source)
		return major(devnum) ? devnum : 0;
	first = g_strndup(source, strcspn(source, ":"));
	return stat(first, &st) == 0 && S_ISBLK(st.st_mode) ? st.st_rdev : 0;
}

/* Nothing is ever written through it: of other types, read-only or not, a log may have been replayed. */
static bool never_writes(struct libmnt_fs *fs)
{
	static const char *const types[] = { "iso9660", "udf", "squashfs", "erofs", "cramfs", "romfs", NULL };
	g_auto(GStrv) options = g_strsplit(mnt_fs_get_fs_options(fs) ?: "", ",", -1);

	return g_strv_contains((const char *const *)options, "ro") &&
	       g_strv_contains(types, mnt_fs_get_fstype(fs) ?: "");
}

static bool same(const struct input *a, const struct input *b)
{
	return a->devnum == b->devnum && streq0(a->target, b->target) && a->readonly == b->readonly;
}

/* Feeds it unless it was fed like that before. */
static void take(struct mounts *m, const char *key, const struct input *in, GHashTable *seen)
{
	const struct input *old = g_hash_table_lookup(m->known, key);

	g_hash_table_add(seen, g_strdup(key));
	if (old && same(old, in))
		return;
	g_hash_table_insert(m->known, g_strdup(key), input_dup(in));
	m->feed(m->data, in);
}

static void take_mount(struct mounts *m, struct libmnt_fs *fs, GHashTable *seen)
{
	struct input in = { .type_id = INPUT_MOUNTED, .devnum = device_of(fs) };
	g_autofree char *key = NULL;

	in.target = (char *)mnt_fs_get_target(fs);
	if (!in.target || !in.devnum)
		return;
	in.id = (uint64_t)mnt_fs_get_id(fs);
	in.fstype = (char *)mnt_fs_get_fstype(fs);
	in.readonly = never_writes(fs);
	in.flag = g_hash_table_contains(m->standing, &in.id);
	key = g_strdup_printf("%" PRIu64, in.id);
	take(m, key, &in, seen);
}

static int read_mounts(struct mounts *m, GHashTable *seen)
{
	struct libmnt_table *t = mnt_new_table();
	struct libmnt_iter *it = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int r = t && it ? mnt_table_parse_file(t, "/proc/self/mountinfo") : -ENOMEM;

	while (r == 0 && mnt_table_next_fs(t, it, &fs) == 0)
		take_mount(m, fs, seen);
	mnt_free_iter(it);
	mnt_unref_table(t);
	return r > 0 ? -r : r;
}

/* ---- swap areas ---- */

static void take_swap(struct mounts *m, char *line, GHashTable *seen)
{
	struct input in = { .type_id = INPUT_MOUNTED, .kind = (char *)"swap" };
	g_autofree char *key = NULL, *path = NULL;
	struct stat st;

	line[strcspn(line, " \t")] = '\0';
	path = g_strcompress(line); /* "\040" is a space */
	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return;
	in.devnum = st.st_rdev;
	key = g_strdup_printf("swap %u:%u", major(st.st_rdev), minor(st.st_rdev));
	take(m, key, &in, seen);
}

/* A kernel without swap has no such file, and no swap areas. */
static void read_swaps(struct mounts *m, GHashTable *seen)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents("/proc/swaps", &text, NULL, NULL))
		return;
	lines = g_strsplit(text, "\n", -1);
	for (char **l = lines; *l; l++)
		if (**l == '/')
			take_swap(m, *l, seen);
}

/* ---- both ---- */

/* Reads all of it and feeds what is gone, new and changed. */
static int reread(struct mounts *m)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	int r = read_mounts(m, seen);
	GHashTableIter it;
	gpointer key, value;

	if (r < 0)
		return r;
	read_swaps(m, seen);
	g_hash_table_iter_init(&it, m->known);
	while (g_hash_table_iter_next(&it, &key, &value)) {
		struct input gone = *(struct input *)value; /* borrows the strings */

		if (g_hash_table_contains(seen, key))
			continue;
		gone.type_id = INPUT_UNMOUNTED;
		m->feed(m->data, &gone);
		g_hash_table_iter_remove(&it);
	}
	return 0;
}

static int watch(struct mounts *m, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events };

	return RET_NERRNO(epoll_ctl(m->epoll_fd, EPOLL_CTL_ADD, fd, &ev));
}

int mounts_new(struct mounts **ret, source_feed feed, void *data)
{
	struct mounts *m = g_new0(struct mounts, 1);
	int r;

	m->feed = feed;
	m->data = data;
	m->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, input_free);
	m->standing = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	m->swaps_fd = open("/proc/swaps", O_RDONLY | O_CLOEXEC);
	m->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	m->monitor = m->epoll_fd >= 0 ? mnt_new_monitor() : NULL;
	r = m->monitor ? mnt_monitor_enable_kernel(m->monitor, 1) : -ENOMEM;
	if (r >= 0)
		r = mnt_monitor_get_fd(m->monitor);
	if (r >= 0)
		r = watch(m, r, EPOLLIN);
	if (r >= 0 && m->swaps_fd >= 0)
		r = watch(m, m->swaps_fd, EPOLLPRI);
	find_standing(m);
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
		for (int *fd = (int[]){ m->epoll_fd, m->swaps_fd, -2 }; *fd != -2; fd++)
			if (*fd >= 0)
				close(*fd);
		g_hash_table_unref(m->known);
		g_hash_table_unref(m->standing);
		g_free(m);
	}
	return NULL;
}

int mounts_fd(const struct mounts *m)
{
	return m->epoll_fd;
}

int mounts_dispatch(struct mounts *m)
{
	struct epoll_event ev[2];

	/* which of them it was does not matter: looking at one may take the other's event away */
	(void)epoll_wait(m->epoll_fd, ev, G_N_ELEMENTS(ev), 0);
	while (mnt_monitor_next_change(m->monitor, NULL, NULL) == 0)
		;
	return reread(m);
}
