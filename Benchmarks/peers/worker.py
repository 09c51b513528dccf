"""The protocol between the bench driver and a contestant, for contestants written in Python.

A contestant is a process that prepares itself, prints one JSON line {"ready": {...facts...}}, then for each line
"go N" on stdin runs one step untimed and N steps timed and prints {"seconds": s, "amount": n}, n in the unit of its
rate; "loss N" trains N steps from a fresh start and prints {"loss": x}; "logits IN OUT" writes what it answers about the
float32 pictures of a file. It ends when stdin does.

The batch is the file that BENCH_BATCH names, the same for everyone: float32 pictures, channels first, then one float32
label each.
"""
import json
import os
import sys
import time

import numpy as np

BATCH = 32


def batch() -> tuple[np.ndarray, np.ndarray]:
    numbers = np.fromfile(os.environ["BENCH_BATCH"], dtype=np.float32)
    return numbers[:-BATCH].reshape(BATCH, 3, 224, 224), numbers[-BATCH:].astype(np.int64)


def serve(ready: dict, step, amount: int = BATCH, logits=None) -> None:
    def say(value: dict) -> None:
        print(json.dumps(value), flush=True)

    for _ in range(3):
        step()
    say({"ready": ready})
    for line in sys.stdin:
        words = line.split()
        if words[:1] == ["logits"] and logits:
            say(logits(*words[1:]))
            continue
        if words[:1] != ["go"]:
            return say({"error": f"unknown request {line.strip()!r}"})
        step()
        start = time.perf_counter()
        for _ in range(int(words[1])):
            step()
        say({"seconds": time.perf_counter() - start, "amount": int(words[1]) * amount})
