/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Links below /dev: what their names are made of and where they may lie.  Names come from disks, so
 * the one that plans a link and the one that makes it both ask here.
 */
#include "util/util.h"

/* What udev leaves as it is in a name. */
static bool is_plain(unsigned char c)
{
	return g_ascii_isalnum(c) || (c && strchr("#+-.:=@_", c));
}

char *link_encode(const char *name)
{
	GString *s = g_string_new(NULL);
	bool dots = g_str_equal(name, ".") || g_str_equal(name, "..");

	for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
		if (*p >= 0x80 || (is_plain(*p) && !dots))
			g_string_append_c(s, (char)*p);
		else
			g_string_append_printf(s, "\\x%02x", *p);
	}
	return g_string_free(s, FALSE);
}

char *link_component(const char *name)
{
	GString *s = g_string_new(NULL);
	bool dots = g_str_equal(name, ".") || g_str_equal(name, "..");

	while (*name) {
		gunichar c = g_utf8_get_char_validated(name, -1);

		if (*name == '/')
			g_string_append_c(s, '-');
		else if ((unsigned char)*name < 0x80)
			g_string_append_c(s, is_plain((unsigned char)*name) && !dots ? *name : '_');
		else if (c < 0x110000 && g_unichar_isprint(c))
			g_string_append_unichar(s, c);
		else
			g_string_append_c(s, '_');
		name += c < 0x110000 ? g_utf8_next_char(name) - name : 1;
	}
	return g_string_free(s, FALSE);
}

/* One component, of the characters that link_encode() leaves. */
static bool component_ok(const char *name)
{
	if (!*name || g_str_equal(name, ".") || g_str_equal(name, ".."))
		return false;
	for (const unsigned char *p = (const unsigned char *)name; *p; p++)
		if (*p < 0x80 && !is_plain(*p) && *p != '\\')
			return false;
	return true;
}

/* A volume group may be called so; its folder below /dev is somebody else's then. */
static bool folder_is_taken(const char *name)
{
	static const char *const taken[] = {
		"block", "bsg",	     "bus",  "char", "cpu", "disk",   "dma_heap", "dri", "fd",	"hugepages",
		"input", "infiniband", "loop", "mapper", "md",  "mqueue", "net",	  "pts", "raw", "serial",
		"shm",	 "snd",	     "usb",  "v4l",  "vfio", "zvol",   NULL,
	};

	return g_strv_contains(taken, name);
}

enum link_kind link_kind(const char *link)
{
	static const char *const by[] = { "by-uuid", "by-label", "by-partuuid", "by-partlabel", NULL };
	g_auto(GStrv) part = g_strsplit(link, "/", 4);
	guint n = g_strv_length(part);

	for (guint i = 0; i < n; i++)
		if (!component_ok(part[i]))
			return LINK_NONE;
	if (n == 3)
		return g_str_equal(part[0], "disk") && g_strv_contains(by, part[1]) ? LINK_CONTENT : LINK_NONE;
	if (n != 2)
		return LINK_NONE;
	if (g_str_equal(part[0], "md"))
		return LINK_MD;
	return folder_is_taken(part[0]) ? LINK_NONE : LINK_LV;
}
