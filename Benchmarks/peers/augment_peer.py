"""One library's side of augment.py: the way from JPEG files to normalized tensors.

Usage: augment_peer.py LIBRARY REDUCTION LISTING   (the protocol is in ../Sources/AugmentBench/main.swift)
LIBRARY is albumentations, torchvision, keras-layers or keras-generator. REDUCTION 2, 4 or 8 lets the decoder give pictures of
that part of their size (OpenCV's IMREAD_REDUCED_COLOR_n, Pillow's draft); 1 gives them whole. On several threads
Albumentations and torchvision work as people have them do: in so many worker processes of a torch DataLoader.
"""
import io
import json
import os
import sys
import time

os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", NO_ALBUMENTATIONS_UPDATE="1",
                  TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")
import numpy as np

SIDE, BATCH = 224, 32
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
LIBRARY, REDUCTION = sys.argv[1], int(sys.argv[2])


def albumentations() -> dict:
    import albumentations as A
    import cv2
    from albumentations.pytorch import ToTensorV2

    cv2.setNumThreads(0)
    flag = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
    pipe = A.Compose([
        A.RandomResizedCrop(size=(SIDE, SIDE)), A.HorizontalFlip(p=0.5), A.Rotate(limit=15, p=1, border_mode=cv2.BORDER_CONSTANT),
        A.ColorJitter(brightness=(0.8, 1.2), contrast=(0.8, 1.2), saturation=(0.8, 1.2), hue=(-0.05, 0.05), p=1),
        A.Normalize(mean=MEAN, std=STD), ToTensorV2()], seed=1)

    def jitter(path):
        with open(path, "rb") as file:
            picture = cv2.imdecode(np.frombuffer(file.read(), np.uint8), flag[REDUCTION])
        return pipe(image=cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))["image"]

    return {"jitter": jitter}


def torchvision() -> dict:
    import torch
    from PIL import Image
    from torchvision.transforms import v2

    torch.set_num_threads(1)
    bilinear = v2.InterpolationMode.BILINEAR

    def read(path):
        with open(path, "rb") as file:
            picture = Image.open(io.BytesIO(file.read()))
        if REDUCTION > 1:
            picture.draft("RGB", (picture.width // REDUCTION, picture.height // REDUCTION))
        return picture.convert("RGB")

    def pipe(*steps):
        made = v2.Compose([v2.RandomResizedCrop(SIDE, antialias=True), v2.RandomHorizontalFlip(0.5), *steps,
                           v2.ToImage(), v2.ToDtype(torch.float32, scale=True), v2.Normalize(MEAN, STD)])
        return lambda path: made(read(path))

    return {"jitter": pipe(v2.RandomRotation(15, interpolation=bilinear), v2.ColorJitter(0.2, 0.2, 0.2, 0.05)),
            "trivial": pipe(v2.TrivialAugmentWide(interpolation=bilinear)),
            "rand": pipe(v2.RandAugment(interpolation=bilinear))}


def keras_generator() -> dict:
    from keras.src.legacy.preprocessing.image import ImageDataGenerator
    from keras.utils import img_to_array, load_img

    made = ImageDataGenerator(rotation_range=15, width_shift_range=0.1, height_shift_range=0.1, zoom_range=0.2,
                              brightness_range=(0.8, 1.2), horizontal_flip=True, rescale=1 / 255)

    def generator(path):
        picture = img_to_array(load_img(path, target_size=(SIDE, SIDE), interpolation="bilinear"))
        return made.standardize(made.random_transform(picture))

    return {"generator": generator}


def keras_layers() -> dict:
    """Whole batches through a graph, as a tf.data pipeline runs them."""
    import keras
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    layers = keras.Sequential([
        keras.layers.RandomFlip("horizontal"), keras.layers.RandomRotation(15 / 360), keras.layers.RandomZoom(0.2),
        keras.layers.RandomTranslation(0.1, 0.1), keras.layers.RandomContrast(0.2), keras.layers.RandomBrightness(0.2),
        keras.layers.Normalization(mean=[255 * m for m in MEAN], variance=[(255 * s) ** 2 for s in STD])])

    def read(path):
        return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path), channels=3), (SIDE, SIDE))

    @tf.function
    def change(paths):
        return layers(tf.map_fn(read, paths, fn_output_signature=tf.float32), training=True)

    return {"layers": lambda paths: change(tf.constant(paths))}


LIBRARIES = {"albumentations": (albumentations, "albumentations"), "torchvision": (torchvision, "torchvision"),
             "keras-generator": (keras_generator, "keras"), "keras-layers": (keras_layers, "keras")}


def alone(change, files: list[str], first: int, seconds: float) -> dict:
    count = BATCH if LIBRARY == "keras-layers" else 1
    amount, start = 0, time.process_time()
    while time.process_time() < start + seconds:
        taken = [files[(first + amount + k) % len(files)] for k in range(count)]
        change(taken if count > 1 else taken[0])
        amount += count
    return {"seconds": time.process_time() - start, "amount": amount}


def together(change, files: list[str], first: int, seconds: float, workers: int, batch: int) -> dict:
    """Batches from a DataLoader whose workers are already at work; those that lie ready are drawn before the clock starts."""
    import torch

    class Pictures(torch.utils.data.Dataset):
        def __len__(self):
            return 1 << 30

        def __getitem__(self, index):
            return change(files[(first + index) % len(files)])

    loader = torch.utils.data.DataLoader(Pictures(), batch_size=batch, num_workers=workers)
    batches, amount = iter(loader), 0
    for _ in range(2 * workers):
        next(batches)
    start = time.perf_counter()
    while time.perf_counter() < start + seconds:
        amount += len(next(batches))
    return {"seconds": time.perf_counter() - start, "amount": amount}


def main() -> None:
    import importlib.metadata

    prepare, package = LIBRARIES[LIBRARY]
    works = prepare()
    with open(sys.argv[3]) as file:
        sets = json.load(file)
    for change in works.values():
        alone(change, next(iter(sets.values())), 0, 0.05)
    names = [f"{name}/{work}" for name in sets for work in works if REDUCTION == 1 or name == "large"]
    print(json.dumps({"ready": {"works": names, "version": importlib.metadata.version(package)}}), flush=True)
    first = 0
    for line in sys.stdin:
        _, row, seconds, threads = line.split()
        name, work = row.split("/")
        if threads == "1":
            answer = alone(works[work], sets[name], first, float(seconds))
        else:
            answer = together(works[work], sets[name], first, float(seconds), int(threads), 8 if name == "large" else BATCH)
        first += answer["amount"]
        print(json.dumps(answer), flush=True)


main()
