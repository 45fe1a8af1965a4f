# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input: a numbered message names the device, nothing is written to it, the rest is activated.

# The good neighbour of every bad device: ext4 on the last disk.
mk_neighbour()
{
	mk_ext4 "$1" good "the rest"
	echo "LABEL=good /mnt/r ext4 defaults 0 0" >$FSTAB
}
neighbour_is_up()
{
	disk "$1"
	mounted /mnt/r "$REPLY" "the rest"
}

row root-never-appears@plain "bad" "a root that never appears: exit 3, the explanation names it"
row root-never-appears@member "bad" "a root whose array lacks a member: exit 3, the explanation names the array"
root_never_appears_setup()
{
	disks 2
	mk_md lost 1 /dev/sda /dev/sdb
	md_uuid=$UUID
	mk_vg lostvg "$REPLY"
	mk_lv lostvg root 8
	mk_ext4 "$REPLY" lost "never seen"
	new_uuid
	other_uuid=$UUID
}
root_never_appears_act()
{
	plug 0
	case $1 in
	plain)
		echo "root=UUID=$other_uuid ro" >$CMDLINE
		start root --target=/mnt/r --cmdline=$CMDLINE --timeout=2
		;;
	member)
		echo "root=/dev/lostvg/root ro" >$CMDLINE
		start root --target=/mnt/r --cmdline=$CMDLINE --timeout=4 --degraded=never
		;;
	esac
	finish 3
}
root_never_appears_assert()
{
	not_mounted /mnt/r
	case $1 in
	plain) shows "$other_uuid" ;;
	member)
		shows /dev/lostvg/root
		grep -q "${md_uuid}\|md/lost\|lost" <(grep -v 'lostvg' "$OUT/stderr") ||
			fail "the explanation does not name the array"
		! grep -qs '^md.*active' /proc/mdstat || fail "the array runs degraded"
		;;
	esac
}

row wrong-passphrases "bad luks" "three wrong passphrases: numbered failure, the other goal is reached meanwhile"
wrong_passphrases_setup()
{
	disks 2
	mk_luks /dev/sda secret
	luks_uuid=$UUID
	volume locked "$luks_uuid" none
	mk_neighbour /dev/sdb
	echo "/dev/mapper/locked /mnt/t ext4 defaults 0 0" >>$FSTAB
	sum /dev/sda
	bad_sum=$REPLY
}
wrong_passphrases_act()
{
	local i

	plug 0 1
	start mount --all --fstab=$FSTAB
	say "wrong 1"
	until_true 10 findmnt --mountpoint /mnt/r || fail "the question holds up another goal"
	say "wrong 2"
	say "wrong 3"
	finish 1
}
wrong_passphrases_assert()
{
	neighbour_is_up 1
	not_mounted /mnt/t
	numbered locked
	[ ! -e /dev/mapper/locked ] || fail "it is open"
	sum /dev/sda
	[ "$REPLY" = "$bad_sum" ] || fail "something was written"
}

row md-garbage "bad md" "one md superblock is garbage: named, the array starts degraded, the rest too"
md_garbage_setup()
{
	disks 3
	mk_md half 1 /dev/sda /dev/sdb
	mk_ext4 "$REPLY" half "on one leg"
	fs_uuid=$UUID
	mk_neighbour /dev/sdc
	echo "UUID=$fs_uuid /mnt/t ext4 defaults 0 0" >>$FSTAB
	close_all
	# Behind magic, version and UUID: sizes and roles that the checksum does not cover any more.
	head -c 128 /dev/urandom | dd of=/dev/sdb bs=1 seek=$((4096 + 72)) conv=notrunc status=none
	sum /dev/sdb
	bad_sum=$REPLY
}
md_garbage_act()
{
	plug 0 1 2
	start mount --all --fstab=$FSTAB --degraded=1
	finish 0
}
md_garbage_assert()
{
	neighbour_is_up 2
	mounted /mnt/t /dev/md/half "on one leg"
	[ "$(cat /sys/block/md*/md/degraded)" = 1 ] || fail "not degraded"
	numbered sdb
	sum /dev/sdb
	[ "$REPLY" = "$bad_sum" ] || fail "something was written"
}

row lvm-bad-checksum "bad lvm" "LVM metadata with a wrong checksum: named, not used, the rest activated"
lvm_bad_checksum_setup()
{
	disks 2
	mk_vg vgbad /dev/sda
	mk_lv vgbad lv 8
	mk_ext4 "$REPLY" bad "never seen"
	mk_neighbour /dev/sdb
	echo "/dev/vgbad/lv /mnt/t ext4 defaults 0 0" >>$FSTAB
	close_all
	local at=$(grep -abo 'seqno = ' /dev/sda | tail -n 1 | cut -d: -f1)
	printf 7 | dd of=/dev/sda bs=1 seek=$((at + 8)) conv=notrunc status=none
	sum /dev/sda
	bad_sum=$REPLY
}
lvm_bad_checksum_act()
{
	plug 0 1
	start mount --all --fstab=$FSTAB --timeout=8
	finish "1 3"
}
lvm_bad_checksum_assert()
{
	neighbour_is_up 1
	not_mounted /mnt/t
	numbered sda
	[ ! -e /dev/mapper/vgbad-lv ] || fail "the LV is active"
	sum /dev/sda
	[ "$REPLY" = "$bad_sum" ] || fail "something was written"
}

row luks-cut@header "bad luks" "a LUKS header that is cut after its first block: named, the rest activated"
row luks-cut@small "bad luks" "a LUKS header on a device too small for its keys: named, the rest activated"
luks_cut_setup()
{
	disks 2
	mk_parts /dev/sda	# 4, 12 MiB and more
	mk_luks /dev/sda3 secret
	header_uuid=$UUID
	dd if=/dev/sda3 of=/dev/sda1 bs=4k count=1 status=none
	mk_luks /dev/sda3 secret
	small_uuid=$UUID
	# The same header says that keys and data begin behind the end of the second partition.
	must cryptsetup luksFormat -q --type luks2 --uuid "$small_uuid" "${LUKS_CHEAP[@]}" \
		--luks2-keyslots-size 16m --offset 40960 --key-file /tmp/passphrase /dev/sda3
	dd if=/dev/sda3 of=/dev/sda2 bs=1M count=12 status=none
	wipefs -q -a /dev/sda3
	mk_neighbour /dev/sdb
	sum /dev/sda
	bad_sum=$REPLY
}
luks_cut_act()
{
	: >$CRYPTTAB
	sed -i '/cut/d' $FSTAB
	case $1 in
	header) volume cut "$header_uuid" none ;;
	small) volume cut "$small_uuid" none ;;
	esac
	echo "/dev/mapper/cut /mnt/t ext4 defaults 0 0" >>$FSTAB
	plug 0 1
	start mount --all --fstab=$FSTAB --timeout=8
	finish "1 3"
}
luks_cut_assert()
{
	neighbour_is_up 1
	not_mounted /mnt/t
	case $1 in
	header) numbered sda1 ;;
	small) numbered sda2 ;;
	esac
	[ ! -e /dev/mapper/cut ] || fail "it is open"
	sum /dev/sda
	[ "$REPLY" = "$bad_sum" ] || fail "something was written"
}

row ext4-beyond-repair "bad ext4" "an ext4 that fsck cannot mend: named, not mounted, the rest activated"
ext4_beyond_repair_setup()
{
	disks 2
	mk_ext4 /dev/sda broken "never seen"
	must debugfs -w -R "clri <2>" /dev/sda
	must debugfs -w -R "ssv state 2" /dev/sda
	mk_neighbour /dev/sdb
	echo "LABEL=broken /mnt/t ext4 defaults 0 2" >>$FSTAB
	sum /dev/sda 2	# the checker notes in the superblock that it has failed; nobody else writes
	bad_sum=$REPLY
}
ext4_beyond_repair_act()
{
	plug 0 1
	start mount --all --fstab=$FSTAB
	finish 1
}
ext4_beyond_repair_assert()
{
	neighbour_is_up 1
	not_mounted /mnt/t
	numbered sda
	grep -q '^\(fsck\|e2fsck\)' "$OUT/executed" || fail "no checker ran"
	sum /dev/sda 2
	[ "$REPLY" = "$bad_sum" ] || fail "something was written"
}
