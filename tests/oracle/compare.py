# SPDX-License-Identifier: GPL-2.0-or-later
"""Two states as observe.py prints them, line by line, and which differences are allowed."""
import re

NOTHING = "nothing"


def load(path):
	"""Dictionary of an observed state: key to value."""
	try:
		text = path.read_text(errors="backslashreplace")
	except FileNotFoundError:
		return None
	state = {}
	for line in text.splitlines():
		key, _, value = line.partition("\t")
		state[key] = value
	return state


def devices(state):
	return {key[:-len(" is")] for key in state if key.endswith(" is")}


def differences(ours, other, name):
	"""One line each: "KEY: ours VALUE, NAME VALUE".  Of a device that only one has, that alone is said."""
	lines, lone = [], devices(ours) ^ devices(other)
	for key in sorted(set(ours) | set(other)):
		a, b = ours.get(key, NOTHING), other.get(key, NOTHING)
		if a == b:
			continue
		if not key.endswith(" is") and any(key.startswith(device + " ") for device in lone):
			continue
		if key.startswith("link ") and (a in lone and b == NOTHING or b in lone and a == NOTHING):
			continue
		lines.append(f"{key}: ours {a}, {name} {b}")
	return lines


class Allowances:
	"""tests/oracle/allowed: "allow NAME", then lines "line REGULAR-EXPRESSION" and "because WHY"."""

	def __init__(self, path):
		self.rules, self.reasons, self.used = [], {}, {}
		name = None
		for number, line in enumerate(path.read_text().splitlines(), 1):
			word, _, rest = line.strip().partition(" ")
			if word == "allow":
				name = rest
			elif word == "line":
				self.rules.append((name, re.compile(rest)))
			elif word == "because":
				self.reasons[name] = (self.reasons.get(name, "") + " " + rest).strip()
			elif word and not word.startswith("#"):
				raise SystemExit(f"{path}:{number}: {word}?")
		for name, _ in self.rules:
			if not self.reasons.get(name):
				raise SystemExit(f"{path}: {name} has no reason")

	def covers(self, line):
		for name, rule in self.rules:
			if rule.fullmatch(line):
				self.used[name] = self.used.get(name, 0) + 1
				return True
		return False

	def remaining(self, lines):
		return [line for line in lines if not self.covers(line)]
