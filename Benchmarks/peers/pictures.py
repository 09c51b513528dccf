"""Pictures as networks take them: KIND FOLDER SIDE COUNT OUT. Writes float32 numbers, channels first.

KIND photos: those under FOLDER, their middle squares, in −1…1. KIND cifar: test pictures of CIFAR-10 sheets, of every
class as many, by ImageNet's mean and deviation.
"""
import sys
from pathlib import Path

import numpy as np
from PIL import Image

MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def photo(path: Path, side: int) -> np.ndarray:
    picture = Image.open(path).convert("RGB")
    short = min(picture.size)
    left, top = ((length - short) // 2 for length in picture.size)
    return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR, (left, top, left + short, top + short)))


def tiles(folder: Path, side: int, count: int) -> list[np.ndarray]:
    sheets = [np.asarray(Image.open(next(iter(sorted(place.glob("*.webp"))))).convert("RGB"))
              for place in sorted((folder / "test").iterdir())]
    each = [sheet.reshape(25, 32, 40, 32, 3).transpose(0, 2, 1, 3, 4).reshape(-1, 32, 32, 3) for sheet in sheets]
    chosen = [sheet[index] for index in range(count // len(each)) for sheet in each]
    return [np.asarray(Image.fromarray(tile).resize((side, side), Image.Resampling.BILINEAR)) for tile in chosen]


kind, folder, side, count, out = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
if kind == "photos":
    pictures = np.stack([photo(path, side) for path in sorted(folder.rglob("*.jpg"))[:count]]) / 127.5 - 1
else:
    pictures = (np.stack(tiles(folder, side, count)) / 255 - MEAN) / DEVIATION
pictures.transpose(0, 3, 1, 2).astype(np.float32).tofile(out)
print(len(pictures))
