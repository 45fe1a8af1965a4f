#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""seeds.py: writes the first inputs of the targets that read bytes of disks, from tests/images."""
import glob, os, re, struct

here = os.path.dirname(os.path.abspath(__file__))
images = os.path.join(here, "..", "images")


def load(path):
    data = open(path, "rb").read()
    size, at = re.match(rb"size (\d+)\n", data), 0
    at = size.end()
    chunks = []
    while at < len(data):
        m = re.compile(rb"@(\d+) (\d+)\n").match(data, at)
        n = int(m[2])
        chunks.append((int(m[1]), data[m.end():m.end() + n]))
        at = m.end() + n + 1
    return int(size[1]), chunks


def read(chunks, offset, length):
    out = bytearray(length)
    for at, data in chunks:
        for i, b in enumerate(data):
            if offset <= at + i < offset + length:
                out[at + i - offset] = b
    return bytes(out)


def write(name, seed, data):
    os.makedirs(os.path.join(here, "corpus", name), exist_ok=True)
    with open(os.path.join(here, "corpus", name, seed), "wb") as f:
        f.write(data)


for path in sorted(glob.glob(images + "/md-*.image")):
    size, chunks = load(path)
    sectors = size // 512
    seed = os.path.basename(path)[3:-6]
    places = [4096, 0, ((sectors - 16) & ~7) * 512, ((sectors & ~127) - 128) * 512]
    for i, at in enumerate(places):
        data = read(chunks, at, 4096)
        if data[:4] == b"\xfcN+\xa9":
            write("md", seed, bytes([0x80 | i]) + (data if i == 3 else data[:512]))

for path in sorted(glob.glob(images + "/*-[0-9].image")):
    _, chunks = load(path)
    seed = os.path.basename(path)[:-6]
    header = bytearray(read(chunks, 4096, 512))
    area, start, size = struct.unpack_from("<Q", header, 32)[0], *struct.unpack_from("<QQ", header, 40)
    text = read(chunks, 4096 + start, min(size, area - start)) + read(chunks, 4608, max(start + size - area, 0))
    struct.pack_into("<Q", header, 40, 512)  # to where it is at once behind the header
    write("lvm-device", seed, b"\1" + read(chunks, 0, 2048) + bytes(header) + text)

for path in sorted(glob.glob(images + "/*.text")):
    text = re.sub(rb"[ \t]*#.*|\n\t*creation.*", b"", open(path, "rb").read())
    if len(text) < 8192:
        write("lvm-text", os.path.basename(path)[:-5], text)
    else:  # one LV with what it needs is enough
        head, lvs = text.split(b"\tlogical_volumes {", 1)
        blocks = re.findall(rb"\n\t\t([\w.+-]+) (\{\n.*?\n\t\t\})", lvs, re.S)
        for name, body in blocks:
            if b"VISIBLE" not in body:
                continue
            need, used = [name], {}
            while need:
                n = need.pop()
                if n in used:
                    continue
                used[n] = dict(blocks)[n]
                need += [q for q in re.findall(rb'"([\w.+-]+)"', used[n]) if q in dict(blocks)]
            write("lvm-text", name.decode(), head + b"\tlogical_volumes {" +
                  b"".join(b"\n" + k + b" " + v for k, v in used.items()) + b"\n}\n}\n")
