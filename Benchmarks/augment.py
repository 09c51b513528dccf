"""JPEG files to a normalized batch: Hone against Albumentations (and torchvision), one thread each, interleaved.

Usage: python augment.py DATA_FOLDER [--repeats 7] [--python PYTHON_WITH_PEERS] [--torchvision]
Builds the Hone program in release mode first. Rates are pictures per second of CPU time; medians with their range.
"""
import argparse, json, os, statistics, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))


def pictures(folder):
    for base, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if name.lower().endswith((".jpg", ".jpeg")):
                yield os.path.join(base, name)


def run(command):
    env = dict(os.environ, OMP_NUM_THREADS="1", HONE_ENGINE="none")
    return json.loads(subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="+")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--limit", type=int, default=396)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--torchvision", action="store_true")
    options = parser.parse_args()
    paths = [p for folder in options.folder for p in pictures(folder)]
    paths = paths[:: max(1, len(paths) // options.limit)][: options.limit]
    scratch = os.path.join(here, ".build")
    build = ["swift", "build", "-c", "release", "--package-path", here, "--scratch-path", scratch]
    subprocess.run(build, env=dict(os.environ, HONE_ENGINE="none"), check=True, stdout=sys.stderr)
    peer = [options.python, os.path.join(here, "peers", "augment_albumentations.py")]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write("\n".join(paths))
        listing.flush()
        contestants = {"hone": [os.path.join(scratch, "release", "AugmentBench"), listing.name],
                       "albumentations": peer + [listing.name]}
        if options.torchvision:
            contestants["torchvision"] = peer + [listing.name, "torchvision"]
        results = {name: [] for name in contestants}
        for _ in range(options.repeats):
            for name, command in contestants.items():
                results[name].append(run(command))
    print(f"{len(paths)} pictures, {options.repeats} interleaved repeats, pictures per CPU second")
    for row in results["hone"][0]:
        cells = []
        for name, runs in results.items():
            values = [r[row] for r in runs if row in r]
            if values:
                cells.append(f"{name} {statistics.median(values):.0f} ({min(values):.0f}-{max(values):.0f})")
        ratios = [h[row] / a[row] for h, a in zip(results["hone"], results["albumentations"]) if row in a]
        if ratios:
            cells.append(f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")
        print(f"{row}: " + " · ".join(cells))


main()
