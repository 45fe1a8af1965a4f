/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A caller with a loop of its own: it waits for a device, tells what happens, and asks for passphrases
 * on standard input while everything else goes on.
 *
 *	cc loop.c $(pkg-config --cflags --libs storageactivate) -o loop
 *	./loop LABEL=backup
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <storageactivate.h>
#include <string.h>
#include <unistd.h>

/* The question on the screen: one at a time. */
static sact_secret *asked;

static void on_question(sact_secret *q)
{
	sact_secret_unref(asked);
	asked = sact_secret_ref(q);
	fprintf(stderr, "%s: ", sact_secret_get_prompt(q));
}

static void on_event(const sact_event *e)
{
	const char *subject = sact_event_get_subject(e), *text = sact_event_get_text(e);

	switch (sact_event_get_type(e)) {
	case SACT_EVENT_QUESTION:
		on_question(sact_event_get_secret(e));
		break;
	case SACT_EVENT_WITHDRAWN:
		if (asked == sact_event_get_secret(e))
			asked = sact_secret_unref(asked);
		break;
	case SACT_EVENT_MESSAGE:
		fprintf(stderr, "SACT-%03d: %s: %s\n", sact_event_get_number(e), subject ? subject : "",
			text ? text : "");
		break;
	default: /* states; a later library may tell of more */
		fprintf(stderr, "%s: %s\n", subject ? subject : "", text ? text : "");
	}
}

static void tell_events(sact *s)
{
	sact_event *e;

	while (sact_next_event(s, &e) > 0) {
		on_event(e);
		sact_event_unref(e);
	}
}

/* A line from standard input answers; its end skips.  A real program would switch the echo off. */
static void on_input(void)
{
	char line[512];
	ssize_t n = read(STDIN_FILENO, line, sizeof line);
	sact_secret *q = asked;

	asked = NULL;
	if (n > 0)
		(void)sact_secret_answer(q, line, (size_t)n - (line[n - 1] == '\n'));
	else
		(void)sact_secret_skip(q);
	memset(line, 0, sizeof line);
	sact_secret_unref(q);
}

static int run(sact *s)
{
	int r = sact_start(s);

	tell_events(s);
	while (r >= 0 && !sact_is_settled(s)) {
		struct pollfd fds[2];

		memset(fds, 0, sizeof fds);
		fds[0].fd = sact_get_fd(s);
		fds[1].fd = asked ? STDIN_FILENO : -1;
		fds[0].events = fds[1].events = POLLIN;
		if (poll(fds, 2, -1) < 0)
			return -errno;
		if (fds[1].revents)
			on_input();
		r = sact_dispatch(s);
		tell_events(s);
	}
	return r;
}

int main(int argc, char **argv)
{
	sact_goal *goal = NULL;
	sact *s = NULL;
	int r;

	if (argc != 2) {
		fprintf(stderr, "Usage: %s SPEC\n", argv[0]);
		return 2;
	}
	r = sact_new(&s);
	if (r >= 0)
		r = sact_goal_new_device(s, argv[1], &goal);
	if (r >= 0)
		r = run(s);
	if (r >= 0)
		r = sact_goal_get_error(goal, NULL);
	if (r >= 0)
		puts(sact_goal_get_node(goal));
	else
		fprintf(stderr, "%s: %s\n", argv[1], strerror(-r));
	sact_secret_unref(asked);
	sact_goal_unref(goal);
	sact_unref(s);
	return r < 0;
}
