#!/usr/bin/env python3
"""A script that somebody wrote for tblite's calculator runs with ours after one changed line, and finds the same
energies: BFGS, Vibrations, 1,000 steps of VelocityVerlet, on twenty molecules (minutes)."""
import json
import pathlib
import subprocess
import sys
import tempfile

from claims import SOURCE, claim, end, energies, installed, package, xyz_text

THEIRS, OURS = "from tblite.ase import TBLite\n", "from qmtraj.ase import QMTraj as TBLite\n"
SCRIPT = THEIRS + '''
import json
import sys

import numpy as np
from ase import units
from ase.io import read
from ase.md.velocitydistribution import MaxwellBoltzmannDistribution
from ase.md.verlet import VelocityVerlet
from ase.optimize import BFGS
from ase.vibrations import Vibrations

atoms = read(sys.argv[1])
atoms.calc = TBLite(method="GFN2-xTB", accuracy=0.01, verbosity=0)
BFGS(atoms, logfile=None).run(fmax=1e-3, steps=1000)
minimum = atoms.get_potential_energy()

vibrations = Vibrations(atoms, name=sys.argv[2])
vibrations.run()
zero_point = vibrations.get_zero_point_energy()

MaxwellBoltzmannDistribution(atoms, temperature_K=300, rng=np.random.RandomState(1))
frames = []
motion = VelocityVerlet(atoms, 0.5 * units.fs)
motion.attach(lambda: frames.append((atoms.positions.tolist(), atoms.get_potential_energy(), atoms.get_total_energy())), interval=50)
motion.run(1000)
print(json.dumps({"minimum": minimum / units.Hartree, "zero_point": zero_point / units.Hartree, "symbols": atoms.get_chemical_symbols(),
                  "positions": [(np.array(f[0]) / units.Bohr).tolist() for f in frames],
                  "potential": [f[1] / units.Hartree for f in frames], "total": [f[2] / units.Hartree for f in frames]}))
'''
N_MOLECULES = 20
NEAR = 1e-6  # hartree


def run(folder, script, molecule):
    path = folder / "script.py"
    path.write_text(script)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        done = subprocess.run([sys.executable, "-W", "ignore", path, molecule, f"{name}/vib"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main():
    package()
    molecules = sorted((SOURCE / "data/molecules/xyz").glob("*.xyz"), key=lambda path: int(path.read_text().split()[0]))
    worst = {"minimum": 0.0, "zero point": 0.0, "along the motion": 0.0, "at tblite's geometries": 0.0}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for molecule in molecules[:N_MOLECULES]:
            theirs, ours = run(folder, SCRIPT, molecule), run(folder, SCRIPT.replace(THEIRS, OURS), molecule)
            again = energies("".join(xyz_text(theirs["symbols"], xyz) for xyz in theirs["positions"]))
            apart = {"minimum": abs(theirs["minimum"] - ours["minimum"]),
                     "zero point": abs(theirs["zero_point"] - ours["zero_point"]),
                     "along the motion": max(abs(a - b) for a, b in zip(theirs["total"], ours["total"])),
                     "at tblite's geometries": max(abs(a - b) for a, b in zip(theirs["potential"], again))}
            print(f"      {molecule.stem}: " + ", ".join(f"{key} {value:.1e}" for key, value in apart.items()), flush=True)
            for key, value in apart.items():
                worst[key] = max(worst[key], value)
    for key, value in worst.items():
        claim(f"tblite's script on {N_MOLECULES} molecules, {key}", value < NEAR, f"largest difference {value:.1e} hartree")


if __name__ == "__main__":
    if installed("tblite", "ase"):
        main()
    end()
