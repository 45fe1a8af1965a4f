# SPDX-License-Identifier: GPL-2.0-or-later
# The worker killed and hung; events lost.

worker_pids()
{
	ls -l /proc/[0-9]*/exe 2>/dev/null | awk '/storage-activate-worker/ { print $(NF - 2) }' | tr -dc '0-9\n'
}

row worker-killed "worker luks" "the worker is killed while a question stands: a new one goes on"
worker_killed_setup()
{
	disks 1
	mk_luks /dev/sda secret
	volume wk "$UUID" none
	open_luks /dev/sda secret wk
	mk_ext4 "$REPLY" wk "went on"
	fs_uuid=$UUID
}
worker_killed_act()
{
	plug 0
	start mount "UUID=$fs_uuid" /mnt/t
	until_true 20 asked 1 || fail "no question"
	local pids=$(worker_pids)
	[ "$pids" ] && kill -9 $pids || fail "no worker"
	say secret
	finish 0
}
worker_killed_assert() { mounted /mnt/t /dev/mapper/wk "went on"; }

row worker-hung@one "worker" "a device on which reads hang: others are not held up"
row worker-hung@many "worker notrace" "twenty-four of them: a healthy disk that comes later is found"
worker_hung_setup()
{
	disks 2
	mk_ext4 /dev/sda hangs "never read"
	mk_ext4 /dev/sdb good "the rest"
	fs_uuid=$UUID
}
worker_hung_act()
{
	local i

	plug 0 1
	/.host/usr/sbin/dmsetup create hung --table "0 4096 linear /dev/sda 0"
	if [ "$1" = many ]; then
		unplug 1
		for ((i = 0; i < 24; i++)); do
			/.host/usr/sbin/dmsetup create hung$i --table "0 4096 linear /dev/mapper/hung 0"
		done
	fi
	/.host/usr/sbin/dmsetup suspend hung
	# (strace would wait for the hung workers)
	start mount "UUID=$fs_uuid" /mnt/t
	if [ "$1" = many ]; then
		until_true 20 all_overtaken || fail "the hung ones are not overtaken"
		plug 1
	fi
	finish 0 20
}
all_overtaken() { [ "$(grep -c '> overtake' "$OUT/journal")" -ge 24 ]; }
worker_hung_assert()
{
	local i

	mounted /mnt/t /dev/sdb "the rest"
	dmsetup resume hung
	for ((i = 0; i < 24; i++)); do
		[ "$1" = one ] || dmsetup remove --retry hung$i
	done
	dmsetup remove --retry hung
}

row overflow "source notrace" "so many events at once that some are lost: everything is read again, nothing is missed"
overflow_setup()
{
	disks 1
	mk_ext4 /dev/sda flood "found all the same"
	fs_uuid=$UUID
}
overflow_act()
{
	local engine i big

	start mount "UUID=$fs_uuid" /mnt/t
	until_true 10 grep -q '< enumerated' "$OUT/journal" || fail "no enumeration"
	engine=$(ls -l /proc/[0-9]*/exe 2>/dev/null | awk '/sbin\/storage-activate$/ { print $(NF - 2) }' | tr -dc '0-9\n')
	kill -STOP $engine
	# More than the 32 MiB that the kernel keeps for one socket, by events as big as they can be.
	big="change $(cat /proc/sys/kernel/random/uuid) A=$(printf '%01600d' 0)"
	for ((i = 0; i < 12000; i++)); do
		echo "$big"
	done >/sys/class/mem/null/uevent
	plug 0
	kill -CONT $engine
	finish 0
}
overflow_assert()
{
	mounted /mnt/t /dev/sda "found all the same"
	grep -q '< overflow' "$OUT/journal" || fail "nothing was lost: no test"
}

row overflow-udev "udev source notrace" "so many of udevd's messages at once that some are lost: everything is read again, nothing is missed"
overflow_udev_setup() { overflow_setup; }
overflow_udev_act()
{
	local engine

	start mount "UUID=$fs_uuid" /mnt/t
	until_true 20 grep -q '< enumerated' "$OUT/journal" || fail "no enumeration"
	engine=$(ls -l /proc/[0-9]*/exe 2>/dev/null | awk '/sbin\/storage-activate$/ { print $(NF - 2) }' | tr -dc '0-9\n')
	kill -STOP $engine
	# As udevd sends them, past the filter for block devices, of a device that is not there.
	/usr/bin/python3 -ISc '
import socket, struct
def murmur2(text):
    m, mask = 0x5bd1e995, 0xffffffff
    h, data = len(text), text
    while len(data) >= 4:
        k = struct.unpack("<I", data[:4])[0] * m & mask
        k = (k ^ k >> 24) * m & mask
        h = h * m & mask ^ k
        data = data[4:]
    for i in range(len(data) - 1, -1, -1):
        h ^= data[i] << 8 * i
    if data:
        h = h * m & mask
    h = (h ^ h >> 13) * m & mask
    return h ^ h >> 15
properties = b"ACTION=change\0DEVPATH=/devices/none\0SUBSYSTEM=block\0SEQNUM=1\0FILL=" + b"x" * 7800 + b"\0"
head = b"libudev\0" + struct.pack(">I", 0xfeedcafe) + struct.pack("=III", 40, 40, len(properties))
head += struct.pack(">IIII", murmur2(b"block"), 0, 0, 0)
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 15)
for _ in range(6000):
    s.sendto(head + properties, (0, 2))
' || fail "no flood"
	plug 0
	until_true 30 udev_knows /dev/sda || fail "udevd has not seen the disk"
	kill -CONT $engine
	finish 0
}
udev_knows() { [ -e "/run/udev/data/b$(stat -c '%Hr:%Lr' "$1" 2>/dev/null)" ]; }
overflow_udev_assert() { overflow_assert; }
