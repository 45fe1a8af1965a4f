# SPDX-License-Identifier: GPL-2.0-or-later
# Layers in layers, members in every order.

row lvm-on-luks "both luks lvm" "LVM on LUKS, root by command line"
lvm_on_luks_setup()
{
	disks 1
	mk_luks /dev/sda secret
	luks_uuid=$UUID
	volume sda_crypt "$luks_uuid" none
	open_luks /dev/sda secret sda_crypt
	mk_vg debian-vg "$REPLY"
	mk_lv debian-vg root 24
	mk_ext4 "$REPLY" "" "lvm on luks"
	fs_uuid=$UUID
	keep_table debian--vg-root
	lv_table=$REPLY
	echo "BOOT_IMAGE=/vmlinuz root=/dev/mapper/debian--vg-root ro quiet" >$CMDLINE
}
lvm_on_luks_act()
{
	start root --target=/mnt/r --cmdline=$CMDLINE
	plug 0
	say secret
	finish 0
}
lvm_on_luks_assert()
{
	is_luks sda_crypt "$luks_uuid" /dev/sda
	is_lv debian-vg root "$lv_table"
	mounted /mnt/r /dev/debian-vg/root "lvm on luks"
	findmnt -n -o OPTIONS --mountpoint /mnt/r | grep -q '^ro\>' || fail "not mounted ro"
	linked "/dev/disk/by-uuid/$fs_uuid" /dev/debian-vg/root
}

row luks-on-raid@01 "both luks md" "LUKS on RAID1, members in order"
row luks-on-raid@10 "luks md" "LUKS on RAID1, members in reverse order"
luks_on_raid_setup()
{
	disks 2
	mk_md m0 1 /dev/sda /dev/sdb
	md_uuid=$UUID
	local md=$REPLY
	mk_luks "$md" secret
	luks_uuid=$UUID
	volume cmirror "$luks_uuid" none
	open_luks "$md" secret cmirror
	mk_ext4 "$REPLY" onluks "luks on raid"
	fs_uuid=$UUID
}
luks_on_raid_act()
{
	start mount "UUID=$fs_uuid" /mnt/t
	plug "${1:0:1}" "${1:1:1}"
	say secret
	finish 0
}
luks_on_raid_assert()
{
	is_md m0 "$md_uuid" /dev/sda /dev/sdb
	is_luks cmirror "$luks_uuid" "$REPLY"
	mounted /mnt/t /dev/mapper/cmirror "luks on raid"
	is_fs /dev/mapper/cmirror "$fs_uuid" onluks
}

row raid-on-luks@01 "luks md" "RAID1 on two LUKS volumes, one passphrase typed once opens both"
row raid-on-luks@10 "both luks md" "RAID1 on two LUKS volumes, the second disk comes first"
raid_on_luks_setup()
{
	local i

	disks 2
	for i in 0 1; do
		disk $i
		mk_luks "$REPLY" "one for all"
		eval "luks${i}_uuid=\$UUID"
		open_luks "$REPLY" "one for all" c$i
	done
	volume c0 "$luks0_uuid" none
	volume c1 "$luks1_uuid" none
	mk_md incrypt 1 /dev/mapper/c0 /dev/mapper/c1
	md_uuid=$UUID
	mk_ext4 "$REPLY" raided "raid on luks"
	fs_uuid=$UUID
}
raid_on_luks_act()
{
	start mount LABEL=raided /mnt/t
	plug "${1:0:1}" "${1:1:1}"
	say "one for all"
	finish 0
}
raid_on_luks_assert()
{
	disk 0
	is_luks c0 "$luks0_uuid" "$REPLY"
	disk 1
	is_luks c1 "$luks1_uuid" "$REPLY"
	is_md incrypt "$md_uuid" "$(readlink -f /dev/mapper/c0)" "$(readlink -f /dev/mapper/c1)"
	mounted /mnt/t "$REPLY" "raid on luks"
	is_fs "$REPLY" "$fs_uuid" raided
}

row lvm-on-raid-on-luks@01 "luks md lvm" "LVM on RAID1 on two LUKS, both there before us"
row lvm-on-raid-on-luks@10 "luks md lvm" "LVM on RAID1 on two LUKS, the second disk comes first"
row lvm-on-raid-on-luks@late "both luks md lvm" "LVM on RAID1 on two LUKS, the last disk comes 3 s late, after the answer"
lvm_on_raid_on_luks_setup()
{
	local i

	disks 2
	for i in 0 1; do
		disk $i
		mk_luks "$REPLY" secret
		eval "luks${i}_uuid=\$UUID"
		open_luks "$REPLY" secret luks$i
	done
	volume luks0 "$luks0_uuid" none
	volume luks1 "$luks1_uuid" none
	mk_md both 1 /dev/mapper/luks0 /dev/mapper/luks1
	md_uuid=$UUID
	mk_vg vg "$REPLY"
	mk_lv vg root 16
	mk_ext4 "$REPLY" root "the whole stack"
	fs_uuid=$UUID
	keep_table vg-root
	lv_table=$REPLY
	echo "root=UUID=$fs_uuid rw" >$CMDLINE
}
lvm_on_raid_on_luks_act()
{
	case $1 in
	01)
		plug 0 1
		start root --target=/mnt/r --cmdline=$CMDLINE
		say secret
		;;
	10)
		start root --target=/mnt/r --cmdline=$CMDLINE
		plug 1 0
		say secret
		;;
	late)
		start root --target=/mnt/r --cmdline=$CMDLINE
		plug 0
		say secret
		sleep 3
		plug 1
		;;
	esac
	finish 0
}
lvm_on_raid_on_luks_assert()
{
	disk 0
	is_luks luks0 "$luks0_uuid" "$REPLY"
	disk 1
	is_luks luks1 "$luks1_uuid" "$REPLY"
	is_md both "$md_uuid" "$(readlink -f /dev/mapper/luks0)" "$(readlink -f /dev/mapper/luks1)"
	is_lv vg root "$lv_table"
	mounted /mnt/r /dev/vg/root "the whole stack"
	findmnt -n -o OPTIONS --mountpoint /mnt/r | grep -q '^rw\>' || fail "not mounted rw"
	is_fs /dev/vg/root "$fs_uuid" root
}

row luks-in-lv "both luks lvm" "LUKS in an LV, by /dev/mapper/NAME"
luks_in_lv_setup()
{
	disks 1
	mk_vg outer /dev/sda
	mk_lv outer box 20
	keep_table outer-box
	lv_table=$REPLY
	mk_luks /dev/outer/box secret
	luks_uuid=$UUID
	volume inner "$luks_uuid" none
	open_luks /dev/outer/box secret inner
	mk_ext4 "$REPLY" inlv "luks in lv"
	fs_uuid=$UUID
}
luks_in_lv_act()
{
	start mount /dev/mapper/inner /mnt/t
	plug 0
	say secret
	finish 0
}
luks_in_lv_assert()
{
	is_lv outer box "$lv_table"
	is_luks inner "$luks_uuid" /dev/outer/box
	mounted /mnt/t /dev/mapper/inner "luks in lv"
	is_fs /dev/mapper/inner "$fs_uuid" inlv
}

row lvm-on-raid@late "both md lvm" "LVM on RAID1, the last member comes 3 s late: complete, not degraded"
row lvm-on-raid@10 "md lvm" "LVM on RAID1 by /dev/VG/LV, members in reverse order"
lvm_on_raid_setup()
{
	disks 2
	mk_md pv 1 /dev/sda /dev/sdb
	md_uuid=$UUID
	mk_vg vgr "$REPLY"
	mk_lv vgr data 16
	mk_ext4 "$REPLY" data "lvm on raid"
	fs_uuid=$UUID
	keep_table vgr-data
	lv_table=$REPLY
}
lvm_on_raid_act()
{
	case $1 in
	late)
		plug 0
		start mount "UUID=$fs_uuid" /mnt/t
		# Status shows the running clock of the degraded policy, and who waits for what.
		until_true 10 json_holds 's["deadlines"]' || fail "no deadline in status"
		json 's["goals"][0]["state"] == "waiting" and s["goals"][0]["waits_for"]'
		sleep 3
		not_mounted /mnt/t
		plug 1
		;;
	10) start mount /dev/vgr/data /mnt/t && plug 1 0 ;;
	esac
	finish 0
}
lvm_on_raid_assert()
{
	disk 0
	local first=$REPLY
	disk 1
	is_md pv "$md_uuid" "$first" "$REPLY"
	is_lv vgr data "$lv_table"
	mounted /mnt/t /dev/vgr/data "lvm on raid"
	is_fs /dev/vgr/data "$fs_uuid" data
}

row fstab-all "both luks lvm md" "mount --all: three stacks at once, one mounted on another"
fstab_all_setup()	# [DISKS]
{
	disks "${1:-4}"
	mk_ext4 /dev/sda top "the lower one"
	echo "UUID=$UUID /mnt/t ext4 defaults 0 1" >$FSTAB
	mk_luks /dev/sdb secret
	volume side "$UUID" none
	open_luks /dev/sdb secret side
	mk_ext4 "$REPLY" upper "the upper one"
	echo "/dev/mapper/side /mnt/t/data ext4 noatime 0 2" >>$FSTAB
	mk_md fm 1 /dev/sdc /dev/sdd
	md_uuid=$UUID
	mk_vg fv "$REPLY"
	mk_lv fv l 16
	mk_ext4 "$REPLY" third "the third one"
	printf '/dev/fv/l /mnt/r ext4 ro 0 0\ntmpfs /tmp tmpfs noauto 0 0\n' >>$FSTAB
}
fstab_all_act()
{
	start mount --all --fstab=$FSTAB
	plug 3 1 2
	say secret
	plug 0
	finish 0
}
fstab_all_assert()
{
	disk 0
	mounted /mnt/t "$REPLY" "the lower one"
	mounted /mnt/t/data /dev/mapper/side "the upper one"
	mounted /mnt/r /dev/fv/l "the third one"
	findmnt -n -o OPTIONS --mountpoint /mnt/t/data | grep -q noatime || fail "options of fstab"
}
