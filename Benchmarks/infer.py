#!/usr/bin/env python3
"""Times answers of Hone against ONNX Runtime and PyTorch and writes results/bench-infer.json.

For each network and batch all contestants, with the same weights, are alive together and timed in turn, all but one
stopped. Hone's float32 scores are held against ONNX Runtime's, and the classes that its bfloat16 scores name against
those of its own float32 ones, on more than a thousand pictures: MobileNetV2 with ImageNet's weights on photographs and
enlarged CIFAR-10 pictures, ResNet-18 on CIFAR-10's after a short training by Hone. Without HONE_DATA there are only times.
"""
import argparse
import os
import subprocess
import tempfile
from array import array
from pathlib import Path

import contestants as field
from train import ROOT, Results, say, shared_batch, summary, take_turns

MODELS = ("resnet18", "mobilenet-v2")
BATCHES = (1, 32)
SIDE, NUMBER = 224, 4  # bytes of a float32
TORCH = str(field.PEERS / "torch" / "bin" / "python")
ONNX = str(field.PEERS / "onnx" / "bin" / "python")


def hone(program: str, model: str, precision: str, batch: int, weights: str) -> field.Contestant:
    return field.Contestant(f"Hone {precision}", "Hone", precision,
                            [program, model, precision, "answer", str(batch), weights])


def everyone(program: str, model: str, batch: int, weights: str) -> list[field.Contestant]:
    onnx = [field.Contestant(label, kind, "fp32", [ONNX, "infer_onnx.py", model, str(batch), threads, weights])
            for label, kind, threads in (("ONNX Runtime", "ONNX Runtime as installed", "0"),
                                         ("ONNX Runtime, 2 threads", "ONNX Runtime tuned", "2"))]
    torch = [field.Contestant(f"PyTorch {p} channels-last", "PyTorch as installed", p,
                              [TORCH, "infer_torch.py", model, p, str(batch), weights]) for p in ("fp32", "bf16")]
    return [hone(program, model, p, batch, weights) for p in ("fp32", "bf16")] + onnx + torch


def scores(contestant: field.Contestant, pictures: Path) -> array:
    """One picture's after another's."""
    target = pictures.with_suffix(".scores")
    contestant.wake()
    contestant.ask(f"logits {pictures} {target}")
    contestant.rest()
    found = array("f")
    found.frombytes(target.read_bytes())
    return found


def parts(pictures: Path, count: int, side: int):
    """The file's pictures, some at a time: a file of them, and how many they are."""
    some, size = pictures.with_name("part.bin"), NUMBER * 3 * side * side
    with open(pictures, "rb") as file:
        while numbers := file.read(count * size):
            some.write_bytes(numbers)
            yield some, len(numbers) // size


def classes(values: array, count: int) -> list[int]:
    width = len(values) // count
    rows = (values[at:at + width] for at in range(0, len(values), width))
    return [max(range(width), key=row.__getitem__) for row in rows]


class Bench:
    def __init__(self, options: argparse.Namespace, folder: Path, log):
        self.options, self.folder, self.log = options, folder, log
        self.batch = folder / "batch.bin"
        self.batch.write_bytes(shared_batch().tobytes())

    def start(self, contestant: field.Contestant) -> None:
        if contestant.start(str(self.batch), self.log) is None:
            raise SystemExit(f"{contestant.label} did not start")

    def weights(self, model: str) -> str:
        known = self.options.data / "weights" / "imagenet" / "mobilenet_v2_imagenet_torchpad.pth"
        if model == "mobilenet-v2" and known.exists():
            return str(known)
        made = self.folder / f"{model}.pth"
        if not made.exists():
            self.peer("lively_weights.py", model, str(made))
        return str(made)

    def peer(self, *command: str) -> str:
        return subprocess.run([TORCH, *command], cwd=ROOT / "peers", check=True, text=True, stdout=subprocess.PIPE,
                              stderr=self.log).stdout

    def run(self, model: str, batch: int) -> dict:
        alive = everyone(self.options.hone, model, batch, self.weights(model))
        try:
            for contestant in alive:
                say(f"  {model}, batch {batch}: starting {contestant.label}")
                self.start(contestant)
                contestant.steps = max(1, round(2 * self.options.seconds / contestant.go(2)))
                contestant.rates = []
                contestant.rest()
            take_turns(alive, self.options.repeats)
            some = self.folder / "some.bin"
            some.write_bytes(self.batch.read_bytes()[: NUMBER * 3 * SIDE * SIDE * batch])
            pairs = zip(*(scores(c, some) for c in alive if c.label in ("Hone fp32", "ONNX Runtime")))
            return {"batch": batch, "difference": max(abs(x - y) for x, y in pairs),
                    "rows": [{**summary(c), "facts": c.facts, "steps": c.steps} for c in alive]}
        finally:
            for contestant in alive:
                contestant.leave()

    def agreement(self, model: str) -> dict:
        """How often bfloat16 names the class that float32 names."""
        weights, kinds, side = self.trained(model)
        same = total = 0
        pair = [hone(self.options.hone, model, p, max(BATCHES), weights) for p in ("fp32", "bf16")]
        try:
            for contestant in pair:
                self.start(contestant)
                contestant.rest()
            for kind, place, count in kinds:
                pictures = self.folder / "pictures.bin"
                self.peer("pictures.py", kind, str(self.options.data / place), str(side), str(count), str(pictures))
                for part, number in parts(pictures, max(BATCHES), side):
                    wanted, found = (classes(scores(contestant, part), number) for contestant in pair)
                    same, total = same + sum(x == y for x, y in zip(wanted, found)), total + number
        finally:
            for contestant in pair:
                contestant.leave()
        return {"pictures": total, "same": same}

    def trained(self, model: str) -> tuple[str, list[tuple[str, str, int]], int]:
        """Weights that know something, and pictures that they know something about."""
        if model == "mobilenet-v2":
            photos = [("photos", "flowers", 600), ("photos", "cats_dogs", 600)]
            return self.weights(model), [*photos, ("cifar", "cifar10_sheets", 200)], SIDE
        run, side, built = self.folder / "run", 64, Path(self.options.hone).parent
        files = self.folder / "cifar"
        for command in ([built / "cifar-sheets", self.options.data / "cifar10_sheets", files],
                        [built / "hone", "train", files, "--model", model, "--size", str(side), "--epochs", "1", "--out", run]):
            subprocess.run([str(word) for word in command], check=True, stdout=self.log, stderr=self.log)
        return str(run / "model.safetensors"), [("cifar", "cifar10_sheets", 1200)], side


def show(model: str, result: dict) -> None:
    for timed in result["batches"]:
        print(f"\n{model}, answers about {timed['batch']} at once, pictures/s: median (range), n repeats")
        best = {kind: max(row["median"] for row in timed["rows"] if row["kind"] == kind)
                for kind in {row["kind"] for row in timed["rows"]}}
        for row in sorted(timed["rows"], key=lambda row: -row["median"]):
            print(f"  {row['contestant']:<30} {row['median']:7.1f}  ({row['low']:.1f}–{row['high']:.1f}), n {row['n']}")
        print(f"  largest difference of float32 scores: {timed['difference']:.1e}; "
              f"Hone's best is {best['Hone'] / best['ONNX Runtime as installed']:.2f}× ONNX Runtime as installed")
    if "agreement" in result:
        found = result["agreement"]
        print(f"  bfloat16 names the class of float32 for {found['same']} of {found['pictures']} pictures")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hone", required=True, help="the built contestant: .build/release/TrainBench")
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--batches", nargs="+", type=int, default=list(BATCHES))
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1, help="about so long is a repeat")
    parser.add_argument("--part", choices=["times", "agreement", "all"], default="all")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("HONE_DATA", ROOT.parent / ".." / "shared" / "data")))
    parser.add_argument("--output", default=str(ROOT.parent / "results" / "bench-infer.json"))
    options = parser.parse_args()
    options.hone = str(Path(options.hone).resolve())
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w+") as log:
        bench, results = Bench(options, Path(folder), log), Results(options.output)
        for model in options.models:
            result = results.models.setdefault(model, {"batches": []})
            if options.part != "agreement":
                for batch in options.batches:
                    timed = bench.run(model, batch)
                    kept = [row for row in result["batches"] if row["batch"] != batch]
                    result["batches"] = sorted([*kept, timed], key=lambda row: row["batch"])
                    results.save()
            if options.part != "times" and options.data.exists():
                result["agreement"] = bench.agreement(model)
                results.save()
            show(model, result)
    print(f"\nwritten to {options.output}")


if __name__ == "__main__":
    main()
