# SPDX-License-Identifier: GPL-2.0-or-later
#
# ./run check, sourced by it: steps that print TAP, in two lanes (there are two processors), and the sum.
# What a step says is in build/check/STEP.log, its exit status and seconds in STEP.status.
# shellcheck shell=bash

CHECK=$BUILD/check
LIMIT_SEC=${SACT_CHECK_LIMIT:-3600}

# ---- one step ----

# t NAME COMMAND...: one line of TAP for something that has only an exit status
t()
{
	local name=$1 out=$CHECK/t.$BASHPID
	shift

	"$@" 2>&1 | sed 's/^/  | /' | tee "$out"
	if [ "${PIPESTATUS[0]}" = 0 ]; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		grep -E "error: |Error |^  . (FAIL|not ok)" "$out" | head -n 20 | sed 's/^  |/#  /'
		tail -n 8 "$out" | sed 's/^  |/#  /'
	fi
	rm -f "$out"
}

# The lines of TAP as they come, with the step's name in place of their number.
show()		# STEP
{
	sed -un "/^not ok/,/^ok/{/^#/p}
		s/^\(ok\|not ok\)\( [0-9]\+\)\?\( -\)\? \?\($1: \)\?/\1 - $1: /p
		s/^Bail out!/# $1: &/p
		s/^1\.\.0 *# *SKIP/# $1: &/Ip"
}

step()		# STEP COMMAND...
{
	local name=$1 start=$SECONDS status
	shift

	echo "# $name ..."
	"$@" </dev/null 2>&1 | tee "$CHECK/$name.log" | show "$name"
	status=${PIPESTATUS[0]}
	echo "$status $((SECONDS - start))" >"$CHECK/$name.status"
	echo "# $name: exit status $status, $((SECONDS - start)) s"
}

# "PASSED FAILED SKIPPED REASON" of a step's log; what its lines do not say is one failure more
count()		# LOG STATUS
{
	awk -v status="$2" '
	/^ok( |$)/ { n++; if (/# *[Ss][Kk][Ii][Pp]/) skipped++; else passed++ }
	/^not ok( |$)/ { n++; failed++ }
	/^1\.\.[0-9]+/ {
		plan = 1
		if (/^1\.\.0 *# *[Ss][Kk][Ii][Pp]/) { skipped++; quiet = 1 }
		planned += substr($1, 4)
	}
	/^Bail out!/ { reason = "it bailed out" }
	END {
		if (status == "") reason = NR ? "it did not end" : "it did not run"
		else if (status && !failed && !reason) reason = "exit status " status
		else if (!n && !quiet && !reason) reason = "it ran no test"
		else if (plan && planned > n && !failed && !reason) reason = planned " tests were planned, " n " ran"
		if (reason) failed++
		print passed + 0, failed + 0, skipped + 0, reason
	}' "$1"
}

# ---- the steps ----

check_packages()
{
	t "all packages are there" packages
}

packages()
{
	deps $FOR_BUILD $FOR_IMAGE $FOR_DEMO $FOR_CHECK && deps_kernel
}

check_build()
{
	t "every file compiles without a warning and is installed" stage
	t "a second make has nothing to do" nothing_to_do
	t "so do the programs that tests need" make -C "$BUILD/main" --no-print-directory -j2 check TESTS=
}

nothing_to_do()
{
	! make -C "$BUILD/main" --no-print-directory | grep -E '^  (CC|CCLD|GEN) '
}

check_sanitizers()
{
	t "a build with ASan and UBSan" make_sanitized
}

make_sanitized()
{
	build_in asan --enable-sanitizers CFLAGS='-g -O1' &&
		make -C "$BUILD/asan" --no-print-directory -j2 check TESTS=
}

# run_tap COMMAND...: a program of several in one step; one that dies without a word is a failure
run_tap()
{
	local out=$CHECK/run_tap.$BASHPID status

	"$@" | tee "$out"
	status=${PIPESTATUS[0]}
	if [ "$status" != 0 ] && ! grep -q '^not ok' "$out"; then
		echo "not ok - $*: exit status $status"
	elif ! grep -q '^ok\|^not ok\|^1\.\.0 *# *SKIP' "$out"; then
		echo "not ok - $*: no test"
	fi
	rm -f "$out"
}

check_unit()
{
	local program

	export ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
	cd "$BUILD/asan" || return
	for program in $(make -s --no-print-directory list-unit-tests); do
		run_tap "./$program" --tap
	done
}

check_cli() { "$TOP/tests/cli/run.sh" "$BUILD/asan/tests/cli/storage-activate"; }
check_docs() { "$TOP/docs/check.sh" "$BUILD/asan/tests/cli/storage-activate"; }
check_lint()
{
	local lint

	for lint in pure exports needed sources tap; do
		run_tap "$TOP/tests/lint/$lint.sh" "$BUILD/main" "$STAGE"
	done
}

check_fuzz() { "$TOP/tests/fuzz/run.sh" "$BUILD/fuzz" 30; }

check_vm()
{
	rm -rf "$BUILD/vm"
	run_tap "$TOP/tests/vm/check_trace.py" --self-test
	"$TOP/tests/vm/run" --stage "$STAGE" --out "$BUILD/vm"
}

# The first layout is one that is changed behind the oracle's back: it has to see that.
# Seeds are for ./run oracle until the differences that it knows of are mended.
check_oracle() { "$TOP/tests/oracle/run" --self-test --jobs 1 --stage "$STAGE" --out "$BUILD/oracle"; }

check_replay() { SACT_TOOL=$BUILD/asan/storage-activate "$TOP/tests/replay/run.sh"; }

# What the rows of the guests recorded: in other orders of arrival, and as it was, action by action.
check_journals()
{
	local journal out

	run_tap env SACT_TOOL="$BUILD/main/storage-activate" "$TOP/tests/replay/run.sh" "$BUILD"/vm/*/journal
	for journal in "$BUILD"/vm/*/journal; do
		out=$("$BUILD/main/storage-activate" replay "$journal" 2>&1) && echo -n "ok" || echo -n "not ok"
		echo " - journals: the same again: $(basename "${journal%/journal}")"
		grep '^line' <<<"$out" | head -n 6 | cut -c 1-200 | sed 's/^/# /'
	done
}

check_distcheck()
{
	t "make distcheck" make -C "$BUILD/main" --no-print-directory distcheck VERBOSE=1 \
		AM_DISTCHECK_CONFIGURE_FLAGS=--enable-werror
	t "the tarball has all that the repository has, and no objects" tarball_is_whole
}

tarball_is_whole()
{
	local list=$CHECK/tarball problems

	tar tf "$BUILD"/main/libstorageactivate-*.tar.xz | sed 's|^[^/]*/||' | sort >"$list" || return
	problems=$(grep -E '\.(o|lo|la|so|pyc)$|/\.(libs|deps)/' "$list"
		git -C "$TOP" ls-files 2>/dev/null | sort | comm -23 - "$list")
	rm -f "$list"
	[ -z "$problems" ] || { sed 's/^/error: /' <<<"$problems"; return 1; }
}

check_worker()
{
	run_tap "$TOP/tests/worker/host.sh" "$BUILD/main"
	run_tap "$TOP/tests/worker/run-guest" "$BUILD/main"
	run_tap "$TOP/tests/worker/run-guest" "$BUILD/main" -u
}

check_images() { "$TOP/tests/boot/images"; }
check_inits() { "$TOP/tests/boot/inits"; }
check_boots() { "$TOP/tests/boot/boots"; }

# ---- all of them ----

STEPS='packages build sanitizers unit cli docs lint replay images fuzz distcheck oracle vm journals worker inits boots'

lane_prepare()
{
	step packages check_packages
	step build check_build
	step sanitizers check_sanitizers
}

# There are two processors.  The guests of User Mode Linux have one each and are the longest way ...
lane_guests()
{
	step vm check_vm
	step journals check_journals
	step worker check_worker
}

# ... so that all else goes beside them,
lane_host()
{
	local name

	for name in unit cli docs lint replay images fuzz distcheck oracle; do
		step $name check_$name
	done
}

# and QEMU, whose guests have two, comes alone.
lane_boots()
{
	step inits check_inits
	step boots check_boots
}

children()	# PID: and theirs
{
	local child

	for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
		children "$child"
		echo "$child"
	done
}

in_lanes()	# FUNCTION...: side by side, until all have ended
{
	local lane

	lanes=()
	for lane; do
		"$lane" &
		lanes+=($!)
	done
	wait "${lanes[@]}"
	lanes=()
}

# What still runs goes, and everything that it started.
ends_early()	# WHY
{
	local lane

	echo "# $1; what has not ended has failed"
	for lane in "${lanes[@]}"; do
		kill -TERM "$lane" $(children "$lane") 2>/dev/null
	done
	report
}

report()
{
	local name status sec passed=0 failed=0 skipped=0 p f s reason

	trap '' ALRM TERM INT
	kill $(children "$watchdog") "$watchdog" 2>/dev/null
	printf '#\n# %-12s %7s %7s %7s %7s\n' step seconds passed failed skipped
	for name in $STEPS; do
		status='' sec=-
		[ ! -e "$CHECK/$name.status" ] || read -r status sec <"$CHECK/$name.status"
		[ -e "$CHECK/$name.log" ] || : >"$CHECK/$name.log"
		read -r p f s reason < <(count "$CHECK/$name.log" "$status")
		printf '# %-12s %7s %7d %7d %7d  %s\n' "$name" "$sec" "$p" "$f" "$s" "$reason"
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	done
	printf '# %d s in all\n' $SECONDS
	for name in $STEPS; do
		sed -n "s/^\(ok\|1\.\.0\).*# *SKIP */# skipped: $name: /Ip" "$CHECK/$name.log"
		sed -n "s/^not ok\( [0-9]\+\)\?\( -\)\? \?/# failed: $name: /p" "$CHECK/$name.log"
	done
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ] && [ $passed -gt 0 ]
	exit
}

check_main()
{
	local lanes=() watchdog

	exec </dev/null
	SECONDS=0
	rm -rf "$CHECK"
	mkdir -p "$CHECK"
	(sleep $LIMIT_SEC & wait; kill -ALRM $$) >/dev/null 2>&1 &
	watchdog=$!
	trap 'ends_early "$((LIMIT_SEC / 60)) minutes are over"' ALRM
	trap 'ends_early "interrupted"' TERM INT

	in_lanes lane_prepare
	if grep -qs '^0 ' "$CHECK/build.status" && ! grep -q '^not ok' "$CHECK/build.log"; then
		in_lanes lane_guests lane_host
		in_lanes lane_boots
	fi
	report
}
