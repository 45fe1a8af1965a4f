/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What ./run oracle has found, as small as it gets. */
#include "test-core.h"

#define RUNNING "add md126 90M ext4:x md_state=active slaves=8:0,8:16; "
#define MEMBERS "add sda md:r1 0/2; add sdb md:r1 1/2; "

const struct row oracle_rows[] = {
	/* An array that runs already has its names, also if it was looked at before its members. */
	{ "a running array is found by its name",
	  "inside md:r1 ext4:x; mount /dev/md/r1 /m; " RUNNING MEMBERS "listed", "mount md126 /m; goal 1 done" },
	{ "a running array is found by its UUID",
	  "inside md:r1 ext4:x; mount /dev/disk/by-id/md-uuid-r1 /m; " RUNNING MEMBERS "listed",
	  "mount md126 /m; goal 1 done" },
	{ "and gets its links",
	  "inside md:r1 ext4:x; show link; mount UUID=x /m; " RUNNING MEMBERS "listed",
	  "link md126 disk/by-uuid/x; link md126 disk/by-uuid/x md/r1; mount md126 /m; goal 1 done" },
};
const size_t n_oracle_rows = G_N_ELEMENTS(oracle_rows);
