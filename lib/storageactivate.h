/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The whole API in one header, as callers expect it; over 700 lines because each call's page is here. */
#ifndef STORAGEACTIVATE_H
#define STORAGEACTIVATE_H

/**
 * SECTION:storageactivate
 * @short_description: event-driven activation of storage
 *
 * RAID, LUKS, LVM, checks and mounts, in any nesting and in any order of arrival.
 *
 * The simplest caller makes a context with sact_new(), says what it wants with
 * sact_goal_new_mount() and waits in sact_run().  A caller with a loop of its own calls sact_start(),
 * polls sact_get_fd(), and on input calls sact_dispatch() and sact_next_event() until there is none.
 *
 * Rules that hold for every call here:
 *
 * - 0 or a count on success, a negative errno on failure.  What a ret argument points to is untouched
 *   on failure; sact_replay() says where it differs.
 * - Handles are opaque and reference counted.  _ref() and _unref() take NULL; _ref() returns its
 *   argument, _unref() returns NULL.
 * - A handle may outlive its context: it then answers as each function says.
 * - Strings and handles returned directly belong to the handle they were asked from.  Strings of an
 *   event live as long as the event, all others until the next call that takes the context or a
 *   handle of it.  Strings returned by char **ret belong to the caller, who frees them with free().
 * - Text arguments are copied, or read before the call returns.
 * - A NULL where a value is needed is -EINVAL from functions that return int, NULL or 0 from others.
 * - A context and all its handles are used by one thread at a time.  Nothing is printed, no signal
 *   handler is installed, no callback but the log function is called.
 * - Work that may block is done by a program of its own, which sact_start() starts.  A caller that
 *   ignores SIGCHLD or reaps all its children does no harm.
 * - Times are microseconds: durations, or moments of CLOCK_BOOTTIME where said so.  UINT64_MAX stands
 *   for never.
 * - Memory that runs out for the library's own lists ends the process; -ENOMEM is returned for
 *   copies that the caller gets and for secrets.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * sact:
 *
 * A context: one activation run, with its goals, its devices and its events.
 *
 * Since: 0.1
 */
typedef struct sact sact;

/**
 * sact_goal:
 *
 * What the caller wants: a mount, a device, a swap area.
 *
 * Since: 0.1
 */
typedef struct sact_goal sact_goal;

/**
 * sact_event:
 *
 * Something that the caller may want to know or has to answer.  Not reference counted: it belongs to
 * who took it with sact_next_event().
 *
 * Since: 0.1
 */
typedef struct sact_event sact_event;

/**
 * sact_secret:
 *
 * A standing question for a passphrase.  No handle ever gives a secret back.
 *
 * Since: 0.1
 */
typedef struct sact_secret sact_secret;

/**
 * sact_source_kind:
 * @SACT_SOURCE_AUTO: udevd's events if udevd runs when sact_start() is called, else the kernel's.
 * @SACT_SOURCE_UDEV: udevd's events; links below /dev and cookies of device-mapper are left to it.
 * @SACT_SOURCE_KERNEL: the kernel's events; modules are loaded and links are made here.
 * @SACT_SOURCE_NONE: no devices are looked for and nothing is carried out: every goal waits until the
 *	deadline of the run.  For tests of a caller.
 *
 * Where events come from; see sact_set_source().
 *
 * Since: 0.1
 */
enum sact_source_kind {
	SACT_SOURCE_AUTO = 0,
	SACT_SOURCE_UDEV = 1,
	SACT_SOURCE_KERNEL = 2,
	SACT_SOURCE_NONE = 3
};

/**
 * sact_goal_state:
 * @SACT_GOAL_WAITING: its device is not there yet, or not yet wanted by what has to come before.
 * @SACT_GOAL_ACTIVE: its device is there; it is being read, checked, mounted.  If the device goes
 *	away the goal waits again.
 * @SACT_GOAL_DONE: for good, also if the device goes away later.
 * @SACT_GOAL_FAILED: for good; sact_goal_get_error() says why.
 *
 * The states of a goal; see sact_goal_get_state().
 *
 * Since: 0.1
 */
enum sact_goal_state {
	SACT_GOAL_WAITING = 0,
	SACT_GOAL_ACTIVE = 1,
	SACT_GOAL_DONE = 2,
	SACT_GOAL_FAILED = 3
};

/**
 * sact_event_type:
 * @SACT_EVENT_GOAL: a goal changed its state.  Goal: it; subject: its target, or else its spec;
 *	text: the state's name, "waiting", "active", "done" or "failed".
 * @SACT_EVENT_ASSEMBLY: an array, volume or volume group changed its state.  Subject: its layer and
 *	its name, "md r1"; text: the state, and how many members are there, "startable, 1 of 2";
 *	number: how many storeys of assemblies lie below it.
 * @SACT_EVENT_QUESTION: an answer is wanted.  Secret: the question; subject: the volume; text: the
 *	prompt.  After a wrong answer the same question comes again.
 * @SACT_EVENT_WITHDRAWN: a question needs no answer any more.  Secret: it; text: why, "opened".
 * @SACT_EVENT_MESSAGE: something for people.  Number and severity; subject: what it is about;
 *	text: one sentence.
 *
 * What an event is about; getters for what is not named here give NULL or 0.
 *
 * Since: 0.1
 */
enum sact_event_type {
	SACT_EVENT_GOAL = 1,
	SACT_EVENT_ASSEMBLY = 2,
	SACT_EVENT_QUESTION = 3,
	SACT_EVENT_WITHDRAWN = 4,
	SACT_EVENT_MESSAGE = 5
};

/**
 * sact_replay_flags:
 * @SACT_REPLAY_SHUFFLE: independent inputs in an order that a seed decides.
 * @SACT_REPLAY_ALL_ORDERS: in every order.
 *
 * How sact_replay() orders what it replays; one of them or none.
 *
 * Since: 0.1
 */
enum sact_replay_flags {
	SACT_REPLAY_SHUFFLE = 1,
	SACT_REPLAY_ALL_ORDERS = 2
};

/* ---- the context ---- */

/**
 * sact_new:
 * @ret: where the context is returned, with one reference, which is the caller's.
 *
 * Makes a context.  Nothing is looked at or started before sact_start().
 *
 * Returns: 0; -EINVAL if @ret is NULL; -EMFILE, -ENFILE or -ENOMEM if the kernel gives no epoll or
 *	timer descriptor.
 * Since: 0.1
 */
int sact_new(sact **ret);

/**
 * sact_ref:
 * @s: a context or NULL.
 *
 * Returns: @s, with one reference more.
 * Since: 0.1
 */
sact *sact_ref(sact *s);

/**
 * sact_unref:
 * @s: a context or NULL.
 *
 * Gives a reference back.  The last one stops what is under way (a key derivation or a probe is
 * killed), wipes all secrets and frees the context.  What was activated stays as it is: sact_save()
 * before, or it is forgotten that we made it.  May wait for the idle helper to exit; one that was busy is
 * a zombie once it ends, until the caller reaps it or ends.
 *
 * Returns: NULL.
 * Since: 0.1
 */
sact *sact_unref(sact *s);

/**
 * sact_log_fn:
 * @data: as given to sact_set_log_fn().
 * @priority: as in syslog(3): 4 for warnings, 7 for each input and action.
 * @text: one line without its end; it may hold any byte but NUL, names come from disks.
 *
 * Is called from within other calls of the library and must not call it.
 *
 * Since: 0.1
 */
typedef void (*sact_log_fn)(void *data, int priority, const char *text);

/**
 * sact_set_log_fn:
 * @s: a context.
 * @fn: the function; NULL: none, which is the default.
 * @data: for @fn; it has to live as long as the context or until another function is set.
 *
 * Sets who is told what is done, for debugging: what concerns people comes as events.  At any time.
 *
 * Returns: 0; -EINVAL if @s is NULL.
 * Since: 0.1
 */
int sact_set_log_fn(sact *s, sact_log_fn fn, void *data);

/**
 * sact_set_source:
 * @s: a context.
 * @source: of &enum sact_source_kind; the default is %SACT_SOURCE_AUTO.
 *
 * Chooses where events come from, before sact_start().
 *
 * Returns: 0; -EINVAL if @s is NULL or @source is not one of them; -EBUSY after sact_start().
 * Since: 0.1
 */
int sact_set_source(sact *s, int source);

/**
 * sact_set_record_fd:
 * @s: a context.
 * @fd: open for writing.  It is duplicated: the caller may close its own.
 *
 * Writes a journal of everything that happens and is done from now on, one line each, for
 * sact_replay() and `storage-activate plot`.  Set it before anything is added, or the journal
 * cannot be replayed.  No secret is in it; names of devices and volumes are: it should be readable by
 * its owner only.  Writes block; the first one that fails ends recording, which is logged and has no
 * other consequence.  A descriptor set before is closed.
 *
 * Returns: 0; -EINVAL if @s is NULL; -EBADF if @fd is not open; -EMFILE if it cannot be duplicated.
 * Since: 0.1
 */
int sact_set_record_fd(sact *s, int fd);

/**
 * sact_set_degraded_after:
 * @s: a context.
 * @usec: how long an array that could start waits for its missing members; 0: not at all;
 *	UINT64_MAX: for ever.  The default is 20 s.
 *
 * The time starts when the array could start and a goal needs it; each new member restarts it once.
 * What sact_add_mdadm_conf() or sact_add_cmdline() say of one array goes before.  At any time; for an
 * array whose time runs already it counts from the next member on.
 *
 * Returns: 0; -EINVAL if @s is NULL.
 * Since: 0.1
 */
int sact_set_degraded_after(sact *s, uint64_t usec);

/**
 * sact_set_timeout:
 * @s: a context.
 * @until_usec: the moment (CLOCK_BOOTTIME) at which goals that are not done fail with -ETIME;
 *	UINT64_MAX, the default, or 0: never.
 *
 * Sets the deadline of goals that have not been taken up yet; those made later have it, too.  A
 * goal is taken up by sact_start(), or by the next sact_dispatch() if it was made after that.
 *
 * Returns: 0; -EINVAL if @s is NULL.
 * Since: 0.1
 */
int sact_set_timeout(sact *s, uint64_t until_usec);

/* ---- what is wanted and known, from files and command lines given as text ---- */

/**
 * sact_add_cmdline:
 * @s: a context.
 * @cmdline: the kernel's command line, as in /proc/cmdline.
 *
 * Reads what the words say of volumes, arrays and policy, and keeps what they say of root and /usr
 * for sact_goal_new_root().  A second call replaces the latter.  Before the other files: the
 * words may switch crypttab off.  What cannot be understood is left out and becomes a message.
 *
 * Returns: 0; -EINVAL if an argument is NULL.
 * Since: 0.1
 */
int sact_add_cmdline(sact *s, const char *cmdline);

/**
 * sact_set_locked:
 * @s: a context.
 * @locked: 0, the default: the command line is trusted; else it is not.
 *
 * For an image that someone vouches for, started with a command line for which nobody does.  Of
 * sact_add_cmdline() only those words count that do not choose what is opened, mounted or run; the others
 * become messages.  sact_goal_new_root() mounts what the fstab or the layout record that were added
 * say of "/", and refuses a root= that means something else; resume= counts for a device that the record
 * knows to be encrypted.
 *
 * Returns: 0; -EINVAL if @s is NULL; -EBUSY after sact_add_cmdline(), or if there are goals.
 * Since: 0.1
 */
int sact_set_locked(sact *s, int locked);

/**
 * sact_add_crypttab:
 * @s: a context.
 * @text: the whole of a crypttab.
 * @name: what the file is called in messages.
 *
 * Names the encrypted volumes that may be opened.  Bad entries are left out and become messages.
 * Nothing is read if the command line added before says so.
 *
 * Returns: 0; -EINVAL if an argument is NULL.
 * Since: 0.1
 */
int sact_add_crypttab(sact *s, const char *text, const char *name);

/**
 * sact_add_mdadm_conf:
 * @s: a context.
 * @text: the whole of an mdadm.conf.
 * @name: what the file is called in messages.
 *
 * Names arrays and says how long each waits for missing members.  Bad lines are left out and become
 * messages.
 *
 * Returns: 0; -EINVAL if an argument is NULL.
 * Since: 0.1
 */
int sact_add_mdadm_conf(sact *s, const char *text, const char *name);

/**
 * sact_add_lvm_conf:
 * @s: a context.
 * @text: the whole of an lvm.conf or lvmlocal.conf.
 * @name: what the file is called in messages.
 *
 * Says which system ID of LVM this system has, see lvmsystemid(7): volume groups with another one are left
 * alone, and so are all that have one if it was never called.  What a later file says goes before.
 *
 * Returns: 0; -EINVAL if an argument is NULL.
 * Since: 0.1
 */
int sact_add_lvm_conf(sact *s, const char *text, const char *name);

/**
 * sact_set_prefix:
 * @s: a context.
 * @prefix: an absolute path, "/sysroot"; NULL, the default, or "/": none.
 *
 * Has the mount points of fstabs that are added later lie below this folder, as an initramfs wants it.
 *
 * Returns: 0; -EINVAL if @s is NULL or @prefix is not an absolute path.
 * Since: 0.1
 */
int sact_set_prefix(sact *s, const char *prefix);

/**
 * sact_add_fstab:
 * @s: a context.
 * @text: the whole of an fstab.
 * @name: what the file is called in messages.
 * @targets: mount points, ended by NULL: only the entries for these become goals, also if they are
 *	noauto.  NULL: all entries that are automatic and lie on local devices.
 *
 * Makes a goal of each entry, to be found by sact_get_goal().  That a target has no entry is no error:
 * there is no goal then.  An entry for a mount point that a goal has already is left out.  Bad lines,
 * and entries for @targets that are on no device, are left out and become messages.  fsck.mode= and
 * fsck.repair= of sact_add_cmdline() hold for what would be checked.
 *
 * Returns: 0; -EINVAL if @s, @text or @name is NULL.
 * Since: 0.1
 */
int sact_add_fstab(sact *s, const char *text, const char *name, const char *const *targets);

/**
 * sact_add_layout:
 * @s: a context.
 * @text: the layout record of an image, one line for each device between root and the disks.
 * @name: what the file is called in messages.
 *
 * Tells what the system looked like when the image was built.  It explains what is missing and is
 * never used to identify a device.  Lines that are none of it are left out and become messages.
 *
 * Returns: 0; -EINVAL if an argument is NULL.
 * Since: 0.1
 */
int sact_add_layout(sact *s, const char *text, const char *name);

/* ---- goals ---- */

/**
 * sact_goal_new_device:
 * @s: a context.
 * @spec: UUID=, LABEL=, PARTUUID= or PARTLABEL= and a value, a path below /dev, or MAJOR:MINOR.
 * @ret: where the goal is returned, with a reference of the caller's; NULL: not wanted.
 *
 * Wants a block device to exist, with all that it takes; sact_goal_get_node() is its node.
 *
 * A goal may be made before and after sact_start().  Its setters can be called until it is taken up:
 * at sact_start(), or at the next sact_dispatch(), for which the descriptor becomes readable.
 *
 * Returns: 0; -EINVAL if @s is NULL or @spec is NULL or names no device.
 * Since: 0.1
 */
int sact_goal_new_device(sact *s, const char *spec, sact_goal **ret);

/**
 * sact_goal_new_mount:
 * @s: a context.
 * @spec: as for sact_goal_new_device().
 * @target: where it is mounted, an absolute path.  A folder that is missing is made.
 * @ret: where the goal is returned, with a reference of the caller's; NULL: not wanted.
 *
 * Wants a file system to be mounted.  It is mounted after every mount goal whose target is a parent
 * of this one.  It is checked before only if sact_goal_set_fsck() says so.
 *
 * Returns: 0; -EINVAL if @s is NULL, @spec is NULL or names no device
 *	(see sact_goal_new_device()) or @target is not an absolute path.
 * Since: 0.1
 */
int sact_goal_new_mount(sact *s, const char *spec, const char *target, sact_goal **ret);

/**
 * sact_goal_new_swap:
 * @s: a context.
 * @spec: as for sact_goal_new_device().
 * @ret: where the goal is returned, with a reference of the caller's; NULL: not wanted.
 *
 * Wants a swap area to be in use.
 *
 * Returns: 0; -EINVAL if @s is NULL or @spec is NULL or names no device.
 * Since: 0.1
 */
int sact_goal_new_swap(sact *s, const char *spec, sact_goal **ret);

/**
 * sact_goal_new_root:
 * @s: a context.
 * @target: where root is mounted, an absolute path, "/sysroot".
 * @ret: where the goal for root is returned, with a reference of the caller's; NULL: not wanted.
 *
 * Wants root, and /usr below it if it is named, as the command line of sact_add_cmdline() says.  If that
 * has resume=, a goal before root's decides on it: until then nothing is mounted.
 *
 * Returns: 0; -EINVAL if @s is NULL, @target is not an absolute path or root= names no device (a message
 *	says so); -ENOENT if no command line was added or it names no root; -EPERM in a locked context (see sact_set_locked()) that does not know
 *	its root, or if root= names another one.
 * Since: 0.1
 */
int sact_goal_new_root(sact *s, const char *target, sact_goal **ret);

/**
 * sact_goal_ref:
 * @g: a goal or NULL.
 *
 * Returns: @g, with one reference more.
 * Since: 0.1
 */
sact_goal *sact_goal_ref(sact_goal *g);

/**
 * sact_goal_unref:
 * @g: a goal or NULL.
 *
 * Gives a reference back.  The context keeps one of its own: the goal is still pursued.
 *
 * Returns: NULL.
 * Since: 0.1
 */
sact_goal *sact_goal_unref(sact_goal *g);

/**
 * sact_goal_set_fstype:
 * @g: a goal.
 * @fstype: the type that is mounted; NULL or "auto", the default: what is found on the device.
 *
 * Returns: 0; -EINVAL if @g is NULL; -EBUSY once it has been taken up.
 * Since: 0.1
 */
int sact_goal_set_fstype(sact_goal *g, const char *fstype);

/**
 * sact_goal_set_options:
 * @g: a goal.
 * @options: as in fstab(5), of a mount or a swap area; NULL, the default: none.
 *
 * Returns: 0; -EINVAL if @g is NULL; -EBUSY once it has been taken up.
 * Since: 0.1
 */
int sact_goal_set_options(sact_goal *g, const char *options);

/**
 * sact_goal_set_fsck:
 * @g: a goal.
 * @mode: "no", "auto" (if it is due or was not unmounted cleanly) or "force", which may be followed
 *	by ",yes" (correct everything) or ",no" (only look), else what is safe is corrected.
 *	NULL, the default: as "no".
 *
 * Returns: 0; -EINVAL if @g is NULL or @mode is none of these; -EBUSY once it has been taken up.
 * Since: 0.1
 */
int sact_goal_set_fsck(sact_goal *g, const char *mode);

/**
 * sact_goal_get_state:
 * @g: a goal.
 *
 * Returns: of &enum sact_goal_state; -EINVAL if @g is NULL.  Once the context is gone, a goal that was
 *	ever taken up counts as %SACT_GOAL_FAILED.
 * Since: 0.1
 */
int sact_goal_get_state(const sact_goal *g);

/**
 * sact_goal_get_spec:
 * @g: a goal.
 *
 * Returns: what it wants, as given; it lives as long as the goal.  NULL if @g is NULL.
 * Since: 0.1
 */
const char *sact_goal_get_spec(const sact_goal *g);

/**
 * sact_goal_get_target:
 * @g: a goal.
 *
 * Returns: its mount point, which lives as long as the goal; NULL if it is not a mount or @g is NULL.
 * Since: 0.1
 */
const char *sact_goal_get_target(const sact_goal *g);

/**
 * sact_goal_get_node:
 * @g: a goal.
 *
 * Returns: the node of its device, "/dev/dm-0"; NULL as long as there is none, after it went away,
 *	when the context is gone, or if @g is NULL.
 * Since: 0.1
 */
const char *sact_goal_get_node(const sact_goal *g);

/**
 * sact_goal_get_error:
 * @g: a goal.
 * @ret_text: where one sentence is returned, or NULL if it has not failed; may be NULL.  Set unless @g
 *	is NULL.
 *
 * Returns: why the goal failed, a negative errno: -ETIME, the deadline passed; -ECANCELED; -EUCLEAN,
 *	two devices answer to its spec, the device holds something else, or a check left errors;
 *	-ERESTART, the checker asks for a reboot; or what reading, checking or mounting failed
 *	with.  0 if it has not failed, or the context is gone; -EINVAL if @g is NULL.
 * Since: 0.1
 */
int sact_goal_get_error(const sact_goal *g, const char **ret_text);

/**
 * sact_goal_get_fsck_status:
 * @g: a goal.
 *
 * Returns: the exit status of the check as in fsck(8), 127 if there is no checker for its type; -1 if
 *	none has ended, the context is gone or @g is NULL.
 * Since: 0.1
 */
int sact_goal_get_fsck_status(const sact_goal *g);

/**
 * sact_goal_explain:
 * @g: a goal.
 * @ret: where the text is returned, to be freed with free(): one line, without its end.
 *
 * Explains what the goal waits for: the chain down to the first leaf that is missing, why, and until
 * when.
 *
 * Returns: 0; -EINVAL if an argument is NULL; -ENOENT if it was not taken up yet or the context is
 *	gone; -ENOMEM.
 * Since: 0.1
 */
int sact_goal_explain(const sact_goal *g, char **ret);

/**
 * sact_get_goal:
 * @s: a context.
 * @index: from 0, in order of creation, goals made from files included.
 *
 * Returns: the goal, of which the context keeps the reference; NULL: there are no more, or @s is NULL.
 * Since: 0.1
 */
sact_goal *sact_get_goal(const sact *s, size_t index);

/* ---- running ---- */

/**
 * sact_start:
 * @s: a context.
 *
 * Starts to listen, starts the helper program, takes up the goals and lists all devices; events may be
 * there when it returns.  After a failure the context is good for sact_unref() only.
 *
 * Returns: 0; -EINVAL if @s is NULL; -EALREADY if it was started; -EPERM if the caller is not privileged
 *	(CAP_SYS_ADMIN); -ENOENT or -EACCES if the helper program cannot be executed, which is a message, too; the negative errno of the socket, of reading /sys or, after
 *	sact_stop(), of reading the mount table: -EPERM, -EMFILE, -ENFILE, -ENOBUFS, -ENOMEM, -ENOENT.
 * Since: 0.1
 */
int sact_start(sact *s);

/**
 * sact_get_fd:
 * @s: a context.
 *
 * Returns: a descriptor that is readable (POLLIN, level-triggered) while sact_dispatch() has
 *	something to do, deadlines included.  The context's: neither to be read nor closed.  It is
 *	the same from sact_new() on.  -EINVAL if @s is NULL.
 * Since: 0.1
 */
int sact_get_fd(const sact *s);

/**
 * sact_dispatch:
 * @s: a started context.
 *
 * Does what there is to do and returns at once; it does not block.  What came of it is told by
 * sact_next_event(), until that returns 0.
 *
 * Returns: how many sources had something, which may be 0; -EINVAL if @s is NULL or not started; the
 *	negative errno of epoll_wait(2).
 * Since: 0.1
 */
int sact_dispatch(sact *s);

/**
 * sact_next_event:
 * @s: a context.
 * @ret: where the event is returned; sact_event_unref() frees it.
 *
 * Takes the oldest event.  To be called until it returns 0 after sact_start(), sact_dispatch() and
 * calls that answer a question or add files: events that wait do not make the descriptor readable.
 *
 * Returns: 1: there was one; 0: none, and @ret is untouched; -EINVAL if an argument is NULL.
 * Since: 0.1
 */
int sact_next_event(sact *s, sact_event **ret);

/**
 * sact_run:
 * @s: a context, started or not.
 * @timeout_usec: how long; UINT64_MAX: without limit, or as sact_set_timeout() says.
 *
 * The one call that blocks, for callers without a loop: starts the context if need be, runs until
 * nothing is left to do and throws the events away.  Nobody can be asked, so every question is
 * skipped.  @timeout_usec is for goals that have not been taken up, as sact_set_timeout().
 *
 * Returns: 0 if no goal failed; the error of the first that did, see sact_goal_get_error(),
 *	-EIO if it gives none; -EINVAL if @s is NULL; the errors of sact_start(), sact_dispatch() and
 *	poll(2).
 * Since: 0.1
 */
int sact_run(sact *s, uint64_t timeout_usec);

/**
 * sact_is_settled:
 * @s: a context.
 *
 * A goal with the option "nofail" whose device is not there when all others are done still waits
 * then, and is no failure.
 *
 * Returns: 1 if every goal has been taken up and is done or failed (after sact_stop(): if all that
 *	could be stopped is) and nothing is under way; 0 if not; -EINVAL if @s is NULL.
 * Since: 0.1
 */
int sact_is_settled(const sact *s);

/* ---- events and questions ---- */

/**
 * sact_event_unref:
 * @e: an event or NULL.
 *
 * Frees an event.
 *
 * Returns: NULL.
 * Since: 0.1
 */
sact_event *sact_event_unref(sact_event *e);

/**
 * sact_event_get_type:
 * @e: an event.
 *
 * Returns: of &enum sact_event_type; -EINVAL if @e is NULL.
 * Since: 0.1
 */
int sact_event_get_type(const sact_event *e);

/**
 * sact_event_get_goal:
 * @e: an event.
 *
 * Returns: the goal that it is about, of which the event keeps the reference; NULL: none.
 * Since: 0.1
 */
sact_goal *sact_event_get_goal(const sact_event *e);

/**
 * sact_event_get_secret:
 * @e: an event.
 *
 * Returns: the question that it asks or withdraws, of which the event keeps the reference: who
 *	answers later takes one with sact_secret_ref().  NULL: none.
 * Since: 0.1
 */
sact_secret *sact_event_get_secret(const sact_event *e);

/**
 * sact_event_get_number:
 * @e: an event.
 *
 * Returns: of a message its number, 30 for SACT-030; of an assembly how many storeys of others it lies
 *	on, for indenting; 0 for other events; -EINVAL if @e is NULL.
 * Since: 0.1
 */
int sact_event_get_number(const sact_event *e);

/**
 * sact_event_get_severity:
 * @e: an event.
 *
 * Returns: of a message, as in syslog(3): 3 error, 4 warning, 6 information; 0 for other events;
 *	-EINVAL if @e is NULL.
 * Since: 0.1
 */
int sact_event_get_severity(const sact_event *e);

/**
 * sact_event_get_subject:
 * @e: an event.
 *
 * Returns: what it is about, see &enum sact_event_type; NULL: nothing in particular.  It may hold any
 *	byte but NUL: names come from disks.
 * Since: 0.1
 */
const char *sact_event_get_subject(const sact_event *e);

/**
 * sact_event_get_text:
 * @e: an event.
 *
 * Returns: what it says, see &enum sact_event_type; may be NULL.  It may hold any byte but NUL.
 * Since: 0.1
 */
const char *sact_event_get_text(const sact_event *e);

/**
 * sact_secret_ref:
 * @q: a question or NULL.
 *
 * Returns: @q, with one reference more.
 * Since: 0.1
 */
sact_secret *sact_secret_ref(sact_secret *q);

/**
 * sact_secret_unref:
 * @q: a question or NULL.
 *
 * Gives a reference back.  The question stands all the same.
 *
 * Returns: NULL.
 * Since: 0.1
 */
sact_secret *sact_secret_unref(sact_secret *q);

/**
 * sact_secret_get_id:
 * @q: a question.
 *
 * Returns: its number, the same when it is asked again, never used twice in one context; 0 if @q is
 *	NULL.
 * Since: 0.1
 */
uint64_t sact_secret_get_id(const sact_secret *q);

/**
 * sact_secret_get_prompt:
 * @q: a question.
 *
 * Returns: what to show, without a colon; it lives as long as the handle or until it is asked again.
 *	NULL if @q is NULL.
 * Since: 0.1
 */
const char *sact_secret_get_prompt(const sact_secret *q);

/**
 * sact_secret_answer:
 * @q: a standing question.
 * @secret: the bytes as typed, without the end of the line; NULL only if @len is 0.
 * @len: how many, at most 8192.
 *
 * Answers a question.  The bytes are copied into locked memory and wiped once no volume needs them:
 * they are tried on every volume that waits.  The caller wipes its own copy.  Whether it was right is
 * told by an event: the question is withdrawn or comes again.
 *
 * Returns: 0; -EINVAL if @q is NULL, or @secret is and @len is not 0; -EMSGSIZE if it is too long;
 *	-ESTALE if the question was withdrawn or the context is gone; -ENOMEM.
 * Since: 0.1
 */
int sact_secret_answer(sact_secret *q, const void *secret, size_t len);

/**
 * sact_secret_skip:
 * @q: a standing question.
 *
 * Says that nobody will answer: the volume stays closed and fails, and so does nothing else before its
 * time; an array that misses it may start degraded.
 *
 * Returns: 0; -EINVAL if @q is NULL; -ESTALE if the question was withdrawn or the context is gone.
 * Since: 0.1
 */
int sact_secret_skip(sact_secret *q);

/* ---- state, explanation, teardown ---- */

/**
 * sact_explain:
 * @s: a context.
 * @ret: where the text is returned, to be freed with free(): a line for each goal that is neither
 *	done nor failed, as sact_goal_explain(); empty if there is none.
 *
 * Returns: 0; -EINVAL if an argument is NULL; -ENOMEM.
 * Since: 0.1
 */
int sact_explain(sact *s, char **ret);

/**
 * sact_status_json:
 * @s: a context.
 * @ret: where the text is returned, to be freed with free(): one line of JSON without its end, with
 *	"version":1, goals, assemblies, devices and deadlines.  Later versions of the library add
 *	keys and change none.
 *
 * Returns: 0; -EINVAL if an argument is NULL; -ENOMEM.
 * Since: 0.1
 */
int sact_status_json(sact *s, char **ret);

/**
 * sact_status_text:
 * @s: a context.
 * @ret: where the text is returned, to be freed with free(): a tree for each goal, for people.  It
 *	may change with every version.
 *
 * Returns: 0; -EINVAL if an argument is NULL; -ENOMEM.
 * Since: 0.1
 */
int sact_status_text(sact *s, char **ret);

/**
 * sact_save:
 * @s: a context.
 * @dir_fd: a folder that only its owner can write to, /run/storage-activate; AT_FDCWD is refused.
 *
 * Writes into it "state", what was made here and is still there, and "status.json", each whole or not
 * at all, mode 0600.  Between other calls, at any time.
 *
 * Returns: 0; -EINVAL if @s is NULL or @dir_fd is negative; the negative errno of writing: -EBADF,
 *	-ENOTDIR, -EACCES, -EROFS, -ENOSPC, -EDQUOT, -EIO, ...
 * Since: 0.1
 */
int sact_save(sact *s, int dir_fd);

/**
 * sact_load:
 * @s: a context.
 * @dir_fd: the folder that was given to sact_save(), of this process or an earlier one.
 *
 * Learns from "state" what earlier runs have made: it may be adopted, and torn down by sact_stop().
 * From now on what is about to be made is noted there in "state.intended", so that it is known for ours
 * even if this process dies over it.
 * Before sact_start().  Nothing is believed of it but that it is ours; a line that cannot be
 * understood is left out and becomes a message.
 *
 * Returns: 0; -EINVAL if @s is NULL or @dir_fd is negative; -ENOENT if there is no state; -ELOOP if it
 *	is a symbolic link; -EPERM if it is not a regular file, not root's or ours, open to group or
 *	others, or larger than 16 MiB; -EBADMSG if it is of another version or no state at all; the
 *	negative errno of reading it.
 * Since: 0.1
 */
int sact_load(sact *s, int dir_fd);

/**
 * sact_stop:
 * @s: a context without goals.
 * @spec: as for sact_goal_new_device(), and a mount point's device counts with all that lies above it;
 *	NULL or empty: all.
 * @everything: not 0: also what others made; 0: what sact_load() knows as made by us.
 *
 * Wants that to be unmounted, closed and stopped, in reverse order.  Before sact_start(), which
 * begins with it.  What cannot be stopped becomes a message (SACT-061), and the rest goes on.
 *
 * Returns: 0; -EINVAL if @s is NULL; -EBUSY after sact_start() or if it has goals.
 * Since: 0.1
 */
int sact_stop(sact *s, const char *spec, int everything);

/* ---- record and replay ---- */

/**
 * sact_replay:
 * @journal: what sact_set_record_fd() has recorded; it need not end with NUL.
 * @len: its bytes; none of them may be NUL.
 * @flags: of &enum sact_replay_flags; 0: as recorded.
 * @seed: for %SACT_REPLAY_SHUFFLE.
 * @ret_report: where a report is returned, to be freed with free(): each action that differs from the
 *	recorded one, counts, and the final state as sact_status_text() has it.  Also set for -EUCLEAN
 *	and -EBADMSG, where it says which line; untouched for all other errors.
 *
 * Runs a journal through the same decisions again: without devices, privileges or a context.
 *
 * Returns: 0 if nothing differs; -EINVAL if a pointer is NULL, a byte is NUL or @flags has others or
 *	both; -EBADMSG if it is no journal; -EUCLEAN if something differs; -ENOMEM.
 * Since: 0.1
 */
int sact_replay(const char *journal, size_t len, unsigned flags, uint64_t seed, char **ret_report);

#ifdef __cplusplus
}
#endif

#endif
