/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Terminals with their echo off.  Whatever ends the process, a signal that nobody caught included,
 * they are put right again: what is to be restored is remembered here, in a form a handler can use.
 */
#include "tools.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static struct restore {
	volatile sig_atomic_t used;
	int fd;
	struct termios saved;
} restores[TTYS_MAX];

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
static const int endings[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static void restore_all(void)
{
	for (size_t i = 0; i < N_ELEMENTS(restores); i++)
		if (restores[i].used)
			(void)tcsetattr(restores[i].fd, TCSANOW, &restores[i].saved);
}

/* SA_RESETHAND: the second time the signal does what it always does. */
static void restore_and_die(int sig)
{
	restore_all();
	(void)raise(sig);
}

static void handle(const int *signals, size_t n)
{
	struct sigaction action = {.sa_handler = restore_and_die, .sa_flags = SA_RESETHAND | SA_NODEFER};

	for (size_t i = 0; i < n; i++) {
		struct sigaction old;

		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &action, NULL);
	}
}

static void restore_add(int fd, const struct termios *saved)
{
	static bool prepared;

	if (!prepared) {
		prepared = true;
		(void)atexit(restore_all);
		handle(crashes, N_ELEMENTS(crashes));
	}
	for (size_t i = 0; i < N_ELEMENTS(restores); i++) {
		if (restores[i].used)
			continue;
		restores[i].fd = fd;
		restores[i].saved = *saved;
		restores[i].used = 1;
		return;
	}
}

static void restore_drop(int fd)
{
	for (size_t i = 0; i < N_ELEMENTS(restores); i++)
		if (restores[i].used && restores[i].fd == fd)
			restores[i].used = 0;
}

/* A job in the background must not change the terminal of the job in front. */
static bool in_background(int fd)
{
	pid_t front = tcgetpgrp(fd);

	return front > 0 && front != getpgrp();
}

bool tty_set_raw(struct tty *t)
{
	struct termios raw;

	if (t->raw)
		return true;
	if (in_background(t->fd) || tcgetattr(t->fd, &t->saved) < 0)
		return false;
	raw = t->saved;
	raw.c_lflag &= ~(ICANON | ECHO | ECHOE | ECHOK | ECHONL | ISIG | IEXTEN);
	raw.c_iflag &= ~(IXON | ISTRIP | INLCR | IGNCR);
	raw.c_iflag |= ICRNL;
	raw.c_cflag |= CLOCAL | CREAD; /* a serial console without modem lines is still one */
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	restore_add(t->fd, &t->saved);
	if (tcsetattr(t->fd, TCSANOW, &raw) < 0) {
		restore_drop(t->fd);
		return false;
	}
	t->raw = true;
	return true;
}

void tty_restore(struct tty *t)
{
	if (!t->raw)
		return;
	(void)tcsetattr(t->fd, TCSANOW, &t->saved);
	restore_drop(t->fd);
	t->raw = false;
}

void tty_close(struct tty *t)
{
	tty_restore(t);
	locked_free(&t->line);
	close(t->fd);
	t->fd = -1;
}

bool tty_put(struct tty *t, const char *text)
{
	size_t len = strlen(text);

	return write(t->fd, text, len) == (ssize_t)len;
}

/* ---- which terminals ---- */

/* A descriptor of our own: O_NONBLOCK on one that the shell shares would outlive us. */
static bool open_tty(struct tty *list, size_t *n, const char *path)
{
	int fd;

	if (*n == TTYS_MAX || !path)
		return false;
	if ((fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) < 0)
		return false;
	list[*n] = (struct tty){.fd = fd};
	if (!isatty(fd) || locked_init(&list[*n].line, 1024) < 0) {
		close(fd);
		return false;
	}
	(*n)++;
	return true;
}

static bool in_initramfs(void)
{
	struct statfs root;

	return getppid() == 1 && statfs("/", &root) == 0 &&
	       ((unsigned long)root.f_type == RAMFS_MAGIC || (unsigned long)root.f_type == TMPFS_MAGIC);
}

static size_t open_consoles(struct tty *list)
{
	_cleanup_free_ char *names = NULL;
	char *rest, *name, path[128];
	size_t n = 0;

	if (read_file("/sys/class/tty/console/active", &names, NULL) >= 0)
		for (name = strtok_r(names, " \n", &rest); name; name = strtok_r(NULL, " \n", &rest)) {
			snprintf(path, sizeof path, "/dev/%s", name);
			open_tty(list, &n, path);
		}
	if (!n)
		open_tty(list, &n, "/dev/console");
	return n;
}

size_t ttys_open(struct tty list[TTYS_MAX], bool *ret_consoles)
{
	struct stat st;
	bool console =
		fstat(STDIN_FILENO, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(5, 1);
	size_t n = 0;

	*ret_consoles = false;
	if (in_initramfs() && (console || !isatty(STDIN_FILENO))) {
		*ret_consoles = true;
		return open_consoles(list);
	}
	if (isatty(STDIN_FILENO) && !open_tty(list, &n, ttyname(STDIN_FILENO)))
		open_tty(list, &n, "/dev/tty");
	return n;
}

/* ---- one line, for the answer command ---- */

static int read_line(int fd, struct locked *l)
{
	for (;;) {
		unsigned char *c = l->bytes + l->len;
		ssize_t n;

		if (l->len > ANSWER_MAX)
			return -EMSGSIZE;
		n = read(fd, c, 1); /* nothing behind the line is ours */
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return l->len ? 0 : -ENODATA;
		if (*c == '\n') {
			*c = 0;
			return 0;
		}
		l->len++;
	}
}

int ask_line(int fd, const char *prompt, struct locked *ret)
{
	struct termios saved, quiet;
	int r;

	if (!isatty(fd) || tcgetattr(fd, &saved) < 0)
		return read_line(fd, ret);
	quiet = saved;
	quiet.c_lflag &= ~(ECHO | ECHOE | ECHOK | ECHONL);
	restore_add(fd, &saved);
	handle(endings, N_ELEMENTS(endings));
	if (tcsetattr(fd, TCSAFLUSH, &quiet) < 0) {
		r = -errno;
	} else {
		(void)write_all(STDERR_FILENO, prompt, strlen(prompt));
		r = read_line(fd, ret);
		(void)tcsetattr(fd, TCSANOW, &saved);
		(void)write_all(STDERR_FILENO, "\n", 1);
	}
	restore_drop(fd);
	return r;
}
