"""One training step in Keras on TensorFlow: MODEL PRECISION [jit | nojit]

MODEL classic-cnn | mobilenet-v2; PRECISION float32 | mixed_bfloat16; without a third word Keras chooses about XLA
itself. Adam 1e-3.
"""
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

from worker import batch, serve

name, precision = sys.argv[1:3]
jit = {"jit": True, "nojit": False}.get("".join(sys.argv[3:]), "auto")
tf.config.threading.set_intra_op_parallelism_threads(2)
keras.mixed_precision.set_global_policy(precision)
keras.utils.set_random_seed(0)


def classic_cnn() -> keras.Model:
    layers = keras.layers
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(128, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dense(1, activation="sigmoid", dtype="float32")])


binary = name == "classic-cnn"
model = classic_cnn() if binary else keras.applications.MobileNetV2(weights=None, classes=1000)
loss = "binary_crossentropy" if binary else "sparse_categorical_crossentropy"
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, jit_compile=jit)
pixels, labels = batch()
x = tf.constant(np.ascontiguousarray(pixels.transpose(0, 2, 3, 1)))
y = tf.constant(labels.astype(np.float32)[:, None] if binary else labels)
facts = {"engine": f"Keras {keras.__version__}, TensorFlow {tf.__version__}", "threads": 2, "jit": model.jit_compile}
serve(facts, lambda: model.train_on_batch(x, y))
