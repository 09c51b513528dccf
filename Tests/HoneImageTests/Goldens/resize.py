"""Pillow's Image.resize on a small picture, for every filter: Goldens/resize/*.png (run with Pillow 13)."""
import os
from PIL import Image
import numpy as np

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resize")
rng = np.random.default_rng(7)
y, x = np.mgrid[0:29, 0:37]
smooth = np.stack([x * 6, y * 8, (x + y) * 3], -1)
source = Image.fromarray(np.clip(smooth + rng.integers(-60, 60, smooth.shape), 0, 255).astype(np.uint8))
source.save(f"{here}/source.png")
filters = dict(nearest=0, lanczos=1, bilinear=2, bicubic=3, box=4, hamming=5)
for name, f in filters.items():
    for h, w in [(11, 13), (64, 50), (29, 9), (7, 37), (1, 1)]:
        source.resize((w, h), f).save(f"{here}/{name}_{h}x{w}.png")
    source.resize((20, 15), f, box=(3.5, 2.25, 30.75, 21)).save(f"{here}/{name}_region.png")
