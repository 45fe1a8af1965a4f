/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything the core can want is one struct action.  Those up to ACTION_RESUME go to the worker and
 * are answered by one INPUT_RESULT with the same id; the others go to the caller and are not answered.
 * Every effect may be repeated: the state wanted is the success.
 */
#pragma once

#include "core/record.h"

enum action_type {
	ACTION_PROBE,	    /* node, devnum, diskseq, deep → "probe" fields of the result */
	ACTION_MODULES,	    /* text: space separated module names or aliases; absent ones are no error, nor is
			       any that is marked with a '?' before it */
	ACTION_LINK,	    /* node, devnum, text: space separated links below /dev; flag: remove them */
	ACTION_MD_ASSEMBLE, /* uuid, name, version, members, flag: run although degraded → devnum, node */
	ACTION_MD_ADD,	    /* node: the array; members: one line */
	ACTION_MD_STOP,	    /* node, devnum */
	ACTION_DM_ACTIVATE, /* uuid: of the group; text: the devices of one transaction, members: see below */
	ACTION_DM_REMOVE,   /* name, uuid */
	ACTION_LUKS_OPEN,   /* node, name, uuid, keyfile or secret, options → devnum, node; text */
	ACTION_FSCK,	    /* node, fstype, options: "-p" or "-y" or "-n", with "-f" → status, text */
	ACTION_MOUNT,	    /* node, target, fstype, options → text */
	ACTION_UMOUNT,	    /* target, devnum, mount_id: of the mount that is meant, 0: any of that device */
	ACTION_SWAPON,	    /* node, options */
	ACTION_SWAPOFF,	    /* node */
	ACTION_RESUME,	    /* devnum, offset */
	ACTION_ASK,	    /* id of the question, name, node, text: the prompt; tries: wrong ones so far */
	ACTION_WITHDRAW,    /* id of the question, text: why */
	ACTION_FORGET,	    /* secret: no one needs it any more */
	ACTION_OVERTAKE,    /* id: that action takes long; what is queued behind it goes on beside it */
	ACTION_CANCEL,	    /* id of the action to be stopped; it is answered with -ECANCELED; flag: killed */
	ACTION_REPORT,	    /* number, severity, node or name, text: SACT-<number> */
	ACTION_GOAL_STATE,  /* id, name: the state, number and text of the error */
	ACTION_ASSEMBLY_STATE, /* layer, uuid, name, text: the state; number: assemblies below it */
	_ACTION_MAX,
};

/*
 * members (MD_ASSEMBLE, MD_ADD): one line each, freshest first: "MAJOR:MINOR NUMBER ROLE"
 *   (ROLE as in struct input: -1 spare, -3 journal).
 * text (DM_ACTIVATE): "device NAME UUID rw|ro FLAGS [minor=N] [readahead=N] [transaction=N]" starts a device (FLAGS: udev
 *   cookie flags, hex), "START LENGTH TARGET PARAMETERS" lines are its table.  "@NAME" in parameters
 *   stands for the major:minor of a device made earlier in the same transaction.  Each UUID is
 *   "LVM-" and the group's and more.
 * members (DM_ACTIVATE): one line for each device that the tables may name besides: "MAJOR:MINOR DISKSEQ
 *   [UUID]", as long as they are still those (UUID: device-mapper's, of a device that is one of its own).
 */

#define ACTION_FIELDS(F)                                                                              \
	F(U64, id)                                                                                   \
	F(U64, until)	 /* CLOCK_BOOTTIME µs after which it is cancelled; 0: no deadline */         \
	F(DEV, devnum)                                                                               \
	F(U64, diskseq)                                                                              \
	F(STR, node)                                                                                 \
	F(BOOL, deep)                                                                                \
	F(BOOL, udev)	 /* udevd runs: cookies, no links and nodes by us */                         \
	F(STR, layer)                                                                                \
	F(STR, uuid)                                                                                 \
	F(STR, name)                                                                                 \
	F(STR, version)                                                                              \
	F(STR, members)                                                                              \
	F(STR, text)                                                                                 \
	F(BOOL, flag)                                                                                \
	F(STR, keyfile)                                                                              \
	F(U64, key_offset)                                                                           \
	F(U64, key_size)                                                                             \
	F(S64, keyslot)	 /* + 1; 0: any */                                                           \
	F(STR, header)                                                                               \
	F(U64, secret)                                                                               \
	F(STR, fstype)                                                                               \
	F(STR, target)                                                                               \
	F(STR, options)                                                                              \
	F(U64, mount_id)                                                                             \
	F(U64, offset)                                                                               \
	F(U64, number)	 /* of a message: SACT-<number> */                                           \
	F(U64, severity) /* 3 error, 4 warning, 6 info, as syslog */                                 \
	F(U64, tries)


struct action {
	enum action_type type_id;
	ACTION_FIELDS(SACT_MEMBER)
};

/* The batch that one plan_step() wants done, in order. */
struct actions {
	GPtrArray *list; /* struct action, owned */
};

const char *action_type_name(enum action_type t);
bool action_is_effect(const struct action *a); /* goes to the worker */

void actions_init(struct actions *as);
void actions_clear(struct actions *as); /* empties it, keeps it usable */
void actions_free(struct actions *as);
struct action *actions_add(struct actions *as, enum action_type t); /* zeroed, owned by the batch */

/* Takes long by its nature: a key derivation, a check.  As many of those have workers at a time as this. */
bool action_is_slow(enum action_type t);
#define ACTION_WORKERS 8
unsigned action_quick_workers(unsigned hanging); /* for the others, while so many of them hang */

void action_clear(struct action *a);
void action_copy(struct action *to, const struct action *from);
void action_encode(const struct action *a, GString *to);
int action_decode(const char *line, struct action *ret); /* -EBADMSG */

/*
 * What the action is about, whoever asks and when: "md-assemble 6f3a…", "probe sda1".  Equal actions
 * have equal names in every run and every order of arrival (ids and times are not in it).
 */
char *action_name(const struct action *a);
