/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SWAPON, SWAPOFF, RESUME. */
#include "sys.h"

#include <fcntl.h>
#include <sys/swap.h>
#include <unistd.h>

#ifndef SWAP_FLAG_DISCARD_ONCE
#define SWAP_FLAG_DISCARD_ONCE	0x20000
#define SWAP_FLAG_DISCARD_PAGES 0x40000
#endif

/* /proc/swaps names the node that was given, which need not be the name we know it by. */
bool sys_swaps_contain(dev_t devnum)
{
	g_autofree char *swaps = sys_read("/proc/swaps");
	const char *p = swaps ?: "";
	char *copy;

	while ((copy = sys_next_line(&p))) {
		g_autofree char *line = copy;
		g_autofree char *path = NULL;
		dev_t dev;

		line[strcspn(line, " \t")] = '\0';
		path = g_strcompress(line); /* "\040" is a space */
		if (sys_dev_of(path, &dev) == 0 && dev == devnum)
			return true;
	}
	return false;
}

static int flags_of(const char *options)
{
	g_auto(GStrv) words = g_strsplit(options ?: "", ",", 0);
	int flags = 0;
	int64_t n;

	for (char **w = words; *w; w++) {
		if (g_str_has_prefix(*w, "pri=") && parse_s64(*w + 4, &n) == 0 && n >= 0)
			flags |= SWAP_FLAG_PREFER | (int)(MIN(n, SWAP_FLAG_PRIO_MASK) << SWAP_FLAG_PRIO_SHIFT);
		else if (g_str_equal(*w, "discard"))
			flags |= SWAP_FLAG_DISCARD;
		else if (g_str_equal(*w, "discard=once"))
			flags |= SWAP_FLAG_DISCARD | SWAP_FLAG_DISCARD_ONCE;
		else if (g_str_equal(*w, "discard=pages"))
			flags |= SWAP_FLAG_DISCARD | SWAP_FLAG_DISCARD_PAGES;
	}
	return flags;
}

/*
 * Takes back the signature that hibernating wrote over the swap area's own, which the kernel kept in
 * the ten bytes before it: the image cannot be resumed from any more, the swap area is as it was.
 */
static int image_invalidate(const char *path)
{
	long page = sysconf(_SC_PAGESIZE);
	char old[20];
	int fd = open(path, O_RDWR | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (pread(fd, old, sizeof old, page - (long)sizeof old) != sizeof old)
		r = -EIO;
	else if (memcmp(old + 10, "S1SUSPEND", 9) != 0 || memcmp(old, "SWAPSPACE2", 10) != 0)
		r = memcmp(old + 10, "SWAPSPACE2", 10) == 0 ? 0 : -EUCLEAN; /* done already, or not what it was */
	else if (pwrite(fd, old, 10, page - 10) != 10 || fdatasync(fd) < 0)
		r = -EIO;
	close(fd);
	return r;
}

int effect_swapon(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autofree char *path = sys_node_path(a->node);
	dev_t devnum;
	int r = sys_check(a, res);

	if (r >= 0)
		r = sys_dev_of(path, &devnum);
	if (r < 0)
		return r;
	if (sys_swaps_contain(devnum)) {
		res->flag = true; /* somebody else did, and writes to it */
		return 0;
	}
	if (a->flag && (r = image_invalidate(path)) < 0)
		return sys_fail(res, r, "the hibernation image on %s cannot be invalidated", path);
	r = RET_NERRNO(swapon(path, flags_of(a->options)));
	if (r == -EBUSY && sys_swaps_contain(devnum)) {
		res->flag = true;
		return 0;
	}
	return r < 0 ? sys_fail(res, r, "swapon %s: %s", path, g_strerror(-r)) : 0;
}

int effect_swapoff(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autofree char *path = sys_node_path(a->node);
	dev_t devnum;
	int r;

	if (!path)
		return sys_fail(res, -EINVAL, "no usable device name");
	if (sys_dev_of(path, &devnum) < 0 || !sys_swaps_contain(devnum))
		return 0;
	r = RET_NERRNO(swapoff(path));
	if (r < 0 && !sys_swaps_contain(devnum))
		return 0;
	return r < 0 ? sys_fail(res, r, "swapoff %s: %s", path, g_strerror(-r)) : 0;
}

/* Does not come back when the kernel finds and loads an image. */
int effect_resume(const struct action *a, const struct secret *secret, struct input *res)
{
	g_autofree char *dev = g_strdup_printf("%u:%u", major(a->devnum), minor(a->devnum));
	g_autofree char *offset = g_strdup_printf("%" PRIu64, a->offset);
	int r;

	if (access("/sys/power/resume", F_OK) < 0)
		return sys_fail(res, -EOPNOTSUPP, "this kernel cannot hibernate");
	r = sys_write(offset, "/sys/power/resume_offset");
	if (r < 0 && a->offset)
		return sys_fail(res, r, "/sys/power/resume_offset: %s", g_strerror(-r));
	r = sys_write(dev, "/sys/power/resume");
	return r < 0 ? sys_fail(res, r, "resuming from %s: %s", dev, g_strerror(-r)) : 0;
}
