/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Drivers, where no udevd loads them: aliases wait here and are handed to the worker one by one, what
 * most likely leads to a disk first, and only while nothing else is under way.  A goal that is met
 * needs no more of them, so nobody waits for the drivers of a machine's other hundred devices.
 */
#include "layer/layer.h"

#define LOAD_TIMEOUT (60 * USEC_PER_SEC)

struct alias {
	int rank;
	char *text;
};

static int rank(const char *alias)
{
	static const struct {
		const char *prefix, *infix;
		int rank;
	} ranks[] = {
		{ "virtio:", NULL, 4 }, { "pci:v00001AF4", NULL, 4 }, /* virtio's bus */
		{ "scsi:", NULL, 4 },	{ "pci:", "bc01sc08", 3 },    /* disks on a bus; NVMe */
		{ "pci:", "bc01", 2 },	{ "nvme", NULL, 3 },	       /* other mass storage */
		{ "pci:", "bc08sc05", 1 }, { "mmc:", NULL, 1 },	       /* SD hosts */
		{ "pci:", "bc0Csc03", 1 }, { "usb:", NULL, 1 },	       /* USB hosts and what is plugged in */
	};

	for (size_t i = 0; i < G_N_ELEMENTS(ranks); i++)
		if (g_str_has_prefix(alias, ranks[i].prefix) && (!ranks[i].infix || strstr(alias, ranks[i].infix)))
			return ranks[i].rank;
	return 0;
}

static void alias_free(gpointer ptr)
{
	struct alias *a = ptr;

	g_free(a->text);
	g_free(a);
}

GPtrArray *drivers_new(void)
{
	return g_ptr_array_new_with_free_func(alias_free);
}

/* Behind all of its rank: of equals the newest is taken first, since buses come before their devices. */
static void put(struct plan *p, const char *text)
{
	struct alias *a = g_new0(struct alias, 1);
	guint at = p->drivers->len;

	a->rank = rank(text);
	a->text = g_strdup(text);
	while (at > 0 && ((struct alias *)p->drivers->pdata[at - 1])->rank > a->rank)
		at--;
	g_ptr_array_insert(p->drivers, (gint)at, a);
}

void drivers_offered(struct plan *p, const char *aliases)
{
	g_auto(GStrv) words = g_strsplit(aliases ?: "", " ", -1);

	for (char **w = words; *w; w++)
		if (**w)
			put(p, *w);
}

/* A driver that probes its bus takes long: what is about to end is let end first, for a second. */
static bool busy(const struct plan *p)
{
	return g_hash_table_size(p->requests) > p->overtaken[LANE_QUICK] + p->overtaken[LANE_SLOW];
}

/* Those that are no storage go together, last. */
static char *next_aliases(struct plan *p)
{
	GString *s = g_string_new(NULL);

	do {
		struct alias *a = p->drivers->pdata[p->drivers->len - 1];
		bool last = a->rank > 0;

		g_string_append_printf(s, "%s%s", s->len ? " " : "", a->text);
		g_ptr_array_set_size(p->drivers, (gint)p->drivers->len - 1);
		if (last)
			break;
	} while (p->drivers->len);
	return g_string_free(s, FALSE);
}

void drivers_consider(struct plan *p)
{
	struct action *act;

	if (!p->drivers->len || !p->enumerated || p->stopping || !plan_wants_anything(p) || busy(p))
		return;
	act = plan_request(p, ACTION_MODULES, OWNER_DRIVERS, NULL, LOAD_TIMEOUT);
	act->text = next_aliases(p);
	p->modules_pending++;
}

void drivers_loaded(struct plan *p)
{
	p->modules_pending--;
	p->probe_progress = p->now;
}
