#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The public headers as a caller meets them, and whether each symbol is declared, exported and
# documented: parameters, Returns and Since.  TAP.
lib=$(cd "$(dirname "$0")/../../lib" && pwd)
header=$lib/storageactivate.h
glib=$(pkg-config --cflags glib-2.0)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0 failed=0
export LC_ALL=C

result() # WHAT COMPLAINTS
{
	n=$((n + 1))
	[ -z "$2" ] && { echo "ok $n - $1"; return; }
	failed=1
	echo "not ok $n - $1"
	sed 's/^/# /' <<< "$2"
}

compiles() # WHAT SUFFIX "COMPILER FLAGS" INCLUDE...
{
	local what=$1 file=$dir/x.$2 compiler=$3
	shift 3

	if ! command -v "${compiler%% *}" > /dev/null; then
		n=$((n + 1))
		echo "ok $n - $what # SKIP no ${compiler%% *}"
		return
	fi
	printf '#include <%s>\n' "$@" > "$file"
	echo 'extern int x; int x = (int)sizeof(sact *);' >> "$file"
	result "$what" "$($compiler -Wall -Wextra -Werror -pedantic-errors -I"$lib" $glib -fsyntax-only "$file" 2>&1)"
}

cc=${CC:-cc} cxx=${CXX:-c++}
compiles 'alone, C99' c "$cc -std=c99" storageactivate.h
compiles 'alone, C23 or what there is' c "$cc -std=c2x" storageactivate.h
compiles 'alone, C++' cc "$cxx -std=c++11" storageactivate.h
compiles 'with GLib, C99' c "$cc -std=c99" storageactivate-glib.h
compiles 'with GLib, C++' cc "$cxx -std=c++17" storageactivate-glib.h
compiles 'both, plain one first' c "$cc -std=c99" storageactivate.h storageactivate-glib.h
compiles 'both, GLib first' c "$cc -std=c99" glib.h storageactivate-glib.h storageactivate.h
result 'the plain header names nothing of GLib' "$(grep -n 'glib\|gboolean\|G_' "$header")"

# "NAME RETURNS PARAMETER..." of each function in the header
functions()
{
	sed -e '/^\/\*/,/\*\//d' "$header" | tr '\n' ' ' | tr ';{}' '\n' |
		sed -n 's/^.*[ *]\(sact_[a-z0-9_]*\)(\([^()]*\)) *$/\1 \2/p' | grep -v typedef |
		sed 's/,/ ,/g; s/$/ ,/' | awk '{
			line = $1
			for (i = 3; i <= NF; i++)
				if ($i == ",") { name = $(i - 1); gsub(/[*]/, "", name); line = line " " name }
			print line
		}'
}

# the comment that documents NAME
comment()
{
	awk -v name="$1" '$0 == "/**" { text = ""; inside = 1 }
		inside { text = text $0 "\n" }
		/\*\// { if (inside && index(text, "/**\n * " name ":\n")) printf "%s", text; inside = 0 }' "$header"
}

exported=$(sed -n 's/^\t\(sact_[a-z0-9_]*\);$/\1/p' "$lib/libstorageactivate.sym" | sort)
same=$(diff <(echo "$exported") <(functions | cut -d' ' -f1 | sort))
result 'declared and exported are the same' "$same"

undocumented=$(functions | while read -r name parameters; do
	text=$(comment "$name")
	[ "$text" ] || { echo "$name: no comment"; continue; }
	grep -q '^ \* Returns: ' <<< "$text" || echo "$name: no Returns"
	grep -q '^ \* Since: [0-9.]*$' <<< "$text" || echo "$name: no Since"
	documented=$(sed -n 's/^ \* @\([a-z_]*\): .*/\1/p' <<< "$text" | tr '\n' ' ')
	[ "${documented% }" = "$parameters" ] || echo "$name: has $parameters, documents $documented"
done)
result 'every function is documented, with all parameters in order' "$undocumented"

values=$(sed -n 's/^\t\(SACT_[A-Z_]*\) = [0-9]*,*$/\1/p' "$header")
result 'every value of an enumeration is documented' "$(for value in $values; do
	grep -q "^ \* @$value: " "$header" || echo "$value"
done; [ "$values" ] || echo 'none found')"
result 'every handle is documented' "$(sed -n 's/^typedef struct [a-z_]* \([a-z_]*\);$/\1/p' "$header" |
	while read -r name; do [ "$(comment "$name")" ] || echo "$name"; done)"
result 'no number is given to two values' "$(sed -n 's/^\tSACT_\([A-Z]*\)_[A-Z_]* = \([0-9]*\),*$/\1 \2/p' "$header" | sort | uniq -d)"

echo "1..$n"
exit $failed
