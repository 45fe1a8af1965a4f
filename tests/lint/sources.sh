#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# sources.sh: what can be seen in the text: licences, lengths, waits, words that belong elsewhere.
. "$(dirname "$0")/lib.sh"

# ---- licences ----

unlicensed()	# TOP
{
	local file wanted

	code "$1" | while read -r file; do
		case $file in
		lib/* | examples/* | pkgconfig/* | docs/*.am | Makefile.am | configure.ac | autogen.sh) wanted='LGPL-2\.1-or-later' ;;
		*) wanted='GPL-2\.0-or-later' ;;
		esac
		head -n 2 "$1/$file" | grep -qE "SPDX-License-Identifier: $wanted" || echo "$file: no $wanted in its first lines"
	done
}

# ---- lengths ----

long_files()	# TOP
{
	code "$1" | while read -r file; do
		awk -v file="$file" 'END { if (NR > 700) print "file " file " has " NR " lines" }' "$1/$file"
	done
}

# C and shell: braces in the first column.  Python: by indentation.
long_functions()	# TOP
{
	local kind

	code "$1" | while read -r file; do
		kind=braces
		head -n 1 "$1/$file" | grep -q python && kind=python
		[ "${file%.py}" = "$file" ] || kind=python
		case $file in *.am | *.ac | *.in) continue ;; esac
		awk -v file="$file" -v kind=$kind '
		function ends(last) {
			if (last - start > 60) print "function " name " of " file " has " last - start " lines"
			name = ""
		}
		kind == "braces" && !inside && /^[a-z_].*\(/ { name = $0; sub(/ *\(.*/, "", name); sub(/.*[ *]/, "", name) }
		kind == "braces" && /^\{/ { start = NR; inside = 1 }
		kind == "braces" && /^\}/ && inside { ends(NR - 1); inside = 0 }
		kind == "python" && name && /[^ \t]/ { match($0, /^[ \t]*/); if (RLENGTH <= depth) ends(before); else before = NR }
		kind == "python" && /^[ \t]*def / {
			match($0, /^[ \t]*/); depth = RLENGTH; start = before = NR
			name = $2; sub(/\(.*/, "", name)
		}
		END { if (kind == "python" && name) ends(before) }' "$1/$file"
	done
}

# What is complained of begins with a subject and " has ..."; sources.allow gives reasons, "SUBJECT: REASON".
without_reason()
{
	local what subject

	while read -r what; do
		subject=${what% has *}
		grep -qE "^${subject//./\\.}: .{10,}" "$here/sources.allow" || echo "$what, and no reason in sources.allow"
	done
}

# A reason for what is as it should be is one for nothing.
needless()
{
	local subject

	{ long_files "$top"; long_functions "$top"; waits "$top"; } | sed 's/ has .*//' >"$scratch/subjects"
	sed -n 's/^\([^#:][^:]*\):.*/\1/p' "$here/sources.allow" | while read -r subject; do
		grep -qxF "$subject" "$scratch/subjects" || echo "sources.allow: $subject needs no reason"
	done
}

# ---- waits ----

# Nothing that we ship waits for a while: time comes as a deadline that the loop arms and status shows.
waits()		# TOP
{
	code "$1" | grep -E '^(lib|worker|tools|initramfs)/' | while read -r file; do
		sed 's|/\*.*\*/||; s|^[ \t]*\*.*||; s|^[ \t]*#[^a-z!].*||' "$1/$file" | grep -nE \
			-e '\b(sleep|usleep|nanosleep|clock_nanosleep|g_usleep|alarm|setitimer|pselect|ppoll|epoll_pwait2?)\(' \
			-e '\bselect\([^)]' \
			-e '\bpoll\([^;]*,[^;,]*[1-9][0-9a-zA-Z_ *]*\)|\bpoll\([^;]*, *[a-z_][a-zA-Z_]*\)' \
			-e '\bepoll_wait\([^;]*, *(-?[2-9]|1|[a-z_])[0-9a-zA-Z_ *]*\)' \
			-e '\budevadm +settle|\bdm_udev_wait\(' \
			-e '^[^"'\'']*\bsleep +[0-9$]' |
			grep -vE '\bpoll\([^;]*, *-1\)|\bepoll_wait\([^;]*, *(-1|0)\)' | sed "s|^\([0-9]*\):[ \t]*|wait in $file has at line \1 |"
	done
}

# ---- words ----

# Taken apart, so that this file does not say them.
words='cl[a]ude|anthr[o]pic|open[a]i|chat[g]pt|cop[i]lot|\bLL[M]\b|\bA[I]-|\bA[I] (model|assistant|agent)'
words+='|/w[o]rk/|/ro[o]t/\.|py[e]nv|fire[c]racker|deb\.deb[i]an\.org|py[p]i\.|crates\.i[o]\b|artif[a]ctory|deb[i]an\.snapshot'

foreign()	# TOP
{
	sources "$1" | (cd "$1" && xargs -d '\n' grep -nIiE -e "$words") | cut -c 1-160
}

# ---- what the guides name ----

# A function as `name()`, a file or folder as `path/name` or `name.c`.
unknown()	# TOP GUIDE...
{
	local tree=$1 name

	sources "$tree" >"$scratch/files"
	(cd "$tree" && grep -hE '\.[ch]$' "$scratch/files" | xargs -d '\n' cat) >"$scratch/text"
	shift
	cat "$@" | grep -oE '`[a-z_]+\(\)`' | tr -d '`()' | sort -u | while read -r name; do
		grep -q "\b$name(" "$scratch/text" || echo "no function $name()"
	done
	cat "$@" | grep -oE '`[A-Za-z_.-]*(/[A-Za-z0-9_.-]+)*(\.[a-z0-9]+|/)`' | tr -d '`' | sort -u | while read -r name; do
		case $name in
		build/* | /* | *NAME*) ;;
		*) grep -qE "(^|/)${name//./\\.}" "$scratch/files" || echo "no file $name" ;;
		esac
	done
}

# ---- this tree, and bad ones ----

clean "README.md and HACKING.md name what there is" "$(unknown "$top" "$top/README.md" "$top/HACKING.md")"
bad guide.md <<<'`plan_leap()` is in `lib/core/plan.c`, `lib/core/hunch.c` is not; see `leap.c` and `plan_step()`.'
found=$(unknown "$top" "$scratch/bad/guide.md")
finds "a function that is not there" '^no function plan_leap' "$found"
finds "a file that is not there" '^no file lib/core/hunch.c' "$found"
clean "the rest of the guide is right" "$(grep -v 'plan_leap\|hunch.c\|leap.c' <<<"$found")"
rm "$scratch/bad/guide.md"

clean "licences: a line in each file, the right one of its folder" "$(unlicensed "$top")"
clean "files have at most 700 lines, or a reason" "$(long_files "$top" | without_reason)"
clean "functions have at most 60 lines, or a reason" "$(long_functions "$top" | without_reason)"
clean "reasons are needed" "$(needless)"
clean "nothing that is shipped waits for a while, or for a reason" "$(waits "$top" | without_reason)"
clean "no words that belong elsewhere" "$(foreign "$top")"

bad lib/none.c <<<'int a;'
bad lib/other.c <<<'/* SPDX-License-Identifier: GPL-2.0-or-later */'
bad initramfs/script <<<'#!/bin/sh'
found=$(unlicensed "$scratch/bad")
finds "no licence in C" 'lib/none.c' "$found"
finds "the licence of another folder" 'lib/other.c' "$found"
finds "no licence in a script without suffix" 'initramfs/script' "$found"

yes 'int a;' | head -n 701 | bad lib/long.c
{ printf 'int f(void)\n{\n'; yes '	g();' | head -n 61; echo '}'; } | bad worker/f.c
{ printf 'int g(void)\n{\n'; yes '	g();' | head -n 60; echo '}'; } | bad worker/g.c
{ printf 'f()\n{\n'; yes '	g' | head -n 61; echo '}'; } | bad tests/f.sh
{ echo 'class A:'; echo '    def f(self):'; yes '        g()' | head -n 61; echo '    def h(self):'; } | bad tests/f.py
finds "a long file" 'file lib/long.c has 701 lines, and no reason' "$(long_files "$scratch/bad" | without_reason)"
found=$(long_functions "$scratch/bad" | without_reason)
finds "a long function in C" 'function f of worker/f.c has 61 lines, and no' "$found"
finds "a long function in shell" 'function f of tests/f.sh has 61 lines' "$found"
finds "a long function in Python" 'function f of tests/f.py has 61 lines' "$found"
clean "60 lines are not long" "$(grep worker/g.c <<<"$found")"

number=0
while read -r line; do
	number=$((number + 1))
	bad "lib/wait$number.c" <<<"	$line"
done <<'END'
usleep(1000);
nanosleep(&ts, NULL);
poll(&p, 1, 100);
poll(fds, n, timeout_msec);
epoll_wait(fd, ev, 8, 50);
select(n, &r, NULL, NULL, &tv);
dm_udev_wait(cookie);
END
bad initramfs/waits.sh <<<'	while ! [ -e /dev/sda ]; do sleep 1; done'
bad tools/settles.sh <<<'	udevadm settle'
bad lib/fine.c <<'END'
	/* sleep(1) would be wrong */
	poll(&p, 1, -1);
	n = epoll_wait(fd, ev, 8, 0);
END
found=$(waits "$scratch/bad" | without_reason)
for number in 1 2 3 4 5 6 7; do
	finds "waits: $(tr -d '\t' <"$scratch/bad/lib/wait$number.c")" "lib/wait$number.c has .*, and no reason" "$found"
done
finds "waits: sleep in a script" 'initramfs/waits.sh' "$found"
finds "waits: settle" 'tools/settles.sh' "$found"
clean "waiting for events is fine" "$(grep lib/fine.c <<<"$found")"

echo "made in /wo""rk/main" | bad docs/a.md
echo "as Cl""aude says" | bad lib/b.h
found=$(foreign "$scratch/bad")
finds "a path of one machine" 'docs/a.md' "$found"
finds "a word of tooling" 'lib/b.h' "$found"
the_end
