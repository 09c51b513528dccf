"""Makes the goldens beside it from OpenCV, Pillow and torchvision (versions are written into index.json).

One small photograph-like picture; for each case the reference's picture as PNG and, in index.json, the plan's action in
Hone's own form, so that the test only decodes and compares.  Run: python make.py
"""
import json, math, os
import cv2, numpy as np, PIL
from PIL import Image, ImageEnhance, ImageOps
import torch, torchvision
from torchvision.transforms.v2 import functional as F

here = os.path.dirname(os.path.abspath(__file__))
H, W = 61, 83


def source():
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:H, 0:W]
    base = np.stack([128 + 90 * np.sin(x / 7.0 + y / 19.0), 128 + 100 * np.cos(y / 9.0 - x / 23.0),
                     60 + 150 * ((x // 9 + y // 7) % 2)], -1)
    return np.clip(base + rng.normal(0, 6, base.shape), 0, 255).astype(np.uint8)


image = source()
cases = []


def save(name, array, action, rule):
    Image.fromarray(array).save(os.path.join(here, name + ".png"), optimize=True)
    cases.append({"name": name, "action": action, "rule": rule})


# Warps: forward matrices as OpenCV takes them; Hone's are the inverse (output to input).
FLAGS = {"nearest": cv2.INTER_NEAREST, "bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}
BORDERS = {"edge": cv2.BORDER_REPLICATE, "reflect": cv2.BORDER_REFLECT, "reflect101": cv2.BORDER_REFLECT_101,
           "wrap": cv2.BORDER_WRAP, "constant": cv2.BORDER_CONSTANT}
turn = cv2.getRotationMatrix2D(((W - 1) / 2, (H - 1) / 2), 33.0, 0.8)
slant = np.array([[1.21, 0.31, -9.3], [-0.17, 0.77, 12.1]])
for label, matrix, size in [("turn", turn, (H, W)), ("slant", slant, (H + 9, W - 14))]:
    for border, code in BORDERS.items():
        for name, flag in FLAGS.items():
            out = cv2.warpAffine(image, matrix, (size[1], size[0]), flags=flag, borderMode=code, borderValue=(9, 130, 250))
            inverse = np.linalg.inv(np.vstack([matrix, [0, 0, 1]]))
            warp = {"matrix": {"m": inverse.flatten().tolist()}, "size": {"height": size[0], "width": size[1]},
                    "border": [9, 130, 250] if border == "constant" else border, "interpolation": name}
            save(f"warp-{label}-{border}-{name}", out, {"warp": {"_0": warp}}, "nearest" if name == "nearest" else "warp")

corners = np.float32([[4, 7], [79, 2], [70, 57], [9, 50]])
square = np.float32([[0, 0], [W - 1, 0], [W - 1, H - 1], [0, H - 1]])
matrix = cv2.getPerspectiveTransform(corners, square)
for name, flag in FLAGS.items():
    out = cv2.warpPerspective(image, matrix, (W, H), flags=flag, borderMode=cv2.BORDER_CONSTANT, borderValue=(9, 130, 250))
    warp = {"matrix": {"m": np.linalg.inv(matrix).flatten().tolist()}, "size": {"height": H, "width": W},
            "border": [9, 130, 250], "interpolation": name}
    save(f"warp-perspective-{name}", out, {"warp": {"_0": warp}}, "nearest" if name == "nearest" else "warp")

# Grown rotation, as people write it with OpenCV.
for angle in (17.0, 90.0, -120.0):
    a = math.radians(angle)
    nh = math.ceil(W * abs(math.sin(a)) + H * abs(math.cos(a)) - 1e-6)
    nw = math.ceil(H * abs(math.sin(a)) + W * abs(math.cos(a)) - 1e-6)
    m = cv2.getRotationMatrix2D(((W - 1) / 2, (H - 1) / 2), angle, 1)
    m[0, 2] += (nw - 1) / 2 - (W - 1) / 2
    m[1, 2] += (nh - 1) / 2 - (H - 1) / 2
    out = cv2.warpAffine(image, m, (nw, nh), flags=cv2.INTER_LINEAR)
    save(f"grown-{angle:g}", out, {"transform": {"Rotate": {"degrees": [angle, angle], "grows": True}}}, "warp")

pil = Image.fromarray(image)
tensor = torch.from_numpy(image).permute(2, 0, 1)


def as_array(t):
    return t.permute(1, 2, 0).numpy()


def step(name, picture, transform, rule="color"):
    save(name, np.asarray(picture), {"transform": transform}, rule)


for f in (0.0, 0.4, 0.93, 1.7):
    step(f"brightness-{f}", ImageEnhance.Brightness(pil).enhance(f), {"Brightness": {"factor": [f, f]}}, "exact")
    step(f"contrast-{f}", ImageEnhance.Contrast(pil).enhance(f), {"Contrast": {"factor": [f, f]}}, "exact")
    step(f"saturation-{f}", ImageEnhance.Color(pil).enhance(f), {"Saturation": {"factor": [f, f]}})
    step(f"sharpness-{f}", ImageEnhance.Sharpness(pil).enhance(f), {"Sharpness": {"factor": [f, f]}})
for h in (-0.37, -0.1, 0.05, 0.25, 0.5):
    step(f"hue-{h}", as_array(F.adjust_hue(tensor, h)), {"Hue": {"turns": [h, h]}})
for g in (0.6, 1.8):
    step(f"gamma-{g}", F.adjust_gamma(pil, g), {"Gamma": {"exponent": [g, g]}})
step("gray", np.stack([np.asarray(pil.convert("L"))] * 3, -1), "Grayscale")
step("autocontrast", ImageOps.autocontrast(pil), "AutoContrast", "exact")
step("equalize", ImageOps.equalize(pil), "Equalize", "exact")
step("invert", ImageOps.invert(pil), "Invert", "exact")
for bits in (1, 4, 7):
    step(f"posterize-{bits}", ImageOps.posterize(pil, bits), {"Posterize": {"bits": [bits, bits]}}, "exact")
for t in (0, 77, 200):
    step(f"solarize-{t}", ImageOps.solarize(pil, t), {"Solarize": {"threshold": [t, t]}}, "exact")
for s in (0.4, 1.0, 2.7):
    step(f"blur-{s}", cv2.GaussianBlur(image, (0, 0), s), {"GaussianBlur": {"sigma": [s, s]}})
for name, pf in (("bilinear", Image.BILINEAR), ("bicubic", Image.BICUBIC), ("lanczos", Image.LANCZOS), ("box", Image.BOX)):
    for h, w in ((20, 31), (97, 120), (61, 40)):
        step(f"resize-{name}-{h}x{w}", pil.resize((w, h), pf), {"Resize": {"height": h, "width": w, "filter": name}}, "exact")
step("shorter-32", F.resize(pil, 32), {"ShorterSide": {"pixels": 32}}, "exact")
step("center-40x31", F.center_crop(pil, [40, 31]), {"CenterCrop": {"height": 40, "width": 31}}, "exact")
step("center-90x31", F.center_crop(pil, [90, 31]), {"CenterCrop": {"height": 90, "width": 31}}, "exact")
rotated = F.rotate(tensor, 25.0, interpolation=F.InterpolationMode.BILINEAR)
step("torchvision-rotate", as_array(rotated), {"Rotate": {"degrees": [25.0, 25.0]}}, "warp")
moved = F.affine(pil, 0.0, [12, -7], 1.0, [0.0, 0.0])
step("torchvision-shift", moved, {"Shift": {"x": [12 / W, 12 / W], "y": [-7 / H, -7 / H], "border": "black"}}, "exact")
region = dict(y=7, x=11, height=41, width=50)
out = F.resized_crop(pil, 7, 11, 41, 50, [24, 24])
save("resized-crop", np.asarray(out),
     {"resize": {"_0": region, "_1": {"height": 24, "width": 24}, "_2": "bilinear"}}, "exact")

Image.fromarray(image).save(os.path.join(here, "source.png"), optimize=True)
versions = {"opencv": cv2.__version__, "pillow": PIL.__version__, "torchvision": torchvision.__version__}
with open(os.path.join(here, "index.json"), "w") as f:
    json.dump({"versions": versions, "cases": cases}, f, indent=0)
print(len(cases), versions)
