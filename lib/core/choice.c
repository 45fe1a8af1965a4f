/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A choice by what is on a device: its UUID or label may be on others, too.  It waits until the first
 * enumeration is known; where it falls on something that had to be activated first, it also waits for
 * what is being activated or looked at beside it, but never for a person, and never for long.  An
 * original is preferred to its snapshots.  Otherwise two of one identity are refused, and one that comes
 * when the choice was made is reported.
 */
#include "layer/layer.h"

#define DEPTH_MAX 16

/* As long as an answer may be tried before others go on beside it. */
#define CHOICE_HOLD (10 * USEC_PER_SEC)

bool choice_by_content(const char *key)
{
	return g_str_has_prefix(key, "UUID=") || g_str_has_prefix(key, "LABEL=") ||
	       g_str_has_prefix(key, "PARTUUID=") || g_str_has_prefix(key, "PARTLABEL=");
}

/* Before it and the disk below it are read, nobody knows whether a layer claims it. */
bool choice_usable(const struct plan *p, const struct device *d)
{
	d = d->path_of ?: d;
	return d->size && !d->member_of && graph_looked_at(p, d) && !graph_hidden(p, d);
}

/* ---- what may still come ---- */

static bool being_started(const struct plan *p, const struct assembly *a)
{
	const struct request *r = a->request ? g_hash_table_lookup(p->requests, &a->request) : NULL;

	if (!r)
		return false;
	return r->type == ACTION_MODULES || r->type == ACTION_PROBE || r->type == ACTION_MD_ASSEMBLE ||
	       r->type == ACTION_DM_ACTIVATE || r->type == ACTION_LUKS_OPEN;
}

/* The one that was last time is asked first, and none again until something is started. */
static bool under_way(struct plan *p)
{
	guint n = p->assemblies->len;

	if (p->probes_running > p->probes_overtaken)
		return true;
	for (guint i = 0; p->idle_since != p->n_started && i < n; i++) {
		struct assembly *a = p->assemblies->pdata[(p->started_last + i) % n];

		if (being_started(p, a) || outputs_awaited(p, a)) {
			p->started_last = a->number;
			return true;
		}
	}
	p->idle_since = p->n_started;
	return false;
}

static struct assembly *made_by(const struct plan *p, const struct device *d)
{
	const struct device *disk = d->parent ? graph_find(p, d->parent) : NULL;

	return d->output_of ?: disk ? disk->output_of : NULL;
}

bool choice_waits(struct plan *p, const struct device *d)
{
	if (!graph_choice_allowed(p))
		return true;
	if (!made_by(p, d) || p->choice_released || !under_way(p))
		return false;
	p->choice_waiting = true;
	if (!p->choice_since)
		p->choice_since = p->now;
	return true;
}

uint64_t choice_hold(const struct plan *p)
{
	return p->choice_since && !p->choice_released ? usec_add(p->choice_since, CHOICE_HOLD) : USEC_NEVER;
}

static void put_off(struct plan *p, struct goal *g)
{
	if (!g->choosing)
		g_ptr_array_add(p->choosers, g);
	g->choosing = true;
}

/* Those who put it off are asked again. */
void choice_ask(struct plan *p)
{
	for (guint i = 0; i < p->choosers->len; i++) {
		struct goal *g = p->choosers->pdata[i];

		g->choosing = false;
		goal_ask(p, g);
	}
	g_ptr_array_set_size(p->choosers, 0);
}

/* Before anybody chooses. */
void choice_clock(struct plan *p)
{
	if (!p->choice_waiting)
		return;
	if (!under_way(p)) {
		p->choice_waiting = p->choice_released = false;
		p->choice_since = 0;
	} else if (choice_hold(p) <= p->now) {
		p->choice_released = true;
	} else {
		return;
	}
	assembly_touch_all(p);
	choice_ask(p);
}

/* ---- originals and copies ---- */

bool choice_is_original(const struct device *x, const struct device *y)
{
	const struct assembly *a = x->output_of;

	return a && a == y->output_of && a->layer->is_original && a->layer->is_original(a, x, y);
}

static char *lacks_original(const struct plan *p, const struct device *d)
{
	const struct assembly *a = d->output_of;

	return a && a->layer->lacks_original ? a->layer->lacks_original(p, a, d) : NULL;
}

void choice_refuse(struct plan *p, struct goal *g, unsigned number, int64_t code, const char *why)
{
	/* Nobody resumes from such a one, but that keeps no machine from starting. */
	if (g->kind != GOAL_RESUME) {
		goal_fail(p, g, number, code, "%s", why);
		return;
	}
	plan_report(p, number, 3, g->spec, "%s", why);
	resume_decide(p, g, why);
}

static bool one_btrfs(const struct device *x, const struct device *y)
{
	return streq0(x->info.type, "btrfs") && streq0(y->info.type, "btrfs") &&
	       streq0(x->info.uuid, y->info.uuid) && !streq0(x->info.uuid_sub, y->info.uuid_sub);
}

static char *called(const struct device *d)
{
	return str_empty(d->dm_name) ? g_strconcat("/dev/", d->node, NULL) : g_strconcat("/dev/mapper/", d->dm_name, NULL);
}

/* Nobody can tell which was meant. */
static void refuse_clones(struct plan *p, struct goal *g, const struct device *a, const struct device *b)
{
	g_autofree char *x = called(a), *y = called(b), *why = NULL;

	if (one_btrfs(a, b))
		why = g_strdup_printf("%s and %s are both members of one btrfs file system; one over several "
				      "devices is not mounted yet",
				      x, y);
	else
		why = g_strdup_printf("%s and %s both answer to %s; name one of them by its /dev path or PARTUUID "
				      "to choose",
				      x, y, g->spec);
	choice_refuse(p, g, MSG_DUPLICATE, -EUCLEAN, why);
}

/* ---- the choice ---- */

/* Those that answer and can be used, each path of a disk as the one that is used. */
static GPtrArray *candidates(const struct plan *p, const struct goal *g)
{
	const GPtrArray *found = graph_named(p, g->key);
	GPtrArray *list = NULL;

	for (guint i = 0; found && i < found->len; i++) {
		struct device *d = found->pdata[i];

		/* A device goal may name a member of something: its node is all that is wanted. */
		if (g->kind == GOAL_DEVICE ? !d->size : !choice_usable(p, d))
			continue;
		if (d->path_of && g->kind != GOAL_DEVICE)
			d = d->path_of;
		list = list ?: g_ptr_array_new();
		if (!g_ptr_array_find(list, d, NULL))
			g_ptr_array_add(list, d);
	}
	return list;
}

static struct device *most_original(const GPtrArray *list, struct device **clash)
{
	struct device *best = list->pdata[0];

	for (guint i = 1; i < list->len; i++)
		if (choice_is_original(list->pdata[i], best))
			best = list->pdata[i];
	for (guint i = 0; i < list->len; i++)
		if (list->pdata[i] != best && !choice_is_original(best, list->pdata[i]))
			*clash = list->pdata[i];
	return best;
}

/*
 * A refusal is for good.  What d lies on tells whose it is, so that all that was listed is read first, and what
 * was read is judged; a disk lies on nothing.
 */
bool choice_too_early(struct plan *p, struct goal *g, const struct device *d)
{
	bool listed = graph_choice_allowed(p), judged = !d->output_of || !d->output_of->dirty;

	if (str_empty(d->slaves) || (listed && judged))
		return false;
	put_off(p, g);
	p->judge_first |= listed; /* else the end of the listing asks all goals again */
	return true;
}

struct device *choice_make(struct plan *p, struct goal *g)
{
	bool by_content = choice_by_content(g->key);
	g_autoptr(GPtrArray) list = NULL;
	struct device *best, *clash = NULL;
	g_autofree char *lacks = NULL;

	if (by_content && !graph_choice_allowed(p))
		return NULL;
	list = candidates(p, g);
	if (!list)
		return NULL;
	best = most_original(list, &clash);
	if (by_content && (choice_waits(p, best) || (clash && choice_waits(p, clash)))) {
		put_off(p, g);
		return NULL;
	}
	if (clash) {
		if (!choice_too_early(p, g, best) && !choice_too_early(p, g, clash))
			refuse_clones(p, g, best, clash);
		return NULL;
	}
	if (!by_content || !(lacks = lacks_original(p, best)))
		return best;
	put_off(p, g);
	return NULL;
}

/* There is one, and it is not taken yet. */
void choice_explain(const struct plan *p, const struct goal *g, GPtrArray *waits)
{
	g_autoptr(GPtrArray) list = NULL;
	struct device *best, *clash = NULL;
	g_autofree char *lacks = NULL, *name = NULL;

	if (!choice_by_content(g->key) || !graph_choice_allowed(p) || !(list = candidates(p, g)))
		return;
	best = most_original(list, &clash);
	name = called(best);
	lacks = lacks_original(p, best);
	if (p->choice_since && !p->choice_released)
		wait_add(waits, "device", p->choice_since, choice_hold(p), g_strdup(g->spec),
			 g_strdup_printf("%s answers to it; what is being activated may show another", name));
	else if (lacks)
		wait_add(waits, "device", g->since, g->until, g_strdup(lacks),
			 g_strdup_printf("is not there; %s is a snapshot of it, and is taken only by its own name",
					 name));
}

/* ---- one that comes when the choice is made ---- */

static void report_late(struct plan *p, struct device *d, const struct goal *g)
{
	g_autofree char *x = called(d), *y = called(g->dev);

	d->clone_told = true;
	plan_report(p, MSG_CLONE_LATE, 4, d->node, "%s answers to %s, too, for which %s was taken%s%s; it is left alone",
		    x, g->spec, y, g->target ? " on " : "", g->target ?: "");
}

void choice_late(struct plan *p, struct device *d)
{
	if (d->clone_told || d->path_of || !choice_usable(p, d))
		return;
	for (guint i = 0; i < d->names->len; i++) {
		const GPtrArray *same = goals_of_key(p, d->names->pdata[i]);
		const struct goal *g = same ? same->pdata[0] : NULL;

		if (!g || !choice_by_content(g->key) || !g->dev || !g->dev->size || g->dev == d ||
		    g->state == GOAL_FAILED || choice_is_original(g->dev, d) || one_btrfs(g->dev, d))
			continue;
		report_late(p, d, g);
		return;
	}
}
