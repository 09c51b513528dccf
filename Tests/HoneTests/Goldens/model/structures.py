"""Parameters, multiply-adds and outputs of the reference structures, with weights made by a formula.

Run: python structures.py (torch 2.13, torchvision 0.28; the CIFAR networks are written out as in
akamaster/pytorch_resnet_cifar10). Swift makes the same weights: see StructureTests.
"""
import json
import math
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision.models as tv
from torch.utils.flop_counter import FlopCounterMode

here = pathlib.Path(__file__).parent


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.grows = stride != 1 or i != o
        self.pad = o // 4

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        s = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pad, self.pad)) if self.grows else x
        return F.relu(y + s)


class CIFAR(nn.Module):
    def __init__(self, n, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        make = lambda i, o, s: nn.Sequential(*[Block(i if k == 0 else o, o, s if k == 0 else 1) for k in range(n)])
        self.layer1, self.layer2, self.layer3 = make(16, 16, 1), make(16, 32, 2), make(32, 64, 2)
        self.linear = nn.Linear(64, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


class Classic(nn.Module):
    def __init__(self, classes=1, side=224):
        super().__init__()
        c = [3, 32, 64, 128]
        self.features = nn.Sequential(*[m for a, b in zip(c, c[1:]) for m in (nn.Conv2d(a, b, 3), nn.ReLU(), nn.MaxPool2d(2))])
        n = side
        for _ in range(3):
            n = (n - 2) // 2
        self.classifier = nn.Sequential(nn.Linear(128 * n * n, 512), nn.ReLU(), nn.Linear(512, classes))

    def forward(self, x):
        return self.classifier(self.features(x).permute(0, 2, 3, 1).flatten(1))


models = {"vgg11": tv.vgg11, "vgg13": tv.vgg13, "vgg16": tv.vgg16, "vgg19": tv.vgg19, "vgg11-bn": tv.vgg11_bn,
          "vgg13-bn": tv.vgg13_bn, "vgg16-bn": tv.vgg16_bn, "vgg19-bn": tv.vgg19_bn, "resnet18": tv.resnet18,
          "resnet34": tv.resnet34, "resnet50": tv.resnet50, "resnet101": tv.resnet101, "resnet152": tv.resnet152,
          "mobilenet-v2": tv.mobilenet_v2, "squeezenet1.0": tv.squeezenet1_0, "squeezenet1.1": tv.squeezenet1_1,
          "resnet20-cifar": lambda: CIFAR(3), "resnet32-cifar": lambda: CIFAR(5), "resnet44-cifar": lambda: CIFAR(7),
          "resnet56-cifar": lambda: CIFAR(9), "resnet110-cifar": lambda: CIFAR(18), "classic-cnn": Classic}
classes = lambda name: 10 if name.endswith("cifar") else 1 if name == "classic-cnn" else 1000
side = lambda name: 32 if name.endswith("cifar") else 224


def ramp(shape, key):
    """Numbers in -0.5...0.5 that any language makes alike: ((7919 i + 104729 key) mod 1009) / 1009 - 0.5."""
    i = torch.arange(math.prod(shape), dtype=torch.float64)
    return (((7919 * i + 104729 * key) % 1009) / 1009 - 0.5).reshape(shape)


def fill(model):
    state = model.state_dict()
    for name, v in state.items():
        if name.endswith("num_batches_tracked"):
            continue
        r = ramp(v.shape, sum(name.encode()))
        if v.ndim > 1:
            r = r * math.sqrt(24 / v[0].numel())      # He's deviation
        elif name.endswith("running_var") or name.endswith("weight"):
            r = r + 1
        else:
            r = r * 0.2
        v.copy_(r.float())
    return model.eval()


def macs(model, side):
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, side, side))
    return counter.get_total_flops() // 2


table = {}
for name, make in models.items():
    with torch.device("meta"):
        model = make()
    model.eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, side(name), side(name), device="meta"))
    table[name] = {"parameters": sum(p.numel() for p in model.parameters()),
                   "multiplyAdds": counter.get_total_flops() // 2, "classes": classes(name),
                   "names": sorted(k for k in model.state_dict() if not k.endswith("num_batches_tracked"))}
json.dump({k: {a: b for a, b in v.items() if a != "names"} for k, v in table.items()},
          open(here / "structures.json", "w"), indent=1)
json.dump({k: table[k]["names"] for k in ("vgg11-bn", "resnet18", "resnet50", "mobilenet-v2", "squeezenet1.1", "resnet20-cifar")},
          open(here / "structure_names.json", "w"), indent=0)

small = {"resnet18": lambda: tv.resnet18(num_classes=10), "resnet50": lambda: tv.resnet50(num_classes=10),
         "mobilenet-v2": lambda: tv.mobilenet_v2(num_classes=10), "squeezenet1.0": lambda: tv.squeezenet1_0(num_classes=10),
         "squeezenet1.1": lambda: tv.squeezenet1_1(num_classes=10), "resnet20-cifar": lambda: CIFAR(3),
         "classic-cnn": lambda: Classic(10, 64), "vgg11": lambda: tv.vgg11(), "vgg16-bn": lambda: tv.vgg16_bn()}
outputs = {}
for name, make in small.items():
    if name.startswith("vgg"):                        # the 124 M weights of the top are left out
        with torch.device("meta"):
            model = make().features
        model = nn.ModuleDict({"features": model.to_empty(device="cpu")})
        run = lambda x: fill(model)["features"](x)
    else:
        model = make()
        run = lambda x: fill(model)(x)
    with torch.no_grad():
        outputs[name] = run(ramp((2, 3, 64, 64), 1).float()).double().flatten()[:40].tolist()
json.dump(outputs, open(here / "structure_outputs.json", "w"), indent=0)
