#!/usr/bin/python3
"""Kills jobs at random times until they are done, and compares the bytes with those of an undisturbed run.

    kill.py --kills 12 --seed 1      in CI
    kill.py --kills 500              make crash

Each round begins a job of several molecules in an empty folder and kills it again and again: the whole
process group with SIGKILL, as a power cut would; the parent alone, whose workers then end by themselves; a
worker alone, which is tried once more; or, so that both kinds mix, with a signal that lets it write a
checkpoint. Times are spread over the whole length of a run, relaxation, equilibration, production, NVE
windows and the finishing of files included. Checkpoints come every few milliseconds. Prints what was
done and in which phase the kills fell.
"""

import argparse
import collections
import filecmp
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time

WATER = "3\n\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n"
AMMONIA = "4\n\nN 0 0 0.114\nH 0 0.941 -0.266\nH 0.815 -0.471 -0.266\nH -0.815 -0.471 -0.266\n"
HYDROXIDE = "2\ncharge=-1\nO 0 0 0\nH 0 0 0.97\n"
MOLECULES = {"water": WATER, "ammonia": AMMONIA, "hydroxide": HYDROXIDE}

JOBS = {
    "nvt with windows": "equilibration_ps: 0.3\nnve_every_ps: 0.2\nnve_window_ps: 0.1\nfriction_per_ps: 1\n",
    "GFN1 in water": "method: GFN1-xTB\nsolvent: water\nequilibration_ps: 0.1\nnve_every_ps: 0.1\nnve_window_ps: 0.1\n"
                     "friction_per_ps: 1\nlength_ps: 0.2\n",
    "nve, every third frame": "ensemble: nve\nequilibration_ps: 0.2\nnve_every_ps: 0\nsave_interval_steps: 3\n"
                              "precision: float64\nlength_ps: 0.9\n",
}
COMMON = "checkpoint_s: 0.004\nkeep_checkpoint: true\n"

KINDS = ("group", "group", "group", "parent", "worker", "term")
GOES_ON = re.compile(r"(\w+): continues at ([A-Za-z ]+), step")


def workers(pid):
    try:
        return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def alive(pid):
    return pathlib.Path(f"/proc/{pid}").exists()


class Job:
    def __init__(self, program, folder, name, config):
        self.folder = folder
        (folder / "job.yaml").write_text("length_ps: 0.6\n" * ("length_ps" not in config) + config + COMMON)
        for molecule, text in MOLECULES.items():
            (folder / f"{molecule}.xyz").write_text(text)
        self.name = name
        self.command = [program, "run", "--config", "job.yaml", "--num-workers", "2"]
        self.files = [f"{molecule}.xyz" for molecule in MOLECULES]

    def start(self, out):
        return subprocess.Popen(self.command + ["--out", out] + self.files, cwd=self.folder, text=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
                                # At exit the leak checker of a sanitized program starts a process of its own and waits for
                                # it for ever once it is killed as a worker.
                                env=os.environ | {"ASAN_OPTIONS": "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")})

    def whole(self):
        """The undisturbed run; returns the seconds that it took."""
        begun = time.monotonic()
        process = self.start("whole")
        _, said = process.communicate()
        assert process.returncode == 0, said
        return time.monotonic() - begun


def marks(folder):
    """What a kill interrupted, from what it left in the folder of a molecule."""
    names = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
    if "checkpoint.tmp" in names:
        yield "in the writing of a checkpoint"
    if "checkpoint.previous" in names and "checkpoint" not in names:
        yield "between the renames of a checkpoint"
    if "trajectory.npz" in names and "run.json" not in names:
        yield "between trajectory.npz and run.json"
    if "config.yaml.tmp" in names or "start.xyz.tmp" in names or "run.json.tmp" in names:
        yield "in the writing of config.yaml, start.xyz or run.json"


def kill_once(job, out, kind, delay):
    """Starts the job and kills it. Returns (hit, finished, what it said)."""
    process = job.start(out)
    children = []
    try:
        process.wait(timeout=delay)
    except subprocess.TimeoutExpired:
        children = workers(process.pid)
        if kind == "group":
            os.killpg(process.pid, signal.SIGKILL)
        elif kind == "parent":
            process.kill()
        elif kind == "term":
            process.send_signal(signal.SIGTERM)
        elif children:
            os.kill(random.choice(children), signal.SIGKILL)
    _, said = process.communicate()
    for child in children:
        for _ in range(400):
            if not alive(child):
                break
            time.sleep(0.01)
    code = process.returncode
    # A signal that comes before the program listens ends it as it ends any other.
    stopped = (75, -signal.SIGKILL, -signal.SIGTERM)
    hit = code in stopped or "tried once more" in said
    assert code in (0, *stopped), f"code {code}: {said}"
    return hit, code == 0, said


def round_of_kills(job, seconds, n_kills, tally):
    """Runs the job to its end in a new folder. Returns the number of kills."""
    out = f"out{random.getrandbits(32):08x}"
    done, n_hit = False, 0
    while not done:
        kind = random.choice(KINDS)
        # The start of a program takes its time, too: now and then a kill falls into it.
        delay = random.uniform(0.0, 0.02 + 0.8 * seconds) if n_hit < n_kills else 3600.0
        hit, done, said = kill_once(job, out, kind, delay)
        n_hit += hit
        tally["SIGTERM" if kind == "term" else "SIGKILL to the " + kind] += hit
        tally["in a job: " + job.name] += hit
        for molecule, phase in GOES_ON.findall(said):
            tally["continues at " + phase] += 1
            tally["goes on: " + molecule] += 1
        for molecule in MOLECULES if hit else ():
            for mark in marks(job.folder / out / molecule):
                tally["killed " + mark] += 1
    process = job.start(out)
    _, said = process.communicate()
    assert process.returncode == 0, said
    for molecule in MOLECULES:
        files = [job.folder / run / molecule / "trajectory.npz" for run in ("whole", out)]
        assert filecmp.cmp(*files, shallow=False), f"{job.name}: {files[1]} differs"
        # A process that is killed after its last word leaves its lock, which nobody holds.
        left = sorted(p.name for p in files[1].parent.iterdir() if p.name != "lock")
        wanted = ["checkpoint", "config.yaml", "relaxed.xyz", "run.json", "start.xyz", "trajectory.npz"]
        assert left == wanted, f"{job.name}: {files[1].parent} holds {left}"
    subprocess.run(["rm", "-r", out], cwd=job.folder, check=True)
    return n_hit


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no further round after so many")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--program", default=os.environ.get("QMTRAJ", "build/qmtraj"))
    words = parser.parse_args()
    seed = words.seed if words.seed is not None else random.SystemRandom().getrandbits(32)
    random.seed(seed)

    program = str(pathlib.Path(words.program).resolve())
    tally, n_kills, n_rounds = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        jobs = []
        for i, (name, config) in enumerate(JOBS.items()):
            place = pathlib.Path(folder, str(i))
            place.mkdir()
            job = Job(program, place, name, config)
            jobs.append((job, job.whole()))
        end = time.monotonic() + 60.0 * words.minutes
        while n_kills < words.kills and time.monotonic() < end:
            job, seconds = jobs[n_rounds % len(jobs)]
            n_kills += round_of_kills(job, seconds, min(6, words.kills - n_kills), tally)
            n_rounds += 1
    print(f"{n_kills} kills in {n_rounds} rounds of {len(MOLECULES)} molecules (seed {seed}): "
          "all files have the bytes of undisturbed runs")
    for what, n in sorted(tally.items()):
        print(f"  {what}: {n}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
