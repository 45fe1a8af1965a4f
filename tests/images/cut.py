#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""cut.py md|lvm DEVICE > IMAGE

Keeps of a device the sectors that the readers of lib/format look at:
"size BYTES", then for each run of sectors "@OFFSET LENGTH", a newline, so many bytes and a newline.
"""
import mmap, os, struct, sys

SECTOR = 512


def device_size(fd):
    return os.lseek(fd, 0, os.SEEK_END)


def read(fd, offset, length):
    """O_DIRECT: what a running array wrote is not in the page cache."""
    buf = mmap.mmap(-1, (length + 4095) // 4096 * 4096)
    n = os.preadv(fd, [memoryview(buf)[:length]], offset)
    return buf[:n]


def md_ranges(fd, size):
    sectors = size // SECTOR
    return [(0, 8192), (4096, 4096), (((sectors - 16) & ~7) * SECTOR, 4096),
            (((sectors & ~127) - 128) * SECTOR, 4096)]


def lvm_ranges(fd, size):
    ranges = [(0, 2048)]
    label = read(fd, 0, 2048)
    at = label.index(b"LABELONE")
    at += struct.unpack_from("<I", label, at + 20)[0] + 40
    lists = 0
    while lists < 2:
        offset, length = struct.unpack_from("<QQ", label, at)
        at += 16
        if offset == 0:
            lists += 1
        elif lists == 1:
            header = read(fd, offset, 512)
            start, n = struct.unpack_from("<QQ", header, 40)
            first = min(n, length - start)
            ranges += [(offset, 512), (offset + start, first)]
            if n > first:
                ranges.append((offset + 512, n - first))
    return ranges


def main():
    fd = os.open(sys.argv[2], os.O_RDONLY | os.O_DIRECT)
    size = device_size(fd)
    sectors = {}
    for offset, length in {"md": md_ranges, "lvm": lvm_ranges}[sys.argv[1]](fd, size):
        first = offset // SECTOR
        last = (offset + length + SECTOR - 1) // SECTOR
        for i in range(first, min(last, size // SECTOR)):
            data = read(fd, i * SECTOR, SECTOR)
            if data.strip(b"\0"):
                sectors[i] = data
    out = sys.stdout.buffer
    out.write(b"size %d\n" % size)
    run = []
    for i in sorted(sectors):
        if run and run[-1] + 1 != i:
            emit(out, run, sectors)
            run = []
        run.append(i)
    emit(out, run, sectors)


def emit(out, run, sectors):
    if run:
        out.write(b"@%d %d\n" % (run[0] * SECTOR, len(run) * SECTOR))
        out.write(b"".join(sectors[i] for i in run) + b"\n")


main()
