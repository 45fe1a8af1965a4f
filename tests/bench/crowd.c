/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crowd.h"

#include "core/plan.h"

#include <time.h>

struct world {
	enum crowd kind;
	unsigned n;
	struct plan *plan;
	struct actions actions;
	GQueue todo; /* struct action: effects that have not been answered */
	unsigned next_dm, next_md;
	struct crowd_result result;
};

const char *const crowd_names[_CROWD_MAX] = {
	[CROWD_UUID] = "uuid",	   [CROWD_PATH] = "path",	[CROWD_NESTED] = "nested",
	[CROWD_LATE] = "late",	   [CROWD_LVS] = "lvs",		[CROWD_ONE_LV] = "one-lv",
	[CROWD_ARRAYS] = "arrays", [CROWD_LOCKED] = "locked",
};

static uint64_t nsec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static void least(void *data, const struct deadline *d)
{
	uint64_t *min = data;

	*min = MIN(*min, d->until);
}

static void check(const struct plan *p)
{
	uint64_t min = USEC_NEVER;
	unsigned unmet = 0, open = 0;

	deadlines_each(p, least, &min);
	for (guint i = 0; i < p->goals->len; i++) {
		const struct goal *g = p->goals->pdata[i];

		unmet += goal_unmet(g);
		open += goal_unmet(g) && !g->dev;
	}
	g_assert_cmpuint(plan_next_deadline(p), ==, min);
	g_assert_cmpuint(p->n_unmet, ==, unmet);
	g_assert_cmpuint(p->n_open + p->n_open_resume, ==, open);
	g_assert_cmpuint(p->explain_soon.length + p->explain_later.length, ==, unmet);
	g_assert_cmpuint(p->queued[LANE_QUICK].length + p->queued[LANE_SLOW].length + p->in_hand.length, ==,
			 g_hash_table_size(p->requests));
}

/* What the loop does with each input, too: the timer is armed, and whether it is all done is asked. */
static void feed(struct world *w, const struct input *in)
{
	uint64_t start = nsec();

	plan_step(w->plan, in, USEC_PER_SEC + ++w->result.inputs, &w->actions);
	(void)plan_next_deadline(w->plan);
	(void)plan_settled(w->plan);
	w->result.nsec += nsec() - start;
	w->result.actions += w->actions.list->len;
	if (w->n <= CROWD_CHECKED)
		check(w->plan);
	for (guint i = 0; i < w->actions.list->len; i++) {
		const struct action *a = w->actions.list->pdata[i];
		struct action *copy;

		if (!action_is_effect(a) && a->type_id != ACTION_ASK)
			continue;
		copy = g_new0(struct action, 1);
		action_copy(copy, a);
		g_queue_push_tail(&w->todo, copy);
	}
}

static void policy(struct world *w, const char *key, const char *value)
{
	struct input in = { .type_id = INPUT_POLICY, .key = (char *)key, .value = (char *)value };

	feed(w, &in);
}

static unsigned disks(const struct world *w)
{
	switch (w->kind) {
	case CROWD_LVS:
	case CROWD_ONE_LV:
		return 1;
	case CROWD_ARRAYS:
		return 2 * w->n;
	case CROWD_UUID:
	case CROWD_PATH:
	case CROWD_NESTED:
	case CROWD_LATE:
	case CROWD_LOCKED:
	case _CROWD_MAX:
		break;
	}
	return w->n;
}

static char *uuid_of(unsigned i)
{
	return g_strdup_printf("00000000-0000-4000-8000-%012u", i);
}

static void goal(struct world *w, unsigned i, const char *kind, const char *spec, const char *target)
{
	struct input in = { .type_id = INPUT_GOAL, .id = i + 1, .kind = (char *)kind, .spec = (char *)spec,
			    .target = (char *)target, .options = (char *)"defaults,noatime" };

	feed(w, &in);
}

static void volume(struct world *w, unsigned i)
{
	g_autofree char *uuid = uuid_of(i), *spec = g_strconcat("UUID=", uuid, NULL),
			*name = g_strdup_printf("c%u", i);
	struct input in = { .type_id = INPUT_VOLUME, .name = name, .spec = spec, .where = (char *)"crypttab" };

	feed(w, &in);
}

static void wish(struct world *w, unsigned i, GString *deep)
{
	g_autofree char *uuid = uuid_of(w->kind == CROWD_ARRAYS ? 1000000 + i : i), *spec = NULL, *target = NULL;

	target = g_strdup_printf("/mnt/%u/%u", i % 100, i);
	switch (w->kind) {
	case CROWD_PATH:
		spec = g_strdup_printf("/dev/vd%u", i);
		break;
	case CROWD_NESTED:
		spec = g_strconcat("UUID=", uuid, NULL);
		g_string_append(deep, "/a");
		break;
	case CROWD_LVS:
		spec = g_strdup_printf("/dev/vg/v%u", i);
		goal(w, i, "device", spec, NULL);
		return;
	case CROWD_LOCKED:
		volume(w, i);
		spec = g_strdup_printf("/dev/mapper/c%u", i);
		break;
	case CROWD_UUID:
	case CROWD_LATE:
	case CROWD_ONE_LV:
	case CROWD_ARRAYS:
	case _CROWD_MAX:
		spec = g_strconcat("UUID=", uuid, NULL);
	}
	if (w->kind != CROWD_ONE_LV || i == w->n / 2)
		goal(w, i, "mount", spec, w->kind == CROWD_NESTED ? deep->str : target);
}

static void device(struct world *w, dev_t devnum, const char *node, const char *dm_name, const char *dm_uuid,
		   const char *slaves)
{
	struct input in = { .type_id = INPUT_DEVICE,
			    .devnum = devnum,
			    .node = (char *)node,
			    .size = 1 << 30,
			    .dm_name = (char *)dm_name,
			    .dm_uuid = (char *)dm_uuid,
			    .slaves = (char *)slaves };

	if (major(devnum) == 9)
		in.md_state = (char *)"active";
	feed(w, &in);
}

static void disk(struct world *w, unsigned i)
{
	g_autofree char *node = g_strdup_printf("vd%u", i);

	device(w, makedev(259, i), node, NULL, NULL, NULL);
}

static char *vg_text(unsigned n)
{
	GString *s = g_string_new("contents = \"Text Format Volume Group\"\nversion = 1\nvg {\n"
				  "id = \"aaaaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\"\nseqno = 1\n"
				  "status = [\"READ\", \"WRITE\"]\nextent_size = 8192\nphysical_volumes {\npv0 {\n"
				  "id = \"bbbbbb-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbbb\"\ndev_size = 99999999\n"
				  "pe_start = 2048\npe_count = 1000000\n}\n}\nlogical_volumes {\n");

	for (unsigned i = 0; i < n; i++)
		g_string_append_printf(s,
				       "v%u {\nid = \"%06u-cccc-cccc-cccc-cccc-cccc-cccccc\"\n"
				       "status = [\"READ\", \"WRITE\", \"VISIBLE\"]\nsegment_count = 1\nsegment1 {\n"
				       "start_extent = 0\nextent_count = 1\ntype = \"striped\"\nstripe_count = 1\n"
				       "stripes = [\"pv0\", %u]\n}\n}\n", i, i, i);
	g_string_append(s, "}\n}\n");
	return g_string_free(s, FALSE);
}

static void probed(struct world *w, const struct action *a)
{
	unsigned i = minor(a->devnum);
	g_autofree char *uuid = NULL, *sub = NULL, *text = NULL;
	struct input in = { .type_id = INPUT_RESULT, .id = a->id, .type = (char *)"ext4" };

	if (major(a->devnum) != 259) {
		uuid = uuid_of(w->kind == CROWD_ARRAYS ? 1000000 + i : w->kind == CROWD_LOCKED ? 2000000 + i : i);
	} else if (w->kind == CROWD_LVS || w->kind == CROWD_ONE_LV) {
		in.type = (char *)"LVM2_member";
		uuid = g_strdup("bbbbbb-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbbb");
		in.lvm_metadata = text = vg_text(w->n);
	} else if (w->kind == CROWD_LOCKED) {
		in.type = (char *)"crypto_LUKS";
		uuid = uuid_of(i);
	} else if (w->kind == CROWD_ARRAYS) {
		in.type = (char *)"linux_raid_member";
		in.version = (char *)"1.2";
		in.md_level = 1;
		in.md_disks = 2;
		in.md_role = in.md_number = i % 2;
		in.md_roles = (char *)"0 1";
		in.md_events = 3;
		in.md_size = 2000000;
		uuid = g_strdup_printf("%08u:00000000:00000000:00000000", i / 2);
		sub = g_strdup_printf("%u.%u", i / 2, i % 2);
	} else {
		uuid = uuid_of(i);
	}
	in.uuid = uuid;
	in.uuid_sub = sub;
	feed(w, &in);
}

static void result(struct world *w, const struct action *a, dev_t devnum)
{
	struct input in = { .type_id = INPUT_RESULT, .id = a->id, .devnum = devnum };

	feed(w, &in);
}

/* Each device of the transaction comes before its end, as the kernel tells. */
static void activated(struct world *w, const struct action *a)
{
	g_auto(GStrv) lines = g_strsplit(a->text, "\n", -1);

	for (char **l = lines; *l; l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", 4);
		g_autofree char *node = g_strdup_printf("dm-%u", w->next_dm);

		if (g_strv_length(words) > 2 && g_str_has_prefix(words[2], "LVM-"))
			device(w, makedev(254, w->next_dm++), node, words[1], words[2], "259:0");
	}
	result(w, a, 0);
}

static void unlocked(struct world *w, const struct action *a)
{
	g_autofree char *node = g_strdup_printf("dm-%u", w->next_dm), *uuid = NULL, *slaves = NULL;

	uuid = g_strdup_printf("CRYPT-LUKS2-%s-%s", a->uuid, a->name);
	for (char *c = uuid, *to = uuid; (*to = *c); c++)
		to += *c != '-' || c < uuid + 12 || c >= uuid + 12 + 36;
	slaves = g_strdup_printf("%u:%u", major(a->devnum), minor(a->devnum));
	device(w, makedev(254, w->next_dm), node, a->name, uuid, slaves);
	result(w, a, makedev(254, w->next_dm++));
}

static void assembled(struct world *w, const struct action *a)
{
	g_autofree char *node = g_strdup_printf("md%u", w->next_md);
	g_auto(GStrv) lines = g_strsplit(a->members, "\n", -1);
	g_autoptr(GString) slaves = g_string_new(NULL);

	for (char **l = lines; *l; l++)
		g_string_append_printf(slaves, "%s%.*s", slaves->len ? " " : "", (int)strcspn(*l, " "), *l);
	device(w, makedev(9, w->next_md), node, NULL, NULL, slaves->str);
	result(w, a, makedev(9, w->next_md++));
}

static void carry_out(struct world *w)
{
	struct action *a;

	while ((a = g_queue_pop_head(&w->todo))) {
		struct input answer = { .type_id = INPUT_ANSWER, .id = a->id, .secret = 1 };

		if (a->type_id == ACTION_PROBE)
			probed(w, a);
		else if (a->type_id == ACTION_DM_ACTIVATE)
			activated(w, a);
		else if (a->type_id == ACTION_MD_ASSEMBLE)
			assembled(w, a);
		else if (a->type_id == ACTION_LUKS_OPEN)
			unlocked(w, a);
		else if (a->type_id == ACTION_ASK)
			feed(w, &answer);
		else
			result(w, a, 0);
		action_clear(a);
		g_free(a);
	}
}

static void count(struct world *w)
{
	for (guint i = 0; i < w->plan->goals->len; i++) {
		const struct goal *g = w->plan->goals->pdata[i];

		w->result.done += g->state == GOAL_DONE;
		w->result.unmet += goal_unmet(g);
	}
}

struct crowd_result crowd_run(enum crowd kind, unsigned n)
{
	struct world w = { .kind = kind, .n = n, .plan = plan_new() };
	struct input enumerated = { .type_id = INPUT_ENUMERATED, .count = n };
	g_autoptr(GString) deep = g_string_new(NULL);

	actions_init(&w.actions);
	policy(&w, "source", "kernel");
	policy(&w, "modules", "1");
	for (unsigned i = 0; i < n; i++)
		wish(&w, i, deep);
	for (unsigned i = kind == CROWD_LATE ? n / 2 : 0; i < disks(&w); i++)
		disk(&w, i);
	feed(&w, &enumerated);
	carry_out(&w);
	count(&w);
	plan_free(w.plan);
	actions_free(&w.actions);
	return w.result;
}

uint64_t crowd_nsec(enum crowd kind, unsigned n, unsigned tries)
{
	uint64_t least = UINT64_MAX;

	for (unsigned i = 0; i < tries; i++)
		least = MIN(least, crowd_run(kind, n).nsec);
	return least;
}
