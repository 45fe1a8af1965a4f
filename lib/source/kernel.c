/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Without udevd nobody loads drivers for what was there before us: their aliases are in sysfs. */
#include "source/source.h"

#include <dirent.h>
#include <unistd.h>

static void alias_of(const char *device, GHashTable *seen, GString *to)
{
	g_autofree char *driver = g_strconcat(device, "/driver", NULL);
	g_autofree char *path = g_strconcat(device, "/modalias", NULL);
	g_autofree char *text = NULL;

	if (access(driver, F_OK) == 0 || !g_file_get_contents(path, &text, NULL, NULL))
		return;
	g_strstrip(text);
	if (!*text || strchr(text, ' ') || !g_hash_table_add(seen, g_strdup(text)))
		return;
	g_string_append_printf(to, "%s%s", to->len ? " " : "", text);
}

static void bus(const char *name, GHashTable *seen, GString *to)
{
	g_autofree char *dir = g_strdup_printf("/sys/bus/%s/devices", name);
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		g_autofree char *device = NULL;

		if (e->d_name[0] == '.')
			continue;
		device = g_strconcat(dir, "/", e->d_name, NULL);
		alias_of(device, seen, to);
	}
	if (d)
		closedir(d);
}

void modalias_walk(source_feed feed, void *data)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GString) aliases = g_string_new(NULL);
	struct input in = { .type_id = INPUT_MODALIAS };
	DIR *d = opendir("/sys/bus");
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			bus(e->d_name, seen, aliases);
	if (d)
		closedir(d);
	if (!aliases->len)
		return;
	in.text = aliases->str;
	feed(data, &in);
}
