"""Writes losses.json: values and gradients of losses in float64.

timm's and PyTorch's own classes where they have one, scikit-learn's class weights, and elsewhere the papers' formulas
written with PyTorch's functions, whose autograd gives the gradient.

Run: python make_losses.py > losses.json   (needs torch, timm, scikit-learn)
"""
import json

import numpy as np
import sklearn
import timm
import torch
from sklearn.utils.class_weight import compute_class_weight
from timm.loss import AsymmetricLossSingleLabel, BinaryCrossEntropy
from torch.nn import functional as F

torch.manual_seed(11)
N, CLASSES = 7, 4
COUNTS = [50, 20, 4, 1]
logits = (2 * torch.randn(N, CLASSES, dtype=torch.float64)).round(decimals=3)
labels = torch.tensor([0, 1, 2, 3, 0, 1, 2])
hard = F.one_hot(labels, CLASSES).double()
soft = (0.7 * hard + 0.3 * hard.flip(0)).round(decimals=3)
counts = torch.tensor(COUNTS, dtype=torch.float64)


def p_of(x, t):
    return (x.softmax(1) * t).sum(1)


def cross(x, t):
    return -(t * x.log_softmax(1)).sum(1)


def focal(x, t):
    p = x.softmax(1)
    return -(t * (1 - p) ** 2 * p.log()).sum(1)


def bootstrap(x, t, hard_answers):
    own = F.one_hot(x.argmax(1), CLASSES).double() if hard_answers else x.softmax(1)
    return cross(x, 0.8 * t + 0.2 * own)


def ldam(x, t):
    margins = counts ** -0.25
    margins = 0.5 * margins / margins.max()
    return cross(30 * (x - t * margins), t)


def weights(rule):
    if rule == "balanced":
        y = np.repeat(np.arange(CLASSES), COUNTS)
        return torch.tensor(compute_class_weight("balanced", classes=np.arange(CLASSES), y=y))
    if rule == "effectiveNumber":
        w = (1 - 0.99) / (1 - 0.99 ** counts)
        return w * CLASSES / w.sum()
    w = counts ** -0.5
    return w * counts.sum() / (w * counts).sum()


def entropy(x):
    return -(x.softmax(1) * x.log_softmax(1)).sum(1)


CASES = {
    "crossEntropy": (None, soft, lambda x, t: F.cross_entropy(x, t)),
    "labelSmoothing": ({"labelSmoothing": 0.1}, hard, lambda x, t: F.cross_entropy(x, t, label_smoothing=0.1)),
    "binary": ({"kind": "binary"}, soft, lambda x, t: F.binary_cross_entropy_with_logits(x, t)),
    "binary of timm": ({"kind": {"binary": {"threshold": 0.5, "sums": True}}}, soft,
                       BinaryCrossEntropy(smoothing=0.0, target_threshold=0.5, sum_classes=True)),
    "focal": ({"kind": "focal"}, soft, lambda x, t: focal(x, t).mean()),
    "asymmetric of timm": ({"kind": "asymmetric"}, hard,
                           lambda x, t: AsymmetricLossSingleLabel(gamma_pos=1, gamma_neg=4, eps=0.0)(x, labels)),
    "poly": ({"kind": {"poly": {"epsilon": 2}}}, soft, lambda x, t: (cross(x, t) + 2 * (1 - p_of(x, t))).mean()),
    "generalized": ({"kind": "generalized"}, hard, lambda x, t: ((1 - p_of(x, t) ** 0.7) / 0.7).mean()),
    "soft bootstrap": ({"kind": {"bootstrap": {"beta": 0.8}}}, hard, lambda x, t: bootstrap(x, t, False).mean()),
    "hard bootstrap": ({"kind": {"bootstrap": {"beta": 0.8, "isHard": True}}}, hard,
                       lambda x, t: bootstrap(x, t, True).mean()),
    "ldam": ({"kind": {"ldam": {"margin": 0.5, "scale": 30}}}, hard, lambda x, t: ldam(x, t).mean()),
    "confidence penalty": ({"confidencePenalty": 0.3}, hard, lambda x, t: (cross(x, t) - 0.3 * entropy(x)).mean()),
    "logit adjustment": ({"logitAdjustment": 1.5}, hard,
                         lambda x, t: cross(x + 1.5 * (counts / counts.sum()).log(), t).mean()),
    "smallest three quarters": ({"distrusted": 0.25}, hard, lambda x, t: cross(x, t).sort().values[:5].mean()),
}
for rule in ("balanced", "squareRoot", "effectiveNumber"):
    settings = {"classWeights": {"rule": rule, "beta": 0.99}}
    CASES[f"{rule} weights"] = (settings, hard,
                                lambda x, t, w=weights(rule): (cross(x, t) * (t * w).sum(1)).mean())


def answer(settings, targets, loss):
    x = logits.clone().requires_grad_()
    value = loss(x, targets)
    value.backward()
    return {"settings": json.dumps(settings or {}), "targets": targets.flatten().tolist(), "loss": value.item(),
            "gradient": x.grad.flatten().tolist()}


print(json.dumps({
    "madeWith": f"torch {torch.__version__}, timm {timm.__version__}, scikit-learn {sklearn.__version__}",
    "counts": COUNTS, "logits": logits.flatten().tolist(),
    "cases": {name: answer(*case) for name, case in CASES.items()}}))
