/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files that turn LVM2 metadata into device-mapper tables; not for others. */
#pragma once

#include "format/format.h"

/* *why, if asked for, becomes the text; returns the error. */
int lvm_fail(char **why, int error, const char *format, ...) _printf_(3, 4);

/* Calls fn with each name of an LV or PV that a segment uses; stops at a non-zero result. */
int lvm_segment_uses(const struct lvm_node *segment, int (*fn)(void *data, const char *name),
		     void *data);

/* The LV's sections "segment1", "segment2", ... in order; NULL behind the last. */
const struct lvm_node *lvm_lv_segment(const struct lvm_lv *lv, unsigned number);

/* ---- one transaction that is being written ---- */

struct lvm_build {
	const struct lvm_vg *vg;
	dev_t (*pv_devnum)(void *data, const struct lvm_pv *pv);
	void *data;
	GString *text;	     /* devices that are done */
	GHashTable *devices; /* their names; the value is NULL while a device is under way, else "rw" or "ro" */
	GHashTable *numbers; /* "MAJOR:MINOR" of the PVs that they lie on */
	char **why;
	unsigned depth;
	bool redundant;	  /* below an LV that can do without some of its parts: an area may be missing */
	unsigned missing; /* how many were */
	bool on_readonly; /* the device under way lies on a disk that cannot be written */
	char *remark;	  /* of a transaction that is made all the same */
	enum lvm_remark remark_kind;
};

struct lvm_segment {
	const struct lvm_lv *lv;
	const struct lvm_node *node;
	const char *type;
	unsigned index;		/* from 0 */
	uint64_t start, length; /* sectors of the LV */
};

/*
 * One kind of segment.  table() makes the devices below (lvm_build_ref()) and appends
 * "TARGET PARAMETERS"; s->lv is the LV whose device is being made.
 */
struct lvm_segtype {
	const char *name;
	int (*table)(struct lvm_build *b, const struct lvm_segment *s, GString *line);
	bool passive; /* writes nothing of its own to what it lies on */
};

/* -EROFS if what the LV lies on cannot be written, for `what` writes there whatever the LV is used for. */
int lvm_build_writes(struct lvm_build *b, const struct lvm_lv *lv, const char *what);

/* Something to be said of the LV although it is activated. */
void lvm_remark(struct lvm_build *b, enum lvm_remark kind, const char *format, ...) _printf_(3, 4);

int lvm_table_striped(struct lvm_build *b, const struct lvm_segment *s, GString *line);
int lvm_table_raid(struct lvm_build *b, const struct lvm_segment *s, GString *line);
int lvm_table_mirror(struct lvm_build *b, const struct lvm_segment *s, GString *line);
int lvm_table_thin(struct lvm_build *b, const struct lvm_segment *s, GString *line);
int lvm_table_thin_pool(struct lvm_build *b, const struct lvm_segment *s, GString *line);
int lvm_table_cache(struct lvm_build *b, const struct lvm_segment *s, GString *line);

/* How a device of an LV is called and treated, where that is not simply the LV's own one. */
struct lvm_device {
	const char *name_layer; /* suffix of the name, and of the uuid unless that has its own */
	const char *uuid_layer;
	bool readonly, writable; /* neither: as the LV is */
	unsigned flags; /* udev cookie flags; 0: hidden, or visible for a visible LV's own device */
};

#define LVM_UDEV_VISIBLE 0x20U
#define LVM_UDEV_HIDDEN 0x2eU
#define LVM_UDEV_SNAPSHOT 0x30U
#define LVM_UDEV_COW 0x3eU

/* Makes sure that the transaction has this device; how: NULL for the LV's own one. */
int lvm_build_lv(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_device *how);

/* The same for an LV by name, which `user` needs; appends " @NAME". */
int lvm_build_ref(struct lvm_build *b, const struct lvm_lv *user, const char *name,
		  const struct lvm_device *how, GString *line);

/* Adds a device whose table is known, unless the transaction has it already. */
int lvm_build_add(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_device *how, const char *table);

/* The devices that an LV consists of because it is an origin, an external origin or a thin pool in use.
 */
int lvm_build_layers(struct lvm_build *b, const struct lvm_lv *lv, GString *table,
		     struct lvm_device *how);

/* Sectors of an LV: the end of its last segment. */
int lvm_lv_size(struct lvm_build *b, const struct lvm_lv *lv, uint64_t *ret);

/* Appends " DEVICE OFFSET" for the n-th area of a list of pairs (a PV or LV, and an extent of it). */
int lvm_build_area(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_node *pairs,
		   unsigned n, uint64_t extents, GString *line);
