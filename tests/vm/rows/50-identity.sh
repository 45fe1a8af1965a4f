# SPDX-License-Identifier: GPL-2.0-or-later
# Who is who, and what was decided first.

row clones@refused "identity" "two disks with one UUID, there before us: refused with both names"
row clones@pinned "identity" "two disks with one UUID: a path pins one"
clones_setup()
{
	disks 2
	mk_ext4 /dev/sda twin "a clone"
	fs_uuid=$UUID
	must dd if=/dev/sda of=/dev/sdb bs=1M oflag=direct
}
clones_act()
{
	plug 0 1
	case $1 in
	refused)
		start mount "UUID=$fs_uuid" /mnt/t
		finish 5
		;;
	pinned)
		start mount /dev/sdb /mnt/t
		finish 0
		;;
	esac
}
clones_assert()
{
	case $1 in
	refused)
		not_mounted /mnt/t
		says 013 sda
		says 013 sdb
		;;
	pinned) mounted /mnt/t /dev/sdb "a clone" ;;
	esac
}

row hidden-partitions "identity md" "a member at whose start the array's own partition table is seen hides those partitions"
hidden_partitions_setup()
{
	disks 2
	MD_METADATA=1.0 mk_md whole 1 /dev/sda /dev/sdb
	md_uuid=$UUID
	md_node=$REPLY
	printf 'label: dos\n,,L\n' | sfdisk -q "$REPLY" >/tmp/parts.log 2>&1 || fail "sfdisk: $(cat /tmp/parts.log)"
	until_true 10 test -b "$md_node"p1
	mk_ext4 "$md_node"p1 inside "in the array"
	fs_uuid=$UUID
}
hidden_partitions_act()
{
	plug 0
	until_true 5 test -b /dev/sda1 || fail "the kernel shows no partition on the member"
	start mount "UUID=$fs_uuid" /mnt/t
	sleep 1
	not_mounted /mnt/t
	plug 1
	finish 0
}
hidden_partitions_assert()
{
	is_md whole "$md_uuid" /dev/sda /dev/sdb
	mounted /mnt/t "$REPLY"p1 "in the array"
}

row ambivalent "identity ext4" "a disk with the marks of two file systems: numbered, not mounted"
ambivalent_setup()
{
	disks 2
	mk_ext4 /dev/sda double "ext4 or squashfs"
	# ext4 leaves its first KiB alone; there is where a squashfs says that it is one, of version 4.
	printf hsqs | dd of=/dev/sda conv=notrunc status=none
	printf '\004\000' | dd of=/dev/sda bs=1 seek=28 conv=notrunc status=none
	mk_neighbour /dev/sdb
	echo "/dev/sda /mnt/t ext4 defaults 0 0" >>$FSTAB
	sum /dev/sda
	bad_sum=$REPLY
}
ambivalent_act()
{
	plug 0 1
	start mount --all --fstab=$FSTAB
	finish 5
}
ambivalent_assert()
{
	neighbour_is_up 1
	not_mounted /mnt/t
	says 012 sda
	sum /dev/sda
	[ "$REPLY" = "$bad_sum" ] || fail "something was written"
}

# What the kernel has written to our disks.
written()
{
	local n

	for n in "$@"; do
		disk "$n" && awk -v disk="$REPLY" '$5 { print disk " was written to " $5 " times" }' \
			"/sys/class/block/${REPLY#/dev/}/stat"
	done
}

row resume@none "resume md lvm" "resume= names a swap LV without image: decided, root mounted ro"
row resume@absent "resume md lvm" "resume= names a device that is absent: decided 10 s after root could be mounted, nothing written before"
resume_setup()
{
	disks 2
	mk_md sys 1 /dev/sda /dev/sdb
	mk_vg sysvg "$REPLY"
	mk_lv sysvg swap 8
	must mkswap /dev/sysvg/swap
	mk_lv sysvg root 16
	mk_ext4 "$REPLY" root "after the decision"
	fs_uuid=$UUID
	new_uuid
	other_uuid=$UUID
}
resume_act()
{
	local resume=/dev/sysvg/swap

	[ "$1" = none ] || resume=UUID=$other_uuid
	echo "root=/dev/sysvg/root ro fsck.mode=skip resume=$resume" >$CMDLINE
	plug 0 1
	start root --target=/mnt/r --cmdline=$CMDLINE
	if [ "$1" = absent ]; then
		clock_of 'without the resume device'
		wait_until $((REPLY - 1000000))
		not_mounted /mnt/r
		[ -z "$(written 0 1)" ] || fail "before the decision: $(written 0 1)"
	fi
	finish 0
}
resume_assert()
{
	[ -z "$(written 0 1)" ] || fail "a root that is mounted ro: $(written 0 1)"
	mounted /mnt/r /dev/sysvg/root "after the decision"
	says 064
}

row command-line@partuuid "cmdline" "root=PARTUUID=, rootfstype, rootflags, words that nobody knows"
row command-line@number "cmdline" "root=MAJOR:MINOR, a malformed value is a numbered error and no more"
row command-line@hex "cmdline" "root=0803 as old boot loaders write it"
row command-line@label "cmdline" "root=LABEL= with rw"
command_line_setup()
{
	disks 1
	mk_parts /dev/sda
	mk_ext4 /dev/sda3 rootfs "by command line"
	part_uuid=$(blkid -p -o value -s PART_ENTRY_UUID /dev/sda3)
}
command_line_act()
{
	case $1 in
	partuuid) echo "root=PARTUUID=$part_uuid rootfstype=ext4 rootflags=noatime,ro some.thing=else -- x" ;;
	number) echo "root=8:3 ro fsck.mode=sometimes rootdelay=soon" ;;
	hex) echo "root=0803 ro" ;;
	label) echo "ro root=LABEL=rootfs rw" ;;
	esac >$CMDLINE
	start root --target=/mnt/r --cmdline=$CMDLINE
	plug 0
	finish 0
}
command_line_assert()
{
	local options

	mounted /mnt/r /dev/sda3 "by command line"
	options=,$(findmnt -n -o OPTIONS --mountpoint /mnt/r),
	case $1 in
	partuuid) case $options in *,ro,*noatime,* | *,noatime,*ro,*) ;; *) fail "$options" ;; esac ;;
	number)
		says 1 fsck.mode
		says 1 rootdelay
		;;
	hex) ;;
	label) case $options in *,rw,*) ;; *) fail "$options" ;; esac ;;
	esac
}

row swap "swap lvm luks" "swap by fstab on LUKS in LVM, with priority; stop ends it"
swap_setup()
{
	disks 1
	mk_vg sw /dev/sda
	mk_lv sw one 12
	mk_luks /dev/sw/one secret
	luks_uuid=$UUID
	volume cswap "$luks_uuid" none
	open_luks /dev/sw/one secret cswap
	must mkswap /dev/mapper/cswap
	echo "/dev/mapper/cswap none swap sw,pri=7 0 0" >$FSTAB
}
swap_act()
{
	start mount --all --fstab=$FSTAB
	plug 0
	say secret
	finish 0
}
swap_assert()
{
	awk -v node="/dev/$(kernel_name /dev/mapper/cswap)" '
		($1 == node || $1 == "/dev/mapper/cswap") && $5 == 7 { found = 1 } END { exit !found }' /proc/swaps ||
		fail "$(cat /proc/swaps)"
	is_luks cswap "$luks_uuid" /dev/sw/one
}

row adopt-md "adopt md" "an inactive array that somebody has begun is taken over, not doubled"
adopt_md_setup()
{
	disks 2
	mk_mirror begun begun "taken over" /dev/sda /dev/sdb
}
adopt_md_act()
{
	plug 0
	/.host/usr/sbin/mdadm --incremental --no-degraded /dev/sda
	[ "$(cat /sys/block/md*/md/array_state)" = inactive ] || fail "mdadm --incremental: $(cat /proc/mdstat)"
	start mount "UUID=$fs_uuid" /mnt/t
	plug 1
	finish 0
}
adopt_md_assert()
{
	[ "$(grep -c '^md' /proc/mdstat)" = 1 ] || fail "two arrays: $(cat /proc/mdstat)"
	REPLY=$(echo /sys/block/md*)
	REPLY=/dev/${REPLY##*/}
	mounted /mnt/t "$REPLY" "taken over"
	[ "$(cat /sys/block/md*/md/degraded)" = 0 ] || fail "degraded"
}
adopt_md_after() { close_all; }

row adopt-lv "adopt lvm" "an LV that is active already is used, and left alone by stop"
adopt_lv_setup()
{
	disks 1
	mk_vg have /dev/sda
	mk_lv have it 16
	mk_ext4 "$REPLY" have "already active"
	fs_uuid=$UUID
}
adopt_lv_act()
{
	plug 0
	/.host/usr/sbin/vgchange -q -ay have
	start mount "UUID=$fs_uuid" /mnt/t
	finish 0
}
adopt_lv_assert() { mounted /mnt/t /dev/mapper/have-it "already active"; }
adopt_lv_after()
{
	[ -e /dev/mapper/have-it ] || fail "stop has removed what somebody else made"
	not_mounted /mnt/t
	close_all
}
