/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layer/layer.h"

const struct layer *const layers[] = { &layer_md, &layer_luks, &layer_lvm, NULL };

const struct layer *layer_for(const char *type)
{
	for (const struct layer *const *l = layers; type && *l; l++)
		for (const char *const *c = (*l)->claims; *c; c++)
			if (g_str_equal(*c, type))
				return *l;
	return NULL;
}

bool layer_take(struct plan *p, struct device *d)
{
	for (const struct layer *const *l = layers; *l; l++)
		if ((*l)->take && (*l)->take(p, d))
			return true;
	return false;
}
