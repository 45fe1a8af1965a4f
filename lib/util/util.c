/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "util/util.h"

int parse_u64(const char *text, uint64_t *ret)
{
	return g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT64, ret, NULL) ? 0 : -EINVAL;
}

int parse_s64(const char *text, int64_t *ret)
{
	return g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, ret, NULL) ? 0 : -EINVAL;
}

int parse_usec(const char *text, uint64_t *ret)
{
	static const struct {
		const char *unit;
		uint64_t usec;
	} units[] = {
		{ "", USEC_PER_SEC },	  { "s", USEC_PER_SEC },	{ "sec", USEC_PER_SEC },
		{ "ms", USEC_PER_MSEC },  { "us", 1 },			{ "m", 60 * USEC_PER_SEC },
		{ "min", 60 * USEC_PER_SEC }, { "h", 3600 * USEC_PER_SEC },
	};
	g_autofree char *digits = NULL;
	uint64_t n;
	size_t len;

	if (streq0(text, "never") || streq0(text, "infinity")) {
		*ret = USEC_NEVER;
		return 0;
	}
	len = strspn(text, "0123456789");
	digits = g_strndup(text, len);
	if (parse_u64(digits, &n) < 0)
		return -EINVAL;
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (!g_str_equal(text + len, units[i].unit))
			continue;
		if (n > (USEC_NEVER - 1) / units[i].usec)
			return -ERANGE;
		*ret = n * units[i].usec;
		return 0;
	}
	return -EINVAL;
}

int devnum_parse(const char *text, dev_t *ret)
{
	const char *colon = strchr(text, ':');
	g_autofree char *first = NULL;
	uint64_t ma, mi;

	if (!colon)
		return -EINVAL;
	first = g_strndup(text, (gsize)(colon - text));
	if (parse_u64(first, &ma) < 0 || parse_u64(colon + 1, &mi) < 0)
		return -EINVAL;
	if (ma > UINT32_MAX || mi > UINT32_MAX)
		return -ERANGE;
	*ret = makedev((unsigned int)ma, (unsigned int)mi);
	return 0;
}

static const char *uuid_skip(const char *p)
{
	while (*p == '-' || *p == ':')
		p++;
	return p;
}

bool uuid_equal(const char *a, const char *b)
{
	if (!a || !b)
		return false;
	for (;; a++, b++) {
		a = uuid_skip(a);
		b = uuid_skip(b);
		if (g_ascii_tolower(*a) != g_ascii_tolower(*b))
			return false;
		if (!*a)
			return true;
	}
}

char *uuid_squash(const char *uuid)
{
	GString *s = g_string_new(NULL);

	for (const char *p = uuid_skip(uuid); *p; p = uuid_skip(p + 1))
		g_string_append_c(s, g_ascii_tolower(*p));
	return g_string_free(s, FALSE);
}

char *link_encode(const char *name)
{
	GString *s = g_string_new(NULL);

	for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
		if (*p >= 0x80 || g_ascii_isalnum(*p) || strchr("#+-.:=@_", *p))
			g_string_append_c(s, (char)*p);
		else
			g_string_append_printf(s, "\\x%02x", *p);
	}
	return g_string_free(s, FALSE);
}
