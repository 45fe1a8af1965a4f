/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Goals: find the device, look at it once in full, check it, mount it. */
#include "layer/layer.h"

#define ACTION_TIMEOUT (90 * USEC_PER_SEC)

const char *goal_state_name(enum goal_state s)
{
	switch (s) {
	case GOAL_WAITING:
		return "waiting";
	case GOAL_ACTIVE:
		return "active";
	case GOAL_DONE:
		return "done";
	case GOAL_FAILED:
		return "failed";
	}
	return "";
}

const char *goal_kind_name(enum goal_kind k)
{
	switch (k) {
	case GOAL_DEVICE:
		return "device";
	case GOAL_MOUNT:
		return "mount";
	case GOAL_SWAP:
		return "swap";
	case GOAL_RESUME:
		return "resume";
	}
	return "";
}

void goal_free(struct goal *g)
{
	g_free(g->spec);
	g_free(g->key);
	g_free(g->target);
	g_free(g->fstype);
	g_free(g->options);
	g_free(g->fsck);
	g_free(g->where);
	g_free(g->error);
	g_free(g->explained);
	g_free(g->node_path);
	g_free(g->decision);
	g_free(g);
}

bool goal_unmet(const struct goal *g)
{
	return g->state == GOAL_WAITING || g->state == GOAL_ACTIVE;
}

static void set_state(struct plan *p, struct goal *g, enum goal_state to)
{
	enum goal_state before = g->state;
	struct action *a;

	if (before == to)
		return;
	g->state = to;
	goalset_moved(p, g, before);
	p->changed = true;
	a = actions_add(p->out, ACTION_GOAL_STATE);
	a->id = g->id;
	a->name = g_strdup(goal_state_name(to));
	a->target = g_strdup(g->target);
	a->node = g->dev ? g_strdup(g->dev->node) : NULL;
	a->number = g->error_number;
	a->text = g_strdup(g->error);
}

void goal_fail(struct plan *p, struct goal *g, unsigned number, int64_t code, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list ap;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	g_free(g->error);
	g->error = text_clean(text);
	g->error_number = number;
	g->error_code = code;
	g->step = STEP_END;
	if (g->request)
		plan_cancel(p, g->request);
	plan_report(p, number, 3, g->target ?: g->spec, "%s", g->error);
	set_state(p, g, GOAL_FAILED);
}

static int kind_parse(const char *kind, enum goal_kind *ret)
{
	for (int k = GOAL_DEVICE; k <= GOAL_RESUME; k++)
		if (streq0(kind, goal_kind_name((enum goal_kind)k))) {
			*ret = (enum goal_kind)k;
			return 0;
		}
	return -EINVAL;
}

static bool has_word(const char *options, const char *word)
{
	g_auto(GStrv) words = g_strsplit(options ?: "", ",", -1);

	return g_strv_contains((const char *const *)words, word);
}

void goal_add(struct plan *p, const struct input *in)
{
	struct goal *g;
	enum goal_kind kind;

	if (kind_parse(in->kind, &kind) < 0 || str_empty(in->spec) || goal_find(p, in->id)) {
		plan_report(p, MSG_SPEC, 3, in->where ?: "goal", "not a goal: %s %s", in->kind ?: "", in->spec ?: "");
		return;
	}
	g = g_new0(struct goal, 1);
	g->id = in->id;
	g->kind = kind;
	g->spec = g_strdup(in->spec);
	g->key = graph_key(in->spec);
	g->target = g_strdup(in->target);
	g->fstype = streq0(in->fstype, "auto") ? NULL : g_strdup(in->fstype);
	g->options = g_strdup(in->options);
	g->fsck = g_strdup(in->fsck);
	g->where = g_strdup(in->where);
	g->optional = has_word(g->options, "nofail");
	g->since = p->now;
	g->until = in->timeout;
	g->fsck_status = -1;
	if (!plan_wants_anything(p))
		graph_probe_all(p);
	goalset_add(p, g);
	p->changed = true;
	trials_forget(p);
	paths_again(p, g->key);
	if (kind == GOAL_RESUME)
		(void)resume_allowed(p, g);
}

void goal_cancel(struct plan *p, uint64_t id)
{
	struct goal *g = goal_find(p, id);

	if (g && goal_unmet(g))
		goal_fail(p, g, MSG_CANCELLED, -ECANCELED, "cancelled");
}

void goal_device_gone(struct plan *p, struct device *d)
{
	GSList *goals = g_slist_reverse(g_slist_copy(d->goals)); /* in the order in which they took it */

	for (GSList *l = goals; l; l = l->next) {
		struct goal *g = l->data;

		goal_set_device(p, g, NULL);
		if (!goal_unmet(g))
			continue;
		if (g->request)
			plan_cancel(p, g->request);
		g->request = 0;
		g->step = STEP_FIND;
		set_state(p, g, GOAL_WAITING);
	}
	g_slist_free(goals);
}

/* ---- the steps ---- */

/* What it wants is there, whoever made it: of two clones the one that is mounted, and nothing is tried. */
static struct device *in_place(const struct plan *p, const struct goal *g)
{
	const GPtrArray *found = g->kind == GOAL_MOUNT || g->kind == GOAL_SWAP ? graph_named(p, g->key) : NULL;

	for (guint i = 0; found && i < found->len; i++) {
		struct device *d = found->pdata[i];

		if (mount_at(p, d->devnum, g->kind == GOAL_MOUNT ? g->target : NULL))
			return d;
	}
	return NULL;
}

struct action *goal_request(struct plan *p, struct goal *g, enum action_type t, uint64_t timeout)
{
	struct action *a = plan_request(p, t, OWNER_GOAL, g, timeout);

	p->changed = true;
	a->devnum = g->dev->devnum;
	a->diskseq = g->dev->diskseq;
	a->node = g_strdup(g->dev->node);
	g->request = a->id;
	((struct request *)g_hash_table_lookup(p->requests, &a->id))->devnum = a->devnum;
	return a;
}

/* Of a list (rootfstype=ext3,ext4) what was found. */
const char *goal_fstype(const struct goal *g)
{
	g_auto(GStrv) list = g_strsplit(g->fstype ?: "", ",", -1);
	const char *found = g->dev->info.type;

	return !g->fstype || (list[1] && found && g_strv_contains((const char *const *)list, found)) ? found :
												       g->fstype;
}

static void emit_act(struct plan *p, struct goal *g)
{
	struct action *a = goal_request(p, g, g->kind == GOAL_MOUNT ? ACTION_MOUNT : ACTION_SWAPON, ACTION_TIMEOUT);

	a->fstype = g_strdup(goal_fstype(g));
	a->target = g_strdup(g->target);
	a->options = g_strdup(g->options);
}

void goal_done(struct plan *p, struct goal *g)
{
	g->step = STEP_END;
	set_state(p, g, GOAL_DONE);
}

/* Emits what the goal needs next; called when it found its device and after each result. */
void goal_advance(struct plan *p, struct goal *g)
{
	for (;;) {
		switch (g->step) {
		case STEP_FIND:
			if (g->kind == GOAL_DEVICE) {
				goal_done(p, g);
				return;
			}
			set_state(p, g, GOAL_ACTIVE);
			g->step = STEP_VERIFY;
			goal_request(p, g, ACTION_PROBE, ACTION_TIMEOUT)->deep = true;
			return;
		case STEP_VERIFY:
			g->step = STEP_MODULES;
			if (p->modules && g->kind == GOAL_MOUNT && goal_fstype(g)) {
				goal_request(p, g, ACTION_MODULES, ACTION_TIMEOUT)->text =
					g_strdup_printf("fs-%s %s", goal_fstype(g), goal_fstype(g));
				return;
			}
			break;
		case STEP_MODULES:
			if (check_waits(p, g))
				return;
			g->step = STEP_CHECK;
			if (check_begin(p, g))
				return;
			break;
		case STEP_CHECK:
			g->step = STEP_ACT;
			emit_act(p, g);
			return;
		case STEP_ACT:
			goal_done(p, g);
			return;
		case STEP_END:
			return;
		}
	}
}

static bool has_candidate(const struct plan *p, const struct goal *g)
{
	const GPtrArray *found = graph_choice_allowed(p) ? graph_named(p, g->key) : NULL;

	for (guint i = 0; found && i < found->len; i++)
		if (choice_usable(p, found->pdata[i]))
			return true;
	return false;
}

/* What it names could be made, and only resuming is in the way. */
static bool could_come(const struct plan *p, const struct goal *g)
{
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		if (a->layer->could_give && a->layer->could_give(p, a, g->key))
			return true;
	}
	return false;
}

/* Somebody's copy of root outside the encrypted volume that root is known to lie on. */
static bool supplanted(struct plan *p, struct goal *g, const struct device *d)
{
	g_autofree char *why = g->kind == GOAL_DEVICE ? NULL : layout_supplanted(p, g, d);
	g_autofree char *beside = why ? NULL : layout_exposed(p, g, d);

	if ((why || beside) && choice_too_early(p, g, d))
		return true;
	if (why)
		choice_refuse(p, g, MSG_SUPPLANTED, -EKEYREJECTED, why);
	else if (beside)
		choice_refuse(p, g, MSG_EXPOSED, -EKEYREJECTED, beside);
	return why || beside;
}

/* Somebody or something may still come and change the matter. */
static bool hope(const struct plan *p)
{
	if (!graph_choice_allowed(p) || p->probes_running || p->dirty_devices.length)
		return true;
	for (guint i = 0; i < p->volumes->len; i++) {
		const struct volume *v = p->volumes->pdata[i];

		if (!v->assembly && !strstr(v->config.options ?: "", "noauto"))
			return true; /* its disk may still come, and its key be known */
	}
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		switch (a->state) {
		case ASSEMBLY_WAITING:
			if (a->present < a->needed || a->held || a->dirty)
				return true;
			break;
		case ASSEMBLY_STARTABLE:
		case ASSEMBLY_ACTIVATING:
			return true;
		case ASSEMBLY_COMPLETE:
			if (a->dirty)
				return true;
			break;
		case ASSEMBLY_ACTIVE:
		case ASSEMBLY_DEGRADED:
			if (a->request || !assembly_device(a))
				return true;
			break;
		case ASSEMBLY_FAILED:
		case ASSEMBLY_STOPPED:
			break;
		}
	}
	return false;
}

/* The volume that would have led there, and does not: nobody has its key. */
static const struct assembly *dead_end(const struct plan *p, const struct goal *g)
{
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		if (a->state != ASSEMBLY_FAILED)
			continue;
		if (a->layer->answers_to && a->layer->answers_to(a, g->key))
			return a;
		if (a->layer == &layer_luks && layout_may_lead(p, g, a))
			return a;
	}
	return NULL;
}

/*
 * A goal waits as long as something may come.  When all that is here has been tried and the volume it
 * depends on cannot be opened, it has failed for good.
 */
void goals_give_up(struct plan *p)
{
	if (!p->changed || !p->n_failed || hope(p))
		return;
	for (guint i = 0; i < p->goals->len; i++) {
		struct goal *g = p->goals->pdata[i];
		const struct assembly *a = NULL;

		if (g->state == GOAL_WAITING && !g->dev && !g->optional) /* nofail: why it is not there is all the same */
			a = dead_end(p, g);
		if (!a || !goal_searches(p, g) || goal_blocked_by(p, g) || has_candidate(p, g))
			continue;
		if (g->kind == GOAL_RESUME) {
			resume_given_up(p, g, a);
			return; /* the others are searched for from now on */
		}
		goal_fail(p, g, a->error_number, -ENOKEY, "%s %s: %s", a->layer->name, a->name ?: a->id, a->error);
	}
}

/* What is mounted below another goal's target comes after it, and fails with it. */
static bool blocked(struct plan *p, struct goal *g)
{
	const struct goal *other = goal_blocked_by(p, g);

	if (other && other->state == GOAL_FAILED)
		goal_fail(p, g, MSG_MOUNT_FAILED, -ECANCELED, "%s, which is mounted first, failed", other->target);
	return other != NULL;
}

/* While resuming is undecided, all that counts is whether root could be mounted. */
static void wait_for_resume(struct plan *p)
{
	for (guint i = 0; i < p->goals->len; i++) {
		struct goal *g = p->goals->pdata[i];

		if (g->state == GOAL_WAITING && g->kind == GOAL_MOUNT && !goal_blocked_by(p, g) &&
		    (has_candidate(p, g) || could_come(p, g))) {
			resume_clock(p, g);
			return;
		}
	}
}

static void consider(struct plan *p, struct goal *g)
{
	struct device *d;

	if (g->state != GOAL_WAITING || blocked(p, g) || (p->resume && g->kind != GOAL_RESUME))
		return;
	g->found = (d = in_place(p, g)) != NULL;
	d = d ?: choice_make(p, g);
	if (!d || (!g->found && supplanted(p, g, d)))
		return; /* (what is mounted may be known before what it lies on is) */
	goal_set_device(p, g, d);
	g_free(g->node_path);
	g->node_path = g_strconcat("/dev/", d->node, NULL);
	if (g->found)
		goal_done(p, g);
	else
		goal_advance(p, g);
}

void goals_consider(struct plan *p)
{
	GPtrArray *asked;

	while ((asked = goals_take_asked(p))) {
		for (guint i = 0; i < asked->len; i++)
			consider(p, asked->pdata[i]);
		g_ptr_array_unref(asked);
	}
	if (p->resume)
		wait_for_resume(p);
}

void goal_resume(struct plan *p, struct goal *g, uint64_t offset)
{
	g->step = STEP_ACT;
	goal_request(p, g, ACTION_RESUME, ACTION_TIMEOUT)->offset = offset;
}

/* ---- results ---- */

/* Resuming was decided against: an image found now would roll back a file system in use. */
static void invalidate_image(struct plan *p, struct goal *g)
{
	plan_report(p, MSG_RESUME, 4, g->dev->node, "holds an old hibernation image; it is invalidated");
	g->step = STEP_ACT;
	emit_act(p, g);
	((struct action *)p->out->list->pdata[p->out->list->len - 1])->flag = true;
}

static void verified(struct plan *p, struct goal *g, const struct input *in)
{
	struct device *d = g->dev;

	if (g->kind == GOAL_RESUME)
		resume_verified(p, g, in);
	else if (g->kind == GOAL_SWAP && streq0(in->type, "swsuspend"))
		invalidate_image(p, g);
	else if (in->error == -EUCLEAN)
		goal_fail(p, g, MSG_AMBIVALENT, in->error, "/dev/%s: %s", d->node, in->text ?: "two formats claim it");
	else if (in->error < 0)
		goal_fail(p, g, MSG_UNREADABLE, in->error, "/dev/%s: %s", d->node,
			  in->text ?: g_strerror((int)-in->error));
	else if (layer_for(in->type))
		goal_fail(p, g, MSG_MEMBER, -EUCLEAN, "/dev/%s is %s, a member of something else: name what lies on it",
			  d->node, in->type);
	else if (g->kind == GOAL_SWAP && !streq0(in->type, "swap"))
		goal_fail(p, g, MSG_SWAP_FAILED, -EUCLEAN, "/dev/%s holds %s, no swap area", d->node,
			  in->type ?: "nothing known");
	else
		goal_advance(p, g);
}

static void acted(struct plan *p, struct goal *g, const struct input *in)
{
	if (g->kind == GOAL_RESUME)
		resume_tried(p, g, in);
	else if (in->error < 0)
		goal_fail(p, g, g->kind == GOAL_SWAP ? MSG_SWAP_FAILED : MSG_MOUNT_FAILED, in->error, "/dev/%s%s%s: %s",
			  g->dev->node, g->target ? " on " : "", g->target ?: "",
			  in->text ?: g_strerror((int)-in->error));
	else
		goal_advance(p, g);
}

/* Nobody waits for it any more, but it is there, and ours. */
static void made_too_late(struct plan *p, struct goal *g)
{
	g->too_late = true;
	p->changed = true;
	plan_report(p, MSG_WORKER, 4, g->target ?: g->spec, "it came to be after it was given up; stop takes it away");
}

void goal_finished(struct plan *p, struct goal *g, const struct request *r, const struct input *in)
{
	if (in->error >= 0 && (r->type == ACTION_MOUNT || r->type == ACTION_SWAPON)) {
		g->mount_id = in->count;
		g->found |= in->flag;
		if (g->state == GOAL_FAILED && !in->flag)
			made_too_late(p, g);
	}
	if (g->request != r->id || !goal_unmet(g) || !g->dev) {
		check_release(p, r); /* its device went away, or it failed meanwhile */
		return;
	}
	g->request = 0;
	switch (g->step) {
	case STEP_VERIFY:
		verified(p, g, in);
		break;
	case STEP_MODULES:
		goal_advance(p, g);
		break;
	case STEP_CHECK:
		check_ended(p, g, in);
		break;
	case STEP_ACT:
		acted(p, g, in);
		break;
	case STEP_FIND:
	case STEP_END:
		break;
	}
	check_release(p, r);
}
