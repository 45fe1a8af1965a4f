/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a DM_ACTIVATE transaction; its format is described in core/action.h. */
#include "dm.h"

#include "format/format.h"

#include <linux/dm-ioctl.h>

#define MINORS (1U << 20)

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
	g_ptr_array_unref(d->members);
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

/* ---- members ---- */

static void member_free(gpointer p)
{
	struct dm_member *m = p;

	g_free(m->uuid);
	g_free(m);
}

/* "MAJOR:MINOR DISKSEQ [UUID]" */
static GPtrArray *members_parse(const char *text)
{
	g_autoptr(GPtrArray) members = g_ptr_array_new_with_free_func(member_free);
	const char *p = text ?: "";
	char *copy;

	while ((copy = sys_next_line(&p))) {
		g_autofree char *line = copy;
		g_auto(GStrv) word = g_strsplit(line, " ", 3);
		struct dm_member *m = g_new0(struct dm_member, 1);

		g_ptr_array_add(members, m);
		if (g_strv_length(word) < 2 || devnum_parse(word[0], &m->devnum) < 0 ||
		    parse_u64(word[1], &m->diskseq) < 0)
			return NULL;
		m->uuid = g_strdup(word[2]);
	}
	return g_steal_pointer(&members);
}

static uint64_t diskseq_now(dev_t n)
{
	g_autofree char *disk = sys_read("/sys/dev/block/%u:%u/diskseq", major(n), minor(n));
	g_autofree char *of_partition = disk ? NULL : sys_read("/sys/dev/block/%u:%u/../diskseq", major(n), minor(n));
	uint64_t seq;

	return parse_u64(disk ?: of_partition ?: "", &seq) >= 0 ? seq : 0;
}

int dm_members_check(const struct dm_dev *d, struct input *res)
{
	for (guint i = 0; i < d->members->len; i++) {
		const struct dm_member *m = g_ptr_array_index(d->members, i);
		unsigned ma = major(m->devnum), mi = minor(m->devnum);
		g_autofree char *dev = sys_read("/sys/dev/block/%u:%u/dev", ma, mi);
		g_autofree char *uuid = m->uuid ? sys_read("/sys/dev/block/%u:%u/dm/uuid", ma, mi) : NULL;
		uint64_t seq = m->diskseq ? diskseq_now(m->devnum) : 0;

		if (!dev)
			return sys_fail(res, -ESTALE, "%s: %u:%u is gone", d->name, ma, mi);
		g_autofree char *ro = sys_read("/sys/dev/block/%u:%u/ro", ma, mi);

		if (!d->readonly && streq0(ro, "1"))
			return sys_fail(res, -EROFS, "%s: %u:%u is read-only now", d->name, ma, mi);
		if ((seq && seq != m->diskseq) || (m->uuid && !streq0(uuid, m->uuid)))
			return sys_fail(res, -ESTALE, "%s: %u:%u is another device now", d->name, ma, mi);
	}
	return 0;
}

/* ---- lines ---- */

/* "minor=N", "readahead=N" (sectors), "transaction=N" (of a thin pool) behind the flags. */
static bool parse_options(char **word, struct dm_dev *d)
{
	for (; *word; word++) {
		uint64_t n;

		if (g_str_has_prefix(*word, "minor=") && parse_u64(*word + 6, &n) >= 0 && n < MINORS)
			d->minor = (int)n;
		else if (g_str_has_prefix(*word, "readahead=") && parse_u64(*word + 10, &n) >= 0 && n <= UINT32_MAX)
			d->readahead = (uint32_t)n;
		else if (g_str_has_prefix(*word, "transaction=") && parse_u64(*word + 12, &n) >= 0 && n <= INT64_MAX)
			d->transaction = (int64_t)n;
		else
			return false;
	}
	return true;
}

/*
 * "device NAME UUID rw|ro FLAGS [OPTION...]".  What two LVs lie on is described with each of them: the
 * second description is passed over, *ret is NULL then.
 */
static int parse_device(char **word, const char *group, GPtrArray *devs, struct dm_dev **ret)
{
	struct dm_dev *d;
	guint64 flags;

	if (g_strv_length(word) < 5 || !dm_name_valid(word[1]) || strlen(word[1]) >= DM_NAME_LEN ||
	    !dm_uuid_of_group(word[2], group) || strlen(word[2]) >= DM_UUID_LEN)
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
	d = g_new0(struct dm_dev, 1);
	d->name = g_strdup(word[1]);
	d->uuid = g_strdup(word[2]);
	d->readonly = g_str_equal(word[3], "ro");
	d->flags = (uint16_t)flags;
	d->minor = -1;
	d->transaction = -1;
	d->readahead = DM_READ_AHEAD_AUTO;
	d->lines = g_ptr_array_new_with_free_func(line_free);
	d->members = g_ptr_array_new();
	g_ptr_array_add(devs, d);
	*ret = d;
	return parse_options(word + 5, d) ? 0 : -EINVAL;
}

struct place {
	const GPtrArray *devs, *members;
	struct dm_dev *dev;
};

/* Where the kernel looks for a device there may be one of the transaction, made before, or a member. */
static bool device_allowed(void *data, const char *word)
{
	const struct place *at = data;
	struct dm_dev *below;
	dev_t n;

	if (*word == '@') {
		below = find(at->devs, word + 1, strlen(word + 1));
		if (!below || below == at->dev)
			return false;
		below->wanted_below = true;
		return true;
	}
	for (guint i = 0; devnum_parse(word, &n) >= 0 && i < at->members->len; i++) {
		struct dm_member *m = g_ptr_array_index(at->members, i);

		if (m->devnum != n)
			continue;
		if (!g_ptr_array_find(at->dev->members, m, NULL))
			g_ptr_array_add(at->dev->members, m);
		return true;
	}
	return false;
}

/* "START LENGTH TARGET PARAMETERS" */
static int parse_line(const char *text, struct place *at)
{
	g_auto(GStrv) word = g_strsplit(text, " ", 4);
	struct dm_line *l;
	uint64_t start, length;

	if (!at->devs->len || g_strv_length(word) < 3 || !*word[2])
		return -EINVAL;
	if (parse_u64(word[0], &start) < 0 || parse_u64(word[1], &length) < 0 || !length)
		return -EINVAL;
	if (!at->dev)
		return 0;
	if (!dm_params_valid(word[2], word[3] ?: "", device_allowed, at))
		return -EPERM;
	l = g_new0(struct dm_line, 1);
	l->start = start;
	l->length = length;
	l->target = g_strdup(word[2]);
	l->params = g_strdup(word[3] ?: "");
	g_ptr_array_add(at->dev->lines, l);
	return 0;
}

static int fail(char **why, int error, const char *what, const char *line)
{
	*why = g_strdup_printf("%s: %.200s", what, line);
	return error;
}

static int lines_parse(const struct action *a, const GPtrArray *members, GPtrArray *devs, char **why)
{
	struct place at = { devs, members, NULL };
	const char *p = a->text ?: "", *group = a->uuid ?: "";
	char *copy;

	while ((copy = sys_next_line(&p))) {
		g_autofree char *line = copy;
		g_auto(GStrv) word = g_strsplit(line, " ", 0);
		int r;

		if (!*line)
			continue;
		r = streq0(word[0], "device") ? parse_device(word, group, devs, &at.dev) : parse_line(line, &at);
		if (r < 0)
			return fail(why, r, r == -EPERM ? "not over members of the group only" : "not a line of a table",
				    line);
	}
	for (guint i = 0; i < devs->len; i++)
		if (!((struct dm_dev *)g_ptr_array_index(devs, i))->lines->len)
			return fail(why, -EINVAL, "no table", ((struct dm_dev *)g_ptr_array_index(devs, i))->name);
	return 0;
}

int dm_transaction_parse(const struct action *a, struct dm_transaction *ret, char **why)
{
	g_autoptr(GPtrArray) devs = g_ptr_array_new_with_free_func(dev_free);
	g_autoptr(GPtrArray) members = members_parse(a->members);
	int r = members ? lines_parse(a, members, devs, why) : fail(why, -EINVAL, "no members", a->members ?: "");

	if (r < 0)
		return r;
	ret->devs = g_steal_pointer(&devs);
	ret->members = g_steal_pointer(&members);
	return 0;
}

void dm_transaction_clear(struct dm_transaction *t)
{
	g_clear_pointer(&t->devs, g_ptr_array_unref);
	g_clear_pointer(&t->members, g_ptr_array_unref);
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
