/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A row is what happened and what we did about it: a script of statements for a simulated machine, and
 * the actions of the core by name.  Disks are blank or hold what `add` says; effects succeed at once
 * unless the script holds or fails them.  Statements are separated by ";":
 *
 *   add NODE [SIZE] [CONTENT]   a device appears (change: again; del: it is gone)
 *   inside THING CONTENT        what is in md:ARRAY, luks:UUID or VG/LV once it runs
 *   vg NAME pvs=A,B lvs=X:A+B   a volume group; seqno= missing= hidden= skip= noauto[=]
 *                               as=ITS-NAME system=ID locks=TYPE exported clustered snap=S:ORIGIN
 *   listed                      the first enumeration ends
 *   at TIME                     time passes, timers fire on the way
 *   mount SPEC TARGET, device SPEC, swap SPEC, cancel GOAL
 *   volume NAME SPEC, key UUID WHAT, answer NAME SECRET, skip NAME
 *   restart                     our next life begins, with the state file of this one
 *   auto SECRET                 whatever is asked for is answered with it
 *   layout NAME KEY=VALUE...    a node of the layout record
 *   array, policy, made, mounted, unmounted, stop, overflow, modalias
 *   hold TYPE [NAME], release TYPE, fail TYPE ERROR, ok TYPE, fsck STATUS, deaf (to cancelling),
 *   lifo (what was asked for last ends first), empty-first (a new device is told of with size 0, and
 *   with its size after the result)
 *   show WHAT                   log actions that are left out otherwise (probe, link, explain, ...)
 *   ? WHAT                      write a state into the log: LAYER:ID, goal N, waits N, next, status
 *
 * CONTENT: ext4:UUID[:LABEL] swap:UUID md:ARRAY ROLE/DISKS luks:UUID pv:VG/PV bare:VG/PV
 *   error:ERRNO hang, each with KEY=VALUE pairs of struct input.
 */
#pragma once

#include "layer/layer.h"

struct row {
	const char *name, *script, *expect;
};

void rows_add(const char *group, const struct row *rows, size_t n);

struct world;

struct world *world_new(void);
void world_free(struct world *w);
void world_do(struct world *w, const char *script);
char *world_log(const struct world *w); /* the actions so far, "; " between them */
struct plan *world_plan(const struct world *w);
uint64_t world_steps(const struct world *w);
void world_record(struct world *w);
const char *world_journal(const struct world *w);
void world_set_lifo(struct world *w, bool lifo); /* the effect asked for last ends first */
