/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop of everything that activates or stops: the library's descriptor, signals, the control
 * socket and the consoles.  It never waits for a time; deadlines are the library's.
 */
#include "tools.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

/* ---- setting up ---- */

static void log_line(void *data, int priority, const char *text)
{
	say("%s%s", priority <= LOG_WARNING ? "warning: " : "", text);
}

static int open_signals(int *ret)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGCONT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	(void)signal(SIGPIPE, SIG_IGN); /* whoever reads our messages may leave */
	(void)signal(SIGTTOU, SIG_IGN); /* and a message from the background must not stop us */
	*ret = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return *ret < 0 ? -errno : 0;
}

/* The journal of a run that died is worth more than the next one's, so it is kept as FILE.old. */
static int open_record(const char *path)
{
	_cleanup_free_ char *old = NULL;
	struct stat st;
	int fd;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    asprintf(&old, "%s.old", path) >= 0)
		(void)rename(path, old);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : fd;
}

static int set_up_record(struct run *r, const char *path)
{
	int fd = open_record(path), error = fd < 0 ? fd : sact_set_record_fd(r->s, fd);

	if (fd >= 0)
		close(fd); /* the library has its own */
	if (error < 0)
		say_error(MSG_FILE, path, "cannot be recorded to: %s", strerror(-error));
	return error < 0 ? EXIT_FAILED : EXIT_DONE;
}

static int set_up_library(struct run *r, const struct options *o)
{
	int error = sact_new(&r->s);

	/* first, so that what is set below is in the journal, too */
	if (error >= 0 && o->record && set_up_record(r, o->record) != EXIT_DONE)
		return EXIT_FAILED;
	if (error >= 0)
		error = sact_set_source(r->s, o->source);
	if (error >= 0 && o->verbose)
		error = sact_set_log_fn(r->s, log_line, NULL);
	if (error >= 0 && o->has_degraded)
		error = sact_set_degraded_after(r->s, o->degraded_usec);
	if (error >= 0 && o->timeout_usec != UINT64_MAX)
		error = sact_set_timeout(r->s, boottime_usec() + o->timeout_usec);
	if (error < 0) {
		say_error(MSG_ENGINE, "", "cannot be set up: %s", strerror(-error));
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static int not_privileged(void)
{
	say_error(MSG_PRIVILEGE, "", "only root may activate devices and mount");
	return EXIT_FAILED;
}

/*
 * Without a run directory root can still be mounted, so only a process that works in it already is a
 * reason to give up: two of them would forget what the other made.
 */
static int set_up_run_dir(struct run *r, const struct options *o)
{
	int error;

	if ((r->dir_fd = open_run_dir(o->run_dir, true)) < 0) {
		if (r->dir_fd == -EACCES && geteuid() != 0)
			return not_privileged();
		say_error(MSG_RUN_DIR, o->run_dir, "cannot be used: %s",
			  r->dir_fd == -EEXIST ? "it is there and others may enter it" : strerror(-r->dir_fd));
		r->dir_fd = -1;
		return EXIT_DONE;
	}
	if (flock(r->dir_fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		say_error(
			MSG_RUNNING, o->run_dir,
			"another storage-activate is at work there; --run-dir=DIR names another place");
		return EXIT_FAILED;
	}
	if ((error = control_new(r->s, &r->questions, r->dir_fd, &r->control)) < 0)
		say_error(MSG_CONTROL, o->run_dir, "no control socket: %s", strerror(-error));
	if ((error = sact_load(r->s, r->dir_fd)) >= 0)
		r->loaded = true;
	else if (error != -ENOENT)
		say_error(MSG_STATE, o->run_dir, "the saved state cannot be used: %s", strerror(-error));
	return EXIT_DONE;
}

int run_open(struct run *r, const struct options *o)
{
	int status, error;

	*r = (struct run){.o = o, .dir_fd = -1, .signal_fd = -1};
	if ((error = open_signals(&r->signal_fd)) < 0 || (error = ask_new(&r->questions, &r->ask)) < 0) {
		say_error(MSG_ENGINE, "", "cannot be set up: %s", strerror(-error));
		return EXIT_FAILED;
	}
	say_set_prompt(r->ask);
	status = set_up_library(r, o);
	if (status == EXIT_DONE)
		status = set_up_run_dir(r, o);
	no_core_dumps(); /* behind the socket: who is not dumpable has no /proc/self of his own */
	return status;
}

void run_close(struct run *r)
{
	say_set_prompt(NULL);
	if (r->asking)
		(void)unlinkat(r->dir_fd, "question", 0);
	r->ask = ask_free(r->ask);
	r->control = control_free(r->control);
	questions_free(&r->questions);
	r->s = sact_unref(r->s);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	if (r->dir_fd >= 0)
		close(r->dir_fd);
	free(r->off_device);
}

/* ---- events ---- */

static const char *state_name(int state)
{
	static const char *const names[] = {"waiting", "active", "done", "failed"};

	return state >= 0 && state < (int)N_ELEMENTS(names) ? names[state] : "unknown";
}

static void show_state(const sact_event *e, const char *subject, const char *text)
{
	sact_goal *g = sact_event_get_goal(e);

	if (!subject && g)
		subject = sact_goal_get_target(g) ? sact_goal_get_target(g) : sact_goal_get_spec(g);
	if (!text && g)
		text = state_name(sact_goal_get_state(g));
	/* what lies on something is further to the right: the tree as it grows */
	say("%*s%s: %s", g ? 0 : 2 * sact_event_get_number(e), "", subject ? subject : "", text ? text : "");
}

/* An empty file in the run directory: a word to whoever started us. */
static void note(struct run *r, const char *name)
{
	int fd = r->dir_fd < 0 ? -1 :
				 openat(r->dir_fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
}

/* A question stands: whoever else uses the console has to leave it. */
static void note_question(struct run *r)
{
	bool asking = r->questions.n > 0;

	if (asking && !r->asking)
		note(r, "question");
	else if (!asking && r->asking)
		(void)unlinkat(r->dir_fd, "question", 0);
	r->asking = asking;
}

/*
 * A volume was opened by a key file or token: from now on a shell would give away what that key
 * protects, so whoever offers one has to know.
 */
#define MSG_OPENED_ALONE 36

/* "TARGET: why it is left out" */
static void note_off_device(struct run *r, const char *text)
{
	char *more = NULL;

	if (asprintf(&more, "%s\n%.*s", r->off_device ? r->off_device : "", (int)strcspn(text, ":"), text) < 0)
		return;
	free(r->off_device);
	r->off_device = more;
}

static void show_message(struct run *r, const sact_event *e)
{
	int severity = sact_event_get_severity(e);

	if (sact_event_get_number(e) == MSG_OPENED_ALONE) {
		note(r, "no-shell");
		return;
	}
	if (severity <= LOG_ERR)
		r->failed = true;
	if (sact_event_get_number(e) == 2 || sact_event_get_number(e) == 3)
		r->changed = true; /* what is said is saved, too: a person may come later */
	if (severity <= LOG_WARNING || !r->o->quiet)
		say_message(sact_event_get_number(e), sact_event_get_subject(e), sact_event_get_text(e));
	if (sact_event_get_number(e) == 123)
		note_off_device(r, sact_event_get_text(e));
	if (sact_event_get_number(e) == 3)
		note(r, "overdue"); /* whoever is pid 1 offers a shell, or acts as panic= says */
}

static void take_event(struct run *r, const sact_event *e)
{
	sact_secret *q = sact_event_get_secret(e);
	const char *subject = sact_event_get_subject(e), *text = sact_event_get_text(e);
	int error;

	switch (sact_event_get_type(e)) {
	case SACT_EVENT_ASSEMBLY:
	case SACT_EVENT_GOAL:
		r->changed = true;
		if (r->o->progress || r->o->verbose)
			show_state(e, subject, text);
		break;
	case SACT_EVENT_QUESTION:
		if (q && (error = questions_add(&r->questions, q)) < 0)
			say_error(MSG_ENGINE, "", "a question cannot be asked: %s", strerror(-error));
		break;
	case SACT_EVENT_WITHDRAWN:
		if (q)
			questions_remove(&r->questions, sact_secret_get_id(q));
		break;
	case SACT_EVENT_MESSAGE:
		show_message(r, e);
		break;
	}
}

void show_messages(struct run *r)
{
	for (;;) {
		sact_event *e = NULL;

		if (sact_next_event(r->s, &e) < 0 || !e)
			return;
		take_event(r, e);
		sact_event_unref(e);
	}
}

/* What status and explain show once we are gone. */
static int save_text(struct run *r)
{
	_cleanup_free_ char *text = NULL;
	int error = sact_status_text(r->s, &text), fd;

	if (error < 0)
		return error;
	if (!*text) { /* everything was torn down */
		(void)unlinkat(r->dir_fd, "status.text", 0);
		return 0;
	}
	(void)unlinkat(r->dir_fd, "status.text.new", 0);
	fd = openat(r->dir_fd, "status.text.new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	error = write_all(fd, text, strlen(text));
	close(fd);
	if (error >= 0 && renameat(r->dir_fd, "status.text.new", r->dir_fd, "status.text") < 0)
		error = -errno;
	return error;
}

static void save(struct run *r)
{
	int error = r->dir_fd >= 0 ? sact_save(r->s, r->dir_fd) : 0;

	if (r->dir_fd >= 0 && error >= 0)
		error = save_text(r);
	if (error < 0)
		say_error(MSG_STATE, r->o->run_dir, "the state cannot be saved: %s", strerror(-error));
}

/* ---- the end ---- */

static int status_of(const sact_goal *g)
{
	int error = sact_goal_get_error(g, NULL), fsck = sact_goal_get_fsck_status(g);

	if (fsck == 2 || fsck == 3)
		return EXIT_REBOOT;
	if (sact_goal_get_state(g) != SACT_GOAL_FAILED)
		return EXIT_DONE;
	if (fsck > 3) /* errors are left, and restarting would find them again */
		return EXIT_FAILED;
	switch (error) {
	case -ETIME:
		return EXIT_DEADLINE;
	case -EKEYREJECTED:
	case -EUCLEAN:
		return EXIT_REFUSED;
	}
	return EXIT_FAILED;
}

/* Of several failures the one that the caller must not overlook: refused, reboot, deadline, failed. */
static int final_status(struct run *r)
{
	static const int rank[] = {[EXIT_DONE] = 0,
				   [EXIT_FAILED] = 1,
				   [EXIT_DEADLINE] = 2,
				   [EXIT_REBOOT] = 3,
				   [EXIT_REFUSED] = 4};
	_cleanup_free_ char *why = NULL;
	int status = EXIT_DONE, deadline = 0;
	sact_goal *g;

	for (size_t i = 0; (g = sact_get_goal(r->s, i)); i++) {
		int one = status_of(g);

		deadline += one == EXIT_DEADLINE;
		if (rank[one] > rank[status])
			status = one;
	}
	if (deadline && sact_explain(r->s, &why) >= 0 && *why)
		say("%s", why);
	return status;
}

/* True: to be ended. */
static bool take_signals(struct run *r)
{
	struct signalfd_siginfo info;
	bool end = false;

	while (read(r->signal_fd, &info, sizeof info) == sizeof info) {
		if (info.ssi_signo == SIGCONT) {
			ask_resume(r->ask);
			continue;
		}
		say_error(MSG_INTERRUPTED, "", "interrupted by signal %u", info.ssi_signo);
		r->signal = info.ssi_signo;
		end = true;
	}
	return end;
}

static int wait_and_dispatch(struct run *r)
{
	struct pollfd fds[2 + CONTROL_MAX_FDS + ASK_MAX_FDS];
	size_t n_control, n_ask;
	int error;

	fds[0] = (struct pollfd){.fd = sact_get_fd(r->s), .events = POLLIN};
	fds[1] = (struct pollfd){.fd = r->signal_fd, .events = POLLIN};
	n_control = r->control ? control_poll(r->control, fds + 2) : 0;
	n_ask = ask_poll(r->ask, fds + 2 + n_control);
	if (poll(fds, 2 + n_control + n_ask, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[1].revents && take_signals(r))
		return -EINTR;
	if (r->control)
		control_dispatch(r->control, fds + 2, n_control);
	ask_dispatch(r->ask, fds + 2 + n_control, n_ask);
	/* whoever woke us: an answer has its deadlines, too, and they are set here */
	error = sact_dispatch(r->s);
	return error < 0 ? error : 0;
}

int run_loop(struct run *r)
{
	bool started;
	int error = sact_start(r->s);

	if (error == -EALREADY) /* more is wanted of the same run */
		error = 0;
	started = error >= 0;

	while (error >= 0) {
		show_messages(r);
		if (r->changed)
			save(r);
		r->changed = false;
		note_question(r);
		/* once for all events: one answer may have ended several questions */
		ask_update(r->ask);
		if (r->control)
			control_changed(r->control);
		if (sact_is_settled(r->s) > 0)
			break;
		error = wait_and_dispatch(r);
	}
	if (started) /* before, nobody knows whether what was made is still there */
		save(r);
	if (error == -EINTR && r->signal)
		return 128 + r->signal; /* as a shell says it */
	if (error == -EPERM && !started)
		return not_privileged();
	if (error < 0 && !started)
		show_messages(r);
	if (error < 0) {
		say_error(MSG_ENGINE, "", "%s", strerror(-error));
		return EXIT_FAILED;
	}
	return final_status(r);
}
