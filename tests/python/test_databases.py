"""qmtraj.databases: what ASE reads in a database is what the arrays of the set hold."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from built import QMTRAJ as PROGRAM

import ase.data
import ase.db
import numpy as np

from qmtraj import databases, errors

MOLECULES = {"hydroxide": "2\ncharge=-1 name=hydroxide\nO 0 0 0\nH 0 0 0.97\n",
             "methyl": "4\nmultiplicity=2 name=methyl\nC 0 0 0\nH 1.08 0 0\nH -0.54 0.935 0\nH -0.54 -0.935 0.1\n"}
STATES = {"hydroxide": (-1, 1), "methyl": (0, 2)}


class Databases(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="qmtraj data bases_")
        self.here = pathlib.Path(self.folder.name)
        for name, text in MOLECULES.items():
            (self.here / f"{name}.xyz").write_text(text)
        keys = ["length_ps=0.02", "equilibration_ps=0.01", "nve_every_ps=0", "properties=[dipole, charges]"]
        self.run_program("run", *[w for key in keys for w in ("--set", key)], "--out", "run", "hydroxide.xyz", "methyl.xyz")
        self.run_program("dataset", "run", "--for", "npy", "--n", "10", "--by", "block", "-o", "set")

    def tearDown(self):
        self.folder.cleanup()

    def run_program(self, *words):
        subprocess.run([PROGRAM, *words], cwd=self.here, check=True, capture_output=True)

    def rows(self, split):
        """Each row of a database beside its molecule, its arrays and its frame."""
        with ase.db.connect(self.here / "set" / f"{split}.db") as database:
            rows, metadata = list(database.select()), database.metadata
        expected = []
        for folder in sorted((self.here / "set" / split).iterdir()):
            arrays = {path.stem: np.load(path).astype(float) for path in folder.glob("*.npy")}
            expected += [(folder.name, arrays, frame) for frame in range(len(arrays["energy"]))]
        self.assertEqual(len(rows), len(expected))
        return metadata, zip(rows, expected)

    def test_schnetpack(self):
        self.assertEqual(databases.write(self.here / "set", "schnetpack"), {"train": 16, "valid": 2, "test": 2})
        for split in ("train", "valid", "test"):
            metadata, rows = self.rows(split)
            self.assertEqual(metadata["_distance_unit"], "Ang")
            self.assertEqual(metadata["_property_unit_dict"]["forces"], "eV/Ang")
            single = json.loads((self.here / "set" / "summary.json").read_text())["atom_energies_eV"]
            for symbol, energy in single.items():
                self.assertEqual(metadata["atomrefs"]["energy"][ase.data.atomic_numbers[symbol]], energy)
            for row, (name, arrays, frame) in rows:
                self.assertEqual((float(row.data["total_charge"][0]), float(row.data["spin_multiplicity"][0])), STATES[name])
                np.testing.assert_array_equal(row.positions, arrays["pos"][frame])
                for key, own in (("energy", "energy"), ("forces", "forces"), ("partial_charges", "charges"),
                                 ("dipole_moment", "dipole")):
                    np.testing.assert_array_equal(row.data[key], arrays[own][frame])
                self.assertEqual(row.data["energy"].shape, (1,))

    def test_orb(self):
        databases.write(self.here / "set", "orb")
        _, rows = self.rows("train")
        for row, (name, arrays, frame) in rows:
            self.assertEqual((row.data["charge"], row.data["spin"]), STATES[name])
            self.assertEqual(row.energy, arrays["energy"][frame, 0])
            np.testing.assert_array_equal(row.forces, arrays["forces"][frame])

    def test_what_cannot_be_made_is_refused(self):
        with self.assertRaisesRegex(errors.ArgumentError, "databases are of schnetpack, orb, fairchem"):
            databases.write(self.here / "set", "sqlite")
        with self.assertRaisesRegex(errors.FormatError, "is no training set"):
            databases.write(self.here, "orb")
        databases.write(self.here / "set", "orb")
        before = (self.here / "set" / "train.db").read_bytes()
        with self.assertRaisesRegex(errors.FileError, "is there already"):
            databases.write(self.here / "set", "schnetpack")
        self.assertEqual((self.here / "set" / "train.db").read_bytes(), before)
        self.run_program("dataset", "run", "--for", "npy", "--units", "atomic", "--n", "10", "--by", "block", "-o", "bohr")
        with self.assertRaisesRegex(errors.FormatError, "in eV and angstrom"):
            databases.write(self.here / "bohr", "orb")
        self.assertEqual(list((self.here / "bohr").glob("*.db")), [])


if __name__ == "__main__":
    unittest.main()
