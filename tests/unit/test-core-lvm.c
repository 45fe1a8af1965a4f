/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups: which PVs, which text, which LVs. */
#include "test-core.h"

#define V                                                                  \
	"vg v pvs=a,b lvs=root:a,home:b,both:a+b; inside v/root ext4:x; " \
	"inside v/home ext4:h; inside v/both ext4:z; "
#define ROOT_RUNS                                                                          \
	"add dm-3 16M dm_name=v-root slaves=8:0 dm_uuid=LVM-vxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"vrootxxxxxxxxxxxxxxxxxxxxxxxxxxx ext4:x; "
#define ALL "dm-activate root home both; "

const struct row lvm_rows[] = {
	{ "complete",
	  V "mount UUID=x /m; add sda pv:v/a; add sdb pv:v/b; listed",
	  ALL "mount dm-0 /m; goal 1 done" },
	{ "complete, in reverse order",
	  V "mount UUID=x /m; listed; add sdb pv:v/b; add sda pv:v/a",
	  ALL "mount dm-0 /m; goal 1 done" },
	{ "only what is named",
	  V "mount /dev/v/root /m; add sda pv:v/a; add sdb pv:v/b; listed",
	  "dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "named as the mapper does",
	  V "mount /dev/mapper/v-home /m; add sda pv:v/a; add sdb pv:v/b; listed",
	  "dm-activate home; mount dm-0 /m; goal 1 done" },
	{ "named ones wait for the listing: another VG may have the name",
	  V "mount /dev/v/root /m; add sda pv:v/a; add sdb pv:v/b; ? lvm:v; listed",
	  "lvm:v complete 2/2; dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "two goals, one of them already active",
	  V "mount /dev/v/root /m; listed; add sda pv:v/a; add sdb pv:v/b; mount /dev/v/home /n",
	  "dm-activate root; mount dm-0 /m; goal 1 done; dm-activate home; mount dm-1 /n; "
	  "goal 2 done" },
	{ "two goals, modules are loaded for each",
	  V "policy modules 1; mount /dev/v/root /m; listed; add sda pv:v/a; add sdb pv:v/b; "
	  "mount /dev/v/home /n",
	  "dm-activate root; mount dm-0 /m; goal 1 done; dm-activate home; mount dm-1 /n; "
	  "goal 2 done" },
	{ "a name that the VG does not have",
	  V "mount /dev/v/nothing /m; listed; add sda pv:v/a; add sdb pv:v/b; ? lvm:v",
	  ALL "lvm:v active 2/2" },
	{ "nobody wants it", V "listed; add sda pv:v/a; add sdb pv:v/b", "" },
	{ "another goal is met: left alone",
	  V "device /dev/sdc; add sdc; add sda pv:v/a; add sdb pv:v/b; listed",
	  "goal 1 done" },
	{ "hidden and skipped LVs are left alone",
	  "vg v pvs=a lvs=root:a,pool:a,snap:a hidden=pool skip=snap; inside v/root ext4:x; "
	  "mount UUID=x /m; add sda pv:v/a; listed",
	  "dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "a skipped LV that is named",
	  "vg v pvs=a lvs=snap:a skip=snap; inside v/snap ext4:x; mount /dev/v/snap /m; "
	  "add sda pv:v/a; listed",
	  "dm-activate snap; mount dm-0 /m; goal 1 done" },
	{ "exported",
	  "vg v pvs=a lvs=root:a exported; mount /dev/v/root /m; listed; add sda pv:v/a; ? lvm:v; "
	  "? waits 1",
	  "SACT-047 /m; goal 1 failed; lvm:v failed 1/1 SACT-047; waits for nothing" },

	{ "a PV is missing that root does not need",
	  V "mount /dev/v/root /m; listed; add sda pv:v/a; ? lvm:v; at 25s",
	  "lvm:v startable 1/2 starts 20; @20: dm-activate root; SACT-043 v; mount dm-0 /m; "
	  "goal 1 done" },
	{ "a PV is missing that root needs",
	  V "mount /dev/v/both /m; listed; add sda pv:v/a; at 60s; ? lvm:v; ? waits 1; "
	  "add sdb pv:v/b",
	  "@60: lvm:v waiting 1/2; "
	  "waits for member PV vbxxxx-xxxx-xxxx-xxxx-xxxx-xxxx-xxxxxx of VG v; "
	  "dm-activate both; mount dm-0 /m; goal 1 done" },
	{ "late at grace - 1 s",
	  V "mount /dev/v/root /m; listed; add sda pv:v/a; at 19s; add sdb pv:v/b",
	  "@19: dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "late at grace + 1 s, the rest follows",
	  V "mount /dev/v/root /m; mount /dev/v/both /n; listed; add sda pv:v/a; at 21s; "
	  "add sdb pv:v/b; ? lvm:v",
	  "@20: dm-activate root; SACT-043 v; mount dm-0 /m; goal 1 done; "
	  "@21: dm-activate both; mount dm-1 /n; goal 2 done; lvm:v active 2/2" },
	{ "the metadata says that it is missing: no grace",
	  "vg v pvs=a,b lvs=root:a missing=b; inside v/root ext4:x; mount UUID=x /m; listed; "
	  "add sda pv:v/a",
	  "dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "never",
	  V "policy degraded never; mount /dev/v/root /m; listed; add sda pv:v/a; at 300s; ? lvm:v",
	  "@300: lvm:v startable 1/2 starts never" },
	{ "a locked volume that is named holds it",
	  V "volume c UUID=u; key u 7; inside luks:u pv:v/b; mount /dev/v/root /m; listed; "
	  "add sda pv:v/a; add sdb luks:u; at 60s; ? lvm:v; answer c 7",
	  "ask c; @60: lvm:v startable 1/2; luks-open c 7; withdraw opened; dm-activate root; "
	  "mount dm-1 /m; goal 1 done" },

	{ "a PV without metadata comes last",
	  V "mount /dev/v/both /m; listed; add sda pv:v/a; add sdb bare:v/b",
	  "dm-activate both; mount dm-0 /m; goal 1 done" },
	{ "a PV without metadata comes first",
	  V "mount /dev/v/both /m; listed; add sdb bare:v/b; add sda pv:v/a",
	  "dm-activate both; mount dm-0 /m; goal 1 done" },
	{ "a PV without metadata, two VGs: either may lead there",
	  V "vg w pvs=c lvs=o:c; mount /dev/v/both /m; listed; add sdc pv:w/c; add sdb bare:v/b; "
	  "add sda pv:v/a",
	  "dm-activate o; dm-activate both; mount dm-1 /m; goal 1 done" },

	{ "higher seqno decides",
	  "vg v pvs=a,b lvs=root:a seqno=3; vg v pvs=a,b lvs=root:b seqno=4; "
	  "inside v/root ext4:x; show dm-activate;mount UUID=x /m; add sda pv:v/a seq=3; "
	  "add sdb pv:v/b seq=4; listed; ? lvm:v",
	  "dm-activate root; mount dm-0 /m; goal 1 done; lvm:v active 2/2" },
	{ "it knows a PV less",
	  "vg v pvs=a,b lvs=root:a seqno=3; vg v pvs=a lvs=root:a seqno=4; inside v/root ext4:x; "
	  "mount UUID=x /m;listed; add sdb pv:v/b seq=3; ? lvm:v; add sda pv:v/a seq=4",
	  "lvm:v waiting 1/2; dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "it comes after the start",
	  "vg v pvs=a,b lvs=root:a,home:b seqno=3; vg v pvs=a,b lvs=root:a,home:b seqno=4; "
	  "inside v/root ext4:x; mount /dev/v/root /m; mount /dev/v/zz /n;policy degraded 0; "
	  "listed; add sda pv:v/a seq=3; at 5s; add sdb pv:v/b seq=4; ? lvm:v",
	  "dm-activate root; SACT-043 v; mount dm-0 /m; goal 1 done; @5: SACT-044 v; "
	  "dm-activate home; lvm:v active 2/2" },
	{ "two devices are one PV",
	  V "add sda pv:v/a; add sdb pv:v/b; add sdc pv:v/b; mount UUID=x /m; listed; ? lvm:v; "
	  "? waits 1",
	  "SACT-013 v; lvm:v failed 0/0 SACT-013; waits for member lvm v" },
	{ "two devices are one PV, one goes away",
	  V "add sda pv:v/a; add sdb pv:v/b; add sdc pv:v/b; mount UUID=x /m; listed; del sdc; "
	  "? lvm:v",
	  "SACT-013 v; " ALL "mount dm-0 /m; goal 1 done; lvm:v active 2/2" },
	{ "a clone after the start is not taken",
	  V "mount /dev/v/root /m; mount UUID=q /n; listed; add sda pv:v/a; add sdb pv:v/b; "
	  "add sdc pv:v/b; ? lvm:v",
	  ALL "mount dm-0 /m; goal 1 done; SACT-013 v; lvm:v active 2/2" },
	{ "two VGs of one name",
	  "vg v pvs=a lvs=root:a; vg w pvs=b lvs=root:b; inside v/root ext4:x; "
	  "inside w/root ext4:y; mount UUID=y /m;add sda pv:v/a; add sdb pv:w/b; listed",
	  "dm-activate root; dm-activate root; mount dm-1 /m; goal 1 done" },

	{ "activation fails",
	  V "fail dm-activate EBUSY; mount UUID=x /m; add sda pv:v/a; add sdb pv:v/b; listed; "
	  "? lvm:v",
	  ALL "dm-activate root; dm-activate home; SACT-042 v; dm-activate both; SACT-042 v; SACT-042 v; "
	  "lvm:v failed 2/2 SACT-042" },
	{ "one LV cannot be activated: the others are",
	  "vg v pvs=a lvs=bad:a,root:a,home:a; inside v/root ext4:x; fail dm-activate EINVAL bad; "
	  "mount UUID=x /m; mount UUID=q /n; add sda pv:v/a; listed; policy degraded 9; ? lvm:v",
	  "dm-activate bad root home; dm-activate bad; dm-activate root; SACT-042 v; dm-activate home; "
	  "mount dm-0 /m; goal 1 done; lvm:v active 1/1" },
	{ "worth another try when a PV comes back",
	  "vg v pvs=a,b lvs=bad:a,root:a; inside v/root ext4:x; inside v/bad ext4:y; "
	  "fail dm-activate EINVAL bad; mount UUID=x /m; mount UUID=y /n; add sda pv:v/a; add sdb pv:v/b; "
	  "listed; ok dm-activate; del sdb; add sdb pv:v/b",
	  "dm-activate bad root; dm-activate bad; dm-activate root; SACT-042 v; mount dm-0 /m; "
	  "goal 1 done; dm-activate bad; mount dm-1 /n; goal 2 done" },
	{ "a type that is not done natively",
	  "vg v pvs=a lvs=root:a type=vdo; mount /dev/v/root /m; listed; add sda pv:v/a; ? lvm:v",
	  "SACT-041 v; lvm:v complete 1/1" },
	{ "active already",
	  V "mount /dev/v/root /m; "
	  ROOT_RUNS
	  "add sda pv:v/a; add sdb pv:v/b; listed",
	  "mount dm-3 /m; goal 1 done" },
	{ "one LV active already, the other wanted",
	  V "mount /dev/v/home /m; add sda pv:v/a; add sdb pv:v/b;"
	  ROOT_RUNS
	  "listed; ? lvm:v",
	  "dm-activate home; mount dm-0 /m; goal 1 done; lvm:v active 2/2" },
	{ "a VG on a VG",
	  "vg v pvs=a lvs=root:a; vg w pvs=b lvs=in:b; inside v/root pv:w/b; inside w/in ext4:x; "
	  "mount UUID=x /m; listed; add sda pv:v/a",
	  "dm-activate root; dm-activate in; mount dm-1 /m; goal 1 done" },
	{ "its PV vanishes before the start",
	  V "mount /dev/v/both /m; listed; add sda pv:v/a; del sda; add sdb pv:v/b; ? lvm:v",
	  "lvm:v waiting 1/2" },
	{ "its PV vanishes while modules are loaded",
	  V "policy modules 1; hold modules; mount /dev/v/both /m; listed; add sda pv:v/a; "
	  "add sdb pv:v/b; del sda; release modules; ? lvm:v; add sda pv:v/a",
	  "lvm:v waiting 1/2; dm-activate both; mount dm-0 /m; goal 1 done" },

	/* Paths of one disk. */
	{ "two paths to a PV",
	  V "mount /dev/v/root /m; add sdb pv:v/a wwid=naa.5; add sda pv:v/a wwid=naa.5; add sdc pv:v/b; listed; "
	  "? lvm:v",
	  "SACT-014 sda; dm-activate root; mount dm-0 /m; goal 1 done; lvm:v active 2/2" },
	{ "two paths to a PV without metadata",
	  V "mount /dev/v/both /m; add sdb bare:v/a wwid=naa.5; add sda bare:v/a wwid=naa.5; add sdc pv:v/b; "
	  "listed; ? lvm:v",
	  "SACT-014 sda; dm-activate both; mount dm-0 /m; goal 1 done; lvm:v active 2/2" },
	{ "a path that comes when its VG is active",
	  V "mount /dev/v/root /m; mount UUID=q /n; listed; add sdb pv:v/a wwid=naa.5; add sdc pv:v/b; "
	  "add sda pv:v/a wwid=naa.5; ? lvm:v",
	  "dm-activate root home both; mount dm-0 /m; goal 1 done; SACT-014 sdb; "
	  "lvm:v active 2/2" },
	{ "a path is lost before its VG is active",
	  V "mount /dev/v/both /m; add sda pv:v/a wwid=naa.5; add sdb pv:v/a wwid=naa.5; listed; del sda; "
	  "add sdc pv:v/b",
	  "SACT-014 sda; dm-activate both; mount dm-0 /m; goal 1 done" },
	{ "of one WWID, but other PVs",
	  V "mount /dev/v/both /m; add sda pv:v/a wwid=naa.5; add sdb pv:v/b wwid=naa.5; listed",
	  "dm-activate both; mount dm-0 /m; goal 1 done" },
	{ "a PV that is two disks",
	  V "mount UUID=x /m; add sdc pv:v/b; add sda pv:v/a wwid=naa.5; add sdb pv:v/a wwid=naa.6; listed",
	  "SACT-013 v" },
};
const size_t n_lvm_rows = G_N_ELEMENTS(lvm_rows);
