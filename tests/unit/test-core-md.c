/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays: completeness, the degraded clock, members that lie, members that come late. */
#include "test-core.h"

#define R1 "inside md:r1 ext4:x; mount UUID=x /m; "
#define R5 "inside md:r5 ext4:x; mount UUID=x /m; "
#define DONE "mount md127 /m; goal 1 done"

const struct row md_rows[] = {
	{ "both members",
	  R1 "add sda md:r1 0/2; add sdb md:r1 1/2; listed",
	  "md-assemble r1 [sda sdb]; " DONE },
	{ "members in reverse order",
	  R1 "listed; add sdb md:r1 1/2; add sda md:r1 0/2",
	  "md-assemble r1 [sdb sda]; " DONE },
	{ "freshest member first",
	  R1 "listed; add sda md:r1 0/2 md_events=9; add sdb md:r1 1/2",
	  "md-assemble r1 [sdb sda]; " DONE },
	{ "nobody wants it", "add sda md:r1 0/2; add sdb md:r1 1/2; listed; at 60s", "" },
	{ "a goal comes later",
	  "inside md:r1 ext4:x; add sda md:r1 0/2; add sdb md:r1 1/2; listed; mount UUID=x /m",
	  "md-assemble r1 [sda sdb]; " DONE },
	{ "not started before the devices are listed",
	  R1 "add sda md:r1 0/2; add sdb md:r1 1/2; ? md:r1",
	  "md:r1 complete 2/2" },
	{ "started early when it is named",
	  "array r1 name=r1; inside md:r1 ext4:x; mount /dev/md/r1 /m; add sda md:r1 0/2; add sdb md:r1 1/2",
	  "md-assemble r1 [sda sdb]; " DONE },

	/* The degraded policy. */
	{ "startable, the clock runs",
	  R1 "add sda md:r1 0/2; listed; ? md:r1",
	  "md:r1 startable 1/2 starts 20" },
	{ "the clock needs a goal",
	  "device /dev/sda; add sda md:r1 0/2; listed; ? md:r1; at 60s",
	  "goal 1 done; md:r1 startable 1/2" },
	{ "late at grace - 1 s",
	  R1 "add sda md:r1 0/2; listed; at 19s; add sdb md:r1 1/2; at 60s",
	  "@19: md-assemble r1 [sda sdb]; " DONE },
	{ "late at grace + 1 s",
	  R1 "mount UUID=y /n; add sda md:r1 0/2; listed; at 21s; add sdb md:r1 1/2; at 60s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; " DONE "; @21: md-add md127 sdb; "
	  "SACT-024 r1" },
	{ "one start only",
	  R1 "mount UUID=y /n; add sda md:r1 0/2; listed; at 300s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; " DONE },
	{ "a new member restarts it",
	  R5 "listed; add sda md:r5 0/4 md_level=5; add sdb md:r5 1/4 md_level=5; ? md:r5;"
	  "add sdc md:r5 2/4 md_level=5; ? md:r5; at 19s; ? md:r5; at 30s",
	  "md:r5 waiting 2/4; md:r5 startable 3/4 starts 20; "
	  "@19: md:r5 startable 3/4 starts 20; @20: md-assemble r5 [sda sdb sdc] degraded; "
	  "SACT-023 r5; " DONE },
	{ "restart at most once a new member, twice the grace in all",
	  "inside md:r6 ext4:x; mount UUID=x /m; listed; add sda md:r6 0/6 md_level=6; "
	  "add sdb md:r6 1/6 md_level=6; add sdc md:r6 2/6 md_level=6; "
	  "add sdd md:r6 3/6 md_level=6; ? md:r6; at 15s; add sde md:r6 4/6 md_level=6; ? md:r6; "
	  "at 60s",
	  "md:r6 startable 4/6 starts 20; @15: md:r6 startable 5/6 starts 35; "
	  "@35: md-assemble r6 [sda sdb sdc sdd sde] degraded; SACT-023 r6; " DONE },
	{ "restarts end at twice the grace",
	  "inside md:r1 ext4:x; mount UUID=x /m; listed; add sda md:r1 0/5; at 15s; "
	  "add sdb md:r1 1/5; ? md:r1; at 30s;add sdc md:r1 2/5; ? md:r1; at 39s; "
	  "add sdd md:r1 3/5; ? md:r1; at 90s",
	  "@15: md:r1 startable 2/5 starts 35; @30: md:r1 startable 3/5 starts 40; "
	  "@39: md:r1 startable 4/5 starts 40; @40: md-assemble r1 [sda sdb sdc sdd] degraded; "
	  "SACT-023 r1; " DONE },
	{ "a flapping member restarts it once",
	  R1 "listed; add sda md:r1 0/3; at 5s; add sdb md:r1 1/3; ? md:r1; at 6s; del sdb; "
	  "? md:r1; at 7s;add sdb md:r1 1/3; ? md:r1; at 8s; del sdb; at 9s; add sdb md:r1 1/3; "
	  "? md:r1; at 60s",
	  "@5: md:r1 startable 2/3 starts 25; @6: md:r1 startable 1/3 starts 25; "
	  "@7: md:r1 startable 2/3 starts 25; @9: md:r1 startable 2/3 starts 25; "
	  "@25: md-assemble r1 [sda sdb] degraded; SACT-023 r1; " DONE },
	{ "flapping across startable does not restart it",
	  "inside md:r5 ext4:x; mount UUID=x /m; listed; add sda md:r5 0/3 md_level=5; "
	  "add sdb md:r5 1/3 md_level=5;? md:r5; at 10s; del sdb; ? md:r5; at 15s; "
	  "add sdb md:r5 1/3 md_level=5; ? md:r5; at 18s; del sdb; at 19s;"
	  "add sdb md:r5 1/3 md_level=5; ? md:r5",
	  "md:r5 startable 2/3 starts 20; @10: md:r5 waiting 1/3; "
	  "@15: md:r5 startable 2/3 starts 20; @19: md:r5 startable 2/3 starts 20" },
	{ "/dev/md0, as mdadm.conf calls it",
	  "array r1 name=md0; inside md:r1 ext4:x; mount /dev/md0 /m; add sda md:r1 0/2; listed; at 60s",
	  "@20: md-assemble 0 [sda] degraded; SACT-023 md0; mount md0 /m; goal 1 done" },
	{ "/dev/md0, as its superblock calls it",
	  "inside md:r1 ext4:x; mount /dev/md0 /m; add sda md:r1 0/2 md_name=host:0; "
	  "add sdb md:r1 1/2 md_name=host:0; listed",
	  "md-assemble 0 [sda sdb]; mount md0 /m; goal 1 done" },
	{ "a trial is not over while resuming is in root's way",
	  "resume UUID=zz; inside md:r1 ext4:x; mount UUID=x /m; add sda md:r1 0/2; listed; at 100s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; @30: SACT-064 UUID=zz; goal 1 done; "
	  "mount md127 /m; goal 2 done" },
	{ "nor while another file system is mounted first",
	  "inside md:r1 ext4:y; mount UUID=x /m; mount UUID=y /m/usr; add sda md:r1 0/2; listed; "
	  "at 30s; add sdb ext4:x",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; @30: mount sdb /m; goal 1 done; "
	  "mount md127 /m/usr; goal 2 done" },
	{ "a new goal makes it worth another look",
	  "inside md:r1 ext4:y; mount UUID=x /m; add sda md:r1 0/2; listed; at 30s; mount UUID=y /n; "
	  "at 60s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; SACT-026 r1; md-stop r1; "
	  "@50: md-assemble r1 [sda] degraded; SACT-023 r1; mount md126 /n; goal 2 done" },
	{ "completion cancels it",
	  R1 "add sda md:r1 0/2; listed; at 5s; add sdb md:r1 1/2; at 60s; ? next",
	  "@5: md-assemble r1 [sda sdb]; " DONE "; @60: next never" },
	{ "never",
	  R1 "policy degraded never; add sda md:r1 0/2; listed; ? md:r1; at 500s; ? md:r1; ? next",
	  "md:r1 startable 1/2 starts never; @500: md:r1 startable 1/2 starts never; next never" },
	{ "never for this array",
	  R1 "array r1 grace=18446744073709551615; add sda md:r1 0/2; listed; at 500s; ? md:r1",
	  "@500: md:r1 startable 1/2 starts never" },
	{ "at once for this array",
	  R1 "array r1 grace=1; add sda md:r1 0/2; listed",
	  "md-assemble r1 [sda] degraded; SACT-023 r1; " DONE },
	{ "5 s for this array, never for others",
	  R1 "array r1 grace=5000001; policy degraded never; add sda md:r1 0/2; "
	  "add sdb md:r2 0/2; listed; ? md:r2; at 60s",
	  "md:r2 startable 1/2 starts never; @5: md-assemble r1 [sda] degraded; SACT-023 r1; "
	  DONE },
	{ "by the name in the superblock",
	  R1 "array md_name=host:r1 grace=1; add sda md:r1 0/2; listed",
	  "md-assemble r1 [sda] degraded; SACT-023 r1; " DONE },
	{ "ignored by mdadm.conf",
	  R1 "array r1 flag=1; add sda md:r1 0/2; add sdb md:r1 1/2; listed; ? md:r1",
	  "md:r1 waiting 2/2" },
	{ "a goal that is met stops the clock of others",
	  R1 "add sda md:r1 0/2; add sdb md:r1 1/2; add sdc md:r2 0/2; listed; at 60s; ? md:r2",
	  "md-assemble r1 [sda sdb]; " DONE "; @60: md:r2 startable 1/2" },

	/* Locked volumes hold it. */
	{ "a locked volume that is named holds it",
	  R1 "volume c UUID=u; listed; add sda md:r1 0/2; add sdb luks:u; ? md:r1; at 300s; "
	  "? md:r1",
	  "ask c; md:r1 startable 1/2; @300: md:r1 startable 1/2" },
	{ "and it opens as the missing member",
	  R1 "volume c UUID=u; key u 7; inside luks:u md:r1 1/2; listed; add sda md:r1 0/2; "
	  "add sdb 200M luks:u; at 300s; answer c 7",
	  "ask c; @300: luks-open c 7; withdraw opened; md-assemble r1 [sda dm-0]; " DONE },
	{ "opened and not a member, the clock starts",
	  R1 "volume c UUID=u; key u 7; inside luks:u ext4:other; listed; add sda md:r1 0/2; "
	  "add sdb luks:u; at 100s; answer c 7; ? md:r1; at 121s",
	  "ask c; @100: luks-open c 7; withdraw opened; md:r1 startable 1/2 starts 120; "
	  "@120: md-assemble r1 [sda] degraded; SACT-023 r1; " DONE },
	{ "skip releases it",
	  R1 "volume c UUID=u; listed; add sda md:r1 0/2; add sdb luks:u; at 100s; skip c; ? md:r1",
	  "ask c; @100: withdraw skipped; SACT-034 c; md:r1 startable 1/2 starts 120" },
	{ "tries used up release it",
	  R1 "volume c UUID=u tries=2; listed; add sda md:r1 0/2; add sdb luks:u; at 100s; "
	  "answer c 1; ? md:r1",
	  "ask c; @100: luks-open c 1; SACT-030 c; withdraw no tries left; SACT-032 c; "
	  "md:r1 startable 1/2 starts 120" },
	{ "unplugged, it holds nothing",
	  R1 "volume c UUID=u; listed; add sda md:r1 0/2; add sdb luks:u; at 100s; del sdb; "
	  "? md:r1",
	  "ask c; @100: withdraw it is gone; md:r1 startable 1/2 starts 120" },
	{ "a volume that nobody names holds nothing",
	  R1 "listed; add sda md:r1 0/2; add sdb luks:u; ? md:r1",
	  "md:r1 startable 1/2 starts 20" },
	{ "a volume that is too small holds nothing",
	  R1 "volume c UUID=u; listed; add sda 100M md:r1 0/2; add sdb 50M luks:u; ? md:r1",
	  "ask c; md:r1 startable 1/2 starts 20" },
	{ "a volume on the array itself holds nothing",
	  "inside md:r1 luks:u; volume c UUID=u; mount UUID=x /m; listed; add sda md:r1 0/2; "
	  "? md:r1; at 21s; ? md:r1",
	  "md:r1 startable 1/2 starts 20; @20: md-assemble r1 [sda] degraded; SACT-023 r1; "
	  "ask c; @21: md:r1 degraded 1/2" },
	{ "headless holds nothing",
	  R1 "volume c UUID=u options=headless; listed; add sda md:r1 0/2; add sdb luks:u; ? md:r1",
	  "SACT-031 c; md:r1 startable 1/2 starts 20" },

	/* Members that lie. */
	{ "stale",
	  R1 "add sda md:r1 0/2 md_events=20 md_roles=0,f; add sdb md:r1 1/2 md_events=10; "
	  "listed; ? md:r1",
	  "SACT-020 sdb; md-assemble r1 [sda]; " DONE "; md:r1 active 1/1" },
	{ "stale by events only",
	  R1 "listed; add sda md:r1 0/2 md_events=20; add sdb md:r1 1/2 md_events=10; ? md:r1; "
	  "at 20s",
	  "SACT-020 sdb; md:r1 startable 1/2 starts 20; @20: md-assemble r1 [sda] degraded; "
	  "SACT-023 r1; " DONE },
	{ "one event behind is not stale",
	  R1 "listed; add sda md:r1 0/2 md_events=11; add sdb md:r1 1/2 md_events=10",
	  "md-assemble r1 [sda sdb]; " DONE },
	{ "the stale one came first, the fresh one decides",
	  R1 "listed; add sdb md:r1 1/2 md_events=10; at 5s; "
	  "add sda md:r1 0/2 md_events=20 md_roles=0,f",
	  "@5: SACT-020 sdb; md-assemble r1 [sda]; " DONE },
	{ "split brain: each half takes the other for failed",
	  R1 "add sda md:r1 0/2 md_events=20 md_roles=0,f; "
	  "add sdb md:r1 1/2 md_events=25 md_roles=f,1; listed; at 60s; ? md:r1; ? waits 1",
	  "SACT-021 sda; @60: md:r1 waiting 1/1 SACT-021; waits for member md r1" },
	{ "split brain: one half taken away",
	  R1 "add sda md:r1 0/2 md_events=20 md_roles=0,f; "
	  "add sdb md:r1 1/2 md_events=25 md_roles=f,1; listed; at 60s; del sdb; ? md:r1",
	  "SACT-021 sda; @60: md-assemble r1 [sda]; " DONE "; md:r1 active 1/1" },
	{ "split brain: the other half comes late",
	  R1 "mount UUID=y /n; listed; add sda md:r1 0/2 md_events=20 md_roles=0,f; "
	  "add sdb md:r1 1/2 md_events=25 md_roles=f,1; ? md:r1",
	  "md-assemble r1 [sda]; " DONE "; SACT-021 sdb; md:r1 active 1/1" },
	{ "a fresher member comes after the start",
	  R1 "mount UUID=y /n; listed; add sda md:r1 0/2 md_events=10; at 20s; "
	  "add sdb md:r1 1/2 md_events=20",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; " DONE "; SACT-029 sdb" },
	{ "two devices of one role",
	  R1 "listed; hold md-assemble; add sda md:r1 0/2; add sdb md:r1 0/2; ? md:r1; at 60s",
	  "SACT-013 sdb; SACT-013 sda; md:r1 waiting 0/2" },
	{ "a twin of a running member is left out",
	  R1 "mount UUID=y /n; listed; add sda md:r1 0/2; add sdb md:r1 1/2; add sdc md:r1 1/2; "
	  "? md:r1",
	  "md-assemble r1 [sda sdb]; " DONE "; SACT-013 sdc; md:r1 active 2/2" },
	{ "degraded for long: complete at once",
	  R1 "listed; add sda md:r1 0/2 md_roles=0,f",
	  "md-assemble r1 [sda]; " DONE },
	{ "degraded for long, raid5",
	  R5 "listed; add sda md:r5 0/3 md_level=5 md_roles=0,1,f; "
	  "add sdb md:r5 1/3 md_level=5 md_roles=0,1,f; ? md:r5",
	  "md-assemble r5 [sda sdb]; " DONE "; md:r5 active 2/2" },
	{ "a spare does not make it complete",
	  R1 "listed; add sda md:r1 0/2; add sdc md:r1 -1/2 md_number=2; ? md:r1",
	  "md:r1 startable 1/2 starts 20" },
	{ "a spare is taken along",
	  R1 "listed; add sda md:r1 0/2; add sdc md:r1 -1/2 md_number=2; add sdb md:r1 1/2",
	  "md-assemble r1 [sda sdc sdb]; " DONE },
	{ "a faulty member is not",
	  R1 "add sda md:r1 0/2 md_roles=0,f; add sdb md:r1 -2/2 md_number=1; listed; ? md:r1",
	  "SACT-020 sdb; md-assemble r1 [sda]; " DONE "; md:r1 active 1/1" },

	/* Levels. */
	{ "raid0 has no degraded start",
	  "inside md:r0 ext4:x; mount UUID=x /m; listed; add sda md:r0 0/2 md_level=0; at 60s; "
	  "? md:r0",
	  "@60: md:r0 waiting 1/2" },
	{ "linear",
	  "inside md:l ext4:x; mount UUID=x /m; listed; add sda md:l 0/2 md_level=-1; ? md:l; "
	  "add sdb md:l 1/2 md_level=-1",
	  "md:l waiting 1/2; md-assemble l [sda sdb]; " DONE },
	{ "raid5 lacks two",
	  R5 "listed; add sda md:r5 0/3 md_level=5; at 60s; ? md:r5",
	  "@60: md:r5 waiting 1/3" },
	{ "raid6 lacks two",
	  "inside md:r6 ext4:x; mount UUID=x /m; listed; add sda md:r6 0/4 md_level=6; "
	  "add sdb md:r6 3/4 md_level=6; at 20s",
	  "@20: md-assemble r6 [sda sdb] degraded; SACT-023 r6; " DONE },
	{ "raid6 lacks three",
	  "inside md:r6 ext4:x; mount UUID=x /m; listed; add sda md:r6 0/4 md_level=6; at 60s; "
	  "? md:r6",
	  "@60: md:r6 waiting 1/4" },
	{ "raid10 lacks one of each pair",
	  "inside md:rt ext4:x; mount UUID=x /m; listed; add sda md:rt 0/4 md_level=10; "
	  "add sdb md:rt 2/4 md_level=10; ? md:rt",
	  "md:rt startable 2/4 starts 20" },
	{ "raid10 lacks a pair",
	  "inside md:rt ext4:x; mount UUID=x /m; listed; add sda md:rt 0/4 md_level=10; "
	  "add sdb md:rt 1/4 md_level=10; ? md:rt",
	  "md:rt waiting 2/4" },
	{ "dirty and degraded parity is refused",
	  R5 "listed; add sda md:r5 0/3 md_level=5 md_flags=; "
	  "add sdb md:r5 1/3 md_level=5 md_flags=; at 60s; ? md:r5",
	  "@60: md:r5 waiting 2/3 SACT-025" },
	{ "until its last member comes",
	  R5 "listed; add sda md:r5 0/3 md_level=5 md_flags=; "
	  "add sdb md:r5 1/3 md_level=5 md_flags=; add sdc md:r5 2/3 md_level=5 md_flags=; ? md:r5",
	  "md-assemble r5 [sda sdb sdc]; " DONE "; md:r5 active 3/3" },

	/* Effects. */
	{ "the kernel refuses it",
	  R1 "fail md-assemble EINVAL; listed; add sda md:r1 0/2; add sdb md:r1 1/2; ? md:r1; "
	  "? waits 1",
	  "md-assemble r1 [sda sdb]; SACT-022 r1; md:r1 failed 2/2 SACT-022; "
	  "waits for member md r1" },
	{ "refused, a new member is a new reason",
	  R1 "fail md-assemble EINVAL; listed; add sda md:r1 0/3; at 20s; ok md-assemble; "
	  "add sdb md:r1 1/3; at 50s",
	  "@20: md-assemble r1 [sda] degraded; SACT-022 r1; "
	  "@40: md-assemble r1 [sda sdb] degraded; SACT-023 r1; " DONE },
	{ "a late member is refused",
	  R1 "mount UUID=y /n; fail md-add EBUSY; listed; add sda md:r1 0/2; at 21s; "
	  "add sdb md:r1 1/2; ? md:r1",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; " DONE "; @21: md-add md127 sdb; "
	  "SACT-024 r1; md:r1 degraded 2/2" },
	{ "a member comes while it is assembled",
	  R1 "mount UUID=y /n; hold md-assemble; listed; add sda md:r1 0/3; at 20s; "
	  "add sdb md:r1 1/3; release md-assemble",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; md-add md127 sdb; SACT-024 r1; " DONE },
	{ "the member vanishes while it is assembled",
	  R1 "hold md-assemble; fail md-assemble ENXIO; listed; add sda md:r1 0/2; "
	  "add sdb md:r1 1/2; del sdb; release md-assemble; ? md:r1",
	  "md-assemble r1 [sda sdb]; SACT-022 r1; md:r1 failed 1/2 SACT-022" },
	{ "a member leaves while modules are loaded",
	  R1 "policy modules 1; hold modules; listed; add sda md:r1 0/2; add sdb md:r1 1/2; "
	  "del sdb; release modules; ? md:r1",
	  "md:r1 startable 1/2 starts 20" },
	{ "all leave while modules are loaded",
	  R1 "policy modules 1; hold modules; listed; add sda md:r1 0/2; add sdb md:r1 1/2; "
	  "del sdb; del sda; release modules; ? md:r1",
	  "md:r1 waiting 0/2" },
	{ "the worker hangs",
	  R1 "hold md-assemble; listed; add sda md:r1 0/2; add sdb md:r1 1/2; at 70s; ? md:r1",
	  "md-assemble r1 [sda sdb]; @60: cancel md-assemble r1; SACT-060 r1; SACT-022 r1; "
	  "@70: md:r1 failed 2/2 SACT-022" },
	{ "somebody else started it",
	  R1 "listed; hold md-assemble; add sda md:r1 0/2; "
	  "add md126 90M ext4:x md_state=active slaves=8:0; ? md:r1",
	  "mount md126 /m; goal 1 done; md:r1 degraded 1/2" },
	{ "somebody else started it whole",
	  R1 "add sda md:r1 0/2; add sdb md:r1 1/2; "
	  "add md126 90M ext4:x md_state=active slaves=8:0,8:16; listed; ? md:r1",
	  "mount md126 /m; goal 1 done; md:r1 active 2/2" },
	{ "its device vanishes, it is made again",
	  R1 "mount UUID=y /n; listed; add sda md:r1 0/2; add sdb md:r1 1/2; del md127; ? md:r1",
	  "md-assemble r1 [sda sdb]; " DONE "; md-assemble r1 [sda sdb]; md:r1 active 2/2" },

	/* Explanations. */
	{ "what is missing is named",
	  R1 "listed; add sda md:r1 0/2; ? waits 1",
	  "waits for member member 1 of md r1" },
	{ "it is said after 3 s, and again on change",
	  R1 "show explain; listed; add sda md:r1 0/3; at 10s; add sdb md:r1 1/3; at 19s",
	  "@3: SACT-002 /m; @13: SACT-002 /m" },

	/* Paths of one disk. */
	{ "two paths to a member are one member",
	  R1 "add sda md:r1 0/2 wwid=naa.5; add sdb md:r1 0/2 wwid=naa.5; add sdc md:r1 1/2; listed",
	  "SACT-014 sda; md-assemble r1 [sda sdc]; " DONE },
	{ "two paths to a member, whichever comes first",
	  R1 "add sdb md:r1 0/2 wwid=naa.5; add sdc md:r1 1/2; add sda md:r1 0/2 wwid=naa.5; listed",
	  "SACT-014 sda; md-assemble r1 [sdc sda]; " DONE },
	{ "two paths to each member",
	  R1 "add sdd md:r1 1/2 wwid=naa.6; add sdb md:r1 0/2 wwid=naa.5; add sdc md:r1 1/2 wwid=naa.6; "
	  "add sda md:r1 0/2 wwid=naa.5; listed",
	  "SACT-014 sdc; SACT-014 sda; md-assemble r1 [sdc sda]; " DONE },
	{ "two paths are not two members",
	  R1 "add sda md:r1 0/2 wwid=naa.5; add sdb md:r1 0/2 wwid=naa.5; listed; ? md:r1",
	  "SACT-014 sda; md:r1 startable 1/2 starts 20" },
	{ "a path that comes when its array runs",
	  R1 "mount UUID=y /n; add sdb md:r1 0/2 wwid=naa.5; add sdc md:r1 1/2; listed; "
	  "add sda md:r1 0/2 wwid=naa.5 md_events=12; ? md:r1",
	  "md-assemble r1 [sdb sdc]; " DONE "; SACT-014 sdb; md:r1 active 2/2" },
	{ "a path is lost before its array starts",
	  R1 "add sda md:r1 0/2 wwid=naa.5; add sdb md:r1 0/2 wwid=naa.5; listed; del sda; add sdc md:r1 1/2",
	  "SACT-014 sda; md-assemble r1 [sdb sdc]; " DONE },
	{ "of one WWID, but other members",
	  R1 "add sda md:r1 0/2 wwid=naa.5; add sdb md:r1 1/2 wwid=naa.5; listed",
	  "md-assemble r1 [sda sdb]; " DONE },
	{ "of one WWID, but of another age",
	  R1 "add sda md:r1 0/2 wwid=naa.5; add sdb md:r1 0/2 wwid=naa.5 md_events=5; add sdc md:r1 1/2; listed",
	  "SACT-020 sdb; md-assemble r1 [sda sdc]; " DONE },
	{ "somebody else started it over the second path",
	  R1 "add sda md:r1 0/2 wwid=naa.5; add sdb md:r1 0/2 wwid=naa.5; "
	  "add md126 90M ext4:x md_state=active slaves=8:16; listed; ? md:r1",
	  "SACT-014 sdb; mount md126 /m; goal 1 done; md:r1 degraded 1/2" },
	{ "over the second path, and its paths come later",
	  R1 "add md126 90M ext4:x md_state=active slaves=8:16; add sda md:r1 0/1 wwid=naa.5; "
	  "add sdb md:r1 0/1 wwid=naa.5; listed; ? md:r1",
	  "SACT-014 sdb; mount md126 /m; goal 1 done; md:r1 active 1/1" },
};
const size_t n_md_rows = G_N_ELEMENTS(md_rows);
