#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Journals of real runs through the core in every order of their disks: the same end each time, and the
# end that NAME.end names.  usage: run.sh [--write] [JOURNAL...]    --write: makes NAME.end anew
# Other journals than those here (a VM row's) have no NAME.end: any end will do, but the same in each order.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tool=${SACT_TOOL:-./storage-activate}
write=
[ "${1-}" = --write ] && write=1 && shift
[ $# -gt 0 ] || set -- "$here"/*.journal
n=0
failed=0

result()	# ok|"not ok" NAME
{
	n=$((n + 1))
	[ "$1" = ok ] || failed=1
	echo "$1 $n - replay: $2"
}

echo "1..$#"
for journal; do
	name=${journal##*/}
	name=${name%.journal}
	[ "$name" = journal ] && name=$(basename "$(dirname "$journal")")
	end=${journal%.journal}.end
	report=$("$tool" replay --all-orders "$journal" 2>&1)
	status=$?
	counts=$(grep ' orders of ' <<<"$report")
	got=$(sed '0,/ orders of /d' <<<"$report")
	if [ "$write" ]; then
		printf '%s\n' "$got" >"$end"
	fi
	if [ $status -ne 0 ]; then
		result "not ok" "$name"
		sed 's/^/# /' <<<"$report"
	elif [ -e "$end" ] && [ "$end" != "$journal" ] && ! diff "$end" - <<<"$got" >/dev/null; then
		result "not ok" "$name: another end than $name.end"
		diff "$end" - <<<"$got" | sed 's/^/# /'
	else
		result ok "$name, ${counts%%:*}"
	fi
done
exit $failed
