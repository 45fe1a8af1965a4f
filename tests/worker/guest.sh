#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs in a guest (see run-guest): the worker against disks that mdadm, cryptsetup and lvm made.
# /dev/ubda ... ubdf are empty disks, /out holds the worker and drive.
cd "${0%/*}" && . ./lib.sh && . ./fs.sh && . ../vm/lib.sh

U=
if [ -S /run/udev/control ]; then
	U=" udev=1"
else
	lib_no_udev
fi

setup()	# COMMAND...: not under test
{
	"$@" >/tmp/setup.out 2>&1 </dev/null && return
	echo "Bail out! $*"
	cat /tmp/setup.out
	exit 1
}

settle()
{
	[ -z "$U" ] || udevadm settle -t 30
}

state_is()
{
	[ "$(cat "/sys/block/$1/md/array_state" 2>/dev/null)" = "$2" ]
}

field()	# NAME: of the last reply
{
	local rest=" $REPLY "

	rest=${rest#* "$1"=}
	echo "${rest%% *}"
}

no_semaphores()
{
	settle
	[ "$(wc -l </proc/sysvipc/sem)" = 1 ]
}

missing()
{
	[ ! -e "$1" ]
}

link_is()
{
	[ "$(readlink "$1")" = "$2" ]
}

md_tests()
{
	local uuid members

	setup mdadm --create /dev/md9 --name=boot --homehost=any --level=1 --raid-devices=2 --run \
		--assume-clean --bitmap=internal /dev/ubda /dev/ubdb
	setup mke2fs -q -t ext4 -L bootfs -U 11111111-2222-3333-4444-555555555555 /dev/md9
	settle
	uuid=$(mdadm --detail --export /dev/md9 | sed -n 's/^MD_UUID=//p')
	setup mdadm --stop /dev/md9
	rm -f /run/mdadm/map
	settle
	t "probe: md member" "probe id=1 node=ubda devnum=$A" id=1 type=linux_raid_member version=1.2 \
		uuid="$uuid" md_level=1 md_disks=2 md_name=any:boot 'md_flags="bitmap clean"' 'md_roles="0 1"' \
		data_offset= '!error='
	t "probe: the second knows its role" "probe id=2 node=ubdb devnum=$B" md_role=1 md_number=1
	t "probe: another device number is stale" "probe id=3 node=ubdb devnum=$A" error=-116
	members="$A 0 0\n$B 1 1"
	t "md: assembled, at a number of its own" \
		"md-assemble id=4 uuid=$uuid name=boot version=1.2 members=\"$members\"$U" node=md127 devnum=9:127 \
		'!error='
	ok "md: nothing is written before somebody writes" state_is md127 read-auto
	ok "md: mdadm knows its name" grep -q '^md127 1.2 .* /dev/md/boot$' /run/mdadm/map
	ok "md: mdadm's idea of the uuid" grep -q "$(mdadm_map_uuid "$uuid")" /run/mdadm/map
	if [ -n "$U" ]; then
		settle
		ok "md: udev made the link" link_is /dev/md/boot ../md127
	fi
	t "md: assembled already is success" \
		"md-assemble id=5 uuid=$uuid name=boot version=1.2 members=\"$members\"$U" node=md127 '!error='
	t "probe: the file system on it" "probe id=6 node=md127 deep=1" type=ext4 label=bootfs \
		uuid=11111111-2222-3333-4444-555555555555 deep=1
	setup mount /dev/md127 /mnt
	t "md: not stopped while mounted" "md-stop id=7 node=md127$U" error=-16
	setup umount /mnt
	exec 9</dev/md127
	tell "+md-stop id=8 node=md127$U"
	until_true 10 worker_watches
	exec 9<&-
	ask result
	ok "md: stopped when the last reader closed it" reply_has id=8 '!error='
	ok "md: its node goes" until_true 5 missing /dev/md127
	ok "md: its name is gone" eval '! grep -q md127 /run/mdadm/map'
	t "md: stopped already is success" "md-stop id=9 node=md127$U" '!error='
	md_late_tests
}

md_late_tests()	# with uuid and members of md_tests
{
	t "md: degraded when told so" \
		"md-assemble id=10 uuid=$uuid name=5 version=1.2 members=\"$A 0 0\" flag=1$U" node=md5 devnum=9:5
	t "md: one that runs with too few takes the others" \
		"md-assemble id=10 uuid=$uuid name=5 version=1.2 members=\"$members\"$U" node=md5 '!error='
	ok "md: both are in it" grep -q '^md5 .*ubda.*ubdb\|^md5 .*ubdb.*ubda' /proc/mdstat
	ask "md-stop id=10 node=md5$U"
	t "md: degraded again" \
		"md-assemble id=10 uuid=$uuid name=5 version=1.2 members=\"$A 0 0\" flag=1$U" node=md5 devnum=9:5
	t "md: the late member comes back" "md-add id=11 node=md5 members=\"$B 1 1\"$U" node=md5 '!error='
	t "md: it is there already" "md-add id=12 node=md5 members=\"$B 1 1\"$U" '!error='
	ok "md: both are in it" grep -q '^md5 .*ubda.*ubdb\|^md5 .*ubdb.*ubda' /proc/mdstat
	t "md: stopped" "md-stop id=13 node=md5 devnum=9:5$U" '!error='
	t "md: half made, as by udev rules" \
		"md-assemble id=14 uuid=$uuid name=boot version=1.2 members=\"$A 0 0\"$U" node=md127
	ask "md-stop id=15 node=md127$U"
	half_made md77 "$A"
	t "md: an array that others began is finished" \
		"md-assemble id=16 uuid=$uuid name=boot version=1.2 members=\"$members\"$U" node=md77
	ok "md: with both members" grep -q '^md77 .*ubd.*ubd' /proc/mdstat
	t "md: stopped" "md-stop id=17 node=md77$U" '!error='
}

mdadm_map_uuid()	# each word backwards
{
	sed -E 's/([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/\4\3\2\1/g' <<<"$1"
}

half_made()	# ARRAY DEVNUM: an inactive array with one member
{
	echo "$1" >/sys/module/md_mod/parameters/new_array
	echo 1.2 >"/sys/block/$1/md/metadata_version"
	echo "$2" >"/sys/block/$1/md/new_dev"
}

worker_waits()	# WORD: the worker sleeps in such a place
{
	grep -q "$1" "/proc/$(pgrep -P "$drive_pid")/wchan"
}

x32()	# half of an LV's uuid
{
	printf 'x%.0s' {1..32}
}

worker_watches()	# the worker has a watch on what it waits for
{
	ls -l "/proc/$(pgrep -P "$drive_pid")/fd" | grep -q inotify
}

raid5_tests()
{
	local uuid a b c

	for d in a b c; do setup wipefs -aq /dev/ubd$d; done
	setup mdadm --create /dev/md9 --name=r5 --homehost=any --level=5 --raid-devices=3 --run --assume-clean \
		--metadata=1.0 /dev/ubda /dev/ubdb /dev/ubdc
	setup dd if=/dev/zero of=/dev/md9 bs=1M count=4 oflag=direct
	settle
	uuid=$(mdadm --detail --export /dev/md9 | sed -n 's/^MD_UUID=//p')
	setup mdadm --stop /dev/md9
	settle
	t "probe: raid5, metadata at the end" "probe id=1 node=ubdc devnum=$C" version=1.0 md_level=5 md_role=2 uuid="$uuid"
	t "md: a member too few of a raid5 is not enough" \
		"md-assemble id=2 uuid=$uuid name=r5 version=1.0 members=\"$A 0 0\" flag=1$U" error= text=
	ok "md: nothing is left of the attempt" eval '! grep -q ^md /proc/mdstat'
	t "md: two of three start degraded" \
		"md-assemble id=3 uuid=$uuid name=r5 version=1.0 members=\"$A 0 0\\n$B 1 1\" flag=1$U" node=md127
	t "md: stopped" "md-stop id=4 node=md127$U" '!error='
	dirty /dev/ubda /dev/ubdb
	t "md: dirty and degraded is refused" \
		"md-assemble id=5 uuid=$uuid name=r5 version=1.0 members=\"$A 0 0\\n$B 1 1\" flag=1$U" error=-5 \
		'text="the kernel does not start md127: dirty and degraded"'
	ok "md: nothing is left of the attempt" eval '! grep -q ^md /proc/mdstat'
	setup mdadm --zero-superblock /dev/ubda /dev/ubdb /dev/ubdc
	setup mdadm --create /dev/md9 --level=1 --raid-devices=2 --run --assume-clean --metadata=0.90 /dev/ubda /dev/ubdb
	settle
	uuid=$(mdadm --detail --export /dev/md9 | sed -n 's/^MD_UUID=//p')
	setup mdadm --stop /dev/md9
	t "probe: the old metadata" "probe id=6 node=ubda devnum=$A" version=0.90 uuid="$uuid" md_level=1
	t "md: the old metadata" \
		"md-assemble id=7 uuid=$uuid version=0.90 members=\"$A 0 0\\n$B 1 1\"$U" node=md127
	ok "md: mdadm's idea of an old uuid" grep -q "$uuid" /run/mdadm/map
	t "md: stopped" "md-stop id=8 node=md127$U" '!error='
	setup mdadm --zero-superblock /dev/ubda /dev/ubdb
}

# Says in the superblocks (1.0) of these that a write was going on, and mends the checksums.
dirty()
{
	python3 - "$@" <<-'END'
	import os, struct, sys
	for path in sys.argv[1:]:
	    fd = os.open(path, os.O_RDWR | os.O_SYNC)
	    sectors = os.lseek(fd, 0, os.SEEK_END) // 512
	    at = ((sectors - 16) & ~7) * 512
	    sb = bytearray(os.pread(fd, 4096, at))
	    sb[0xd0:0xd8] = struct.pack("<Q", 0)			# resync_offset
	    sb[0xd8:0xdc] = bytes(4)
	    size = 256 + 2 * struct.unpack_from("<I", sb, 0xdc)[0]
	    total = sum(struct.unpack_from("<%dI" % (size // 4), sb))
	    total += sum(sb[size // 4 * 4 + i] << 8 * i for i in range(size % 4))
	    total = (total & 0xffffffff) + (total >> 32)
	    sb[0xd8:0xdc] = struct.pack("<I", total & 0xffffffff)
	    os.pwrite(fd, sb, at)
	    os.close(fd)
	END
}

luks_tests()
{
	local uuid=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee fast="--pbkdf argon2id --pbkdf-force-iterations 4
		--pbkdf-memory 32768 --pbkdf-parallel 1"

	printf 'a key of a file, with a\nline' >/tmp/key
	(echo 0123456789; cat /tmp/key) >/tmp/longkey
	echo -n opensesame >/tmp/pass
	setup cryptsetup luksFormat -q --type luks2 $fast --uuid $uuid /dev/ubdd /tmp/pass
	setup cryptsetup luksAddKey -q $fast --key-file /tmp/pass /dev/ubdd /tmp/key
	t "probe: LUKS2" "probe id=1 node=ubdd devnum=$D" type=crypto_LUKS version=2 uuid=$uuid luks_memory=32768 \
		luks_ciphers=aes-xts-plain64 data_offset=16777216 '!error='
	t "luks: nothing to open it with" "luks-open id=2 node=ubdd name=crypt uuid=$uuid$U" error=-126
	tell "secret wrong"
	t "luks: a wrong passphrase" "luks-open id=3 node=ubdd name=crypt uuid=$uuid$U" error=-1 text=
	t "luks: a passphrase is for one action" "luks-open id=4 node=ubdd name=crypt uuid=$uuid$U" error=-126
	t "luks: no key file" "luks-open id=5 node=ubdd name=crypt uuid=$uuid keyfile=/tmp/nokey$U" error=-2
	t "luks: another volume" "luks-open id=6 node=ubdd name=crypt uuid=${uuid/aaaa/bbbb} keyfile=/tmp/key$U" error=-116
	tell "secret opensesame"
	t "luks: opened by passphrase" "luks-open id=7 node=ubdd devnum=$D name=crypt uuid=$uuid$U" node=dm- devnum=25 \
		'!error='
	ok "luks: its node is there" test -b /dev/mapper/crypt
	t "luks: open already is success" "luks-open id=8 node=ubdd name=crypt uuid=$uuid keyfile=/tmp/key$U" node=dm- \
		'!error='
	t "luks: another volume under this name" \
		"luks-open id=9 node=ubdd name=crypt uuid=${uuid/aaaa/bbbb} keyfile=/tmp/key$U" error=-17
	t "dm: not removed under a wrong uuid" "dm-remove id=10 name=crypt uuid=CRYPT-LUKS2-else$U" error=-116
	t "luks: closed" "dm-remove id=11 name=crypt$U" '!error='
	ok "luks: its node is gone" missing /dev/mapper/crypt
	t "luks: closed already is success" "dm-remove id=12 name=crypt$U" '!error='
	t "luks: opened by key file" \
		"luks-open id=13 node=ubdd name=crypt uuid=$uuid keyfile=/tmp/key options=discard,readonly$U" node=dm- '!error='
	ok "luks: with its options" \
		eval '[[ $(dmsetup table crypt) == *allow_discards* && $(dmsetup info -c --noheadings -o readonly crypt) == Read-only ]]'
	ask "dm-remove id=14 name=crypt$U"
	t "luks: opened by a part of a key file" \
		"luks-open id=15 node=ubdd name=crypt uuid=$uuid keyfile=/tmp/longkey key_offset=11$U" node=dm- '!error='
	exec 9</dev/mapper/crypt
	tell "+dm-remove id=16 name=crypt$U"
	until_true 10 worker_watches
	exec 9<&-
	ask result
	ok "dm: removed when the last reader closed it" reply_has id=16 '!error='
	luks_header_tests
	ok "luks: no semaphore is left" no_semaphores
}

luks_header_tests()
{
	setup cryptsetup luksHeaderBackup /dev/ubdd --header-backup-file /tmp/header
	setup dd if=/dev/zero of=/dev/ubdd bs=1M count=1 conv=notrunc
	t "probe: its header is elsewhere" "probe id=17 node=ubdd" '!type='
	t "luks: no header on it" "luks-open id=18 node=ubdd name=crypt uuid=$uuid keyfile=/tmp/key$U" error=-74 text=
	t "luks: opened with a header of its own" \
		"luks-open id=19 node=ubdd name=crypt uuid=$uuid keyfile=/tmp/key header=/tmp/header$U" node=dm- '!error='
	ask "dm-remove id=20 name=crypt$U"
	setup dd if=/tmp/header of=/dev/ubdd bs=1M count=1 conv=notrunc
	printf XXXX | dd of=/dev/ubdd bs=1 seek=5000 conv=notrunc 2>/dev/null
	t "probe: one damaged copy is no error" "probe id=21 node=ubdd" type=crypto_LUKS '!error='
	printf XXXX | dd of=/dev/ubdd bs=1 seek=21384 conv=notrunc 2>/dev/null
	t "probe: both damaged" "probe id=22 node=ubdd" type=crypto_LUKS error=-74 text=
	tell "secret opensesame"
	t "luks: a damaged header" "luks-open id=23 node=ubdd name=crypt uuid=$uuid$U" error=-74 text=
	setup cryptsetup luksFormat -q --type luks2 $fast --cipher cipher_null-ecb --key-size 256 --uuid $uuid /dev/ubdd /tmp/pass
	t "probe: the ciphers of data and key slots" "probe id=28 node=ubdd" \
		'luks_ciphers="aes-xts-plain64 cipher_null-ecb"'
	tell "secret anything"
	t "luks: a null cipher is refused" "luks-open id=24 node=ubdd name=crypt uuid=$uuid$U" error=-129
	setup cryptsetup luksFormat -q --type luks1 --pbkdf-force-iterations 1000 --uuid $uuid /dev/ubdd /tmp/pass
	t "probe: LUKS1" "probe id=25 node=ubdd" type=crypto_LUKS version=1 uuid=$uuid data_offset=2097152 \
		luks_ciphers=aes-xts-plain64
	tell "secret opensesame"
	t "luks: LUKS1 opened" "luks-open id=26 node=ubdd name=crypt uuid=$uuid$U" node=dm- '!error='
	ask "dm-remove id=27 name=crypt$U"
}

dm_node()
{
	basename "$(grep -lx "$1" /sys/block/dm-*/dm/name | sed 's,/dm/name,,')"
}

dm_refusals()	# with what dm_tests has
{
	t "dm: a device from nowhere" "dm-activate id=6 text=\"device c $c rw 20\n0 8192 linear @x 2048\"$U" error=-1
	t "dm: a number that is no member" "dm-activate id=6 text=\"device c $c rw 20\n0 8192 linear $D 2048\"$U" error=-1
	t "dm: a member's number in another way of writing" \
		"dm-activate id=6 text=\"device c $c rw 20\n0 8192 linear /dev/ubde 2048\"$U" error=-1
	t "dm: a device of another group" "dm-activate id=6 text=\"device c ${c/LVM-g/LVM-h} rw 20\n0 8192 linear $F 2048\"$U" \
		error=-22
	t "dm: a target that no LV has" "dm-activate id=6 text=\"device c $c rw 20\n0 8192 delay $F 2048 1\"$U" error=-1
	t "dm: a member that is another disk now" \
		"dm-activate id=6 uuid=$vg members=\"$F 99999\" text=\"device c $c rw 20\n0 8192 linear $F 2048\"$plain" error=-116
	t "dm: a member that is no mapped device" \
		"dm-activate id=6 uuid=$vg members=\"$F 0 CRYPT-x\" text=\"device c $c rw 20\n0 8192 linear $F 2048\"$plain" \
		error=-116
	ok "dm: nothing is left of them" eval '[ $(dmsetup ls | wc -l) = 2 ]'
	t "dm: a minor and a read-ahead of its own" \
		"dm-activate id=6 text=\"device c $c rw 20 minor=77 readahead=2048\n0 8192 linear $F 2048\"$U" '!error='
	ok "dm: has them" eval '[ "$(dmsetup info -c --noheadings -o minor c)" = 77 -a "$(blockdev --getra /dev/mapper/c)" = 2048 ]'
	ask "dm-remove id=7 name=c$plain"
}

dm_tests()
{
	local uuid seq vg l plain=$U

	setup vgcreate -y vg /dev/ubde /dev/ubdf
	setup lvcreate -y -Wn -l4 -n one vg
	setup vgchange -an vg
	setup lvchange --addtag x vg/one
	uuid=$(pvs --noheadings -o pv_uuid /dev/ubde | tr -d ' ')
	seq=$(vgs --noheadings -o vg_seqno vg | tr -d ' ')
	t "probe: LVM" "probe id=1 node=ubde devnum=$E" type=LVM2_member uuid="$uuid" lvm_seqno="$seq" 'lvm_metadata="vg {' \
		'!error='
	vg=$(printf 'g%.0s' {1..32})
	l=$(printf 'l%.0s' {1..31})
	local a=LVM-$vg${l}a b=LVM-$vg${l}b c=LVM-$vg${l}c d=LVM-$vg${l}d
	local U=" uuid=$vg members=\"$E 0\n$F $(cat /sys/block/ubdf/diskseq)\"$plain"
	local table="device a $a rw 2e\n0 8192 linear $E 2048\ndevice b $b rw 20\n0 8192 linear @a 0"
	t "dm: two devices, one on the other" "dm-activate id=2 text=\"$table\"$U" 'text="a ' '!error='
	ok "dm: the upper lies on the lower" \
		eval '[ "$(dmsetup table b)" = "0 8192 linear $(cat /sys/block/dm-0/dev) 0" ]'
	ok "dm: its node is there" test -b /dev/mapper/b
	t "dm: there already is success" "dm-activate id=3 text=\"$table\"$U" '!error='
	t "dm: described twice, as what two LVs share" "dm-activate id=3 text=\"$table\n$table\"$U" '!error='
	t "dm: a name taken by another" \
		"dm-activate id=4 text=\"device c $c rw 20\n0 8192 linear $F 2048\ndevice b $d rw 20\n0 8192 linear $F 2048\"$U" \
		error=-17 text=
	ok "dm: nothing is left of the attempt" eval '[ $(dmsetup ls | wc -l) = 2 ]'
	t "dm: a table that the kernel refuses" \
		"dm-activate id=5 text=\"device c $c rw 20\n0 8192 linear $F 2048\ndevice d $d rw 20\n0 8192 linear $E 900000000\"$U" \
		error= text=
	ok "dm: nothing is left of the attempt" eval '[ $(dmsetup ls | wc -l) = 2 ]'
	dm_refusals
	t "dm: held by another device" "dm-remove id=7 name=a$plain" error=-16
	t "dm: a device made by half" "dm-remove id=8 name=b uuid=$b$plain" '!error='
	setup dmsetup create -n b -u $b
	t "dm: is finished" "dm-activate id=9 text=\"$table\"$U" '!error='
	ok "dm: and lives" eval '[[ $(dmsetup table b) == "0 8192 linear"* ]]'
	setup dmsetup suspend b
	t "probe: of a suspended device does not wait for its resume" \
		"probe id=10 node=$(dm_node b) devnum=$(dev_of $(dm_node b))" error=-11
	setup dmsetup resume b
	t "probe: resumed" "probe id=10 node=$(dm_node b) devnum=$(dev_of $(dm_node b))" '!error='
	t "probe: another disk in its place" "probe id=10 node=ubdf devnum=$F diskseq=99999" error=-116
	ask "dm-remove id=10 name=b$plain"
	t "dm: removed" "dm-remove id=11 name=a uuid=$a$plain" '!error='
	ok "dm: nothing is left" eval '[[ $(dmsetup ls) == "No devices found" ]]'
	ok "dm: no node is left" eval '[ "$(ls /dev/mapper)" = control ]'
	ok "dm: no semaphore is left" no_semaphores
	printf XX | dd of=/dev/ubde bs=1 seek=$(grep -abo 'vg {' /dev/ubde | tail -1 | cut -d: -f1) conv=notrunc 2>/dev/null
	t "probe: damaged LVM metadata: it is a PV all the same" "probe id=12 node=ubde" type=LVM2_member uuid= text= \
		'!lvm_metadata' '!error='
	setup wipefs -aq /dev/ubde /dev/ubdf
	setup pvcreate -y --pvmetadatacopies 0 /dev/ubde
	t "probe: a PV without metadata area" "probe id=13 node=ubde" type=LVM2_member uuid= '!lvm_metadata' '!error='
	setup wipefs -aq /dev/ubde
}

# What vgchange has made as one transaction: bottom first, numbers as names.
transaction()	# VG
{
	python3 - "$1" <<-'END'
	import subprocess, sys, re
	def run(*a): return subprocess.run(("dmsetup",) + a, check=True, capture_output=True, text=True).stdout
	devs, number = {}, {}
	for line in run("info", "-c", "--noheadings", "--separator", " ", "-o", "name,uuid,major,minor").splitlines():
	    name, uuid, major, minor = line.split()
	    if name.startswith(sys.argv[1] + "-"):
	        devs[name] = (uuid, run("table", name).strip())
	        number[major + ":" + minor] = name
	done = []
	def add(name):
	    uuid, table = devs[name]
	    table = re.sub(r"(?<= )(\d+:\d+)(?= |$)", lambda m: "@" + number[m[1]] if m[1] in number else m[1],
	                   table, flags=re.M)
	    for below in re.findall(r"@(\S+)", table):
	        if below not in done:
	            add(below)
	    if name not in done:
	        done.append(name)
	        print("device", name, uuid, "rw", "2e\n" + table)
	for name in sorted(devs):
	    add(name)
	END
}

tables()	# NAME...: the tables of these, numbers as names
{
	local sed= d

	for d in /sys/block/dm-*; do
		sed+="s/ $(cat $d/dev)\\b/ @$(cat $d/dm/name)/g;"
	done
	for d; do echo "$d: $(dmsetup table "$d")"; done | sed "$sed"
}

lvm_tests()
{
	local text names before name uuid n=0

	printf 'global { thin_check_executable = "" }\n' >>/etc/lvm/lvmlocal.conf
	setup wipefs -aq /dev/ubde /dev/ubdf
	setup vgcreate -y vg /dev/ubde /dev/ubdf
	setup lvcreate -y -Wn --type raid1 -m1 -L12M --nosync -n mirror vg
	setup lvcreate -y -s -L4M -n snap vg/mirror
	setup lvcreate -y -L16M -T vg/pool
	setup lvcreate -y -V32M -T vg/pool -n thin1
	setup lvcreate -y -V32M -T vg/pool -n thin2
	setup mke2fs -q -t ext4 /dev/vg/thin2
	setup vgchange -an vg
	setup vgchange -ay vg
	text=$(transaction vg)
	names=$(sed -n 's/^device \([^ ]*\) .*/\1/p' <<<"$text")
	before=$(tables $names)
	uuid=$(vgs --noheadings -o vg_uuid vg | tr -d ' -')
	setup vgchange -an vg
	settle
	t "dm: raid, snapshot and thin volumes in one transaction" \
		"dm-activate id=1 uuid=$uuid members=\"$E 0\n$F 0\" text=\"${text//$'\n'/\\n}\"$U" 'text="vg-' '!error='
	ok "dm: as vgchange made them" [ "$(tables $names)" = "$before" ]
	setup mount -o ro,noload /dev/mapper/vg-thin2 /mnt
	setup umount /mnt
	for name in $(tac <<<"$names"); do
		ask "dm-remove id=2 name=$name$U"
		reply_has '!error=' && n=$((n + 1))
	done
	ok "dm: and removed from above" [ $n = $(wc -w <<<"$names") ]
	setup vgchange -ay vg
	setup vgchange -an vg
	setup vgremove -ff vg
	settle
	ok "dm: no semaphore is left" no_semaphores
}

btrfs_tests()
{
	setup mkfs.btrfs -q -f -L bt /dev/ubda
	t "probe: btrfs" "probe id=20 node=ubda" type=btrfs label=bt uuid= uuid_sub=
	t "mount: btrfs" "mount id=21 node=ubda target=$M/bt fstype=btrfs" '!error='
	t "mount: btrfs mounted already" "mount id=22 node=ubda target=$M/bt fstype=btrfs" '!error='
	ok "mount: once" eval '[ $(grep -c $M/bt /proc/mounts) = 1 ]'
	ask "umount id=23 target=$M/bt"
	t "resume" "resume id=26 devnum=$F" id=26
}

partition_tests()
{
	sfdisk -q --wipe always /dev/ubda >/dev/null <<-'END'
		label: gpt
		size=20M, uuid=01234567-89AB-CDEF-0123-456789ABCDEF, name="the name"
	END
	settle
	setup mke2fs -q -t ext4 /dev/ubda1
	t "probe: a partition" "probe id=1 node=ubda1 devnum=$(dev_of ubda1)" type=ext4 \
		partuuid=01234567-89ab-cdef-0123-456789abcdef 'partlabel="the name"'
	t "probe: its disk" "probe id=2 node=ubda" '!type=' '!partuuid' '!error='
}

link_tests()
{
	local bad

	t "link" "link id=1 node=ubde text=\"disk/by-uuid/x-y disk/by-label/z\"" '!error='
	ok "link: as udev makes them" link_is /dev/disk/by-uuid/x-y ../../ubde
	t "link: not another's that is there" "link id=2 node=ubdf text=disk/by-label/z" error=-16
	ok "link: which keeps it" link_is /dev/disk/by-label/z ../../ubde
	ln -sfn ../../ubdz /dev/disk/by-label/z
	t "link: of a device that is gone" "link id=2 node=ubdf text=disk/by-label/z" '!error='
	t "link: not of another number" "link id=2 node=ubdf devnum=$(dev_of ubde) text=disk/by-label/z2" error=-116
	t "link: removes its own only" "link id=3 node=ubde text=\"disk/by-uuid/x-y disk/by-label/z\" flag=1" '!error='
	ok "link: gone with its folder" missing /dev/disk/by-uuid/x-y
	ok "link: another's stays" link_is /dev/disk/by-label/z ../../ubdf
	ask "link id=4 node=ubdf text=disk/by-label/z flag=1"
	t "link: not out of /dev" "link id=5 node=ubde text=../etc/x" error=-1
	ok "link: not out of /dev" missing /etc/x
	for bad in null log mapper/n disk/by-uuid disk/by-uuid/a/b disk/by-uuid/.. disk/x/y md/x md/../x vg/lv ./md/x; do
		t "link: not $bad" "link id=6 node=ubde text=$bad" error=-1
	done
	mkdir -p /dev/disk/by-label/folder
	t "link: not over a folder" "link id=6 node=ubde text=disk/by-label/folder" error=-17
	rmdir /dev/disk/by-label/folder
	[ ! -d /dev/disk/by-partlabel ] || mv /dev/disk/by-partlabel /dev/disk/was
	ln -s /etc /dev/disk/by-partlabel
	t "link: not through a link" "link id=6 node=ubde text=disk/by-partlabel/x" error=-20
	rm /dev/disk/by-partlabel
	[ ! -d /dev/disk/was ] || mv /dev/disk/was /dev/disk/by-partlabel
	ok "link: nothing lies where the link leads" missing /etc/x
}

module_tests()
{
	local dir

	dir=/lib/modules/$(uname -r)
	umount /lib/modules
	mkdir -p "$dir"
	cp -r "/usr/lib/uml/modules/$(uname -r)/kernel" "$dir/"
	rmmod dummy 2>/dev/null
	{
		echo "module dummy $(cd "$dir" && find kernel -name dummy.ko)"
		echo "module udf $(cd "$dir" && find kernel -name udf.ko) crc-itu-t cdrom"
		echo "module crc_itu_t $(cd "$dir" && find kernel -name crc-itu-t.ko)"
		echo "module cdrom $(cd "$dir" && find kernel -name cdrom.ko)"
		echo "alias test:v*d[0-9]-x udf"
	} >"$dir/storage-activate.index"
	t "modules: by name, absent ones are no error" "modules id=1 text=\"dummy nosuch other:alias\"" '!error='
	ok "modules: loaded" test -d /sys/module/dummy
	t "modules: again" "modules id=2 text=dummy" '!error='
	t "modules: by alias with dependencies" "modules id=3 text=test:vABCd7-x" '!error='
	ok "modules: loaded" test -d /sys/module/udf
}

wire_tests()
{
	t "wire: not an action" "raw hello=" error=-74
	t "wire: not an effect" "raw report id=7 text=x" id=7 error=-22
	t "wire: names stay below /dev" "probe id=8 node=../etc/passwd" id=8 error=-22
	t "wire: no such node" "probe id=9 node=nothing" error=-2
	t "wire: not a block device" "probe id=10 node=null" error=-15
	mkdir -p /tmp/bin && printf '#!/bin/sh\necho slow\necho $$ >/tmp/slow.pid\nwhile :; do read -r x <>/tmp/fifo; done\n' >/sbin/fsck.slow
	chmod +x /sbin/fsck.slow && mkfifo /tmp/fifo
	tell "+fsck id=11 node=ubde fstype=slow"
	until_true 10 test -s /tmp/slow.pid
	tell term
	ask result
	ok "cancel: of a check" reply_has id=11 status=32 text=slow
	ok "cancel: the checker is gone" missing "/proc/$(cat /tmp/slow.pid)"
	t "cancel: the worker lives on" "probe id=12 node=ubde" type=LVM2_member
	if [ -n "$U" ]; then
		udevadm control --stop-exec-queue
		tell "+dm-activate id=13 uuid=$(x32) text=\"device s LVM-$(x32)$(x32) rw 20\n0 8 error\"$U"
		until_true 10 worker_waits semtimedop
		tell term
		ask result
		ok "cancel: of a wait for udevd" reply_has id=13 error=-125
		udevadm control --start-exec-queue
		ok "cancel: no semaphore is left" no_semaphores
		ok "cancel: no device is left" eval '[ $(dmsetup ls | grep -c ^s) = 0 ]'
	fi
	worker_stop
	ok "wire: ends when the engine is gone" [ "$STATUS" = 0 ]
	worker_start /out/drive /out/worker
	ask "probe id=1 node=null"
	tell term
	ask result
	ok "cancel: one that is idle ends" eval '[ "$REPLY" = "worker ended" ]'
	worker_stop
}

library_tests()
{
	local lib

	lib=$(readlink -f /usr/lib/*/libcryptsetup.so.12)
	setup mount --bind /dev/null "$lib"
	worker_start /out/drive /out/worker
	t "luks: an image without libcryptsetup says so" "luks-open id=1 node=ubdd name=crypt keyfile=/tmp/key$U" \
		error=-95 'text="ubdd cannot be opened: there is no libcryptsetup.so.12 here"'
	setup umount "$lib"
	tell "+luks-open id=2 node=ubdd name=crypt keyfile=/tmp/fifo$U"
	until_true 10 worker_waits fifo
	tell term
	ask result
	ok "cancel: of a key file that does not come" eval '[ "$REPLY" = "worker ended" ]'
	worker_stop
}

A=$(dev_of ubda) B=$(dev_of ubdb) C=$(dev_of ubdc) D=$(dev_of ubdd) E=$(dev_of ubde) F=$(dev_of ubdf)
for module in dm_snapshot dm_thin_pool dm_raid dm_mod dm_crypt md_mod raid1 raid456 xfs btrfs; do
	modprobe $module 2>/dev/null
done
worker_start /out/drive /out/worker
md_tests
raid5_tests
luks_tests
dm_tests
DISK1=ubde DISK2=ubdf M=/tmp/m fs_tests
lvm_tests
btrfs_tests
partition_tests
link_tests
[ -n "$U" ] || module_tests
wire_tests
library_tests
done_testing
