#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# needed.sh [BUILDDIR]: what each program and the library load.
. "$(dirname "$0")/lib.sh"

needed()	# FILE
{
	readelf -dW "$1" 2>&1 | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; /Error/p'
}

others()	# FILE LIBRARY...: what it needs beside these and libc
{
	local file=$1 allowed=" libc ld-linux-x86-64 ld-linux-aarch64 ld-linux-armhf ${*:2} " name

	[ -e "$file" ] || { echo "no file $file"; return; }
	for name in $(needed "$file"); do
		case $allowed in
		*" ${name%.so*} "*) ;;
		*) echo "${file##*/} needs $name" ;;
		esac
	done
}

program()	# NAME: libtool's script is not it
{
	[ -e "$build/.libs/$1" ] && echo "$build/.libs/$1" || echo "$build/$1"
}

notes()		# FILE
{
	readelf -p .note.dlopen "$1" 2>/dev/null | grep -q '"soname":\["libcryptsetup\.so\.[0-9]*"\]' ||
		echo "no .note.dlopen that names libcryptsetup"
}

worker=$(program storage-activate-worker)
clean "library: libc, libglib-2.0, libudev, libmount" \
	"$(others "$build/.libs/libstorageactivate.so" libglib-2.0 libudev libmount)"
clean "worker: those that it links" "$(others "$worker" libglib-2.0 libblkid libmount libdevmapper)"
clean "worker: libcryptsetup is in the note" "$(notes "$worker")"
clean "tool: the library, no GLib" "$(others "$(program storage-activate)" libstorageactivate)"
clean "init: libc only" "$(others "$(program init)")"

echo 'int main(void) { return 0; }' | cc -x c -o "$scratch/plain" -
echo 'char *g_strdup(const char *); int main(void) { return !g_strdup(""); }' |
	cc -x c -o "$scratch/glib" - $(pkg-config --libs glib-2.0)
finds "a program that needs GLib" 'needs libglib-2.0' "$(others "$scratch/glib")"
finds "a program without note" 'no .note.dlopen' "$(notes "$scratch/plain")"
finds "no program" 'no file' "$(others "$scratch/none")"
the_end
