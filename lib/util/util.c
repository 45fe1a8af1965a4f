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

/* The µs of a unit at *text, which is moved behind it; 0: none is there. */
static uint64_t unit_take(const char **text)
{
	static const struct {
		const char *unit;
		uint64_t usec;
	} units[] = {
		{ "us", 1 }, { "usec", 1 }, { "\302\265s", 1 }, { "\316\274s", 1 },
		{ "ms", USEC_PER_MSEC }, { "msec", USEC_PER_MSEC },
		{ "", USEC_PER_SEC }, { "s", USEC_PER_SEC }, { "sec", USEC_PER_SEC },
		{ "second", USEC_PER_SEC }, { "seconds", USEC_PER_SEC },
		{ "m", 60 * USEC_PER_SEC }, { "min", 60 * USEC_PER_SEC },
		{ "minute", 60 * USEC_PER_SEC }, { "minutes", 60 * USEC_PER_SEC },
		{ "h", 3600 * USEC_PER_SEC }, { "hr", 3600 * USEC_PER_SEC },
		{ "hour", 3600 * USEC_PER_SEC }, { "hours", 3600 * USEC_PER_SEC },
		{ "d", 86400 * USEC_PER_SEC }, { "day", 86400 * USEC_PER_SEC },
		{ "days", 86400 * USEC_PER_SEC },
	};
	size_t len = strcspn(*text, "0123456789. ");

	for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
		if (strlen(units[i].unit) == len && !memcmp(*text, units[i].unit, len)) {
			*text += len;
			return units[i].usec;
		}
	return 0;
}

/* Digits of a fraction, as millionths; more than six say nothing here. */
static uint64_t fraction(const char *digits, size_t len)
{
	uint64_t n = 0;

	for (size_t i = 0; i < 6; i++)
		n = n * 10 + (i < len ? (uint64_t)(digits[i] - '0') : 0);
	return n;
}

/* One "1.5h" of a sum. */
static int term_take(const char **text, uint64_t *sum)
{
	size_t len = strspn(*text, "0123456789"), more = 0;
	g_autofree char *digits = g_strndup(*text, len);
	const char *point = *text + len;
	uint64_t n = 0, unit, millionths = 0;

	if (*point == '.') {
		more = strspn(point + 1, "0123456789");
		millionths = fraction(point + 1, more);
	}
	if ((*point == '.' ? !more : !len) || (len && parse_u64(digits, &n) < 0))
		return -EINVAL;
	*text = point + (*point == '.') + more;
	*text += strspn(*text, " ");
	point = *text;
	unit = unit_take(text);
	*text += strspn(*text, " ");
	if (!unit || (*point && strchr("0123456789.", *point)))
		return -EINVAL; /* only the last one has no unit */
	if (n >= (USEC_NEVER - 1) / unit)
		return -ERANGE;
	n = n * unit + millionths * unit / USEC_PER_SEC;
	if (n > USEC_NEVER - 1 - *sum)
		return -ERANGE;
	*sum += n;
	return 0;
}

int parse_usec(const char *text, uint64_t *ret)
{
	uint64_t sum = 0;

	if (streq0(text, "never") || streq0(text, "infinity")) {
		*ret = USEC_NEVER;
		return 0;
	}
	do {
		int r = term_take(&text, &sum);

		if (r < 0)
			return r;
	} while (*text);
	*ret = sum;
	return 0;
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
