/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to what, and which of two that answer to one name is taken: refused, preferred or left alone. */
#include "test-core.h"

#define REFUSED "SACT-013 /m; goal 1 failed"
#define TWO_LVS "vg v pvs=a lvs=root:a,copy:a; inside v/root ext4:x; inside v/copy ext4:x; "
#define SNAP "vg v pvs=a lvs=root:a,snap:a snap=snap:root; inside v/root ext4:x; inside v/snap ext4:x; "
#define TWO_ARRAYS "inside md:r1 ext4:x; inside md:r2 ext4:x; "
#define TWO_VOLUMES \
	"volume c UUID=u keyfile=/k; volume d UUID=v keyfile=/k; key u file; key v file; " \
	"inside luks:u ext4:x; inside luks:v ext4:x; "
#define REC "layout r kind=fs uuid=x slaves=c; layout c kind=luks uuid=u; "
#define OPEN(node, uuid, on) "add " node " 90M dm_name=c dm_uuid=CRYPT-LUKS2-" uuid "-c slaves=" on " "

const struct row choice_rows[] = {
	/* Of one identity, seen when something was activated. */
	{ "two LVs", TWO_LVS "mount UUID=x /m; add sda pv:v/a; listed", "dm-activate root copy; " REFUSED },
	{ "two LVs, the other is looked at first",
	  "lifo; " TWO_LVS "mount UUID=x /m; add sda pv:v/a; listed", "dm-activate root copy; " REFUSED },
	{ "two LVs, and the second is read late",
	  TWO_LVS "mount UUID=x /m; add sda pv:v/a; listed; ? goal 1", "dm-activate root copy; " REFUSED "; goal 1 failed SACT-013" },
	{ "two LVs, by label",
	  "vg v pvs=a lvs=root:a,copy:a; inside v/root ext4:x:l; inside v/copy ext4:y:l; mount LABEL=l /m; "
	  "add sda pv:v/a; listed",
	  "dm-activate root copy; " REFUSED },
	{ "two LVs, named by its path",
	  TWO_LVS "mount /dev/v/copy /m; add sda pv:v/a; listed", "dm-activate copy; mount dm-0 /m; goal 1 done" },
	{ "two arrays",
	  TWO_ARRAYS "mount UUID=x /m; add sda md:r1 0/1; add sdb md:r2 0/1; listed",
	  "md-assemble r1 [sda]; md-assemble r2 [sdb]; " REFUSED },
	{ "two arrays, the second takes longer",
	  TWO_ARRAYS "mount UUID=x /m; add sda md:r1 0/1; add sdb md:r2 0/1; hold md-assemble r2; listed; at 3s; "
	  "release md-assemble",
	  "md-assemble r1 [sda]; md-assemble r2 [sdb]; @3: " REFUSED },
	{ "two arrays, the first takes longer",
	  TWO_ARRAYS "mount UUID=x /m; add sda md:r1 0/1; add sdb md:r2 0/1; hold md-assemble r1; listed; at 3s; "
	  "release md-assemble",
	  "md-assemble r1 [sda]; md-assemble r2 [sdb]; @3: " REFUSED },
	{ "two arrays, the second comes too late: it is said",
	  TWO_ARRAYS "mount UUID=x /m; mount UUID=z /z; add sda md:r1 0/1; add sdb md:r2 0/1; hold md-assemble r2; listed; at 11s; "
	  "release md-assemble",
	  "md-assemble r1 [sda]; md-assemble r2 [sdb]; @10: mount md127 /m; goal 1 done; @11: SACT-015 md126" },
	{ "two arrays, the second's disk comes later: it is said",
	  TWO_ARRAYS "mount UUID=x /m; mount UUID=y /n; add sda md:r1 0/1; listed; at 1s; add sdb md:r2 0/1",
	  "md-assemble r1 [sda]; mount md127 /m; goal 1 done; @1: md-assemble r2 [sdb]; SACT-015 md126" },
	{ "two volumes",
	  TWO_VOLUMES "mount UUID=x /m; add sda luks:u; add sdb luks:v; listed",
	  "luks-open c /k; luks-open d /k; " REFUSED },
	{ "two volumes, the other way round",
	  "lifo; " TWO_VOLUMES "mount UUID=x /m; add sda luks:u; add sdb luks:v; listed",
	  "luks-open d /k; luks-open c /k; " REFUSED },
	{ "no choice waits for a person",
	  "volume c UUID=u keyfile=/k; volume d UUID=v; key u file; inside luks:u ext4:x; inside luks:v ext4:x; "
	  "mount UUID=x /m; add sda luks:u; add sdb luks:v; listed",
	  "luks-open c /k; ask d; withdraw not needed any more; mount dm-0 /m; goal 1 done" },
	{ "a plain file system waits for nothing that is activated for another",
	  TWO_LVS "mount UUID=x /m; mount /dev/v/root /n; hold dm-activate; add sda pv:v/a; add sdb ext4:x; listed",
	  "dm-activate root; mount sdb /m; goal 1 done" },
	{ "and the copy on it is reported",
	  TWO_LVS "mount UUID=x /m; mount /dev/v/root /n; add sdb ext4:x; listed; add sda pv:v/a",
	  "mount sdb /m; goal 1 done; dm-activate root; SACT-015 dm-0; mount dm-0 /n; goal 2 done" },

	/* An original and its snapshot. */
	{ "the original", SNAP "mount UUID=x /m; add sda pv:v/a; listed",
	  "dm-activate root snap; mount dm-3 /m; goal 1 done" },
	{ "the original, read last", "lifo; " SNAP "mount UUID=x /m; add sda pv:v/a; listed",
	  "dm-activate root snap; mount dm-3 /m; goal 1 done" },
	{ "the snapshot, by its path", SNAP "mount /dev/v/snap /m; add sda pv:v/a; listed",
	  "dm-activate snap; mount dm-2 /m; goal 1 done" },
	{ "the original was made anew: the snapshot is what has the UUID",
	  "vg v pvs=a lvs=root:a,snap:a snap=snap:root; inside v/root ext4:y; inside v/snap ext4:x; "
	  "mount UUID=x /m; add sda pv:v/a; listed",
	  "dm-activate root snap; mount dm-2 /m; goal 1 done" },
	{ "two snapshots and no original that has it",
	  "vg v pvs=a lvs=root:a,s:a,t:a snap=s:root,t:root; inside v/root ext4:y; inside v/s ext4:x; inside v/t ext4:x; "
	  "mount UUID=x /m; add sda pv:v/a; listed",
	  "dm-activate root s t; " REFUSED },
	{ "a volume in both: the original is opened",
	  "vg v pvs=a lvs=root:a,snap:a snap=snap:root; inside v/root luks:u; inside v/snap luks:u; "
	  "volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; mount UUID=x /m; add sda pv:v/a; listed",
	  "dm-activate root snap; luks-open c /k; mount dm-4 /m; goal 1 done" },
	{ "a volume in both, the snapshot is read first",
	  "lifo; vg v pvs=a lvs=root:a,snap:a snap=snap:root; inside v/root luks:u; inside v/snap luks:u; "
	  "volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; mount UUID=x /m; add sda pv:v/a; listed; ? luks:u",
	  "dm-activate root snap; luks-open c /k; mount dm-4 /m; goal 1 done; luks:u active 1/1" },

	/* Disks and partitions. */
	{ "a disk and its copy", "mount UUID=x /m; add sda ext4:x; add sdb ext4:x; listed", REFUSED },
	{ "a copy that comes later: it is said, once",
	  "mount UUID=x /m; mount UUID=z /z; listed; add sda ext4:x; add sdb ext4:x; change sdb",
	  "mount sda /m; goal 1 done; SACT-015 sdb" },
	{ "a copy of a disk that comes between list and choice",
	  "mount UUID=r /m; mount UUID=x /m/n; add sda ext4:x; add sdb ext4:x; listed; add sdc ext4:r",
	  "mount sdc /m; goal 1 done; SACT-013 /m/n; goal 2 failed" },
	{ "partitions of one PARTUUID",
	  "mount PARTUUID=p /m; add sda; add sda1 ext4:x partuuid=p; add sdb; add sdb1 ext4:x partuuid=p; listed",
	  REFUSED },
	{ "partitions of one PARTUUID, the second later",
	  "mount PARTUUID=p /m; mount UUID=z /z; add sda; add sda1 ext4:x partuuid=p; listed; add sdb; add sdb1 ext4:x partuuid=p",
	  "mount sda1 /m; goal 1 done; SACT-015 sdb1" },
	{ "two that claim one link",
	  "mount /dev/disk/by-id/i /m; add sda ext4:x links=disk/by-id/i; add sdb ext4:y links=disk/by-id/i; listed",
	  "mount sda /m; goal 1 done" },
	{ "a swap area and its copy", "swap UUID=s; add sda swap:s; add sdb swap:s; listed", "SACT-013 UUID=s; goal 1 failed" },
	{ "members of one btrfs are no copies that come late",
	  "mount UUID=x /m; listed; add sda btrfs:x uuid_sub=1; add sdb btrfs:x uuid_sub=2",
	  "mount sda /m; goal 1 done" },

	/* Volumes that one entry means. */
	{ "two volumes of one label",
	  "volume c LABEL=l; mount UUID=x /m; add sda luks:u label=l; add sdb luks:v label=l; listed; ? luks:u; ? luks:v",
	  "SACT-013 c; SACT-013 c; " REFUSED "; luks:u failed 1/1 SACT-013; luks:v failed 1/1 SACT-013" },
	{ "two volumes of one label, the second while it is asked for the first",
	  "volume c LABEL=l; volume z UUID=zz; mount UUID=x /m; listed; add sda luks:u label=l; add sdb luks:v label=l; ? luks:u; ? luks:v",
	  "ask c; SACT-013 c; withdraw two of it are here; SACT-013 c; luks:u failed 1/1 SACT-013; "
	  "luks:v failed 1/1 SACT-013" },
	{ "and one of them goes away",
	  "volume c LABEL=l; volume z UUID=zz; mount UUID=x /m; add sda luks:u label=l; add sdb luks:v label=l; listed; del sda; ? luks:v",
	  "SACT-013 c; SACT-013 c; ask c; luks:v activating 1/1" },
	{ "two volumes of one label, the second when the first is open",
	  "volume c LABEL=l keyfile=/k; key u file; key v file; inside luks:u ext4:x; mount UUID=x /m; mount UUID=y /n; "
	  "listed; add sda luks:u label=l; add sdb luks:v label=l; ? luks:v",
	  "luks-open c /k; mount dm-0 /m; goal 1 done; SACT-015 sdb; luks:v waiting 1/1" },
	{ "a header and its copy, the second while it is opened",
	  "volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; mount UUID=x /m; hold luks-open; listed; "
	  "add sda luks:u; add sdb luks:u; release luks-open; ? luks:u",
	  "luks-open c /k; SACT-015 sdb; mount dm-0 /m; goal 1 done; luks:u active 1/1" },
	{ "none is opened before the list is known",
	  "volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; mount /dev/mapper/c /m; add sda luks:u; "
	  "add sdb luks:u; listed",
	  "SACT-013 c; " REFUSED },

	/* What lies on a member is not its output. */
	{ "a table over a locked volume is not what is in it",
	  REC "volume c UUID=u; mount UUID=x /m; add sda luks:u; "
	  "add dm-3 90M dm_name=e dm_uuid=LVM-evil slaves=8:0 ext4:x; listed; ? luks:u",
	  "SACT-062 /m; goal 1 failed; luks:u complete 1/1" },
	{ "nor is one over it and another disk, whatever it is called",
	  REC "volume c UUID=u; mount UUID=x /m; add sda luks:u; add sdb; " OPEN("dm-3", "u", "8:0,8:16")
	  "ext4:x; listed; ? luks:u",
	  "SACT-062 /m; goal 1 failed; luks:u complete 1/1" },
	{ "nor one of another volume's name",
	  REC "volume c UUID=u; mount UUID=x /m; add sda luks:u; " OPEN("dm-3", "w", "8:0") "ext4:x; listed; ? luks:u",
	  "SACT-062 /m; goal 1 failed; luks:u complete 1/1" },
	{ "what is open is taken for it",
	  REC "volume c UUID=u; mount UUID=x /m; add sda luks:u; " OPEN("dm-3", "u", "8:0") "ext4:x; listed; ? luks:u",
	  "mount dm-3 /m; goal 1 done; luks:u active 1/1" },
	{ "and also when it is seen before its member",
	  REC "volume c UUID=u; mount UUID=x /m; " OPEN("dm-3", "u", "8:0") "ext4:x; add sda luks:u; listed; ? luks:u",
	  "mount dm-3 /m; goal 1 done; luks:u active 1/1" },
	{ "and with a device of its own between",
	  REC "volume c UUID=u; mount UUID=x /m; add sda luks:u; add dm-2 95M dm_name=c_dif dm_uuid=CRYPT-SUBDEV-u-c_dif "
	  "slaves=8:0; " OPEN("dm-3", "u", "254:2") "ext4:x; listed; ? luks:u",
	  "mount dm-3 /m; goal 1 done; luks:u active 1/1" },
	{ "its table is changed: it is its output no more",
	  "volume c UUID=u; mount UUID=y /m; add sda luks:u; add sdb ext4:z; " OPEN("dm-3", "u", "8:0")
	  "ext4:x; listed; ? luks:u; change dm-3 slaves=8:16; ? luks:u",
	  "luks:u active 1/1; ask c; luks:u activating 1/1" },
	{ "a device of a VG's name over a disk that is not its",
	  "vg v pvs=a lvs=root:a; mount UUID=x /m; add sda pv:v/a; add sdb ext4:z; add dm-3 16M dm_name=v-root "
	  "slaves=8:16 dm_uuid=LVM-vxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxvrootxxxxxxxxxxxxxxxxxxxxxxxxxxx ext4:q; listed; ? lvm:v",
	  "dm-activate root; lvm:v active 1/1" },
	{ "an array over a member and a disk that is another's",
	  "inside md:r1 ext4:x; mount UUID=x /m; add sda md:r1 0/2; add sdb luks:w; add md5 90M "
	  "md_state=active slaves=8:0,8:16 ext4:q; listed; ? md:r1",
	  "md:r1 startable 1/2 starts 20" },

	/* On the recorded volume, and no other. */
	{ "root in another volume than the recorded one",
	  REC "volume c UUID=u; volume d UUID=v keyfile=/k; key v file; inside luks:v ext4:x; mount UUID=x /m; add sda luks:u; "
	  "add sdb luks:v; listed",
	  "ask c; luks-open d /k; SACT-062 /m; goal 1 failed; withdraw not needed any more" },
	{ "a group of which one leg is on another volume",
	  "layout r kind=fs uuid=x slaves=l; layout l kind=lvm uuid=v slaves=c,e; layout c kind=luks uuid=u; "
	  "layout e kind=luks uuid=w; vg v pvs=a,b lvs=root:a+b; inside v/root ext4:x; volume c UUID=u keyfile=/k; "
	  "volume d UUID=v keyfile=/k; key u file; key v file; inside luks:u pv:v/a; inside luks:v pv:v/b; "
	  "mount UUID=x /m; add sda luks:u; add sdb luks:v; listed",
	  "luks-open c /k; luks-open d /k; dm-activate root; SACT-062 /m; goal 1 failed" },
	{ "header elsewhere: the open device tells which it is",
	  REC "volume c /dev/sda header=/h keyfile=/k; key /h file; inside luks:/h ext4:x; mount UUID=x /m; "
	  "add sda; " OPEN("dm-3", "u", "8:0") "ext4:x; listed",
	  "mount dm-3 /m; goal 1 done" },
	{ "header elsewhere, of another volume",
	  REC "volume c /dev/sda header=/h keyfile=/k; mount UUID=x /m; add sda; " OPEN("dm-3", "w", "8:0") "ext4:x; listed",
	  "SACT-062 /m; goal 1 failed" },
	{ "a module that cannot be loaded: nobody is asked",
	  "policy modules 1; volume c UUID=u; mount UUID=x /m; listed; fail modules ENOENT; add sda luks:u; ? luks:u; ? waits 1",
	  "SACT-035 c; SACT-035 /m; goal 1 failed; luks:u failed 1/1 SACT-035; waits for nothing" },
	{ "a key on a device: read from the device, once it is known",
	  "volume c UUID=u keyfile=/dev/disk/by-partlabel/keys; key u file; inside luks:u ext4:x; mount /dev/mapper/c /m; "
	  "add sda luks:u; add sdb; add sdb1 blank partlabel=keys; listed",
	  "luks-open c /dev/sdb1; mount dm-0 /m; goal 1 done" },

	{ "a device that is wished for is settled when its links can be made, however slow it is read",
	  "hold probe; device /dev/sda; add sda ext4:x; listed; at 2s; ? settled; release probe; ? settled",
	  "goal 1 done; @2: not settled; settled" },

	/* What was opened without a person, and who must not see it. */
	{ "opened by its key file: said, for whoever offers a shell",
	  "show automatic; volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u",
	  "luks-open c /k; SACT-036 c; mount dm-0 /m; goal 1 done" },
	{ "opened by its key file, and another was asked for: said all the same",
	  "show automatic; volume d UUID=v; volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; mount UUID=x /m; "
	  "mount UUID=y /n; listed; add sdb luks:v; answer d 3; add sda luks:u",
	  "ask d; luks-open d 3; SACT-030 d; ask d; luks-open c /k; SACT-036 c; mount dm-0 /m; goal 1 done" },
	{ "opened by a passphrase: not said",
	  "show automatic; volume c UUID=u keyfile=/k; key u 7; inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u; "
	  "answer c 7",
	  "luks-open c /k; SACT-033 c; ask c; luks-open c 7; withdraw opened; mount dm-0 /m; goal 1 done" },
	{ "found open, and it has a key file: said",
	  "show automatic; volume c UUID=u keyfile=/k; mount UUID=x /m; add sda luks:u; " OPEN("dm-3", "u", "8:0") "ext4:x; listed",
	  "SACT-036 c; mount dm-3 /m; goal 1 done" },
	{ "a root that is not the recorded one, beside what a key opened",
	  "layout r kind=fs uuid=r target=/ slaves=c; layout c kind=luks uuid=u; volume c UUID=u keyfile=/k; key u file; "
	  "inside luks:u ext4:r; mount UUID=x /m where=command,line; listed; add sda luks:u; add sdb ext4:x",
	  "luks-open c /k; SACT-037 /m; goal 1 failed" },
	{ "and the other way round: no key is used beside it",
	  "layout r kind=fs uuid=r target=/ slaves=c; layout c kind=luks uuid=u; volume c UUID=u keyfile=/k; key u file; "
	  "inside luks:u ext4:r; mount UUID=x /m where=command,line; mount UUID=r /n; listed; add sdb ext4:x; add sda luks:u",
	  "mount sdb /m; goal 1 done; ask c" },
	{ "the recorded root is not encrypted: it was so when the image was built",
	  "layout r kind=fs uuid=x target=/; volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:h; "
	  "mount UUID=x /m where=command,line; mount UUID=h /h; listed; add sda luks:u; add sdb ext4:x",
	  "luks-open c /k; mount dm-0 /h; goal 2 done; mount sdb /m; goal 1 done" },
	{ "open under another name: it is there all the same",
	  "volume d UUID=u; mount /dev/mapper/d /m; add sda luks:u; " OPEN("dm-3", "u", "8:0") "ext4:x; listed; ? luks:u",
	  "mount dm-3 /m; goal 1 done; luks:u active 1/1" },
	{ "open, and nobody names it: it lacks nothing",
	  "mount UUID=x /m; add sda luks:u; " OPEN("dm-3", "u", "8:0") "ext4:x; listed; ? luks:u",
	  "mount dm-3 /m; goal 1 done; luks:u active 1/1" },
};
const size_t n_choice_rows = G_N_ELEMENTS(choice_rows);
