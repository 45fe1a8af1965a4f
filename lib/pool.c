/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool.h"

#include "util/frame.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORKER_PATH SACT_LIBEXECDIR "/storage-activate-worker"
#define PROCESSES_MAX 128 /* in all, those among them that hang in the kernel */

struct job {
	struct action action;
	const struct secret *secret; /* the context's; it outlives the job */
	bool suspect;		     /* took long before: has a worker of its own */
	bool retried;		     /* a worker died over it */
	bool cancelled;		     /* and asked to end */
};

struct worker {
	struct pool *pool;
	pid_t pid;
	int pidfd, sock;
	bool dying;	  /* killed; only waits to be reaped */
	bool slow;	  /* for key derivation and checks */
	struct job *job;  /* what it works on; NULL: idle */
	GByteArray *in, *out;
};

struct pool {
	int epoll_fd;
	bool udev;
	pool_result fn;
	void *data;
	GPtrArray *workers; /* struct worker */
	GQueue quick, slow; /* struct job */
	unsigned started;
};

static void job_free(struct job *j)
{
	if (j) {
		action_clear(&j->action);
		g_free(j);
	}
}

static void answer(struct pool *p, uint64_t id, int error, const char *text)
{
	struct input in = { .type_id = INPUT_RESULT, .id = id, .error = error };

	in.text = g_strdup(text);
	p->fn(p->data, &in);
	input_clear(&in);
}

int pool_new(struct pool **ret, int epoll_fd, bool udev, pool_result fn, void *data)
{
	struct pool *p = g_new0(struct pool, 1);

	p->epoll_fd = epoll_fd;
	p->udev = udev;
	p->fn = fn;
	p->data = data;
	p->workers = g_ptr_array_new();
	*ret = p;
	return 0;
}

/* ---- processes ---- */

static int spawn(bool udev, int sock, pid_t *ret)
{
	static char *const argv[] = { (char *)"storage-activate-worker", NULL };
	char *env[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin", udev ? NULL : (char *)"DM_DISABLE_UDEV=1", NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int r;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	posix_spawn_file_actions_adddup2(&fa, sock, 3); /* first: a daemon's may be one of 0 to 2 */
	posix_spawn_file_actions_addopen(&fa, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&fa, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	r = posix_spawn(ret, WORKER_PATH, &fa, &attr, argv, env);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&attr);
	return -r;
}

static void watch(struct pool *p, struct worker *w, int op, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	(void)epoll_ctl(p->epoll_fd, op, fd, &ev);
}

static struct worker *worker_new(struct pool *p, bool slow)
{
	struct worker *w;
	int sv[2], r;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv) < 0)
		return NULL;
	r = spawn(p->udev, sv[1], &pid);
	close(sv[1]);
	if (r < 0) {
		close(sv[0]);
		errno = -r;
		return NULL;
	}
	w = g_new0(struct worker, 1);
	w->pool = p;
	w->pid = pid;
	w->pidfd = pidfd_open(pid, 0);
	w->sock = sv[0];
	w->slow = slow;
	w->in = g_byte_array_new();
	w->out = g_byte_array_new();
	g_ptr_array_add(p->workers, w);
	p->started++;
	watch(p, w, EPOLL_CTL_ADD, w->sock, EPOLLIN);
	return w;
}

static void worker_free(struct worker *w)
{
	if (w->pidfd >= 0) {
		siginfo_t si;

		(void)waitid(P_PIDFD, (id_t)w->pidfd, &si, WEXITED | WNOHANG); /* the caller may have reaped it */
		close(w->pidfd);
	}
	if (w->sock >= 0)
		close(w->sock);
	job_free(w->job);
	memset(w->out->data ?: (guint8 *)"", 0, w->out->data ? w->out->len : 0);
	g_byte_array_unref(w->in);
	g_byte_array_unref(w->out);
	g_free(w);
}

static void worker_signal(const struct worker *w, int sig)
{
	if (w->pidfd >= 0)
		(void)pidfd_send_signal(w->pidfd, sig, NULL, 0);
}

/* Closes the conversation; a process that hangs in the kernel is reaped when it comes back. */
static void worker_drop(struct pool *p, struct worker *w, bool kill)
{
	watch(p, w, EPOLL_CTL_DEL, w->sock, 0);
	close(w->sock);
	w->sock = -1;
	if (kill)
		worker_signal(w, SIGKILL);
	if (w->pidfd < 0) {
		g_ptr_array_remove(p->workers, w);
		worker_free(w);
		return;
	}
	w->dying = true;
	watch(p, w, EPOLL_CTL_ADD, w->pidfd, EPOLLIN);
}

struct pool *pool_free(struct pool *p)
{
	if (!p)
		return NULL;
	for (guint i = 0; i < p->workers->len; i++) {
		struct worker *w = p->workers->pdata[i];

		worker_signal(w, w->dying ? SIGKILL : SIGTERM);
		if (w->sock >= 0)
			shutdown(w->sock, SHUT_RDWR);
		if (w->pidfd >= 0 && !w->dying) { /* an idle worker leaves at once: no zombie stays behind */
			siginfo_t si;

			(void)waitid(P_PIDFD, (id_t)w->pidfd, &si, WEXITED | (w->job ? WNOHANG : 0));
		}
		worker_free(w);
	}
	g_ptr_array_unref(p->workers);
	g_queue_clear_full(&p->quick, (GDestroyNotify)job_free);
	g_queue_clear_full(&p->slow, (GDestroyNotify)job_free);
	g_free(p);
	return NULL;
}

unsigned pool_started(const struct pool *p)
{
	return p->started;
}

/* ---- jobs ---- */

static void flush(struct pool *p, struct worker *w)
{
	while (w->out->len) {
		ssize_t n = send(w->sock, w->out->data, w->out->len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break; /* EAGAIN: later; anything else shows as EOF */
		explicit_bzero(w->out->data, (size_t)n);
		g_byte_array_remove_range(w->out, 0, (guint)n);
	}
	watch(p, w, EPOLL_CTL_MOD, w->sock, w->out->len ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

/* A secret goes straight to the socket: no copy of it is kept in a growing buffer. */
static int send_secret(struct worker *w, const struct secret *s)
{
	if (s->len > 65536) /* would block; key files are read by the worker, answers are shorter */
		return -EMSGSIZE;
	return frame_send(w->sock, FRAME_SECRET, s->bytes, s->len);
}

static void lost(struct pool *p, struct worker *w);

static void give(struct pool *p, struct worker *w, struct job *j)
{
	g_autoptr(GString) line = g_string_new(NULL);
	int r;

	r = j->secret ? send_secret(w, j->secret) : 0;
	if (r == -EMSGSIZE) { /* no worker could take it */
		answer(p, j->action.id, r, "the secret is too long");
		job_free(j);
		return;
	}
	w->job = j;
	if (r < 0) {
		lost(p, w);
		return;
	}
	action_encode(&j->action, line);
	frame_append(w->out, FRAME_RECORD, line->str, line->len);
	flush(p, w);
}

static struct worker *idle(struct pool *p, bool slow, unsigned *n)
{
	*n = 0;
	for (guint i = 0; i < p->workers->len; i++) {
		struct worker *w = p->workers->pdata[i];

		if (w->dying || w->slow != slow || (w->job && w->job->suspect))
			continue;
		(*n)++;
		if (!w->job)
			return w;
	}
	return NULL;
}

static void schedule(struct pool *p, GQueue *queue, bool slow, unsigned max)
{
	while (queue->length) {
		unsigned n;
		struct worker *w = idle(p, slow, &n);
		struct job *j;

		if (!w && (n >= max || p->workers->len >= PROCESSES_MAX))
			return;
		if (!w)
			w = worker_new(p, slow);
		j = g_queue_pop_head(queue);
		if (!w) {
			answer(p, j->action.id, -errno, "the worker " WORKER_PATH " could not be started");
			job_free(j);
			continue;
		}
		give(p, w, j);
	}
}

/* As the core counts them (lane.c), so that it knows when a worker takes which. */
static void run(struct pool *p)
{
	unsigned hanging = 0;

	for (guint i = 0; i < p->workers->len; i++) {
		const struct worker *w = p->workers->pdata[i];

		hanging += !w->dying && !w->slow && w->job && w->job->suspect;
	}
	schedule(p, &p->quick, false, action_quick_workers(hanging));
	schedule(p, &p->slow, true, ACTION_WORKERS);
}

int pool_prepare(struct pool *p)
{
	unsigned n;

	return idle(p, false, &n) || worker_new(p, false) ? 0 : -errno;
}

void pool_submit(struct pool *p, const struct action *a, const struct secret *secret)
{
	struct job *j = g_new0(struct job, 1);

	action_copy(&j->action, a);
	j->secret = secret;
	g_queue_push_tail(action_is_slow(a->type_id) ? &p->slow : &p->quick, j);
	run(p);
}

void pool_overtake(struct pool *p, uint64_t id)
{
	for (guint i = 0; i < p->workers->len; i++) {
		struct worker *w = p->workers->pdata[i];

		if (w->job && w->job->action.id == id)
			w->job->suspect = true;
	}
	for (GList *l = p->quick.head; l; l = l->next) {
		struct job *j = l->data;

		if (j->action.id == id)
			j->suspect = true; /* will not be told again once it runs */
	}
	run(p);
}

static bool cancel_queued(struct pool *p, GQueue *queue, uint64_t id)
{
	for (GList *l = queue->head; l; l = l->next) {
		struct job *j = l->data;

		if (j->action.id != id)
			continue;
		g_queue_delete_link(queue, l);
		job_free(j);
		answer(p, id, -ECANCELED, NULL);
		return true;
	}
	return false;
}

void pool_cancel(struct pool *p, uint64_t id, bool kill)
{
	if (cancel_queued(p, &p->quick, id) || cancel_queued(p, &p->slow, id))
		return;
	for (guint i = 0; i < p->workers->len; i++) {
		struct worker *w = p->workers->pdata[i];

		if (!w->job || w->job->action.id != id)
			continue;
		/* Whatever changes something ends by itself, or cleans up; how it ended still comes back. */
		if (w->job->action.type_id != ACTION_PROBE && !kill) {
			w->job->cancelled = true;
			worker_signal(w, SIGTERM);
			return;
		}
		job_free(g_steal_pointer(&w->job));
		worker_drop(p, w, true); /* without a pidfd it is freed at once */
		answer(p, id, -ECANCELED, NULL);
		run(p);
		return;
	}
}

/* ---- answers ---- */

static void lost(struct pool *p, struct worker *w)
{
	struct job *j = g_steal_pointer(&w->job);
	uint64_t id = j ? j->action.id : 0;
	bool slow = w->slow;

	worker_drop(p, w, false);
	if (j && !j->retried && !j->cancelled) { /* every effect may be repeated: one more try, by another process */
		j->retried = true;
		g_queue_push_head(slow ? &p->slow : &p->quick, j);
		run(p);
		return;
	}
	if (id)
		answer(p, id, j->cancelled ? -ECANCELED : -ECONNRESET, "the worker died over it");
	job_free(j);
	run(p);
}

/* One that waits for work is enough of each kind: those that went on beside a sick disk leave. */
static void retire(struct pool *p, struct worker *w)
{
	for (guint i = 0; i < p->workers->len; i++) {
		const struct worker *other = p->workers->pdata[i];

		if (other == w || other->dying || other->job || other->slow != w->slow)
			continue;
		worker_drop(p, w, false); /* it leaves when its socket ends */
		return;
	}
}

/* Takes one whole answer; false when there is none. */
static bool take(struct pool *p, struct worker *w, bool *broken)
{
	g_autofree char *line = NULL;
	struct input in;
	int r = frame_take(w->in, &line);

	*broken = r < 0;
	if (r <= 0)
		return false;
	if (input_decode(line, &in) < 0) {
		*broken = true;
		return false;
	}
	if (in.type_id == INPUT_RESULT && w->job && w->job->action.id == in.id) {
		g_clear_pointer(&w->job, job_free);
		run(p); /* before the answer is acted upon: the next one need not wait for that */
		if (pool_owns(p, w) && !w->dying && !w->job)
			retire(p, w);
		p->fn(p->data, &in);
	}
	input_clear(&in);
	return true;
}

bool pool_owns(const struct pool *p, const void *tag)
{
	for (guint i = 0; i < p->workers->len; i++)
		if (p->workers->pdata[i] == tag)
			return true;
	return false;
}

void pool_dispatch(struct pool *p, void *tag)
{
	struct worker *w = tag;
	bool broken;
	int r;

	if (w->dying) {
		watch(p, w, EPOLL_CTL_DEL, w->pidfd, 0);
		g_ptr_array_remove(p->workers, w);
		worker_free(w);
		return;
	}
	flush(p, w);
	r = frame_fill(w->sock, w->in);
	while (pool_owns(p, tag) && !w->dying && take(p, w, &broken))
		;
	if (!pool_owns(p, tag) || w->dying)
		return;
	if (r < 0 || broken)
		lost(p, w);
}
