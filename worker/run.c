/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Children of the worker, and what a SIGTERM of the engine does to them and to us. */
#include "sys.h"

#include <signal.h>
#include <spawn.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX   4096
#define COOKIE_MAGIC 0x0D4D /* the upper half of each semaphore key that libdevmapper makes */

volatile bool sys_killable;
static volatile sig_atomic_t cancelled;
static volatile pid_t child;
static volatile uint32_t cookie;

union semun {
	int val;
	struct semid_ds *buf;
	unsigned short *array;
	struct seminfo *info;
};

/* A removed semaphore ends the wait on it; only system calls, as this runs in a signal handler. */
bool sys_cookie_release(uint32_t value)
{
	int id = semget((key_t)value, 1, 0);

	return id >= 0 && semctl(id, 0, IPC_RMID) == 0;
}

/* libcryptsetup keeps its cookies to itself: those that we operated on last are ours. */
static bool cookies_release_own(void)
{
	struct seminfo info = { 0 };
	int last = semctl(0, 0, SEM_INFO, (union semun){ .info = &info });
	bool any = false;

	for (int i = 0; i <= last; i++) {
		struct semid_ds ds;
		int id = semctl(i, 0, SEM_STAT, (union semun){ .buf = &ds });

		if (id < 0 || ((uint32_t)ds.sem_perm.__key >> 16) != COOKIE_MAGIC)
			continue;
		if (semctl(id, 0, GETPID) == getpid() && semctl(id, 0, IPC_RMID) == 0)
			any = true;
	}
	return any;
}

static void on_term(int sig)
{
	int saved = errno;

	cancelled = 1;
	if (child > 0)
		(void)kill(child, SIGTERM);
	else if (cookie)
		(void)sys_cookie_release(cookie);
	else if (sys_killable && !cookies_release_own())
		_exit(128 + sig);
	errno = saved;
}

bool sys_cancelled(void)
{
	return cancelled;
}

void sys_set_cookie(uint32_t value)
{
	cookie = value;
}

void sys_cancel_init(void)
{
	struct sigaction term = { .sa_handler = on_term }, pipes = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGTERM, &term, NULL);
	(void)sigaction(SIGPIPE, &pipes, NULL);
}

void sys_action_begin(bool killable)
{
	sys_killable = killable;
}

void sys_action_end(void)
{
	sys_killable = true; /* first: a cancel that comes from here on finds us idle and ends us */
	cancelled = 0;
}

static void term_mask(int how)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(how, &set, NULL);
}

static int spawn(const char *const argv[], int output, pid_t *ret)
{
	static char path_env[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *env[] = { path_env, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, dfl;
	int r;

	(void)sigemptyset(&none);
	(void)sigemptyset(&dfl);
	(void)sigaddset(&dfl, SIGTERM);
	(void)sigaddset(&dfl, SIGPIPE);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&files, output, 1);
	(void)posix_spawn_file_actions_adddup2(&files, output, 2);
	(void)posix_spawnattr_init(&attr);
	(void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	(void)posix_spawnattr_setsigmask(&attr, &none);
	(void)posix_spawnattr_setsigdefault(&attr, &dfl);
	r = posix_spawn(ret, argv[0], &files, &attr, (char *const *)(uintptr_t)argv, env);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&files);
	return -r;
}

/* Until there is something to read.  An engine that has died leaves no checker behind: the next one starts its own. */
static void wait_output(int fd)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = ENGINE_FD } };

	while (poll(fds, fds[1].fd < 0 ? 1 : 2, -1) < 0 || !fds[0].revents) {
		if (!fds[1].revents)
			continue;
		fds[1].fd = -1;
		if (child > 0)
			(void)kill(child, SIGTERM);
	}
}

static void keep_tail(int fd, GString *output)
{
	char chunk[1024];

	for (;;) {
		ssize_t n;

		wait_output(fd);
		n = read(fd, chunk, sizeof chunk);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return;
		for (ssize_t i = 0; i < n; i++)
			if (chunk[i]) /* a record's text ends at a NUL */
				g_string_append_c(output, chunk[i]);
		if (output->len > OUTPUT_MAX)
			g_string_erase(output, 0, (gssize)(output->len - OUTPUT_MAX));
	}
}

int sys_run(const char *const argv[], GString *output, int *ret_status)
{
	int pipes[2], status = 0, r;
	siginfo_t info;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	term_mask(SIG_BLOCK); /* between the start and knowing the child a cancel would be lost */
	r = spawn(argv, pipes[1], &pid);
	if (r >= 0) {
		child = pid;
		if (cancelled)
			(void)kill(pid, SIGTERM);
	}
	term_mask(SIG_UNBLOCK);
	(void)close(pipes[1]);
	if (r >= 0) {
		keep_tail(pipes[0], output);
		/* Reaped with the signal blocked, so that a cancel never meets a reused pid. */
		while (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
			;
		term_mask(SIG_BLOCK);
		child = 0;
		(void)waitpid(pid, &status, 0);
		term_mask(SIG_UNBLOCK);
		*ret_status = status;
	}
	(void)close(pipes[0]);
	return r;
}
