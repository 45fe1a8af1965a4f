/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the LVM layer; not for others. */
#pragma once

#include "format/format.h"
#include "layer/layer.h"

#define LVM_DM_VG 4		     /* in a dm uuid: "LVM-", the VG's, the LV's, perhaps "-LAYER" */
#define LVM_DM_LV (LVM_DM_VG + 32)
#define LVM_DM_LAYER (LVM_DM_LV + 32)

struct lvm {
	struct lvm_vg *vg;
	char *text;	       /* that it was read from */
	guint text_hash;
	GHashTable *read;      /* ids of the probes whose text was compared with it */
	dev_t *at;	       /* where each PV is, by its index; 0: missing */
	char *dir;	       /* "/dev/VG/" */
	GHashTable *by_key;    /* what a goal may call an LV → struct lvm_lv */
	GHashTable *by_id;     /* its UUID without dashes, as in dm uuids → struct lvm_lv */
	GHashTable *activated; /* names of LVs that we activated or are activating */
	GHashTable *told;      /* names of LVs that cannot be, and it was said */
	GHashTable *refused;   /* names of LVs that the kernel did not take */
	GPtrArray *in_flight;  /* names */
	unsigned present;      /* PVs, when it was last looked at */
	bool singly;	       /* a transaction failed as a whole: one LV at a time from then on */

	/* What was found out of it all, until something changes. */
	GPtrArray *wanted; /* struct lvm_lv that goals want and that are not active; NULL: to be asked */
	uint64_t wanted_at; /* plan->goals_stamp */
	bool wanted_choice; /* graph_choice_allowed() */
	bool startable_known[2], startable[2]; /* by with_missing */
};

static inline struct lvm *lvm_of(const struct assembly *a)
{
	return a->data;
}

/* lvm_wish.c */
void lvm_names_make(struct lvm *l); /* the metadata was read */
void lvm_names_free(struct lvm *l);
int lvm_inner(const struct assembly *a, const char *dm_uuid);
const struct lvm_lv *lvm_lv_of_key(const struct lvm *l, const char *key);
const GPtrArray *lvm_wanted(const struct plan *p, const struct assembly *a); /* struct lvm_lv */
void lvm_ask_again(struct lvm *l); /* what is active, what is there or what there can be has changed */

/* lvm_origin.c: see struct layer */
int lvm_gives(const struct plan *p, const struct assembly *a, const struct device *d);
bool lvm_is_original(const struct assembly *a, const struct device *x, const struct device *y);
void lvm_made(struct plan *p, struct assembly *a, const char *text);
char *lvm_lacks_original(const struct plan *p, const struct assembly *a, const struct device *d);
