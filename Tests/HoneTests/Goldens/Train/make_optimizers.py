"""Goldens of optimizers: 50 steps in float64 of torch.optim and of the packages that papers point to.

    python make_optimizers.py    # writes optimizers.json beside this file

Made with torch 2.13.0, timm 1.0.31, prodigyopt 1.1.2, schedulefree 1.4.1, pytorch_optimizer 4.1.0.

Four parameters: filters [3, 2, 2, 2], a matrix [4, 3], a bias [5], and the output's kernel [2, 2]. Gradients depend on the
weights, so that an early error grows: g = d w + u (u·w) - b + noise, all given by formulas of a number's place j among
all 45 and of the step t (see `wave`).
"""
import json
import math
import os

import prodigyopt
import pytorch_optimizer
import schedulefree
import timm.optim
import timm.utils.agc
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
STEPS, KEPT = 50, (1, 2, 10, 50)
SHAPES = [[3, 2, 2, 2], [4, 3], [5], [2, 2]]
SIZES = [math.prod(shape) for shape in SHAPES]
PLACES = torch.arange(sum(SIZES), dtype=torch.float64)


def wave(frequency, phase):
    return torch.sin(frequency * PLACES + phase)


START, D, U, B = wave(1.7, 0.3), 0.6 + 0.5 * wave(2.3, 1.1), 0.3 * wave(3.1, 0.7), wave(0.9, 2.0)


class Problem:
    def __init__(self, flat=False):
        parts = START.clone().split(SIZES)
        shapes = [[s[0], -1] if flat and len(s) > 2 else s for s in SHAPES]
        self.parameters = [torch.nn.Parameter(part.reshape(shape).clone()) for part, shape in zip(parts, shapes)]

    @property
    def weights(self):
        return torch.cat([p.detach().reshape(-1) for p in self.parameters])

    def fill(self, step):
        w = self.weights
        gradients = D * w + U * (U @ w) - B + 0.1 * wave(12.9898, 7.1 * step)
        for parameter, part in zip(self.parameters, gradients.split(SIZES)):
            parameter.grad = part.reshape(parameter.shape).clone()


def run(make, prepare=None, flat=False, closure=False):
    problem, kept = Problem(flat), []
    optimizers = make(problem.parameters)
    optimizers = optimizers if isinstance(optimizers, list) else [optimizers]
    for step in range(STEPS):
        for optimizer in optimizers:
            if hasattr(optimizer, "train"):
                optimizer.train()
        problem.fill(step)
        if prepare:
            prepare(problem.parameters)
        for optimizer in optimizers:
            if closure:
                optimizer.step(lambda: problem.fill(step))
            else:
                optimizer.step()
        for optimizer in optimizers:
            if hasattr(optimizer, "eval"):
                optimizer.eval()
        if step + 1 in KEPT:
            kept.append([float(f"{value:.13g}") for value in problem.weights.tolist()])
    return kept


def groups(p, decay):
    """Kernels decay, the bias does not."""
    return [{"params": [p[0], p[1], p[3]], "weight_decay": decay}, {"params": [p[2]], "weight_decay": 0.0}]


def lookahead(p):
    """timm's, whose slow weights begin with the start, as in the paper."""
    optimizer = timm.optim.Lookahead(torch.optim.SGD(p, lr=0.05, momentum=0.9), alpha=0.5, k=6)
    for parameter in p:
        parameter.grad = torch.zeros_like(parameter)
    optimizer.sync_lookahead()
    return optimizer


def muon(adjust):
    def make(p):
        kernels = torch.optim.Muon([p[0], p[1]], lr=0.02, weight_decay=0.1, momentum=0.95, adjust_lr_fn=adjust)
        return [kernels, torch.optim.AdamW([p[2], p[3]], lr=0.01, weight_decay=0.01)]

    return make


def restore_lengths(p):
    """What airbench94_muon does to its filters before each step."""
    for kernel in p[:2]:
        kernel.data.mul_(len(kernel) ** 0.5 / kernel.data.norm())


def muon_and_descent(p):
    kernels = torch.optim.Muon([p[0], p[1]], lr=0.02, weight_decay=0, momentum=0.6, ns_steps=3)
    return [kernels, torch.optim.SGD([p[2], p[3]], lr=0.01, momentum=0.85, nesterov=True)]


class Shampoo(torch.optim.Optimizer):
    """The paper's algorithm 2 by its formula; pytorch_optimizer's mixes the axes of filters up."""

    def __init__(self, parameters, lr, momentum, epsilon, every, largest, decay):
        super().__init__(parameters, dict(lr=lr))
        self.settings, self.steps = (momentum, epsilon, every, largest, decay), 0

    @torch.no_grad()
    def step(self):
        momentum, epsilon, every, largest, decay = self.settings
        for p in self.param_groups[0]["params"]:
            state, axes = self.state[p], [a for a in range(p.ndim) if p.shape[a] <= largest]
            direction = p.grad
            for a in axes:
                rows = p.grad.movedim(a, 0).reshape(p.shape[a], -1)
                state[a] = state.get(a, 0) + rows @ rows.T
                if self.steps % every == 0:
                    values, vectors = torch.linalg.eigh(state[a] + epsilon * torch.eye(p.shape[a]).double())
                    state["root", a] = vectors @ torch.diag(values ** (-0.5 / len(axes))) @ vectors.T
                direction = torch.tensordot(state["root", a], direction, ([1], [a])).movedim(0, a)
            state["velocity"] = momentum * state.get("velocity", 0) + direction
            p.mul_(1 - self.param_groups[0]["lr"] * decay).sub_(self.param_groups[0]["lr"] * state["velocity"])
        self.steps += 1


def in_double(make, **options):
    """Runs what casts to shorter types, without its casts."""
    bfloat16, single, float32 = torch.Tensor.bfloat16, torch.Tensor.float, torch.float32
    torch.Tensor.bfloat16 = torch.Tensor.float = lambda x: x.clone()
    torch.float32 = torch.float64
    try:
        return run(make, **options)
    finally:
        torch.Tensor.bfloat16, torch.Tensor.float, torch.float32 = bfloat16, single, float32


O, T, P = torch.optim, timm.optim, pytorch_optimizer
golden = {
    "sgd": run(lambda p: O.SGD(p, lr=0.05)),
    "sgdMomentum": run(lambda p: O.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01)),
    "sgdNesterov": run(lambda p: O.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    "adam": run(lambda p: O.Adam(p, lr=0.05, eps=1e-7)),
    "adamDecay": run(lambda p: O.Adam(p, lr=0.05, eps=1e-8, weight_decay=0.01)),
    "adamAMSGrad": run(lambda p: O.Adam(p, lr=0.05, eps=1e-8, amsgrad=True)),
    "adamW": run(lambda p: O.AdamW(p, lr=0.05, eps=1e-8, weight_decay=0.1)),
    "adamWAMSGrad": run(lambda p: O.AdamW(p, lr=0.05, eps=1e-8, weight_decay=0.1, amsgrad=True)),
    "adamWGroups": run(lambda p: O.AdamW(groups(p, 0.1), lr=0.05, eps=1e-8)),
    "adamWCautious": run(lambda p: T.AdamWLegacy(p, lr=0.05, eps=1e-8, weight_decay=0.1, caution=True)),
    "nadam": run(lambda p: O.NAdam(p, lr=0.05, weight_decay=0.01)),
    "nadamDecoupled": run(lambda p: O.NAdam(p, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True)),
    "radam": run(lambda p: O.RAdam(p, lr=0.05, weight_decay=0.01)),
    "radamDecoupled": run(lambda p: O.RAdam(p, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True)),
    "adamax": run(lambda p: O.Adamax(p, lr=0.05, weight_decay=0.01)),
    "rmsprop": run(lambda p: O.RMSprop(p, lr=0.02, alpha=0.9, eps=1e-8)),
    "rmspropMomentum": run(lambda p: O.RMSprop(p, lr=0.02, alpha=0.99, eps=1e-8, momentum=0.5, weight_decay=0.01)),
    "rmspropTF": run(lambda p: T.RMSpropTF(p, lr=0.02, alpha=0.9, eps=1e-3)),
    "rmspropTFMomentum": run(
        lambda p: T.RMSpropTF(p, lr=0.02, alpha=0.9, eps=1e-3, momentum=0.9, weight_decay=0.01)),
    "adagrad": run(lambda p: O.Adagrad(p, lr=0.1, lr_decay=0.01, weight_decay=0.01)),
    "adadelta": run(lambda p: O.Adadelta(p, lr=1.0, rho=0.9, eps=1e-6, weight_decay=0.01)),
    "lamb": run(lambda p: T.Lamb(p, lr=0.02, weight_decay=0.01)),
    "lambGroups": run(lambda p: T.Lamb(groups(p, 0.01), lr=0.02)),
    "lambCautious": run(lambda p: T.Lamb(p, lr=0.02, weight_decay=0.01, caution=True)),
    "lars": run(lambda p: T.Lars(p, lr=1.0, momentum=0.9, weight_decay=0.01, trust_coeff=0.02)),
    "larsGroups": run(lambda p: T.Lars(groups(p, 0.01), lr=0.1, momentum=0.9, nesterov=True, trust_coeff=0.2)),
    "lion": run(lambda p: T.Lion(p, lr=0.01, weight_decay=0.1)),
    "lionCautious": run(lambda p: T.Lion(p, lr=0.01, weight_decay=0.1, caution=True)),
    "adafactor": run(lambda p: O.Adafactor(p, lr=0.05, weight_decay=0.01)),
    "adan": run(lambda p: T.Adan(p, lr=0.02, weight_decay=0.02)),
    "adanCautious": run(lambda p: T.Adan(p, lr=0.02, weight_decay=0.02, caution=True)),
    "muon": in_double(muon("original"), flat=True),
    "muonMatching": in_double(muon("match_rms_adamw"), flat=True),
    "muonKeepingLength": in_double(muon_and_descent, flat=True, prepare=restore_lengths),
    "soap": in_double(lambda p: P.SOAP(
        p, lr=0.02, betas=(0.95, 0.95), shampoo_beta=0.95, weight_decay=0.01, precondition_frequency=10,
        max_precondition_dim=3)),
    "shampoo": run(lambda p: Shampoo(p, 0.1, 0.9, 1e-4, 3, 4, 0.01)),
    "prodigy": run(lambda p: prodigyopt.Prodigy(p, lr=1.0, d0=1e-3, weight_decay=0.01)),
    "prodigyCorrected": run(
        lambda p: prodigyopt.Prodigy(p, lr=1.0, d0=1e-3, use_bias_correction=True, growth_rate=1.2)),
    "scheduleFreeSGD": run(lambda p: schedulefree.SGDScheduleFree(p, lr=0.2, momentum=0.9, weight_decay=0.01)),
    "scheduleFreeAdamW": run(lambda p: schedulefree.AdamWScheduleFree(p, lr=0.05, weight_decay=0.01)),
    "lookahead": run(lookahead),
    "sam": in_double(lambda p: P.SAM(p, O.SGD, rho=0.05, lr=0.05, momentum=0.9), closure=True),
    "asam": in_double(lambda p: P.SAM(p, O.SGD, rho=1.0, adaptive=True, lr=0.05, momentum=0.9), closure=True),
    "centralized": run(
        lambda p: O.SGD(p, lr=0.05, momentum=0.9),
        prepare=lambda ps: [P.centralize_gradient(p.grad) for p in ps]),
    "adaptiveClipping": run(
        lambda p: O.SGD(p, lr=0.05, momentum=0.9), prepare=lambda ps: timm.utils.agc.adaptive_clip_grad(ps, 0.05)),
}
with open(os.path.join(HERE, "optimizers.json"), "w") as file:
    json.dump({"steps": KEPT, "weights": golden}, file)
