/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the world tells: block devices by libudev (udevd's group, or the kernel's with a walk over
 * sysfs), and the mount table.  A source turns it into inputs and decides nothing.
 */
#pragma once

#include "core/input.h"

typedef void (*source_feed)(void *data, const struct input *in);

struct source;

/*
 * Binds first, so that nothing between binding and enumerating is lost.  udev: listen to udevd.
 * -errno of the socket.
 */
int source_new(struct source **ret, bool udev, source_feed feed, void *data);
struct source *source_free(struct source *s);
int source_fd(const struct source *s);
int source_enumerate(struct source *s); /* feeds all devices, then INPUT_ENUMERATED */
int source_dispatch(struct source *s);	/* feeds what arrived; rescans after an overflow */
bool source_udevd_runs(void);

/* Feeds INPUT_MODALIAS for every device of sysfs that has an alias and no driver (kernel source). */
void modalias_walk(source_feed feed, void *data);

struct mounts;
int mounts_new(struct mounts **ret, source_feed feed, void *data);
struct mounts *mounts_free(struct mounts *m);
int mounts_fd(const struct mounts *m);
int mounts_dispatch(struct mounts *m); /* feeds the differences */
