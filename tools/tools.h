/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the commands of storage-activate share.  libc and the installed header only. */
#pragma once

#include "config.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <storageactivate.h>
#include <sys/types.h>
#include <termios.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof(array)[0])
#define USEC_PER_SEC UINT64_C(1000000)

enum exit_status {
	EXIT_DONE = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_DEADLINE = 3, /* the explanation is printed */
	EXIT_REBOOT = 4,   /* a checker asks for it */
	EXIT_REFUSED = 5,  /* for safety */
};

/* Numbers of the messages that the command line itself prints; the library has its own. */
enum tool_message {
	MSG_NO_SPEC = 56,     /* a SPEC that names no device; the library's number, which it cannot use */
	MSG_FILE = 70,	      /* a named file cannot be read or written */
	MSG_RUNNING = 71,     /* another process works in this run directory */
	MSG_RUN_DIR = 72,     /* the run directory cannot be used */
	MSG_CONTROL = 73,     /* no control socket: status and answer will not reach us */
	MSG_STATE = 74,	      /* the state cannot be saved or loaded */
	MSG_NOT_RUNNING = 75, /* nothing runs that could be asked */
	MSG_ENGINE = 76,      /* the library failed */
	MSG_INTERRUPTED = 77,
	MSG_ANSWER = 78,  /* an answer was not taken */
	MSG_JOURNAL = 79, /* a line of a journal cannot be understood */
	MSG_PRIVILEGE = 80, /* only root may */
};

/* Of an image made with --locked: nobody vouches for the kernel's command line. */
#define LOCKED "/etc/storage-activate/locked"

/* ---- options.c ---- */

enum command_bit {
	FOR_ROOT = 1 << 0,
	FOR_MOUNT = 1 << 1,
	FOR_DEVICE = 1 << 2,
	FOR_STOP = 1 << 3,
	FOR_STATUS = 1 << 4,
	FOR_EXPLAIN = 1 << 5,
	FOR_ANSWER = 1 << 6,
	FOR_REPLAY = 1 << 7,
	FOR_INIT = 1 << 8,
	FOR_PLOT = 1 << 9,
};

struct options {
	const char *cmdline, *crypttab, *fstab, *mdadm_conf, *layout;
	const char *run_dir, *record, *target, *fstype, *mount_options, *fsck, *output;
	int source;
	uint64_t timeout_usec;	/* UINT64_MAX: none */
	uint64_t degraded_usec; /* UINT64_MAX: never */
	uint64_t shuffle;
	bool has_degraded, has_shuffle, all_orders;
	bool json, follow, quiet, verbose, progress, all, everything, list, text, boot, help;
};

struct command {
	const char *name, *arguments, *summary;
	unsigned bit;
	int (*run)(const struct options *o, int argc,
		   char **argv); /* argv: what is left of the options */
};

/* Reads the options of c; returns the index of the first argument, or -EXIT_USAGE. */
int options_parse(const struct command *c, int argc, char **argv, struct options *ret);
void options_help(const struct command *c);
int spec_error(const char *spec); /* it names no device; says what does */
int usage_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- the commands ---- */

int cmd_root(const struct options *o, int argc, char **argv);
int cmd_mount(const struct options *o, int argc, char **argv);
int cmd_device(const struct options *o, int argc, char **argv);
int cmd_stop(const struct options *o, int argc, char **argv);
int cmd_status(const struct options *o, int argc, char **argv);
int cmd_explain(const struct options *o, int argc, char **argv);
int cmd_answer(const struct options *o, int argc, char **argv);
int cmd_replay(const struct options *o, int argc, char **argv);
int cmd_plot(const struct options *o, int argc, char **argv);
int cmd_init(const struct options *o, int argc, char **argv);

/* ---- io.c ---- */

struct ask;

/* Lines on stderr; a prompt that stands is taken away before and drawn again behind. */
void say_set_prompt(struct ask *a);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_message(unsigned number, const char *subject, const char *text);
void say_error(enum tool_message number, const char *subject, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Text from disks: what would control the terminal, or is no UTF-8, becomes '?'; caller frees. */
char *printable(const char *text);
/* The length of the well-formed character at c that may be shown; 0: none.  Never looks behind a NUL. */
size_t visible_character(const unsigned char *c);

/* The whole file with a NUL behind it; *ret_len (may be NULL) is without it. */
int read_file(const char *path, char **ret, size_t *ret_len);
int write_all(int fd, const void *bytes, size_t len); /* blocking descriptors only */
int parse_number(const char *text, uint64_t *ret);
int parse_seconds(const char *text, uint64_t *ret_usec); /* "20", "1.5", "500ms", "2min" */
uint64_t boottime_usec(void);
int open_run_dir(const char *path, bool make); /* descriptor of a folder that is only ours */
void no_core_dumps(void);

static inline void free_p(char **p)
{
	__builtin_free(*p);
}
#define _cleanup_free_ __attribute__((cleanup(free_p)))

/* Bytes that must not be swapped out, dumped or left behind. */
struct locked {
	unsigned char *bytes;
	size_t len, size;
};
int locked_init(struct locked *l, size_t size);
void locked_wipe(struct locked *l); /* empties it */
void locked_free(struct locked *l);
void locked_drop(struct locked *l, size_t n); /* removes the first n bytes */

/* ---- questions.c: the questions that stand, under numbers that cannot be guessed or met again ---- */

#define ANSWER_MAX 8192

struct question {
	uint64_t id;	 /* ours, random, new for every asking */
	uint64_t lib_id; /* the library's */
	sact_secret *secret;
	char *prompt;
	bool answered; /* the answer is being tried */
};

struct questions {
	struct question *list;
	size_t n;
};

int questions_add(struct questions *qs, sact_secret *secret);
void questions_remove(struct questions *qs, uint64_t lib_id);
void questions_free(struct questions *qs);
struct question *questions_current(struct questions *qs); /* the one to prompt for; NULL: none now */
struct question *questions_find(struct questions *qs, uint64_t id);
int questions_answer(struct questions *qs, uint64_t id, const void *bytes, size_t len); /* -ESTALE */
int questions_skip(struct questions *qs, uint64_t id);
char *questions_json(const struct questions *qs);

/* ---- term.c: terminals with their echo off, put right again on every way out ---- */

#define TTYS_MAX 8

struct tty {
	int fd;
	struct termios saved;
	bool raw;
	bool redraw; /* the prompt did not fit into the output queue */
	bool too_long;
	struct locked line; /* what was typed so far */
};

size_t ttys_open(struct tty list[TTYS_MAX], bool *ret_consoles); /* those where somebody may sit */
bool tty_set_raw(struct tty *t);				 /* false: not ours to use now */
void tty_restore(struct tty *t);
void tty_close(struct tty *t);
bool tty_put(struct tty *t, const char *text); /* never blocks; false: did not fit */

/* A line from a terminal with its echo off; from anything else just the line. */
int ask_line(int fd, const char *prompt, struct locked *ret);

/* ---- ask.c: the standing questions on the consoles ---- */

#define ASK_MAX_FDS (TTYS_MAX + 1)

int ask_new(struct questions *qs, struct ask **ret);
struct ask *ask_free(struct ask *a);
void ask_update(struct ask *a); /* the list of questions changed */
void ask_hide(struct ask *a);	/* something else is about to be printed */
void ask_show(struct ask *a);
void ask_resume(struct ask *a);			    /* SIGCONT: the terminal may have been changed */
size_t ask_poll(struct ask *a, struct pollfd *fds); /* at most ASK_MAX_FDS */
void ask_dispatch(struct ask *a, const struct pollfd *fds, size_t n);

/* ---- control.c: the socket that status, explain and answer talk to ---- */

#define CONTROL_MAX_FDS 17

struct control;

int control_new(sact *s, struct questions *qs, int dir_fd, struct control **ret);
struct control *control_free(struct control *c);
size_t control_poll(struct control *c, struct pollfd *fds); /* at most CONTROL_MAX_FDS */
void control_dispatch(struct control *c, const struct pollfd *fds, size_t n);
void control_changed(struct control *c); /* followers get the new status, if it is one */

/* ---- client.c: its other end ---- */

int client_connect(const char *run_dir, int *ret); /* -ENOENT: nothing runs */
/* Sends "line\n" and body; one reply.  Returns 0, or the negative errno of an "ERR" reply. */
int client_call(int fd, const char *line, const struct locked *body, char **ret, size_t *ret_len);
int client_reply(int fd, char **ret, size_t *ret_len); /* -ENODATA: the other end has closed */

/* ---- run.c: the loop of everything that activates or stops ---- */

struct run {
	const struct options *o;
	sact *s;
	int dir_fd; /* -1: no run directory */
	int signal_fd;
	struct questions questions;
	struct ask *ask;
	struct control *control;
	bool changed; /* what we made may have changed: state and followers want to know */
	bool loaded;  /* there was a state */
	bool failed;  /* a numbered error was reported */
	bool asking;  /* a question stands, and the run directory says so */
	int signal;   /* that ended it; 0: none */
	char *off_device; /* mount points of fstab that no device will ever serve, each behind a newline */
};

int run_open(struct run *r, const struct options *o); /* 0 or an exit status */
int run_loop(struct run *r);			      /* until all is settled; an exit status */
void show_messages(struct run *r);		      /* those that there are, before run_loop() */
void run_close(struct run *r);
