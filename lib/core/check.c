/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The check of a file system before it is mounted: once for a device, and never while anybody has it in
 * use, for a checker that writes below a mounted file system destroys it.
 */
#include "layer/layer.h"

static bool wants_check(const struct goal *g)
{
	const char *type = goal_fstype(g);

	if (g->kind != GOAL_MOUNT || str_empty(g->fsck) || g_str_has_prefix(g->fsck, "no"))
		return false;
	return type && !streq0(type, "xfs") && !streq0(type, "btrfs");
}

/* One is under way, for whichever goal, wanted or given up. */
static bool running(const struct plan *p, dev_t devnum)
{
	GHashTableIter it;
	gpointer value;

	g_hash_table_iter_init(&it, p->requests);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		const struct request *r = value;

		if (r->type == ACTION_FSCK && r->devnum == devnum)
			return true;
	}
	return false;
}

bool check_waits(const struct plan *p, const struct goal *g)
{
	return wants_check(g) && running(p, g->dev->devnum);
}

/* Another goal has had the same device checked, or found wanting. */
static const struct goal *checked_before(const struct goal *g)
{
	for (const GSList *l = g->dev->goals; l; l = l->next) {
		const struct goal *other = l->data;

		if (other != g && other->fsck_status >= 0)
			return other;
	}
	return NULL;
}

static bool check_failed(const struct goal *g)
{
	return g->state == GOAL_FAILED &&
	       (g->error_number == MSG_FSCK_FAILED || g->error_number == MSG_FSCK_REBOOT);
}

static void emit(struct plan *p, struct goal *g)
{
	struct action *a = goal_request(p, g, ACTION_FSCK, USEC_NEVER); /* may rightly take hours */
	const char *repair = strchr(g->fsck, ',');

	a->fstype = g_strdup(goal_fstype(g));
	a->options = g_strdup_printf("%s%s",
				     !repair                     ? "-p"
				     : g_str_equal(repair, ",yes") ? "-y"
				     : g_str_equal(repair, ",no")  ? "-n"
								   : "-p",
				     g_str_has_prefix(g->fsck, "force") ? " -f" : "");
}

static void say_in_use(struct plan *p, const struct goal *g, const char *how)
{
	plan_report(p, MSG_IN_USE, 6, g->target, "/dev/%s is not checked: it is %s", g->dev->node, how);
}

bool check_begin(struct plan *p, struct goal *g)
{
	const GPtrArray *uses = mounts_of(p, g->dev->devnum);
	const struct goal *other;

	if (!wants_check(g))
		return false;
	if (uses) {
		const struct mount *m = uses->pdata[0];
		g_autofree char *how = m->target ? g_strconcat("mounted on ", m->target, NULL) :
						   g_strdup("used as a swap area");

		say_in_use(p, g, how);
		return false;
	}
	if (g->dev->readonly)
		return false; /* nothing could be repaired, and a mount reads only */
	other = checked_before(g);
	if (other && check_failed(other)) {
		goal_fail(p, g, other->error_number, other->error_code, "%s", other->error);
		return true;
	}
	if (other)
		return false;
	emit(p, g);
	return true;
}

/* What fsck(8) says by its exit status; 4, errors are left, outweighs that something went wrong as well. */
static void judge(struct plan *p, struct goal *g, const struct input *in)
{
	const char *node = g->dev->node, *text = in->text ?: "";
	int status = (int)in->status;

	if (status == 127) {
		plan_report(p, MSG_FSCK_MISSING, 4, node, "no fsck.%s here: mounted unchecked", goal_fstype(g));
	} else if ((status & ~1) == 32) {
		plan_report(p, MSG_FSCK_FAILED, 4, node, "the check was cancelled");
	} else if (status & 4) {
		goal_fail(p, g, MSG_FSCK_FAILED, -EUCLEAN, "/dev/%s: the check ended with %d and left errors: %s", node,
			  status, text);
		return;
	} else if (status & 2) {
		goal_fail(p, g, MSG_FSCK_REBOOT, -ERESTART, "/dev/%s: the checker asks for a reboot", node);
		return;
	} else if (status & ~35) {
		plan_report(p, MSG_FSCK_FAILED, 4, node, "the checker could not run (%d), mounted unchecked: %s", status,
			    text);
	} else if (status & 1) {
		plan_report(p, MSG_FSCK_FIXED, 6, node, "the checker corrected errors: %s", text);
	}
	goal_advance(p, g);
}

void check_ended(struct plan *p, struct goal *g, const struct input *in)
{
	g->fsck_status = in->status;
	if (in->error == -EBUSY) {
		g->fsck_status = -1;
		say_in_use(p, g, in->text ?: "in use");
		goal_advance(p, g);
	} else if (in->error < 0) {
		goal_fail(p, g, MSG_FSCK_FAILED, in->error, "/dev/%s: the checker could not run: %s", g->dev->node,
			  in->text ?: g_strerror((int)-in->error));
	} else {
		judge(p, g, in);
	}
}

/* Whoever waited for the end of that check goes on. */
void check_release(struct plan *p, const struct request *r)
{
	const struct device *d = r->type == ACTION_FSCK ? graph_find(p, r->devnum) : NULL;

	for (GSList *l = d ? d->goals : NULL, *next; l; l = next) {
		struct goal *g = l->data;

		next = l->next; /* it may fail here, but it keeps its device */
		if (g->state == GOAL_ACTIVE && g->step == STEP_MODULES && !g->request)
			goal_advance(p, g);
	}
}
