/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mount table and the list of swap areas, as they are.  What they show in use is in use, whoever
 * made it: it is neither checked nor mounted, resumed from or stopped as if it were not.
 */
#include "layer/layer.h"

static void mount_free(gpointer ptr)
{
	struct mount *m = ptr;

	g_free(m->target);
	g_free(m);
}

static guint dev_hash(gconstpointer p)
{
	dev_t d = *(const dev_t *)p;

	return (guint)(d ^ d >> 32);
}

static gboolean dev_equal(gconstpointer a, gconstpointer b)
{
	return *(const dev_t *)a == *(const dev_t *)b;
}

void mounts_init(struct plan *p)
{
	p->mounts = g_ptr_array_new_with_free_func(mount_free);
	p->mounts_of = g_hash_table_new_full(dev_hash, dev_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
}

void mounts_clear(struct plan *p)
{
	g_hash_table_unref(p->mounts_of);
	g_ptr_array_unref(p->mounts);
}

static GPtrArray *list_of(struct plan *p, dev_t devnum)
{
	GPtrArray *list = g_hash_table_lookup(p->mounts_of, &devnum);

	if (!list) {
		list = g_ptr_array_new();
		g_hash_table_insert(p->mounts_of, g_memdup2(&devnum, sizeof devnum), list);
	}
	return list;
}

/* Mounts have an id, swap areas none. */
static struct mount *find(const struct plan *p, const struct input *in)
{
	for (guint i = p->mounts->len; i-- > 0;) {
		struct mount *m = p->mounts->pdata[i];

		if (in->id ? m->id == in->id : !m->id && streq0(m->target, in->target) &&
						       (m->target || m->devnum == in->devnum))
			return m;
	}
	return NULL;
}

static void forget(struct plan *p, struct mount *m)
{
	g_ptr_array_remove(list_of(p, m->devnum), m);
	g_ptr_array_remove(p->mounts, m);
}

void mounts_told(struct plan *p, const struct input *in, bool mounted)
{
	struct mount *m = find(p, in);

	p->changed = true;
	if (m && (!mounted || m->devnum != in->devnum)) {
		forget(p, m);
		m = NULL;
	}
	if (!mounted)
		return;
	if (!m) {
		m = g_new0(struct mount, 1);
		m->id = in->id;
		m->devnum = in->devnum;
		g_ptr_array_add(p->mounts, m);
		g_ptr_array_add(list_of(p, m->devnum), m);
	}
	str_set(&m->target, in->target);
	m->readonly = in->readonly;
	m->standing = in->flag;
	paths_again_of(p, in->devnum);
	graph_in_use(p, in->devnum);
}

const GPtrArray *mounts_of(const struct plan *p, dev_t devnum)
{
	const GPtrArray *list = g_hash_table_lookup(p->mounts_of, &devnum);

	return list && list->len ? list : NULL;
}

/* target NULL: as a swap area. */
const struct mount *mount_at(const struct plan *p, dev_t devnum, const char *target)
{
	const GPtrArray *list = mounts_of(p, devnum);

	for (guint i = list ? list->len : 0; i-- > 0;) {
		const struct mount *m = list->pdata[i];

		if (streq0(m->target, target))
			return m;
	}
	return NULL;
}

const struct mount *mount_written(const struct plan *p)
{
	for (guint i = 0; i < p->mounts->len; i++) {
		const struct mount *m = p->mounts->pdata[i];

		if (!m->readonly)
			return m;
	}
	return NULL;
}
