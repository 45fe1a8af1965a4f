# SPDX-License-Identifier: GPL-2.0-or-later
# The same storage twice, with udevd and without: what we find and link ourselves is what udevd does.

row links-agree "udev slow source" "types, names and links are udevd's, and without udevd the same links are there"
links_agree_setup()
{
	fstab_all_setup 5
	printf 'label: gpt\nsize=8M, type=S, name=area\ntype=L, name=part\n' >/tmp/parts
	sfdisk -q /dev/sde </tmp/parts >/tmp/parts.log 2>&1 || fail "sfdisk: $(cat /tmp/parts.log)"
	until_true 10 test -b /dev/sde2
	must mkswap -L swapped /dev/sde1
	mk_ext4 /dev/sde2 "two words" "on a partition"
	echo "PARTLABEL=part /mnt/r/data ext4 defaults 0 0" >>$FSTAB
	echo "/dev/sde1 none swap sw 0 0" >>$FSTAB
}
links_agree_act()
{
	links_run
	links_now >"$OUT/links-udev"
	found_by_us >"$OUT/found-us"
	found_by_udev <"$OUT/found-us" >"$OUT/found-udev"
	cp "$OUT/journal" "$OUT/journal-udev"
	row_stop

	disks_out
	udevadm control --exit
	rm -rf /run/udev $RUN
	bare_dev
	ROW_SOURCE=kernel
	links_run
	links_now >"$OUT/links-us"
}
links_run()
{
	start mount --all --fstab=$FSTAB
	plug 0 1 2 3 4
	say secret
	finish 0
	[ "$ROW_SOURCE" = kernel ] || udevadm settle -t 20
}
# Links to block devices, and to what: a disk by its kernel's name, the others by their own.
links_now()
{
	local link name

	find /dev -type l | LC_ALL=C sort | while read -r link; do
		[ -b "$link" ] || continue
		name=$(kernel_name "$link")
		case $name in
		dm-*) name=$(cat "/sys/class/block/$name/dm/name") ;;
		md*) name=md ;;
		loop*) continue ;;
		esac
		echo "$link $name"
	done
}
# "NODE TYPE UUID LABEL PARTUUID PARTLABEL" of what the last probe of each found; lower case, no separators.
found_by_us()
{
	python3 -ISc '
import shlex, sys
last = {}
for line in open(sys.argv[1]):
    words = line.split(" ", 3)
    if words[1:3] != ["<", "result"]:
        continue
    f = dict(w.split("=", 1) for w in shlex.split(words[3]) if "=" in w)
    if f.get("type") and f.get("node"):
        last[f["node"]] = [f.get(k, "-") for k in ("type", "uuid", "label", "partuuid", "partlabel")]
for node, found in sorted(last.items()):
    found[1] = found[1].lower().replace(":", "").replace("-", "")
    print(node, *("_".join(f.split()) for f in found))' "$OUT/journal"
}
# The same of what udevd has noted of these nodes.
found_by_udev()
{
	local node key line

	while read -r node _; do
		line=$node
		for key in ID_FS_TYPE ID_FS_UUID ID_FS_LABEL_ENC ID_PART_ENTRY_UUID ID_PART_ENTRY_NAME; do
			REPLY=$(udevadm info -q property -n "$node" | sed -n "s/^$key=//p" | sed 's/\\x20/_/g')
			[ "$key" != ID_FS_UUID ] || REPLY=$(tr -d ':-' <<<"${REPLY,,}")
			line+=" ${REPLY:--}"
		done
		echo "$line"
	done
}
links_agree_assert()
{
	fstab_all_assert
	[ "$(wc -l <"$OUT/found-us")" -ge 9 ] || fail "little was found: $(cat "$OUT/found-us")"
	diff "$OUT/found-us" "$OUT/found-udev" >"$OUT/found-diff" || fail "found is not the same: $(cat "$OUT/found-diff")"
	[ "$(wc -l <"$OUT/links-us")" -ge 12 ] || fail "hardly a link: $(cat "$OUT/links-us")"
	# We make those by content and by name.  What is udevd's own: names by number, place, identity of
	# hardware; a link in /dev/mapper, where libdevmapper makes the node itself.
	diff "$OUT/links-us" <(grep -v '^/dev/\(block\|mapper\|disk/by-\(path\|diskseq\|id\)\)/' "$OUT/links-udev") \
		>"$OUT/links-diff" || fail "the links are not the same: $(cat "$OUT/links-diff")"
}
links_agree_after()
{
	/lib/systemd/systemd-udevd --daemon >/dev/null 2>&1
	udevadm trigger --action=add --subsystem-match=block
	udevadm settle -t 30
	ROW_SOURCE=udev
}
