# SPDX-License-Identifier: GPL-2.0-or-later
"""Seconds from "Run /init" to the real root's init, ours and the floor's, on the same disks.

QEMU's -icount: one instruction is one nanosecond of the guest, idle waits are real.  A busy host
changes nothing, and two runs of one image differ by little.
"""
import hashlib
import os
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "boot"))
import boot  # noqa: E402
import timeline  # noqa: E402

CRYPTTAB = "secret UUID=00000006-be2c-4000-8000-000000000006 /etc/keys/secret luks\n"


class Layout:
    def __init__(self, name, disks, root, modules):
        self.name, self.disks, self.root, self.modules = name, disks, root, modules
        self.raid = name.startswith("raid1")


LAYOUTS = [
    Layout("plain", [0], "UUID=00000001-be2c-4000-8000-000000000001", ""),
    Layout("lvm", [1], "/dev/lone/root", "dm_mod"),
    Layout("raid1", [2, 3], "UUID=00000004-be2c-4000-8000-000000000004", "raid1"),
    Layout("raid1-luks-lvm", [4, 5], "/dev/deep/root", "raid1,dm_mod,dm_crypt,aesni_intel,xts"),
]
MODULES = "virtio_pci,virtio_blk,ext4"


def digest_of(*paths):
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as f:
            digest.update(f.read())
    return digest.hexdigest()[:12]


def make_disks():
    """The folder of the pristine disks."""
    realinit = boot.make_realinit()
    top = os.path.join(boot.BOOT, "bench-" + digest_of(os.path.join(HERE, "mkdisks"), realinit))
    if not os.path.isdir(top):
        boot.log("disks of the bench: made in a User Mode Linux guest")
        new = tempfile.mkdtemp(dir=boot.BOOT)
        shutil.copy(realinit, os.path.join(new, "realinit"))
        with open(os.path.join(new, "key"), "w") as f:
            f.write(boot.PASSPHRASE)
        boot.run([os.path.join(HERE, "mkdisks"), new])
        os.rename(new, top)
    return top


def unpack(image, to):
    with open(image, "rb") as f:
        boot.subprocess.run(["cpio", "--quiet", "-idm", "--no-absolute-filenames"], stdin=f, cwd=to, check=True)


def pack(folder, to):
    with open(to, "wb") as f:
        boot.subprocess.run("find . -mindepth 1 | sort | cpio --quiet -oH newc --owner=+0:+0", shell=True,
                            stdout=f, cwd=folder, check=True)


def load_order(folder, names):
    """The paths of these modules and of what they need, as the image's builder ordered them."""
    modules = os.path.join(folder, "usr/lib/modules")
    version = os.listdir(modules)[0]
    with open(os.path.join(modules, version, "storage-activate.index")) as f:
        lines = [line.split() for line in f if line.startswith("module ")]
    needed = set(names).union(*(needs for _, name, _, *needs in lines if name in names))
    return [os.path.join(modules, version, path) for _, name, path, *_ in lines if name in needed]


def make_floor(layout, disks):
    """An image of the floor: the program, the modules of this layout in order, its steps."""
    image = os.path.join(boot.BOOT, "floor-%s.img" % layout.name)
    program = os.path.join(boot.BOOT, "floor")
    boot.run([os.environ.get("CC", "cc"), "-static", "-O2", "-D_GNU_SOURCE", "-o", program,
              os.path.join(HERE, "floor.c"), "-largon2", "-lcrypto", "-lpthread"])
    with tempfile.TemporaryDirectory() as tmp:
        ours, floor = os.path.join(tmp, "ours"), os.path.join(tmp, "floor")
        for folder in (ours, floor) + tuple(os.path.join(floor, d) for d in ("dev", "sysroot", "modules")):
            os.mkdir(folder)
        names = ",".join(filter(None, [MODULES, layout.modules]))
        boot.run(boot.image_command(image + ".full", "--compress=none", "--modules=" + names))
        unpack(image + ".full", ours)
        os.unlink(image + ".full")
        steps = []
        for path in load_order(ours, names.split(",")):
            shutil.copy(path, os.path.join(floor, "modules"))
            steps.append("module /modules/%s\n" % os.path.basename(path))
        with open(os.path.join(disks, layout.name + ".steps")) as f:
            steps += f.readlines()
        with open(os.path.join(floor, "steps"), "w") as f:
            f.writelines(steps)
        shutil.copy(program, os.path.join(floor, "init"))
        pack(floor, image)
    return image


def make_ours(disks):
    """The image that anyone would build: all modules for storage, e2fsck, and the key of the one volume."""
    return boot.make_image("bench", CRYPTTAB, ["--include=%s/key:/etc/keys/secret" % disks])


def boot_once(layout, disks, image, words=""):
    machine = boot.Machine(["%s/d%d.img" % (disks, n) for n in layout.disks], image,
                           "root=%s ro panic=-1 quiet %s" % (layout.root, words), icount=True)
    try:
        result = machine.run(timeout_sec=300)
    finally:
        machine.close()
    usec = result.init_to_init_usec()
    if usec is None or (layout.raid and "[UU]" not in result.sections.get("mdstat", "")):
        raise boot.BootError("%s: the boot failed\n%s" % (layout.name, result.console[-3000:]))
    return usec / 1e6, result


def phases(result):
    sums = timeline.of_result(result).sums()
    return ", ".join("%s %.0f ms" % (kind, t / 1000)
                     for kind, t in sorted(sums.items(), key=lambda s: -s[1]) if kind != "kernel")


def measure(layout, runs=2, words=""):
    """([seconds of the floor], [seconds of ours], the last Result)."""
    disks = make_disks()
    floor_image, image = make_floor(layout, disks), make_ours(disks)
    floor = [boot_once(layout, disks, floor_image)[0] for _ in range(runs)]
    ours = [boot_once(layout, disks, image, words) for _ in range(runs)]
    return floor, [seconds for seconds, _ in ours], ours[-1][1]
