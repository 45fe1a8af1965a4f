/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core against a world in which anything happens in any order: devices come and go, the worker
 * answers what it likes, people answer late.  Two bytes are one event.  Whatever happened: action ids
 * are new, actions can be written and read again, and time that passes is time that is used (a deadline
 * that has been served is not due again at once).
 */
#include "fuzz.h"

#include "core/plan.h"

#define EVENTS_MAX 400
#define ACTIONS_MAX 500 /* of one step */

struct world {
	struct plan *plan;
	struct actions actions;
	uint64_t now, last_id, diskseq, goals;
	GArray *open;  /* uint64_t: effects that wait for their result */
	GArray *types; /* enum action_type, as open */
	GArray *asked; /* uint64_t: questions */
};

#define PV(n, c)                                                                                        \
	"pv" n " { id = \"" c c c c c c                                                                 \
	"-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa\" pe_start = 2048 pe_count = 9 } "
#define SEGMENT(rest) "segment1 { start_extent = 0 extent_count = 2 type = \"striped\" " rest " } "
#define LV(n, c, rest)                                                                                  \
	n " { id = \"" c c c c c c "-bbbb-bbbb-bbbb-bbbb-bbbb-bbbbbb\" "                                \
	  "status = [\"READ\", \"WRITE\", \"VISIBLE\"] " rest " } "
#define VG(seqno)                                                                                       \
	"contents = \"Text Format Volume Group\" version = 1 vg { "                                     \
	"id = \"vvvvvv-vvvv-vvvv-vvvv-vvvv-vvvv-vvvvvv\" seqno = " seqno " extent_size = 8 "            \
	"physical_volumes { " PV("0", "0") PV("1", "1") "} logical_volumes { " LV(                      \
		"root", "r", SEGMENT("stripe_count = 1 stripes = [\"pv0\", 0]"))                        \
		LV("wide", "w",                                                                         \
		   SEGMENT("stripe_count = 2 stripe_size = 8 stripes = [\"pv0\", 2, \"pv1\", 0]")) "} " \
												   "}"

static const char *const nodes[16] = {"sda",  "sdb",  "sdc",  "sdd",  "sde",  "sdf",  "sdg",   "sdh",
				      "sda1", "sda2", "sdb1", "sdc1", "dm-0", "dm-1", "md127", "md126"};

static const struct {
	const char *type, *uuid, *uuid_sub, *label, *roles, *vg, *text;
	int64_t role;
	uint64_t number, events;
} contents[16] = {
	{NULL},
	{"ext4", "e1", NULL, "root"},
	{"ext4", "e2", NULL, "root"},
	{"swap", "s1"},
	{"crypto_LUKS", "l1"},
	{"crypto_LUKS", "l2"},
	{"linux_raid_member", "r1", "m0", "box:r", "0 1", NULL, NULL, 0, 0, 10},
	{"linux_raid_member", "r1", "m1", "box:r", "0 1", NULL, NULL, 1, 1, 10},
	{"linux_raid_member", "r1", "m0", "box:r", "0 s", NULL, NULL, 0, 0, 12},
	{"linux_raid_member", "r1", "m1", "box:r", "s 1", NULL, NULL, 1, 1, 12},
	{"LVM2_member", "000000-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa", NULL, NULL, NULL, "vg", VG("1")},
	{"LVM2_member", "111111-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa", NULL, NULL, NULL, "vg", VG("1")},
	{"LVM2_member", "111111-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa", NULL, NULL, NULL, "vg", VG("2")},
	{"LVM2_member", "111111-aaaa-aaaa-aaaa-aaaa-aaaa-aaaaaa", NULL, NULL, NULL, "vg", "damaged {"},
	{"btrfs", "b1", "b1a", "data"},
	{"btrfs", "b1", "b1b", "data"},
};

static const char *const specs[8] = {"UUID=e1",	       "LABEL=root", "/dev/vg/root", "UUID=l1",
				     "/dev/mapper/c1", "/dev/sda1",  "UUID=s1",	     "/dev/md/r"};

static dev_t devnum(unsigned i)
{
	return i < 12 ? makedev(8, i) : i < 14 ? makedev(253, i - 12) : makedev(9, 127 - (i - 14));
}

static void collect(struct world *w)
{
	fuzz_check(w->actions.list->len <= ACTIONS_MAX);
	for (guint i = 0; i < w->actions.list->len; i++) {
		const struct action *a = g_ptr_array_index(w->actions.list, i);
		g_autoptr(GString) line = g_string_new(NULL);
		g_autofree char *name = action_name(a);
		struct action back = {0};

		action_encode(a, line);
		fuzz_check(name && action_decode(line->str, &back) == 0);
		action_clear(&back);
		if (a->type_id == ACTION_ASK)
			g_array_append_val(w->asked, a->id);
		if (!action_is_effect(a))
			continue;
		fuzz_check(a->id > w->last_id);
		w->last_id = a->id;
		g_array_append_val(w->open, a->id);
		g_array_append_val(w->types, a->type_id);
	}
}

static void step(struct world *w, struct input *in)
{
	plan_step(w->plan, in, w->now, &w->actions);
	collect(w);
	input_clear(in);
}

static void device(struct world *w, uint8_t arg)
{
	unsigned i = arg & 15;
	struct input in = {.type_id = INPUT_DEVICE};

	in.devnum = devnum(i);
	in.diskseq = arg & 16 ? ++w->diskseq : i + 1;
	in.node = g_strdup(nodes[i]);
	in.size = arg & 32 ? 0 : 1 << 20;
	if (i >= 8 && i < 12) {
		in.parent = devnum(i < 10 ? 0 : i - 9);
		in.partn = i < 10 ? i - 7 : 1;
	} else if (i == 12 || i == 13) {
		in.dm_name = g_strdup(i == 12 ? "vg-root" : "c1");
		in.dm_uuid = g_strdup(
			i == 12 ? "LVM-vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvrrrrrrbbbbbbbbbbbbbbbbbbbbbbbbbb"
				: "CRYPT-LUKS2-l1-c1");
		in.slaves = g_strdup(arg & 64 ? "8:0 8:1" : "9:127");
	} else if (i >= 14) {
		in.md_state = g_strdup(arg & 64 ? "read-auto" : "inactive");
		in.slaves = g_strdup("8:0 8:1");
	}
	step(w, &in);
}

static void probed(struct input *in, unsigned which)
{
	in->type = g_strdup(contents[which].type);
	in->uuid = g_strdup(contents[which].uuid);
	in->uuid_sub = g_strdup(contents[which].uuid_sub);
	in->deep = true;
	if (contents[which].roles) {
		in->version = g_strdup("1.2");
		in->md_name = g_strdup(contents[which].label);
		in->md_roles = g_strdup(contents[which].roles);
		in->md_level = 1;
		in->md_disks = 2;
		in->md_role = contents[which].role;
		in->md_number = contents[which].number;
		in->md_events = contents[which].events;
		in->md_flags = g_strdup("clean");
	} else {
		in->label = g_strdup(contents[which].label);
	}
	in->vg_name = g_strdup(contents[which].vg);
	in->lvm_metadata = g_strdup(contents[which].text);
}

/* The k-th effect that is under way ends; error 0: well, with content or device number `which`. */
static void result(struct world *w, unsigned k, int64_t error, unsigned which)
{
	struct input in = {.type_id = INPUT_RESULT};
	enum action_type type;

	if (w->open->len == 0)
		return;
	k %= w->open->len;
	in.id = g_array_index(w->open, uint64_t, k);
	type = g_array_index(w->types, enum action_type, k);
	g_array_remove_index(w->open, k);
	g_array_remove_index(w->types, k);
	in.error = error;
	if (error)
		in.text = g_strdup("it did not work");
	else if (type == ACTION_PROBE)
		probed(&in, which);
	else if (type == ACTION_MD_ASSEMBLE || type == ACTION_LUKS_OPEN || type == ACTION_DM_ACTIVATE) {
		in.devnum = devnum(12 + which % 4);
		in.node = g_strdup(nodes[12 + which % 4]);
	} else if (type == ACTION_FSCK) {
		in.status = which % 9;
	}
	step(w, &in);
}

static void timer(struct world *w, uint64_t usec)
{
	struct input in = {.type_id = INPUT_TIMER};

	w->now = usec_add(w->now, usec);
	step(w, &in);
	fuzz_check(plan_next_deadline(w->plan) > w->now);
}

static void goal(struct world *w, uint8_t arg)
{
	static const char *const kinds[] = {"mount", "device", "swap", "resume"};
	struct input in = {.type_id = INPUT_GOAL};

	if (w->goals >= 8)
		return;
	in.id = ++w->goals;
	in.kind = g_strdup(kinds[arg >> 3 & 3]);
	in.spec = g_strdup(specs[arg & 7]);
	in.target = g_strdup(arg & 32 ? "/sysroot" : "/sysroot/usr");
	in.fsck = g_strdup(arg & 64 ? "auto,yes" : "no,no");
	step(w, &in);
}

static void named(struct world *w, uint8_t arg)
{
	struct input in = {.type_id = arg & 1 ? INPUT_VOLUME : arg & 2 ? INPUT_ARRAY : INPUT_POLICY};

	if (in.type_id == INPUT_VOLUME) {
		in.name = g_strdup(arg & 4 ? "c1" : "c2");
		in.spec = g_strdup(specs[arg >> 3 & 7]);
		in.keyfile = arg & 64 ? g_strdup("/key") : NULL;
		in.tries = arg & 128 ? 3 : 0;
		in.header = arg & 128 ? g_strdup(arg & 64 ? "/h" : "/dev/sdb") : NULL;
		in.where = g_strdup(arg & 4 ? "command line" : "crypttab:1");
	} else if (in.type_id == INPUT_ARRAY) {
		in.uuid = g_strdup("r1");
		in.name = g_strdup("r");
		in.grace = arg & 4 ? UINT64_MAX : arg & 8 ? 1 : 0;
		in.flag = arg & 16;
	} else {
		in.key = g_strdup(arg & 4 ? "degraded" : arg & 8 ? "source" : "modules");
		in.value = g_strdup(arg & 16 ? "never" : arg & 32 ? "5s" : "udev");
	}
	step(w, &in);
}

static void other(struct world *w, uint8_t arg)
{
	static const enum input_type types[] = {INPUT_ANSWER,	 INPUT_SKIP,	 INPUT_MOUNTED,
						INPUT_UNMOUNTED, INPUT_OVERFLOW, INPUT_STOP,
						INPUT_CANCEL,	 INPUT_GONE};
	struct input in = {.type_id = types[arg & 7]};

	in.id = w->goals ? 1 + (arg >> 3) % w->goals : 0;
	if (in.type_id == INPUT_ANSWER || in.type_id == INPUT_SKIP) {
		if (w->asked->len == 0)
			return;
		in.id = g_array_index(w->asked, uint64_t, (arg >> 3) % w->asked->len);
		in.secret = in.type_id == INPUT_ANSWER ? 1 + (arg >> 5) : 0;
	} else if (in.type_id == INPUT_STOP) {
		in.flag = arg & 8;
		in.spec = arg & 16 ? g_strdup(specs[arg >> 5]) : NULL;
	}
	in.devnum = devnum(arg >> 3 & 15);
	in.diskseq = (arg >> 3 & 15) + 1;
	in.target = g_strdup("/sysroot");
	step(w, &in);
}

static void event(struct world *w, uint8_t what, uint8_t arg)
{
	static const int64_t errors[] = {-EIO,	  -EPERM, -ECANCELED, -ETIMEDOUT,
					 -ENODEV, -EBUSY, -EAGAIN,    -ENOMEM};
	struct input in = {.type_id = INPUT_ENUMERATED, .count = arg};

	switch (what & 7) {
	case 0:
	case 1:
		device(w, arg);
		break;
	case 2:
		result(w, what >> 3, 0, arg & 15);
		break;
	case 3:
		if (what & 128)
			result(w, arg >> 3, errors[arg & 7], 0);
		else
			result(w, what >> 3, 0, arg & 15);
		break;
	case 4:
		timer(w, UINT64_C(1) << (arg & 31));
		break;
	case 5:
		goal(w, arg);
		break;
	case 6:
		if (what & 8)
			step(w, &in);
		else
			named(w, arg);
		break;
	case 7:
		other(w, arg);
		break;
	default:
		break;
	}
}

/* In the end everything works and time passes: it has to come to rest. */
static void settle(struct world *w)
{
	for (unsigned i = 0; i < 2000; i++) {
		uint64_t next = plan_next_deadline(w->plan);

		if (w->open->len)
			result(w, 0, 0, i & 15);
		else if (next != USEC_NEVER && next < w->now + 3600 * USEC_PER_SEC)
			timer(w, next > w->now ? next - w->now : 0);
		else
			return;
	}
	fuzz_check(!"it comes to rest");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = {.plan = plan_new(), .now = 1000 * USEC_PER_SEC, .diskseq = 100};

	actions_init(&w.actions);
	w.open = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	w.types = g_array_new(FALSE, FALSE, sizeof(enum action_type));
	w.asked = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	for (size_t i = 0; i + 2 <= size && i < 2 * EVENTS_MAX; i += 2)
		event(&w, data[i], data[i + 1]);
	settle(&w);
	plan_free(w.plan);
	actions_free(&w.actions);
	g_array_free(w.open, TRUE);
	g_array_free(w.types, TRUE);
	g_array_free(w.asked, TRUE);
	return 0;
}
