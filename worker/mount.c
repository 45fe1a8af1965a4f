/* SPDX-License-Identifier: GPL-2.0-or-later */
/* MOUNT, UMOUNT, by libmount. */
#include "sys.h"

#include <fcntl.h>
#include <libmount.h>
#include <sys/stat.h>

static void context_freep(struct libmnt_context **c)
{
	mnt_free_context(*c);
}

static void table_unrefp(struct libmnt_table **t)
{
	mnt_unref_table(*t);
}

static struct libmnt_table *mounts(void)
{
	return mnt_new_table_from_file("/proc/self/mountinfo");
}

/* btrfs mounts have device numbers of their own: their source's name tells which device it was. */
bool sys_mount_is_from(struct libmnt_fs *fs, dev_t devnum)
{
	const char *source = mnt_fs_get_srcpath(fs);
	dev_t dev;

	if (mnt_fs_get_devno(fs) == devnum)
		return true;
	return !major(mnt_fs_get_devno(fs)) && source && sys_dev_of(source, &dev) == 0 && dev == devnum;
}

uint64_t sys_mount_id(const char *path)
{
	struct statx sx;

	if (statx(AT_FDCWD, path, AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_MNT_ID, &sx) < 0 ||
	    !(sx.stx_mask & STATX_MNT_ID))
		return 0;
	return sx.stx_mnt_id;
}

/* The uppermost mount at target is of this device. */
static bool mounted_from(const char *target, dev_t devnum)
{
	_cleanup_(table_unrefp) struct libmnt_table *t = mounts();
	struct libmnt_fs *fs = t ? mnt_table_find_target(t, target, MNT_ITER_BACKWARD) : NULL;

	return fs && sys_mount_is_from(fs, devnum);
}

static bool mounted(const char *target)
{
	_cleanup_(table_unrefp) struct libmnt_table *t = mounts();

	return t && mnt_table_find_target(t, target, MNT_ITER_BACKWARD);
}

/* libmount's own words for what happened, and the errno nearest to it. */
static int context_error(struct libmnt_context *c, int rc, struct input *res)
{
	char text[512] = "";
	int code = mnt_context_get_excode(c, rc, text, sizeof text);
	int error = -EIO;

	if (rc == 0 && code == MNT_EX_SUCCESS)
		return 0;
	if (mnt_context_syscall_called(c) && mnt_context_get_syscall_errno(c) > 0)
		error = -mnt_context_get_syscall_errno(c);
	else if (mnt_context_helper_executed(c))
		error = -EIO;
	else if (rc < 0 && rc > -4096)
		error = rc;
	else if (rc > 0 && rc < 4096)
		error = -rc;
	return sys_fail(res, error, "%s", *text ? text : g_strerror(-error));
}

static int prepare(struct libmnt_context *c, const char *source, const struct action *a)
{
	int r = mnt_context_set_source(c, source);

	if (r == 0)
		r = mnt_context_set_target(c, a->target);
	if (r == 0 && !str_empty(a->fstype))
		r = mnt_context_set_fstype(c, a->fstype);
	if (r == 0 && !str_empty(a->options))
		r = mnt_context_set_options(c, a->options);
	return r;
}

int effect_mount(const struct action *a, const struct secret *secret, struct input *res)
{
	_cleanup_(context_freep) struct libmnt_context *c = NULL;
	g_autofree char *source = sys_node_path(a->node);
	dev_t devnum;
	int r;

	if (str_empty(a->target) || *a->target != '/')
		return sys_fail(res, -EINVAL, "no usable mount point");
	r = sys_check(a, res);
	if (r >= 0)
		r = sys_dev_of(source, &devnum);
	if (r < 0)
		return r;
	if (mounted_from(a->target, devnum)) {
		res->flag = true; /* somebody else did */
		return 0;
	}
	if (g_mkdir_with_parents(a->target, 0755) < 0)
		return sys_fail(res, -errno, "%s: %s", a->target, g_strerror(errno));
	c = mnt_new_context();
	if (!c || prepare(c, source, a) != 0)
		return -ENOMEM;
	r = context_error(c, mnt_context_mount(c), res);
	if (r == -EBUSY && mounted_from(a->target, devnum)) {
		g_clear_pointer(&res->text, g_free);
		res->flag = true;
		return 0;
	}
	if (r >= 0)
		res->count = sys_mount_id(a->target);
	return r;
}

/* 1: the mount that is meant is the uppermost there; 0: it is gone. */
static int is_meant(const struct action *a, struct input *res)
{
	_cleanup_(table_unrefp) struct libmnt_table *t = mounts();
	struct libmnt_iter *it = t ? mnt_new_iter(MNT_ITER_BACKWARD) : NULL;
	struct libmnt_fs *fs;
	bool covered = false, found = false;

	while (it && !found && mnt_table_next_fs(t, it, &fs) == 0) {
		if (!mnt_fs_match_target(fs, a->target, NULL))
			continue;
		found = (!a->mount_id || (uint64_t)mnt_fs_get_id(fs) == a->mount_id) &&
			(!a->devnum || sys_mount_is_from(fs, a->devnum));
		covered = covered || !found;
	}
	mnt_free_iter(it);
	if (!t || !it)
		return -ENOMEM;
	if (found && covered)
		return sys_fail(res, -EBUSY, "something else is mounted over it");
	return found;
}

int effect_umount(const struct action *a, const struct secret *secret, struct input *res)
{
	_cleanup_(context_freep) struct libmnt_context *c = NULL;
	g_autofree char *holder = NULL;
	int r;

	if (str_empty(a->target) || *a->target != '/')
		return sys_fail(res, -EINVAL, "no usable mount point");
	r = is_meant(a, res);
	if (r <= 0)
		return r;
	c = mnt_new_context();
	if (!c || mnt_context_set_target(c, a->target) != 0)
		return -ENOMEM;
	r = context_error(c, mnt_context_umount(c), res);
	if (r == -EBUSY && (holder = holder_of_mount(a->target)))
		return sys_fail(res, r, "%s", holder);
	if (r < 0 && !mounted(a->target)) {
		g_clear_pointer(&res->text, g_free);
		return 0;
	}
	return r;
}
