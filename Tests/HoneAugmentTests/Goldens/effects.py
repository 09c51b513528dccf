"""Makes the goldens in effects/ for filters, colour, light and distortion from OpenCV, Pillow, SciPy and Albumentations.

For each case the reference's picture as PNG and, in effects/index.json, the step in Hone's own form with its parameters
fixed, and how far it may be off: the mean difference and the 99.9th percentile, in levels.  Run: python effects.py
"""
import json, math, os
import cv2, numpy as np, scipy.interpolate, scipy.special
import albumentations as A
import albumentations.augmentations.pixel.functional as FP
import albumentations.augmentations.blur.functional as FB
import albumentations.augmentations.geometric.functional as FG
from PIL import Image, ImageOps

here = os.path.dirname(os.path.abspath(__file__))
image = np.asarray(Image.open(os.path.join(here, "source.png")).convert("RGB"))
H, W = image.shape[:2]
cases = []


def save(name, array, step, mean=0.5, rare=1):
    Image.fromarray(np.ascontiguousarray(array)).save(os.path.join(here, "effects", name + ".png"), optimize=True)
    cases.append({"name": name, "step": step, "mean": mean, "rare": rare})


def one(x):
    return [x, x]


# Filters.
for r in (1, 3):
    save(f"box-{r}", cv2.blur(image, (2 * r + 1, 2 * r + 1)), {"BoxBlur": {"radius": one(r)}})
for r in (1, 2, 4):
    save(f"median-{r}", cv2.medianBlur(image, 2 * r + 1), {"MedianBlur": {"radius": one(r)}}, 0, 0)
for side, angle, direction in ((5, 30.0, 0.0), (9, 200.0, 0.6), (7, 90.0, -1.0)):
    kernel = FB.create_motion_kernel(side, angle, direction, False, None)
    out = cv2.filter2D(image, -1, kernel / kernel.sum())
    save(f"motion-{side}", out, {"MotionBlur": {"length": one(side), "degrees": one(angle), "direction": one(direction)}})
for r, s in ((3, 0.3), (7, 0.5)):
    save(f"defocus-{r}", FB.defocus(image, r, s), {"Defocus": {"radius": one(r), "softness": one(s)}})
for amount, light in ((0.3, 0.7), (0.9, 1.0)):
    k = np.array([[-1, -1, -1], [-1, 8 + light, -1], [-1, -1, -1]])
    k = (1 - amount) * np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]) + amount * k
    save(f"sharpen-{amount}", cv2.filter2D(image, -1, k), {"Sharpen": {"amount": one(amount), "lightness": one(light)}})
k = np.array([[-1 - 0.6, -0.6, 0], [-0.6, 1, 0.6], [0, 0.6, 1 + 0.6]])
k = 0.6 * np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]) + 0.4 * k
save("emboss", cv2.filter2D(image, -1, k), {"Emboss": {"amount": one(0.4), "strength": one(0.6)}})
identity = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
for name, k in (("edge", np.array([[-1, -1, -1], [-1, 10, -1], [-1, -1, -1]]) / 2),
                ("detail", np.array([[0, -1, 0], [-1, 10, -1], [0, -1, 0]]) / 6)):
    save(f"enhance-{name}", cv2.filter2D(image, -1, 0.7 * k + 0.3 * identity), {"Enhance": {"kind": name, "amount": one(0.7)}})
k = 0.6 * np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]) + 0.4 * identity
save("edges", cv2.filter2D(image, -1, k), {"EdgeDetect": {"amount": one(0.6)}})
out = FP.unsharp_mask(image.astype(np.float32) / 255, 0, 1.2, 0.5, 10)
save("unsharp", np.rint(out * 255).astype(np.uint8), {"UnsharpMask": {"sigma": one(1.2), "amount": one(0.5), "threshold": 10}}, 1, 3)
for side, cutoff in ((7, 0.8), (13, 1.5)):
    h = (side - 1) / 2
    y, x = np.mgrid[0:side, 0:side]
    d = np.hypot(x - h, y - h)
    d[int(h), int(h)] = 1
    k = cutoff * scipy.special.j1(cutoff * d) / (2 * math.pi * d)
    k[int(h), int(h)] = cutoff ** 2 / (4 * math.pi)
    save(f"ringing-{side}", cv2.filter2D(image, -1, k / k.sum()), {"RingingOvershoot": {"side": one(side), "cutoff": one(cutoff)}})
square = np.ones((5, 5), np.uint8)
save("dilate", cv2.dilate(image, square), {"Morphology": {"radius": one(2), "kind": "dilate"}}, 0, 0)
save("erode", cv2.erode(image, square), {"Morphology": {"radius": one(2), "kind": "erode"}}, 0, 0)

# Colour.
save("brightness-contrast", cv2.convertScaleAbs(np.clip(image * np.float64(1.3) - 40, 0, 255), alpha=1),
     {"BrightnessContrast": {"brightness": one(-40 / 255), "contrast": one(0.3)}})
for mode, ours, t in (("blackbody", "blackbody", 3700), ("cied", "daylight", 9200)):
    save(f"planckian-{ours}", FP.planckian_jitter(image, t, mode), {"PlanckianJitter": {"kelvin": one(t), "light": ours}})
gray = ImageOps.grayscale(Image.fromarray(image))
save("colorize", np.asarray(ImageOps.colorize(gray, (10, 20, 60), (250, 240, 200), mid=(120, 60, 30))),
     {"Colorize": {"dark": [10, 20, 60], "middle": [120, 60, 30], "light": [250, 240, 200]}}, 0.5, 2)
x = image / 255.0
save("sigmoid", np.rint(255 / (1 + np.exp(7 * (0.45 - x)))).astype(np.uint8), {"SigmoidContrast": {"gain": one(7), "cutoff": one(0.45)}})
save("log", np.rint(np.clip(255 * 1.1 * np.log2(1 + x), 0, 255)).astype(np.uint8), {"LogContrast": {"gain": one(1.1)}})

exact = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
exact[..., 1] = np.clip(exact[..., 1] + 0.2, 0, 1)
exact[..., 2] = np.clip(exact[..., 2] - 0.1, 0, 1)
save("hsv", np.rint(cv2.cvtColor(exact, cv2.COLOR_HSV2RGB) * 255).astype(np.uint8),
     {"HSVShift": {"hue": one(0), "saturation": one(0.2), "value": one(-0.1)}}, 0.2, 1)

# Light.
unit = image.astype(np.float32) / 255
def action(name, array, what, mean=0.5, rare=1):
    Image.fromarray(np.ascontiguousarray(array)).save(os.path.join(here, "effects", name + ".png"), optimize=True)
    cases.append({"name": name, "action": what, "mean": mean, "rare": rare})


def effect(kind, **parameters):
    return {"effect": {"_0": {kind: parameters}}}


def levels(values):
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)


for corner in range(4):
    action(f"corner-{corner}", levels(FP.apply_corner_illumination(unit, 0.4, corner)),
           effect("Glow", shape={"corner": {"_0": corner}}, gain=-0.4), 0.7, 2)
bell = FP.apply_gaussian_illumination(unit, -0.5, (0.3, 0.6), 0.3)
action("bell", levels(bell), effect("Glow", shape={"bell": {"x": 0.3, "y": 0.6, "width": 0.3}}, gain=-0.5), 0.7, 2)
y, x = np.mgrid[0:H, 0:W]
for degrees in (0, 63, 200):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    reach = (abs(c) * (W - 1) + abs(s) * (H - 1)) / 2
    ramp = 0.5 + 0.5 * (c * (x - (W - 1) / 2) + s * (y - (H - 1) / 2)) / reach
    action(f"linear-{degrees}", levels(unit * (1 - 0.3 + 0.6 * ramp)[..., None]),
           effect("Glow", shape={"linear": {"degrees": degrees}}, gain=0.3), 0.7, 2)
for point in (0.206, 0.606):
    save(f"snow-{point}", FP.add_snow_bleach(image, point, 2.5),
         {"Snow": {"cover": "bleach", "point": one(point / 2 + 1 / 3), "gain": 2.5, "flakes": one(0)}}, 1, 6)
for clip, rows, columns in ((2.0, 4, 4), (4.0, 3, 5)):
    # CIELab in float32, where OpenCV's 8-bit one rounds a and b; the lightness that is equalized is rounded to levels.
    lab = cv2.cvtColor(unit, cv2.COLOR_RGB2LAB)
    before = np.rint(lab[..., 0] * 2.55).astype(np.uint8)
    after = cv2.createCLAHE(clip, (columns, rows)).apply(before)
    lab[..., 0] += (after.astype(np.float32) - before) / 2.55
    save(f"clahe-{rows}x{columns}", levels(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)),
         {"CLAHE": {"clip": one(clip), "rows": rows, "columns": columns}}, 1.5, 8)

# Distortion.
def bend(name, field, move_x, move_y, rare=9):
    out = cv2.remap(image, (x + move_x).astype(np.float32), (y + move_y).astype(np.float32), cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REFLECT_101)
    action(name, out, {"bend": {"_0": {"field": field, "border": "reflect101", "interpolation": "bilinear"}}}, 0.8, rare)


u, v = x - (W - 1) / 2, y - (H - 1) / 2
for lens, k in (("camera", 0.4), ("camera", -0.3), ("fisheye", 0.5), ("fisheye", -0.4)):
    square = (u / W) ** 2 + (v / H) ** 2
    gain = k * square * (1 + square) if lens == "camera" else k * (u ** 2 + v ** 2) / (W ** 2 / 4 + H ** 2 / 4)
    bend(f"{lens}-{k}", {"lens": {"_0": lens, "strength": k}}, u * gain, v * gain)
waves = {"x": {"amplitude": 3.0, "length": 31.0, "phase": 0.2}, "y": {"amplitude": 2.0, "length": 23.0, "phase": 0.7}}
bend("waves", {"waves": waves}, 3 * np.sin(2 * np.pi * (y / 31 + 0.2)), 2 * np.sin(2 * np.pi * (x / 23 + 0.7)), 14)
steps = [0.0, 0.15, 0.45, 0.7, 1.0]
bend("steps", {"steps": {"x": steps, "y": steps[::-1]}},
     np.interp(x / (W - 1), np.linspace(0, 1, 5), steps) * (W - 1) - x,
     np.interp(y / (H - 1), np.linspace(0, 1, 5), steps[::-1]) * (H - 1) - y, 30)
rng = np.random.default_rng(3)
points = np.array([[u, v] for v in (0, 0.5, 1) for u in (0, 0.5, 1)])
moves = rng.normal(0, 0.05, points.shape)
spline = scipy.interpolate.RBFInterpolator(points, moves, kernel="thin_plate_spline", degree=1)
found = spline(np.stack([x / (W - 1), y / (H - 1)], -1).reshape(-1, 2)).reshape(H, W, 2)
bend("thin-plate", {"thinPlate": {"points": points.tolist(), "moves": moves.tolist()}},
     found[..., 0] * (W - 1), found[..., 1] * (H - 1))

versions = {"opencv": cv2.__version__, "albumentations": A.__version__}
with open(os.path.join(here, "effects", "index.json"), "w") as f:
    json.dump({"versions": versions, "cases": cases}, f, indent=0)
print(len(cases), versions)
