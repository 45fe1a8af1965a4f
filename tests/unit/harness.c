/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scripts for the simulated machine, and the core's answers as text. */
#include "world.h"

#include <stdlib.h>

/* ---- what is logged ---- */

static const char *node_of(const struct world *w, dev_t devnum)
{
	const struct disk *d = disk_by_devnum(w, devnum);

	return d ? d->in.node : "?";
}

/* "8:0 0 0\n8:16 1 1" → "sda sdb" */
static char *member_nodes(const struct world *w, const char *members)
{
	g_auto(GStrv) lines = g_strsplit(members, "\n", -1);
	GString *s = g_string_new(NULL);

	for (char **l = lines; *l; l++) {
		dev_t devnum;

		(*l)[strcspn(*l, " ")] = '\0';
		g_assert_cmpint(devnum_parse(*l, &devnum), ==, 0);
		g_string_append_printf(s, "%s%s", s->len ? " " : "", node_of(w, devnum));
	}
	return g_string_free(s, FALSE);
}

static char *describe(const struct world *w, const struct action *a)
{
	const char *type = action_type_name(a->type_id);
	g_autofree char *members = NULL;

	switch ((int)a->type_id) {
	case ACTION_MD_ASSEMBLE:
		members = member_nodes(w, a->members);
		return g_strdup_printf("%s %s [%s]%s", type, a->name, members,
				       a->flag ? " degraded" : "");
	case ACTION_MD_ADD:
		members = member_nodes(w, a->members);
		return g_strdup_printf("%s %s %s", type, a->node, members);
	case ACTION_DM_ACTIVATE:
	case ACTION_DM_REMOVE:
	case ACTION_ASK:
		return g_strdup_printf("%s %s", type, a->name);
	case ACTION_LUKS_OPEN:
		if (!a->keyfile && !a->secret)
			return g_strdup_printf("look for %s", a->header);
		return a->keyfile ? g_strdup_printf("%s %s %s", type, a->name, a->keyfile)
				  : g_strdup_printf("%s %s %" PRIu64, type, a->name, a->secret);
	case ACTION_FSCK:
		return g_strdup_printf("%s %s %s", type, a->node, a->options);
	case ACTION_MOUNT:
		return g_strdup_printf("%s %s %s", type, a->node, a->target);
	case ACTION_WITHDRAW:
		return g_strdup_printf("%s %s", type, a->text);
	case ACTION_OVERTAKE:
		return g_strdup(type);
	case ACTION_CANCEL:
		return g_strdup_printf("%s %s", a->flag ? "kill" : type,
				       (char *)g_hash_table_lookup(w->names, GSIZE_TO_POINTER(a->id)));
	case ACTION_FORGET:
		return g_strdup_printf("%s %" PRIu64, type, a->secret);
	case ACTION_REPORT:
		return g_strdup_printf("SACT-%03" PRIu64 " %s", a->number, a->name);
	case ACTION_GOAL_STATE:
		return g_strdup_printf("goal %" PRIu64 " %s", a->id, a->name);
	case ACTION_ASSEMBLY_STATE:
		return g_strdup_printf("%s:%s %s", a->layer, a->uuid, a->text);
	case ACTION_LINK:
		return g_strdup_printf("%s %s %s%s", type, a->node, a->flag ? "-" : "", a->text);
	case ACTION_MODULES:
		return g_strdup_printf("%s %s", type, a->text);
	}
	return action_name(a);
}

static bool worth_logging(const struct world *w, const struct action *a)
{
	if (a->type_id == ACTION_REPORT)
		return (a->number != MSG_EXPLAIN || w->show_explain) &&
		       (a->number != MSG_LUKS_AUTOMATIC || w->show_automatic);
	if (a->type_id == ACTION_GOAL_STATE)
		return w->shown[a->type_id] || streq0(a->name, "done") || streq0(a->name, "failed");
	return w->shown[a->type_id];
}

static void log_item(struct world *w, const char *item)
{
	if (w->log->len)
		g_string_append(w->log, "; ");
	if (w->logged != w->now) {
		uint64_t msec = (w->now - BASE) / USEC_PER_MSEC;

		if (msec % 1000)
			g_string_append_printf(w->log, "@%" PRIu64 ".%03" PRIu64 ": ", msec / 1000,
					       msec % 1000);
		else
			g_string_append_printf(w->log, "@%" PRIu64 ": ", msec / 1000);
		w->logged = w->now;
	}
	g_string_append(w->log, item);
}

/* ---- what has to hold after every step ---- */

/* The timer is armed for nothing that status does not show. */
static void check_deadlines(const struct world *w)
{
	g_autofree char *json = status_json(w->plan);
	const char *at = strstr(json, "\"deadlines\":[");
	uint64_t min = USEC_NEVER;

	g_assert_nonnull(at);
	while ((at = strstr(at, "\"until_usec\":"))) {
		at += strlen("\"until_usec\":");
		min = MIN(min, strtoull(at, NULL, 10));
	}
	g_assert_cmpuint(min, ==, plan_next_deadline(w->plan));
}

static void check_graph(const struct world *w)
{
	const struct plan *p = w->plan;
	unsigned listed = 0, devices = 0;

	for (GList *l = p->devices.head; l; l = l->next, devices++) {
		const struct device *d = l->data;

		listed += d->listed;
		g_assert_true(graph_find(p, d->devnum) == d);
		g_assert_false(d->dirty);
	}
	g_assert_cmpuint(listed, ==, p->listed_unprobed);
	g_assert_cmpuint(devices, ==, p->n_devices);
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		for (guint m = 0; m < a->members->len; m++)
			g_assert_true(((struct member *)a->members->pdata[m])->dev->member_of == a);
		for (guint o = 0; o < a->outputs->len; o++)
			g_assert_true(((struct device *)a->outputs->pdata[o])->output_of == a);
	}
}

/* ---- steps ---- */

static void cancel(struct world *w, uint64_t id)
{
	for (GList *l = w->held.head; l && !w->deaf; l = l->next) {
		struct action *a = l->data;
		struct input res = { .type_id = INPUT_RESULT, .id = id, .error = -ECANCELED };

		if (a->id != id)
			continue;
		g_queue_delete_link(&w->held, l);
		action_clear(a);
		g_free(a);
		world_step(w, &res);
		return;
	}
}

static void journal(struct world *w, const struct input *in)
{
	if (!w->journal)
		return;
	g_string_append_printf(w->journal, "@%" PRIu64 " < ", w->now);
	input_encode(in, w->journal);
	for (guint i = 0; i < w->actions.list->len; i++) {
		g_string_append_printf(w->journal, "\n@%" PRIu64 " > ", w->now);
		action_encode(w->actions.list->pdata[i], w->journal);
	}
	g_string_append_c(w->journal, '\n');
}

static bool is_held(const struct world *w, const struct action *a)
{
	const char *held = w->faults[a->type_id].held, *name = g_hash_table_lookup(w->names, GSIZE_TO_POINTER(a->id));

	return w->faults[a->type_id].hold && (!held || strstr(name, held));
}

void world_step(struct world *w, const struct input *in)
{
	g_autoptr(GArray) cancelled = g_array_new(FALSE, FALSE, sizeof(uint64_t));

	plan_step(w->plan, in, w->now, &w->actions);
	journal(w, in);
	w->steps++;
	for (guint i = 0; i < w->actions.list->len; i++) {
		const struct action *a = w->actions.list->pdata[i];
		g_autofree char *text = worth_logging(w, a) ? describe(w, a) : NULL;
		struct action *copy;

		if (text)
			log_item(w, text);
		if (a->type_id == ACTION_ASK) {
			g_hash_table_insert(w->asked, g_strdup(a->name), GSIZE_TO_POINTER(a->id));
			w->unanswered = a->id;
		}
		if (a->type_id == ACTION_CANCEL)
			g_array_append_val(cancelled, a->id);
		if (!action_is_effect(a))
			continue;
		g_hash_table_insert(w->names, GSIZE_TO_POINTER(a->id), action_name(a));
		copy = g_new0(struct action, 1);
		action_copy(copy, a);
		g_queue_push_tail(is_held(w, a) ? &w->held : &w->effects, copy);
	}
	check_deadlines(w);
	check_graph(w);
	for (guint i = 0; i < cancelled->len; i++)
		cancel(w, g_array_index(cancelled, uint64_t, i));
}

static bool answer_next(struct world *w)
{
	struct input in = { .type_id = INPUT_ANSWER, .id = w->unanswered, .secret = w->auto_secret };

	if (!w->auto_secret || !w->unanswered)
		return false;
	w->unanswered = 0;
	world_step(w, &in);
	return true;
}

static void pump(struct world *w)
{
	uint64_t limit = w->steps + 100000;
	struct action *a;

	while (w->effects.length || answer_next(w)) {
		a = w->lifo ? g_queue_pop_tail(&w->effects) : g_queue_pop_head(&w->effects);
		if (!a)
			continue;
		if (w->steps > limit)
			g_error("it goes round in circles: %s", action_type_name(a->type_id));
		effect_perform(w, a);
		action_clear(a);
		g_free(a);
	}
}

/* ---- statements ---- */

static const char *value_of(char **args, const char *key)
{
	size_t n = strlen(key);

	for (; *args; args++)
		if (!strncmp(*args, key, n) && (*args)[n] == '=')
			return *args + n + 1;
	return NULL;
}

static uint64_t usec_of(const char *text)
{
	uint64_t usec;

	if (parse_usec(text, &usec) < 0)
		g_error("script: no time: %s", text);
	return usec;
}

/* Words that say something of the device; the others are its content. */
static bool device_word(struct disk *d, const char *word)
{
	char *value = strchr(word, '=');

	if (size_parse(word, &d->in.size))
		return true;
	if (!value)
		return false;
	value++;
	if (g_str_has_prefix(word, "diskseq="))
		return parse_u64(value, &d->in.diskseq) == 0;
	if (g_str_has_prefix(word, "wwid="))
		str_set(&d->in.wwid, value);
	else if (g_str_has_prefix(word, "slaves="))
		str_set(&d->in.slaves, g_strdelimit(value, ",", ' '));
	else if (g_str_has_prefix(word, "links="))
		str_set(&d->in.links, g_strdelimit(value, ",", ' '));
	else if (g_str_has_prefix(word, "ro="))
		d->in.readonly = value[0] == '1';
	else if (g_str_has_prefix(word, "hides=")) /* udev's rules do, with the size that it has */
		return (d->in.size = 0) || size_parse(value, &d->in.count);
	else if (g_str_has_prefix(word, "dm_name="))
		str_set(&d->in.dm_name, value);
	else if (g_str_has_prefix(word, "dm_uuid="))
		str_set(&d->in.dm_uuid, value);
	else if (g_str_has_prefix(word, "md_state="))
		str_set(&d->in.md_state, value);
	else
		return false;
	return true;
}

static void device_words(struct disk *d, char **args)
{
	GString *content = g_string_new(NULL);

	for (; *args; args++)
		if (!device_word(d, *args))
			g_string_append_printf(content, "%s%s", content->len ? " " : "", *args);
	if (content->len)
		str_set(&d->content, content->str);
	g_string_free(content, TRUE);
}

static struct disk *need_disk(const struct world *w, const char *node)
{
	struct disk *d = disk_find(w, node);

	if (!d)
		g_error("script: no device %s", node);
	return d;
}

static void do_add(struct world *w, char **args)
{
	struct disk *d = disk_new(w, args[0]);

	device_words(d, args + 1);
	disk_tell(w, d);
}

static void do_change(struct world *w, char **args)
{
	struct disk *d = need_disk(w, args[0]);

	device_words(d, args + 1);
	disk_tell(w, d);
}

static void do_del(struct world *w, char **args)
{
	disk_gone(w, need_disk(w, args[0]));
}

static void do_inside(struct world *w, char **args)
{
	g_hash_table_insert(w->insides, g_strdup(args[0]), g_strjoinv(" ", args + 1));
}

static void do_vg(struct world *w, char **args)
{
	char *text = vg_text(args[0], args + 1);

	g_hash_table_insert(w->vgs, g_strconcat(args[0], "@", value_of(args, "seqno") ?: "1", NULL),
			    g_strdup(text));
	g_hash_table_insert(w->vgs, g_strdup(args[0]), text);
}

static void do_simple(struct world *w, enum input_type t)
{
	struct input in = { .type_id = t, .count = 1 };

	world_step(w, &in);
}

static void do_listed(struct world *w, char **args)
{
	do_simple(w, INPUT_ENUMERATED);
}

static void do_overflow(struct world *w, char **args)
{
	do_simple(w, INPUT_OVERFLOW);
}

static void do_at(struct world *w, char **args)
{
	uint64_t target = BASE + usec_of(args[0]), next;

	while ((next = plan_next_deadline(w->plan)) <= target) {
		w->now = MAX(w->now, next);
		do_simple(w, INPUT_TIMER);
		pump(w);
		g_assert_cmpuint(plan_next_deadline(w->plan), >, w->now); /* it would fire for ever */
	}
	w->now = target;
}

/* "KEYWORD [POSITIONAL...] key=value..." as an input; keys are its fields. */
static void do_record(struct world *w, const char *type, char **args, const char *const *positional)
{
	g_autoptr(GString) line = g_string_new(type);
	struct input in;

	for (; *args; args++) {
		const char *eq = strchr(*args, '=');
		bool is_key = eq && eq > *args && g_ascii_islower(**args) &&
			      !(*positional && g_ascii_isupper(**args));

		if (g_str_has_prefix(*args, "slaves=") || g_str_has_prefix(*args, "where="))
			g_strdelimit(*args, ",", ' ');
		if (is_key)
			g_string_append_printf(line, " %.*s=\"%s\"", (int)(eq - *args), *args, eq + 1);
		else if (*positional)
			g_string_append_printf(line, " %s=\"%s\"", *positional++, *args);
		else
			g_error("script: too many words: %s", *args);
	}
	if (input_decode(line->str, &in) < 0)
		g_error("script: %s", line->str);
	if (in.timeout && in.type_id == INPUT_GOAL)
		in.timeout += BASE;
	world_step(w, &in);
	input_clear(&in);
}

static void goal(struct world *w, const char *kind, char **args, const char *const *positional)
{
	g_autofree char *id = g_strdup_printf("goal id=%" PRIu64 " kind=%s", ++w->next_goal, kind);

	do_record(w, id, args, positional);
}

static void do_mount(struct world *w, char **args)
{
	goal(w, "mount", args, (const char *const[]){ "spec", "target", NULL });
}

static void do_device(struct world *w, char **args)
{
	goal(w, "device", args, (const char *const[]){ "spec", NULL });
}

static void do_swap(struct world *w, char **args)
{
	goal(w, "swap", args, (const char *const[]){ "spec", NULL });
}

static void do_resume(struct world *w, char **args)
{
	goal(w, "resume", args, (const char *const[]){ "spec", NULL });
}

static void do_lifo(struct world *w, char **args)
{
	w->lifo = true;
}

static void do_empty_first(struct world *w, char **args)
{
	w->empty_first = true;
}

static void do_deaf(struct world *w, char **args)
{
	w->deaf = true;
}

static void do_restart(struct world *w, char **args)
{
	world_restart(w);
}

static void do_auto(struct world *w, char **args)
{
	w->auto_secret = (uint64_t)atoi(args[0]);
}

static void do_layout(struct world *w, char **args)
{
	do_record(w, "layout", args, (const char *const[]){ "name", NULL });
}

static void do_cancel(struct world *w, char **args)
{
	do_record(w, "cancel", args, (const char *const[]){ "id", NULL });
}

static void do_volume(struct world *w, char **args)
{
	do_record(w, "volume", args, (const char *const[]){ "name", "spec", NULL });
}

static void do_array(struct world *w, char **args)
{
	do_record(w, "array", args, (const char *const[]){ "uuid", NULL });
}

static void do_policy(struct world *w, char **args)
{
	do_record(w, "policy", args, (const char *const[]){ "key", "value", NULL });
}

static void do_made(struct world *w, char **args)
{
	do_record(w, "made", args, (const char *const[]){ "kind", NULL });
}

static void do_mounted(struct world *w, char **args)
{
	bool swap = streq0(args[1], "-");
	dev_t devnum = need_disk(w, args[0])->in.devnum;
	g_autofree char *head = g_strdup_printf("mounted devnum=%u:%u", major(devnum), minor(devnum));

	if (swap)
		g_strdelimit(args[1], "-", 's');
	do_record(w, head, args + 1, (const char *const[]){ swap ? "kind" : "target", NULL });
}

static void do_unmounted(struct world *w, char **args)
{
	do_record(w, "unmounted", args, (const char *const[]){ "target", NULL });
}

static void do_stop(struct world *w, char **args)
{
	struct input in = { .type_id = INPUT_STOP, .flag = streq0(args[0], "all"), .spec = args[0] };

	if (in.flag)
		in.spec = NULL;
	if (args[0] && args[0][0] == '/' && !g_str_has_prefix(args[0], "/dev/"))
		in.target = args[0];
	world_step(w, &in);
}

static void do_modalias(struct world *w, char **args)
{
	do_record(w, "modalias", args, (const char *const[]){ "text", NULL });
}

static void do_key(struct world *w, char **args)
{
	g_hash_table_add(w->keys, g_strdup_printf("%s %s", args[0], args[1]));
}

static uint64_t question(const struct world *w, const char *name)
{
	uint64_t id = GPOINTER_TO_SIZE(g_hash_table_lookup(w->asked, name));

	if (!id)
		g_error("script: nothing was asked for %s: %s", name, w->log->str);
	return id;
}

static void do_answer(struct world *w, char **args)
{
	struct input in = { .type_id = INPUT_ANSWER,
			    .id = question(w, args[0]),
			    .secret = (uint64_t)atoi(args[1]) };

	world_step(w, &in);
}

static void do_skip(struct world *w, char **args)
{
	struct input in = { .type_id = INPUT_SKIP, .id = question(w, args[0]) };

	world_step(w, &in);
}

static enum action_type type_of(const char *name)
{
	for (int t = 0; t < _ACTION_MAX; t++)
		if (streq0(action_type_name((enum action_type)t), name))
			return (enum action_type)t;
	g_error("script: no action %s", name);
}

static void do_hold(struct world *w, char **args)
{
	w->faults[type_of(args[0])].hold = true;
	w->faults[type_of(args[0])].held = args[1] ? g_intern_string(args[1]) : NULL;
}

static void do_release(struct world *w, char **args)
{
	enum action_type t = type_of(args[0]);

	w->faults[t].hold = false;
	for (GList *l = w->held.head, *next; l; l = next) {
		struct action *a = l->data;

		next = l->next;
		if (a->type_id != t)
			continue;
		g_queue_unlink(&w->held, l);
		g_queue_push_tail_link(&w->effects, l);
	}
}

static void do_fail(struct world *w, char **args)
{
	w->faults[type_of(args[0])].error = error_number(args[1]);
	w->faults[type_of(args[0])].names = args[2] ? g_intern_string(args[2]) : NULL;
}

static void do_ok(struct world *w, char **args)
{
	w->faults[type_of(args[0])].error = 0;
}

static void do_fsck(struct world *w, char **args)
{
	w->fsck_status = atoi(args[0]);
}

static void do_show(struct world *w, char **args)
{
	for (; *args; args++)
		if (streq0(*args, "explain"))
			w->show_explain = true;
		else if (streq0(*args, "automatic"))
			w->show_automatic = true;
		else
			w->shown[type_of(*args)] = true;
}

static void do_ask_state(struct world *w, char **args)
{
	g_autofree char *text = world_state(w, args);

	log_item(w, text);
}

static const struct {
	const char *name;
	void (*fn)(struct world *w, char **args);
	unsigned least;
} statements[] = {
	{ "add", do_add, 1 },
	{ "change", do_change, 1 },
	{ "del", do_del, 1 },
	{ "inside", do_inside, 2 },
	{ "vg", do_vg, 2 },
	{ "listed", do_listed, 0 },
	{ "overflow", do_overflow, 0 },
	{ "at", do_at, 1 },
	{ "mount", do_mount, 2 },
	{ "device", do_device, 1 },
	{ "swap", do_swap, 1 },
	{ "cancel", do_cancel, 1 },
	{ "volume", do_volume, 2 },
	{ "array", do_array, 1 },
	{ "policy", do_policy, 2 },
	{ "deaf", do_deaf, 0 },
	{ "lifo", do_lifo, 0 },
	{ "empty-first", do_empty_first, 0 },
	{ "restart", do_restart, 0 },
	{ "auto", do_auto, 1 },
	{ "layout", do_layout, 1 },
	{ "resume", do_resume, 1 },
	{ "made", do_made, 1 },
	{ "mounted", do_mounted, 2 },
	{ "unmounted", do_unmounted, 1 },
	{ "stop", do_stop, 0 },
	{ "modalias", do_modalias, 1 },
	{ "key", do_key, 2 },
	{ "answer", do_answer, 2 },
	{ "skip", do_skip, 1 },
	{ "hold", do_hold, 1 },
	{ "release", do_release, 1 },
	{ "fail", do_fail, 2 },
	{ "ok", do_ok, 1 },
	{ "fsck", do_fsck, 1 },
	{ "show", do_show, 1 },
	{ "?", do_ask_state, 1 },
};

static void do_statement(struct world *w, char **words)
{
	for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
		if (!streq0(statements[i].name, words[0]))
			continue;
		if (g_strv_length(words) <= statements[i].least)
			g_error("script: %s wants more", words[0]);
		statements[i].fn(w, words + 1);
		pump(w);
		return;
	}
	g_error("script: no statement %s", words[0]);
}

void world_do(struct world *w, const char *script)
{
	g_auto(GStrv) parts = g_strsplit(script, ";", -1);

	for (char **part = parts; *part; part++) {
		g_auto(GStrv) all = g_strsplit_set(*part, " \n\t", -1);
		guint n = 0;

		for (guint i = 0; all[i]; i++) /* without the empty ones */
			if (*all[i])
				all[n++] = all[i];
			else
				g_free(all[i]);
		all[n] = NULL;
		if (n)
			do_statement(w, all);
	}
}
