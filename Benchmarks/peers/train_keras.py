"""One training step in Keras on TensorFlow: MODEL PRECISION [jit]

MODEL classic-cnn | mobilenet-v2; PRECISION float32 | mixed_bfloat16. Batch 32 at 224x224x3, Adam 1e-3.
"""
import os
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

from worker import serve

BATCH = 32
name, precision = sys.argv[1:3]
jit = "jit" in sys.argv[3:]
tf.config.threading.set_intra_op_parallelism_threads(2)
keras.mixed_precision.set_global_policy(precision)


def classic_cnn() -> keras.Model:
    layers = keras.layers
    return keras.Sequential([
        keras.Input((224, 224, 3)),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(128, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dense(1, activation="sigmoid", dtype="float32")])


keras.utils.set_random_seed(0)
if name == "classic-cnn":
    model, loss = classic_cnn(), "binary_crossentropy"
else:
    model = keras.applications.MobileNetV2(weights=None, classes=1000)
    loss = "sparse_categorical_crossentropy"
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, jit_compile=jit)
generator = np.random.Generator(np.random.PCG64(7))
labels = np.arange(BATCH) % 2
pixels = generator.standard_normal((BATCH, 3, 224, 224), dtype=np.float32) + (labels[:, None, None, None] - 0.5)
x = tf.constant(pixels.transpose(0, 2, 3, 1).astype(np.float32))
y = tf.constant(labels.astype(np.float32)[:, None] if name == "classic-cnn" else labels.astype(np.int64))
for _ in range(3):
    model.train_on_batch(x, y)


def go(steps: int) -> dict:
    start = time.perf_counter()
    for _ in range(steps):
        model.train_on_batch(x, y)
    return {"seconds": time.perf_counter() - start, "images": steps * BATCH}


serve({"engine": f"Keras {keras.__version__}, TensorFlow {tf.__version__}", "threads": 2}, go)
