#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh BUILDDIR SECONDS [NAME...]: builds the fuzz targets with clang in BUILDDIR and runs each for
# so long on its corpus, two at a time.  What it finds stays in BUILDDIR: corpus/NAME, and crash-* in found/NAME.
set -u
[ $# -ge 2 ] || { sed -n '4,5s/^# //p' "$0" >&2; exit 2; }
source=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1" && build=$(cd "$1" && pwd) || exit 2
seconds=$2
shift 2
[ $# -gt 0 ] || set -- md lvm-device lvm-text record plan cmdline crypttab fstab mdadm-conf journal worker-protocol
failed=0

echo "1..$#"
(
	cd "$build"
	[ -e config.status ] || "$source/configure" -q CC=clang CFLAGS='-g -O1' --enable-fuzzing --enable-sanitizers
	make -s -j2 V=0 $(printf 'tests/fuzz/fuzz-%s ' "$@")
) >"$build/build.log" 2>&1 || { echo "Bail out! build failed, see $build/build.log"; exit 1; }

# run_one N NAME: its line of TAP in NAME.tap
run_one()
{
	local n=$1 name=$2

	mkdir -p "$build/corpus/$name" "$build/found/$name"
	if "$build/tests/fuzz/fuzz-$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
		-max_len=16384 -print_final_stats=1 -artifact_prefix="$build/found/$name/" \
		"$build/corpus/$name" "$source/tests/fuzz/corpus/$name" >"$build/$name.log" 2>&1; then
		echo "ok $n - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") runs"
	else
		echo "not ok $n - $name"
		grep -E '^(==|SUMMARY|.* does not hold|artifact|Test unit)' "$build/$name.log" | sed 's/^/# /'
	fi >"$build/$name.tap"
}

# two at a time
for ((n = 1; n <= $#; n += 2)); do
	for m in $n $((n + 1)); do
		[ $m -gt $# ] || run_one $m "${!m}" &
	done
	wait
	for m in $n $((n + 1)); do
		[ $m -gt $# ] || cat "$build/${!m}.tap"
		[ $m -gt $# ] || grep -q '^ok' "$build/${!m}.tap" || failed=1
	done
done
exit $failed
