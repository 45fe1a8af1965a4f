# SPDX-License-Identifier: GPL-2.0-or-later
#
# TAP over the worker: sourced by the scripts of this folder (bash).

tests=0 failures=0

# ok NAME COMMAND...
ok()
{
	local name=$1

	shift
	tests=$((tests + 1))
	if "$@"; then
		echo "ok $tests - $name"
	else
		failures=$((failures + 1))
		echo "not ok $tests - $name"
		echo "# reply: ${REPLY:-}" | cut -c1-600
	fi
}

# worker_start DRIVE WORKER; worker_stop sets STATUS
worker_start()
{
	coproc DRIVE { exec "$1" "$2" 2>&1; }
	drive_pid=$DRIVE_PID drive_fd=${DRIVE[1]} # bash forgets both when it ends
}

worker_stop()
{
	exec {drive_fd}>&-
	wait "$drive_pid"
	STATUS=$?
}

# ask LINE: the answer is in REPLY
ask()
{
	REPLY=
	echo "$1" >&"${DRIVE[1]}"
	IFS= read -r REPLY <&"${DRIVE[0]}" || { echo "Bail out! the worker or its driver is gone: $1"; exit 1; }
}

tell()
{
	echo "$1" >&"${DRIVE[1]}"
}

reply_has()
{
	local word

	[[ $REPLY == "result"* ]] || return 1
	for word; do
		case $word in
		!*) [[ " $REPLY " != *" ${word#!}"* ]] || return 1 ;;
		*) [[ " $REPLY " == *" $word"* ]] || return 1 ;;
		esac
	done
}

# t NAME LINE WORD...: the reply holds each " WORD" (a key=value or its beginning), none of "!WORD".
t()
{
	local name=$1 line=$2

	shift 2
	ask "$line"
	ok "$name" reply_has "$@"
}

done_testing()
{
	echo "1..$tests"
	[ $failures = 0 ]
}

dev_of()	# NODE: major:minor
{
	cat "/sys/class/block/${1#/dev/}/dev"
}
