/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LINK: what udevd would link below /dev, where no udevd runs.  Names come from disks: a link lies right
 * in the folder of its kind, and takes no name from a device that is there.
 */
#include "sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of a link, opened step by step so that nothing leads out of /dev, and the link's name in it. */
static int folder_open(const char *link, bool make, const char **name)
{
	g_auto(GStrv) part = g_strsplit(link, "/", -1);
	_cleanup_close_ int fd = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (guint i = 0; fd >= 0 && part[i] && part[i + 1]; i++) {
		int next;

		if (make && mkdirat(fd, part[i], 0755) < 0 && errno != EEXIST)
			return -errno;
		next = openat(fd, part[i], O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next < 0)
			return -errno;
		(void)close(fd);
		fd = next;
	}
	*name = strrchr(link, '/') + 1;
	return fd < 0 ? -errno : sys_steal_fd(&fd);
}

/* Where a link at this depth finds the node: "disk/by-uuid/X" → "../../sda1". */
static char *target_of(const char *link, const char *node)
{
	GString *to = g_string_new(NULL);

	for (const char *p = link; *p; p++)
		if (*p == '/')
			g_string_append(to, "../");
	g_string_append(to, node);
	return g_string_free(to, FALSE);
}

/* Whose name it is now: 0 nobody's, or a file's that is no link; the device that a link leads to. */
static int holder_of(int dir, const char *name, dev_t *ret)
{
	struct stat st;

	*ret = 0;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISLNK(st.st_mode)) {
		if (fstatat(dir, name, &st, 0) < 0)
			return 0; /* of a device that is gone */
		if (!S_ISBLK(st.st_mode))
			return -EEXIST;
	} else if (!S_ISBLK(st.st_mode)) {
		return -EEXIST;
	}
	*ret = st.st_rdev;
	return 1;
}

static int link_make(const char *link, const char *target, dev_t devnum)
{
	g_autofree char *fresh = NULL;
	_cleanup_close_ int dir = -1;
	const char *name;
	dev_t holder;
	int r;

	dir = folder_open(link, true, &name);
	if (dir < 0)
		return dir;
	r = holder_of(dir, name, &holder);
	if (r < 0)
		return r;
	if (r > 0) /* a node of that very device does as well: libdevmapper makes them */
		return holder == devnum ? 0 : -EBUSY;
	fresh = g_strdup_printf(".%s.sact-%d", name, (int)getpid());
	(void)unlinkat(dir, fresh, 0);
	if (symlinkat(target, dir, fresh) < 0)
		return -errno;
	if (renameat(dir, fresh, dir, name) == 0)
		return 0;
	r = -errno;
	(void)unlinkat(dir, fresh, 0);
	return r;
}

static void folders_remove(const char *link)
{
	g_autofree char *dir = g_strconcat("/dev/", link, NULL);

	for (char *slash; (slash = strrchr(dir, '/')) && slash > dir + strlen("/dev");) {
		*slash = '\0';
		if (rmdir(dir) < 0)
			return;
	}
}

/* The link may be another device's by now: only our own goes. */
static int link_remove(const char *link, const char *target)
{
	char now[PATH_MAX] = "";
	_cleanup_close_ int dir = -1;
	const char *name;

	dir = folder_open(link, false, &name);
	if (dir < 0)
		return dir == -ENOENT ? 0 : dir;
	if (readlinkat(dir, name, now, sizeof now - 1) < 0 || !g_str_equal(now, target))
		return 0;
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return -errno;
	folders_remove(link);
	return 0;
}

/* An array has names below /dev/md, an LV below its group's; what lies on a device, below /dev/disk. */
static bool kind_fits(const char *link, dev_t devnum)
{
	g_autofree char *md = g_strdup_printf("/sys/dev/block/%u:%u/md", major(devnum), minor(devnum)), *uuid = NULL;

	switch (link_kind(link)) {
	case LINK_NONE:
		return false;
	case LINK_CONTENT:
		return true;
	case LINK_MD:
		return g_file_test(md, G_FILE_TEST_IS_DIR);
	case LINK_LV:
		uuid = sys_read("/sys/dev/block/%u:%u/dm/uuid", major(devnum), minor(devnum));
		return uuid && g_str_has_prefix(uuid, "LVM-");
	}
	return false;
}

static int link_change(const struct action *a, const char *link, dev_t devnum, struct input *res)
{
	g_autofree char *target = target_of(link, a->node);
	int r;

	if (a->flag ? link_kind(link) == LINK_NONE : !kind_fits(link, devnum))
		return sys_fail(res, -EPERM, "/dev/%s is no name for a link to %s", link, a->node);
	r = a->flag ? link_remove(link, target) : link_make(link, target, devnum);
	if (r == -EBUSY)
		return sys_fail(res, r, "/dev/%s is the name of another device that is there", link);
	return r < 0 ? sys_fail(res, r, "/dev/%s: %s", link, g_strerror(-r)) : 0;
}

int effect_link(const struct action *a, const struct secret *secret, struct input *res)
{
	g_auto(GStrv) links = g_strsplit(a->text ?: "", " ", 0);
	g_autofree char *node = sys_node_path(a->node);
	dev_t devnum = 0;
	int error = 0;

	if (!node)
		return sys_fail(res, -EINVAL, "no usable device name");
	if (!a->flag) {
		error = sys_dev_of(node, &devnum);
		if (error == 0 && a->devnum && a->devnum != devnum)
			error = -ESTALE;
		if (error < 0)
			return sys_fail(res, error, "%s: %s", node, g_strerror(-error));
	}
	for (char **l = links; *l; l++) {
		int r = **l ? link_change(a, *l, devnum, res) : 0;

		if (r < 0) /* the others are made all the same */
			error = r;
	}
	return error;
}
