"""The 107 rows of rows.toml: Hone beside its peers, one thread each, in turn, and whether the results agree.

Usage: python rows.py PHOTOGRAPHS_FOLDER --hone RowsBench [--repeats 5] [--seconds 0.05] [--rows NAME...] [--show ROW]
Rates are photographs per second of CPU time: medians with their range. Peers live in environments under HONE_PEERS
(torch/, and where they are there kornia/ and albumentationsx/). Written to results/bench-rows.json.
"""
import argparse
import json
import os
import statistics
import sys
import tempfile
import tomllib
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from contestants import PEERS, ROOT, Contestant

HEIGHT, WIDTH, COUNT, COMPARED = 375, 500, 60, 24
OBJECT = 200  # pixels a side of what is pasted
LIBRARIES = {"albumentations": "torch", "torchvision": "torch", "pillow": "torch", "opencv": "torch",
             "kornia": "kornia", "albumentationsx": "albumentationsx"}
EXACT = "-exact"
MEMORY = "memory"  # copies: what the machine can do at most
RESULTS = ROOT.parent / "results" / "bench-rows.json"
NORMALIZED = 255 * 0.226  # levels in one unit of a normalized batch


def photographs(folder: str, path: str) -> np.ndarray:
    """The same pictures for everyone, at ImageNet's usual size, and beside them an object to paste."""
    found = sorted(Path(folder).rglob("*.jpg"))[:COUNT]
    if not found:
        raise SystemExit(f"no .jpg files in {folder}; name a folder of photographs")
    pictures = np.stack([np.asarray(Image.open(file).convert("RGB").resize((WIDTH, HEIGHT))) for file in found])
    pictures.tofile(path)
    disc = Image.new("L", (OBJECT, OBJECT))
    ImageDraw.Draw(disc).ellipse((0, 0, OBJECT - 1, OBJECT - 1), fill=255)
    cut = Image.fromarray(pictures[0]).crop((150, 80, 150 + OBJECT, 80 + OBJECT))
    cut.putalpha(disc)
    cut.save(path + "-object.png")
    return pictures


def steps(row: dict, batch: bool = False) -> dict:
    """What RowsBench reads: transforms have capital letters, drawn actions have not."""
    hone = row["hone"] if isinstance(row["hone"], list) else [row["hone"]]
    drawn = any(isinstance(step, dict) and next(iter(step))[0].islower() for step in hone)
    return {"actions" if drawn else "steps": hone, "batch": batch}


def expressions(rows: dict, library: str) -> dict[str, str]:
    found = {}
    for name, row in rows.items():
        expression = row.get(library) or (row.get("albumentations") if library == "albumentationsx" else None)
        if expression:
            found[name] = expression
        if "exact" in row and library in row["agrees"]:
            found[name + EXACT] = row["exact"].get(library, expression)
    return found


def contestants(rows: dict, program: str, folder: str, log) -> dict[str, Contestant]:
    """Those that start, with what they say of themselves in `facts`."""
    ours = {name: steps(row, row.get("batch", False)) for name, row in rows.items()}
    ours |= {name + EXACT: steps(row["exact"]) for name, row in rows.items() if "exact" in row}
    ours[MEMORY] = {"batch": False, "copies": True}
    commands = {"hone": ([program], ours)}
    for library, environment in LIBRARIES.items():
        python = PEERS / environment / "bin" / "python"
        if python.exists():
            commands[library] = ([str(python), "rows_peer.py", library], expressions(rows, library))
    started = {}
    for name, (command, work) in commands.items():
        listing = os.path.join(folder, name + ".json")
        Path(listing).write_text(json.dumps(work).replace("{object}", os.path.join(folder, "photographs-object.png")))
        words = [*command, os.path.join(folder, "photographs"), str(HEIGHT), str(WIDTH), listing]
        contestant = Contestant(name, name, "bytes", words)
        if contestant.launch({"OMP_NUM_THREADS": "1"}, log) is not None:
            contestant.works = [row for row in work if row not in contestant.facts["failed"]]
            started[name] = contestant
    return started


def shown(contestant: Contestant, row: str, count: int, folder: str) -> np.ndarray:
    path = os.path.join(folder, "shown")
    answer = contestant.ask(f"show {row} {count} {path}")
    values = np.fromfile(path, np.float32 if answer["floats"] else np.uint8).astype(np.float32)
    return values.reshape(count, *answer["shape"]) * (NORMALIZED if answer["floats"] else 1)


def moments(results: np.ndarray, pictures: np.ndarray) -> list[float]:
    change = results - pictures[:len(results)]
    return [float(np.abs(change).mean()), float(np.sqrt((change**2).mean()))]


def agreement(name: str, row: dict, everyone: dict, pictures: np.ndarray, folder: str) -> dict:
    """How far Hone is from the peer that it follows, and whether that is within the row's tolerance."""
    peer, limit = next(iter(row["agrees"].items()))
    found = {"with": peer, "limit": limit, "agrees": False}
    if isinstance(limit, dict):
        if name in getattr(everyone.get(peer), "works", []):
            ours, theirs = (moments(shown(everyone[who], name, COMPARED, folder), pictures) for who in ("hone", peer))
            apart = max(abs(a / b - 1) if b else float(a > 0) for a, b in zip(ours, theirs))
            found |= {"hone": ours, "peer": theirs, "apart": apart, "agrees": apart <= limit["moments"]}
    else:
        compared = name + EXACT * ("exact" in row)
        if compared in getattr(everyone.get(peer), "works", []):
            ours, theirs = (shown(everyone[who], compared, 1, folder) for who in ("hone", peer))
            apart = float(np.abs(ours - theirs).mean()) if ours.shape == theirs.shape else float("inf")
            found |= {"apart": apart, "agrees": apart <= limit}
    return found


def measure(rows: dict, everyone: dict, repeats: int, seconds: float) -> tuple[dict, dict]:
    """Everyone's rates by row, and by row what part of the machine's memory rate Hone's bytes came to, repeat by repeat."""
    rates = {name: {who: [] for who, contestant in everyone.items() if name in contestant.works} for name in rows}
    shares = {name: [] for name in rows}
    for repeat in range(repeats):
        for name, of_row in rates.items():
            limit = everyone["hone"].ask(f"go {MEMORY} {seconds / 4}")
            turns = list(of_row)
            for who in turns[repeat % len(turns):] + turns[:repeat % len(turns)]:
                answer = everyone[who].ask(f"go {name} {seconds}")
                of_row[who].append(answer["amount"] / answer["seconds"])
                if who == "hone":
                    shares[name].append(moved(answer) / moved(limit))
        print(f"repeat {repeat + 1} of {repeats}", file=sys.stderr, flush=True)
    return rates, shares


def moved(answer: dict) -> float:
    """Bytes per second."""
    return answer["bytes"] * answer["amount"] / answer["seconds"]


def spread(values: list[float]) -> dict:
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "n": len(values)}


def result(row: dict, rates: dict[str, list[float]], agreed: dict) -> dict:
    """Rates, and Hone's ratio to the peer with the highest median, repeat by repeat."""
    peers = {who: values for who, values in rates.items() if who != "hone"}
    found = {"agreement": agreed, "rates": {who: spread(values) for who, values in rates.items()}}
    if peers:
        fastest = max(peers, key=lambda who: statistics.median(peers[who]))
        found |= {"fastest": fastest, "ratio": spread([a / b for a, b in zip(rates["hone"], peers[fastest])])}
    return found


def summary(results: dict) -> dict:
    counted = {name: row["ratio"]["median"] for name, row in results.items()
               if "ratio" in row and row["agreement"]["agrees"]}
    return {"counted": len(counted), "fastest": sum(ratio >= 1 for ratio in counted.values()),
            "median": statistics.median(counted.values()) if counted else None,
            "lost": {name: ratio for name, ratio in sorted(counted.items(), key=lambda item: item[1]) if ratio < 1},
            "below": [name for name, ratio in counted.items() if ratio < 0.8],
            "apart": {name: row["agreement"].get("apart") for name, row in results.items()
                      if "ratio" in row and not row["agreement"]["agrees"]},
            "alone": [name for name, row in results.items() if "ratio" not in row]}


def told(found: dict) -> str:
    lost = ", ".join(f"{name} {ratio:.2f}" for name, ratio in found["lost"].items())
    share = found["fastest"] / max(1, found["counted"])
    return (f"{found['counted']} rows count, Hone is the fastest in {found['fastest']} ({share:.0%}), median "
            f"{found['median'] or 0:.2f} times the fastest peer; lost: {lost or 'none'}; "
            f"below 0.8: {', '.join(found['below']) or 'none'}\n"
            f"not counted, results apart: {', '.join(found['apart']) or 'none'}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--hone", required=True, help="the built contestant: .build/release/RowsBench")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05, help="CPU time of one turn")
    parser.add_argument("--rows", nargs="*", help="these rows only; the others stay as they were measured before")
    options = parser.parse_args()
    table = tomllib.loads((ROOT / "rows.toml").read_text())
    lacking = {name: row["lacks"] for name, row in table.items() if "lacks" in row}
    rows = {name: row for name, row in table.items()
            if "hone" in row and (not options.rows or name in options.rows)}
    with tempfile.TemporaryDirectory() as folder, open(os.path.join(folder, "log"), "w") as log:
        pictures = photographs(options.folder, os.path.join(folder, "photographs")).astype(np.float32)
        everyone = contestants(rows, os.path.abspath(options.hone), folder, log)
        try:
            agreed = {name: agreement(name, row, everyone, pictures, folder) for name, row in rows.items()}
            rates, shares = measure(rows, everyone, options.repeats, options.seconds)
        finally:
            for contestant in everyone.values():
                contestant.leave()
    families = everyone["hone"].facts["families"]
    results = {name: result(row, rates[name], agreed[name]) | {"memory": spread(shares[name]), "family": families.get(name)}
               for name, row in rows.items()}
    failed = {who: contestant.facts["failed"] for who, contestant in everyone.items()}
    before = json.loads(RESULTS.read_text()) if options.rows and RESULTS.exists() else {"rows": {}, "failed": {}}
    for who, of in before["failed"].items():
        failed.setdefault(who, {}).update({row: why for row, why in of.items() if row not in rows})
    known = before["rows"] | results
    results = {name: known[name] for name in table if name in known}
    found = summary(results)
    print(told(found))
    for name in options.rows or []:
        print(name, {who: round(rate["median"]) for who, rate in results[name]["rates"].items()}, results[name]["agreement"])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({
        "size": [HEIGHT, WIDTH], "photographs": len(pictures), "repeats": options.repeats, "summary": found,
        "versions": {who: contestant.facts.get("version") for who, contestant in everyone.items()},
        "failed": failed, "absent": [name for name in LIBRARIES if name not in everyone],
        "lacking": lacking, "rows": results}, indent=1))


main()
