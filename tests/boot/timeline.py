# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the time of a boot went, from the engine's journal and the kernel's log.

Pure: text in, text out.  All times are µs of CLOCK_BOOTTIME.
"""
import re

# A moment that fits several belongs to the first: what the machine does goes before what it waits
# for, and a person who is asked goes before a device that is not there yet.
ORDER = ("mount", "fsck", "key derivation", "activation", "human", "waiting for devices", "engine")

KINDS = {
    "mount": "mount", "fsck": "fsck", "luks-open": "key derivation",
    "probe": "activation", "link": "activation",
    "md-assemble": "activation", "md-add": "activation", "dm-activate": "activation",
}


def parse_record(line):
    """("@USEC", "<" or ">", name, {key: value}) of a journal line; None: it is none."""
    match = re.match(r"@(\d+) ([<>]) (\S+)(.*)$", line)
    if not match:
        return None
    pairs = {key: (quoted[1:-1] if quoted.startswith('"') else quoted) for key, quoted in
             re.findall(r' (\w+)=("(?:[^"\\]|\\.)*"|\S*)', match.group(4))}
    return int(match.group(1)), match.group(2), match.group(3), pairs


def records(journal):
    return [r for r in map(parse_record, journal.splitlines()) if r]


def kind_of(action, pairs):
    if action == "modules":
        # by an alias of the bus: the driver without which the device does not come
        return "waiting for devices" if ":" in pairs.get("text", "") else "activation"
    return KINDS.get(action)


class Timeline:
    def __init__(self, journal, kernel_log, ok_usec=None):
        self.marks = {}	 # what init wrote to the kernel's log
        self.spans = []	 # (start, end, kind, text)
        self.mounted = self.appeared = self.appeared_node = None
        self.ok_usec = ok_usec
        shift = self.read_marks(kernel_log)
        self.read_journal(journal)
        self.find_last_device(kernel_log, shift, journal)

    def read_marks(self, kernel_log):
        """Returns CLOCK_BOOTTIME minus the clock of the kernel's log."""
        shift = 0
        for usec, text in kernel_log:
            match = re.match(r"storage-activate: (.*) @(\d+)$", text)
            if match:
                self.marks[match.group(1)] = int(match.group(2))
                shift = int(match.group(2)) - usec
        return shift

    def read_journal(self, journal):
        open_spans, questions, last = {}, {}, 0
        for usec, way, name, pairs in records(journal):
            last = usec
            number = pairs.get("id")
            kind = kind_of(name, pairs) if way == ">" else None
            if kind:
                what = pairs.get("node") or pairs.get("name") or pairs.get("text", "")[:40]
                open_spans[number] = (usec, kind, "%s %s" % (name, what), name)
            elif way == "<" and name == "result" and number in open_spans:
                start, kind, text, action = open_spans.pop(number)
                self.spans.append((start, usec, kind, text))
                if action == "mount" and "error" not in pairs:
                    self.mounted = usec
            elif way == ">" and name == "ask":
                questions[number] = (usec, pairs.get("name") or pairs.get("node") or "")
            elif ((way == "<" and name in ("answer", "skip")) or (way == ">" and name == "withdraw")) \
                    and number in questions:
                start, what = questions.pop(number)
                self.spans.append((start, usec, "human", "answer for " + what))
        for start, kind, text, _ in open_spans.values():
            self.spans.append((start, last, kind, text + " (no result)"))
        self.spans.sort()

    def find_last_device(self, kernel_log, shift, journal):
        """The disk that came last before the mount: by the kernel's own word, else by its event."""
        seen = [(usec + shift, match.group(1)) for usec, text in kernel_log
                for match in [re.search(r"\[(vd\w+|sd\w+)\] .*logical blocks", text)] if match]
        if not seen:
            seen, known = [], set()
            for usec, way, name, pairs in records(journal):
                node = pairs.get("node", "")
                if way == "<" and name == "device" and re.match(r"(vd|sd|nvme)", node) and node not in known:
                    known.add(node)
                    seen.append((usec, node))
        seen = [s for s in seen if self.mounted and s[0] <= self.mounted]
        if seen:
            self.appeared, self.appeared_node = max(seen)

    def kind_at(self, usec):
        kinds = {kind for start, end, kind, _ in self.spans if start <= usec < end}
        if self.appeared is not None and usec < self.appeared:
            kinds.add("waiting for devices")
        for kind in ORDER:
            if kind in kinds:
                return kind
        return "engine"

    def phases(self):
        """[(start, end, kind)] without gaps from the start of the kernel to the real init."""
        begin = self.marks.get("init starts", 0)
        started = self.marks.get("engine started", begin)
        if self.mounted is None:
            return []
        edges = {started, self.mounted}
        for start, end, _, _ in self.spans:
            edges.update(t for t in (start, end) if started < t < self.mounted)
        if self.appeared is not None and started < self.appeared < self.mounted:
            edges.add(self.appeared)
        edges = sorted(edges)
        found = [[0, begin, "kernel"], [begin, started, "engine"]]
        for start, end in zip(edges, edges[1:]):
            kind = self.kind_at(start)
            if found[-1][2] == kind:
                found[-1][1] = end
            else:
                found.append([start, end, kind])
        if self.ok_usec:
            found.append([self.mounted, self.ok_usec, "switch_root"])
        return [tuple(p) for p in found if p[1] > p[0]]

    def sums(self):
        sums = {}
        for start, end, kind in self.phases():
            sums[kind] = sums.get(kind, 0) + end - start
        return sums

    def text(self):
        if self.mounted is None:
            return "no timeline: the journal holds no successful mount\n"
        lines = ["Timeline (ms since the kernel started; what took under 5 ms is only in the sums)", ""]
        for start, end, kind in self.phases():
            if end - start < 5000:
                continue
            beside = sorted({text for s, e, k, text in self.spans if s < end and e > start and k == kind})
            lines.append("  %6d … %6d  %6d ms  %-20s %s" % (
                start / 1000, end / 1000, (end - start) / 1000, kind, ", ".join(beside)[:70]))
        lines += ["", "Sums"]
        sums = self.sums()
        widest = max(sums.values())
        for kind in ("kernel", "waiting for devices", "human", "key derivation", "activation", "fsck",
                     "mount", "engine", "switch_root"):
            usec = sums.get(kind, 0)
            lines.append("  %-20s %8.1f ms  %s" % (kind, usec / 1000, "█" * round(40 * usec / widest)))
        lines.append("  %-20s %8.1f ms" % ("total", sum(sums.values()) / 1000))
        if self.appeared is not None:
            lines += ["", "the last device was %s" % self.appeared_node,
                      "root mounted %d ms after the last device appeared" % (
                          (self.mounted - self.appeared) / 1000)]
        return "\n".join(lines) + "\n"


class Node:
    """A block device of the journal: when it could first be used, and what it lies on."""

    def __init__(self, name, node, since):
        self.name, self.node, self.since, self.below = name, node, since, []

    def lines(self, title, prefix=""):
        text = "%s%s" % (self.name, " (%s)" % self.node if self.node != self.name else "")
        yield "%-44s %6d ms" % (title + text, self.since / 1000)
        for n, below in enumerate(self.below):
            last = n == len(self.below) - 1
            yield from below.lines(prefix + ("└─ " if last else "├─ "), prefix + ("   " if last else "│  "))


def tree(journal):
    """What was mounted as root and all below it, down to the disks; "" if nothing was."""
    nodes, slaves, asked, root, since = {}, {}, None, None, 0
    for usec, way, name, pairs in records(journal):
        devnum = pairs.get("devnum")
        if way == "<" and name == "device" and pairs.get("size"):
            label = pairs.get("dm_name") or pairs.get("node")
            nodes.setdefault(devnum, Node(label, pairs.get("node"), usec))
            slaves[devnum] = pairs.get("slaves", "").split() + [pairs[k] for k in ("parent",) if k in pairs]
        elif way == ">" and name == "mount":
            asked = (pairs.get("id"), devnum, pairs.get("target"))
        elif way == "<" and name == "result" and asked and pairs.get("id") == asked[0] and "error" not in pairs:
            root, since = asked, usec
    if not root or root[1] not in nodes:
        return ""
    for devnum, below in slaves.items():
        nodes[devnum].below = [nodes[b] for b in below if b in nodes]
    top = Node(root[2], root[2], since)
    top.below = [nodes[root[1]]]
    return "\n".join(top.lines("")) + "\n"


def of_result(result):
    """The timeline of a boot.Result."""
    match = re.search(r"^SACT-BOOT-OK @(\d+)", result.console, re.MULTILINE)
    return Timeline(result.sections.get("journal", ""), result.kernel_log(),
                    int(match.group(1)) if match else None)
