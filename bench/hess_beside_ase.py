#!/usr/bin/env python3
"""`qmtraj hess` beside the Vibrations of ASE (four points) with qmtraj.ase and beside `xtb --ohess`: ten molecules and four in a solvent.

    QMTRAJ=build/qmtraj QMTRAJ_LIBRARY=build/libqmtraj.so PYTHONPATH=python python3 bench/hess_beside_ase.py FOLDER

Geometries are minima to 1e-9 hartree/bohr. Largest deviations of all frequencies, /cm; of solvated molecules ASE's Hessian is
projected as ours is, because a surface of points fixed in space gives rotations a frequency.
"""
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
from ase import Atoms
from ase.units import Bohr, Hartree
from ase.vibrations import Vibrations

from qmtraj.ase import QMTraj

QMTRAJ = os.environ.get("QMTRAJ", "build/qmtraj")
ONE_CORE = {**os.environ, "OMP_NUM_THREADS": "1"}
CM_PER_AU = 219474.63136314 / np.sqrt(1822.888486209)  # of a root of hartree/bohr^2/dalton

# name, start, charge, unpaired electrons, solvent
CASES = [
    ("water", ["--smiles", "O water"], 0, 0, None),
    ("carbon_dioxide", ["--smiles", "O=C=O carbon_dioxide"], 0, 0, None),
    ("acetylene", ["--smiles", "C#C acetylene"], 0, 0, None),
    ("benzene", ["--smiles", "c1ccccc1 benzene"], 0, 0, None),
    ("hydronium", ["--smiles", "[OH3+] hydronium"], 1, 0, None),
    ("acetate", ["--smiles", "CC(=O)[O-] acetate"], -1, 0, None),
    ("methyl", ["--smiles", "[CH3] methyl"], 0, 1, None),
    ("nitrogen_dioxide", None, 0, 1, None),
    ("chloromethane", ["--smiles", "CCl chloromethane"], 0, 0, None),
    ("alanine_dipeptide", ["--smiles", "CC(=O)N[C@@H](C)C(=O)NC alanine_dipeptide"], 0, 0, None),
    ("water, ALPB water", ["--smiles", "O water"], 0, 0, "water"),
    ("glycine, ALPB water", ["--smiles", "NCC(=O)O glycine"], 0, 0, "water"),
    ("acetate, ALPB water", ["--smiles", "CC(=O)[O-] acetate"], -1, 0, "water"),
    ("acetonitrile, ALPB thf", ["--smiles", "CC#N acetonitrile"], 0, 0, "thf"),
]


def command(*words):
    said = subprocess.run([QMTRAJ, *words], capture_output=True, text=True)
    if said.returncode:
        sys.exit(f"{' '.join(words)}: {said.stderr}")
    return said.stdout


def rigid(positions, masses, linear):
    """Orthonormal translations and rotations in mass-weighted coordinates, [3N, 5 or 6]."""
    m = np.sqrt(masses)[:, None]
    r = positions - np.average(positions, axis=0, weights=masses)
    moves = [m * np.eye(3)[x] for x in range(3)] + [m * np.cross(np.eye(3)[x], r) for x in range(3)]
    u, s, _ = np.linalg.svd(np.array(moves).reshape(6, -1).T, full_matrices=False)
    return u[:, :5 if linear else 6]


def frequencies(hessian, positions, masses, n_rigid, projected):
    """Of a Hessian in hartree/bohr^2, /cm, without the n_rigid that are translations and rotations."""
    w = np.repeat(1 / np.sqrt(masses), 3)
    h = hessian * w[:, None] * w
    if projected:
        q = rigid(positions, masses, n_rigid == 5)
        p = np.eye(len(h)) - q @ q.T
        h = p @ h @ p
    values = np.linalg.eigvalsh(h)
    nu = np.sign(values) * np.sqrt(np.abs(values)) * CM_PER_AU
    return np.sort(nu[np.argsort(np.abs(nu))[n_rigid:]])


def xtb(folder, path, charge, unpaired, solvent):
    work = os.path.join(folder, "work")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    words = ["xtb", os.path.abspath(path), "--gfn", "2", "--ohess", "extreme", "--chrg", str(charge), "--uhf", str(unpaired), "--norestart"]
    said = subprocess.run(words + (["--alpb", solvent] if solvent else []), cwd=work, env=ONE_CORE, capture_output=True, text=True).stdout
    return np.array([float(x) for line in re.findall(r"eigval :(.*)", said) for x in line.split()])


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    for name, start, charge, unpaired, solvent in CASES:
        path = f"{folder}/{re.sub('[^a-z_]+', '_', name.lower())}.xyz"
        words = ["--alpb", solvent] if solvent else []
        if start is None:
            with open(f"{folder}/start.xyz", "w") as out:
                out.write("3\nmultiplicity=2\nN 0 0 0\nO 1.1 .5 0\nO -1.1 .5 0\n")
            start = [f"{folder}/start.xyz"]
        if os.path.exists(path):  # of an earlier call
            os.remove(path)
        command("opt", *start, *words, "--gradient", "1e-9", "-o", path)
        ours = json.loads(command("hess", path, *words, "--json"))
        nu, n_rigid = np.array(ours["frequencies"]), len(ours["rigid_before_projection"])
        atoms = Atoms(ours["species"], ours["positions"])
        atoms.set_masses(ours["masses"])
        atoms.calc = QMTraj(charge=charge, multiplicity=unpaired + 1, **({"solvation": ("alpb", solvent)} if solvent else {}))
        shutil.rmtree(f"{folder}/ase", ignore_errors=True)
        vibrations = Vibrations(atoms, name=f"{folder}/ase", delta=0.003, nfree=4)
        vibrations.run()
        hessian = vibrations.get_vibrations().get_hessian_2d() * Bohr**2 / Hartree
        arguments = (hessian, np.array(ours["positions"]), np.array(ours["masses"]), n_rigid)
        plain, projected = frequencies(*arguments, False), frequencies(*arguments, True)
        theirs = xtb(folder, path, charge, unpaired, solvent)[: 3 * len(atoms)]
        theirs = np.sort(theirs[np.argsort(np.abs(theirs))[n_rigid:]])
        off = np.abs(nu - theirs) if len(theirs) == len(nu) else np.array([np.nan])
        print(f"{name:24} zero modes {max(map(abs, ours['rigid_before_projection'])):6.2f}  ASE {np.abs(nu - plain).max():6.2f}"
              f"  ASE projected {np.abs(nu - projected).max():6.2f}  xtb {off.max():6.2f} at {nu[off.argmax()]:.0f}"
              f"  next {np.sort(off)[-2] if len(off) > 1 else np.nan:.2f}", flush=True)


main()
