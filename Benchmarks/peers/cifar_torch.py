"""The published ResNet-20 on CIFAR-10 in PyTorch, in the short schedule of Recipes/cifar10-resnet20.yaml.

  cifar_torch.py DATA --seed N [--bf16]

Everything is in memory, and pictures are shifted and mirrored a batch at a time: no loader holds the step up. Prints
accuracy on the test pictures and seconds as JSON.
"""
import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.pad = o // 4 if stride != 1 or i != o else 0

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad)) if self.pad else x))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        self.body = nn.Sequential(*[Block(i if k == 0 else o, o, s if k == 0 else 1)
                                    for i, o, s in ((16, 16, 1), (16, 32, 2), (32, 64, 2)) for k in range(3)])
        self.linear = nn.Linear(64, 10)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.kaiming_normal_(module.weight)

    def forward(self, x):
        return self.linear(self.body(F.relu(self.bn1(self.conv1(x)))).mean((2, 3)))


def read(data: Path, part: str):
    names = sorted(path for path in data.glob("*.bin") if path.name.startswith("test") == (part == "test"))
    rows = np.concatenate([np.fromfile(name, np.uint8).reshape(-1, 3073) for name in names])
    pictures = torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()).float() / 255
    mean, spread = (torch.tensor(v).reshape(1, 3, 1, 1) for v in ([.485, .456, .406], [.229, .224, .225]))
    black = ((0 - mean) / spread)
    return (pictures - mean) / spread, torch.from_numpy(rows[:, 0].astype(np.int64)), black


def varied(batch, black):
    """Each picture shifted by up to 4 pixels over black, and mirrored half of the time."""
    n = len(batch)
    wide = black.expand(n, 3, 40, 40).clone()
    wide[:, :, 4:36, 4:36] = batch
    rows = torch.randint(0, 9, (n, 1)) + torch.arange(32)
    columns = torch.randint(0, 9, (n, 1)) + torch.arange(32)
    columns = torch.where(torch.rand(n, 1) < 0.5, columns.flip(1), columns)
    every = torch.arange(n)[:, None, None, None]
    return wide[every, torch.arange(3)[None, :, None, None], rows[:, None, :, None], columns[:, None, None, :]]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--bf16", action="store_true")
    arguments.add_argument("--threads", type=int)
    options = arguments.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads or os.cpu_count())
    pictures, labels, black = read(options.data, "train")
    model = ResNet20().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.MultiStepLR(optimizer, [8, 12], 0.1)
    began = time.monotonic()
    for _ in range(16):
        for chosen in torch.randperm(len(pictures)).split(128):
            batch = varied(pictures[chosen], black).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
                loss = F.cross_entropy(model(batch).float(), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
        schedule.step()
    seconds = time.monotonic() - began
    model.eval()
    pictures, labels, _ = read(options.data, "test")
    with torch.inference_mode():
        hits = sum((model(x).argmax(1) == y).sum().item() for x, y in zip(pictures.split(500), labels.split(500)))
    print(json.dumps({"accuracy": hits / len(labels), "seconds": seconds}))


main()
