"""Who takes part in train.py and rows.py, and how to talk to them (the protocol is in peers/worker.py)."""
import json
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PEERS = Path(os.environ.get("HONE_PEERS", ROOT.parent / ".deps" / "peers"))
ALLOCATORS = {"tcmalloc": "libtcmalloc_minimal.so.4", "jemalloc": "libjemalloc.so.2"}
MODELS = ("classic-cnn", "mobilenet-v2", "resnet18", "convnext-atto", "deit-tiny")
LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib")


@dataclass
class Contestant:
    label: str
    kind: str
    precision: str
    command: list[str]
    preload: str | None = None
    rates: list[float] = field(default_factory=list)
    process: subprocess.Popen | None = None

    def start(self, batch: str, log) -> dict | None:
        return self.launch({"OMP_NUM_THREADS": "2", "BENCH_BATCH": batch}, log)

    def launch(self, settings: dict[str, str], log) -> dict | None:
        """Its facts once it is ready; None when it did not get that far."""
        environment = {**os.environ, **settings}
        if self.preload:
            environment["LD_PRELOAD"] = self.preload
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                        text=True, env=environment, cwd=ROOT / "peers")
        self.facts = (self.read() or {}).get("ready")
        return self.facts

    def read(self) -> dict | None:
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        return None

    def ask(self, request: str) -> dict:
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.read()
        if answer is None or "error" in answer:
            raise SystemExit(f"{self.label} stopped: {answer}")
        return answer

    def go(self, steps: int) -> float:
        answer = self.ask(f"go {steps}")
        self.rates.append(answer["amount"] / answer["seconds"])
        return answer["seconds"]

    # A stopped process has no threads that spin for work beside the one being timed.

    def rest(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def leave(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def peak(self) -> int:
        """Bytes of memory that it held at most."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0


def hone(program: str, model: str) -> list[Contestant]:
    return [Contestant(f"Hone {p}", "Hone", p, [program, model, p]) for p in ("bf16", "fp32")]


def rates(program: str) -> list[Contestant]:
    """What the machine can do at most: the arithmetic limit of everyone's step."""
    return [Contestant(f"{title} {p}", "limit", p, [program, name, p])
            for name, title in (("product", "matrix product"), ("convolution", "3×3 convolution"))
            for p in ("bf16", "fp32")]


def peers(model: str) -> list[Contestant]:
    return torch(model) + (keras(model) if model in ("classic-cnn", "mobilenet-v2") else [])  # Keras has no others


def torch(model: str) -> list[Contestant]:
    python = str(PEERS / "torch" / "bin" / "python")
    found = []
    for precision in ("fp32", "bf16"):
        for layout in ("contiguous", "channels-last"):
            command = [python, "train_torch.py", model, precision, layout]
            found.append(Contestant(f"PyTorch {precision} {layout}", "PyTorch as installed", precision, command))
        for index, (name, library) in enumerate(allocators().items()):
            for extra in (["tuned"], ["tuned", "compile"])[: 1 if index else 2]:  # the compiler with one allocator
                label = " ".join([f"PyTorch {precision} channels-last {name}", *extra[1:]])
                found.append(Contestant(label, "PyTorch tuned", precision, command + extra, library))
    return found


def keras(model: str) -> list[Contestant]:
    python = str(PEERS / "keras" / "bin" / "python")
    found = []
    for policy, precision in (("float32", "fp32"), ("mixed_bfloat16", "bf16")):
        command = [python, "train_keras.py", model, policy]
        found.append(Contestant(f"Keras {policy}", "Keras as installed", precision, command))
        for index, (name, library) in enumerate(allocators().items()):
            for extra in ("nojit", "jit")[: 1 if index else 2]:
                found.append(Contestant(f"Keras {policy} {name} {extra}", "Keras tuned", precision, command + [extra],
                                        library))
    return found


def allocators() -> dict[str, str]:
    places = {name: [Path(folder) / file for folder in LIBRARIES] for name, file in ALLOCATORS.items()}
    return {name: str(path) for name, paths in places.items() for path in paths if path.exists()}
