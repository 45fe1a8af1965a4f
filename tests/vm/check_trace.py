#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a row's strace says about waiting: check_trace.py OUT/ROW, or check_trace.py --self-test.

- No process of ours sleeps for a while: no system call has a time-out other than "at once" and "never".
- Every timer is a one-shot timerfd at an absolute time, and that time is a deadline that status has shown (status
  --json --follow, kept in "follow").  For what began before status could be asked ("follow.since", seconds of uptime)
  the journal stands in, which notes the same list ("@USEC = deadline until=USEC ...").

Ours are the tool, its worker and what they fork; a program that they start (a checker) may wait as it likes.
"""
import json
import pathlib
import re
import sys

OURS = re.compile(r"/storage-activate[^/\"]*$")
OURS_UNKNOWN = "/storage-activate (forked)"	# seen before its parent's clone() has returned
LINE = re.compile(r"^(\d+)\s+(\d\d:\d\d:\d\d\.\d+)\s+(.*)$")
CALL = re.compile(r"^(\w+)\((.*)\)\s+=\s+(.+)$")
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
TIMESPEC = re.compile(r"\{tv_sec=(\d+), tv_n?u?sec=(\d+)\}")

LAST_ARGUMENT = {"poll", "epoll_wait"}		# milliseconds
SPEC_ARGUMENT = {"ppoll": 2, "pselect6": 4, "select": 4, "semtimedop": 3, "rt_sigtimedwait": 2, "recvmmsg": 4,
		 "epoll_pwait2": 3, "io_getevents": 4, "mq_timedreceive": 4, "mq_timedsend": 4, "futex": 3}
FUTEX_WAITS = ("FUTEX_WAIT", "FUTEX_LOCK_PI", "FUTEX_WAIT_BITSET", "FUTEX_WAIT_REQUEUE_PI")
NEVER_CALLED = {"nanosleep", "clock_nanosleep", "alarm", "setitimer", "timer_settime"}


def split_arguments(text):
	"""Top-level commas only."""
	out, depth, quoted, current, skip = [], 0, False, "", False
	for c in text:
		if skip:
			skip = False
		elif quoted:
			quoted = c != '"'
			skip = c == "\\"
		elif c == '"':
			quoted = True
		elif c in "([{":
			depth += 1
		elif c in ")]}":
			depth -= 1
		elif c == "," and depth == 0:
			out.append(current.strip())
			current = ""
			continue
		current += c
	return out + [current.strip()]


def calls(lines):
	"""(pid, time, name, arguments, result) of each call that has ended, in the order of their ends."""
	pending = {}
	for line in lines:
		match = LINE.match(line.rstrip("\n"))
		if not match:
			continue
		pid, when, text = match.groups()
		if text.endswith(UNFINISHED):
			pending[pid] = text[:-len(UNFINISHED)]
			continue
		resumed = RESUMED.match(text)
		if resumed:
			text = pending.pop(pid, resumed[1] + "(") + resumed[2]
		match = CALL.match(text)
		if match:
			yield int(pid), when, match[1], split_arguments(match[2]), match[3]
	for pid, text in pending.items():	# never ended: killed in it, its arguments count all the same
		name, _, arguments = text.partition("(")
		yield int(pid), "at its end", name, split_arguments(arguments), "?"


def waits_for_a_while(name, args):
	if name in NEVER_CALLED:
		return not (name in ("alarm", "setitimer") and not re.search(r"[1-9]", " ".join(args[-2:])))
	if name in LAST_ARGUMENT or name == "epoll_pwait":
		timeout = args[{"poll": 2}.get(name, 3)] if len(args) > {"poll": 2}.get(name, 3) else "-1"
		return timeout not in ("-1", "0")
	if name in SPEC_ARGUMENT:
		if name == "futex" and not args[1].split("|")[0].startswith(FUTEX_WAITS):
			return False
		spec = TIMESPEC.search(args[SPEC_ARGUMENT[name]]) if len(args) > SPEC_ARGUMENT[name] else None
		return bool(spec) and (int(spec[1]), int(spec[2])) != (0, 0)
	return False


def check_calls(lines, deadlines):
	problems, program, timers = [], {}, 0
	for pid, when, name, args, result in calls(lines):
		if name == "execve":
			if result.startswith("0"):
				program[pid] = args[0].strip('"')
			continue
		if name in ("clone", "clone3", "fork", "vfork"):
			if result.split()[0].isdigit():
				program.setdefault(int(result.split()[0]), program.get(pid, OURS_UNKNOWN))
			continue
		if not OURS.search(program.get(pid, OURS_UNKNOWN)):
			continue
		who = f"{when} {program.get(pid, OURS_UNKNOWN).rpartition('/')[2]}[{pid}]"
		if name == "timerfd_settime":
			spec = TIMESPEC.findall(args[2])
			if len(spec) != 2:
				problems.append(f"{who}: {name}({', '.join(args)}) is not understood")
			elif spec[0] != ("0", "0"):
				problems.append(f"{who}: a periodic timer: {args[2]}")
			elif spec[1] != ("0", "0"):
				timers += 1
				until = int(spec[1][0]) * 1000000 + int(spec[1][1]) // 1000
				if "TFD_TIMER_ABSTIME" not in args[1]:
					problems.append(f"{who}: a relative timer: {args[2]}")
				elif until not in deadlines:
					problems.append(f"{who}: a timer at {until} us that no status shows")
		elif waits_for_a_while(name, args):
			problems.append(f"{who}: {name}({', '.join(args)}) waits for a while")
	if not program:
		problems.append("the trace is empty")
	return problems, timers


def status_deadlines(text):
	"""Of every JSON object in text, one behind the other; the last may be cut."""
	out, at, decoder = set(), 0, json.JSONDecoder()
	while True:
		at = text.find("{", at)
		if at < 0:
			return out
		try:
			status, at = decoder.raw_decode(text, at)
		except ValueError:
			return out
		for deadline in status.get("deadlines", []):
			out.add(deadline["until_usec"])
		for goal in status.get("goals", []):
			for wait in goal.get("waits_for", []):
				out.add(wait.get("until_usec"))


def journal_deadlines(text, before=float("inf")):
	"""Those that were noted up to that time, in us."""
	return {int(until) for when, until in re.findall(r"^@(\d+) = deadline .*?\buntil=(\d+)", text, re.M)
		if int(when) <= before}


def since_usec(text):
	"""Of an uptime that is cut to 10 ms; nobody asked status: for ever."""
	return float(text) * 1000000 + 10000 if text.strip() else float("inf")


def check(out):
	"""Problems of the row whose folder this is."""
	def text(name):
		path = pathlib.Path(out) / name
		return path.read_text(errors="replace") if path.exists() else ""

	deadlines = status_deadlines(text("follow")) | journal_deadlines(text("journal"), since_usec(text("follow.since")))
	return check_calls(text("strace").splitlines(), deadlines)[0]


SAMPLE = """\
10 10:00:00.000001 execve("/usr/sbin/storage-activate", ["storage-activate"], 0x1 /* 9 vars */) = 0
10 10:00:00.000002 timerfd_settime(5, TFD_TIMER_ABSTIME, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=7, tv_nsec=250001000}}, NULL) = 0
10 10:00:00.000003 epoll_wait(4, <unfinished ...>
11 10:00:00.000004 execve("/usr/libexec/storage-activate/storage-activate-worker", ["w"], 0x1 /* 0 vars */) = 0
11 10:00:00.000005 poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])
11 10:00:00.000006 clone(child_stack=NULL, flags=SIGCHLD) = 12
12 10:00:00.000007 execve("/sbin/e2fsck", ["e2fsck"], 0x1 /* 0 vars */) = 0
12 10:00:00.000008 select(0, NULL, NULL, NULL, {tv_sec=1, tv_usec=0}) = 0 (Timeout)
10 10:00:00.000009 <... epoll_wait resumed>[{events=EPOLLIN, data={u32=3, u64=3}}], 8, -1) = 1
11 10:00:00.000010 futex(0x7f, FUTEX_WAIT_PRIVATE, 2, NULL) = 0
11 10:00:00.000011 futex(0x7f, FUTEX_WAKE_PRIVATE, 1) = 0
10 10:00:00.000012 timerfd_settime(5, 0, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=0, tv_nsec=0}}, NULL) = 0
"""
BAD = [
	'11 10:00:01.0 poll([{fd=3, events=POLLIN}], 1, 500) = 0 (Timeout)',
	'11 10:00:01.0 clock_nanosleep(CLOCK_REALTIME, 0, {tv_sec=0, tv_nsec=1000}, NULL) = 0',
	'10 10:00:01.0 epoll_wait(4, [], 8, 100) = 0',
	'10 10:00:01.0 epoll_pwait(4, [], 8, 100, NULL, 8) = 0',
	'10 10:00:01.0 ppoll([{fd=3, events=POLLIN}], 1, {tv_sec=0, tv_nsec=5}, NULL, 8) = 0 (Timeout)',
	'10 10:00:01.0 select(4, [3], NULL, NULL, {tv_sec=0, tv_usec=1}) = 0 (Timeout)',
	'10 10:00:01.0 alarm(3) = 0',
	'11 10:00:01.0 futex(0x7f, FUTEX_WAIT_BITSET_PRIVATE, 2, {tv_sec=1, tv_nsec=0}, FUTEX_BITSET_MATCH_ANY) = -1 ETIMEDOUT',
	'11 10:00:01.0 semtimedop(0, [{sem_num=0, sem_op=0, sem_flg=0}], 1, {tv_sec=3, tv_nsec=0}) = 0',
	'10 10:00:01.0 timerfd_settime(5, 0, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=7, tv_nsec=250001000}}, NULL) = 0',
	'10 10:00:01.0 timerfd_settime(5, TFD_TIMER_ABSTIME, {it_interval={tv_sec=0, tv_nsec=0}, it_value={tv_sec=8, tv_nsec=0}}, NULL) = 0',
	'10 10:00:01.0 timerfd_settime(5, TFD_TIMER_ABSTIME, {it_interval={tv_sec=1, tv_nsec=0}, it_value={tv_sec=7, tv_nsec=250001000}}, NULL) = 0',
	'11 10:00:01.0 poll([{fd=3, events=POLLIN}], 1, 500 <unfinished ...>',
]


def self_test():
	deadlines = journal_deadlines("@1 < timer\n@2 = deadline until=7250001 owner=g reason=x\n@3 > probe until=9\n")
	noted = "@7000000 = deadline until=8 owner=g reason=x\n@7020000 = deadline until=9 owner=g reason=x\n"
	tests = [("deadlines of a journal", deadlines == {7250001}),
		 ("of its beginning", journal_deadlines(noted, since_usec("7.00\n")) == {8}),
		 ("of all of it", journal_deadlines(noted, since_usec("")) == {8, 9}),
		 ("deadlines of a status", status_deadlines(
			 '{"deadlines":[{"until_usec":5}],"goals":[]}\n'
			 '{"deadlines":[],"goals":[{"waits_for":[{"until_usec":6}]}]}\n{"dead') == {5, 6}),
		 ("a good trace", check_calls(SAMPLE.splitlines(), deadlines) == ([], 1)),
		 ("an empty trace", check_calls([], deadlines)[0] != [])]
	for bad in BAD:
		problems, _ = check_calls((SAMPLE + bad).splitlines(), deadlines)
		tests.append((bad.split(None, 2)[2].replace("#", ""), len(problems) == 1))
	print(f"1..{len(tests)}")
	for n, (name, ok) in enumerate(tests, 1):
		print(f"{'ok' if ok else 'not ok'} {n} - check_trace: {name}")
	return 0 if all(ok for _, ok in tests) else 1


if __name__ == "__main__":
	if sys.argv[1:] == ["--self-test"]:
		sys.exit(self_test())
	found = check(sys.argv[1])
	print("\n".join(found) or "nothing to complain about")
	sys.exit(1 if found else 0)
