"""Parameters, multiply-adds, weights' names, outputs and gradients of the reference structures, with weights made by a
formula.

Run: python structures.py (torch 2.13, torchvision 0.28, timm 1.0.31; the CIFAR networks are written out as in
akamaster/pytorch_resnet_cifar10, xternalz/WideResNet-pytorch and KellerJordan/cifar10-airbench). Swift makes the same weights: see StructureTests.
"""
import json
import math
import pathlib

import timm
import timm.layers
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


class WideBlock(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(i)
        self.conv1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.convShortcut = None if i == o else nn.Conv2d(i, o, 1, stride, bias=False)

    def forward(self, x):
        y = F.relu(self.bn1(x))
        s = x if self.convShortcut is None else self.convShortcut(y)
        return s + self.conv2(F.relu(self.bn2(self.conv1(y))))


class WideStage(nn.Module):
    def __init__(self, n, i, o, stride):
        super().__init__()
        self.layer = nn.Sequential(*[WideBlock(i if k == 0 else o, o, stride if k == 0 else 1) for k in range(n)])

    def forward(self, x):
        return self.layer(x)


class Wide(nn.Module):
    def __init__(self, depth, factor, classes=10):
        super().__init__()
        n, w = (depth - 4) // 6, [16, 16 * factor, 32 * factor, 64 * factor]
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.block1, self.block2, self.block3 = (WideStage(n, w[k], w[k + 1], 1 if k == 0 else 2) for k in range(3))
        self.bn1 = nn.BatchNorm2d(w[3])
        self.fc = nn.Linear(w[3], classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.block3(self.block2(self.block1(self.conv1(x))))))
        return self.fc(x.mean((2, 3)))


class FixedNorm(nn.BatchNorm2d):
    """Without a scale that learns."""

    def __init__(self, width):
        super().__init__(width, eps=1e-12, momentum=0.4)
        del self.weight
        self.register_buffer("weight", torch.ones(width))


class AirbenchGroup(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(i, o, 3, padding=1, bias=False), FixedNorm(o)
        self.conv2, self.norm2 = nn.Conv2d(o, o, 3, padding=1, bias=False), FixedNorm(o)

    def forward(self, x):
        x = F.gelu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        return F.gelu(self.norm2(self.conv2(x)))


class Airbench(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.whiten = nn.Conv2d(3, 24, 2)
        groups = [AirbenchGroup(i, o) for i, o in ((24, 64), (64, 256), (256, 256))]
        self.layers = nn.Sequential(nn.GELU(), *groups, nn.MaxPool2d(3))
        self.head = nn.Linear(256, classes, bias=False)

    def forward(self, x):
        return self.head(self.layers(self.whiten(x)).mean((2, 3)))


timm.layers.set_fused_attn(False)                     # so that its multiplications are counted
models = {"vgg11": tv.vgg11, "vgg13": tv.vgg13, "vgg16": tv.vgg16, "vgg19": tv.vgg19, "vgg11-bn": tv.vgg11_bn,
          "vgg13-bn": tv.vgg13_bn, "vgg16-bn": tv.vgg16_bn, "vgg19-bn": tv.vgg19_bn, "resnet18": tv.resnet18,
          "resnet34": tv.resnet34, "resnet50": tv.resnet50, "resnet101": tv.resnet101, "resnet152": tv.resnet152,
          "mobilenet-v2": tv.mobilenet_v2, "squeezenet1.0": tv.squeezenet1_0, "squeezenet1.1": tv.squeezenet1_1,
          "resnet20-cifar": lambda: CIFAR(3), "resnet32-cifar": lambda: CIFAR(5), "resnet44-cifar": lambda: CIFAR(7),
          "resnet56-cifar": lambda: CIFAR(9), "resnet110-cifar": lambda: CIFAR(18), "classic-cnn": Classic, "airbench": Airbench}
for name in ("wide_resnet50_2", "wide_resnet101_2", "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "densenet121",
             "densenet161", "densenet169", "densenet201", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0",
             "efficientnet_b1", "efficientnet_b2", "efficientnet_b3", "efficientnet_v2_s"):
    models[name.replace("_", "-")] = getattr(tv, name)
models |= {f"regnet-{k}-{v}": getattr(tv, f"regnet_{k}_{v.replace('.', '_')}")
           for k in "xy" for v in ("400mf", "800mf", "1.6gf", "3.2gf")}
models |= {f"mnasnet{v}": getattr(tv, f"mnasnet{v.replace('.', '_')}") for v in ("0.5", "0.75", "1.0", "1.3")}
models |= {f"shufflenet-v2-x{v}": getattr(tv, f"shufflenet_v2_x{v.replace('.', '_')}") for v in ("0.5", "1.0", "1.5", "2.0")}
models |= {f"wrn{d}-{f}": lambda d=d, f=f: Wide(d, f) for d, f in ((16, 4), (16, 8), (28, 10), (40, 2), (40, 4))}
of_timm = {f"resnet{d}-d": f"resnet{d}d" for d in (18, 34, 50, 101, 152)}
of_timm |= {f"se-resnet{d}": f"seresnet{d}" for d in (18, 34, 50, 101, 152)}
of_timm |= {f"resnet-v2-{d}": f"resnetv2_{d}" for d in (18, 34, 50, 101)}
of_timm |= {f"mobilenet-v4-conv-{s}": f"mobilenetv4_conv_{s}" for s in ("small", "medium", "large")}
of_timm |= {f"{f}-{s}": f"{f}_{s}" for f, sizes in (
    ("ghostnet", ("050", "100", "130")), ("repvgg", ("a0", "a1", "a2", "b0", "b1")), ("mobileone", ("s0", "s1", "s2", "s3")),
    ("convnext", ("atto", "femto", "pico", "nano", "tiny"))) for s in sizes}
of_timm |= {f"{f}-{s}": f"{f}_{s}_patch16_224" for f in ("vit", "deit") for s in ("tiny", "small", "base")}
of_timm |= {f"mixer-{s}": f"mixer_{s}_224" for s in ("s32", "s16", "b32", "b16")}
of_timm["mobilenet-v1"] = "mobilenetv1_100"
models |= {name: lambda n=n, **k: timm.create_model(n, **k) for name, n in of_timm.items()}
sides = {"efficientnet-b1": 240, "efficientnet-b2": 260, "efficientnet-b3": 300, "efficientnet-v2-s": 300,
         "mobilenet-v4-conv-medium": 256, "mobilenet-v4-conv-large": 384}
is_small = lambda name: name.endswith("cifar") or name.startswith("wrn") or name == "airbench"
classes = lambda name: 10 if is_small(name) else 1 if name == "classic-cnn" else 1000
side = lambda name: 32 if is_small(name) else sides.get(name, 224)


def hashed(lines):
    """FNV-1a, 64 bits."""
    h = 0xCBF29CE484222325
    for b in "\n".join(sorted(lines)).encode():
        h = ((h ^ b) * 0x100000001B3) % 2**64
    return f"{h:016x}"


def fingerprint(model):
    """Of the names and shapes of all parameters."""
    return hashed(f"{k} {list(p.shape)}" for k, p in model.named_parameters())


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
        with torch.no_grad():
            v.copy_(r.float())
    return model.eval()


table = {}
for name, make in models.items():
    with torch.device("cpu" if name.startswith("regnet") else "meta"):   # regnets work their widths out with tensors
        model = make().to("meta")
    model.eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, side(name), side(name), device="meta"))
    table[name] = {"parameters": sum(p.numel() for p in model.parameters()),
                   "multiplyAdds": counter.get_total_flops() // 2, "classes": classes(name), "weights": fingerprint(model),
                   "names": sorted(k for k in model.state_dict() if not k.endswith("num_batches_tracked"))}
json.dump({k: {a: b for a, b in v.items() if a != "names"} for k, v in table.items()},
          open(here / "structures.json", "w"), indent=1)
json.dump({k: table[k]["names"] for k in ("vgg11-bn", "resnet18", "resnet50", "mobilenet-v2", "squeezenet1.1", "resnet20-cifar")},
          open(here / "structure_names.json", "w"), indent=0)

with torch.device("meta"):                            # names that another library has for the same weights
    dialects = {"convnext-tiny": ("torchvision", tv.convnext_tiny()), "vit-base": ("torchvision", tv.vit_b_16()),
                "efficientnet-b0": ("timm", timm.create_model("efficientnet_b0")),
                "efficientnet-b3": ("timm", timm.create_model("efficientnet_b3"))}
json.dump({k: {library: hashed(n for n, _ in m.named_parameters())} for k, (library, m) in dialects.items()},
          open(here / "structure_dialects.json", "w"), indent=1)

tvr, tve = tv.resnet, tv.efficientnet
v2 = [tve.FusedMBConvConfig(1, 3, 1, 24, 24, 1), tve.FusedMBConvConfig(4, 3, 2, 24, 48, 1),
      tve.FusedMBConvConfig(4, 3, 2, 48, 64, 1), tve.MBConvConfig(4, 3, 2, 64, 128, 1),
      tve.MBConvConfig(6, 3, 1, 128, 160, 1), tve.MBConvConfig(6, 3, 2, 160, 256, 1)]
of = lambda name, **k: lambda: models[name](num_classes=10, **k)
ones = (1, 1, 1, 1)
small = {"resnet18": of("resnet18"), "resnet50": of("resnet50"),
         "resnext50-32x4d": lambda: tvr.ResNet(tvr.Bottleneck, list(ones), 10, groups=32, width_per_group=4),
         "resnet18-d": of("resnet18-d", layers=ones), "resnet50-d": of("resnet50-d", layers=ones),
         "se-resnet18": of("se-resnet18", layers=ones), "resnet-v2-18": of("resnet-v2-18", layers=ones),
         "resnet-v2-50": of("resnet-v2-50", layers=ones), "wrn16-4": lambda: Wide(16, 4), "airbench": Airbench,
         "regnet-x-400mf": of("regnet-x-400mf"), "regnet-y-400mf": of("regnet-y-400mf"),
         "densenet121": lambda: tv.DenseNet(32, (2, 2, 2, 2), 64, num_classes=10),
         "mobilenet-v1": of("mobilenet-v1"), "mobilenet-v2": of("mobilenet-v2"),
         "mobilenet-v3-small": of("mobilenet-v3-small"), "mobilenet-v4-conv-small": of("mobilenet-v4-conv-small"),
         "mobilenet-v4-conv-medium": of("mobilenet-v4-conv-medium"), "mnasnet0.5": of("mnasnet0.5"),
         "shufflenet-v2-x0.5": of("shufflenet-v2-x0.5"), "ghostnet-050": of("ghostnet-050"),
         "efficientnet-b0": of("efficientnet-b0"),
         "efficientnet-v2-s": lambda: tve.EfficientNet(v2, 0.2, num_classes=10, last_channel=1280,
                                                       norm_layer=lambda c: nn.BatchNorm2d(c, eps=1e-3)),
         "repvgg-a0": of("repvgg-a0"), "mobileone-s0": of("mobileone-s0"), "mobileone-s1": of("mobileone-s1"),
         "convnext-atto": of("convnext-atto"),
         "convnext-tiny": of("convnext-tiny", depths=ones, dims=(16, 32, 48, 64)),
         "deit-tiny": of("deit-tiny", depth=2, img_size=64), "mixer-s32": lambda: timm.models.mlp_mixer.MlpMixer(10, 64, patch_size=32, num_blocks=2, embed_dim=512),
         "squeezenet1.0": of("squeezenet1.0"), "squeezenet1.1": of("squeezenet1.1"), "resnet20-cifar": lambda: CIFAR(3),
         "classic-cnn": lambda: Classic(10, 64), "vgg11": lambda: tv.vgg11(), "vgg16-bn": lambda: tv.vgg16_bn()}


def gradients(model, output):
    """Of the sum of the outputs times a ramp, for up to five parameters: norm, and product with a ramp."""
    output.backward(ramp(output.shape, 3).float())
    named = sorted(model.named_parameters())
    picked = named[:: max(1, (len(named) - 1) // 4)]
    return {k: [p.grad.double().norm().item(), (p.grad.double() * ramp(p.shape, 5)).sum().item()] for k, p in picked}


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
    output = run(ramp((2, 3, 64, 64), 1).float())
    outputs[name] = {"outputs": [float(f"{v:.7g}") for v in output.double().flatten()[:20].tolist()],
                     # squeezenet1.0: PyTorch's own differ by up to 9 % between memory layouts; nothing to be held to
                     "gradients": {} if name in ("vgg11", "vgg16-bn", "squeezenet1.0") else gradients(model, output)}
json.dump(outputs, open(here / "structure_outputs.json", "w"), indent=0)

positions = ramp((1, 17, 3), 2).float()
resampled = {f"{h}x{w}": timm.layers.resample_abs_pos_embed(positions, [h, w]).flatten().tolist() for h, w in ((6, 5), (2, 3))}
json.dump({k: [float(f"{v:.7g}") for v in r] for k, r in resampled.items()}, open(here / "positions.json", "w"), indent=0)
