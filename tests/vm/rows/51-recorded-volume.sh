# SPDX-License-Identifier: GPL-2.0-or-later
# What lies on what it should lie on.

row other-volume "identity luks" "root in another volume than the recorded one: refused; opened by a key: no shell"
other_volume_setup()
{
	disks 2
	head -c 64 /dev/urandom >/tmp/key
	mk_luks /dev/sda secret
	ours=$UUID
	mk_luks /dev/sdb /tmp/key
	theirs=$UUID
	open_luks /dev/sdb /tmp/key other
	mk_ext4 "$REPLY" root "not the recorded one"
	fs_uuid=$UUID
}
other_volume_act()
{
	volume ca "$ours" none
	volume cb "$theirs" /tmp/key
	echo "root=UUID=$fs_uuid ro" >$CMDLINE
	cat >/tmp/layout <<-END
		layout name=n1 kind=fs uuid=$fs_uuid type=ext4 target=/ slaves=n2
		layout name=n2 kind=luks uuid=$ours label=ca slaves=n3
		layout name=n3 kind=disk
	END
	plug 0 1
	start root --target=/mnt/r --cmdline=$CMDLINE --crypttab=$CRYPTTAB --layout=/tmp/layout --timeout=20
	finish 5
}
other_volume_assert()
{
	not_mounted /mnt/r
	says 062 "does not lie on the encrypted volume ca"
	[ -e /run/storage-activate/no-shell ] || fail "nothing says that a key opened a volume"
}
# Once its goal has failed nothing is looked at any more: how much is known then depends on the order of events.
other_volume_after() { rm -f "$OUT/journal"; }
