#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a guest of tests/vm/uml, what many goals cost beside the tools that do the
# same.  /out/wishes is the program of wishes.c.  /out/figures gets lines "WHAT SECONDS": user and system time of
# each with all of its children.
. "$(dirname "$(readlink -e "$0")")/../vm/lib.sh"
lib_no_udev
wishes=/out/wishes n=1000 mounts=300

# cpu WHAT COMMAND...
cpu()
{
	local TIMEFORMAT='%U %S' what=$1 user system

	shift
	{ time "$@" >/tmp/said 2>&1; } 2>/tmp/times || fail "$what: $? $(tail -n 5 /tmp/said)"
	read -r user system </tmp/times
	awk "BEGIN { print \"$what\", $user + $system }" >>/out/figures
}

PV=900002-aaaa-bbbb-cccc-dddd-eeee-000002

# The text of a VG "many" of LVs v1... of one extent each; making them one by one would take minutes.
vg_text()
{
	awk -v n=$n -v pv=$PV 'BEGIN {
		printf "contents = \"Text Format Volume Group\"\nversion = 1\nmany {\nid = \"900001-aaaa-bbbb-cccc-dddd-eeee-000001\"\n"
		printf "seqno = 1\nstatus = [\"RESIZEABLE\", \"READ\", \"WRITE\"]\nextent_size = 128\nmax_lv = 0\nmax_pv = 0\n"
		printf "physical_volumes {\npv0 {\nid = \"%s\"\nstatus = [\"ALLOCATABLE\"]\nflags = []\ndev_size = %d\n", pv, 16384 + 128 * (n + 10)
		printf "pe_start = 16384\npe_count = %d\n}\n}\nlogical_volumes {\n", n + 5
		for (i = 1; i <= n; i++) {
			printf "v%d {\nid = \"%06d-aaaa-bbbb-cccc-dddd-eeee-%06d\"\nstatus = [\"READ\", \"WRITE\", \"VISIBLE\"]\n", i, i, i
			printf "flags = []\nsegment_count = 1\nsegment1 {\nstart_extent = 0\nextent_count = 1\ntype = \"striped\"\n"
			printf "stripe_count = 1\nstripes = [\"pv0\", %d]\n}\n}\n", i
		}
		printf "}\n}\n"
	}'
}

modprobe loop max_loop=400 2>/dev/null
modprobe dm_mod 2>/dev/null
vg_text >/tmp/vg
truncate -s $((16384 * 512 + 65536 * (n + 20))) /tmp/pv
must losetup /dev/loop0 /tmp/pv
must pvcreate -q -ff -y --norestorefile --uuid $PV --metadatasize 7m /dev/loop0
must vgcfgrestore -q -f /tmp/vg many
cpu vgchange vgchange -q -ay many
[ "$(dmsetup ls | grep -c ^many-)" = "$n" ] || fail "$(dmsetup ls | wc -l) LVs"
must vgchange -q -an many
for ((i = 1; i <= n; i++)); do
	echo /dev/many/v$i
done >/tmp/specs
devices()
{
	"$wishes" 120 </tmp/specs
}
cpu devices devices
[ "$(dmsetup ls | grep -c ^many-)" = "$n" ] || fail "$(dmsetup ls | wc -l) LVs"
must vgchange -q -an many
must losetup -d /dev/loop0

# File systems by UUID, which mount finds by links that are there.
mkdir -p /dev/disk/by-uuid
for ((i = 0; i < mounts; i++)); do
	printf -v id '%08d-0000-4000-8000-000000000000' $i
	truncate -s 256K /tmp/fs$i
	must mke2fs -q -F -t ext2 -m 0 -U "$id" /tmp/fs$i
	must losetup /dev/loop$i /tmp/fs$i
	mkdir -p /mnt/c$i
	ln -s /dev/loop$i /dev/disk/by-uuid/"$id"
	echo "UUID=$id /mnt/c$i ext2 defaults 0 0"
done >/tmp/fstab
cpu mount mount -a -T /tmp/fstab
[ "$(grep -c /mnt/c /proc/mounts)" = "$mounts" ] || fail "$(grep -c /mnt/c /proc/mounts) mounts"
umount /mnt/c*
: >/tmp/empty
cpu fstab storage-activate mount --all --fstab=/tmp/fstab --crypttab=/tmp/empty --mdadm-conf=/tmp/empty --source=kernel \
	--quiet --timeout=120
[ "$(grep -c /mnt/c /proc/mounts)" = "$mounts" ] || fail "$(grep -c /mnt/c /proc/mounts) mounts"
