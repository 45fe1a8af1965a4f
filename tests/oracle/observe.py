#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""observe.py WANTED NODES REACHED: in a guest, prints what storage is active now, one "KEY<TAB>VALUE" a line.

Numbers that the kernel gives out are replaced by what they stand for: disk:1-2 is the second partition of the second
disk, dm:NAME and md:UUID speak for themselves.  The last lines say which goals of WANTED are reached (NODES: the
device goals that were, by name); those go to the file REACHED.  /tmp/dm.* is what dmsetup prints.  It starts no
program: that costs a guest more than all it does here.
"""
import fcntl
import os
import re
import stat
import struct
import sys
import zlib

FIXED_MINOR = 200		# who has one of these has asked for it
FIRST = 1 << 20
BLKFLSBUF = 0x1261
MD_MAGIC = b"\xfc\x4e\x2b\xa9"
MD_ATTRIBUTES = ("level", "layout", "chunk_size", "metadata_version", "raid_disks", "degraded", "array_state", "sync_action",
		 "bitmap/location", "bitmap/chunksize", "consistency_policy", "component_size", "reshape_position")

names, kernels = {}, {}		# "MAJOR:MINOR" to identity, identity to kernel name
state = {}


def read(path):
	try:
		with open(path, errors="surrogateescape") as file:
			return file.read().strip()
	except OSError:
		return None


def emit(*words):
	*key, value = words
	key = " ".join(key)
	state[key] = value
	print(f"{key}\t{value}".encode(errors="backslashreplace").decode().replace("\n", "\\n"))


def block(path):
	"""The identity of a node, or None."""
	try:
		status = os.stat(path)
	except OSError:
		return None
	number = f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
	return names.get(number, number) if stat.S_ISBLK(status.st_mode) else None


# ---- who is who ----

def md_uuid(top):
	"""From the superblock of a member."""
	for member in sorted(os.listdir(f"{top}/slaves")):
		sectors = int(read(f"/sys/class/block/{member}/size"))
		with open(f"/dev/{member}", "rb", buffering=0) as device:
			for at, word in ((8, 16), (0, 16), (((sectors - 16) & ~7), 16), ((sectors & ~127) - 128, None)):
				device.seek(at * 512)
				data = device.read(4096)
				if data[:4] != MD_MAGIC or (data[4] == 0) != (word is None):
					continue
				uuid = data[16:32] if word else data[20:24] + data[52:64]
				if word:
					return ":".join(uuid[i:i + 4].hex() for i in range(0, 16, 4))
				return ":".join(f"{number:08x}" for number in struct.unpack("<4I", uuid))
	return "without-uuid"


def identify(kernel, top):
	dm = read(f"{top}/dm/name")
	if dm is not None:
		return "dm:" + dm
	if os.path.isdir(f"{top}/md"):
		return "md:" + md_uuid(top)
	match = re.search(r"/adapter(\d+)/", os.path.realpath(top))
	return f"disk:{match.group(1)}" if match else "other:" + kernel


def identify_all():
	devices = sorted(os.listdir("/sys/class/block"))
	for kernel in devices:
		top = f"/sys/class/block/{kernel}"
		if os.path.exists(f"{top}/partition") or read(f"{top}/md/array_state") == "clear":
			continue
		name = identify(kernel, top)
		names[read(f"{top}/dev")] = name
		kernels[name] = kernel
	for kernel in devices:
		top = f"/sys/class/block/{kernel}"
		if os.path.exists(f"{top}/partition"):
			disk = names.get(read(f"{os.path.realpath(top)}/../dev"), "?")
			names[read(f"{top}/dev")] = f"{disk}-{read(top + '/partition')}"


# ---- what they are ----

def dm_lines(file):
	"""dmsetup's lines by device."""
	lines = {}
	for line in (read(file) or "").splitlines():
		for name in sorted((k[3:] for k in kernels if k.startswith("dm:")), key=len, reverse=True):
			if line.startswith(name + ": "):
				lines.setdefault(name, []).append(line[len(name) + 2:].strip())
				break
	return lines


def show_dm():
	tables, status = dm_lines("/tmp/dm.table"), dm_lines("/tmp/dm.status")
	for line in (read("/tmp/dm.info") or "").splitlines():
		name, uuid, attr, minor = (line.split("\x1f") + [""] * 3)[:4]	# or "No devices found"
		key = "dm:" + name
		if key not in kernels:
			continue
		emit(key, "is", "there")
		emit(key, "uuid", uuid)
		emit(key, "state", attr)
		emit(key, "table", re.sub(r"\b\d+:\d+\b", lambda m: names.get(m.group(), m.group()),
					  " ; ".join(tables.get(name, ["none"]))))
		if int(minor) >= FIXED_MINOR:
			emit(key, "minor", minor)
		for words in map(str.split, status.get(name, [])):
			if words[2] == "raid":	# which legs are good
				emit(key, "legs", words[5])


def show_md():
	for key, kernel in kernels.items():
		if not key.startswith("md:"):
			continue
		top = f"/sys/class/block/{kernel}/md"
		emit(key, "is", "there")
		for name in MD_ATTRIBUTES:
			value = read(f"{top}/{name}")
			if value is not None:
				emit(key, name, value)
		for member in os.listdir(top):
			if member.startswith("dev-"):
				who = names.get(read(f"{top}/{member}/block/dev"), member)
				emit(key, "member", who, f"slot {read(f'{top}/{member}/slot')} {read(f'{top}/{member}/state')}")


def content(kernel):
	try:
		with open("/dev/" + kernel, "rb", buffering=0) as file:
			fcntl.ioctl(file, BLKFLSBUF)
			return f"{zlib.crc32(file.read(FIRST)):08x}"
	except OSError as error:
		return error.strerror


def show_blocks():
	for key, kernel in kernels.items():
		if key.startswith("other:"):
			continue
		top = f"/sys/class/block/{kernel}"
		emit(key, "sectors", read(f"{top}/size"))
		emit(key, "read-only", read(f"{top}/ro"))
		emit(key, "read-ahead", read(f"{top}/queue/read_ahead_kb"))
		if not key.startswith("disk:") and read(f"{top}/dm/suspended") != "1":
			emit(key, "content", content(kernel))


# ---- names, and what uses them ----

def show_links():
	for folder, folders, files in os.walk("/dev"):
		if folder == "/dev":
			folders[:] = [f for f in folders if f not in ("pts", "shm", "fd", "bsg", "char", "block", "bus", "input")]
		for name in files + folders:
			path = os.path.join(folder, name)
			who = block(path)
			if who and (folder != "/dev" or os.path.islink(path)):
				emit("link", path, who)
			elif os.path.islink(path) and not os.path.exists(path):
				emit("link", path, "dangling")


def show_uses():
	for line in read("/proc/self/mountinfo").splitlines():
		fields = line.split()
		if fields[4].startswith("/mnt/"):
			kind, node = line.partition(" - ")[2].split()[:2]
			source = names.get(fields[2]) or block(node) or node	# btrfs has a number of its own
			emit("mount", fields[4], f"{source} {kind} {fields[5].split(',')[0]}")
	for line in read("/proc/swaps").splitlines()[1:]:
		emit("swap", block(line.split()[0]) or line.split()[0], "on")


def show_goals(wanted, nodes, reached):
	nodes = (read(nodes) or "").splitlines()
	with open(reached, "w", encoding="utf-8") as out:
		for line in read(wanted).splitlines():
			what, spec, target, _ = line.split("\t")
			tag, _, value = spec.partition("=")
			path = spec if spec.startswith("/") else f"/dev/disk/by-{tag.lower()}/{value}"
			done = {"mount": f"mount {target}" in state, "swap": f"swap {block(path)}" in state,
				"device": block(path) is not None or spec in nodes}[what]
			emit("goal", what, spec, "reached" if done else "refused")
			if done:
				out.write(line + "\n")


identify_all()
show_dm()
show_md()
show_blocks()
show_links()
show_uses()
show_goals(*sys.argv[1:])
