/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "replay/recording.h"

struct line {
	char mark;
	struct input in;
	struct action action;
	bool taken; /* belongs to an effect */
};

int journal_split(const char *line, uint64_t *usec, char *mark, const char **rest)
{
	const char *sp = strchr(line, ' ');
	g_autofree char *digits = NULL;

	if (*line != '@' || !sp || !sp[1] || sp[2] != ' ')
		return -EBADMSG;
	digits = g_strndup(line + 1, (gsize)(sp - line - 1));
	if (parse_u64(digits, usec) < 0)
		return -EBADMSG;
	*mark = sp[1];
	*rest = sp + 3;
	return 0;
}

char *effect_key(const struct action *a)
{
	g_autofree char *name = action_name(a);

	if (a->type_id != ACTION_LUKS_OPEN)
		return g_steal_pointer(&name);
	return a->keyfile ? g_strdup_printf("%s by %s", name, a->keyfile)
			  : g_strdup_printf("%s by %" PRIu64, name, a->secret);
}

const char *question_key(const struct action *ask)
{
	return ask->uuid ?: ask->name ?: "";
}

static void event_free(gpointer ptr)
{
	struct event *e = ptr;

	input_clear(&e->in);
	g_free(e);
}

static void unit_free(gpointer ptr)
{
	struct unit *u = ptr;

	g_free(u->node);
	g_free(u);
}

static void effect_free(gpointer ptr)
{
	struct effect *e = ptr;

	action_clear(&e->action);
	input_clear(&e->result);
	g_ptr_array_unref(e->before);
	g_ptr_array_unref(e->after);
	g_free(e);
}

static void line_free(gpointer ptr)
{
	struct line *l = ptr;

	input_clear(&l->in);
	action_clear(&l->action);
	g_free(l);
}

/* ---- reading ---- */

static int line_parse(struct line *l, const char *rest)
{
	if (l->mark == '<')
		return input_decode(rest, &l->in);
	if (l->mark == '>')
		return action_decode(rest, &l->action);
	return l->mark == '=' ? 0 : -EBADMSG;
}

static GPtrArray *lines_read(const char *journal, uint64_t *start, GString *report)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(line_free);
	g_auto(GStrv) texts = g_strsplit(journal, "\n", -1);

	for (guint i = 0; texts[i]; i++) {
		struct line *l;
		const char *rest;
		uint64_t usec;
		char mark;

		if (!*texts[i])
			continue;
		l = g_new0(struct line, 1);
		g_ptr_array_add(list, l);
		if (journal_split(texts[i], &usec, &mark, &rest) == 0) {
			l->mark = mark;
			*start = *start ?: usec;
		}
		if (!l->mark || line_parse(l, rest) < 0) {
			g_string_append_printf(report, "line %u: no journal line\n", i + 1);
			return NULL;
		}
	}
	return g_steal_pointer(&list);
}

/* ---- effects ---- */

static void effects_collect(struct recording *r, const GPtrArray *lines)
{
	g_autoptr(GHashTable) by_id = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (guint i = 0; i < lines->len; i++) {
		struct line *l = lines->pdata[i];
		struct effect *e;
		GPtrArray *same;
		char *key;

		if (l->mark == '<' && l->in.type_id == INPUT_RESULT &&
		    (e = g_hash_table_lookup(by_id, &l->in.id))) {
			e->answered = true;
			input_clear(&e->result);
			input_copy(&e->result, &l->in);
		}
		if (l->mark != '>' || !action_is_effect(&l->action))
			continue;
		e = g_new0(struct effect, 1);
		action_copy(&e->action, &l->action);
		e->line = i;
		e->before = g_ptr_array_new_with_free_func(input_free);
		e->after = g_ptr_array_new_with_free_func(input_free);
		g_ptr_array_add(r->effects, e);
		g_hash_table_insert(by_id, &e->action.id, e);
		key = effect_key(&e->action);
		same = g_hash_table_lookup(r->by_key, key);
		if (!same) {
			same = g_ptr_array_new();
			g_hash_table_insert(r->by_key, g_strdup(key), same);
		}
		g_ptr_array_add(same, e);
		g_free(key);
	}
}

static bool makes_uuid(const struct action *a, const char *dm_uuid)
{
	g_autofree char *word = g_strdup_printf(" %s ", dm_uuid);

	return a->text && strstr(a->text, word);
}

/* Whether this input is what the effect did. */
static bool caused(const struct effect *e, const struct input *in)
{
	enum action_type t = e->action.type_id;
	dev_t devnum = in->partn ? in->parent : in->devnum;

	if (in->type_id == INPUT_DEVICE && t == ACTION_DM_ACTIVATE)
		return !str_empty(in->dm_uuid) && makes_uuid(&e->action, in->dm_uuid);
	if (in->type_id == INPUT_DEVICE)
		return (t == ACTION_MD_ASSEMBLE || t == ACTION_LUKS_OPEN) && e->answered &&
		       e->result.error >= 0 && e->result.devnum == devnum;
	if (in->type_id == INPUT_GONE)
		return (t == ACTION_MD_STOP || t == ACTION_DM_REMOVE) && e->action.devnum == devnum;
	if (in->type_id == INPUT_MOUNTED)
		return t == ACTION_MOUNT && streq0(e->action.target, in->target);
	return in->type_id == INPUT_UNMOUNTED && t == ACTION_UMOUNT &&
	       streq0(e->action.target, in->target);
}

/* Gives each effect the inputs that it led to; the latest effect before the input is the one. */
static void effects_attach(struct recording *r, GPtrArray *lines)
{
	g_autoptr(GHashTable) done = g_hash_table_new(g_int64_hash, g_int64_equal);
	guint next = 0; /* first effect that was asked for behind line i */

	for (guint i = 0; i < lines->len; i++) {
		struct line *l = lines->pdata[i];

		while (next < r->effects->len && ((struct effect *)r->effects->pdata[next])->line <= i)
			next++;
		if (l->mark != '<')
			continue;
		if (l->in.type_id == INPUT_RESULT)
			g_hash_table_add(done, &l->in.id);
		for (guint k = next; k-- > 0 && !l->taken;) {
			struct effect *e = r->effects->pdata[k];

			if (!caused(e, &l->in))
				continue;
			g_ptr_array_add(g_hash_table_contains(done, &e->action.id) ? e->after
										   : e->before,
					input_dup(&l->in));
			l->taken = true;
		}
	}
}

GPtrArray *recording_device(const struct recording *r, const char *dm_uuid)
{
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < r->effects->len; i++) {
		const struct effect *e = r->effects->pdata[i];
		const GPtrArray *lists[] = { e->before, e->after };

		for (guint k = 0; k < G_N_ELEMENTS(lists); k++)
			for (guint n = 0; n < lists[k]->len; n++)
				if (streq0(((struct input *)lists[k]->pdata[n])->dm_uuid, dm_uuid))
					g_ptr_array_add(found, lists[k]->pdata[n]);
	}
	return found;
}

/* ---- what is left is the world's doing ---- */

static guint unit_of(struct recording *r, const struct input *in)
{
	dev_t disk = in->parent ?: in->devnum;
	struct unit *u;

	for (guint i = 0; i < r->units->len; i++) {
		u = r->units->pdata[i];
		if (u->devnum == disk)
			return i + 1;
	}
	u = g_new0(struct unit, 1);
	u->devnum = disk;
	u->node = g_strdup(in->node);
	g_ptr_array_add(r->units, u);
	return r->units->len;
}

static bool known_before(const struct recording *r, const struct input *in)
{
	for (guint i = 0; i < r->events->len; i++) {
		const struct event *e = r->events->pdata[i];

		if (e->unit && e->in.devnum == in->devnum)
			return true;
	}
	return false;
}

/* A removal does not say of what a partition was one. */
static guint unit_of_gone(const struct recording *r, const struct input *in)
{
	for (guint i = r->events->len; i-- > 0;) {
		const struct event *e = r->events->pdata[i];

		if (e->unit && e->in.devnum == in->devnum)
			return e->unit;
	}
	return 0;
}

static void event_add(struct recording *r, const struct input *in)
{
	struct event *e = g_new0(struct event, 1);

	input_copy(&e->in, in);
	if (in->type_id == INPUT_DEVICE) {
		e->arrival = !known_before(r, in);
		e->unit = unit_of(r, in);
		((struct unit *)r->units->pdata[e->unit - 1])->moves |= in->size > 0;
	} else if (in->type_id == INPUT_GONE) {
		e->unit = unit_of_gone(r, in);
	}
	g_ptr_array_add(r->events, e);
}

static void reply_add(struct recording *r, const char *about, const struct input *in)
{
	GPtrArray *list = g_hash_table_lookup(r->replies, about);

	if (!list) {
		list = g_ptr_array_new_with_free_func(input_free);
		g_hash_table_insert(r->replies, g_strdup(about), list);
	}
	g_ptr_array_add(list, input_dup(in));
}

static void events_collect(struct recording *r, const GPtrArray *lines)
{
	g_autoptr(GHashTable) questions = g_hash_table_new(g_int64_hash, g_int64_equal);

	for (guint i = 0; i < lines->len; i++) {
		struct line *l = lines->pdata[i];

		if (l->mark == '>' && l->action.type_id == ACTION_ASK)
			g_hash_table_insert(questions, &l->action.id, &l->action);
		if (l->mark != '<' || l->taken || l->in.type_id == INPUT_RESULT ||
		    l->in.type_id == INPUT_TIMER)
			continue;
		if (l->in.type_id == INPUT_ANSWER || l->in.type_id == INPUT_SKIP) {
			const struct action *ask = g_hash_table_lookup(questions, &l->in.id);

			if (ask)
				reply_add(r, question_key(ask), &l->in);
		} else {
			event_add(r, &l->in);
		}
	}
}

int recording_new(struct recording **ret, const char *journal, GString *report)
{
	uint64_t start = 0;
	g_autoptr(GPtrArray) lines = lines_read(journal, &start, report);
	struct recording *r;

	if (!lines)
		return -EBADMSG;
	r = g_new0(struct recording, 1);
	r->start = start;
	r->events = g_ptr_array_new_with_free_func(event_free);
	r->units = g_ptr_array_new_with_free_func(unit_free);
	r->effects = g_ptr_array_new_with_free_func(effect_free);
	r->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  (GDestroyNotify)g_ptr_array_unref);
	r->replies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					   (GDestroyNotify)g_ptr_array_unref);
	effects_collect(r, lines);
	effects_attach(r, lines);
	events_collect(r, lines);
	*ret = r;
	return 0;
}

void recording_free(struct recording *r)
{
	g_ptr_array_unref(r->events);
	g_ptr_array_unref(r->units);
	g_hash_table_unref(r->by_key);
	g_hash_table_unref(r->replies);
	g_ptr_array_unref(r->effects);
	g_free(r);
}
