/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/config.h"

/* A complaint quotes what a person wrote; a line of a broken file may be as long as the file. */
#define COMPLAINT_MAX 400

static void complaint_free(void *p)
{
	struct complaint *c = p;

	g_free(c->where);
	g_free(c->text);
	g_free(c);
}

void config_init(struct config *c)
{
	c->inputs = g_ptr_array_new_with_free_func(input_free);
	c->complaints = g_ptr_array_new_with_free_func(complaint_free);
}

void config_clear(struct config *c)
{
	g_clear_pointer(&c->inputs, g_ptr_array_unref);
	g_clear_pointer(&c->complaints, g_ptr_array_unref);
}

struct input *config_add(struct config *c, enum input_type t)
{
	struct input *in = g_new0(struct input, 1);

	in->type_id = t;
	g_ptr_array_add(c->inputs, in);
	return in;
}

void config_complain(struct config *c, unsigned number, unsigned severity, const char *where,
		     const char *format, ...)
{
	struct complaint *complaint = g_new0(struct complaint, 1);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	complaint->number = number;
	complaint->severity = severity;
	complaint->where = g_strdup(where);
	text[MIN(strlen(text), COMPLAINT_MAX)] = '\0';
	complaint->text = text_clean(text);
	g_ptr_array_add(c->complaints, complaint);
}

bool config_word_in(const char *const *list, const char *word)
{
	return g_strv_contains(list, word);
}

int config_bool(const char *text, bool *ret)
{
	static const char *const yes[] = { "1", "yes", "y", "true", "t", "on", NULL };
	static const char *const no[] = { "0", "no", "n", "false", "f", "off", NULL };

	if (!config_word_in(yes, text) && !config_word_in(no, text))
		return -EINVAL;
	*ret = config_word_in(yes, text);
	return 0;
}

int config_uuid(const char *text, char **ret)
{
	g_autofree char *u = uuid_squash(text);

	if (strlen(u) != 32 || strspn(u, "0123456789abcdef") != 32)
		return -EINVAL;
	*ret = g_strdup_printf("%.8s-%.4s-%.4s-%.4s-%.12s", u, u + 8, u + 12, u + 16, u + 20);
	return 0;
}

int config_grace(const char *text, uint64_t *ret)
{
	uint64_t usec;
	int r = parse_usec(text, &usec);

	if (r < 0)
		return r;
	*ret = usec_add(usec, 1);
	return 0;
}

/* The kernel's 32 bit form of a devnum: 12 bits major within 20 bits minor. */
static int spec_hex(const char *text, char **ret)
{
	uint64_t v;

	if (!g_ascii_string_to_unsigned(text, 16, 1, UINT32_MAX, &v, NULL))
		return -EINVAL;
	*ret = g_strdup_printf("%u:%u", (unsigned)(v >> 8 & 0xfff),
			       (unsigned)((v & 0xff) | (v >> 12 & 0xfff00)));
	return 0;
}

int config_spec(const char *text, bool hex, char **ret)
{
	static const char *const tags[] = { "UUID", "LABEL", "PARTUUID", "PARTLABEL", NULL };
	const char *eq = strchr(text, '='), *value;
	g_autofree char *tag = NULL;
	size_t len;
	dev_t devnum;

	if (text[0] == '/' && text[1]) {
		*ret = g_strdup(text);
		return 0;
	}
	if (!eq && devnum_parse(text, &devnum) == 0) {
		*ret = g_strdup_printf("%u:%u", major(devnum), minor(devnum));
		return 0;
	}
	if (!eq)
		return hex ? spec_hex(text, ret) : -EINVAL;
	tag = g_strndup(text, (gsize)(eq - text));
	if (!config_word_in(tags, tag))
		return -EINVAL;
	value = eq + 1;
	len = strlen(value);
	if (len >= 2 && (*value == '"' || *value == '\'') && value[len - 1] == *value) {
		value++;
		len -= 2;
	}
	/* The kernel's PARTUUID=…/PARTNROFF=… needs a partition table in front of us. */
	if (!len || (g_str_has_suffix(tag, "UUID") && memchr(value, '/', len)))
		return -EINVAL;
	*ret = g_strdup_printf("%s=%.*s", tag, (int)len, value);
	return 0;
}

char **config_fields(const char *line, unsigned least)
{
	static const char blanks[] = " \t\r\v\f";
	GPtrArray *fields = g_ptr_array_new();

	for (line += strspn(line, blanks); *line; line += strspn(line, blanks)) {
		size_t len = strcspn(line, blanks);

		if (*line == '#' && (!fields->len || fields->len >= least))
			break;
		g_ptr_array_add(fields, g_strndup(line, len));
		line += len;
	}
	g_ptr_array_add(fields, NULL);
	return (char **)g_ptr_array_free(fields, FALSE);
}

/* One escape behind its backslash: its length, 0 if it is none. */
static size_t escape(const char *p, bool long_octal, unsigned *ret)
{
	size_t digits = strspn(p, "01234567");
	size_t len = long_octal && *p == '0' && digits >= 4 ? 4 : 3;
	unsigned v = 0;

	if (*p == 'x' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
		*ret = (unsigned)(g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]));
		return 3;
	}
	if (digits < 3)
		return 0;
	for (size_t i = 0; i < len; i++)
		v = v * 8 + (unsigned)(p[i] - '0');
	if (v > 0xff && len == 4) { /* "disk\0401" is "disk 1": it can only be the short form */
		v /= 8;
		len = 3;
	}
	*ret = v;
	return v > 0xff ? 0 : len;
}

char *config_unescape(const char *text, bool long_octal)
{
	GString *s = g_string_new(NULL);

	for (const char *p = text; *p; p++) {
		unsigned v = 0;
		size_t len = *p == '\\' ? escape(p + 1, long_octal, &v) : 0;

		g_string_append_c(s, len && v ? (char)v : *p);
		if (len && v)
			p += len;
	}
	return g_string_free(s, FALSE);
}
