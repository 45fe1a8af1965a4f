/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The standing questions on the consoles: one prompt at a time, on all of them, in the order in which
 * the questions came.  The first Enter anywhere answers; a question that is withdrawn takes its
 * prompt away.  Our own output and the kernel's messages never bury the prompt: it is drawn again.
 */
#include "tools.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ERASE "\r\033[K"

struct ask {
	struct questions *qs;
	struct tty ttys[TTYS_MAX];
	size_t n;
	bool opened, consoles;
	uint64_t id, lib_id; /* of the question whose prompt stands; 0: none */
	struct locked typed; /* bytes on their way from a terminal to its line */
	int kmsg_fd;
};

enum { KEY_CTRL_C = 3, KEY_CTRL_D = 4, KEY_BACKSPACE = 8, KEY_CTRL_U = 21, KEY_DELETE = 127 };

int ask_new(struct questions *qs, struct ask **ret)
{
	struct ask *a = calloc(1, sizeof *a);
	int r;

	if (!a)
		return -ENOMEM;
	if ((r = locked_init(&a->typed, 256)) < 0) {
		free(a);
		return r;
	}
	a->qs = qs;
	a->kmsg_fd = -1;
	*ret = a;
	return 0;
}

static const char *prompt_of(struct ask *a)
{
	struct question *q = questions_find(a->qs, a->id);

	return q ? q->prompt : "";
}

static void put_all(struct ask *a, const char *text)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->ttys[i].raw)
			(void)tty_put(&a->ttys[i], text); /* a stuck terminal misses a decoration */
}

static void draw(struct ask *a, struct tty *t)
{
	if (t->raw)
		t->redraw = !tty_put(t, ERASE) || !tty_put(t, prompt_of(a));
}

void ask_hide(struct ask *a)
{
	if (a->id)
		put_all(a, ERASE);
}

void ask_show(struct ask *a)
{
	for (size_t i = 0; a->id && i < a->n; i++)
		draw(a, &a->ttys[i]);
}

static void wipe_lines(struct ask *a)
{
	for (size_t i = 0; i < a->n; i++) {
		locked_wipe(&a->ttys[i].line);
		a->ttys[i].too_long = false;
		a->ttys[i].redraw = false;
	}
}

static void open_once(struct ask *a)
{
	if (a->opened)
		return;
	a->opened = true;
	a->n = ttys_open(a->ttys, &a->consoles);
	if (!a->consoles)
		return;
	a->kmsg_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (a->kmsg_fd >= 0)
		(void)lseek(a->kmsg_fd, 0, SEEK_END);
}

static void prompt_begin(struct ask *a, const struct question *q)
{
	open_once(a);
	a->id = q->id;
	a->lib_id = q->lib_id;
	for (size_t i = 0; i < a->n; i++)
		if (tty_set_raw(&a->ttys[i]))
			draw(a, &a->ttys[i]);
}

static void prompt_end(struct ask *a, const char *why)
{
	if (!a->id)
		return;
	put_all(a, why);
	a->id = 0;
	wipe_lines(a);
}

static bool is_asked(const struct ask *a)
{
	for (size_t i = 0; i < a->qs->n; i++)
		if (a->qs->list[i].lib_id == a->lib_id)
			return true;
	return false;
}

void ask_update(struct ask *a)
{
	struct question *q = questions_current(a->qs);

	if (a->id && (!q || q->id != a->id))
		prompt_end(a, is_asked(a) ? "(answered)\n" : "(not needed any more)\n");
	if (q && !a->id)
		prompt_begin(a, q);
	/* while an answer is being tried the echo stays off: somebody may type ahead */
	for (size_t i = 0; !a->qs->n && i < a->n; i++) {
		tty_restore(&a->ttys[i]);
		locked_wipe(&a->ttys[i].line);
	}
}

/* In the background no prompt is drawn; now we may be in front again, or somebody ran stty. */
void ask_resume(struct ask *a)
{
	for (size_t i = 0; a->id && i < a->n; i++) {
		tty_restore(&a->ttys[i]);
		if (tty_set_raw(&a->ttys[i]))
			draw(a, &a->ttys[i]);
	}
}

struct ask *ask_free(struct ask *a)
{
	if (!a)
		return NULL;
	prompt_end(a, "\n");
	for (size_t i = 0; i < a->n; i++)
		tty_close(&a->ttys[i]);
	if (a->kmsg_fd >= 0)
		close(a->kmsg_fd);
	locked_free(&a->typed);
	free(a);
	return NULL;
}

/* ---- keys ---- */

static void finish(struct ask *a, struct tty *t, bool skip)
{
	uint64_t id = a->id;
	int r;

	put_all(a, "\n");
	a->id = 0;
	r = skip ? questions_skip(a->qs, id) : questions_answer(a->qs, id, t->line.bytes, t->line.len);
	wipe_lines(a);
	if (r < 0 && r != -ESTALE)
		say_error(MSG_ANSWER, "", "the answer was not taken: %s", strerror(-r));
	ask_update(a);
}

static void erase_character(struct locked *l)
{
	while (l->len) {
		unsigned char c = l->bytes[--l->len];

		l->bytes[l->len] = 0;
		if ((c & 0xc0) != 0x80) /* the first byte of a UTF-8 sequence, or the only one */
			return;
	}
}

static void enter(struct ask *a, struct tty *t)
{
	if (t->too_long) {
		locked_wipe(&t->line);
		t->too_long = false;
		(void)tty_put(t, "(too long)\n");
		draw(a, t);
	} else if (!t->line.len) {
		(void)tty_put(t, "\n");
		draw(a, t);
	} else {
		finish(a, t, false);
	}
}

static void key(struct ask *a, struct tty *t, unsigned char c)
{
	switch (c) {
	case '\n':
	case '\r':
		if (a->id)
			enter(a, t);
		else
			locked_wipe(
				&t->line); /* an answer to no question: it must not meet the next one */
		return;
	case KEY_CTRL_C:
		if (a->id)
			finish(a, t, true);
		else
			(void)raise(SIGINT); /* no prompt to cancel: what it means elsewhere */
		return;
	case KEY_CTRL_D:
		if (a->id && !t->line.len)
			finish(a, t, true);
		return;
	case KEY_BACKSPACE:
	case KEY_DELETE:
		erase_character(&t->line);
		return;
	case KEY_CTRL_U:
		locked_wipe(&t->line);
		t->too_long = false;
		return;
	case '\0':
		return; /* a break on a serial line */
	default:
		if (t->line.len < t->line.size)
			t->line.bytes[t->line.len++] = c;
		else
			t->too_long = true;
	}
}

/* False: the terminal is gone. */
static bool read_keys(struct ask *a, struct tty *t)
{
	ssize_t n = read(t->fd, a->typed.bytes, a->typed.size);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	for (ssize_t i = 0; i < n; i++)
		key(a, t, a->typed.bytes[i]);
	locked_wipe(&a->typed);
	return n > 0;
}

/* The kernel wrote lines, on the consoles too unless their level is too low. */
static void kernel_spoke(struct ask *a)
{
	char record[8192];
	_cleanup_free_ char *text = NULL;
	long console_level = 7;
	bool seen = false;
	ssize_t n;

	if (read_file("/proc/sys/kernel/printk", &text, NULL) >= 0)
		console_level = strtol(text, NULL, 10);
	while ((n = read(a->kmsg_fd, record, sizeof record - 1)) > 0 || (n < 0 && errno == EPIPE)) {
		if (n < 0)
			continue; /* overwritten before we came to read it */
		record[n] = '\0';
		if ((strtol(record, NULL, 10) & 7) < console_level)
			seen = true;
	}
	if (seen)
		ask_show(a);
}

/* ---- polling ---- */

size_t ask_poll(struct ask *a, struct pollfd *fds)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		if (a->ttys[i].raw)
			fds[n++] = (struct pollfd){.fd = a->ttys[i].fd,
						   .events = POLLIN | (a->ttys[i].redraw ? POLLOUT : 0)};
	if (a->id && a->kmsg_fd >= 0)
		fds[n++] = (struct pollfd){.fd = a->kmsg_fd, .events = POLLIN};
	return n;
}

static struct tty *tty_of(struct ask *a, int fd)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->ttys[i].fd == fd)
			return &a->ttys[i];
	return NULL;
}

static void drop_tty(struct ask *a, struct tty *t)
{
	tty_close(t);
	*t = a->ttys[--a->n];
	a->ttys[a->n] = (struct tty){.fd = -1};
}

void ask_dispatch(struct ask *a, const struct pollfd *fds, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct tty *t = tty_of(a, fds[i].fd);

		if (!fds[i].revents)
			continue;
		if (fds[i].fd == a->kmsg_fd) {
			kernel_spoke(a);
			continue;
		}
		if (!t)
			continue;
		if ((fds[i].revents & POLLOUT) && a->id)
			draw(a, t);
		if ((fds[i].revents & POLLIN) ? !read_keys(a, t)
					      : (fds[i].revents & (POLLHUP | POLLERR)))
			drop_tty(a, t);
	}
}
