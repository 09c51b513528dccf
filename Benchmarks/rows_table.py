"""Writes docs/benchmark-rows.md from results/bench-rows.json: python rows_table.py"""
import json
import statistics
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def written(hone) -> str:
    """Steps as one writes them on the command line."""
    if isinstance(hone, list):
        return "; ".join(written(step) for step in hone) or "none, into a batch"
    if isinstance(hone, str):
        return hone
    name, parameters = next(iter(hone.items()))
    return f"{name}:" + ",".join(f"{key}={value(given)}" for key, given in parameters.items())


def value(given) -> str:
    if isinstance(given, list) and len(given) == 2:
        return f"{given[0]}...{given[1]}"
    return str(given).lower() if isinstance(given, bool) else str(given)


def agreement(found: dict) -> str:
    limit, apart = found["limit"], found.get("apart")
    if apart is None:
        return f"not compared ({found['with']})"
    if isinstance(limit, dict):
        return f"{found['with']}: moments {apart:.0%} apart (≤ {limit['moments']:.0%})"
    return f"{found['with']}: {apart:.2f} levels (≤ {limit:g})"


def line(name: str, row: dict, source: dict) -> str:
    peers = sorted((rate["median"], who) for who, rate in row["rates"].items() if who != "hone")[::-1]
    others = ", ".join(f"{who} {rate:.0f}" for rate, who in peers) or "none"
    hone, ratio = row["rates"]["hone"], row.get("ratio")
    times = f"{ratio['median']:.2f}× ({ratio['low']:.2f}–{ratio['high']:.2f})" if ratio else ""
    note = f" {source['note']}" if "note" in source else ""
    return (f"| {name} | `{written(source['hone'])}` | {hone['median']:.0f} ({hone['low']:.0f}–{hone['high']:.0f}) | "
            f"{others} | {times} | {agreement(row['agreement'])}.{note} |")


def table(names: list[str], results: dict, rows: dict) -> list[str]:
    head = ["| row | Hone's step | Hone, pictures/s (range) | peers | Hone is | agreement |", "|---|---|--:|---|--:|---|"]
    return [*head, *(line(name, results["rows"][name], rows[name]) for name in names), ""]


def memory(results: dict) -> list[str]:
    """By family, what part of the rate at which photographs are copied their bytes come to."""
    families: dict[str, list[tuple[float, str]]] = {}
    for name, row in results.items():
        if row.get("family") and "memory" in row:
            families.setdefault(row["family"], []).append((row["memory"]["median"], name))
    if not families:
        return []
    lines = ["## How far from the machine's memory", "",
             "Bytes read and written by each of Hone's steps, as a part of the rate at which the same photographs are copied in "
             "memory in the same run (above 100 % where less is read than the whole photograph).", "",
             "| family | rows | median | nearest | furthest |", "|---|--:|--:|---|---|"]
    for family, rows in sorted(families.items(), key=lambda item: -statistics.median(share for share, _ in item[1])):
        (low, last), (high, first) = min(rows), max(rows)
        middle = statistics.median(share for share, _ in rows)
        lines.append(f"| {family} | {len(rows)} | {middle:.0%} | {first} {high:.0%} | {last} {low:.1%} |")
    return lines + [""]


def main() -> None:
    results = json.loads((ROOT / "results" / "bench-rows.json").read_text())
    rows = tomllib.loads((ROOT / "Benchmarks" / "rows.toml").read_text())
    found, (height, width) = results["summary"], results["size"]
    versions = ", ".join(f"{who} {version}" for who, version in results["versions"].items() if version)
    apart, alone = list(found["apart"]), found["alone"]
    counted = [name for name in results["rows"] if name not in apart and name not in alone]
    lost = ", ".join(f"{name} {ratio:.2f}×" for name, ratio in found["lost"].items()) or "none"
    lines = [
        "# Transforms beside their peers, row by row", "",
        "Written by `Benchmarks/rows_table.py` from what `Benchmarks/run rows` measured; parameters and every peer's "
        "expression: `Benchmarks/rows.toml`.", "",
        f"{results['photographs']} photographs of {width}×{height} in memory, one thread each, results materialized; "
        f"pictures per second of CPU time, median and range of {results['repeats']} interleaved repeats. {versions}; "
        f"absent: {', '.join(results['absent']) or 'none'}.", "",
        f"**{found['counted']} rows count; Hone is the fastest in {found['fastest']} "
        f"({found['fastest'] / max(1, found['counted']):.0%}); median {found['median']:.2f}× the fastest peer; below 0.8×: "
        f"{', '.join(found['below']) or 'none'}.** Lost: {lost}.", "", *table(counted, results, rows)]
    lines += memory(results["rows"])
    if apart:
        lines += ["## Not counted: the results are further apart than the tolerance", "", *table(apart, results, rows)]
    if alone:
        lines += ["## Not counted: no peer here has it", "", *table(alone, results, rows)]
    if results["lacking"]:
        lines += ["## Not in Hone", "", *(f"- {name}: {why}" for name, why in results["lacking"].items()), ""]
    failed = [f"- {who}, {row}: {why}" for who, of in results["failed"].items() for row, why in of.items()]
    if failed:
        lines += ["## Expressions that a peer refused", "", *failed, ""]
    (ROOT / "docs" / "benchmark-rows.md").write_text("\n".join(lines).rstrip() + "\n")


main()
