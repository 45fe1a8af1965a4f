/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lines of device-mapper tables that we load, word by word.  What they are made of comes from disks
 * in part, and the kernel takes many a word for a device (a path, a name, "8:0", the number 800): so
 * only the targets below are let through, in each of their lines it is known which words are devices,
 * and all others are numbers or of a closed list.
 */
#include "format/format.h"

#define WORDS_MAX 4096
#define UUID_LVM_LENGTH 68 /* "LVM-", the group's 32 characters and the volume's 32 */

struct words {
	char **word; /* NULL at the end */
	bool (*device)(void *data, const char *word);
	void *data;
};

static bool take_number(struct words *w, uint64_t *ret)
{
	uint64_t ignored;

	return *w->word && parse_u64(*w->word++, ret ?: &ignored) >= 0;
}

static bool take_device(struct words *w)
{
	return *w->word && w->device(w->data, *w->word++);
}

static bool take_device_or_none(struct words *w)
{
	if (!streq0(*w->word, "-"))
		return take_device(w);
	w->word++;
	return true;
}

static bool take_one_of(struct words *w, const char *const *list)
{
	return *w->word && g_strv_contains(list, *w->word++);
}

static bool at_end(const struct words *w)
{
	return !*w->word;
}

static bool take_device_number(struct words *w)
{
	return take_device(w) && take_number(w, NULL);
}

/* A count, and so many times what `take` takes. */
static bool take_counted(struct words *w, bool (*take)(struct words *))
{
	uint64_t n;

	if (!take_number(w, &n) || n > WORDS_MAX)
		return false;
	for (uint64_t i = 0; i < n; i++)
		if (!take(w))
			return false;
	return true;
}

/* ---- one function a target ---- */

static bool is_bare(struct words *w)
{
	return true;
}

static bool is_striped(struct words *w)
{
	uint64_t n;

	if (!take_number(w, &n) || n > WORDS_MAX || !take_number(w, NULL))
		return false;
	for (uint64_t i = 0; i < n; i++)
		if (!take_device_number(w))
			return false;
	return true;
}

static bool take_mirror_feature(struct words *w)
{
	static const char *const features[] = { "handle_errors", "keep_log", NULL };

	return take_one_of(w, features);
}

static bool is_mirror(struct words *w)
{
	static const char *const logs[] = { "core", "disk", NULL }, *const syncs[] = { "sync", "nosync", NULL };
	bool disk = streq0(*w->word, "disk");
	uint64_t n;

	if (!take_one_of(w, logs) || !take_number(w, &n) || n < 1U + disk || n > 2U + disk)
		return false;
	if ((disk && !take_device(w)) || !take_number(w, NULL) || (n == 2U + disk && !take_one_of(w, syncs)))
		return false;
	return take_counted(w, take_device_number) && (at_end(w) || take_counted(w, take_mirror_feature));
}

static bool take_raid_parameter(struct words *w)
{
	static const char *const keys[] = {
		"sync",	       "nosync",	    "rebuild",		 "write_mostly", "daemon_sleep",
		"region_size", "min_recovery_rate", "max_recovery_rate", "stripe_cache", "max_write_behind",
		"data_offset", "delta_disks",	    "raid10_copies",	 NULL,
	};
	int64_t number; /* of disks that a reshape takes away: negative */

	if (!*w->word || parse_s64(*w->word, &number) < 0)
		return take_one_of(w, keys);
	w->word++;
	return true;
}

static bool take_raid_image(struct words *w)
{
	return take_device_or_none(w) && take_device_or_none(w);
}

static bool is_raid(struct words *w)
{
	static const char *const levels[] = {
		"raid0",    "raid1",	"raid4",    "raid5_la",	  "raid5_ra",	"raid5_ls",   "raid5_rs",   "raid5_n",
		"raid6_zr", "raid6_nr", "raid6_nc", "raid6_n_6",  "raid6_ls_6", "raid6_rs_6", "raid6_la_6", "raid6_ra_6",
		"raid10",   NULL,
	};

	return take_one_of(w, levels) && take_counted(w, take_raid_parameter) && take_counted(w, take_raid_image);
}

static bool is_snapshot(struct words *w)
{
	static const char *const kinds[] = { "P", "PO", NULL };

	return take_device(w) && take_device(w) && take_one_of(w, kinds) && take_number(w, NULL);
}

static bool is_thin(struct words *w)
{
	return take_device_number(w) && (at_end(w) || take_device(w));
}

static bool take_pool_feature(struct words *w)
{
	static const char *const features[] = { "skip_block_zeroing", "ignore_discard", "no_discard_passdown",
						"read_only", "error_if_no_space", NULL };

	return take_one_of(w, features);
}

static bool is_thin_pool(struct words *w)
{
	return take_device(w) && take_device_number(w) && take_number(w, NULL) && take_counted(w, take_pool_feature);
}

static bool take_cache_feature(struct words *w)
{
	static const char *const features[] = { "metadata2", "writethrough", "writeback", "passthrough",
						"no_discard_passdown", NULL };

	return take_one_of(w, features);
}

/* Settings of a policy: a name or its value. */
static bool take_setting(struct words *w)
{
	return *w->word && dm_word_valid(*w->word++);
}

static bool is_cache(struct words *w)
{
	static const char *const policies[] = { "default", "smq", "mq", "cleaner", NULL };

	return take_device(w) && take_device(w) && take_device_number(w) && take_counted(w, take_cache_feature) &&
	       take_one_of(w, policies) && take_counted(w, take_setting);
}

static const struct {
	const char *name;
	bool (*takes)(struct words *w);
} targets[] = {
	{ "linear", take_device_number },
	{ "striped", is_striped },
	{ "error", is_bare },
	{ "zero", is_bare },
	{ "mirror", is_mirror },
	{ "raid", is_raid },
	{ "snapshot", is_snapshot },
	{ "snapshot-merge", is_snapshot },
	{ "snapshot-origin", take_device },
	{ "thin", is_thin },
	{ "thin-pool", is_thin_pool },
	{ "cache", is_cache },
};

bool dm_params_valid(const char *target, const char *params, bool (*device)(void *data, const char *word), void *data)
{
	g_auto(GStrv) split = g_strsplit(params, " ", -1);
	struct words w = { split, device, data };

	for (size_t i = 0; i < G_N_ELEMENTS(targets); i++)
		if (g_str_equal(targets[i].name, target))
			return targets[i].takes(&w) && at_end(&w);
	return false;
}

/* ---- words and names ---- */

bool dm_word_valid(const char *word)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return n && !word[n];
}

bool dm_name_valid(const char *name)
{
	for (const char *p = name; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("_+.-", *p))
			return false;
	return *name && !g_str_equal(name, ".") && !g_str_equal(name, "..");
}

bool dm_uuid_of_group(const char *uuid, const char *group)
{
	size_t n = strlen("LVM-") + strlen(group);

	if (!g_str_has_prefix(uuid, "LVM-") || !g_str_has_prefix(uuid + strlen("LVM-"), group) || n != 36)
		return false;
	for (size_t i = strlen("LVM-"); i < UUID_LVM_LENGTH; i++)
		if (!g_ascii_isalnum(uuid[i]) && uuid[i] != '!' && uuid[i] != '#')
			return false;
	uuid += UUID_LVM_LENGTH;
	return !*uuid || (*uuid == '-' && dm_word_valid(uuid + 1));
}
