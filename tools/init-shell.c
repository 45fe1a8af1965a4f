/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A shell on the console while the engine may be at work there, too.  It has a session with the
 * console as its terminal, so that ^C and jobs work; but a leader of a session that exits hangs up its
 * terminal for everybody who has it open.  So the leader is a process of its own that gives the
 * terminal back before it ends, and the shell is its child.
 */
#include "config.h"

#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool has_before;

static _Noreturn void run_shell(const sigset_t *none)
{
	setpgid(0, 0);
	tcsetpgrp(STDIN_FILENO, getpid());
	(void)signal(SIGTTOU, SIG_DFL);
	sigprocmask(SIG_SETMASK, none, NULL);
	execl(SHELL, "sh", "-i", (char *)NULL);
	say("%s: %m", SHELL);
	_exit(127);
}

/* What runs in front goes with the shell; what was put into the background is left to itself. */
static void end_shell(pid_t shell)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	if (front > 0)
		kill(-front, SIGHUP);
	kill(shell, SIGKILL);
}

static bool lives_in_our_session(int pid)
{
	int session = 0;
	char path[32], text[512], state = 'Z', *end;
	FILE *f;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	if (!(f = fopen(path, "re")))
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	end = strrchr(text, ')'); /* the name before it may hold anything */
	return end && sscanf(end + 1, " %c %*d %*d %d", &state, &session) == 2 && state != 'Z' && session == getpid();
}

/*
 * Something was opened without a person, and nobody in here may see it: all of the session is ended, what
 * was put into the background, too.  Whoever forks meanwhile is found by the next round.
 */
static void end_session(void)
{
	bool any = true;

	for (int round = 0; any && round < 100; round++) {
		DIR *proc = opendir("/proc");
		struct dirent *e;

		any = false;
		while (proc && (e = readdir(proc))) {
			pid_t pid = atoi(e->d_name);

			if (pid > 1 && pid != getpid() && lives_in_our_session(pid))
				any = kill(pid, SIGKILL) == 0 || any;
		}
		if (proc)
			closedir(proc);
	}
}

static _Noreturn void lead(void)
{
	sigset_t none, awaited;
	pid_t shell;

	sigemptyset(&none);
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGCHLD);
	sigaddset(&awaited, SIGHUP);
	sigaddset(&awaited, SIGUSR1);
	sigprocmask(SIG_BLOCK, &awaited, NULL);
	(void)signal(SIGTTOU, SIG_IGN);
	setsid();
	ioctl(STDIN_FILENO, TIOCSCTTY, 1);
	if ((shell = fork()) == 0)
		run_shell(&none);
	while (shell > 0 && waitpid(shell, NULL, WNOHANG) == 0) {
		int signal = sigwaitinfo(&awaited, NULL);

		if (signal == SIGHUP)
			end_shell(shell);
		else if (signal == SIGUSR1)
			end_session();
	}
	ioctl(STDIN_FILENO, TIOCNOTTY);
	_exit(0);
}

pid_t shell_start(void)
{
	sigset_t hup;
	pid_t pid;

	if (!has_before)
		has_before = tcgetattr(STDIN_FILENO, &before) == 0;
	/* blocked from its first moment: a question may come before it has set itself up */
	sigemptyset(&hup);
	sigaddset(&hup, SIGHUP);
	sigaddset(&hup, SIGUSR1);
	sigprocmask(SIG_BLOCK, &hup, NULL);
	pid = fork();
	if (pid == 0)
		lead();
	sigprocmask(SIG_UNBLOCK, &hup, NULL);
	return pid < 0 ? -errno : pid;
}

/* With all that was started in it. */
void shell_end_session(pid_t shell)
{
	kill(shell, SIGUSR1);
}

void shell_hang_up(pid_t shell)
{
	kill(shell, SIGHUP);
}

/* A shell that was hung up leaves the terminal as it edits lines, without echo; the engine, if it asked
 * then, took it over like that and puts it back like that. */
void shell_ended(void)
{
	if (has_before)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
