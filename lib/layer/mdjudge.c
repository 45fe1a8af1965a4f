/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which members of an array belong together, and whether they may be started: mdadm's and the kernel's
 * rules, by what the members know of each other.
 */
#include "layer/md.h"

bool md_flag(const struct input *info, const char *flag)
{
	g_auto(GStrv) flags = g_strsplit(info->md_flags ?: "", " ", -1);

	return g_strv_contains((const char *const *)flags, flag);
}

static void exclude(struct plan *p, struct assembly *a, struct member *m, unsigned number, const char *why)
{
	m->excluded = true;
	if (streq0(m->why, why))
		return;
	str_set(&m->why, why);
	plan_report(p, number, 4, m->dev->node, "left out of %s: %s", a->name ?: a->id, why);
}

/* What runs is the truth, whatever comes later.  Spares know nothing that counts. */
static bool fresher(const struct member *x, const struct member *y)
{
	bool xs = x->dev->info.md_role >= 0, ys = y->dev->info.md_role >= 0;

	if (xs != ys)
		return xs;
	if (x->added != y->added)
		return x->added;
	return x->dev->info.md_events > y->dev->info.md_events;
}

struct member *md_freshest(const struct assembly *a)
{
	struct member *best = NULL;

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (!best || fresher(m, best))
			best = m;
	}
	return best;
}

struct member *md_first(const struct assembly *a)
{
	struct member *first = NULL;

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (!m->excluded && m->dev->info.md_role != -2 && (!first || fresher(m, first)))
			first = m;
	}
	return first;
}

/* What `seen_by` has on record for the member with this number: "0", "s", "f", "j" or NULL. */
static char *role_on_record(const struct device *seen_by, uint64_t number)
{
	g_auto(GStrv) roles = g_strsplit(seen_by->info.md_roles ?: "", " ", -1);

	/* Behind the end of the list are spares only. */
	return g_strdup(number < g_strv_length(roles) ? roles[number] : "s");
}

static bool says_failed(const struct device *by, const struct device *of)
{
	g_autofree char *role = role_on_record(by, of->info.md_number);

	return role && of->info.md_role >= 0 && (streq0(role, "f") || streq0(role, "s"));
}

/* True: this one shows that there are two truths.  The kernel would not notice any of it. */
static bool judge_member(struct plan *p, struct assembly *a, struct member *m, const struct member *best)
{
	const struct input *info = &m->dev->info;
	bool by_best = says_failed(best->dev, m->dev), by_it = says_failed(m->dev, best->dev);

	if (info->md_role == -2) {
		exclude(p, a, m, MSG_MD_STALE, "it failed and was taken out of the array");
	} else if (info->md_role == -1) {
		return false; /* a spare has no content: its events do not matter */
	} else if (by_best && by_it) {
		exclude(p, a, m, MSG_MD_SPLIT, "both halves were written without each other");
		return !best->added;
	} else if (by_best || info->md_events + 1 < best->dev->info.md_events) {
		exclude(p, a, m, MSG_MD_STALE, "its content is older than the other members'");
	} else if (by_it) {
		exclude(p, a, m, MSG_MD_SPLIT, "it was written while it took the others for failed");
	} else if (best->added && info->md_events > best->dev->info.md_events + 1) {
		exclude(p, a, m, MSG_MD_NEWER, "it is newer than the members that the array was started from");
	} else if (info->md_role >= 0 && md_flag(info, "damaged")) {
		exclude(p, a, m, MSG_MD_BITMAP, "its write-intent bitmap is damaged, and the kernel starts none with it");
	}
	return false;
}

/* False: which half is right cannot be told from here. */
static bool judge_members(struct plan *p, struct assembly *a, const struct member *best)
{
	bool split = false;

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		m->excluded = false;
		if (!m->added && m != best)
			split |= judge_member(p, a, m, best);
	}
	return !split;
}

/* Of equals the kernel may start from any: one whose bitmap is sound, and so the damaged one is left out. */
static struct member *sound_one(const struct assembly *a, struct member *best)
{
	if (best->added || !md_flag(&best->dev->info, "damaged"))
		return best;
	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (m->dev->info.md_role >= 0 && m->dev->info.md_events + 1 >= best->dev->info.md_events &&
		    !md_flag(&m->dev->info, "damaged"))
			return m;
	}
	return best;
}

/* Said by explanations while it lasts: another member may still change it. */
static void refuse(struct plan *p, struct assembly *a, unsigned number, const char *why)
{
	struct md_data *data = md_data(a);

	a->startable = a->complete = false;
	str_set(&a->error, why);
	a->error_number = number;
	if ((number == MSG_MD_RESHAPE || number == MSG_MD_BITMAP) && !streq0(data->said, why)) {
		str_set(&data->said, why);
		plan_report(p, number, 3, a->name ?: a->id, "%s", why);
	}
}

static void refusal_forget(struct assembly *a)
{
	if (a->error_number != MSG_MD_DIRTY && a->error_number != MSG_MD_SPLIT && a->error_number != MSG_MD_RESHAPE &&
	    a->error_number != MSG_MD_BITMAP)
		return;
	g_clear_pointer(&a->error, g_free);
	a->error_number = 0;
}

static bool judge_duplicates(struct plan *p, struct assembly *a)
{
	bool clean = true;

	for (guint i = 0; i < a->members->len; i++)
		for (guint k = i + 1; k < a->members->len; k++) {
			struct member *x = a->members->pdata[i], *y = a->members->pdata[k];

			if (x->excluded || y->excluded || x->dev->info.md_number != y->dev->info.md_number)
				continue;
			if (!y->added)
				exclude(p, a, y, MSG_DUPLICATE, "another device is the same member");
			if (!x->added)
				exclude(p, a, x, MSG_DUPLICATE, "another device is the same member");
			clean = false;
		}
	return clean;
}

/* Distinct roles that the freshest member takes for active. */
static unsigned roles_expected(const struct device *best)
{
	g_auto(GStrv) roles = g_strsplit(best->info.md_roles ?: "", " ", -1);
	unsigned n = 0;

	for (char **r = roles; *r; r++)
		if (g_ascii_isdigit(**r))
			n++;
	return CLAMP(n, 1, best->info.md_disks);
}

bool md_role_present(const struct assembly *a, int64_t role)
{
	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];

		if (!m->excluded && m->dev->info.md_role == role)
			return true;
	}
	return false;
}

/* RAID10: each block has near * far copies on adjacent disks; sets of them begin at every near-th disk. */
static bool raid10_enough(const struct assembly *a, const struct input *info)
{
	uint64_t near = MAX(info->md_layout & 0xff, 1), copies = near * MAX(info->md_layout >> 8 & 0xff, 1);
	uint64_t first = 0;

	do {
		bool any = false;

		for (uint64_t i = 0; i < MIN(copies, info->md_disks) && !any; i++)
			any = md_role_present(a, (int64_t)((first + i) % info->md_disks));
		if (!any)
			return false;
		first = (first + near) % info->md_disks;
	} while (first);
	return true;
}

static bool enough(const struct assembly *a, const struct input *info, unsigned present)
{
	switch (info->md_level) {
	case 1:
		return present >= 1;
	case 4:
	case 5:
		return present + 1 >= info->md_disks;
	case 6:
		return present + 2 >= info->md_disks;
	case 10:
		return raid10_enough(a, info);
	default:
		return present >= info->md_disks;
	}
}

/* What was being written when it stopped cannot be worked out without all members, unless there is a log of it. */
static bool dirty_parity(const struct assembly *a, const struct input *info)
{
	if (info->md_level < 4 || info->md_level > 6 || md_flag(info, "clean"))
		return false;
	if (info->md_level == 5 && md_flag(info, "ppl"))
		return false;
	if (info->md_level == 4 && !md_role_present(a, (int64_t)info->md_disks - 1))
		return false; /* only the parity is missing */
	return !(md_flag(info, "journal") && md_role_present(a, -3));
}

bool md_ignored(const struct plan *p, const struct assembly *a)
{
	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];

		if (ap->ignore && array_policy_fits(ap, a))
			return true;
	}
	return false;
}

/* Reasons for which mdadm, too, would not start what could be started. */
static void judge_start(struct plan *p, struct assembly *a, const struct member *best, unsigned active, bool one_truth)
{
	const struct input *info = &best->dev->info;
	g_autofree char *command = NULL;

	if (!one_truth) {
		refuse(p, a, MSG_MD_SPLIT, "its halves were written without each other; take one away to choose");
	} else if (!best->added && md_flag(info, "damaged")) {
		refuse(p, a, MSG_MD_BITMAP, "the write-intent bitmap of its newest member is damaged");
	} else if (a->startable && md_flag(info, "critical")) {
		command = g_strdup_printf("its reshape was interrupted where only mdadm can go on, with the backup that it made: "
					  "mdadm --assemble --uuid=%s --backup-file=FILE /dev/md/%s", a->id,
					  a->name ?: a->id);
		refuse(p, a, MSG_MD_RESHAPE, command);
	} else if (a->startable && active < info->md_disks && dirty_parity(a, info)) {
		refuse(p, a, MSG_MD_DIRTY, "it is dirty and degraded: starting it could damage data");
	}
}

void md_evaluate(struct plan *p, struct assembly *a)
{
	struct member *best = md_freshest(a);
	unsigned active = 0;
	bool one_truth, journal;

	a->startable = a->complete = false;
	if (!best) {
		a->present = 0;
		return;
	}
	best = sound_one(a, best);
	md_name_it(p, a);
	refusal_forget(a);
	one_truth = judge_members(p, a, best);
	if (!judge_duplicates(p, a))
		best = sound_one(a, md_freshest(a));
	for (int64_t role = 0; role < (int64_t)best->dev->info.md_disks; role++)
		active += md_role_present(a, role);
	/* What it holds may not be in the array yet. */
	journal = md_flag(&best->dev->info, "journal");
	a->needed = roles_expected(best->dev) + journal;
	a->present = active + (journal && md_role_present(a, -3));
	a->startable = enough(a, &best->dev->info, active);
	a->complete = a->startable && a->present >= a->needed;
	if (md_ignored(p, a))
		a->startable = a->complete = false;
	if (!assembly_running(a))
		judge_start(p, a, best, active, one_truth);
	if (a->startable || a->complete)
		md_refuse_goals(p, a);
}
