"""SMILES in a library without RDKit: RDKit's Python package makes the atoms, or a sentence says that there is none."""
import pathlib
import sys
import tempfile
import unittest

from built import SOURCE  # noqa: F401, it says where the package is

import numpy as np

import qmtraj
from qmtraj import _campaign, errors, smiles

_campaign.lib.qmt_structures_can_embed.argtypes = []
if _campaign.lib.qmt_structures_can_embed():
    print("NOT RUN: this library makes atoms from SMILES by itself")
    sys.exit(0)
SHORT = {"length_ps": 0.01, "equilibration_ps": 0, "nve_every_ps": 0}


class Smiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name)

    def test_without_rdkit_it_is_said(self):
        if smiles.is_there():
            self.skipTest("RDKit is installed")
        with self.assertRaisesRegex(errors.InputError, "neither this library nor Python has RDKit"):
            qmtraj.run(SHORT, {"ethanol": "CCO"}, self.out)

    @unittest.skipUnless(smiles.is_there(), "no RDKit for Python")
    def test_atoms_are_made(self):
        made = qmtraj.run(SHORT, {"ethanol": "CCO", "ammonium": "[NH4+]", "ethyl": "C[CH2]"}, self.out)
        self.assertEqual({name: (t.n_atoms, t.metadata["charge"], t.metadata["multiplicity"]) for name, t in made.items()},
                         {"ethanol": (9, 0, 1), "ammonium": (5, 1, 1), "ethyl": (7, 0, 2)})
        self.assertEqual(made["ethanol"].metadata["smiles"], "CCO")
        self.assertEqual(len(made["ethanol"].bonds()), 8)
        self.assertLess(abs(np.linalg.norm(made["ethanol"].pos[0, 0] - made["ethanol"].pos[0, 1]) - 0.152), 0.01)  # C-C, nm

    @unittest.skipUnless(smiles.is_there(), "no RDKit for Python")
    def test_bad_lines_of_a_list_stop_nothing(self):
        several = self.out / "several.smi"
        several.write_text("CCO ethanol\nC1CC ring\nO.O two\n[2H]O heavy\n[CH2] methylene\n[CH2] triplet 3\nO water\n")
        with self.assertWarnsRegex(UserWarning, "4 of 7 molecules"):
            made = qmtraj.run(SHORT, several, self.out / "out")
        self.assertEqual(sorted(made), ["ethanol", "triplet", "water"])
        self.assertEqual(made["triplet"].metadata["multiplicity"], 3)
        self.assertEqual({name: word in str(made.failed[name]) for name, word in
                          (("ring", "not a molecule"), ("two", "2 separate"), ("heavy", "isotope"), ("methylene", "multiplicity"))},
                         dict.fromkeys(("ring", "two", "heavy", "methylene"), True))
        with self.assertRaisesRegex(errors.InputError, "not a molecule"):
            qmtraj.run(SHORT, "C1CC", self.out / "one")


if __name__ == "__main__":
    unittest.main()
