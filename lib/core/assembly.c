/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Assemblies: members in, devices out; the one degraded policy. */
#include "layer/layer.h"

const char *assembly_state_name(enum assembly_state s)
{
	switch (s) {
	case ASSEMBLY_WAITING:
		return "waiting";
	case ASSEMBLY_STARTABLE:
		return "startable";
	case ASSEMBLY_COMPLETE:
		return "complete";
	case ASSEMBLY_ACTIVATING:
		return "activating";
	case ASSEMBLY_ACTIVE:
		return "active";
	case ASSEMBLY_DEGRADED:
		return "degraded";
	case ASSEMBLY_FAILED:
		return "failed";
	case ASSEMBLY_STOPPED:
		return "stopped";
	}
	return "";
}

bool assembly_running(const struct assembly *a)
{
	return a->state == ASSEMBLY_ACTIVE || a->state == ASSEMBLY_DEGRADED;
}

static void member_free(gpointer ptr)
{
	struct member *m = ptr;

	g_free(m->why);
	g_free(m);
}

void assembly_free(struct assembly *a)
{
	if (a->layer->free_data)
		a->layer->free_data(a);
	g_free(a->id);
	g_free(a->name);
	g_free(a->error);
	g_ptr_array_unref(a->members);
	g_ptr_array_unref(a->outputs);
	g_array_unref(a->awaited);
	g_hash_table_unref(a->seen);
	g_free(a);
}

struct assembly *assembly_find(const struct plan *p, const char *layer, const char *id)
{
	g_autofree char *key = g_strconcat(layer, ":", id, NULL);

	return g_hash_table_lookup(p->by_id, key);
}

struct assembly *assembly_get(struct plan *p, const struct layer *l, const char *id)
{
	struct assembly *a = assembly_find(p, l->name, id);

	if (a)
		return a;
	a = g_new0(struct assembly, 1);
	a->layer = l;
	a->id = g_strdup(id);
	a->members = g_ptr_array_new_with_free_func(member_free);
	a->outputs = g_ptr_array_new();
	a->awaited = g_array_new(FALSE, FALSE, sizeof(dev_t));
	a->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	a->since = p->now;
	a->number = p->assemblies->len;
	a->link.data = a;
	g_ptr_array_add(p->assemblies, a);
	g_hash_table_insert(p->by_id, g_strconcat(l->name, ":", id, NULL), a);
	return a;
}

void assembly_touch(struct plan *p, struct assembly *a)
{
	p->changed = true;
	if (a->dirty)
		return;
	a->dirty = true;
	g_queue_push_tail(&p->dirty_assemblies, a);
}

void assembly_touch_all(struct plan *p)
{
	for (guint i = 0; i < p->assemblies->len; i++)
		assembly_touch(p, p->assemblies->pdata[i]);
}

void assembly_touch_idle(struct plan *p)
{
	for (guint i = 0; i < p->assemblies->len; i++) {
		struct assembly *a = p->assemblies->pdata[i];

		if (!assembly_running(a) || a->layer->selective)
			assembly_touch(p, a);
	}
}

void assembly_touch_loose(struct plan *p)
{
	for (GList *l = p->loose.head; l; l = l->next)
		assembly_touch(p, l->data);
}

void assembly_touch_waiting(struct plan *p)
{
	for (GList *l = p->activating.head; l; l = l->next)
		if (!((struct assembly *)l->data)->request)
			assembly_touch(p, l->data);
}

static GQueue *queue_of(struct plan *p, enum assembly_state s)
{
	switch (s) {
	case ASSEMBLY_STARTABLE:
	case ASSEMBLY_DEGRADED:
		return &p->loose;
	case ASSEMBLY_ACTIVATING:
		return &p->activating;
	case ASSEMBLY_WAITING:
	case ASSEMBLY_COMPLETE:
	case ASSEMBLY_ACTIVE:
	case ASSEMBLY_FAILED:
	case ASSEMBLY_STOPPED:
		break;
	}
	return NULL;
}

/* Each queue in the order of creation, as the list of all is. */
static void requeue(struct plan *p, struct assembly *a, enum assembly_state to)
{
	GQueue *from = queue_of(p, a->state), *queue = queue_of(p, to);
	GList *before;

	if (from)
		g_queue_unlink(from, &a->link);
	if (!queue)
		return;
	for (before = queue->tail; before && ((struct assembly *)before->data)->number > a->number;)
		before = before->prev;
	if (before)
		g_queue_insert_after_link(queue, before, &a->link);
	else
		g_queue_push_head_link(queue, &a->link);
}

/* How many assemblies lie below it, one on the other. */
static unsigned height(const struct assembly *a, unsigned limit)
{
	unsigned most = 0;

	for (guint i = 0; limit && i < a->members->len; i++) {
		const struct device *d = ((struct member *)a->members->pdata[i])->dev;

		if (d->output_of)
			most = MAX(most, 1 + height(d->output_of, limit - 1));
	}
	return most;
}

static char *state_text(const struct assembly *a)
{
	GString *s = g_string_new(NULL);

	g_string_append_printf(s, "%s, %u of %u", assembly_state_name(a->state), a->present, a->needed);
	for (guint i = 0; i < a->members->len && i < 8; i++)
		g_string_append_printf(s, "%s%s", i ? " " : " (", ((struct member *)a->members->pdata[i])->dev->node);
	if (a->members->len)
		g_string_append(s, a->members->len > 8 ? " …)" : ")");
	return g_string_free(s, FALSE);
}

void assembly_set_state(struct plan *p, struct assembly *a, enum assembly_state to)
{
	struct action *act;

	if (a->state == to)
		return;
	if (a->state == ASSEMBLY_FAILED) {
		g_clear_pointer(&a->error, g_free);
		a->error_number = 0;
		p->n_failed--;
	}
	p->n_failed += to == ASSEMBLY_FAILED;
	requeue(p, a, to);
	p->changed = true;
	a->state = to;
	if (to != ASSEMBLY_ACTIVATING && !assembly_running(a))
		g_array_set_size(a->awaited, 0);
	if (to != ASSEMBLY_STARTABLE)
		a->degraded_at = 0;
	if (to != ASSEMBLY_STARTABLE && to != ASSEMBLY_WAITING)
		a->clock_due = 0;
	act = actions_add(p->out, ACTION_ASSEMBLY_STATE);
	act->layer = g_strdup(a->layer->name);
	act->uuid = g_strdup(a->id);
	act->name = g_strdup(a->name);
	act->text = state_text(a);
	act->number = height(a, 16);
	if (assembly_running(a))
		act->flag = true;
}

void assembly_fail(struct plan *p, struct assembly *a, unsigned number, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	g_free(a->error);
	a->error = g_strdup_vprintf(format, ap);
	va_end(ap);
	a->error_number = number;
	plan_report(p, number, 3, a->name ?: a->id, "%s", a->error);
	assembly_set_state(p, a, ASSEMBLY_FAILED);
	assembly_touch_loose(p); /* it may have held the clock of another */
}

/* What tells a member apart from the others of its assembly, over unplugging and plugging in. */
static char *member_identity(const struct device *d)
{
	return g_strdup(d->info.uuid_sub ?: d->info.uuid ?: d->node);
}

struct member *assembly_join(struct plan *p, struct assembly *a, struct device *d)
{
	struct member *m = g_new0(struct member, 1);
	char *identity = member_identity(d);

	m->dev = d;
	m->serial = d->serial;
	d->member_of = a;
	g_ptr_array_add(a->members, m);
	outputs_find_above(p, d);
	if (g_hash_table_add(a->seen, identity))
		a->clock_restart = true;
	if (a->state == ASSEMBLY_FAILED && a->error_number != MSG_LUKS_TRIES && a->error_number != MSG_LUKS_SKIPPED)
		assembly_set_state(p, a, ASSEMBLY_WAITING);
	assembly_touch(p, a);
	return m;
}

void assembly_leave(struct plan *p, struct device *d)
{
	struct assembly *a = d->member_of;

	if (!a)
		return;
	d->member_of = NULL;
	goals_ask_device(p, d);
	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (m->dev == d) {
			g_ptr_array_remove_index(a->members, i);
			break;
		}
	}
	assembly_touch(p, a);
}

void assembly_output(struct plan *p, struct assembly *a, struct device *d)
{
	if (d->output_of != a) {
		assembly_output_gone(p, d);
		d->output_of = a;
		g_ptr_array_add(a->outputs, d);
		if (d->probe == PROBE_DONE)
			graph_dirty(p, d); /* it was looked at before its members: they know what it is called */
	}
	if (d->size && !assembly_running(a) && a->state != ASSEMBLY_ACTIVATING) {
		a->adopted = true;
		assembly_touch(p, a);
	}
}

/* Of size 0 it has not come: udevd tells of a device when it is made, before anything is in it. */
struct device *assembly_device(const struct assembly *a)
{
	for (guint i = 0; i < a->outputs->len; i++) {
		struct device *d = a->outputs->pdata[i];

		if (d->size)
			return d;
	}
	return NULL;
}

void assembly_output_gone(struct plan *p, struct device *d)
{
	struct assembly *a = d->output_of;

	if (!a)
		return;
	d->output_of = NULL;
	g_ptr_array_remove(a->outputs, d);
	if (!a->outputs->len && assembly_running(a))
		assembly_set_state(p, a, ASSEMBLY_WAITING);
	assembly_touch(p, a);
}

/* ---- demand ---- */

/* A goal names it or what is in it: no doubt that it is needed. */
bool assembly_named(const struct plan *p, const struct assembly *a)
{
	for (guint i = 0; i < p->goals->len; i++) {
		const struct goal *g = p->goals->pdata[i];

		if (goal_unmet(g) && a->layer->answers_to && a->layer->answers_to(a, g->key))
			return true;
		if (goal_unmet(g) && layout_names(p, g, a))
			return true;
	}
	return false;
}

static bool mapper_demanded(const struct plan *p, const struct assembly *a)
{
	g_autofree char *key = a->name ? g_strconcat("/dev/mapper/", a->name, NULL) : NULL;
	const GPtrArray *goals = key ? goals_of_key(p, key) : NULL;

	for (guint i = 0; goals && i < goals->len; i++)
		if (goal_searches(p, goals->pdata[i]))
			return true;
	return false;
}

bool assembly_demanded(const struct plan *p, const struct assembly *a)
{
	if (!goals_search(p) || graph_choice_allowed(p))
		return goals_search(p);
	if (a->layer->mapper)
		return mapper_demanded(p, a);
	for (const GList *l = a->layer->answers_to ? p->open_paths.head : NULL; l; l = l->next)
		if (goal_searches(p, l->data) && a->layer->answers_to(a, ((struct goal *)l->data)->key))
			return true;
	return false;
}

/* ---- the degraded policy ---- */

/* The number of a superblock of version 0.90, or what others have as name: "0", "box:0". */
static bool minor_fits(uint64_t minor, const struct assembly *a)
{
	for (guint i = 0; i < a->members->len; i++) {
		const char *name = ((struct member *)a->members->pdata[i])->dev->info.md_name;
		const char *colon = name ? strchr(name, ':') : NULL;
		uint64_t n;

		if (name && parse_u64(colon ? colon + 1 : name, &n) == 0 && n == minor)
			return true;
	}
	return false;
}

/* By UUID, else by the name in the superblock or its number, else by the name that it gives. */
bool array_policy_fits(const struct array_policy *ap, const struct assembly *a)
{
	if (ap->uuid)
		return uuid_equal(ap->uuid, a->id);
	for (guint i = 0; ap->md_name && i < a->members->len; i++)
		if (streq0(((struct member *)a->members->pdata[i])->dev->info.md_name, ap->md_name))
			return true;
	if (ap->minor)
		return minor_fits(ap->minor - 1, a);
	return ap->name && streq0(ap->name, a->name);
}

uint64_t assembly_grace(const struct plan *p, const struct assembly *a)
{
	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];

		if (ap->grace && array_policy_fits(ap, a))
			return ap->grace == USEC_NEVER ? USEC_NEVER : ap->grace - 1;
	}
	if (a->layer->grace == USEC_NEVER)
		return USEC_NEVER;
	return p->degraded_after;
}

static bool lies_on(const struct assembly *upper, const struct assembly *lower, unsigned depth)
{
	if (upper == lower)
		return true;
	for (guint i = 0; depth < 16 && i < upper->members->len; i++) {
		const struct member *m = upper->members->pdata[i];

		if (m->dev->output_of && lies_on(m->dev->output_of, lower, depth + 1))
			return true;
	}
	return false;
}

/* The locked volume that may still turn out to be a member of a, and so stops its clock. */
struct assembly *assembly_holding(const struct plan *p, const struct assembly *a)
{
	uint64_t least = UINT64_MAX;

	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];

		least = MIN(least, m->dev->info.md_size * 512);
	}
	for (guint i = 0; i < p->volumes->len; i++) {
		const struct volume *v = p->volumes->pdata[i];
		const struct assembly *l = v->assembly;
		const struct device *d;

		if (!l || l == a || assembly_running(l) || l->state == ASSEMBLY_FAILED || !l->members->len)
			continue;
		if (strstr(v->config.options ?: "", "noauto"))
			continue; /* nobody will open it */
		d = ((struct member *)l->members->pdata[0])->dev;
		if (least != UINT64_MAX && d->size - MIN(d->size, d->info.data_offset) < least)
			continue;
		if (!lies_on(l, a, 0))
			return (struct assembly *)l;
	}
	return NULL;
}

static void start(struct plan *p, struct assembly *a, bool with_missing)
{
	g_autofree char *modules = NULL;

	a->with_missing = with_missing;
	assembly_set_state(p, a, ASSEMBLY_ACTIVATING);
	if (p->modules && !a->modules_loaded && (modules = a->layer->modules(p, a))) {
		struct action *act = assembly_request(p, a, ACTION_MODULES, 30 * USEC_PER_SEC);

		act->text = g_steal_pointer(&modules);
		return;
	}
	a->layer->start(p, a, with_missing);
}

static void clock_run(struct plan *p, struct assembly *a)
{
	uint64_t grace = assembly_grace(p, a);

	if (a->clock_restart)
		a->given_up = false;
	if (a->given_up || !assembly_demanded(p, a) || assembly_holding(p, a)) {
		a->degraded_at = a->clock_due = a->clock_cap = 0;
		return;
	}
	if (!a->clock_due) {
		a->clock_due = usec_add(p->now, grace);
		a->clock_cap = usec_add(a->clock_due, grace);
	} else if (a->clock_restart) {
		a->clock_due = MIN(usec_add(p->now, grace), a->clock_cap);
	}
	a->degraded_at = a->clock_due;
	a->clock_restart = false;
	p->first_clock = MIN(p->first_clock, a->degraded_at);
	if (a->degraded_at <= p->now) {
		a->trial = a->layer->stop && !assembly_named(p, a);
		start(p, a, true);
	}
}

static void consider(struct plan *p, struct assembly *a)
{
	g_autofree char *name = g_strdup(a->name);

	a->layer->evaluate(p, a);
	for (guint i = 0; i < a->outputs->len && !streq0(name, a->name); i++)
		graph_dirty(p, a->outputs->pdata[i]); /* they are called like it */
	if (a->adopted && !assembly_running(a) && a->state != ASSEMBLY_ACTIVATING && assembly_device(a)) {
		/* A volume that nobody names is never complete, and lacks nothing. */
		assembly_set_state(p, a, a->complete || (a->needed && a->present >= a->needed) ? ASSEMBLY_ACTIVE :
												     ASSEMBLY_DEGRADED);
		for (guint i = 0; i < a->members->len; i++)
			((struct member *)a->members->pdata[i])->added = true;
	}
	if (assembly_running(a)) {
		if (a->layer->running)
			a->layer->running(p, a);
		trial_judge(p, a);
		return;
	}
	if (a->state == ASSEMBLY_ACTIVATING || a->state == ASSEMBLY_FAILED || a->state == ASSEMBLY_STOPPED)
		return;
	a->startable_since = a->startable ? (a->startable_since ?: p->now) : 0;
	if (a->complete) {
		assembly_set_state(p, a, ASSEMBLY_COMPLETE);
		if (!a->idle && assembly_demanded(p, a))
			start(p, a, false);
	} else if (a->startable) {
		assembly_set_state(p, a, ASSEMBLY_STARTABLE);
		clock_run(p, a);
	} else {
		assembly_set_state(p, a, ASSEMBLY_WAITING);
	}
}

void assembly_drain(struct plan *p)
{
	struct assembly *a;

	while ((a = g_queue_pop_head(&p->dirty_assemblies))) {
		a->dirty = false;
		if (!p->stopping)
			consider(p, a);
	}
}

/* Those whose grace is over. */
void assembly_clocks(struct plan *p)
{
	if (p->first_clock > p->now)
		return;
	p->first_clock = USEC_NEVER;
	for (GList *l = p->loose.head; l; l = l->next) {
		struct assembly *a = l->data;

		if (a->state != ASSEMBLY_STARTABLE || !a->degraded_at)
			continue;
		if (a->degraded_at <= p->now)
			assembly_touch(p, a);
		else
			p->first_clock = MIN(p->first_clock, a->degraded_at);
	}
}

struct action *assembly_request(struct plan *p, struct assembly *a, enum action_type t, uint64_t timeout)
{
	struct action *act = plan_request(p, t, OWNER_ASSEMBLY, a, timeout);

	a->request = act->id;
	p->n_started++;
	return act;
}

void assembly_finished(struct plan *p, struct assembly *a, const struct request *r, const struct input *in)
{
	if (a->request == r->id)
		a->request = 0;
	if (r->type == ACTION_MODULES) {
		if (in->error < 0 && in->error != -ECANCELED && in->error != -ETIME && a->layer->needs_modules &&
		    a->state == ASSEMBLY_ACTIVATING) { /* nobody is asked for what cannot be */
			assembly_fail(p, a, MSG_MODULE, "%s", in->text ?: g_strerror((int)-in->error));
			return;
		}
		a->modules_loaded = true; /* what is absent may be built in: starting will tell */
		a->layer->evaluate(p, a); /* members may have left meanwhile */
		if (assembly_running(a) ||
		    (a->state == ASSEMBLY_ACTIVATING && (a->complete || (a->with_missing && a->startable))))
			a->layer->start(p, a, a->with_missing);
		else if (a->state == ASSEMBLY_ACTIVATING)
			assembly_set_state(p, a, ASSEMBLY_WAITING);
		assembly_touch(p, a);
		return;
	}
	a->layer->finished(p, a, r, in);
}
