/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context.h"

#include "handover/state.h"
#include "replay/reorder.h"
#include "replay/replay.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/utsname.h>
#include <unistd.h>

static void goal_destroy(gpointer p)
{
	sact_goal_unref(p);
}

static void question_destroy(gpointer p)
{
	sact_secret_unref(p);
}

static void secret_destroy(gpointer p)
{
	secret_free(p);
}

_public_ int sact_new(sact **ret)
{
	sact *s;

	if (!ret)
		return -EINVAL;
	s = g_new0(sact, 1);
	s->ref = 1;
	s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	s->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	s->record_fd = s->state_fd = -1;
	s->armed = s->timeout_until = USEC_NEVER;
	s->plan = plan_new();
	actions_init(&s->actions);
	s->goals = g_ptr_array_new_with_free_func(goal_destroy);
	s->questions = g_ptr_array_new_with_free_func(question_destroy);
	s->secrets = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, secret_destroy);
	s->deadlines_told = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	if (s->epoll_fd >= 0 && s->timer_fd >= 0) {
		struct epoll_event ev = { .events = EPOLLIN, .data.ptr = &s->timer_fd };

		if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->timer_fd, &ev) == 0) {
			*ret = s;
			return 0;
		}
	}
	int r = -errno;
	sact_unref(s);
	return r;
}

_public_ sact *sact_ref(sact *s)
{
	if (s)
		s->ref++;
	return s;
}

_public_ sact *sact_unref(sact *s)
{
	struct input *in;
	sact_event *e;

	if (!s || --s->ref)
		return NULL;
	loop_close(s);
	for (guint i = 0; i < s->goals->len; i++)
		((sact_goal *)s->goals->pdata[i])->s = NULL;
	for (guint i = 0; i < s->questions->len; i++)
		((sact_secret *)s->questions->pdata[i])->s = NULL;
	while ((e = g_queue_pop_head(&s->events)))
		sact_event_unref(e);
	while ((in = g_queue_pop_head(&s->pending))) {
		input_clear(in);
		g_free(in);
	}
	g_ptr_array_unref(s->goals);
	g_ptr_array_unref(s->questions);
	g_hash_table_unref(s->secrets);
	g_hash_table_unref(s->deadlines_told);
	actions_free(&s->actions);
	plan_free(s->plan);
	lvm_conf_clear(&s->lvm_conf);
	cmdline_clear(&s->cmdline);
	if (s->root_entry)
		input_free(s->root_entry);
	g_free(s->prefix);
	for (int *fd = (int[]){ s->epoll_fd, s->timer_fd, s->record_fd, s->state_fd, -2 }; *fd != -2; fd++)
		if (*fd >= 0)
			close(*fd);
	g_free(s);
	return NULL;
}

_public_ int sact_set_log_fn(sact *s, sact_log_fn fn, void *data)
{
	if (!s)
		return -EINVAL;
	s->log_fn = fn;
	s->log_data = data;
	return 0;
}

_public_ int sact_set_source(sact *s, int source)
{
	if (!s || source < SACT_SOURCE_AUTO || source > SACT_SOURCE_NONE)
		return -EINVAL;
	if (s->started)
		return -EBUSY;
	s->source_kind = source;
	return 0;
}

_public_ int sact_set_record_fd(sact *s, int fd)
{
	int copy;

	if (!s)
		return -EINVAL;
	copy = RET_NERRNO(fcntl(fd, F_DUPFD_CLOEXEC, 3));
	if (copy < 0)
		return copy;
	if (s->record_fd >= 0)
		close(s->record_fd);
	s->record_fd = copy;
	return 0;
}

_public_ int sact_set_degraded_after(sact *s, uint64_t usec)
{
	g_autofree char *value = usec == UINT64_MAX ? g_strdup("never") : g_strdup_printf("%" PRIu64 "us", usec);
	struct input in = { .type_id = INPUT_POLICY, .key = (char *)"degraded", .value = value };

	if (!s)
		return -EINVAL;
	loop_feed(s, &in);
	loop_arm(s);
	return 0;
}

_public_ int sact_set_timeout(sact *s, uint64_t until_usec)
{
	if (!s)
		return -EINVAL;
	s->timeout_until = until_usec;
	return 0;
}

/* ---- configuration ---- */

static bool same_target(const sact *s, const char *a, const char *b)
{
	g_autofree char *x = path_below(s->prefix, a), *y = path_below(s->prefix, b);

	return g_str_equal(x, y);
}

static bool wanted_target(const sact *s, const char *const *targets, const struct input *in)
{
	for (const char *const *t = targets; t && *t; t++)
		if (in->target && same_target(s, *t, in->target))
			return true;
	return !targets;
}

static bool goal_at(const sact *s, const char *target)
{
	for (guint i = 0; i < s->goals->len; i++)
		if (streq0(((sact_goal *)s->goals->pdata[i])->wish.target, target))
			return true;
	return false;
}

/* One that was asked for by its mount point need not be automatic, but something has to appear. */
static bool on_device(sact *s, const struct input *in)
{
	bool path = *in->spec == '/';
	g_autofree char *spec = NULL, *text = NULL;
	struct complaint c = { .number = CONFIG_FSTAB_DEVICE, .severity = 4, .where = in->where };

	if (!in->flag || (path ? g_str_has_prefix(in->spec, "/dev/") : config_spec(in->spec, false, &spec) == 0))
		return true;
	text = g_strdup_printf("%s: %s (%s) is no device; it is left to the system", in->target, in->spec, in->fstype);
	c.text = text;
	event_complaint(s, &c);
	return false;
}

static void take_config(sact *s, struct config *c, const char *const *targets)
{
	for (guint i = 0; i < c->complaints->len; i++)
		event_complaint(s, c->complaints->pdata[i]);
	for (guint i = 0; i < c->inputs->len; i++) {
		struct input *in = c->inputs->pdata[i];

		if (in->type_id == INPUT_GOAL && !s->prefix && !s->root_entry && streq0(in->target, "/"))
			s->root_entry = input_dup(in);
		if (in->type_id != INPUT_GOAL) {
			loop_feed(s, in);
		} else if (targets ? wanted_target(s, targets, in) && on_device(s, in) : !in->flag) {
			g_autofree char *target = in->target ? path_below(s->prefix, in->target) : NULL;
			sact_goal *g;

			if (in->target && goal_at(s, target))
				continue; /* the command line said so before */
			g = goal_handle_new(s, in->kind, in->spec, target);

			str_set(&g->wish.fstype, in->fstype);
			str_set(&g->wish.options, in->options);
			/* who starts the machine knows better whether it is to be checked, and how */
			str_set(&g->wish.fsck, streq0(in->fsck, "auto") && s->cmdline.fsck ? s->cmdline.fsck : in->fsck);
			str_set(&g->wish.where, in->where);
		}
	}
	config_clear(c);
	loop_arm(s); /* a volume that is named only now may be opened at once, with a deadline */
}

_public_ int sact_add_cmdline(sact *s, const char *cmdline)
{
	struct config c;

	if (!s || !cmdline)
		return -EINVAL;
	config_init(&c);
	cmdline_clear(&s->cmdline);
	s->has_cmdline = true;
	cmdline_parse(cmdline, s->locked, &s->cmdline, &c);
	take_config(s, &c, NULL);
	return 0;
}

static int add_file(sact *s, const char *text, const char *name, const char *const *targets,
		    void (*parse)(const char *, const char *, struct config *))
{
	struct config c;

	if (!s || !text || !name)
		return -EINVAL;
	config_init(&c);
	parse(text, name, &c);
	take_config(s, &c, targets);
	return 0;
}

_public_ int sact_add_crypttab(sact *s, const char *text, const char *name)
{
	if (s && text && name && s->cmdline.no_crypttab)
		return 0;
	return add_file(s, text, name, NULL, crypttab_parse);
}

/* Before a system has its name, its own arrays cannot be told from others' by it. */
static void this_host(struct input *in)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (gethostname(name, sizeof name - 1) < 0 || streq0(name, "(none)") || streq0(name, "localhost"))
		*name = '\0';
	str_set(&in->value, name);
}

static void mdadm_conf_read(const char *text, const char *file, struct config *out)
{
	mdadm_conf_parse(text, file, out);
	for (guint i = 0; i < out->inputs->len; i++) {
		struct input *in = out->inputs->pdata[i];

		if (in->type_id == INPUT_POLICY && streq0(in->key, "homehost") && streq0(in->value, "<system>"))
			this_host(in);
	}
}

_public_ int sact_add_mdadm_conf(sact *s, const char *text, const char *name)
{
	return add_file(s, text, name, NULL, mdadm_conf_read);
}

/* The first word of a file; NULL: there is none. */
static char *first_word(const char *path)
{
	g_autofree char *text = NULL;
	const char *c;

	if (str_empty(path) || !g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	for (c = text; *c == '#' || g_ascii_isspace(*c); c += *c && *c != '#')
		if (*c == '#')
			c += strcspn(c, "\n");
	return g_strndup(c, strcspn(c, " \t\n"));
}

static char *system_id(const struct lvm_conf *conf)
{
	struct utsname names;

	if (streq0(conf->source, "lvmlocal"))
		return g_strdup(conf->local);
	if (streq0(conf->source, "uname") && uname(&names) == 0)
		return g_strdup(names.nodename);
	if (streq0(conf->source, "machineid") || streq0(conf->source, "machine-id"))
		return first_word("/etc/machine-id");
	if (streq0(conf->source, "file"))
		return first_word(conf->file);
	return NULL; /* none; one made of the machine ID for an application is not done */
}

_public_ int sact_add_lvm_conf(sact *s, const char *text, const char *name)
{
	g_autofree char *own = NULL, *all = NULL;
	struct input in = { .type_id = INPUT_POLICY, .key = (char *)"system-id" };

	if (!s || !text || !name)
		return -EINVAL;
	lvm_conf_parse(text, &s->lvm_conf);
	own = system_id(&s->lvm_conf);
	all = g_strjoin(" ", own ?: "", s->lvm_conf.extra ?: "", NULL);
	in.value = g_strstrip(all);
	if (!str_empty(in.value))
		loop_feed(s, &in);
	return 0;
}

_public_ int sact_set_prefix(sact *s, const char *prefix)
{
	if (!s || (prefix && *prefix != '/'))
		return -EINVAL;
	str_set(&s->prefix, streq0(prefix, "/") ? NULL : prefix);
	return 0;
}

_public_ int sact_add_fstab(sact *s, const char *text, const char *name, const char *const *targets)
{
	return add_file(s, text, name, targets, fstab_parse);
}

/* ---- running ---- */

_public_ int sact_start(sact *s)
{
	if (!s)
		return -EINVAL;
	return s->started ? -EALREADY : loop_start(s);
}

_public_ int sact_is_settled(const sact *s)
{
	if (!s)
		return -EINVAL;
	if (s->n_submitted < s->goals->len)
		return 0;
	return plan_settled(s->plan);
}

/* Simple callers have nobody to ask: a question is skipped, and that is said by the goal's error. */
static void skip_questions(sact *s)
{
	sact_event *e;

	while (sact_next_event(s, &e) > 0) {
		if (e->type == SACT_EVENT_QUESTION)
			(void)sact_secret_skip(e->secret);
		sact_event_unref(e);
	}
}

_public_ int sact_run(sact *s, uint64_t timeout_usec)
{
	int r;

	if (!s)
		return -EINVAL;
	if (timeout_usec != UINT64_MAX)
		s->timeout_until = usec_add(now_usec(), timeout_usec);
	r = s->started ? sact_dispatch(s) : sact_start(s); /* either takes up the goals there are */
	if (r < 0)
		return r;
	skip_questions(s);
	while (!sact_is_settled(s)) {
		struct pollfd pfd = { .fd = s->epoll_fd, .events = POLLIN };

		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			return -errno;
		r = sact_dispatch(s);
		if (r < 0)
			return r;
		skip_questions(s);
	}
	for (guint i = 0; i < s->goals->len; i++) {
		const sact_goal *g = s->goals->pdata[i];

		if (sact_goal_get_state(g) == SACT_GOAL_FAILED)
			return sact_goal_get_error(g, NULL) ?: -EIO;
	}
	return 0;
}

/* ---- views ---- */

static int text_out(char *text, char **ret)
{
	char *copy = strdup(text);

	g_free(text);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

_public_ int sact_status_json(sact *s, char **ret)
{
	return s && ret ? text_out(status_json(s->plan), ret) : -EINVAL;
}

_public_ int sact_status_text(sact *s, char **ret)
{
	return s && ret ? text_out(status_text(s->plan), ret) : -EINVAL;
}

_public_ int sact_explain(sact *s, char **ret)
{
	GString *text;

	if (!s || !ret)
		return -EINVAL;
	text = g_string_new(NULL);
	for (guint i = 0; i < s->plan->goals->len; i++) {
		const struct goal *g = s->plan->goals->pdata[i];
		g_autofree char *why = NULL;

		if (!goal_unmet(g))
			continue;
		why = explain_text(s->plan, g);
		g_string_append_printf(text, "%s\n", why);
	}
	return text_out(g_string_free(text, FALSE), ret);
}

_public_ int sact_stop(sact *s, const char *spec, int everything)
{
	struct input in = { .type_id = INPUT_STOP, .flag = everything != 0 };
	g_autofree char *num = NULL, *path = NULL;
	struct stat st;

	if (!s)
		return -EINVAL;
	if (s->started || s->goals->len)
		return -EBUSY;
	if (spec) {
		path = path_resolved(spec);
		if (stat(spec, &st) == 0 && *spec == '/' && S_ISBLK(st.st_mode))
			num = g_strdup_printf("%u:%u", major(st.st_rdev), minor(st.st_rdev));
	}
	in.spec = num ?: (char *)spec;
	in.target = path;
	loop_feed(s, &in);
	return 0;
}

/* ---- state ---- */

_public_ int sact_save(sact *s, int dir_fd)
{
	g_autofree char *text = NULL, *json = NULL;
	int r;

	if (!s || dir_fd < 0)
		return -EINVAL;
	text = state_text(s->plan);
	json = status_json(s->plan);
	r = state_save(dir_fd, "state", text);
	if (r >= 0 && plan_settled(s->plan)) /* all that was about to be made is made, or will not be */
		(void)unlinkat(dir_fd, STATE_INTENDED, 0);
	return r < 0 ? r : state_save(dir_fd, "status.json", json);
}

static int load_one(sact *s, int dir_fd, const char *name, int (*parse)(const char *, GPtrArray *, GArray *))
{
	g_autoptr(GPtrArray) made = g_ptr_array_new();
	g_autoptr(GArray) bad = g_array_new(FALSE, FALSE, sizeof(guint));
	g_autofree char *text = NULL;
	int r = state_load(dir_fd, name, &text);

	if (r >= 0)
		r = parse(text, made, bad);
	if (r < 0)
		return r;
	for (guint i = 0; i < bad->len; i++) {
		g_autofree char *where = g_strdup_printf("%s:%u", name, g_array_index(bad, guint, i));
		struct complaint c = { .number = MSG_STATE, .severity = 4, .where = where,
				       .text = (char *)"the line cannot be understood and is left out" };

		event_complaint(s, &c);
	}
	for (guint i = 0; i < made->len; i++)
		loop_feed(s, made->pdata[i]);
	return 0;
}

_public_ int sact_load(sact *s, int dir_fd)
{
	int r, intended;

	if (!s || dir_fd < 0)
		return -EINVAL;
	if (s->state_fd < 0)
		s->state_fd = RET_NERRNO(fcntl(dir_fd, F_DUPFD_CLOEXEC, 3));
	r = load_one(s, dir_fd, "state", state_parse);
	/* a run that died before it could save anything has left this alone */
	intended = load_one(s, dir_fd, STATE_INTENDED, state_parse_intended);
	return r == -ENOENT && intended >= 0 ? 0 : r;
}

/* ---- replay and layout ---- */

_public_ int sact_replay(const char *journal, size_t len, unsigned flags, uint64_t seed, char **ret_report)
{
	g_autofree char *text = NULL;
	GString *report;
	int r, out;

	if (!journal || !ret_report || memchr(journal, '\0', len))
		return -EINVAL;
	if (flags && flags != SACT_REPLAY_SHUFFLE && flags != SACT_REPLAY_ALL_ORDERS)
		return -EINVAL;
	text = g_strndup(journal, len);
	report = g_string_new(NULL);
	if (flags)
		r = reorder_journal(text, flags == SACT_REPLAY_ALL_ORDERS, seed, report);
	else
		r = replay_journal(text, report);
	out = text_out(g_string_free(report, FALSE), ret_report);
	return out < 0 ? out : r;
}

_public_ int sact_add_layout(sact *s, const char *text, const char *name)
{
	g_auto(GStrv) lines = NULL;

	if (!s || !text || !name)
		return -EINVAL;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i]; i++) {
		struct input in;

		if (!*lines[i] || *lines[i] == '#')
			continue;
		if (input_decode(lines[i], &in) == 0 && in.type_id == INPUT_LAYOUT) {
			loop_feed(s, &in);
		} else {
			g_autofree char *where = g_strdup_printf("%s:%u", name, i + 1);
			struct complaint c = { .number = MSG_STATE, .severity = 4, .where = where,
					       .text = (char *)"no layout record" };

			event_complaint(s, &c);
		}
		input_clear(&in);
	}
	return 0;
}
