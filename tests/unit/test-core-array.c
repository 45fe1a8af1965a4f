/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays: their names and links, and what keeps one from being started or stopped. */
#include "test-core.h"

#define R1 "inside md:r1 ext4:x; mount UUID=x /m; "
#define BOTH "add sda md:r1 0/2; add sdb md:r1 1/2; listed"
#define DONE "mount md127 /m; goal 1 done"

const struct row array_rows[] = {
	/* An output of size 0 has not come. */
	{ "a trial is judged when its device has come",
	  "empty-first; inside md:r1 luks:u; key u 7; auto 7; inside luks:u ext4:x; volume c UUID=u; mount UUID=x /m; "
	  "add sda md:r1 0/2; listed; at 60s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; ask c; luks-open c 7; withdraw opened; "
	  "mount dm-0 /m; goal 1 done" },
	{ "and stopped when nothing on it is needed",
	  "empty-first; inside md:r1 ext4:y; mount UUID=x /m; add sda md:r1 0/2; listed; at 60s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; SACT-026 r1; md-stop r1" },
	{ "an array that others have begun has not come",
	  R1 "listed; add sda md:r1 0/2; add md126 0 md_state=inactive slaves=8:0; ? md:r1",
	  "md:r1 startable 1/2 starts 20" },
	{ "and has when they start it",
	  R1 "listed; add sda md:r1 0/2; add md126 0 md_state=inactive slaves=8:0; at 5s; "
	  "change md126 90M ext4:x md_state=active slaves=8:0; ? md:r1; at 60s",
	  "@5: mount md126 /m; goal 1 done; md:r1 degraded 1/2" },
	{ "somebody stopped it, and its node stays",
	  R1 "mount UUID=y /n; " BOTH "; change md127 0 md_state=clear; ? md:r1",
	  "md-assemble r1 [sda sdb]; " DONE "; md-assemble r1 [sda sdb]; md:r1 active 2/2" },

	/* Names come from disks: what is linked lies in the folder of its kind. */
	{ "linked below /dev/md",
	  R1 "show link; " BOTH,
	  "md-assemble r1 [sda sdb]; link md127 disk/by-uuid/x md/r1; " DONE },
	{ "a superblock's name is one component",
	  R1 "show link; add sda md:r1 0/2 md_name=h:../../vg0/root; "
	  "add sdb md:r1 1/2 md_name=h:../../vg0/root; listed",
	  "md-assemble ..-..-vg0-root [sda sdb]; link md127 disk/by-uuid/x md/..-..-vg0-root; " DONE },
	{ "and no second link",
	  R1 "show link; add sda md:r1 0/2 md_name=h:e,vg0/root,log; "
	  "add sdb md:r1 1/2 md_name=h:e,vg0/root,log; listed",
	  "md-assemble e_vg0-root_log [sda sdb]; link md127 disk/by-uuid/x md/e_vg0-root_log; " DONE },
	{ "a name of dots is none",
	  R1 "show link; add sda md:r1 0/2 md_name=..; add sdb md:r1 1/2 md_name=..; listed",
	  "md-assemble __ [sda sdb]; link md127 disk/by-uuid/x md/__; " DONE },
	{ "an odd name is found by its link's name",
	  "inside md:r1 ext4:x; mount /dev/md/a_b /m; show link; add sda md:r1 0/2 md_name=h:a,b; "
	  "add sdb md:r1 1/2 md_name=h:a,b; listed",
	  "md-assemble a_b [sda sdb]; link md127 disk/by-uuid/x md/a_b; " DONE },
	{ "a volume group called like a folder of /dev has no links there",
	  "show link; mount UUID=x /m; add dm-0 ext4:x dm_name=disk-by--uuid "
	  "dm_uuid=LVM-vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvllllllllllllllllllllllllllllllll; listed",
	  "link dm-0 disk/by-uuid/x; mount dm-0 /m; goal 1 done" },
	{ "nor one called md the name of an array",
	  "mount /dev/md/root /m; add dm-0 ext4:x dm_name=md-root "
	  "dm_uuid=LVM-vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvllllllllllllllllllllllllllllllll; listed; ? goal 1",
	  "goal 1 waiting" },
};
const size_t n_array_rows = G_N_ELEMENTS(array_rows);
