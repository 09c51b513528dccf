"""Photographs of twelve megapixels: mosaics of smaller ones at their own scale, JPEG of quality 92 at 4:2:0.

Usage: mosaics.py COUNT FOLDER PHOTOGRAPHS_FOLDER...
"""
import random
import sys
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 4000, 3000


def mosaic(sources: list[Path], draw: random.Random) -> Image.Image:
    whole, top = Image.new("RGB", (WIDTH, HEIGHT)), 0
    while top < HEIGHT:
        left, row = 0, []
        while left < WIDTH:
            tile = Image.open(draw.choice(sources)).convert("RGB")
            row.append((left, tile))
            left += tile.width
        for left, tile in row:
            whole.paste(tile, (left, top))
        top += min(tile.height for _, tile in row)
    return whole


def main() -> None:
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    sources = [file for name in sys.argv[3:] for file in sorted(Path(name).rglob("*.jpg"))]
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)
    for number in range(count):
        mosaic(sources, draw).save(folder / f"{number:02}.jpg", quality=92, subsampling="4:2:0")


main()
