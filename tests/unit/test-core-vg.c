/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups: which of them a name means, what of them is for others, and what many LVs cost. */
#include "test-core.h"

#include <time.h>

#define LVS 5000
#define GOALS 1000
#define CPU_MAX 20 /* seconds, sanitized on a busy machine; it took minutes when each LV asked each goal */

/* What the kernel shows of a raid1 LV "r": two images below it, each with what is on the LV. */
#define UUID_V "LVM-vxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define IMAGES                                                                                     \
	"add dm-1 16M ext4:x:l dm_name=v-r_rimage_0 slaves=8:0 dm_uuid=" UUID_V "vrrimage0xxxxxxxxxxxxxxxxxxxxxxx; " \
	"add dm-3 16M ext4:x:l dm_name=v-r_rimage_1 slaves=8:16 dm_uuid=" UUID_V "vrrimage1xxxxxxxxxxxxxxxxxxxxxxx; "
#define RAID IMAGES "add dm-4 16M ext4:x:l dm_name=v-r slaves=254:1,254:3 dm_uuid=" UUID_V "vrxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; "
#define RAID_VG "vg v pvs=a,b lvs=r:a,r_rimage_0:a,r_rimage_1:b hidden=r_rimage_0,r_rimage_1; "
#define PVS "add sda pv:v/a; add sdb pv:v/b; "

/* Two VGs that were given one name. */
#define TWINS                                                                                      \
	"vg v as=u pvs=a lvs=root:a; vg w as=u pvs=b lvs=root:b; inside u+vxxxxx/root ext4:x; "     \
	"inside u+wxxxxx/root ext4:y; inside u/root ext4:x; "
/* The same VG, on a volume and beside it, where somebody else wrote newer metadata. */
#define SEALED                                                                                     \
	"vg v pvs=a,b lvs=root:a seqno=3; vg v pvs=a,b lvs=evil:b seqno=9; volume k UUID=u keyfile=/key; key u file; "  \
	"inside luks:u pv:v/a seq=3; inside v/root ext4:x; inside v/evil ext4:x; "

const struct row vg_rows[] = {
	{ "a goal that comes later is asked for, too",
	  "vg v pvs=a lvs=root:a,home:a; inside v/root ext4:x; inside v/home ext4:h; "
	  "device /dev/v/root; listed; add sda pv:v/a; device /dev/v/home; device /dev/mapper/v-root",
	  "dm-activate root; goal 1 done; dm-activate home; goal 2 done; goal 3 done" },

	{ "images of a mirror are nobody's: there before us",
	  RAID_VG RAID "mount UUID=x /m; mount LABEL=l /n; " PVS "listed",
	  "mount dm-4 /m; mount dm-4 /n; goal 1 done; goal 2 done" },
	{ "images of a mirror are nobody's: there before us, and known before them",
	  RAID_VG "mount UUID=x /m; mount LABEL=l /n; " PVS RAID "listed",
	  "mount dm-4 /m; mount dm-4 /n; goal 1 done; goal 2 done" },
	{ "images of a mirror are nobody's: they come one by one",
	  RAID_VG "hold dm-activate; mount UUID=x /m; " PVS "listed; " IMAGES "? goal 1; "
	  "add dm-4 16M ext4:x:l dm_name=v-r slaves=254:1,254:3 dm_uuid=" UUID_V "vrxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; "
	  "at 10s",
	  "dm-activate r; goal 1 waiting; @10: mount dm-4 /m; goal 1 done" },
	{ "an image has no name by content, by which a goal could find it",
	  RAID_VG IMAGES "device UUID=x; device /dev/v/r_rimage_0; listed; ? goal 1; ? goal 2",
	  "goal 1 waiting; goal 2 waiting" },
	{ "an image is no member of an array that is on the LV",
	  RAID_VG "inside md:m ext4:y; add dm-1 16M md:m 0/1 dm_name=v-r_rimage_0 slaves=8:0 dm_uuid=" UUID_V
	  "vrrimage0xxxxxxxxxxxxxxxxxxxxxxx; add dm-4 16M md:m 0/1 dm_name=v-r slaves=254:1 dm_uuid=" UUID_V "vrxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; mount UUID=y /m; "
	  PVS "listed; ? md:m",
	  "md-assemble m [dm-4]; dm-activate r; mount md127 /m; goal 1 done; md:m active 1/1" },
	{ "the metadata alone tells: an inner LV of an odd name",
	  "vg v pvs=a lvs=r:a,leg:a hidden=leg; mount UUID=x /m; "
	  "add dm-1 16M ext4:x dm_name=v-leg slaves=8:0 dm_uuid=" UUID_V "vlegxxxxxxxxxxxxxxxxxxxxxxxxxxxx; "
	  "add dm-4 16M ext4:x dm_name=v-r slaves=254:1 dm_uuid=" UUID_V "vrxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; add sda pv:v/a; listed",
	  "mount dm-4 /m; goal 1 done" },
	{ "the metadata alone tells: a visible LV that has an inner one's name",
	  "vg v pvs=a lvs=x_rimage_1:a; add dm-1 16M ext4:x dm_name=v-x_rimage_1 slaves=8:0 dm_uuid=" UUID_V
	  "vxrimage1xxxxxxxxxxxxxxxxxxxxxxx; mount UUID=x /m; add sda pv:v/a; listed",
	  "mount dm-1 /m; goal 1 done" },
	{ "devices with a layer are nobody's",
	  "vg v pvs=a lvs=o:a; add dm-1 16M ext4:x dm_name=v-o-real slaves=8:0 dm_uuid=" UUID_V "voxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-real; "
	  "add dm-2 16M ext4:x dm_name=v-o slaves=254:1 dm_uuid=" UUID_V "voxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; mount UUID=x /m; listed",
	  "mount dm-2 /m; goal 1 done" },
	{ "a VG's name with an inner word in it is no reason",
	  "add dm-2 16M ext4:x dm_name=my_tdata-o slaves=8:0 dm_uuid=" UUID_V "voxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; mount UUID=x /m; listed",
	  "mount dm-2 /m; goal 1 done" },
	{ "two VGs of one name, by name: refused",
	  TWINS "add sda pv:v/a; add sdb pv:w/b; device /dev/u/root; device /dev/mapper/u-root; listed",
	  "SACT-013 /dev/u/root; goal 1 failed; SACT-013 /dev/mapper/u-root; goal 2 failed" },
	{ "two VGs of one name, by name, asked for later: refused",
	  TWINS "listed; add sdb pv:w/b; add sda pv:v/a; mount /dev/u/root /m",
	  "SACT-013 /m; goal 1 failed" },
	{ "two VGs of one name, by UUID: the first",
	  TWINS "mount UUID=x /m; add sda pv:v/a; add sdb pv:w/b; listed",
	  "SACT-145 u; dm-activate root; SACT-145 u; dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "two VGs of one name, by UUID: the second",
	  TWINS "mount UUID=y /m; add sda pv:v/a; add sdb pv:w/b; listed",
	  "SACT-145 u; dm-activate root; SACT-145 u; dm-activate root; mount dm-1 /m; goal 1 done" },
	{ "two VGs of one name, by UUID: the second comes late",
	  TWINS "mount UUID=y /m; add sda pv:v/a; listed; at 9s; add sdb pv:w/b",
	  "dm-activate root; @9: SACT-145 u; dm-activate root; mount dm-1 /m; goal 1 done" },
	{ "two VGs of one name, told apart by a name of their own",
	  TWINS "mount /dev/u+wxxxxx/root /m; add sda pv:v/a; add sdb pv:w/b; listed",
	  "SACT-145 u; dm-activate root; SACT-145 u; dm-activate root; mount dm-1 /m; goal 1 done" },
	{ "the VG that is up keeps the name",
	  TWINS "mount /dev/u/root /m; add sda pv:v/a; listed; add sdb pv:w/b; device /dev/mapper/u-root",
	  "dm-activate root; mount dm-0 /m; goal 1 done; goal 2 done" },
	{ "the VG that was up before us keeps the name",
	  TWINS "add dm-3 16M ext4:x dm_name=u-root slaves=8:0 dm_uuid=" UUID_V "vrootxxxxxxxxxxxxxxxxxxxxxxxxxxx; "
	  "add sdb pv:w/b; add sda pv:v/a; mount UUID=y /n; device /dev/u/root; listed",
	  "goal 2 done; SACT-145 u; dm-activate root; dm-activate root; mount dm-0 /n; goal 1 done" },
	{ "one of two VGs of one name goes away",
	  TWINS "swap UUID=s; add sda pv:v/a; add sdb pv:w/b; del sdb; mount /dev/u/root /m; listed",
	  "dm-activate root; mount dm-0 /m; goal 2 done" },
	{ "a VG that is left alone is no twin",
	  "vg v as=u pvs=a lvs=root:a; vg w as=u pvs=b lvs=root:b system=other; inside u/root ext4:x; "
	  "mount /dev/u/root /m; add sdb pv:w/b; add sda pv:v/a; listed",
	  "dm-activate root; mount dm-0 /m; goal 1 done" },

	{ "a name waits for the disks that are being read, and for no slow one",
	  "vg v pvs=a lvs=root:a; listed; add sda pv:v/a; add sdb hang; device /dev/v/root; at 5s",
	  "@1: dm-activate root; goal 1 done" },
	{ "a name waits for the disks that are being read: nothing was on the last",
	  "vg v pvs=a lvs=root:a; listed; add sda pv:v/a; add sdb; lifo; device /dev/v/root",
	  "dm-activate root; goal 1 done" },

	{ "a name waits for the disks that are being read, one after the other",
	  "vg v pvs=a lvs=root:a; listed; add sda pv:v/a; add sdb hang; device /dev/v/root; at 500ms; add sdc hang; at 5s",
	  "@2: dm-activate root; goal 1 done" },

	{ "another system's VG",
	  "vg v pvs=a lvs=root:a system=other; mount UUID=x /m; device /dev/v/root; add sda pv:v/a; listed; ? waits 1",
	  "SACT-047 /dev/v/root; goal 2 failed; waits for member lvm v" },
	{ "this system's VG",
	  "policy system-id two; vg v pvs=a lvs=root:a system=two; inside v/root ext4:x; mount UUID=x /m; "
	  "add sda pv:v/a; listed",
	  "dm-activate root; mount dm-0 /m; goal 1 done" },
	{ "a clustered VG",
	  "vg v pvs=a lvs=root:a clustered; device /dev/v/root; add sda pv:v/a; listed",
	  "SACT-047 /dev/v/root; goal 1 failed" },
	{ "a shared VG",
	  "vg v pvs=a lvs=root:a locks=sanlock; device /dev/v/root; add sda pv:v/a; listed",
	  "SACT-047 /dev/v/root; goal 1 failed" },
	{ "a VG with lock type none is no shared one",
	  "vg v pvs=a lvs=root:a locks=none; device /dev/v/root; add sda pv:v/a; listed",
	  "dm-activate root; goal 1 done" },

	{ "a PV that has partitions: they are used",
	  "vg v pvs=a lvs=root:a; mount UUID=x /m; add sda pv:v/a; add sda1 20M ext4:x; listed; ? lvm:v",
	  "SACT-048 sda; mount sda1 /m; goal 1 done; lvm:v waiting 0/1" },
	{ "a PV that has partitions: they come first",
	  "vg v pvs=a lvs=root:a; mount UUID=x /m; add sda1 20M ext4:x; add sda pv:v/a; listed",
	  "SACT-048 sda; mount sda1 /m; goal 1 done" },
	{ "a PV whose partitions come after it was taken",
	  "vg v pvs=a,b lvs=root:b; mount UUID=x /m; add sda pv:v/a; listed; add sda1 20M ext4:x; ? lvm:v",
	  "SACT-048 sda; mount sda1 /m; goal 1 done; lvm:v waiting 0/2" },
	{ "a PV in use whose disk shows partitions stays one",
	  "vg v pvs=a lvs=root:a; device /dev/v/root; mount UUID=x /m; listed; add sda pv:v/a; add sda1 20M ext4:x; ? lvm:v",
	  "dm-activate root; goal 1 done; lvm:v active 1/1" },

	{ "a PV without metadata that two VGs list is nobody's",
	  "vg va pvs=b,c lvs=o:b; vg v pvs=ab,d lvs=o:ab; device /dev/v/o; device /dev/va/o; add sda bare:v/ab; "
	  "add sdb pv:va/c; add sdc pv:v/d; listed; ? lvm:v; ? lvm:va",
	  "SACT-048 sda; lvm:v waiting 1/2; lvm:va waiting 1/2" },
	{ "the VG inside the encryption gets it",
	  "vg va pvs=b,c lvs=o:b; vg v pvs=ab,d lvs=o:ab; volume k UUID=u keyfile=/key; key u file; inside luks:u pv:v/d; "
	  "device /dev/v/o; add sdb pv:va/c; add sdc luks:u; listed; add sda bare:v/ab; ? lvm:v; ? lvm:va",
	  "luks-open k /key; dm-activate o; goal 1 done; lvm:v active 2/2; lvm:va waiting 1/2" },
	{ "a PV without metadata that is smaller than the VG says is not its",
	  "vg v pvs=a,b lvs=o:b; device /dev/v/o; add sda pv:v/a; add sdb 1M bare:v/b; listed; ? lvm:v",
	  "lvm:v waiting 1/2" },
	{ "metadata outside do not overrule those inside the encryption",
	  SEALED "mount UUID=x /m; add sda luks:u; add sdb pv:v/b seq=9; listed; ? lvm:v",
	  "luks-open k /key; dm-activate root; mount dm-1 /m; goal 1 done; lvm:v active 2/2" },
	{ "metadata outside come first",
	  SEALED "hold luks-open; mount UUID=x /m; add sdb pv:v/b seq=9; add sda luks:u; listed; ? lvm:v; release luks-open",
	  "luks-open k /key; lvm:v startable 1/2; dm-activate root; mount dm-1 /m; goal 1 done" },
	{ "two texts of one age are refused",
	  "vg v pvs=a,b lvs=root:a seqno=3; vg v pvs=a,b lvs=root:b seqno=03; mount UUID=x /m; "
	  "add sda pv:v/a seq=3; add sdb pv:v/b seq=03; listed; ? lvm:v; del sdb; ? lvm:v",
	  "SACT-146 v; lvm:v failed 0/0 SACT-146; lvm:v startable 1/2 starts 20" },

	{ "two devices are one PV, one inside the encryption: it is used",
	  "vg v pvs=a lvs=root:a; volume k UUID=u keyfile=/key; key u file; inside luks:u pv:v/a; inside v/root ext4:x; "
	  "mount UUID=x /m; swap UUID=q; add sda luks:u; listed; add sdb pv:v/a",
	  "luks-open k /key; dm-activate root; mount dm-1 /m; goal 1 done; SACT-013 v" },
	{ "two PVs without metadata are one",
	  "vg v pvs=a,b lvs=o:b; device /dev/v/o; add sdb bare:v/b; add sdc bare:v/b; add sda pv:v/a; listed; ? lvm:v",
	  "SACT-013 v; SACT-013 /dev/v/o; goal 1 failed; lvm:v failed 0/0 SACT-013" },

	{ "a PV that was missing when the VG was changed is not used",
	  "vg v pvs=a,b lvs=root:a,old:b missing=b; device /dev/v/old; mount UUID=x /m; inside v/root ext4:x; "
	  "add sda pv:v/a; add sdb pv:v/b; listed; ? lvm:v; ? waits 1",
	  "SACT-141 v; SACT-041 v; dm-activate root; mount dm-0 /m; goal 2 done; lvm:v active 1/1; waits for member /dev/v/old" },
	{ "no autoactivation: by name alone",
	  "vg v pvs=a lvs=root:a,home:a noauto=root; vg w pvs=b lvs=o:b noauto; mount UUID=x /m; add sda pv:v/a; "
	  "add sdb pv:w/b; listed; device /dev/v/root; device /dev/w/o",
	  "dm-activate home; dm-activate root; goal 2 done; dm-activate o; goal 3 done" },
	{ "one copy of the metadata is damaged: said, and used",
	  "vg v pvs=a,b lvs=root:a+b; device /dev/v/root; add sda pv:v/a; add sdb bare:v/b text=bad; listed",
	  "SACT-049 sdb; dm-activate root; goal 1 done" },
};
const size_t n_vg_rows = G_N_ELEMENTS(vg_rows);

static char *uuid_of(unsigned n)
{
	return g_strdup_printf("%06u-aaaa-bbbb-cccc-dddd-eeee-%06u", n, n);
}

static char *many_text(void)
{
	GString *s = g_string_new("contents = \"Text Format Volume Group\"\nversion = 1\nbig {\n");
	g_autofree char *vg = uuid_of(900001), *pv = uuid_of(900002);

	g_string_append_printf(s, "id = \"%s\"\nseqno = 3\nstatus = [\"READ\", \"WRITE\"]\nextent_size = 8192\n"
			       "physical_volumes {\npv0 {\nid = \"%s\"\npe_start = 2048\npe_count = 100000\n}\n}\n"
			       "logical_volumes {\n", vg, pv);
	for (unsigned i = 0; i < LVS; i++) {
		g_autofree char *id = uuid_of(i);

		g_string_append_printf(s, "v%u {\nid = \"%s\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\nsegment1 {\n"
				       "start_extent = 0\nextent_count = 1\ntype = \"striped\"\nstripe_count = 1\n"
				       "stripes = [\"pv0\", %u]\n}\n}\n", i, id, i);
	}
	g_string_append(s, "}\n}\n");
	return g_string_free(s, FALSE);
}

static uint64_t feed(struct plan *p, struct input *in, struct actions *out, enum action_type wanted)
{
	static uint64_t now = 1000000;
	uint64_t id = 0;

	plan_step(p, in, now++, out);
	for (guint i = 0; i < out->list->len; i++) {
		const struct action *a = out->list->pdata[i];

		if (a->type_id == wanted)
			id = a->id;
	}
	return id;
}

static void feed_goals(struct plan *p, struct actions *out)
{
	for (unsigned i = 0; i < GOALS; i++) {
		g_autofree char *spec = g_strdup_printf("/dev/big/v%u", i);

		feed(p, &(struct input){ .type_id = INPUT_GOAL, .id = i + 1, .kind = (char *)"device", .spec = spec },
		     out, _ACTION_MAX);
	}
}

/* What the kernel says of the LVs once they are active. */
static void feed_volumes(struct plan *p, struct actions *out)
{
	g_autofree char *vg = uuid_of(900001);

	for (unsigned i = 0; i < GOALS; i++) {
		g_autofree char *lv = uuid_of(i), *node = g_strdup_printf("dm-%u", i);
		g_autofree char *name = g_strdup_printf("big-v%u", i), *both = g_strconcat("LVM-", vg, lv, NULL);
		char *to = both + 4;

		for (const char *c = both + 4; *c; c++)
			if (*c != '-')
				*to++ = *c;
		*to = '\0';
		feed(p, &(struct input){ .type_id = INPUT_DEVICE, .devnum = makedev(253, i), .node = node,
					 .size = 1 << 22, .dm_name = name, .dm_uuid = both, .slaves = (char *)"8:0" },
		     out, _ACTION_MAX);
	}
}

static void test_many(void)
{
	g_autofree char *text = many_text(), *pv = uuid_of(900002);
	struct plan *p = plan_new();
	clock_t start = clock();
	struct actions out;
	unsigned done = 0;
	uint64_t id;

	actions_init(&out);
	feed_goals(p, &out);
	id = feed(p, &(struct input){ .type_id = INPUT_DEVICE, .devnum = makedev(8, 0), .node = (char *)"sda",
				      .size = UINT64_C(1) << 40 }, &out, ACTION_PROBE);
	feed(p, &(struct input){ .type_id = INPUT_ENUMERATED, .count = 1 }, &out, _ACTION_MAX);
	id = feed(p, &(struct input){ .type_id = INPUT_RESULT, .id = id, .type = (char *)"LVM2_member", .uuid = pv,
				      .lvm_metadata = text }, &out, ACTION_DM_ACTIVATE);
	g_assert_cmpuint(id, !=, 0);
	feed(p, &(struct input){ .type_id = INPUT_RESULT, .id = id }, &out, _ACTION_MAX);
	feed_volumes(p, &out);
	for (guint i = 0; i < p->goals->len; i++)
		done += ((struct goal *)p->goals->pdata[i])->state == GOAL_DONE;
	g_assert_cmpuint(done, ==, GOALS);
	g_assert_cmpfloat((double)(clock() - start) / CLOCKS_PER_SEC, <, CPU_MAX);
	actions_free(&out);
	plan_free(p);
}

void vg_add(void)
{
	g_test_add_func("/core/vg/many", test_many);
}
