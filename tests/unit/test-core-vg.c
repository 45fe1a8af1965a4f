/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups: which of them a name means, what of them is for others, and what many LVs cost. */
#include "test-core.h"

#include <time.h>

#define LVS 5000
#define GOALS 1000
#define CPU_MAX 20 /* seconds, sanitized on a busy machine; it took minutes when each LV asked each goal */

const struct row vg_rows[] = {
	{ "a goal that comes later is asked for, too",
	  "vg v pvs=a lvs=root:a,home:a; inside v/root ext4:x; inside v/home ext4:h; "
	  "device /dev/v/root; listed; add sda pv:v/a; device /dev/v/home; device /dev/mapper/v-root",
	  "dm-activate root; goal 1 done; dm-activate home; goal 2 done; goal 3 done" },
};
const size_t n_vg_rows = G_N_ELEMENTS(vg_rows);

static char *uuid_of(unsigned n)
{
	return g_strdup_printf("%06u-aaaa-bbbb-cccc-dddd-eeee-%06u", n, n);
}

static char *many_text(void)
{
	GString *s = g_string_new("contents = \"Text Format Volume Group\"\nversion = 1\nbig {\n");
	g_autofree char *vg = uuid_of(900001), *pv = uuid_of(900002);

	g_string_append_printf(s, "id = \"%s\"\nseqno = 3\nstatus = [\"READ\", \"WRITE\"]\nextent_size = 8192\n"
			       "physical_volumes {\npv0 {\nid = \"%s\"\npe_start = 2048\npe_count = 100000\n}\n}\n"
			       "logical_volumes {\n", vg, pv);
	for (unsigned i = 0; i < LVS; i++) {
		g_autofree char *id = uuid_of(i);

		g_string_append_printf(s, "v%u {\nid = \"%s\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nsegment1 {\n"
				       "start_extent = 0\nextent_count = 1\ntype = \"striped\"\nstripe_count = 1\n"
				       "stripes = [\"pv0\", %u]\n}\n}\n", i, id, i);
	}
	g_string_append(s, "}\n}\n");
	return g_string_free(s, FALSE);
}

static uint64_t feed(struct plan *p, struct input *in, struct actions *out, enum action_type wanted)
{
	static uint64_t now = 1000000;
	uint64_t id = 0;

	plan_step(p, in, now++, out);
	for (guint i = 0; i < out->list->len; i++) {
		const struct action *a = out->list->pdata[i];

		if (a->type_id == wanted)
			id = a->id;
	}
	return id;
}

static void feed_goals(struct plan *p, struct actions *out)
{
	for (unsigned i = 0; i < GOALS; i++) {
		g_autofree char *spec = g_strdup_printf("/dev/big/v%u", i);

		feed(p, &(struct input){ .type_id = INPUT_GOAL, .id = i + 1, .kind = (char *)"device", .spec = spec },
		     out, _ACTION_MAX);
	}
}

/* What the kernel says of the LVs once they are active. */
static void feed_volumes(struct plan *p, struct actions *out)
{
	g_autofree char *vg = uuid_of(900001);

	for (unsigned i = 0; i < GOALS; i++) {
		g_autofree char *lv = uuid_of(i), *node = g_strdup_printf("dm-%u", i);
		g_autofree char *name = g_strdup_printf("big-v%u", i), *both = g_strconcat("LVM-", vg, lv, NULL);
		char *to = both + 4;

		for (const char *c = both + 4; *c; c++)
			if (*c != '-')
				*to++ = *c;
		*to = '\0';
		feed(p, &(struct input){ .type_id = INPUT_DEVICE, .devnum = makedev(253, i), .node = node,
					 .size = 1 << 22, .dm_name = name, .dm_uuid = both, .slaves = (char *)"8:0" },
		     out, _ACTION_MAX);
	}
}

static void test_many(void)
{
	g_autofree char *text = many_text(), *pv = uuid_of(900002);
	struct plan *p = plan_new();
	clock_t start = clock();
	struct actions out;
	unsigned done = 0;
	uint64_t id;

	actions_init(&out);
	feed_goals(p, &out);
	id = feed(p, &(struct input){ .type_id = INPUT_DEVICE, .devnum = makedev(8, 0), .node = (char *)"sda",
				      .size = UINT64_C(1) << 40 }, &out, ACTION_PROBE);
	feed(p, &(struct input){ .type_id = INPUT_ENUMERATED, .count = 1 }, &out, _ACTION_MAX);
	id = feed(p, &(struct input){ .type_id = INPUT_RESULT, .id = id, .type = (char *)"LVM2_member", .uuid = pv,
				      .lvm_metadata = text }, &out, ACTION_DM_ACTIVATE);
	g_assert_cmpuint(id, !=, 0);
	feed(p, &(struct input){ .type_id = INPUT_RESULT, .id = id }, &out, _ACTION_MAX);
	feed_volumes(p, &out);
	for (guint i = 0; i < p->goals->len; i++)
		done += ((struct goal *)p->goals->pdata[i])->state == GOAL_DONE;
	g_assert_cmpuint(done, ==, GOALS);
	g_assert_cmpfloat((double)(clock() - start) / CLOCKS_PER_SEC, <, CPU_MAX);
	actions_free(&out);
	plan_free(p);
}

void vg_add(void)
{
	g_test_add_func("/core/vg/many", test_many);
}
