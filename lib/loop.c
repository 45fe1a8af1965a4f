/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One epoll fd over the sources, the workers and the one timer; inputs in, actions out. */
#include "context.h"
#include "handover/state.h"

#include <linux/capability.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * USEC_PER_SEC + (uint64_t)ts.tv_nsec / 1000;
}

void loop_log(sact *s, int priority, const char *text)
{
	if (s->log_fn)
		s->log_fn(s->log_data, priority, text);
}

/* As write(2), without the SIGPIPE of a pipe that nobody reads: the caller's handlers are the caller's. */
static ssize_t write_quietly(int fd, const char *bytes, size_t len)
{
	const struct timespec at_once = { 0 };
	sigset_t set, before, pending;
	ssize_t n;

	(void)sigpending(&pending);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &set, &before);
	n = write(fd, bytes, len);
	if (n < 0 && errno == EPIPE && !sigismember(&pending, SIGPIPE)) {
		(void)sigtimedwait(&set, NULL, &at_once);
		errno = EPIPE;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return n;
}

/* A record that cannot be written any more is no reason to fail a boot. */
void loop_record(sact *s, const char *line)
{
	size_t left = strlen(line);

	while (s->record_fd >= 0 && left) {
		ssize_t n = write_quietly(s->record_fd, line, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			loop_log(s, 4, "the journal cannot be written; recording ends");
			close(s->record_fd);
			s->record_fd = -1;
			return;
		}
		line += n;
		left -= (size_t)n;
	}
}

/* The head of a journal line; NULL: nobody wants one. */
static GString *line_begin(sact *s, uint64_t now, char mark)
{
	GString *line;

	if (s->record_fd < 0 && !s->log_fn)
		return NULL;
	line = g_string_new(NULL);
	g_string_append_printf(line, "@%" PRIu64 " %c ", now, mark);
	return line;
}

static void line_end(sact *s, GString *line)
{
	loop_log(s, 7, line->str);
	g_string_append_c(line, '\n');
	loop_record(s, line->str);
}

static void record_input(sact *s, const struct input *in, uint64_t now)
{
	g_autoptr(GString) line = line_begin(s, now, '<');

	if (!line)
		return;
	input_encode(in, line);
	line_end(s, line);
}

static void record_action(sact *s, const struct action *a, uint64_t now)
{
	g_autoptr(GString) line = line_begin(s, now, '>');

	if (!line)
		return;
	action_encode(a, line);
	line_end(s, line);
}

static void forget_secret(sact *s, uint64_t number)
{
	g_hash_table_remove(s->secrets, &number);
}

static void execute(sact *s, const struct action *a)
{
	if (action_is_effect(a)) {
		const struct secret *secret = a->secret ? g_hash_table_lookup(s->secrets, &a->secret) : NULL;

		if (s->pool)
			pool_submit(s->pool, a, secret);
		return;
	}
	if (a->type_id == ACTION_CANCEL) {
		if (s->pool)
			pool_cancel(s->pool, a->id, a->flag);
	} else if (a->type_id == ACTION_OVERTAKE) {
		if (s->pool)
			pool_overtake(s->pool, a->id);
	} else if (a->type_id == ACTION_FORGET) {
		forget_secret(s, a->secret);
	} else {
		event_push(s, a);
	}
}

/* Names in it come from disks and callers: quoted as in every other line. */
static void record_deadline(void *data, const struct deadline *d)
{
	static const struct record_field fields[] = {
		{ "until", RECORD_U64, offsetof(struct deadline, until) },
		{ "owner", RECORD_STR, offsetof(struct deadline, owner) },
		{ "reason", RECORD_STR, offsetof(struct deadline, reason) },
	};
	sact *s = data;
	g_autoptr(GString) line = NULL;
	uint64_t *copy;

	if (g_hash_table_contains(s->deadlines_told, &d->until))
		return;
	copy = g_new(uint64_t, 1);
	*copy = d->until;
	g_hash_table_add(s->deadlines_told, copy);
	line = g_string_new(NULL);
	g_string_append_printf(line, "@%" PRIu64 " = deadline", now_usec());
	record_encode(line, fields, G_N_ELEMENTS(fields), d);
	g_string_append_c(line, '\n');
	loop_record(s, line->str);
}

/* The one timer stands for the first deadline of all. */
void loop_arm(sact *s)
{
	uint64_t next = s->started ? plan_next_deadline(s->plan) : USEC_NEVER;
	struct itimerspec its = { 0 };

	if (next == s->armed || !s->armed || s->timer_fd < 0)
		return;
	if (next != USEC_NEVER) {
		its.it_value.tv_sec = (time_t)(next / USEC_PER_SEC);
		its.it_value.tv_nsec = (long)(next % USEC_PER_SEC * 1000);
		if (!its.it_value.tv_sec && !its.it_value.tv_nsec)
			its.it_value.tv_nsec = 1;
		if (s->record_fd >= 0)
			deadlines_each(s->plan, record_deadline, s);
	}
	(void)timerfd_settime(s->timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
	s->armed = next;
}

/* What was wished for between two rounds makes the descriptor readable. */
void loop_wake(sact *s)
{
	const struct itimerspec its = { .it_value.tv_nsec = 1 };

	if (!s->started)
		return;
	(void)timerfd_settime(s->timer_fd, TFD_TIMER_ABSTIME, &its, NULL);
	s->armed = 0;
}

/* What is made has to be known for ours by the next run, even if this one dies before its result comes. */
static void note_intended(sact *s)
{
	g_autoptr(GString) text = NULL;
	int r = 0;

	for (guint i = 0; s->state_fd >= 0 && i < s->actions.list->len; i++) {
		if (!action_is_effect(s->actions.list->pdata[i]))
			continue;
		text = text ?: g_string_new(NULL);
		state_intend(s->plan, s->actions.list->pdata[i], text);
	}
	if (text && text->len)
		r = state_append(s->state_fd, STATE_INTENDED, text->str);
	if (r < 0)
		loop_log(s, 4, "what is about to be made cannot be noted: after a crash it is taken for somebody else's");
}

static void step(sact *s, const struct input *in)
{
	uint64_t now = now_usec();

	record_input(s, in, now);
	plan_step(s->plan, in, now, &s->actions);
	note_intended(s);
	for (guint i = 0; i < s->actions.list->len; i++) {
		const struct action *a = s->actions.list->pdata[i];

		record_action(s, a, now);
		execute(s, a);
	}
}

/* What arises while actions are carried out (a worker that cannot be started) waits its turn. */
void loop_feed(sact *s, const struct input *in)
{
	struct input *next;

	if (s->stepping) {
		next = g_new0(struct input, 1);
		input_copy(next, in);
		g_queue_push_tail(&s->pending, next);
		return;
	}
	s->stepping = true;
	step(s, in);
	while ((next = g_queue_pop_head(&s->pending))) {
		step(s, next);
		input_clear(next);
		g_free(next);
	}
	s->stepping = false;
}

static void feed(void *data, const struct input *in)
{
	loop_feed(data, in);
}

static int watch(sact *s, int fd, void *tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = tag };

	return RET_NERRNO(epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &ev));
}

static void policy(sact *s, const char *key, const char *value)
{
	struct input in = { .type_id = INPUT_POLICY, .key = (char *)key, .value = (char *)value };

	loop_feed(s, &in);
}

/* To tear down without knowing what is mounted would be blind; to mount is not. */
static int open_mounts(sact *s)
{
	int r = mounts_new(&s->mounts, feed, s);

	if (r >= 0)
		r = watch(s, mounts_fd(s->mounts), s->mounts);
	if (r >= 0)
		policy(s, "mounts", "1");
	return r < 0 && s->plan->stopping ? r : 0;
}

static int open_sources(sact *s, bool udev)
{
	int r;

	r = pool_new(&s->pool, s->epoll_fd, udev, feed, s);
	if (r >= 0)
		r = pool_prepare(s->pool); /* it starts while devices are listed */
	if (r == -ENOENT || r == -EACCES) {
		struct complaint c = { .number = MSG_NO_WORKER, .severity = 3,
				       .where = (char *)SACT_LIBEXECDIR "/storage-activate-worker",
				       .text = (char *)(r == -ENOENT ? "is not there" : "cannot be run") };

		event_complaint(s, &c);
	}
	if (r >= 0)
		r = source_new(&s->source, udev, feed, s);
	if (r >= 0)
		r = watch(s, source_fd(s->source), s->source);
	if (r >= 0)
		r = open_mounts(s);
	return r;
}

/* A world without devices: goals wait in it for their deadlines. */
static int start_alone(sact *s)
{
	struct input in = { .type_id = INPUT_ENUMERATED };

	s->started = true;
	goals_submit(s);
	loop_feed(s, &in);
	loop_arm(s);
	return 0;
}

/* What key derivations may take together: most of what is free now. */
static void policy_memory(sact *s)
{
	g_autofree char *info = NULL, *value = NULL;
	const char *line;

	if (!g_file_get_contents("/proc/meminfo", &info, NULL, NULL) || !(line = strstr(info, "MemAvailable:")))
		return;
	value = g_strdup_printf("%" PRIu64, g_ascii_strtoull(line + strlen("MemAvailable:"), NULL, 10) / 4 * 3);
	policy(s, "memory", value);
}

/* Whoever may not mount would wait for what no worker of his can do. */
static bool may_activate(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	return syscall(SYS_capget, &header, data) < 0 || data[0].effective & (1u << CAP_SYS_ADMIN);
}

int loop_start(sact *s)
{
	bool udev = s->source_kind == SACT_SOURCE_UDEV ||
		    (s->source_kind == SACT_SOURCE_AUTO && source_udevd_runs());
	int r;

	if (s->source_kind == SACT_SOURCE_NONE)
		return start_alone(s);
	s->udev = udev;
	policy(s, "source", udev ? "udev" : "kernel");
	policy(s, "modules", udev ? "0" : "1");
	policy_memory(s);
	r = may_activate() ? open_sources(s, udev) : -EPERM;
	if (r < 0) {
		loop_close(s);
		return r;
	}
	s->started = true;
	goals_submit(s);
	if (!udev && !s->plan->stopping)
		modalias_walk(feed, s);
	r = source_enumerate(s->source);
	loop_arm(s);
	return r;
}

void loop_close(sact *s)
{
	s->pool = pool_free(s->pool);
	s->source = source_free(s->source);
	s->mounts = mounts_free(s->mounts);
}

static void timer_fired(sact *s)
{
	struct input in = { .type_id = INPUT_TIMER };
	uint64_t expirations;

	if (read(s->timer_fd, &expirations, sizeof expirations) < 0)
		return;
	s->armed = USEC_NEVER;
	loop_feed(s, &in);
}

static void dispatch_one(sact *s, void *tag)
{
	if (tag == &s->timer_fd)
		timer_fired(s);
	else if (tag == s->mounts)
		(void)mounts_dispatch(s->mounts);
	else if (tag != s->source && s->pool && pool_owns(s->pool, tag))
		pool_dispatch(s->pool, tag);
}

_public_ int sact_dispatch(sact *s)
{
	struct epoll_event ev[16];
	int n;

	if (!s || !s->started)
		return -EINVAL;
	goals_submit(s);
	n = RET_NERRNO(epoll_wait(s->epoll_fd, ev, G_N_ELEMENTS(ev), 0));
	if (n < 0)
		return n == -EINTR ? 0 : n;
	/* Devices first: a worker's answer may speak of one whose event is already here. */
	if (s->source)
		(void)source_dispatch(s->source);
	for (int i = 0; i < n; i++)
		dispatch_one(s, ev[i].data.ptr);
	loop_arm(s);
	return n;
}

_public_ int sact_get_fd(const sact *s)
{
	return s ? s->epoll_fd : -EINVAL;
}
