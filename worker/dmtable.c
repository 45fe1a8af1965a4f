/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a DM_ACTIVATE transaction; its format is described in core/action.h. */
#include "dm.h"

#include <linux/dm-ioctl.h>

static void line_free(gpointer p)
{
	struct dm_line *l = p;

	g_free(l->target);
	g_free(l->params);
	g_free(l);
}

static void dev_free(gpointer p)
{
	struct dm_dev *d = p;

	g_free(d->name);
	g_free(d->uuid);
	g_ptr_array_unref(d->lines);
	g_free(d);
}

static struct dm_dev *find(const GPtrArray *devs, const char *name, size_t len)
{
	for (guint i = 0; i < devs->len; i++) {
		struct dm_dev *d = g_ptr_array_index(devs, i);

		if (strlen(d->name) == len && !memcmp(d->name, name, len))
			return d;
	}
	return NULL;
}

/*
 * "device NAME UUID rw|ro FLAGS".  What two LVs lie on is described with each of them: the second
 * description is passed over, *ret is NULL then.
 */
static int parse_device(char **word, GPtrArray *devs, struct dm_dev **ret)
{
	struct dm_dev *d;
	guint64 flags;

	if (g_strv_length(word) != 5 || !*word[1])
		return -EINVAL;
	d = find(devs, word[1], strlen(word[1]));
	if (d && !g_str_equal(d->uuid, word[2]))
		return -EINVAL;
	*ret = NULL;
	if (d)
		return 0;
	if (!g_str_equal(word[3], "ro") && !g_str_equal(word[3], "rw"))
		return -EINVAL;
	if (!g_ascii_string_to_unsigned(word[4] + (g_str_has_prefix(word[4], "0x") ? 2 : 0), 16, 0, UINT16_MAX,
					&flags, NULL))
		return -EINVAL;
	if (strlen(word[1]) >= DM_NAME_LEN || strlen(word[2]) >= DM_UUID_LEN || strchr(word[1], '/'))
		return -EINVAL;
	d = g_new0(struct dm_dev, 1);
	d->name = g_strdup(word[1]);
	d->uuid = g_strdup(word[2]);
	d->readonly = g_str_equal(word[3], "ro");
	d->flags = (uint16_t)flags;
	d->lines = g_ptr_array_new_with_free_func(line_free);
	g_ptr_array_add(devs, d);
	*ret = d;
	return 0;
}

/* Marks the devices that this line of d lies on; -ENODEV: one that does not come before it. */
static int mark_below(const GPtrArray *devs, const struct dm_dev *d, const char *params)
{
	for (const char *p = params; *p;) {
		size_t len = strcspn(p, " ");

		if (*p == '@') {
			struct dm_dev *below = find(devs, p + 1, len - 1);

			if (!below || below == d)
				return -ENODEV;
			below->wanted_below = true;
		}
		p += len;
		p += strspn(p, " ");
	}
	return 0;
}

/* "START LENGTH TARGET PARAMETERS" */
static int parse_line(const char *text, const GPtrArray *devs, struct dm_dev *d)
{
	g_auto(GStrv) word = g_strsplit(text, " ", 4);
	struct dm_line *l;
	uint64_t start, length;

	if (!devs->len || g_strv_length(word) < 3 || !*word[2])
		return -EINVAL;
	if (parse_u64(word[0], &start) < 0 || parse_u64(word[1], &length) < 0 || !length)
		return -EINVAL;
	if (!d)
		return 0;
	if (word[3] && mark_below(devs, d, word[3]) < 0)
		return -ENODEV;
	l = g_new0(struct dm_line, 1);
	l->start = start;
	l->length = length;
	l->target = g_strdup(word[2]);
	l->params = g_strdup(word[3] ?: "");
	g_ptr_array_add(d->lines, l);
	return 0;
}

int dm_transaction_parse(const char *text, GPtrArray **ret, char **why)
{
	g_autoptr(GPtrArray) devs = g_ptr_array_new_with_free_func(dev_free);
	struct dm_dev *d = NULL;
	const char *p = text ?: "";
	char *copy;

	while ((copy = sys_next_line(&p))) {
		g_autofree char *line = copy;
		g_auto(GStrv) word = g_strsplit(line, " ", 0);
		int r;

		if (!*line)
			continue;
		r = streq0(word[0], "device") ? parse_device(word, devs, &d) : parse_line(line, devs, d);
		if (r < 0) {
			*why = g_strdup_printf("not a line of a table: %.200s", line);
			return r;
		}
	}
	for (guint i = 0; i < devs->len; i++) {
		d = g_ptr_array_index(devs, i);
		if (!d->lines->len) {
			*why = g_strdup_printf("%s has no table", d->name);
			return -EINVAL;
		}
	}
	*ret = g_steal_pointer(&devs);
	return 0;
}

int dm_params_resolve(const GPtrArray *devs, const struct dm_dev *dev, const struct dm_line *line, char **ret)
{
	g_autoptr(GString) to = g_string_new(NULL);

	for (const char *p = line->params; *p;) {
		size_t len = strcspn(p, " ");

		if (*p == '@') {
			const struct dm_dev *below = find(devs, p + 1, len - 1);

			if (!below || below == dev || !below->devnum)
				return -ENODEV;
			g_string_append_printf(to, "%u:%u", major(below->devnum), minor(below->devnum));
		} else {
			g_string_append_len(to, p, (gssize)len);
		}
		p += len;
		for (; *p == ' '; p++)
			g_string_append_c(to, ' ');
	}
	*ret = g_string_free(g_steal_pointer(&to), FALSE);
	return 0;
}
