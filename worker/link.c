/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LINK: what udevd would link below /dev, where no udevd runs. */
#include "sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* A node of that very device does as well: libdevmapper makes them below /dev/mapper. */
static bool is_node_of(const char *path, const char *node)
{
	g_autofree char *real = sys_node_path(node);
	struct stat st;
	dev_t devnum;

	return lstat(path, &st) == 0 && S_ISBLK(st.st_mode) && sys_dev_of(real, &devnum) == 0 &&
	       st.st_rdev == devnum;
}

static int link_make(const char *path, const char *target, const char *node)
{
	g_autofree char *dir = g_path_get_dirname(path), *now = NULL, *fresh = NULL;
	struct stat st;

	if (g_mkdir_with_parents(dir, 0755) < 0)
		return -errno;
	now = g_file_read_link(path, NULL);
	if (streq0(now, target) || is_node_of(path, node))
		return 0;
	if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode))
		return -EEXIST;
	fresh = g_strconcat(path, ".sact-new", NULL);
	(void)unlink(fresh);
	if (symlink(target, fresh) < 0)
		return -errno;
	return rename(fresh, path) < 0 ? -errno : 0;
}

/* The link may be another device's by now: only our own goes. */
static int link_remove(const char *path, const char *target)
{
	g_autofree char *now = g_file_read_link(path, NULL), *dir = NULL;

	if (!streq0(now, target))
		return 0;
	if (unlink(path) < 0 && errno != ENOENT)
		return -errno;
	for (dir = g_path_get_dirname(path); strlen(dir) > strlen("/dev") && rmdir(dir) == 0;) {
		char *up = g_path_get_dirname(dir);

		g_free(dir);
		dir = up;
	}
	return 0;
}

int effect_link(const struct action *a, const struct secret *secret, struct input *res)
{
	g_auto(GStrv) links = g_strsplit(a->text ?: "", " ", 0);
	g_autofree char *node = sys_node_path(a->node);
	int error = 0;

	if (!node)
		return sys_fail(res, -EINVAL, "no usable device name");
	for (char **l = links; *l; l++) {
		g_autofree char *path = NULL, *target = NULL;
		int r;

		if (!**l)
			continue;
		path = sys_node_path(*l);
		if (!path) {
			error = sys_fail(res, -EINVAL, "%s is not a name below /dev", *l);
			continue;
		}
		target = target_of(*l, a->node);
		r = a->flag ? link_remove(path, target) : link_make(path, target, a->node);
		if (r < 0) /* the others are made all the same */
			error = sys_fail(res, r, "%s: %s", path, g_strerror(-r));
	}
	return error;
}
