/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A volume group: what its text says, checked once so that nobody has to check again. */
#include "format/lvm.h"

#define NAME_MAX_LVM 127
#define WHY_MAX 300
#define EXTENT_MAX (UINT64_C(1) << 40) /* sectors; keeps products of extents inside 64 bits */

/* Words of the text are quoted in it: they may be anything. */
int lvm_fail(char **why, int error, const char *format, ...)
{
	va_list args;

	if (!why)
		return error;
	va_start(args, format);
	g_free(*why);
	*why = g_strdup_vprintf(format, args);
	va_end(args);
	for (char *p = *why; *p; p++) {
		if (!g_ascii_isprint(*p))
			*p = '?';
		if (p - *why == WHY_MAX)
			p[1] = '\0';
	}
	return error;
}

static void pv_free(void *data)
{
	struct lvm_pv *pv = data;

	g_free(pv->name);
	g_free(pv->uuid);
	g_free(pv->device);
	g_free(pv);
}

static void lv_free(void *data)
{
	struct lvm_lv *lv = data;

	g_free(lv->name);
	g_free(lv->uuid);
	g_clear_pointer(&lv->snapshots, g_ptr_array_unref);
	g_free(lv);
}

void lvm_vg_free(struct lvm_vg *vg)
{
	if (!vg)
		return;
	lvm_node_free(vg->root);
	g_free(vg->name);
	g_free(vg->shown);
	g_free(vg->uuid);
	g_free(vg->system_id);
	g_free(vg->lock_type);
	g_clear_pointer(&vg->pv_index, g_hash_table_unref);
	g_clear_pointer(&vg->lv_index, g_hash_table_unref);
	g_clear_pointer(&vg->pv_by_uuid, g_hash_table_unref);
	g_clear_pointer(&vg->pvs, g_ptr_array_unref);
	g_clear_pointer(&vg->lvs, g_ptr_array_unref);
	g_free(vg);
}

static void vg_freep(struct lvm_vg **vg)
{
	lvm_vg_free(*vg);
}

/* Names become names of devices and words of lines, so LVM's own rules are enforced. */
static bool name_valid(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > NAME_MAX_LVM || name[0] == '-')
		return false;
	if (g_str_equal(name, ".") || g_str_equal(name, ".."))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!g_ascii_isalnum(name[i]) && !strchr("_+.-", name[i]))
			return false;
	return true;
}

static bool uuid_valid(const char *uuid)
{
	static const char pattern[] = "xxxxxx-xxxx-xxxx-xxxx-xxxx-xxxx-xxxxxx";

	if (!uuid || strlen(uuid) != sizeof pattern - 1)
		return false;
	for (size_t i = 0; pattern[i]; i++) {
		if (pattern[i] == '-' ? uuid[i] != '-'
				      : !g_ascii_isalnum(uuid[i]) && uuid[i] != '!' && uuid[i] != '#')
			return false;
	}
	return true;
}

/* A number that has to be there. */
static int need_u64(const struct lvm_node *n, const char *key, uint64_t *ret, char **why)
{
	if (lvm_node_u64(n, key, ret) < 0)
		return lvm_fail(why, -EBADMSG, "%s: no number %s", n->key, key);
	return 0;
}

static int pv_parse(struct lvm_vg *vg, const struct lvm_node *n, char **why)
{
	struct lvm_pv *pv;
	int r;

	if (!n->children)
		return 0;
	if (!name_valid(n->key))
		return lvm_fail(why, -EBADMSG, "name of a physical volume is not valid");
	if (!uuid_valid(lvm_node_str(n, "id")))
		return lvm_fail(why, -EBADMSG, "%s: no valid id", n->key);
	pv = g_new0(struct lvm_pv, 1);
	pv->index = vg->pvs->len;
	g_ptr_array_add(vg->pvs, pv);
	pv->name = g_strdup(n->key);
	pv->uuid = g_strdup(lvm_node_str(n, "id"));
	pv->device = g_strdup(lvm_node_str(n, "device"));
	pv->missing = lvm_node_has(n, "flags", "MISSING");
	if (!g_hash_table_insert(vg->pv_index, pv->name, pv) ||
	    !g_hash_table_insert(vg->pv_by_uuid, pv->uuid, pv))
		return lvm_fail(why, -EBADMSG, "%s: there twice", n->key);
	r = need_u64(n, "pe_start", &pv->pe_start, why);
	if (r >= 0)
		r = need_u64(n, "pe_count", &pv->pe_count, why);
	if (r >= 0 && lvm_node_u64(n, "dev_size", &pv->dev_size) == -EBADMSG)
		r = lvm_fail(why, -EBADMSG, "%s: no number dev_size", n->key);
	return r;
}

static int lv_parse(struct lvm_vg *vg, const struct lvm_node *n, char **why)
{
	struct lvm_lv *lv;

	if (!n->children)
		return 0;
	if (!name_valid(n->key))
		return lvm_fail(why, -EBADMSG, "name of a logical volume is not valid");
	if (!uuid_valid(lvm_node_str(n, "id")))
		return lvm_fail(why, -EBADMSG, "%s: no valid id", n->key);
	lv = g_new0(struct lvm_lv, 1);
	lv->index = vg->lvs->len;
	g_ptr_array_add(vg->lvs, lv);
	lv->node = n;
	lv->name = g_strdup(n->key);
	lv->uuid = g_strdup(lvm_node_str(n, "id"));
	lv->visible = lvm_node_has(n, "status", "VISIBLE");
	/* A shared VG hides WRITE from versions of LVM that know no locks, and says so. */
	lv->readonly = !lvm_node_has(n, "status", "WRITE") && !lvm_node_has(n, "flags", "WRITE_LOCKED");
	lv->skip = lvm_node_has(n, "flags", "ACTIVATION_SKIP");
	lv->no_auto = lvm_node_has(n, "flags", "NOAUTOACTIVATE") ||
		      lvm_node_has(vg->section, "flags", "NOAUTOACTIVATE");
	if (!g_hash_table_insert(vg->lv_index, lv->name, lv))
		return lvm_fail(why, -EBADMSG, "%s: there twice", n->key);
	return 0;
}

static void mark_pools(struct lvm_vg *vg)
{
	for (guint i = 0; i < vg->lvs->len; i++) {
		struct lvm_lv *lv = g_ptr_array_index(vg->lvs, i);
		const char *type = lvm_node_str(lvm_lv_segment(lv, 1), "type");

		lv->pool = type && g_str_has_suffix(type, "-pool");
	}
}

static int each_child(struct lvm_vg *vg, const char *key,
		      int (*fn)(struct lvm_vg *, const struct lvm_node *, char **), char **why)
{
	const struct lvm_node *section = lvm_node_get(vg->section, key);
	int r = 0;

	if (!section || !section->children)
		return 0;
	for (guint i = 0; r >= 0 && i < section->children->len; i++)
		r = fn(vg, g_ptr_array_index(section->children, i), why);
	return r;
}

/* The relation of a snapshot is an LV of its own, hidden, that names origin and exception store. */
static int link_snapshots(struct lvm_vg *vg, char **why)
{
	for (guint i = 0; i < vg->lvs->len; i++) {
		struct lvm_lv *relation = g_ptr_array_index(vg->lvs, i);
		const struct lvm_node *segment = lvm_lv_segment(relation, 1);
		struct lvm_lv *origin, *cow;
		const char *store = lvm_node_str(segment, "cow_store");

		if (!streq0(lvm_node_str(segment, "type"), "snapshot"))
			continue;
		origin = lvm_vg_find_lv(vg, lvm_node_str(segment, "origin"));
		cow = lvm_vg_find_lv(vg, store ?: lvm_node_str(segment, "merging_store"));
		if (!origin || !cow || origin == cow || cow->origin)
			return lvm_fail(why, -EBADMSG, "%s: no valid origin and store", relation->name);
		/* The text marks the relation as the visible one; people see the store as the snapshot.
		 */
		relation->visible = false;
		cow->visible = store != NULL; /* one that is being merged is no device any more */
		cow->origin = origin;
		cow->relation = segment;
		if (!origin->snapshots)
			origin->snapshots = g_ptr_array_new();
		g_ptr_array_add(origin->snapshots, cow);
	}
	return 0;
}

static void mark_external_origins(struct lvm_vg *vg)
{
	for (guint i = 0; i < vg->lvs->len; i++) {
		const struct lvm_node *segment = lvm_lv_segment(g_ptr_array_index(vg->lvs, i), 1);
		struct lvm_lv *origin = lvm_vg_find_lv(vg, lvm_node_str(segment, "external_origin"));

		if (origin)
			origin->external = true;
	}
}

/* The segment of a thin snapshot says into what it is being merged; a leg that was split off is visible. */
static void mark_merging_and_split(struct lvm_vg *vg)
{
	for (guint i = 0; i < vg->lvs->len; i++) {
		const struct lvm_node *segment = lvm_lv_segment(g_ptr_array_index(vg->lvs, i), 1);
		const struct lvm_node *images = lvm_node_get(segment, "raids");
		struct lvm_lv *origin = lvm_vg_find_lv(vg, lvm_node_str(segment, "merge"));

		if (origin && streq0(lvm_node_str(segment, "type"), "thin"))
			origin->merging = segment;
		for (char **s = images ? images->strings : NULL; s && *s; s++) {
			struct lvm_lv *image = lvm_vg_find_lv(vg, *s);

			if (image && image->visible)
				image->skip = true; /* it is a copy: only who names it means it */
		}
	}
}

static int vg_read(struct lvm_vg *vg, char **why)
{
	const struct lvm_node *n = vg->section;
	int r;

	if (!name_valid(n->key))
		return lvm_fail(why, -EBADMSG, "name of the volume group is not valid");
	if (!uuid_valid(lvm_node_str(n, "id")))
		return lvm_fail(why, -EBADMSG, "%s: no valid id", n->key);
	vg->name = g_strdup(n->key);
	vg->shown = g_strdup(n->key);
	vg->uuid = g_strdup(lvm_node_str(n, "id"));
	r = need_u64(n, "seqno", &vg->seqno, why);
	if (r >= 0)
		r = need_u64(n, "extent_size", &vg->extent_size, why);
	if (r < 0)
		return r;
	if (vg->extent_size == 0 || vg->extent_size > EXTENT_MAX)
		return lvm_fail(why, -EBADMSG, "%s: impossible extent_size", n->key);
	vg->exported = lvm_node_has(n, "status", "EXPORTED");
	vg->resizeable = lvm_node_has(n, "status", "RESIZEABLE");
	vg->clustered = lvm_node_has(n, "status", "CLUSTERED");
	vg->system_id = g_strdup(lvm_node_str(n, "system_id"));
	vg->lock_type = g_strdup(lvm_node_str(n, "lock_type"));
	r = each_child(vg, "physical_volumes", pv_parse, why);
	if (r >= 0)
		r = each_child(vg, "logical_volumes", lv_parse, why);
	if (r < 0)
		return r;
	mark_pools(vg);
	mark_external_origins(vg);
	mark_merging_and_split(vg);
	return link_snapshots(vg, why);
}

int lvm_vg_parse(const char *text, struct lvm_vg **ret, char **why)
{
	_cleanup_(vg_freep) struct lvm_vg *vg = g_new0(struct lvm_vg, 1);
	uint64_t version;
	unsigned line;
	int r = lvm_text_parse(text, &vg->root, &line);

	if (r < 0)
		return lvm_fail(why, r,
				r == -EOVERFLOW ? "line %u: metadata are too large" : "line %u: syntax",
				line);
	if (!streq0(lvm_node_str(vg->root, "contents"), "Text Format Volume Group"))
		return lvm_fail(why, -ENODATA, "not the metadata of a volume group");
	if (lvm_node_u64(vg->root, "version", &version) < 0 || version != 1)
		return lvm_fail(why, -EBADMSG, "unknown version of the metadata");
	for (guint i = 0; !vg->section && i < vg->root->children->len; i++) {
		const struct lvm_node *n = g_ptr_array_index(vg->root->children, i);

		if (n->children)
			vg->section = n;
	}
	if (!vg->section)
		return lvm_fail(why, -ENODATA, "metadata without a volume group");
	vg->pvs = g_ptr_array_new_with_free_func(pv_free);
	vg->lvs = g_ptr_array_new_with_free_func(lv_free);
	vg->pv_index = g_hash_table_new(g_str_hash, g_str_equal);
	vg->lv_index = g_hash_table_new(g_str_hash, g_str_equal);
	vg->pv_by_uuid = g_hash_table_new(g_str_hash, g_str_equal);
	r = vg_read(vg, why);
	if (r < 0)
		return r;
	*ret = g_steal_pointer(&vg);
	return 0;
}

struct lvm_lv *lvm_vg_find_lv(const struct lvm_vg *vg, const char *name)
{
	return name ? g_hash_table_lookup(vg->lv_index, name) : NULL;
}

struct lvm_pv *lvm_vg_find_pv(const struct lvm_vg *vg, const char *name)
{
	return name ? g_hash_table_lookup(vg->pv_index, name) : NULL;
}

struct lvm_pv *lvm_vg_find_pv_uuid(const struct lvm_vg *vg, const char *uuid)
{
	return uuid ? g_hash_table_lookup(vg->pv_by_uuid, uuid) : NULL;
}

const struct lvm_node *lvm_lv_segment(const struct lvm_lv *lv, unsigned number)
{
	unsigned n = 0;

	for (guint i = 0; i < lv->node->children->len; i++) {
		const struct lvm_node *child = g_ptr_array_index(lv->node->children, i);

		if (child->children && g_str_has_prefix(child->key, "segment") && ++n == number)
			return child;
	}
	return NULL;
}

int lvm_segment_uses(const struct lvm_node *segment, int (*fn)(void *data, const char *name), void *data)
{
	/* step: every how many strings of the value there is a name */
	static const struct {
		const char *key;
		unsigned step;
	} keys[] = {
		{"stripes", 2},	   {"mirrors", 2},  {"raids", 1},      {"raid0_lvs", 1},
		{"mirror_log", 1}, {"metadata", 1}, {"pool", 1},       {"thin_pool", 1},
		{"origin", 1},	   {"data", 1},	    {"cache_pool", 1}, {"external_origin", 1},
		{"cow_store", 1},  {"vdo_pool", 1}, {"writecache", 1}, {"meta_dev", 1},
	};
	int r = 0;

	for (size_t k = 0; r == 0 && k < G_N_ELEMENTS(keys); k++) {
		const struct lvm_node *n = lvm_node_get(segment, keys[k].key);
		unsigned length = n && n->strings ? g_strv_length(n->strings) : 0;

		for (unsigned i = 0; r == 0 && i < length; i += keys[k].step)
			r = fn(data, n->strings[i]);
	}
	return r;
}

/* ---- the PVs below an LV ---- */

struct walk {
	const struct lvm_vg *vg;
	GHashTable *seen; /* names, of both kinds */
	GPtrArray *lvs;	  /* struct lvm_lv, to be looked at */
	GPtrArray *pvs;	  /* names */
};

static void walk_lv(struct walk *w, const struct lvm_lv *lv)
{
	if (lv && g_hash_table_add(w->seen, lv->name))
		g_ptr_array_add(w->lvs, (void *)lv);
}

static int walk_name(void *data, const char *name)
{
	struct walk *w = data;
	const struct lvm_pv *pv = lvm_vg_find_pv(w->vg, name);

	if (!pv)
		walk_lv(w, lvm_vg_find_lv(w->vg, name));
	else if (g_hash_table_add(w->seen, pv->name))
		g_ptr_array_add(w->pvs, g_strdup(pv->name));
	return 0;
}

GPtrArray *lvm_lv_pvs(const struct lvm_vg *vg, const struct lvm_lv *lv)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autoptr(GPtrArray) lvs = g_ptr_array_new();
	struct walk w = {vg, seen, lvs, g_ptr_array_new_with_free_func(g_free)};

	walk_lv(&w, lv);
	for (guint i = 0; i < lvs->len; i++) {
		const struct lvm_lv *at = g_ptr_array_index(lvs, i);

		for (guint c = 0; c < at->node->children->len; c++) {
			const struct lvm_node *n = g_ptr_array_index(at->node->children, c);

			if (n->children && g_str_has_prefix(n->key, "segment"))
				lvm_segment_uses(n, walk_name, &w);
		}
		walk_lv(&w, at->origin);
		for (guint s = 0; at->snapshots && s < at->snapshots->len; s++)
			walk_lv(&w, g_ptr_array_index(at->snapshots, s));
	}
	return w.pvs;
}

/* ---- names ---- */

static void append_doubled(GString *to, const char *part)
{
	for (; *part; part++) {
		if (*part == '-')
			g_string_append_c(to, '-');
		g_string_append_c(to, *part);
	}
}

char *lvm_dm_name(const char *vg, const char *lv, const char *layer)
{
	GString *s = g_string_new(NULL);

	append_doubled(s, vg);
	g_string_append_c(s, '-');
	append_doubled(s, lv);
	if (layer) {
		g_string_append_c(s, '-');
		append_doubled(s, layer);
	}
	return g_string_free(s, FALSE);
}

static void append_undashed(GString *to, const char *uuid)
{
	for (; *uuid; uuid++)
		if (*uuid != '-')
			g_string_append_c(to, *uuid);
}

char *lvm_dm_uuid(const struct lvm_vg *vg, const struct lvm_lv *lv, const char *layer)
{
	GString *s = g_string_new("LVM-");

	append_undashed(s, vg->uuid);
	append_undashed(s, lv->uuid);
	if (layer)
		g_string_append_printf(s, "-%s", layer);
	return g_string_free(s, FALSE);
}
