# SPDX-License-Identifier: GPL-2.0-or-later
"""Volume groups of a layout, and LVs of every type."""
import layout

VG_NAMES = ["vg", "debian-vg", "v.g", "x--y", "a+b", "_g", "root", "VG0"]


class Group:
	"""What is known of a VG while LVs are made in it."""

	def __init__(self, name, pvs, kib, extent_kib):
		self.name, self.pvs, self.extent_kib = name, pvs, extent_kib
		self.free = kib

	def take(self, kib, legs=1):
		"""True if that much is still there."""
		if self.free < kib * legs + 1024:
			return False
		self.free -= kib * legs + 2 * self.extent_kib * legs
		return True


def volume_group(self, members):
	name = self.name("vg", VG_NAMES)
	extent = self.pick(128, 256, 512, 1024)
	words = [f"-s {extent}k"]
	if self.chance(0.2):
		words.append("--addtag " + self.pick("@tag", "a.b", "x/y=z"))
	nodes = [d.node for d in members]
	for node in nodes:
		more = self.pick("", "", "", "--pvmetadatacopies 2", "--bootloaderareasize 512k",
				 "--dataalignment 512k", "--dataalignment 128k --dataalignmentoffset 7s")
		if len(nodes) > 1 and node == nodes[-1] and self.chance(0.1):
			more = "--pvmetadatacopies 0"
		self.run(f"pvcreate -q -y -ff --metadatasize 256k {more} {node}")
	self.run(f"vgcreate -q -y {' '.join(words)} {name} {' '.join(nodes)}")
	group = Group(name, nodes, sum(d.kib - 2048 for d in members), extent)
	made = []
	kinds = [linear, linear, striped, raid1, raid0, raid5, raid6, raid10, mirror, snapshot, snapshot, thin, thin, cache,
		 cache, special]
	for _ in range(self.rng.choice([1, 2, 2, 3, 4])):
		made += self.rng.choice(kinds)(self, group)
	for device in made:
		properties(self, group, device)
	self.run(f"idle_lvs")
	if made and any(d.after for d in members):
		made[0].after += [c for d in members for c in d.after]
	return made


def properties(self, group, device):
	"""What an LV may be besides its type."""
	lv = device.lv
	if self.chance(0.1):
		device.after.append(f"lvchange -q -y -pr {lv}")
		device.readonly = True
	if self.chance(0.12):
		device.after.append(f"lvchange -q -y -My --major 254 --minor {self.minor()} {lv}")
	if self.chance(0.12):
		device.after.append(f"lvchange -q -y -r {self.pick('none', 'auto', '256k', '1m', '8k')} {lv}")
	if self.chance(0.1):
		device.after.append(f"lvchange -q --addtag {self.pick('t', '@x', 'a=b')} {lv}")
	if self.chance(0.05):
		device.after.append(f"lvchange -q --setautoactivation n {lv}")
		device.wanted = False
	if self.chance(0.05):
		device.after.append(f"lvchange -q -ky {lv}")
		device.wanted = False


def device(self, group, name, kib, **more):
	path = f"/dev/{group.name}/{name}"
	mapper = "/dev/mapper/" + group.name.replace("-", "--") + "-" + name.replace("-", "--")
	return layout.Device(path, kib, names=[path, path, mapper], lv=f"{group.name}/{name}", **more)


def fresh(self, group):
	while True:
		name = self.name("lv " + group.name)
		if not any(word in name for word in ("_rimage", "_tdata")):
			return name


def size(self, group):
	"""In KiB, a multiple of every extent size and of every stripe count."""
	kib = self.pick(4, 4, 6, 6, 8, 12, 24) * 1024
	return min(kib, 6144) if group.free < 40000 else kib


def create(self, group, kib, words, name=None, where=""):
	name = name or fresh(self, group)
	self.run(f"lvcreate -q -y -W n -Z n -n {name} -L {kib}k {words} {group.name} {where}")
	return name


def some_pv(self, group):
	return self.rng.choice(group.pvs)


def linear(self, group):
	kib = size(self, group)
	if not group.take(kib):
		return []
	name = create(self, group, kib, "", where=some_pv(self, group) if self.chance(0.3) else "")
	for _ in range(self.pick(0, 0, 1, 3)):
		if group.take(2048):
			self.run(f"lvextend -q -L +2048k {group.name}/{name} {some_pv(self, group)}")
			kib += 2048
	convert(self, group, name, kib)
	return [device(self, group, name, kib)]


def convert(self, group, name, kib):
	"""An LV of one type that becomes another."""
	if len(group.pvs) < 3 or not self.chance(0.25) or not group.take(kib, 2):
		return
	lv = f"{group.name}/{name}"
	self.run(f"lvconvert -q -y --type raid1 -m 1 {lv}; idle_lvs")
	then = self.pick("", "", "raid5", "linear", "split", "track", "replace", "mirror")
	if then == "raid5":
		self.run(f"lvconvert -q -y --type raid5 {lv}; idle_lvs")
		if self.chance(0.5):
			self.run(f"lvconvert -q -y --stripes 2 {lv}; idle_lvs; lvs -a {group.name} >/dev/null")
	elif then == "linear":
		self.run(f"lvconvert -q -y -m 0 {lv}")
	elif then == "split":
		self.run(f"lvconvert -q -y --splitmirrors 1 -n {name}s {lv}")
	elif then == "track":
		self.run(f"lvconvert -q -y --splitmirrors 1 --trackchanges {lv}")
	elif then == "mirror":
		self.run(f"lvconvert -q -y --type mirror {lv}; idle_lvs")
	elif then == "replace":
		self.run(f"lvconvert -q -y --replace {some_pv(self, group)} {lv}; idle_lvs")


def striped(self, group):
	kib = size(self, group)
	if len(group.pvs) < 2 or not group.take(kib):
		return []
	name = create(self, group, kib, f"-i {self.rng.randint(2, len(group.pvs))} -I {self.pick(4, 16, 64)}k")
	if self.chance(0.4) and group.take(3072):
		self.run(f"lvextend -q -i {self.pick(1, 2)} -L +3072k {group.name}/{name}")
	return [device(self, group, name, kib)]


def raid(self, group, types, least, data):
	kib = size(self, group)
	if len(group.pvs) < least or not group.take(kib, 2):
		return []
	words = f"--type {self.rng.choice(types)} {data}"
	if self.chance(0.5):
		words += " --nosync" if types[0] != "raid6" else ""
	if self.chance(0.3):
		words += f" -R {self.pick('512k', '1m', '2m')}"
	if self.chance(0.15):
		words += " --maxrecoveryrate 4096" + self.pick("", " --minrecoveryrate 128")
	name = create(self, group, kib, words)
	self.run("idle_lvs")
	if types[0] == "raid1" and self.chance(0.2):
		self.run(f"lvchange -q --writemostly {some_pv(self, group)}:y {group.name}/{name}")
	if types[0] == "raid1" and self.chance(0.3):
		self.run(self.pick(f"lvconvert -q -y --splitmirrors 1 --trackchanges {group.name}/{name}",
				   f"lvconvert -q -y -m +1 {group.name}/{name}; idle_lvs",
				   f"lvconvert -q -y --raidintegrity y {group.name}/{name}; idle_lvs"))
	elif self.chance(0.15) and group.take(2048, 3):
		self.run(f"lvextend -q -L +2048k {group.name}/{name}; idle_lvs")
	return [device(self, group, name, kib)]


def raid1(self, group):
	return raid(self, group, ["raid1"], 2, f"-m {self.rng.randint(1, max(1, min(2, len(group.pvs) - 1)))}")


def raid0(self, group):
	stripes = f"-i {self.rng.randint(2, max(2, len(group.pvs)))} -I {self.pick(4, 32, 64)}k"
	kib = size(self, group)
	if len(group.pvs) < 2 or not group.take(kib):
		return []
	return [device(self, group, create(self, group, kib, f"--type {self.pick('raid0', 'raid0_meta')} {stripes}"), kib)]


def raid5(self, group):
	stripes = f"-i {self.rng.randint(2, max(2, len(group.pvs) - 1))} -I {self.pick(4, 16, 64)}k"
	return raid(self, group, ["raid5", "raid4", "raid5_ls", "raid5_rs", "raid5_la", "raid5_ra", "raid5_n"], 3, stripes)


def raid6(self, group):
	return raid(self, group, ["raid6", "raid6_zr", "raid6_nr", "raid6_nc", "raid6_n_6", "raid6_ls_6"], 5, "-i 3")


def raid10(self, group):
	return raid(self, group, ["raid10"], 4, "-i 2 -m 1")


def mirror(self, group):
	kib = size(self, group)
	log = self.pick("core", "disk", "disk", "mirrored")
	if len(group.pvs) < 3 or not group.take(kib, 2):
		return []
	words = f"--type mirror -m {self.pick(1, 1, 2)} --mirrorlog {log} --alloc anywhere"
	words += self.pick("", " --nosync") + self.pick("", " -R 512k")
	name = create(self, group, kib, words)
	self.run("idle_lvs")
	return [device(self, group, name, kib)]


def snapshot(self, group):
	kib = size(self, group)
	origins = self.pick(linear, linear, striped, raid1)(self, group)
	if not origins:
		return []
	origin, made = origins[0], list(origins)
	for _ in range(self.pick(1, 1, 2)):
		if not group.take(2048):
			break
		name = fresh(self, group)
		origin.after.append(f"lvcreate -q -y -s -L 2048k -c {self.pick(4, 8, 64)}k {self.pick('', '', '-pr')} "
				    f"-n {name} {origin.lv}")
		snap = device(self, group, name, kib, raw=True, clones=True)
		self.goal("device", snap, self.rng.choice(snap.names))
		origin.clones = True
	if self.chance(0.15) and origin.clones:
		origin.after.append(f"(exec 7<{origin.node}; lvconvert -q -y --merge {group.name}/{name})")
	return made


def thin(self, group):
	kib = self.pick(8, 12, 16) * 1024
	if not group.take(kib + 6144):
		return []
	pool = fresh(self, group)
	chunk = self.pick(64, 64, 128, 256)
	name = f"{group.name}/{pool}"
	if len(group.pvs) > 1 and self.chance(0.25) and group.take(kib):
		create(self, group, kib, "--type raid1 -m 1 --nosync", name=pool)
		self.run(f"lvconvert -q -y -c {chunk}k --poolmetadatasize 2m --type thin-pool {name}")
	else:
		more = self.pick("", "", "--errorwhenfull y", "--discards ignore", "--discards nopassdown", "--poolmetadataspare n")
		self.run(f"lvcreate -q -y -Z {self.pick('y', 'n')} -c {chunk}k {more} --poolmetadatasize 2m -L {kib}k -T {name}")
	made = []
	for _ in range(self.pick(0, 1, 1, 2)):
		lv = fresh(self, group)
		virtual = self.pick(6, 8, 32) * 1024
		self.run(f"lvcreate -q -y -V {virtual}k -T {name} -n {lv}")
		made.append(device(self, group, lv, min(virtual, 8192)))
	if made and self.chance(0.5):
		lv = fresh(self, group)
		skip = self.pick("", "-kn", "-kn")
		made[0].after.append(f"lvcreate -q -y -s {skip} -n {lv} {made[0].lv}")
		made[0].clones = True
		if skip:
			snap = device(self, group, lv, 0)
			self.goal("device", snap, self.rng.choice(snap.names))
			if self.chance(0.2):
				made[0].after.append(f"(exec 7<{made[0].node}; lvconvert -q -y --mergethin {group.name}/{lv})")
	if not made:
		pass
	if self.chance(0.2):
		made += external(self, group, name)
	return made


def external(self, group, pool):
	"""A thin LV with an origin outside of its pool."""
	kib = 4096
	if not group.take(kib):
		return []
	origin, lv = create(self, group, kib, ""), fresh(self, group)
	self.run(f"pattern /dev/{group.name}/{origin}; lvchange -q -an {group.name}/{origin}; lvchange -q -pr {group.name}/{origin}")
	self.run(f"lvcreate -q -y -s -kn --thinpool {pool} -n {lv} {group.name}/{origin}")
	return [device(self, group, lv, kib, raw=True)]


def cache(self, group):
	kib = size(self, group)
	if not group.take(kib) or not group.take(16 * 1024):
		return []
	below = self.pick(linear, linear, striped, raid1)(self, group)
	if not below:
		return []
	lv, fast = below[0].lv, fresh(self, group)
	mode = self.pick("", "--cachemode writethrough", "--cachemode writeback", "--cachemode passthrough")
	more = self.pick("", "", "--cachepolicy cleaner", "--cachepolicy mq", "--cachepolicy smq",
			 "--cachesettings migration_threshold=4096", "--cachemetadataformat 1", "--cachemetadataformat 2")
	if self.chance(0.5):
		self.run(f"lvcreate -q -y --type cache-pool --poolmetadatasize 4m -c {self.pick(32, 64, 128)}k -L 8m -n {fast} {group.name}")
		self.run(f"lvconvert -q -y --type cache {mode} {more} --cachepool {fast} {lv}")
	else:
		self.run(f"lvcreate -q -y -W n -Z n -L 8m -n {fast} {group.name}")
		self.run(f"lvconvert -q -y --type cache {mode} {more} --cachevol {fast} {lv}")
	return below


def special(self, group):
	"""Targets without disks, and an LV that is none any more."""
	kind = self.pick("zero", "error", "inactive", "writecache")
	name = fresh(self, group)
	if kind in ("zero", "error"):
		self.run(f"lvcreate -q -y -Z n -W n --type {kind} -L 4m -n {name} {group.name}")
		if kind == "zero":
			return [device(self, group, name, 4096, raw=True)]
		return []
	if not group.take(4096) or not group.take(8192):
		return []
	create(self, group, 4096, "", name=name)
	if kind == "writecache":
		fast = fresh(self, group)
		self.run(f"lvcreate -q -y -W n -Z n -L 8m -n {fast} {group.name}; lvchange -an {group.name}/{name}; lvchange -an {group.name}/{fast}")
		self.run(f"lvconvert -q -y --type writecache --cachevol {fast} {group.name}/{name}; lvchange -ay {group.name}/{name}")
	return [device(self, group, name, 4096)]
