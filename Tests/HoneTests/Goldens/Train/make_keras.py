"""Goldens of training as Keras does it. Needs keras on tensorflow.

    python make_keras.py    # writes keras.safetensors and keras.json beside this file

keras.safetensors: the initial weights of a narrow classic CNN (32×32, 8-16-32, Dense 64, sigmoid) in PyTorch's layout
(kernels [out, in, h, w]; Dense kernels transposed, inputs in Keras's order height, width, channel), and four batches.
keras.json: the losses of 20 Adam steps, plain and with l2(0.001) on the convolutions' kernels, of that network and of
the whole classic CNN at 224×224; and of VGG16 with the classic head at 224×224, dropout off: loss, logits, and the norm
of each gradient. Weights and pictures of the large ones are given by a formula.
"""
import json
import os
import struct

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import layers, regularizers

HERE = os.path.dirname(os.path.abspath(__file__))
SIDE, BATCH, STEPS = 32, 8, 20
bce = keras.losses.BinaryCrossentropy()


def safetensors(path, arrays):
    header, body = {}, b""
    names = {np.dtype("float32"): "F32", np.dtype("uint8"): "U8", np.dtype("int64"): "I64"}
    for name, array in arrays.items():
        data = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": names[array.dtype], "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)


def torch_layout(weights):
    """Keras's arrays in PyTorch's layout."""
    return [
        np.ascontiguousarray(a.transpose(3, 2, 0, 1) if a.ndim == 4 else a.T, dtype=np.float32) for a in weights
    ]


def classic(l2, side=SIDE, widths=(8, 16, 32), dense=64):
    kernel = regularizers.l2(0.001) if l2 else None
    return keras.Sequential([
        keras.Input((side, side, 3)),
        *(layer for width in widths
          for layer in (layers.Conv2D(width, 3, activation="relu", kernel_regularizer=kernel), layers.MaxPooling2D(2))),
        layers.Flatten(), layers.Dense(dense, activation="relu"), layers.Dense(1, activation="sigmoid"),
    ])


def train(model, batches):
    optimizer = keras.optimizers.Adam(1e-3)
    losses = []
    for step in range(STEPS):
        x, y = batches[step % len(batches)]
        with tf.GradientTape() as tape:
            loss = bce(y, model(x, training=True))
            if model.losses:
                loss = loss + tf.add_n(model.losses)
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        losses.append(float(loss))
    return losses


random = np.random.default_rng(11)
pixels = random.integers(0, 256, (4, BATCH, SIDE, SIDE, 3), dtype=np.uint8)
labels = random.integers(0, 2, (4, BATCH)).astype(np.int64)
pixels[labels == 1, :16] //= 2  # something to learn
batches = [(x.astype(np.float32) / 255, y.astype(np.float32)[:, None]) for x, y in zip(pixels, labels)]

keras.utils.set_random_seed(3)
plain, decayed = classic(False), classic(True)
decayed.set_weights(plain.get_weights())
arrays = {f"w{i:02}": a for i, a in enumerate(torch_layout(plain.get_weights()))}
arrays["pixels"] = pixels.transpose(0, 1, 4, 2, 3)
arrays["labels"] = labels
safetensors(os.path.join(HERE, "keras.safetensors"), arrays)
golden = {"plain": train(plain, batches), "l2": train(decayed, batches)}


def wave(count, phase):
    """Numbers from 0 to 1 that look random: frac(43758.5453 · sin(12.9898 · i + phase)), in float64."""
    values = 43758.5453 * np.sin(12.9898 * np.arange(count, dtype=np.float64) + phase)
    return values - np.floor(values)


def set_by_formula(model, bound):
    """Kernel number n, in PyTorch's layout, is bound(fan in, fan out) · (2 · wave(n) − 1); biases are 0."""
    weights = []
    for number, array in enumerate(model.get_weights()):
        if array.ndim == 1:
            weights.append(np.zeros_like(array))
            continue
        shape = array.transpose(3, 2, 0, 1).shape if array.ndim == 4 else array.T.shape
        window = np.prod(shape[2:], dtype=np.int64)
        limit = bound(shape[1] * window, shape[0] * window)
        value = (limit * (2 * wave(array.size, number).reshape(shape) - 1)).astype(np.float32)
        weights.append(value.transpose(2, 3, 1, 0) if array.ndim == 4 else value.T)
    model.set_weights(weights)


def full_batch(number):
    """Eight pictures of 224×224 whose upper halves are darker where the label, 0 and 1 in turn, is 1.

    All are so dark that Adam's first steps do not overshoot: after that no two programs' losses would agree.
    """
    x = 0.1 * wave(8 * 3 * 224 * 224, 1000 + number).reshape(8, 3, 224, 224)
    x[1::2, :, :112] /= 2
    return x.transpose(0, 2, 3, 1).astype(np.float32), (np.arange(8) % 2).astype(np.float32)[:, None]


# The Dense kernels have Keras's order of inputs, height, width, channel, in the formula too.
full_batches = [full_batch(number) for number in range(4)]
for name, l2 in (("fullPlain", False), ("fullL2", True)):
    full = classic(l2, 224, (32, 64, 128), 512)
    assert full.count_params() == 44_396_609
    set_by_formula(full, lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out)))
    golden[name] = train(full, full_batches)

base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
vgg = keras.Sequential([
    base, layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")])
vgg.build((None, 224, 224, 3))
assert vgg.count_params() == 27_560_769
set_by_formula(vgg, lambda fan_in, fan_out: np.sqrt(6 / fan_in))  # else little comes out of so many layers
x, y = full_batches[0]
with tf.GradientTape() as tape:
    p = vgg(x, training=False)
    loss = bce(y, p)
gradients = tape.gradient(loss, vgg.trainable_variables)
p = p.numpy()[:, 0].astype(np.float64)
golden["vgg"] = {
    "loss": float(loss), "logits": np.log(p / (1 - p)).tolist(),
    "gradientNorms": [float(np.linalg.norm(g.numpy())) for g in gradients],
}
with open(os.path.join(HERE, "keras.json"), "w") as file:
    json.dump(golden, file)
