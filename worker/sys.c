/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sys.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef BLKGETDISKSEQ
#define BLKGETDISKSEQ _IOR(0x12, 128, __u64)
#endif

int sys_fail(struct input *res, int error, const char *format, ...)
{
	va_list ap;

	g_free(res->text);
	va_start(ap, format);
	res->text = g_strdup_vprintf(format, ap);
	va_end(ap);
	return error;
}

void sys_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	errno = saved;
}

char *sys_node_path(const char *node)
{
	g_auto(GStrv) parts = g_strsplit(node ?: "", "/", -1);

	/* "a..b" is a fine name of a volume or a label. */
	if (str_empty(node) || *node == '/' || g_strv_contains((const char *const *)parts, ".."))
		return NULL;
	return g_strconcat("/dev/", node, NULL);
}

int sys_dev_of(const char *path, dev_t *ret)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	*ret = st.st_rdev;
	return 0;
}

int sys_open(const struct action *a, int flags, struct input *res)
{
	g_autofree char *path = sys_node_path(a->node);
	_cleanup_close_ int fd = -1;
	struct stat st;
	__u64 seq = 0;

	if (!path)
		return sys_fail(res, -EINVAL, "no usable device name");
	fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return sys_fail(res, -errno, "%s: %s", path, g_strerror(errno));
	if (fstat(fd, &st) < 0)
		return sys_fail(res, -errno, "%s: %s", path, g_strerror(errno));
	if (!S_ISBLK(st.st_mode))
		return sys_fail(res, -ENOTBLK, "%s is not a block device", path);
	if (a->devnum && st.st_rdev != a->devnum)
		return sys_fail(res, -ESTALE, "%s is %u:%u now", path, major(st.st_rdev), minor(st.st_rdev));
	if (a->diskseq && ioctl(fd, BLKGETDISKSEQ, &seq) == 0 && seq && seq != a->diskseq)
		return sys_fail(res, -ESTALE, "%s is another disk now", path);
	return sys_steal_fd(&fd);
}

int sys_check(const struct action *a, struct input *res)
{
	_cleanup_close_ int fd = sys_open(a, O_RDONLY | O_NONBLOCK, res);

	return fd < 0 ? fd : 0;
}

int sys_pread(int fd, void *to, size_t len, uint64_t offset)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(fd, (char *)to + got, len - got, (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (int)got;
}

int sys_lock(int fd)
{
	int r;

	sys_killable = true; /* nothing is begun yet: a cancel may end us here */
	r = sys_cancelled() ? -ECANCELED : RET_NERRNO(flock(fd, LOCK_EX));
	sys_killable = false;
	return r == -ECANCELED ? r : 0; /* a node that cannot be locked can still be stopped */
}

/* -EBUSY: held by the kernel or an exclusive opener, which closing passers-by will not change. */
static int check_claimed(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_EXCL | O_CLOEXEC);

	return fd < 0 && errno == EBUSY ? -EBUSY : 0;
}

static int watch_close(const char *const *paths)
{
	_cleanup_close_ int fd = inotify_init1(IN_CLOEXEC);
	int watches = 0;

	if (fd < 0)
		return -errno;
	for (; *paths; paths++)
		if (inotify_add_watch(fd, *paths, IN_CLOSE | IN_DELETE_SELF | IN_ATTRIB) >= 0)
			watches++;
	return watches ? sys_steal_fd(&fd) : -ENODEV;
}

/* Whoever only looks at a device has closed it again before that. */
#define PASSER_BY_MS 3000

static int claimed_by_process(const char *path, dev_t devnum, struct input *res)
{
	g_autofree char *who = devnum ? holder_process(devnum) : NULL;

	return sys_fail(res, -EBUSY, "%s is %s", path, who ?: "in use");
}

int sys_retry_unused(const char *const *paths, int (*attempt)(void *data), void *data, struct input *res)
{
	const gint64 end = g_get_monotonic_time() + PASSER_BY_MS * 1000;
	dev_t devnum = 0;

	for (;;) {
		char events[4096] __attribute__((aligned(8)));
		g_autofree char *holder = NULL;
		_cleanup_close_ int fd = -1;
		struct pollfd pfd;
		int left = (int)(MAX(end - g_get_monotonic_time(), 0) / 1000), r = attempt(data);

		if (r != -EBUSY)
			return r;
		/* Opening it below wakes our own watch: so the claim is looked at before the watch is set. */
		if (sys_dev_of(*paths, &devnum) == 0 && (holder = holder_of_device(devnum)))
			return sys_fail(res, -EBUSY, "%s is %s", *paths, holder);
		if (check_claimed(*paths) < 0)
			return claimed_by_process(*paths, devnum, res);
		fd = watch_close(paths);
		if (fd < 0)
			return fd == -ENODEV ? attempt(data) : fd;
		r = attempt(data); /* it may have been closed before the watch was set */
		if (r != -EBUSY)
			return r;
		pfd = (struct pollfd){ .fd = fd, .events = POLLIN };
		sys_killable = true; /* nothing is half done: a cancel may end us here */
		r = sys_cancelled() ? -ECANCELED : RET_NERRNO(poll(&pfd, 1, left));
		sys_killable = false;
		if (r == 0)
			return claimed_by_process(*paths, devnum, res);
		if (r < 0 && r != -EINTR)
			return r;
		if (r > 0 && read(fd, events, sizeof events) < 0)
			return -errno;
	}
}

#define CLAIM_WAIT_MS 10000

int sys_wait_unclaimed(const char *path, dev_t devnum, struct input *res)
{
	g_autofree char *holder = NULL, *who = NULL;
	_cleanup_close_ int fd = -1;
	const gint64 end = g_get_monotonic_time() + CLAIM_WAIT_MS * 1000;
	struct pollfd pfd;
	int r;

	if (check_claimed(path) >= 0)
		return 0;
	holder = holder_of_device(devnum);
	if (holder)
		return sys_fail(res, -EBUSY, "%s", holder);
	fd = watch_close((const char *const[]){ path, NULL });
	while (fd >= 0 && check_claimed(path) < 0) {
		char events[4096] __attribute__((aligned(8)));

		int left = (int)(MAX(end - g_get_monotonic_time(), 0) / 1000);

		pfd = (struct pollfd){ .fd = fd, .events = POLLIN };
		sys_killable = true; /* nothing is begun yet */
		r = sys_cancelled() ? -ECANCELED : RET_NERRNO(poll(&pfd, 1, left));
		sys_killable = false;
		if (r == 0) {
			who = holder_process(devnum);
			return sys_fail(res, -EBUSY, "%s", who ?: "in use");
		}
		if (r < 0 && r != -EINTR)
			return r;
		if (r > 0 && read(fd, events, sizeof events) < 0)
			return -errno;
	}
	return 0;
}

char *sys_read(const char *format, ...)
{
	g_autofree char *path = NULL;
	char *text = NULL;
	va_list ap;
	size_t len;

	va_start(ap, format);
	path = g_strdup_vprintf(format, ap);
	va_end(ap);
	if (!g_file_get_contents(path, &text, &len, NULL))
		return NULL;
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return text;
}

int sys_write(const char *value, const char *format, ...)
{
	g_autofree char *path = NULL;
	_cleanup_close_ int fd = -1;
	va_list ap;

	va_start(ap, format);
	path = g_strdup_vprintf(format, ap);
	va_end(ap);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, value, strlen(value)) < 0 ? -errno : 0;
}

char *sys_next_line(const char **p)
{
	size_t len = strcspn(*p, "\n");
	char *line;

	if (!**p)
		return NULL;
	line = g_strndup(*p, len);
	*p += len + ((*p)[len] == '\n');
	return line;
}
