/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an array is called.  A line of mdadm.conf gives its name to one array, and no other has it.  Else it
 * has the name of its superblock, HOST:NAME, and NAME as well if no other array is called so; of this
 * host's and a foreign one this host's is.  Where two claim a name, nobody has it.  A name is one
 * component below /dev/md; a number is the same as /dev/mdN.
 */
#include "layer/md.h"

enum claim {
	CLAIM_NONE,
	CLAIM_SUPERBLOCK,
	CLAIM_LOCAL, /* of this host's array; or with the host in it */
	CLAIM_LINE,  /* of mdadm.conf */
	CLAIM_HELD,  /* it runs under this name */
};

struct md_data *md_data(struct assembly *a)
{
	struct md_data *data = a->data;

	if (!data) {
		a->data = data = g_new0(struct md_data, 1);
		data->names = g_ptr_array_new_with_free_func(g_free);
	}
	return data;
}

void md_free_data(struct assembly *a)
{
	struct md_data *data = a->data;

	if (!data)
		return;
	g_free(data->said);
	g_free(data->lost);
	g_free(data->full);
	g_free(data->own);
	g_ptr_array_unref(data->names);
	g_free(data);
}

const char *md_number(const char *name)
{
	return *name && strlen(name) < 8 && !name[strspn(name, "0123456789")] ? name : NULL;
}

/* "md0" and "0" are one name; whatever it was, it is one component. */
static char *canonical(const char *name)
{
	if (g_str_has_prefix(name, "md") && md_number(name + 2))
		name += 2;
	return link_component(name);
}

/* What people are told is "md0" is "0" below /dev/md, and to the worker the number that is wanted. */
const char *md_link_name(const struct assembly *a)
{
	const char *name = a->name ?: a->id;

	return g_str_has_prefix(name, "md") && md_number(name + 2) ? name + 2 : name;
}

/* Of a path: NULL when it is none of an array's. */
static char *canonical_of_key(const char *key)
{
	if (g_str_has_prefix(key, "/dev/md/") && !strchr(key + strlen("/dev/md/"), '/'))
		return canonical(key + strlen("/dev/md/"));
	if (g_str_has_prefix(key, "/dev/md") && md_number(key + strlen("/dev/md")))
		return g_strdup(key + strlen("/dev/md"));
	return NULL;
}

static bool given_by(const struct array_policy *ap, const char *name)
{
	g_autofree char *its = ap->name ? canonical(ap->name) : NULL;

	return streq0(its, name);
}

static void superblock_name(struct plan *p, struct assembly *a)
{
	struct md_data *data = md_data(a);
	const struct member *best = md_freshest(a);
	const char *name = best ? best->dev->info.md_name : NULL, *colon = name ? strchr(name, ':') : NULL;
	g_autofree char *host = colon ? g_strndup(name, (gsize)(colon - name)) : NULL;

	if (!name)
		return;
	g_free(data->full);
	g_free(data->own);
	data->full = link_component(name);
	data->own = link_component(colon ? colon + 1 : name);
	data->local = host && (streq0(host, "any") || streq0(host, p->homehost));
}

static enum claim claim(const struct plan *p, const struct assembly *a, const char *name)
{
	const struct md_data *data = a->data;
	bool another = false;

	if (a->layer != &layer_md || !data || !a->members->len)
		return CLAIM_NONE;
	if ((assembly_running(a) || a->state == ASSEMBLY_ACTIVATING) && streq0(md_link_name(a), name))
		return CLAIM_HELD;
	if (md_ignored(p, a))
		return CLAIM_NONE;
	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];

		if (!given_by(ap, name))
			continue;
		if (array_policy_fits(ap, a))
			return CLAIM_LINE;
		another = true;
	}
	if (another)
		return CLAIM_NONE; /* the line's array may still come */
	if (streq0(data->full, name) && strchr(name, ':'))
		return CLAIM_LOCAL;
	if (!str_empty(data->own) && streq0(data->own, name))
		return data->local ? CLAIM_LOCAL : CLAIM_SUPERBLOCK;
	return CLAIM_NONE;
}

static bool could_start(const struct assembly *a)
{
	return a->startable || a->complete || assembly_running(a) || a->state == ASSEMBLY_ACTIVATING;
}

/*
 * The array because of which a has not this name; NULL: it has it.  What is left of another host's array, or of
 * one from before hosts had names, and cannot be started takes a name from nobody.
 */
static struct assembly *rival(struct plan *p, struct assembly *a, const char *name, enum claim mine)
{
	for (guint i = 0; i < p->assemblies->len; i++) {
		struct assembly *b = p->assemblies->pdata[i];
		enum claim theirs;

		if (b == a || b->layer != &layer_md || !b->members->len)
			continue;
		if (!b->data)
			superblock_name(p, b);
		theirs = claim(p, b, name);
		if (theirs >= mine && (theirs >= CLAIM_LOCAL || could_start(b)))
			return b;
	}
	return NULL;
}

static void try_name(struct plan *p, struct assembly *a, const char *name)
{
	struct md_data *data = md_data(a);
	enum claim mine = str_empty(name) ? CLAIM_NONE : claim(p, a, name);

	/* Before all are read, another may still come that is called the same. */
	if (!mine || (mine < CLAIM_LINE && !graph_choice_allowed(p)) ||
	    g_ptr_array_find_with_equal_func(data->names, name, g_str_equal, NULL))
		return;
	if (!rival(p, a, name, mine))
		g_ptr_array_add(data->names, g_strdup(name));
	else if (mine < CLAIM_LINE && !data->lost)
		data->lost = g_strdup(name);
}

void md_name_it(struct plan *p, struct assembly *a)
{
	struct md_data *data = md_data(a);
	bool keeps = a->name && (assembly_running(a) || a->state == ASSEMBLY_ACTIVATING);

	superblock_name(p, a);
	if (!keeps)
		g_ptr_array_set_size(data->names, 0);
	g_clear_pointer(&data->lost, g_free);
	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];
		g_autofree char *name = ap->name && array_policy_fits(ap, a) ? canonical(ap->name) : NULL;

		try_name(p, a, name);
	}
	try_name(p, a, data->own);
	try_name(p, a, data->full);
	if (keeps) /* it is called as it was when it was started */
		return;
	g_free(a->name);
	if (data->names->len)
		a->name = g_strconcat(md_number(data->names->pdata[0]) ? "md" : "", data->names->pdata[0], NULL);
	else if (!graph_choice_allowed(p) && !str_empty(data->own) && claim(p, a, data->own))
		a->name = g_strconcat(md_number(data->own) ? "md" : "", data->own, NULL); /* for people, so far */
	else
		a->name = g_strdup(!str_empty(data->full) && !data->lost ? data->full : a->id);
}

/* It runs as md0, and mdadm.conf calls another one so. */
static void node_is_anothers(struct plan *p, const struct assembly *a, struct device *d)
{
	g_autofree char *name = canonical(d->node), *node = g_strconcat("/dev/", d->node, NULL);
	bool its = false, given = false;

	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];

		given |= given_by(ap, name);
		its |= given_by(ap, name) && array_policy_fits(ap, a);
	}
	if (given && !its)
		graph_unname(p, d, node);
}

void md_name_output(struct plan *p, struct assembly *a, struct device *d)
{
	const struct md_data *data = md_data(a);
	g_autofree char *by_id = g_strconcat("/dev/disk/by-id/md-uuid-", a->id, NULL);
	g_autofree char *by_name = data->full ? g_strconcat("/dev/disk/by-id/md-name-", data->full, NULL) : NULL;

	if (d->partn)
		return;
	md_name_it(p, a);
	for (guint i = 0; i < data->names->len; i++) {
		const char *name = data->names->pdata[i];
		g_autofree char *path = g_strconcat("/dev/md/", name, NULL), *node = g_strconcat("/dev/md", name, NULL);

		graph_name(p, d, path);
		if (md_number(name) && claim(p, a, name) >= CLAIM_LINE)
			graph_name(p, d, node);
	}
	graph_name(p, d, by_id);
	if (by_name)
		graph_name(p, d, by_name);
	node_is_anothers(p, a, d);
}

bool md_answers_to(const struct assembly *a, const char *key)
{
	const struct md_data *data = a->data;
	g_autofree char *name = canonical_of_key(key);

	if (g_str_has_prefix(key, "/dev/disk/by-id/md-uuid-"))
		return uuid_equal(key + strlen("/dev/disk/by-id/md-uuid-"), a->id);
	return name && data && g_ptr_array_find_with_equal_func(data->names, name, g_str_equal, NULL);
}

/* ---- two arrays of one name ---- */

static char *described(const struct assembly *a)
{
	GString *s = g_string_new(a->id);

	for (guint i = 0; i < a->members->len && i < 8; i++)
		g_string_append_printf(s, "%s/dev/%s", i ? ", " : " (", ((struct member *)a->members->pdata[i])->dev->node);
	g_string_append(s, a->members->len > 8 ? ", …)" : ")");
	return g_string_free(s, FALSE);
}

static void refuse_key(struct plan *p, const char *key, const struct assembly *a, const struct assembly *b)
{
	g_autofree char *x = described(a), *y = described(b);
	g_autofree char *why = g_strdup_printf(
		"the arrays %s and %s could both be %s; name what lies on one by UUID=, or give the array its name in "
		"mdadm.conf", x, y, key);
	const GPtrArray *goals = goals_of_key(p, key);

	for (guint i = 0; goals && i < goals->len; i++) {
		struct goal *g = goals->pdata[i];

		if (g->state == GOAL_WAITING && !g->dev)
			choice_refuse(p, g, MSG_DUPLICATE, -EUCLEAN, why);
	}
}

/* Such an array gets the number that is free: which one it is depends on who comes first. */
static bool unnumbered(struct plan *p, struct assembly *a)
{
	const struct md_data *data;

	if (a->layer != &layer_md || !a->members->len || a->adopted || md_ignored(p, a))
		return false;
	if (!a->data)
		superblock_name(p, a);
	data = a->data;
	for (guint i = 0; i < p->arrays->len; i++) {
		const struct array_policy *ap = p->arrays->pdata[i];
		g_autofree char *name = ap->name && array_policy_fits(ap, a) ? canonical(ap->name) : NULL;

		if (name && md_number(name))
			return false;
	}
	return str_empty(data->own) || !md_number(data->own) || !claim(p, a, data->own);
}

static void refuse_numbers(struct plan *p, struct assembly *a)
{
	struct assembly *other = NULL;

	for (guint i = 0; i < p->assemblies->len && !other && unnumbered(p, a); i++)
		if (p->assemblies->pdata[i] != a && could_start(p->assemblies->pdata[i]) &&
		    unnumbered(p, p->assemblies->pdata[i]))
			other = p->assemblies->pdata[i];
	for (guint i = 0; other && i < p->goals->len; i++) {
		const struct goal *g = p->goals->pdata[i];
		g_autofree char *name = g->state == GOAL_WAITING && g_str_has_prefix(g->key, "/dev/md") ?
						canonical_of_key(g->key) : NULL;
		bool given = false;

		for (guint k = 0; name && k < p->assemblies->len && !given; k++)
			given = claim(p, p->assemblies->pdata[k], name) != CLAIM_NONE;
		for (guint k = 0; name && k < p->arrays->len && !given; k++)
			given = given_by(p->arrays->pdata[k], name);
		if (name && md_number(name) && !given)
			refuse_key(p, g->key, a, other);
	}
}

void md_refuse_goals(struct plan *p, struct assembly *a)
{
	struct md_data *data = md_data(a);
	const char *const claimed[] = { data->own, data->full };

	if (!graph_choice_allowed(p) || assembly_running(a) || a->state == ASSEMBLY_ACTIVATING)
		return;
	for (guint i = 0; i < p->arrays->len + G_N_ELEMENTS(claimed); i++) {
		const struct array_policy *ap = i < p->arrays->len ? p->arrays->pdata[i] : NULL;
		g_autofree char *name = ap ? (ap->name && array_policy_fits(ap, a) ? canonical(ap->name) : NULL) :
					     g_strdup(claimed[i - p->arrays->len]);
		g_autofree char *path = g_strconcat("/dev/md/", name, NULL), *node = g_strconcat("/dev/md", name, NULL);
		enum claim mine = name && *name ? claim(p, a, name) : CLAIM_NONE;
		struct assembly *other = mine ? rival(p, a, name, mine) : NULL;

		if (!other || claim(p, other, name) != mine)
			continue;
		refuse_key(p, path, a, other);
		if (md_number(name))
			refuse_key(p, node, a, other);
	}
	refuse_numbers(p, a);
}
