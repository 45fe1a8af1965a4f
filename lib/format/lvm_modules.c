/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel modules that a transaction needs: a small initramfs has no modprobe the kernel could call.
 */
#include "format/format.h"

static const struct {
	const char *target;
	const char *word; /* what the first parameter starts with */
	const char *modules[3];
} needs[] = {
	{"raid", "raid10", {"dm-raid", "raid10"}},
	{"raid", "raid0", {"dm-raid", "raid0"}},
	{"raid", "raid1", {"dm-raid", "raid1"}},
	{"raid", "raid", {"dm-raid", "raid456"}},
	{"mirror", "", {"dm-mirror"}},
	{"snapshot", "", {"dm-snapshot"}},
	{"snapshot-origin", "", {"dm-snapshot"}},
	{"thin", "", {"dm-thin-pool"}},
	{"thin-pool", "", {"dm-thin-pool"}},
	{"cache", "", {"dm-cache", "dm-cache-smq"}},
	{"zero", "", {"dm-zero"}},
};

static void add_word(GString *to, const char *word)
{
	g_auto(GStrv) have = g_strsplit(to->str, " ", -1);

	if (g_strv_contains((const char *const *)have, word))
		return;
	if (to->len)
		g_string_append_c(to, ' ');
	g_string_append(to, word);
}

char *lvm_table_modules(const char *text)
{
	GString *modules = g_string_new("dm-mod");
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **l = lines; *l; l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", 5);

		if (g_strv_length(words) < 3 || g_str_equal(words[0], "device"))
			continue;
		for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
			if (!g_str_equal(needs[i].target, words[2]) ||
			    !g_str_has_prefix(words[3] ?: "", needs[i].word))
				continue;
			for (const char *const *m = needs[i].modules; *m; m++)
				add_word(modules, *m);
			break;
		}
	}
	return g_string_free(modules, FALSE);
}
