#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# In a guest of tests/vm/uml: the engine waits for a file system by its label, which a loop device then
# brings.  /out/journal is what it recorded.
. "$(dirname "$(readlink -e "$0")")/../vm/lib.sh"

modprobe loop 2>/dev/null
truncate -s 32M /tmp/image
mk_ext4 /tmp/image late text
: >/tmp/empty
storage-activate mount LABEL=late /mnt/t --source=kernel --fsck=no --timeout=30 --record=/out/journal \
	--crypttab=/tmp/empty --mdadm-conf=/tmp/empty 2> >(tee /out/stderr >/run/said) &
until_true 20 grep -q SACT-002 /run/said
losetup /dev/loop0 /tmp/image
wait $!
