#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# host.sh [BUILDDIR]: what needs no guest, on two loop devices.  Skipped where there are none.
build=$(readlink -e "${1:-.}")
cd "${0%/*}" && . ./lib.sh && . ./fs.sh

scratch=$(mktemp -d)
truncate -s 32M "$scratch/one" "$scratch/two"
LOOP1=$(losetup -f --show "$scratch/one" 2>/dev/null) && LOOP2=$(losetup -f --show "$scratch/two" 2>/dev/null)
trap 'umount "$scratch"/m/* 2>/dev/null; losetup -d "$LOOP1" "$LOOP2" 2>/dev/null; rm -rf "$scratch"' EXIT
if [ -z "$LOOP2" ]; then
	echo "1..0 # SKIP no loop devices"
	exit 77
fi

setup()
{
	"$@" >"$scratch/setup.out" 2>&1 </dev/null && return
	echo "Bail out! $*"
	sed 's/^/# /' "$scratch/setup.out"
	exit 1
}

worker_start "$build/tests/worker/drive" "$build/storage-activate-worker"
DISK1=${LOOP1#/dev/} DISK2=${LOOP2#/dev/} M=$scratch/m fs_tests
t "wire: not an action" "raw hello=" error=-74
t "wire: not an effect" "raw report id=7 text=x" id=7 error=-22
t "wire: names stay below /dev" "probe id=8 node=../etc/passwd" id=8 error=-22
t "wire: no such node" "probe id=9 node=nothing" error=-2
t "wire: not a block device" "probe id=10 node=null" error=-15
t "modules: without an index" "modules id=11 text=nosuch" '!error='
t "md: no list of members" "md-assemble id=12 uuid=x members=\"1:2 x\"" error=-22
worker_stop
ok "wire: ends when the engine is gone" [ "$STATUS" = 0 ]
done_testing
