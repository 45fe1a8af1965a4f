/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/record.h"

#define AT(obj, f, type) ((type *)(void *)((char *)(obj) + (f)->offset))
#define CAT(obj, f, type) ((const type *)(const void *)((const char *)(obj) + (f)->offset))

static bool plain(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == '"' || *s == '\\' || (unsigned char)*s >= 0x7f)
			return false;
	return true;
}

static void quote(GString *to, const char *s)
{
	if (plain(s)) {
		g_string_append(to, s);
		return;
	}
	g_string_append_c(to, '"');
	for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
		if (*p == '"' || *p == '\\')
			g_string_append_printf(to, "\\%c", *p);
		else if (*p == '\n')
			g_string_append(to, "\\n");
		else if (*p < ' ' || *p >= 0x7f)
			g_string_append_printf(to, "\\x%02x", *p);
		else
			g_string_append_c(to, (char)*p);
	}
	g_string_append_c(to, '"');
}

void record_encode(GString *to, const struct record_field *fields, size_t n, const void *obj)
{
	for (const struct record_field *f = fields; f < fields + n; f++) {
		switch (f->kind) {
		case RECORD_U64:
			if (*CAT(obj, f, uint64_t))
				g_string_append_printf(to, " %s=%" PRIu64, f->name, *CAT(obj, f, uint64_t));
			break;
		case RECORD_S64:
			if (*CAT(obj, f, int64_t))
				g_string_append_printf(to, " %s=%" PRId64, f->name, *CAT(obj, f, int64_t));
			break;
		case RECORD_BOOL:
			if (*CAT(obj, f, bool))
				g_string_append_printf(to, " %s=1", f->name);
			break;
		case RECORD_DEV:
			if (*CAT(obj, f, dev_t))
				g_string_append_printf(to, " %s=%u:%u", f->name, major(*CAT(obj, f, dev_t)),
						       minor(*CAT(obj, f, dev_t)));
			break;
		case RECORD_STR:
			if (*CAT(obj, f, char *)) {
				g_string_append_printf(to, " %s=", f->name);
				quote(to, *CAT(obj, f, char *));
			}
			break;
		}
	}
}

static int hex(char c)
{
	return g_ascii_xdigit_value(c);
}

/* One value, quoted or plain; *p ends behind it. */
static int unquote(const char **p, char **ret)
{
	g_autoptr(GString) s = g_string_new(NULL);
	const char *c = *p;

	if (*c != '"') {
		size_t len = strcspn(c, " ");

		*ret = g_strndup(c, len);
		*p = c + len;
		return 0;
	}
	for (c++; *c && *c != '"'; c++) {
		if (*c != '\\') {
			g_string_append_c(s, *c);
			continue;
		}
		c++;
		if (*c == '"' || *c == '\\') {
			g_string_append_c(s, *c);
		} else if (*c == 'n') {
			g_string_append_c(s, '\n');
		} else if (*c == 'x' && hex(c[1]) >= 0 && hex(c[2]) >= 0 && (hex(c[1]) || hex(c[2]))) {
			g_string_append_c(s, (char)(hex(c[1]) * 16 + hex(c[2])));
			c += 2;
		} else {
			return -EBADMSG;
		}
	}
	if (*c != '"' || (c[1] && c[1] != ' '))
		return -EBADMSG;
	*p = c + 1;
	*ret = g_string_free(g_steal_pointer(&s), FALSE);
	return 0;
}

static int set_field(const struct record_field *f, void *obj, char **value)
{
	uint64_t u;

	switch (f->kind) {
	case RECORD_U64:
		return parse_u64(*value, AT(obj, f, uint64_t));
	case RECORD_S64:
		return parse_s64(*value, AT(obj, f, int64_t));
	case RECORD_BOOL:
		if (parse_u64(*value, &u) < 0 || u > 1)
			return -EINVAL;
		*AT(obj, f, bool) = u;
		return 0;
	case RECORD_DEV:
		return devnum_parse(*value, AT(obj, f, dev_t));
	case RECORD_STR:
		*AT(obj, f, char *) = g_steal_pointer(value);
		return 0;
	}
	return -EINVAL;
}

static const struct record_field *find_field(const struct record_field *fields, size_t n, const char *key,
					     size_t len)
{
	for (const struct record_field *f = fields; f < fields + n; f++)
		if (strlen(f->name) == len && !memcmp(f->name, key, len))
			return f;
	return NULL;
}

int record_decode(const char *pairs, const struct record_field *fields, size_t n, void *obj)
{
	g_autofree bool *seen = g_new0(bool, n);
	const char *p = pairs;

	for (;;) {
		const struct record_field *f;
		g_autofree char *value = NULL;
		size_t len;

		while (*p == ' ')
			p++;
		if (!*p)
			return 0;
		len = strcspn(p, "= ");
		if (p[len] != '=')
			return -EBADMSG;
		f = find_field(fields, n, p, len);
		if (!f || seen[f - fields])
			return -EBADMSG;
		seen[f - fields] = true;
		p += len + 1;
		if (unquote(&p, &value) < 0 || set_field(f, obj, &value) < 0)
			return -EBADMSG;
	}
}

void record_clear(const struct record_field *fields, size_t n, void *obj)
{
	for (const struct record_field *f = fields; f < fields + n; f++)
		if (f->kind == RECORD_STR)
			g_clear_pointer(AT(obj, f, char *), g_free);
}

void record_copy(const struct record_field *fields, size_t n, void *to, const void *from)
{
	for (const struct record_field *f = fields; f < fields + n; f++) {
		switch (f->kind) {
		case RECORD_U64:
			*AT(to, f, uint64_t) = *CAT(from, f, uint64_t);
			break;
		case RECORD_S64:
			*AT(to, f, int64_t) = *CAT(from, f, int64_t);
			break;
		case RECORD_BOOL:
			*AT(to, f, bool) = *CAT(from, f, bool);
			break;
		case RECORD_DEV:
			*AT(to, f, dev_t) = *CAT(from, f, dev_t);
			break;
		case RECORD_STR:
			*AT(to, f, char *) = g_strdup(*CAT(from, f, char *));
			break;
		}
	}
}

char *record_name(const char *line, const char **rest)
{
	size_t len = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (!len || (line[len] && line[len] != ' '))
		return NULL;
	*rest = line + len;
	return g_strndup(line, len);
}
