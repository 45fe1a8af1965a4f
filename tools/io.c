/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines for people, files, folders, numbers, and memory for secrets. */
#include "tools.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX (UINT64_C(64) << 20)

/* ---- lines ---- */

static struct ask *prompt; /* whose prompt may stand on the terminal that stderr is */

void say_set_prompt(struct ask *a)
{
	prompt = a;
}

/*
 * The last gate before a terminal: what the library has cleaned, and what it has not seen (files that were
 * named, what another process or an earlier run has left, journals).
 */
size_t visible_character(const unsigned char *c)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	static const struct {
		uint32_t first, last;
	} hidden[] = {{0, 0x1f},	 {0x7f, 0x9f},	   {0xad, 0xad},     {0x61c, 0x61c},   {0x180e, 0x180e},
		      {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0xd800, 0xdfff}, {0xfeff, 0xfeff},
		      {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff}};
	size_t n = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;
	uint32_t point = n == 1 ? *c : *c & (0x7fu >> n);

	for (size_t i = 1; i < n; i++) {
		if ((c[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (c[i] & 0x3fu);
	}
	if (!n || point < least[n] || point > 0x10ffff)
		return 0;
	for (size_t i = 0; i < N_ELEMENTS(hidden); i++)
		if (point >= hidden[i].first && point <= hidden[i].last)
			return 0;
	return n;
}

char *printable(const char *text)
{
	char *copy = strdup(text ? text : "");

	for (unsigned char *c = (unsigned char *)copy; c && *c;) {
		size_t n = visible_character(c);

		if (!n && *c != '\n' && *c != '\t')
			*c = '?';
		c += n ? n : 1;
	}
	return copy;
}

/* One write, so that lines of several processes do not mix. */
static void put_line(const char *text)
{
	_cleanup_free_ char *clean = printable(text);
	_cleanup_free_ char *line = NULL;
	int n;

	if (!clean || (n = asprintf(&line, "%s\n", clean)) < 0)
		return;
	if (prompt)
		ask_hide(prompt);
	(void)write_all(STDERR_FILENO, line, n); /* nobody is left to be told */
	if (prompt)
		ask_show(prompt);
}

void say(const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *line = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n >= 0 && asprintf(&line, "storage-activate: %s", text) >= 0)
		put_line(line);
}

void say_message(unsigned number, const char *subject, const char *text)
{
	_cleanup_free_ char *line = NULL;
	bool named = subject && *subject;
	char *end;

	if (asprintf(&line, "SACT-%03u: %s%s%s", number, named ? subject : "", named ? ": " : "",
		     text ? text : "") < 0)
		return;
	while ((end = strchr(line, '\n'))) /* one message is one line */
		*end = ' ';
	put_line(line);
}

void say_error(enum tool_message number, const char *subject, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	if (n >= 0)
		say_message(number, subject, text);
}

/* ---- files and folders ---- */

int write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= n;
	}
	return 0;
}

static int read_fd(int fd, char **ret, size_t *ret_len)
{
	size_t len = 0, size = 4096;
	char *text = malloc(size), *more;

	while (text) {
		ssize_t n = read(fd, text + len, size - len - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int r = -errno;

			free(text);
			return r;
		}
		if (n == 0) {
			text[len] = '\0';
			*ret = text;
			*ret_len = len;
			return 0;
		}
		if ((len += n) < size - 1)
			continue;
		if (size > FILE_MAX) {
			free(text);
			return -EFBIG;
		}
		if ((more = realloc(text, size *= 2)))
			text = more;
		else
			break;
	}
	free(text);
	return -ENOMEM;
}

int read_file(const char *path, char **ret, size_t *ret_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r;
	char *text = NULL;
	size_t len = 0;

	if (fd < 0)
		return -errno;
	r = read_fd(fd, &text, &len);
	close(fd);
	if (r < 0)
		return r;
	*ret = text;
	if (ret_len)
		*ret_len = len;
	return 0;
}

static int make_folders(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *at = copy + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return -errno;
		*at = '/';
	}
	if (mkdir(copy, 0700) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static bool named_for_us(const char *path)
{
	static const char name[] = "/storage-activate";
	size_t len = strlen(path);

	while (len && path[len - 1] == '/')
		len--;
	return len >= strlen(name) && strncmp(path + len - strlen(name), name, strlen(name)) == 0;
}

int open_run_dir(const char *path, bool make)
{
	struct stat st;
	int fd, r;

	if (make && (r = make_folders(path)) < 0)
		return r;
	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (st.st_uid != geteuid() || (st.st_mode & 0022))
		r = -EPERM; /* somebody else could have put into it what we are about to believe */
	else if (make && (st.st_mode & 0077) && !named_for_us(path))
		r = -EEXIST; /* it is for others, too, and closing it to them could stop the machine */
	else if (make && (st.st_mode & 0077) && fchmod(fd, 0700) < 0)
		r = -errno;
	else
		return fd;
	close(fd);
	return r;
}

/* ---- numbers and time ---- */

int parse_number(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, *text - '0', &value))
			return -ERANGE;
	}
	*ret = value;
	return 0;
}

int parse_seconds(const char *text, uint64_t *ret_usec)
{
	uint64_t whole = 0, fraction = 0, digit = USEC_PER_SEC, factor = 0;
	const char *at = text;
	static const struct {
		const char *name;
		uint64_t usec;
	} units[] = {{"", USEC_PER_SEC}, {"s", USEC_PER_SEC}, {"ms", 1000}, {"min", 60 * USEC_PER_SEC}};

	for (; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, *at - '0', &whole))
			return -ERANGE;
	if (at == text)
		return -EINVAL;
	if (*at == '.')
		for (at++; *at >= '0' && *at <= '9'; at++)
			fraction += (*at - '0') * (digit /= 10);
	for (size_t i = 0; i < N_ELEMENTS(units); i++)
		if (strcmp(at, units[i].name) == 0)
			factor = units[i].usec;
	if (!factor)
		return -EINVAL;
	if (__builtin_mul_overflow(whole, factor, &whole) || whole > UINT64_MAX / 2)
		return -ERANGE;
	*ret_usec = whole + fraction * factor / USEC_PER_SEC;
	return 0;
}

uint64_t boottime_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return now.tv_sec * USEC_PER_SEC + now.tv_nsec / 1000;
}

/* ---- secrets ---- */

void no_core_dumps(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int locked_init(struct locked *l, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *p;

	size = (size + page - 1) / page * page;
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -errno;
	(void)mlock(p, size); /* a small RLIMIT_MEMLOCK: still better than no answer at all */
	(void)madvise(p, size, MADV_DONTDUMP);
	(void)madvise(p, size, MADV_DONTFORK);
	*l = (struct locked){.bytes = p, .size = size};
	return 0;
}

void locked_wipe(struct locked *l)
{
	if (l->bytes)
		explicit_bzero(l->bytes, l->size);
	l->len = 0;
}

void locked_free(struct locked *l)
{
	if (!l->bytes)
		return;
	locked_wipe(l);
	munmap(l->bytes, l->size);
	*l = (struct locked){0};
}

void locked_drop(struct locked *l, size_t n)
{
	memmove(l->bytes, l->bytes + n, l->len - n);
	explicit_bzero(l->bytes + l->len - n, n);
	l->len -= n;
}
