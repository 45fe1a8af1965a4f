#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# exports.sh [BUILDDIR [STAGE]]: header, list of symbols and library agree; the header needs nothing else;
# the example in README.md compiles against the library.
. "$(dirname "$0")/lib.sh"
stage=${2-}
header=$top/lib/storageactivate.h
list=$top/lib/libstorageactivate.sym
library=$build/.libs/libstorageactivate.so

# ---- symbols ----

declared()	# HEADER
{
	awk '{ gsub(/\/\*[^*]*\*\//, "") } /\/\*/ { c = 1 } !c { print } /\*\// { c = 0 }' "$1" | grep -v '^typedef' |
		grep -oE '\bsact_[a-z0-9_]+ *\(' | tr -d ' (' | sort
}

listed()	# LIST
{
	sed -n 's/^[ \t]*\(sact_[a-z0-9_]*\);.*/\1/p' "$1" | sort
}

exported()	# LIBRARY
{
	nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort
}

same()		# WHAT-A FILE-A WHAT-B FILE-B
{
	[ -s "$2" ] || echo "nothing in $1"
	comm -23 "$2" "$4" | sed "s/\$/: in $1, not in $3/"
	comm -13 "$2" "$4" | sed "s/\$/: in $3, not in $1/"
	uniq -d "$2" | sed "s/\$/: twice in $1/"
}

declared "$header" >"$scratch/header"
listed "$list" >"$scratch/list"
exported "$library" >"$scratch/library"
clean "exports: header and list" "$(same "the header" "$scratch/header" "the list" "$scratch/list")"
clean "exports: list and library" "$(same "the list" "$scratch/list" "the library" "$scratch/library")"

sed '/sact_run(/d' "$header" >"$scratch/short.h"
declared "$scratch/short.h" >"$scratch/bad-header"
(cat "$scratch/header"; echo sact_undeclared) | sort >"$scratch/bad-list"
finds "a function not declared" '^sact_run: in the list, not in the header' \
	"$(same "the header" "$scratch/bad-header" "the list" "$scratch/list")"
finds "a symbol in the list only" 'sact_undeclared: in the list' \
	"$(same "the header" "$scratch/header" "the list" "$scratch/bad-list")"
echo 'int sact_new(void); int sact_new(void) { return 0; } int leaked(void); int leaked(void) { return 0; }' |
	cc -shared -fPIC -x c -o "$scratch/bad.so" -
exported "$scratch/bad.so" >"$scratch/bad-library"
found=$(same "the list" "$scratch/list" "the library" "$scratch/bad-library")
finds "a symbol that leaks" '^leaked: in the library' "$found"
finds "a symbol not exported" '^sact_run: in the list, not in the library' "$found"

# ---- documentation ----

# tests/unit/headers.sh says whether each function is documented.  Here: that it would say so if not.
spoiled()	# SED-SCRIPT: what it finds in a header that is spoiled like this
{
	mkdir -p "$scratch/spoiled/lib" "$scratch/spoiled/tests/unit"
	cp "$top/tests/unit/headers.sh" "$scratch/spoiled/tests/unit/"
	cp "$top/lib/"*.h "$list" "$scratch/spoiled/lib/"
	sed -i "$1" "$scratch/spoiled/lib/storageactivate.h"
	bash "$scratch/spoiled/tests/unit/headers.sh" | grep -A 3 '^not ok'
}

finds "no Returns" '^# sact_goal_new_swap: no Returns' "$(spoiled '/ \* sact_goal_new_swap:/,/\*\// { /Returns/d }')"
finds "no Since" '^# sact_goal_new_swap: no Since' "$(spoiled '/ \* sact_goal_new_swap:/,/\*\// { /Since/d }')"
finds "no comment" '^# sact_goal_new_swap: no comment' "$(spoiled '/ \* sact_goal_new_swap:/d')"

# ---- the header by itself ----

# No include path but the compiler's own: GLib's is not among them.
as_c() { cc -std=c99 -pedantic-errors -Wall -Wextra -Wstrict-prototypes -Werror -fsyntax-only -x c "$1" 2>&1; }
as_cxx() { g++ -std=c++98 -Wno-long-long -pedantic-errors -Wall -Wextra -Werror -fsyntax-only -x c++ "$1" 2>&1; }

alone()		# COMPILER HEADER
{
	printf '#include "%s"\n#include "%s"\nextern int only;\nint only = 0;\n' "$2" "$2" >"$scratch/alone"
	"$1" "$scratch/alone" | head -n 5
}

printf '#include <glib.h>\n' | bad glib.h
printf 'struct a { int class; };\n' | bad class.h
printf 'struct b { int n; int a[]; };\nenum { A, };\nint f(void);\nstatic const int c = ({ 1; });\n' | bad gnu.h
clean "the header is C99" "$(alone as_c "$header")"
finds "a header that needs GLib" 'glib.h' "$(alone as_c "$scratch/bad/glib.h")"
finds "a GNU extension" 'braced-group|ISO C' "$(alone as_c "$scratch/bad/gnu.h")"
if command -v g++ >/dev/null; then
	clean "the header is C++" "$(alone as_cxx "$header")"
	finds "a word of C++" 'class|expected' "$(alone as_cxx "$scratch/bad/class.h")"
else
	skip "the header is C++" "no g++"
fi

# ---- the example ----

example()	# README
{
	sed -n '/^```c$/,/^```$/{/^```/!p}' "$1"
}

flags()
{
	local pc

	if [ -z "$stage" ]; then
		echo "-I$top/lib $library"
		return
	fi
	pc=$(dirname "$(find "$stage" -name storageactivate.pc | head -n 1)")
	PKG_CONFIG_PATH=$pc PKG_CONFIG_SYSROOT_DIR=$stage pkg-config --cflags --libs storageactivate
}

compiles()	# README
{
	example "$1" >"$scratch/example.c"
	[ -s "$scratch/example.c" ] || { echo "no example"; return; }
	# shellcheck disable=SC2046
	cc -std=c99 -pedantic -Wall -Wextra -Werror -o "$scratch/example" "$scratch/example.c" $(flags) 2>&1 | head -n 20
	readelf -d "$scratch/example" 2>&1 | grep -q 'NEEDED.*libstorageactivate\.so\.0' || echo "not linked to the library"
	[ "$(grep -c . "$scratch/example.c")" -le 20 ] || echo "longer than 20 lines"
}

clean "the example of README.md compiles and links" "$(compiles "$top/README.md")"
sed 's/sact_run(/sact_walk(/' "$top/README.md" | bad README.md
finds "an example of a call that does not exist" 'sact_walk' "$(compiles "$scratch/bad/README.md")"
the_end
