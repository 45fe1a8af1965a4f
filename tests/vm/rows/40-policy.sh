# SPDX-License-Identifier: GPL-2.0-or-later
# The one degraded policy: grace, restarts, cap, locked parents, members that come late.

# A goal on disk 3 keeps the run alive until everything has been looked at.
keep_running() { echo "LABEL=good /mnt/r ext4 defaults 0 0" >$FSTAB; }
degraded_count() { cat /sys/block/md*/md/degraded; }

row degraded@before "policy md" "the last member comes 1 s before the grace ends: complete"
row degraded@after "policy md" "the last member comes 1 s after the grace: degraded once, then taken back"
degraded_setup()
{
	disks 3
	MD_BITMAP=internal mk_mirror late late "came late" /dev/sda /dev/sdb
	mk_ext4 /dev/sdc good "the rest"
	keep_running
	echo "UUID=$fs_uuid /mnt/t ext4 defaults 0 0" >>$FSTAB
}
degraded_act()
{
	local due

	plug 0
	start mount --all --fstab=$FSTAB --degraded=5
	clock_of 'starts without'
	due=$REPLY
	case $1 in
	before)
		wait_until $((due - 1000000))
		not_mounted /mnt/t
		plug 1
		;;
	after)
		wait_until $((due - 500000))
		not_mounted /mnt/t
		wait_until $((due + 1000000))
		until_true 5 findmnt --mountpoint /mnt/t || fail "not started at the end of the grace"
		[ "$(degraded_count)" = 1 ] || fail "not degraded"
		plug 1
		until_true 10 grep -q '\[UU\]' /proc/mdstat || fail "not taken back: $(cat /proc/mdstat)"
		;;
	esac
	plug 2
	finish 0
}
degraded_assert()
{
	is_md late "$md_uuid" /dev/sda /dev/sdb
	mounted /mnt/t "$REPLY" "came late"
	case $1 in
	before) ! grep 'SACT-02[34]' "$OUT/stderr" || fail "it was degraded" ;;
	after) [ "$(grep -c SACT-023 "$OUT/stderr")" = 1 ] || fail "degraded not once: $(grep SACT- "$OUT/stderr")" ;;
	esac
}

row degraded-no-bitmap "policy md" "a member without bitmap comes after a degraded start: reported with the command"
degraded_no_bitmap_setup()
{
	disks 3
	mk_mirror nobitmap nobitmap "no bitmap" /dev/sda /dev/sdb
	mk_ext4 /dev/sdc good "the rest"
	keep_running
	echo "UUID=$fs_uuid /mnt/t ext4 defaults 0 0" >>$FSTAB
}
degraded_no_bitmap_act()
{
	plug 0
	start mount --all --fstab=$FSTAB --degraded=1
	until_true 15 findmnt --mountpoint /mnt/t || fail "not started at the end of the grace"
	echo more >/mnt/t/more
	sync
	plug 1
	shows SACT-024
	plug 2
	finish 0
}
degraded_no_bitmap_assert()
{
	mounted /mnt/t /dev/md/nobitmap "no bitmap"
	[ "$(degraded_count)" = 1 ] || fail "a stale member was taken back"
	says 024 sdb
	says 024 mdadm
}

row degraded-zero "policy md" "no grace at all: degraded at once"
row degraded-conf "policy md" "degraded=never for this array in mdadm.conf: not started, exit 3"
degraded_zero_setup() { degraded_conf_setup; }
degraded_zero_act()
{
	plug 0
	start mount "UUID=$fs_uuid" /mnt/t --degraded=0
	finish 0
}
degraded_zero_assert()
{
	mounted /mnt/t /dev/md/halves "one of two"
	[ "$(degraded_count)" = 1 ] || fail "not degraded"
	says 023 halves
	! grep 'starts without' "$OUT/journal" || fail "there was a clock"
}
degraded_conf_setup()
{
	disks 2
	mk_mirror halves halves "one of two" /dev/sda /dev/sdb
}
degraded_conf_act()
{
	echo "ARRAY /dev/md/halves UUID=${md_uuid//-/:} degraded=never" >$MDADM_CONF
	sed -i 's/UUID=.* /UUID='"$(tr -d - <<<"$md_uuid" | sed 's/......../&:/g; s/:$//')"' /' $MDADM_CONF
	plug 0
	start mount "UUID=$fs_uuid" /mnt/t --degraded=1 --timeout=4
	finish 3
}
degraded_conf_assert()
{
	not_mounted /mnt/t
	shows halves
	! grep -q '^md.*active raid' /proc/mdstat || fail "it was started"
}

row flapping "policy md" "a member that comes and goes restarts the clock once: started within twice the grace"
flapping_setup()
{
	disks 3
	MD_BITMAP=internal mk_mirror flap flap "still there" /dev/sda /dev/sdb /dev/sdc
}
flapping_act()
{
	local i due

	plug 0
	start mount "UUID=$fs_uuid" /mnt/t --degraded=4
	clock_of 'starts without'
	due=$REPLY
	for i in 1 2 3 4; do
		plug 1
		sleep 0.8
		findmnt --mountpoint /mnt/t >/dev/null && break
		[ $i = 4 ] || unplug 1
		sleep 0.8
	done
	finish 0
	now_usec
	[ "$REPLY" -le $((due + 4000000 + 3000000)) ] || fail "started $((REPLY - due)) us after the first clock"
}
flapping_assert()
{
	local clocks

	mounted /mnt/t /dev/md/flap "still there"
	clocks=$(grep -o 'until=[0-9]* owner="\?flap"\? reason="starts without' "$OUT/journal" | sort -u)
	[ "$(wc -l <<<"$clocks")" -le 2 ] || fail "the clock was restarted more than once: $clocks"
}

row unrelated-lock "policy md luks" "a locked disk that nobody has named does not hold the clock"
unrelated_lock_setup()
{
	disks 3
	mk_md free 1 /dev/sda /dev/sdb
	mk_ext4 "$REPLY" free "not held"
	fs_uuid=$UUID
	mk_luks /dev/sdc secret
}
unrelated_lock_act()
{
	plug 0 2
	start mount "UUID=$fs_uuid" /mnt/t --degraded=2
	finish 0
}
unrelated_lock_assert()
{
	mounted /mnt/t /dev/md/free "not held"
	[ "$(degraded_count)" = 1 ] || fail "not degraded"
	! grep -q ' > ask' "$OUT/journal" || fail "somebody was asked"
}

row locked-member@answer "policy md luks" "a locked volume holds the clock of the array on it while a person is asked"
row locked-member@skip "policy md luks" "Ctrl-C at the question releases the clock: degraded after the grace"
locked_member_setup()
{
	disks 2
	head -c 256 /dev/urandom >/tmp/keyfile
	chmod 600 /tmp/keyfile
	mk_luks /dev/sda /tmp/keyfile
	volume k0 "$UUID" /tmp/keyfile
	open_luks /dev/sda /tmp/keyfile k0
	mk_luks /dev/sdb secret
	volume k1 "$UUID" none
	open_luks /dev/sdb secret k1
	mk_md held 1 /dev/mapper/k0 /dev/mapper/k1
	md_uuid=$UUID
	mk_ext4 "$REPLY" held "held"
	fs_uuid=$UUID
}
locked_member_act()
{
	plug 0 1
	case $1 in
	answer)
		start mount "UUID=$fs_uuid" /mnt/t --degraded=1
		until_true 20 asked 1 || fail "no question"
		sleep 4
		not_mounted /mnt/t
		say secret
		;;
	skip)
		start_on_tty mount "UUID=$fs_uuid" /mnt/t --degraded=2
		key_in "Passphrase for k1" '\003'
		;;
	esac
	finish 0
}
locked_member_assert()
{
	case $1 in
	answer) is_md held "$md_uuid" "$(readlink -f /dev/mapper/k0)" "$(readlink -f /dev/mapper/k1)" ;;
	skip)
		[ "$(degraded_count)" = 1 ] || fail "not degraded"
		grep -q SACT-034 "$OUT/tty" || fail "not said that it was skipped"
		;;
	esac
	mounted /mnt/t /dev/md/held "held"
}
