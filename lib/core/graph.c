/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices: what is there, what it answers to, what it turned out to be. */
#include "layer/layer.h"

/* A probe that takes longer is cancelled, its device explained; nobody waits for it meanwhile. */
#define PROBE_TIMEOUT (20 * USEC_PER_SEC)
#define PROBES_AT_ONCE 8

/* ---- devices ---- */

struct device *graph_find(const struct plan *p, dev_t devnum)
{
	return g_hash_table_lookup(p->by_devnum, &devnum);
}

void device_free(struct device *d)
{
	g_free(d->node);
	g_free(d->dm_name);
	g_free(d->dm_uuid);
	g_free(d->md_state);
	g_free(d->slaves);
	g_free(d->udev_links);
	g_free(d->wwid);
	g_free(d->hw_serial);
	g_free(d->error_text);
	g_free(d->links_made);
	g_ptr_array_unref(d->names);
	g_slist_free(d->parts);
	g_slist_free(d->goals);
	input_clear(&d->info);
	g_free(d);
}

const char *device_state_text(const struct device *d)
{
	switch (d->probe) {
	case PROBE_NONE:
		return d->size ? "not looked at" : "no medium or not active";
	case PROBE_RUNNING:
		return "being read";
	case PROBE_DONE:
		return d->info.type ?: "nothing known on it";
	case PROBE_FAILED:
		return d->error_text ?: "cannot be read";
	}
	return "";
}

static void listed_answered(struct plan *p, struct device *d)
{
	if (d->listed) {
		d->listed = false;
		p->listed_unprobed--;
	}
}

static void adopt_orphans(struct plan *p, struct device *disk)
{
	for (GList *l = p->devices.head; l; l = l->next) {
		struct device *d = l->data;

		if (d->parent == disk->devnum && !g_slist_find(disk->parts, d))
			disk->parts = g_slist_prepend(disk->parts, d);
	}
}

/* A partition of it came or went: that may change what it is itself. */
static void disk_again(struct plan *p, struct device *disk)
{
	if (disk->probe == PROBE_DONE && streq0(disk->info.type, "LVM2_member"))
		graph_dirty(p, disk);
}

static struct device *device_new(struct plan *p, const struct input *in)
{
	struct device *d = g_new0(struct device, 1);

	d->serial = ++p->next_serial;
	d->devnum = in->devnum;
	d->diskseq = in->diskseq;
	d->node = g_strdup(in->node);
	d->parent = in->parent;
	d->partn = in->partn;
	d->names = g_ptr_array_new_with_free_func(g_free);
	d->since = p->now;
	d->link.data = d;
	g_hash_table_insert(p->by_devnum, &d->devnum, d);
	if (in->parent) {
		struct device *disk = graph_find(p, in->parent);

		if (disk) {
			disk->parts = g_slist_prepend(disk->parts, d);
			disk_again(p, disk);
		} else {
			p->orphans = true;
		}
	} else if (p->orphans) { /* events were lost, and its partitions came before it */
		adopt_orphans(p, d);
	}
	g_queue_push_tail_link(&p->devices, &d->link);
	p->n_devices++;
	return d;
}

static void device_remove(struct plan *p, struct device *d)
{
	struct device *disk;

	listed_answered(p, d);
	goal_device_gone(p, d);
	paths_leave(p, d);
	assembly_leave(p, d);
	assembly_output_gone(p, d);
	links_drop(p, d);
	names_drop(p, d);
	if (d->dirty)
		g_queue_remove(&p->dirty_devices, d);
	if (d->probe == PROBE_RUNNING && !d->probe_id)
		g_queue_remove(&p->probe_queue, d);
	if (d->parent && (disk = graph_find(p, d->parent))) {
		disk->parts = g_slist_remove(disk->parts, d);
		disk_again(p, disk);
	}
	for (GSList *l = d->parts; l; l = l->next)
		goals_ask_device(p, l->data); /* nothing hides them any more */
	p->orphans |= d->parts != NULL;
	g_queue_unlink(&p->devices, &d->link);
	g_hash_table_remove(p->by_devnum, &d->devnum);
	p->n_devices--;
	device_free(d);
}

/* What was found on it does not hold any more. */
static void device_forget_content(struct plan *p, struct device *d)
{
	if (d->member_of)
		assembly_leave(p, d);
	paths_leave(p, d);
	names_drop(p, d);
	input_clear(&d->info);
	if (d->probe == PROBE_RUNNING && !d->probe_id)
		g_queue_remove(&p->probe_queue, d);
	d->probe = PROBE_NONE;
	d->deep = false;
	g_clear_pointer(&d->error_text, g_free);
}

static bool same_incarnation(const struct device *d, const struct input *in)
{
	if (d->diskseq && in->diskseq && d->diskseq != in->diskseq)
		return false;
	if (!str_empty(d->dm_uuid) && !str_empty(in->dm_uuid) && !g_str_equal(d->dm_uuid, in->dm_uuid))
		return false;
	return streq0(d->node, in->node);
}

void graph_dirty(struct plan *p, struct device *d)
{
	if (d->dirty)
		return;
	d->dirty = true;
	g_queue_push_tail(&p->dirty_devices, d);
}

/* Which path to a disk is used may be known by what lies on it only. */
static void paths_below(struct plan *p, const struct device *d)
{
	g_auto(GStrv) nums = str_empty(d->slaves) ? NULL : g_strsplit(d->slaves, " ", -1);
	dev_t devnum;

	for (char **n = nums; n && *n; n++)
		if (devnum_parse(*n, &devnum) == 0) {
			paths_again_of(p, devnum);
			graph_in_use(p, devnum);
		}
}

static void disk_renamed(struct plan *p, struct device *disk)
{
	paths_leave(p, disk);
	for (GSList *l = disk->parts; l; l = l->next) {
		paths_leave(p, l->data);
		graph_dirty(p, l->data);
	}
}

/* Root of the running system is there, although udev's rules have not made up their minds about it. */
static uint64_t shown_size(const struct plan *p, const struct device *d)
{
	bool opened = d->dm_uuid && g_str_has_prefix(d->dm_uuid, "CRYPT-") && paths_holders(p, d);

	return opened || mounts_of(p, d->devnum) ? d->hidden_size : 0;
}

static uint64_t size_of(const struct plan *p, const struct device *d)
{
	return d->inner ? 0 : d->full_size ?: shown_size(p, d);
}

void graph_in_use(struct plan *p, dev_t devnum)
{
	struct device *d = graph_find(p, devnum);

	if (!d)
		return;
	goals_ask_device(p, d);
	if (!d->size && (d->size = size_of(p, d)))
		graph_dirty(p, d);
}

static void device_update(struct plan *p, struct device *d, const struct input *in)
{
	if (!streq0(d->wwid, in->wwid))
		disk_renamed(p, d);
	d->full_size = in->size;
	d->hidden_size = in->count;
	if (d->readonly != in->readonly && d->member_of)
		assembly_touch(p, d->member_of);
	d->readonly = in->readonly;
	if (in->diskseq)
		d->diskseq = in->diskseq;
	str_set(&d->dm_name, in->dm_name);
	str_set(&d->dm_uuid, in->dm_uuid);
	str_set(&d->md_state, in->md_state);
	str_set(&d->slaves, in->slaves);
	str_set(&d->udev_links, in->links);
	str_set(&d->wwid, in->wwid);
	str_set(&d->hw_serial, in->serial);
	d->inner = device_inner(p, d);
	d->size = size_of(p, d);
}

/* Those that were there, or were looked at, before anybody knew what they are. */
void graph_outputs_again(struct plan *p, const struct assembly *a)
{
	g_autofree char *prefix = g_strconcat("LVM-", a->id, NULL);

	for (GList *l = p->devices.head; l; l = l->next) {
		struct device *d = l->data;
		bool was = d->inner;

		if (!d->dm_uuid || !g_str_has_prefix(d->dm_uuid, prefix))
			continue;
		d->inner = device_inner(p, d);
		d->size = size_of(p, d);
		if (was != d->inner) {
			links_drop(p, d);
			device_forget_content(p, d);
			names_of_node(p, d);
		}
		if (!d->size)
			listed_answered(p, d);
		outputs_find(p, d);
		graph_dirty(p, d);
	}
}

void graph_device(struct plan *p, const struct input *in)
{
	struct device *d = graph_find(p, in->devnum);
	uint64_t size_before;

	if (d && !same_incarnation(d, in)) {
		device_remove(p, d);
		d = NULL;
	}
	if (!d) {
		d = device_new(p, in);
		d->initial = !p->enumerated;
		if (!p->enumerated || p->modules_pending) { /* drivers of the first devices still come */
			d->listed = true;
			p->listed_unprobed++;
		}
	}
	size_before = d->size;
	device_update(p, d, in);
	if (size_before && size_before != d->size)
		device_forget_content(p, d);
	else if (d->probe == PROBE_FAILED || (d->probe == PROBE_DONE && !d->info.type && !d->member_of))
		d->probe = PROBE_NONE; /* somebody may have written to it since */
	if (size_before && !d->size && !str_empty(d->md_state))
		assembly_output_gone(p, d); /* somebody stopped it; its node may stay */
	else if (!size_before && d->size && d->output_of)
		assembly_output(p, d->output_of, d); /* somebody started what he had begun */
	names_of_node(p, d);
	paths_below(p, d);
	outputs_find(p, d);
	if (!d->size)
		listed_answered(p, d);
	graph_dirty(p, d);
}

void graph_gone(struct plan *p, const struct input *in)
{
	struct device *d = graph_find(p, in->devnum);

	if (d && (!in->diskseq || !d->diskseq || in->diskseq == d->diskseq))
		device_remove(p, d);
}

void graph_enumerated(struct plan *p, const struct input *in)
{
	if (p->enumerated)
		return;
	p->enumerated = p->changed = true;
	p->enumerated_at = p->probe_progress = p->now;
	assembly_touch_all(p);
}

bool graph_choice_allowed(const struct plan *p)
{
	return p->enumerated && ((!p->listed_unprobed && !p->modules_pending) || p->slow_probes_released);
}

/* A set that nobody here assembles: what looks like partitions on one of its disks is half of something. */
bool graph_foreign(const struct device *d)
{
	const char *type = d->info.type;

	return d->probe == PROBE_DONE && type && !layer_for(type) &&
	       (g_str_has_suffix(type, "_raid_member") || g_str_equal(type, "drbd"));
}

/* LVM's rule: the label is what was left when somebody partitioned the disk; unless it is in use as it says. */
bool graph_partitioned_pv(const struct device *d)
{
	return d->parts && streq0(d->info.type, "LVM2_member") && !(d->member_of && assembly_running(d->member_of));
}

bool graph_hidden(const struct plan *p, const struct device *d)
{
	const struct device *disk = d->parent ? graph_find(p, d->parent) : NULL;

	return disk && disk->probe == PROBE_DONE && !graph_partitioned_pv(disk) &&
	       (layer_for(disk->info.type) || graph_foreign(disk));
}

/* Few at a time: each one's deadline counts from when it can really start. */
void graph_probe(struct plan *p, struct device *d, bool deep)
{
	if (d->probe == PROBE_RUNNING)
		return;
	d->probe = PROBE_RUNNING;
	d->want_deep = deep;
	d->probe_id = 0;
	g_queue_push_tail(&p->probe_queue, d);
	graph_probe_next(p);
}

void graph_probe_next(struct plan *p)
{
	struct device *d;

	while (p->probes_running - p->probes_overtaken < PROBES_AT_ONCE && (d = g_queue_pop_head(&p->probe_queue))) {
		struct action *a = plan_request(p, ACTION_PROBE, OWNER_DEVICE, d, PROBE_TIMEOUT);

		a->devnum = d->devnum;
		a->diskseq = d->diskseq;
		a->node = g_strdup(d->node);
		a->deep = d->want_deep;
		d->probe_id = a->id;
		p->probes_running++;
	}
}

static bool parent_is_being_probed(const struct plan *p, const struct device *d)
{
	const struct device *disk = d->parent ? graph_find(p, d->parent) : NULL;

	return disk && disk->size && disk->probe == PROBE_RUNNING;
}

bool graph_looked_at(const struct plan *p, const struct device *d)
{
	return (d->probe == PROBE_DONE || d->probe == PROBE_FAILED) && !parent_is_being_probed(p, d);
}

static void device_claim(struct plan *p, struct device *d)
{
	const struct layer *l = layer_for(d->info.type);
	g_autofree char *id = l ? l->identify(p, d) : NULL;
	struct assembly *a;

	if (!id) {
		if (l && d->member_of && d->member_of->layer == l && !assembly_running(d->member_of))
			assembly_leave(p, d); /* it was taken for a member, and is none */
		return;
	}
	a = assembly_get(p, l, id);
	if (d->member_of != a) {
		assembly_leave(p, d);
		assembly_join(p, a, d);
	}
	assembly_touch(p, a);
}

/* Its content is known: it becomes a candidate, unless the disk below it is claimed as a whole. */
static void device_consider(struct plan *p, struct device *d)
{
	goals_ask_device(p, d);
	if (!d->size || (p->stopping && !p->stop_probing))
		return;
	if (d->probe == PROBE_NONE && (p->stop_probing || plan_wants_anything(p))) {
		graph_probe(p, d, false);
		return;
	}
	if (p->stopping) { /* all that is asked is what it is called */
		if (d->probe == PROBE_DONE && !graph_hidden(p, d))
			names_of_content(p, d);
		return;
	}
	if (d->probe == PROBE_DONE && !graph_hidden(p, d))
		(void)layer_take(p, d);
	if (d->probe != PROBE_DONE || parent_is_being_probed(p, d) || graph_hidden(p, d) ||
	    paths_hide(p, d))
		return;
	names_of_content(p, d);
	resume_too_late(p, d);
	if (d->output_of && d->output_of->layer->name_output)
		d->output_of->layer->name_output(p, d->output_of, d);
	device_claim(p, d);
	outputs_find_above(p, d);
	links_update(p, d);
	if (d->output_of && d->output_of->trial)
		assembly_touch(p, d->output_of);
	outputs_find(p, d);
	choice_late(p, d);
}

static void partitions_dirty(struct plan *p, const struct device *disk)
{
	for (GSList *l = disk->parts; l; l = l->next) {
		struct device *d = l->data;

		goals_ask_device(p, d);
		if (d->probe == PROBE_DONE)
			graph_dirty(p, d);
	}
}

static void device_report_error(struct plan *p, struct device *d, const struct input *in)
{
	const char *text = str_empty(in->text) ? g_strerror((int)-in->error) : in->text;

	if (d->inner || streq0(d->error_text, text))
		return; /* nobody uses it; or read again after an event, and found as before */
	str_set(&d->error_text, text);
	d->error = in->error;
	if (in->error == -EBADMSG)
		plan_report(p, MSG_DAMAGED, 3, d->node, "%s", text);
	else if (in->error == -EUCLEAN)
		plan_report(p, MSG_AMBIVALENT, 3, d->node, "%s", text);
	else if (in->error != -ENOMEDIUM && in->error != -ESTALE && in->error != -ENOENT &&
		 in->error != -ENXIO && in->error != -ECANCELED)
		plan_report(p, MSG_UNREADABLE, 4, d->node, "%s", text);
}

void graph_probed(struct plan *p, struct device *d, const struct input *in, bool deep)
{
	bool parent_waits = d->partn == 0;

	d->probe_id = 0;
	p->probe_progress = p->now;
	listed_answered(p, d);
	if ((in->error == -EUCLEAN || in->error == -EBADMSG) && layer_take(p, d)) {
		d->probe = PROBE_DONE; /* it is known what it is, whatever it looks like */
		graph_dirty(p, d);
	} else if (in->error < 0) {
		d->probe = PROBE_FAILED;
		goals_ask_device(p, d);
		device_report_error(p, d, in);
	} else {
		if (d->info.type && !streq0(d->info.type, in->type) && d->member_of)
			assembly_leave(p, d);
		input_clear(&d->info);
		input_copy(&d->info, in);
		d->probe = PROBE_DONE;
		d->deep = deep;
		if (!streq0(d->info.type, "LVM2_member"))
			g_clear_pointer(&d->error_text, g_free);
		graph_dirty(p, d);
	}
	if (parent_waits)
		partitions_dirty(p, d);
}

void graph_probe_all(struct plan *p)
{
	for (GList *l = p->devices.head; l; l = l->next) {
		struct device *d = l->data;

		if (d->probe == PROBE_NONE && d->size)
			graph_dirty(p, d);
	}
}

bool graph_looking(const struct plan *p)
{
	return p->probes_running > p->probes_overtaken || p->probe_queue.length;
}

void graph_drain(struct plan *p)
{
	struct device *d;

	while ((d = g_queue_pop_head(&p->dirty_devices))) {
		d->dirty = false;
		device_consider(p, d);
	}
	if (p->vgs_wait && !graph_looking(p)) {
		p->vgs_wait = false;
		assembly_touch_all(p);
	}
	paths_tell(p);
}
