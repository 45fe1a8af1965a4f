/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "replay/rerun.h"

#include "layer/layer.h"

#define TIMERS_MAX 10000 /* more would be one that fires for ever */

struct run {
	const struct recording *r;
	enum rerun_mode mode;
	struct plan *plan;
	struct actions actions;
	uint64_t now, hash;
	unsigned missing;
	GQueue pending, held; /* struct action */
	GHashTable *used;     /* effect key → how many results of it were given */
	GHashTable *told;     /* question key → replies given */
	GPtrArray *standing;  /* struct action: questions that wait for an answer */
	GPtrArray *present;   /* struct input: what a rescan finds, order of arrival */
};

const char *rerun_mode_text(enum rerun_mode mode)
{
	switch (mode) {
	case RERUN_FIFO:
		return "effects at once, in order";
	case RERUN_BURST:
		return "disks at once, effects in reverse";
	case RERUN_TWICE:
		return "devices told twice";
	case RERUN_DROPPED:
		return "events lost, then read again";
	case _RERUN_MODES:
		break;
	}
	return "";
}

static void action_free(gpointer ptr)
{
	action_clear(ptr);
	g_free(ptr);
}

static struct action *action_dup(const struct action *a)
{
	struct action *copy = g_new0(struct action, 1);

	action_copy(copy, a);
	return copy;
}

/* ---- one step ---- */

static void hash_action(struct run *run, const struct action *a)
{
	g_autoptr(GString) text = g_string_new(NULL);

	action_encode(a, text);
	for (gsize i = 0; i < text->len; i++)
		run->hash = (run->hash ^ (unsigned char)text->str[i]) * UINT64_C(0x100000001b3);
}

static void question_ends(struct run *run, uint64_t id)
{
	for (guint i = run->standing->len; i-- > 0;)
		if (((struct action *)run->standing->pdata[i])->id == id)
			g_ptr_array_remove_index(run->standing, i);
}

static void step(struct run *run, const struct input *in);

static void cancel(struct run *run, uint64_t id)
{
	GQueue *queues[] = { &run->held, &run->pending };
	struct input res = { .type_id = INPUT_RESULT, .id = id, .error = -ECANCELED };

	for (guint q = 0; q < G_N_ELEMENTS(queues); q++)
		for (GList *l = queues[q]->head; l; l = l->next) {
			if (((struct action *)l->data)->id != id)
				continue;
			action_free(l->data);
			g_queue_delete_link(queues[q], l);
			step(run, &res);
			return;
		}
}

static void step(struct run *run, const struct input *in)
{
	g_autoptr(GArray) cancelled = g_array_new(FALSE, FALSE, sizeof(uint64_t));

	plan_step(run->plan, in, ++run->now, &run->actions);
	for (guint i = 0; i < run->actions.list->len; i++) {
		const struct action *a = run->actions.list->pdata[i];

		hash_action(run, a);
		if (action_is_effect(a)) {
			g_queue_push_tail(&run->pending, action_dup(a));
		} else if (a->type_id == ACTION_ASK) {
			question_ends(run, a->id);
			g_ptr_array_add(run->standing, action_dup(a));
		} else if (a->type_id == ACTION_WITHDRAW) {
			question_ends(run, a->id);
		} else if (a->type_id == ACTION_CANCEL) {
			g_array_append_val(cancelled, a->id);
		}
	}
	for (guint i = 0; i < cancelled->len; i++)
		cancel(run, g_array_index(cancelled, uint64_t, i));
}

/* ---- devices ---- */

static void remember(struct run *run, const struct input *in)
{
	for (guint i = 0; i < run->present->len; i++) {
		struct input *known = run->present->pdata[i];

		if (known->devnum != in->devnum)
			continue;
		if (in->type_id == INPUT_GONE) {
			g_ptr_array_remove_index(run->present, i);
		} else {
			input_clear(known);
			input_copy(known, in);
		}
		return;
	}
	if (in->type_id == INPUT_GONE)
		return;
	g_ptr_array_add(run->present, input_dup(in));
}

static void tell(struct run *run, const struct input *in)
{
	bool device = in->type_id == INPUT_DEVICE || in->type_id == INPUT_GONE;

	if (device)
		remember(run, in);
	step(run, in);
	if (device && run->mode == RERUN_TWICE)
		step(run, in);
}

static void tell_all(struct run *run, const GPtrArray *list)
{
	for (guint i = 0; i < list->len; i++)
		tell(run, list->pdata[i]);
}

/* ---- effects ---- */

static const struct effect *recorded(struct run *run, const struct action *a)
{
	g_autofree char *key = effect_key(a);
	const GPtrArray *same = g_hash_table_lookup(run->r->by_key, key);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(run->used, key));

	if (!same)
		return NULL;
	g_hash_table_insert(run->used, g_steal_pointer(&key), GUINT_TO_POINTER(n + 1));
	return same->pdata[MIN(n, same->len - 1)];
}

/* Which LVs a transaction starts depends on the order; each device was recorded in some transaction. */
static void tell_dm_devices(struct run *run, const struct action *a)
{
	g_auto(GStrv) lines = g_strsplit(a->text ?: "", "\n", -1);

	for (char **l = lines; *l; l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", 4);
		g_autoptr(GPtrArray) inputs = NULL;

		if (!streq0(words[0], "device") || !words[1] || !words[2])
			continue;
		inputs = recording_device(run->r, words[2]);
		run->missing += !inputs->len;
		tell_all(run, inputs);
	}
}

static void result_without_record(struct run *run, const struct action *a)
{
	struct input res = { .type_id = INPUT_RESULT, .id = a->id };

	if (a->type_id == ACTION_LUKS_OPEN && a->secret) {
		res.error = -EPERM; /* an answer that nobody tried there: it does not fit */
	} else if (a->type_id != ACTION_LINK && a->type_id != ACTION_MODULES) {
		run->missing++;
		res.error = -ENODATA;
		res.text = (char *)"not recorded";
	}
	step(run, &res);
}

static void complete(struct run *run, struct action *a)
{
	const struct effect *e = recorded(run, a);
	struct input res;

	if (!e) {
		result_without_record(run, a);
		action_free(a);
		return;
	}
	if (!e->answered || e->result.error == -ECANCELED) {
		g_queue_push_tail(&run->held, a); /* it never ended by itself */
		return;
	}
	input_copy(&res, &e->result);
	res.id = a->id;
	if (a->type_id == ACTION_DM_ACTIVATE && res.error >= 0)
		tell_dm_devices(run, a);
	else
		tell_all(run, e->before);
	step(run, &res);
	if (a->type_id != ACTION_DM_ACTIVATE)
		tell_all(run, e->after);
	input_clear(&res);
	action_free(a);
}

/* ---- the person ---- */

/* A secret that is known to open it, whichever volume it was given for. */
static uint64_t fitting_secret(const struct run *run, const char *about)
{
	for (guint i = 0; i < run->r->effects->len; i++) {
		const struct effect *e = run->r->effects->pdata[i];

		if (e->action.type_id == ACTION_LUKS_OPEN && e->action.secret &&
		    streq0(e->action.uuid, about) && e->answered && e->result.error >= 0)
			return e->action.secret;
	}
	return 0;
}

static bool reply(struct run *run, const struct action *ask)
{
	const char *about = question_key(ask);
	const GPtrArray *replies = g_hash_table_lookup(run->r->replies, about);
	guint n = GPOINTER_TO_UINT(g_hash_table_lookup(run->told, about));
	struct input in = { .type_id = INPUT_ANSWER };

	if (replies && n < replies->len) {
		const struct input *recorded_reply = replies->pdata[n];

		g_hash_table_insert(run->told, g_strdup(about), GUINT_TO_POINTER(n + 1));
		in.type_id = recorded_reply->type_id;
		in.secret = recorded_reply->secret;
	} else if (!(in.secret = fitting_secret(run, about))) {
		return false;
	}
	in.id = ask->id;
	question_ends(run, ask->id);
	step(run, &in);
	return true;
}

static bool reply_to_any(struct run *run)
{
	for (guint i = 0; i < run->standing->len; i++)
		if (reply(run, run->standing->pdata[i]))
			return true;
	return false;
}

/* ---- the whole ---- */

static void settle(struct run *run, bool with_replies)
{
	bool lifo = run->mode == RERUN_BURST || run->mode == RERUN_DROPPED;
	struct action *a;

	do {
		while ((a = lifo ? g_queue_pop_tail(&run->pending) : g_queue_pop_head(&run->pending)))
			complete(run, a);
	} while (with_replies && reply_to_any(run));
}

static void happen(struct run *run, const struct event *e, guint dropped)
{
	if (run->mode == RERUN_DROPPED && e->unit == dropped + 1)
		remember(run, &e->in);
	else
		tell(run, &e->in);
	if (run->mode == RERUN_FIFO || run->mode == RERUN_DROPPED)
		settle(run, run->mode == RERUN_FIFO);
}

/* A disk comes: with its partitions, and with what else it did up to this place in the recording. */
static void arrive(struct run *run, guint unit, guint place, guint dropped, bool *fed)
{
	const GPtrArray *events = run->r->events;

	for (guint i = 0; i < events->len; i++) {
		const struct event *e = events->pdata[i];

		if (e->unit != unit + 1 || fed[i] || (i > place && !e->arrival))
			continue;
		fed[i] = true;
		happen(run, e, dropped);
	}
}

/* Each disk has the place of its first event; in another order it takes another's place. */
static void happen_all(struct run *run, const guint *order, guint dropped)
{
	const GPtrArray *events = run->r->events;
	guint n = run->r->units->len, places = 0;
	g_autofree bool *fed = g_new0(bool, events->len + 1);
	g_autofree bool *here = g_new0(bool, n + 1), *seen = g_new0(bool, n + 1);

	for (guint i = 0; i < events->len; i++) {
		const struct event *e = events->pdata[i];

		if (e->unit && !seen[e->unit - 1]) { /* a place: whoever's turn it is comes */
			seen[e->unit - 1] = true;
			here[order[places]] = true;
			arrive(run, order[places++], i, dropped, fed);
		}
		if (fed[i] || (e->unit && !here[e->unit - 1]))
			continue;
		fed[i] = true;
		happen(run, e, dropped);
	}
}

static void rescan(struct run *run)
{
	struct input overflow = { .type_id = INPUT_OVERFLOW }, end = { .type_id = INPUT_ENUMERATED };
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(input_free);

	step(run, &overflow);
	for (guint i = 0; i < run->present->len; i++)
		g_ptr_array_add(found, input_dup(run->present->pdata[i]));
	for (guint i = 0; i < found->len; i++)
		step(run, found->pdata[i]);
	end.count = found->len;
	step(run, &end);
}

static void time_passes(struct run *run)
{
	struct input timer = { .type_id = INPUT_TIMER };
	uint64_t next;

	for (unsigned i = 0; i < TIMERS_MAX && (next = plan_next_deadline(run->plan)) != USEC_NEVER;
	     i++) {
		run->now = MAX(run->now, next);
		step(run, &timer);
		settle(run, true);
	}
}

/* It arrived like a disk does: somebody else made it, udev's rules perhaps. */
static bool came_by_itself(const struct recording *r, const struct device *d)
{
	for (guint i = 0; i < r->units->len; i++)
		if (((struct unit *)r->units->pdata[i])->devnum == d->devnum)
			return true;
	return false;
}

/* visited, activated: struct assembly */
static void collect_below(const struct run *run, const struct device *d, GHashTable *visited,
			  GHashTable *activated, unsigned depth)
{
	const struct device *disk = d->parent ? graph_find(run->plan, d->parent) : d;
	struct assembly *a = disk ? disk->output_of : NULL;

	if (!a || depth > 32)
		return;
	if (a->ours && !came_by_itself(run->r, disk))
		g_hash_table_add(activated, a);
	if (!g_hash_table_add(visited, a))
		return;
	for (guint i = 0; i < a->members->len; i++)
		collect_below(run, ((struct member *)a->members->pdata[i])->dev, visited, activated,
			      depth + 1);
}

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * What no goal needs may have been looked at or not, as it came; once all goals are met only what we
 * activated below them counts.
 */
static char *final_state(const struct run *run)
{
	const struct plan *p = run->plan;
	g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GHashTable) visited = g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autoptr(GHashTable) activated = g_hash_table_new(g_direct_hash, g_direct_equal);
	bool unmet = false;

	for (guint i = 0; i < p->goals->len; i++) {
		const struct goal *g = p->goals->pdata[i];

		unmet |= g->state != GOAL_DONE;
		if (g->dev)
			collect_below(run, g->dev, visited, activated, 0);
		g_ptr_array_add(lines,
				g_strdup_printf("goal %s %s%s%s: %s %u\n", goal_kind_name(g->kind),
						g->spec, g->target ? " on " : "", g->target ?: "",
						goal_state_name(g->state), g->error_number));
	}
	for (guint i = 0; i < p->assemblies->len; i++) {
		struct assembly *a = p->assemblies->pdata[i];

		if (unmet || g_hash_table_contains(activated, a))
			g_ptr_array_add(lines, g_strdup_printf("%s %s: %s, %u of %u\n", a->layer->name,
							       a->id, assembly_state_name(a->state),
							       a->present, a->needed));
	}
	for (guint i = 0; i < p->mounts->len; i++)
		g_ptr_array_add(lines, g_strdup_printf("mounted %s\n",
						       ((struct mount *)p->mounts->pdata[i])->target));
	for (GList *l = p->stopping ? p->devices.head : NULL; l; l = l->next) {
		const struct device *d = l->data;

		if (!str_empty(d->dm_name) || d->md_state)
			g_ptr_array_add(lines, g_strdup_printf("left %s\n", d->dm_name ?: d->node));
	}
	g_ptr_array_sort(lines, by_text);
	g_ptr_array_add(lines, NULL);
	return g_strjoinv("", (char **)lines->pdata);
}

void rerun(const struct recording *r, const guint *order, enum rerun_mode mode, guint dropped,
	   struct rerun_result *ret)
{
	struct run run = { .r = r,
			   .mode = mode,
			   .plan = plan_new(),
			   .now = r->start,
			   .hash = UINT64_C(0xcbf29ce484222325) };

	actions_init(&run.actions);
	run.used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	run.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	run.standing = g_ptr_array_new_with_free_func(action_free);
	run.present = g_ptr_array_new_with_free_func(input_free);
	happen_all(&run, order, dropped);
	settle(&run, mode != RERUN_DROPPED);
	if (mode == RERUN_DROPPED)
		rescan(&run);
	settle(&run, true);
	time_passes(&run);
	ret->state = final_state(&run);
	ret->actions = run.hash;
	ret->missing = run.missing;
	g_queue_clear_full(&run.pending, action_free);
	g_queue_clear_full(&run.held, action_free);
	g_hash_table_unref(run.used);
	g_hash_table_unref(run.told);
	g_ptr_array_unref(run.standing);
	g_ptr_array_unref(run.present);
	actions_free(&run.actions);
	plan_free(run.plan);
}
