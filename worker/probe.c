/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PROBE: what is on a device, by libblkid, and by our own readers for members of assemblies. */
#include "probe.h"

#include <blkid.h>
#include <fcntl.h>

#define READ_AHEAD (128 * 1024) /* what a kernel gives at least for one call */

static void probe_freep(blkid_probe *pr)
{
	blkid_free_probe(*pr);
}

/* Everything that claims a whole device: the cheap probe may miss a file system, but none of these. */
#define MEMBER_TYPES                                                                                  \
	"linux_raid_member", "ddf_raid_member", "isw_raid_member", "lsi_mega_raid_member",            \
	"via_raid_member", "silicon_medley_raid_member", "nvidia_raid_member",                        \
	"promise_fasttrack_raid_member", "hpt45x_raid_member", "hpt37x_raid_member",                  \
	"adaptec_raid_member", "jmicron_raid_member", "bcache", "ceph_bluestore", "drbd",             \
	"drbdmanage_control_volume", "drbdproxy_datalog", "LVM2_member", "LVM1_member",               \
	"DM_snapshot_cow", "DM_verity_hash", "DM_integrity", "crypto_LUKS", "cs_fvault2",             \
	"BitLocker", "VMFS_volume_member", "VMFS", "ubi", "vdo", "stratis", "oracleasm", "mpool",     \
	"apfs", "bcachefs"

/* Its labels are a megabyte to read, more than all others together: the cheap probe looks for them last. */
#define LONG_TYPE "zfs_member"

static const char *const member_types[] = { MEMBER_TYPES, LONG_TYPE, NULL };
static const char *const long_type[] = { LONG_TYPE, NULL };
static const char *const cheap_types[] = {
	MEMBER_TYPES, "ext2", "ext3", "ext4", "ext4dev", "jbd", "xfs", "xfs_external_log", "btrfs", "vfat",
	"exfat", "ntfs", "f2fs", "swap", "swsuspend", "squashfs", "erofs", "iso9660", "udf", NULL,
};

static void take(blkid_probe pr, const char *key, char **to)
{
	const char *value;

	if (!*to && blkid_probe_lookup_value(pr, key, &value, NULL) == 0 && *value)
		*to = g_strdup(value);
}

static void take_all(blkid_probe pr, struct input *res)
{
	take(pr, "TYPE", &res->type);
	take(pr, "VERSION", &res->version);
	take(pr, "UUID", &res->uuid);
	take(pr, "UUID_SUB", &res->uuid_sub);
	take(pr, "LABEL", &res->label);
}

/* libblkid changes nothing in the list but has no const in its prototype. */
static char **names(const char *const *list)
{
	return (char **)(uintptr_t)list;
}

static int search(blkid_probe pr, const char *const *types, bool safe)
{
	(void)blkid_probe_reset_superblocks_filter(pr);
	if (types && blkid_probe_filter_superblocks_type(pr, BLKID_FLTR_ONLYIN, names(types)) < 0)
		return -EINVAL;
	errno = 0;
	return safe ? blkid_do_safeprobe(pr) : blkid_do_probe(pr);
}

static int search_error(struct input *res)
{
	int error = errno > 0 ? -errno : -EIO;

	return sys_fail(res, error, "/dev/%s cannot be read: %s", res->node, g_strerror(-error));
}

/* Several signatures: a member's claim is seen all the same, and otherwise the first is named. */
static int ambivalent(blkid_probe pr, const struct action *a, struct input *res)
{
	int r = search(pr, member_types, false);

	if (r > 0)
		r = search(pr, a->deep ? NULL : cheap_types, false);
	if (r < 0)
		return search_error(res);
	take_all(pr, res);
	if (!a->deep)
		return 0; /* what will be used gets its full probe first */
	return sys_fail(res, -EUCLEAN, "/dev/%s carries the marks of several formats, one is %s", a->node,
			res->type ?: "unknown");
}

static int superblocks(blkid_probe pr, const struct action *a, struct input *res)
{
	int r;

	(void)blkid_probe_enable_superblocks(pr, 1);
	(void)blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_VERSION |
							    BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL |
							    BLKID_SUBLKS_USAGE | BLKID_SUBLKS_MAGIC);
	r = search(pr, a->deep ? NULL : cheap_types, true);
	if (r == -2)
		return ambivalent(pr, a, res);
	if (r == 1 && !a->deep)
		r = search(pr, long_type, true);
	if (r < 0)
		return search_error(res);
	if (r == 0)
		take_all(pr, res);
	return 0;
}

/* What the table of the parent disk says of this partition; a table inside of it is not looked at. */
static void partition(blkid_probe pr, struct input *res)
{
	static const char *const no_table[] = { "none", NULL };
	g_autofree char *number =
		sys_read("/sys/dev/block/%u:%u/partition", major(res->devnum), minor(res->devnum));

	if (!number)
		return;
	(void)blkid_probe_enable_superblocks(pr, 0);
	(void)blkid_probe_enable_partitions(pr, 1);
	(void)blkid_probe_set_partitions_flags(pr, BLKID_PARTS_ENTRY_DETAILS);
	(void)blkid_probe_filter_partitions_type(pr, BLKID_FLTR_ONLYIN, names(no_table));
	if (blkid_do_safeprobe(pr) != 0)
		return;
	take(pr, "PART_ENTRY_UUID", &res->partuuid);
	take(pr, "PART_ENTRY_NAME", &res->partlabel);
}

/*
 * libblkid passes over a superblock whose checksum is wrong.  Somebody waits for that member, so it is
 * said; a format that is only a remnant under something else is not looked for.
 */
static int damaged(int fd, uint64_t size, struct input *res)
{
	int r = member_md(fd, size, res);

	return r == -ENODATA ? member_lvm(fd, res) : r;
}

static int claimed(int fd, uint64_t size, struct input *res)
{
	if (streq0(res->type, "linux_raid_member"))
		return member_md(fd, size, res);
	if (streq0(res->type, "LVM2_member"))
		return member_lvm(fd, res);
	if (streq0(res->type, "crypto_LUKS"))
		return header_luks(fd, res);
	return res->type ? 0 : damaged(fd, size, res);
}

static int member(int fd, uint64_t size, struct input *res)
{
	int r = claimed(fd, size, res);

	if (r != -ENODATA)
		return r;
	return res->type ? sys_fail(res, -EBADMSG, "%s without a superblock", res->type) : 0;
}

/*
 * Most marks stand at both ends, and a probe reads some forty small pieces there: asked for in one go
 * the disk is waited for once.
 */
static void read_ahead(int fd, int64_t size)
{
	(void)posix_fadvise(fd, 0, READ_AHEAD, POSIX_FADV_WILLNEED);
	(void)posix_fadvise(fd, MAX(size - READ_AHEAD, 0), READ_AHEAD, POSIX_FADV_WILLNEED);
}

/* Reading a suspended dm device would wait for its resume. */
static bool suspended(dev_t devnum)
{
	g_autofree char *is = sys_read("/sys/dev/block/%u:%u/dm/suspended", major(devnum), minor(devnum));

	return streq0(is, "1");
}

int effect_probe(const struct action *a, const struct secret *secret, struct input *res)
{
	_cleanup_(probe_freep) blkid_probe pr = NULL;
	_cleanup_close_ int fd = -1;
	int64_t size;
	int r, m;

	str_set(&res->node, a->node);
	res->devnum = a->devnum;
	res->diskseq = a->diskseq;
	res->deep = a->deep;
	if (a->devnum && suspended(a->devnum))
		return sys_fail(res, -EAGAIN, "/dev/%s is suspended", a->node);
	fd = sys_open(a, O_RDONLY | O_NONBLOCK, res);
	if (fd < 0)
		return fd;
	pr = blkid_new_probe();
	if (!pr)
		return -ENOMEM;
	if (blkid_probe_set_device(pr, fd, 0, 0) != 0)
		return search_error(res);
	size = blkid_probe_get_size(pr);
	if (size <= 0)
		return 0; /* no medium, or not started: nothing is on it */
	read_ahead(fd, size);
	r = superblocks(pr, a, res);
	partition(pr, res);
	m = member(fd, (uint64_t)size, res);
	return r < 0 ? r : m;
}
