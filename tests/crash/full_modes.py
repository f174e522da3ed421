#!/usr/bin/python3
"""A full disk, a quota and a disk that becomes read-only, while several programs share a list or fill archives.

    full_modes.py --points 2     in CI
    full_modes.py --points 20    make faults

In each mode of modes.py, from some call on every call that writes fails with ENOSPC, EDQUOT or EROFS, in all programs of
the job (faults_shim.c). Each must end well or with a documented code and one sentence, and the same commands must then
end the list with the bytes of a job that nothing happened to. Further: a limit on the size of files (ulimit -f), and,
as root, a small file system that really becomes full.
"""

import argparse
import collections
import errno
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

import faults
import modes

# The call that fails first, and with what; all later ones fail, too.
WAYS = {"disk full": ("write", errno.ENOSPC), "no room for a file": ("reserve", errno.ENOSPC),
        "quota": ("write", errno.EDQUOT), "no files left in the quota": ("open", errno.EDQUOT),
        "read-only": ("change", errno.EROFS)}
# ended well, some failed, no disk, all was held by the others
CODES = (0, 1, 5, 6)


def outcome(mode, programs):
    """Waits for the programs; each says at most one last sentence, and one if it did not end well."""
    codes = []
    for program in programs:
        _, said = program.communicate(timeout=300)
        last = [line for line in said.splitlines() if line.startswith("qmtraj: ")]
        modes.wants(program.returncode in CODES, f"{mode}: code {program.returncode}: {said}")
        modes.wants(len(last) == (program.returncode != 0), f"{mode}: code {program.returncode}, {len(last)} sentences: "
                                                            f"{said}")
        codes.append(program.returncode)
    return codes


class Shim:
    def __init__(self, folder, cc):
        self.path, self.counters = str(folder / "faults_shim.so"), folder / "counters"
        source = pathlib.Path(__file__).with_name("faults_shim.c")
        subprocess.run([cc, "-std=c17", "-D_GNU_SOURCE", "-O2", "-shared", "-fPIC", str(source), "-o", self.path, "-ldl"],
                       check=True)

    def environment(self, kind="", at=0, error=0):
        self.counters.write_bytes(bytes(8 * len(faults.KINDS)))
        return {"LD_PRELOAD": self.path, "FAULT_COUNTERS": str(self.counters), "FAULT_KIND": kind, "FAULT_AT": str(at),
                "FAULT_ERROR": str(error), "FAULT_STAYS": "1"}

    def counts(self):
        return dict(zip(faults.KINDS, struct.unpack(f"{len(faults.KINDS)}Q", self.counters.read_bytes())))


def faults_inject(place, shim, mode, n_points, tally):
    outcome(mode, place.start_all(mode, "counted", environment=shim.environment()))
    counts = shim.counts()
    place.finish(mode, "counted")
    for way, (kind, error) in WAYS.items():
        for i in range(n_points):
            at = 1 + int((i + 0.5) / n_points * counts[kind])
            what = f"{mode}, {way} from call {at} of {counts[kind]} on"
            codes = outcome(what, place.start_all(mode, "faulty", environment=shim.environment(kind, at, error)))
            try:
                place.finish(mode, "faulty")
            except modes.Wrong as wrong:
                raise modes.Wrong(f"{what}: {wrong}") from None
            tally[f"{mode}: {way}"] += 1
            tally["jobs that were stopped by it"] += any(codes)


def size_limit(place, mode, tally):
    """ulimit -f: some of the files fit, an archive of all does not."""
    def limits():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60000, resource.RLIM_INFINITY))
    outcome(f"{mode}, ulimit -f", place.start_all(mode, "limited", limits=limits))
    place.finish(mode, "limited")
    tally[f"{mode}: a limit on the size of files"] += 1


def small_disk(place, mode, size, tally):
    """A file system of its own that becomes full, and is made larger. False where nobody may mount one."""
    out = place.folder / "small"
    out.mkdir()
    options = f"size={size}k,nr_inodes=200"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(out)], capture_output=True,
                      check=False).returncode != 0:
        out.rmdir()
        return False
    try:
        codes = outcome(f"{mode}, a disk of {size} kB", place.start_all(mode, "small"))
        modes.wants(any(codes) or "--pack" in modes.MODES[mode][0], f"{mode}: {size} kB were enough")
        subprocess.run(["mount", "-o", "remount,size=64m,nr_inodes=10000", str(out)], check=True)
        # The folder of a mount cannot be removed at the end of a comparison.
        for program in place.start_all(mode, "small"):
            program.communicate()
        shutil.copytree(out, place.folder / "large")
    finally:
        subprocess.run(["umount", str(out)], check=True)
        out.rmdir()
    place.finish(mode, "large")
    tally[f"{mode}: a disk of {size} kB"] += 1
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=2)
    parser.add_argument("--mode", action="append", help="only this one; may be repeated")
    parser.add_argument("--program", default=os.environ.get("QMTRAJ", "build/qmtraj"))
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    words = parser.parse_args()
    tally, mounted = collections.Counter(), True
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        place = modes.Place(words.program, folder)
        shim = Shim(pathlib.Path(folder), words.cc)
        for mode in words.mode or modes.MODES:
            faults_inject(place, shim, mode, words.points, tally)
            size_limit(place, mode, tally)
            for size in (64, 160):
                mounted = mounted and small_disk(place, mode, size, tally)
    for what, n in sorted(tally.items()):
        print(f"  {what}: {n}")
    if not mounted:
        print("a small file system: NOT RUN, it may not be mounted here")
    return 0


if __name__ == "__main__":
    sys.exit(main())
