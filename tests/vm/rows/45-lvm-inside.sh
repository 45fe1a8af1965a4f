# SPDX-License-Identifier: GPL-2.0-or-later
# What lies on an LV of each type is found by what it is; images, legs, stores and pools below are nobody's.

row lvm-names "lvm types both" "file systems on LVs of each type, by UUID= and by LABEL="
lvm_names_setup()
{
	local kind tag

	disks 3
	mk_vg types /dev/sda /dev/sdb /dev/sdc
	mk_lv types raid1 4 --type raid1 -m 1
	mk_lv types raid5 4 --type raid5 -i 2
	mk_lv types mirror 4 --type mirror -m 1 --mirrorlog core --nosync
	mk_lv types cache 4
	must lvcreate -q -y --type cache-pool --poolmetadatasize 4m -L 4m -n fast types
	must lvconvert -q -y --type cache --cachepool types/fast types/cache
	must lvcreate -q -y -L 8m --poolmetadatasize 4m -T types/pool -V 8m -n thin
	mk_lv types origin 4
	for kind in raid1 raid5 mirror cache thin origin; do
		mk_ext4 "/dev/types/$kind" "$kind" "on $kind"
		tag=UUID=$UUID
		case $kind in raid5 | thin | cache) tag=LABEL=$kind ;; esac
		echo "$tag /mnt/in-$kind ext4 defaults 0 0" >>$FSTAB
	done
	must lvcreate -q -y -s -L 2m -n snap types/origin
	must tune2fs -U random -L snapshot /dev/types/snap
	echo "LABEL=snapshot /mnt/in-snap ext4 defaults 0 0" >>$FSTAB
}
lvm_names_act()
{
	mkdir -p /mnt/in-{raid1,raid5,mirror,cache,thin,origin,snap}
	start mount --all --fstab=$FSTAB
	plug 2 0 1
	finish 0 90
}
lvm_names_assert()
{
	local kind

	for kind in raid1 raid5 mirror cache thin origin; do
		mounted /mnt/in-$kind /dev/types/$kind "on $kind"
		linked "/dev/disk/by-label/$kind" "/dev/types/$kind"
	done
	mounted /mnt/in-snap /dev/types/snap "on origin"
	inner_are_nobodys
}
lvm_names_after() { rmdir /mnt/in-*; }

inner_are_nobodys()
{
	local link

	for link in /dev/types/*_rimage* /dev/types/*_rmeta* /dev/types/*_mimage* /dev/types/*_t* /dev/types/*_c*; do
		[ ! -e "$link" ] || fail "an inner device has a link: $link"
	done
	! grep -q 'SACT-0\(10\|13\|51\)' "$OUT/stderr" || fail "$(cat "$OUT/stderr")"
}

row lvm-members "lvm md luks types both" "swap, LUKS, an array and a second VG on LVs of each type"
lvm_members_setup()
{
	disks 3
	mk_vg types /dev/sda /dev/sdb /dev/sdc
	mk_lv types swap 4 --type raid1 -m 1
	new_uuid
	must mkswap -q -U "$UUID" "$REPLY"
	echo "UUID=$UUID none swap sw 0 0" >>$FSTAB
	mk_lv types locked 6 --type raid5 -i 2
	printf %s secret >/tmp/setup/inside.key
	mk_luks "$REPLY" /tmp/setup/inside.key
	volume inner "$UUID" /tmp/setup/inside.key
	open_luks "$REPLY" /tmp/setup/inside.key inner
	mk_ext4 "$REPLY" luks "in luks"
	echo "UUID=$UUID /mnt/in-luks ext4 defaults 0 0" >>$FSTAB
	mk_lv types half0 4 --type raid4 -i 2
	mk_lv types half1 4 --type mirror -m 1 --mirrorlog core --nosync
	mk_md both 1 /dev/types/half0 /dev/types/half1
	mk_ext4 "$REPLY" md "in md"
	echo "UUID=$UUID /mnt/in-md ext4 defaults 0 0" >>$FSTAB
	mk_lv types pv0 6 --type raid1 -m 1
	must lvcreate -q -y -L 8m --poolmetadatasize 4m -T types/pool -V 6m -n pv1
	local scan='devices { scan_lvs = 1 }'	# LVM itself looks for no PVs on LVs unless it is told to

	mk_vg second /dev/types/pv0 /dev/types/pv1 --config "$scan"
	must lvcreate -q -y -W n -Z n -n data -L 8m second --config "$scan"
	mk_ext4 /dev/second/data second "in second"
	echo "UUID=$UUID /mnt/in-second ext4 defaults 0 0" >>$FSTAB
}
lvm_members_act()
{
	mkdir -p /mnt/in-{luks,md,second}
	start mount --all --fstab=$FSTAB
	plug 2 0 1
	finish 0 90
}
lvm_members_assert()
{
	same "$(awk 'NR == 2 { print $1 }' /proc/swaps)" /dev/types/swap
	mounted /mnt/in-luks /dev/mapper/inner "in luks"
	mounted /mnt/in-md /dev/md/both "in md"
	mounted /mnt/in-second /dev/second/data "in second"
	inner_are_nobodys
}
lvm_members_after() { rmdir /mnt/in-*; }
