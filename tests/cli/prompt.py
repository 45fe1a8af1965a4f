#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""prompt.py PROGRAM FIRST: questions on a terminal and through the control socket.  TAP, numbered from FIRST + 1."""
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time

program, number = sys.argv[1], int(sys.argv[2])
failed = 0
top = tempfile.mkdtemp()
empty = os.path.join(top, "empty")
open(empty, "w").close()


def check(good, name, detail=""):
    global number, failed
    number += 1
    print(f"{'ok' if good else 'not ok'} {number} - {name}", flush=True)
    if not good:
        failed += 1
        print("# " + repr(detail), flush=True)


class Run:
    """The program on a terminal of its own, its messages on it too."""

    def __init__(self, spec, *options, tty=True, env=None):
        self.dir = tempfile.mkdtemp(dir=top)
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.text = b""
        args = [program, "device", spec, "--run-dir=" + self.dir, "--crypttab=" + empty, "--mdadm-conf=" + empty]
        self.child = subprocess.Popen(args + list(options), stdin=self.slave if tty else subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=self.slave, start_new_session=True,
                                      env=dict(os.environ, ASAN_OPTIONS="handle_segv=0", **(env or {})))

    def wait_for(self, text, seconds=10):
        """Reads up to and with text; what was before it is returned."""
        end = time.monotonic() + seconds
        while text not in self.text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise TimeoutError(f"no {text!r} in {self.text!r}")
            self.text += os.read(self.master, 4096)
        before, _, self.text = self.text.partition(text)
        return before

    def type(self, text):
        os.write(self.master, text)

    def end(self):
        status = self.child.wait(10)
        while select.select([self.master], [], [], 0)[0]:
            self.text += os.read(self.master, 4096)
        return status

    def restored(self):
        return termios.tcgetattr(self.slave) == self.before

    def talk(self, request):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(10)
        s.connect(self.dir + "/control")
        s.sendall(request)
        return s

    def call(self, request):
        s = self.talk(request)
        reply = receive(s)
        s.close()
        return reply

    def tool(self, *args, stdin=b""):
        return subprocess.run([program, *args, "--run-dir=" + self.dir], input=stdin, capture_output=True, timeout=20)

    def until_listening(self):
        while True:
            try:
                return self.call(b"questions\n")
            except (FileNotFoundError, ConnectionRefusedError):
                if self.child.poll() is not None:
                    raise
                time.sleep(0.01)


def receive(s):
    head = b""
    while not head.endswith(b"\n"):
        c = s.recv(1)
        if not c:
            return None
        head += c
    if not head.startswith(b"OK "):
        return head
    body = b""
    while len(body) < int(head[3:]):
        body += s.recv(65536)
    return body


C1, C2 = b"Passphrase for c1", b"Passphrase for c2"


def test_typed():
    r = Run("UUID=ask-c1")
    r.wait_for(C1)
    check(not termios.tcgetattr(r.slave)[3] & termios.ECHO, "the echo is off while a prompt stands")
    r.type(b"wronx\x7f\x7f\x15rightt\x7f\n")
    after = r.wait_for(b"answered: right")
    check(b"right" not in after, "nothing typed is shown; backspace and ^U edit", after)
    check(r.end() == 0 and r.restored(), "the right answer ends the run, the terminal is as before", r.text)
    check(b"\x1b[1m" not in after, "control characters of a name do not reach the terminal")


def test_order():
    r = Run("UUID=ask-c1-c2")
    r.wait_for(C1)
    r.type(b"wrong\n")
    r.wait_for(b"SACT-030")
    between = r.wait_for(C1)
    check(C2 not in between, "a wrong answer asks the same question again first", between)
    r.type(b"right\n")
    status = r.end()
    check(status == 0 and C2 not in r.text, "one right answer opens both: the second prompt is never seen", r.text)


def test_three_wrong():
    r = Run("UUID=ask-c1")
    for _ in range(3):
        r.wait_for(C1)
        r.type(b"wrong\n")
    check(r.end() == 1 and r.restored(), "three wrong answers fail", r.text)


def test_cancel():
    for key, name in ((b"\x03", "^C"), (b"\x04", "^D on an empty line")):
        r = Run("UUID=ask-c1")
        r.wait_for(C1)
        r.type(b"ab\x15" + key)
        check(r.end() == 1 and r.restored(), name + " skips the question", r.text)
    r = Run("UUID=ask-c1")
    r.wait_for(C1)
    r.type(b"\n")
    r.wait_for(C1)
    r.type(b"x" * 6000 + b"\n")
    r.wait_for(b"(too long)")
    r.type(b"right\x04\n")
    check(r.end() == 0, "Enter alone and a line that is too long ask again; ^D in a line is nothing", r.text)


def test_signals():
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGSEGV):
        r = Run("UUID=ask-c1")
        r.wait_for(C1)
        r.child.send_signal(sig)
        status = r.end()
        check(r.restored() and status == (-sig if sig == signal.SIGSEGV else 128 + sig),
              f"{sig.name} leaves the terminal as it was", (status, r.text))


def test_socket():
    r = Run("UUID=ask-c1-c2")
    r.wait_for(C1)
    questions = json.loads(r.call(b"questions\n"))
    check(len(questions) == 2 and all(len(q["id"]) == 16 for q in questions), "both questions are listed", questions)
    old = questions[0]["id"]
    reply = r.call(b"answer %s 5\nwrong" % old.encode())
    r.wait_for(b"SACT-030")
    new = json.loads(r.call(b"questions\n"))[0]["id"]
    late = r.call(b"answer %s 5\nright" % old.encode())
    check(reply == b"" and new != old and late.startswith(b"ERR "), "a late answer does not meet the next question", late)
    check(r.call(b"explain UUID=ask-c1-c2\n") == b"UUID=ask-c1-c2 is explained", "explain GOAL")
    check(r.call(b"explain x\n").startswith(b"ERR 2 "), "explain of no goal")
    check(b"tree" in r.call(b"status-text\n") and json.loads(r.call(b"status-json\n"))["version"] == 1, "status")
    for bad in (b"frob\n", b"status-json x\n", b"answer 1 9000\n", b"answer x 1\ny", b"answer 1 -1\n", b"a" * 2000):
        check(r.call(bad).startswith(b"ERR "), f"refused: {bad[:16]!r}")
    s = r.talk(b"questions\nquest")
    receive(s)
    s.sendall(b"ions\nanswer %s 5\nri" % new.encode())
    check(len(json.loads(receive(s))) == 2, "a request in two pieces")
    s.sendall(b"ght")
    check(receive(s) == b"" and r.end() == 0, "an answer in two pieces")
    check(b"(answered)" in r.text and r.restored(), "it takes the prompt away", r.text)


def test_tools():
    r = Run("UUID=ask-c1-c2", tty=False)
    while not json.loads(r.until_listening() or b"[]"):
        time.sleep(0.01)
    s = r.talk(b"follow\n")
    check(json.loads(receive(s))["version"] == 1, "follow starts with the status")
    check(b"new tree" in r.tool("status").stdout, "status reaches the process")
    check(r.tool("explain").stdout == b"all is explained\n", "explain reaches the process")
    check(r.tool("explain", "UUID=no").returncode == 1, "explain of no goal fails")
    check(len(json.loads(r.tool("answer", "--list").stdout)) == 2, "answer --list")
    check(r.tool("answer", "0123456789abcdef", stdin=b"x\n").returncode == 1, "answer to no question fails")
    check(r.tool("answer").returncode == 1, "answer without a line fails")
    other = subprocess.run([program, "device", "UUID=ok", "--run-dir=" + r.dir, "--crypttab=" + empty,
                            "--mdadm-conf=" + empty], capture_output=True)
    check(other.returncode == 1 and b"SACT-071" in other.stderr, "a second process in the run directory is refused")
    second = json.loads(r.call(b"questions\n"))[1]["id"]
    check(r.tool("answer", second, stdin=b"right\n").returncode == 0, "answer ID")
    check(r.end() == 0, "and the run ends")
    last = None
    while True:
        reply = receive(s)
        if reply is None:
            break
        last = reply
    check(b"\n" not in (last or b""), "a follower gets lines and then the end")


def test_slow_follower():
    r = Run("UUID=ask-c1", tty=False, env={"FAKE_FILL": "4000000"})
    while not json.loads(r.until_listening() or b"[]"):
        time.sleep(0.01)
    s = r.talk(b"follow\n" + b"status-json\n" * 50)
    start = time.monotonic()
    r.tool("answer", stdin=b"right\n")
    check(r.end() == 0 and time.monotonic() - start < 5, "a client that does not read holds nobody")
    s.close()


def test_withdrawn():
    r = Run("UUID=ask-c1-c2")
    r.wait_for(C1)
    r.type(b"half")
    second = json.loads(r.call(b"questions\n"))[1]["id"]
    r.call(b"answer %s 5\nwrong" % second.encode())
    r.wait_for(b"SACT-030")
    r.wait_for(C1)
    r.call(b"answer %s 5\nright" % json.loads(r.call(b"questions\n"))[1]["id"].encode())
    check(r.end() == 0 and r.restored(), "an answer through the socket ends the prompt", r.text)


try:
    for test in (test_typed, test_order, test_three_wrong, test_cancel, test_signals, test_socket, test_tools,
                 test_slow_follower, test_withdrawn):
        try:
            test()
        except Exception as e:  # the rows behind it still run
            check(False, test.__name__, e)
finally:
    subprocess.run(["rm", "-rf", top])
print("total", number)
sys.exit(1 if failed else 0)
