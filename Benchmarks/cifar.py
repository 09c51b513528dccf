#!/usr/bin/env python3
"""CIFAR-10 from nothing, run by run: each run is a line of results/cifar.jsonl, and docs/cifar.md is made of them.

  cifar.py PART DATA --hone HONE [--seeds N] [--threads N] [--only NAME...]

DATA holds CIFAR-10's binary files (`swift run cifar-sheets` makes them of pictures). PART is one of
  speed         Recipes/cifar10-speed.yaml, n seeds, looking again at pictures moved by a pixel
  published     Recipes/cifar10-resnet20.yaml, and the same in PyTorch
  augmentation  ResNet-20 with nothing, flip and crop, RandAugment, TrivialAugment, and these with MixUp and CutMix
  ablation      the speed recipe in 3 epochs with one technique less, or one more
A run that has its line is not run again, so the parts can be spread over days and machines; the table says how many
there are of each. Models and recipes go to results/cifar/.
"""
import argparse
import copy
import csv
import json
import math
import os
import re
import resource
import statistics
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "results" / "cifar.jsonl"
CROP = {"PadCrop": {"padding": 4}}
FLIP = {"Flip": {}, "chance": 0.5}


class Loader(yaml.SafeLoader):
    """As YAML 1.2 has it: only true and false are booleans, and `on` is a word."""


Loader.yaml_implicit_resolvers = {
    first: [found for found in ways if found[0] != "tag:yaml.org,2002:bool"]
    for first, ways in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), "tf")


def recipe(name: str, **changes) -> dict:
    """A recipe of the repository with some keys, written a.b.c as a__b__c, changed; None takes a key away."""
    value = yaml.load((ROOT / "Recipes" / f"{name}.yaml").read_text(), Loader)
    for path, change in changes.items():
        place = value
        *way, last = path.split("__")
        for key in way:
            place = place.setdefault(key, {})
        if change is None:
            place.pop(last, None)
        else:
            place[last] = change
    return value


def ablation() -> dict[str, dict]:
    """Chosen before anything was run."""
    base = recipe("cifar10-speed", epochs=3)
    cut, turns = base["augmentation"]

    def changed(**changes) -> dict:
        return recipe("cifar10-speed", **({"epochs": 3} | changes))

    learning = copy.deepcopy(base["optimizer"])
    learning["rates"] = learning["rates"][1:]
    adam = {"rate": 0.004, "rule": {"adamW": {"weightDecay": 0.05}}, "rates": [base["optimizer"]["rates"][0]]}
    return {
        "the recipe": base,
        "mirror images by chance": changed(augmentation=[cut, FLIP]),
        "no mirror images": changed(augmentation=[cut]),
        "no shifts": changed(augmentation=[turns]),
        "with erasing": changed(augmentation=[cut, turns, {"Erase": {}, "chance": 0.5}]),
        "with TrivialAugment": changed(augmentation=[cut, turns, "TrivialAugmentWide"]),
        "with MixUp": changed(mixing={"mixUp": 0.2}),
        "with CutMix": changed(mixing={"mixUp": 0, "cutMix": 1, "chance": 0.5}),
        "no label smoothing": changed(loss__labelSmoothing=0),
        "first layer learns": changed(optimizer=learning),
        "AdamW for Muon, its rate not tuned": changed(optimizer=adam),
        "lengths not kept": changed(optimizer__rule__muon__keepsLength=False),
        "with averaged weights": changed(ema={"decay": 0.95}),
        "with lookahead": changed(optimizer__lookahead={"every": 5}),
        "cosine for a straight line": changed(schedule__shape="cosine"),
        "ReLU for GELU": changed(model__options={"activation": "relu"}),
    }


# Looks that the first row's models are asked for beside their six: rows that need no runs of their own.
LOOKS = {"mirrored, not moved by a pixel": "unshifted", "one look": "once"}


def augmentations() -> dict[str, dict]:
    ways = {"none": [], "flip + crop": [CROP, FLIP], "RandAugment": [CROP, FLIP, {"RandAugment": {}}],
            "TrivialAugment": [CROP, FLIP, "TrivialAugmentWide"]}
    # The published schedule reaches 86 % in so few epochs. This one was taken at the first try, on 5000 training pictures.
    optimizer = {"rate": 0.3, "rule": {"sgd": {"momentum": 0.9, "nesterov": True, "weightDecay": 0.0005}},
                 "decaysNormsAndBiases": True}
    made = {name: recipe("cifar10-resnet20", augmentation=steps, optimizer=optimizer, schedule={"shape": "oneCycle"})
            for name, steps in ways.items()}
    mixing = {"mixUp": 0.2, "cutMix": 1, "chance": 0.5}
    return made | {f"{name} + MixUp, CutMix": value | {"mixing": mixing} for name, value in made.items() if name != "none"}


PARTS = {
    "speed": lambda: {"speed recipe": recipe("cifar10-speed")},
    "published": lambda: {"Hone": recipe("cifar10-resnet20"), "Hone fp32": recipe("cifar10-resnet20", precision="float32"),
                          "PyTorch": None, "PyTorch bf16": None},
    "augmentation": augmentations,
    "ablation": ablation,
}


def train_with_hone(options, value: dict, seed: int, folder: Path) -> dict:
    written = folder.with_suffix(".recipe.json")
    written.write_text(json.dumps(value | {"threads": options.threads} if options.threads else value))
    isWhole, before = not folder.exists(), processor_seconds()
    subprocess.run([options.hone, "train", options.data, "--recipe", str(written), "--seed", str(seed), "--out", str(folder)],
                   check=True, stdout=sys.stderr)
    processor = round(processor_seconds() - before) if isWhole else None
    # Of all processes together, where a run was stopped and went on; of no use where it gave way to others.
    gives_way = os.sched_getscheduler(0) == os.SCHED_IDLE
    seconds = None if gives_way else json.loads((folder / "result.json").read_text())["seconds"]
    with open(folder / "metrics.csv", newline="") as file:
        fastest = max(float(epoch["images_per_second"]) for epoch in csv.DictReader(file))
    found = {"accuracy": accuracy(options, folder), "seconds": seconds, "processor": processor, "fastest": round(fastest)}
    if value.get("flipsWhenTesting"):
        found |= {"accuracy": accuracy(options, folder, "--views", "shifts"), "unshifted": found["accuracy"],
                  "once": accuracy(options, folder, "--views", "once")}
    return found


def processor_seconds() -> float:
    """Of all processes that ended here."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def accuracy(options, folder: Path, *more: str) -> float:
    command = [options.hone, "evaluate", str(folder / "model.safetensors"), options.data, "--json", *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["accuracy"]


def train_with_pytorch(options, name: str, seed: int) -> dict:
    command = [sys.executable, str(ROOT / "Benchmarks" / "peers" / "cifar_torch.py"), options.data, "--seed", str(seed)]
    command += ["--bf16"] * ("bf16" in name) + ["--threads", str(options.threads)] * bool(options.threads)
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def run(options, part: str) -> None:
    arms = PARTS[part]()
    for seed in range(1, options.seeds + 1):
        for name, value in arms.items():
            if options.only and name not in options.only:
                continue
            if any(one["name"] == name and one["seed"] == seed for one in recorded(part)):
                continue
            folder = options.results / part / f"{name.replace(' ', '-')}.{seed}"
            folder.parent.mkdir(parents=True, exist_ok=True)
            found = train_with_pytorch(options, name, seed) if value is None else train_with_hone(options, value, seed, folder)
            line = {"part": part, "name": name, "seed": seed, "threads": options.threads or os.cpu_count(), **found}
            with RECORD.open("a") as record:
                record.write(json.dumps(line) + "\n")


def recorded(part: str) -> list[dict]:
    """The runs of one part, in the order they ended."""
    lines = RECORD.read_text().splitlines() if RECORD.exists() else []
    return [one for one in map(json.loads, lines) if one["part"] == part]


def student(n: int, probability: float = 0.975) -> float:
    """Student's quantile with n − 1 degrees of freedom."""
    sys.path.insert(0, str(ROOT / "Benchmarks"))
    from accuracy import student as quantile
    return quantile(probability, n - 1)


def interval(values: list[float]) -> str:
    mean = statistics.mean(values)
    if len(values) < 2:
        return f"{mean:.2f}"
    half = student(len(values)) * statistics.stdev(values) / math.sqrt(len(values))
    return f"{mean:.2f} ({mean - half:.2f} to {mean + half:.2f})"


def minutes(runs: list[dict]) -> str:
    """The median, and by how many threads; null where a run had to give way to others."""
    each: dict[int, list[float]] = {}
    for one in (one for one in runs if one.get("seconds")):
        each.setdefault(one["threads"], []).append(one["seconds"])
    return ", ".join(f"{statistics.median(seconds) / 60:.1f} × {threads}" for threads, seconds in sorted(each.items()))


def processor_minutes(runs: list[dict]) -> str:
    each = [one["processor"] / 60 for one in runs if one.get("processor")]
    return f"{statistics.median(each):.1f}" if each else ""


def row(name: str, runs: dict[int, dict], base: dict[int, dict] | None, key: str = "accuracy") -> list[str]:
    """The cells under HEADS of runs by seed, beside those of the first row; nothing for the first row itself."""
    found = {seed: 100 * one[key] for seed, one in runs.items() if key in one}
    pairs = [value - 100 * base[seed]["accuracy"] for seed, value in found.items() if base and seed in base]
    seen = ""
    if len(pairs) > 2:
        effect = (student(len(pairs)) + student(len(pairs), 0.8)) * statistics.stdev(pairs) / math.sqrt(len(pairs))
        seen = f"{effect:.2f}"
    return [name, str(len(found)), interval(list(found.values())), interval(pairs) if pairs else "", seen,
            minutes(list(runs.values())), processor_minutes(list(runs.values()))]


HEADS = ["", "n", "accuracy % (95 %)", "difference to the first, points (95 %)", "could be seen from",
         "minutes × threads, median", "minutes of the processor, median"]


def table(part: str) -> list[str]:
    found: dict[str, dict[int, dict]] = {}
    for one in recorded(part):
        found.setdefault(one["name"], {})[one["seed"]] = one
    names = [name for name in PARTS[part]() if name in found]
    if not names:
        return []
    base = found[names[0]]
    rows = [row(name, found[name], None if name == names[0] else base) for name in names]
    if any("once" in one for one in base.values()):
        rows += [row(name, {seed: {key: one[key]} for seed, one in base.items() if key in one}, base, key)
                 for name, key in LOOKS.items()]
    kept = [k for k, head in enumerate(HEADS) if not head or any(cells[k] for cells in rows)]
    cells = [[HEADS[k] for k in kept], ["--:" if k else "---" for k in kept], *([cells[k] for k in kept] for cells in rows)]
    lines = [f"## {part.capitalize()}", "", *("| " + " | ".join(line) + " |" for line in cells)]
    fastest = {name: [one["fastest"] for one in found[name].values() if "fastest" in one] for name in names}
    rates = [f"{name} {max(each)}" for name, each in fastest.items() if each]
    if part == "augmentation":
        lines += ["", f"Training pictures a second in the fastest epoch, beside which the least ran: {'; '.join(rates)}."]
    return lines + [""]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("part", choices=[*PARTS, "table"])
    arguments.add_argument("data", nargs="?")
    arguments.add_argument("--hone", default=str(ROOT / ".build" / "release" / "hone"))
    arguments.add_argument("--seeds", type=int, default=3)
    arguments.add_argument("--threads", type=int, help="threads that compute; all cores if not given")
    arguments.add_argument("--only", nargs="*")
    arguments.add_argument("--results", type=Path, default=ROOT / "results" / "cifar")
    options = arguments.parse_args()
    if options.part != "table":
        run(options, options.part)
    lines = ["# CIFAR-10", "", "Written by `Benchmarks/cifar.py` from what it ran here. Accuracy is that of the last weights on the "
             "10,000 test pictures, which chose nothing; intervals are Student's over seeds; differences are paired by seed; "
             "“could be seen from” is the effect that so many pairs find four times in five. Minutes × threads are of the "
             "clock; runs that gave way to others have only the processor's, or none. A model of the speed recipe looks six "
             "times: mirrored, and moved by a pixel (`--views shifts`).", ""]
    for part in PARTS:
        lines += table(part)
    (ROOT / "docs" / "cifar.md").write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
