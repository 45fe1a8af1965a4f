/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for the engine in the tests of init: does what the word standin= of the kernel's command
 * line says.  Loads its modules by the image's index, as the worker does.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <termios.h>
#include <unistd.h>

static int load_by_index(const char *wanted)
{
	char top[256], line[4096], path[1024], *word, *save;
	struct utsname u;
	int r = -1;
	FILE *f;

	uname(&u);
	snprintf(top, sizeof top, "/lib/modules/%s", u.release);
	snprintf(path, sizeof path, "%s/storage-activate.index", top);
	if (!(f = fopen(path, "re")))
		return -1;
	while (r < 0 && fgets(line, sizeof line, f)) {
		char *kind = strtok_r(line, " \n", &save), *name = strtok_r(NULL, " \n", &save);
		char *file = strtok_r(NULL, " \n", &save);
		int fd;

		if (!file || strcmp(kind, "module") || strcmp(name, wanted))
			continue;
		while ((word = strtok_r(NULL, " \n", &save)))
			load_by_index(word);
		snprintf(path, sizeof path, "%s/%s", top, file);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		r = (int)syscall(SYS_finit_module, fd, "", 0);
		close(fd);
	}
	fclose(f);
	return r;
}

/* The disk comes when its driver has found it: devtmpfs tells. */
static int mount_disk(void)
{
	char event[4096];
	int in = inotify_init1(IN_CLOEXEC);

	inotify_add_watch(in, "/dev", IN_CREATE);
	load_by_index("virtio_pci");
	load_by_index("virtio_blk");
	while (access("/dev/vda", F_OK) < 0)
		if (read(in, event, sizeof event) < 0)
			return 1;
	return mount("/dev/vda", "/sysroot", "ext4", MS_RDONLY, NULL) < 0;
}

static void leave_word(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "/run/storage-activate/%s", name);
	close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
}

/* Until somebody in the shell makes it. */
static void await_file(const char *name)
{
	char event[4096], path[256];
	int in = inotify_init1(IN_CLOEXEC);

	snprintf(path, sizeof path, "/run/%s", name);
	inotify_add_watch(in, "/run", IN_CREATE);
	while (access(path, F_OK) < 0)
		if (read(in, event, sizeof event) < 0)
			return;
}

/* Waits long, and a word says so; what follows the dash says how the wait ends. */
static int wait_long(const char *how)
{
	sigset_t cont;
	struct termios t;
	int sig;

	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	sigprocmask(SIG_BLOCK, &cont, NULL);
	if (strcmp(how, "-token") == 0)
		leave_word("no-shell");
	leave_word("overdue");
	if (strcmp(how, "-file") == 0 || strcmp(how, "-ask") == 0 || strcmp(how, "-fail") == 0)
		await_file("go");
	if (strcmp(how, "-fail") == 0)
		return 1;
	if (strcmp(how, "-ask") == 0)
		leave_word("question");
	if (strcmp(how, "-ask") == 0 || strcmp(how, "-exit") == 0)
		sigwait(&cont, &sig);
	if (strcmp(how, "-never") == 0)
		pause();
	if (tcgetattr(0, &t) == 0 && (t.c_lflag & ECHO) && (t.c_lflag & ICANON))
		puts("standin: the terminal is as it was");
	fflush(stdout);
	return mount_disk();
}

int main(int argc, char **argv)
{
	char cmdline[4096] = "", what[64] = "mount";
	const char *word;
	FILE *f = fopen("/proc/cmdline", "re");

	if (f && fgets(cmdline, sizeof cmdline, f) && (word = strstr(cmdline, "standin=")))
		sscanf(word + 8, "%63s", what);
	for (int i = 1; i < argc; i++)
		printf("standin: argument %s\n", argv[i]);
	fflush(stdout);
	if (strcmp(what, "mount") == 0)
		return mount_disk();
	if (strncmp(what, "overdue", 7) == 0)
		return wait_long(what + 7);
	if (strcmp(what, "die-once") == 0 && access("/run/died", F_OK) == 0)
		return mount_disk();
	if (strncmp(what, "die", 3) == 0) {
		close(open("/run/died", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		raise(SIGSEGV);
	}
	if (strcmp(what, "empty") == 0)
		return mount("none", "/sysroot", "tmpfs", 0, NULL) < 0;
	return atoi(what);
}
