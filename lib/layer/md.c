/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Linux software RAID.  Members carry the array's UUID, an event count, and what they know of each
 * other's roles; from that alone it is decided who belongs, what is complete and what may start.
 */
#include "layer/layer.h"

#define MD_TIMEOUT (60 * USEC_PER_SEC)

static const char *const claims[] = { "linux_raid_member", NULL };

static char *md_identify(struct plan *p, struct device *d)
{
	return d->info.md_disks ? g_strdup(d->info.uuid) : NULL;
}

static const char *md_word(int64_t level)
{
	switch (level) {
	case -1:
		return "linear";
	case 0:
		return "raid0";
	case 1:
		return "raid1";
	case 4:
	case 5:
	case 6:
		return "raid456";
	case 10:
		return "raid10";
	default:
		return NULL;
	}
}

static void exclude(struct plan *p, struct assembly *a, struct member *m, unsigned number, const char *why)
{
	m->excluded = true;
	if (streq0(m->why, why))
		return;
	str_set(&m->why, why);
	plan_report(p, number, 4, m->dev->node, "left out of %s: %s", a->name ?: a->id, why);
}

/* What runs is the truth, whatever comes later. */
static struct member *freshest(const struct assembly *a)
{
	struct member *best = NULL;

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (!best || m->added > best->added ||
		    (m->added == best->added && m->dev->info.md_events > best->dev->info.md_events))
			best = m;
	}
	return best;
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

/*
 * Stale members and halves that went separate ways must not be joined: the kernel would not notice.
 * False: which half is right cannot be told from here.
 */
static bool judge_members(struct plan *p, struct assembly *a, const struct member *best)
{
	bool split = false;

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];
		const struct input *info = &m->dev->info;

		if (m->added || m == best) {
			m->excluded = false;
			continue;
		}
		m->excluded = false;
		if (info->md_role == -2)
			exclude(p, a, m, MSG_MD_STALE, "it failed and was taken out of the array");
		else if (says_failed(best->dev, m->dev) && says_failed(m->dev, best->dev)) {
			exclude(p, a, m, MSG_MD_SPLIT, "both halves were written without each other");
			split |= !best->added;
		} else if (says_failed(best->dev, m->dev) || info->md_events + 1 < best->dev->info.md_events)
			exclude(p, a, m, MSG_MD_STALE, "its content is older than the other members'");
		else if (says_failed(m->dev, best->dev))
			exclude(p, a, m, MSG_MD_SPLIT, "it was written while it took the others for failed");
		else if (best->added && info->md_events > best->dev->info.md_events + 1)
			exclude(p, a, m, MSG_MD_STALE, "the array was started from older members than it");
	}
	return !split;
}

/* Said by explanations while it lasts: another member may still change it. */
static void refuse(struct assembly *a, unsigned number, const char *why)
{
	a->startable = a->complete = false;
	str_set(&a->error, why);
	a->error_number = number;
}

static void refusal_forget(struct assembly *a)
{
	if (a->error_number != MSG_MD_DIRTY && a->error_number != MSG_MD_SPLIT)
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

static bool role_present(const struct assembly *a, int64_t role)
{
	for (guint i = 0; i < a->members->len; i++) {
		const struct member *m = a->members->pdata[i];

		if (!m->excluded && m->dev->info.md_role == role)
			return true;
	}
	return false;
}

/* RAID10: with n disks and near*far copies, some run of adjacent disks would lose all copies. */
static bool raid10_enough(const struct assembly *a, const struct input *info)
{
	uint64_t copies = MAX((info->md_layout & 0xff) * (info->md_layout >> 8 & 0xff), 1);

	for (uint64_t first = 0; first < info->md_disks; first++) {
		bool any = false;

		for (uint64_t i = 0; i < copies; i++)
			any |= role_present(a, (int64_t)((first + i) % info->md_disks));
		if (!any)
			return false;
	}
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

static void name_it(struct plan *p, struct assembly *a, const struct input *info)
{
	const char *colon = info->md_name ? strchr(info->md_name, ':') : NULL;
	const char *name = colon ? colon + 1 : info->md_name;

	if (a->name)
		return;
	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];

		if (ap->name && array_policy_fits(ap, a))
			name = ap->name;
	}
	if (name && g_str_has_prefix(name, "/dev/md/"))
		name += strlen("/dev/md/");
	a->name = link_component(str_empty(name) ? a->id : name);
}

static bool dirty_parity(const struct input *info)
{
	return info->md_level >= 4 && info->md_level <= 6 && !strstr(info->md_flags ?: "", "clean") &&
	       !strstr(info->md_flags ?: "", "journal");
}

static bool ignored(const struct plan *p, const struct assembly *a)
{
	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];

		if (ap->ignore && array_policy_fits(ap, a))
			return true;
	}
	return false;
}

static void md_evaluate(struct plan *p, struct assembly *a)
{
	struct member *best = freshest(a);
	unsigned present = 0;
	bool one_truth;

	a->startable = a->complete = false;
	if (!best) {
		a->present = 0;
		return;
	}
	name_it(p, a, &best->dev->info);
	refusal_forget(a);
	one_truth = judge_members(p, a, best);
	if (!judge_duplicates(p, a))
		best = freshest(a);
	for (int64_t role = 0; role < (int64_t)best->dev->info.md_disks; role++)
		present += role_present(a, role);
	a->needed = roles_expected(best->dev);
	a->present = present;
	a->complete = present >= a->needed && enough(a, &best->dev->info, present);
	a->startable = enough(a, &best->dev->info, present);
	if (ignored(p, a))
		a->startable = a->complete = false;
	if (assembly_running(a))
		return;
	if (!one_truth)
		refuse(a, MSG_MD_SPLIT, "its halves were written without each other; take one away to choose");
	else if (a->startable && present < best->dev->info.md_disks && dirty_parity(&best->dev->info))
		refuse(a, MSG_MD_DIRTY, "it is dirty and degraded: starting it could damage data");
}

static char *md_modules(struct plan *p, struct assembly *a)
{
	const struct member *m = a->members->len ? a->members->pdata[0] : NULL;
	const char *word = m ? md_word(m->dev->info.md_level) : NULL;

	return g_strdup_printf("md_mod%s%s", word ? " " : "", word ?: "");
}

/* "md0" of mdadm.conf's /dev/md0, and "0": the array is to have this number.  NULL: none is asked for. */
static const char *number_of(const char *name)
{
	const char *digits = name + (g_str_has_prefix(name, "md") ? 2 : 0);

	return *digits && !digits[strspn(digits, "0123456789")] ? digits : NULL;
}

static void member_line(GString *s, const struct device *d)
{
	g_string_append_printf(s, "%s%u:%u %" PRIu64 " %" PRId64, s->len ? "\n" : "", major(d->devnum),
			       minor(d->devnum), d->info.md_number, d->info.md_role);
}

static void md_start(struct plan *p, struct assembly *a, bool with_missing)
{
	struct action *act = assembly_request(p, a, ACTION_MD_ASSEMBLE, MD_TIMEOUT);
	struct member *best = freshest(a);
	GString *lines = g_string_new(NULL);

	member_line(lines, best->dev);
	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (m != best && !m->excluded && m->dev->info.md_role != -2)
			member_line(lines, m->dev);
	}
	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		m->added = !m->excluded && m->dev->info.md_role != -2;
	}
	act->uuid = g_strdup(a->id);
	act->name = g_strdup(number_of(a->name) ?: a->name);
	act->version = g_strdup(best->dev->info.version);
	act->members = g_string_free(lines, FALSE);
	act->flag = with_missing;
}

static void md_started(struct plan *p, struct assembly *a, const struct input *in)
{
	if (in->error < 0) {
		for (guint i = 0; i < a->members->len; i++)
			((struct member *)a->members->pdata[i])->added = false;
		assembly_fail(p, a, MSG_MD_FAILED, "the kernel refused it: %s", in->text ?: g_strerror((int)-in->error));
		return;
	}
	a->ours = true;
	assembly_set_state(p, a, a->with_missing ? ASSEMBLY_DEGRADED : ASSEMBLY_ACTIVE);
	if (a->with_missing)
		plan_report(p, MSG_MD_DEGRADED, 4, a->name, "started with %u of %u members", a->present, a->needed);
	outputs_made(p, a, in->devnum);
	assembly_touch(p, a);
}

static void md_stop(struct plan *p, struct assembly *a)
{
	const struct device *d = assembly_device(a);
	struct action *act = assembly_request(p, a, ACTION_MD_STOP, MD_TIMEOUT);

	act->node = g_strdup(d->node);
	act->devnum = d->devnum;
	act->uuid = g_strdup(a->id);
}

static void md_stopped(struct plan *p, struct assembly *a, const struct input *in)
{
	if (in->error < 0) { /* somebody else took to it */
		plan_report(p, MSG_STOP_FAILED, 4, a->name, "%s", in->text ?: g_strerror((int)-in->error));
		return;
	}
	if (a->request)
		return; /* its device was gone before the answer came, and it is started again already */
	a->ours = false;
	for (guint i = 0; i < a->members->len; i++)
		((struct member *)a->members->pdata[i])->added = false;
	assembly_set_state(p, a, ASSEMBLY_WAITING);
	assembly_touch(p, a);
}

static void md_late_result(struct plan *p, struct assembly *a, const struct request *r, const struct input *in)
{
	const struct device *late = graph_find(p, r->devnum);
	const struct device *d = assembly_device(a);
	const char *array = d ? d->node : a->name;

	for (guint i = 0; in->error < 0 && i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (m->dev->devnum == r->devnum) {
			m->added = false;
			m->refused = true; /* not tried again until it comes anew */
		}
	}
	if (in->error < 0)
		plan_report(p, MSG_MD_LATE, 4, a->name,
			    "the late member /dev/%s was not taken back: %s; mdadm /dev/%s --add /dev/%s rebuilds onto it",
			    late ? late->node : "?", in->text ?: g_strerror((int)-in->error), array,
			    late ? late->node : "?");
	else
		plan_report(p, MSG_MD_LATE, 6, a->name, "the late member /dev/%s was taken back",
			    late ? late->node : "?");
	assembly_touch(p, a);
}

static void md_finished(struct plan *p, struct assembly *a, const struct request *r, const struct input *in)
{
	if (r->type == ACTION_MD_ASSEMBLE)
		md_started(p, a, in);
	else if (r->type == ACTION_MD_STOP)
		md_stopped(p, a, in);
	else if (r->type == ACTION_MD_ADD)
		md_late_result(p, a, r, in);
}

/* The kernel has it already: others have started the array, and it was seen before its members. */
static bool lies_on(const struct device *d, const struct device *member)
{
	g_autofree char *number = g_strdup_printf("%u:%u", major(member->devnum), minor(member->devnum));
	g_auto(GStrv) slaves = g_strsplit(d->slaves ?: "", " ", -1);

	return g_strv_contains((const char *const *)slaves, number);
}

/* A member that came after the start is taken back, one at a time. */
static void md_running(struct plan *p, struct assembly *a)
{
	const struct device *d = assembly_device(a);
	unsigned active = 0;

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i];

		if (d && a->adopted && !m->excluded && lies_on(d, m->dev))
			m->added = true;
		active += m->added && m->dev->info.md_role >= 0;
	}
	if (a->state == ASSEMBLY_DEGRADED && active >= a->needed && !a->request)
		assembly_set_state(p, a, ASSEMBLY_ACTIVE);
	for (guint i = 0; i < a->members->len && !a->request && d; i++) {
		struct member *m = a->members->pdata[i];
		struct request *r;
		struct action *act;
		GString *line;

		if (m->added || m->excluded || m->refused)
			continue;
		m->added = true;
		line = g_string_new(NULL);
		member_line(line, m->dev);
		act = assembly_request(p, a, ACTION_MD_ADD, MD_TIMEOUT);
		r = g_hash_table_lookup(p->requests, &act->id);
		r->devnum = m->dev->devnum;
		act->node = g_strdup(d->node);
		act->uuid = g_strdup(a->id);
		act->name = g_strdup(m->dev->node);
		act->members = g_string_free(line, FALSE);
	}
}

static void md_missing(const struct plan *p, const struct assembly *a, GPtrArray *waits)
{
	const struct member *best = freshest(a);
	const struct assembly *holder = a->startable && !a->degraded_at ? assembly_holding(p, a) : NULL;

	if (!best)
		return;
	if (a->error && !a->startable) {
		wait_add(waits, "member", a->since, 0, g_strdup_printf("md %s", a->name),
			 g_strdup_printf("SACT-%03u %s", a->error_number, a->error));
		return;
	}
	for (int64_t role = 0; role < (int64_t)best->dev->info.md_disks; role++) {
		if (role_present(a, role))
			continue;
		wait_add(waits, "member", a->since, a->degraded_at,
			 g_strdup_printf("member %" PRId64 " of md %s", role, a->name),
			 holder ? g_strdup_printf("is missing (%u of %u seen) and may lie on %s, which is locked",
						  a->present, a->needed, holder->name ?: holder->id)
				: g_strdup_printf("is missing (%u of %u seen)%s", a->present, a->needed,
						  a->degraded_at && a->degraded_at != USEC_NEVER ?
							  "; the array starts without it" :
							  ""));
	}
}

static void md_name_output(struct plan *p, struct assembly *a, struct device *d)
{
	g_autofree char *path = g_strconcat("/dev/md/", a->name, NULL);
	g_autofree char *by_id = g_strconcat("/dev/disk/by-id/md-uuid-", a->id, NULL);

	if (d->partn)
		return;
	graph_name(p, d, path);
	graph_name(p, d, by_id);
}

static int member_of_it(const struct plan *p, const struct assembly *a, const struct device *below,
			unsigned depth)
{
	return below->member_of == a ? 1 : below->member_of ? -1 : 0;
}

/* The kernel put it together: a member that cannot be read any more may be among what it lies on. */
static int md_gives(const struct plan *p, const struct assembly *a, const struct device *d)
{
	g_auto(GStrv) nums = NULL;
	bool any = false;

	if (!str_empty(d->dm_uuid) || d->partn || (!d->md_state && !g_str_has_prefix(d->node, "md")))
		return -1;
	if (outputs_below(p, a, d, member_of_it, 0) < 0)
		return -1;
	nums = g_strsplit(d->slaves ?: "", " ", -1);
	for (guint i = 0; i < a->members->len; i++) {
		dev_t member = ((struct member *)a->members->pdata[i])->dev->devnum, devnum;

		for (char **n = nums; *n; n++)
			any |= devnum_parse(*n, &devnum) == 0 && devnum == member;
	}
	return any;
}

static bool md_answers_to(const struct assembly *a, const char *key)
{
	const char *number = a->name ? number_of(a->name) : NULL;

	if (!a->name || !g_str_has_prefix(key, "/dev/md"))
		return false;
	key += strlen("/dev/md");
	return *key == '/' ? g_str_equal(key + 1, a->name) : number && g_str_equal(key, number);
}

const struct layer layer_md = {
	.name = "md",
	.claims = claims,
	.identify = md_identify,
	.evaluate = md_evaluate,
	.modules = md_modules,
	.start = md_start,
	.finished = md_finished,
	.stop = md_stop,
	.running = md_running,
	.missing = md_missing,
	.gives = md_gives,
	.name_output = md_name_output,
	.answers_to = md_answers_to,
	.grace = 0,
};
