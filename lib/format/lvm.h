/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files that turn LVM2 metadata into device-mapper tables; not for others. */
#pragma once

#include "format/format.h"

/* *why, if asked for, becomes the text; returns the error. */
int lvm_fail(char **why, int error, const char *format, ...) _printf_(3, 4);

struct lvm_pv *lvm_vg_find_pv(const struct lvm_vg *vg, const char *name);

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
	GHashTable *devices; /* their names, as set; a name with NULL behind it is under way */
	char **why;
	unsigned depth;
};

struct lvm_segment {
	const struct lvm_lv *lv;
	const struct lvm_node *node;
	const char *type;
	uint64_t start, length; /* sectors of the LV */
};

/*
 * One kind of segment.  table() makes the devices below (lvm_build_lv()) and appends
 * "TARGET PARAMETERS"; *s belongs to the LV whose device is being made.
 */
struct lvm_segtype {
	const char *name;
	int (*table)(struct lvm_build *b, const struct lvm_segment *s, GString *line);
};

/* How a device of an LV that is not the LV itself is called and treated. */
struct lvm_device {
	const char *name_layer; /* suffix of the name, and of the uuid unless that has its own */
	const char *uuid_layer;
	bool readonly;
	unsigned flags; /* udev cookie flags; 0: those of the LV's visibility */
};

#define LVM_UDEV_VISIBLE 0x20U
#define LVM_UDEV_HIDDEN 0x2eU

/* Makes sure that the transaction has this device with the tables of the LV's segments. */
int lvm_build_lv(struct lvm_build *b, const struct lvm_lv *lv, const struct lvm_device *how);

/* Appends " DEVICE OFFSET" for the n-th area of a list of pairs (a PV and extent, or an LV and extent).
 */
int lvm_build_area(struct lvm_build *b, const struct lvm_segment *s, const struct lvm_node *pairs,
		   unsigned n, uint64_t extents, GString *line);
