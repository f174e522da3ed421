"""The figures of `qmtraj dataset` on trajectories whose motion is made up: autocorrelation times, gaps, windows, statistics and the
nearest frames of two parts, each computed again with NumPy from the arrays in the file."""

import csv
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import numpy as np

PROGRAM = os.environ["QMTRAJ"]
EV = 1000 / (6.02214076e23 * 1.602176634e-19)  # of a kJ/mol, exact in the SI of 2019
ANGSTROM = 10.0  # of a nm
INTERVAL_PS = 0.001
N = 2000


def forgetting(random, tau, n=N):
    """A series of variance 1 with the autocorrelation function a^t, whose integrated time is 1/2 + a/(1 - a) = tau."""
    a = (tau - 0.5) / (tau + 0.5)
    x = [random.normal()]
    for noise in random.normal(size=n - 1):
        x.append(a * x[-1] + np.sqrt(1 - a * a) * noise)
    return np.array(x)


def peroxide(bond, other, angle):
    """Positions of HOOH in nm with such an O-O and first O-H bond and dihedral angle: [n][4][3]."""
    pos = np.zeros((len(bond), 4, 3))
    pos[:, 1, 0] = bond
    pos[:, 2] = np.stack([-0.2 * other, 0.98 * other, 0 * other], axis=1)
    pos[:, 3] = np.stack([bond + 0.02, 0.095 * np.cos(angle), 0.095 * np.sin(angle)], axis=1)
    return pos


def integrated_time(values):
    """1/2 + the sum of rho(t) up to the first t that is at least five times it (Sokal), in steps."""
    values = np.atleast_2d(np.asarray(values, dtype=float).T).T
    x = values - values.mean(axis=0)
    n, tau = len(x), 0.5
    variance = np.sum(x * x) / n
    for t in range(1, n // 2):
        tau += np.sum(x[:-t] * x[t:]) / (n - t) / variance
        if t >= 5 * tau:
            return tau
    raise AssertionError("the series is too short")


def dihedral(pos):
    """H-O-O-H as cosine and sine."""
    u, v, w = pos[:, 0] - pos[:, 2], pos[:, 1] - pos[:, 0], pos[:, 3] - pos[:, 1]
    m, n = np.cross(u, v), np.cross(v, w)
    angle = np.arctan2(np.linalg.norm(v, axis=1) * np.sum(u * n, axis=1), np.sum(m * n, axis=1))
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def rmsd(a, b):
    """After superposition, by the singular values of Kabsch."""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    u, s, v = np.linalg.svd(a.T @ b)
    s[-1] *= np.sign(np.linalg.det(u @ v))
    return np.sqrt(max(0.0, (np.sum(a * a) + np.sum(b * b) - 2 * np.sum(s)) / len(a)))


class Numbers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.here = pathlib.Path(cls.folder.name)
        (cls.here / "peroxide.xyz").write_text("4\nname=peroxide\nO 0 0.73 0\nO 0 -0.73 0\nH 0.85 0.9 0.45\nH -0.85 -0.9 0.45\n")
        words = [w for key in ("length_ps=0.002", "equilibration_ps=0", "nve_every_ps=0") for w in ("--set", key)]
        subprocess.run([PROGRAM, "run", *words, "--out", "run", "peroxide.xyz"], cwd=cls.here, check=True, capture_output=True)
        cls.like = dict(np.load(cls.here / "run/peroxide/trajectory.npz"))
        random = np.random.default_rng(5)
        pos = peroxide(0.145 + 0.005 * forgetting(random, 8.0), 0.096 + 0.003 * forgetting(random, 2.0),
                       2.0 + 0.2 * forgetting(random, 14.0))
        cls.data = cls.make("made", pos, cls.like["Epot"][0] + 15 * forgetting(random, 3.0), random.normal(0, 900, pos.shape))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def make(cls, name, pos, energy, forces):
        """A trajectory NAME/trajectory.npz; returns its arrays as they are stored."""
        n = len(pos)
        meta = json.loads(str(cls.like["metadata"])) | {"num_frames": n}
        d = cls.like | {"pos": pos.astype("f4"), "vel": np.zeros(pos.shape, "f4"), "forces": forces.astype("f4"),
                        "Ekin": np.zeros(n), "Epot": energy, "Etot": energy, "time_ps": INTERVAL_PS * np.arange(n),
                        "box": np.zeros((n, 3, 3), "f4"), "metadata": np.array(json.dumps(meta))}
        (cls.here / name).mkdir()
        np.savez(cls.here / name / "trajectory.npz", **d)
        return {key: d[key].astype(float) for key in ("pos", "forces", "Epot")}

    def dataset(self, source, out, *words):
        """Makes a set; returns what it prints, its summary, the frames of each part and the line of the only trajectory."""
        done = subprocess.run([PROGRAM, "dataset", source, "--for", "npy", "-o", out, *map(str, words)], cwd=self.here,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.here / out / "manifest.tsv", newline="") as file:
            rows = [row for row in csv.DictReader(file, delimiter="\t") if row["trajectory"]]
        with open(self.here / out / "sources.tsv", newline="") as file:
            source, = csv.DictReader(file, delimiter="\t")
        frames = {part: [int(row["frame"]) for row in rows if row["split"] == part] for part in ("train", "valid", "test")}
        self.rows = rows
        return done.stdout, json.loads((self.here / out / "summary.json").read_text()), frames, source

    def near(self, got, wanted, part):
        self.assertAlmostEqual(float(got) / wanted, 1.0, delta=part)

    def test_autocorrelation_times_and_the_gap(self):
        pos = self.data["pos"]
        times = {"energy": integrated_time(self.data["Epot"]), "torsions": integrated_time(dihedral(pos)),
                 "bonds": max(integrated_time(np.linalg.norm(pos[:, a] - pos[:, b], axis=1)) for a, b in ((0, 1), (0, 2), (1, 3)))}
        _, _, frames, source = self.dataset("made", "gap", "--by", "block", "--split", "60/20/20")
        for kind, tau in times.items():
            self.near(source[f"tau_{kind}_ps"], tau * INTERVAL_PS, 1e-3)  # which is written with four digits
        longest = max(times.values())
        self.assertEqual(longest, times["torsions"])
        self.assertLess(5 * longest, N / 20)  # else it would be a twentieth of the trajectory
        gap = int(np.ceil(5 * longest))
        self.near(source["gap_ps"], gap * INTERVAL_PS, 1e-6)  # written with six digits
        blocks = sorted((min(f), max(f)) for f in frames.values())
        for before, behind in zip(blocks, blocks[1:]):
            self.assertEqual(behind[0] - before[1] - 1, gap)

    def test_a_gap_is_at_most_a_twentieth(self):
        random = np.random.default_rng(6)
        slow = forgetting(random, 14.0, 400)
        self.make("brief", peroxide(0.145 + 0 * slow, 0.096 + 0 * slow, 2 + 0.2 * slow), slow, np.zeros((400, 4, 3)))
        _, _, _, source = self.dataset("brief", "twentieth", "--by", "block", "--split", "60/20/20")
        self.near(source["gap_ps"], 20 * INTERVAL_PS, 1e-6)

    def test_windows_of_energy_and_force(self):
        above = (self.data["Epot"] - self.data["Epot"].min()) * EV
        largest = np.linalg.norm(self.data["forces"], axis=2).max(axis=1) * EV / ANGSTROM
        for window, force in ((0.5, 0), (0, 2.0), (0.6, 2.2)):
            words = ("--energy-window", window) * (window > 0) + ("--max-force", force) * (force > 0)
            over_energy, over_force = (above > window) & (window > 0), (largest > force) & (force > 0)
            self.assertTrue(0 < np.sum(over_energy | over_force) < N)
            _, _, frames, source = self.dataset("made", "w" + "".join(map(str, words)), "--split", "100/0/0", *words)
            self.assertEqual(frames["train"], np.flatnonzero(~over_energy & ~over_force).tolist())
            self.assertEqual(int(source["over_energy"]), np.sum(over_energy))
            self.assertEqual(int(source["over_force"]), np.sum(over_force & ~over_energy))

    def test_a_number_of_frames_is_spread_from_end_to_end(self):
        for wanted in (3, 10, 37):
            _, _, frames, _ = self.dataset("made", f"n{wanted}", "--split", "100/0/0", "--n", wanted)
            chosen = frames["train"]
            self.assertEqual(len(chosen), wanted)
            steps = np.diff(chosen)
            self.assertLessEqual(steps.max() - steps.min(), 1)
            self.assertLessEqual(abs(chosen[0] - (N - 1 - chosen[-1])), 1)  # as much is left before as behind

    def test_statistics_of_the_parts(self):
        text, summary, frames, _ = self.dataset("made", "statistics", "--by", "block", "--split", "60/20/20", "--every", 3)
        single = summary["atom_energies_eV"]
        energies = (self.data["Epot"] * EV - 2 * single["H"] - 2 * single["O"]) / 4
        forces = self.data["forces"] * EV / ANGSTROM
        for part, own in frames.items():
            said, e, f = summary[part], energies[own], np.linalg.norm(forces[own], axis=2)
            # 1e-16 of the total energy, 246 eV, and of sums of a thousand squares
            self.assertAlmostEqual(said["energy_mean_eV_atom"], e.mean(), delta=1e-9)
            self.assertAlmostEqual(said["energy_spread_eV_atom"], e.std(), delta=1e-9)
            self.assertAlmostEqual(said["energy_least_eV_atom"], e.min(), delta=1e-9)
            self.assertAlmostEqual(said["energy_most_eV_atom"], e.max(), delta=1e-9)
            self.near(said["force_rms_eV_angstrom"], np.sqrt(np.mean(forces[own] ** 2)), 1e-9)  # of a component
            self.near(said["force_most_eV_angstrom"], f.max(), 1e-9)
            line = next(line.split() for line in text.splitlines() if line.split()[:1] == [part])
            self.assertEqual(line[1:], [str(len(own)), f"{e.mean():.4f}", f"{e.std():.4f}",
                                        f"{np.sqrt(np.mean(forces[own] ** 2)):.3f}", f"{f.max():.3f}"])
        for row in self.rows:
            # nine digits of a constant
            self.near(row["energy_eV"], self.data["Epot"][int(row["frame"])] * EV, 1e-9)

    def seed_with_train_first(self, source):
        """Which part comes first is drawn by name and seed."""
        for seed in range(1, 20):
            _, _, frames, _ = self.dataset(source, f"{source}{seed}", "--by", "block", "--split", "34/66", "--gap-ps", 0, "--seed", seed)
            if frames["train"][0] == 0:
                return seed
        raise AssertionError("never first")

    def test_the_nearest_pair_is_found_at_the_edges_of_what_is_compared(self):
        """Frames are compared sixteen by sixteen. One atom moves: in the training frames through a way of 0.1 nm, then out of the plane
        beside the middle of that way, 0.01 nm off, then on from the end of it, 0.001 nm off. The second sixteen are the more
        similar ones, the nearest pair is that of the last and the first sixteen, at the edges of both."""
        way = np.linspace(0, 0.1, 16)
        along = np.concatenate([way, np.linspace(0.045, 0.055, 16), 0.101 + way])
        across = np.concatenate([0 * way, 0.01 + 0 * way, 0 * way])
        pos = np.zeros((48, 4, 3))
        pos[:, 1] = [1, 0, 0]
        pos[:, 2] = [0, 1, 0]
        pos[:, 3] = np.stack([0.8 + along, 0.8 + 0 * along, across], axis=1)
        stored = self.make("edges", pos, np.zeros(48), np.zeros((48, 4, 3)))["pos"]
        seed = self.seed_with_train_first("edges")
        text, summary, frames, _ = self.dataset("edges", "near", "--by", "block", "--split", "34/66", "--gap-ps", 0, "--seed", seed)
        self.assertEqual([len(frames[part]) for part in ("train", "valid")], [16, 32])
        least, a, b = min((rmsd(stored[a], stored[b]), a, b) for a in frames["train"] for b in frames["valid"])
        self.assertEqual((a, b), (15, 32))
        least *= ANGSTROM
        # eigenvalues of 1e-16 of a square of 1 nm: some 1e-8 nm of the root, and less in what is as large as this
        self.assertAlmostEqual(summary["valid"]["nearest_train_rmsd_angstrom"], least, delta=1e-5)
        said = re.search(r"train and valid: the two most alike frames differ by (\S+) angstrom \(\S+ frame (\d+), \S+ frame (\d+)\)", text)
        self.assertEqual(said.groups(), (f"{least:.4f}", "15", "32"))


if __name__ == "__main__":
    unittest.main()
