"""Fetches Python wheels with pip and takes files out of them. Nothing is ever installed into Python."""
import base64
import csv
import glob
import hashlib
import io
import json
import os
import platform
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
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
            if wheel is None and bring(requirement, python, target):
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


def bring(requirement, python, folder):
    """Whether the wheel is there now; false where no index has one for this Python."""
    place = locate(requirement, python, folder)
    if place == NONE:
        return False
    if place is not None:
        try:
            return fetch(*place, folder=folder)
        except (OSError, ValueError) as error:
            print("setup: %s; trying pip's own download" % error, file=sys.stderr)
    return pip(["download", "--dest", folder, requirement], python).returncode == 0


NONE = ()


def pip(arguments, python):
    command = [sys.executable, "-m", "pip", arguments[0], "--disable-pip-version-check", "--quiet", "--no-deps",
               "--only-binary=:all:", "--implementation", "cp", "--python-version", python]
    for name in platforms():
        command += ["--platform", name]
    done = subprocess.run(command + arguments[1:], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    complaint = done.stderr.decode("utf-8", "replace")
    if done.returncode != 0 and "No module named pip" in complaint:
        raise Damaged("python3 has no pip; install it (Debian: apt-get install python3-pip)")
    if done.returncode != 0 and arguments[0] == "download" and "No matching distribution" not in complaint:
        print(complaint, file=sys.stderr)
    return done


def locate(requirement, python, folder):
    """Address and SHA-256 of the wheel that pip would take; NONE where there is none, None where this pip cannot say."""
    nowhere = os.path.join(folder, "nowhere")  # platforms can be named only with a target, which a dry run leaves alone
    done = pip(["install", "--dry-run", "--ignore-installed", "--target", nowhere, "--report", "-", requirement], python)
    if done.returncode != 0:
        return NONE if b"No matching distribution" in done.stderr else None
    try:
        found = json.loads(done.stdout.decode("utf-8"))["install"][0]["download_info"]
        return found["url"], found["archive_info"]["hashes"]["sha256"]
    except (ValueError, KeyError, IndexError):
        return None


def fetch(url, digest, folder):
    """Brings a file, going on where an interrupted run stopped; it gets its name only when it is whole."""
    os.makedirs(folder, exist_ok=True)
    name = os.path.basename(urllib.parse.unquote(urllib.parse.urlsplit(url).path))
    part = os.path.join(folder, name + ".part")
    for attempt in range(5):
        try:
            receive(url, part)
            break
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if attempt == 4:
                raise
    if sha256(part) != digest:
        os.remove(part)
        raise ValueError("%s is not what the index promises" % name)
    os.rename(part, os.path.join(folder, name))
    return True


def receive(url, part):
    """Appends to `part` what is missing of it."""
    have = os.path.getsize(part) if os.path.exists(part) else 0
    request = urllib.request.Request(url, headers={"Range": "bytes=%d-" % have} if have else {})
    certificates = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    context = ssl.create_default_context(cafile=certificates if certificates and os.path.exists(certificates) else None)
    try:
        response = urllib.request.urlopen(request, timeout=60, context=context)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:
            return  # nothing is missing
        raise
    with response:
        goes_on = response.getcode() == 206
        expected = int(response.headers.get("Content-Length") or 0)
        if have:
            print("setup: going on at %d MB" % (have >> 20) if goes_on else "setup: beginning again", file=sys.stderr)
        with open(part, "ab" if goes_on else "wb") as file:
            before = file.tell()
            shutil.copyfileobj(response, file, 1 << 20)
            if expected and file.tell() - before < expected:
                raise ConnectionError("the connection ended early")


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


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
