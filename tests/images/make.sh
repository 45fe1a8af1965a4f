#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make.sh [md|lvm|...]: makes the images in this folder again, in a User Mode Linux guest.
#
# NAME.image is a device of which only what matters is kept (see cut.py); NAME.examine is what mdadm
# says about it; VG.dm what device-mapper holds after vgchange -ay, in the words of lib/core/action.h;
# VG.text the metadata.  Packages: user-mode-linux mdadm lvm2 thin-provisioning-tools python3.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for what in "${@:-md lvm}"; do
	for part in $what; do
		"$here/../vm/uml" -m 768M -t 580 -o "$out" "$here/guest-$part.sh"
	done
done
rm -f "$out"/.status
ls -l "$out"
cp "$out"/* "$here/"
