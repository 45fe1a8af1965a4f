/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices: arrival, identity, what hides what, and who may be meant. */
#include "test-core.h"

const struct row graph_rows[] = {
	{ "nobody wants anything: not read", "show probe; add sda ext4:x; listed", "" },
	{ "read once a goal is there",
	  "show probe; add sda ext4:x; listed; mount UUID=x /m",
	  "probe sda; probe-deep sda; mount sda /m; goal 1 done" },
	{ "no medium: not read",
	  "show probe; mount UUID=x /m; add sda 0; listed; ? next",
	  "next 3" },
	{ "a medium comes",
	  "show probe; mount UUID=x /m; add sda 0 ext4:x; listed; change sda 50M",
	  "probe sda; probe-deep sda; mount sda /m; goal 1 done" },
	{ "a choice by UUID waits for the list",
	  "mount UUID=x /m; add sda ext4:x; at 60s; ? goal 1",
	  "@60: goal 1 waiting" },
	{ "a path does not", "mount /dev/sda /m; add sda ext4:x", "mount sda /m; goal 1 done" },
	{ "a number does not", "mount 8:16 /m; add sdb ext4:x", "mount sdb /m; goal 1 done" },
	{ "by label",
	  "mount LABEL=root /m; add sda ext4:x:root; listed",
	  "mount sda /m; goal 1 done" },
	{ "UUIDs in any case",
	  "mount UUID=AB-CD /m; add sda ext4:ab-cd; listed",
	  "mount sda /m; goal 1 done" },
	{ "labels in their case",
	  "mount LABEL=Root /m; add sda ext4:x:root; listed; ? goal 1",
	  "goal 1 waiting" },
	{ "by udev's path",
	  "mount /dev/disk/by-uuid/AB /m; add sda ext4:ab; listed",
	  "mount sda /m; goal 1 done" },
	{ "by another link of udevd",
	  "mount /dev/disk/by-id/ata-1 /m; add sda ext4:x links=disk/by-id/ata-1,disk/by-path/p; "
	  "listed",
	  "mount sda /m; goal 1 done" },
	{ "by PARTUUID",
	  "mount PARTUUID=p1 /m; add sda; add sda1 ext4:x partuuid=p1; listed",
	  "mount sda1 /m; goal 1 done" },
	{ "by PARTLABEL",
	  "mount PARTLABEL=root /m; add sda; add sda1 ext4:x partlabel=root; listed",
	  "mount sda1 /m; goal 1 done" },
	{ "hot-plugged",
	  "mount UUID=x /m; listed; at 100s; add sdb ext4:x",
	  "@100: mount sdb /m; goal 1 done" },
	{ "the node of a member is a device",
	  "device /dev/sda; add sda md:r1 0/2; listed",
	  "goal 1 done" },
	{ "but no file system",
	  "mount /dev/sda /m; add sda md:r1 0/2; listed; ? goal 1",
	  "goal 1 waiting" },

	{ "by path, a partition of a disk that is still being read",
	  "mount /dev/sda1 /m; hold probe; add sda md:r1 0/2; add sda1 ext4:x; listed; "
	  "release probe; ? goal 1",
	  "goal 1 waiting" },

	/* A device that does not answer holds nobody for long. */
	{ "a slow probe holds the choice for 1 s",
	  "mount UUID=x /m; add sda ext4:x; add sdb hang; listed; ? goal 1; at 2s",
	  "goal 1 waiting; @1: mount sda /m; goal 1 done" },
	{ "after 20 s it is given up",
	  "mount UUID=x /m; add sdb hang; listed; at 30s; ? waits 1",
	  "@20: cancel probe sdb; SACT-060 sdb; SACT-010 sdb; @30: waits for device /dev/sdb" },
	{ "unreadable",
	  "mount UUID=x /m; add sda error:EIO; listed; ? waits 1",
	  "SACT-010 sda; waits for device /dev/sda" },
	{ "damaged", "mount UUID=x /m; add sda error:EBADMSG:checksum; listed", "SACT-011 sda" },
	{ "ambivalent", "mount UUID=x /m; add sda error:EUCLEAN:two; listed", "SACT-012 sda" },
	{ "said once, however often it is read",
	  "mount UUID=x /m; add sda error:EIO; listed; change sda; change sda",
	  "SACT-010 sda" },
	{ "no medium is no complaint", "mount UUID=x /m; add sda error:ENOMEDIUM; listed", "" },
	{ "readable after an event",
	  "mount UUID=x /m; add sda error:EIO; listed; change sda ext4:x",
	  "SACT-010 sda; mount sda /m; goal 1 done" },
	{ "blank, written to later",
	  "mount UUID=x /m; add sda; listed; change sda ext4:x",
	  "mount sda /m; goal 1 done" },
	{ "eight at a time",
	  "show probe; hold probe; mount UUID=x /m; add sda; add sdb; add sdc; add sdd; add sde; "
	  "add sdf; add sdg; add sdh; add sdi; listed; release probe",
	  "probe sda; probe sdb; probe sdc; probe sdd; probe sde; probe sdf; probe sdg; "
	  "probe sdh; probe sdi" },
	{ "one of those waiting goes away",
	  "show probe; hold probe; mount UUID=x /m; add sda; add sdb; add sdc; add sdd; add sde; "
	  "add sdf; add sdg; add sdh; add sdi; add sdj; del sdi; listed; release probe",
	  "probe sda; probe sdb; probe sdc; probe sdd; probe sde; probe sdf; probe sdg; "
	  "probe sdh; probe sdj" },

	/* Incarnations. */
	{ "a result of the old incarnation is dropped",
	  "show probe; hold probe; mount UUID=x /m; add sda ext4:x; listed; del sda; "
	  "add sda ext4:y; release probe; ? goal 1",
	  "probe sda; probe sda; goal 1 waiting" },
	{ "another diskseq is another disk",
	  "show probe; mount UUID=x /m; add sda ext4:y diskseq=5; listed; "
	  "change sda ext4:x diskseq=6",
	  "probe sda; probe sda; probe-deep sda; mount sda /m; goal 1 done" },
	{ "a late removal of the old one is ignored",
	  "mount UUID=x /m; listed; add sda ext4:y diskseq=5; change sda ext4:x diskseq=6; "
	  "? goal 1",
	  "mount sda /m; goal 1 done; goal 1 done sda" },
	{ "unplugged before it is mounted",
	  "mount UUID=x /m; hold mount; add sda ext4:x; listed; del sda; ? goal 1; release mount; "
	  "? goal 1",
	  "mount sda /m; cancel mount /m; goal 1 waiting; goal 1 waiting" },
	{ "unplugged and plugged in again",
	  "mount UUID=x /m; hold mount; add sda ext4:x; listed; del sda; ok mount; release mount; "
	  "add sdb ext4:x",
	  "mount sda /m; cancel mount /m; mount sdb /m; goal 1 done" },
	{ "grown: read again",
	  "show probe; mount UUID=x /m; add sda 50M; listed; change sda 60M ext4:x",
	  "probe sda; probe sda; probe-deep sda; mount sda /m; goal 1 done" },

	/* What hides what. */
	{ "partitions of a member are no candidates",
	  "mount UUID=x /m; add sda md:r1 0/2; add sda1 ext4:x; listed; ? goal 1",
	  "goal 1 waiting" },
	{ "whichever is read first",
	  "mount UUID=x /m; hold probe; add sda md:r1 0/2; add sda1 ext4:x; listed; "
	  "release probe; ? goal 1",
	  "goal 1 waiting" },
	{ "whichever is read first, as members",
	  "lifo; mount UUID=x /m; hold probe; add sda md:r1 0/2; add sda1 pv:v/a; listed; "
	  "release probe; ? lvm:v",
	  "lvm:v unknown" },
	{ "whichever is read first, by path",
	  "lifo; mount /dev/sda1 /m; hold probe; add sda md:r1 0/2; add sda1 ext4:x; listed; "
	  "release probe; ? goal 1",
	  "goal 1 waiting" },
	{ "also when the partition comes first",
	  "mount UUID=x /m; add sda1 ext4:x; add sda md:r1 0/2; listed; ? goal 1",
	  "goal 1 waiting" },
	{ "also by path",
	  "mount /dev/sda1 /m; add sda luks:u; add sda1 ext4:x; listed; ? goal 1",
	  "goal 1 waiting" },
	{ "also as members",
	  "mount UUID=x /m; add sda md:r1 0/2; add sda1 pv:v/a; listed; ? lvm:v",
	  "lvm:v unknown" },
	{ "the disk stops being a member",
	  "mount UUID=x /m; add sda md:r1 0/2; add sda1 ext4:x; listed; change sda 90M blank; "
	  "? goal 1",
	  "mount sda1 /m; goal 1 done; goal 1 done sda1" },
	{ "partitions of an array",
	  "inside md:r1 blank; mount UUID=x /m; add sda md:r1 0/1; listed; add sdc ext4:x",
	  "md-assemble r1 [sda]; mount sdc /m; goal 1 done" },

	/* Clones. */
	{ "clones are refused with both names",
	  "mount UUID=x /m; add sda ext4:x; add sdb ext4:x; listed",
	  "SACT-013 /m; goal 1 failed" },
	{ "clones, one is pinned",
	  "mount /dev/sdb /m; add sda ext4:x; add sdb ext4:x; listed",
	  "mount sdb /m; goal 1 done" },
	{ "clones, pinned by PARTUUID",
	  "mount PARTUUID=p2 /m; add sda; add sda1 ext4:x partuuid=p1; add sdb; "
	  "add sdb1 ext4:x partuuid=p2; listed",
	  "mount sdb1 /m; goal 1 done" },
	{ "a clone that is hidden is none",
	  "mount UUID=x /m; add sda md:r1 0/2; add sda1 ext4:x; add sdb ext4:x; listed",
	  "mount sdb /m; goal 1 done" },
	{ "a raw half of the mirror is no clone",
	  "inside md:r1 ext4:x; mount UUID=x /m; add sda md:r1 0/2; add sda1 ext4:x; "
	  "add sdb md:r1 1/2; listed",
	  "md-assemble r1 [sda sdb]; mount md127 /m; goal 1 done" },
	{ "labels are clones, too",
	  "mount LABEL=l /m; add sda ext4:x:l; add sdb ext4:y:l; listed",
	  "SACT-013 /m; goal 1 failed" },
	{ "a clone that comes later is not joined",
	  "mount UUID=x /m; add sda ext4:x; listed; add sdb ext4:x; ? goal 1",
	  "mount sda /m; goal 1 done; goal 1 done sda" },

	/* Events that are lost, or come twice. */
	{ "told twice",
	  "show probe; mount UUID=x /m; add sda ext4:y; change sda; listed",
	  "probe sda" },
	{ "told twice while it is read",
	  "show probe; mount UUID=x /m; hold probe; add sda ext4:x; change sda; listed; "
	  "release probe",
	  "probe sda; probe-deep sda; mount sda /m; goal 1 done" },
	{ "overflow and rescan",
	  "show probe; mount UUID=x /m; add sda ext4:y; listed; overflow; change sda; "
	  "add sdb ext4:x; listed",
	  "probe sda; SACT-063 events; probe sdb; probe-deep sdb; mount sdb /m; goal 1 done" },
	{ "gone, and nobody knew it",
	  "mount UUID=x /m; listed; add sda; del sda; ? goal 1",
	  "goal 1 waiting" },

	/* Drivers. */
	{ "a goal that is met waits for no driver",
	  "mount UUID=x /m; hold modules; add sda ext4:x; modalias pci:v1; listed; ? goal 1",
	  "mount sda /m; goal 1 done; goal 1 done sda" },
	{ "a driver that hangs holds it up no longer than 1 s",
	  "mount UUID=x /m; hold modules; modalias pci:v1; listed; add sda ext4:x; at 2s",
	  "@1: mount sda /m; goal 1 done" },

	/* Links, where there is no udevd. */
	{ "links of a file system",
	  "show link; mount /dev/sda /m; add sda ext4:x:l",
	  "link sda disk/by-uuid/x disk/by-label/l; mount sda /m; goal 1 done" },
	{ "links of a volume",
	  "show link; inside luks:u ext4:x; volume c UUID=u; key u 1; mount UUID=x /m; "
	  "add sda luks:u; listed; answer c 1",
	  "link sda disk/by-uuid/u; ask c; luks-open c 1; withdraw opened; "
	  "link dm-0 disk/by-uuid/x; mount dm-0 /m; goal 1 done" },
	{ "members have none",
	  "show link; mount UUID=x /m; add sda md:r1 0/2; add sdb pv:v/b; listed",
	  "" },
	{ "udevd makes its own",
	  "show link; policy source udev; mount UUID=x /m; add sda ext4:x; listed",
	  "mount sda /m; goal 1 done" },
	{ "and they go when it goes",
	  "show link; mount UUID=y /m; add sda ext4:x; listed; del sda",
	  "link sda disk/by-uuid/x; link sda -disk/by-uuid/x" },
};
const size_t n_graph_rows = G_N_ELEMENTS(graph_rows);
