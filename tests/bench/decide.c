/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide N: what the core needs for N devices that come and are read, and for each event of one of them
 * afterwards.  Prints "INPUTS ACTIONS PROBES NSEC-PER-INPUT NSEC-PER-LATER-INPUT".
 */
#include "core/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct bench {
	struct plan *plan;
	struct actions actions;
	GQueue todo; /* struct action: effects that have not been answered */
	uint64_t inputs, n_actions, n_probes;
};

static uint64_t nsec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void feed(struct bench *b, const struct input *in)
{
	plan_step(b->plan, in, USEC_PER_SEC + ++b->inputs, &b->actions);
	b->n_actions += b->actions.list->len;
	for (guint i = 0; i < b->actions.list->len; i++) {
		const struct action *a = b->actions.list->pdata[i];
		struct action *copy;

		if (!action_is_effect(a))
			continue;
		copy = g_new0(struct action, 1);
		action_copy(copy, a);
		g_queue_push_tail(&b->todo, copy);
	}
}

static void device(struct bench *b, unsigned i)
{
	char node[16];
	struct input in = { .type_id = INPUT_DEVICE, .node = node, .size = 1 << 30, .diskseq = i + 1 };

	(void)snprintf(node, sizeof node, "vd%u", i);
	in.devnum = makedev(259, i);
	feed(b, &in);
}

/* Each is read and has another file system on it; what is wanted never comes. */
static void carry_out(struct bench *b)
{
	struct action *a;

	while ((a = g_queue_pop_head(&b->todo))) {
		char uuid[48], type[] = "ext4";
		struct input in = { .type_id = INPUT_RESULT, .id = a->id };

		if (a->type_id == ACTION_PROBE) {
			(void)snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012zu", (size_t)a->id);
			in.type = type;
			in.uuid = uuid;
			b->n_probes++;
		}
		feed(b, &in);
		action_clear(a);
		g_free(a);
	}
}

int main(int argc, char *argv[])
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 10000;
	char mount[] = "mount", spec[] = "UUID=none", target[] = "/mnt";
	struct input goal = { .type_id = INPUT_GOAL, .id = 1, .kind = mount, .spec = spec, .target = target };
	struct input enumerated = { .type_id = INPUT_ENUMERATED, .count = n };
	struct bench b = { .plan = plan_new() };
	uint64_t start, inputs, first, later;

	actions_init(&b.actions);
	start = nsec();
	feed(&b, &goal);
	for (unsigned i = 0; i < n; i++)
		device(&b, i);
	feed(&b, &enumerated);
	carry_out(&b);
	first = nsec() - start;
	inputs = b.inputs;
	printf("%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " ", inputs, b.n_actions, b.n_probes, first / inputs);
	start = nsec();
	inputs = b.inputs;
	for (unsigned i = 0; i < n; i++) {
		device(&b, i);
		carry_out(&b);
	}
	later = nsec() - start;
	printf("%" PRIu64 "\n", later / (b.inputs - inputs));
	plan_free(b.plan);
	return 0;
}
