/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mdadm.conf(5): the ARRAY lines, and a word of our own on them, degraded=SECONDS|never.  A line
 * that starts with a blank continues the one above; an empty line or a comment between them does
 * not matter.
 */
#include "config/config.h"

#define BLANKS " \t\r"

struct parser {
	const char *file;
	struct config *out;
	GPtrArray *words; /* of the logical line so far */
	unsigned first;	  /* number of its first line */
};

static const char *const keywords[] = {
	"array",    "auto",	"create",   "device",	    "encryption_no_verify", "homecluster",
	"homehost", "mailaddr", "mailfrom", "monitordelay", "part-policy",	    "policy",
	"probing",  "program",	"sysfs",    NULL,
};

/* Words that say nothing which the superblocks do not say better. */
static const char *const ignored[] = {
	"auto",	  "bitmap",	 "container",	"devices", "disks",	  "level",
	"member", "num-devices", "spare-group", "spares",  NULL,
};

/* Keywords may be cut down to three letters. */
static const char *keyword_find(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; len >= 3 && keywords[i]; i++)
		if (g_ascii_strncasecmp(word, keywords[i], len) == 0)
			return keywords[i];
	return NULL;
}

/* The node's name below /dev/md, or "md0": what mdadm would call it. */
static char *node_name(const char *word)
{
	if (g_str_has_prefix(word, "/dev/md/"))
		return g_strdup(word + strlen("/dev/md/"));
	return g_strdup(g_str_has_prefix(word, "/dev/") ? word + strlen("/dev/") : word);
}

static bool bad_value(struct parser *p, const char *where, const char *word, const char *wanted)
{
	config_complain(p->out, CONFIG_MDADM_VALUE, 3, where,
			"\"%s\" %s; this ARRAY line is skipped", word, wanted);
	return false;
}

/* False: the line is to be skipped. */
static bool pair_apply(struct parser *p, const char *where, const char *word, struct input *in)
{
	const char *value = strchr(word, '=') + 1;
	g_autofree char *key = g_ascii_strdown(word, value - word - 1);

	if (!*value)
		return bad_value(p, where, word, "needs a value");
	if (g_str_equal(key, "uuid")) {
		g_clear_pointer(&in->uuid, g_free);
		if (config_uuid(value, &in->uuid) < 0)
			return bad_value(p, where, word, "is not a UUID of 32 hexadecimal digits");
	} else if (g_str_equal(key, "name")) {
		str_set(&in->md_name, value);
	} else if (g_str_equal(key, "super-minor")) {
		if (parse_u64(value, &in->md_number) < 0 || in->md_number >= 1 << 20)
			return bad_value(p, where, word, "is not a number of an array");
		in->md_number++;
	} else if (g_str_equal(key, "metadata")) {
		str_set(&in->version, value);
	} else if (g_str_equal(key, "degraded")) {
		if (config_grace(value, &in->grace) < 0)
			return bad_value(p, where, word,
					 "needs a time such as 20 or 2min, or never");
	} else if (!config_word_in(ignored, key)) {
		config_complain(p->out, CONFIG_MDADM_UNKNOWN, 4, where,
				"\"%s\" is unknown and is ignored", word);
	}
	return true;
}

static void array_parse(struct parser *p, const char *where)
{
	_cleanup_(input_clear) struct input in = { .type_id = INPUT_ARRAY };
	bool named = false;

	for (unsigned i = 1; i < p->words->len; i++) {
		const char *word = g_ptr_array_index(p->words, i);

		if (*word != '/' && strchr(word, '=')) {
			if (!pair_apply(p, where, word, &in))
				return;
		} else if (named) {
			config_complain(p->out, CONFIG_MDADM_UNKNOWN, 4, where,
					"\"%s\" is a second name of this array and is ignored",
					word);
		} else {
			named = true;
			in.flag = g_ascii_strcasecmp(word, "<ignore>") == 0;
			in.name = in.flag ? NULL : node_name(word);
		}
	}
	if (!in.uuid && !in.md_name && !in.md_number) {
		config_complain(
			p->out, CONFIG_MDADM_IDENTITY, 3, where,
			"%s has neither UUID= nor name= nor super-minor=, so it is not known which array is meant; "
			"this ARRAY line is skipped",
			in.name ? in.name : "this line");
		return;
	}
	in.where = g_strdup(where);
	*config_add(p->out, INPUT_ARRAY) = in;
	memset(&in, 0, sizeof in);
}

/* "<ignore>" and "<none>" are no names; what "<system>" is, whoever knows the system knows. */
static void homehost_parse(struct parser *p, const char *where)
{
	const char *word = p->words->len > 1 ? g_ptr_array_index(p->words, 1) : "";
	struct input *in;

	if (*word == '<' && !g_str_equal(word, "<system>"))
		return;
	in = config_add(p->out, INPUT_POLICY);
	in->key = g_strdup("homehost");
	in->value = g_strdup(word);
	in->where = g_strdup(where);
}

static void line_end(struct parser *p)
{
	g_autofree char *where = g_strdup_printf("%s:%u", p->file, p->first);
	const char *keyword;

	if (!p->words->len)
		return;
	keyword = keyword_find(g_ptr_array_index(p->words, 0));
	if (!keyword)
		config_complain(p->out, CONFIG_MDADM_UNKNOWN, 4, where,
				"keyword \"%s\" is unknown; the line is ignored",
				(const char *)g_ptr_array_index(p->words, 0));
	else if (g_str_equal(keyword, "array"))
		array_parse(p, where);
	else if (g_str_equal(keyword, "homehost"))
		homehost_parse(p, where);
	g_ptr_array_set_size(p->words, 0);
}

/* One word: quotes protect what is between two of a kind, anywhere in it; they end with the line.
 */
static char *word_take(const char **text)
{
	GString *s = g_string_new(NULL);
	const char *p = *text;
	char quote = 0;

	for (; *p && (quote || !strchr(BLANKS, *p)); p++) {
		if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? 0 : *p;
		else
			g_string_append_c(s, *p);
	}
	*text = p;
	return g_string_free(s, FALSE);
}

static void line_parse(struct parser *p, const char *line, unsigned number)
{
	bool indented = *line && strchr(BLANKS, *line), first = true;
	const char *keyword;

	for (line += strspn(line, BLANKS); *line && *line != '#'; line += strspn(line, BLANKS)) {
		if (first && !indented) {
			line_end(p);
			p->first = number;
		}
		if (!p->words->len)
			p->first = number;
		g_ptr_array_add(p->words, word_take(&line));
		keyword = keyword_find(p->words->pdata[p->words->len - 1]);
		if (first && indented && p->words->len > 1 && keyword &&
		    g_str_equal(keyword, "array")) {
			g_autofree char *where = g_strdup_printf("%s:%u", p->file, number);

			config_complain(
				p->out, CONFIG_MDADM_INDENT, 4, where,
				"\"%s\" starts with a blank, so it continues line %u and is not an "
				"ARRAY line of its own",
				(const char *)p->words->pdata[p->words->len - 1], p->first);
		}
		first = false;
	}
}

void mdadm_conf_parse(const char *text, const char *file, struct config *out)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
	struct parser p = { file, out, words, 0 };

	for (unsigned i = 0; lines[i]; i++)
		line_parse(&p, lines[i], i + 1);
	line_end(&p);
}
