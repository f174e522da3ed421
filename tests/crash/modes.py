"""Jobs of several programs or with archives: what the scripts about kills and faults in them share."""

import json
import os
import pathlib
import shutil
import subprocess
import zipfile

WATER = "3\n\nO 0 0 0.119\nH 0 0.7{}0 -0.477\nH 0 -0.763 -0.477\n"
N_MOLECULES = 8
CONFIG = "length_ps: 0.02\nequilibration_ps: 0\nnve_every_ps: 0\n"
# A name, words of every program, and how many programs there are; None: one that is no rank.
MODES = {
    "archive": (["--pack"], 1, None),
    "ranks": ([], 3, 3),
    "ranks with archives": (["--pack"], 3, 3),
    "six programs": ([], 6, None),
    "six programs, one archive": (["--pack"], 6, None),
}
LAUNCHERS = ("PMI_RANK", "PMI_SIZE", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "SLURM_PROCID",
             "SLURM_STEP_NUM_TASKS")
TEXTS = ("config.yaml", "start.xyz", "relaxed.xyz")


class Wrong(Exception):
    pass


def wants(condition, what):
    if not condition:
        raise Wrong(what)


class Place:
    """A folder with molecules, and their trajectories of an undisturbed job."""

    def __init__(self, program, folder):
        self.program, self.folder = str(pathlib.Path(program).resolve()), pathlib.Path(folder)
        (self.folder / "job.yaml").write_text(CONFIG)
        self.names = [f"m{i}" for i in range(1, N_MOLECULES + 1)]
        for i, name in enumerate(self.names, 1):
            (self.folder / f"{name}.xyz").write_text(WATER.format(i))
        done = self.start(MODES["archive"][0][:0], "whole")
        _, said = done.communicate()
        wants(done.returncode == 0, said)
        self.whole = {(name, file): (self.folder / "whole" / name / file).read_bytes()
                      for name in self.names for file in ("trajectory.npz", *TEXTS)}

    def start(self, words, out, rank=None, n_ranks=None, environment=None, limits=None):
        """Begins one program in a process group of its own."""
        # The leak checker of a sanitized program waits for ever for a process of its own once it is killed.
        variables = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0:" + os.environ.get("ASAN_OPTIONS", "")}
        for name in LAUNCHERS:
            variables.pop(name, None)
        if n_ranks:
            variables |= {"PMI_RANK": str(rank), "PMI_SIZE": str(n_ranks)}
        command = [self.program, "run", "--config", "job.yaml", "--num-workers", "1", "--out", out, *words]
        return subprocess.Popen(command + [f"{name}.xyz" for name in self.names], cwd=self.folder, text=True,
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
                                env=variables | (environment or {}), preexec_fn=limits)

    def start_all(self, mode, out, **more):
        """Begins the programs of a mode."""
        words, n, n_ranks = MODES[mode]
        return [self.start(words, out, rank, n_ranks, **more) for rank in range(n)]

    def finish(self, mode, out):
        """The same commands again, to their end: nothing is left to do, and every byte is there."""
        for program in self.start_all(mode, out):
            _, said = program.communicate()
            # Held by the programs beside it: 6.
            wants(program.returncode in (0, 6), f"the same command again: code {program.returncode}: {said}")
        self.run(["summary", out], 0)
        self.run(["check", out], 0)
        self.compare(mode, out)

    def run(self, words, *codes):
        done = subprocess.run([self.program, *words], cwd=self.folder, text=True, capture_output=True, check=False)
        wants(done.returncode in codes, f"{words}: code {done.returncode}: {done.stderr}")
        return done.stdout

    def compare(self, mode, out):
        """Archives are whole, and each trajectory has the bytes of the undisturbed job, wherever it lies."""
        folder = self.folder / out
        found = {}
        for path in folder.glob("packed*.zip"):
            with zipfile.ZipFile(path) as archive:
                wants(archive.testzip() is None, f"{path}: damaged")
                wants(len(set(archive.namelist())) == len(archive.namelist()), f"{path}: a name twice")
                found |= {name: archive.read(name) for name in archive.namelist()}
        for (name, file), data in self.whole.items():
            path = folder / name / file
            there = path.read_bytes() if path.exists() else found.get(f"{name}/{file}")
            wants(there == data, f"{mode}: {out}/{name}/{file} {'is missing' if there is None else 'differs'}")
            if "--pack" in MODES[mode][0]:
                wants(not path.exists(), f"{mode}: {path} is not in an archive")
        summary = json.loads((folder / "summary.json").read_text())["trajectories"]
        wants(sorted(r["molecule"] for r in summary) == self.names, f"{mode}: the summary has {len(summary)}")
        # A list of molecules that was being written is written again by the next job that needs it.
        left = [p for p in folder.rglob("*") if p.name.endswith((".part", ".tmp")) and p.parent.name != ".journal"]
        wants(not left, f"{mode}: {left}")
        shutil.rmtree(folder)
