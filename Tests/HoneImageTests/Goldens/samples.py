"""Small pictures in every format and variant, written by Pillow 13, and what Pillow reads from them: samples/*,
samples.tsv (file, height, width, channels, mean of each colour channel; 16-bit scaled by 1/257)."""
import os, struct
import numpy as np
from PIL import Image

here = os.path.dirname(os.path.abspath(__file__))
folder = here + "/samples"
rng = np.random.default_rng(3)
H, W = 17, 25
y, x = np.mgrid[0:H, 0:W]
color = np.stack([x * 10, y * 14, (x * y) % 256], -1).astype(np.uint8)
rgb = Image.fromarray(color)
alpha = Image.fromarray(((x + y) * 6).astype(np.uint8))
rgba = rgb.copy(); rgba.putalpha(alpha)
grey = rgb.convert("L")
cmyk = Image.fromarray(np.dstack([color, (y * 7).astype(np.uint8)]), "CMYK")
wide = Image.fromarray((x * 2500 + y * 50).astype(np.uint16))
palette = rgb.quantize(37)
bits = grey.point(lambda v: 255 * (v > 90), "1")
files = {}


def save(name, picture, expected=None, **options):
    picture.save(f"{folder}/{name}", **options)
    files[name] = expected


save("baseline.jpg", rgb, quality=92)
save("progressive.jpg", rgb, quality=92, progressive=True)
save("grey.jpg", grey)
save("cmyk.jpg", cmyk, quality=95)
save("full_chroma.jpg", rgb, quality=92, subsampling=0)
save("wide.png", wide, np.asarray(wide) / 257)
save("palette.png", palette)
save("palette_transparent.png", palette, transparency=3)
save("bits.png", bits)
save("grey_alpha.png", rgba.convert("LA"))
save("rgb_key.png", rgb, transparency=(0, 0, 0))
save("lossy.webp", rgb, quality=90)
save("lossless.webp", rgb, lossless=True)
save("lossy_alpha.webp", rgba, quality=90)
save("animated.webp", rgb, save_all=True, append_images=[rgb.rotate(180)], lossless=True)
save("plain.gif", palette)
save("interlaced.gif", palette, interlace=1)
save("transparent.gif", palette, transparency=2)
save("animated.gif", palette, save_all=True, append_images=[rgb.rotate(180).quantize(16)], loop=0)
save("rgb.bmp", rgb)
save("palette.bmp", palette)
save("bits.bmp", bits)
save("rgba.bmp", rgba)
save("rgb.tif", rgb)
save("lzw.tif", rgb, compression="tiff_lzw")
save("deflate.tif", rgba, compression="tiff_adobe_deflate")
save("jpeg.tif", rgb, compression="jpeg", quality=92)
save("cmyk.tif", cmyk)
save("palette.tif", palette)
save("bits.tif", bits, compression="group4")
save("wide.tif", wide, np.asarray(wide) / 257)
save("float.tif", Image.fromarray((x / 24).astype(np.float32)), np.round(x / 24 * 255))
lab = Image.merge("LAB", [Image.fromarray(a.astype(np.uint8)) for a in (60 + y * 9, (x - 12) % 256, (y - 8) % 256)])
save("lab.tif", lab)

# A GIF whose only frame covers part of the canvas: the rest is transparent.
save("offset.gif", palette.crop((0, 0, 10, 8)))
raw = bytearray(open(f"{folder}/offset.gif", "rb").read())
raw[6:10] = struct.pack("<HH", W, H)
start = 13 + 3 * (2 << (raw[10] & 7))
start = raw.index(b"\x2c", start)
raw[start + 1:start + 5] = struct.pack("<HH", 4, 5)
open(f"{folder}/offset.gif", "wb").write(raw)

# Interlaced PNG is not written by Pillow: Adam7 by hand.
import zlib
def chunk(kind, data): return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
rows = b"".join(b"\0" + row.tobytes() for t, l, v, h in passes for row in color[t::v, l::h] if row.size)
with open(f"{folder}/interlaced.png", "wb") as f:
    f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", W, H, 8, 2, 0, 0, 1))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
files["interlaced.png"] = None

with open(f"{here}/samples.tsv", "w") as out:
    out.write("file\theight\twidth\tchannels\tmean\n")
    for name, expected in sorted(files.items()):
        picture = Image.open(f"{folder}/{name}"); picture.load()
        alpha = picture.mode != "LAB" and "A" in picture.getbands() or "transparency" in picture.info or name == "offset.gif"
        alpha = alpha and name != "animated.webp"  # Pillow's animation reader always has alpha; the frame has none
        if expected is None:
            grey_like = picture.mode in ("1", "L", "LA")
            expected = np.asarray(picture.convert("L" if grey_like else "RGB"), float)
        if expected.ndim == 2: expected = expected[..., None]
        mean = "/".join(f"{m:.3f}" for m in expected.mean((0, 1)))
        out.write(f"{name}\t{picture.height}\t{picture.width}\t{expected.shape[2] + alpha}\t{mean}\n")
