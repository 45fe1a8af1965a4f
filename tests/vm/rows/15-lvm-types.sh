# SPDX-License-Identifier: GPL-2.0-or-later
# One volume group with an LV of each type: each is activated by itself, by our own tables.

for kind in striped mirror raid1 raid5 raid10 thin snap cache; do
	row lvm-types@$kind "lvm types" "an LV of type $kind over several disks"
done
lvm_types_setup()
{
	disks 4
	mk_vg types /dev/sda /dev/sdb /dev/sdc /dev/sdd
	types_lv striped 8 -i 2
	types_lv mirror 8 --type mirror -m 1 --mirrorlog core --nosync
	types_lv raid1 8 --type raid1 -m 1 --nosync
	types_lv raid5 8 --type raid5 -i 2
	types_lv raid10 8 --type raid10 -i 2 -m 1 --nosync
	must lvcreate -q -y -L 12m --poolmetadatasize 4m -T types/pool
	must lvcreate -q -y -V 16m -T types/pool -n thin
	mk_ext4 /dev/types/thin thin "on thin"
	types_lv origin 8
	must lvcreate -q -y -s -L 4m -n snap types/origin
	types_lv cache 8
	must lvcreate -q -y --type cache-pool --poolmetadatasize 4m -L 8m -n fast types
	must lvconvert -q -y --type cache --cachepool types/fast types/cache
}
types_lv()	# NAME MiB WORD...
{
	local name=$1

	mk_lv types "$@"
	mk_ext4 "$REPLY" "$name" "on $name"
}
lvm_types_act()
{
	start mount "/dev/types/$1" /mnt/t
	plug 3 1 0 2
	finish 0
}
lvm_types_assert()
{
	local marker="on $1" target=$1

	case $1 in
	snap) marker="on origin" target=snapshot ;;
	raid1 | raid5 | raid10) target=raid ;;
	esac
	mounted /mnt/t "/dev/types/$1" "$marker"
	[ "$(dmsetup table "types-$1" | awk '{ print $3 }')" = "$target" ] || fail "$(dmsetup table "types-$1")"
	[ "$(lvs --noheadings -o lv_active "types/$1" | tr -d ' ')" = active ] || fail "$(lvs -a -o +lv_active types)"
	[ -z "$(dmsetup ls | grep '^types-' | grep -v "^types-\($1\|pool\|origin\|fast\)")" ] ||
		fail "what no goal needs is active: $(dmsetup ls)"
}
