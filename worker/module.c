/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MODULES: loads what the builder of the image put into an index, with aliases and dependencies worked
 * out then.  Without an index, or without an entry, there is nothing to do: built in, or the kernel
 * calls modprobe itself.
 *
 *   alias PATTERN MODULE
 *   module NAME PATH DEPENDENCY...		(PATH from the folder of the index; first to load first)
 */
#include "sys.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <linux/module.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

struct module_index {
	char *dir;
	GPtrArray *aliases;  /* char ** of "alias" lines */
	GHashTable *modules; /* name → char ** of its "module" line */
	GHashTable *loaded;  /* names */
};

/* In names, and by modprobe's rule in patterns and aliases outside of brackets, '-' and '_' are one. */
static char *canonical(const char *name)
{
	char *c = g_strdup(name);
	bool bracket = false;

	for (char *p = c; *p; p++) {
		if (*p == '[')
			bracket = true;
		else if (*p == ']')
			bracket = false;
		else if (*p == '-' && !bracket)
			*p = '_';
	}
	return c;
}

static void index_line(struct module_index *ix, const char *line)
{
	char **word = g_strsplit(line, " ", 0);
	guint n = g_strv_length(word);

	if (n == 3 && g_str_equal(word[0], "alias")) {
		char *pattern = canonical(word[1]);

		g_free(word[1]);
		word[1] = pattern;
		g_ptr_array_add(ix->aliases, word);
	} else if (n >= 3 && g_str_equal(word[0], "module")) {
		g_hash_table_replace(ix->modules, canonical(word[1]), word);
	} else {
		g_strfreev(word);
	}
}

static void strv_free(gpointer p)
{
	g_strfreev(p);
}

static struct module_index *index_get(void)
{
	static struct module_index *ix;
	g_autofree char *text = NULL;
	struct utsname name;
	const char *p;
	char *copy;

	if (ix)
		return ix;
	ix = g_new0(struct module_index, 1);
	ix->aliases = g_ptr_array_new_with_free_func(strv_free);
	ix->modules = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, strv_free);
	ix->loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	(void)uname(&name);
	ix->dir = g_strconcat("/lib/modules/", name.release, NULL);
	text = sys_read("%s/storage-activate.index", ix->dir);
	p = text ?: "";
	while ((copy = sys_next_line(&p))) {
		g_autofree char *line = copy;

		index_line(ix, line);
	}
	return ix;
}

static int load_file(const struct module_index *ix, const char *relative)
{
	g_autofree char *path = g_strdup_printf("%s/%s", ix->dir, relative);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	int flags = g_str_has_suffix(path, ".ko") ? 0 : MODULE_INIT_COMPRESSED_FILE;

	if (fd < 0)
		return -errno;
	return syscall(SYS_finit_module, fd, "", flags) < 0 && errno != EEXIST ? -errno : 0;
}

/* One module, without its dependencies. */
static int load_one(struct module_index *ix, const char *name, struct input *res)
{
	g_autofree char *key = canonical(name);
	char **line = g_hash_table_lookup(ix->modules, key);
	int r;

	if (!line || g_hash_table_contains(ix->loaded, key))
		return 0;
	r = load_file(ix, line[2]);
	if (r < 0)
		return sys_fail(res, r, "module %s: %s", name, g_strerror(-r));
	g_hash_table_add(ix->loaded, g_steal_pointer(&key));
	return 0;
}

static int load_with_deps(struct module_index *ix, const char *name, struct input *res)
{
	g_autofree char *key = canonical(name);
	char **line = g_hash_table_lookup(ix->modules, key);
	struct input soft = { 0 };

	/* Among them are drivers of hardware that may not be there: what counts is the module's own result. */
	for (char **dep = line ? line + 3 : NULL; dep && *dep; dep++)
		if (**dep && load_one(ix, *dep, &soft) < 0)
			input_clear(&soft);
	return load_one(ix, name, res);
}

/* By its name, or all that an alias stands for: of several drivers for one thing one is enough. */
static int load_word(struct module_index *ix, const char *name, struct input *res)
{
	bool any = false;
	int error = 0;

	if (g_hash_table_contains(ix->modules, name))
		return load_with_deps(ix, name, res);
	for (guint i = 0; i < ix->aliases->len; i++) {
		char **alias = g_ptr_array_index(ix->aliases, i);
		int r = fnmatch(alias[1], name, 0) ? -ENOENT : load_with_deps(ix, alias[2], res);

		any |= r >= 0;
		/* a driver of hardware that is not there: a generic one may be built in, starting will tell */
		error = r < 0 && r != -ENOENT && r != -ENODEV ? r : error;
	}
	return any ? 0 : error;
}

int effect_modules(const struct action *a, const struct secret *secret, struct input *res)
{
	struct module_index *ix = index_get();
	g_auto(GStrv) words = g_strsplit(a->text ?: "", " ", 0);
	int error = 0;

	for (char **w = words; *w; w++) {
		bool optional = **w == '?';
		g_autofree char *name = canonical(*w + optional);
		struct input one = { 0 };
		int r;

		if (!*name)
			continue;
		r = load_word(ix, name, &one);
		if (r < 0 && !optional) { /* it keeps none of the others out */
			str_set(&res->text, one.text);
			error = r;
		}
		input_clear(&one);
	}
	return error;
}
