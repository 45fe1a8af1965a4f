# SPDX-License-Identifier: GPL-2.0-or-later
# In the guest: members of many arrays, in the states that matter.
set -u
here=$PWD
modprobe brd rd_nr=6 rd_size=16384
modprobe -a linear raid0 raid1 raid10 raid456
echo 0 >/proc/sys/dev/raid/speed_limit_min
M="mdadm --quiet"

# keep ARRAY NAME DEVICE: its image, and what mdadm says
keep()
{
	python3 "$here/cut.py" md "$3" >"/out/$2.image"
	mdadm --examine "$3" >"/out/$2.examine" 2>&1
	mdadm --detail "$1" 2>/dev/null | awk -v dev="$3" '$NF == dev { print "         Number : " $1 }' >>"/out/$2.examine"
}

settle() { mdadm --wait /dev/md9 >/dev/null 2>&1; echo clean >/sys/block/md9/md/array_state 2>/dev/null; }
clear()
{
	$M --stop /dev/md9
	for d in 0 1 2 3 4 5; do
		$M --zero-superblock /dev/ram$d 2>/dev/null
		dd if=/dev/zero of=/dev/ram$d bs=64k conv=notrunc 2>/dev/null
	done
}
create() { echo y | $M --create /dev/md9 --run --homehost=box "$@" 2>&1 | grep -v '^mdadm: '; }

create --metadata=1.2 --name=boot --level=1 --raid-devices=2 /dev/ram0 /dev/ram1
settle
keep /dev/md9 md-1.2-raid1-a /dev/ram0
keep /dev/md9 md-1.2-raid1-b /dev/ram1
$M /dev/md9 --fail /dev/ram1
keep /dev/md9 md-1.2-raid1-degraded /dev/ram0	# its table marks the other one
keep /dev/md9 md-1.2-raid1-failed /dev/ram1	# and that one is stale
clear

create --metadata=1.2 --name=split --level=1 --raid-devices=2 /dev/ram0 /dev/ram1
settle
$M --stop /dev/md9
for d in 0 1; do	# each half written without the other
	mdadm --quiet --assemble --run /dev/md9 /dev/ram$d 2>/dev/null
	dd if=/dev/zero of=/dev/md9 bs=4k count=1 oflag=direct 2>/dev/null
	settle
	keep /dev/md9 md-1.2-raid1-alone-$d /dev/ram$d
	$M --stop /dev/md9
done
clear

create --metadata=1.2 --name=map --bitmap=internal --level=1 --raid-devices=2 /dev/ram0 missing
settle
keep /dev/md9 md-1.2-raid1-bitmap /dev/ram0
clear

create --metadata=1.1 --name=r5 --level=5 --raid-devices=3 /dev/ram0 /dev/ram1 /dev/ram2
settle
keep /dev/md9 md-1.1-raid5 /dev/ram2
clear

create --metadata=1.2 --name=rec --level=5 --raid-devices=3 /dev/ram0 /dev/ram1 /dev/ram2
echo 1 >/proc/sys/dev/raid/speed_limit_max
dd if=/dev/zero of=/dev/md9 bs=4k count=1 oflag=direct 2>/dev/null
echo idle >/sys/block/md9/md/sync_action
$M --stop /dev/md9
echo 200000 >/proc/sys/dev/raid/speed_limit_max
keep /dev/md9 md-1.2-raid5-recovering /dev/ram2
clear

create --metadata=1.0 --name=r10 --level=10 --raid-devices=4 --spare-devices=1 /dev/ram[0-4]
settle
keep /dev/md9 md-1.0-raid10 /dev/ram3
keep /dev/md9 md-1.0-raid10-spare /dev/ram4
clear

create --metadata=0.90 --level=1 --raid-devices=2 /dev/ram0 /dev/ram1
settle
keep /dev/md9 md-0.90-raid1-a /dev/ram0
keep /dev/md9 md-0.90-raid1-b /dev/ram1
$M /dev/md9 --fail /dev/ram1
keep /dev/md9 md-0.90-raid1-degraded /dev/ram0
clear

create --metadata=0.90 --level=5 --raid-devices=3 --spare-devices=1 /dev/ram[0-3]
settle
keep /dev/md9 md-0.90-raid5 /dev/ram1
keep /dev/md9 md-0.90-raid5-spare /dev/ram3
clear

for level in linear 0 4 6; do
	create --metadata=1.2 --assume-clean --level=$level --raid-devices=4 /dev/ram[0-3]
	keep /dev/md9 md-1.2-level$level /dev/ram3
	clear
done

create --metadata=1.2 --name=jn --level=5 --raid-devices=3 --write-journal=/dev/ram3 /dev/ram[0-2]
settle
keep /dev/md9 md-1.2-raid5-journal /dev/ram3
keep /dev/md9 md-1.2-raid5-journaled /dev/ram0
clear

create --metadata=1.2 --name=grow --level=5 --raid-devices=3 --assume-clean /dev/ram[0-2]
$M /dev/md9 --add /dev/ram3
echo 1 >/proc/sys/dev/raid/speed_limit_max
$M --grow /dev/md9 --raid-devices=4 --backup-file=/tmp/backup
keep /dev/md9 md-1.2-raid5-reshape /dev/ram3
echo frozen >/sys/block/md9/md/sync_action
clear
echo 200000 >/proc/sys/dev/raid/speed_limit_max

create --metadata=1.2 --name=dirty --level=5 --raid-devices=3 --assume-clean /dev/ram[0-2]
echo 3600 >/sys/block/md9/md/safe_mode_delay
dd if=/dev/zero of=/dev/md9 bs=4k count=1 oflag=direct 2>/dev/null
keep /dev/md9 md-1.2-raid5-dirty /dev/ram0
clear
exit 0
