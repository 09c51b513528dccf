"""Writes regularization.json: Keras's regularizers (values and gradients) and constraints on two kernels and a bias.

Run: python make_regularization.py > regularization.json   (needs keras, tensorflow)

Kernels are written as Hone has them, [outputs, inputs, height, width] and [outputs, inputs].
"""
import json

import keras
import numpy as np
import tensorflow as tf

random = np.random.default_rng(5)
dense = random.normal(size=(4, 6)).round(3).astype("float32")
filters = (2 * random.normal(size=(5, 3, 2, 2))).round(3).astype("float32")
bias = random.normal(size=7).round(3).astype("float32")


def turned(w):
    """Hone's order to Keras's."""
    return w.T if w.ndim == 2 else w.transpose(2, 3, 1, 0) if w.ndim == 4 else w


def back(w):
    return w.T if w.ndim == 2 else w.transpose(3, 2, 0, 1) if w.ndim == 4 else w


def price(regularizer, w):
    x = tf.Variable(w)
    with tf.GradientTape() as tape:
        value = regularizer(x)
    return {"value": float(value), "gradient": tape.gradient(value, x).numpy().flatten().tolist()}


def group_lasso(w):
    """Yuan & Lin's formula; Keras has none."""
    rows = tf.reshape(w, [w.shape[0], -1])
    return 0.1 * rows.shape[1]**0.5 * tf.reduce_sum(tf.sqrt(tf.reduce_sum(rows**2, 1)))


def rows(w):
    return w.reshape(w.shape[0], -1)


def kept(kind, **arguments):
    found = {}
    for name, w, axis in (("dense", dense, 0), ("filters", filters, [0, 1, 2]), ("bias", bias, 0)):
        constraint = kind() if kind is keras.constraints.NonNeg else kind(axis=axis, **arguments)
        found[name] = back(np.array(constraint(turned(w)))).flatten().tolist()
    return found


R, C = keras.regularizers, keras.constraints
orthogonal = R.OrthogonalRegularizer(0.1, mode="rows")
print(json.dumps({
    "madeWith": f"keras {keras.__version__}",
    "weights": {"dense": dense.flatten().tolist(), "filters": filters.flatten().tolist(), "bias": bias.tolist()},
    "penalties": {
        "{l1: 0.01}": price(R.L1(0.01), filters), "{l2: 0.01}": price(R.L2(0.01), filters),
        "{l1: 0.02, l2: 0.03}": price(R.L1L2(0.02, 0.03), filters),
        "{orthogonal: 0.1}": price(lambda w: orthogonal(tf.reshape(w, [5, -1])), filters),
        "{groups: 0.1}": price(group_lasso, filters),
    },
    "constraints": {
        "{maxNorm: {limit: 2}}": kept(C.MaxNorm, max_value=2), "unitNorm": kept(C.UnitNorm),
        "{minMaxNorm: {least: 1.5, most: 2.5, part: 0.7}}": kept(C.MinMaxNorm, min_value=1.5, max_value=2.5, rate=0.7),
        "nonNegative": kept(C.NonNeg),
    },
}))
