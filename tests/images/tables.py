#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""tables.py VG < LIST: the device-mapper devices of a VG as one transaction, those below first.

LIST: "MAJOR MINOR NAME UUID ATTR" lines of dmsetup info.  Numbers of devices of the VG in tables
are written as "@NAME".
"""
import re, subprocess, sys

prefix = sys.argv[1].replace("-", "--") + "-"
names, devices = {}, []
for line in sys.stdin:
    major, minor, name, uuid, attr = line.split()
    names["%s:%s" % (major, minor)] = name
    if name.startswith(prefix):
        devices.append((name, uuid, "ro" if attr[3] == "r" else "rw"))
tables = {}
for name, uuid, mode in devices:
    out = subprocess.run(["dmsetup", "table", name], capture_output=True, text=True).stdout
    tables[name] = re.sub(r"\b\d+:\d+\b", lambda m: "@" + names[m[0]] if m[0] in names else m[0], out)
done = set()


def emit(name):
    if name in done:
        return
    done.add(name)
    for below in re.findall(r"@(\S+)", tables[name]):
        emit(below)
    uuid, mode = next((u, m) for n, u, m in devices if n == name)
    print("device %s %s %s" % (name, uuid, mode))
    print("".join(l.rstrip() + "\n" for l in tables[name].splitlines()), end="")


for name, _, _ in sorted(devices):
    emit(name)
