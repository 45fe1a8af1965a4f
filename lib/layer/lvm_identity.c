/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which volume group a PV belongs to, which of the texts on its PVs counts, and whose VG it is.  What the
 * rules are and why: HACKING, "A VG is its UUID".
 */
#include "layer/lvm.h"

#define DEPTH_MAX 16

static void version_free(gpointer ptr)
{
	struct lvm_version *v = ptr;

	lvm_vg_free(v->vg);
	g_free(v->text);
	g_free(v);
}

GPtrArray *lvm_versions_new(void)
{
	return g_ptr_array_new_with_free_func(version_free);
}

/* LVM's UUIDs distinguish upper and lower case. */
static char *vg_id(const char *uuid)
{
	GString *s = g_string_new(NULL);

	for (; *uuid; uuid++)
		if (*uuid != '-')
			g_string_append_c(s, *uuid);
	return g_string_free(s, FALSE);
}

/* Whatever is between: nobody without the key wrote what is on it. */
static bool encrypted(const struct plan *p, const struct device *d, unsigned depth)
{
	const struct device *disk = d->parent ? graph_find(p, d->parent) : NULL;
	const struct assembly *a = d->output_of ?: disk ? (d->output_of ?: disk->output_of) : NULL;

	if (!a || depth > DEPTH_MAX)
		return false;
	if (a->layer == &layer_luks)
		return true;
	for (guint i = 0; i < a->members->len; i++)
		if (!encrypted(p, ((struct member *)a->members->pdata[i])->dev, depth + 1))
			return false;
	return a->members->len > 0;
}

/* ---- PVs ---- */

/* Its metadata lists the PV, which is as large as they say. */
static bool lists(const struct lvm *l, const struct device *d)
{
	const struct lvm_pv *pv = l->vg ? lvm_vg_find_pv_uuid(l->vg, d->info.uuid) : NULL;
	uint64_t sectors;

	return pv && !__builtin_mul_overflow(pv->pe_count, l->vg->extent_size, &sectors) &&
	       !__builtin_add_overflow(sectors, pv->pe_start, &sectors) && sectors <= d->size / 512;
}

/*
 * The VG of a PV without metadata of its own is the one that lists it.  Of two the one with metadata
 * inside the encryption is: others can be written by anybody.  Else nobody knows: *other is the second.
 */
static struct assembly *bare_home(const struct plan *p, const struct device *d, struct assembly **other)
{
	struct assembly *home = NULL;

	*other = NULL;
	for (guint i = 0; i < p->assemblies->len; i++) {
		struct assembly *a = p->assemblies->pdata[i];

		if (a->layer != &layer_lvm || !a->data || !a->members->len || !lists(lvm_of(a), d))
			continue;
		if (!home || (lvm_of(a)->sealed && !lvm_of(home)->sealed)) {
			home = a;
			*other = NULL;
		} else if (lvm_of(a)->sealed == lvm_of(home)->sealed) {
			*other = a;
		}
	}
	return home;
}

/* A disk whose partitions the kernel shows is no PV, whatever an old label says: LVM has it so. */
static bool partitioned(struct plan *p, struct device *d)
{
	if (!graph_partitioned_pv(d))
		return false;
	if (!d->error_text) {
		str_set(&d->error_text, "carries an LVM label, but is partitioned: its partitions are used, not the label");
		plan_report(p, MSG_LVM_PV, 4, d->node, "%s", d->error_text);
	}
	return true;
}

static char *bare_identify(struct plan *p, struct device *d)
{
	struct assembly *other, *home = bare_home(p, d, &other);

	if (d->member_of && assembly_running(d->member_of))
		return g_strdup(d->member_of->id);
	if (home && other) {
		if (!d->error_text) {
			g_autofree char *why = g_strdup_printf("two volume groups say that the PV is theirs: %s and %s",
							       lvm_of(home)->vg->uuid, lvm_of(other)->vg->uuid);

			plan_report(p, MSG_LVM_PV, 4, d->node, "%s; it is left alone", why);
			str_set(&d->error_text, why);
		}
		return NULL;
	}
	return home ? g_strdup(home->id) : NULL;
}

char *lvm_identify(struct plan *p, struct device *d)
{
	guint hash = d->info.lvm_metadata ? g_str_hash(d->info.lvm_metadata) : 0;
	g_autofree char *why = NULL;
	struct lvm_vg *vg;
	char *id;

	if (partitioned(p, d))
		return NULL;
	if (!str_empty(d->info.text) && !streq0(d->error_text, d->info.text)) {
		plan_report(p, MSG_LVM_COPY, 4, d->node, "%s", d->info.text);
		str_set(&d->error_text, d->info.text);
	}
	if (!d->info.lvm_metadata)
		return bare_identify(p, d);
	for (guint i = 0; i < p->assemblies->len; i++) {
		const struct assembly *a = p->assemblies->pdata[i];
		const struct lvm *l = a->layer == &layer_lvm ? lvm_of(a) : NULL;

		if (l && l->current && hash == l->current->hash && streq0(l->current->text, d->info.lvm_metadata))
			return g_strdup(a->id);
	}
	if (lvm_vg_parse(d->info.lvm_metadata, &vg, &why) < 0) {
		if (!streq0(d->error_text, why))
			plan_report(p, MSG_LVM_METADATA, 3, d->node, "LVM metadata: %s", why ?: "unreadable");
		str_set(&d->error_text, why);
		return NULL;
	}
	id = vg_id(vg->uuid);
	lvm_vg_free(vg);
	return id;
}

/* Members without metadata of their own were waiting for somebody to name them. */
static void judge_bare_pvs(struct plan *p, struct assembly *a)
{
	const struct lvm_vg *vg = lvm_of(a)->vg;

	for (guint i = 0; i < vg->pvs->len; i++) {
		g_autofree char *key = g_strconcat("pv:", ((struct lvm_pv *)vg->pvs->pdata[i])->uuid, NULL);
		const GPtrArray *found = graph_named(p, key);

		for (guint k = 0; found && k < found->len; k++) {
			struct device *d = found->pdata[k];

			if (d->member_of != a && !d->info.lvm_metadata)
				graph_dirty(p, d); /* a VG that lists it as well may take it from the other */
		}
	}
}

/* ---- metadata ---- */

static struct lvm_version *version_of(struct lvm *l, const struct device *d)
{
	struct lvm_version *v = g_hash_table_lookup(l->read, &d->info.id);
	guint hash;

	if (v || !d->info.lvm_metadata)
		return v;
	hash = g_str_hash(d->info.lvm_metadata);
	for (guint i = 0; !v && i < l->versions->len; i++) {
		struct lvm_version *known = l->versions->pdata[i];

		if (known->hash == hash && g_str_equal(known->text, d->info.lvm_metadata))
			v = known;
	}
	if (!v) {
		v = g_new0(struct lvm_version, 1);
		v->text = g_strdup(d->info.lvm_metadata);
		v->hash = hash;
		(void)lvm_vg_parse(v->text, &v->vg, NULL);
		g_ptr_array_add(l->versions, v);
	}
	g_hash_table_insert(l->read, g_memdup2(&d->info.id, sizeof d->info.id), v);
	return v;
}

static void take_version(struct plan *p, struct assembly *a, struct lvm_version *v, bool sealed, const struct device *d)
{
	struct lvm *l = lvm_of(a);

	if (l->vg && assembly_running(a) && v->vg->seqno > l->vg->seqno)
		plan_report(p, MSG_LVM_NEWER, 4, a->name, "/dev/%s carries newer metadata (%" PRIu64 " after %" PRIu64
			    "); active volumes stay as they are", d->node, v->vg->seqno, l->vg->seqno);
	lvm_names_free(l);
	g_clear_pointer(&l->at, g_free);
	l->current = v;
	l->vg = v->vg;
	l->sealed = sealed;
	lvm_twins_register(p, a);
	lvm_names_make(l);
	graph_outputs_again(p, a);
	str_set(&a->name, v->vg->name);
	judge_bare_pvs(p, a);
}

struct best {
	struct lvm_version *version;
	const struct device *dev, *rival; /* rival: as good, and says something else */
	bool sealed;
};

static void compare(struct best *b, struct lvm_version *v, bool sealed, const struct device *d)
{
	if (!b->version || (sealed && !b->sealed) || (sealed == b->sealed && v->vg->seqno > b->version->vg->seqno))
		*b = (struct best){ v, d, NULL, sealed };
	else if (sealed == b->sealed && v != b->version && v->vg->seqno == b->version->vg->seqno)
		b->rival = d;
}

/*
 * What is inside the encryption counts before what anybody may have written, then the newest does, in
 * whatever order they come; tables that are live are not reloaded for it.  false: two of one age differ.
 */
bool lvm_read(struct plan *p, struct assembly *a)
{
	struct lvm *l = lvm_of(a);
	struct best best = { NULL };
	bool here = false;

	for (guint i = 0; i < a->members->len; i++) {
		const struct device *d = ((struct member *)a->members->pdata[i])->dev;
		struct lvm_version *v = version_of(l, d);

		if (!v || !v->vg)
			continue;
		here |= v == l->current;
		compare(&best, v, encrypted(p, d, 0), d);
	}
	if (!best.version)
		return true;
	if (best.rival && !assembly_running(a)) {
		lvm_refuse(p, a, MSG_LVM_SPLIT, "/dev/%s and /dev/%s carry different metadata of one age (seqno %" PRIu64 ")",
			   best.dev->node, best.rival->node, best.version->vg->seqno);
		return false;
	}
	if (!l->vg || (best.sealed && !l->sealed) || (!here && !assembly_running(a)) ||
	    (best.sealed == l->sealed && best.version->vg->seqno > l->vg->seqno)) {
		if (best.version != l->current)
			take_version(p, a, best.version, best.sealed, best.dev);
		l->sealed = best.sealed;
	}
	return true;
}

/* ---- copies of PVs ---- */

/* Which of two of one UUID is used; NULL: nobody can tell. */
static struct member *of_two(const struct plan *p, const struct assembly *a, struct member *x, struct member *y)
{
	bool sealed = encrypted(p, x->dev, 0);

	if (sealed != encrypted(p, y->dev, 0))
		return sealed ? x : y;
	if (!assembly_running(a))
		return NULL;
	return paths_holders(p, x->dev) || !paths_holders(p, y->dev) ? x : y;
}

static void exclude(struct plan *p, struct assembly *a, struct member *m, const struct member *used)
{
	m->excluded = true;
	if (m->why)
		return;
	m->why = g_strdup_printf("is the same PV as /dev/%s", used->dev->node);
	plan_report(p, MSG_DUPLICATE, 4, a->name, "/dev/%s and /dev/%s are the same PV; /dev/%s is used", used->dev->node,
		    m->dev->node, used->dev->node);
}

bool lvm_judge_duplicates(struct plan *p, struct assembly *a)
{
	g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < a->members->len; i++) {
		struct member *m = a->members->pdata[i], *other, *used;

		m->excluded = false;
		if (!m->dev->info.uuid)
			continue;
		other = g_hash_table_lookup(known, m->dev->info.uuid);
		used = other ? of_two(p, a, other, m) : m;
		if (!used) {
			lvm_refuse(p, a, MSG_DUPLICATE, "/dev/%s and /dev/%s are the same PV (%s)", other->dev->node,
				   m->dev->node, m->dev->info.uuid);
			return false;
		}
		if (other)
			exclude(p, a, used == m ? other : m, used);
		g_hash_table_insert(known, m->dev->info.uuid, used);
	}
	return true;
}

/* ---- whose it is ---- */

static bool ours(const struct plan *p, const char *system_id)
{
	g_auto(GStrv) ids = g_strsplit(p->system_ids ?: "", " ", -1);

	return str_empty(system_id) || g_strv_contains((const char *const *)ids, system_id);
}

/* Another machine's, or one that several machines share: why it is left alone; NULL: it is ours. */
char *lvm_left_alone(const struct plan *p, const struct lvm_vg *vg)
{
	static const char *const shared[] = { "sanlock", "dlm", "idm", NULL };

	if (vg->exported)
		return g_strdup("is exported; vgimport takes it");
	if (vg->clustered)
		return g_strdup("is clustered: other machines may be using it");
	if (vg->lock_type && g_strv_contains(shared, vg->lock_type))
		return g_strdup_printf("is shared (lock type %s): only lvmlockd may activate it", vg->lock_type);
	if (ours(p, vg->system_id))
		return NULL;
	return g_strdup_printf("belongs to another system (system ID %s%s)", vg->system_id,
			       p->system_ids ? "" : "; this one has none");
}
