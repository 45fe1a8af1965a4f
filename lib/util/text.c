/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names and labels are bytes of a disk.  Where they enter a line for people or JSON they pass here: what
 * comes out is valid UTF-8 in which nothing controls a terminal, ends a line or turns the direction of what
 * stands behind it.
 */
#include "util/util.h"

/* Controls of terminals (C0, DEL, C1), of lines and of direction, and what cannot be seen. */
static const struct {
	gunichar first, last;
} hidden[] = {
	{ 0x0000, 0x001f },   { 0x007f, 0x009f },     { 0x00ad, 0x00ad }, { 0x061c, 0x061c }, { 0x180e, 0x180e },
	{ 0x200b, 0x200f },   { 0x2028, 0x202e },     { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xfffe, 0xffff },   { 0xe0000, 0xe0fff },
};

static bool may_be_shown(gunichar c)
{
	for (size_t i = 0; i < G_N_ELEMENTS(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return false;
	return true;
}

/* The character at *text, which is moved behind it; U+FFFD for a byte that is none. */
static gunichar take(const char **text)
{
	gunichar c = g_utf8_get_char_validated(*text, -1);

	if (c == (gunichar)-1 || c == (gunichar)-2) {
		(*text)++;
		return 0xfffd;
	}
	*text = g_utf8_next_char(*text);
	return c;
}

char *text_clean(const char *text)
{
	GString *s;

	if (!text)
		return NULL;
	s = g_string_new(NULL);
	while (*text) {
		gunichar c = take(&text);

		if (c == '\n' || c == '\t')
			g_string_append_c(s, ' ');
		else if (c == 0xfffd || !may_be_shown(c))
			g_string_append_c(s, '?');
		else
			g_string_append_unichar(s, c);
	}
	return g_string_free(s, FALSE);
}

void text_json(GString *s, const char *text)
{
	g_string_append_c(s, '"');
	while (*text) {
		gunichar c = take(&text);

		if (c == '"' || c == '\\')
			g_string_append_printf(s, "\\%c", (char)c);
		else if (may_be_shown(c))
			g_string_append_unichar(s, c);
		else if (c <= 0xffff)
			g_string_append_printf(s, "\\u%04x", c);
		else
			g_string_append(s, "\\ufffd");
	}
	g_string_append_c(s, '"');
}
