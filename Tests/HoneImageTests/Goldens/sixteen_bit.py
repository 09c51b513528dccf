"""Size and mean (of 255) that OpenCV's IMREAD_UNCHANGED gives for the 16-bit grey files of odd_images, scaled by 1/257:
sixteen_bit.tsv. Pillow reads these as modes I and I;16, whose conversion to 8 bits clips. `python sixteen_bit.py DATA`."""
import csv, os, sys
import cv2

here = os.path.dirname(os.path.abspath(__file__))
root = sys.argv[1] + "/odd_images/"
with open(f"{here}/sixteen_bit.tsv", "w") as out, open(root + "manifest.tsv") as manifest:
    out.write("file\theight\twidth\tmean\n")
    for row in csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["status"] == "ok" and row["mode"].startswith("I") and row["format"] in ("PNG", "TIFF"):
            a = cv2.imread(root + row["file"], cv2.IMREAD_UNCHANGED)
            out.write(f"{row['file']}\t{a.shape[0]}\t{a.shape[1]}\t{a.astype(float).mean() / 257:.3f}\n")
