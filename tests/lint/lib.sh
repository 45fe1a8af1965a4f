# SPDX-License-Identifier: GPL-2.0-or-later
#
# For the lints of this folder.  A lint is a function that prints what is wrong, a line each, and nothing
# when all is well.  Each is shown a bad example too: one that finds nothing there has not looked.
# shellcheck shell=bash

export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$(cd "${1:-.}" && pwd) || exit 1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
n=0 failed=0

clean()		# NAME COMPLAINTS
{
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		failed=1
		echo "not ok $n - $1"
		sed 's/^/# /' <<<"$2"
	fi
}

finds()		# NAME PATTERN COMPLAINTS: those of a bad example, one matches
{
	n=$((n + 1))
	if grep -qE -e "$2" <<<"$3"; then
		echo "ok $n - bad example: $1"
	else
		failed=1
		echo "not ok $n - bad example: $1"
		echo "# nothing matches $2 in: ${3:-nothing}"
	fi
}

skip()		# NAME REASON
{
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

the_end()
{
	echo "1..$n"
	exit $failed
}

# bad FILE: stdin as a file of a tree of bad examples
bad()
{
	mkdir -p "$scratch/bad/$(dirname "$1")"
	cat >"$scratch/bad/$1"
}

# What people wrote, below a folder, with paths as seen from there.
sources()	# TOP
{
	(cd "$1" && find . \( -name .git -o -path ./build -o -path ./build-aux -o -path ./m4 -o -path ./_build \
		-o -path ./_inst -o -name autom4te.cache -o -name __pycache__ -o -path ./tests/images \
		-o -path ./tests/fuzz/corpus \) -prune -o -type f ! -name 'configure' ! -name 'configure~' \
		! -name aclocal.m4 ! -name Makefile.in ! -name 'config.h.in*' ! -name 'COPYING.*' -print |
		sed 's|^\./||' | sort)
}

# Those of them that are programs of some kind.
code()		# TOP
{
	sources "$1" | while read -r file; do
		case $file in
		*.c | *.h | *.sh | *.py | *.am | *.ac | *.pc.in) echo "$file" ;;
		*.*) ;;
		*) head -c 2 "$1/$file" | grep -q '^#!' && echo "$file" ;;
		esac
	done
}
