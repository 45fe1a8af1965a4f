/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The wire between engine and worker: SOCK_STREAM, frames of { u32 type, u32 length, bytes }, host
 * byte order (both ends are one machine).  A record frame holds one encoded action or input; a secret
 * frame precedes the action that uses it and is read into locked memory.
 */
#pragma once

#include "util/secret.h"
#include "util/util.h"

enum frame_type {
	FRAME_RECORD = 1,
	FRAME_SECRET = 2,
};

#define FRAME_RECORD_MAX (UINT32_C(16) << 20)
#define FRAME_SECRET_MAX (UINT32_C(8) << 20)

struct frame_header {
	uint32_t type;
	uint32_t len;
};

struct frame {
	enum frame_type type;
	char *line;		/* FRAME_RECORD: NUL-terminated */
	struct secret *secret;	/* FRAME_SECRET */
};

void frame_clear(struct frame *f);

/* Blocking, for the worker.  -ECONNRESET: the other end is gone; -EBADMSG; -EMSGSIZE. */
int frame_send(int fd, enum frame_type type, const void *bytes, size_t len);
int frame_recv(int fd, struct frame *ret);

/* Non-blocking, for the engine. */
void frame_append(GByteArray *to, enum frame_type type, const void *bytes, size_t len);
int frame_fill(int fd, GByteArray *from); /* reads what is there: bytes, 0 nothing now, -ECONNRESET */
int frame_take(GByteArray *from, char **line); /* 1 a record, 0 incomplete, -EBADMSG, -EMSGSIZE */
