"""Writes consistency.json: values and gradients of losses over several answers about one picture.

AugMix's and R-Drop's formulas written with PyTorch's functions as the papers' own programs do, and Hinton's distillation.

Run: python make_consistency.py > consistency.json   (needs torch)
"""
import json

import torch
from torch.nn import functional as F

torch.manual_seed(3)
PICTURES, CLASSES = 4, 5
labels = torch.tensor([0, 2, 4, 1])


def cross(views):
    return sum(F.cross_entropy(x, labels) for x in views) / len(views)


def jensen_shannon(views, weight):
    p = [x.softmax(1) for x in views]
    middle = torch.clamp(sum(p) / len(p), 1e-7, 1).log()
    return cross(views) + weight * sum(F.kl_div(middle, q, reduction="batchmean") for q in p) / len(p)


def augmix(views, weight):
    return cross(views[:1]) + jensen_shannon(views, weight) - cross(views)


def r_drop(views, alpha):
    """Half of the paper's loss, which sums over its two passes."""
    a, b = (x.log_softmax(1) for x in views)
    kl = (F.kl_div(a, b.exp(), reduction="batchmean") + F.kl_div(b, a.exp(), reduction="batchmean")) / 2
    return (F.cross_entropy(views[0], labels) + F.cross_entropy(views[1], labels) + alpha * kl) / 2


def case(settings, count, loss, teacher=None, learns_from_first=False):
    """Rows about one picture in turn."""
    logits = (2 * torch.randn(PICTURES, count, CLASSES, dtype=torch.float64)).round(decimals=3).requires_grad_()
    value = loss(list(logits.unbind(1)))
    value.backward()
    return {"settings": settings, "views": count, "learnsFromFirst": learns_from_first, "logits": logits.flatten().tolist(),
            "teacher": teacher.flatten().tolist() if teacher is not None else None, "loss": value.item(),
            "gradient": logits.grad.flatten().tolist()}


teacher = (2 * torch.randn(PICTURES, CLASSES, dtype=torch.float64)).round(decimals=3)


def distilled(views):
    soft = F.kl_div((views[0] / 3).log_softmax(1), (teacher / 3).softmax(1), reduction="batchmean") * 9
    return 0.4 * cross(views) + 0.6 * soft


print(json.dumps({
    "madeWith": f"torch {torch.__version__}",
    "labels": labels.tolist(),
    "cases": [
        case("{consistency: {weight: 12, measure: jensenShannon}}", 3, lambda v: jensen_shannon(v, 12)),
        case("{consistency: {weight: 2.5, passes: 2}}", 2, lambda v: r_drop(v, 5)),
        case("{distillation: {weight: 0.6, temperature: 3}}", 1, distilled, teacher),
        case("{consistency: {weight: 12, measure: jensenShannon}}", 3, lambda v: augmix(v, 12), learns_from_first=True),
    ]}))
