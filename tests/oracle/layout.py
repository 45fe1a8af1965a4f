# SPDX-License-Identifier: GPL-2.0-or-later
"""A storage layout that a number chooses: the commands that make it, and what shall be activated of it.

Disks are turned into arrays, volumes and volume groups a few times over; what is left over in the end gets a file
system, a swap area or a pattern.  Every choice comes from one generator, so the same number gives the same layout.
"""
import random
import re

import lvm
import md

DISKS = 6
DISK_KIB = 40 * 1024
KEY = "/tmp/key"		# what opens each LUKS volume

ODD_NAMES = ["root", "data", "a-b", "x--y", "l.v", "p+q", "_u", "Home", "swap_1", "0", "127", "r0", "cow", "real-1",
	     "a_rimage", "very.long-name_with+all-of--it", "b-", "z.", "home"]
LABELS = ["", "", "data", "a b", "with/slash", "x#y", "Root", "b\\c", "caf\u00e9", "p+q", "t:u"]


class Device:
	"""Something to build on: its node while the layout is made, its size, and what else is known of it."""

	def __init__(self, node, kib, **more):
		self.node, self.kib = node, kib
		self.clones = False		# its content lies on another device, too
		self.readonly = False
		self.raw = False		# a content it has already
		self.wanted = True		# shall be activated
		self.names = [node]		# what a goal may call it
		self.after = []			# commands for when it has its content
		self.__dict__.update(more)


class Layout:
	def __init__(self, seed):
		self.seed = seed
		self.rng = random.Random(f"layout {seed}")
		self.commands, self.late, self.goals = [], [], []
		self.crypttab, self.opens, self.mdadm_conf, self.missing = [], [], [], set()
		self.used_names, self.used_minors, self.targets = set(), set(), 0
		self.source = self.rng.choice(["kernel", "kernel", "udev"])
		self.early = self.rng.random() < 0.5
		self.make()

	# ---- choices ----

	def chance(self, share):
		return self.rng.random() < share

	def pick(self, *choices):
		return self.rng.choice(choices)

	def uuid(self):
		text = f"{self.rng.getrandbits(128):032x}"
		text = text[:12] + "4" + text[13:16] + "a" + text[17:]
		return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

	def name(self, scope, choices=None):
		"""One that this scope does not have yet; odd, more often than not."""
		while True:
			name = self.rng.choice(choices or ODD_NAMES) if self.chance(0.6) else f"n{self.rng.randrange(100)}"
			if (scope, name) not in self.used_names:
				self.used_names.add((scope, name))
				return name

	def minor(self):
		while True:
			minor = self.rng.randrange(200, 250)
			if minor not in self.used_minors:
				self.used_minors.add(minor)
				return minor

	def run(self, command):
		self.commands.append(command)

	# ---- the whole ----

	def make(self):
		rng = self.rng
		pool = [Device(f"/dev/sd{letter}", DISK_KIB, names=[]) for letter in "abcdef"[:DISKS]]
		if self.chance(0.2):
			pool = self.partition(pool)
		rng.shuffle(pool)
		first = self.pick("vg", "vg", "vg", "md", "md", "luks", "many")
		steps = [first] if first != "many" else ["md", "md", "vg"]
		while len(steps) < 4 and self.chance(0.45):
			steps.append(self.pick("vg", "md", "luks", "luks"))
		self.storeys = len(steps)
		for step in steps:
			pool = self.step(step, pool)
			rng.shuffle(pool)
		for device in pool:
			if device.wanted and not (device.node.startswith("/dev/sd") and self.chance(0.8)):
				self.leaf(device)
			elif device.after:
				self.late += device.after
		if self.chance(0.25):
			self.missing.add(rng.randrange(DISKS))

	def partition(self, pool):
		disk = pool.pop()
		table = self.pick("gpt", "dos")
		self.run(f"printf 'label: {table}\\n,16M\\n,\\n' | sfdisk -q {disk.node} && until_true 10 test -b {disk.node}2")
		return pool + [Device(disk.node + "1", 16 * 1024, names=[]), Device(disk.node + "2", DISK_KIB - 18 * 1024, names=[])]

	def step(self, what, pool):
		usable = [d for d in pool if d.kib >= 7 * 1024 and d.wanted and not d.clones and not d.raw]
		if not usable:
			return pool
		if what == "vg":
			members = usable[:self.rng.choice([1, 2, 3, 4, 5, 6])]
			made = lvm.volume_group(self, members)
		elif what == "md":
			if len(usable) < 2:
				return pool
			members = usable[:self.rng.choice([2, 2, 3, 4, 5])]
			made = md.array(self, members)
		else:
			members = usable[:1]
			made = [self.luks(members[0])]
		return [d for d in pool if d not in members] + made

	# ---- LUKS ----

	def luks(self, member):
		name, uuid = self.name("mapping"), self.uuid()
		words, options = [], []
		if self.chance(0.25):
			words += ["--type luks1", "--pbkdf-force-iterations 1000"]
			if self.chance(0.3):
				words.append("--hash " + self.pick("sha512", "sha1"))
		else:
			words += ["--type luks2", "--pbkdf pbkdf2 --pbkdf-force-iterations 1000", "--luks2-metadata-size 16k",
				  "--luks2-keyslots-size 512k", "--offset 2048"]
			if self.chance(0.3):
				words.append("--label " + self.pick("crypt", "data", "l.x"))
			if self.chance(0.2):
				words.append("--sector-size " + self.pick("512", "4096"))
		if self.chance(0.3):
			words.append(self.pick("--cipher aes-cbc-essiv:sha256", "--cipher aes-xts-plain64 --key-size 256",
					       "--cipher serpent-xts-plain64", "--cipher aes-cbc-plain64"))
		self.run(f"cryptsetup luksFormat -q --uuid {uuid} {' '.join(words)} --key-file {KEY} {member.node}")
		self.run(f"cryptsetup open --key-file {KEY} {member.node} '{name}'")
		if "luks2" in words[0] and self.chance(0.2):
			self.run(f"cryptsetup refresh --key-file {KEY} --persistent {self.pick('--allow-discards', '--perf-no_read_workqueue', '--perf-same_cpu_crypt')} '{name}'")
		opening = ""
		if self.chance(0.15):
			options.append("discard")
			opening = "--allow-discards"
		elif self.chance(0.1):
			options.append("readonly")
			opening = "--readonly"
		self.crypttab.append(f"{name} UUID={uuid} {KEY} {','.join(['luks'] + options)}")
		self.opens.append(f"{uuid}\t{name}\t{opening}")
		return Device(f"/dev/mapper/{name}", member.kib - 2100, readonly="readonly" in options,
			      clones=member.clones, wanted=member.wanted, after=member.after)

	# ---- what lies on top ----

	def leaf(self, device):
		if device.raw or device.readonly and self.chance(0.5):
			self.goal("device", device, self.rng.choice(device.names))
			self.late += device.after
			return
		kind = self.pick("ext4", "ext4", "ext4", "vfat", "swap", "xfs", "btrfs", "raw", "raw")
		if kind == "xfs" and device.kib < 18 * 1024 or kind == "btrfs" and device.kib < 18 * 1024:
			kind = "ext4"
		if kind == "raw" and not device.names:		# a disk's node says nothing
			return
		if kind == "raw":
			self.run(f"pattern {device.node}")
			self.goal("device", device, self.rng.choice(device.names))
			self.late += device.after
			return
		label = self.rng.choice(LABELS)
		if ("label", label) in self.used_names or kind == "vfat" and not re.fullmatch("[A-Za-z0-9 ]*", label):
			label = ""
		if label:
			self.used_names.add(("label", label))
		uuid = self.uuid()
		if kind == "vfat":
			uuid = uuid[:4].upper() + "-" + uuid[4:8].upper()
			label = label.upper()
		self.run(self.format(kind, device.node, uuid, label))
		specs = list(device.names)
		if not device.clones:
			specs += ["UUID=" + uuid] * 3 + (["LABEL=" + label] * 2 if label else [])
		self.goal("swap" if kind == "swap" else "mount", device, self.rng.choice(specs), kind)
		self.late += device.after

	def format(self, kind, node, uuid, label):
		text = f"'{label}'" if label else ""
		return {
			"ext4": f"mke2fs -q -F -t {self.pick('ext4', 'ext4', 'ext2', 'ext3')} -b 1024 -U {uuid} {'-L ' + text if text else ''} {node}",
			"vfat": f"mkfs.vfat -i {uuid.replace('-', '')} {'-n ' + text if text else ''} {node}",
			"swap": f"mkswap -q -U {uuid} {'-L ' + text if text else ''} {node}",
			"xfs": f"TEST_DIR=1 TEST_DEV=1 QA_CHECK_FS=1 mkfs.xfs -q -f -m uuid={uuid} {'-L ' + text if text and len(label.encode()) < 13 else ''} {node}",
			"btrfs": f"mkfs.btrfs -q -M -U {uuid} {'-L ' + text if text else ''} {node}",
		}[kind]

	def goal(self, what, device, spec, kind="-"):
		target = "-"
		if what == "mount":
			self.targets += 1
			target = f"/mnt/t{self.targets}"
		self.goals.append("\t".join((what, spec, target, kind, device.node)))

	# ---- for the guest ----

	def files(self):
		order = list(range(DISKS))
		self.rng.shuffle(order)
		order = [n for n in order if n not in self.missing]
		return {
			"recipe": "".join(line + "\n" for line in self.commands + self.late),
			"goals": "".join(line + "\n" for line in self.goals),
			"crypttab": "".join(line + "\n" for line in self.crypttab),
			"opens": "".join(line + "\n" for line in self.opens),
			"mdadm.conf": "".join(line + "\n" for line in self.mdadm_conf),
			"settings": f"SOURCE={self.source}\nEARLY={int(self.early)}\nSTOREYS={self.storeys}\nORDER=({' '.join(map(str, order))})\n",
		}
