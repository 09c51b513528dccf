"""The protocol between the bench driver and a contestant, for contestants written in Python.

A contestant is a process that prepares itself, prints one JSON line {"ready": {...facts...}}, then for each line
"go N" on stdin runs N steps and prints {"seconds": s, "images": n}. "loss N" runs N training steps from a fresh start
and prints {"loss": x}. The driver keeps all contestants alive and lets one run at a time, so repeats interleave.
"""
import json
import sys


def serve(ready: dict, go, loss=None) -> None:
    out = sys.stdout

    def say(value: dict) -> None:
        out.write(json.dumps(value) + "\n")
        out.flush()

    say({"ready": ready})
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        if words[0] == "go":
            say(go(int(words[1])))
        elif words[0] == "loss" and loss is not None:
            say({"loss": loss(int(words[1]))})
        elif words[0] == "quit":
            return
        else:
            say({"error": f"unknown request {line.strip()!r}"})
