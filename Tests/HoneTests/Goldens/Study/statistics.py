"""Writes statistics.json: reference values of the study's statistics, made with SciPy and statsmodels-free NumPy.

Run: python statistics.py > statistics.json
"""
import json

import numpy as np
import scipy
from scipy import stats

rng = np.random.default_rng(7)
quantiles = [
    [df, p, float(stats.t.ppf(p, df))]
    for df in (1, 2, 2.5, 4, 14, 49.3, 500, 1e5)
    for p in (1e-6, 0.00025, 0.025, 0.3, 0.5, 0.9, 0.975, 0.9995)
]
cdfs = [[df, t, float(stats.t.cdf(t, df))] for df in (1, 3.7, 14, 200) for t in (-12.0, -2.1, -0.01, 0.0, 0.5, 1.96, 30.0)]
wilson = []
for k, n in ((0, 10), (1, 10), (5, 10), (10, 10), (733, 850), (17, 20)):
    ci = stats.binomtest(k, n).proportion_ci(0.95, method="wilson")
    wilson.append([k, n, float(ci.low), float(ci.high)])

# Repeated K-fold: 3 repeats of 5 folds over 40 pictures, and Nadeau and Bengio's interval from its definition.
n, folds, repeats = 40, 5, 3
assignment = [[int(v) for v in rng.permutation(np.arange(n) % folds)] for _ in range(repeats)]
scores = rng.choice([-1, 0, 0, 0, 1, 1], size=(repeats, n))
means = np.array([scores[r][np.array(assignment[r]) == k].mean() for r in range(repeats) for k in range(folds)])
count = len(means)
error = float(np.sqrt(means.var(ddof=1) * (1 / count + (n / folds) / (n - n / folds))))
low, high = stats.t.interval(0.95, count - 1, loc=means.mean(), scale=error)

holm_p = [0.001, 0.2, 0.013, 0.04, 0.011, 0.9]
order = np.argsort(holm_p)
adjusted = np.empty(len(holm_p))
adjusted[order] = np.minimum(1, np.maximum.accumulate(np.array(holm_p)[order] * (len(holm_p) - np.arange(len(holm_p)))))

print(
    json.dumps(
        {
            "madeWith": f"scipy {scipy.__version__}, numpy {np.__version__}",
            "quantiles": quantiles,
            "cdfs": cdfs,
            "wilson": wilson,
            "runs": {"scores": scores.tolist(), "folds": assignment, "mean": float(means.mean()), "error": error,
                     "lower": float(low), "upper": float(high)},
            "holm": {"values": holm_p, "adjusted": adjusted.tolist()},
        }
    )
)
