"""Labels and energies of atoms as ASE reads them, and through the Python package."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["QMTRAJ_SOURCE"])
os.environ["QMTRAJ_PROGRAM"] = os.environ["QMTRAJ"]
os.environ["QMTRAJ_LIBRARY"] = os.path.join(os.environ["QMTRAJ_BUILD"], "libqmtraj.so")
sys.path.insert(0, str(SOURCE / "python"))
if b"__asan_init" in pathlib.Path(os.environ["QMTRAJ_LIBRARY"]).read_bytes():
    print("NOT RUN: a library with sanitizers wants a program with sanitizers")
    sys.exit(0)
try:
    import ase.io
    from ase import Atoms
    from ase.build import molecule
except ImportError:
    print("NOT RUN: there is no ASE")
    sys.exit(0)

import numpy as np

import qmtraj
from qmtraj import errors
from qmtraj.ase import QMTraj


OF_2014 = 1e-8  # relative difference of the hartree in eV of CODATA 2014 and 2018: 0.8e-8


def frames():
    """Four molecules with keys and columns of their own, each shaken three times."""
    random = np.random.default_rng(1)
    made = []
    for name, charge in (("H2O", 0), ("CH3CH2OH", 0), ("NH3", 1), ("HCOOH", 0)):
        for i in range(3):
            atoms = molecule(name)
            atoms.positions += random.normal(0, 0.02, atoms.positions.shape)
            atoms.info.update(charge=charge, spin=2 if charge else 1, tag=f"{name} {i}", weight=0.5 * i)
            atoms.arrays["site"] = np.arange(len(atoms))
            made.append(atoms)
    return made


class Label(unittest.TestCase):
    def test_ase_reads_the_numbers_of_the_calculator(self):
        before = frames()
        after = qmtraj.label(before, num_workers=2, also="GFN1-xTB", settings={"scf": "tight"})
        self.assertEqual(len(after), len(before))
        for a, b in zip(before, after):
            self.assertTrue((a.numbers == b.numbers).all() and np.allclose(a.positions, b.positions, atol=1e-8))
            self.assertEqual(b.info["tag"], a.info["tag"])
            self.assertEqual(b.info["weight"], a.info["weight"])
            self.assertTrue((a.arrays["site"] == b.arrays["site"]).all())
            self.assertEqual((b.info["charge"], b.info["spin"]), (a.info["charge"], a.info["spin"]))
            for method, energy, forces in (("GFN2-xTB", b.get_potential_energy(), b.get_forces()),
                                           ("GFN1-xTB", b.info["energy_gfn1"], b.arrays["forces_gfn1"])):
                a.calc = QMTraj(method=method, charge=a.info["charge"], multiplicity=a.info["spin"])
                # ASE's hartree is of 2014; positions went through eight decimals, forces through ten digits
                self.assertAlmostEqual(energy, a.get_potential_energy(), delta=1e-7 + OF_2014 * abs(energy))
                self.assertLess(abs(forces - a.get_forces()).max(), 1e-6)
            self.assertEqual(b.info["REF_energy"], b.get_potential_energy())
            self.assertTrue((b.arrays["REF_forces"] == b.get_forces()).all())
            self.assertEqual(b.get_potential_energy(force_consistent=True), b.get_potential_energy())

    def test_every_frame_stays_readable(self):
        """Inputs as people have them: what fails is marked, what comes behind it is read."""
        text = ("2\n0 2\nO 0 0 0\nH 0 0 0.97\n"
                "2\nenergy: -5.07 gnorm: 0.1 xtb: 6.5.1\nO1 0 0 0\nH2 0 0 nan\n"
                "2\nname=\"open charge=-1\n8 0 0 0\n1 0 0 0.97\n"
                "2\r\nProperties=species:S:1:pos:R:3:forces:R:3:tags:I:1 energy=-1 charge=-1\r\n"
                "O 0 0 0 1 2 3 7\r\nH\t0 0 0.97 4 5 6 8\r\n"
                "2\nunknown\nXx 0 0 0\nH 0 0 0.97\n"
                "1\ncharge=1\nD 0 0 0")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "in.xyz")
            path.write_bytes(text.encode())
            done = qmtraj.label(path, pathlib.Path(folder, "out.extxyz"))
            read = done.atoms()
        self.assertEqual([len(a) for a in read], [2, 2, 2, 2, 2, 1])
        self.assertEqual([int(row["frame"]) for row in done.failed], [1, 4])
        self.assertEqual([("label_failed" in a.info) for a in read], [False, True, False, False, True, False])
        self.assertEqual(read[0].info["spin"], 2)
        self.assertEqual(read[1].info["comment"], "energy: -5.07 gnorm: 0.1 xtb: 6.5.1")
        self.assertEqual([str(s) for s in read[2].symbols], ["O", "H"])
        self.assertEqual(read[3].info["input_energy"], -1)
        self.assertTrue((read[3].arrays["input_forces"] == [[1, 2, 3], [4, 5, 6]]).all())
        self.assertTrue((read[3].arrays["tags"] == [7, 8]).all())
        self.assertEqual(read[5].info["charge"], 1)
        self.assertEqual(str(read[5].symbols), "H")

    def labelled(self, comments, columns="F 0 0 0\nH 0 0 0.97\n"):
        """The frames of HF with these comment lines, and what ASE reads of them with labels."""
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "in.xyz")
            path.write_text("".join(f"2\n{comment}\n{columns}" for comment in comments))
            read = qmtraj.label(path, pathlib.Path(folder, "out.extxyz")).atoms()
        self.assertEqual(len(read), len(comments))
        return read

    def test_what_ase_wrote_into_info_ase_reads_again(self):
        info = {"js": {"a": 1, "b": "x y"}, "t": 'say "hi" x', "old key": 'was "charge=2" or it\'s not',
                "both": "it's \"so\"", "braces": "{a} [b", "end": 'z"', "numbers": [1, 2.5]}
        before = frames()[0]
        before.info.update(info)
        with tempfile.TemporaryDirectory() as folder:
            path, out = pathlib.Path(folder, "in.extxyz"), pathlib.Path(folder, "out.extxyz")
            ase.io.write(path, before)
            wanted = ase.io.read(path)
            line = path.read_text().splitlines()[1]
            after = qmtraj.label(path, out).atoms()[0]
            written = out.read_text().splitlines()[1]
        for key in info:
            self.assertEqual(str(after.info[key]), str(wanted.info[key]))
        keys = line[line.index("js="):line.index(" pbc=")]
        self.assertIn(f" {keys} ", written)
        self.assertLess(after.get_potential_energy(), -100)

    def test_labels_behind_empty_values_are_read(self):
        """ASE takes the next word for the value of a key that has none, in quotes or not."""
        species = "Properties=species:S:1:pos:R:3 "
        comments = [species + "foo=", species + 'tag="" ', species + "a=1 tag={} b=2", species + "a=1 =",
                    'tag="" foo=', "foo= spin=1", "note=it's", "path=C:\\", "it's spin=1"]
        for comment, atoms in zip(comments, self.labelled(comments)):
            with self.subTest(comment=comment):
                self.assertLess(atoms.get_potential_energy(), -100)
                self.assertEqual(atoms.info["charge"], 0)
                self.assertIn("label_method", atoms.info)
                for key in ("foo", "tag"):
                    self.assertNotIn("energy", str(atoms.info.get(key)))
        atoms, = self.labelled(['Lattice="" pbc='])
        self.assertEqual((list(atoms.pbc), atoms.cell.volume), ([False] * 3, 0))
        self.assertLess(atoms.get_potential_energy(), -100)
        failed = self.labelled(["charge=", 'spin=""'], "F 0 0 0\nH 0 0 nan\n")
        self.assertTrue(all("label_failed" in atoms.info for atoms in failed))

    def test_a_free_comment_is_read_as_it_was(self):
        comments = ["it's a \"quoted\" comment", "path C:\\new\\table x", "a \"b\" c\\", "it's 5\" long", "\\\" '",
                    "say \"hi\"", "tag=1 it's \\ open", "{1 2"]
        for comment, atoms in zip(comments, self.labelled(comments)):
            self.assertEqual(atoms.info["comment"], comment)
            self.assertLess(atoms.get_potential_energy(), -100)
        # what is written is read in the same way by the program
        again = self.labelled([f"comment={json.dumps(comment)}" for comment in comments])
        self.assertEqual([atoms.info["comment"] for atoms in again], comments)

    def test_bytes_that_are_no_utf_8_are_read_as_their_codes(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "in.xyz")
            atoms = b"\nF 0 0 0\nH 0 0 0.97\n"
            path.write_bytes(b'2\nnote="caf\xe9 \xc3\xa9" tag=1' + atoms + b"2\ncaf\xe9 \xc3\xa9" + atoms)
            pairs, free = qmtraj.label(path, pathlib.Path(folder, "out.extxyz")).atoms()
        self.assertEqual(pairs.info["note"], "caf\\xe9 \u00e9")
        self.assertEqual(free.info["comment"], "caf\\xe9 \u00e9")

    def test_columns_are_found_where_a_quote_stays_open(self):
        atoms, = self.labelled(["Properties=site:I:1:pos:R:3:species:S:1 note=it's"],
                               "7 0 0 0 F\n8 0 0 0.97 H\n")
        self.assertEqual(list(atoms.arrays["site"]), [7, 8])
        self.assertLess(atoms.get_potential_energy(), -100)

    def test_failures_are_exceptions_with_the_sentence(self):
        with self.assertRaisesRegex(errors.FileError, "nowhere.xyz"):
            qmtraj.label("/nowhere.xyz", "/tmp/out.xyz")
        with self.assertRaisesRegex(errors.ConfigError, "PM6"):
            qmtraj.label(frames()[:1], also="PM6")
        with self.assertRaises(errors.ArgumentError):
            qmtraj.label("a.xyz")
        with self.assertRaisesRegex(errors.ArgumentError, r"\[atoms\]"):
            qmtraj.label(frames()[0])
        self.assertEqual(qmtraj.label([]), [])

    def test_what_atoms_had_they_keep(self):
        from ase.constraints import FixAtoms
        good = frames()[0]
        good.set_constraint(FixAtoms([0]))
        bad = good.copy()
        bad.positions[1] = bad.positions[0]
        labelled = qmtraj.label([good, bad])
        self.assertEqual([len(a.constraints) for a in labelled], [1, 1])
        self.assertRegex(labelled[1].info["label_failed"], r"^frame_\d: atoms 1")


class FreeAtoms(unittest.TestCase):
    def test_atoms_are_those_of_the_calculator(self):
        found = qmtraj.atoms(["H", "N", "O"], method="GFN1-xTB")
        for symbol, multiplicity in (("H", 2), ("N", 4), ("O", 3)):
            atom = Atoms(symbol)
            atom.calc = QMTraj(method="GFN1-xTB", multiplicity=multiplicity)
            self.assertAlmostEqual(found[symbol], atom.get_potential_energy(), delta=OF_2014 * abs(found[symbol]))
        with self.assertRaisesRegex(errors.InputError, "Xx"):
            qmtraj.atoms("H,Xx")

    def test_ase_reads_isolated_atoms(self):
        from qmtraj import program
        _, text = program._run(["atoms", "--elements", "H,C,O", "--for", "mace"])
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "e0.extxyz")
            path.write_text(text)
            read = ase.io.read(path, ":")
        energies = qmtraj.atoms("H,C,O")
        for atom in read:
            self.assertEqual(atom.info["config_type"], "IsolatedAtom")
            self.assertEqual(atom.info["REF_energy"], energies[str(atom.symbols)])
            self.assertEqual(atom.get_potential_energy(), energies[str(atom.symbols)])
            self.assertFalse(atom.get_forces().any())


class Dataset(unittest.TestCase):
    def test_a_set_from_trajectories_and_a_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            here = pathlib.Path(folder)
            (here / "water.xyz").write_text("3\ncharge=0\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n")
            (here / "c.yaml").write_text("length_ps: 0.05\nequilibration_ps: 0\nnve_every_ps: 0\n")
            subprocess.run([os.environ["QMTRAJ"], "run", "--config", here / "c.yaml", "--out", here / "md", here / "water.xyz"],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            said = qmtraj.dataset(here / "md", here / "set", format="mace", n=5, split="80/20", by="block")
            self.assertIn("1 molecule", said)
            read = ase.io.read(here / "set" / "train.extxyz", ":")
            self.assertTrue(all("REF_energy" in a.info for a in read))
            with self.assertRaisesRegex(errors.ConfigError, "exist"):
                qmtraj.dataset([here / "md"], here / "set", format="mace")


if __name__ == "__main__":
    unittest.main()
