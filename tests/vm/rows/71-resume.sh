# SPDX-License-Identifier: GPL-2.0-or-later
# A hibernation image that nobody has resumed from.

row stale-image "swap resume" "a swap area with an old hibernation image is used, and nobody can resume from it any more"
stale_image_setup()
{
	disks 1
	new_uuid
	swap_uuid=$UUID
	must mkswap -U "$UUID" /dev/sda
	# as the kernel does: its own mark in place of the area's, which it keeps in front of it
	printf 'SWAPSPACE2S1SUSPEND\0' | dd of=/dev/sda bs=1 seek=$(($(getconf PAGESIZE) - 20)) conv=notrunc status=none
	sync
	[ "$(blkid -p -o value -s TYPE /dev/sda)" = swsuspend ] || fail "not an image for blkid"
}
stale_image_act()
{
	echo "UUID=$swap_uuid none swap sw,pri=4 0 0" >$FSTAB
	start mount --all --fstab=$FSTAB
	plug 0
	finish 0
}
stale_image_assert()
{
	says 064 "holds an old hibernation image; it is invalidated"
	grep -q '^/dev/sda .*[^0-9]4$' /proc/swaps || fail "no swap: $(cat /proc/swaps)"
	[ "$(dd if=/dev/sda bs=1 skip=$(($(getconf PAGESIZE) - 10)) count=10 status=none iflag=direct 2>/dev/null ||
		dd if=/dev/sda bs=1 skip=$(($(getconf PAGESIZE) - 10)) count=10 status=none)" = SWAPSPACE2 ] ||
		fail "the mark of the image is still there"
}
