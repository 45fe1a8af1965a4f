# SPDX-License-Identifier: GPL-2.0-or-later
"""Arrays of a layout."""
import layout

NAMES = ["root", "data", "a-b", "boot", "0", "7", "127", "box:1", "x.y", "p+q", "home_1", "r0"]
LAYOUTS = {
	"5": ["left-symmetric", "left-asymmetric", "right-symmetric", "right-asymmetric", "parity-first", "parity-last"],
	"6": ["left-symmetric", "left-asymmetric", "right-symmetric", "ddf-zero-restart", "ddf-N-continue", "left-symmetric-6"],
	"10": ["n2", "n2", "f2", "o2", "n3", "f3"],
}
LEAST = {"linear": 2, "0": 2, "1": 2, "4": 3, "5": 3, "6": 4, "10": 2}


def array(self, members):
	"""Makes one of them; returns the devices that it gives."""
	level = self.rng.choice([name for name, least in LEAST.items() if len(members) >= least] + ["1"])
	metadata = self.pick("0.90", "1.0", "1.1", "1.2", "1.2")
	name, uuid = self.name("md", NAMES), self.uuid().replace("-", "")
	words = [f"--metadata={metadata}", f"--level={level}", "--uuid=" + ":".join(uuid[i:i + 8] for i in range(0, 32, 8))]
	if metadata != "0.90":
		words += [f"--homehost={self.pick('any', 'any', 'box', 'otherbox')}", f"--name={name}"]
	if level not in ("linear", "1"):
		words.append(f"--chunk={self.pick(4, 16, 64, 128)}")
	copies = 2
	if level in LAYOUTS and self.chance(0.7):
		kind = self.rng.choice(LAYOUTS[level])
		if level != "10" or int(kind[1]) <= len(members):
			words.append(f"--layout={kind}")
			copies = int(kind[1]) if level == "10" else 2
	active, spare = list(members), []
	extras(self, level, metadata, words, active, spare, copies)
	nodes = [d.node for d in active]
	if level in ("1", "4", "5", "6", "10") and self.chance(0.12):
		nodes[self.rng.randrange(len(nodes))] = "missing"
	words.append(f"--raid-devices={len(nodes)}")
	if spare:
		words.append(f"--spare-devices={len(spare)}")
	if "missing" not in nodes and level in ("1", "4", "5", "6", "10") and self.chance(0.7):
		words.append("--assume-clean")
	node = f"/dev/md/{name}"
	self.run(f"mdadm --create {node} --run {' '.join(words)} {' '.join(nodes + [d.node for d in spare])}")
	self.run(f"idle {node}")
	history(self, level, metadata, node, active, nodes)
	if self.chance(0.2):
		config(self, name, uuid, metadata)
	data = {"linear": len(nodes), "0": len(nodes), "1": 1, "4": len(nodes) - 1, "5": len(nodes) - 1,
		"6": len(nodes) - 2, "10": len(nodes) / copies}[level]
	size = min(d.kib for d in active) - 4200
	names = [f"/dev/disk/by-id/md-uuid-{':'.join(uuid[i:i + 8] for i in range(0, 32, 8))}"]
	return [layout.Device(node, int(size * data), names=names, after=[c for d in members for c in d.after])]


def extras(self, level, metadata, words, active, spare, copies):
	"""Bitmap, journal, spares, flags of members."""
	if level in ("1", "4", "5", "6", "10"):
		bitmap = self.pick("none", "none", "internal")
		if len(active) > LEAST[level] and len(active) > copies and self.chance(0.3):
			spare.append(active.pop())
		if level in ("4", "5", "6") and metadata in ("1.1", "1.2") and len(active) > LEAST[level] and self.chance(0.5):
			journal = active.pop()
			words.append(f"--write-journal={journal.node}")
		elif level == "5" and metadata != "0.90" and self.chance(0.2):
			words.append("--consistency-policy=ppl")
		else:
			words.append(f"--bitmap={bitmap}")
			if bitmap == "internal" and self.chance(0.4):
				words.append("--bitmap-chunk=" + self.pick("64K", "1M", "4M"))
	if level == "1" and metadata != "0.90" and len(active) == 2 and not spare and self.chance(0.15):
		active.append(active.pop())
		words.append("--write-behind=256") if "--bitmap=internal" in words else None
		active[-1].node = "--write-mostly " + active[-1].node
	if level in ("1", "5", "6", "10") and self.chance(0.15):
		words.append(f"--size={min(d.kib for d in active) // 2 // 128 * 128}")


def history(self, level, metadata, node, active, nodes):
	"""What an array may have been through."""
	if level not in ("1", "4", "5", "6", "10") or "missing" in nodes:
		return
	victim = self.rng.choice(nodes).replace("--write-mostly ", "")
	what = self.pick("none", "none", "none", "none", "failed", "removed", "stale", "back", "grown", "bitmap")
	if what == "failed":
		self.run(f"mdadm {node} --fail {victim}")
	elif what == "removed":
		self.run(f"mdadm {node} --fail {victim} && mdadm {node} --remove {victim} && mdadm --zero-superblock {victim}")
	elif what in ("stale", "back"):
		self.run(f"mdadm {node} --fail {victim} && mdadm {node} --remove {victim}")
		self.run(f"pattern {node}; idle {node}")
		if what == "back":
			self.run(f"mdadm {node} --add {victim}; idle {node}")
	elif what == "bitmap" and metadata != "0.90":
		self.run(f"mdadm --grow {node} --bitmap={self.pick('none', 'internal')}")
	elif what == "grown" and level == "1" and len(nodes) > 2:
		self.run(f"mdadm {node} --fail {victim} && mdadm {node} --remove {victim} && "
			 f"mdadm --grow {node} --raid-devices={len(nodes) - 1}")


def config(self, name, uuid, metadata):
	words = f"UUID={':'.join(uuid[i:i + 8] for i in range(0, 32, 8))}"
	self.mdadm_conf.append(f"ARRAY {self.pick('/dev/md/' + name, '/dev/md/conf', '/dev/md4', '<ignore>') if False else self.pick('/dev/md/conf', '/dev/md4', '/dev/md/' + name)} {words}")
