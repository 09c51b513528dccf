"""Names that Keras gives to weights, outputs of its networks with weights made by a formula, and small files as it saves them.

Run: python keras_weights.py (keras 3.15, tensorflow 2.20, h5py). `keras_weights.py FILE.h5` instead has Keras read a file that
Hone wrote of the small network, and prints what it answers.
"""
import json
import math
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

here = pathlib.Path(__file__).parent
apps = keras.applications
suffixes = {"kernel": "weight", "depthwise_kernel": "weight", "gamma": "weight", "beta": "bias", "bias": "bias",
            "moving_mean": "running_mean", "moving_variance": "running_var"}


def hashed(lines):
    """FNV-1a, 64 bits."""
    h = 0xCBF29CE484222325
    for b in "\n".join(sorted(lines)).encode():
        h = ((h ^ b) * 0x100000001B3) % 2**64
    return f"{h:016x}"


def name(layer, weight):
    return f"{layer.name}.{suffixes[weight.name]}"


def counted(model):
    return [layer for layer in model.layers if layer.weights and "normalization" != layer.name]


def ramp(shape, key):
    """As in structures.py."""
    i = np.arange(math.prod(shape), dtype=np.float64)
    return (((7919 * i + 104729 * key) % 1009) / 1009 - 0.5).reshape(shape)


def fill(model):
    """With what structures.py gives to weights of these names, in PyTorch's layout."""
    for layer in counted(model):
        values = []
        for weight in layer.weights:
            shape = tuple(weight.shape)
            isDepthwise = layer.__class__.__name__ == "DepthwiseConv2D"
            axes = {4: (2, 3, 0, 1) if isDepthwise else (3, 2, 0, 1), 2: (1, 0)}.get(len(shape), (0,))
            torch = tuple(shape[a] for a in axes)
            r = ramp(torch, sum(name(layer, weight).encode()))
            if len(shape) > 1:
                r = r * math.sqrt(24 / math.prod(torch[1:]))
            elif weight.name in ("moving_variance", "gamma"):
                r = r + 1
            else:
                r = r * 0.2
            values.append(r.transpose(np.argsort(axes)).astype(np.float32))
        layer.set_weights(values)
    return model


def small():
    model = keras.Sequential([
        keras.layers.Input((20, 20, 3)), keras.layers.Conv2D(2, 3, activation="relu"), keras.layers.MaxPooling2D(),
        keras.layers.Dropout(0.5, seed=1), keras.layers.Conv2D(3, 3, activation="relu"), keras.layers.MaxPooling2D(),
        keras.layers.Flatten(), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(3)])
    for index, layer in enumerate([layer for layer in model.layers if layer.weights]):
        layer.set_weights([(ramp(w.shape, 7 * index + k)).astype(np.float32) for k, w in enumerate(layer.get_weights())])
    return model


def answers(model, side, scale=1.0):
    x = ramp((2, 3, side, side), 1).transpose(0, 2, 3, 1).astype(np.float32)
    return [float(f"{v:.7g}") for v in model(x * scale, training=False).numpy().astype(np.float64).flatten()[:20]]


if len(sys.argv) > 1:
    model = small()
    wanted = answers(model, 20)
    for layer in model.layers:
        layer.set_weights([0 * w for w in layer.get_weights()])
    names = iter(["conv2d", "conv2d_1", "dense", "dense_1"])
    for layer in model.layers:
        if layer.weights:
            layer.name = next(names)
    model.load_weights(sys.argv[1], by_name=True)
    print("equal" if answers(model, 20) == wanted else "DIFFERENT", answers(model, 20))
    sys.exit()

known = {"vgg16": apps.VGG16, "vgg19": apps.VGG19, "densenet121": apps.DenseNet121, "densenet169": apps.DenseNet169,
         "densenet201": apps.DenseNet201, "mobilenet-v1": apps.MobileNet, "mobilenet-v2": apps.MobileNetV2,
         "mobilenet-v3-small": apps.MobileNetV3Small, "mobilenet-v3-large": apps.MobileNetV3Large,
         "efficientnet-b0": apps.EfficientNetB0, "efficientnet-b1": apps.EfficientNetB1, "efficientnet-b2": apps.EfficientNetB2,
         "efficientnet-b3": apps.EfficientNetB3, "efficientnet-v2-s": apps.EfficientNetV2S}
table = {}
for structure, make in known.items():
    model = make(weights=None)
    table[structure] = {"keras": hashed(name(layer, w) for layer in counted(model) for w in layer.trainable_weights)}
    keras.backend.clear_session()
json.dump(table, open(here / "keras_names.json", "w"), indent=1)

options = dict(weights=None, input_shape=(64, 64, 3), classes=10, classifier_activation=None)
raw = dict(include_preprocessing=False)
networks = {"mobilenet-v1": lambda: apps.MobileNet(alpha=0.25, **options), "densenet121": lambda: apps.DenseNet121(**options),
            "mobilenet-v2": lambda: apps.MobileNetV2(alpha=0.35, **options),
            "mobilenet-v3-small": lambda: apps.MobileNetV3Small(**options, **raw),
            "efficientnet-b0": lambda: apps.EfficientNetB0(**options),
            "efficientnet-v2-s": lambda: apps.EfficientNetV2S(**options, **raw),
            "vgg16": lambda: apps.VGG16(weights=None, input_shape=(64, 64, 3), include_top=False)}
outputs = {}
for structure, make in networks.items():                 # EfficientNet's first version divides by 255 itself
    outputs[structure] = answers(fill(make()), 64, 255 if structure == "efficientnet-b0" else 1)
    keras.backend.clear_session()
json.dump(outputs, open(here / "keras_outputs.json", "w"), indent=0)

keras.backend.clear_session()
other = keras.layers.Conv2D(1, 1)                         # so that Keras's own names do not begin at 0
model = small()
model.save_weights(here / "keras.weights.h5")
model.save(here / "keras.keras")
keras.backend.clear_session()
model = small()
model.save(here / "keras.h5")
json.dump({"outputs": answers(model, 20)}, open(here / "keras_small.json", "w"))
