/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the core needs when its devices are not plain: of ten disks two are an array, one is locked, two
 * are a volume group, one has a partition, and the rest are file systems.  TAP; limits are design.md's:
 * 20 µs an input with 10,000 devices, work that grows with them and no faster.
 */
#include "core/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LIMIT_NSEC 20000
#define LIMIT_RATIO 2.3
#define TRIES 5

struct bench {
	struct plan *plan;
	struct actions actions;
	GQueue todo; /* struct action: effects that have not been answered */
	uint64_t inputs, n_actions, nsec;
	unsigned devices, next_md, next_dm;
};

static uint64_t nsec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Only the step itself is timed. */
static void feed(struct bench *b, const struct input *in)
{
	uint64_t start = nsec();

	plan_step(b->plan, in, USEC_PER_SEC + ++b->inputs, &b->actions);
	b->nsec += nsec() - start;
	for (guint i = 0; i < b->actions.list->len; i++) {
		const struct action *a = b->actions.list->pdata[i];
		struct action *copy;

		if (!action_is_effect(a))
			continue;
		b->n_actions++;
		copy = g_new0(struct action, 1);
		action_copy(copy, a);
		g_queue_push_tail(&b->todo, copy);
	}
}

static void device(struct bench *b, dev_t devnum, const char *node, dev_t parent, const char *dm_name,
		   const char *dm_uuid, const char *slaves)
{
	struct input in = { .type_id = INPUT_DEVICE,
			    .devnum = devnum,
			    .node = (char *)node,
			    .size = 1 << 30,
			    .parent = parent,
			    .partn = parent ? 1 : 0,
			    .dm_name = (char *)dm_name,
			    .dm_uuid = (char *)dm_uuid,
			    .slaves = (char *)slaves };

	if (major(devnum) == 9)
		in.md_state = (char *)"active";
	b->devices++;
	feed(b, &in);
}

static char *vg_text(unsigned group)
{
	return g_strdup_printf(
		"contents = \"Text Format Volume Group\"\nversion = 1\nvg%u {\n"
		"id = \"%06u-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\"\nseqno = 1\nstatus = [\"READ\", "
		"\"WRITE\"]\nflags = []\n"
		"extent_size = 8192\nphysical_volumes {\npv0 {\nid = "
		"\"%06u-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbb0\"\n"
		"flags = []\ndev_size = 2097152\npe_start = 2048\npe_count = 255\n}\npv1 {\n"
		"id = \"%06u-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbb1\"\nflags = []\ndev_size = "
		"2097152\npe_start = 2048\n"
		"pe_count = 255\n}\n}\nlogical_volumes {\nlv {\nid = "
		"\"%06u-cccc-cccc-cccc-cccc-cccc-cccccc\"\n"
		"status = [\"READ\", \"WRITE\", \"VISIBLE\"]\nflags = []\nsegment_count = 1\nsegment1 "
		"{\n"
		"start_extent = 0\nextent_count = 8\ntype = \"striped\"\nstripe_count = 1\nstripes = "
		"[\"pv0\", 0]\n}\n}\n}\n}\n",
		group, group, group, group, group);
}

static void probed(struct bench *b, const struct action *a)
{
	unsigned n = minor(a->devnum), group = n / 10, place = n % 10;
	g_autofree char *uuid = NULL, *sub = NULL, *text = NULL;
	struct input in = { .type_id = INPUT_RESULT, .id = a->id };

	if (major(a->devnum) != 259) {
		place = 9; /* what is in an array, LV or partition */
		group = minor(a->devnum) + major(a->devnum) * 100000;
	}
	if (place < 2) {
		in.type = (char *)"linux_raid_member";
		in.version = (char *)"1.2";
		in.md_level = 1;
		in.md_disks = 2;
		in.md_role = (int64_t)place;
		in.md_number = place;
		in.md_roles = (char *)"0 1";
		in.md_events = 3;
		in.md_size = 2000000;
		uuid = g_strdup_printf("%08u:00000000:00000000:00000000", group);
		sub = g_strdup_printf("%u.%u", group, place);
	} else if (place == 2) {
		in.type = (char *)"crypto_LUKS";
		uuid = g_strdup_printf("%08u-0000-4000-8000-000000000002", group);
	} else if (place < 5) {
		in.type = (char *)"LVM2_member";
		uuid = g_strdup_printf("%06u-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbb%u", group, place - 3);
		in.lvm_metadata = text = vg_text(group);
	} else if (place != 5) {
		in.type = (char *)"ext4";
		uuid = g_strdup_printf("%08u-0000-4000-8000-00000000000%u", group, place);
	}
	in.uuid = uuid;
	in.uuid_sub = sub;
	feed(b, &in);
}

static void carry_out(struct bench *b)
{
	struct action *a;

	while ((a = g_queue_pop_head(&b->todo))) {
		struct input in = { .type_id = INPUT_RESULT, .id = a->id };
		g_autofree char *node = NULL, *slaves = NULL, *name = NULL, *uuid = NULL;

		if (a->type_id == ACTION_PROBE) {
			probed(b, a);
		} else if (a->type_id == ACTION_MD_ASSEMBLE) {
			node = g_strdup_printf("md%u", b->next_md);
			slaves = g_strndup(a->members, strcspn(a->members, " "));
			in.devnum = makedev(9, b->next_md++);
			device(b, in.devnum, node, 0, NULL, NULL, slaves);
			feed(b, &in);
		} else if (a->type_id == ACTION_DM_ACTIVATE) {
			g_auto(GStrv) words = g_strsplit(a->text, " ", 4);

			node = g_strdup_printf("dm-%u", b->next_dm);
			device(b, makedev(254, b->next_dm++), node, 0, words[1], words[2], "259:3");
			feed(b, &in);
		} else {
			feed(b, &in);
		}
		action_clear(a);
		g_free(a);
	}
}

/* n disks that come while others are read, then each of them is told again. */
static struct bench *run(unsigned n)
{
	struct input goal = { .type_id = INPUT_GOAL,
			      .id = 1,
			      .kind = (char *)"mount",
			      .spec = (char *)"UUID=none",
			      .target = (char *)"/mnt" };
	struct input enumerated = { .type_id = INPUT_ENUMERATED, .count = n };
	struct bench *b = g_new0(struct bench, 1);

	b->plan = plan_new();
	actions_init(&b->actions);
	feed(b, &goal);
	for (unsigned i = 0; i < n; i++) {
		g_autofree char *node = g_strdup_printf("vd%u", i),
				*part = g_strdup_printf("vd%up1", i);

		device(b, makedev(259, i), node, 0, NULL, NULL, NULL);
		if (i % 10 == 5)
			device(b, makedev(260, i), part, makedev(259, i), NULL, NULL, NULL);
	}
	feed(b, &enumerated);
	carry_out(b);
	for (unsigned i = 0; i < n; i++) {
		g_autofree char *node = g_strdup_printf("vd%u", i);

		device(b, makedev(259, i), node, 0, NULL, NULL, NULL);
		b->devices--;
		carry_out(b);
	}
	return b;
}

static struct bench *bench_free(struct bench *b)
{
	plan_free(b->plan);
	actions_free(&b->actions);
	g_free(b);
	return NULL;
}

int main(int argc, char *argv[])
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1])
			      : 8000; /* disks; what is made of them comes to them */
	uint64_t per_input = UINT64_MAX, actions = 0, devices = 0;
	double ratio = 1000;
	bool fine[3];

	for (unsigned i = 0; i < TRIES && (per_input > LIMIT_NSEC || ratio > LIMIT_RATIO); i++) {
		struct bench *half = run(n / 2), *whole = run(n);

		per_input = MIN(per_input, whole->nsec / whole->inputs);
		ratio = MIN(ratio, (double)whole->nsec / (double)half->nsec);
		actions = whole->n_actions;
		devices = whole->devices;
		half = bench_free(half);
		whole = bench_free(whole);
	}
	fine[0] = per_input <= LIMIT_NSEC;
	fine[1] = ratio <= LIMIT_RATIO;
	fine[2] = actions <= 4 * devices; /* probes and links of each, and what is made of it */
	printf("1..3\n%s 1 - mixed: %" PRIu64 " devices, %" PRIu64 " ns an input, limit %u\n",
	       fine[0] ? "ok" : "not ok", devices, per_input, LIMIT_NSEC);
	printf("%s 2 - mixed: twice as many take %.2f times as long, limit %.1f\n",
	       fine[1] ? "ok" : "not ok", ratio, LIMIT_RATIO);
	printf("%s 3 - mixed: %" PRIu64 " effects for %" PRIu64 " devices\n", fine[2] ? "ok" : "not ok",
	       actions, devices);
	return !(fine[0] && fine[1] && fine[2]);
}
