/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A reshape that was interrupted.  Where it reads what it has just overwritten, the only good copy is in a
 * backup file that mdadm wrote: the kernel cannot go on by itself there.
 */
#include "format/md.h"

#define STEPS_MAX 100000 /* more than any pair of chunk sizes needs that mdadm would make */

static int64_t data_disks(int64_t disks, int level)
{
	return disks - (level == 6 ? 2 : 1);
}

bool md_reshape_critical(const struct md_reshape *r)
{
	int64_t before = data_disks((int64_t)r->disks - r->delta, r->level);
	int64_t after = data_disks(r->disks, r->new_level);
	uint64_t read = 0, written = 0, end = 0;

	if (r->moves)
		return false; /* away from the old data: what is read is never overwritten */
	/* In place all of it is critical; when it shrinks, its end is. */
	if (r->delta <= 0 || before <= 0 || after <= before || !r->chunk || !r->new_chunk)
		return true;
	for (unsigned i = 0; written >= read; i++) {
		if (i >= STEPS_MAX)
			return true;
		written += r->new_chunk;
		end = written * (uint64_t)after;
		read = end / (uint64_t)before / r->chunk * r->chunk;
	}
	return r->position < end;
}
