#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# pure.sh [BUILDDIR]: what decides or parses calls nothing that could look at the world, and each folder
# includes only what the table of folders in HACKING.md lets it.
. "$(dirname "$0")/lib.sh"

PURE='core layer config format replay'

# ---- symbols ----

# Names that objects want and none of them defines.
wanted()	# OBJECT...
{
	[ $# -gt 0 ] || { echo "no objects"; return; }
	nm "$@" 2>&1 | awk '
		/no symbols/ || /^$/ || /:$/ { next }
		$1 == "U" || $1 == "w" { wants[$2]; next }
		NF == 3 { defined[$3]; next }
		{ print "nm: " $0 }
		END { for (s in wants) if (!(s in defined)) print s }' | sort
}

# The fortified form of a function is the function.
impure()	# OBJECT...
{
	wanted "$@" | sed 's/^__\(.*\)_chk$/\1/' | grep -vxE -f "$here/pure.allow" | sed 's/$/ is not on the list/'
}

objects()	# FOLDER...
{
	local folder

	for folder; do
		ls "$build/lib/$folder/.libs/"*.o 2>/dev/null || ls "$build/lib/$folder/"*.o
	done
}

util=$(objects util | grep -E '/(util|text|link)\.o$')
clean "symbols: lib/util/util.c, text.c, link.c" "$(impure $util)"
for folder in $PURE; do
	clean "symbols: lib/$folder" "$(
		# what the pure folders and those three define between them is no call to the outside
		impure $(objects $PURE) $util >"$scratch/all"
		wanted $(objects "$folder") | sed 's/^__\(.*\)_chk$/\1/' | sed 's/$/ is not on the list/' |
			grep -xF -f "$scratch/all")"
done

compile()	# NAME: stdin, C
{
	cc -O2 -x c -c -o "$scratch/$1.o" - && echo "$scratch/$1.o"
}

finds "a system call" '^open ' "$(impure "$(echo 'int open(const char *, int); int f(void) { return open("/", 0); }' | compile open)")"
finds "the clock" '^clock_gettime ' \
	"$(impure "$(echo 'int clock_gettime(int, void *); int f(void *p) { return clock_gettime(1, p); }' | compile clock)")"
finds "the environment by GLib" '^g_getenv ' \
	"$(impure "$(echo 'char *g_getenv(char *); char *f(char *p) { return g_getenv(p); }' | compile getenv)")"
finds "a file by GLib" '^g_file_get_contents ' \
	"$(impure "$(echo 'int g_file_get_contents(void); int f(void) { return g_file_get_contents(); }' | compile file)")"
finds "libudev" '^udev_new ' "$(impure "$(echo 'void *udev_new(void); void *f(void) { return udev_new(); }' | compile udev)")"
finds "no objects" 'no objects' "$(impure)"

# ---- includes ----

# folder: what may be included, an extended regular expression of whole names
declare -A may
libc_pure='<(errno|inttypes|limits|stdarg|stdbool|stddef|stdint|string|ctype|glib)\.h>'
may[lib/core]="\"(core|layer|util)/[a-z]+\.h\"|$libc_pure"
may[lib/layer]="\"(core|layer|util|format)/[a-z]+\.h\"|$libc_pure"
may[lib/config]="\"(config|util)/[a-z]+\.h\"|\"core/(input|record)\.h\"|$libc_pure"
may[lib/format]="\"(format|util)/[a-z]+\.h\"|$libc_pure"
may[lib/source]='"(source|util)/[a-z]+\.h"|"core/(input|record)\.h"|<libudev\.h>|<libmount/libmount\.h>|<[a-z/]+\.h>'
may[lib/replay]="\"(replay|core|layer|util)/[a-z]+\.h\"|$libc_pure"
may[lib/handover]='"(handover|core|util)/[a-z]+\.h"|<[a-z/]+\.h>'
may[lib/util]='"util/[a-z]+\.h"|<[a-z/]+\.h>'
may[worker]='"[a-z]+\.h"|"(format|util)/[a-z]+\.h"|"core/(action|input|record)\.h"|<[a-z0-9/_-]+\.h>'
may[tools]='"[a-z-]+\.h"|<storageactivate\.h>|<[a-z0-9/_-]+\.h>'
may[bindings]='"[a-z]+\.h"|<storageactivate(-glib)?\.h>|<[a-z0-9/_-]+\.h>'

# system libraries that have one place
declare -A only
only['<libudev\.h>']='lib/source'
only['<(libmount\.h|libmount/libmount\.h)>']='lib/source worker'
only['<(blkid|blkid/blkid|libdevmapper|libcryptsetup|linux/raid/[a-z_]+|linux/dm-ioctl)\.h>']='worker'
only['<glib\.h>']='lib/core lib/layer lib/config lib/format lib/util lib/source lib/replay lib/handover lib worker bindings'

includes()	# TOP
{
	local folder pattern file name

	for folder in "${!may[@]}"; do
		for file in "$1/$folder"/*.[ch]; do
			[ -e "$file" ] || continue
			sed -n 's/^[ \t]*#[ \t]*include[ \t]*\([<"][^>"]*[>"]\).*/\1/p' "$file" | while read -r name; do
				grep -qxE -e "${may[$folder]}" <<<"$name" || echo "${file#"$1"/} includes $name"
				for pattern in "${!only[@]}"; do
					! grep -qxE -e "$pattern" <<<"$name" ||
						[[ " ${only[$pattern]} " = *" $folder "* ]] ||
						echo "${file#"$1"/} includes $name, which belongs to ${only[$pattern]}"
				done
			done
		done
	done
}

clean "includes: the table of folders" "$(includes "$top")"
bad lib/core/a.c <<<'#include <unistd.h>'
bad lib/layer/b.c <<<'#include "source/source.h"'
bad lib/source/c.c <<<'#include "layer/layer.h"'
bad worker/d.c <<<'#include "core/plan.h"'
bad tools/e.c <<<'#include "core/input.h"'
bad tools/f.c <<<'#include <glib.h>'
bad lib/handover/g.c <<<'# include <libmount.h>'
found=$(includes "$scratch/bad")
finds "core and a system header" 'core/a.c includes <unistd.h>' "$found"
finds "a layer and a source" 'layer/b.c' "$found"
finds "a source and a layer" 'source/c.c' "$found"
finds "the worker and the plan" 'worker/d.c' "$found"
finds "a tool and a header that is not installed" 'tools/e.c' "$found"
finds "a tool and GLib" 'tools/f.c' "$found"
finds "a library that belongs to others" 'handover/g.c includes <libmount.h>, which' "$found"
the_end
