# SPDX-License-Identifier: GPL-2.0-or-later
# The layout record: what the builder of images writes down of a running stack, and what it is good for.

LAYOUT=$(readlink -e "$here/../../initramfs/layout")

row layout-disk "md luks lvm" "a missing disk is called by its WWID, from the layout record"
row layout-part "md luks lvm" "the disk of a missing partition is called by its WWID and the PARTUUID, from the layout record"
layout_part_setup() { layout_setup part; }
layout_disk_setup() { layout_setup disk; }
layout_setup()
{
	local n disk pv number=5 members=() lines= below=

	disks 2
	for n in 0 1; do
		disk $n
		[ "$1" != part ] || mk_parts "$REPLY"
		[ "$1" != part ] || REPLY=${REPLY}3
		members+=("$REPLY")
	done
	mk_md lm 1 "${members[@]}"
	md_uuid=$UUID
	local md=$REPLY
	mk_luks "$md" secret
	luks_uuid=$UUID
	volume lcrypt "$luks_uuid" none
	open_luks "$md" secret lcrypt
	mk_vg l-vg "$REPLY"
	mk_lv l-vg root 12
	mk_ext4 "$REPLY" "a root" "recorded"
	fs_uuid=$UUID
	pv=$(blkid -p -o value -s UUID /dev/mapper/lcrypt)
	mkdir -p /mnt/t
	must mount -o ro /dev/mapper/l--vg-root /mnt/t
	[ "$ROW_SOURCE" != udev ] || udevadm settle
	layout_text=$("$LAYOUT" --no-resume /mnt/t) || fail "no record"
	umount /mnt/t

	for disk in "${members[@]}"; do
		local sub size
		sub=$(blkid -p -o value -s UUID_SUB "$disk") size=$(blockdev --getsize64 "$disk")
		[ "$disk" != "${members[1]}" ] || sub="$sub md_role=1"
		below="$below n$number"
		case $1 in
		part)
			lines="$lines
layout name=n$number kind=part size=$size partuuid=$(blkid -p -o value -s PART_ENTRY_UUID "$disk") uuid_sub=$sub slaves=n$((number + 1))"
			disk=${disk%3} size=$(blockdev --getsize64 "${disk%3}") sub=
			number=$((number + 1))
			;;
		esac
		lines="$lines
layout name=n$number kind=disk size=$size wwid=\"$(cat "/sys/block/${disk#/dev/}/device/wwid")\"${sub:+ uuid_sub=$sub}"
		number=$((number + 1))
	done
	# quotes where a blank makes them necessary
	lines=$(sed 's/wwid="\([^ ]*\)"/wwid=\1/' <<<"$lines")
	wanted_text="layout name=n1 kind=fs type=ext4 target=/mnt/t size=$((12 << 20)) uuid=$fs_uuid label=\"a root\" spec=/dev/mapper/l--vg-root links=\"l-vg/root mapper/l--vg-root\" slaves=n2
layout name=n2 kind=lvm size=$((12 << 20)) uuid=$(vgs --noheadings -o vg_uuid l-vg | tr -d ' -') label=l-vg/root slaves=n3
layout name=n3 kind=luks size=$(blockdev --getsize64 /dev/mapper/lcrypt) uuid=$luks_uuid label=lcrypt uuid_sub=$pv slaves=n4
layout name=n4 kind=md size=$(blockdev --getsize64 "$md") uuid=$md_uuid label=LABEL slaves=\"${below# }\"$lines"
	# without udevd nobody knows the name that the array was made by
	layout_text=$(sed 's/\(kind=md .* label=\)[^ ]*/\1LABEL/' <<<"$layout_text")
	[ "$layout_text" = "$wanted_text" ] || fail "the record is not as wanted:
$layout_text
--- wanted:
$wanted_text"
}
layout_part_act() { layout_act; }
layout_disk_act() { layout_act; }
layout_act()
{
	local timeout=--timeout=5

	echo "$layout_text" >/tmp/layout
	echo "root=/dev/l-vg/root ro" >$CMDLINE
	start root --target=/mnt/r --cmdline=$CMDLINE --layout=/tmp/layout --degraded=never $timeout
	plug 0
	finish 3
}
layout_part_assert() { layout_assert part; }
layout_disk_assert() { layout_assert disk; }
layout_assert()
{
	local missing above=md

	missing="disk $(sed -n '$s/.* wwid="\?\([^"]*[^" ]\).*/\1/p' <<<"$layout_text")"
	missing=${missing% uuid_sub=*}
	[ "$1" != part ] || above=PARTUUID=$(sed -n 's/.* partuuid=\([^ ]*\).* md_role=1.*/\1/p' <<<"$layout_text")
	shows "$missing: has not appeared; it was below $above"
	! grep -F 'waits for' "$OUT/stderr" | grep -vF "waits for $missing:" || fail "something else is waited for, too"
	not_mounted /mnt/r
}
