#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# tap.sh: ./run check counts right: what a step says, and what it does not say.
. "$(dirname "$0")/lib.sh"
BUILD=$scratch
. "$top/tests/check.sh"

row()	# NAME STATUS "PASSED FAILED SKIPPED REASON" LINE...
{
	local name=$1 status=$2 wanted=$3 got
	shift 3

	printf '%s\n' "$@" >"$scratch/log"
	[ $# -gt 0 ] || : >"$scratch/log"
	got=$(count "$scratch/log" "$status")
	clean "$name" "$([ "$got" = "$wanted" ] || echo "$got instead of $wanted")"
}

row "all is well" 0 "2 0 0 " "1..2" "ok 1 - a" "ok 2 - b"
row "the plan may come last" 0 "2 0 0 " "ok 1" "ok 2" "1..2"
row "one failed" 1 "1 1 0 " "ok 1 - a" "not ok 2 - b"
row "one failed, and the status hides it" 0 "1 1 0 " "ok 1 - a" "not ok 2 - b"
row "the status alone says it" 2 "1 1 0 exit status 2" "ok 1 - a"
row "skipped" 0 "1 0 1 " "ok 1 - a" "ok 2 - b # SKIP no such thing"
row "skipped as a whole" 0 "0 0 1 " "1..0 # SKIP no such thing"
row "no test" 0 "0 1 0 it ran no test" "# all is well"
row "nothing at all" 0 "0 1 0 it ran no test"
row "fewer than planned" 0 "1 1 0 2 tests were planned, 1 ran" "1..2" "ok 1 - a"
row "two programs, the second is short" 0 "2 1 0 4 tests were planned, 2 ran" "1..1" "ok 1" "1..3" "ok 1"
row "bailed out" 0 "1 1 0 it bailed out" "ok 1 - a" "Bail out! no more"
row "killed" "" "1 1 0 it did not end" "ok 1 - a"
row "never begun" "" "0 1 0 it did not run"
row "what it prints beside is nothing" 0 "1 0 0 " "okay" " ok 3" "# ok 4" "  | not ok 5" "ok 1 - a"
the_end
