/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the effects of the worker share.  Each effect carries out one action and decides nothing: it
 * fills *res and returns 0 or a negative errno; the state wanted is the success.
 */
#pragma once

#include "config.h" /* before any system header: it asks for all that Linux has */

#include "core/action.h"
#include "core/input.h"
#include "util/secret.h"

#define ENGINE_FD 3 /* the socket of whoever started us */

typedef int effect_fn(const struct action *a, const struct secret *secret, struct input *res);

effect_fn effect_probe, effect_modules, effect_link;
effect_fn effect_md_assemble, effect_md_add, effect_md_stop;
effect_fn effect_dm_activate, effect_dm_remove, effect_luks_open;
effect_fn effect_fsck, effect_mount, effect_umount, effect_swapon, effect_swapoff, effect_resume;

/* Sets the text for people and returns error, so that "return sys_fail(...)" is one line. */
int sys_fail(struct input *res, int error, const char *format, ...) _printf_(3, 4);

void sys_closep(int *fd);
#define _cleanup_close_ _cleanup_(sys_closep)

static inline int sys_steal_fd(int *fd)
{
	int was = *fd;

	*fd = -1;
	return was;
}

/* ---- cancelling: SIGTERM from the engine ---- */

/*
 * SIGTERM ends the running child, or frees a wait for udevd that would never end, or, where neither is
 * there and nothing can be left half done, ends the worker.
 */
extern volatile bool sys_killable;
bool sys_cancelled(void);
void sys_cancel_init(void);
void sys_action_begin(bool killable);
void sys_action_end(void); /* idle: a SIGTERM ends the worker */
bool sys_cookie_release(uint32_t cookie); /* removes its semaphore, which ends every wait on it */
void sys_set_cookie(uint32_t cookie); /* the udev cookie waited for; 0: none */

/* Runs a program, stdin and stdout as given in fds[2] (-1: ours), to its end; the tail of its output. */
int sys_run(const char *const argv[], GString *output, int *ret_status);

/* ---- nodes ---- */

char *sys_node_path(const char *node); /* "/dev/NODE"; NULL: not a name below /dev */

/* Opens the action's node; -ESTALE when it is not (any more) the device that the action means. */
int sys_open(const struct action *a, int flags, struct input *res);
int sys_check(const struct action *a, struct input *res); /* the same, closed again */

int sys_dev_of(const char *path, dev_t *ret); /* of a block device node */
int sys_pread(int fd, void *to, size_t len, uint64_t offset); /* bytes read, short at the end only */

int sys_lock(int fd); /* LOCK_EX of a node: udevd keeps off it; -ECANCELED */

/*
 * Repeats attempt() while it says -EBUSY, each time when somebody has closed the device.  Ends with
 * -EBUSY when a mount, a swap area, another device or an exclusive user holds it: that is no passer-by.
 */
int sys_retry_unused(const char *const *paths, int (*attempt)(void *data), void *data, struct input *res);

/* As sys_retry_unused(), for somebody who has it open exclusively: 0 when nobody has; -EBUSY with who it is. */
int sys_wait_unclaimed(const char *path, dev_t devnum, struct input *res);

/* ---- the mount table ---- */

struct libmnt_fs;
bool sys_mount_is_from(struct libmnt_fs *fs, dev_t devnum);
uint64_t sys_mount_id(const char *path); /* of the mount that it lies on; 0: not known */
bool sys_swaps_contain(dev_t devnum);

/* Who has it in use, for people: "mounted on /x", "in use by …"; NULL: nobody that can be named. */
char *holder_of_device(dev_t devnum); /* the kernel's users */
char *holder_process(dev_t devnum);   /* whoever has it open */
char *holder_of_mount(const char *target);

/* ---- small files ---- */

char *sys_read(const char *format, ...) _printf_(1, 2); /* without its last newline; NULL: not there */
int sys_write(const char *value, const char *format, ...) _printf_(2, 3);

/* The line of text that starts at *p, as a copy; NULL at the end. */
char *sys_next_line(const char **p);
