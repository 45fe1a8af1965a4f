/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A library that only pretends, so that the command line can be tested without devices or root.  The
 * SPEC of a goal says what happens to it:
 *
 *   UUID=ok fail timeout refused reboot  done, or failed in that way, at once
 *   UUID=never                           waits for good
 *   UUID=ask-A-B                         volumes A and B are locked; "right" opens all that wait,
 *                                        any other answer is wrong, the third one fails the goal
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <storageactivate.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MANY 64

struct sact_goal {
	char *spec, *target;
	int state, error;
	unsigned wrong;
};

struct sact_secret {
	struct sact *s;
	uint64_t id;
	char prompt[64];
	char answer[256];
	bool standing, answered, skipped;
};

struct sact_event {
	int type, number, severity;
	struct sact_goal *goal;
	struct sact_secret *secret;
	char subject[64], text[128];
};

struct sact {
	int fd;
	struct sact_goal *goals[MANY];
	size_t n_goals, n_secrets, n_events, first_event;
	struct sact_secret secrets[MANY];
	struct sact_event events[MANY * 4];
	uint64_t until;
	bool loaded, stopping;
};

static struct sact_event *event(struct sact *s, int type, const char *subject, const char *text)
{
	struct sact_event *e = &s->events[s->n_events++];

	e->type = type;
	snprintf(e->subject, sizeof e->subject, "%.60s", subject);
	snprintf(e->text, sizeof e->text, "%.120s", text);
	return e;
}

static void message(struct sact *s, int number, int severity, const char *subject, const char *text)
{
	struct sact_event *e = event(s, SACT_EVENT_MESSAGE, subject, text);

	e->number = number;
	e->severity = severity;
}

static void wake(struct sact *s)
{
	(void)!write(s->fd, &(uint64_t){1}, 8);
}

static void finish(struct sact *s, sact_goal *g, int error)
{
	g->error = error;
	g->state = error ? SACT_GOAL_FAILED : SACT_GOAL_DONE;
	event(s, SACT_EVENT_GOAL, g->target ? g->target : g->spec, error ? "failed" : "done")->goal = g;
	if (error)
		message(s, 1, 3, g->spec, strerror(-error));
}

static void ask(struct sact *s, struct sact_secret *q)
{
	q->standing = true;
	q->answered = q->skipped = false;
	event(s, SACT_EVENT_QUESTION, "", "")->secret = q;
}

static void withdraw(struct sact *s, struct sact_secret *q)
{
	q->standing = false;
	event(s, SACT_EVENT_WITHDRAWN, "", "")->secret = q;
}

static void ask_all(struct sact *s, const char *names)
{
	char copy[64], *rest;

	snprintf(copy, sizeof copy, "%s", names);
	for (char *name = strtok_r(copy, "-", &rest); name; name = strtok_r(NULL, "-", &rest)) {
		struct sact_secret *q = &s->secrets[s->n_secrets++];

		q->s = s;
		q->id = s->n_secrets;
		snprintf(q->prompt, sizeof q->prompt, "Passphrase for %s (/dev/fake\033[1m)", name);
		ask(s, q);
	}
}

static void begin(struct sact *s, sact_goal *g)
{
	static const struct {
		const char *spec;
		int error;
	} fates[] = {{"UUID=ok", 0},
		     {"UUID=fail", -ENODEV},
		     {"UUID=timeout", -ETIME},
		     {"UUID=refused", -EKEYREJECTED},
		     {"UUID=reboot", -EIO}};

	for (size_t i = 0; i < sizeof fates / sizeof *fates; i++)
		if (strcmp(g->spec, fates[i].spec) == 0)
			finish(s, g, fates[i].error);
	if (strncmp(g->spec, "UUID=ask-", 9) == 0)
		ask_all(s, g->spec + 9);
}

static void open_all(struct sact *s)
{
	for (size_t i = 0; i < s->n_secrets; i++)
		if (s->secrets[i].standing) {
			event(s, SACT_EVENT_ASSEMBLY, "luks", "active, 1 of 1");
			withdraw(s, &s->secrets[i]);
		}
	for (size_t i = 0; i < s->n_goals; i++)
		if (s->goals[i]->state == SACT_GOAL_WAITING)
			finish(s, s->goals[i], 0);
}

static void answered(struct sact *s, struct sact_secret *q)
{
	if (q->skipped) {
		withdraw(s, q);
		finish(s, s->goals[0], -ECANCELED);
	} else if (strcmp(q->answer, "right") == 0) {
		open_all(s);
	} else if (++s->goals[0]->wrong == 3) {
		withdraw(s, q);
		finish(s, s->goals[0], -EACCES);
	} else {
		message(s, 30, 4, "volume", "the passphrase does not fit");
		ask(s, q);
	}
}

/* ---- the API ---- */

int sact_new(sact **ret)
{
	*ret = calloc(1, sizeof **ret);
	(*ret)->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return 0;
}

sact *sact_unref(sact *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < s->n_goals; i++) {
		free(s->goals[i]->spec);
		free(s->goals[i]->target);
		free(s->goals[i]);
	}
	close(s->fd);
	free(s);
	return NULL;
}

int sact_set_log_fn(sact *s, sact_log_fn fn, void *data)
{
	fn(data, 7, "debug log");
	return 0;
}

int sact_set_source(sact *s, int source)
{
	return 0;
}

int sact_set_record_fd(sact *s, int fd)
{
	return write(fd, "journal\n", 8) == 8 ? 0 : -EIO;
}

int sact_set_degraded_after(sact *s, uint64_t usec)
{
	if (usec != UINT64_MAX)
		message(s, 99, 6, "degraded", usec == 1500000 ? "1.5 s" : "?");
	else
		message(s, 99, 6, "degraded", "never");
	return 0;
}

int sact_set_locked(sact *s, int locked)
{
	return 0;
}

int sact_set_prefix(sact *s, const char *prefix)
{
	return 0;
}

int sact_set_timeout(sact *s, uint64_t until_usec)
{
	s->until = until_usec;
	return 0;
}

static int given(sact *s, const char *what, const char *text)
{
	message(s, 98, 6, what, text);
	return 0;
}

int sact_add_cmdline(sact *s, const char *cmdline)
{
	return given(s, "cmdline", cmdline);
}

int sact_add_crypttab(sact *s, const char *text, const char *name)
{
	return given(s, name, text);
}

int sact_add_lvm_conf(sact *s, const char *text, const char *name)
{
	return 0;
}

int sact_add_mdadm_conf(sact *s, const char *text, const char *name)
{
	return given(s, name, text);
}

int sact_add_layout(sact *s, const char *text, const char *name)
{
	return given(s, name, text);
}

static sact_goal *add_goal(sact *s, const char *spec, const char *target)
{
	sact_goal *g = calloc(1, sizeof *g);

	g->spec = strdup(spec);
	g->target = target ? strdup(target) : NULL;
	return s->goals[s->n_goals++] = g;
}

int sact_add_fstab(sact *s, const char *text, const char *name, const char *const *targets)
{
	if (!targets)
		add_goal(s, "UUID=ok", "/all");
	for (size_t i = 0; targets && targets[i]; i++)
		if (strcmp(targets[i], "/nfs") == 0)
			message(s, 123, 4, "fstab:1", "/nfs: srv:/a (nfs) is no device");
		else if (strcmp(targets[i], "/srv//") == 0)
			add_goal(s, "UUID=ok", "/srv");
		else if (strcmp(targets[i], "/unknown") != 0)
			add_goal(s, "UUID=ok", targets[i]);
	return 0;
}

int sact_goal_new_device(sact *s, const char *spec, sact_goal **ret)
{
	if (!strchr(spec, '='))
		return -EINVAL;
	*ret = add_goal(s, spec, NULL);
	return 0;
}

int sact_goal_new_mount(sact *s, const char *spec, const char *target, sact_goal **ret)
{
	*ret = add_goal(s, spec, target);
	return 0;
}

int sact_goal_new_root(sact *s, const char *target, sact_goal **ret)
{
	if (strcmp(target, "/none") == 0)
		return -ENOENT;
	*ret = add_goal(s, "UUID=ok", target);
	return 0;
}

sact_goal *sact_goal_unref(sact_goal *g)
{
	return NULL;
}

int sact_goal_set_fstype(sact_goal *g, const char *fstype)
{
	return strcmp(fstype, "bad") == 0 ? -EINVAL : 0;
}

int sact_goal_set_options(sact_goal *g, const char *options)
{
	return 0;
}

int sact_goal_set_fsck(sact_goal *g, const char *mode)
{
	return strcmp(mode, "auto") == 0 || strcmp(mode, "force") == 0 || strcmp(mode, "no") == 0
		       ? 0
		       : -EINVAL;
}

int sact_goal_get_state(const sact_goal *g)
{
	return g->state;
}

const char *sact_goal_get_spec(const sact_goal *g)
{
	return g->spec;
}

const char *sact_goal_get_target(const sact_goal *g)
{
	return g->target;
}

const char *sact_goal_get_node(const sact_goal *g)
{
	return "/dev/fake0";
}

int sact_goal_get_error(const sact_goal *g, const char **ret_text)
{
	return g->error;
}

int sact_goal_get_fsck_status(const sact_goal *g)
{
	return strcmp(g->spec, "UUID=reboot") == 0 ? 3 : -1;
}

int sact_goal_explain(const sact_goal *g, char **ret)
{
	return asprintf(ret, "%s is explained", g->spec) < 0 ? -ENOMEM : 0;
}

sact_goal *sact_get_goal(const sact *s, size_t index)
{
	return index < s->n_goals ? s->goals[index] : NULL;
}

int sact_start(sact *s)
{
	if (s->n_goals && strcmp(s->goals[0]->spec, "UUID=user") == 0)
		return -EPERM;
	wake(s);
	return 0;
}

int sact_get_fd(const sact *s)
{
	return s->fd;
}

int sact_dispatch(sact *s)
{
	static bool begun;
	uint64_t count;

	(void)!read(s->fd, &count, sizeof count);
	for (size_t i = 0; !begun && i < s->n_goals; i++)
		begin(s, s->goals[i]);
	begun = true;
	for (size_t i = 0; i < s->n_secrets; i++)
		if (s->secrets[i].answered) {
			s->secrets[i].answered = false;
			answered(s, &s->secrets[i]);
		}
	return 0;
}

int sact_next_event(sact *s, sact_event **ret)
{
	if (s->first_event == s->n_events)
		return 0;
	*ret = &s->events[s->first_event++];
	return 1;
}

int sact_is_settled(const sact *s)
{
	for (size_t i = 0; i < s->n_goals; i++)
		if (s->goals[i]->state == SACT_GOAL_WAITING)
			return 0;
	return 1;
}

sact_event *sact_event_unref(sact_event *e)
{
	return NULL;
}

int sact_event_get_type(const sact_event *e)
{
	return e->type;
}

sact_goal *sact_event_get_goal(const sact_event *e)
{
	return e->goal;
}

sact_secret *sact_event_get_secret(const sact_event *e)
{
	return e->secret;
}

int sact_event_get_number(const sact_event *e)
{
	return e->number;
}

int sact_event_get_severity(const sact_event *e)
{
	return e->severity;
}

const char *sact_event_get_subject(const sact_event *e)
{
	return e->subject;
}

const char *sact_event_get_text(const sact_event *e)
{
	return e->text;
}

sact_secret *sact_secret_ref(sact_secret *q)
{
	return q;
}

sact_secret *sact_secret_unref(sact_secret *q)
{
	return NULL;
}

uint64_t sact_secret_get_id(const sact_secret *q)
{
	return q->id;
}

const char *sact_secret_get_prompt(const sact_secret *q)
{
	return q->prompt;
}

int sact_secret_answer(sact_secret *q, const void *secret, size_t len)
{
	snprintf(q->answer, sizeof q->answer, "%.*s", (int)len, (const char *)secret);
	message(q->s, 97, 6, "answered", q->answer);
	q->answered = true;
	wake(q->s);
	return 0;
}

int sact_secret_skip(sact_secret *q)
{
	q->answered = q->skipped = true;
	wake(q->s);
	return 0;
}

int sact_explain(sact *s, char **ret)
{
	return asprintf(ret, "all is explained") < 0 ? -ENOMEM : 0;
}

int sact_status_json(sact *s, char **ret)
{
	const char *fill = getenv("FAKE_FILL"); /* bytes: more than a socket holds */

	return asprintf(ret, "{\"version\":1,\n \"goals\":%zu,\"questions\":%zu,\"fill\":\"%*s\"}\n",
			s->n_goals, s->n_secrets, fill ? atoi(fill) : 0, "") < 0
		       ? -ENOMEM
		       : 0;
}

int sact_status_text(sact *s, char **ret)
{
	return asprintf(ret, "%s tree of %zu goals\n", s->loaded ? "saved" : "new", s->n_goals) < 0
		       ? -ENOMEM
		       : 0;
}

int sact_save(sact *s, int dir_fd)
{
	int fd = openat(dir_fd, "state", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	close(fd);
	fd = openat(dir_fd, "status.json", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, "{\"version\":1}\n", 14) != 14)
		return -errno;
	close(fd);
	return s->stopping ? unlinkat(dir_fd, "state", 0) : 0;
}

int sact_load(sact *s, int dir_fd)
{
	if (faccessat(dir_fd, "state", R_OK, 0) < 0)
		return -errno;
	s->loaded = true;
	return 0;
}

int sact_stop(sact *s, const char *spec, int everything)
{
	s->stopping = true;
	message(s, 96, 6, spec ? spec : "all", everything ? "stopped, everything" : "stopped");
	if (spec && strcmp(spec, "UUID=busy") == 0)
		message(s, 61, 3, spec, "busy");
	return 0;
}

int sact_replay(const char *journal, size_t len, unsigned flags, uint64_t seed, char **ret_report)
{
	if (strncmp(journal, "bad", 3) == 0)
		return -EBADMSG;
	return asprintf(ret_report, "%zu bytes, flags %u, seed %d\n", len, flags, (int)seed) < 0
		       ? -ENOMEM
		       : 0;
}
