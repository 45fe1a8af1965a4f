#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh [PROGRAM]: what `plot` makes of recorded runs, against what is committed, and of damaged ones.
# With GOLDEN=write in the environment the committed texts and drawing are written anew.  TAP.

program=$(readlink -e "${1:-tests/cli/storage-activate}") || { echo "Bail out! no program"; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
ulimit -f 65536 -t 60 # KiB, s: a drawing that does not end is a failure, not a full disk
n=0 failed=0
export LC_ALL=C

result() # RESULT NAME
{
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		head -n 20 out err 2> /dev/null | sed 's/^/# /'
		failed=1
	fi
}

# ---- recorded runs ----

golden() # NAME OPTION...: what is printed is what is committed
{
	local name=$1
	shift
	"$program" plot "$@" > out 2> err
	[ "$GOLDEN" = write ] && cp out "$here/$name"
	diff -u "$here/$name" out > diff
	result $? "$name"
	[ -s diff ] && head -n 20 diff | sed 's/^/# /'
}

golden boot.text --text --boot "$here/boot.journal"
golden late.text --text "$here/late.journal"
golden skip.text --text "$here/skip.journal"
golden never.text --text "$here/never.journal"
golden late.svg "$here/late.journal"

# The pieces of the path lie end to end, and the sums add up to the wall time within 1 ms.
adds_up() # FILE
{
	awk '/ \.\.\. / { if (last != "" && $1 != last) exit bad = 1; last = $3; if (!any++) first = $1 }
		/^Sums/ { sums = 1; next }
		/^  total/ { total = $2 } /^  wall time/ { wall = $3 }
		sums && / ms/ && !/^  (total|wall time)/ { match($0, /[0-9.]+ ms/); sum += substr($0, RSTART) }
		END { d = sum - wall; e = total - wall; f = (last - first) * 1000 - wall
			exit bad || !any || d * d > 1 || e * e > 1 || f * f > 1 }' "$1"
}
for journal in "$here"/*.journal; do
	for boot in '' --boot; do
		"$program" plot --text $boot "$journal" > out 2> err && adds_up out
		result $? "sums of ${journal##*/} $boot"
	done
done
# also of a run that was still going on, wherever it is cut
whole=$(wc -l < "$here/boot.journal") bad=0
for ((i = 1; i <= whole; i += 4)); do
	head -n "$i" "$here/boot.journal" > cut
	"$program" plot --text --boot cut > out 2> err && adds_up out || { bad=1; break; }
done
result $bad 'sums of a run that is cut anywhere'
head -c 5000 "$here/boot.journal" > cut
"$program" plot --text cut > out 2> err && adds_up out && [ ! -s err ]
result $? 'a last line that was not written to its end'
sed 's/$/\r/' "$here/late.journal" > console
"$program" plot --text console > out 2> err
cmp -s out "$here/late.text"
result $? 'ends of lines as a serial console has them'

# ---- drawings ----

well_formed() # FILE
{
	python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$1" 2> err
}
"$program" plot "$here/boot.journal" --boot --output=boot.svg > out 2> err && [ ! -s out ] && well_formed boot.svg
result $? 'a drawing in a file'
grep -q 'class="path"' boot.svg && grep -q 'class="human"' boot.svg && grep -q 'class="deadline"' boot.svg &&
	grep -q '>md s1<' boot.svg && grep -q '>luks c2<' boot.svg && grep -q '>lvm svg<' boot.svg &&
	grep -q '>/sysroot<' boot.svg && grep -q '>vdb<' boot.svg && ! grep -q 'href\|<script' boot.svg
result $? 'lanes, the path, a person and deadlines are in it'

printf '%s\n' '@1 < goal id=1 kind=mount spec="LABEL=<&\"\x01\xff\xc3\xa4\xed\xa0\x80" target="/<a>&\xc2\x9b"' \
	'@2 < device devnum=8:0 node="<b>&" size=1' '@2 > probe id=1 node="<b>&"' \
	'@4 < result id=1' '@4 > goal-state id=1 name=done' > names
"$program" plot names > out 2> err && well_formed out && grep -q '/&lt;a&gt;&amp;??' out
result $? 'names that a disk may carry'
"$program" plot --text names > out 2> err && ! grep -q $'[\x01\x80-\xff]' out
result $? 'and as text'
{ echo '@0 < timer' && echo '@18446744073709551615 < timer' && echo '@18446744073709551615 > probe id=1 node=a'; } > ages
"$program" plot ages > out 2> err && well_formed out && "$program" plot --text ages > out 2> err && adds_up out
result $? 'all the time there is'
echo '@5 < timer' > moment
"$program" plot moment > out 2> err && well_formed out
result $? 'no time at all'
for ((i = 0; i < 3000; i++)); do
	printf '@%d < device devnum=8:%d node=sd%d size=1\n@%d > probe id=%d node=sd%d\n' $i $i $i $i $((i + 1)) $i
done > many
"$program" plot many > out 2> err && well_formed out && grep -q 'Only the first 400' out
result $? 'more devices than lanes'

# ---- damaged journals ----

wrong() # PATTERN TEXT...: one error, with its number and its line
{
	local pattern=$1
	shift
	printf '%s\n' "$@" > damaged
	"$program" plot damaged > out 2> err
	[ $? = 1 ] && [ ! -s out ] && grep -q "^SACT-079: damaged.*$pattern" err
	result $? "refused: $pattern"
}
good='@5 < timer'
wrong ':1: not a line of a journal' garbage "$good"
wrong ':2: not a line of a journal' "$good" '@6'
wrong ':2: the time is not a number' "$good" '@x < timer'
wrong ':2: the time is not a number' "$good" '@99999999999999999999 < timer'
wrong ':2: the time goes back' "$good" '@4 < timer'
wrong ':2: neither input' "$good" '@6 ? timer'
wrong ':2: no name' "$good" '@6 < =x'
wrong ':2: not a pair' "$good" '@6 < timer x'
wrong ':2: not a pair' "$good" '@6 < timer =x'
wrong ':2: a key comes twice' "$good" '@6 < device node=a node=b'
wrong ':2: a quoted value' "$good" '@6 < device node="a'
wrong ':2: a quoted value' "$good" '@6 < device node="a"b'
wrong ':2: an escape' "$good" '@6 < device node="\q"'
wrong ':2: an escape' "$good" '@6 < device node="\x4"'
wrong ':2: id is not' "$good" '@6 < result id=-1'
wrong ':2: until is not' "$good" '@6 = deadline until=soon'
wrong ':1: an action without' '@6 > probe id=1 node=a' "$good"
wrong 'holds no journal' ''
# shellcheck disable=SC2046
wrong ': 15 more lines are wrong' $(printf 'x%.0s ' {1..25})
[ "$(wc -l < err)" = 11 ]
result $? 'and no more than ten of them one by one'
printf '@5 < timer\0\n' > nul
"$program" plot nul > out 2> err
[ $? = 1 ] && grep -q '^SACT-079: nul: .*NUL' err
result $? 'refused: a NUL byte'
"$program" plot missing > out 2> err
[ $? = 1 ] && grep -q '^SACT-070: missing: cannot be read' err
result $? 'a file that is not there'
"$program" plot "$here/late.journal" --output=none/x > out 2> err
[ $? = 1 ] && grep -q '^SACT-070: none/x: cannot be drawn: No such file' err
result $? 'a file that cannot be written'
if [ -c /dev/full ]; then
	"$program" plot "$here/late.journal" --output=/dev/full > out 2> err
	[ $? = 1 ] && grep -q '^SACT-070: /dev/full: cannot be drawn: No space' err
	result $? 'a disk that is full'
fi

echo "1..$n"
exit $failed
