# SPDX-License-Identifier: GPL-2.0-or-later
#
# File systems and swap on two disks, DISK1 and DISK2 (names below /dev), mounted below the folder M.
# Sourced; works on loop devices as well as in a guest.

fs_tests()
{
	setup mke2fs -q -t ext4 -L data /dev/$DISK1
	t "probe: ext4" "probe id=1 node=$DISK1 devnum=$(dev_of $DISK1)" type=ext4 label=data
	t "fsck: clean" "fsck id=2 node=$DISK1 fstype=ext4 options=\"-p -f\"" '!status=' '!error=' text=
	setup debugfs -w -R 'set_inode_field <11> links_count 9' /dev/$DISK1
	t "fsck: what it cannot repair" "fsck id=3 node=$DISK1 fstype=ext4 options=\"-n -f\"" status=4 '!error=' text=
	t "fsck: repaired" "fsck id=4 node=$DISK1 fstype=ext4 options=\"-y -f\"" status=1 '!error='
	t "fsck: none for this type" "fsck id=5 node=$DISK1 fstype=nofs options=-p" status=127 '!error='
	t "mount: makes its mount point" "mount id=6 node=$DISK1 target=$M/data fstype=ext4 options=ro,noload" '!error='
	ok "mount: as told" grep -q "/dev/$DISK1 $M/data ext4 ro" /proc/mounts
	t "mount: mounted already is success" "mount id=7 node=$DISK1 target=$M/data fstype=ext4 options=ro" '!error='
	ok "mount: once" eval '[ $(grep -c $M/data /proc/mounts) = 1 ]'
	t "mount: not a file system" "mount id=8 node=$DISK2 target=$M/none fstype=ext4" error=-22 text=
	exec 9<$M/data
	t "umount: in use" "umount id=9 target=$M/data" error=-16
	exec 9<&-
	t "umount" "umount id=10 target=$M/data" '!error='
	t "umount: unmounted already is success" "umount id=11 target=$M/data" '!error='
	t "mount: type found out" "mount id=12 node=$DISK1 target=$M/data" '!error='
	ask "umount id=13 target=$M/data"
	setup mkswap -L sw /dev/$DISK2
	t "probe: swap beside ext4 marks" "probe id=14 node=$DISK2" type=swap label=sw
	t "swapon" "swapon id=15 node=$DISK2 options=pri=3" '!error='
	ok "swapon: with its priority" grep -q "^/dev/$DISK2 .*[^0-9]3\$" /proc/swaps
	t "swapon: already is success" "swapon id=16 node=$DISK2" '!error='
	t "swapoff" "swapoff id=17 node=$DISK2" '!error='
	t "swapoff: already is success" "swapoff id=18 node=$DISK2" '!error='
	t "swapon: not a swap area" "swapon id=19 node=$DISK1" error=-22 text=
	dd if=/dev/zero of=/dev/$DISK2 bs=1M count=1 conv=notrunc 2>/dev/null
	setup mke2fs -q -F -t ext4 /dev/$DISK2
	printf SWAP-SPACE | dd of=/dev/$DISK2 bs=1 seek=4086 conv=notrunc 2>/dev/null
	t "probe: two formats, cheaply" "probe id=24 node=$DISK2" type= '!error='
	t "probe: two formats, in earnest" "probe id=25 node=$DISK2 deep=1" error=-117 text=
}
