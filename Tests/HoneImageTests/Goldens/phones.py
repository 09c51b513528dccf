"""Small pictures such as phones make, and what they hold: phones/*, phones.tsv (file, format, height, width, channels,
bits, mean of each colour channel as the file's own decoder reads it).

HEIC by pillow-heif, AVIF by Pillow 13. The p3.* files carry the same colours under a Display P3 profile; p3-as-srgb.png
holds them in sRGB, computed in float64 from the definitions of the two spaces (SMPTE EG 432-1, IEC 61966-2-1) and no
colour library.

Run: python phones.py   (needs pillow, pillow-heif, numpy)
"""
import os
import struct

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
here = os.path.dirname(os.path.abspath(__file__))
folder = here + "/phones"
os.makedirs(folder, exist_ok=True)
H, W = 48, 64
y, x = np.mgrid[0:H, 0:W]
color = np.stack([x * 4, y * 5, 255 - (x + y) * 2], -1).astype(np.uint8)
rgb = Image.fromarray(color)
alpha = Image.fromarray((255 - x * 2).astype(np.uint8))
rgba = rgb.copy()
rgba.putalpha(alpha)

P3 = np.array([[0.4865709486, 0.2656676932, 0.1982172852], [0.2289745641, 0.6917385218, 0.0792869141],
               [0.0, 0.0451133819, 1.0439443689]])
SRGB = np.array([[0.4123907993, 0.3575843394, 0.1804807884], [0.2126390059, 0.7151686788, 0.0721923154],
                 [0.0193308187, 0.1191947798, 0.9505321522]])
BRADFORD = np.array([[1.0478112, 0.0228866, -0.0501270], [0.0295424, 0.9904844, -0.0170491],
                     [-0.0092345, 0.0150436, 0.7521316]])  # D65 to D50


def linear(v):
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def encoded(v):
    return np.where(v <= 0.0031308, v * 12.92, 1.055 * v ** (1 / 2.4) - 0.055)


def as_srgb(pixels):
    light = linear(pixels / 255.0) @ P3.T @ np.linalg.inv(SRGB).T
    return np.clip(np.rint(encoded(np.clip(light, 0, 1)) * 255), 0, 255).astype(np.uint8)


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def display_p3():
    """An ICC profile, version 4, of three primaries and one curve."""
    def xyz(v):
        return b"XYZ \0\0\0\0" + b"".join(map(fixed, v))

    def text(s):
        return b"mluc\0\0\0\0" + struct.pack(">IIccccII", 1, 12, b"e", b"n", b"U", b"S", 2 * len(s), 28) + s.encode("utf-16-be")

    columns = (BRADFORD @ P3).T
    curve = b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(fixed, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]))
    tags = {b"desc": text("Display P3"), b"cprt": text("none"), b"wtpt": xyz([0.9642, 1.0, 0.8249]),
            b"rXYZ": xyz(columns[0]), b"gXYZ": xyz(columns[1]), b"bXYZ": xyz(columns[2]),
            b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    table, body, place = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", place + len(body), len(content))
        body += content
    size = place + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x04000000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + b"".join(map(fixed, [0.9642, 1.0, 0.8249]))
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


rows = []


def save(name, picture, bits=8, **options):
    path = f"{folder}/{name}"
    picture.save(path, **options)
    back = np.asarray(Image.open(path).convert("RGB")).astype(float).reshape(-1, 3).mean(0)
    channels = len(Image.open(path).getbands())
    rows.append([name, name.rsplit(".")[-1], picture.height, picture.width, channels, bits, "/".join(f"{m:.3f}" for m in back)])


save("photo.heic", rgb, quality=90)
save("alpha.heic", rgba, quality=90)
save("photo.avif", rgb, quality=90)
save("alpha.avif", rgba, quality=90)
ten = (color.astype(np.uint16) * 257)
pillow_heif.encode("RGB;16", (W, H), ten.tobytes(), f"{folder}/ten.heic", quality=95)
rows.append(["ten.heic", "heic", H, W, 3, 10, "/".join(f"{m:.3f}" for m in color.reshape(-1, 3).mean(0))])
profile = display_p3()
for name, options in {"p3.jpg": {"quality": 98, "subsampling": 0}, "p3.png": {}, "p3.webp": {"lossless": True},
                      "p3.tif": {}, "p3.heic": {"quality": 98, "chroma": 444}}.items():
    save(name, rgb, icc_profile=profile, **options)
Image.fromarray(as_srgb(color)).save(folder + "/p3-as-srgb.png")
with open(here + "/phones.tsv", "w") as file:
    file.write("file\tformat\theight\twidth\tchannels\tbits\tmeans\n")
    file.writelines("\t".join(map(str, row)) + "\n" for row in rows)
