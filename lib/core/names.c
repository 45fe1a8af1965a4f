/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What devices answer to, and the links below /dev where no udevd makes them. */
#include "layer/layer.h"

/* ---- names ---- */

static bool key_has_prefix(const char *spec, const char *prefix, char **ret)
{
	size_t n = strlen(prefix);

	if (g_ascii_strncasecmp(spec, prefix, n) != 0)
		return false;
	*ret = g_strconcat(prefix, spec + n, NULL);
	return true;
}

/* TAG and the name that udev's encoding stands for (\x20 …). */
static char *link_decode(const char *tag, const char *name)
{
	GString *s = g_string_new(tag);

	for (const char *c = name; *c; c++) {
		if (*c == '\\' && c[1] == 'x' && g_ascii_isxdigit(c[2]) && g_ascii_isxdigit(c[3])) {
			g_string_append_c(s, (char)(g_ascii_xdigit_value(c[2]) * 16 + g_ascii_xdigit_value(c[3])));
			c += 3;
		} else {
			g_string_append_c(s, *c);
		}
	}
	return g_string_free(s, FALSE);
}

char *graph_key(const char *spec)
{
	static const struct {
		const char *dir, *tag;
	} by[] = {
		{ "/dev/disk/by-uuid/", "UUID=" },
		{ "/dev/disk/by-partuuid/", "PARTUUID=" },
		{ "/dev/disk/by-label/", "LABEL=" },
		{ "/dev/disk/by-partlabel/", "PARTLABEL=" },
	};
	g_autofree char *key = NULL;
	dev_t devnum;

	for (size_t i = 0; i < G_N_ELEMENTS(by); i++)
		if (g_str_has_prefix(spec, by[i].dir)) {
			g_autofree char *tag = link_decode(by[i].tag, spec + strlen(by[i].dir));

			return graph_key(tag);
		}
	if (key_has_prefix(spec, "UUID=", &key) || key_has_prefix(spec, "PARTUUID=", &key)) {
		size_t tag = strcspn(key, "=") + 1;
		g_autofree char *value = g_ascii_strdown(key + tag, -1);
		g_autofree char *head = g_strndup(key, tag);

		return g_strconcat(head, value, NULL);
	}
	if (key_has_prefix(spec, "LABEL=", &key) || key_has_prefix(spec, "PARTLABEL=", &key))
		return g_steal_pointer(&key);
	if (devnum_parse(spec, &devnum) == 0)
		return g_strdup_printf("%u:%u", major(devnum), minor(devnum));
	return g_strdup(spec);
}

struct device *graph_lookup(const struct plan *p, const char *key)
{
	const GPtrArray *found = graph_named(p, key);

	return found ? found->pdata[0] : NULL;
}

const GPtrArray *graph_named(const struct plan *p, const char *key)
{
	const GPtrArray *found = g_hash_table_lookup(p->names, key);

	return found && found->len ? found : NULL;
}

void graph_name(struct plan *p, struct device *d, const char *key)
{
	GPtrArray *holders;
	struct volume *v;

	for (guint i = 0; i < d->names->len; i++)
		if (g_str_equal(d->names->pdata[i], key))
			return;
	g_ptr_array_add(d->names, g_strdup(key));
	holders = g_hash_table_lookup(p->names, key);
	if (!holders) {
		holders = g_ptr_array_new();
		g_hash_table_insert(p->names, g_strdup(key), holders);
	}
	g_ptr_array_add(holders, d);
	goals_ask_key(p, key);
	v = g_hash_table_lookup(p->volumes_by_key, key);
	if (v && d->member_of)
		assembly_touch(p, d->member_of);
}

void graph_unname(struct plan *p, struct device *d, const char *key)
{
	GPtrArray *holders = g_hash_table_lookup(p->names, key);
	guint at;

	if (!g_ptr_array_find_with_equal_func(d->names, key, g_str_equal, &at))
		return;
	g_ptr_array_remove(holders, d);
	if (!holders->len)
		g_hash_table_remove(p->names, key);
	g_ptr_array_remove_index(d->names, at);
}

static void name_tag(struct plan *p, struct device *d, const char *tag, const char *value)
{
	g_autofree char *spec = NULL, *key = NULL;

	if (str_empty(value))
		return;
	spec = g_strconcat(tag, value, NULL);
	key = graph_key(spec);
	graph_name(p, d, key);
}

void names_drop(struct plan *p, struct device *d)
{
	for (guint i = 0; i < d->names->len; i++) {
		GPtrArray *holders = g_hash_table_lookup(p->names, d->names->pdata[i]);

		g_ptr_array_remove(holders, d);
		if (!holders->len)
			g_hash_table_remove(p->names, d->names->pdata[i]);
	}
	g_ptr_array_set_size(d->names, 0);
}

/* "vg-lv" with doubled dashes → "/dev/vg/lv"; NULL when it is not such a name, or the folder another kind's. */
static char *lv_path(const char *dm_name)
{
	g_autoptr(GString) s = g_string_new("/dev/");
	bool split = false;

	for (const char *c = dm_name; *c; c++) {
		if (*c != '-') {
			g_string_append_c(s, *c);
		} else if (c[1] == '-') {
			g_string_append_c(s, '-');
			c++;
		} else if (!split) {
			g_string_append_c(s, '/');
			split = true;
		} else {
			return NULL; /* a layer suffix */
		}
	}
	if (!split || link_kind(s->str + strlen("/dev/")) != LINK_LV)
		return NULL;
	return g_string_free(g_steal_pointer(&s), FALSE);
}

static void names_of_dm(struct plan *p, struct device *d)
{
	g_autofree char *mapper = NULL, *path = NULL;

	if (str_empty(d->dm_name))
		return;
	mapper = g_strconcat("/dev/mapper/", d->dm_name, NULL);
	graph_name(p, d, mapper);
	if (d->dm_uuid && g_str_has_prefix(d->dm_uuid, "LVM-") && !strchr(d->dm_uuid + 4, '-') && !d->inner) {
		path = lv_path(d->dm_name);
		if (path)
			graph_name(p, d, path);
	}
}

static void name_by_id(struct plan *p, struct device *d, const char *prefix, const char *id)
{
	g_autofree char *enc = NULL, *key = NULL;

	if (str_empty(id))
		return;
	enc = link_encode(id);
	key = d->partn ? g_strdup_printf("/dev/disk/by-id/%s%s-part%" PRIu64, prefix, enc, d->partn) :
			 g_strdup_printf("/dev/disk/by-id/%s%s", prefix, enc);
	graph_name(p, d, key);
}

/* Those of udev's names by identity that need nothing but what sysfs says. */
static void names_by_id(struct plan *p, struct device *d)
{
	const struct device *disk = d->partn ? graph_find(p, d->parent) : d;
	const char *id = d->wwid;

	if (!disk)
		return;
	if (g_str_has_prefix(disk->node, "vd"))
		name_by_id(p, d, "virtio-", d->hw_serial);
	else if (g_str_has_prefix(disk->node, "nvme") && id)
		name_by_id(p, d, "nvme-", id);
	else if (id && g_str_has_prefix(id, "naa."))
		name_by_id(p, d, "wwn-0x", id + strlen("naa."));
	name_by_id(p, d, "dm-name-", disk->dm_name);
	name_by_id(p, d, "dm-uuid-", disk->dm_uuid);
}

void names_of_node(struct plan *p, struct device *d)
{
	g_autofree char *path = g_strconcat("/dev/", d->node, NULL);
	g_autofree char *num = g_strdup_printf("%u:%u", major(d->devnum), minor(d->devnum));

	graph_name(p, d, path);
	graph_name(p, d, num);
	paths_name(p, d);
	names_of_dm(p, d);
	if (!p->udev)
		names_by_id(p, d);
	if (d->udev_links) {
		g_auto(GStrv) links = g_strsplit(d->udev_links, " ", -1);

		for (char **l = links; *l; l++) {
			g_autofree char *link = g_strconcat("/dev/", *l, NULL);

			if (**l)
				graph_name(p, d, link);
		}
	}
}

void names_of_content(struct plan *p, struct device *d)
{
	bool member = layer_for(d->info.type) && !g_str_equal(d->info.type, "crypto_LUKS");

	name_tag(p, d, "PARTUUID=", d->info.partuuid);
	name_tag(p, d, "PARTLABEL=", d->info.partlabel);
	if (!member) { /* the UUID of an array or PV is no file system's */
		name_tag(p, d, "UUID=", d->info.uuid);
		if (!streq0(d->info.type, "crypto_LUKS"))
			name_tag(p, d, "LABEL=", d->info.label);
	} else if (g_str_equal(d->info.type, "LVM2_member") && d->info.uuid) {
		g_autofree char *key = g_strconcat("pv:", d->info.uuid, NULL);

		graph_name(p, d, key);
	}
}

/* ---- links below /dev, where no udevd makes them ---- */

static void link_add(GString *to, const char *dir, const char *name)
{
	g_autofree char *enc = NULL;

	if (str_empty(name))
		return;
	enc = link_encode(name);
	g_string_append_printf(to, "%s%s%s", to->len ? " " : "", dir, enc);
}

static bool first_with(const struct plan *p, const struct device *d, const char *tag, const char *value)
{
	g_autofree char *spec = NULL, *key = NULL;

	if (str_empty(value))
		return false;
	spec = g_strconcat(tag, value, NULL);
	key = graph_key(spec);
	return graph_lookup(p, key) == d;
}

/* An LV's and an array's: of two devices of one name the first has the link. */
static void links_of_layers(const struct plan *p, const struct device *d, GString *to)
{
	bool linked_md = false;

	for (guint i = 0; i < d->names->len; i++) {
		const char *n = d->names->pdata[i];
		enum link_kind kind = g_str_has_prefix(n, "/dev/") ? link_kind(n + strlen("/dev/")) : LINK_NONE;

		if (kind != (d->dm_name ? LINK_LV : LINK_MD) || graph_lookup(p, n) != d)
			continue;
		if (kind == LINK_MD && (linked_md || !d->output_of))
			continue; /* one of the names by which it is found, as with udevd */
		linked_md |= kind == LINK_MD;
		g_string_append_printf(to, "%s%s", to->len ? " " : "", n + strlen("/dev/"));
	}
}

void links_update(struct plan *p, struct device *d)
{
	g_autoptr(GString) s = g_string_new(NULL);
	bool member = layer_for(d->info.type) != NULL;

	if (p->udev || p->stopping)
		return;
	if (!member && first_with(p, d, "UUID=", d->info.uuid))
		link_add(s, "disk/by-uuid/", d->info.uuid);
	if (member && g_str_equal(d->info.type, "crypto_LUKS") && first_with(p, d, "UUID=", d->info.uuid))
		link_add(s, "disk/by-uuid/", d->info.uuid);
	if (first_with(p, d, "LABEL=", d->info.label) && !member)
		link_add(s, "disk/by-label/", d->info.label);
	if (first_with(p, d, "PARTUUID=", d->info.partuuid))
		link_add(s, "disk/by-partuuid/", d->info.partuuid);
	if (first_with(p, d, "PARTLABEL=", d->info.partlabel))
		link_add(s, "disk/by-partlabel/", d->info.partlabel);
	if (d->size && (d->dm_name || d->output_of))
		links_of_layers(p, d, s);
	if (s->len && !streq0(s->str, d->links_made)) {
		struct action *a = plan_request(p, ACTION_LINK, OWNER_NONE, NULL, USEC_NEVER);

		a->node = g_strdup(d->node);
		a->devnum = d->devnum;
		a->text = g_strdup(s->str);
		str_set(&d->links_made, s->str);
	}
}

void links_drop(struct plan *p, struct device *d)
{
	struct action *a;

	if (!d->links_made || p->udev)
		return;
	a = plan_request(p, ACTION_LINK, OWNER_NONE, NULL, USEC_NEVER);
	a->node = g_strdup(d->node);
	a->text = g_steal_pointer(&d->links_made);
	a->flag = true;
}
