/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a volume group keeps for itself: images and legs of its mirrors, exception stores, pools, logs.  A leg
 * shows the very file system that is on the mirror, so whoever took it for a device of its own would mount
 * half of something.  Such a device is treated as udevd's rules have others treat it: as if there were
 * nothing on it.  Its dm uuid and the metadata of its VG tell, and as long as those are not known, the names
 * that LVM keeps from its users.
 */
#include "layer/layer.h"

#define DM_UUID_LAYER (4 + 32 + 32) /* "LVM-", the VG's, the LV's, and behind them "-LAYER" */

/* The LV's part of "vg-lv", in which dashes are doubled; NULL: no such name. */
static const char *lv_part(const char *dm_name)
{
	for (const char *c = dm_name; c && *c; c++) {
		if (*c == '-' && c[1] != '-')
			return c + 1;
		c += *c == '-';
	}
	return NULL;
}

static bool reserved_name(const char *dm_name)
{
	static const char *const parts[] = { "_mlog",  "_mimage", "_rimage", "_rmeta", "_tdata", "_tmeta",  "_cdata",
					     "_cmeta", "_cvol",	  "_corig",  "_vdata", "_wcorig", "_iorig", "_imeta",
					     "_vorigin", "_pmspare" };
	const char *lv = lv_part(dm_name);

	for (size_t i = 0; lv && i < G_N_ELEMENTS(parts); i++)
		if (strstr(lv, parts[i]))
			return true;
	return lv && (g_str_has_prefix(lv, "pvmove") || g_str_has_prefix(lv, "snapshot"));
}

bool device_inner(const struct plan *p, const struct device *d)
{
	g_autofree char *vg = NULL;
	const struct assembly *a;
	int r = -ENODATA;

	if (!d->dm_uuid || !g_str_has_prefix(d->dm_uuid, "LVM-") || strlen(d->dm_uuid) < DM_UUID_LAYER)
		return false;
	if (d->dm_uuid[DM_UUID_LAYER])
		return true; /* -real, -cow, -tpool, ... */
	vg = g_strndup(d->dm_uuid + 4, 32);
	a = assembly_find(p, "lvm", vg);
	if (a && a->layer->inner)
		r = a->layer->inner(a, d->dm_uuid);
	return r < 0 ? reserved_name(d->dm_name) : r > 0;
}
