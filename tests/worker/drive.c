/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drive WORKER: starts the worker as the engine does and talks to it line by line.  Of stdin:
 *   secret TEXT     goes ahead of the next action
 *   +ACTION         is sent, its result is not waited for
 *   result          waits for it
 *   term            SIGTERM to the worker
 *   raw TEXT        a record that need not be an action
 *   ACTION          is sent (as core/action.h has it) and its result printed
 */
#include "core/action.h"
#include "core/input.h"
#include "util/frame.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start(const char *worker, int *ret_fd)
{
	static char name[] = "storage-activate-worker", path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
		    no_udev[] = "DM_DISABLE_UDEV=1";
	char *const argv[] = { name, NULL };
	char *const env[] = { path, access("/run/udev/control", F_OK) < 0 ? no_udev : NULL, NULL };
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		if (null < 0 || dup2(null, 0) < 0)
			_exit(126);
		if (pair[1] == 3 ? fcntl(3, F_SETFD, 0) < 0 : dup2(pair[1], 3) < 0)
			_exit(126);
		(void)execve(worker, argv, env);
		_exit(127);
	}
	(void)close(pair[1]);
	*ret_fd = pair[0];
	return pid;
}

static int print_result(int fd)
{
	struct frame f = { 0 };
	int r = frame_recv(fd, &f);

	if (r < 0) {
		printf("worker ended\n");
		return r;
	}
	printf("%s\n", f.line);
	frame_clear(&f);
	return 0;
}

static int send_line(int fd, const char *line)
{
	struct action a;

	if (action_decode(line, &a) < 0) {
		printf("not an action: %s\n", line);
		exit(2);
	}
	action_clear(&a);
	return frame_send(fd, FRAME_RECORD, line, strlen(line));
}

static int command(int fd, pid_t pid, const char *line)
{
	if (g_str_has_prefix(line, "secret "))
		return frame_send(fd, FRAME_SECRET, line + 7, strlen(line + 7));
	if (*line == '+')
		return send_line(fd, line + 1);
	if (g_str_equal(line, "result"))
		return print_result(fd);
	if (g_str_equal(line, "term"))
		return kill(pid, SIGTERM);
	if (g_str_has_prefix(line, "raw "))
		(void)frame_send(fd, FRAME_RECORD, line + 4, strlen(line + 4));
	else
		(void)send_line(fd, line);
	return print_result(fd);
}

int main(int argc, char *argv[])
{
	char *line = NULL;
	size_t room = 0;
	int fd = -1, status = 0;
	ssize_t n;
	pid_t pid;

	if (argc != 2)
		return 2;
	pid = start(argv[1], &fd);
	if (pid < 0)
		return 2;
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	while ((n = getline(&line, &room, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (*line && *line != '#' && command(fd, pid, line) < 0)
			break;
	}
	free(line);
	(void)close(fd);
	if (waitpid(pid, &status, 0) < 0)
		return 2;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
