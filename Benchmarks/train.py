#!/usr/bin/env python3
"""Times one training step of Hone against PyTorch and Keras in the same run and writes results/bench-train.json.

Every contestant is a live process; one runs at a time; repeats are interleaved. A peer is timed as installed (each
precision and memory format; the best counts) and tuned (tcmalloc and jemalloc preloaded, torch.compile, jit_compile;
the best counts). Printed: median and range in images/s, and Hone's ratio to the best of each kind.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PEERS = Path(os.environ.get("HONE_PEERS", ROOT.parent / ".deps" / "peers"))
ALLOCATORS = {"tcmalloc": "libtcmalloc_minimal.so.4", "jemalloc": "libjemalloc.so.2"}


def library(name: str) -> str | None:
    for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"):
        path = Path(folder) / name
        if path.exists():
            return str(path)
    return None


class Contestant:
    def __init__(self, label: str, kind: str, command: list[str], environment: dict[str, str] | None = None):
        self.label, self.kind, self.rates, self.process = label, kind, [], None
        self.command = command
        self.environment = {**os.environ, "OMP_NUM_THREADS": "2", **(environment or {})}

    def start(self) -> bool:
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=self.environment, cwd=ROOT / "peers")
        answer = self.read()
        self.facts = answer.get("ready") if answer else None
        return self.facts is not None

    def read(self) -> dict | None:
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        return None

    def ask(self, request: str) -> dict:
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.read()
        if answer is None or "error" in answer:
            raise SystemExit(f"{self.label} stopped: {answer}")
        return answer

    def go(self, steps: int) -> None:
        answer = self.ask(f"go {steps}")
        self.rates.append(answer["images"] / answer["seconds"])

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def contestants(model: str, hone: str) -> list[Contestant]:
    python = {"torch": str(PEERS / "torch" / "bin" / "python"), "keras": str(PEERS / "keras" / "bin" / "python")}
    found = {name: path for name, file in ALLOCATORS.items() if (path := library(file))}
    list_: list[Contestant] = [
        Contestant("Hone bf16", "hone", [hone, model, "bf16"]), Contestant("Hone fp32", "hone", [hone, model, "fp32"])]
    for precision in ("fp32", "bf16"):
        for layout in ("contiguous", "channels-last"):
            command = [python["torch"], "train_torch.py", model, precision, layout]
            list_.append(Contestant(f"PyTorch {precision} {layout}", "PyTorch as installed", command))
            if layout == "channels-last":
                for name, path in found.items():
                    list_.append(Contestant(
                        f"PyTorch {precision} {layout} {name}", "PyTorch tuned", command, {"LD_PRELOAD": path}))
                    list_.append(Contestant(
                        f"PyTorch {precision} {layout} {name} compile", "PyTorch tuned", command + ["compile"],
                        {"LD_PRELOAD": path}))
    if model != "resnet18":
        for precision in ("float32", "mixed_bfloat16"):
            command = [python["keras"], "train_keras.py", model, precision]
            list_.append(Contestant(f"Keras {precision}", "Keras as installed", command))
            list_.append(Contestant(f"Keras {precision} jit", "Keras tuned", command + ["jit"]))
            for name, path in found.items():
                list_.append(Contestant(f"Keras {precision} {name}", "Keras tuned", command, {"LD_PRELOAD": path}))
    return list_


def run(model: str, hone: str, repeats: int, steps: int) -> dict:
    everyone, alive = contestants(model, hone), []
    for contestant in everyone:
        print(f"  starting {contestant.label}", file=sys.stderr)
        if contestant.start():
            alive.append(contestant)
        else:
            print(f"  {contestant.label} did not start; left out", file=sys.stderr)
    try:
        for repeat in range(repeats):
            for contestant in alive:
                contestant.go(steps)
            print(f"  repeat {repeat + 1} of {repeats}", file=sys.stderr)
        # A fast step that does not learn is no step.
        losses = {c.label: c.ask("loss 50")["loss"] for c in alive if c.kind == "hone"}
    finally:
        for contestant in alive:
            contestant.stop()
    rows = [{"contestant": c.label, "kind": c.kind, "facts": c.facts, "median": statistics.median(c.rates),
             "low": min(c.rates), "high": max(c.rates), "n": len(c.rates)} for c in alive]
    best = {}
    for row in rows:
        if row["kind"] not in best or row["median"] > best[row["kind"]]["median"]:
            best[row["kind"]] = row
    ratios = {kind: best["hone"]["median"] / row["median"] for kind, row in best.items() if kind != "hone"}
    return {"model": model, "batch": 32, "unit": "images/s", "rows": rows, "losses after 50 steps": losses,
            "best": {kind: row["contestant"] for kind, row in best.items()}, "ratios": ratios}


def show(result: dict) -> None:
    print(f"\n{result['model']}, one training step, batch {result['batch']}, {result['unit']}: median (range), n repeats")
    for row in sorted(result["rows"], key=lambda row: -row["median"]):
        print(f"  {row['contestant']:<44} {row['median']:7.1f}  ({row['low']:.1f}–{row['high']:.1f}), n {row['n']}")
    for kind, ratio in result["ratios"].items():
        print(f"  Hone is {ratio:.2f}× {kind} (best: {result['best'][kind]})")
    print("  loss after 50 steps: " + ", ".join(f"{k} {v:.5f}" for k, v in result["losses after 50 steps"].items()))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--hone", required=True, help="the built worker: Benchmarks/.build/release/TrainBench")
    arguments.add_argument("--models", nargs="+", default=["classic-cnn", "mobilenet-v2", "resnet18"])
    arguments.add_argument("--repeats", type=int, default=7)
    arguments.add_argument("--steps", type=int, default=4)
    arguments.add_argument("--output", default=str(ROOT.parent / "results" / "bench-train.json"))
    options = arguments.parse_args()
    results = []
    for model in options.models:
        results.append(run(model, options.hone, options.repeats, options.steps))
        show(results[-1])
    output = Path(options.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = output.with_suffix(".tmp")
    temporary.write_text(json.dumps(results, indent=1))
    temporary.rename(output)
    print(f"\nwritten to {output}")


if __name__ == "__main__":
    main()
