# SPDX-License-Identifier: GPL-2.0-or-later
"""What the boot tests and the demo share: the pieces of a boot, a machine, and its result.

Everything made here is kept under build/boot, so that a second run only boots.
"""
import hashlib
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
BUILD = os.environ.get("SACT_BUILD", os.path.join(TOP, "build"))
BOOT = os.path.join(BUILD, "boot")
STAGE = os.environ.get("SACT_STAGE", os.path.join(BUILD, "stage"))
PASSPHRASE = "open sesame"
SHELL_PROMPT = re.compile(rb"# (\x1b\[6n)?\Z")
N_DISKS = 11


class BootError(Exception):
    """Something that a boot needs is missing; the text is for people."""


class Tap:
    """The results of a test program, on stdout."""

    def __init__(self):
        self.n = self.failed = 0

    def row(self, name, problems):
        self.n += 1
        self.failed += bool(problems)
        print("%sok %d - %s" % ("not " if problems else "", self.n, name))
        for problem in problems:
            for line in str(problem).splitlines():
                print("#   " + line)
        sys.stdout.flush()

    def end(self):
        print("1..%d" % self.n, flush=True)
        return 1 if self.failed else 0


def uuid(number):
    """As mkdisks makes them."""
    return "%08d-5ac7-4000-8000-%012d" % (number, number)


CRYPTTAB = "".join(
    "%s UUID=%s none luks\n" % (name, uuid(number))
    for name, number in (("l1", 201), ("m1crypt", 502), ("c1", 601), ("c2", 602),
                         ("e1", 801), ("e2", 802)))
MDADM_CONF = "HOMEHOST <ignore>\n"


class Layout:
    def __init__(self, name, title, disks, root, late=(), late_sec=5, passphrase=False, raid=False):
        self.name, self.title, self.disks, self.root = name, title, disks, root
        self.late, self.late_sec = late, late_sec
        self.passphrase, self.raid = passphrase, raid


LAYOUTS = [
    Layout("plain", "ext4 by UUID", [0], "UUID=" + uuid(100)),
    Layout("luks", "ext4 on LUKS2, passphrase typed on the serial console", [1], "LABEL=luksroot",
           passphrase=True),
    Layout("lvm", "ext4 on LVM over two disks", [2, 3], "/dev/bootvg/root"),
    Layout("raid1", "ext4 on RAID1", [4, 5], "UUID=" + uuid(400), raid=True),
    Layout("raid1-luks-lvm", "ext4 on LVM on LUKS2 on RAID1", [6, 7], "/dev/mapper/mvg-root",
           passphrase=True, raid=True),
    Layout("luks2-raid1-lvm", "ext4 on LVM on RAID1 on two LUKS2, second disk plugged in late", [8],
           "/dev/svg/root", late=(9,), passphrase=True, raid=True),
    Layout("ciphers", "ext4 on LUKS2 with aes-cbc-essiv on LUKS2 with serpent-xts", [10], "UUID=" + uuid(800),
           passphrase=True),
]


# ---- pieces, each made once ----

def run(argv, **kw):
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **kw)
    if done.returncode:
        raise BootError("%s: exit status %d\n%s" % (" ".join(argv), done.returncode, done.stdout))
    return done.stdout


def run_bytes(argv):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout


def cpio_names(archive):
    """The names in a newc archive."""
    names, at = [], 0
    while archive[at:at + 6] == b"070701":
        size, name_size = (int(archive[at + 6 + 8 * n:at + 14 + 8 * n], 16) for n in (6, 11))
        names.append(archive[at + 110:at + 110 + name_size - 1].decode())
        at += (110 + name_size + 3 & ~3) + (size + 3 & ~3)
    return names


def log(text):
    print("# " + text, file=sys.stderr, flush=True)


def make_kernel(flavour="cloud-amd64"):
    """Debian's kernel, whichever the archive has now: (version, vmlinuz, modules folder).

    cloud-amd64 is what most boots need; amd64 has real hardware, of which what no storage needs is left out.
    """
    top = os.path.join(BOOT, "kernel" if flavour == "cloud-amd64" else "kernel-" + flavour)
    boot = os.path.join(top, "boot")
    if not os.path.isdir(boot):
        log("kernel: apt-get download")
        depends = run(["apt-cache", "depends", "--no-recommends", "--no-suggests", "linux-image-" + flavour])
        names = re.findall(r"Depends: (linux-image-\S+)", depends)
        if not names:
            raise BootError("no linux-image-%s in the package lists: apt-get update?" % flavour)
        with tempfile.TemporaryDirectory(dir=BOOT) as tmp:
            os.chmod(tmp, 0o755)
            run(["apt-get", "-o", "APT::Sandbox::User=root", "download", names[0]], cwd=tmp)
            unpacked = os.path.join(tmp, "unpacked")
            os.mkdir(unpacked)
            debs = [f for f in os.listdir(tmp) if f.endswith(".deb")]
            modules = "./lib/modules/*/kernel/"
            run(["sh", "-c", 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards --exclude="$3gpu" '
                 '--exclude="$3net" --exclude="$3media" --exclude="$4sound" --exclude="$4net"', "sh",
                 os.path.join(tmp, debs[0]), unpacked, modules + "drivers/", modules])
            shutil.rmtree(top, ignore_errors=True)
            os.rename(unpacked, top)
    version = sorted(os.listdir(os.path.join(top, "lib/modules")))[-1]
    return version, os.path.join(boot, "vmlinuz-" + version), top


def make_stage():
    """Our programs, installed below build/stage."""
    if not os.path.exists(os.path.join(STAGE, "usr/sbin/storage-activate")):
        if not os.path.exists(os.path.join(BUILD, "Makefile")):
            raise BootError("neither %s nor %s/Makefile: build first (./run check does)" % (STAGE, BUILD))
        log("stage: make install")
        run(["make", "-C", BUILD, "install", "DESTDIR=" + STAGE])
    return STAGE


def make_realinit():
    source, program = os.path.join(HERE, "realinit.c"), os.path.join(BOOT, "realinit")
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        run([os.environ.get("CC", "cc"), "-static", "-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE",
             "-o", program + ".new", source])
        os.rename(program + ".new", program)
    return program


def make_disks():
    """The paths of the pristine disks.  Made anew when what is on them changes."""
    digest = hashlib.sha256()
    for path in (os.path.join(HERE, "mkdisks"), os.path.join(HERE, "realinit.c")):
        with open(path, "rb") as f:
            digest.update(f.read())
    folder = os.path.join(BOOT, "disks-" + digest.hexdigest()[:12])
    if not os.path.isdir(folder):
        log("disks: made in a User Mode Linux guest (half a minute)")
        realinit = make_realinit()
        new = tempfile.mkdtemp(dir=BOOT)
        run([os.path.join(HERE, "mkdisks"), new, realinit])
        for old in os.listdir(BOOT):
            if old.startswith("disks-"):
                shutil.rmtree(os.path.join(BOOT, old))
        if not os.path.isdir(folder):  # another run was not faster
            os.rename(new, folder)
        shutil.rmtree(new, ignore_errors=True)
    return [os.path.join(folder, "d%d.img" % n) for n in range(N_DISKS)]


def image_command(output, *options, stage=None, flavour="cloud-amd64"):
    """How the image builder is called; make_image() adds configuration."""
    version, _, modules = make_kernel(flavour)
    builder = os.path.join(TOP, "initramfs/storage-activate-image")
    return [builder, "--output=" + output, "--root=" + (stage or make_stage()), "--kernel=" + version,
            "--modules-dir=" + modules] + list(options)


def tree_digest(*paths):
    digest = hashlib.sha256()
    for top in paths:
        files = [top] if os.path.isfile(top) else sorted(
            os.path.join(d, f) for d, _, names in os.walk(top) for f in names)
        for path in files:
            digest.update(path.encode())
            if os.path.isfile(path):
                with open(path, "rb") as f:
                    digest.update(f.read())
    return digest.hexdigest()[:12]


def write_file(name, text, mode=0o644):
    path = os.path.join(BOOT, name)
    with open(path, "w") as f:
        f.write(text)
    os.chmod(path, mode)
    return path


def prune_images(name):
    """Keeps the newest few: another run may be booting from one."""
    old = [os.path.join(BOOT, f) for f in os.listdir(BOOT)
           if re.fullmatch(re.escape(name) + r"-[0-9a-f]{12}\.img", f)]
    for path in sorted(old, key=os.path.getmtime)[:-3]:
        os.unlink(path)


def make_image(name="image", crypttab=CRYPTTAB, options=(), out=None, **kw):
    """The one image of all boots: it names every volume, each boot has some of them."""
    configs = ["--crypttab=" + write_file(name + ".crypttab", crypttab, 0o600),
               "--mdadm-conf=" + write_file(name + ".mdadm.conf", MDADM_CONF)]
    argv = image_command("", *configs, *options, **kw)
    digest = hashlib.sha256(("\n".join(argv) + crypttab + tree_digest(
        STAGE, os.path.join(TOP, "initramfs/storage-activate-image"))).encode()).hexdigest()[:12]
    image = os.path.join(BOOT, "%s-%s.img" % (name, digest))
    if not os.path.exists(image):
        prune_images(name)
        argv[1] = "--output=" + image
        report = run(argv)
        if out is not None:
            out.append(report.strip())
        log("image: " + report.strip().replace(BOOT + "/", ""))
    return image


# ---- a machine ----

class Machine:
    """One QEMU guest: its serial console is read and typed on, disks are plugged in by QMP.

    The disks are copies: a boot may write to them, the next one starts from the same bytes; those with
    own=True are the machine's, and stay as it leaves them.
    """
    PROMPT = re.compile(rb"[^\r\n]*passphrase[^\r\n]*: ?\Z", re.IGNORECASE)

    def __init__(self, disks, image, cmdline, smp=2, icount=False, memory=512, own=False, usb=False):
        """usb: with the kernel that has USB, and disks are plugged in there."""
        _, kernel, _ = make_kernel("amd64" if usb else "cloud-amd64")
        self.bus = "usb.0" if usb else None
        self.plugged, self.typed = 0, 0
        self.events = []  # (host seconds since the start, what)
        self.tmp = tempfile.mkdtemp(prefix="sactboot")
        argv = ["qemu-system-x86_64", "-machine", "pc", "-cpu", "max", "-m", str(memory),
                "-nodefaults", "-display", "none", "-no-reboot", "-nic", "none",
                "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
                "-qmp", "unix:%s/qmp,server=on,wait=off" % self.tmp,
                "-device", "virtio-rng-pci", "-kernel", kernel, "-initrd", image,
                # its own tests of every cipher take seconds when emulated, and are not what is tested here
                "-append", "console=ttyS0 %s%s" % ("" if icount else "cryptomgr.notests ", cmdline)]
        if usb:
            argv += ["-device", "qemu-xhci,id=usb"]
        if icount:
            argv += ["-accel", "tcg", "-icount", "shift=0,sleep=on", "-smp", "1"]
        else:
            argv += ["-accel", "tcg,thread=multi", "-smp", str(smp)]
        for n, disk in enumerate(disks):
            argv += ["-drive", "if=none,id=d%d,format=raw,file=%s" % (n, disk if own else self.copy(disk)),
                     "-device", "virtio-blk-pci,drive=d%d,serial=disk%d" % (n, n)]
        self.plugged = len(disks)
        self.argv, self.starts = argv, 0
        self.start()

    def start(self):
        self.console, self.starts = b"", self.starts + 1
        self.started = time.monotonic()
        self.qemu = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     stderr=subprocess.STDOUT)

    def hangs(self):
        """The kernel is stuck before anything of ours has run: emulated processors do that on a busy host."""
        return (self.starts < 3 and re.search(rb"soft lockup|detected stall", self.console)
                and not re.search(rb"torage-activate|standin|SACT", self.console))

    def start_again(self):
        log("the guest's kernel hangs before /init; it is started again")
        self.qemu.kill()
        self.qemu.wait()
        self.start()

    def copy(self, disk):
        to = os.path.join(self.tmp, os.path.basename(disk))
        run(["cp", "--sparse=always", disk, to])
        return to

    def seconds(self):
        return time.monotonic() - self.started

    def note(self, what):
        self.events.append((self.seconds(), what))

    def type(self, text):
        self.qemu.stdin.write(text.encode() + b"\n")
        self.qemu.stdin.flush()
        self.typed += 1
        self.note("typed")

    def qmp(self, *commands):
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(self.tmp + "/qmp")
            stream = s.makefile("rw")
            stream.readline()  # the greeting
            for name, arguments in (("qmp_capabilities", {}),) + commands:
                stream.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
                stream.flush()
                while True:
                    answer = json.loads(stream.readline())
                    if "error" in answer:
                        raise BootError("QMP %s: %s" % (name, answer["error"].get("desc")))
                    if "return" in answer:
                        break

    def plug(self, disk):
        n = self.plugged
        self.plugged += 1
        self.qmp(("blockdev-add", {"driver": "raw", "node-name": "d%d" % n,
                                   "file": {"driver": "file", "filename": self.copy(disk)}}),
                 ("device_add", dict({"driver": "usb-storage", "bus": self.bus} if self.bus else
                                     {"driver": "virtio-blk-pci"},
                                     drive="d%d" % n, id="dev%d" % n, serial="disk%d" % n)))
        self.note("plugged")

    def run(self, passphrases=(), late=(), late_sec=5, late_after=b"init starts|assphrase", typing_sec=0,
            timeout_sec=240, show=None, prompt=PROMPT, until=None):
        """Until the machine powers off, or prints `until`.  Late disks come late_sec after late_after
        was printed; each prompt gets the next answer, which may be a pair of its own prompt and the text.

        Returns a Result; a deadline that passes ends the machine and is noted in it.
        """
        answers = [a if isinstance(a, tuple) else (prompt, a) for a in passphrases]
        late = list(late)
        seen, type_at, plug_at = 0, None, None
        timed_out = False
        while True:
            due = [t for t in (type_at, plug_at, timeout_sec) if t is not None]
            fd = self.qemu.stdout.fileno()
            ready = select.select([fd], [], [], max(0, min(due) - self.seconds()))[0]
            if ready:
                data = os.read(fd, 65536)
                if not data:
                    break
                self.console += data
                if show:
                    show(data)
                if self.hangs():
                    self.start_again()
                    continue
                if plug_at is None and late and re.search(late_after, self.console):
                    plug_at = self.seconds() + late_sec
                if until and re.search(until, self.console):
                    self.qemu.kill()
                if type_at is None and answers and answers[0][0].search(self.console, seen):
                    type_at = self.seconds() + typing_sec
            if type_at is not None and self.seconds() >= type_at:
                seen, type_at = len(self.console), None
                self.type(answers.pop(0)[1])
            if plug_at is not None and self.seconds() >= plug_at:
                plug_at = None
                self.plug(late.pop(0))
                if late:
                    plug_at = self.seconds() + late_sec
            if self.seconds() >= timeout_sec:
                timed_out = True
                break
        self.close()
        return Result(self.console.decode(errors="replace").replace("\r", ""), self.events, timed_out)

    def close(self):
        if self.qemu.poll() is None:
            try:
                self.qemu.wait(5)
            except subprocess.TimeoutExpired:
                self.qemu.kill()
                self.qemu.wait()
        shutil.rmtree(self.tmp, ignore_errors=True)


class Result:
    def __init__(self, console, events, timed_out):
        self.console, self.events, self.timed_out = console, events, timed_out
        self.sections = {name: text for name, text in re.findall(
            r"^SACT-BEGIN (\S+)\n(.*?)^SACT-END \1$", console, re.MULTILINE | re.DOTALL)}

    def reached(self):
        return bool(re.search(r"^SACT-BOOT-OK", self.console, re.MULTILINE)) and "SACT-DONE" in self.console

    def problems(self, layout):
        """Why this boot of a layout is not a good one; empty: it is."""
        if self.timed_out:
            return ["no end within the deadline"]
        if not self.reached():
            return ["the real init did not run"]
        found = re.findall(r"^SACT-BAD (.*)", self.console, re.MULTILINE)
        if " / ext4 " not in self.sections.get("mounts", ""):
            found.append("/ is not ext4")
        if layout.raid and "[UU]" not in self.sections.get("mdstat", ""):
            found.append("the array is not complete: " + self.sections.get("mdstat", "?"))
        return found

    def kernel_log(self):
        """(µs of the kernel's clock, text) of each line."""
        return [(int(usec), text) for usec, text in re.findall(
            r"^\d+,\d+,(\d+),[^;]*;(.*)", self.sections.get("kmsg", ""), re.MULTILINE)]

    def init_to_init_usec(self):
        """From "Run /init" to the real init, by the kernel's own log."""
        start = [t for t, text in self.kernel_log() if text.startswith("Run /init")]
        end = [t for t, text in self.kernel_log() if text.startswith("SACT-BOOT-OK")]
        return end[0] - start[0] if start and end else None


def boot(layout, image, cmdline="", show=None, typing_sec=0, **kw):
    disks = make_disks()
    machine = Machine([disks[n] for n in layout.disks], image,
                      "root=%s ro %s" % (layout.root, cmdline), **kw)
    try:
        return machine.run([PASSPHRASE] * 3 if layout.passphrase else [],
                           [disks[n] for n in layout.late], layout.late_sec,
                           typing_sec=typing_sec, show=show)
    finally:
        machine.close()
