"""Makes generator.json and generator.png beside it from Keras's ImageDataGenerator: pictures moved by fixed parameters, statistics,
standardized pictures and a ZCA matrix.  Run with a Python that has keras and scipy: python generator.py
"""
import json, os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras, numpy as np
from PIL import Image
from keras.src.legacy.preprocessing.image import ImageDataGenerator

here = os.path.dirname(os.path.abspath(__file__))
source = np.asarray(Image.open(os.path.join(here, "source.png")).convert("RGB"))[:60, :60]

moves = [
    ("nearest", dict(theta=20)), ("nearest", dict(tx=7.25)), ("nearest", dict(ty=-5.5)), ("nearest", dict(shear=15)),
    ("nearest", dict(zx=0.8)), ("nearest", dict(zy=1.3)), ("reflect", dict(theta=-33, tx=3, ty=11, shear=-8, zx=1.2, zy=0.9)),
    ("wrap", dict(theta=0, tx=8, ty=-4)), ("constant", dict(theta=45)), ("nearest", dict(brightness=0.6)),
    ("nearest", dict(flip_horizontal=True)), ("nearest", dict(flip_vertical=True))]
pictures = [source]
for mode, given in moves:
    out = ImageDataGenerator(fill_mode=mode, cval=90).apply_transform(source.astype(np.float32), given)
    pictures.append(np.clip(np.rint(out), 0, 255).astype(np.uint8))
Image.fromarray(np.concatenate(pictures)).save(os.path.join(here, "generator.png"), optimize=True)

# Twenty-four little pictures cut from the source, row by row.
cuts = [(y, x) for y in range(0, 48, 12) for x in range(0, 54, 9)]
data = np.stack([source[y:y + 4, x:x + 3] for y, x in cuts]).astype(np.float32)


def fitted(**arguments):
    generator = ImageDataGenerator(rescale=1 / 255, **arguments)
    generator.fit(data.copy())
    return generator


features = fitted(featurewise_center=True, featurewise_std_normalization=True)
white = fitted(featurewise_center=True, zca_whitening=True, zca_epsilon=1e-6)
sample = ImageDataGenerator(rescale=1 / 255, samplewise_center=True, samplewise_std_normalization=True)
json.dump({
    "version": keras.__version__, "moves": [dict(mode=m, **g) for m, g in moves], "cuts": cuts,
    "mean": features.mean.ravel().tolist(), "deviation": features.std.ravel().tolist(),
    "features": features.standardize(data[5].copy()).ravel().tolist(),
    "sample": sample.standardize(data[5].copy()).ravel().tolist(),
    "white": np.asarray(white.standardize(data[5].copy()[None])).ravel().tolist(),
    "matrix": white.zca_whitening_matrix.astype(float).round(9).tolist(),
}, open(os.path.join(here, "generator.json"), "w"))
