/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything that can happen is one struct input.  Sources, the worker and the API make them, the
 * journal records them, plan_step() consumes them.  One flat struct: each type uses the fields that
 * its comment names, the rest stays zero.  No field can hold a secret.
 */
#pragma once

#include "core/record.h"

enum input_type {
	INPUT_DEVICE,	  /* a block device appeared or changed: "block device" fields */
	INPUT_GONE,	  /* devnum, diskseq: it is gone */
	INPUT_MODALIAS,	  /* text: a device without driver offers this alias (kernel source) */
	INPUT_ENUMERATED, /* the enumeration was read to its end; count: devices seen */
	INPUT_OVERFLOW,	  /* events were lost; a rescan follows and ends with INPUT_ENUMERATED */
	INPUT_RESULT,	  /* action `id` ended: error, status, text; a probe: "probe" fields too */
	INPUT_TIMER,	  /* nothing but time passed */
	INPUT_GOAL,	  /* the caller wants something: "goal" fields, id */
	INPUT_VOLUME,	  /* crypttab or command line name an encrypted volume: "volume" fields */
	INPUT_ARRAY,	  /* mdadm.conf or command line say something of an array: uuid, name, grace */
	INPUT_POLICY,	  /* key, value: a global setting ("degraded", "source", ...) */
	INPUT_ANSWER,	  /* question `id` was answered with secret number `secret` */
	INPUT_SKIP,	  /* question `id` was answered with "skip" */
	INPUT_MADE,	  /* state file: kind, name, uuid, devnum, node: we made this in an earlier life;
			   * id: of a mount; flag: it was about to be made; kind "resume": text was decided;
			   * kind "stopped": what had that name, target or spec was stopped */
	INPUT_LAYOUT,	  /* layout record of the image: one node of the chain */
	INPUT_MOUNTED,	  /* mount table: devnum at target, as mount id; flag: this process stands on it;
			   * readonly: never written through; kind "swap": a swap area, without target */
	INPUT_UNMOUNTED,  /* the same */
	INPUT_STOP,	  /* tear down: spec (empty: all we made), target: the same as a path without links;
			   * flag: everything there is */
	INPUT_CANCEL,	  /* goal `id` is not wanted any more */
	_INPUT_MAX,
};

#define INPUT_FIELDS(F)                                                                               \
	F(U64, id)	   /* action, goal or question this is about */                              \
	F(S64, error)	   /* 0 or negative errno */                                                 \
	F(S64, status)	   /* exit status of a program the worker ran */                             \
	F(STR, text)	   /* what went wrong or came out, for people */                             \
	/* block device */                                                                           \
	F(DEV, devnum)                                                                               \
	F(U64, diskseq)	   /* of the disk; 0: the kernel gives none */                               \
	F(STR, node)	   /* kernel name, below /dev: "sda1", "dm-0", "cciss/c0d0" */              \
	F(DEV, parent)	   /* partition: its disk */                                                 \
	F(U64, partn)	   /* partition number */                                                    \
	F(U64, size)	   /* bytes; 0: no medium, or inactive */                                    \
	F(BOOL, readonly)                                                                            \
	F(STR, dm_name)                                                                              \
	F(STR, dm_uuid)                                                                              \
	F(STR, md_state)   /* array_state of an md device */                                        \
	F(STR, slaves)	   /* "8:0 8:16": devices below this one */                                 \
	F(STR, links)	   /* space separated, below /dev, as udevd made them */                     \
	F(STR, wwid)                                                                                 \
	F(STR, serial)                                                                               \
	/* probe result (with node, devnum, diskseq as in the action) */                             \
	F(STR, type)	   /* libblkid's name: "ext4", "crypto_LUKS"; NULL: nothing found */         \
	F(STR, version)	   /* of the format: "2" for LUKS2, "1.2" for md */                          \
	F(STR, uuid)	   /* of the file system, array, PV, LUKS header */                          \
	F(STR, uuid_sub)   /* of this member of it */                                                \
	F(STR, label)                                                                                \
	F(STR, partuuid)                                                                             \
	F(STR, partlabel)                                                                            \
	F(BOOL, deep)	   /* all known types were looked for, and ambivalence */                    \
	F(STR, md_name)	   /* "host:name" of the superblock */                                       \
	F(S64, md_level)   /* 1, 5, -1 linear, ... */                                                \
	F(U64, md_disks)   /* raid_disks */                                                          \
	F(S64, md_role)	   /* 0...; -1 spare, -2 faulty, -3 journal */                               \
	F(U64, md_number)  /* dev_number: the member's index in md_roles */                          \
	F(U64, md_events)                                                                            \
	F(STR, md_roles)   /* "0 1 f s": roles by dev_number as this member sees them */             \
	F(U64, md_utime)                                                                             \
	F(U64, md_layout)                                                                            \
	F(U64, md_size)	   /* sectors used of each member */                                         \
	F(STR, md_flags)   /* "bitmap clean": those that hold, see below */                           \
	F(STR, vg_name)                                                                              \
	F(U64, lvm_seqno)                                                                            \
	F(STR, lvm_metadata) /* the VG's text as in the newest metadata area of this PV */           \
	F(U64, luks_memory)  /* KiB the dearest usable keyslot asks for */                           \
	F(STR, luks_ciphers) /* of key slots and data, "aes-xts-plain64 serpent-cbc-essiv:sha256" */ \
	F(U64, data_offset)  /* bytes before the data area of a LUKS or md member */                 \
	/* goal, volume, array, policy, stop, made, layout */                                        \
	F(STR, kind)	   /* goal: "mount" "swap" "device" "resume"; made: the layer */             \
	F(STR, spec)	   /* "UUID=...", "/dev/...", "8:1" */                                       \
	F(STR, target)	   /* mount point */                                                         \
	F(STR, fstype)                                                                               \
	F(STR, options)	   /* mount options; options of a crypttab line */                           \
	F(STR, fsck)	   /* "no", "auto", "force", each with ",yes" or ",no" for repairs */        \
	F(STR, name)	   /* of the volume or array */                                              \
	F(STR, keyfile)	   /* path; NULL: ask */                                                     \
	F(U64, key_offset)                                                                           \
	F(U64, key_size)                                                                             \
	F(S64, keyslot)	   /* + 1; 0: any */                                                         \
	F(STR, header)                                                                               \
	F(U64, tries)	   /* + 1; 0: default */                                                     \
	F(U64, timeout)	   /* µs; 0: none */                                                         \
	F(U64, grace)	   /* µs + 1; UINT64_MAX: never; 0: default */                              \
	F(STR, key)	   /* policy */                                                              \
	F(STR, value)                                                                                \
	F(BOOL, flag)                                                                                \
	F(U64, secret)	   /* number of a secret in the context's store, never the secret */         \
	F(U64, count)                                                                                \
	F(STR, where)	   /* "crypttab:3", INPUT_COMMAND_LINE: where a person wrote it */

/*
 * md_flags: bitmap, damaged (its superblock), journal, ppl, reshape, critical (it needs what mdadm
 * saved), clean.
 */
#define INPUT_COMMAND_LINE "command line"

struct input {
	enum input_type type_id;
	INPUT_FIELDS(SACT_MEMBER)
};

const char *input_type_name(enum input_type t);

void input_clear(struct input *in);			       /* frees the strings, zeroes the rest */
void input_copy(struct input *to, const struct input *from);   /* to is overwritten, not freed */
struct input *input_dup(const struct input *from);
void input_free(gpointer input); /* one of input_dup(), or of g_new0() */
void input_encode(const struct input *in, GString *to);	       /* one line without its end */
int input_decode(const char *line, struct input *ret);	       /* -EBADMSG; *ret zeroed then */
