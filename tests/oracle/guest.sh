#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's side of ./run: makes the layouts named in /out/todo, one after the other, and activates each by
# storage-activate and by the reference tools, from disks with the same bytes.  What was seen is in /out/SEED;
# /dev/tty1 gets a line each: start SEED · end SEED · restart (this guest is not clean any more).

here=$(dirname "$(readlink -e "$0")")
. "$here/../vm/lib.sh"

DISKS=6
RUN=/run/storage-activate
TOOL=/usr/sbin/storage-activate
IMAGES=/tmp/images

report() { echo "$*" >/dev/tty1; }

phase()
{
	local uptime

	read -r uptime _ </proc/uptime
	echo "== $* at $uptime"
	report phase "$*"	# whoever waits for us knows that we live
}

# ---- what recipes call ----

# pattern NODE: its first MiB says where it was written.
pattern() { yes "$1" | head -c 1048576 | dd of="$1" bs=64k conv=notrunc,fsync status=none; }

md_idle()	# KERNEL-NAME
{
	local now

	now=$(cat "/sys/class/block/$1/md/sync_action" 2>/dev/null) || return 0
	[ "$now" = idle ] || [ "$now" = frozen ]
}

# idle NODE: the array does not synchronise any more.
idle() { until_true 20 md_idle "$(basename "$(readlink -f "$1")")"; }

lvs_idle()
{
	! dmsetup status 2>/dev/null | awk '
	$4 == "raid" && ($9 != "idle" && $9 != "frozen" || split($8, a, "/") == 2 && a[1] != a[2] && $9 != "idle") { bad = 1 }
	$4 == "mirror" { split($(6 + $5), a, "/"); if (a[1] != a[2]) bad = 1 }
	END { exit !bad }'
}
idle_lvs() { until_true 20 lvs_idle; }

# ---- disks ----

save_disks()
{
	local n

	for ((n = 0; n < DISKS; n++)); do
		disk $n && dd if="$REPLY" of=$IMAGES/$n bs=1M iflag=direct conv=sparse status=none
		truncate -s ${DISK_MB}M $IMAGES/$n
	done
}

# All of them, to be plugged in afterwards.
restore_disks()
{
	local n

	disks_out
	for ((n = 0; n < DISKS; n++)); do
		plug $n
		disk $n
		dd if=$IMAGES/$n of="$REPLY" bs=1M oflag=direct status=none || fail "disk $n is not restored"
	done
	disks_out
}

udevd_start()
{
	rm -f /etc/lvm/lvmlocal.conf
	unset MDADM_NO_UDEV DM_DISABLE_UDEV
	/lib/systemd/systemd-udevd --daemon >/dev/null 2>&1
	udevadm trigger --action=add --subsystem-match=block
	udevadm settle -t 20
}

udevd_stop()
{
	[ -e /run/udev/control ] || return 0
	udevadm settle -t 20
	udevadm control --exit
	until_true 10 test ! -e /run/udev/control
	rm -rf /run/udev
	lib_no_udev
}

# Nothing is active, and nothing is known of what was.
bare()
{
	close_all >/dev/null 2>&1 || { echo "left: $(storage_left)"; return 1; }
	disks_out
	udevd_stop
	bare_dev
	rm -rf $RUN /run/mdadm /run/lvm /run/blkid /dev/md*
	mkdir -p /run/mdadm /run/lvm
}

# ---- making ----

# One process for many commands of lvm: it is the starting of programs that takes a guest's time.
lvm_batch()
{
	[ -z "$batch" ] || lvm <<<"$batch" 2>&1
	batch=
}

make_layout()
{
	local line batch= n=0

	DISK_MB=40 disks $DISKS
	: >/etc/mdadm/mdadm.conf
	while IFS= read -r line; do
		n=$((n + 1))
		echo "+ $line"
		if [[ $line =~ ^(pv|vg|lv)[a-z]+\ && $line != *[\;\&\>]* ]]; then
			batch+=$line$'\n'
			continue
		fi
		lvm_batch
		eval "$line" 2>&1 </dev/null || echo "$n: $line" >>"$dir/not-made"
	done <"$dir/recipe"
	lvm_batch
	idle_lvs
	dmsetup table
	cat /proc/mdstat
	lvs -a -o +devices,seg_type 2>/dev/null
	# what could not be made cannot be wanted
	while IFS=$'\t' read -r what spec target kind node; do
		[ ! -b "$node" ] || printf '%s\t%s\t%s\t%s\n' "$what" "$spec" "$target" "$kind"
	done <"$dir/goals" >"$dir/wanted"
	sync
	close_all || { cat /tmp/close_all.log; fail "cannot be stopped: $(storage_left)"; }
	save_disks
}

# ---- activation ----

fstab()		# entries of the goals on standard input
{
	local what spec target kind

	while IFS=$'\t' read -r what spec target kind; do
		spec=${spec//\\/\\134} spec=${spec// /\\040} spec=${spec//#/\\043}
		case $what in
		mount) echo "$spec $target $kind ro 0 0" && mkdir -p "$target" ;;
		swap) echo "$spec none swap sw 0 0" ;;
		esac
	done
}

# No action is under way, no grace runs, udevd is done: whatever a goal still waits for does not come.
nothing_goes_on()
{
	local status

	[ ! -e /run/udev/queue ] && [ -r $RUN/status.json ] || return
	status=$(<$RUN/status.json)
	[[ $status != *"the action is cancelled"* && $status != *"starts without"* && $status != *"are passed over"* ]]
}

# tool WORD...: until it ends, or nothing has gone on for five looks; a machine under load takes its time.
tool()
{
	local pid quiet=0

	echo "+ storage-activate $*" >&2
	timeout -k 5 100 $TOOL "$@" --source=$SOURCE --crypttab="$dir/crypttab" --mdadm-conf="$dir/mdadm.conf" \
		--degraded=$GRACE </dev/null &
	pid=$!
	while [ -d /proc/$pid ] && [ $quiet -lt 5 ]; do
		nap 0.5
		if nothing_goes_on; then quiet=$((quiet + 1)); else quiet=0; fi
	done
	[ $quiet -lt 5 ] || ! kill $pid 2>/dev/null || echo "given up: nothing goes on any more" >&2
	wait $pid
}

# ours FILE: the goals that FILE lists; what device goals have reached is in nodes
ours()
{
	local what spec target kind node status=0

	: >"$dir/nodes"
	fstab <"$1" >/tmp/fstab
	[ ! -s /tmp/fstab ] || tool mount --all --fstab=/tmp/fstab || status=$?
	while IFS=$'\t' read -r what spec target kind; do
		[ "$what" = device ] || continue
		node=$(tool device "$spec") && [ -b "$node" ] && echo "$spec" >>"$dir/nodes" || status=1
	done <"$1"
	return $status
}

plug_all()
{
	plug "${ORDER[@]}"
}

observe()	# NAME
{
	[ ! -e /run/udev/control ] || udevadm settle -t 20
	dmsetup info -c --noheadings --separator $'\x1f' -o name,uuid,attr,minor >/tmp/dm.info 2>/dev/null
	dmsetup table >/tmp/dm.table 2>/dev/null
	dmsetup status >/tmp/dm.status 2>/dev/null
	/usr/bin/python3 -IS "$here/observe.py" "$dir/wanted" "$dir/nodes" /tmp/reached >"$dir/$1" || echo "observe: $1: status $?"
}

# What waits for the first write gets it, and what is to be rebuilt is.
settle_arrays()
{
	local md

	for md in /sys/class/block/md*/md; do
		[ "$(cat "$md/array_state" 2>/dev/null)" != read-auto ] || mdadm --readwrite "/dev/$(basename "${md%/md}")"
	done
	for md in /sys/class/block/md*/md; do
		[ ! -e "$md" ] || until_true 20 md_idle "$(basename "${md%/md}")"
	done
	idle_lvs
}

run_ours()
{
	local left status

	phase "activation by storage-activate, source $SOURCE"
	restore_disks
	[ $SOURCE = kernel ] || udevd_start
	GRACE=2
	if [ "$EARLY" = 1 ]; then	# they come while it runs, as fast as this machine can
		GRACE=15
		(nap 0.5; plug_all) &
	else
		plug_all
		[ ! -e /run/udev/control ] || udevadm settle -t 20
	fi
	ours "$dir/wanted" 2>&1
	wait
	observe ours
	phase "again"
	cp /tmp/reached /tmp/again
	ours /tmp/again 2>&1
	status=$?
	observe again
	[ $status = 0 ] || echo "status	$status" >>"$dir/again"
	[ ! -e "$dir/inject" ] || . "$dir/inject"
	phase "settled"
	settle_arrays
	observe ours-settled
	phase "stop"
	$TOOL stop --all --source=$SOURCE 2>&1 || echo "stop	exit status $?" >>"$dir/ours-stopped"
	[ ! -e /run/udev/control ] || udevadm settle -t 20
	left=$(storage_left; find /dev -xtype l -printf 'dangling %p -> %l\n')
	while read -r line; do echo "left $line	there" >>"$dir/ours-stopped"; done <<<"$left"
}

stop_inactive()
{
	local md

	for md in /sys/class/block/md*/md; do
		[ "$(cat "$md/array_state" 2>/dev/null)" != inactive ] || mdadm --stop "/dev/$(basename "${md%/md}")"
	done
}

# One pass over all layers: reference MDADM-WORD LVM-WORDS
reference_pass()
{
	local uuid name words

	phase "a pass: $*"
	if grep -q ^mdadm "$dir/recipe"; then
		stop_inactive
		mdadm --assemble --scan --config="$dir/mdadm.conf" $1
		udevadm settle -t 20
	fi
	while IFS=$'\t' read -r uuid name words; do
		[ ! -e "/dev/mapper/$name" ] && [ -e "/dev/disk/by-uuid/$uuid" ] || continue
		cryptsetup open $words --key-file /tmp/key "/dev/disk/by-uuid/$uuid" "$name"
	done <"$dir/opens"
	udevadm settle -t 20
	if grep -q ^vgcreate "$dir/recipe"; then
		vgchange -aay $2
		udevadm settle -t 20
	fi
}

all_blocks() { echo /sys/class/block/*; }

run_reference()
{
	local before passes words what spec target kind

	phase "activation by the reference tools"
	restore_disks
	udevd_start
	plug_all
	udevadm settle -t 20
	for words in ':--activationmode complete' '--run:--activationmode degraded'; do
		for ((passes = 0; passes < STOREYS; passes++)); do
			before=$(all_blocks)
			reference_pass "${words%%:*}" "${words#*:}"
			[ "$before" != "$(all_blocks)" ] || break
		done
	done 2>&1
	while IFS=$'\t' read -r what spec target kind; do
		case $what in
		mount) mount -o ro -t "$kind" "$spec" "$target" ;;
		swap) swapon "$spec" ;;
		esac
	done <"$dir/wanted" 2>&1
	: >"$dir/nodes"
	observe reference
	settle_arrays
	observe reference-settled
}

run_layout()	# SEED
{
	local dir=/out/$1 SOURCE=kernel EARLY=0 STOREYS=1 ORDER=()

	. "$dir/settings"
	mkdir -p $IMAGES
	echo oracle >/tmp/key
	phase "making"
	make_layout || return
	bare || return
	run_ours
	bare || return
	run_reference
	bare
}

modprobe -a dm-mod loop md-mod
lib_no_udev
hostname box
exec 4</out/todo
while read -r -u 4 seed; do
	report "start $seed"
	( run_layout "$seed" ) >"/out/$seed/log" 2>&1 </dev/null 4<&-
	status=$?
	report "end $seed $status"
	[ $status = 0 ] || { report restart; exit 0; }
done
report finished
