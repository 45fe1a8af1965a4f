/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which of the actions asked for a worker has in hand.  Quick ones go through one worker, one after the
 * other; what took long leaves its place to the next, and each that hangs allows one more beside it, so that
 * many sick disks cost no more than a few seconds and a long queue of sound ones no process.  Key derivations
 * and checks have workers of their own.  lib/pool.c does the same with processes.  An action's time counts
 * from when a worker takes it.
 */
#include "layer/layer.h"

static enum lane lane_of(const struct request *r)
{
	return action_is_slow(r->type) ? LANE_SLOW : LANE_QUICK;
}

static unsigned limit(const struct plan *p, enum lane lane)
{
	return lane == LANE_SLOW ? ACTION_WORKERS : action_quick_workers(p->overtaken[LANE_QUICK]);
}

static void take(struct plan *p, struct request *r)
{
	r->started = p->now;
	r->until = usec_add(p->now, r->timeout);
	g_queue_push_tail_link(&p->in_hand, &r->link);
}

static void take_next(struct plan *p, enum lane lane)
{
	while (p->queued[lane].length && p->working[lane] < limit(p, lane)) {
		struct request *r = g_queue_pop_head_link(&p->queued[lane])->data;

		r->working = true;
		p->working[lane]++;
		take(p, r);
	}
}

void lane_add(struct plan *p, struct request *r)
{
	enum lane lane = lane_of(r);

	r->link.data = r;
	r->until = USEC_NEVER;
	g_queue_push_tail_link(&p->queued[lane], &r->link);
	take_next(p, lane);
}

static bool slow_look(const struct request *r)
{
	return r->owner == OWNER_DEVICE || r->owner == OWNER_DRIVERS;
}

void lane_leave(struct plan *p, struct request *r)
{
	enum lane lane = lane_of(r);

	g_queue_unlink(r->started ? &p->in_hand : &p->queued[lane], &r->link);
	p->working[lane] -= r->working;
	p->overtaken[lane] -= r->overtaken;
	p->slow_looks -= r->overtaken && slow_look(r);
	take_next(p, lane);
}

/* Others go on beside it. */
void lane_overtake(struct plan *p, struct request *r)
{
	enum lane lane = lane_of(r);

	p->working[lane] -= r->working;
	r->working = false;
	r->overtaken = true;
	p->overtaken[lane]++;
	p->slow_looks += slow_look(r);
	take_next(p, lane);
}

/* Given up before a worker took it: that is answered at once. */
void lane_give_up(struct plan *p, struct request *r)
{
	if (r->started)
		return;
	g_queue_unlink(&p->queued[lane_of(r)], &r->link);
	take(p, r);
}
