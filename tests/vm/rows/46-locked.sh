# SPDX-License-Identifier: GPL-2.0-or-later
# A locked image: what the command line says of root, volumes and policy does not count.

row locked "luks" "a locked image opens and mounts what its own files name, whatever the command line says; another root= is refused"
locked_setup()
{
	disks 2
	mk_luks /dev/sda secret
	luks_uuid=$UUID
	printf secret >/tmp/lockedkey
	volume known "$luks_uuid" /tmp/lockedkey
	open_luks /dev/sda secret known
	mk_ext4 "$REPLY" root "the root of the image"
	fs_uuid=$UUID
	must cryptsetup close known
	mk_ext4 /dev/sdb stranger "another one"
	stranger=$UUID
	printf 'layout name=n1 kind=fs type=ext4 target=/ uuid=%s slaves=n2\nlayout name=n2 kind=luks uuid=%s label=known slaves=n3\nlayout name=n3 kind=disk\n' \
		"$fs_uuid" "$luks_uuid" >/tmp/locked.layout
	mkdir -p /etc/storage-activate
}
locked_root() # WORDS...: with these; status and messages in $OUT/said
{
	echo "$*" >$CMDLINE
	"$TOOL" root --target=/mnt/r --cmdline=$CMDLINE --crypttab=$CRYPTTAB --layout=/tmp/locked.layout \
		--fstab=/dev/null --source="$ROW_SOURCE" --timeout=20 --run-dir=/run/lockedrun </dev/null >"$OUT/said" 2>&1
	REPLY=$?
}
locked_act()
{
	plug 0 1
	touch /etc/storage-activate/locked
	mkdir -p /mnt/r
	locked_root "root=UUID=$stranger ro"
	[ $REPLY = 5 ] && grep -q SACT-106 "$OUT/said" || fail "a stranger's root: $REPLY $(cat "$OUT/said")"
	locked_root "root=/dev/mapper/evil cryptopts= rd.luks.name=$luks_uuid=evil"
	[ $REPLY = 5 ] && grep -q SACT-106 "$OUT/said" || fail "another name: $REPLY $(cat "$OUT/said")"
	not_mounted /mnt/r
	[ ! -e /dev/mapper/known ] && [ ! -e /dev/mapper/evil ] || fail "something was opened"
	echo "ro rootflags=ro,nosuch=1 luks.crypttab=no rd.luks.name=$luks_uuid=evil rd.luks.key=$luks_uuid=/none storage_activate.degraded=0" >$CMDLINE
	start root --target=/mnt/r --cmdline=$CMDLINE --layout=/tmp/locked.layout --fstab=/dev/null
	finish 0
	rm /etc/storage-activate/locked
}
locked_assert()
{
	[ "$(grep -c SACT-105 "$OUT/stderr")" = 5 ] || fail "not five words ignored: $(grep SACT- "$OUT/stderr")"
	mounted /mnt/r /dev/mapper/known "the root of the image"
	[ ! -e /dev/mapper/evil ] || fail "rd.luks.name= was obeyed"
}
locked_after() { rm -f /etc/storage-activate/locked; }
