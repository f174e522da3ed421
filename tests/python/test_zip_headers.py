"""What numpy refuses, `qmtraj check` does not let pass: single bits turned in the headers and the directory of the ZIP
archive, where no checksum watches. FLIPS says how many (default 400; all there are with a large number)."""

import os
import random
import subprocess
import tempfile
import warnings

import numpy as np

QMTRAJ = os.environ["QMTRAJ"]
FLIPS = int(os.environ.get("FLIPS", "400"))
WATER = "3\n\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n"


def numpy_loads(path):
    try:
        with np.load(path) as file:
            return {name: file[name] for name in file.files}
    except Exception:  # noqa: BLE001 - whatever it raises, it does not load
        return None


def check(*words):
    return subprocess.run([QMTRAJ, "check", *words], capture_output=True, text=True)


def unwatched(raw):
    """Offsets of bytes that belong to no member."""
    import zipfile
    watched = set()
    with zipfile.ZipFile("good.npz") as archive:
        for item in archive.infolist():
            at = item.header_offset
            begin = at + 30 + int.from_bytes(raw[at + 26:at + 28], "little") \
                + int.from_bytes(raw[at + 28:at + 30], "little")
            watched.update(range(begin, begin + item.file_size))
    return [i for i in range(len(raw)) if i not in watched]


scratch = tempfile.TemporaryDirectory()
os.chdir(scratch.name)
open("water.xyz", "w").write(WATER)
subprocess.run([QMTRAJ, "run", "--out", "out", "--set", "length_ps=0.0005", "--set", "equilibration_ps=0",
                "--set", "nve_every_ps=0", "water.xyz"], check=True, capture_output=True)
os.rename("out/water/trajectory.npz", "good.npz")
raw = open("good.npz", "rb").read()
good = numpy_loads("good.npz")
assert check("good.npz", "--frames", "0").returncode == 0
warnings.simplefilter("ignore")

flips = [(i, bit) for i in unwatched(raw) for bit in range(8)]
random.seed(1)
random.shuffle(flips)
refused = passed = stricter = 0
for at, bit in flips[:FLIPS]:
    bad = bytearray(raw)
    bad[at] ^= 1 << bit
    open("bad.npz", "wb").write(bad)
    loaded = numpy_loads("bad.npz")
    same = loaded is not None and loaded.keys() == good.keys()
    code = check("bad.npz", "--frames", "0").returncode
    assert code in (0, 1), (at, bit, code)
    assert same or code == 1, f"bit {bit} of byte {at}: numpy does not load it, check says nothing"
    refused += not same
    stricter += same and code == 1
    passed += code == 0
print(f"{FLIPS} bits of {len(flips)}: numpy refuses {refused}, check those and {stricter} more, {passed} pass both")

# Entries of the directory that share a member: 60,000 of them would make a few bytes terabytes to read.
directory = int.from_bytes(raw[-6:-2], "little")
end64 = raw.rindex(b"PK\x06\x06")
start = int.from_bytes(raw[end64 + 48:end64 + 56], "little")
entry_size = 46 + sum(int.from_bytes(raw[start + k:start + k + 2], "little") for k in (28, 30, 32))
entry = raw[start:start + entry_size]
many = bytearray(raw[:start] + entry * 3 + raw[start:])
shift = 3 * entry_size
new64 = end64 + shift
count, size = (int.from_bytes(raw[end64 + k:end64 + k + 8], "little") for k in (32, 40))
many[new64 + 24:new64 + 48] = (count + 3).to_bytes(8, "little") * 2 + (size + shift).to_bytes(8, "little")
locator = new64 + 56
many[locator + 8:locator + 16] = new64.to_bytes(8, "little")
open("bad.npz", "wb").write(many)
report = check("bad.npz")
assert report.returncode == 1 and "overlap" in report.stdout, report.stdout

# A pipe is refused, not waited for.
os.mkfifo("pipe.npz")
report = subprocess.run([QMTRAJ, "check", "pipe.npz"], capture_output=True, text=True, timeout=20)
assert report.returncode == 5 and "not a file but a pipe" in report.stderr, report.stderr

# Two members of one name: NumPy takes the last one, others the first.
import zipfile  # noqa: E402
with zipfile.ZipFile("good.npz") as archive, zipfile.ZipFile("bad.npz", "w") as twice:
    for item in archive.infolist():
        twice.writestr(item.filename, archive.read(item))
    twice.writestr("pos.npy", archive.read("vel.npy"))
report = check("bad.npz")
assert report.returncode == 1 and "two arrays of the name pos" in report.stdout, report.stdout
