/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The handle behind the public API; used by context.c, goals.c, event.c and loop.c only. */
#pragma once

#include "config/config.h"
#include "core/plan.h"
#include "pool.h"
#include "source/source.h"
#include "storageactivate.h"
#include "util/secret.h"

struct sact_goal {
	unsigned ref;
	sact *s; /* NULL once the context is gone */
	struct input wish;
	bool submitted;
};

struct sact_secret {
	unsigned ref;
	sact *s;
	uint64_t id;
	char *prompt;
	bool withdrawn;
};

struct sact_event {
	int type;
	sact_goal *goal;
	sact_secret *secret;
	int number, severity;
	char *subject, *text;
};

struct sact {
	unsigned ref;
	sact_log_fn log_fn;
	void *log_data;
	int source_kind;
	uint64_t timeout_until;
	char *prefix; /* of mount points of fstab */

	struct plan *plan;
	struct actions actions;
	struct cmdline cmdline;
	bool has_cmdline, locked;
	struct lvm_conf lvm_conf;
	struct input *root_entry; /* "/" of fstab, which makes no goal unless it is asked for */
	GPtrArray *goals;     /* sact_goal, one reference each */
	guint n_submitted;    /* of them, from the first */
	GPtrArray *questions; /* sact_secret, standing, one reference each */
	GHashTable *secrets;  /* number → struct secret */
	uint64_t next_secret;
	GQueue events;	      /* sact_event */
	GQueue pending;	      /* struct input that arose while a step was carried out */
	bool stepping;

	struct source *source;
	struct mounts *mounts;
	struct pool *pool;
	int epoll_fd, timer_fd, record_fd;
	uint64_t armed;
	bool started, udev;
	GHashTable *deadlines_told; /* recorded already */
	int state_fd; /* of the folder of the state; -1: there is none */
};

uint64_t now_usec(void); /* CLOCK_BOOTTIME */
void loop_feed(sact *s, const struct input *in);
void loop_log(sact *s, int priority, const char *text);
int loop_start(sact *s);
void loop_close(sact *s);
void loop_arm(sact *s);	 /* after whatever may have changed a deadline */
void loop_wake(sact *s); /* sact_dispatch() is wanted soon */
void loop_record(sact *s, const char *line);

void event_push(sact *s, const struct action *a);
void event_complaint(sact *s, const struct complaint *c);
/* path.c; absolute paths, callers free */
char *path_normal(const char *path);
char *path_resolved(const char *path); /* NULL: not absolute */
char *path_below(const char *prefix, const char *path);

void goals_submit(sact *s);
sact_goal *goal_handle(const sact *s, uint64_t id);
sact_goal *goal_handle_new(sact *s, const char *kind, const char *spec, const char *target);
/* locked.c: what the image says instead of the command line; -EPERM: it contradicts it, or says nothing */
int locked_root(sact *s);
void locked_resume(sact *s);
