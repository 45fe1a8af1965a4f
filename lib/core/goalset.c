/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The goals as a set.  A step costs what it changes, not what there is: goals are found by number, key and
 * place, what many ask for is counted, and a goal is asked again only when something of its own changed.
 */
#include "layer/layer.h"

/* ---- places: the mount points as a tree, so that what is mounted first is found on the way up ---- */

struct place {
	struct place *above;
	GHashTable *below;  /* name → struct place; NULL: none */
	GPtrArray *goals;   /* that are mounted here; NULL: none */
	unsigned unmounted; /* goals of kind mount here that are not done */
};

static void place_free(gpointer ptr)
{
	struct place *at = ptr;

	if (at->below)
		g_hash_table_unref(at->below);
	if (at->goals)
		g_ptr_array_unref(at->goals);
	g_free(at);
}

static struct place *place_new(struct place *above)
{
	struct place *at = g_new0(struct place, 1);

	at->above = above;
	return at;
}

static struct place *place_of(struct plan *p, const char *target)
{
	struct place *at = p->places;

	for (const char *c = target + strspn(target, "/"); *c; c += strspn(c, "/")) {
		size_t n = strcspn(c, "/");
		g_autofree char *name = g_strndup(c, n);
		struct place *next;

		if (!at->below)
			at->below = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, place_free);
		next = g_hash_table_lookup(at->below, name);
		if (!next) {
			next = place_new(at);
			g_hash_table_insert(at->below, g_steal_pointer(&name), next);
		}
		at = next;
		c += n;
	}
	return at;
}

static const struct goal *not_done(const struct place *at)
{
	const struct goal *first = NULL;

	for (guint i = 0; at->unmounted && i < at->goals->len; i++) {
		const struct goal *g = at->goals->pdata[i];

		if (g->kind != GOAL_MOUNT || g->state == GOAL_DONE)
			continue;
		if (g->state == GOAL_FAILED)
			return g;
		first = first ?: g;
	}
	return first;
}

/* What has to be mounted first: the highest that is not, but one that failed before all others. */
const struct goal *goal_blocked_by(const struct plan *p, const struct goal *g)
{
	const struct goal *highest = NULL;

	for (const struct place *at = g->place ? g->place->above : NULL; at; at = at->above) {
		const struct goal *other = not_done(at);

		if (other && other->state == GOAL_FAILED)
			return other;
		highest = other ?: highest;
	}
	return highest;
}

/* Those that waited for it; below one that is not mounted either they go on waiting for that. */
static void ask_below(struct plan *p, const struct place *top)
{
	g_autoptr(GPtrArray) todo = g_ptr_array_new();

	g_ptr_array_add(todo, (void *)top);
	for (guint i = 0; i < todo->len; i++) {
		const struct place *at = todo->pdata[i];
		GHashTableIter it;
		gpointer value;

		for (guint k = 0; at != top && at->goals && k < at->goals->len; k++)
			goal_ask(p, at->goals->pdata[k]);
		if (!at->below || (at != top && at->unmounted))
			continue;
		g_hash_table_iter_init(&it, at->below);
		while (g_hash_table_iter_next(&it, NULL, &value))
			g_ptr_array_add(todo, value);
	}
}

/* ---- who is asked ---- */

void goal_ask(struct plan *p, struct goal *g)
{
	if (g->asked || g->state != GOAL_WAITING)
		return;
	g->asked = true;
	g_ptr_array_add(p->asked, g);
}

void goals_ask_all(struct plan *p)
{
	for (guint i = 0; i < p->goals->len; i++)
		goal_ask(p, p->goals->pdata[i]);
}

void goals_ask_key(struct plan *p, const char *key)
{
	const GPtrArray *found = goals_of_key(p, key);

	for (guint i = 0; found && i < found->len; i++)
		goal_ask(p, found->pdata[i]);
}

/* Something about the device changed: who names it may want it now. */
void goals_ask_device(struct plan *p, const struct device *d)
{
	for (guint i = 0; (p->n_open || p->n_open_resume) && i < d->names->len; i++)
		goals_ask_key(p, d->names->pdata[i]);
}

static int by_number(gconstpointer a, gconstpointer b)
{
	const struct goal *const *x = a, *const *y = b;

	return (*x)->number < (*y)->number ? -1 : (*x)->number > (*y)->number;
}

/* In the order in which they were wished for, however they came to be asked; NULL: none. */
GPtrArray *goals_take_asked(struct plan *p)
{
	GPtrArray *asked;

	if (!p->asked->len)
		return NULL;
	asked = p->asked;
	p->asked = g_ptr_array_new();
	g_ptr_array_sort(asked, by_number);
	for (guint i = 0; i < asked->len; i++)
		((struct goal *)asked->pdata[i])->asked = false;
	return asked;
}

/* ---- deadlines of their own, a heap: the first is due first ---- */

static bool due_before(const struct goal *a, const struct goal *b)
{
	return a->until != b->until ? a->until < b->until : a->number < b->number;
}

static void due_put(GPtrArray *heap, guint i, struct goal *g)
{
	heap->pdata[i] = g;
	g->due = i + 1;
}

static void due_sift(GPtrArray *heap, guint i)
{
	struct goal *g = heap->pdata[i];

	while (i && due_before(g, heap->pdata[(i - 1) / 2])) {
		due_put(heap, i, heap->pdata[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	for (guint k; (k = 2 * i + 1) < heap->len; i = k) {
		if (k + 1 < heap->len && due_before(heap->pdata[k + 1], heap->pdata[k]))
			k++;
		if (!due_before(heap->pdata[k], g))
			break;
		due_put(heap, i, heap->pdata[k]);
	}
	due_put(heap, i, g);
}

static void due_add(struct plan *p, struct goal *g)
{
	if (!g->until)
		return;
	g_ptr_array_add(p->due, g);
	due_sift(p->due, p->due->len - 1);
}

static void due_remove(struct plan *p, struct goal *g)
{
	guint i = g->due - 1;
	struct goal *last;

	if (!g->due)
		return;
	g->due = 0;
	last = p->due->pdata[p->due->len - 1];
	g_ptr_array_set_size(p->due, (gint)p->due->len - 1);
	if (last == g)
		return;
	due_put(p->due, i, last);
	due_sift(p->due, i);
}

struct goal *goals_first_due(const struct plan *p)
{
	return p->due->len ? p->due->pdata[0] : NULL;
}

void goals_let_go(struct plan *p, struct goal *g)
{
	due_remove(p, g);
	g->until = 0;
	g->over = true;
	p->n_over++; /* of those that are not met */
}

/* ---- the set ---- */

void goalset_init(struct plan *p)
{
	p->goals = g_ptr_array_new_with_free_func((GDestroyNotify)goal_free);
	p->goals_by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	p->goals_by_key = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
	p->places = place_new(NULL);
	p->asked = g_ptr_array_new();
	p->due = g_ptr_array_new();
}

void goalset_clear(struct plan *p)
{
	g_ptr_array_unref(p->asked);
	g_ptr_array_unref(p->due);
	place_free(p->places);
	g_hash_table_unref(p->goals_by_key);
	g_hash_table_unref(p->goals_by_id);
	g_ptr_array_unref(p->goals);
}

struct goal *goal_find(const struct plan *p, uint64_t id)
{
	return g_hash_table_lookup(p->goals_by_id, &id);
}

const GPtrArray *goals_of_key(const struct plan *p, const char *key)
{
	return g_hash_table_lookup(p->goals_by_key, key);
}

/* The one that is decided first of those that are not decided. */
static void find_resume(struct plan *p)
{
	p->resume = NULL;
	for (guint i = 0; !p->resume && i < p->goals->len; i++) {
		struct goal *g = p->goals->pdata[i];

		if (g->kind == GOAL_RESUME && goal_unmet(g))
			p->resume = g;
	}
}

/* What nobody needs any more is not started; what is needed now is. */
static void count_open(struct plan *p, struct goal *g)
{
	bool open = goal_unmet(g) && !g->dev, searched = goals_search(p);
	unsigned *n = g->kind == GOAL_RESUME ? &p->n_open_resume : &p->n_open;

	if (open == g->open)
		return;
	g->open = open;
	*n += open ? 1 : -1U;
	if (*g->key == '/' && open)
		g_queue_push_tail_link(&p->open_paths, &g->path);
	else if (*g->key == '/')
		g_queue_unlink(&p->open_paths, &g->path);
	p->goals_stamp++;
	if (searched != goals_search(p))
		assembly_touch_all(p);
	else if (open)
		assembly_touch_idle(p);
	else
		assembly_touch_loose(p);
}

static void count_unmet(struct plan *p, const struct goal *g, unsigned by)
{
	p->n_unmet += by;
	if (!g->optional)
		p->n_unmet_required += by;
	if (g->over)
		p->n_over += by;
	if (g->kind == GOAL_MOUNT)
		p->n_unmet_mounts += by;
}

void goalset_add(struct plan *p, struct goal *g)
{
	GPtrArray *same = g_hash_table_lookup(p->goals_by_key, g->key);

	g->number = p->goals->len;
	g->path.data = g;
	g_ptr_array_add(p->goals, g);
	g_hash_table_insert(p->goals_by_id, &g->id, g);
	if (!same) {
		same = g_ptr_array_new();
		g_hash_table_insert(p->goals_by_key, g->key, same);
	}
	g_ptr_array_add(same, g);
	if (g->target) {
		g->place = place_of(p, g->target);
		if (!g->place->goals)
			g->place->goals = g_ptr_array_new();
		g_ptr_array_add(g->place->goals, g);
		g->place->unmounted += g->kind == GOAL_MOUNT;
	}
	count_unmet(p, g, 1);
	count_open(p, g);
	due_add(p, g);
	g->explain.data = g;
	g_queue_push_tail_link(&p->explain_later, &g->explain);
	if (g->kind == GOAL_RESUME && !p->resume) {
		p->resume = g;
		p->goals_stamp++;
		assembly_touch_all(p);
	}
	goal_ask(p, g);
}

static void ended(struct plan *p, struct goal *g)
{
	count_unmet(p, g, -1U);
	due_remove(p, g);
	g_queue_unlink(g->explain_at ? &p->explain_soon : &p->explain_later, &g->explain);
	g->explain_at = 0;
	if (g->place && g->kind == GOAL_MOUNT) {
		g->place->unmounted -= g->state == GOAL_DONE;
		ask_below(p, g->place);
	}
	if (g == p->resume) {
		find_resume(p);
		p->goals_stamp++;
		goals_ask_all(p);
		assembly_touch_all(p);
	}
}

/* Its state is another one than `before`. */
void goalset_moved(struct plan *p, struct goal *g, enum goal_state before)
{
	bool was_unmet = before == GOAL_WAITING || before == GOAL_ACTIVE;

	count_open(p, g);
	if (was_unmet && !goal_unmet(g))
		ended(p, g);
	goal_ask(p, g);
}

void goal_set_device(struct plan *p, struct goal *g, struct device *d)
{
	if (g->dev)
		g->dev->goals = g_slist_remove(g->dev->goals, g);
	g->dev = d;
	if (d)
		d->goals = g_slist_prepend(d->goals, g);
	count_open(p, g);
	goal_ask(p, g);
}

bool goals_search(const struct plan *p)
{
	return p->resume ? p->n_open_resume : p->n_open;
}

/* Whether this goal asks for assemblies now: it has no device yet, and resuming is not in its way. */
bool goal_searches(const struct plan *p, const struct goal *g)
{
	return g->open && (g->kind == GOAL_RESUME || !p->resume);
}
