"""The 244 systems of the reference sets, all elements, ions and radicals among them: Python gives the bytes of the program."""
import json
import pathlib
import subprocess
import tempfile
import unittest

from built import QMTRAJ, SOURCE

import numpy as np

import qmtraj

DATA = SOURCE / "tests/reference/data"
BOHR_PER_ANGSTROM = 1.8897261246204404  # of the program (qmtraj/units.h)
SYMBOLS = ("X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh "
           "Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn").split()
# The reference sets with fractional occupations hold to 6e-9 hartree (tests/reference/data/README.md).
FRACTIONAL = 1e-8


def gfn1_vectors():
    """(numbers, bohr, charge, unpaired, {method: energy})"""
    for block in (DATA / "gfn1_vectors.txt").read_text().split("\nsystem ")[1:]:
        lines = [line.split() for line in block.splitlines()]
        atoms = [line[1:5] for line in lines if line and line[0] == "atom"]
        energy = next(float(line[1]) for line in lines if line[0] == "e_total")
        yield [int(a[0]) for a in atoms], [a[1:4] for a in atoms], int(lines[0][2]), int(lines[0][3]), {"GFN1-xTB": energy}


def element_scan():
    for block in (DATA / "gfn2_element_scan.txt").read_text().split("\nsystem ")[1:]:
        lines = [line.split() for line in block.splitlines()]
        numbers = [int(line[0]) for line in lines[1:5]]
        lanthanide = 57 < numbers[0] < 72  # three valence electrons, the f shell in the core
        unpaired = 1 if lanthanide else sum(numbers) % 2
        yield numbers, [line[1:4] for line in lines[1:5]], 0, unpaired, {"GFN2-xTB": float(lines[0][1])}


def molecules():
    for one in json.loads((DATA / "molecules.json").read_text())["systems"]:
        yield ([SYMBOLS.index(s) for s in one["symbols"]], one["xyz_bohr"], one["charge"], one["unpaired"],
               {"GFN1-xTB": one["gfn1"]["energy"], "GFN2-xTB": one["gfn2"]["energy"]})


class Reference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.systems = []
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "all.xyz")
            with path.open("w") as file:
                for n, (numbers, bohr, charge, unpaired, energies) in enumerate([*gfn1_vectors(), *element_scan(), *molecules()]):
                    angstrom = np.array(bohr, float) / BOHR_PER_ANGSTROM
                    cls.systems.append((numbers, angstrom, charge, unpaired, energies))
                    file.write(f"{len(numbers)}\ncharge={charge} multiplicity={unpaired + 1} name=s{n}\n")
                    file.writelines(f"{SYMBOLS[z]} {x!r} {y!r} {w!r}\n" for z, (x, y, w) in zip(numbers, angstrom.tolist()))
            cls.said = {method: [json.loads(line) for line in subprocess.run(
                [QMTRAJ, "energy", "--json", "--method", method, path], check=True, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL).stdout.splitlines()]
                for method in ("GFN2-xTB", "GFN1-xTB")}

    def test_python_is_the_program(self):
        self.assertEqual(len(self.systems), 244)
        for method, said in self.said.items():
            self.assertEqual(len(said), 244)
            for one, (numbers, angstrom, charge, unpaired, _) in zip(said, self.systems):
                result = qmtraj.Engine(numbers, method=method, charge=charge, multiplicity=unpaired + 1).evaluate(angstrom * BOHR_PER_ANGSTROM)
                self.assertEqual(one["energy"], result.energy, one["name"])
                self.assertEqual(np.array(one["gradient"]).tobytes(), result.gradient.tobytes(), one["name"])
                self.assertEqual(np.array(one["charges"]).tobytes(), result.charges.tobytes(), one["name"])

    def test_python_is_the_reference(self):
        apart = [abs(self.said[method][n]["energy"] - energy) for n, system in enumerate(self.systems)
                 for method, energy in system[4].items()]
        self.assertEqual(len(apart), 64 + 83 + 2 * 97)
        print(f"largest difference from the reference program {max(apart):.1e} hartree")
        self.assertLess(max(apart), FRACTIONAL)


if __name__ == "__main__":
    unittest.main()
