"""Goldens of the rate finder's rules of thumb: fastai's own functions on two curves.

    python make_rate_search.py    # writes rate_search.json beside this file

Needs fastai (2.8), of which only `callback/schedule.py` is read, numpy and torch. The losses are those of 100 steps at
rates from 1e-7 to 10, smoothed as fastai's recorder does, and cut as its `lr_find` cuts them.
"""
import ast
import importlib.util
import json
import math
import os

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(importlib.util.find_spec("fastai").origin)


def rules():
    """fastai's functions, without importing all that it needs."""
    with open(os.path.join(PACKAGE, "callback", "schedule.py"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    names = ("valley", "slide", "minimum", "steep")
    for node in (found := [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name in names]):
        node.decorator_list = []
    space = {"np": np, "to_np": lambda x: x.numpy()}
    exec(compile(ast.Module(found, []), "schedule.py", "exec"), space)
    return {name: space[name] for name in names}


def smoothed(losses, beta=0.98):
    mean, out = 0.0, []
    for count, loss in enumerate(losses, 1):
        mean = beta * mean + (1 - beta) * loss
        out.append(mean / (1 - beta**count))
    return out


def curve(steps, noise):
    rates = [1e-7 * (10 / 1e-7) ** (step / 99) for step in range(steps)]
    losses = []
    for step, rate in enumerate(rates):
        fall = 2.3 - 1.6 / (1 + math.exp(-1.8 * (math.log10(rate) + 3)))
        rise = (rate / 0.6) ** 2
        losses.append(fall + rise + noise * math.sin(12.9898 * step))
    return rates, losses


golden = []
for steps, noise in [(100, 0.0), (93, 0.15)]:
    rates, losses = curve(steps, noise)
    middle = slice(steps // 10, -5)
    rate, loss = (torch.tensor(x[middle], dtype=torch.float64) for x in (rates, smoothed(losses)))
    found = {name: float(rule(rate, loss, steps)[0]) for name, rule in rules().items()}
    golden.append({"rates": rates, "losses": losses, "found": found})
with open(os.path.join(HERE, "rate_search.json"), "w") as file:
    json.dump(golden, file)
