/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of the LUKS layer; not for others. */
#pragma once

#include "layer/layer.h"

struct luks {
	struct volume *volume;
	bool verified;	 /* one full probe agreed that it is LUKS */
	bool header_seen; /* the one that is elsewhere */
	bool keyfile_done;
	bool queued;	 /* waits for the memory that another's key derivation uses */
	GArray *tried;	 /* uint64_t: secrets that were tried here */
};

static inline struct luks *luks_of(const struct assembly *a)
{
	return a->data;
}

bool luks_called(const struct device *d, const char *key);
bool luks_is_data(const struct device *d); /* its header is elsewhere */
struct volume *luks_find_volume(const struct plan *p, const struct assembly *a);

static inline bool luks_by_identity(const struct volume *v)
{
	return strchr(v->key, '=') != NULL;
}

/* luks_twins.c: which of several devices, and of several volumes, is meant */
struct device *luks_data_device(const struct assembly *a);
void luks_take_volume(struct plan *p, struct assembly *a);
bool luks_judge(struct plan *p, struct assembly *a); /* false: nobody can tell */
int luks_gives(const struct plan *p, const struct assembly *a, const struct device *d);
