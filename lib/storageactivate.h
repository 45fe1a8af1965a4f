/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef STORAGEACTIVATE_H
#define STORAGEACTIVATE_H

/**
 * @file storageactivate.h
 *
 * Event-driven activation of storage: RAID, LUKS, LVM, checks and mounts, in any nesting and in any
 * order of arrival.
 *
 * Rules that hold for every call here:
 *
 * - 0 or a count on success, a negative errno on failure; ret is untouched on failure.
 * - Handles are opaque and reference counted; _unref() takes NULL and returns NULL.
 * - Strings returned as const char * belong to the handle and live as long as the next call that
 *   takes the context; strings returned by char **ret belong to the caller, who frees them with free().
 * - A context and all its handles are used by one thread at a time.  Nothing is printed, no signal
 *   handler is installed, no callback but the log function is called.
 * - Times are microseconds of CLOCK_BOOTTIME; UINT64_MAX stands for never.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sact sact;		    /* one activation run */
typedef struct sact_goal sact_goal;	    /* what the caller wants: a mount, a device, a swap area */
typedef struct sact_event sact_event;	    /* something the caller may want to know or has to answer */
typedef struct sact_secret sact_secret;	    /* a standing question for a passphrase */

enum {
	SACT_SOURCE_AUTO = 0,	/* udev if udevd runs, else the kernel */
	SACT_SOURCE_UDEV = 1,
	SACT_SOURCE_KERNEL = 2,
	SACT_SOURCE_NONE = 3	/* inputs come from a journal only */
};

enum {
	SACT_GOAL_WAITING = 0,
	SACT_GOAL_ACTIVE = 1,	/* its device is there; it is being checked or mounted */
	SACT_GOAL_DONE = 2,
	SACT_GOAL_FAILED = 3
};

enum {
	SACT_EVENT_GOAL = 1,	 /* a goal changed its state */
	SACT_EVENT_ASSEMBLY = 2, /* an array, volume or volume group changed its state */
	SACT_EVENT_QUESTION = 3, /* sact_event_get_secret() wants an answer */
	SACT_EVENT_WITHDRAWN = 4, /* that question needs no answer any more */
	SACT_EVENT_MESSAGE = 5	 /* a numbered message for people */
};

/* ---- the context ---- */

int   sact_new(sact **ret);
sact *sact_ref(sact *s);
sact *sact_unref(sact *s);

typedef void (*sact_log_fn)(void *data, int priority, const char *text);
int sact_set_log_fn(sact *s, sact_log_fn fn, void *data);
int sact_set_source(sact *s, int source);
int sact_set_record_fd(sact *s, int fd);
int sact_set_degraded_after(sact *s, uint64_t usec);
/* Deadline of the whole run (CLOCK_BOOTTIME µs), shown in status; goals unmet then fail with -ETIME. */
int sact_set_timeout(sact *s, uint64_t until_usec);

/* ---- what is wanted, from files and command lines given as text ---- */

int sact_add_cmdline(sact *s, const char *cmdline);
int sact_add_crypttab(sact *s, const char *text, const char *name);
int sact_add_mdadm_conf(sact *s, const char *text, const char *name);
/**
 * sact_set_prefix:
 * @s: context
 * @prefix: absolute path of a directory, "/sysroot"; NULL: none
 *
 * Mount points of the entries that later sact_add_fstab() calls read are below this directory, as an
 * initramfs wants it.
 *
 * Returns: 0; -EINVAL: s is NULL or prefix is not absolute.
 * Since: 0.1
 */
int sact_set_prefix(sact *s, const char *prefix);
int sact_add_fstab(sact *s, const char *text, const char *name, const char *const *targets);
int sact_add_layout(sact *s, const char *text, const char *name);

/* ---- goals ---- */

int sact_goal_new_device(sact *s, const char *spec, sact_goal **ret);
int sact_goal_new_mount(sact *s, const char *spec, const char *target, sact_goal **ret);
int sact_goal_new_swap(sact *s, const char *spec, sact_goal **ret);
int sact_goal_new_root(sact *s, const char *target, sact_goal **ret);
sact_goal *sact_goal_ref(sact_goal *g);
sact_goal *sact_goal_unref(sact_goal *g);
int sact_goal_set_fstype(sact_goal *g, const char *fstype);
int sact_goal_set_options(sact_goal *g, const char *options);
int sact_goal_set_fsck(sact_goal *g, const char *mode);
int sact_goal_get_state(const sact_goal *g);
const char *sact_goal_get_spec(const sact_goal *g);
const char *sact_goal_get_target(const sact_goal *g);
const char *sact_goal_get_node(const sact_goal *g);
int sact_goal_get_error(const sact_goal *g, const char **ret_text);
int sact_goal_get_fsck_status(const sact_goal *g);
int sact_goal_explain(const sact_goal *g, char **ret);
/* The goal number `index` in order of creation, those from files included; borrowed; NULL: no more. */
sact_goal *sact_get_goal(const sact *s, size_t index);

/* ---- running ---- */

int sact_start(sact *s);
int sact_get_fd(const sact *s);
int sact_dispatch(sact *s);
int sact_next_event(sact *s, sact_event **ret);
int sact_run(sact *s, uint64_t timeout_usec);
int sact_is_settled(const sact *s);

/* ---- events and questions ---- */

sact_event *sact_event_unref(sact_event *e);
int sact_event_get_type(const sact_event *e);
sact_goal *sact_event_get_goal(const sact_event *e);
sact_secret *sact_event_get_secret(const sact_event *e);
int sact_event_get_number(const sact_event *e);
int sact_event_get_severity(const sact_event *e);
const char *sact_event_get_subject(const sact_event *e);
const char *sact_event_get_text(const sact_event *e);

sact_secret *sact_secret_ref(sact_secret *q);
sact_secret *sact_secret_unref(sact_secret *q);
uint64_t sact_secret_get_id(const sact_secret *q);
const char *sact_secret_get_prompt(const sact_secret *q);
int sact_secret_answer(sact_secret *q, const void *secret, size_t len);
int sact_secret_skip(sact_secret *q);

/* ---- state, explanation, teardown ---- */

int sact_explain(sact *s, char **ret);
int sact_status_json(sact *s, char **ret);
int sact_status_text(sact *s, char **ret);
int sact_save(sact *s, int dir_fd);
int sact_load(sact *s, int dir_fd);
int sact_stop(sact *s, const char *spec, int everything);

/* ---- record and replay ---- */

enum {
	SACT_REPLAY_SHUFFLE = 1,   /* independent inputs in an order that seed decides */
	SACT_REPLAY_ALL_ORDERS = 2 /* in every order */
};

int sact_replay(const char *journal, size_t len, unsigned flags, uint64_t seed, char **ret_report);

#ifdef __cplusplus
}
#endif

#endif
