/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whose output a device is.  That it lies on a member of something says nothing: anybody may put a
 * table over a disk.  The layer decides, by what it calls its devices and by all that they lie on.
 */
#include "layer/layer.h"

#define DEPTH_MAX 8

int outputs_below(const struct plan *p, const struct assembly *a, const struct device *d, output_judge judge,
		  unsigned depth)
{
	g_auto(GStrv) nums = g_strsplit(d->slaves ?: "", " ", -1);
	int all = depth < DEPTH_MAX ? 0 : -1;

	for (char **n = nums; *n && all >= 0; n++) {
		dev_t devnum;
		const struct device *below = devnum_parse(*n, &devnum) < 0 ? NULL : graph_find(p, devnum);
		int one = below ? judge(p, a, below->path_of ?: below, depth) : 0;

		if (one < 0)
			return -1;
		all = n == nums || all == one ? one : 0;
	}
	return all;
}

/* What lies below it, as far as it is a member or an output of something. */
static struct assembly *owner_of(const struct plan *p, const struct device *top, const struct device *d, unsigned depth)
{
	g_auto(GStrv) nums = g_strsplit(d->slaves ?: "", " ", -1);
	struct assembly *found = NULL;

	for (char **n = nums; *n && !found && depth < DEPTH_MAX; n++) {
		dev_t devnum;
		const struct device *below = devnum_parse(*n, &devnum) < 0 ? NULL : graph_find(p, devnum);
		struct assembly *a;

		if (!below)
			continue;
		below = below->path_of ?: below;
		a = below->member_of ?: below->output_of;
		if (a && a->layer->gives(p, a, top) > 0)
			return a;
		if (!below->member_of)
			found = owner_of(p, top, below, depth + 1);
	}
	return found;
}

void outputs_find(struct plan *p, struct device *d)
{
	struct assembly *a = d->output_of;

	if (str_empty(d->slaves) || d->partn)
		return;
	if (a && a->layer->gives(p, a, d) >= 0)
		return;
	if (a)
		assembly_output_gone(p, d); /* its table was changed: it lies on something else now */
	a = owner_of(p, d, d, 0);
	if (a)
		assembly_output(p, a, d);
}

/* A member was found: what lies on it may be known now. */
static void find_above(struct plan *p, const struct device *d, unsigned depth)
{
	const GPtrArray *holders = paths_holders(p, d);

	for (guint i = 0; holders && depth < DEPTH_MAX && i < holders->len; i++) {
		struct device *upper = holders->pdata[i];

		outputs_find(p, upper);
		if (!upper->output_of && !upper->member_of)
			find_above(p, upper, depth + 1);
	}
}

void outputs_find_above(struct plan *p, const struct device *d)
{
	if (d->has_paths || d->member_of)
		find_above(p, d, 0);
}

/* ---- those that were announced and have not come ---- */

/* What it lies on may be gone already, or be known by another path. */
void outputs_made(struct plan *p, struct assembly *a, dev_t devnum)
{
	struct device *d = devnum ? graph_find(p, devnum) : NULL;

	if (devnum)
		g_array_append_val(a->awaited, devnum);
	p->n_started++;
	if (d && (str_empty(d->slaves) || a->layer->gives(p, a, d) >= 0))
		assembly_output(p, a, d);
}

static bool has_come(const struct plan *p, dev_t devnum)
{
	const struct device *d = graph_find(p, devnum);

	return d && d->size && !d->dirty && d->probe != PROBE_RUNNING;
}

bool outputs_awaited(const struct plan *p, const struct assembly *a)
{
	while (a->awaited->len && has_come(p, g_array_index(a->awaited, dev_t, a->awaited->len - 1)))
		g_array_set_size(a->awaited, a->awaited->len - 1);
	return a->awaited->len > 0;
}
