#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [PROGRAM]: the command line over the library that only pretends (tests/cli/storage-activate).
# Usage errors, exit statuses, files, run directory, control socket, consoles.  Needs no root.  TAP.

program=$(readlink -e "${1:-tests/cli/storage-activate}") || { echo "Bail out! no program"; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
n=0 failed=0
: >empty

say_result()	# RESULT NAME
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# out: /' out
		sed 's/^/# err: /' err
		failed=$((failed + 1))
	fi
}

# row STATUS PATTERN ARGUMENT...: exit status, and a pattern that stdout or stderr has to match.
row()
{
	local want=$1 pattern=$2 got
	shift 2

	"$program" "$@" >out 2>err </dev/null
	got=$?
	[ $got = "$want" ] && cat out err | grep -qE -e "$pattern"
	say_result $? "$* -> $want"
}

common=(--run-dir="$dir/run" --crypttab=empty --mdadm-conf=empty)

# ---- usage ----
row 0 '^Usage: .*COMMAND' --help
row 0 '^storage-activate [0-9]' --version
row 2 'a command is missing'
row 2 "no command 'frob'" frob
for command in root mount device stop status explain answer replay plot init; do
	row 0 "^Usage: storage-activate $command" $command --help
	row 2 'there is no option --frob' $command --frob
done
row 2 'too many' root x
row 2 'one SPEC' device
row 2 'one SPEC' device a b
row 2 'wants a value' device --run-dir
row 2 'not understood' device x --timeout=soon
row 2 'not understood' device x --timeout=
row 2 'not understood' device x --source=hotplug
row 2 'not both' device x --quiet --verbose
row 2 'mount points' mount
row 2 'mount points' mount --all /usr
row 2 'no mount point' mount /usr usr
row 2 'go with SPEC TARGET' mount --fsck /usr
row 2 'does not go' mount --fstab=empty UUID=ok /mnt
row 2 'not both' stop --all x
row 2 'too many' status x
row 2 'one GOAL' explain a b
row 2 'one ID' answer a b
row 2 'one FILE' replay
row 2 'one JOURNAL' plot
row 2 'there is no option --json' plot x --json
row 2 'not both' replay x --shuffle=1 --all-orders
row 2 'there is no option --target' device x --target=/x

# ---- outcomes ----
row 0 '^/dev/fake0$' device UUID=ok "${common[@]}"
row 0 '"version":1' device UUID=ok --json "${common[@]}"
row 1 'SACT-001: UUID=fail' device UUID=fail --quiet "${common[@]}"
row 3 'all is explained' device UUID=timeout --timeout=1 "${common[@]}"
row 4 'SACT-001' device UUID=reboot "${common[@]}"
row 5 'SACT-001' mount UUID=refused /mnt "${common[@]}"
row 0 'SACT-099: degraded: 1.5 s' device UUID=ok --degraded=1.5 "${common[@]}"
row 0 'SACT-099: degraded: never' device UUID=ok --degraded=never "${common[@]}"
row 0 'debug log' device UUID=ok --verbose "${common[@]}"
"$program" device UUID=ok --quiet "${common[@]}" >out 2>err
[ "$(cat out)" = /dev/fake0 ] && [ ! -s err ]
say_result $? 'device --quiet prints the node and nothing else'
row 0 '/mnt: done' mount UUID=ok /mnt --fsck --fstype=ext4 --options=ro --progress "${common[@]}"
row 2 'fsck=twice is not understood' mount UUID=ok /mnt --fsck=twice "${common[@]}"
row 2 'fsck=auto,perhaps' mount UUID=ok /mnt --fsck=auto,perhaps "${common[@]}"
row 0 '' mount UUID=ok /mnt --fsck=force "${common[@]}"
row 2 'SACT-056: foo: names no device; one is UUID=' device foo "${common[@]}"
row 2 'SACT-056: foo: names no device' mount foo /mnt "${common[@]}"
row 2 'absolute path' mount LABEL=x rel "${common[@]}"
row 1 'SACT-080: only root' device UUID=user "${common[@]}"
row 0 '/srv: done' mount /srv// --fstab=empty --progress "${common[@]}"
row 1 'SACT-123: fstab:1: /nfs' mount /nfs --fstab=empty "${common[@]}"
! grep -q 'no entry' out err
say_result $? 'an entry that is on no device is not called missing'
row 0 '/all: done' mount --all --fstab=empty --progress "${common[@]}"
row 0 '/srv: done' mount /usr /srv --fstab=empty --progress "${common[@]}"
row 1 'SACT-070: .*no entry for /unknown' mount /usr /unknown --fstab=empty "${common[@]}"
row 1 'SACT-070: /proc/cmdline: names no root' root --target=/none --fstab=empty "${common[@]}"
row 0 '/sysroot: done' root --fstab=empty --progress "${common[@]}"
row 0 '/target: done' root --fstab=empty --target=/target --progress "${common[@]}"
"$program" mount UUID=ok /mnt "${common[@]}" >out 2>err && [ ! -s out ] &&
	! grep -v '^SACT-098: empty: $' err # that the library was given the files
say_result $? 'a mount that succeeds prints nothing'
row 2 'not both' mount UUID=ok /mnt --quiet --progress "${common[@]}"
for file in cmdline crypttab mdadm-conf layout; do
	echo "words of $file" >given
	row 0 "words of $file" root --run-dir="$dir/run" --fstab=empty --$file=given
	row 1 'SACT-070: missing: .*No such' root --run-dir="$dir/run" --fstab=empty --$file=missing
done
row 1 'SACT-070: missing' mount --all --fstab=missing "${common[@]}"
row 0 '/dev/fake0' device UUID=ok --record=journal "${common[@]}"
row 0 '/dev/fake0' device UUID=ok --record=journal "${common[@]}"
[ "$(stat -c %a journal)" = 600 ] && [ -s journal.old ]
say_result $? 'the journal is private, the one before is kept'

# ---- run directory, state ----
[ "$(stat -c %a run)" = 700 ] && [ ! -e run/control ]
say_result $? 'the run directory is private, its socket gone'
row 0 'tree of 1 goals' status --run-dir="$dir/run"
row 0 'tree of 1 goals' explain --run-dir="$dir/run"
row 1 'SACT-075' explain UUID=ok --run-dir="$dir/run"
row 0 '"version":1' status --json --run-dir="$dir/run"
row 1 'SACT-075' status --run-dir="$dir/none"
row 1 'SACT-075' status --follow --run-dir="$dir/run"
row 1 'SACT-075' answer --run-dir="$dir/run"
row 1 'SACT-061' stop UUID=busy --run-dir="$dir/run"
: >run/state
row 0 'all: stopped$' stop --run-dir="$dir/run"
row 0 'nothing to stop' stop --all --run-dir="$dir/run"
row 0 'all: stopped, everything' stop --everything --run-dir="$dir/run"
mkdir -m 0777 open && chmod 0777 open
row 0 'SACT-072' device UUID=ok --crypttab=empty --mdadm-conf=empty --run-dir="$dir/open"
mkdir -m 0755 others storage-activate
row 0 'SACT-072.*others may enter' device UUID=ok --crypttab=empty --mdadm-conf=empty --run-dir="$dir/others"
row 0 '^/dev/fake0' device UUID=ok --crypttab=empty --mdadm-conf=empty --run-dir="$dir/storage-activate/"
[ "$(stat -c %a others storage-activate)" = $'755\n700' ]
say_result $? 'a directory that was there keeps its mode, unless it is named for us'
ln -s run link
row 0 'SACT-072' device UUID=ok --crypttab=empty --mdadm-conf=empty --run-dir="$dir/link"
long=$dir/$(printf 'x%.0s' {1..120})
row 0 '^/dev/fake0' device UUID=ok --crypttab=empty --mdadm-conf=empty --run-dir="$long"
! grep -q SACT-07 err
say_result $? 'a run directory whose path is longer than a socket address'

# ---- replay ----
echo fine >journal
echo bad >damaged
row 0 '5 bytes, flags 0, seed 0' replay journal
row 0 'flags 1, seed 7' replay journal --shuffle=7
row 0 'flags 2' replay journal --all-orders
row 1 'SACT-079: damaged: a line of it' replay damaged
row 1 'SACT-079: empty: is empty' replay empty
row 1 'SACT-070: missing' replay missing

# ---- a running process, and the consoles ----
out=$(python3 "$here/prompt.py" "$program" "$n") || failed=$((failed + 1))
echo "$out" | grep -v '^total '
n=$(echo "$out" | sed -n 's/^total //p')
echo "1..$n"
[ $failed = 0 ]
