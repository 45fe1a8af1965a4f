/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What takes long, or is only possibly needed: trials, drivers, overtaking, memory, calls for help. */
#include "test-core.h"

#define R1 "inside md:r1 ext4:x; "

const struct row wait_rows[] = {
	{ "a trial that leads nowhere is stopped again",
	  "inside md:r1 ext4:other; mount UUID=x /m; add sda md:r1 0/2; listed; at 25s; ? md:r1; "
	  "at 100s; ? next",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; SACT-026 r1; md-stop r1; "
	  "@25: md:r1 startable 1/2; @100: next never" },
	{ "and is tried again when a member comes",
	  "inside md:r1 ext4:other; mount UUID=x /m; add sda md:r1 0/3; listed; at 30s; "
	  "add sdb md:r1 1/3; ? md:r1; at 60s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; SACT-026 r1; md-stop r1; "
	  "@30: md:r1 startable 2/3 starts 50; @50: md-assemble r1 [sda sdb] degraded; "
	  "SACT-023 r1; SACT-026 r1; md-stop r1" },
	{ "but not when one comes back",
	  "inside md:r1 ext4:other; mount UUID=x /m; add sda md:r1 0/3; add sdb md:r1 1/3; "
	  "listed; at 30s; del sdb; add sdb md:r1 1/3; at 300s",
	  "@20: md-assemble r1 [sda sdb] degraded; SACT-023 r1; SACT-026 r1; md-stop r1" },
	{ "complete, it is started for good",
	  "inside md:r1 ext4:other; mount UUID=x /m; add sda md:r1 0/2; listed; at 30s; "
	  "add sdb md:r1 1/2; at 300s; ? md:r1",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; SACT-026 r1; md-stop r1; "
	  "@30: md-assemble r1 [sda sdb]; @300: md:r1 active 2/2" },
	{ "a trial that finds the goal stays",
	  R1 "mount UUID=x /m; add sda md:r1 0/2; listed; at 60s; ? md:r1",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; mount md127 /m; goal 1 done; "
	  "@60: md:r1 degraded 1/2" },
	{ "a trial that finds a part of more stays",
	  "inside md:r1 pv:v/a; vg v pvs=a,b lvs=root:a; inside v/root ext4:x; mount UUID=x /m; "
	  "add sda md:r1 0/2; listed; at 100s; ? md:r1",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; @40: dm-activate root; SACT-043 v; "
	  "mount dm-0 /m; goal 1 done; @100: md:r1 degraded 1/2" },
	{ "a trial that finds a named volume stays",
	  "inside md:r1 luks:u; volume c UUID=u; mount UUID=x /m; add sda md:r1 0/2; listed; "
	  "at 100s; ? md:r1",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; ask c; @100: md:r1 degraded 1/2" },
	{ "a trial that finds a volume that nobody names",
	  "inside md:r1 luks:u; mount UUID=x /m; add sda md:r1 0/2; listed; at 100s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; SACT-026 r1; md-stop r1" },
	{ "a slow look ends before it is stopped",
	  "inside md:r1 ext4:other; mount UUID=x /m; add sda md:r1 0/2; listed; at 19s; "
	  "hold probe; at 25s; ? md:r1; release probe",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; @25: md:r1 degraded 1/2; "
	  "SACT-026 r1; md-stop r1" },
	{ "what a goal names is no trial",
	  "inside md:r1 ext4:other; mount /dev/md/r1 /m; add sda md:r1 0/2; listed; at 60s; "
	  "? md:r1",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; mount md127 /m; goal 1 done; "
	  "@60: md:r1 degraded 1/2" },
	{ "what the record of the chain names is none either",
	  "layout top kind=fs uuid=x slaves=a; layout a kind=luks uuid=u slaves=b; "
	  "layout b kind=md uuid=r1; inside md:r1 ext4:other;mount UUID=x /m; add sda md:r1 0/2; "
	  "listed; at 60s; ? md:r1",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; @60: md:r1 degraded 1/2" },

	{ "drivers: storage first, one by one, the rest together",
	  "show modules; mount UUID=x /m; modalias hid:1; modalias usb:v1; modalias acpi:2; "
	  "modalias pci:v00008086d1bc01sc06; modalias virtio:d2; listed",
	  "modules virtio:d2; modules pci:v00008086d1bc01sc06; modules usb:v1; "
	  "modules acpi:2 hid:1" },
	{ "drivers: none once the goal is met",
	  "show modules; mount UUID=x /m; modalias usb:v1; modalias virtio:d2; add sda ext4:x; "
	  "listed",
	  "mount sda /m; goal 1 done" },
	{ "drivers: none while disks are read",
	  "show modules; mount UUID=x /m; hold probe; modalias virtio:d2; add sda ext4:y; listed; "
	  "release probe",
	  "modules virtio:d2" },
	{ "drivers: none before the list",
	  "show modules; mount UUID=x /m; modalias virtio:d2",
	  "" },
	{ "drivers: none while it is torn down",
	  "show modules; mount UUID=x /m; modalias virtio:d2; stop; listed",
	  "" },

	{ "a slow action is overtaken after 1 s",
	  "show overtake; hold mount; mount UUID=x /m; add sda ext4:x; listed; at 5s; "
	  "release mount",
	  "mount sda /m; @1: overtake; @5: goal 1 done" },
	{ "a check and a key derivation hold up drivers no longer than 10 s",
	  "show overtake; hold fsck; hold luks-open; volume c UUID=u; auto 7; "
	  "mount UUID=x /m fsck=auto; mount UUID=y /n; add sda ext4:x; add sdb luks:u; listed; "
	  "at 60s",
	  "fsck sda -p; ask c; luks-open c 7; @10: overtake; overtake" },
	{ "cancelled",
	  "hold mount; mount UUID=x /m timeout=60000000; add sda ext4:x; listed; at 59s; ? next; "
	  "at 60s; ? next",
	  "mount sda /m; @59: next 60; @60: cancel mount /m; SACT-001 /m; goal 1 failed; "
	  "next never" },
	{ "cancelled, and done all the same",
	  "hold mount; deaf; mount UUID=x /m timeout=60000000; add sda ext4:x; listed; at 62s; "
	  "? settled; release mount; ? settled",
	  "mount sda /m; @60: cancel mount /m; SACT-001 /m; goal 1 failed; @62: not settled; SACT-060 /m; settled" },
	{ "cancelled, and killed 5 s later",
	  "hold mount; deaf; mount UUID=x /m timeout=60000000; add sda ext4:x; listed; at 90s; "
	  "? next",
	  "mount sda /m; @60: cancel mount /m; SACT-001 /m; goal 1 failed; @65: kill mount /m; "
	  "@90: next never" },

	{ "keys are derived side by side as far as memory goes",
	  "policy memory 1000; volume a UUID=ua; volume b UUID=ub; volume c UUID=uc; key ua 7; "
	  "key ub 7; key uc 7; hold luks-open; mount UUID=x /m; listed;"
	  "add sda luks:ua luks_memory=600; add sdb luks:ub luks_memory=600; "
	  "add sdc luks:uc luks_memory=300; answer a 7; release luks-open",
	  "ask a; ask b; ask c; luks-open a 7; luks-open c 7; withdraw opened; luks-open b 7; "
	  "withdraw opened; withdraw opened" },
	{ "one that needs more than there is runs alone",
	  "policy memory 1000; volume a UUID=ua; key ua 7; mount UUID=x /m; listed; "
	  "add sda luks:ua luks_memory=4000; answer a 7",
	  "ask a; luks-open a 7; withdraw opened" },
	{ "unplugged while it waits for memory",
	  "policy memory 1000; volume a UUID=ua; volume b UUID=ub; key ua 7; key ub 7; "
	  "hold luks-open; mount UUID=x /m; listed;add sda luks:ua luks_memory=800; "
	  "add sdb luks:ub luks_memory=800; answer a 7; del sdb; release luks-open; ? luks:ub; "
	  "add sdb luks:ub; ? luks:ub",
	  "ask a; ask b; luks-open a 7; withdraw it is gone; withdraw opened; "
	  "luks:ub waiting 0/1; luks-open b 7; luks:ub active 1/1" },

	{ "help is called for after 30 s, once",
	  "policy overdue 30s; mount UUID=x /m; listed; at 100s; ? next",
	  "@30: SACT-003 waiting; @100: next never" },
	{ "a person's time does not count",
	  "policy overdue 30s; volume c UUID=u; key u 7; mount UUID=x /m; listed; at 10s; "
	  "add sda luks:u; at 100s; answer c 7; at 200s",
	  "@10: ask c; @100: luks-open c 7; withdraw opened; @130: SACT-003 waiting" },
	{ "nobody is called for a device",
	  "policy overdue 30s; device UUID=x; listed; at 100s",
	  "" },
};
const size_t n_wait_rows = G_N_ELEMENTS(wait_rows);
