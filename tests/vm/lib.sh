# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makers of disks, by the usual tools, for scripts that run in a guest of ./uml: the rows of this
# folder and whoever needs disk images made (they are /dev/ubda, ... there).  Sizes and key derivation
# are the cheapest that are still real.  A maker prints nothing; what it made is in a variable:
# REPLY (a node) or UUID.

# Without udevd nobody answers cookies and nobody makes nodes but the tools themselves.
lib_no_udev()
{
	export MDADM_NO_UDEV=1 DM_DISABLE_UDEV=1
	cat >/etc/lvm/lvmlocal.conf <<-'END'
		activation { udev_sync = 0 udev_rules = 0 verify_udev_operations = 1 monitoring = 0 }
		devices { obtain_device_list_from_udev = 0 use_devicesfile = 0 hints = "none" }
		backup { backup = 0 archive = 0 }
	END
}

# fail TEXT...: the script cannot go on.
fail()
{
	echo "FAILED: $*" >&2
	exit 1
}

# must COMMAND...: its output is shown only if it fails.
must()
{
	local out

	out=$("$@" 2>&1 </dev/null) || fail "$*: status $?: $out"
}

# nap SECONDS: without starting a program, which costs a guest more than the nap.
nap()
{
	local fd

	[ -p /run/nap ] || mkfifo /run/nap 2>/dev/null
	exec {fd}<>/run/nap
	read -r -t "$1" -u $fd
	exec {fd}>&-
}

# until_true SECONDS COMMAND...: for tests only; nothing that we ship waits like this.
until_true()
{
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -le $end ] || return 1
		nap 0.1
	done
}

# ---- disks that come and go: one scsi_debug host each, the data stays in the host ----

SCSI=/sys/bus/pseudo/drivers/scsi_debug
DISK_MB=40

# disks N: N empty disks, all plugged in: sda, sdb, ...  Disk I is always in the same host.
disks()
{
	local i try all=()

	modprobe sd_mod
	[ -d $SCSI ] || modprobe scsi_debug add_host=0 dev_size_mb=$DISK_MB per_host_store=1 delay=0
	disks_out
	for ((i = $(cat $SCSI/add_host); i < $1; i++)); do
		echo 1 >$SCSI/add_host
		until_true 10 disk "$i" || fail "no disk $i"
		unplug "$i"
	done
	for ((i = 0; i < $1; i++)); do
		all+=("$i")
	done
	for try in 1 2 3 4 5; do	# a name is free when the last one who had it open has closed it
		disks_out
		plug "${all[@]}"
		disks_in_order "$1" && break
		nap 0.3
	done
	disks_in_order "$1" || fail "disks are not called sda, sdb, ..."
	for i in "${all[@]}"; do	# a new host may have the data of an old one
		disk "$i"
		must dd if=/dev/zero of="$REPLY" bs=1M count=$DISK_MB oflag=direct
	done
}

disks_in_order()
{
	local i letters=abcdefgh

	for ((i = 0; i < $1; i++)); do
		disk $i && [ "$REPLY" = "/dev/sd${letters:i:1}" ] || return
	done
}

disk_host()
{
	REPLY=$(echo "/sys/bus/pseudo/devices/adapter$1"/host*)
	REPLY=${REPLY##*/host}
}

# disk N: REPLY is its node, whatever the kernel calls it now.
disk()
{
	disk_host "$1"
	REPLY=$(cd "/sys/class/scsi_device/$REPLY:0:0:0/device/block" 2>/dev/null && echo *) || return
	[ -e "/sys/class/block/$REPLY" ] && [ -b "/dev/$REPLY" ] && REPLY=/dev/$REPLY
}

# unplug N...: surprise removal, if it is in use.
unplug()
{
	local n

	for n; do
		disk "$n" || continue
		echo 1 >"/sys/class/block/${REPLY#/dev/}/device/delete"
	done
}

# plug N...: in this order, and so they are named.
plug()
{
	local n

	for n; do
		disk_host "$n"
		echo "- - -" >"/sys/class/scsi_host/host$REPLY/scan"
		until_true 10 disk "$n" || fail "disk $n did not come back"
	done
}

disks_out()
{
	local device

	for device in /sys/bus/pseudo/devices/adapter*/host*/target*/*/delete; do
		[ ! -e "$device" ] || echo 1 >"$device"
	done
	[ ! -e /run/udev/control ] || udevadm settle -t 20
}

# ---- layers ----

new_uuid() { UUID=$(cat /proc/sys/kernel/random/uuid); }

# mk_parts NODE: three partitions of 4, 12 MiB and the rest; partition I is NODE followed by I.
mk_parts()
{
	printf 'label: gpt\n,4M,L\n,12M,L\n,,L\n' >/tmp/parts
	sfdisk -q "$1" </tmp/parts >/tmp/parts.log 2>&1 || fail "sfdisk $1: $(cat /tmp/parts.log)"
	until_true 10 test -b "$1"3
}

# mk_ext4 NODE LABEL TEXT: a file system with one file, /marker, that says TEXT, and folders to mount on.
mk_ext4()
{
	local top=/tmp/mkfs

	rm -rf $top
	mkdir -p $top/usr $top/data
	echo "$3" >$top/marker
	new_uuid
	must mke2fs -q -t ext4 -F -b 1024 -L "$2" -U "$UUID" -d $top "$1"
}

# mk_luks NODE PASSPHRASE|KEYFILE: LUKS2, header of 1 MiB, one cheap slot.
LUKS_CHEAP=(--pbkdf argon2id --pbkdf-force-iterations 4 --pbkdf-memory 32 --pbkdf-parallel 1)
mk_luks()
{
	local key=$2

	new_uuid
	case $key in
	/*) ;;
	*)
		printf %s "$2" >/tmp/passphrase
		key=/tmp/passphrase
		;;
	esac
	must cryptsetup luksFormat -q --type luks2 --uuid "$UUID" "${LUKS_CHEAP[@]}" \
		--luks2-metadata-size 16k --luks2-keyslots-size 512k --offset 2048 --key-file "$key" "$1"
}

# open_luks NODE PASSPHRASE|KEYFILE NAME: REPLY is the node.
open_luks()
{
	local key=$2

	case $key in
	/*) ;;
	*)
		printf %s "$2" >/tmp/passphrase
		key=/tmp/passphrase
		;;
	esac
	must cryptsetup open --key-file "$key" "$1" "$3"
	REPLY=/dev/mapper/$3
}

# mk_md NAME LEVEL NODE...: in sync; metadata 1.2 without bitmap, unless MD_METADATA and MD_BITMAP say otherwise.
# REPLY is the node and UUID the array's, as blkid writes it.
mk_md()
{
	local name=$1 level=$2 hex

	shift 2
	must mdadm --create "/dev/md/$name" --run --metadata=${MD_METADATA-1.2} --level="$level" --homehost=any \
		--bitmap=${MD_BITMAP-none} --assume-clean --raid-devices=$# --name="$name" "$@"
	REPLY=$(readlink -f "/dev/md/$name")
	[ -b "$REPLY" ] || fail "no node of array $name"
	hex=$(cat "/sys/class/block/${REPLY#/dev/}/md/uuid" 2>/dev/null) ||
		hex=$(mdadm --detail --export "$REPLY" | sed -n 's/^MD_UUID=//p')
	hex=${hex//[:-]/}
	UUID=${hex:0:8}-${hex:8:4}-${hex:12:4}-${hex:16:4}-${hex:20:12}
}

# mk_mirror NAME LABEL TEXT NODE...: ext4 on RAID1: md_uuid and fs_uuid.
mk_mirror()
{
	local name=$1 label=$2 text=$3

	shift 3
	mk_md "$name" 1 "$@"
	md_uuid=$UUID
	mk_ext4 "$REPLY" "$label" "$text"
	fs_uuid=$UUID
}

# mk_vg VG NODE...: small extents, so that many LVs fit.
mk_vg()
{
	local vg=$1

	shift
	must vgcreate -q -y -s 1m --metadatasize 256k --dataalignment 512k "$vg" "$@"
}

# mk_lv VG LV MiB [lvcreate's words...]: REPLY is the node.
mk_lv()
{
	local vg=$1 lv=$2 size=$3

	shift 3
	must lvcreate -q -y -W n -Z n -n "$lv" -L "${size}m" "$vg" "$@"
	REPLY=/dev/$vg/$lv
}

# ---- the end: everything is stopped, in whatever order works ----

storage_left()
{
	local d

	for d in /sys/class/block/dm-* /sys/class/block/md*; do
		[ ! -e "$d" ] || echo "${d##*/}$([ ! -r "$d/dm/name" ] || echo " ($(cat "$d/dm/name"))")"
	done
	grep -v '^Filename' /proc/swaps
	awk '$2 ~ "^/mnt/" { print "mount " $2 }' /proc/mounts
}

# Top first: what nothing else lies on.
close_all()
{
	local i d t force=

	for i in 1 2 3 4 5 6 7 8; do
		[ $i -lt 6 ] || force=--force
		for t in $(awk '$2 ~ "^/mnt/" { print $2 }' /proc/mounts | tac); do
			umount "$t" || umount -l "$t"
		done
		swapoff -a
		for d in /sys/class/block/dm-* /sys/class/block/md*; do
			[ -e "$d" ] && { [ -n "$force" ] || ! ls "$d"/holders/* ; } || continue
			if [ -e "$d/dm" ]; then
				dmsetup remove $force "$(cat "$d/dm/name")"
			else
				mdadm --stop "/dev/${d##*/}"
			fi
		done
		[ -n "$(storage_left)" ] || break
	done >/tmp/close_all.log 2>&1
	bare_dev
	[ -z "$(storage_left)" ]
}

# What the tools leave in /dev when no udevd tells them that a device is gone.
bare_dev()
{
	local d

	rm -rf /dev/disk /dev/md
	find /dev -xtype l -delete 2>/dev/null
	for d in /dev/*/; do
		case $d in
		/dev/pts/ | /dev/shm/ | /dev/mapper/ | /dev/bsg/ | /dev/bus/ | /dev/input/) ;;
		*) rmdir "$d" 2>/dev/null ;;
		esac
	done
}
