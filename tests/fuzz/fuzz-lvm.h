/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "core/action.h"
#include "format/format.h"
#include "fuzz.h"

static dev_t fuzz_devnum(void *data, const struct lvm_pv *pv)
{
	return pv->missing ? 0 : makedev(8, (unsigned)(g_str_hash(pv->name) & 0xff));
}

/* Lines of a transaction have the words they must have, whatever names were in the metadata. */
static void fuzz_transaction(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **l = lines; *l && l[1]; l++) {
		g_auto(GStrv) words = g_strsplit(*l, " ", -1);
		unsigned n = g_strv_length(words);

		if (g_str_has_prefix(*l, "device ")) {
			fuzz_check(n == 5 && strlen(words[1]) <= 127 &&
				   g_str_has_prefix(words[2], "LVM-"));
			fuzz_check(streq0(words[3], "rw") || streq0(words[3], "ro"));
		} else {
			uint64_t u;

			fuzz_check(n >= 3 && parse_u64(words[0], &u) == 0 &&
				   parse_u64(words[1], &u) == 0);
		}
	}
}

static void fuzz_vg(const char *text)
{
	g_autofree char *why = NULL;
	struct lvm_vg *vg = NULL;

	if (lvm_vg_parse(text, &vg, &why) < 0) {
		fuzz_check(why && !vg);
		return;
	}
	/* Each LV may walk the whole VG: what one input costs has to stay small. */
	for (guint i = 0; i < MIN(vg->lvs->len, 64); i++) {
		const struct lvm_lv *lv = g_ptr_array_index(vg->lvs, i);
		g_autoptr(GPtrArray) pvs = lvm_lv_pvs(vg, lv);
		g_autoptr(GString) table = g_string_new(NULL);
		g_autofree char *reason = NULL, *modules = NULL;
		int r = lvm_lv_table(vg, lv, fuzz_devnum, NULL, table, &reason);

		fuzz_check(pvs->len <= vg->pvs->len);
		fuzz_check(r == 0 ? table->len > 0 : reason && table->len == 0);
		fuzz_transaction(table->str);
		modules = lvm_table_modules(table->str);
		fuzz_check(g_str_has_prefix(modules, "dm-mod"));
	}
	lvm_vg_free(vg);
}
