/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MD_ASSEMBLE, MD_ADD, MD_STOP, by the ioctls of md.  A started array is "read-auto": nothing is
 * written to its members before somebody writes to it.
 */
#include "md.h"

#include <fcntl.h>
#include <linux/major.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int array_open(const char *array, struct input *res)
{
	g_autofree char *path = g_strconcat("/dev/", array, NULL);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : sys_fail(res, -errno, "%s: %s", path, g_strerror(errno));
}

/* Fills what a result says of an array. */
static int array_result(const char *array, struct input *res)
{
	g_autofree char *dev = sys_read("/sys/block/%s/dev", array);

	str_set(&res->node, array);
	if (!dev || devnum_parse(dev, &res->devnum) < 0)
		return sys_fail(res, -ENODEV, "%s is gone", array);
	return 0;
}

static bool state_is_inactive(const char *state)
{
	return !state || g_str_equal(state, "clear") || g_str_equal(state, "inactive");
}

static int member_add(int fd, const struct md_member *m)
{
	mdu_disk_info_t info = {
		.number = m->number,
		.major = (int)major(m->devnum),
		.minor = (int)minor(m->devnum),
		.raid_disk = m->role < 0 ? -1 : m->role,
	};

	if (m->role >= 0)
		info.state = 1 << MD_DISK_ACTIVE | 1 << MD_DISK_SYNC;
	else if (m->role == -3)
		info.state = 1 << MD_DISK_JOURNAL | 1 << MD_DISK_SYNC;
	return RET_NERRNO(ioctl(fd, ADD_NEW_DISK, &info));
}

/* Before RUN the kernel reads role and state from each superblock itself. */
static int members_add(int fd, const char *array, const GArray *members, struct input *res)
{
	for (guint i = 0; i < members->len; i++) {
		const struct md_member *m = &g_array_index(members, struct md_member, i);
		int r;

		if (md_has_member(array, m->devnum))
			continue;
		r = member_add(fd, m);
		if (r == -EBUSY && md_has_member(array, m->devnum))
			continue; /* mdadm -I was quicker */
		if (r < 0)
			return sys_fail(res, r, "adding %u:%u to %s: %s", major(m->devnum), minor(m->devnum),
					array, g_strerror(-r));
	}
	return 0;
}

static int array_run(int fd, const char *array, struct input *res)
{
	mdu_param_t param = { 0 };
	g_autofree char *state = NULL, *level = NULL;
	int r, error;

	/* Nothing is written to the members before something writes to the array. */
	(void)sys_write("1", "/sys/module/md_mod/parameters/start_ro");
	r = ioctl(fd, RUN_ARRAY, &param);
	error = r < 0 ? -errno : 0;

	state = md_state(array);
	if ((r == 0 || error == -EBUSY) && !state_is_inactive(state))
		return 0; /* -EBUSY: mdadm -I was quicker */
	level = sys_read("/sys/block/%s/md/level", array);
	if (error == -EIO && (streq0(level, "raid4") || streq0(level, "raid5") || streq0(level, "raid6")))
		return sys_fail(res, -EIO, "the kernel does not start %s: dirty and degraded", array);
	if (!error)
		error = -EINVAL; /* linear returns 1 when a member is missing */
	return sys_fail(res, error, "the kernel does not start %s (%s): %s", array, level ?: "no level",
			g_strerror(-error));
}

/* One that runs already takes back what it can without a rebuild; what it cannot is no error of the start. */
static void members_add_back(const char *array, const GArray *members, struct input *res)
{
	_cleanup_close_ int fd = array_open(array, res);

	if (fd >= 0)
		(void)members_add(fd, array, members, res);
}

static int adopt(const char *array, const GArray *members, const struct action *a, struct input *res)
{
	_cleanup_close_ int fd = -1;
	g_autofree char *state = md_state(array);
	int r = 0;

	if (state_is_inactive(state)) {
		fd = array_open(array, res);
		r = fd < 0 ? fd : members_add(fd, array, members, res);
		if (r >= 0) {
			md_map_add(array, a->version, a->uuid, a->name);
			r = array_run(fd, array, res);
		}
	} else {
		members_add_back(array, members, res);
	}
	return r < 0 ? r : array_result(array, res);
}

static int set_version(int fd, const char *version, const char *array, struct input *res)
{
	mdu_array_info_t info = { .major_version = 1, .minor_version = 2 };
	g_auto(GStrv) part = g_strsplit(version ?: "1.2", ".", 2);
	uint64_t ma, mi;

	if (g_strv_length(part) != 2 || parse_u64(part[0], &ma) < 0 || parse_u64(part[1], &mi) < 0 || ma > 1 ||
	    mi > 90)
		return sys_fail(res, -EINVAL, "metadata version %s", version);
	info.major_version = (int)ma;
	info.minor_version = (int)mi;
	if (ioctl(fd, SET_ARRAY_INFO, &info) < 0)
		return sys_fail(res, -errno, "setting up %s: %s", array, g_strerror(errno));
	return 0;
}

static int make(const GArray *members, const struct action *a, struct input *res)
{
	g_autofree char *array = NULL;
	_cleanup_close_ int fd = -1;
	int r = md_create(a->name, &array, res);

	if (r < 0)
		return r;
	fd = array_open(array, res);
	if (fd < 0)
		return fd;
	md_map_add(array, a->version, a->uuid, a->name); /* udev looks into it when RUN's event comes */
	r = set_version(fd, a->version, array, res);
	if (r >= 0)
		r = members_add(fd, array, members, res);
	if (r >= 0)
		r = array_run(fd, array, res);
	if (r < 0) {
		(void)ioctl(fd, STOP_ARRAY, NULL);
		md_map_remove(array);
		return r;
	}
	return array_result(array, res);
}

static char *existing(const GArray *members)
{
	for (guint i = 0; i < members->len; i++) {
		char *array = md_array_of(g_array_index(members, struct md_member, i).devnum);

		if (array)
			return array;
	}
	return NULL;
}

int effect_md_assemble(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autoptr(GArray) members = NULL;
	g_autofree char *array = NULL;
	int r;

	if (md_members_parse(a->members, &members) < 0)
		return sys_fail(res, -EINVAL, "no usable list of members");
	array = existing(members);
	if (array)
		return adopt(array, members, a, res);
	r = make(members, a, res);
	/* Somebody else, udev's rules perhaps, took a member while we began. */
	array = r == -EBUSY ? existing(members) : NULL;
	if (!array)
		return r;
	g_clear_pointer(&res->text, g_free);
	return adopt(array, members, a, res);
}

int effect_md_add(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autoptr(GArray) members = NULL;
	const struct md_member *m;
	_cleanup_close_ int fd = -1;
	int r;

	if (md_members_parse(a->members, &members) < 0 || members->len != 1)
		return sys_fail(res, -EINVAL, "no usable member");
	m = &g_array_index(members, struct md_member, 0);
	fd = sys_open(a, O_RDONLY, res);
	if (fd < 0)
		return fd;
	if (!md_has_member(a->node, m->devnum)) {
		r = member_add(fd, m);
		if (r == -EBUSY) {
			md_remove_faulty(a->node);
			r = member_add(fd, m);
		}
		if (r == -EINVAL)
			return sys_fail(res, r, "the kernel does not take %u:%u back into %s", major(m->devnum),
					minor(m->devnum), a->node);
		if (r < 0)
			return sys_fail(res, r, "adding %u:%u to %s: %s", major(m->devnum), minor(m->devnum),
					a->node, g_strerror(-r));
	}
	return array_result(a->node, res);
}

static int stop_attempt(void *data)
{
	const int *fd = data;
	int r = RET_NERRNO(ioctl(*fd, STOP_ARRAY, NULL));

	return r == -ENODEV || r == -ENXIO ? 0 : r;
}

int effect_md_stop(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autofree char *path = sys_node_path(a->node), *state = NULL;
	const char *const paths[] = { path, NULL };
	_cleanup_close_ int fd = -1;
	int r;

	if (!path)
		return sys_fail(res, -EINVAL, "no usable device name");
	state = md_state(a->node);
	if (!state)
		return 0;
	fd = sys_open(a, O_RDONLY, res);
	if (fd < 0)
		return fd == -ENOENT || fd == -ENODEV || fd == -ENXIO ? 0 : fd;
	r = sys_lock(fd);
	if (r >= 0)
		r = sys_retry_unused(paths, stop_attempt, &fd, res);
	if (r < 0)
		return res->text ? r : sys_fail(res, r, "stopping %s: %s", a->node, g_strerror(-r));
	md_map_remove(a->node);
	return 0;
}
