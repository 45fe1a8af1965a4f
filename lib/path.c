/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mount points as the kernel will show them: one way to write each, found where they enter the library. */
#include "context.h"

#include <limits.h>
#include <stdlib.h>

/* By its text alone: no empty parts, no "." and no "..". */
char *path_normal(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", -1);
	g_autoptr(GPtrArray) kept = g_ptr_array_new();
	g_autofree char *joined = NULL;

	for (char **p = parts; *p; p++) {
		if (g_str_equal(*p, "..") && kept->len)
			g_ptr_array_set_size(kept, (int)kept->len - 1);
		else if (**p && !g_str_equal(*p, ".") && !g_str_equal(*p, ".."))
			g_ptr_array_add(kept, *p);
	}
	g_ptr_array_add(kept, NULL);
	joined = g_strjoinv("/", (char **)kept->pdata);
	return g_strconcat("/", joined, NULL);
}

/* Links in the part of it that exists lead where they lead; the rest is to be made.  NULL: not absolute. */
char *path_resolved(const char *path)
{
	g_autofree char *head = *path == '/' ? g_strdup(path) : NULL, *whole = NULL;
	char real[PATH_MAX], *cut;

	while (head && !realpath(head, real)) {
		cut = strrchr(head, '/');
		if (cut == head || !cut)
			return path_normal(path);
		*cut = '\0';
	}
	if (!head)
		return NULL;
	whole = g_strconcat(real, path + strlen(head), NULL);
	return path_normal(whole);
}

/* Below prefix, whose links count; those of the system in it lead elsewhere from here. */
char *path_below(const char *prefix, const char *path)
{
	g_autofree char *top = NULL, *rest = NULL;

	if (str_empty(prefix))
		return path_resolved(path) ?: g_strdup(path);
	top = path_resolved(prefix) ?: g_strdup(prefix);
	rest = path_normal(path);
	if (g_str_equal(rest, "/"))
		return g_steal_pointer(&top);
	return g_str_equal(top, "/") ? g_steal_pointer(&rest) : g_strconcat(top, rest, NULL);
}
