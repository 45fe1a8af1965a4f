/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "core/action.h"
#include "format/format.h"
#include "fuzz.h"
#include "lvm-property.h"

static dev_t fuzz_devnum(void *data, const struct lvm_pv *pv)
{
	return pv->missing ? 0 : makedev(8, (unsigned)(g_str_hash(pv->name) & 0xff));
}

static bool fuzz_is_member(void *data, dev_t devnum)
{
	const struct lvm_vg *vg = data;

	for (guint i = 0; i < vg->pvs->len; i++)
		if (fuzz_devnum(NULL, g_ptr_array_index(vg->pvs, i)) == devnum)
			return devnum != 0;
	return false;
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
		g_autofree char *reason = NULL, *modules = NULL, *fault = NULL;
		int r = lvm_lv_table(vg, lv, fuzz_devnum, NULL, table, &reason);

		fuzz_check(pvs->len <= vg->pvs->len);
		fuzz_check(r == 0 ? table->len > 0 : reason && table->len == 0);
		fault = transaction_fault(vg, table->str, fuzz_is_member, vg);
		fuzz_check(!fault);
		modules = lvm_table_modules(table->str);
		fuzz_check(g_str_has_prefix(modules, "dm-mod"));
	}
	lvm_vg_free(vg);
}
