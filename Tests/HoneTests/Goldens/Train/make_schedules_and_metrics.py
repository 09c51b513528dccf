"""Goldens of schedules (torch.optim.lr_scheduler, timm.scheduler) and metrics (scikit-learn).

Needs torch, timm (1.0.31), scikit-learn, numpy.

    python make_schedules_and_metrics.py    # writes schedules.json and metrics.json beside this file
"""
import json
import os

import numpy as np
import sklearn.metrics as m
import timm.scheduler as ts
import torch
from torch.optim import lr_scheduler as s

HERE = os.path.dirname(os.path.abspath(__file__))
TOTAL, PER_EPOCH = 60, 10


def rates(make):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = make(optimizer)
    out = []
    for _ in range(TOTAL):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return out


class Timm:
    """One of timm's schedulers, stepped as torch's are."""

    def __init__(self, scheduler):
        self.scheduler, self.updates = scheduler, 0

    def step(self):
        self.updates += 1
        self.scheduler.step_update(self.updates)


def warm(optimizer, steps, then):
    first = s.LinearLR(optimizer, start_factor=0.01, total_iters=steps)
    return s.SequentialLR(optimizer, [first, then(optimizer)], [steps])


schedules = {
    "constant": rates(lambda o: s.ConstantLR(o, factor=1.0)),
    "step": rates(lambda o: s.StepLR(o, step_size=20, gamma=0.3)),
    "multistep": rates(lambda o: s.MultiStepLR(o, milestones=[15, 40], gamma=0.1)),
    "exponential": rates(lambda o: s.ExponentialLR(o, gamma=0.9 ** (1 / PER_EPOCH))),
    "polynomial": rates(lambda o: s.PolynomialLR(o, total_iters=TOTAL, power=2.0)),
    "cosine": rates(lambda o: s.CosineAnnealingLR(o, T_max=TOTAL, eta_min=0.05)),
    "oneCycle": rates(lambda o: s.OneCycleLR(o, max_lr=1.0, total_steps=TOTAL + 1)),
    "warmCosine": rates(lambda o: warm(o, 20, lambda p: s.CosineAnnealingLR(p, T_max=TOTAL - 20, eta_min=0.05))),
    "warmStep": rates(lambda o: warm(o, 5, lambda p: s.StepLR(p, step_size=20, gamma=0.3))),
    "polynomialFinal": rates(
        lambda o: Timm(ts.PolyLRScheduler(o, t_initial=TOTAL, power=1.5, lr_min=0.1, t_in_epochs=False))),
    "inverseRoot": rates(lambda o: Timm(ts.WSDLRScheduler(
        o, t_initial=2 * TOTAL, decay_t=1, stable_fn="rsqrt", stable_timescale=15, t_in_epochs=False))),
    "cosineRestarts": rates(lambda o: s.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2, eta_min=0.05)),
    "cosineRestartsDecay": rates(lambda o: Timm(ts.CosineLRScheduler(
        o, t_initial=8, cycle_mul=2.0, cycle_decay=0.5, cycle_limit=10, lr_min=0.05, t_in_epochs=False))),
    "flatCosine": rates(lambda o: s.SequentialLR(
        o, [s.ConstantLR(o, factor=1.0), s.CosineAnnealingLR(o, T_max=TOTAL // 4, eta_min=0.05)], [TOTAL * 3 // 4])),
    "trapezoid": rates(lambda o: Timm(ts.WSDLRScheduler(
        o, t_initial=TOTAL, decay_t=20, decay_fn="linear", lr_min=0.05, t_in_epochs=False))),
    "trapezoidRoot": rates(lambda o: Timm(ts.WSDLRScheduler(
        o, t_initial=TOTAL - 10, decay_t=15, decay_fn="1-sqrt", warmup_t=10, warmup_lr_init=0.01, t_in_epochs=False))),
}


def plateau(losses):
    """The factor of each epoch, given the losses of those before it."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = s.ReduceLROnPlateau(optimizer, factor=0.3, patience=2, threshold=0.01, cooldown=2, min_lr=0.02)
    out = []
    for loss in losses:
        out.append(optimizer.param_groups[0]["lr"])
        schedule.step(loss)
    return out


losses = [3, 2, 1.99, 1.985, 1.5, 1.6, 1.7, 1.55, 1.52, 1.6, 1.6, 1.6, 1.6, 1.2] + [1.3] * 20
with open(os.path.join(HERE, "schedules.json"), "w") as file:
    golden = {"total": TOTAL, "perEpoch": PER_EPOCH, "factors": schedules, "losses": losses, "plateau": plateau(losses)}
    json.dump(golden, file)

random = np.random.default_rng(7)
n, k = 120, 5
labels = random.integers(0, k - 1, n)  # the last class never occurs, but is guessed
logits = random.normal(size=(n, k)) * 2
logits[np.arange(n), labels] += 1.5
p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
p = p.astype(np.float32)
guess = p.argmax(1)
precision, recall, f1, support = m.precision_recall_fscore_support(labels, guess, labels=range(k), zero_division=0)
confidence, hit = p.max(1), guess == labels
edges = np.linspace(0, 1, 16)
ece = sum(
    abs(hit[b].mean() - confidence[b].mean()) * b.mean()
    for lo, hi in zip(edges[:-1], edges[1:])
    if (b := (confidence > lo) & (confidence <= hi)).any()
)
z, acc = 1.959963984540054, hit.mean()
center = (acc + z * z / (2 * n)) / (1 + z * z / n)
half = z / (1 + z * z / n) * np.sqrt(acc * (1 - acc) / n + z * z / (4 * n * n))
golden = {
    "labels": labels.tolist(), "probabilities": p.astype(float).tolist(),
    "accuracy": float(acc), "top2": float(m.top_k_accuracy_score(labels, p, k=2, labels=range(k))),
    "nll": float(-np.log(p[np.arange(n), labels].astype(float)).mean()), "ece": float(ece),
    "confusion": m.confusion_matrix(labels, guess, labels=range(k)).tolist(),
    "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
    "macroF1": float(m.f1_score(labels, guess, average="macro", zero_division=0)),
    "balanced": float(m.balanced_accuracy_score(labels, guess)) if set(guess) <= set(labels)
    else float(np.mean([recall[c] for c in range(k) if support[c]])),
    "wilson": [float(center - half), float(center + half)],
}
with open(os.path.join(HERE, "metrics.json"), "w") as file:
    json.dump(golden, file)
