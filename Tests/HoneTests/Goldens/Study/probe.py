"""Writes probe.json: multinomial logistic regression with an L2 penalty, fitted by scikit-learn.

Run: python probe.py > probe.json
"""
import json

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(3)
classes, penalty = 3, 0.03


def case(n: int, width: int) -> dict:
    labels = np.arange(n) % classes
    features = rng.normal(size=(n, width)) * np.resize([1, 2, 0.5, 1, 3], width) + 1.5 * np.eye(classes, width)[labels] + 4
    features = features.astype(np.float32).astype(float).round(3)
    scale = np.sqrt(features.var(axis=0).mean() + 1e-12)
    rows = (features - features.mean(axis=0)) / scale
    fit = LogisticRegression(C=1 / (n * penalty), tol=1e-10, max_iter=10_000).fit(rows, labels)
    return {"madeWith": f"scikit-learn {sklearn.__version__}", "penalty": penalty, "labels": labels.tolist(),
            "features": features.tolist(), "probabilities": fit.predict_proba(rows).tolist()}


print(json.dumps({"more pictures": case(60, 5), "more features": case(24, 40)}))
