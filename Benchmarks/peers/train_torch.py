"""One training step in PyTorch: MODEL PRECISION LAYOUT [compile]

MODEL classic-cnn | mobilenet-v2 | resnet18; PRECISION fp32 | bf16; LAYOUT contiguous | channels-last.
Batch 32 at 224x224x3, Adam 1e-3; binary cross-entropy for the classic CNN (1 output), cross-entropy for the others.
"""
import sys
import time

import numpy as np
import torch
import torchvision

from worker import serve

BATCH = 32
name, precision, layout = sys.argv[1:4]
compiled = "compile" in sys.argv[4:]
torch.set_num_threads(2)


def classic_cnn() -> torch.nn.Module:
    from torch.nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential

    return Sequential(
        Conv2d(3, 32, 3), ReLU(), MaxPool2d(2), Conv2d(32, 64, 3), ReLU(), MaxPool2d(2),
        Conv2d(64, 128, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(128 * 26 * 26, 512), ReLU(), Linear(512, 1))


def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """The same numbers in every contestant: a bright or dark picture under noise, from NumPy's PCG64."""
    generator = np.random.Generator(np.random.PCG64(7))
    labels = np.arange(BATCH) % 2
    pixels = generator.standard_normal((BATCH, 3, 224, 224), dtype=np.float32) + (labels[:, None, None, None] - 0.5)
    return torch.from_numpy(pixels.astype(np.float32)), torch.from_numpy(labels)


class Run:
    def __init__(self) -> None:
        torch.manual_seed(0)
        build = {"classic-cnn": classic_cnn,
                 "mobilenet-v2": lambda: torchvision.models.mobilenet_v2(weights=None),
                 "resnet18": lambda: torchvision.models.resnet18(weights=None)}[name]
        self.model = build().train()
        self.x, y = batch()
        self.binary = name == "classic-cnn"
        self.y = y.float()[:, None] if self.binary else y.long()
        if layout == "channels-last":
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.contiguous(memory_format=torch.channels_last)
        self.loss_function = torch.nn.BCEWithLogitsLoss() if self.binary else torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3)
        self.forward = torch.compile(self.model) if compiled else self.model

    def step(self) -> float:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            loss = self.loss_function(self.forward(self.x), self.y)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        return loss.item()


run = Run()
for _ in range(3):
    run.step()


def go(steps: int) -> dict:
    start = time.perf_counter()
    for _ in range(steps):
        run.step()
    return {"seconds": time.perf_counter() - start, "images": steps * BATCH}


def loss(steps: int) -> float:
    fresh = Run()
    value = float("nan")
    for _ in range(steps):
        value = fresh.step()
    return value


serve({"engine": f"PyTorch {torch.__version__}", "threads": torch.get_num_threads()}, go, loss)
