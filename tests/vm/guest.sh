#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The guest's side of ./run: runs the rows named in /out/todo, one after the other, each in a process
# of its own with a time limit, and reports to /dev/tty1, one line each:
#   start ROW · diag TEXT · end ROW ok|fail MILLISECONDS · restart (this guest is not clean any more)
# "guest.sh --list" prints the rows, anywhere: NAME TAB TAGS TAB TITLE.

here=$(dirname "$(readlink -e "$0")")
. "$here/lib.sh"
. "$here/row.sh"

declare -A row_tags row_title
rows=()

# row NAME[@VARIANT] "TAG..." TITLE: declares one.  Its functions are called NAME_setup, NAME_act,
# NAME_assert and, if that is there, NAME_after ('_' for '-'), each with the variant as argument.
# Variants share one setup.  Tags with a meaning: notrace: act goes without strace; slow: it takes
# as long as several others; udev: udevd runs; both: once without and once with udevd.
row()
{
	rows+=("$1")
	row_tags[$1]=$2
	row_title[$1]=$3
	case " $2 " in
	*' both '*)
		rows+=("$1+udev")
		row_tags[$1+udev]="${2/both/udev}"
		row_title[$1+udev]="$3, with udevd"
		;;
	esac
}

for file in "$here"/rows/*.sh; do
	. "$file"
done

report() { echo "$*" >/dev/tty1; }

# Recording wrappers: who calls a storage tool is on record, whoever it is.
wrappers()
{
	local tool dir

	for tool in mdadm lvm cryptsetup blkid dmsetup losetup mount umount swapon swapoff e2fsck fsck \
		mdmon dmeventd pvscan vgchange lvchange; do
		for dir in /usr/sbin /usr/bin; do
			[ -f "/.host$dir/$tool" ] && [ ! -L "/.host$dir/$tool" ] || continue
			rm -f "$dir/$tool"
			cat >"$dir/$tool" <<-END
				#!/bin/sh
				read -r parent </proc/\$PPID/comm
				echo "\${0##*/} by \$parent: \$*" >>/run/executed
				exec /.host$dir/\${0##*/} "\$@"
			END
			chmod 755 "$dir/$tool"
		done
	done
}

# What a stopped run must not leave behind; prints it.
leftovers()
{
	local f

	[ "$ROW_SOURCE" != udev ] || udevadm settle -t 20
	storage_left
	ipcs -s | awk '$1 ~ /^0x/ { print "semaphore " $0 }'
	ls -l /proc/[0-9]*/exe 2>/dev/null | awk '/storage-activate|\/memcheck-/ { print "process", $(NF - 2), $NF }'
	for f in /run/storage-activate/*; do
		case ${f##*/} in
		# What is known, for the next life; what was true last; that no shell may be offered any more.
		'*' | state* | status.text | no-shell) ;;
		status.json) ! grep -E -o '"state": ?"(active|degraded|activating)"' "$f" | sed 's/^/status.json says /' ;;
		*) echo "file $f" ;;
		esac
	done
	find /dev -xtype l -printf 'dangling %p -> %l\n' 2>/dev/null
}

run_row()
{
	local name=$1 out=/out/$1 start=${EPOCHREALTIME/./} result=ok left line

	rm -rf "$out"
	mkdir -p "$out"
	report "start $name"
	timeout -k 2 "$ROW_LIMIT" bash "$here/guest.sh" --row "$name" >"$out/log" 2>&1 </dev/null 4<&-
	case $? in
	0) ;;
	124 | 137)
		result=fail
		report "diag no end after $ROW_LIMIT s"
		;;
	*) result=fail ;;
	esac
	left=$(leftovers)
	if [ -n "$left" ] && [ $result = ok ]; then
		result=fail
		report "diag after stop --all this is left:"
		while read -r line; do report "diag   $line"; done <<<"$left"
	fi
	if [ $result = fail ]; then
		while read -r line; do report "diag $line"; done < <(row_diagnose "$out")
		dmesg | tail -n 60 >"$out/dmesg"
		row_kill
		close_all
		disks_out
		rm -rf /tmp/setup /run/storage-activate
		left=$(leftovers)
	else
		disks_out
	fi
	report "end $name $result $(((${EPOCHREALTIME/./} - start) / 1000))"
	[ -z "$left" ]
}

case ${1-} in
--list)
	for name in "${rows[@]}"; do
		printf '%s\t%s\t%s\n' "$name" "${row_tags[$name]}" "${row_title[$name]}"
	done
	exit 0
	;;
--row)
	row_main "$2"
	exit
	;;
esac

. /out/settings
export ROW_LIMIT ROW_SOURCE ROW_TRACE
wrappers
modprobe -a dm-mod loop
[ "$ROW_SOURCE" = udev ] || lib_no_udev
while read -r -u 4 name; do
	run_row "$name" || { report restart; exit 0; }
done 4</out/todo
report finished
