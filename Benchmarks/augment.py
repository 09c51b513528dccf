"""JPEG files to a normalized batch: Hone against Albumentations (and torchvision), one thread each, interleaved.

Usage: python augment.py DATA_FOLDER... --hone AugmentBench [--repeats 7] [--python PYTHON_WITH_PEERS] [--torchvision]
Rates are pictures per second of CPU time; medians with their range.
Written to results/bench-augment.json too.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))


def pictures(folder):
    for base, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.lower().endswith((".jpg", ".jpeg")):
                yield os.path.join(base, name)


def run(command):
    env = dict(os.environ, OMP_NUM_THREADS="1")
    return json.loads(subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="+")
    parser.add_argument("--hone", required=True, help="the built contestant: .build/release/AugmentBench")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--limit", type=int, default=396)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--torchvision", action="store_true")
    options = parser.parse_args()
    paths = [p for folder in options.folder for p in pictures(folder)]
    paths = paths[:: max(1, len(paths) // options.limit)][: options.limit]
    peer = [options.python, os.path.join(here, "peers", "augment_peer.py")]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write("\n".join(paths))
        listing.flush()
        contestants = {"hone": [options.hone, listing.name],
                       "albumentations": peer + [listing.name]}
        if options.torchvision:
            contestants["torchvision"] = peer + [listing.name, "torchvision"]
        results = {name: [] for name in contestants}
        for _ in range(options.repeats):
            for name, command in contestants.items():
                results[name].append(run(command))
    report(results, len(paths), options.repeats)


def summary(values):
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "n": len(values)}


def report(results, pictures_, repeats):
    rows = []
    for name in results["hone"][0]:
        rates = {who: summary([r[name] for r in runs]) for who, runs in results.items() if name in runs[0]}
        ratios = {who: summary([h[name] / r[name] for h, r in zip(results["hone"], runs)])
                  for who, runs in results.items() if who != "hone" and name in runs[0]}
        rows.append({"row": name, "rates": rates, "ratios": ratios})
    print(f"{pictures_} pictures, one thread, {repeats} interleaved repeats, pictures per CPU second: median (range)")
    for row in rows:
        cells = [f"{who} {r['median']:.0f} ({r['low']:.0f}-{r['high']:.0f})" for who, r in row["rates"].items()]
        cells += [f"Hone is {r['median']:.2f}x {who} ({r['low']:.2f}-{r['high']:.2f})" for who, r in row["ratios"].items()]
        print(f"  {row['row']}: " + " · ".join(cells))
    folder = os.path.join(os.path.dirname(here), "results")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "bench-augment.json"), "w") as file:
        json.dump({"pictures": pictures_, "unit": "pictures per CPU second", "rows": rows}, file, indent=1)


main()
