#!/usr/bin/env python3
"""Times one training step of Hone against PyTorch and Keras and writes results/bench-train.json.

Two rounds for each model. Qualifying: every contestant alone in the machine, n = 3 short repeats; a peer takes part as
installed (each precision and memory format) and tuned (tcmalloc or jemalloc preloaded, the fused optimizer,
torch.compile, jit_compile). Final: Hone, the machine's matrix rate, and the best two peers of each kind, alive together
and timed in turn, all but one stopped. Printed: median and range in images/s, and Hone's ratio to the best of each kind.

What is in the results file stays: an interrupted run goes on, and --again times only Hone and the final anew.
"""
import argparse
import json
import os
import platform
import random
import re
import statistics
import sys
import tempfile
import time
from array import array
from pathlib import Path

import contestants as field

ROOT = Path(__file__).resolve().parent
BATCH, SIDE, TWINS = 32, 224, 8


def shared_batch() -> array:
    """The batch that everyone trains on: bright and dark pictures under noise, float32, and their labels behind.

    Eight pictures come twice, with either label: nobody's loss falls below ln 2 / 2, so gradients never fade into
    denormal numbers, and the losses of two precisions can be compared.
    """
    draw = random.Random(7)
    labels = [index % 2 for index in range(BATCH - TWINS)]
    pixels = array("f")
    for label in labels:
        pixels.extend(draw.gauss(label - 0.5, 1) for _ in range(3 * SIDE * SIDE))
    pixels.extend(pixels[: TWINS * 3 * SIDE * SIDE])
    pixels.extend(labels + [1 - label for label in labels[:TWINS]])
    return pixels


def summary(contestant: field.Contestant) -> dict:
    rates = contestant.rates
    return {"contestant": contestant.label, "kind": contestant.kind, "precision": contestant.precision,
            "median": statistics.median(rates), "low": min(rates), "high": max(rates), "n": len(rates)}


class Results:
    """A file of results by model, which grows as they come."""

    def __init__(self, output: str):
        self.output = Path(output)
        self.whole = json.loads(self.output.read_text()) if self.output.exists() else {"models": {}}
        self.whole["machine"] = machine()
        self.models = self.whole["models"]

    def save(self) -> None:
        self.output.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.output.with_suffix(".tmp")
        temporary.write_text(json.dumps(self.whole, indent=1, ensure_ascii=False))
        temporary.rename(self.output)


def take_turns(alive: list[field.Contestant], repeats: int) -> None:
    """Times stopped contestants in turn, so that a bad minute of the machine is everyone's."""
    for repeat in range(repeats):
        for contestant in alive:
            contestant.wake()
            contestant.go(contestant.steps)
            contestant.rest()
        say(f"  repeat {repeat + 1} of {repeats}")


class Bench:
    def __init__(self, options: argparse.Namespace, batch: str, log):
        self.options, self.batch, self.log = options, batch, log
        self.results = Results(options.output)
        self.end = time.monotonic() + 60 * options.minutes

    def run(self, model: str) -> None:
        result = self.results.models.setdefault(model, {"batch": BATCH, "unit": "images/s", "qualifying": []})
        if self.options.again:
            result["qualifying"] = [row for row in result["qualifying"] if row["kind"] != "Hone"]
            result.pop("final", None)
        everyone = [c for c in field.peers(model) + field.hone(self.options.hone, model) if not self.skips(c)]
        for contestant in everyone:
            if contestant.label not in (row["contestant"] for row in result["qualifying"]):
                if time.monotonic() > self.end:
                    raise SystemExit("time is up; run it again to go on")
                result["qualifying"].append(self.qualify(contestant))
                self.results.save()
        if "final" not in result and not self.options.qualify_only:
            losses = {c.label: self.loss(c) for c in field.hone(self.options.hone, model)}
            result["final"] = {**self.final(self.finalists(everyone, result["qualifying"])), "losses": losses}
            self.results.save()

    def skips(self, contestant: field.Contestant) -> bool:
        return bool(self.options.skip and re.search(self.options.skip, contestant.label))

    def qualify(self, contestant: field.Contestant) -> dict:
        say(f"  qualifying: {contestant.label}")
        try:
            facts = contestant.start(self.batch, self.log)
            if facts is None:
                return {"contestant": contestant.label, "kind": contestant.kind, "failed": True}
            for _ in range(3):
                contestant.go(1)
            return {**summary(contestant), "facts": facts, "peak": contestant.peak()}
        finally:
            contestant.leave()

    def finalists(self, everyone: list[field.Contestant], rows: list[dict]) -> list[field.Contestant]:
        """The best of each kind, then the second best of the peers, then Hone's, as far as memory goes."""
        known = {row["contestant"]: row for row in rows if "median" in row}
        ranks: dict[str, int] = {}
        order = []
        for contestant in sorted((c for c in everyone if c.label in known), key=lambda c: -known[c.label]["median"]):
            rank = ranks[contestant.kind] = ranks.get(contestant.kind, 0) + 1
            if rank <= 2:
                order.append((rank, (contestant.kind == "Hone") == (rank > 1), len(order), contestant))
        room, chosen = 0.85 * available(), []
        for *_, contestant in sorted(order, key=lambda entry: entry[:3]):
            room -= known[contestant.label]["peak"]
            if room < 0:
                say(f"  {contestant.label} stays out of the final: memory is short")
                continue
            contestant.rates = []
            contestant.steps = max(2, round(self.options.seconds * known[contestant.label]["median"] / BATCH))
            chosen.append(contestant)
        return chosen

    def final(self, finalists: list[field.Contestant]) -> dict:
        limits = field.rates(self.options.hone)
        for contestant in limits:
            contestant.steps = 4
        alive: list[field.Contestant] = []
        try:
            for contestant in finalists + limits:
                say(f"  final: starting {contestant.label}")
                if contestant.start(self.batch, self.log) is None:
                    raise SystemExit(f"{contestant.label} did not start again")
                alive.append(contestant)
                contestant.rest()
            take_turns(alive, self.options.repeats)
        finally:
            for contestant in alive:
                contestant.leave()
        rows = [{**summary(c), "facts": c.facts, "steps": c.steps} for c in finalists]
        return {"rows": rows, "limits": [summary(c) for c in limits], **judged(rows, limits)}

    def loss(self, contestant: field.Contestant) -> dict:
        """A fast step that does not learn is no step."""
        say(f"  loss after {self.options.loss_steps} steps: {contestant.label}")
        try:
            contestant.start(self.batch, self.log)
            return contestant.ask(f"loss {self.options.loss_steps}")
        finally:
            contestant.leave()


def judged(rows: list[dict], limits: list[field.Contestant]) -> dict:
    best: dict[str, dict] = {}
    for row in rows:
        if row["kind"] not in best or row["median"] > best[row["kind"]]["median"]:
            best[row["kind"]] = row
    ours = best["Hone"]
    rate = max(statistics.median(c.rates) for c in limits if c.precision == ours["precision"])
    return {"best": {kind: row["contestant"] for kind, row in best.items()},
            "ratios": {kind: ours["median"] / row["median"] for kind, row in best.items() if kind != "Hone"},
            "limit": rate * 1e9 / (ours["facts"]["flops"] / BATCH)}


def machine() -> dict:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if sys.platform == "linux" else []
    facts = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
    known = [flag for flag in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if flag in facts.get("flags", "").split()]
    return {"processor": facts.get("model name", platform.machine()), "instructions": known, "cores": os.cpu_count()}


def available() -> float:
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def show(model: str, final: dict) -> None:
    print(f"\n{model}, one training step, batch {BATCH}, images/s: median (range), n repeats")
    for row in sorted(final["rows"], key=lambda row: -row["median"]):
        print(f"  {row['contestant']:<44} {row['median']:7.1f}  ({row['low']:.1f}–{row['high']:.1f}), n {row['n']}")
    for kind, ratio in final["ratios"].items():
        print(f"  Hone is {ratio:.2f}× {kind} (best: {final['best'][kind]})")
    print(f"  the arithmetic's limit is {final['limit']:.0f} images/s")
    print("  loss: " + ", ".join(f"{k} {v['first']:.4f} → {v['loss']:.4f}" for k, v in final["losses"].items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hone", required=True, help="the built contestant: .build/release/TrainBench")
    parser.add_argument("--models", nargs="+", default=list(field.MODELS))
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="about so long is a repeat of the final")
    parser.add_argument("--loss-steps", type=int, default=50)
    parser.add_argument("--qualify-only", action="store_true")
    parser.add_argument("--again", action="store_true", help="time Hone and the final again")
    parser.add_argument("--skip", help="leave out contestants whose name this regular expression finds")
    parser.add_argument("--minutes", type=float, default=1e6, help="start no more contestants of a round after these")
    parser.add_argument("--output", default=str(ROOT.parent / "results" / "bench-train.json"))
    options = parser.parse_args()
    options.hone = str(Path(options.hone).resolve())  # contestants start in another folder
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        batch = Path(folder) / "batch.bin"
        batch.write_bytes(shared_batch().tobytes())
        bench = Bench(options, str(batch), log)
        for model in options.models:
            bench.run(model)
            if "final" in bench.results.models[model]:
                show(model, bench.results.models[model]["final"])
    print(f"\nwritten to {options.output}")


if __name__ == "__main__":
    main()
