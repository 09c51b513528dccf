"""One library's side of rows.py: a row's expression done to photographs in memory, on one thread.

Usage: rows_peer.py LIBRARY PHOTOGRAPHS HEIGHT WIDTH ROWS   (the protocol is in ../Sources/RowsBench/main.swift)
Every result is materialized: an array or a tensor that lies in memory in one piece, or a loaded PIL.Image.
"""
import importlib.metadata
import io
import json
import os
import random
import sys
import time
from dataclasses import dataclass
from typing import Any, Callable

os.environ.update({name: "1" for name in (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NO_ALBUMENTATIONS_UPDATE",
    "ALBUMENTATIONS_NO_TELEMETRY", "ALBUMENTATIONS_OFFLINE")})
import numpy as np

HEIGHT, WIDTH = (int(side) for side in sys.argv[3:5])
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass
class Library:
    package: str
    names: dict[str, Any]
    """What expressions may name."""
    enter: Callable = lambda array: array
    """A photograph in the library's form; not timed."""
    settle: Callable = np.ascontiguousarray
    """What makes a result lie in memory; timed."""
    array: Callable = lambda result: result
    """A result as [H, W, C] bytes, or as floats [C, H, W]."""
    call: Callable = lambda made, x: made(x)
    """How a thing made once is called."""


def opencv() -> Library:
    import cv2

    cv2.setNumThreads(0)
    return Library("opencv-python-headless", {"cv2": cv2, "np": np, "randrange": random.randrange})


def albumentations(package: str = "albumentations") -> Library:
    names = opencv().names
    import albumentations as A
    import albumentations.augmentations.blur.functional as FB
    import albumentations.augmentations.pixel.functional as FP
    from albumentations.pytorch import ToTensorV2

    def call(made, x):
        made.p = 1
        return made(image=x)["image"]

    def masked(made):
        """Given a mask of the picture's middle, too."""
        middle = np.zeros((HEIGHT, WIDTH), np.uint8)
        middle[HEIGHT // 5:HEIGHT * 4 // 5, WIDTH // 5:WIDTH * 4 // 5] = 1

        class Masked:
            def __call__(self, image):
                return made(image=image, mask=middle)

        return Masked()

    def pasted(made):
        """Given the object to paste, too."""
        from PIL import Image

        cut = np.asarray(Image.open(sys.argv[2] + "-object.png"))
        objects = [{"image": np.ascontiguousarray(cut[..., :3]), "mask": (cut[..., 3] > 127).astype(np.uint8)}]

        class Pasted:
            def __call__(self, image):
                made.p = 1
                return made(image=image, copy_paste_metadata=objects)

        return Pasted()

    def settle(result):
        return result.contiguous() if hasattr(result, "contiguous") else np.ascontiguousarray(result)

    return Library(package, {**names, "A": A, "FB": FB, "FP": FP, "ToTensorV2": ToTensorV2, "masked": masked, "pasted": pasted}, settle=settle,
                   array=np.asarray, call=call)


def tensors(package: str, names: dict[str, Any], enter: Callable, array: Callable) -> Library:
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(1)
    torch.set_grad_enabled(False)
    names = {**names, "torch": torch, "randrange": random.randrange, "MEAN": MEAN, "STD": STD}
    return Library(package, names, lambda a: enter(torch.from_numpy(a.copy()).permute(2, 0, 1).contiguous()),
                   settle=lambda result: result.contiguous(), array=array)


def torchvision() -> Library:
    from torchvision.transforms import v2

    def array(result):
        return (result if result.is_floating_point() else result.permute(1, 2, 0)).numpy()

    names = {"v2": v2, "F": v2.functional, "BILINEAR": v2.InterpolationMode.BILINEAR}
    return tensors("torchvision", names, lambda x: x, array)


def kornia() -> Library:
    import kornia

    names = {"KA": kornia.augmentation, "KC": kornia.color, "KE": kornia.enhance, "KF": kornia.filters,
             "KG": kornia.geometry}
    return tensors("kornia", names, lambda x: (x.float() / 255)[None],
                   lambda result: (result[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy())


def pillow() -> Library:
    from PIL import Image, ImageEnhance, ImageFilter, ImageOps
    from torchvision.transforms import v2

    def jpeg(x, quality):
        buffer = io.BytesIO()
        x.save(buffer, "JPEG", quality=quality)
        return Image.open(buffer).convert("RGB")

    def erased(x, count, low, high, narrow, wide):
        """Black rectangles of an area and an aspect each, placed at random."""
        x = x.copy()
        for _ in range(count):
            area, aspect = x.width * x.height * random.uniform(low, high), random.uniform(narrow, wide)
            height, width = min(x.height - 1, int((area * aspect) ** 0.5)), min(x.width - 1, int((area / aspect) ** 0.5))
            top, left = random.randrange(x.height - height), random.randrange(x.width - width)
            x.paste((0, 0, 0), (left, top, left + width, top + height))
        return x

    def dropped(x):
        bands = list(x.split())
        bands[random.randrange(3)] = Image.new("L", x.size)
        return Image.merge("RGB", bands)

    def hsv(x, hue, saturation, value):
        tables = [(v + hue) % 256 for v in range(256)]
        tables += [min(255, v + move) for move in (saturation, value) for v in range(256)]
        return x.convert("HSV").point(tables).convert("RGB")

    def quarters(x, turns):
        return x.transpose((None, Image.ROTATE_90, Image.ROTATE_180, Image.ROTATE_270)[turns]) if turns else x.copy()

    def settle(result):
        result.load()
        return result

    names = {"Image": Image, "ImageEnhance": ImageEnhance, "ImageFilter": ImageFilter, "ImageOps": ImageOps, "v2": v2,
             "TF": v2.functional, "BILINEAR": v2.InterpolationMode.BILINEAR, "jpeg": jpeg, "erased": erased,
             "dropped": dropped, "hsv": hsv, "quarters": quarters, "choice": random.choice,
             "randrange": random.randrange, "sample": random.sample}
    return Library("pillow", names, Image.fromarray, settle, np.asarray)


LIBRARIES = {"albumentations": albumentations, "albumentationsx": lambda: albumentations("albumentationsx"),
             "torchvision": torchvision, "pillow": pillow, "opencv": opencv, "kornia": kornia}


def work(library: Library, expression: str) -> Callable:
    """What does an expression to a picture: an expression without x makes something that is called with it."""
    code = compile(expression, expression, "eval")
    names = dict(library.names)
    if "x" not in code.co_names:
        made = eval(code, names)
        return lambda x: library.settle(library.call(made, x))
    does = eval(compile(f"lambda x: {expression}", expression, "eval"), names)
    return lambda x: library.settle(does(x))


def prepared(library: Library, expressions: dict[str, str], picture) -> tuple[dict, dict]:
    """The rows that work, and why the others do not."""
    works, failed = {}, {}
    for row, expression in expressions.items():
        try:
            does = work(library, expression)
            does(picture)
            works[row] = does
        except Exception as error:  # another version of a library may refuse anything
            failed[row] = f"{type(error).__name__}: {error}"[:200]
    return works, failed


def go(does: Callable, pictures: list, seconds: float) -> dict:
    amount, start = 0, time.process_time()
    now = start
    while now < start + seconds:
        does(pictures[amount % len(pictures)])
        amount += 1
        now = time.process_time()
    return {"seconds": now - start, "amount": amount}


def show(library: Library, does: Callable, pictures: list, path: str) -> dict:
    arrays = [library.array(does(picture)) for picture in pictures]
    with open(path, "wb") as file:
        file.writelines(np.ascontiguousarray(array).tobytes() for array in arrays)
    return {"shape": list(arrays[0].shape), "floats": arrays[0].dtype != np.uint8}


def main() -> None:
    random.seed(1)
    np.random.seed(1)
    library = LIBRARIES[sys.argv[1]]()
    arrays = np.fromfile(sys.argv[2], np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
    pictures = [library.enter(array) for array in arrays]
    with open(sys.argv[5]) as file:
        works, failed = prepared(library, json.load(file), pictures[0])
    version = importlib.metadata.version(library.package)
    print(json.dumps({"ready": {"version": version, "failed": failed}}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[0] == "go":
            answer = go(works[words[1]], pictures, float(words[2]))
        else:
            answer = show(library, works[words[1]], pictures[:int(words[2])], words[3])
        print(json.dumps(answer), flush=True)


main()
