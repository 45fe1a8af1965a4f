/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lvm.conf and lvmlocal.conf: what LVM calls this system.  Nothing else of them concerns us.  The words are
 * looked for wherever they stand, "global/system_id_source = ..." or in a section; the last one counts.
 */
#include "config/config.h"

/* One string, word or sign; NULL: the end. */
static char *token(const char **p)
{
	const char *c = *p;
	GString *s;

	for (; *c && (g_ascii_isspace(*c) || *c == '#'); c += *c && *c != '#')
		if (*c == '#')
			c += strcspn(c, "\n");
	if (!*c)
		return NULL;
	s = g_string_new(NULL);
	if (*c == '"') {
		g_string_append_c(s, *c);
		for (c++; *c && *c != '"'; c++) {
			if (*c == '\\' && c[1])
				c++;
			g_string_append_c(s, *c);
		}
		c += *c == '"';
	} else if (strchr("={}[],", *c)) {
		g_string_append_c(s, *c++);
	} else {
		while (*c && !g_ascii_isspace(*c) && !strchr("={}[],\"#", *c))
			g_string_append_c(s, *c++);
	}
	*p = c;
	return g_string_free(s, FALSE);
}

static char **value_named(struct lvm_conf *conf, const char *key)
{
	const char *slash = strrchr(key, '/');
	const char *name = slash ? slash + 1 : key;

	return streq0(name, "system_id_source") ? &conf->source :
	       streq0(name, "system_id")	? &conf->local :
	       streq0(name, "system_id_file")	? &conf->file :
	       streq0(name, "extra_system_ids") ? &conf->extra :
						  NULL;
}

/* A string or a list of them, " " between them; an ID has no blanks. */
static char *value_take(const char **p)
{
	GString *s = g_string_new(NULL);
	char *t;
	bool list = false, more = true;

	while (more && (t = token(p))) {
		if (*t == '[')
			list = true;
		else if (*t == '"' && !strpbrk(t, " \t\n"))
			g_string_append_printf(s, "%s%s", s->len ? " " : "", t + 1);
		more = list && *t != ']';
		g_free(t);
	}
	return g_string_free(s, FALSE);
}

void lvm_conf_parse(const char *text, struct lvm_conf *conf)
{
	g_autofree char *last = NULL;
	const char *p = text;
	char *t, **to;

	while ((t = token(&p))) {
		to = last && *t == '=' ? value_named(conf, last) : NULL;
		if (to) {
			g_free(*to);
			*to = value_take(&p);
		}
		g_free(last);
		last = t;
	}
}

void lvm_conf_clear(struct lvm_conf *conf)
{
	g_free(conf->source);
	g_free(conf->local);
	g_free(conf->file);
	g_free(conf->extra);
	*conf = (struct lvm_conf){ NULL };
}
