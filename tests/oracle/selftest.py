# SPDX-License-Identifier: GPL-2.0-or-later
"""That the oracle can fail: a layout of which one thing after the other is changed behind its back."""
import pathlib
import re

import compare
import layout

NAME = "self-test"
ALLOWED = pathlib.Path(__file__).resolve().parent / "allowed"

RECIPE = """\
vgcreate -q -y -s 512k vg /dev/sda /dev/sdb
lvcreate -q -y -W n -Z n -n striped -i 2 -L 8m vg
lvcreate -q -y -W n -Z n -n linear -L 8m vg
lvcreate -q -y -W n -Z n -n other -L 8m vg
lvchange -q -y -My --major 254 --minor 222 vg/other
pattern /dev/vg/linear
pattern /dev/vg/other
mdadm --create /dev/md/root --run --level=1 --raid-devices=2 --assume-clean --homehost=any --name=root --bitmap=none /dev/sdc /dev/sdd
mke2fs -q -F -t ext4 -b 1024 -U 11111111-2222-4333-a444-555555555555 -L data /dev/md/root
mkswap -q -U 11111111-2222-4333-a444-666666666666 /dev/vg/striped
"""
GOALS = """\
mount	LABEL=data	/mnt/t1	ext4	/dev/md/root
swap	UUID=11111111-2222-4333-a444-666666666666	-	swap	/dev/vg/striped
device	/dev/vg/linear	-	-	/dev/vg/linear
device	/dev/vg/other	-	-	/dev/vg/other
"""

# name, what changes, what has to be said then
CHANGES = [
	("a table", "load vg-linear '0 16384 zero'", r"dm:vg-linear table: ours 0 16384 zero, .*"),
	("content", "echo x | dd of=/dev/mapper/vg-other conv=notrunc,fsync status=none", r"dm:vg-other content: .*"),
	("the read-only bit", "load vg-linear \"$(dmsetup table vg-linear)\" -r", r"dm:vg-linear read-only: ours 1, reference 0"),
	("read-ahead", "blockdev --setra 64 /dev/mapper/vg-other", r"dm:vg-other read-ahead: ours 32, .*"),
	("a name", "dmsetup rename vg-linear vg-lime", r"dm:vg-linear is: ours nothing, reference there"),
	("a uuid", "t=$(dmsetup table vg-other); dmsetup remove vg-other; "
		   "dmsetup create vg-other --uuid LVM-x --major 254 --minor 222 --table \"$t\"", r"dm:vg-other uuid: ours LVM-x, .*"),
	("a fixed minor", "t=$(dmsetup table vg-other); u=$(dmsetup info -c --noheadings -o uuid vg-other); "
			  "dmsetup remove vg-other; dmsetup create vg-other --uuid $u --major 254 --minor 223 --table \"$t\"",
	 r"dm:vg-other minor: ours 223, reference 222"),
	("a device too much", "dmsetup create stray --table '0 8 zero'", r"dm:stray is: ours there, reference nothing"),
	("a link", "ln -sfn ../../vg-other /dev/disk/by-label/data", r"link /dev/disk/by-label/data: ours .*"),
	("a link too much", "ln -s /dev/mapper/vg-other /dev/vg/ghost", r"link /dev/vg/ghost: ours dm:vg-other, reference nothing"),
	("a link that is missing", "rm /dev/vg/other", r"link /dev/vg/other: ours nothing, reference dm:vg-other"),
	("a member of an array", "md=$(basename $(readlink -f /dev/md/root)); mdadm --readwrite /dev/$md; "
				 "mdadm /dev/$md --fail /dev/$(ls /sys/class/block/$md/slaves | head -n 1)",
	 r"md:\S+ degraded: ours 1, reference 0"),
	("the state of a member", ":", r"md:\S+ member \S+: ours .*faulty.*"),
	("a mount", "umount /mnt/t1", r"mount /mnt/t1: ours nothing, .*"),
	("what is refused", ":", r"goal mount LABEL=data: ours refused, reference reached"),
	("a swap area", "swapoff -a", r"swap dm:vg-striped: ours nothing, reference on"),
]


class Fixed:
	"""In place of a layout that a number chooses."""
	source = "kernel"
	missing, commands, late = set(), RECIPE.splitlines(), []

	def files(self):
		inject = "load() { dmsetup suspend $1; dmsetup reload $1 $3 --table \"$2\"; dmsetup resume $1; }\n"
		for number, (_, change, _) in enumerate(CHANGES):
			inject += f"{change}\nobserve changed-{number}\n"
		return {"recipe": RECIPE, "goals": GOALS, "crypttab": "", "opens": "", "mdadm.conf": "", "inject": inject,
			"settings": f"SOURCE=kernel\nEARLY=0\nORDER=({' '.join(map(str, range(layout.DISKS)))})\n"}


def judge(folder):
	"""Yields (test, whether it passed, notes)."""
	reference, ours = compare.load(folder / "reference"), compare.load(folder / "ours")
	if reference is None or ours is None:
		yield "self-test: a layout is activated twice", False, (folder / "log").read_text(errors="replace").splitlines()[-20:]
		return
	before = compare.Allowances(ALLOWED).remaining(compare.differences(ours, reference, "reference"))
	yield "self-test: nothing differs before something is changed", not before, before
	stopped = compare.load(folder / "ours-stopped") or {}
	yield ("self-test: what is left after stop is found", any("stray" in key for key in stopped),
	       [f"stopped: {sorted(stopped)}"])
	for number, (name, change, wanted) in enumerate(CHANGES):
		changed = compare.load(folder / f"changed-{number}") or {}
		lines = compare.Allowances(ALLOWED).remaining(compare.differences(changed, reference, "reference"))
		found = [line for line in lines if re.fullmatch(wanted, line)]
		yield f"self-test: {name} that differs is found", bool(found), [f"after {change}", f"no line {wanted}"] + lines


