"""JPEG files to normalized batches: Hone beside its peers, in turn.

Usage: python augment.py PHOTOGRAPHS_FOLDER... --hone AugmentBench [--repeats 5] [--rows ROW...] [--threads 2]
ROW is SET/PIPELINE: photographs (about 500×375) or large (mosaics of them, 12 megapixels); jitter, trivial, rand, generator,
layers. Rates are pictures per second of CPU time on one thread, of the clock on several (then the machine must be idle):
medians with their range. Peers live in environments under HONE_PEERS (torch/, and where it is there keras/).
Written to results/bench-augment.json; what is not measured anew stays as it was.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from contestants import PEERS, ROOT, Contestant

RESULTS = ROOT.parent / "results" / "bench-augment.json"
LARGE = ROOT.parent / ".build" / "mosaics"
COUNT, MOSAICS = 396, 16
SECONDS = {"photographs": 1.0, "large": 2.5}
KINDS = {"albumentations": "torch", "torchvision": "torch", "keras-generator": "keras", "keras-layers": "keras"}
REDUCED = ("albumentations", "torchvision")
TITLES = {"jitter": "crop, flip, rotate, colour jitter", "trivial": "crop, flip, TrivialAugment",
          "rand": "crop, flip, RandAugment", "generator": "ImageDataGenerator: turn, shift, zoom, flip, brightness",
          "layers": "resize, flip, rotate, zoom, shift, contrast, brightness"}


def files(folders: list[str]) -> dict[str, list[str]]:
    """Photographs of all folders, evenly, and mosaics of them, made once."""
    found = sorted(str(file) for folder in folders for file in Path(folder).rglob("*.jpg"))
    if not found:
        raise SystemExit(f"no .jpg files in {folders}; name a folder of photographs")
    if len(list(LARGE.glob("*.jpg"))) < MOSAICS:
        python = str(PEERS / "torch" / "bin" / "python")
        subprocess.run([python, str(ROOT / "peers" / "mosaics.py"), str(MOSAICS), str(LARGE), *folders], check=True)
    return {"photographs": found[::max(1, len(found) // COUNT)][:COUNT], "large": [str(f) for f in sorted(LARGE.glob("*.jpg"))]}


def contestants(program: str, listing: str, rows: list[str], log) -> list[Contestant]:
    """Those that start and take part in some row; `works` says in which."""
    commands = {"hone": [program, listing]}
    for name, environment in KINDS.items():
        python = PEERS / environment / "bin" / "python"
        for reduction in (1, 2, 4, 8) if name in REDUCED else (1,):
            if python.exists():
                label = name + (f" at 1/{reduction}" if reduction > 1 else "")
                commands[label] = [str(python), "augment_peer.py", name, str(reduction), listing]
    started = []
    for name, command in commands.items():
        if "at 1/" in name and not any(row.startswith("large/") for row in rows):
            continue
        contestant = Contestant(name, name, "float32", command)
        if contestant.launch({"OMP_NUM_THREADS": "1"}, log) is not None:
            contestant.works = [row for row in contestant.facts["works"] if row in rows]
            started.append(contestant)
    return started


def measure(rows: list[str], everyone: list[Contestant], repeats: int, threads: int) -> dict[str, dict[str, list[float]]]:
    rates = {row: {one.label: [] for one in everyone if row in one.works} for row in rows}
    for repeat in range(repeats):
        for row in rows:
            turns = [one for one in everyone if row in one.works and (threads == 1 or not one.label.startswith("keras"))]
            for one in turns[repeat % len(turns):] + turns[:repeat % len(turns)]:
                length = SECONDS[row.split("/")[0]] * (1 if threads == 1 else 3)
                answer = one.ask(f"go {row} {length} {threads}")
                rates[row][one.label].append(answer["amount"] / answer["seconds"])
        print(f"repeat {repeat + 1} of {repeats}", file=sys.stderr, flush=True)
    return {row: {who: values for who, values in of.items() if values} for row, of in rates.items()}


def spread(values: list[float]) -> dict:
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "n": len(values)}


def result(rates: dict[str, list[float]]) -> dict:
    hone = rates["hone"]
    ratios = {who: spread([a / b for a, b in zip(hone, values)]) for who, values in rates.items() if who != "hone"}
    return {"rates": {who: spread(values) for who, values in rates.items()}, "ratios": ratios}


def told(key: str, row: dict) -> str:
    cells = [f"{who} {rate['median']:.1f} ({rate['low']:.1f}–{rate['high']:.1f})"
             + (f", Hone is {row['ratios'][who]['median']:.2f}×" if who in row["ratios"] else "")
             for who, rate in row["rates"].items()]
    return f"{key}: " + " · ".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="+")
    parser.add_argument("--hone", required=True, help="the built contestant: .build/release/AugmentBench")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--rows", nargs="*", help="these rows only; the others stay as they were measured before")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    sets = files(options.folder)
    known = [f"{name}/{work}" for name in sets for work in TITLES if name == "photographs" or work in ("jitter", "trivial", "rand")]
    rows = options.rows or (known if options.threads == 1 else ["photographs/jitter", "photographs/rand", "large/jitter"])
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "log"), "w") as log:
        listing = os.path.join(folder, "files.json")
        Path(listing).write_text(json.dumps(sets))
        everyone = contestants(os.path.abspath(options.hone), listing, rows, log)
        try:
            rates = measure(rows, everyone, options.repeats, options.threads)
        finally:
            for one in everyone:
                one.leave()
    before = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    suffix = f" ×{options.threads}" if options.threads > 1 else ""
    measured = {row + suffix: result(of) for row, of in rates.items() if "hone" in of}
    for key, row in measured.items():
        print(told(key, row))
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({
        "titles": TITLES, "files": {name: len(paths) for name, paths in sets.items()},
        "versions": before.get("versions", {}) | {one.label: one.facts.get("version") for one in everyone},
        "rows": before.get("rows", {}) | measured}, indent=1))


main()
