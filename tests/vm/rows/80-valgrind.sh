# SPDX-License-Identifier: GPL-2.0-or-later
# Engine, worker, stop and what talks to a running engine under valgrind: each layer alone, then the whole stack.

# under_valgrind: from here on the tool, in whatever role, and its workers; checkers are not ours.
under_valgrind()
{
	cat >/tmp/under-valgrind <<-END
		#!/bin/sh
		exec valgrind --trace-children=yes --trace-children-skip='*/e2fsck,*/fsck*' --child-silent-after-fork=yes \
			--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
			--vgdb=no --read-inline-info=no --error-exitcode=99 --log-file=$OUT/valgrind.%p $TOOL "\$@"
	END
	chmod 755 /tmp/under-valgrind
	TOOL=/tmp/under-valgrind
}

# valgrind_found_nothing WORD...: after stop; "worker", and each command that must have been seen.
valgrind_found_nothing()
{
	local log commands=" " found= word

	until_true 20 no_valgrind || fail "something still runs under valgrind"
	for log in "$OUT"/valgrind.*; do
		[ -s "$log" ] || continue	# a child between fork and exec
		word=$(sed -n 's/^==[0-9]*== Command: //p' "$log")
		case $word in
		*-worker*) word=worker ;;
		*) word=${word#* } word=${word%% *} ;;
		esac
		commands="$commands$word "
		# Without summary: killed, and not looked at for leaks.
		if ! grep -q '^==[0-9]*== ERROR SUMMARY: 0 errors from 0 contexts' "$log" || grep -q 'Process terminating' "$log"; then
			found="$found $log"
		fi
	done
	if [ -n "$found" ]; then
		cat $found
		fail "valgrind:$found: $(grep -h -m 1 -A 3 'uninit\|Invalid\|loss record\|Process terminating' $found | head -n 8)"
	fi
	for word; do
		case $commands in *" $word "*) ;; *) fail "not under valgrind: $word, only$commands" ;; esac
	done
}
no_valgrind() { ! ls -l /proc/[0-9]*/exe 2>/dev/null | grep -q /memcheck; }

# prepared: the engine's first worker waits for work.  To start takes it seconds here, and a disk that is there
# before is taken for one that hangs: each then gets a worker of its own.
prepared() { until_true 90 worker_waits || fail "no worker"; }
worker_waits()
{
	local log

	for log in $(grep -l '^==[0-9]*== Command: .*-worker' "$OUT"/valgrind.*); do
		! grep -q '^State:.*sleeping' "/proc/${log##*.}/status" || return 0
	done
	return 1
}

# When the journal has N questions: to ask the engine takes a second each time under valgrind.
questions() { [ "$(grep -c ' > ask ' "$OUT/journal")" -ge "$1" ]; }

row valgrind-md@complete "notrace slow valgrind" "valgrind finds nothing: RAID1"
row valgrind-md@degraded "notrace slow valgrind" "valgrind finds nothing: RAID1 that starts degraded"
valgrind_md_setup() { degraded_zero_setup; }
valgrind_md_act()
{
	local degraded=never

	[ "$1" = complete ] || degraded=0
	under_valgrind
	start mount "UUID=$fs_uuid" /mnt/t --degraded=$degraded
	prepared
	plug 0
	[ "$1" = degraded ] || plug 1
	finish 0 120
}
valgrind_md_assert()
{
	case $1 in
	complete)
		is_md halves "$md_uuid" /dev/sda /dev/sdb
		mounted /mnt/t "$REPLY" "one of two"
		;;
	degraded) degraded_zero_assert ;;
	esac
}
valgrind_md_after() { valgrind_found_nothing mount stop worker; }

row valgrind-luks "notrace slow valgrind" "valgrind finds nothing: LUKS by key file and by passphrase, typed on a terminal, a wrong one first"
valgrind_luks_setup() { locked_member_setup; }
valgrind_luks_act()
{
	under_valgrind
	start_on_tty mount "UUID=$fs_uuid" /mnt/t --degraded=never
	prepared
	plug 0 1
	until_true 90 questions 1 || fail "no question"
	type_in "Passphrase for k1" "wrong"
	until_true 90 questions 2 || fail "no second question"
	json 's["goals"][0]["state"] == "waiting"'
	"$TOOL" explain >"$OUT/explain" || fail "explain: status $?"
	type_in "Passphrase for k1" secret
	finish 0 120
}
valgrind_luks_assert() { locked_member_assert answer; }
valgrind_luks_after() { valgrind_found_nothing mount status explain stop worker; }

row valgrind-lvm "notrace slow valgrind" "valgrind finds nothing: LVM over three disks"
valgrind_lvm_setup() { lvm_linear_setup; }
valgrind_lvm_act()
{
	under_valgrind
	start mount /dev/vg-1/first-lv /mnt/t
	prepared
	plug 2 0 1
	finish 0 120
}
valgrind_lvm_assert() { lvm_linear_assert; }
valgrind_lvm_after() { valgrind_found_nothing mount stop worker; }

row valgrind-fs "notrace slow valgrind" "valgrind finds nothing: a partition, ext4 that is repaired"
valgrind_fs_setup()	# no swap: valgrind does not let swapon() through
{
	ext4_partition_setup
	must debugfs -w -R "feature needs_recovery" /dev/sda3
	must debugfs -w -R "ssv state 2" /dev/sda3
	echo "UUID=$fs_uuid /mnt/t ext4 defaults 0 2" >$FSTAB
}
valgrind_fs_act()
{
	under_valgrind
	start mount --all --fstab=$FSTAB
	prepared
	plug 0
	finish 0 120
}
valgrind_fs_assert()
{
	ext4_partition_assert
	says 050 "recovering journal"
}
valgrind_fs_after() { valgrind_found_nothing mount stop worker; }

row valgrind-udev "udev notrace slow valgrind" "valgrind finds nothing: an LV, with udevd"
valgrind_udev_setup() { device_spec_setup; }
valgrind_udev_act()
{
	under_valgrind
	start device /dev/vgd/wanted
	prepared
	plug 0
	finish 0 120
}
valgrind_udev_assert() { device_spec_assert lv; }
valgrind_udev_after() { valgrind_found_nothing device stop worker; }

row valgrind "notrace slow" "valgrind finds nothing: ext4 on LVM on RAID1 on two LUKS"
valgrind_setup() { lvm_on_raid_on_luks_setup; }
valgrind_act()
{
	under_valgrind
	start root --target=/mnt/r --cmdline=$CMDLINE --degraded=never
	prepared
	plug 0 1
	until_true 90 questions 2 || fail "no questions"
	asked 2 || fail "answer --list does not show them"
	say secret
	finish 0 120
}
valgrind_assert() { lvm_on_raid_on_luks_assert 01; }
valgrind_after() { valgrind_found_nothing root answer stop worker; }
