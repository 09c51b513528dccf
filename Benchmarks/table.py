"""Writes docs/benchmarks.md from the result files: python table.py [RESULTS_FOLDER]

A section for which there is no result here stays as it was.
"""
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TITLES = {"classic-cnn": "Classic CNN (Conv 32-64-128, Dense 512; 44.4 M parameters)", "mobilenet-v2": "MobileNetV2",
          "resnet18": "ResNet-18", "convnext-atto": "ConvNeXt-atto", "deit-tiny": "DeiT-tiny"}


def span(row: dict, digits: int = 1) -> str:
    return f"{row['median']:.{digits}f} ({row['low']:.{digits}f}–{row['high']:.{digits}f})"


def training(model: str, result: dict) -> list[str]:
    final = result["final"]
    ours = next(row["median"] for row in final["rows"] if row["contestant"] == final["best"]["Hone"])
    lines = [f"### {TITLES[model]}", "", "| contestant | kind | precision | images/s: median (range) | n | Hone's best is |",
             "|---|---|---|--:|--:|--:|"]
    for row in sorted(final["rows"], key=lambda row: -row["median"]):
        ratio = "" if row["kind"] == "Hone" else f"{ours / row['median']:.2f}×"
        lines.append(f"| {row['contestant']} | {row['kind']} | {row['precision']} | {span(row)} | {row['n']} | {ratio} |")
    rates = ", ".join(f"{row['contestant']} {row['median']:.0f}" for row in final["limits"])
    runs = {len(loss.get("losses", [])) for loss in final["losses"].values()} - {0}
    seeds = f", mean of {max(runs)} seeds" if runs else ""
    losses = "; ".join(f"{name} {loss['first']:.4f} → {loss['loss']:.4f}" for name, loss in final["losses"].items())
    return lines + [
        "", f"Arithmetic's limit of the step: {final['limit']:.0f} images/s (GFLOP/s in the same run: {rates}). "
        f"Loss before and after 50 steps{seeds}: {losses}.", "", *qualifying(result), ""]


def qualifying(result: dict) -> list[str]:
    rows = sorted((row for row in result["qualifying"] if "median" in row), key=lambda row: -row["median"])
    cells = [f"{row['contestant']} {row['median']:.1f}" for row in rows]
    failed = [row["contestant"] for row in result["qualifying"] if "failed" in row]
    note = f" Did not start: {', '.join(failed)}." if failed else ""
    return [f"Qualifying, each alone, median of 3: {' · '.join(cells)}.{note}"]


def training_part(folder: Path) -> list[str]:
    results = json.loads((folder / "bench-train.json").read_text())
    machine = results["machine"]
    lines = [
        "## Training step", "",
        f"Batch 32 at 224×224×3, Adam, on {machine['cores']} cores ({machine['processor']}; "
        f"{', '.join(machine['instructions'])}). Contestants alive together, timed in turn, the others stopped; "
        "the best two of each kind from a qualifying round of all.", ""]
    for model in TITLES:
        if "final" in results["models"].get(model, {}):
            lines += training(model, results["models"][model])
    return lines


def inference_part(folder: Path) -> list[str]:
    results = json.loads((folder / "bench-infer.json").read_text())
    lines = ["## Answers", "",
             "Pictures of 224×224×3, the same weights for all, contestants alive together and timed in turn. Each of Hone's "
             "rows beside ONNX Runtime in float32, as installed and with its threads set.", "",
             "| network | batch | contestant | precision | pictures/s: median (range) | n | to ONNX Runtime | to it tuned |",
             "|---|--:|---|---|--:|--:|--:|--:|"]
    notes = []
    for model, result in results["models"].items():
        for timed in result["batches"]:
            lines += answering(TITLES[model], timed)
            notes.append(f"{TITLES[model]}, batch {timed['batch']}: {timed['difference']:.1e}")
    lines += ["", f"The largest difference between Hone's float32 scores and ONNX Runtime's: {'; '.join(notes)}."]
    agreements = [f"{TITLES[model]} {found['same']} of {found['pictures']}"
                  for model, result in results["models"].items() if (found := result.get("agreement"))]
    if agreements:
        lines += ["", f"Pictures for which bfloat16 names the class that float32 names: {'; '.join(agreements)}."]
    return lines + [""]


def answering(title: str, timed: dict) -> list[str]:
    onnx = {row["kind"]: row["median"] for row in timed["rows"] if row["kind"].startswith("ONNX")}
    lines = []
    for row in timed["rows"]:
        ratios = [f"{row['median'] / rate:.2f}×" if row["kind"] == "Hone" else "" for rate in onnx.values()]
        lines.append(f"| {title} | {timed['batch']} | {row['contestant']} | {row['precision']} | {span(row)} | {row['n']} | "
                     f"{' | '.join(ratios)} |")
    return lines


def augmentation_part(folder: Path) -> list[str]:
    results = json.loads((folder / "bench-augment.json").read_text())
    counts = results["files"]
    lines = ["## JPEG file to normalized batch", "",
             f"{counts['photographs']} photographs of about 500×375 and {counts['large']} mosaics of them of 12 megapixels (quality 92, "
             "4:2:0), to 224×224 in float32. Pictures per second of CPU time on one thread, and of the clock where “×2” says two: "
             "Hone's threads, and a DataLoader's two processes. “At 1/n” is a decoder that gives the large pictures at that part "
             "of their size, whatever is cut from them; Hone's chooses for each cut.", "",
             "| pictures | pipeline | contestant | median (range) | n | Hone is |", "|---|---|---|--:|--:|--:|"]
    for key, row in sorted(results["rows"].items(), key=lambda item: (" ×" in item[0], not item[0].startswith("photo"))):
        pictures, work = key.split("/")
        title = results["titles"][work.split(" ")[0]] + work[len(work.split(" ")[0]):]
        for who, rate in row["rates"].items():
            ratio = f"{span(row['ratios'][who], 2)}×" if who in row["ratios"] else ""
            lines.append(f"| {pictures} | {title} | {who} | {span(rate, 1)} | {rate['n']} | {ratio} |")
    return lines + [""]


def startup_part(folder: Path) -> list[str]:
    results = json.loads((folder / "bench-startup.json").read_text())
    lines = ["## Start", "", "| command | seconds: median (range) | n |", "|---|--:|--:|"]
    rows = [*results["rows"].items(), ("`hone --help` beyond loading libtorch", results["extra"])]
    return lines + [f"| {name} | {span(row, 3)} | {row['n']} |" for name, row in rows] + [""]


def accuracy_part(folder: Path) -> list[str]:
    """Of every results/accuracy-*.json that Benchmarks/accuracy.py left."""
    reports = [json.loads(path.read_text()) for path in sorted(folder.glob("accuracy-*.json"))]
    if not reports:
        return []
    lines = ["## Accuracy out of fold", "",
             "`hone improve` with a budget per fold on this machine; the rival has the same folds: with a backbone, the same one "
             "frozen under a linear layer fitted by scikit-learn's L-BFGS, its penalty cross-validated; without, the plain baseline.",
             "", "| data | backbone | budget | pictures | folds | Hone | rival | difference (95 %) | one-sided 90 % bound |",
             "|---|---|--:|--:|--:|--:|--:|--:|--:|"]
    for report in reports:
        found = report["summary"]
        low, high = found["95 %"]
        threads = report.get("threads")
        budget = report["budget"] + (f", {threads} thread{'s' if threads > 1 else ''}" if threads else "")
        lines.append(
            f"| {report['data']} | {', '.join(report['backbones']) or 'none'} | {budget} | {found['pictures']} "
            f"| {found['folds']} | {found['hone']:.1%} | {found['rival']:.1%} | {100 * found['difference']:+.1f} points "
            f"({100 * low:+.1f} to {100 * high:+.1f}) | {100 * found['lower 90 % one-sided']:+.1f} |")
    return lines + [""]


def before_after_part(folder: Path) -> list[str]:
    """Of every results/before-after-*.json that Benchmarks/accuracy.py --before left."""
    reports = [json.loads(path.read_text()) for path in sorted(folder.glob("before-after-*.json"))]
    if not reports:
        return []
    lines = ["## Before and after", "",
             "`hone improve` as it was before the augmentation engine and the training methods were widened, and as it is, on the "
             "same folds at the same time, each on half of the cores.", "",
             "| data | backbone | budget | pictures | folds | before | after | difference (95 %) |",
             "|---|---|--:|--:|--:|--:|--:|--:|"]
    notes = []
    for report in reports:
        found, folds = report["summary"], report["folds"]
        low, high = found["95 %"]
        lines.append(f"| {report['data']} | {', '.join(report['backbones']) or 'none'} | {report['budget']} | {found['pictures']} "
                     f"| {found['folds']} | {found['rival']:.1%} | {found['hone']:.1%} | {100 * found['difference']:+.1f} points "
                     f"({100 * low:+.1f} to {100 * high:+.1f}) |")
        for when, studies in (("before", [fold["before"] for fold in folds]), ("after", folds)):
            tried, missed = (counted(name for study in studies for name in study[key]) for key in ("tried", "no time for"))
            notes.append(f"{report['data']}, {when}: tried {tried}. No time within the budget for {missed}. "
                         f"Chosen: {counted(study['winner'] for study in studies)}.")
    return lines + [line for note in notes for line in ("", note)] + [""]


def counted(names) -> str:
    """Each name with the number of folds it is of, most first."""
    return "; ".join(f"{name} ({count})" for name, count in Counter(names).most_common()) or "nothing"


def sections(lines: list[str]) -> dict[tuple[str, str], list[str]]:
    """A page's lines by their headings of the second and third level."""
    found: dict[tuple[str, str], list[str]] = {}
    key = ("", "")
    for line in lines:
        if line.startswith("## "):
            key = (line, "")
        elif line.startswith("### "):
            key = (key[0], line)
        found.setdefault(key, []).append(line)
    return found


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "results"
    page = ROOT / "docs" / "benchmarks.md"
    lines = ["# Benchmarks", "", "Written by `Benchmarks/table.py` from what `make bench` measured.", ""]
    parts = {"train": training_part, "infer": inference_part, "augment": augmentation_part, "startup": startup_part}
    for name, part in parts.items():
        if (folder / f"bench-{name}.json").exists():
            lines += part(folder)
    lines += accuracy_part(folder) + before_after_part(folder)
    before = sections(page.read_text().splitlines() + [""]) if page.exists() else {}
    now = before | sections(lines)
    chapters = list(dict.fromkeys(chapter for chapter, _ in now))
    ordered = [line for chapter in chapters for (of, _), part in now.items() if of == chapter for line in part]
    page.write_text("\n".join(ordered).rstrip() + "\n")


main()
