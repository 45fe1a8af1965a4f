/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A shell on the console while the engine may be at work there, too.  It has a session with the
 * console as its terminal, so that ^C and jobs work; but a leader of a session that exits hangs up its
 * terminal for everybody who has it open.  So the leader is a process of its own that gives the
 * terminal back before it ends, and the shell is its child.
 */
#include "config.h"

#include "init.h"

#include <errno.h>
#include <signal.h>
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

static _Noreturn void lead(void)
{
	sigset_t none, awaited;
	pid_t shell;

	sigemptyset(&none);
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGCHLD);
	sigaddset(&awaited, SIGHUP);
	sigprocmask(SIG_BLOCK, &awaited, NULL);
	(void)signal(SIGTTOU, SIG_IGN);
	setsid();
	ioctl(STDIN_FILENO, TIOCSCTTY, 1);
	if ((shell = fork()) == 0)
		run_shell(&none);
	while (shell > 0 && waitpid(shell, NULL, WNOHANG) == 0)
		if (sigwaitinfo(&awaited, NULL) == SIGHUP)
			end_shell(shell);
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
	sigprocmask(SIG_BLOCK, &hup, NULL);
	pid = fork();
	if (pid == 0)
		lead();
	sigprocmask(SIG_UNBLOCK, &hup, NULL);
	return pid < 0 ? -errno : pid;
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
