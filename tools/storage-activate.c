/* SPDX-License-Identifier: GPL-2.0-or-later */
/* storage-activate COMMAND: one table, one row a command. */
#include "tools.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct command commands[] = {
	{"root", "[--target=DIR]", "activate and mount what the kernel command line names as root",
	 FOR_ROOT, cmd_root},
	{"mount", "[--fstab=FILE] [--all | MOUNTPOINT... | SPEC TARGET]",
	 "activate and mount entries of fstab, or one device", FOR_MOUNT, cmd_mount},
	{"device", "SPEC", "activate what leads to a device and print its node", FOR_DEVICE, cmd_device},
	{"stop", "[SPEC... | --all] [--everything]",
	 "unmount, close and stop what was made, in reverse order", FOR_STOP, cmd_stop},
	{"status", "[--json] [--follow]", "show devices, assemblies and goals", FOR_STATUS, cmd_status},
	{"explain", "[GOAL]", "show what a goal waits for, down to the first missing leaf", FOR_EXPLAIN,
	 cmd_explain},
	{"answer", "[ID]", "read an answer to a standing question from standard input", FOR_ANSWER,
	 cmd_answer},
	{"replay", "FILE [--shuffle=SEED | --all-orders]", "run a recorded journal through the core",
	 FOR_REPLAY, cmd_replay},
	{"plot", "JOURNAL [--output=FILE] [--text] [--boot]", "draw where the time of a recorded run went",
	 FOR_PLOT, cmd_plot},
	{"init", "", "be /init of a small image", FOR_INIT, cmd_init},
};

static void help(void)
{
	puts("Usage: storage-activate COMMAND [OPTION...] [ARGUMENT...]\n\nCommands:");
	for (size_t i = 0; i < N_ELEMENTS(commands); i++)
		printf("  %-8s  %s\n", commands[i].name, commands[i].summary);
	puts("\nOptions:\n"
	     "  --help     this text; storage-activate COMMAND --help for those of a command\n"
	     "  --version  print the version\n"
	     "\nExit status:\n"
	     "  0 done, 1 failed, 2 usage, 3 the deadline passed, 4 a checker asks for a reboot,\n"
	     "  5 refused for safety");
}

/* Nothing that we open may land on a standard descriptor that was closed. */
static void fill_standard_fds(void)
{
	for (;;) {
		int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

		if (fd < 0)
			return;
		if (fd > STDERR_FILENO) {
			close(fd);
			return;
		}
		if (fcntl(fd, F_SETFD, 0) < 0)
			return;
	}
}

static int run_command(const struct command *c, int argc, char **argv)
{
	struct options options;
	int first = options_parse(c, argc, argv, &options);

	if (first < 0)
		return -first;
	if (options.help) {
		options_help(c);
		return EXIT_DONE;
	}
	return c->run(&options, argc - first, argv + first);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	int status;

	fill_standard_fds();
	if (!name)
		return usage_error("a command is missing");
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		help();
		return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
	}
	if (strcmp(name, "--version") == 0) {
		puts("storage-activate " PACKAGE_VERSION);
		return fflush(stdout) ? EXIT_FAILED : EXIT_DONE;
	}
	for (size_t i = 0; i < N_ELEMENTS(commands); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		status = run_command(&commands[i], argc - 1, argv + 1);
		return fflush(stdout) && status == EXIT_DONE ? EXIT_FAILED : status;
	}
	return usage_error("there is no command '%s'", name);
}
