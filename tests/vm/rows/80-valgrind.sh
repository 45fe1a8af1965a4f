# SPDX-License-Identifier: GPL-2.0-or-later
# Engine and worker under valgrind, through every layer there is.

row valgrind "notrace slow" "valgrind finds nothing in engine and worker: ext4 on LVM on RAID1 on two LUKS, and stop"
valgrind_setup() { lvm_on_raid_on_luks_setup; }
valgrind_act()
{
	TRACE=(valgrind -q --trace-children=yes --trace-children-skip='*/e2fsck,*/fsck*' --child-silent-after-fork=yes
		--leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
		--error-exitcode=99 --log-file="$OUT/valgrind.%p")
	plug 0 1
	start root --target=/mnt/r --cmdline=$CMDLINE --degraded=never
	until_true 90 asked 1 || fail "no question"
	say secret
	finish 0 120
	TRACE=()
}
valgrind_assert()
{
	local found

	lvm_on_raid_on_luks_assert 01
	ls "$OUT"/valgrind.* >/dev/null || fail "valgrind did not run"
	# What valgrind itself has not heard of (pidfd_open, an ioctl without data) is no finding.
	found=$(cat "$OUT"/valgrind.* | grep '^==' |
		grep -v 'unhandled ioctl 0x5395\|could cause spurious value errors\|README_MISSING_SYSCALL')
	[ -z "$found" ] || fail "$(head -n 30 <<<"$found")"
}
