/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A locked context: whoever starts the machine may have written the command line, but not the image.
 * What is mounted, opened and run is what the image says: its fstab or its layout record name root.
 */
#include "context.h"

_public_ int sact_set_locked(sact *s, int locked)
{
	if (!s)
		return -EINVAL;
	if (s->has_cmdline || s->goals->len)
		return -EBUSY;
	s->locked = locked != 0;
	return 0;
}

static void complain(sact *s, unsigned number, unsigned severity, const char *word, const char *value,
		     const char *what)
{
	g_autofree char *text = g_strdup_printf("\"%s=%s\" %s", word, value, what);
	struct complaint c = { .number = number, .severity = severity, .where = (char *)INPUT_COMMAND_LINE };

	c.text = text;
	event_complaint(s, &c);
}

/* Whether the two name one device by the same word, or by words that the record has for one thing. */
static bool same_device(const sact *s, const char *a, const char *b)
{
	g_autofree char *key_a = graph_key(a), *key_b = graph_key(b);
	const struct input *n = layout_find(s->plan, NULL, a);

	return streq0(key_a, key_b) || (n && n == layout_find(s->plan, NULL, b));
}

/* The words of fstab's entry that are for the file system; the rest of them is for mount(8). */
static char *own_options(const char *options)
{
	static const char *const others[] = { "ro", "rw", "defaults", "noauto", "auto", "nofail", NULL };
	g_auto(GStrv) words = g_strsplit(options ?: "", ",", -1);
	GString *own = g_string_new(NULL);

	for (char **w = words; *w; w++)
		if (**w && !config_word_in(others, *w) && !g_str_has_prefix(*w, "x-"))
			g_string_append_printf(own, "%s%s", own->len ? "," : "", *w);
	return g_string_free(own, FALSE);
}

int locked_root(sact *s)
{
	const struct input *recorded = layout_find(s->plan, "/", NULL), *entry = s->root_entry;
	struct cmdline *c = &s->cmdline;
	g_autofree char *uuid = recorded && recorded->uuid ? g_strconcat("UUID=", recorded->uuid, NULL) : NULL;
	g_autofree char *options = entry ? own_options(entry->options) : NULL;
	const char *own = entry ? entry->spec : uuid;

	if (!own) {
		complain(s, CONFIG_LOCKED_ROOT, 3, "root", c->root ?: "",
			 "is refused: this image is locked and does not say what its root is");
		return -EPERM;
	}
	if (!str_empty(c->root) && !same_device(s, c->root, own) &&
	    !(recorded && layout_find(s->plan, "/", c->root))) {
		complain(s, CONFIG_LOCKED_ROOT, 3, "root", c->root,
			 "is refused: this image is locked and its root is another one");
		return -EPERM;
	}
	str_set(&c->root, own);
	str_set(&c->rootfstype, entry && !streq0(entry->fstype, "auto") ? entry->fstype : NULL);
	str_set(&c->rootflags, str_empty(options) ? NULL : options);
	return 0;
}

void locked_resume(sact *s)
{
	struct cmdline *c = &s->cmdline;
	const struct input *n = c->resume ? layout_find(s->plan, NULL, c->resume) : NULL;

	if (!c->resume || c->noresume || (n && layout_is_encrypted(s->plan, n)))
		return;
	complain(s, CONFIG_LOCKED_RESUME, 4, "resume", c->resume,
		 "is ignored: this image is locked and does not know that device as encrypted");
	str_set(&c->resume, NULL);
}
