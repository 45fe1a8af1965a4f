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

	/* Whose a name is. */
	{ "a line's name is that array's alone",
	  "array r2 name=md0; inside md:r2 ext4:y; mount /dev/md0 /m; add sda md:r1 0/1 md_name=nas:0; "
	  "add sdb md:r2 0/1 md_name=old:0; listed",
	  "md-assemble 0 [sdb]; mount md0 /m; goal 1 done" },
	{ "whichever comes first",
	  "array r2 name=md0; inside md:r2 ext4:y; mount /dev/md0 /m; "
	  "add sdb md:r2 0/1 md_name=old:0; add sda md:r1 0/1 md_name=nas:0; listed",
	  "md-assemble 0 [sdb]; mount md0 /m; goal 1 done" },
	{ "a line of an array that is not there keeps its name",
	  "array r9 name=md0; mount /dev/md0 /m; add sda md:r1 0/1 md_name=nas:0; listed; ? goal 1",
	  "md-assemble nas:0 [sda]; goal 1 waiting" },
	{ "two lines of one name, one array is there",
	  "array r9 name=md0; array r1 name=md0; inside md:r1 ext4:x; mount /dev/md0 /m; add sda md:r1 0/1; listed",
	  "md-assemble 0 [sda]; mount md0 /m; goal 1 done" },
	{ "two names of one array",
	  "array r1 name=md3; array r1 name=md4; inside md:r1 ext4:x; mount /dev/md4 /m; add sda md:r1 0/1; listed",
	  "md-assemble 3 [sda]; mount md3 /m; goal 1 done" },
	{ "by its number, as mdadm.conf has it",
	  "array md_number=1 name=md0; inside md:r1 ext4:x; mount /dev/md0 /m; add sda md:r1 0/1 md_name=0; listed",
	  "md-assemble 0 [sda]; mount md0 /m; goal 1 done" },
	{ "two of one name are refused by it",
	  "mount /dev/md/root /m; add sda md:r1 0/1 md_name=box:root; add sdb md:r2 0/1 md_name=old:root; listed",
	  "SACT-013 /m; goal 1 failed" },
	{ "by its number too",
	  "mount /dev/md0 /m; add sda md:r1 0/1 md_name=box:0; add sdb md:r2 0/1 md_name=old:0; listed",
	  "SACT-013 /m; goal 1 failed" },
	{ "one that mdadm.conf ignores takes no name",
	  "array r2 flag=1; inside md:r1 ext4:x; mount /dev/md0 /m; add sda md:r1 0/1 md_name=box:0; "
	  "add sdb md:r2 0/1 md_name=old:0; listed",
	  "md-assemble 0 [sda]; mount md0 /m; goal 1 done" },
	{ "nor does what is left of one that cannot be started",
	  "inside md:r1 ext4:x; mount /dev/md0 /m; add sda md:r1 0/1 md_name=box:0; "
	  "add sdb md:r2 0/3 md_level=5 md_name=old:0; listed",
	  "md-assemble 0 [sda]; mount md0 /m; goal 1 done" },
	{ "nor a number",
	  "inside md:r1 ext4:x; mount /dev/md127 /m; add sda md:r1 0/1 md_name=box:a; "
	  "add sdb md:r2 0/3 md_level=5 md_name=box:b; listed",
	  "md-assemble a [sda]; mount md127 /m; goal 1 done" },
	{ "and by the number of no name that both could get",
	  "mount /dev/md127 /m; add sda md:r1 0/1 md_name=box:a; add sdb md:r2 0/1 md_name=box:b; listed",
	  "SACT-013 /m; goal 1 failed" },
	{ "one array without a number may get it",
	  "inside md:r1 ext4:x; mount /dev/md127 /m; add sda md:r1 0/1 md_name=box:a; "
	  "add sdb md:r2 0/1 md_name=box:0; listed",
	  "md-assemble a [sda]; md-assemble 0 [sdb]; mount md127 /m; goal 1 done" },
	{ "with the host they are two names",
	  "inside md:r2 ext4:y; mount /dev/md/old:root /m; add sda md:r1 0/1 md_name=box:root; "
	  "add sdb md:r2 0/1 md_name=old:root; listed",
	  "md-assemble box:root [sda]; md-assemble old:root [sdb]; mount md126 /m; goal 1 done" },
	{ "by id, too",
	  "inside md:r2 ext4:y; mount /dev/disk/by-id/md-name-old:root /m; add sda md:r1 0/1 md_name=box:root; "
	  "add sdb md:r2 0/1 md_name=old:root; listed",
	  "md-assemble box:root [sda]; md-assemble old:root [sdb]; mount md126 /m; goal 1 done" },
	{ "and by what is on them they are found",
	  "inside md:r2 ext4:y; mount UUID=y /m; add sda md:r1 0/1 md_name=box:root; "
	  "add sdb md:r2 0/1 md_name=old:root; listed",
	  "md-assemble box:root [sda]; md-assemble old:root [sdb]; mount md126 /m; goal 1 done" },
	{ "this host's has the name",
	  "policy homehost box; inside md:r1 ext4:x; mount /dev/md/root /m; show link; "
	  "add sdb md:r2 0/1 md_name=old:root; add sda md:r1 0/1 md_name=box:root; listed",
	  "md-assemble old:root [sdb]; md-assemble root [sda]; link md127 md/old:root; "
	  "link md126 disk/by-uuid/x md/root; mount md126 /m; goal 1 done" },
	{ "what runs keeps its name",
	  "inside md:r1 ext4:x; mount /dev/md/root /m; mount UUID=y /n; listed; add sda md:r1 0/1 md_name=box:root; at 5s; "
	  "add sdb md:r2 0/1 md_name=old:root",
	  "md-assemble root [sda]; mount md127 /m; goal 1 done; @5: md-assemble old:root [sdb]" },

	/* What is not started, or later. */
	{ "an interrupted reshape that needs a backup is not started",
	  "mount UUID=x /m; add sda md:r5 0/2 md_level=5 md_flags=reshape,critical,clean; "
	  "add sdb md:r5 1/2 md_level=5 md_flags=reshape,critical,clean; listed; at 60s; ? md:r5",
	  "SACT-027 r5; @60: md:r5 waiting 2/2 SACT-027" },
	{ "one that does not is",
	  "inside md:r5 ext4:x; mount UUID=x /m; add sda md:r5 0/2 md_level=5 md_flags=reshape,clean; "
	  "add sdb md:r5 1/2 md_level=5 md_flags=reshape,clean; listed",
	  "md-assemble r5 [sda sdb]; " DONE },
	{ "a write journal is waited for",
	  "inside md:r5 ext4:x; mount UUID=x /m; add sda md:r5 0/2 md_level=5 md_flags=journal md_roles=0,1,j; "
	  "add sdb md:r5 1/2 md_level=5 md_flags=journal md_roles=0,1,j; listed; ? md:r5; at 5s; "
	  "add sdc md:r5 -3/2 md_level=5 md_flags=journal md_roles=0,1,j md_number=2; ? md:r5",
	  "md:r5 startable 2/3 starts 20; @5: md-assemble r5 [sda sdb sdc]; " DONE "; md:r5 active 3/3" },
	{ "and done without after the grace",
	  "inside md:r5 ext4:x; mount UUID=x /m; add sda md:r5 0/2 md_level=5 md_flags=journal,clean; "
	  "add sdb md:r5 1/2 md_level=5 md_flags=journal,clean; listed; at 30s",
	  "@20: md-assemble r5 [sda sdb] degraded; SACT-023 r5; SACT-028 r5; " DONE },
	{ "dirty and degraded with ppl is started",
	  "inside md:r5 ext4:x; mount UUID=x /m; listed; add sda md:r5 0/3 md_level=5 md_flags=ppl; "
	  "add sdb md:r5 1/3 md_level=5 md_flags=ppl; at 20s",
	  "@20: md-assemble r5 [sda sdb] degraded; SACT-023 r5; " DONE },
	{ "raid4 without its parity has nothing to lose",
	  "inside md:r4 ext4:x; mount UUID=x /m; listed; add sda md:r4 0/3 md_level=4 md_flags=; "
	  "add sdb md:r4 1/3 md_level=4 md_flags=; at 20s",
	  "@20: md-assemble r4 [sda sdb] degraded; SACT-023 r4; " DONE },
	{ "a damaged bitmap keeps its member out, not the array",
	  "inside md:r1 ext4:x; mount UUID=x /m; listed; add sda md:r1 0/2 md_flags=bitmap,damaged,clean; "
	  "add sdb md:r1 1/2 md_flags=bitmap,clean; ? md:r1; at 20s",
	  "SACT-150 r1; SACT-150 sda; md:r1 startable 1/2 starts 20; @20: md-assemble r1 [sdb] degraded; SACT-023 r1; " DONE },
	{ "unless it is the newest",
	  "mount UUID=x /m; listed; add sda md:r1 0/2 md_flags=bitmap,damaged,clean md_events=20; "
	  "add sdb md:r1 1/2 md_flags=bitmap,clean; at 60s; ? md:r1",
	  "SACT-150 r1; SACT-020 sdb; @60: md:r1 waiting 1/2 SACT-150" },

	/* Spares, layouts. */
	{ "a spare's events do not matter",
	  "inside md:r1 ext4:x; mount UUID=x /m; add sda md:r1 0/2 md_events=20; "
	  "add sdb md:r1 -1/2 md_number=2 md_events=3; listed; at 20s",
	  "@20: md-assemble r1 [sda sdb] degraded; SACT-023 r1; " DONE },
	{ "nor does it know better",
	  "inside md:r1 ext4:x; mount UUID=x /m; add sda md:r1 0/2 md_events=20; add sdb md:r1 1/2 md_events=20; "
	  "add sdc md:r1 -1/2 md_number=2 md_events=30; listed",
	  "md-assemble r1 [sda sdb sdc]; " DONE },
	{ "raid10 of two near copies lacks one of each pair",
	  "mount UUID=x /m; listed; add sda md:rt 0/6 md_level=10; add sdb md:rt 3/6 md_level=10; "
	  "add sdc md:rt 5/6 md_level=10; ? md:rt",
	  "md:rt startable 3/6 starts 20" },
	{ "of two far ones it may lack no neighbours",
	  "mount UUID=x /m; listed; add sda md:rt 0/4 md_level=10 md_layout=513; "
	  "add sdb md:rt 3/4 md_level=10 md_layout=513; ? md:rt",
	  "md:rt waiting 2/4" },
};
const size_t n_array_rows = G_N_ELEMENTS(array_rows);
