# SPDX-License-Identifier: GPL-2.0-or-later
# Each layer alone.

row ext4-disk@uuid "ext4" "ext4 on a whole disk by UUID=, there before us"
row ext4-disk@label "ext4" "ext4 on a whole disk by LABEL=, plugged in later"
row ext4-disk@node "ext4" "ext4 on a whole disk by /dev/NAME, plugged in later"
row ext4-disk@link "ext4" "ext4 on a whole disk by /dev/disk/by-uuid, nobody made the link before"
ext4_disk_setup()
{
	disks 1
	disk 0
	mk_ext4 "$REPLY" plain "on a disk"
	fs_uuid=$UUID
}
ext4_disk_act()
{
	case $1 in
	uuid) plug 0 && start mount "UUID=$fs_uuid" /mnt/t ;;
	label) start mount LABEL=plain /mnt/t && plug 0 ;;
	node) start mount /dev/sda /mnt/t && plug 0 ;;
	link) start mount "/dev/disk/by-uuid/$fs_uuid" /mnt/t && plug 0 ;;
	esac
	finish 0
}
ext4_disk_assert()
{
	disk 0
	mounted /mnt/t "$REPLY" "on a disk"
	is_fs "$REPLY" "$fs_uuid" plain
}

row ext4-partition@uuid "both ext4" "ext4 on a partition by UUID="
row ext4-partition@label "ext4" "ext4 on a partition by LABEL=, plugged in later"
row ext4-partition@node "ext4" "ext4 on a partition by /dev/NAME, plugged in later"
row ext4-partition@partuuid "ext4" "ext4 on a partition by PARTUUID="
ext4_partition_setup()
{
	disks 1
	disk 0
	mk_parts "$REPLY"
	mk_ext4 "$REPLY"3 third "on a partition"
	fs_uuid=$UUID
	part_uuid=$(blkid -p -o value -s PART_ENTRY_UUID "$REPLY"3)
}
ext4_partition_act()
{
	case $1 in
	uuid) plug 0 && start mount "UUID=$fs_uuid" /mnt/t ;;
	label) start mount LABEL=third /mnt/t && plug 0 ;;
	node) start mount /dev/sda3 /mnt/t && plug 0 ;;
	partuuid) plug 0 && start mount "PARTUUID=$part_uuid" /mnt/t ;;
	esac
	finish 0
}
ext4_partition_assert()
{
	mounted /mnt/t /dev/sda3 "on a partition"
	is_fs /dev/sda3 "$fs_uuid" third
}

row md-raid1@01 "md" "RAID1 1.2 by /dev/md/NAME, members plugged in order"
row md-raid1@10 "both md" "RAID1 1.2 by UUID=, members plugged in reverse order"
md_raid1_setup()
{
	disks 2
	mk_mirror mirror onmd "on a mirror" /dev/sda /dev/sdb
}
md_raid1_act()
{
	case $1 in
	01) start mount /dev/md/mirror /mnt/t && plug 0 1 ;;
	10) start mount "UUID=$fs_uuid" /mnt/t && plug 1 0 ;;
	esac
	finish 0
}
md_raid1_assert()
{
	is_md mirror "$md_uuid" /dev/sda /dev/sdb
	mounted /mnt/t "$REPLY" "on a mirror"
	is_fs "$REPLY" "$fs_uuid" onmd
}

row luks-passphrase@answer "both luks" "LUKS2 with a passphrase by /dev/mapper/NAME, answered by 'answer'"
row luks-passphrase@tty "luks" "LUKS2 with a passphrase by UUID=, typed on a terminal without echo"
row luks-passphrase@late "luks" "LUKS2 with a passphrase by LABEL=, plugged in later"
luks_passphrase_setup()
{
	disks 1
	mk_luks /dev/sda "correct horse"
	luks_uuid=$UUID
	volume cvault "$luks_uuid" none
	open_luks /dev/sda "correct horse" cvault
	mk_ext4 "$REPLY" vault "in a volume"
	fs_uuid=$UUID
}
luks_passphrase_act()
{
	case $1 in
	answer) plug 0 && start mount /dev/mapper/cvault /mnt/t && say "correct horse" ;;
	tty)
		plug 0
		start_on_tty mount "UUID=$fs_uuid" /mnt/t
		type_in "Passphrase for cvault" "wrong horse"
		type_in "Passphrase for cvault" "correct horse"
		;;
	late) start mount LABEL=vault /mnt/t && plug 0 && say "correct horse" ;;
	esac
	finish 0
}
luks_passphrase_assert()
{
	is_luks cvault "$luks_uuid" /dev/sda
	mounted /mnt/t /dev/mapper/cvault "in a volume"
	is_fs /dev/mapper/cvault "$fs_uuid" vault
	[ "$1" != tty ] || ! grep -q horse "$OUT/tty" || fail "the passphrase was echoed"
	! grep -rq "correct horse" "$OUT/journal" /run/storage-activate || fail "the passphrase is on record"
}

row luks-keyfile "luks" "LUKS2 with a key file, nobody asked"
luks_keyfile_setup()
{
	disks 1
	head -c 512 /dev/urandom >/tmp/keyfile
	chmod 600 /tmp/keyfile
	mk_luks /dev/sda /tmp/keyfile
	luks_uuid=$UUID
	volume ckey "$luks_uuid" /tmp/keyfile
	open_luks /dev/sda /tmp/keyfile ckey
	mk_ext4 "$REPLY" bykey "behind a key"
	fs_uuid=$UUID
}
luks_keyfile_act()
{
	start mount "UUID=$fs_uuid" /mnt/t
	plug 0
	finish 0
}
luks_keyfile_assert()
{
	is_luks ckey "$luks_uuid" /dev/sda
	mounted /mnt/t /dev/mapper/ckey "behind a key"
	is_fs /dev/mapper/ckey "$fs_uuid" bykey
}

row luks-header "luks" "LUKS2 with its header in a file, an old file system's mark on the data, and a passphrase"
row luks-header@absent "bad luks" "the file of the header is not there: named with its line, nobody is asked"
luks_header_setup()
{
	disks 1
	printf %s "correct horse" >/tmp/passphrase
	rm -f /tmp/header
	new_uuid
	luks_uuid=$UUID
	must cryptsetup luksFormat -q --type luks2 --uuid "$luks_uuid" "${LUKS_CHEAP[@]}" --header /tmp/header \
		--offset 2048 --key-file /tmp/passphrase /dev/sda
	mk_ext4 /dev/sda old "what was here before"
	echo "chead /dev/sda none luks,header=/tmp/header,timeout=1min30s" >>$CRYPTTAB
	must cryptsetup open --header /tmp/header --key-file /tmp/passphrase /dev/sda chead
	mk_ext4 /dev/mapper/chead headed "a header elsewhere"
	fs_uuid=$UUID
}
luks_header_act()
{
	if [ "$1" = absent ]; then
		mv /tmp/header /tmp/header.away
		plug 0
		start mount /dev/mapper/chead /mnt/t
		finish 1
		mv /tmp/header.away /tmp/header
		return
	fi
	start mount /dev/mapper/chead /mnt/t
	plug 0
	say "correct horse"
	finish 0
}
luks_header_assert()
{
	if [ "$1" = absent ]; then
		numbered "the header /tmp/header is not there"
		grep -q 'SACT-031.*/tmp/header.*crypttab:1 names it' "$OUT/stderr" || fail "its line is not named"
		! grep -q ' > ask' "$OUT/journal" || fail "a passphrase was asked for"
		return
	fi
	[ "$(dmsetup info -c --noheadings -o uuid chead)" = "CRYPT-LUKS2-${luks_uuid//-/}-chead" ] || fail "dm uuid of chead"
	dmsetup deps -o devname chead | grep -q '(sda)$' || fail "chead is on $(dmsetup deps -o devname chead)"
	mounted /mnt/t /dev/mapper/chead "a header elsewhere"
	is_fs /dev/mapper/chead "$fs_uuid" headed
}

for order in 012 021 102 120 201 210; do
	case $order in
	012) row lvm-linear@012 "both lvm" "LVM over three disks by /dev/VG/LV" ;;
	*) row lvm-linear@$order "lvm order" "LVM over three disks, plugged in the order $order" ;;
	esac
done
lvm_linear_setup()
{
	disks 3
	mk_vg vg-1 /dev/sda /dev/sdb /dev/sdc
	mk_lv vg-1 first-lv 100
	mk_ext4 "$REPLY" onlvm "on three disks"
	fs_uuid=$UUID
	keep_table vg--1-first--lv
	lv_table=$REPLY
}
lvm_linear_act()
{
	case $1 in
	012) start mount /dev/vg-1/first-lv /mnt/t && plug 0 1 2 ;;
	021) start mount "UUID=$fs_uuid" /mnt/t && plug 0 2 1 ;;
	102) start mount /dev/mapper/vg--1-first--lv /mnt/t && plug 1 0 2 ;;
	120) plug 1 2 0 && start mount LABEL=onlvm /mnt/t ;;
	201) start mount LABEL=onlvm /mnt/t && plug 2 0 1 ;;
	210) start mount "UUID=$fs_uuid" /mnt/t && plug 2 1 0 ;;
	esac
	finish 0
}
lvm_linear_assert()
{
	is_lv vg-1 first-lv "$lv_table"
	mounted /mnt/t /dev/vg-1/first-lv "on three disks"
	is_fs /dev/vg-1/first-lv "$fs_uuid" onlvm
	[ -z "$(pvs --noheadings 2>&1 >/dev/null)" ] || fail "pvs complains: $(pvs 2>&1 >/dev/null)"
}

row device-spec@uuid "lvm" "device UUID= prints the node"
row device-spec@lv "both lvm" "device /dev/VG/LV prints the node and activates no other LV"
device_spec_setup()
{
	disks 1
	mk_vg vgd /dev/sda
	mk_lv vgd other 4
	mk_lv vgd wanted 16
	mk_ext4 "$REPLY" wanted "not mounted"
	fs_uuid=$UUID
	keep_table vgd-wanted
	lv_table=$REPLY
}
device_spec_act()
{
	case $1 in
	uuid) start device "UUID=$fs_uuid" ;;
	lv) start device /dev/vgd/wanted ;;
	esac
	plug 0
	finish 0
}
device_spec_assert()
{
	is_lv vgd wanted "$lv_table"
	[ "$(wc -l <"$OUT/stdout")" = 1 ] || fail "standard output: $(cat "$OUT/stdout")"
	same "$(cat "$OUT/stdout")" /dev/vgd/wanted
	is_fs /dev/vgd/wanted "$fs_uuid" wanted
	[ "$1" != lv ] || [ ! -e /dev/mapper/vgd-other ] || fail "an LV that no goal needs is active"
}
