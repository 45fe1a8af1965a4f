/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of LVM2 metadata: "key = value", "key = [ value, value ]", "key { ... }" and "# comment".
 * The text may come from any disk, so everything that grows with it is counted.
 */
#include "format/format.h"

/*
 * What a text may cost grows with its length: LVM's own have more than 20 bytes for each entry and 7 for
 * each string.  Short ones may be denser.
 */
#define BYTES_PER_ENTRY 12
#define BYTES_PER_STRING 4
#define DENSE 4096
#define NESTING_MAX 16

struct reader {
	const char *p;
	unsigned line;
	size_t length;
	size_t entries, strings; /* so far */
};

static const char *const no_strings[] = {NULL};

void lvm_node_free(struct lvm_node *n)
{
	if (!n)
		return;
	g_free(n->key);
	g_strfreev(n->strings);
	if (n->children)
		g_ptr_array_free(n->children, TRUE);
	g_free(n);
}

static void node_free(void *n)
{
	lvm_node_free(n);
}

static void node_freep(struct lvm_node **n)
{
	lvm_node_free(*n);
}

static int count(const struct reader *r, size_t *n, size_t bytes_each)
{
	return ++*n > (r->length + DENSE) / bytes_each ? -EOVERFLOW : 0;
}

static void skip_blank(struct reader *r)
{
	for (; *r->p; r->p++) {
		if (*r->p == '#')
			r->p += strcspn(r->p, "\n");
		if (*r->p == '\n')
			r->line++;
		else if (!g_ascii_isspace(*r->p))
			return;
	}
}

static bool take(struct reader *r, char c)
{
	skip_blank(r);
	if (*r->p != c)
		return false;
	r->p++;
	return true;
}

/* Characters of names of volume groups and logical volumes, and so of keys and bare words. */
static size_t word_length(const char *p)
{
	size_t n = 0;

	while (g_ascii_isalnum(p[n]) || (p[n] && strchr("_+.-@", p[n])))
		n++;
	return n;
}

/* "text", in which a backslash takes the next character as it is. */
static int read_quoted(struct reader *r, char **ret)
{
	g_autoptr(GString) s = g_string_new(NULL);

	for (; *r->p != '"'; r->p++) {
		if (*r->p == '\\')
			r->p++;
		if (!*r->p)
			return -EBADMSG;
		if (*r->p == '\n')
			r->line++;
		g_string_append_c(s, *r->p);
	}
	r->p++;
	*ret = g_string_free(g_steal_pointer(&s), FALSE);
	return 0;
}

static int read_scalar(struct reader *r, GPtrArray *to)
{
	char *s = NULL;
	size_t n;
	int error = count(r, &r->strings, BYTES_PER_STRING);

	if (error < 0)
		return error;
	if (take(r, '"')) {
		error = read_quoted(r, &s);
	} else {
		n = word_length(r->p);
		if (n == 0)
			return -EBADMSG;
		s = g_strndup(r->p, n);
		r->p += n;
	}
	if (error >= 0)
		g_ptr_array_add(to, s);
	return error;
}

/* A list or one value. */
static int read_value(struct reader *r, char ***ret)
{
	g_autoptr(GPtrArray) strings = g_ptr_array_new_with_free_func(g_free);
	int error = 0;

	if (take(r, '[')) {
		while (!take(r, ']')) {
			error = read_scalar(r, strings);
			if (error < 0)
				return error;
			if (take(r, ','))
				continue;
			if (!take(r, ']'))
				return -EBADMSG;
			break;
		}
	} else {
		error = read_scalar(r, strings);
		if (error < 0)
			return error;
	}
	g_ptr_array_add(strings, NULL);
	g_ptr_array_set_free_func(strings, NULL);
	*ret = (char **)g_ptr_array_free(g_steal_pointer(&strings), FALSE);
	return 0;
}

static int read_section(struct reader *r, struct lvm_node *section, unsigned depth);

static int read_entry(struct reader *r, struct lvm_node *section, unsigned depth)
{
	_cleanup_(node_freep) struct lvm_node *n = g_new0(struct lvm_node, 1);
	size_t length = word_length(r->p);
	int error = count(r, &r->entries, BYTES_PER_ENTRY);

	if (error < 0)
		return error;
	if (length == 0)
		return -EBADMSG;
	n->key = g_strndup(r->p, length);
	r->p += length;
	if (take(r, '='))
		error = read_value(r, &n->strings);
	else if (take(r, '{'))
		error = read_section(r, n, depth + 1);
	else
		error = -EBADMSG;
	if (error >= 0)
		g_ptr_array_add(section->children, g_steal_pointer(&n));
	return error;
}

/* The entries up to the '}', which the outermost section does not have. */
static int read_section(struct reader *r, struct lvm_node *section, unsigned depth)
{
	int error;

	if (depth > NESTING_MAX)
		return -EOVERFLOW;
	section->children = g_ptr_array_new_with_free_func(node_free);
	for (;;) {
		if (depth > 0 && take(r, '}'))
			return 0;
		skip_blank(r);
		if (!*r->p)
			return depth > 0 ? -EBADMSG : 0;
		error = read_entry(r, section, depth);
		if (error < 0)
			return error;
	}
}

int lvm_text_parse(const char *text, struct lvm_node **ret, unsigned *line)
{
	_cleanup_(node_freep) struct lvm_node *root = g_new0(struct lvm_node, 1);
	struct reader r = {.p = text, .line = 1, .length = strlen(text)};
	int error = read_section(&r, root, 0);

	if (error < 0) {
		if (line)
			*line = r.line;
		return error;
	}
	*ret = g_steal_pointer(&root);
	return 0;
}

const struct lvm_node *lvm_node_get(const struct lvm_node *n, const char *key)
{
	if (!n || !n->children)
		return NULL;
	for (guint i = 0; i < n->children->len; i++) {
		const struct lvm_node *child = g_ptr_array_index(n->children, i);

		if (g_str_equal(child->key, key))
			return child;
	}
	return NULL;
}

static const char *const *strings_of(const struct lvm_node *n, const char *key)
{
	const struct lvm_node *child = lvm_node_get(n, key);

	return child && child->strings ? (const char *const *)child->strings : no_strings;
}

const char *lvm_node_str(const struct lvm_node *n, const char *key)
{
	return strings_of(n, key)[0];
}

int lvm_node_u64(const struct lvm_node *n, const char *key, uint64_t *ret)
{
	const char *const *strings = strings_of(n, key);

	if (!strings[0])
		return -ENODATA;
	if (strings[1] || parse_u64(strings[0], ret) < 0)
		return -EBADMSG;
	return 0;
}

bool lvm_node_has(const struct lvm_node *n, const char *key, const char *word)
{
	for (const char *const *s = strings_of(n, key); *s; s++)
		if (g_str_equal(*s, word))
			return true;
	return false;
}
