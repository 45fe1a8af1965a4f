/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the readers of md's formats share. */
#pragma once

#include "format/format.h"

struct md_reshape {
	uint64_t position;	   /* sectors of the array that have been reshaped */
	uint32_t disks;		   /* when it has ended */
	int32_t delta;		   /* disks more than before */
	int level, new_level;
	uint32_t chunk, new_chunk; /* sectors */
	bool moves;		   /* the start of the data, too */
};

/* Whether going on needs what mdadm saved: mdadm's own rule. */
bool md_reshape_critical(const struct md_reshape *r);

/* As mdadm prints it, the bytes in the order of the disk. */
void md_uuid_format(const unsigned char raw[16], char to[36]);
