# SPDX-License-Identifier: GPL-2.0-or-later
# Until it is decided whether to resume, and until a read-only root writes, no member is written to.

# locked NODE NAME: REPLY is the open volume, by key file.
resume_first_locked()
{
	[ -s /tmp/keyfile ] || head -c 512 /dev/urandom >/tmp/keyfile
	chmod 600 /tmp/keyfile
	mk_luks "$1" /tmp/keyfile
	volume "$2" "$UUID" /tmp/keyfile
	open_luks "$1" /tmp/keyfile "$2"
}

# The swap area that resume= names is the last disk; root's are those before it.
resume_first_setup()
{
	case $1 in
	disk | partition | luks) members="0" ;;
	raid5) members="0 1 2" ;;
	raid10) members="0 1 2 3" ;;
	*) members="0 1" ;;
	esac
	set -- "$1" $members
	disks $#
	disk $(($# - 1))
	must mkswap -L hibernate "$REPLY"
	REPLY=/dev/sda
	case $1 in
	partition) mk_parts /dev/sda && REPLY=/dev/sda3 ;;
	raid1 | lvm-on-raid | luks-on-raid) mk_md m 1 /dev/sda /dev/sdb ;;
	raid5) mk_md m 5 /dev/sda /dev/sdb /dev/sdc ;;
	raid10) mk_md m 10 /dev/sda /dev/sdb /dev/sdc /dev/sdd ;;
	luks) resume_first_locked /dev/sda rf0 ;;
	raid-on-luks)
		resume_first_locked /dev/sda rf0
		resume_first_locked /dev/sdb rf1
		mk_md m 1 /dev/mapper/rf0 /dev/mapper/rf1
		;;
	esac
	case $1 in
	linear) mk_vg rfvg /dev/sda /dev/sdb && mk_lv rfvg root 40 ;;
	lvm-on-raid) mk_vg rfvg "$REPLY" && mk_lv rfvg root 16 ;;
	luks-on-raid) resume_first_locked "$REPLY" rf0 ;;
	esac
	mk_ext4 "$REPLY" root "untouched"
	fs_uuid=$UUID
}
resume_first_act()
{
	echo "root=UUID=$fs_uuid ro fsck.mode=skip resume=LABEL=hibernate" >$CMDLINE
	plug $members
	start root --target=/mnt/r --cmdline=$CMDLINE
	until_true 20 grep -q '< enumerated' "$OUT/journal" || fail "no enumeration"
	plug "$(wc -w <<<"$members")"
	finish 0
	late=$(written $members)
}
resume_first_assert()
{
	says 064 "no image in the swap area"
	[ -z "$late" ] || fail "written to: $late"
	[ "$(cat /mnt/r/marker)" = untouched ] || fail "another root"
}

# Each has disks of its own kind, so each is a row of its own, not a variant of one.
resume_first()		# LAYOUT TAGS TITLE
{
	local f=resume_first_${1//-/_}

	row resume-first-$1 "resume $2" "nothing is written before resume is decided: $3"
	eval "${f}_setup() { resume_first_setup $1; }; ${f}_act() { resume_first_act; }; ${f}_assert() { resume_first_assert; }"
}
resume_first disk "ext4" "root on a disk"
resume_first partition "ext4" "root on a partition"
resume_first raid1 "md" "root on RAID1"
resume_first raid5 "md" "root on RAID5"
resume_first raid10 "md" "root on RAID10"
resume_first linear "lvm" "root on LVM over two disks"
resume_first lvm-on-raid "md lvm" "root on LVM on RAID1"
resume_first luks "luks" "root on LUKS"
resume_first luks-on-raid "md luks" "root on LUKS on RAID1"
resume_first raid-on-luks "md luks" "root on RAID1 on two LUKS"
