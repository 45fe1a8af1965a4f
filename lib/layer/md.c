/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Linux software RAID.  Members carry the array's UUID, an event count, and what they know of each
 * other's roles; from that alone it is decided who belongs, what is complete and what may start.
 */
#include "layer/md.h"

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

static char *md_modules(struct plan *p, struct assembly *a)
{
	const struct member *m = a->members->len ? a->members->pdata[0] : NULL;
	const char *word = m ? md_word(m->dev->info.md_level) : NULL;

	return g_strdup_printf("md_mod%s%s", word ? " " : "", word ?: "");
}

static void member_line(GString *s, const struct device *d)
{
	g_string_append_printf(s, "%s%u:%u %" PRIu64 " %" PRId64, s->len ? "\n" : "", major(d->devnum),
			       minor(d->devnum), d->info.md_number, d->info.md_role);
}

static void md_start(struct plan *p, struct assembly *a, bool with_missing)
{
	struct action *act = assembly_request(p, a, ACTION_MD_ASSEMBLE, MD_TIMEOUT);
	struct member *best = md_first(a);
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
	act->name = g_strdup(md_link_name(a));
	act->version = g_strdup(best->dev->info.version);
	act->members = g_string_free(lines, FALSE);
	act->flag = with_missing;
}

static bool journal_missing(const struct assembly *a)
{
	const struct member *best = md_first(a);

	return best && md_flag(&best->dev->info, "journal") && !md_role_present(a, -3);
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
	if (a->with_missing && journal_missing(a))
		plan_report(p, MSG_MD_JOURNAL, 4, a->name, "started without its write journal: it stays read-only");
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
		active += m->added && m->dev->info.md_role != -1 && m->dev->info.md_role != -2;
	}
	if (d && a->adopted) { /* which names it has may be known only now */
		md_name_output(p, a, graph_find(p, d->devnum));
		links_update(p, graph_find(p, d->devnum));
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
	const struct member *best = md_freshest(a);
	const struct assembly *holder = a->startable && !a->degraded_at ? assembly_holding(p, a) : NULL;

	if (!best)
		return;
	if (a->error && !a->startable) {
		wait_add(waits, "member", a->since, 0, g_strdup_printf("md %s", a->name),
			 g_strdup_printf("SACT-%03u %s", a->error_number, a->error));
		return;
	}
	for (int64_t role = 0; role < (int64_t)best->dev->info.md_disks; role++) {
		if (md_role_present(a, role))
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
	if (journal_missing(a))
		wait_add(waits, "member", a->since, a->degraded_at, g_strdup_printf("the journal of md %s", a->name),
			 g_strdup("is missing; without it the array is read-only"));
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
	.free_data = md_free_data,
	.grace = 0,
};
