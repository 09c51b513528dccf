"""What `hone --help` costs beside merely loading libtorch, in interleaved repeats; writes results/bench-startup.json.

Usage: python startup.py HONE LIBTORCH_LIB [--repeats 15]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path


def seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def summary(values: list[float]) -> dict:
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "n": len(values)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hone")
    parser.add_argument("library", help="libtorch_cpu.so")
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    # The dynamic loader brings libtorch and all it needs into a program that does nothing.
    contestants = {"hone --help": ([options.hone, "--help"], {}), "hone --version": ([options.hone, "--version"], {}),
                   "loading libtorch": (["/bin/true"], {"LD_PRELOAD": options.library})}
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for repeat in range(options.repeats + 1):
        for name, (command, environment) in contestants.items():
            taken = seconds(command, environment)
            if repeat > 0:  # the first brings the files into memory
                times[name].append(taken)
    extra = [a - b for a, b in zip(times["hone --help"], times["loading libtorch"])]
    result = {"unit": "s", "rows": {name: summary(values) for name, values in times.items()}, "extra": summary(extra)}
    for name, row in [*result["rows"].items(), ("hone --help beyond loading", result["extra"])]:
        print(f"  {name:<28} {row['median']:.3f} s ({row['low']:.3f}–{row['high']:.3f}), n {row['n']}")
    output = Path(__file__).resolve().parent.parent / "results" / "bench-startup.json"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(result, indent=1))


if sys.platform != "linux":
    sys.exit("startup.py preloads libtorch, which only Linux does this way")
main()
