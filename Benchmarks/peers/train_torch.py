"""One training step in PyTorch: MODEL PRECISION LAYOUT [tuned] [compile]

MODEL classic-cnn | mobilenet-v2 | resnet18 | convnext-atto | deit-tiny (the last two are timm's); PRECISION fp32 | bf16;
LAYOUT contiguous | channels-last; `tuned` takes the fused optimizer. Adam 1e-3; binary cross-entropy for the classic CNN
(1 output), cross-entropy for the others.
"""
import sys

import torch
import torchvision

from worker import batch, serve

TIMM = {"convnext-atto": "convnext_atto", "deit-tiny": "deit_tiny_patch16_224"}
name, precision, layout = sys.argv[1:4]
tuned, compiled = "tuned" in sys.argv[4:], "compile" in sys.argv[4:]
torch.set_num_threads(2)
torch.manual_seed(0)


def classic_cnn() -> torch.nn.Module:
    from torch.nn import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential

    return Sequential(
        Conv2d(3, 32, 3), ReLU(), MaxPool2d(2), Conv2d(32, 64, 3), ReLU(), MaxPool2d(2),
        Conv2d(64, 128, 3), ReLU(), MaxPool2d(2), Flatten(), Linear(128 * 26 * 26, 512), ReLU(), Linear(512, 1))


def network() -> torch.nn.Module:
    if binary:
        return classic_cnn()
    if name in TIMM:
        import timm

        return timm.create_model(TIMM[name], num_classes=1000)
    return getattr(torchvision.models, name.replace("-", "_"))(weights=None)


binary = name == "classic-cnn"
model = network()
x, y = (torch.from_numpy(part) for part in batch())
if binary:
    y = y.float()[:, None]
if layout == "channels-last":
    model = model.to(memory_format=torch.channels_last)
    x = x.contiguous(memory_format=torch.channels_last)
loss_function = torch.nn.BCEWithLogitsLoss() if binary else torch.nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True if tuned else None)
forward = torch.compile(model) if compiled else model


def step() -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        loss = loss_function(forward(x), y)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    loss.item()


serve({"engine": f"PyTorch {torch.__version__}", "threads": torch.get_num_threads()}, step)
