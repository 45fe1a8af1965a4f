# SPDX-License-Identifier: GPL-2.0-or-later
# Arrays: what starts without a member, what does not start, what they are called.

row degraded-luks "both policy md luks" "a degraded array that nothing names, and root is on LUKS on it"
degraded_luks_setup()
{
	disks 2
	mk_md low 1 /dev/sda /dev/sdb
	local md=$REPLY
	mk_luks "$md" secret
	luks_uuid=$UUID
	volume low_crypt "$luks_uuid" none
	open_luks "$md" secret low_crypt
	mk_ext4 "$REPLY" lowroot "on a degraded array"
	fs_uuid=$UUID
	echo "root=UUID=$fs_uuid ro" >$CMDLINE
}
degraded_luks_act()
{
	start root --target=/mnt/r --cmdline=$CMDLINE --degraded=1
	plug 0
	say secret
	finish 0
}
degraded_luks_assert()
{
	says 023
	! grep 'SACT-026' "$OUT/stderr" || fail "it was judged before its device had come"
	mounted /mnt/r /dev/mapper/low_crypt "on a degraded array"
	[ "$(degraded_count)" = 1 ] || fail "not degraded"
}

row md-odd-name "md" "a superblock's name with blanks, dots and slashes: one link below /dev/md, nobody's is taken"
md_odd_name_setup()
{
	disks 3
	mk_mirror odd odd "an odd name" /dev/sda /dev/sdb
	mk_vg vg0 /dev/sdc
	mk_lv vg0 root 8
}
# rename_md NODE NAME: in its superblock of version 1.2, with a right checksum.
rename_md()
{
	/usr/bin/python3 -ISc 'import os, struct, sys
f = open(sys.argv[1], "r+b", buffering=0)
f.seek(4096)
sb = bytearray(f.read(4096))
sb[32:64] = sys.argv[2].encode().ljust(32, b"\0")[:32]
struct.pack_into("<I", sb, 216, 0)
n = 256 + 2 * struct.unpack_from("<I", sb, 220)[0]
total = sum(struct.unpack_from("<I", sb, i)[0] for i in range(0, n // 4 * 4, 4))
total += struct.unpack_from("<H", sb, n // 4 * 4)[0] if n % 4 else 0
struct.pack_into("<I", sb, 216, (total + (total >> 32)) & 0xffffffff)
f.seek(4096)
f.write(sb)
os.fsync(f.fileno())' "$1" "$2" || fail "no new name for $1"
}
md_odd_name_act()
{
	local name

	plug 0 1 2
	/.host/usr/sbin/vgchange -q -ay vg0 >/dev/null 2>&1
	[ -b /dev/vg0/root ] || fail "no LV"
	for name in "e vg0/root log" h:../../etc/x; do
		disk 0; rename_md "$REPLY" "$name"
		disk 1; rename_md "$REPLY" "$name"
		rm -rf $RUN
		"$TOOL" mount "UUID=$fs_uuid" /mnt/t --source=kernel 2>"$OUT/stderr" || fail "$name: $(cat "$OUT/stderr")"
		mounted /mnt/t "/dev/$(cd /sys/class/block && echo md*)" "an odd name"
		same /dev/vg0/root /dev/mapper/vg0-root
		[ ! -e /dev/log ] && [ ! -e /etc/x ] || fail "$name: a link out of its folder"
		find /dev/md -mindepth 1 >"$OUT/links"
		[ "$(wc -l <"$OUT/links")" = 1 ] || fail "$name: not one link: $(cat "$OUT/links")"
		[ -z "$(find /dev -name '*sact*')" ] || fail "$name: something is left in /dev"
		"$TOOL" stop --all || fail "not stopped"
	done
	/.host/usr/sbin/vgchange -q -an vg0 >/dev/null 2>&1
	start mount "UUID=$fs_uuid" /mnt/t
	finish 0
}
md_odd_name_assert() { mounted /mnt/t "/dev/$(cd /sys/class/block && echo md*)" "an odd name"; }
