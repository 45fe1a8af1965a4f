/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Encrypted volumes: key files, questions, one answer for all, tries. */
#include "test-core.h"

#define C "volume c UUID=u; inside luks:u ext4:x; mount UUID=x /m; "
#define CL "command,line"
#define H "inside luks:/h ext4:x; mount /dev/mapper/c /m; "
#define DONE "mount dm-0 /m; goal 1 done"

const struct row luks_rows[] = {
	{ "asked when it appears",
	  C "listed; at 5s; add sda luks:u; ? waits 1",
	  "@5: ask c; waits for secret c" },
	{ "opened by the answer",
	  C "key u 7; listed; add sda luks:u; answer c 7",
	  "ask c; luks-open c 7; withdraw opened; " DONE },
	{ "looked at once in full before",
	  C "show probe; listed; add sda luks:u",
	  "probe sda; probe-deep sda; ask c" },
	{ "not LUKS any more",
	  C "fail probe EUCLEAN; listed; ok probe; hold probe; add sda luks:u; release probe",
	  "ask c" },
	{ "nobody names it",
	  "inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u; ? waits 1; ? luks:u",
	  "waits for secret /dev/sda; luks:u waiting 1/1" },
	{ "nobody wants it", "volume c UUID=u; listed; add sda luks:u", "" },
	{ "named later",
	  "inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u; volume c UUID=u",
	  "ask c" },
	{ "named by its partition",
	  "volume c /dev/sda1; inside luks:u ext4:x; mount UUID=x /m; listed; add sda; "
	  "add sda1 luks:u",
	  "ask c" },
	{ "noauto",
	  "volume c UUID=u options=noauto; mount UUID=x /m; listed; add sda luks:u; ? luks:u",
	  "luks:u waiting 1/1" },
	{ "named by its label",
	  "volume c LABEL=l; mount UUID=x /m; listed; add sda luks:u label=l",
	  "ask c" },
	{ "noauto holds no array's clock",
	  "volume b UUID=u options=noauto; inside md:r1 ext4:x; mount UUID=x /m; add sda md:r1 0/2; "
	  "add sdb luks:u; listed; at 60s",
	  "@20: md-assemble r1 [sda] degraded; SACT-023 r1; mount md127 /m; goal 1 done" },
	{ "its disk is missing: that is what is waited for",
	  "volume c UUID=u; mount /dev/mapper/c /m; listed; ? waits 1",
	  "waits for device UUID=u" },
	{ "two lines, the second says more",
	  "volume c UUID=u flag=1; volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; "
	  "mount UUID=x /m; listed; add sda luks:u",
	  "luks-open c /k; " DONE },
	{ "the name of the command line, the key file of crypttab",
	  "volume root UUID=u where=" CL "; volume x UUID=u keyfile=/k; key u file; inside luks:u ext4:x; "
	  "mount UUID=x /m; listed; add sda luks:u",
	  "luks-open root /k; " DONE },
	{ "the same, the other way round",
	  "volume x UUID=u keyfile=/k; volume root /dev/disk/by-uuid/u where=" CL "; key u file; "
	  "inside luks:u ext4:x; mount /dev/mapper/root /m; listed; add sda luks:u",
	  "luks-open root /k; " DONE },
	{ "named after it has come, and before anybody needs it",
	  "volume x UUID=u keyfile=/k; key u file; inside luks:u ext4:x; listed; add sda luks:u; "
	  "volume root UUID=u where=" CL "; mount UUID=x /m",
	  "luks-open root /k; " DONE },
	{ "the name that nobody chose gives way",
	  "volume x UUID=u keyfile=/k; volume luks-u UUID=u flag=1 where=" CL "; key u file; "
	  "inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u",
	  "luks-open x /k; " DONE },
	{ "a key file on the command line is the one",
	  "volume x UUID=u keyfile=/k; volume root UUID=u keyfile=/c where=" CL "; key u file; "
	  "inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u",
	  "luks-open root /c; " DONE },
	{ "and whichever comes first",
	  "volume root UUID=u keyfile=/c where=" CL "; volume x UUID=u keyfile=/k; key u file; "
	  "inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u",
	  "luks-open root /c; " DONE },
	{ "tries, time and options of crypttab, or of the command line",
	  "volume root UUID=u tries=2 where=" CL "; volume x UUID=u keyfile=/k tries=9 options=headless; "
	  "mount UUID=x /m; listed; add sda luks:u",
	  "luks-open root /k; SACT-033 root; SACT-031 root; SACT-031 /m; goal 1 failed" },
	{ "the tries of the command line count",
	  "volume root UUID=u tries=2 where=" CL "; volume x UUID=u tries=9; mount UUID=x /m; listed; "
	  "add sda luks:u; answer root 1",
	  "ask root; luks-open root 1; SACT-030 root; withdraw no tries left; SACT-032 root; SACT-032 /m; "
	  "goal 1 failed" },
	{ "of two lines of crypttab the first counts",
	  "volume c UUID=u; volume x UUID=u keyfile=/k; key u file; mount UUID=x /m; listed; add sda luks:u",
	  "ask c" },

	{ "header elsewhere, by node",
	  "volume c /dev/sda header=/h; key /h 7; " H "listed; add sda; answer c 7; ? luks:c",
	  "look for /h; ask c; luks-open c 7; withdraw opened; " DONE "; luks:c active 1/1" },
	{ "header elsewhere, by PARTUUID",
	  "volume c PARTUUID=P-1 header=/h; key /h 7; " H "listed; add sda; add sda1 blank partuuid=p-1; "
	  "add sda2 blank partuuid=p-2; answer c 7",
	  "look for /h; ask c; luks-open c 7; withdraw opened; " DONE },
	{ "header elsewhere, by PARTLABEL",
	  "volume c PARTLABEL=data header=/h; key /h 7; " H "listed; add sda; add sda1 blank partlabel=data; "
	  "answer c 7",
	  "look for /h; ask c; luks-open c 7; withdraw opened; " DONE },
	{ "header elsewhere, by a link of udev's that comes late",
	  "volume c /dev/disk/by-id/x header=/h; key /h 7; " H "listed; add sda; at 3s; "
	  "add sda links=disk/by-id/x; answer c 7",
	  "@3: look for /h; ask c; luks-open c 7; withdraw opened; " DONE },
	{ "header elsewhere, key file",
	  "volume c /dev/sda header=/h keyfile=/k; key /h file; " H "listed; add sda",
	  "look for /h; luks-open c /k; " DONE },
	{ "header elsewhere, key file fails",
	  "volume c /dev/sda header=/h keyfile=/k; key /h 7; " H "listed; add sda; answer c 7",
	  "look for /h; luks-open c /k; SACT-033 c; ask c; luks-open c 7; withdraw opened; " DONE },
	{ "header elsewhere, wrong tries",
	  "volume c /dev/sda header=/h tries=2; " H "listed; add sda; answer c 1; ? luks:c",
	  "look for /h; ask c; luks-open c 1; SACT-030 c; withdraw no tries left; SACT-032 c; SACT-032 /m; "
	  "goal 1 failed; luks:c failed 1/1 SACT-032" },
	{ "header elsewhere, one answer opens both",
	  "volume c /dev/sda header=/h; volume d UUID=u; key /h 7; key u 7; inside luks:u xfs:y; " H
	  "mount UUID=y /n; listed; add sda; add sdb luks:u; answer d 7",
	  "look for /h; ask c; ask d; luks-open d 7; luks-open c 7; withdraw opened; withdraw opened; "
	  "mount dm-1 /m; mount dm-0 /n; goal 1 done; goal 2 done" },
	{ "header elsewhere, the device is late",
	  "volume c /dev/sda header=/h keyfile=/k; key /h file; " H "listed; ? waits 1; at 5s; add sda",
	  "waits for device /dev/sda; @5: look for /h; luks-open c /k; " DONE },
	{ "header elsewhere, LVM inside",
	  "vg vg pvs=a lvs=root:a; volume c PARTUUID=p header=/h keyfile=/k; key /h file; "
	  "inside luks:/h pv:vg/a; inside vg/root ext4:x; mount /dev/vg/root /m; listed; add sda; "
	  "add sda1 blank partuuid=p",
	  "look for /h; luks-open c /k; dm-activate root; mount dm-1 /m; goal 1 done" },
	{ "header elsewhere, on RAID",
	  "volume c /dev/md127 header=/h keyfile=/k; key /h file; " H "inside md:r1 blank; listed; "
	  "add sda md:r1 0/2; add sdb md:r1 1/2",
	  "md-assemble r1 [sda sdb]; look for /h; luks-open c /k; " DONE },
	{ "header elsewhere, the name of the command line",
	  "volume root /dev/sda where=" CL "; volume c /dev/sda header=/h keyfile=/k; key /h file; "
	  "inside luks:/h ext4:x; mount /dev/mapper/root /m; listed; add sda",
	  "look for /h; luks-open root /k; " DONE },
	{ "header elsewhere, named later",
	  "key /h file; " H "listed; add sda; volume c /dev/sda header=/h keyfile=/k",
	  "look for /h; luks-open c /k; " DONE },
	{ "header elsewhere, nobody needs it", "volume c /dev/sda header=/h keyfile=/k; listed; add sda", "" },
	{ "header elsewhere: what it looks like does not count",
	  "volume c /dev/sda header=/h keyfile=/k; key /h file; inside luks:/h ext4:y; mount UUID=x /m; "
	  "mount /dev/mapper/c /n; listed; add sda ext4:x",
	  "look for /h; luks-open c /k; mount dm-0 /n; goal 2 done" },
	{ "header elsewhere: nor that of a member of something",
	  "volume c /dev/sda header=/h keyfile=/k; key /h file; " H "listed; add sdb md:r1 1/2; add sda md:r1 0/2; "
	  "at 60s; ? md:r1",
	  "look for /h; luks-open c /k; " DONE "; @60: md:r1 startable 1/2" },
	{ "header elsewhere: nor that it looks like two things",
	  "volume c /dev/sda header=/h keyfile=/k; key /h file; " H "listed; add sda error:EUCLEAN",
	  "look for /h; luks-open c /k; " DONE },
	{ "header elsewhere: but an error of the disk",
	  "volume c /dev/sda header=/h keyfile=/k; " H "listed; add sda error:EIO", "SACT-010 sda" },
	{ "header elsewhere: its partitions are none",
	  "volume c /dev/sda header=/h keyfile=/k; key /h file; inside luks:/h ext4:y; mount UUID=x /m; "
	  "mount /dev/mapper/c /n; listed; add sda; add sda1 ext4:x",
	  "look for /h; luks-open c /k; mount dm-0 /n; goal 2 done" },
	{ "header elsewhere, and an old one on it",
	  "volume c /dev/sda header=/h keyfile=/k; key /h file; " H "listed; add sda luks:old",
	  "look for /h; luks-open c /k; " DONE },
	{ "header elsewhere, and the same on it",
	  "volume c UUID=u header=/h keyfile=/k; key u file; inside luks:u ext4:x; mount /dev/mapper/c /m; "
	  "listed; add sda luks:u",
	  "look for /h; luks-open c /k; " DONE },
	{ "header elsewhere, two of that name",
	  "volume c PARTUUID=p header=/h keyfile=/k; mount UUID=x /m; add sda; add sda1 blank partuuid=p; "
	  "add sdb; add sdb1 blank partuuid=p; listed; ? luks:c",
	  "SACT-013 c; SACT-013 /m; goal 1 failed; luks:c failed 1/1 SACT-013" },
	{ "the header is not there: nobody is asked",
	  "volume c /dev/sda header=/h; " H "listed; fail luks-open ENOENT; add sda; ? luks:c",
	  "look for /h; SACT-031 c; SACT-031 /m; goal 1 failed; luks:c failed 1/1 SACT-031" },
	{ "the header is none",
	  "volume c /dev/sda header=/h; key /h 7; " H "listed; add sda; fail luks-open EBADMSG; answer c 7",
	  "look for /h; ask c; luks-open c 7; withdraw cannot be opened; SACT-031 c; SACT-031 /m; goal 1 failed" },
	{ "the header is on a device that comes later",
	  "volume c /dev/sda header=PARTUUID=H keyfile=/k; key /dev/sdb1 file; inside luks:/dev/sdb1 ext4:x; "
	  "mount UUID=x /m; listed; add sda; ? waits 1; at 4s; add sdb; add sdb1 luks:z partuuid=h; ? luks:c",
	  "waits for device PARTUUID=H; @4: look for /dev/sdb1; luks-open c /k; " DONE "; luks:c active 1/1" },
	{ "unplugged while it is asked for, header elsewhere",
	  "volume c /dev/sda header=/h; key /h 7; " H "listed; add sda; del sda; ? luks:c; add sda; answer c 7",
	  "look for /h; ask c; withdraw it is gone; luks:c waiting 0/1; look for /h; ask c; luks-open c 7; "
	  "withdraw opened; " DONE },
	{ "another one opened it already, header elsewhere",
	  "volume c /dev/sda header=/h; mount UUID=x /m; add sda; add dm-5 90M dm_name=c "
	  "dm_uuid=CRYPT-LUKS2-u-c slaves=8:0 ext4:x; listed; ? luks:c",
	  "mount dm-5 /m; goal 1 done; luks:c active 1/1" },

	{ "key file",
	  "volume c UUID=u keyfile=/k; key u file; inside luks:u ext4:x; mount UUID=x /m; listed; "
	  "add sda luks:u",
	  "luks-open c /k; " DONE },
	{ "key file fails, then it is asked for",
	  "volume c UUID=u keyfile=/k; key u 7; inside luks:u ext4:x; mount UUID=x /m; listed; "
	  "add sda luks:u; answer c 7",
	  "luks-open c /k; SACT-033 c; ask c; luks-open c 7; withdraw opened; " DONE },
	{ "key file fails, headless",
	  "volume c UUID=u keyfile=/k options=headless; mount UUID=x /m; listed; add sda luks:u; "
	  "? luks:u",
	  "luks-open c /k; SACT-033 c; SACT-031 c; SACT-031 /m; goal 1 failed; "
	  "luks:u failed 1/1 SACT-031" },
	{ "key file fails with its disk, and works when that comes back",
	  "volume z UUID=zz; volume c UUID=u keyfile=/k options=headless; key u file; "
	  "inside luks:u ext4:x; mount UUID=x /m; listed; fail luks-open EIO; add sda luks:u; "
	  "ok luks-open; del sda; add sda luks:u",
	  "luks-open c /k; SACT-033 c; SACT-031 c; luks-open c /k; " DONE },
	{ "nobody answers within its timeout=",
	  C "volume z UUID=zz; volume t UUID=ut timeout=30000000; add sda luks:ut; listed; ? waits 1; "
	  "at 60s; ? luks:ut",
	  "ask t; waits for secret t; @30: withdraw nobody answered; SACT-034 t; "
	  "@60: luks:ut failed 1/1 SACT-034" },
	{ "its timeout= counts from the last time it was asked for",
	  "volume c UUID=u timeout=30000000; key u 7; inside luks:u ext4:x; mount UUID=x /m; "
	  "add sda luks:u; listed; at 20s; answer c 6; at 45s; answer c 7",
	  "ask c; @20: luks-open c 6; SACT-030 c; ask c; @45: luks-open c 7; withdraw opened; " DONE },
	{ "its timeout= does not pass while an answer is tried",
	  "volume c UUID=u timeout=30000000; key u 7; inside luks:u ext4:x; mount UUID=x /m; "
	  "add sda luks:u; listed; at 29s; hold luks-open; answer c 7; at 70s; release luks-open",
	  "ask c; @29: luks-open c 7; @70: withdraw opened; " DONE },
	{ "after its timeout= the array above starts without it",
	  "volume c UUID=u timeout=60000000; inside luks:u md:r1 1/2; inside md:r1 ext4:x; "
	  "mount UUID=x /m; add sda md:r1 0/2; add sdb luks:u; listed; at 200s",
	  "ask c; @60: withdraw nobody answered; SACT-034 c; @80: md-assemble r1 [sda] degraded; "
	  "SACT-023 r1; mount md127 /m; goal 1 done" },
	{ "key file works, but not the volume",
	  "volume c UUID=u keyfile=/k; key u file; mount UUID=x /m; fail luks-open EIO; listed; "
	  "add sda luks:u; ? luks:u",
	  "luks-open c /k; SACT-033 c; SACT-031 c; SACT-031 /m; goal 1 failed; "
	  "luks:u failed 1/1 SACT-031" },

	{ "one answer opens all",
	  "volume a UUID=ua; volume b UUID=ub; key ua 7; key ub 7; inside luks:ua md:r1 0/2; "
	  "inside luks:ub md:r1 1/2;inside md:r1 ext4:x; mount UUID=x /m; listed; "
	  "add sda luks:ua; add sdb luks:ub; answer a 7",
	  "ask a; ask b; luks-open a 7; luks-open b 7; withdraw opened; withdraw opened; "
	  "md-assemble r1 [dm-0 dm-1]; mount md127 /m; goal 1 done" },
	{ "one answer opens those that come later",
	  "volume a UUID=ua; volume b UUID=ub; key ua 7; key ub 7; inside luks:ua md:r1 0/2; "
	  "inside luks:ub md:r1 1/2;inside md:r1 ext4:x; mount UUID=x /m; listed; "
	  "add sda luks:ua; answer a 7; at 5s; add sdb luks:ub",
	  "ask a; luks-open a 7; withdraw opened; @5: luks-open b 7; "
	  "md-assemble r1 [dm-0 dm-1]; mount md127 /m; goal 1 done" },
	{ "a wrong answer is not tried on those that come later",
	  "volume a UUID=ua; volume b UUID=ub; mount UUID=x /m; listed; add sda luks:ua; "
	  "answer a 1; add sdb luks:ub",
	  "ask a; luks-open a 1; SACT-030 a; ask a; ask b" },
	{ "it fits another volume: no try is lost",
	  "volume a UUID=ua tries=2; volume b UUID=ub; key ub 7; mount UUID=x /m; listed; "
	  "add sda luks:ua; add sdb luks:ub; answer a 7; ? luks:ua",
	  "ask a; ask b; luks-open a 7; luks-open b 7; ask a; withdraw opened; "
	  "luks:ua activating 1/1" },
	{ "it fits none: a wrong try of the asked one only",
	  "volume a UUID=ua tries=2; volume b UUID=ub tries=2; mount UUID=x /m; listed; "
	  "add sda luks:ua; add sdb luks:ub; answer a 1; ? luks:ua; ? luks:ub",
	  "ask a; ask b; luks-open a 1; luks-open b 1; SACT-030 a; withdraw no tries left; "
	  "SACT-032 a; luks:ua failed 1/1 SACT-032; luks:ub activating 1/1" },
	{ "three tries by default",
	  C "listed; add sda luks:u; answer c 1; answer c 2; answer c 3; ? luks:u",
	  "ask c; luks-open c 1; SACT-030 c; ask c; luks-open c 2; SACT-030 c; ask c; "
	  "luks-open c 3; SACT-030 c; withdraw no tries left; SACT-032 c; SACT-032 /m; "
	  "goal 1 failed; luks:u failed 1/1 SACT-032" },
	{ "no limit",
	  "volume c UUID=u tries=1; key u 9; inside luks:u ext4:x; mount UUID=x /m; listed; "
	  "add sda luks:u; answer c 1; answer c 2; answer c 3; answer c 4; answer c 9",
	  "ask c; luks-open c 1; SACT-030 c; ask c; luks-open c 2; SACT-030 c; ask c; "
	  "luks-open c 3; SACT-030 c; ask c; luks-open c 4; SACT-030 c; ask c; luks-open c 9; "
	  "withdraw opened; " DONE },
	{ "tries used up, others go on",
	  "volume a UUID=ua tries=2; volume b UUID=ub; key ub 7; inside luks:ub ext4:x; "
	  "mount UUID=x /m; listed; add sda luks:ua; answer a 1; add sdb luks:ub; answer b 7",
	  "ask a; luks-open a 1; SACT-030 a; withdraw no tries left; SACT-032 a; ask b; "
	  "luks-open b 7; withdraw opened; " DONE },
	{ "skip",
	  C "listed; add sda luks:u; skip c; ? luks:u",
	  "ask c; withdraw skipped; SACT-034 c; SACT-034 /m; goal 1 failed; "
	  "luks:u failed 1/1 SACT-034" },
	{ "skipped, another volume is right",
	  "volume a UUID=ua; volume b UUID=ub; key ub 7; inside luks:ub ext4:x; mount UUID=x /m; "
	  "listed; add sda luks:ua; add sdb luks:ub; skip a; answer b 7",
	  "ask a; ask b; withdraw skipped; SACT-034 a; luks-open b 7; withdraw opened; " DONE },
	{ "skipped, an answer of another does not open it",
	  "volume a UUID=ua; volume b UUID=ub; key ua 7; key ub 7; inside luks:ub ext4:x; "
	  "mount UUID=x /m; listed; add sda luks:ua; add sdb luks:ub; skip a; answer b 7; "
	  "? luks:ua",
	  "ask a; ask b; withdraw skipped; SACT-034 a; luks-open b 7; withdraw opened; " DONE
	  "; luks:ua failed 1/1 SACT-034" },
	{ "the goal is met: withdrawn",
	  C "listed; add sda luks:u; at 3s; add sdb ext4:x",
	  "ask c; @3: withdraw not needed any more; mount sdb /m; goal 1 done" },
	{ "the goal is cancelled: withdrawn",
	  C "listed; add sda luks:u; cancel 1",
	  "ask c; SACT-057 /m; goal 1 failed; withdraw not needed any more" },
	{ "a late answer meets no question",
	  C "show forget; listed; add sda luks:u; cancel 1; answer c 7",
	  "ask c; SACT-057 /m; goal 1 failed; withdraw not needed any more; forget 7" },
	{ "secrets are forgotten when all are open",
	  C "show forget; key u 7; listed; add sda luks:u; answer c 7",
	  "ask c; luks-open c 7; withdraw opened; forget 7; " DONE },
	{ "and kept while a named one has not come",
	  C "show forget; volume d UUID=v; key u 7; listed; add sda luks:u; answer c 7",
	  "ask c; luks-open c 7; withdraw opened; mount dm-0 /m; goal 1 done; forget 7" },
	{ "wrong ones are forgotten too",
	  C "show forget; key u 7; listed; add sda luks:u; answer c 1; answer c 7",
	  "ask c; luks-open c 1; SACT-030 c; ask c; luks-open c 7; withdraw opened; forget 1; "
	  "forget 7; " DONE },
	{ "opening fails for another reason",
	  C "key u 7; listed; add sda luks:u; fail luks-open EIO; answer c 7; ? luks:u",
	  "ask c; luks-open c 7; withdraw cannot be opened; SACT-031 c; SACT-031 /m; "
	  "goal 1 failed; luks:u failed 1/1 SACT-031" },
	{ "clones",
	  C "add sda luks:u; add sdb luks:u; listed; ? luks:u",
	  "SACT-013 c; SACT-013 /m; goal 1 failed; luks:u failed 1/1 SACT-013" },
	{ "clones, pinned by path",
	  "volume c /dev/sdb; key u 7; inside luks:u ext4:x; mount UUID=x /m; add sda luks:u; "
	  "add sdb luks:u; listed; answer c 7",
	  "ask c; luks-open c 7; withdraw opened; " DONE },
	{ "a clone that comes after the opening",
	  C "key u 7; mount UUID=y /n; listed; add sda luks:u; answer c 7; add sdb luks:u; "
	  "? luks:u",
	  "ask c; luks-open c 7; withdraw opened; " DONE "; SACT-015 sdb; luks:u active 1/1" },
	{ "clones, one goes away",
	  C "volume d UUID=v; add sda luks:u; add sdb luks:u; listed; del sdb; ? luks:u",
	  "SACT-013 c; ask c; luks:u activating 1/1" },
	{ "unplugged while it is asked for",
	  C "key u 7; listed; add sda luks:u; del sda; ? luks:u; add sda luks:u; answer c 7",
	  "ask c; withdraw it is gone; luks:u waiting 0/1; ask c; luks-open c 7; "
	  "withdraw opened; " DONE },
	{ "unplugged while it is opened",
	  C "key u 7; listed; add sda luks:u; hold luks-open; fail luks-open ENXIO; answer c 7; "
	  "del sda; release luks-open; ok luks-open; ? luks:u;add sda luks:u; ? luks:u",
	  "ask c; luks-open c 7; withdraw it is gone; luks:u waiting 0/1; luks-open c 7; " DONE
	  "; luks:u active 1/1" },
	{ "unplugged while it is looked at",
	  "inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u; hold probe; "
	  "volume c UUID=u; ? luks:u; del sda; release probe; ? luks:u; add sda luks:u",
	  "luks:u activating 1/1; luks:u waiting 0/1; ask c" },
	{ "another disk is in its place meanwhile",
	  "inside luks:u ext4:x; mount UUID=x /m; listed; add sda luks:u; hold probe; "
	  "volume c UUID=u; del sda; add sda ext4:x; release probe; ? luks:u",
	  "mount sda /m; goal 1 done; luks:u waiting 0/1" },
	{ "unplugged while its modules are loaded",
	  C "policy modules 1; hold modules; listed; add sda luks:u; del sda; release modules; "
	  "? luks:u; add sda luks:u",
	  "luks:u waiting 0/1; ask c" },
	{ "what its cipher is made of is loaded, once",
	  C "policy modules 1; show modules; listed; add sda luks:u luks_ciphers=aes-cbc-essiv:sha256",
	  "modules dm_mod dm-crypt crypto-aes crypto-cbc crypto-essiv crypto-sha256; ask c" },
	{ "and what decrypts the key slots of another",
	  C "policy modules 1; show modules; listed; add sda luks:u luks_ciphers=capi:xts(serpent)-plain64",
	  "modules dm_mod dm-crypt crypto-capi crypto-xts crypto-serpent crypto-plain64 ?af_alg "
	  "?algif_skcipher; ask c" },
	{ "another one opened it already",
	  C "add sda luks:u; add dm-5 90M dm_name=c dm_uuid=CRYPT-LUKS2-u-c slaves=8:0 ext4:x; "
	  "listed; ? luks:u",
	  "mount dm-5 /m; goal 1 done; luks:u active 1/1" },
	{ "LUKS in LUKS",
	  "volume a UUID=ua; volume b UUID=ub; key ua 1; key ub 2; inside luks:ua luks:ub; "
	  "inside luks:ub ext4:x; mount UUID=x /m;listed; add sda luks:ua; answer a 1; answer b 2",
	  "ask a; luks-open a 1; withdraw opened; luks-open b 1; ask b; luks-open b 2; "
	  "withdraw opened; mount dm-1 /m; goal 1 done" },

	/* Paths of one disk. */
	{ "two paths",
	  C "key u 7; add sdb luks:u wwid=naa.5; add sda luks:u wwid=naa.5; listed; answer c 7",
	  "SACT-014 sda; ask c; luks-open c 7; withdraw opened; " DONE },
	{ "two paths, pinned by path",
	  "volume c /dev/sdb; key u 7; inside luks:u ext4:x; mount UUID=x /m; add sda luks:u wwid=naa.5; "
	  "add sdb luks:u wwid=naa.5; listed; answer c 7",
	  "SACT-014 sdb; ask c; luks-open c 7; withdraw opened; " DONE },
	{ "two paths, pinned later",
	  "show assembly-state; key u 7; inside luks:u ext4:x; mount UUID=x /m; add sda luks:u wwid=naa.5; "
	  "add sdb luks:u wwid=naa.5; listed; volume c /dev/sdb; answer c 7",
	  "SACT-014 sda; luks:u complete, 1 of 1 (sdb); luks:u activating, 1 of 1 (sdb); ask c; "
	  "luks-open c 7; withdraw opened; luks:u active, 1 of 1 (sdb); " DONE },
	{ "a path that comes while it is asked for",
	  C "key u 7; listed; add sdb luks:u wwid=naa.5; add sda luks:u wwid=naa.5; answer c 7; ? luks:u",
	  "ask c; SACT-014 sdb; luks-open c 7; withdraw opened; " DONE "; luks:u active 1/1" },
	{ "the path that is asked for is lost",
	  C "key u 7; listed; add sda luks:u wwid=naa.5; add sdb luks:u wwid=naa.5; del sda; answer c 7; ? luks:u",
	  "ask c; SACT-014 sda; luks-open c 7; withdraw opened; " DONE "; luks:u active 1/1" },
	{ "of two WWIDs",
	  C "add sda luks:u wwid=naa.5; add sdb luks:u wwid=naa.6; listed; ? luks:u",
	  "SACT-013 c; SACT-013 /m; goal 1 failed; luks:u failed 1/1 SACT-013" },
};
const size_t n_luks_rows = G_N_ELEMENTS(luks_rows);
