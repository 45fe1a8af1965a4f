/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /init of a small image: pid 1 until the real root takes over.  It decides nothing about storage:
 * the engine is its child, so that a crash of the engine is a message and a second try instead of a
 * kernel panic.  libc only, and no timer but the one of panic=N, which is announced.
 */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENGINE "/usr/sbin/storage-activate"
#define SYSROOT "/sysroot"
#define RUN_DIR "/run/storage-activate"
#define LOCKED "/etc/storage-activate/locked" /* --locked image: init= does not count */
#define NO_SHELL RUN_DIR "/no-shell"	      /* the engine opened something without a person */
#define SHELL "/bin/sh"

enum {
	ENGINE_DONE = 0,
	ENGINE_DEADLINE = 3,
	ENGINE_REBOOT = 4,
	ENGINE_REFUSED = 5,
};

struct words {
	char *init;
	bool locked;
	bool has_panic;
	long panic_sec;
	bool quiet;
};

#define N_ELEMENTS(array) (sizeof(array) / sizeof(array)[0])

static const struct {
	const char *option, *file;
} optional_files[] = {
	{ "--crypttab=", "/etc/crypttab" },
	{ "--fstab=", "/etc/fstab" },
	{ "--mdadm-conf=", "/etc/mdadm/mdadm.conf" },
	{ "--layout=", "/etc/storage-activate/layout" },
};

static const struct {
	const char *source, *target, *type, *data;
	unsigned long flags;
} api_mounts[] = {
	{ "proc", "/proc", "proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "sysfs", "/sys", "sysfs", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "devtmpfs", "/dev", "devtmpfs", "mode=0755", MS_NOSUID },
	{ "tmpfs", "/run", "tmpfs", "mode=0755", MS_NOSUID | MS_NODEV },
};

/* In the order in which they move; /sys and /proc last, the others need nothing of them. */
static const char *const moved[] = { "/dev", "/run", "/sys", "/proc" };

static const char *const inits[] = { "/sbin/init", "/etc/init", "/bin/init", SHELL };

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("storage-activate: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
}

/* A line of the timeline in the kernel's log: its own clock, and the journal's beside it. */
static void mark(const char *what)
{
	struct timespec now;
	char line[128];
	int fd, n;

	if ((fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC)) < 0)
		return;
	clock_gettime(CLOCK_BOOTTIME, &now);
	n = snprintf(line, sizeof line, "<6>storage-activate: %s @%llu\n", what,
		     now.tv_sec * 1000000ull + now.tv_nsec / 1000);
	if (write(fd, line, n) < 0)
		say("/dev/kmsg: %m");
	close(fd);
}

static void mount_api(void)
{
	for (size_t i = 0; i < N_ELEMENTS(api_mounts); i++) {
		mkdir(api_mounts[i].target, 0755);
		/* EBUSY: CONFIG_DEVTMPFS_MOUNT or whoever started us was faster */
		if (mount(api_mounts[i].source, api_mounts[i].target, api_mounts[i].type,
			  api_mounts[i].flags, api_mounts[i].data) < 0 &&
		    errno != EBUSY)
			say("cannot mount %s: %m", api_mounts[i].target);
	}
	mkdir(SYSROOT, 0755);
	mkdir(RUN_DIR, 0700);
}

/* The kernel opened the console of the unpacked image, or none at all. */
static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0 && (fd = open("/dev/null", O_RDWR)) < 0)
		return;
	for (int i = 0; i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

static void take_word(struct words *w, char *word)
{
	char *end;

	if (strncmp(word, "init=", 5) == 0) {
		free(w->init);
		w->init = strdup(word + 5);
	} else if (strncmp(word, "panic=", 6) == 0) {
		w->has_panic = true;
		w->panic_sec = strtol(word + 6, &end, 10);
		if (end == word + 6 || *end)
			w->panic_sec = 0;
	} else if (strcmp(word, "quiet") == 0) {
		w->quiet = true;
	}
}

/* Splits as the kernel does: at blanks, except inside double quotes. */
static void parse_cmdline(char *line, struct words *w)
{
	char *from = line, *to = line, *word = line;
	bool quoted = false;

	for (;; from++) {
		bool blank = *from == ' ' || *from == '\t' || *from == '\n';

		if (*from == '"') {
			quoted = !quoted;
		} else if (*from && (quoted || !blank)) {
			*to++ = *from;
		} else {
			bool last = !*from;

			*to = '\0';
			if (strcmp(word, "--") == 0)
				return; /* what follows is for the real init */
			if (*word)
				take_word(w, word);
			if (last)
				return;
			to = word = from + 1;
		}
	}
}

static void read_words(struct words *w)
{
	static char line[65536];
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, line, sizeof line - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		say("/proc/cmdline: %m");
		return;
	}
	line[n] = '\0';
	parse_cmdline(line, w);
	w->locked = access(LOCKED, F_OK) == 0;
	if (w->init && w->locked) {
		say("this image is locked: init= is ignored");
		free(w->init);
		w->init = NULL;
	}
}

/* Returns the wait status of the engine, or -errno when it could not be started. */
static int run_engine(const struct words *w)
{
	static const char *const env[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=linux",
					   NULL };
	char options[N_ELEMENTS(optional_files)][64];
	const char *argv[N_ELEMENTS(optional_files) + 8];
	size_t n = 0;
	pid_t pid, gone;
	int r, status;

	argv[n++] = ENGINE;
	argv[n++] = "root";
	argv[n++] = "--target=" SYSROOT;
	argv[n++] = "--source=kernel";
	argv[n++] = "--record=" RUN_DIR "/journal";
	for (size_t i = 0; i < N_ELEMENTS(optional_files); i++) {
		if (access(optional_files[i].file, R_OK) < 0)
			continue;
		snprintf(options[i], sizeof options[i], "%s%s", optional_files[i].option,
			 optional_files[i].file);
		argv[n++] = options[i];
	}
	if (w->quiet)
		argv[n++] = "--quiet";
	argv[n] = NULL;

	if ((r = posix_spawn(&pid, ENGINE, NULL, NULL, (char *const *)argv, (char *const *)env)))
		return -r;
	mark("engine started");
	do {
		gone = waitpid(-1, &status, 0);
	} while (gone != pid && (gone > 0 || errno == EINTR));
	return gone == pid ? status : -ECHILD;
}

/* One second try: the engine loads the state that it saved, so nothing is done twice. */
static int run_engine_twice(const struct words *w)
{
	int status = run_engine(w);

	if (status >= 0 && WIFSIGNALED(status)) {
		say("the engine died (%s); it is started once more", strsignal(WTERMSIG(status)));
		status = run_engine(w);
	}
	return status;
}

/* ---- the ways to end ---- */

static _Noreturn void stay(const char *why)
{
	say("%s; the machine stays here", why);
	for (;;)
		if (waitpid(-1, NULL, 0) < 0)
			pause();
}

static _Noreturn void restart(int how)
{
	sync();
	reboot(how);
	stay("the kernel refused to restart");
}

/* panic=: as the kernel's own; the reason stays on the screen for the N announced seconds. */
static _Noreturn void act_panic(long sec)
{
	struct itimerspec deadline = { .it_value.tv_sec = sec };
	uint64_t expired;
	int fd;

	if (sec == 0) {
		say("panic=0: halted");
		restart(RB_HALT_SYSTEM);
	}
	if (sec > 0) {
		say("panic=%ld: restart in %ld s", sec, sec);
		fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
		if (fd >= 0 && timerfd_settime(fd, 0, &deadline, NULL) == 0)
			while (read(fd, &expired, sizeof expired) < 0 && errno == EINTR)
				;
	}
	restart(RB_AUTOBOOT);
}

/* ---- the real root ---- */

/* Deletes what is below dir (closed here), on file system dev only: mounts are never crossed. */
static void delete_tree(int fd, dev_t dev)
{
	DIR *dir = fdopendir(fd);
	struct dirent *e;
	struct stat st;

	if (!dir) {
		close(fd);
		return;
	}
	while ((e = readdir(dir))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 || st.st_dev != dev)
			continue;
		if (S_ISDIR(st.st_mode)) {
			int sub = openat(fd, e->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (sub >= 0)
				delete_tree(sub, dev);
		}
		unlinkat(fd, e->d_name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0);
	}
	closedir(dir);
}

/* The memory of the image is freed only where the root really is memory. */
static void free_old_root(int root)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(root, &fs) < 0 || fstat(root, &st) < 0 ||
	    ((unsigned long)fs.f_type != RAMFS_MAGIC && (unsigned long)fs.f_type != TMPFS_MAGIC)) {
		close(root);
		return;
	}
	delete_tree(root, st.st_dev);
}

/* Is path, with links resolved below the new root, a program there? */
static bool is_program(int root, const char *path)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
	struct stat st;
	bool is;

	if (fd < 0)
		return false;
	is = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111);
	close(fd);
	return is;
}

/* The candidates that exist, in order; init= first.  Returns their number. */
static size_t find_inits(const struct words *w, const char *found[])
{
	int root = open(SYSROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
	size_t n = 0;

	if (root < 0)
		return 0;
	if (w->init) {
		if (is_program(root, w->init))
			found[n++] = w->init;
		else
			say("init=%s is not a program of the new root", w->init);
	}
	for (size_t i = 0; i < N_ELEMENTS(inits); i++)
		if (is_program(root, inits[i]) && !(w->locked && strcmp(inits[i], SHELL) == 0))
			found[n++] = inits[i];
	close(root);
	return n;
}

static void move_mounts(void)
{
	for (size_t i = 0; i < N_ELEMENTS(moved); i++) {
		char to[64];

		snprintf(to, sizeof to, SYSROOT "%s", moved[i]);
		if (mount(moved[i], to, NULL, MS_MOVE, NULL) == 0)
			continue;
		/* no such folder there: what stays behind must not keep the old root busy */
		if (umount2(moved[i], MNT_DETACH) < 0)
			say("%s could not be moved: %m", moved[i]);
	}
}

/* The old root is gone or about to be: nothing of it can help any more, least of all a shell. */
static _Noreturn void lost(const struct words *w, const char *what)
{
	say("SACT-093: %s: %m", what);
	if (w->has_panic)
		act_panic(w->panic_sec);
	stay("the real root could not be started");
}

/* Returns, with -errno, only as long as nothing has been changed. */
static int switch_root(const struct words *w, char **argv)
{
	const char *found[N_ELEMENTS(inits) + 1];
	size_t n = find_inits(w, found);
	int old;

	if (!n)
		return -ENOENT;
	if ((old = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return -errno;
	mark("switch_root");
	move_mounts();
	if (chdir(SYSROOT) < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
	    chdir("/") < 0)
		lost(w, "cannot move to the new root");
	free_old_root(old);
	open_console(); /* the same node, but not one of the root that has gone */
	for (size_t i = 0; i < n; i++) {
		argv[0] = (char *)found[i];
		execv(found[i], argv);
		say("cannot run %s: %m", found[i]);
	}
	lost(w, "no init could be run");
}

/* ---- failure ---- */

/* A shell of its own session, so that ^C and job control work.  Returns when it has ended. */
static void run_shell(void)
{
	pid_t pid = fork(), gone;
	int status;

	if (pid == 0) {
		setsid();
		ioctl(STDIN_FILENO, TIOCSCTTY, 1);
		execl(SHELL, "sh", "-i", (char *)NULL);
		_exit(127);
	}
	do {
		gone = waitpid(-1, &status, 0);
	} while (gone != pid && (gone > 0 || errno == EINTR));
}

static const char *outcome(int code)
{
	switch (code) {
	case ENGINE_DEADLINE:
		return "root did not appear in time";
	case ENGINE_REBOOT:
		return "a file system check asks for a restart";
	case ENGINE_REFUSED:
		return "root was refused for safety";
	default:
		return "root could not be activated";
	}
}

/* Says what happened; returns the exit code that decides what comes next. */
static int report(int status)
{
	if (status < 0) {
		say("SACT-090: %s cannot be run: %s", ENGINE, strerror(-status));
		return 1;
	}
	if (WIFSIGNALED(status)) {
		say("SACT-091: the engine died twice (%s)", strsignal(WTERMSIG(status)));
		return 1;
	}
	say("SACT-092: %s (exit status %d)", outcome(WEXITSTATUS(status)), WEXITSTATUS(status));
	return WEXITSTATUS(status);
}

/* Returns after a shell, when one more try is due. */
static void act_on_failure(const struct words *w, int code)
{
	if (code == ENGINE_REBOOT)
		restart(RB_AUTOBOOT);
	if (w->has_panic)
		act_panic(w->panic_sec);
	if (code == ENGINE_REFUSED || access(NO_SHELL, F_OK) == 0 || access(SHELL, X_OK) < 0)
		stay("no shell is offered");
	say("a shell; leave it to try again");
	run_shell();
}

int main(int argc, char **argv)
{
	struct words words = { 0 };

	if (getpid() != 1) {
		say("init: only as pid 1 of an image");
		return 2;
	}
	umask(022);
	mount_api();
	open_console();
	mark("init starts");
	read_words(&words);
	for (;;) {
		int status = run_engine_twice(&words), code = ENGINE_DONE;

		if (status != 0)
			code = report(status);
		else if (switch_root(&words, argv) < 0)
			say("SACT-094: there is no init on the new root");
		act_on_failure(&words, code);
	}
}
