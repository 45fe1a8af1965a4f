/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What holds of every transaction, whatever the metadata said: for the unit tests and for the fuzzers.
 * It is found here without the code that makes the tables or checks them.
 */
#pragma once

#include "format/format.h"

/* How many segments the LV of a device has; 0: the device is of no LV of the group. */
static unsigned property_segments(const struct lvm_vg *vg, const char *uuid)
{
	unsigned n = 0;

	for (guint i = 0; i < vg->lvs->len; i++) {
		const struct lvm_lv *lv = g_ptr_array_index(vg->lvs, i);
		g_autofree char *own = lvm_dm_uuid(vg, lv, NULL);
		unsigned segments = 0;

		if (!g_str_has_prefix(uuid, own) || (uuid[strlen(own)] && uuid[strlen(own)] != '-'))
			continue;
		for (guint c = 0; c < lv->node->children->len; c++) {
			const struct lvm_node *child = g_ptr_array_index(lv->node->children, c);

			segments += child->children && g_str_has_prefix(child->key, "segment");
		}
		n = MAX(n, segments);
	}
	return n;
}

static bool property_device_line(const struct lvm_vg *vg, char **words, GHashTable *names, unsigned *lines)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+.-";
	g_autofree char *prefix = lvm_dm_name(vg->name, "", NULL);
	g_autofree char *id = g_strdup(vg->uuid);
	char *to = id;

	for (const char *p = vg->uuid; *p; p++)
		if (*p != '-')
			*to++ = *p;
	*to = '\0';
	if (g_strv_length(words) < 5 || !g_str_has_prefix(words[1], prefix) || strlen(words[1]) > 127 ||
	    words[1][strspn(words[1], allowed)])
		return false;
	if (!g_str_has_prefix(words[2], "LVM-") || !g_str_has_prefix(words[2] + 4, id) || strlen(words[2]) > 128)
		return false;
	*lines = property_segments(vg, words[2]);
	g_hash_table_add(names, g_strdup(words[1]));
	return *lines > 0 && (streq0(words[3], "rw") || streq0(words[3], "ro"));
}

struct property {
	bool (*member)(void *data, dev_t devnum);
	void *data;
	GHashTable *names;
};

/* No path, nothing that the kernel could take for a device but members and what was made before. */
static bool property_word(const struct property *p, const char *word)
{
	dev_t n;

	if (*word == '@')
		return g_hash_table_contains(p->names, word + 1);
	if (strchr(word, ':'))
		return devnum_parse(word, &n) >= 0 && p->member(p->data, n);
	return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_-P")];
}

static bool property_device(void *data, const char *word)
{
	return (*word == '@' || strchr(word, ':')) && property_word(data, word);
}

/* NULL: all is well; else the line that is not. */
static char *transaction_fault(const struct lvm_vg *vg, const char *text, bool (*member)(void *data, dev_t devnum),
			       void *data)
{
	g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	struct property p = {member, data, names};
	unsigned left = 0;
	uint64_t at = 0, start, length;

	if (*text && text[strlen(text) - 1] != '\n')
		return g_strdup("no end of the last line");
	for (char **l = lines; *l && l[1]; l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", -1);
		const char *params = words[0] && words[1] && words[2] ? strchr(strchr(strchr(*l, ' ') + 1, ' ') + 1, ' ') : NULL;
		bool fine;

		if (g_str_has_prefix(*l, "device ")) {
			at = 0;
			fine = property_device_line(vg, words, names, &left);
		} else {
			fine = left-- > 0 && g_strv_length(words) >= 3 && parse_u64(words[0], &start) == 0 &&
			       start == at && parse_u64(words[1], &length) == 0 && length > 0 &&
			       dm_params_valid(words[2], params ? params + 1 : "", property_device, &p);
			at += fine ? length : 0;
			for (char **w = words; fine && *w; w++)
				fine = property_word(&p, *w);
		}
		if (!fine)
			return g_strdup(*l);
	}
	return NULL;
}
