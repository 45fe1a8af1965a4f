# SPDX-License-Identifier: GPL-2.0-or-later
# The distribution's own assembly rules are at work too, and race us: no harm, whoever is faster.

MASKED="64-md-raid-assembly.rules 69-lvm.rules"

row racing@before "udev" "mdadm -I and vgchange -aay by udev rules, everything is there before us"
row racing@after "udev" "mdadm -I and vgchange -aay by udev rules, disks come while we wait"
racing_setup() { lvm_on_raid_setup; }
racing_act()
{
	local rule

	for rule in $MASKED; do
		rm "/etc/udev/rules.d/$rule"
	done
	udevadm control --reload
	[ "$1" = after ] || plug 0 1
	start mount "UUID=$fs_uuid" /mnt/t
	[ "$1" = before ] || plug 0 1
	finish 0
	udevadm settle -t 20
	grep -q '^mdadm by (udev-worker): --incremental' /run/executed || fail "the rules did not race"
}
racing_assert()
{
	[ "$(grep -c '^md' /proc/mdstat)" = 1 ] || fail "two arrays: $(cat /proc/mdstat)"
	[ "$(cat /sys/block/md*/md/degraded)" = 0 ] || fail "degraded"
	is_lv vgr data "$lv_table"
	mounted /mnt/t /dev/vgr/data "lvm on raid"
	linked "/dev/disk/by-uuid/$fs_uuid" /dev/vgr/data
}
racing_after()
{
	local rule

	not_mounted /mnt/t
	for rule in $MASKED; do
		ln -sf /dev/null "/etc/udev/rules.d/$rule"
	done
	udevadm control --reload
	close_all || fail "cannot be stopped: $(storage_left)"
	rm -f /run/lvm/vgs_online/* /run/lvm/pvs_online/* /run/lvm/pvs_lookup/* /run/mdadm/map
}
