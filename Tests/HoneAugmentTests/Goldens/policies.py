"""Makes policies.json and policies.png beside it from torchvision: the tables of AutoAugment, the magnitudes of all
policies, and what each operation makes of source.png (Pillow pictures, nearest), one below the other.  Run: python policies.py
"""
import json, os
import numpy as np, torch, torchvision
from PIL import Image
from torchvision.transforms.autoaugment import AutoAugmentPolicy
from torchvision.transforms.v2 import AugMix, AutoAugment, RandAugment, TrivialAugmentWide
from torchvision.transforms import InterpolationMode

here = os.path.dirname(os.path.abspath(__file__))
image = Image.open(os.path.join(here, "source.png")).convert("RGB")
W, H = image.size


def ours(name):
    return name[0].lower() + name[1:]


def space(table, bins):
    """Every operation's magnitudes as Hone counts them: solarizing in levels, not parts."""
    found = {}
    for name, (magnitudes, signed) in table.items():
        values = magnitudes(bins, H, W)
        values = [0.0] * bins if values is None else [float(v) for v in values]
        found[ours(name)] = {"signed": signed, "magnitudes": [v * 255 for v in values] if name == "Solarize" else values}
    return found


def policy(kind):
    return [[[ours(name), chance, bin or 0] for name, chance, bin in pair] for pair in AutoAugment()._get_policies(kind)]


def changed(picture, name, magnitude):
    given = magnitude / 255 if name == "Solarize" else magnitude
    return AutoAugment()._apply_image_or_video_transform(picture, name, given, InterpolationMode.NEAREST, {Image.Image: None})


cases, pictures = [], []
for name, strengths in [
    ("ShearX", [0.3, -0.17]), ("ShearY", [0.3, -0.17]), ("TranslateX", [37.6, -11.2]), ("TranslateY", [27.6, -3.9]),
    ("Rotate", [30.0, -13.3]), ("Brightness", [0.9, -0.9]), ("Color", [0.9, -0.4]), ("Contrast", [0.9, -0.4]),
    ("Sharpness", [0.9, -0.9]), ("Posterize", [4, 7]), ("Solarize", [0.0, 170.0]), ("AutoContrast", [0]), ("Equalize", [0]),
    ("Invert", [0])]:
    for magnitude in strengths:
        cases.append({"operation": ours(name), "magnitude": magnitude})
        pictures.append(np.asarray(changed(image, name, magnitude)))

# AugMix with everything drawn: own weight, then a weight and a chain each.
own, chains = 0.31, [(0.4, [("Rotate", -6.7), ("Posterize", 4)]), (0.09, [("Equalize", 0)]), (0.2, [("ShearX", 0.1), ("Color", -0.2), ("Solarize", 200.0)])]
mixed = own * np.asarray(image, np.float64)
for weight, chain in chains:
    copy = image
    for name, magnitude in chain:
        copy = changed(copy, name, magnitude)
    mixed += weight * np.asarray(copy, np.float64)
pictures.append(np.rint(mixed).astype(np.uint8))

json.dump({
    "versions": {"torchvision": torchvision.__version__, "torch": torch.__version__},
    "height": H, "width": W,
    "tables": {"imageNet": policy(AutoAugmentPolicy.IMAGENET), "cifar10": policy(AutoAugmentPolicy.CIFAR10), "svhn": policy(AutoAugmentPolicy.SVHN)},
    "spaces": {"auto": space(AutoAugment()._AUGMENTATION_SPACE, 10), "rand": space(RandAugment()._AUGMENTATION_SPACE, 31),
               "wide": space(TrivialAugmentWide()._AUGMENTATION_SPACE, 31), "mix": space(AugMix()._AUGMENTATION_SPACE, 10)},
    "cases": cases,
    "mixture": {"own": own, "chains": [{"weight": w, "steps": [{"operation": ours(n), "magnitude": m} for n, m in c]} for w, c in chains]},
}, open(os.path.join(here, "policies.json"), "w"))
Image.fromarray(np.concatenate(pictures)).save(os.path.join(here, "policies.png"), optimize=True)
