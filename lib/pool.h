/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The worker processes.  One is started at once and does what is quick, in order; key derivation and
 * checks get workers of their own, bounded in number.  Each answers what it was asked, dies with its
 * socket, and is killed when its action is cancelled.
 */
#pragma once

#include "core/action.h"
#include "core/input.h"
#include "util/secret.h"

struct pool;
typedef void (*pool_result)(void *data, const struct input *in);

int pool_new(struct pool **ret, int epoll_fd, bool udev, pool_result fn, void *data);
struct pool *pool_free(struct pool *p);
int pool_prepare(struct pool *p); /* starts the first worker */
void pool_submit(struct pool *p, const struct action *a, const struct secret *secret);
void pool_overtake(struct pool *p, uint64_t id); /* it takes long: the others do not wait for it */
void pool_cancel(struct pool *p, uint64_t id, bool kill);
void pool_dispatch(struct pool *p, void *tag); /* tag: epoll's data.ptr of a fd that is ours */
bool pool_owns(const struct pool *p, const void *tag);
unsigned pool_started(const struct pool *p); /* processes started so far */
