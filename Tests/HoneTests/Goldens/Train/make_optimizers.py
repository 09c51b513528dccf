"""Goldens of optimizers: 50 steps of torch.optim in float64 and float32 on given gradients. Needs torch.

The gradients depend on the weights (g = A w - b + noise_t) so that an early error grows.

    python make_optimizers.py    # writes optimizers.json beside this file
"""
import json
import os

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(5)
STEPS, N = 50, 6
A = torch.randn(N, N, dtype=torch.float64)
A = A @ A.T / N + 0.1 * torch.eye(N, dtype=torch.float64)
b = torch.randn(N, dtype=torch.float64)
w0 = torch.randn(N, dtype=torch.float64)
noise = 0.1 * torch.randn(STEPS, N, dtype=torch.float64)

O = torch.optim
makers = {
    "sgd": lambda p: O.SGD(p, lr=0.05),
    "sgdMomentum": lambda p: O.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    "sgdNesterov": lambda p: O.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
    "adam": lambda p: O.Adam(p, lr=0.05, eps=1e-7),
    "adamTorch": lambda p: O.Adam(p, lr=0.05, eps=1e-8, weight_decay=0.01),
    "adamW": lambda p: O.AdamW(p, lr=0.05, eps=1e-8, weight_decay=0.1),
    "rmsprop": lambda p: O.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-8),
    "rmspropMomentum": lambda p: O.RMSprop(p, lr=0.02, alpha=0.99, eps=1e-8, momentum=0.5, weight_decay=0.01),
}


def run(make, dtype):
    w = torch.nn.Parameter(w0.to(dtype).clone())
    optimizer = make([w])
    out = []
    for t in range(STEPS):
        w.grad = (A.to(dtype) @ w.detach() - b.to(dtype) + noise[t].to(dtype)).detach()
        optimizer.step()
        if t + 1 in (1, 2, 10, STEPS):
            out.append(w.detach().tolist())
    return out


golden = {
    "steps": [1, 2, 10, STEPS], "matrix": A.tolist(), "b": b.tolist(), "start": w0.tolist(), "noise": noise.tolist(),
    "weights": {name: run(make, torch.float64) for name, make in makers.items()},
}
with open(os.path.join(HERE, "optimizers.json"), "w") as file:
    json.dump(golden, file)
