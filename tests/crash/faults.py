#!/usr/bin/python3
"""Lets the n-th system call of a job fail, for every n, and looks whether the job minds its files.

    faults.py --points 150    in CI: some of each kind, spread over the run
    faults.py                 all (make faults): minutes

A short job (equilibration, production, NVE windows, a checkpoint after every step, the finishing of the NPZ,
the summary) runs under faults_shim.c in several situations: in an empty folder, on from a checkpoint, made
longer, made anew with --fresh, and with an SCF that fails on the way. After a fault the job must have ended
well, or with a documented code and one sentence; what has a final name must be whole; and the same command
must then end with the bytes of a job that nothing happened to. Or the job is killed before a call that alters
a file, and the same holds for what it left.
"""

import argparse
import collections
import concurrent.futures
import errno
import filecmp
import json
import os
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import zipfile

WATER = "3\n\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n"
HYDROXIDE = "2\ncharge=-1\nO 0 0 0\nH 0 0 0.97\n"
CONFIG = """length_ps: 0.002
equilibration_ps: 0.001
nve_every_ps: 0.001
nve_window_ps: 0.0005
friction_per_ps: 1000
checkpoint_s: 1e-6
keep_checkpoint: true
"""
SHORTER = CONFIG.replace("length_ps: 0.002", "length_ps: 0.00125")

KINDS = ("open", "read", "write", "reserve", "truncate", "sync", "close", "rename", "remove", "mkdir",
         "lock", "fork", "pipe", "malloc", "change")
SHORT, KILL = -1, -2
# How the calls of each kind fail; True: from then on all of them do, as on a disk that stays full.
FAULTS = {
    "open": [(errno.EIO, False), (errno.EMFILE, False), (errno.EINTR, False)],
    "read": [(errno.EIO, False), (errno.EINTR, False), (SHORT, False)],
    "write": [(errno.ENOSPC, False), (errno.EDQUOT, False), (errno.EIO, False), (errno.EFBIG, False),
              (errno.EINTR, False), (SHORT, False), (errno.ENOSPC, True)],
    "reserve": [(errno.ENOSPC, False), (errno.EDQUOT, False), (errno.EINTR, False)],
    "truncate": [(errno.EIO, False), (errno.EINTR, False)],
    "sync": [(errno.EIO, False), (errno.ENOSPC, False), (errno.EINTR, False)],
    "close": [(errno.EIO, False), (errno.EDQUOT, False), (errno.EINTR, False)],
    "rename": [(errno.EIO, False), (errno.ENOSPC, False)],
    "remove": [(errno.EIO, False)],
    "mkdir": [(errno.ENOSPC, False), (errno.EACCES, False)],
    "lock": [(errno.ENOLCK, False), (errno.EINTR, False)],
    "fork": [(errno.EAGAIN, False)],
    "pipe": [(errno.EMFILE, False)],
    "malloc": [(errno.ENOMEM, False), (errno.ENOMEM, True)],
    "change": [(errno.EROFS, True), (errno.ENOSPC, True), (KILL, False)],
}
# ended well, some failed, the SCF failed, reading, writing or memory failed
CODES = (0, 1, 4, 5)
LEFT = ["checkpoint", "config.yaml", "relaxed.xyz", "run.json", "start.xyz", "trajectory.npz"]


class Wrong(Exception):
    pass


def wants(condition, what):
    if not condition:
        raise Wrong(what)


class Job:
    """A program, its input and its results of an undisturbed run, in a folder of its own."""

    def __init__(self, program, shim, folder):
        self.program, self.shim, self.folder = program, shim, folder
        (folder / "job.yaml").write_text(CONFIG)
        (folder / "shorter.yaml").write_text(SHORTER)
        (folder / "water.xyz").write_text(WATER)
        (folder / "hydroxide.xyz").write_text(HYDROXIDE)
        for config in ("job", "shorter"):
            done = self.run(config + "-whole", ["water", "hydroxide"], config=config)
            wants(done.returncode == 0, done.stderr)

    def run(self, out, molecules, extra=(), config="job", environment=None):
        """extra: options, and variables of the environment (src/campaign/test_faults.h)."""
        variables = dict(word.split("=", 1) for word in extra if word.startswith("QMTRAJ_"))
        extra = [word for word in extra if not word.startswith("QMTRAJ_")]
        environment = {**(environment or os.environ), **variables}
        command = [self.program, "run", "--config", config + ".yaml", "--num-workers", "1", "--out", out, *extra]
        return subprocess.run(command + [m + ".xyz" for m in molecules], cwd=self.folder, text=True, check=False,
                              capture_output=True, timeout=120, env=environment, start_new_session=True)

    def run_with(self, out, molecules, extra, kind="", at=0, error=0, stays=False):
        """Returns how the job ended, and the calls of each kind that it made."""
        counters = self.folder / (out + ".counters")
        counters.write_bytes(bytes(8 * len(KINDS)))
        done = self.run(out, molecules, extra, environment={
            **os.environ, "LD_PRELOAD": self.shim, "FAULT_COUNTERS": str(counters), "FAULT_KIND": kind,
            "FAULT_AT": str(at), "FAULT_ERROR": str(error), "FAULT_STAYS": str(int(stays))})
        counts = struct.unpack(f"{len(KINDS)}Q", counters.read_bytes())
        counters.unlink()
        return done, dict(zip(KINDS, counts))


# What lies in the folder when the job begins, and how it is called: (molecules, words, made before by).
def nothing(_job, _out):
    pass


def interrupted(job, out):
    done = job.run(out, ["water"], ["QMTRAJ_TEST_CRASH=water:5"])
    wants(done.returncode == 1 and (job.folder / out / "water" / "checkpoint").exists(), done.stderr)


def shorter(job, out):
    shutil.copytree(job.folder / "shorter-whole" / "water", job.folder / out / "water")


def finished(job, out):
    shutil.copytree(job.folder / "job-whole" / "water", job.folder / out / "water")


SITUATIONS = {
    "begins": (["water"], [], nothing),
    "two molecules": (["water", "hydroxide"], [], nothing),
    "goes on": (["water"], [], interrupted),
    "made longer": (["water"], [], shorter),
    "made anew": (["water"], ["--fresh"], finished),
    "the SCF fails": (["water"], ["QMTRAJ_TEST_FAIL=water:5"], nothing),
}


def look_at_final_names(job, out, molecules, situation, code):
    """What has a final name after a fault is whole."""
    summary = job.folder / out / "summary.json"
    if summary.exists():
        json.loads(summary.read_text())
    for molecule in molecules:
        folder = job.folder / out / molecule
        whole = job.folder / "job-whole" / molecule / "trajectory.npz"
        npz, old = folder / "trajectory.npz", folder / "trajectory.old.npz"
        same = npz.exists() and filecmp.cmp(npz, whole, shallow=False)
        if code == 0:
            wants(same, f"{molecule}: the job ended well, its file is missing or differs")
        elif npz.exists() and not same:
            before = job.folder / "shorter-whole" / molecule / "trajectory.npz"
            wants(situation == "made longer" and filecmp.cmp(npz, before, shallow=False),
                  f"{molecule}: trajectory.npz is neither the new file nor the old one")
        if situation == "made anew":
            wants(same or (old.exists() and filecmp.cmp(old, whole, shallow=False)),
                  f"{molecule}: the finished trajectory is lost")
        if situation == "made longer":
            wants(npz.exists() or (folder / "trajectory.npz.part").exists(), f"{molecule}: its frames are lost")
        partial = folder / "trajectory.partial.npz"
        if situation == "the SCF fails" and code in (4, -signal.SIGKILL):
            if partial.exists():
                wants(zipfile.ZipFile(partial).testzip() is None, f"{molecule}: a partial file that is damaged")
        else:
            wants(not partial.exists(), f"{molecule}: a partial file, but its SCF is fine")
        for name, reader in (("config.yaml", str), ("start.xyz", str), ("run.json", json.loads)):
            if (folder / name).exists():
                text = (folder / name).read_text()
                wants(text.endswith(("\n", "}")), f"{molecule}/{name}: cut off")
                reader(text)


def try_one(job, name, situation, kind, at, error, stays):
    """One fault, and the same command after it. Returns how the first one ended."""
    molecules, extra, before = SITUATIONS[situation]
    out = f"out-{name}"
    before(job, out)
    done, _ = job.run_with(out, molecules, extra, kind, at, error, stays)
    said = [line for line in done.stderr.splitlines() if line.startswith("qmtraj: ")]
    try:
        if error == KILL:
            # The last calls are not reached if the clock brought one checkpoint less than when they were counted.
            wants(done.returncode in (-signal.SIGKILL, 0, 4), f"code {done.returncode}, it was to be killed")
        else:
            wants(done.returncode in CODES, f"code {done.returncode}")
            wants((done.returncode == 0) == (not said), f"code {done.returncode} and {len(said)} sentences")
            wants(len(said) <= 1, "more than one last sentence")
        look_at_final_names(job, out, molecules, situation, done.returncode)
        again = job.run(out, molecules, [] if situation == "the SCF fails" else extra)
        wants(again.returncode == 0, f"the same command again: code {again.returncode}: {again.stderr}")
        look_at_final_names(job, out, molecules, situation, 0)
        for molecule in molecules:
            left = sorted(p.name for p in (job.folder / out / molecule).iterdir())
            # A checkpoint that could not be read was put aside; what could not be removed was named.
            spared = {"read": ["checkpoint.damaged"], "open": ["checkpoint.damaged"],
                      "remove": ["checkpoint.previous", "nve_windows.part"]}.get(kind, [])
            left = [n for n in left if n not in ("lock", *spared) and not n.startswith("trajectory.old.")]
            wants(left == LEFT, f"{molecule}: {left}")
    except (Wrong, ValueError) as wrong:
        what = "stays" if stays else "once"
        fault = {SHORT: "short", KILL: "SIGKILL"}.get(error) or errno.errorcode[error]
        raise Wrong(f"{situation}, {kind} {at}, {fault} ({what}): {wrong}\n{done.stderr}") from None
    shutil.rmtree(job.folder / out, ignore_errors=True)
    return done.returncode, said[0] if said else ""


def points_of(job):
    """All (situation, kind, at, error, stays), and how many calls of each kind there are."""
    points, calls = [], collections.Counter()
    for situation, (molecules, extra, before) in SITUATIONS.items():
        out = "count-" + situation.replace(" ", "-")
        before(job, out)
        done, counts = job.run_with(out, molecules, extra)
        wants(done.returncode == (4 if situation == "the SCF fails" else 0), done.stderr)
        calls.update(counts)
        for kind, ways in FAULTS.items():
            for error, stays in ways:
                points += [(situation, kind, at, error, stays) for at in range(1, counts[kind] + 1)]
    return points, calls


def spread(points, n):
    """About n of the points: of each situation, kind and way the same number, spread over the run."""
    groups = collections.defaultdict(list)
    for point in points:
        groups[point[:2] + point[3:]].append(point)
    each = max(1, n // len(groups))
    taken = []
    for g, group in enumerate(groups.values()):
        step = max(1.0, len(group) / each)
        begin = (g * 0.618) % 1.0 * step
        taken += [group[int(begin + i * step)] for i in range(each) if int(begin + i * step) < len(group)]
    return taken


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--points", type=int, default=0, help="about so many faults; 0: all")
    parser.add_argument("--kind", action="append", help="only calls of this kind; may be repeated")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--program", default=os.environ.get("QMTRAJ", "build/qmtraj"))
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    parser.add_argument("--show", action="store_true", help="print how often each sentence was said")
    words = parser.parse_args()
    program = str(pathlib.Path(words.program).resolve())

    # In memory where possible: every step waits for the disk several times.
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        shim = str(pathlib.Path(folder, "faults_shim.so"))
        source = pathlib.Path(__file__).with_name("faults_shim.c")
        subprocess.run([words.cc, "-std=c17", "-D_GNU_SOURCE", "-O2", "-shared", "-fPIC", str(source), "-o", shim,
                        "-ldl"], check=True)
        job = Job(program, shim, pathlib.Path(folder))
        points, calls = points_of(job)
        if words.kind:
            points = [p for p in points if p[1] in words.kind]
        n_all = len(points)
        if words.points:
            points = spread(points, words.points)
        n_wrong, codes, sentences = 0, collections.Counter(), collections.Counter()
        with concurrent.futures.ThreadPoolExecutor(words.workers) as pool:
            tasks = [pool.submit(try_one, job, str(i), *point) for i, point in enumerate(points)]
            for task in concurrent.futures.as_completed(tasks):
                try:
                    code, sentence = task.result()
                    codes[code] += 1
                    sentences[re.sub(r"out-\d+", "OUT", sentence.replace(folder, ""))] += 1
                except Wrong as wrong:
                    n_wrong += 1
                    print(f"FAILED: {wrong}", flush=True)
    print(f"{len(points)} faults of {n_all} possible ones in {len(SITUATIONS)} situations, {n_wrong} not clean; "
          f"codes {dict(sorted(codes.items()))}")
    print("calls: " + ", ".join(f"{kind} {calls[kind]}" for kind in KINDS if kind != "change"))
    if words.show:
        for sentence, n in sentences.most_common():
            print(f"{n:6d} {sentence}")
    return 1 if n_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
