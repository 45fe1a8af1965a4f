/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The step: one input in, actions out.  Everything else in core is called from here. */
#include "layer/layer.h"

/* Asked to end, a worker cleans up (udev's cookies, a checker below it); then it is killed. */
#define CANCEL_GRACE (5 * USEC_PER_SEC)

static guint dev_hash(gconstpointer p)
{
	dev_t d = *(const dev_t *)p;

	return (guint)(d ^ d >> 32);
}

static gboolean dev_equal(gconstpointer a, gconstpointer b)
{
	return *(const dev_t *)a == *(const dev_t *)b;
}

static void volume_free(gpointer ptr)
{
	struct volume *v = ptr;

	g_free(v->name);
	g_free(v->spec);
	g_free(v->key);
	g_free(v->where);
	input_clear(&v->config);
	g_free(v);
}

static void array_policy_free(gpointer ptr)
{
	struct array_policy *ap = ptr;

	g_free(ap->uuid);
	g_free(ap->name);
	g_free(ap->md_name);
	g_free(ap);
}

static void request_free(gpointer ptr)
{
	struct request *r = ptr;

	g_free(r->what);
	g_free(r);
}

struct plan *plan_new(void)
{
	struct plan *p = g_new0(struct plan, 1);

	p->by_devnum = g_hash_table_new(dev_hash, dev_equal);
	p->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	p->assemblies = g_ptr_array_new_with_free_func((GDestroyNotify)assembly_free);
	p->vgs_by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	p->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	goalset_init(p);
	p->volumes = g_ptr_array_new_with_free_func(volume_free);
	p->volumes_by_key = g_hash_table_new(g_str_hash, g_str_equal);
	p->arrays = g_ptr_array_new_with_free_func(array_policy_free);
	p->questions = g_ptr_array_new_with_free_func((GDestroyNotify)question_free);
	p->answers = g_ptr_array_new_with_free_func(g_free);
	mounts_init(p);
	p->layout = g_ptr_array_new_with_free_func(input_free);
	p->made = g_ptr_array_new_with_free_func(input_free);
	p->drivers = drivers_new();
	p->choosers = g_ptr_array_new();
	p->requests = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, request_free);
	p->stop_tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	p->stop_scope = g_hash_table_new(g_direct_hash, g_direct_equal);
	p->stop_unmounted = g_hash_table_new(g_direct_hash, g_direct_equal);
	p->degraded_after = 20 * USEC_PER_SEC;
	return p;
}

void plan_free(struct plan *p)
{
	GList *l;

	if (!p)
		return;
	while ((l = g_queue_pop_head_link(&p->devices)))
		device_free(l->data);
	g_queue_clear(&p->dirty_devices);
	g_queue_clear(&p->dirty_assemblies);
	g_queue_clear(&p->probe_queue);
	g_hash_table_unref(p->by_devnum);
	g_hash_table_unref(p->names);
	g_hash_table_unref(p->by_id);
	g_hash_table_unref(p->vgs_by_name);
	g_free(p->system_ids);
	g_hash_table_unref(p->volumes_by_key);
	g_hash_table_unref(p->requests);
	g_ptr_array_unref(p->choosers);
	goalset_clear(p);
	g_ptr_array_unref(p->volumes);
	g_ptr_array_unref(p->arrays);
	g_ptr_array_unref(p->questions);
	g_ptr_array_unref(p->answers);
	mounts_clear(p);
	g_ptr_array_unref(p->layout);
	g_ptr_array_unref(p->made);
	g_ptr_array_unref(p->drivers);
	g_ptr_array_unref(p->assemblies);
	g_hash_table_unref(p->stop_tried);
	g_hash_table_unref(p->stop_scope);
	g_hash_table_unref(p->stop_unmounted);
	g_free(p->stop_target);
	g_free(p->stop_spec);
	g_free(p->homehost);
	g_free(p);
}

/* ---- for core and layers ---- */

struct action *plan_request(struct plan *p, enum action_type t, enum owner owner, void *ptr, uint64_t timeout)
{
	struct action *a = actions_add(p->out, t);
	struct request *r = g_new0(struct request, 1);

	a->id = r->id = ++p->next_id;
	a->until = usec_add(p->now, timeout);
	if (a->until == USEC_NEVER)
		a->until = 0;
	a->udev = p->udev;
	r->owner = owner;
	r->type = t;
	r->since = p->now;
	r->timeout = owner == OWNER_NONE ? USEC_NEVER : timeout;
	switch (owner) {
	case OWNER_DEVICE:
	case OWNER_STOP:
		if (ptr) {
			r->devnum = ((struct device *)ptr)->devnum;
			r->serial = ((struct device *)ptr)->serial;
			r->deep = ((struct device *)ptr)->want_deep;
			r->what = g_strdup(((struct device *)ptr)->node);
		}
		break;
	case OWNER_ASSEMBLY:
		r->ptr = ptr;
		r->what = g_strdup(((struct assembly *)ptr)->name ?: ((struct assembly *)ptr)->id);
		break;
	case OWNER_GOAL:
		r->ptr = ptr;
		r->what = g_strdup(((struct goal *)ptr)->spec);
		break;
	case OWNER_DRIVERS:
		r->what = g_strdup("drivers");
		break;
	case OWNER_NONE:
		break;
	}
	g_hash_table_insert(p->requests, &r->id, r);
	lane_add(p, r);
	return a;
}

/* Gives an action up: its result, the worker's or -ECANCELED, still comes. */
void plan_cancel(struct plan *p, uint64_t request_id)
{
	struct action *act;
	struct request *r = g_hash_table_lookup(p->requests, &request_id);

	if (!r)
		return;
	act = actions_add(p->out, ACTION_CANCEL);
	act->id = r->id;
	if (r->cancelled) { /* it was asked to end, and did not */
		act->flag = true;
		r->until = USEC_NEVER;
		return;
	}
	r->timed_out = r->until <= p->now;
	r->cancelled = true;
	lane_give_up(p, r);
	r->until = usec_add(p->now, CANCEL_GRACE);
	if (r->timed_out)
		plan_report(p, MSG_WORKER, 3, r->what ?: "", "%s took longer than %" PRIu64 " s and is given up",
			    action_type_name(r->type), (p->now - r->started) / USEC_PER_SEC);
}

void plan_report(struct plan *p, unsigned number, unsigned severity, const char *subject, const char *format, ...)
{
	struct action *a = actions_add(p->out, ACTION_REPORT);
	va_list ap;

	va_start(ap, format);
	a->text = g_strdup_vprintf(format, ap);
	va_end(ap);
	a->number = number;
	a->severity = severity;
	a->name = g_strdup(subject);
}

bool plan_wants_anything(const struct plan *p)
{
	return p->n_unmet;
}

/* A look at a disk, or a driver, that is slow: when all goals are met nobody waits for it any more. */
static bool only_slow_looks(const struct plan *p)
{
	GHashTableIter it;
	gpointer value;

	if (g_hash_table_size(p->requests) != p->slow_looks)
		return false;
	/* But the links of what a goal named are made when it was looked at. */
	g_hash_table_iter_init(&it, p->requests);
	while (!p->udev && g_hash_table_iter_next(&it, NULL, &value)) {
		const struct request *r = value;
		const struct device *d = r->owner == OWNER_DEVICE ? graph_find(p, r->devnum) : NULL;

		if (d && d->goals)
			return false;
	}
	return true;
}

/* Nothing that is here can still lead to a goal that nobody waits for. */
static bool all_is_looked_at(const struct plan *p)
{
	if (!p->enumerated || p->listed_unprobed || p->drivers->len)
		return false;
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		if (a->state == ASSEMBLY_STARTABLE && a->degraded_at && a->degraded_at != USEC_NEVER)
			return false; /* its grace runs */
		if (assembly_running(a) && a->ours && !assembly_device(a))
			return false; /* its device's event is on its way */
	}
	return true;
}

bool plan_settled(const struct plan *p)
{
	if (p->stopping)
		return stop_done(p);
	return !p->n_unmet_required && (p->n_unmet == p->n_over || all_is_looked_at(p)) && only_slow_looks(p);
}

/* ---- inputs ---- */

static void on_result(struct plan *p, const struct input *in)
{
	struct request *r = g_hash_table_lookup(p->requests, &in->id);
	struct input late;
	struct device *d;

	if (!r)
		return; /* an old incarnation's, or given up */
	g_hash_table_steal(p->requests, &in->id);
	lane_leave(p, r);
	late = *in; /* borrows the strings */
	if (r->timed_out && in->error == -ECANCELED)
		late.error = -ETIME;
	switch (r->owner) {
	case OWNER_DEVICE:
		p->probes_running--;
		p->probes_overtaken -= r->overtaken;
		d = graph_find(p, r->devnum);
		if (d && d->serial == r->serial && d->probe_id == r->id)
			graph_probed(p, d, &late, r->deep);
		graph_probe_next(p);
		break;
	case OWNER_ASSEMBLY:
		assembly_finished(p, r->ptr, r, &late);
		break;
	case OWNER_GOAL:
		goal_finished(p, r->ptr, r, &late);
		break;
	case OWNER_STOP:
		stop_finished(p, r, &late);
		break;
	case OWNER_DRIVERS:
		drivers_loaded(p);
		break;
	case OWNER_NONE:
		if (r->type == ACTION_LINK && (in->error == -EBUSY || in->error == -EPERM || in->error == -EEXIST))
			plan_report(p, MSG_LINK, 4, "links", "%s", in->text ?: g_strerror((int)-in->error));
		break;
	}
	request_free(r);
}

/* `value` of a field that `to` has not. */
static void fill(char **to, const char *value)
{
	if (!*to)
		*to = g_strdup(value);
}

/* What crypttab says of it completes what the command line left open. */
static void volume_complete(struct input *to, const struct input *from)
{
	to->key_offset = to->key_offset ?: from->key_offset;
	to->key_size = to->key_size ?: from->key_size;
	to->keyslot = to->keyslot ?: from->keyslot;
	to->tries = to->tries ?: from->tries;
	to->timeout = to->timeout ?: from->timeout;
	fill(&to->keyfile, from->keyfile);
	fill(&to->options, from->options);
	if (!to->header && from->header) {
		to->header = g_strdup(from->header);
		str_set(&to->where, from->where); /* what is said of the header names that line */
	}
}

/*
 * Named twice, in any order: what the command line says counts, but a name that nobody chose.  Of
 * two lines of crypttab the first does.
 */
static void volume_merge(struct plan *p, struct volume *v, const struct input *in)
{
	bool had = streq0(v->where, INPUT_COMMAND_LINE), has = streq0(in->where, INPUT_COMMAND_LINE);
	bool unnamed = v->config.flag;
	struct input old;

	if (!had && !has && (!unnamed || in->flag))
		return;
	if (!in->flag && (unnamed || (has && !had)))
		str_set(&v->name, in->name);
	if (had || !has) {
		volume_complete(&v->config, in);
	} else {
		old = v->config;
		input_copy(&v->config, in);
		volume_complete(&v->config, &old);
		input_clear(&old);
		str_set(&v->where, in->where);
	}
	v->config.flag = unnamed && in->flag;
	p->headers |= v->config.header != NULL;
	if (v->assembly && (v->assembly->state == ASSEMBLY_WAITING || v->assembly->state == ASSEMBLY_COMPLETE))
		str_set(&v->assembly->name, v->name);
	assembly_touch_all(p);
}

/* Only the entry tells what it is: looked at before, it may have been taken for something else. */
static void header_elsewhere(struct plan *p, const struct volume *v)
{
	const GPtrArray *named = v->config.header ? graph_named(p, v->key) : NULL;

	for (guint i = 0; named && i < named->len; i++)
		graph_dirty(p, named->pdata[i]);
}

static void on_volume(struct plan *p, const struct input *in)
{
	g_autofree char *key = graph_key(in->spec ?: "");
	struct volume *v = g_hash_table_lookup(p->volumes_by_key, key);

	if (v) {
		volume_merge(p, v, in);
		header_elsewhere(p, v);
		return;
	}
	v = g_new0(struct volume, 1);
	v->name = g_strdup(in->name);
	v->spec = g_strdup(in->spec);
	v->key = g_steal_pointer(&key);
	v->where = g_strdup(in->where);
	input_copy(&v->config, in);
	p->headers |= in->header != NULL;
	g_ptr_array_add(p->volumes, v);
	g_hash_table_insert(p->volumes_by_key, v->key, v);
	header_elsewhere(p, v);
	paths_again(p, v->key);
	assembly_touch_all(p);
}

static void on_array(struct plan *p, const struct input *in)
{
	struct array_policy *ap = g_new0(struct array_policy, 1);

	ap->uuid = g_strdup(in->uuid);
	ap->name = g_strdup(in->name);
	ap->md_name = g_strdup(in->md_name);
	ap->minor = in->md_number;
	ap->grace = in->grace;
	ap->ignore = in->flag;
	g_ptr_array_add(p->arrays, ap);
	assembly_touch_all(p);
}

static void on_policy(struct plan *p, const struct input *in)
{
	uint64_t usec;

	if (streq0(in->key, "degraded") && in->value && parse_usec(in->value, &usec) == 0)
		p->degraded_after = usec;
	else if (streq0(in->key, "overdue") && in->value && parse_usec(in->value, &usec) == 0)
		p->overdue_after = usec;
	else if (streq0(in->key, "memory") && in->value && parse_u64(in->value, &usec) == 0)
		p->memory = usec;
	else if (streq0(in->key, "system-id"))
		str_set(&p->system_ids, str_empty(in->value) ? NULL : in->value);
	else if (streq0(in->key, "homehost"))
		str_set(&p->homehost, str_empty(in->value) ? NULL : in->value);
	else if (streq0(in->key, "source"))
		p->udev = streq0(in->value, "udev");
	else if (streq0(in->key, "mounts"))
		p->mounts_known = streq0(in->value, "1");
	else if (streq0(in->key, "modules"))
		p->modules = streq0(in->value, "1");
	assembly_touch_all(p);
}

static void keep_input(GPtrArray *list, const struct input *in)
{
	g_ptr_array_add(list, input_dup(in));
}

static void apply(struct plan *p, const struct input *in)
{
	switch (in->type_id) {
	case INPUT_DEVICE:
		graph_device(p, in);
		break;
	case INPUT_GONE:
		graph_gone(p, in);
		break;
	case INPUT_MODALIAS:
		drivers_offered(p, in->text);
		break;
	case INPUT_ENUMERATED:
		graph_enumerated(p, in);
		break;
	case INPUT_OVERFLOW:
		plan_report(p, MSG_OVERFLOW, 4, "events", "some were lost; all devices are read again");
		break;
	case INPUT_RESULT:
		on_result(p, in);
		break;
	case INPUT_TIMER:
		break;
	case INPUT_GOAL:
		goal_add(p, in);
		break;
	case INPUT_VOLUME:
		on_volume(p, in);
		break;
	case INPUT_ARRAY:
		on_array(p, in);
		break;
	case INPUT_POLICY:
		on_policy(p, in);
		break;
	case INPUT_ANSWER:
		question_answered(p, in);
		break;
	case INPUT_SKIP:
		question_skipped(p, in);
		break;
	case INPUT_MADE:
		keep_input(p->made, in);
		break;
	case INPUT_LAYOUT:
		keep_input(p->layout, in);
		break;
	case INPUT_MOUNTED:
		mounts_told(p, in, true);
		break;
	case INPUT_UNMOUNTED:
		mounts_told(p, in, false);
		break;
	case INPUT_STOP:
		stop_begin(p, in);
		break;
	case INPUT_CANCEL:
		goal_cancel(p, in->id);
		break;
	case _INPUT_MAX:
		break;
	}
}

void plan_step(struct plan *p, const struct input *in, uint64_t now, struct actions *out)
{
	bool choice_before = graph_choice_allowed(p);

	actions_clear(out);
	p->out = out;
	p->now = now;
	deadlines_fire(p);
	apply(p, in);
	if (!p->choice_waiting)
		choice_ask(p);
	do {
		graph_drain(p);
		if (!choice_before && graph_choice_allowed(p)) {
			choice_before = true;
			goals_ask_all(p);
			assembly_touch_all(p);
		}
		choice_clock(p);
		goals_consider(p); /* before the assemblies: what is met needs no more of them */
		assembly_drain(p);
		if (p->judge_first && !p->dirty_devices.length && !p->dirty_assemblies.length) {
			p->judge_first = false;
			choice_ask(p);
		}
		if (!p->stopping && !p->dirty_devices.length && !p->dirty_assemblies.length)
			goals_give_up(p);
	} while (p->dirty_devices.length || p->dirty_assemblies.length || p->asked->len);
	if (p->stopping)
		stop_consider(p);
	else
		answers_drop_if_unused(p);
	drivers_consider(p);
	explain_schedule(p);
	overdue_schedule(p);
	p->out = NULL;
}
