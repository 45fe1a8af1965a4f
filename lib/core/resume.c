/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resuming comes first: while it is undecided nothing else is verified, checked or mounted, and only
 * what may lead to the resume device is activated.  A device that stays away while root could be
 * mounted decides for "no".
 */
#include "layer/layer.h"

#define RESUME_WAIT (10 * USEC_PER_SEC)

/* The volume of that name, or any where it is not known what is in them; no partition is. */
static bool may_hold(const struct plan *p, const struct goal *g, const struct assembly *a)
{
	static const char mapper[] = "/dev/mapper/";
	const char *name = g_str_has_prefix(g->key, mapper) ? g->key + strlen(mapper) : NULL;

	for (guint i = 0; name && i < p->volumes->len; i++)
		if (streq0(((struct volume *)p->volumes->pdata[i])->name, name))
			return streq0(a->name, name);
	if (!g_str_has_prefix(g->key, "UUID=") && !g_str_has_prefix(g->key, "LABEL=") &&
	    !(g_str_has_prefix(g->key, "/dev/") && strchr(g->key + 5, '/')))
		return false;
	return layout_may_lead(p, g, a);
}

/* It may be in a volume that is being opened: neither a person's time nor a key derivation's counts. */
static bool being_opened(const struct plan *p, const struct goal *g)
{
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];

		if (a->layer == &layer_luks && a->state == ASSEMBLY_ACTIVATING && may_hold(p, g, a))
			return true;
	}
	return false;
}

/* Root could be mounted: the resume device has so long, and no longer. */
void resume_clock(struct plan *p, const struct goal *root)
{
	struct goal *g = p->resume;
	bool held = g && !g->dev && being_opened(p, g);

	if (!g || g->dev || !g->resume_until == held)
		return;
	g->resume_until = held ? 0 : usec_add(p->now, RESUME_WAIT);
	p->changed = true;
}

void resume_decide(struct plan *p, struct goal *g, const char *why)
{
	str_set(&g->decision, why);
	plan_report(p, MSG_RESUME, 6, g->spec, "no resume: %s", why);
	trials_forget(p);
	goal_done(p, g);
}

/*
 * An image is of a system whose file systems were as they are on the disks now.  Once one of them has been
 * mounted, or may have been, it is not any more: taking it would roll back what is in use.
 */
static char *forbidden(const struct plan *p)
{
	const struct mount *m = mount_written(p);

	for (guint i = 0; i < p->made->len; i++) {
		const struct input *made = p->made->pdata[i];

		if (streq0(made->kind, "resume"))
			return g_strdup_printf("it was decided by an earlier run: %s", made->text ?: "");
		if (streq0(made->kind, "mount") || streq0(made->kind, "swap") || streq0(made->kind, "stopped"))
			return g_strdup_printf("an earlier run has used %s", made->target ?: made->spec ?: "the disks");
	}
	if (!m)
		return NULL;
	return m->target ? g_strdup_printf("%s is mounted", m->target) : g_strdup("a swap area is in use");
}

bool resume_allowed(struct plan *p, struct goal *g)
{
	g_autofree char *why = forbidden(p);

	if (why)
		resume_decide(p, g, why);
	return !why;
}

/* The image came after it was decided: whoever waits for that session should know what became of it. */
void resume_too_late(struct plan *p, const struct device *d)
{
	for (guint i = 0; streq0(d->info.type, "swsuspend") && i < p->goals->len; i++) {
		struct goal *g = p->goals->pdata[i];
		const GPtrArray *named = g->kind == GOAL_RESUME ? graph_named(p, g->key) : NULL;

		if (!named || !g->decision || g->dev || g->image_told || named->pdata[0] != d)
			continue;
		g->image_told = true;
		plan_report(p, MSG_RESUME, 4, d->node,
			    "holds the image of a hibernated system; it came too late and is not resumed: %s", g->decision);
	}
}

/* The volume that it is in cannot be opened, or nobody wants to. */
void resume_given_up(struct plan *p, struct goal *g, const struct assembly *a)
{
	g_autofree char *why = g_strdup_printf("%s %s: %s", a->layer->name, a->name ?: a->id, a->error);

	resume_decide(p, g, why);
}

void resume_deadline(struct plan *p)
{
	struct goal *g = p->resume;

	if (g && g->resume_until && g->resume_until <= p->now && !g->dev)
		resume_decide(p, g, "the device did not appear while root was there for 10 s");
}

/* What the full probe of the resume device found. */
void resume_verified(struct plan *p, struct goal *g, const struct input *in)
{
	uint64_t offset = 0;

	if (!resume_allowed(p, g))
		return;
	if (in->error < 0) {
		resume_decide(p, g, in->text ?: "the device cannot be read");
		return;
	}
	(void)parse_u64(g->options ?: "0", &offset);
	if (!offset && !streq0(in->type, "swsuspend")) {
		resume_decide(p, g, streq0(in->type, "swap") ? "no image in the swap area" : "no swap area");
		return;
	}
	goal_resume(p, g, offset);
}

/* Coming back from the attempt means that the kernel did not take the image. */
void resume_tried(struct plan *p, struct goal *g, const struct input *in)
{
	resume_decide(p, g, in->error < 0 && in->text ? in->text : "the kernel did not take the image");
}
