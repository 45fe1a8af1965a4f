/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The simulated machine behind harness.h. */
#pragma once

#include "harness.h"

#define BASE (1000 * USEC_PER_SEC) /* the machine's uptime when a script begins */

struct disk {
	struct input in; /* as it is told to the core */
	char *content;
	bool present;
};

struct fault {
	bool hold;
	const char *held; /* only those of which action_name() has this in it; NULL: all */
	int error;
	const char *names; /* only of actions whose name has this in it; NULL: of all */
};

struct world {
	struct plan *plan;
	struct actions actions;
	uint64_t now, logged, next_diskseq, next_goal, steps;
	unsigned next_md, next_dm, next_minor;
	GPtrArray *disks;    /* struct disk, in order of first arrival; never removed */
	GHashTable *insides; /* "md:r1" → content */
	GHashTable *vgs;     /* "v0", "v0@3" → text */
	GHashTable *keys;    /* "u1 secret" */
	GHashTable *asked;   /* name → question id */
	GHashTable *mounts;  /* target → device number */
	GHashTable *names;   /* id of an effect → its name */
	GQueue effects, held;
	struct fault faults[_ACTION_MAX];
	bool shown[_ACTION_MAX], show_explain, show_automatic, lifo, deaf, empty_first;
	GQueue filled; /* struct disk whose size is told when the result is */
	int64_t fsck_status;
	uint64_t auto_secret, unanswered;
	GString *journal; /* NULL: not recorded */
	GString *log;
};

/* world.c: contents and effects */
int error_number(const char *name);
struct disk *disk_find(const struct world *w, const char *node);
struct disk *disk_by_devnum(const struct world *w, dev_t devnum);
struct disk *disk_new(struct world *w, const char *node);
void disk_free(gpointer ptr);
void disk_tell(struct world *w, struct disk *d);
void disk_gone(struct world *w, struct disk *d);
void content_probe(struct world *w, const struct disk *d, struct input *res, bool *hang);
char *vg_text(const char *name, char **args);
void effect_perform(struct world *w, const struct action *a);
void world_restart(struct world *w);
bool size_parse(const char *text, uint64_t *ret);

/* state.c */
char *world_state(const struct world *w, char **args);

/* harness.c */
void world_step(struct world *w, const struct input *in);
