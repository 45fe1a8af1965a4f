/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /init of a small image: pid 1 until the real root takes over.  It decides nothing about storage:
 * the engine is its child, so that a crash of the engine is a message and a second try instead of a
 * kernel panic.  libc only, and no timer but the one of panic=N, which is announced.
 */
#include "config.h"

#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
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
/* What the engine leaves there for us. */
#define NO_SHELL RUN_DIR "/no-shell"  /* it opened something without a person */
#define OVERDUE RUN_DIR "/overdue"    /* it has waited for long; it goes on */
#define QUESTION RUN_DIR "/question"  /* it is asking on the console */
#define STATUS RUN_DIR "/status.text" /* for people */

enum {
	ENGINE_DONE = 0,
	ENGINE_DEADLINE = 3,
	ENGINE_REBOOT = 4,
	ENGINE_REFUSED = 5,
};

/* What we wait for while the engine works. */
struct watch {
	int signals, notes, timer;
	pid_t engine, shell; /* 0: none */
	int status;	     /* of the engine */
	bool helped;	     /* somebody was called already */
};

static const struct {
	const char *option, *file;
} optional_files[] = {
	{"--crypttab=", "/etc/crypttab"},
	{"--fstab=", "/etc/fstab"},
	{"--mdadm-conf=", "/etc/mdadm/mdadm.conf"},
	{"--layout=", "/etc/storage-activate/layout"},
};

static const struct {
	const char *source, *target, *type, *data;
	unsigned long flags;
} api_mounts[] = {
	{"proc", "/proc", "proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"sysfs", "/sys", "sysfs", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC},
	{"devtmpfs", "/dev", "devtmpfs", "mode=0755", MS_NOSUID},
	{"tmpfs", "/run", "tmpfs", "mode=0755", MS_NOSUID | MS_NODEV},
};

/* In the order in which they move; /sys and /proc last, the others need nothing of them. */
static const char *const moved[] = {"/dev", "/run", "/sys", "/proc"};

static const char *const inits[] = {"/sbin/init", "/etc/init", "/bin/init", SHELL};

void say(const char *format, ...)
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
	struct itimerspec deadline = {.it_value.tv_sec = sec};
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

/* ---- the engine and, beside it, a shell ---- */

static bool shell_allowed(const struct words *w)
{
	return !w->locked && !w->has_panic && access(NO_SHELL, F_OK) < 0 && access(SHELL, X_OK) == 0;
}

static void start_shell(struct watch *h)
{
	pid_t pid = shell_start();

	if (pid < 0)
		say("no shell: %s", strerror(-pid));
	else
		h->shell = pid;
}

static void arm_timer(struct watch *h, long sec)
{
	struct itimerspec deadline = {.it_value.tv_sec = sec};

	if (timerfd_settime(h->timer, 0, &deadline, NULL) < 0)
		say("timer: %m");
}

/* What is missing; with "quiet" the engine has not said it. */
static void show_status(void)
{
	char text[4096];
	ssize_t n;
	int fd = open(STATUS, O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && (n = read(fd, text, sizeof text)) > 0)
		if (write(STDERR_FILENO, text, n) < 0)
			break;
	if (fd >= 0)
		close(fd);
}

/* The engine has waited for long, and nobody is being asked. */
static void help(struct watch *h, const struct words *w)
{
	h->helped = true;
	if (w->has_panic) {
		show_status();
		if (w->panic_sec <= 0)
			act_panic(w->panic_sec);
		say("panic=%ld: restart in %ld s, unless root appears", w->panic_sec, w->panic_sec);
		arm_timer(h, w->panic_sec);
	} else if (shell_allowed(w)) {
		show_status();
		say("a shell, while the wait goes on; it ends when root is there or a question is "
		    "asked");
		start_shell(h);
	}
}

static void take_notes(struct watch *h, const struct words *w)
{
	char events[4096];

	if (read(h->notes, events, sizeof events) < 0)
		return;
	/* a prompt and a shell on one console would share what is typed */
	if (h->shell && access(NO_SHELL, F_OK) == 0) {
		say("something was opened without a person: the shell ends");
		shell_end_session(h->shell);
	} else if (h->shell && access(QUESTION, F_OK) == 0)
		shell_hang_up(h->shell);
	else if (!h->helped && h->engine && access(OVERDUE, F_OK) == 0)
		help(h, w);
}

static void take_child(struct watch *h, pid_t pid, int status)
{
	if (pid == h->engine) {
		h->engine = 0;
		h->status = status;
	} else if (pid == h->shell) {
		h->shell = 0;
		shell_ended();
		if (h->engine)
			kill(h->engine, SIGCONT); /* it looks at its terminals again */
	}
}

static void take_children(struct watch *h)
{
	struct signalfd_siginfo info;
	pid_t pid;
	int status;

	if (read(h->signals, &info, sizeof info) < 0)
		return;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		take_child(h, pid, status);
}

static void watch_step(struct watch *h, const struct words *w)
{
	struct pollfd fds[] = {{.fd = h->signals, .events = POLLIN},
			       {.fd = h->notes, .events = POLLIN},
			       {.fd = h->timer, .events = POLLIN}};

	if (poll(fds, N_ELEMENTS(fds), -1) < 0)
		return;
	if (fds[0].revents)
		take_children(h);
	if (fds[1].revents)
		take_notes(h, w);
	if (fds[2].revents && h->engine)
		restart(RB_AUTOBOOT);
}

static void watch_open(struct watch *h)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	h->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	h->notes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	h->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (inotify_add_watch(h->notes, RUN_DIR, IN_CREATE) < 0)
		say("%s cannot be watched: %m", RUN_DIR);
}

/* Until the shell has ended; the engine's end is noted meanwhile. */
static void wait_for_shell(struct watch *h, const struct words *w)
{
	while (h->shell)
		watch_step(h, w);
}

/* 0, or -errno when it could not be started. */
static int start_engine(struct watch *h, const struct words *w)
{
	static const char *const env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=linux",
					  NULL};
	char options[N_ELEMENTS(optional_files)][64];
	const char *argv[N_ELEMENTS(optional_files) + 8];
	posix_spawnattr_t attr;
	sigset_t none;
	size_t n = 0;
	int r;

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
	if (w->debug)
		argv[n++] = "--verbose";
	else if (w->quiet)
		argv[n++] = "--quiet";
	else
		argv[n++] = "--progress";
	argv[n] = NULL;

	unlink(OVERDUE);
	unlink(QUESTION);
	h->helped = false;
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	r = posix_spawn(&h->engine, ENGINE, NULL, &attr, (char *const *)argv, (char *const *)env);
	posix_spawnattr_destroy(&attr);
	if (r) {
		h->engine = 0;
		return -r;
	}
	mark("engine started");
	return 0;
}

/* Returns the wait status of the engine, or -errno when it could not be started. */
static int run_engine(struct watch *h, const struct words *w)
{
	int r = start_engine(h, w);

	if (r < 0)
		return r;
	while (h->engine)
		watch_step(h, w);
	arm_timer(h, 0);
	if (!h->shell)
		shell_ended();
	return h->status;
}

/* One second try: the engine loads the state that it saved, so nothing is done twice. */
static int run_engine_twice(struct watch *h, const struct words *w)
{
	int status = run_engine(h, w);

	if (status >= 0 && WIFSIGNALED(status)) {
		say("the engine died (%s); it is started once more", strsignal(WTERMSIG(status)));
		status = run_engine(h, w);
	}
	return status;
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
	pid_t child;

	if (fstatfs(root, &fs) < 0 || fstat(root, &st) < 0 ||
	    ((unsigned long)fs.f_type != RAMFS_MAGIC && (unsigned long)fs.f_type != TMPFS_MAGIC)) {
		close(root);
		return;
	}
	/* Beside the real init, which reaps the child: nobody waits for 30 MB to be freed. */
	child = fork();
	if (child > 0) {
		close(root);
		return;
	}
	delete_tree(root, st.st_dev);
	if (child == 0)
		_exit(0);
}

/* Is path, with links resolved below the new root, a program there? */
static bool is_program(int root, const char *path)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
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
	sigset_t none;
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
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (size_t i = 0; i < n; i++) {
		argv[0] = (char *)found[i];
		execv(found[i], argv);
		say("cannot run %s: %m", found[i]);
	}
	lost(w, "no init could be run");
}

/* ---- failure ---- */

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
static void act_on_failure(struct watch *h, const struct words *w, int code)
{
	bool allowed = code != ENGINE_REFUSED && shell_allowed(w);

	if (h->shell && !allowed) {
		shell_hang_up(h->shell);
		wait_for_shell(h, w);
	}
	if (code == ENGINE_REBOOT)
		restart(RB_AUTOBOOT);
	if (w->has_panic)
		act_panic(w->panic_sec);
	if (!allowed)
		stay("no shell is offered");
	say("a shell; leave it to try again");
	if (!h->shell) /* else somebody works in it already */
		start_shell(h);
	wait_for_shell(h, w);
}

/* break= asks for a shell at this place. */
static void act_on_break(struct watch *h, const struct words *w, enum break_at at)
{
	if (!(w->breaks & at))
		return;
	if (!shell_allowed(w)) {
		say("break: no shell is offered");
		return;
	}
	say("break: a shell; leave it to go on");
	start_shell(h);
	wait_for_shell(h, w);
}

/* Root is mounted: whoever still works in the shell has lost the reason for it. */
static int leave(struct watch *h, const struct words *w, char **argv)
{
	if (h->shell) {
		say("root is there: the shell ends");
		shell_hang_up(h->shell);
		wait_for_shell(h, w);
	}
	act_on_break(h, w, BREAK_AFTER);
	return switch_root(w, argv);
}

int main(int argc, char **argv)
{
	struct words words = {0};
	struct watch watch = {0};

	if (getpid() != 1) {
		say("init: only as pid 1 of an image");
		return 2;
	}
	umask(022);
	mount_api();
	open_console();
	mark("init starts");
	words_read(&words);
	watch_open(&watch);
	act_on_break(&watch, &words, BREAK_BEFORE);
	for (;;) {
		int status = run_engine_twice(&watch, &words), code = ENGINE_DONE;

		if (status != 0)
			code = report(status);
		else if (leave(&watch, &words, argv) < 0)
			say("SACT-094: there is no init on the new root");
		act_on_failure(&watch, &words, code);
	}
}
