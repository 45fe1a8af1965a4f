/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pure, bounded readers of on-disk bytes.  The caller reads the bytes; these turn them into structs.
 * Everywhere: -ENODATA: not of this format; -EBADMSG: of this format, but damaged (*why says how, a
 * string constant); -EOVERFLOW: larger than any sane instance.
 */
#pragma once

#include "util/util.h"

/* ---- md superblocks (linux/raid/md_p.h) ---- */

struct md_sb {
	unsigned major, minor;	/* metadata version: 0.90, 1.0, 1.1, 1.2 */
	char uuid[40];		/* as mdadm prints it, 8:8:8:8 hex */
	char name[33];		/* "host:name"; of 0.90 its number */
	char dev_uuid[37];
	int level;		/* -1 linear, -4 multipath, 0 1 4 5 6 10 */
	uint32_t layout, raid_disks, dev_number;
	int role;		/* 0...; -1 spare, -2 faulty, -3 journal */
	uint64_t events, utime, size;	/* size: sectors used of each member */
	uint64_t data_offset;		/* sectors */
	bool clean, bitmap, journal, ppl, reshape, recovering;
	bool critical;		/* that reshape needs what mdadm saved */
	uint64_t bitmap_at;	/* bytes: where the bitmap's superblock is; 0: none */
	uint16_t n_roles;	/* at least raid_disks if there are so many; all beyond are spare */
	uint16_t roles[4096];	/* by dev_number: role, 0xffff spare, 0xfffe faulty, 0xfffd journal */
};

/* The offsets where a superblock can be on a device of so many bytes; returns how many (at most 4). */
int md_sb_offsets(uint64_t size, uint64_t offsets[4]);
#define MD_SB_BYTES 8192 /* read so much at each */

/* buf: what was read at `offset` of a device of `size` bytes. */
int md_sb_parse(const void *buf, size_t len, uint64_t offset, uint64_t size, struct md_sb *ret,
		const char **why);

/* Whether the superblock of the bitmap, read at sb->bitmap_at, is one with which the kernel starts the array. */
bool md_bitmap_sound(const void *buf, size_t len, const struct md_sb *sb);
#define MD_BITMAP_BYTES 256

/* ---- lines of device-mapper tables ---- */

/*
 * "TARGET PARAMETERS" is a line of a target that we use, and every word is what it has to be at its
 * place: device(data, word) says whether a word may stand where the kernel looks for a device.
 */
bool dm_params_valid(const char *target, const char *params, bool (*device)(void *data, const char *word), void *data);
bool dm_word_valid(const char *word); /* of lower case letters, digits and '_' */
bool dm_name_valid(const char *name); /* of what LVM makes names of */
bool dm_uuid_of_group(const char *uuid, const char *group); /* group: the UUID without dashes */

/* ---- LVM2 label and metadata areas ---- */

struct lvm_area {
	uint64_t offset, size; /* bytes on the device */
};

struct lvm_label {
	char pv_uuid[39];	/* with dashes, as LVM prints it */
	uint64_t device_size;
	unsigned n_areas;
	struct lvm_area areas[2]; /* metadata areas */
	uint64_t data_start;
};

#define LVM_LABEL_BYTES 2048 /* first four sectors of the device */
int lvm_label_parse(const void *buf, size_t len, struct lvm_label *ret, const char **why);

/* The header of a metadata area (512 bytes at area.offset): where the live text is. */
struct lvm_text_location {
	uint64_t offset; /* from the start of the area */
	uint64_t size;
	uint64_t wrap;	 /* bytes up to the end of the area (all, mostly); the rest is at its offset 512 */
	uint32_t crc;
};
int lvm_mda_parse(const void *buf, size_t len, const struct lvm_area *area, struct lvm_text_location *ret,
		  const char **why); /* -ENODATA: area holds no VG */
uint32_t lvm_crc(uint32_t initial, const void *buf, size_t len);
#define LVM_CRC_INITIAL UINT32_C(0xf597a6cf)

/* ---- LVM2 metadata text: a tree of sections ---- */

struct lvm_node {
	char *key;
	char **strings;		/* a value or a list, as text; NULL for a section */
	GPtrArray *children;	/* struct lvm_node; NULL for a value */
};

/* Nodes in proportion to its length at most, nesting 16.  The top section has no key.  line: where it went wrong. */
int lvm_text_parse(const char *text, struct lvm_node **ret, unsigned *line);
void lvm_node_free(struct lvm_node *n);

const struct lvm_node *lvm_node_get(const struct lvm_node *n, const char *key); /* direct child or NULL */
const char *lvm_node_str(const struct lvm_node *n, const char *key);		/* first string or NULL */
int lvm_node_u64(const struct lvm_node *n, const char *key, uint64_t *ret);	/* -ENODATA, -EBADMSG */
bool lvm_node_has(const struct lvm_node *n, const char *key, const char *word); /* list contains it */

/* ---- one VG, from its text ---- */

struct lvm_pv {
	char *name;	/* "pv0" */
	char *uuid;
	char *device;	/* hint: where LVM saw it last */
	unsigned index;	/* in vg->pvs */
	bool missing;	/* metadata marks it MISSING */
	bool readonly;	/* where it is cannot be written; set by who knows, before tables are made */
	uint64_t pe_start, pe_count, dev_size; /* sectors; extents; sectors */
};

struct lvm_lv {
	char *name, *uuid;
	unsigned index;			/* in vg->lvs */
	bool visible, readonly, skip;	/* skip: activation skip flag */
	bool no_auto;			/* it, or its VG, is activated only by name */
	bool pool;			/* others lie in it: what it holds is no file system */
	const struct lvm_node *node;	/* its section: segments, status, flags; owned by the vg */
	const struct lvm_lv *origin;	/* of a snapshot */
	const struct lvm_node *merging; /* of a thin LV: the segment of the thin snapshot that replaces it */
	const struct lvm_node *relation; /* of a snapshot: the segment that ties it to its origin */
	GPtrArray *snapshots;		/* of an origin: struct lvm_lv; NULL: none */
	bool external;			/* thin LVs of a pool have it as their external origin */
};

struct lvm_vg {
	struct lvm_node *root;	/* owns the text's tree */
	const struct lvm_node *section;
	char *name, *uuid;
	char *shown;		/* what the VG is called in names of devices: name, unless the caller says otherwise */
	uint64_t seqno, extent_size; /* sectors */
	bool exported, resizeable, clustered;
	char *system_id, *lock_type;
	GPtrArray *pvs;		/* struct lvm_pv */
	GPtrArray *lvs;		/* struct lvm_lv */
	GHashTable *pv_index, *lv_index; /* by name */
	GHashTable *pv_by_uuid;
};

int lvm_vg_parse(const char *text, struct lvm_vg **ret, char **why); /* why: owned by the caller */
void lvm_vg_free(struct lvm_vg *vg);
struct lvm_lv *lvm_vg_find_lv(const struct lvm_vg *vg, const char *name);
struct lvm_pv *lvm_vg_find_pv(const struct lvm_vg *vg, const char *name);
struct lvm_pv *lvm_vg_find_pv_uuid(const struct lvm_vg *vg, const char *uuid);

/* Names of the PVs ("pv0") that this LV's segments, and those of the LVs below it, lie on. */
GPtrArray *lvm_lv_pvs(const struct lvm_vg *vg, const struct lvm_lv *lv);

/* VG-LV[-layer] with '-' doubled inside the parts; caller frees. */
char *lvm_dm_name(const char *vg, const char *lv, const char *layer);
char *lvm_dm_uuid(const struct lvm_vg *vg, const struct lvm_lv *lv, const char *layer); /* "LVM-..." */

/*
 * Appends to `text` the transaction (format: core/action.h, DM_ACTIVATE) that brings up one LV.
 * pv_devnum(data, pv) says where a PV is (0: missing).  udev: cookie flags as vgchange sets them.
 * -EOPNOTSUPP: a segment type we do not do natively (*why names it); -ENODEV: a PV is missing.  A RAID
 * LV does without as many parts as it can; that they may be missing is the caller's decision.
 */
enum lvm_remark {
	LVM_REMARK_NONE,
	LVM_REMARK_MERGE,    /* a snapshot flows back into its origin */
	LVM_REMARK_READONLY, /* loaded read-only, for a disk is */
};

/* Returns enum lvm_remark; *why is its text then. */
int lvm_lv_table(const struct lvm_vg *vg, const struct lvm_lv *lv, dev_t (*pv_devnum)(void *, const struct lvm_pv *),
		 void *data, GString *text, char **why);

/* The kernel modules that such a text needs, for ACTION_MODULES; caller frees. */
char *lvm_table_modules(const char *text);
