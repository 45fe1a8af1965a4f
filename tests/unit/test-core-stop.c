/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Teardown: whatever has nothing above it goes first; what we did not make stays. */
#include "test-core.h"

#define STACK                                                                      \
	"add sda; add dm-0 90M dm_name=c dm_uuid=CRYPT-c slaves=8:0; "             \
	"add md127 80M md_state=active slaves=254:0; "                             \
	"add dm-1 50M dm_name=v-root dm_uuid=LVM-v slaves=9:127; mounted dm-1 /m; "
#define MADE                                                                       \
	"made dm name=c uuid=CRYPT-c; made md devnum=9:127; "                      \
	"made dm name=v-root uuid=LVM-v; made mount devnum=254:1 target=/m; "

const struct row stop_rows[] = {
	{ "everything, in reverse",
	  STACK "stop all; listed; ? settled",
	  "umount /m; dm-remove v-root; md-stop md127; dm-remove c; settled" },
	{ "what we made, in reverse",
	  STACK MADE "stop; listed",
	  "umount /m; dm-remove v-root; md-stop md127; dm-remove c" },
	{ "what we did not make stays",
	  STACK "made dm name=v-root uuid=LVM-v; made mount devnum=254:1 target=/m; stop; listed; "
	  "? settled",
	  "umount /m; dm-remove v-root; settled" },
	{ "what lies below what is not ours stays, and that is said",
	  STACK "made dm name=c uuid=CRYPT-c; stop; listed; ? settled",
	  "SACT-061 c; settled" },
	{ "not before the list", STACK MADE "stop", "" },
	{ "what is mounted by others stays, and that is said",
	  STACK "made dm name=v-root uuid=LVM-v; stop; listed; ? settled",
	  "SACT-061 v-root; settled" },
	{ "somebody else's mount on our mount point",
	  "add sda; add sdb; mounted sdb /x id=7; made mount devnum=8:0 target=/x id=5; stop; listed; ? settled",
	  "settled" },
	{ "the same device on the same mount point, mounted anew by somebody else",
	  "add sda; mounted sda /x id=7; made mount devnum=8:0 target=/x id=5; stop; listed; ? settled", "settled" },
	{ "mounted a second time by somebody else: ours goes, the other is told of",
	  "add sda; mounted sda /x id=5; mounted sda /y id=6; made mount devnum=8:0 target=/x id=5; stop; listed",
	  "umount /x; SACT-061 /y" },
	{ "root has moved: it is ours, and we stand on it",
	  STACK "mounted dm-1 / id=5 flag=1; made dm name=v-root uuid=LVM-v; "
	  "made mount devnum=254:1 target=/sysroot id=5; unmounted /m; stop; listed; ? settled",
	  "SACT-061 /; settled" },
	{ "everything, but what we stand on",
	  "add sda; add sdb; mounted sda / id=1 flag=1; mounted sdb /data id=2; stop all; listed; ? settled",
	  "umount /data; SACT-061 /; settled" },
	{ "swap that was on before us stays",
	  "add sda; mounted sda -; stop; listed; ? settled", "settled" },
	{ "what an earlier run was about to make when it died is ours",
	  "add sda; add dm-0 90M dm_name=c dm_uuid=CRYPT-LUKS2-ab-c slaves=8:0; mounted dm-0 /m id=9; "
	  "made dm name=c uuid=CRYPT-?-ab-c flag=1; made mount devnum=254:0 target=/m flag=1; stop; listed",
	  "umount /m; dm-remove c" },
	{ "an array, too, by its members",
	  "add sda; add sdb; add md127 80M md_state=active slaves=8:0,8:16; add md126 80M md_state=active; "
	  "made md name=r uuid=u slaves=8:16,8:0 flag=1; stop; listed; ? settled", "md-stop md127; settled" },
	{ "by a SPEC that is written on it",
	  "add sda; add dm-0 90M dm_name=c dm_uuid=CRYPT-c slaves=8:0 ext4:x; mounted dm-0 /m; "
	  "made dm name=c uuid=CRYPT-c; made mount devnum=254:0 target=/m; stop UUID=x; listed; ? settled",
	  "umount /m; dm-remove c; settled" },
	{ "by the name of crypttab", STACK MADE "stop c; listed", "umount /m; dm-remove v-root; md-stop md127; dm-remove c" },
	{ "by the words of the goal",
	  STACK MADE "made mount devnum=254:1 target=/m spec=LABEL=r; stop LABEL=r; listed",
	  "umount /m; dm-remove v-root" },
	{ "by the mount point", STACK MADE "stop /m; listed", "umount /m; dm-remove v-root" },
	{ "nothing answers to it", STACK MADE "stop UUID=none; listed; ? settled", "SACT-058 UUID=none; settled" },
	{ "stopped before: no error",
	  STACK MADE "made mount devnum=254:1 target=/m spec=LABEL=r; stop LABEL=r; listed; restart; stop LABEL=r; "
	  "listed; ? settled",
	  "umount /m; dm-remove v-root; SACT-058 LABEL=r; settled" },
	{ "the same number, another disk",
	  "add md127 80M md_state=active diskseq=9; made md devnum=9:127 diskseq=4; stop; listed; "
	  "? settled",
	  "settled" },
	{ "by its spec, and all above it",
	  STACK MADE "stop /dev/mapper/c; listed; ? settled",
	  "umount /m; dm-remove v-root; md-stop md127; dm-remove c; settled" },
	{ "by spec: the top",
	  STACK MADE "stop /dev/mapper/v-root; listed; ? settled",
	  "umount /m; dm-remove v-root; settled" },
	{ "swap",
	  "add sda; add dm-0 90M dm_name=s dm_uuid=CRYPT-s slaves=8:0; "
	  "made dm name=s uuid=CRYPT-s; made swap devnum=254:0; mounted dm-0 -; stop; listed",
	  "swapoff dm-0; dm-remove s" },
	{ "two mounts of one device",
	  STACK MADE "made mount devnum=254:1 target=/n; mounted dm-1 /n; stop; listed",
	  "umount /n; umount /m; dm-remove v-root; md-stop md127; dm-remove c" },
	{ "mounts in mounts, whatever came first",
	  STACK "add sdb; mounted sdb /m/a; add sdc; mounted sdc /m/a/b; add sdd; mounted sdd /ma; stop all; listed",
	  "umount /ma; umount /m/a/b; umount /m/a; umount /m; dm-remove v-root; md-stop md127; dm-remove c" },
	{ "busy with what somebody else has mounted in it",
	  STACK MADE "add sdb; mounted sdb /m/a; fail umount EBUSY; stop; listed; ? settled",
	  "umount /m; SACT-061 /m; settled" },
	{ "busy: reported, the rest goes on",
	  "add sda; add sdb; add dm-0 90M dm_name=a dm_uuid=A slaves=8:0; "
	  "add dm-1 90M dm_name=b dm_uuid=B slaves=8:16;mounted dm-0 /a; "
	  "made mount devnum=254:0 target=/a; made dm name=a uuid=A; made dm name=b uuid=B; "
	  "fail umount EBUSY; stop; listed; ? settled",
	  "umount /a; dm-remove b; SACT-061 /a; settled" },
	{ "stuck: given up after 30 s",
	  "add sda; add dm-0 90M dm_name=a dm_uuid=A slaves=8:0; hold dm-remove; stop all; "
	  "listed; at 60s; ? settled",
	  "dm-remove a; @30: cancel dm-remove A; SACT-060 dm-0; SACT-061 dm-0; @60: settled" },
	{ "partitions of an array",
	  "add sda; add md127 80M md_state=active slaves=8:0; stop all; listed",
	  "md-stop md127" },
	{ "questions are withdrawn",
	  "volume c UUID=u; mount UUID=x /m; listed; add sda luks:u; stop",
	  "ask c; withdraw stopping" },
	{ "the next life stops what this one made",
	  "volume c UUID=u; key u 7; auto 7; inside luks:u md:r1 0/2; inside md:r1 pv:v/a; "
	  "vg v pvs=a lvs=root:a,home:a; inside v/root ext4:x;add sda luks:u; add sdb md:r1 1/2; "
	  "listed; mount /dev/v/root /m; restart; stop; listed; ? settled",
	  "ask c; luks-open c 7; withdraw opened; md-assemble r1 [sdb dm-0]; dm-activate root; "
	  "mount dm-1 /m; goal 1 done; umount /m; dm-remove v-root; md-stop md127; dm-remove c; "
	  "settled" },
	{ "nothing to do", "add sda ext4:x; stop all; listed; ? settled", "settled" },
};
const size_t n_stop_rows = G_N_ELEMENTS(stop_rows);
