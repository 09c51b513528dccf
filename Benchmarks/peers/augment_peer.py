"""The way from JPEG files to a normalized tensor with Albumentations (or torchvision), one thread; one line of JSON.

Usage: python augment_peer.py LIST [torchvision]
"""
import json, os, resource, sys

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NO_ALBUMENTATIONS_UPDATE="1")
import cv2
import numpy as np

cv2.setNumThreads(0)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rate(items, work):
    start = cpu()
    for item in items:
        work(item)
    return len(items) / (cpu() - start)


def with_albumentations():
    import albumentations as A
    from albumentations.pytorch import ToTensorV2

    pipe = A.Compose([
        A.RandomResizedCrop(size=(224, 224)), A.HorizontalFlip(p=0.5), A.Rotate(limit=15, p=1, border_mode=cv2.BORDER_CONSTANT),
        A.ColorJitter(brightness=(0.8, 1.2), contrast=(0.8, 1.2), saturation=(0.8, 1.2), hue=(-0.05, 0.05), p=1),
        A.Normalize(mean=MEAN, std=STD), ToTensorV2()], seed=1)

    def decode(data):
        return cv2.cvtColor(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    return decode, lambda image: pipe(image=image)["image"], {}


def with_torchvision():
    import io
    import torch
    from PIL import Image
    from torchvision.transforms import v2

    torch.set_num_threads(1)
    pipe = v2.Compose([
        v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip(0.5),
        v2.RandomRotation(15, interpolation=v2.InterpolationMode.BILINEAR), v2.ColorJitter(0.2, 0.2, 0.2, 0.05),
        v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])

    def policy(step):
        return v2.Compose([v2.RandomResizedCrop(224, antialias=True), v2.RandomHorizontalFlip(0.5), step,
                           v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])

    bilinear = v2.InterpolationMode.BILINEAR
    policies = {"crop, flip, TrivialAugment": policy(v2.TrivialAugmentWide(interpolation=bilinear)),
                "crop, flip, RandAugment": policy(v2.RandAugment(interpolation=bilinear))}
    return (lambda data: Image.open(io.BytesIO(data)).convert("RGB")), pipe, policies


def main():
    paths = open(sys.argv[1]).read().split("\n")
    paths = [p for p in paths if p]
    decode, augment, others = with_torchvision() if "torchvision" in sys.argv[2:] else with_albumentations()
    read = lambda path: open(path, "rb").read()
    for path in paths[:8]:
        augment(decode(read(path)))
    files = rate(paths, lambda path: augment(decode(read(path))))
    contents = [read(path) for path in paths]
    decoding = rate(contents, decode)
    images = [decode(data) for data in contents]
    results = {"file to batch": files, "decode": decoding, "augment decoded": rate(images, augment)}
    results.update({name: rate(images, work) for name, work in others.items()})
    print(json.dumps({name: round(value, 1) for name, value in results.items()}))


main()
