"""Reads one JSON text a line and prints each in the canonical form of
canonical_test.go."""

import json
import struct
import sys


def hexed(text):
    return text.encode("utf-8").hex()


def canonical(value):
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, str):
        return "s" + hexed(value)
    if isinstance(value, (int, float)):
        return "d" + struct.pack(">d", float(value) or 0.0).hex()
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    members = [hexed(name) + ":" + canonical(member) for name, member in value.items()]
    return "{" + ",".join(sorted(members)) + "}"


for line in sys.stdin.buffer.read().split(b"\n"):
    print(canonical(json.loads(line.decode("utf-8"))))
