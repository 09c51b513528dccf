"""The usual way: a frozen MobileNetV2 at 224 (centre crop) and one linear layer fitted by L-BFGS.

  frozen_probe.py WEIGHTS.pth TABLE.csv      (columns path, label, split: train or test)

The strength of the L2 penalty is chosen by five-fold cross-validation among the training pictures. Prints one JSON
object: path of each test picture -> the class it is taken for.
"""
import csv
import json
import os
import sys

import numpy as np
import torch
import torchvision
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

torch.set_num_threads(2)


def features(weights: str, paths: list[str]) -> np.ndarray:
    """[n, 1280] features; computed once per picture, and kept beside the table."""
    model = torchvision.models.mobilenet_v2(weights=None)
    model.load_state_dict(torch.load(weights, weights_only=True))
    model.eval()
    prepare = torchvision.transforms.Compose([
        torchvision.transforms.Resize(256), torchvision.transforms.CenterCrop(224), torchvision.transforms.ToTensor(),
        torchvision.transforms.Normalize([0.5] * 3, [0.5] * 3)])
    rows = []
    with torch.inference_mode():
        for path in paths:
            picture = prepare(Image.open(path).convert("RGB"))[None]
            rows.append(model.features(picture).mean((2, 3))[0].numpy())
    return np.stack(rows)


def main() -> None:
    weights, table = sys.argv[1:3]
    rows = list(csv.DictReader(open(table)))
    cache = os.path.join(os.path.dirname(table), "features.npz")
    if os.path.exists(cache):
        known = dict(np.load(cache))
    else:
        paths = sorted(row["path"] for row in rows)
        known = dict(zip(paths, features(weights, paths)))
        np.savez(cache, **known)
    parts = {part: [row for row in rows if row["split"] == part] for part in ("train", "test")}
    x = {part: np.stack([known[row["path"]] for row in parts[part]]) for part in parts}
    way = Pipeline([("scale", StandardScaler()), ("linear", LogisticRegression(max_iter=2000))])
    choices = {"scale__with_std": [True, False], "linear__C": list(np.logspace(-4, 1, 6))}
    search = GridSearchCV(way, choices, cv=5, scoring="neg_log_loss", n_jobs=1)
    search.fit(x["train"], [row["label"] for row in parts["train"]])
    answers = search.predict(x["test"])
    print(json.dumps({row["path"]: str(answer) for row, answer in zip(parts["test"], answers)}))


main()
