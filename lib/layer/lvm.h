/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the LVM layer; not for others. */
#pragma once

#include "format/format.h"
#include "layer/layer.h"

#define LVM_DM_VG 4		     /* in a dm uuid: "LVM-", the VG's, the LV's, perhaps "-LAYER" */
#define LVM_DM_LV (LVM_DM_VG + 32)
#define LVM_DM_LAYER (LVM_DM_LV + 32)

/* One text that was seen on PVs. */
struct lvm_version {
	char *text;
	guint hash;
	struct lvm_vg *vg; /* NULL: cannot be read */
};

struct lvm {
	GPtrArray *versions;	     /* struct lvm_version, owned */
	struct lvm_version *current; /* the one that counts */
	struct lvm_vg *vg;	     /* its */
	bool sealed;		     /* and it was read inside the encryption */
	GHashTable *read;	     /* id of a probe → the version that it found */
	bool here, twin_told;	     /* here: has PVs, and is not left alone */
	struct assembly *twin;	     /* another one of its name that is here */
	dev_t *at;	       /* where each PV is, by its index; 0: missing */
	char *dir;	       /* "/dev/VG/" */
	GHashTable *by_key;    /* what a goal may call an LV → struct lvm_lv */
	GHashTable *by_id;     /* its UUID without dashes, as in dm uuids → struct lvm_lv */
	GHashTable *activated; /* names of LVs that we activated or are activating */
	GHashTable *why_not;   /* names of LVs that cannot be → why, as it was found last */
	GHashTable *told;      /* of them those of which it was said */
	GHashTable *refused;   /* names of LVs that the kernel did not take */
	GPtrArray *in_flight;  /* names */
	unsigned present;      /* PVs, when it was last looked at */
	bool singly;	       /* a transaction failed as a whole: one LV at a time from then on */

	/* What was found out of it all, until something changes. */
	GPtrArray *wanted; /* struct lvm_lv that goals want and that are not active; NULL: to be asked */
	uint64_t wanted_at; /* plan->goals_stamp */
	bool wanted_choice, wanted_settled; /* what was known then */
	bool named_waits; /* an LV that is named waits for the disks that are being read */
	bool startable_known[2], startable[2]; /* by with_missing */
};

static inline struct lvm *lvm_of(const struct assembly *a)
{
	return a->data;
}

/* lvm.c */
void lvm_refuse(struct plan *p, struct assembly *a, unsigned number, const char *format, ...) _printf_(4, 5);

/* lvm_identity.c */
GPtrArray *lvm_versions_new(void);
char *lvm_identify(struct plan *p, struct device *d);
bool lvm_read(struct plan *p, struct assembly *a);
bool lvm_judge_duplicates(struct plan *p, struct assembly *a);
char *lvm_left_alone(const struct plan *p, const struct lvm_vg *vg);

/* lvm_twins.c */
void lvm_twins_register(struct plan *p, struct assembly *a); /* its metadata are new, a->name not yet */
void lvm_twins_judge(struct plan *p, struct assembly *a, bool here);
bool lvm_twins_refuse(struct plan *p, const struct assembly *a, struct goal *g); /* true: it means none of a's LVs */
void lvm_twins_tell(struct plan *p, struct assembly *a);

/* lvm_wish.c */
void lvm_names_make(struct lvm *l); /* the metadata was read */
void lvm_names_free(struct lvm *l);
int lvm_inner(const struct assembly *a, const char *dm_uuid);
const struct lvm_lv *lvm_lv_of_key(const struct lvm *l, const char *key);
const GPtrArray *lvm_wanted(struct plan *p, const struct assembly *a); /* struct lvm_lv */
void lvm_ask_again(struct lvm *l); /* what is active, what is there or what there can be has changed */

/* lvm_origin.c: see struct layer */
int lvm_gives(const struct plan *p, const struct assembly *a, const struct device *d);
bool lvm_is_original(const struct assembly *a, const struct device *x, const struct device *y);
void lvm_made(struct plan *p, struct assembly *a, const char *text);
char *lvm_lacks_original(const struct plan *p, const struct assembly *a, const struct device *d);
