/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has something in use: what is said where unmounting, closing or checking is not possible. */
#include "sys.h"

#include <dirent.h>
#include <fcntl.h>
#include <libmount.h>
#include <sys/stat.h>
#include <unistd.h>

static void table_unrefp(struct libmnt_table **t)
{
	mnt_unref_table(*t);
}

/* ---- of a device ---- */

static bool is_device(const char *path, dev_t devnum)
{
	dev_t dev;

	return sys_dev_of(path, &dev) == 0 && dev == devnum;
}

static char *mounted_on(dev_t devnum)
{
	_cleanup_(table_unrefp) struct libmnt_table *t = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *it = t ? mnt_new_iter(MNT_ITER_BACKWARD) : NULL;
	struct libmnt_fs *fs;
	char *text = NULL;

	while (it && !text && mnt_table_next_fs(t, it, &fs) == 0)
		if (sys_mount_is_from(fs, devnum))
			text = g_strdup_printf("mounted on %s", mnt_fs_get_target(fs));
	mnt_free_iter(it);
	return text;
}

/* The first name in a folder of sysfs; NULL: there is none. */
static char *first_in(const char *format, ...) _printf_(1, 2);
static char *first_in(const char *format, ...)
{
	g_autofree char *path = NULL;
	char *name = NULL;
	struct dirent *e;
	va_list ap;
	DIR *d;

	va_start(ap, format);
	path = g_strdup_vprintf(format, ap);
	va_end(ap);
	d = opendir(path);
	while (d && !name && (e = readdir(d)))
		if (e->d_name[0] != '.')
			name = g_strdup(e->d_name);
	if (d)
		closedir(d);
	return name;
}

static char *below_another(dev_t devnum)
{
	g_autofree char *node = first_in("/sys/dev/block/%u:%u/holders", major(devnum), minor(devnum));
	g_autofree char *name = node ? sys_read("/sys/class/block/%s/dm/name", node) : NULL;

	if (!node)
		return NULL;
	return name ? g_strdup_printf("in use by /dev/%s (%s)", node, name) : g_strdup_printf("in use by /dev/%s", node);
}

/* The loop device over a file (or device) that `fits`. */
static char *below_loop(bool (*fits)(const char *file, const void *data), const void *data)
{
	DIR *d = opendir("/sys/block");
	char *text = NULL;
	struct dirent *e;

	while (d && !text && (e = readdir(d))) {
		g_autofree char *file = !strncmp(e->d_name, "loop", 4) ?
						sys_read("/sys/block/%s/loop/backing_file", e->d_name) : NULL;

		if (file && fits(file, data))
			text = g_strdup_printf("in use by /dev/%s over %s", e->d_name, file);
	}
	if (d)
		closedir(d);
	return text;
}

static bool file_is_device(const char *file, const void *data)
{
	return is_device(file, *(const dev_t *)data);
}

/* ---- of processes ---- */

typedef bool (*uses_fn)(const char *path, const void *data);

static bool any_in(const char *dir, uses_fn uses, const void *data)
{
	DIR *d = opendir(dir);
	bool found = false;
	struct dirent *e;

	while (d && !found && (e = readdir(d))) {
		g_autofree char *path = e->d_name[0] == '.' ? NULL : g_strconcat(dir, "/", e->d_name, NULL);

		found = path && uses(path, data);
	}
	if (d)
		closedir(d);
	return found;
}

static bool process_uses(const char *pid, uses_fn uses, const void *data)
{
	static const char *const links[] = { "cwd", "root", "exe" };
	g_autofree char *fds = g_strdup_printf("/proc/%s/fd", pid);

	for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
		g_autofree char *path = g_strdup_printf("/proc/%s/%s", pid, links[i]);

		if (uses(path, data))
			return true;
	}
	return any_in(fds, uses, data);
}

static char *used_by_process(uses_fn uses, const void *data)
{
	DIR *d = opendir("/proc");
	char *text = NULL;
	struct dirent *e;

	while (d && !text && (e = readdir(d))) {
		g_autofree char *comm = NULL;

		if (!g_ascii_isdigit(e->d_name[0]) || atoi(e->d_name) == getpid() ||
		    !process_uses(e->d_name, uses, data))
			continue;
		comm = sys_read("/proc/%s/comm", e->d_name);
		text = g_strdup_printf("in use by process %s (%s)", e->d_name, comm ?: "?");
	}
	if (d)
		closedir(d);
	return text;
}

static bool opens_device(const char *path, const void *data)
{
	return is_device(path, *(const dev_t *)data);
}

char *holder_of_device(dev_t devnum)
{
	char *text = mounted_on(devnum);

	if (!text && sys_swaps_contain(devnum))
		text = g_strdup("used as a swap area");
	return text ?: below_another(devnum) ?: below_loop(file_is_device, &devnum);
}

char *holder_process(dev_t devnum)
{
	return used_by_process(opens_device, &devnum);
}

/* ---- of a mount ---- */

struct place {
	const char *target;
	uint64_t id;
};

static bool lies_on(const char *path, const void *data)
{
	const struct place *place = data;

	return place->id && sys_mount_id(path) == place->id;
}

static bool is_below(const char *path, const void *data)
{
	const char *top = ((const struct place *)data)->target;
	size_t len = strlen(top);

	return !strncmp(path, top, len) && path[len] == '/' && path[len + 1];
}

static char *mounted_in(const struct place *place)
{
	_cleanup_(table_unrefp) struct libmnt_table *t = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *it = t ? mnt_new_iter(MNT_ITER_BACKWARD) : NULL;
	struct libmnt_fs *fs;
	char *text = NULL;

	while (it && !text && mnt_table_next_fs(t, it, &fs) == 0)
		if (is_below(mnt_fs_get_target(fs) ?: "", place))
			text = g_strdup_printf("in use: %s is mounted in it", mnt_fs_get_target(fs));
	mnt_free_iter(it);
	return text;
}

static char *swapped_in(const struct place *place)
{
	g_autofree char *swaps = sys_read("/proc/swaps");
	const char *p = swaps ?: "";
	char *copy, *text = NULL;

	while (!text && (copy = sys_next_line(&p))) {
		g_autofree char *line = copy, *path = NULL;

		line[strcspn(line, " \t")] = '\0';
		path = g_strcompress(line);
		if (is_below(path, place) && lies_on(path, place))
			text = g_strdup_printf("in use: %s is a swap area", path);
	}
	return text;
}

char *holder_of_mount(const char *target)
{
	const struct place place = { target, sys_mount_id(target) };

	return mounted_in(&place) ?: swapped_in(&place) ?: below_loop(is_below, &place) ?:
							     used_by_process(lies_on, &place);
}
