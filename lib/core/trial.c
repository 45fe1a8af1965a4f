/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Trials: an array that is only possibly needed and lacks members is started (it stays read-only until
 * something writes to it), looked into, and stopped again if nothing on it leads to a goal.
 */
#include "layer/layer.h"

#define DEPTH_MAX 16

static bool device_leads(const struct plan *p, const struct device *d, unsigned depth);

static bool outputs_lead(const struct plan *p, const struct assembly *a, unsigned depth)
{
	for (guint i = 0; i < a->outputs->len; i++)
		if (device_leads(p, a->outputs->pdata[i], depth))
			return true;
	return !assembly_device(a); /* they have not come yet */
}

static bool member_leads(const struct plan *p, const struct assembly *a, unsigned depth)
{
	switch (a->state) {
	case ASSEMBLY_ACTIVE:
	case ASSEMBLY_DEGRADED:
		return outputs_lead(p, a, depth);
	case ASSEMBLY_ACTIVATING:
	case ASSEMBLY_STARTABLE:
		return true;
	case ASSEMBLY_COMPLETE:
		return assembly_demanded(p, a);
	case ASSEMBLY_WAITING: /* for more members, or for nobody: a volume that nothing names */
		return a->present < a->needed || a->held;
	case ASSEMBLY_FAILED:
	case ASSEMBLY_STOPPED:
		return false;
	}
	return false;
}

/* It may be another goal's turn: resuming, or what is mounted first, is not decided yet. */
static bool wanted(const struct plan *p, const struct device *d)
{
	for (guint n = 0; n < d->names->len; n++) {
		const GPtrArray *goals = goals_of_key(p, d->names->pdata[n]);

		for (guint i = 0; goals && i < goals->len; i++)
			if (goal_unmet(goals->pdata[i]))
				return true;
	}
	return false;
}

static bool device_leads(const struct plan *p, const struct device *d, unsigned depth)
{
	if (depth > DEPTH_MAX || d->dirty || d->probe == PROBE_RUNNING || (d->probe == PROBE_NONE && d->size && plan_wants_anything(p)))
		return true;
	if (d->goals || wanted(p, d))
		return true;
	if (d->member_of)
		return member_leads(p, d->member_of, depth + 1);
	for (GSList *l = d->parts; l; l = l->next)
		if (device_leads(p, l->data, depth + 1))
			return true;
	return false;
}

/* Something else is searched for from now on. */
void trials_forget(struct plan *p)
{
	for (guint i = 0; p->given_up && i < p->assemblies->len; i++)
		((struct assembly *)p->assemblies->pdata[i])->given_up = false;
	p->given_up = false;
}

/* Called when the array runs and something about it may have changed. */
void trial_judge(struct plan *p, struct assembly *a)
{
	if (!a->trial || a->request || outputs_lead(p, a, 0))
		return;
	if ((p->n_open || p->n_open_resume) && !graph_choice_allowed(p))
		return; /* a goal may find its device on it in a moment */
	a->trial = false;
	a->given_up = p->given_up = true;
	plan_report(p, MSG_MD_TRIAL, 6, a->name ?: a->id, "nothing on it is needed; it is stopped again");
	a->layer->stop(p, a);
}
