"""qmtraj dataset: what the readers of each format find is what the trajectories hold."""

import csv
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import ase.io
import numpy as np
from ase import units

PROGRAM = os.environ["QMTRAJ"]
EV, ANGSTROM = units.kJ / units.mol, units.nm
# two sets of CODATA constants differ by some 1e-8; nine digits of text by 5e-10
TEXT = 3e-8
MOLECULES = {
    "neutral": ("3\nname=neutral\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n", []),
    "charged": ("2\ncharge=-1 name=charged\nO 0 0 0\nH 0 0 0.97\n", []),
    "radical": ("4\nmultiplicity=2 name=radical\nC 0 0 0\nH 1.08 0 0\nH -0.54 0.935 0\nH -0.54 -0.935 0.1\n", []),
    "solvated": ("3\nname=solvated\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n",
                 ["--set", "solvent=water"]),
}
SHORT = ["length_ps=0.02", "equilibration_ps=0.01", "nve_every_ps=0"]
STATES = {"neutral": (0, 1), "charged": (-1, 1), "radical": (0, 2), "solvated": (0, 1)}


class Dataset(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="qmtraj data sets_")
        cls.here = pathlib.Path(cls.folder.name)
        for name, (text, more) in MOLECULES.items():
            (cls.here / f"{name}.xyz").write_text(text)
            words = [w for key in SHORT for w in ("--set", key)] + more
            subprocess.run([PROGRAM, "run", *words, "--out", "run", f"{name}.xyz"], cwd=cls.here, check=True,
                           capture_output=True)
        cls.data = {}
        for name in MOLECULES:
            with np.load(cls.here / "run" / name / "trajectory.npz") as data:
                cls.data[name] = {key: data[key].astype(float) for key in ("pos", "vel", "forces", "Epot", "masses")}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def make(self, form, *words, out=None):
        out = out or form
        done = subprocess.run([PROGRAM, "dataset", "run", "--for", form, "--split", "60/20/20", "-o", out,
                               *map(str, words)], cwd=self.here, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.here / out

    def manifest(self, folder, split):
        """The lines of a part that are frames of trajectories, in their order."""
        with open(folder / "manifest.tsv", newline="") as file:
            return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                    if row["split"] == split and row["trajectory"]]

    def wanted(self, row):
        """Energy in eV, positions in angstrom, forces in eV/angstrom of a line of the manifest."""
        data, f = self.data[row["molecule"]], int(row["frame"])
        return data["Epot"][f] * EV, data["pos"][f] * ANGSTROM, data["forces"][f] * (EV / ANGSTROM)

    def near(self, got, wanted, tolerance=TEXT):
        wanted = np.asarray(wanted, dtype=float)
        np.testing.assert_allclose(got, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())

    def test_mace(self):
        folder = self.make("mace", "--n", 20)
        n = 0
        for split in ("train", "valid", "test"):
            frames = ase.io.read(folder / f"{split}.extxyz", ":")
            single = [a for a in frames if a.info["config_type"] == "IsolatedAtom"]
            frames = frames[len(single):]
            rows = self.manifest(folder, split)
            self.assertEqual(len(rows), len(frames))
            self.assertEqual(len(single), 3 if split == "train" else 0)
            for row, atoms in zip(rows, frames):
                energy, positions, forces = self.wanted(row)
                state = STATES[row["molecule"]]
                self.near(atoms.info["REF_energy"], energy)
                self.near(atoms.positions, positions)
                self.near(atoms.arrays["REF_forces"], forces)
                self.assertEqual(atoms.info["config_type"], row["molecule"])
                for charge, spin in (("charge", "spin"), ("total_charge", "total_spin"), ("charge", "spin_multiplicity")):
                    self.assertEqual((atoms.info[charge], atoms.info[spin]), state)
                self.assertEqual((int(row["charge"]), int(row["multiplicity"])), state)
                self.assertFalse(atoms.pbc.any())
                n += 1
        self.assertEqual(n, 80)

    def test_single_atoms_are_those_of_energy(self):
        folder = self.make("mace", "--n", 2, out="atoms")
        single = [a for a in ase.io.read(folder / "train.extxyz", ":") if a.info["config_type"] == "IsolatedAtom"]
        for atoms, (symbol, multiplicity) in zip(single, (("H", 2), ("C", 3), ("O", 3))):
            self.assertEqual(atoms.get_chemical_symbols(), [symbol])
            self.assertEqual(atoms.info["spin"], multiplicity)
            (self.here / "atom.xyz").write_text(f"1\nmultiplicity={multiplicity}\n{symbol} 0 0 0\n")
            done = subprocess.run([PROGRAM, "energy", "--json", "atom.xyz"], cwd=self.here, check=True,
                                  capture_output=True, text=True)
            self.near(atoms.info["REF_energy"], json.loads(done.stdout)["energy"] * units.Hartree)
        summary = json.loads((folder / "summary.json").read_text())
        self.near(summary["atom_energies_eV"]["C"], -48.798080)  # GFN2-xTB, triplet, also by the reference program

    def test_pairs(self):
        folder = self.make("mace", "--lag-fs", 2, "--n", 5, out="pairs")
        rows = self.manifest(folder, "train")
        frames = [a for a in ase.io.read(folder / "train.extxyz", ":") if a.info["config_type"] != "IsolatedAtom"]
        self.assertEqual(len(rows), len(frames))
        for row, atoms in zip(rows, frames):
            data, f = self.data[row["molecule"]], int(row["frame"])
            unit = units.nm / (1000 * units.fs)  # of a speed, nm/ps
            masses = data["masses"][:, None]
            self.near(atoms.positions, data["pos"][f] * ANGSTROM)
            self.near(atoms.get_momenta(), data["vel"][f] * masses * unit, 1e-6)
            self.near(atoms.arrays["future_positions"], data["pos"][f + 8] * ANGSTROM)
            self.near(atoms.arrays["future_momenta"], data["vel"][f + 8] * masses * unit, 1e-6)

    def test_the_summary_says_the_least_distance(self):
        folder = self.make("mace", "--by", "block", "--every", 4, out="near")
        summary = json.loads((folder / "summary.json").read_text())
        parts = {split: self.manifest(folder, split) for split in ("train", "valid", "test")}
        alike = {"neutral": "water", "solvated": "water"}  # the same atoms in the same order
        for other in ("valid", "test"):
            least = min(rmsd(self.wanted(a)[1], self.wanted(b)[1]) for a in parts["train"] for b in parts[other]
                        if alike.get(a["molecule"], a["molecule"]) == alike.get(b["molecule"], b["molecule"]))
            self.assertAlmostEqual(summary[other]["nearest_train_rmsd_angstrom"], least, delta=1e-5)


def rmsd(a, b):
    """After superposition, by the singular values of Kabsch."""
    a, b = a - a.mean(0), b - b.mean(0)
    u, s, vt = np.linalg.svd(a.T @ b)
    s[-1] *= np.sign(np.linalg.det(u) * np.linalg.det(vt))
    return np.sqrt(max(0.0, ((a * a).sum() + (b * b).sum() - 2 * s.sum()) / len(a)))


if __name__ == "__main__":
    unittest.main()
