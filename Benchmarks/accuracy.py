#!/usr/bin/env python3
"""How accurate `hone improve` is, out of fold, beside the usual way, and writes results/accuracy-NAME.json.

  accuracy.py DATA --hone HONE [--backbone WEIGHTS.pth] [--budget 20m] [--threads N] [--folds 5]
              [--only FOLD...] [--before HONE]

All pictures of DATA (a folder of class folders, or one with train/ and test/) are dealt into folds; near duplicates are
kept in one. Per fold `hone improve` gets the other folds and the budget, and its model is asked about the fold. With a
backbone the rival is a frozen MobileNetV2 under one linear layer (peers/frozen_probe.py); without one it is the plain
baseline that the study trained itself. A fold that is done is not run again.

With --before the rival is another build of hone: both study the same fold at the same time, each on one half of the
cores, and results/before-after-NAME.json says what each tried and chose.
"""
import argparse
import csv
import json
import math
import os
import random
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PEERS = Path(os.environ.get("HONE_PEERS", ROOT.parent / ".deps" / "peers"))
KINDS = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


def pictures(data: Path) -> list[tuple[Path, str]]:
    found = [path for path in sorted(data.rglob("*")) if path.suffix.lower() in KINDS and path.is_file()]
    return [(path.resolve(), path.parent.name) for path in found]


def duplicates(hone: str, table: Path) -> list[list[str]]:
    """Groups of near duplicates, by their paths, as `hone check` finds them."""
    answer = subprocess.run([hone, "check", str(table), "--json"], capture_output=True, text=True)
    groups = json.loads(answer.stdout).get("duplicates", [])
    return [[entry if isinstance(entry, str) else entry["path"] for entry in group.get("paths", group.get("names", []))]
            for group in groups]


def deal(rows: list[tuple[Path, str]], groups: list[list[str]], folds: int) -> dict[Path, int]:
    """The fold of each picture: stratified, seeded, one fold for a group of duplicates."""
    leader = {name: group[0] for group in groups for name in group}
    fold: dict[Path, int] = {}
    of_leader: dict[str, int] = {}
    for label in sorted({label for _, label in rows}):
        members = [path for path, other in rows if other == label]
        random.Random(f"0 {label}").shuffle(members)
        for position, path in enumerate(members):
            key = leader.get(str(path), str(path))
            fold[path] = of_leader.setdefault(key, position % folds)
    return fold


def write_table(path: Path, rows: list[tuple[Path, str]], fold: dict[Path, int], test: int) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "label", "split"])
        writer.writerows([str(picture), label, "test" if fold[picture] == test else "train"] for picture, label in rows)


def hone_answers(hone: str, model: Path, paths: list[str]) -> dict[str, str]:
    answer = subprocess.run([hone, "predict", str(model), "-", "--json"], input="\n".join(paths), capture_output=True,
                            text=True, check=True)
    return {row["path"]: row["label"] for row in json.loads(answer.stdout)}


def begin(options, hone: str, table: Path, out: Path, cores: set[int]) -> subprocess.Popen:
    """A study on some of the cores; `--threads` has not always been there."""
    command = [hone, "improve", str(table), "--budget", options.budget, "--out", str(out)]
    if options.threads:
        command += ["--threads", str(options.threads)]
    for backbone in options.backbone:
        command += ["--backbone", backbone]
    return subprocess.Popen(command, stdout=sys.stderr, preexec_fn=lambda: os.sched_setaffinity(0, cores))


def studied(hone: str, out: Path, truth: dict[str, str]) -> dict:
    answers = hone_answers(hone, out / "model.safetensors", list(truth))
    study = json.loads((out / "study.json").read_text())
    arms = study["alone"] + study["together"]
    return {"hits": {p: int(answers.get(p) == truth[p]) for p in truth}, "winner": study["winner"]["name"],
            "tried": [arm["arm"]["name"] for arm in arms if arm["verdict"] != "notMeasured"],
            "no time for": [arm["arm"]["name"] for arm in arms if arm["verdict"] == "notMeasured"],
            "seconds": study["elapsed"], "test": {key: study["test"][key] for key in ("accuracy", "baseline")}}


def run_fold(options, number: int, rows, fold, folder: Path) -> dict:
    done = folder / f"fold{number}.json"
    if done.exists():
        return json.loads(done.read_text())
    table, out, earlier = folder / f"fold{number}.csv", folder / f"fold{number}", folder / f"fold{number}-before"
    write_table(table, rows, fold, number)
    cores = sorted(os.sched_getaffinity(0))
    half = len(cores) // 2 if options.before else 0
    studies = [begin(options, options.hone, table, out, set(cores[half:]))]
    if options.before:
        studies.append(begin(options, options.before, table, earlier, set(cores[:half])))
    if any([study.wait() for study in studies]):
        raise SystemExit(f"hone improve failed in fold {number}")
    truth = {str(path): label for path, label in rows if fold[path] == number}
    result = {"fold": number, "pictures": len(truth)} | studied(options.hone, out, truth)
    if options.before:
        result["before"] = studied(options.before, earlier, truth)
        result["rival"] = result["before"].pop("hits")
    elif options.backbone:
        answer = subprocess.run([str(PEERS / "torch" / "bin" / "python"), str(ROOT / "peers" / "frozen_probe.py"),
                                 options.backbone[0], str(table)], capture_output=True, text=True, check=True)
        theirs = json.loads(answer.stdout)
        result["rival"] = {p: int(theirs[p] == truth[p]) for p in truth}
    done.write_text(json.dumps(result, indent=1))
    return result


def student(probability: float, degrees: int) -> float:
    """A quantile of Student's t, by bisection on its distribution function."""
    def density(t: float) -> float:
        constant = math.gamma((degrees + 1) / 2) / (math.gamma(degrees / 2) * math.sqrt(degrees * math.pi))
        return constant * (1 + t * t / degrees) ** (-(degrees + 1) / 2)

    def below(t: float, steps: int = 2000) -> float:
        width = t / steps
        return 0.5 + width * sum(density((i + 0.5) * width) for i in range(steps))

    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < probability else (low, middle)
    return low


def summary(results: list[dict]) -> dict:
    """Out-of-fold accuracies and the paired difference; its error is the larger of that over pictures and over folds."""
    pictures = sum(result["pictures"] for result in results)
    if "rival" in results[0]:
        gains = [[result["hits"][p] - result["rival"][p] for p in result["hits"]] for result in results]
        rival = sum(sum(result["rival"].values()) for result in results) / pictures
        every = [gain for fold in gains for gain in fold]
        # As if at least one picture told them apart: none that does is no proof that they are the same.
        errors = [statistics.stdev(every) / math.sqrt(pictures), 1 / pictures]
        means = [statistics.mean(fold) for fold in gains]
    else:
        means = [result["test"]["accuracy"] - result["test"]["baseline"] for result in results]
        rival = sum(result["test"]["baseline"] * result["pictures"] for result in results) / pictures
        errors = []
    folds = len(results)
    if folds > 1:
        errors.append(statistics.stdev(means) * math.sqrt(1 / folds + 1 / max(1, folds - 1)))
    ours = sum(sum(result["hits"].values()) for result in results) / pictures
    error, degrees = max(errors, default=math.inf), max(1, folds - 1)
    difference = sum(mean * result["pictures"] for mean, result in zip(means, results)) / pictures
    return {"pictures": pictures, "folds": folds, "hone": ours, "rival": rival, "difference": difference,
            "standard error": error, "lower 90 % one-sided": difference - student(0.9, degrees) * error,
            "lower 95 % one-sided": difference - student(0.95, degrees) * error,
            "95 %": [difference - student(0.975, degrees) * error, difference + student(0.975, degrees) * error]}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--hone", required=True)
    arguments.add_argument("--backbone", action="append", default=[])
    arguments.add_argument("--budget", default="20m")
    arguments.add_argument("--threads", type=int, help="threads that compute; all cores if not given")
    arguments.add_argument("--folds", type=int, default=5)
    arguments.add_argument("--only", type=int, nargs="*", help="run these folds only; the summary is of those done")
    arguments.add_argument("--before", help="another build of hone, to stand in as the rival")
    arguments.add_argument("--output", type=Path)
    options = arguments.parse_args()
    name = options.data.resolve().name + ("" if options.backbone else "-from-nothing")
    kind = "before-after" if options.before else "accuracy"
    folder = (options.output or ROOT.parent / "results") / f"{kind}-{name}-{options.budget}"
    folder.mkdir(parents=True, exist_ok=True)
    rows = pictures(options.data)
    everything = folder / "all.csv"
    write_table(everything, rows, {path: -1 for path, _ in rows}, 0)
    fold = deal(rows, duplicates(options.hone, everything), options.folds)
    wanted = range(options.folds) if options.only is None else options.only
    results = [run_fold(options, number, rows, fold, folder) for number in wanted]
    report = {"data": name, "budget": options.budget, "threads": options.threads,
              "backbones": [Path(b).name for b in options.backbone],
              "summary": summary(results),
              "folds": [{k: v for k, v in result.items() if k not in ("hits", "rival")} for result in results]}
    output = folder.with_suffix(".json")
    temporary = output.with_suffix(".tmp")
    temporary.write_text(json.dumps(report, indent=1))
    temporary.rename(output)
    print(json.dumps(report["summary"], indent=1))


if __name__ == "__main__":
    main()
