#!/usr/bin/env python3
"""basins.py FOLDER: which conformers the trajectories of n-butane, alanine dipeptide and cyclohexane visit, made by

    qmtraj run tests/proof/{butane,dipeptide,cyclohexane}.xyz --config configs/rmsd.yaml --out FOLDER
        --set equilibration_ps=1 --set save_interval_steps=20

Basins are those of the textbook: gauche+, gauche- and anti of the C-C-C-C torsion; C7eq, C7ax and extended of phi, psi; the
two chairs and everything between them by the ring torsions. A visit counts when it lasts 50 fs.
"""
import sys

import numpy as np

DEGREE = 180.0 / np.pi
BUTANE = (0, 1, 2, 3)
PHI, PSI = (1, 3, 4, 6), (3, 4, 6, 8)
RING = [(k, (k + 1) % 6, (k + 2) % 6, (k + 3) % 6) for k in range(6)]


def torsion(pos, atoms):
    a, b, c, d = (pos[:, k].astype(float) for k in atoms)
    m, n = np.cross(a - b, c - b), np.cross(b - c, d - c)
    y = np.einsum("fx,fx->f", np.cross(m, n), (b - c) / np.linalg.norm(b - c, axis=1)[:, None])
    return -np.arctan2(y, np.einsum("fx,fx->f", m, n)) * DEGREE


def butane(pos):
    t = torsion(pos, BUTANE)
    return {"anti": np.abs(t) > 120, "gauche+": (t > 0) & (t < 120), "gauche-": (t < 0) & (t > -120)}


def dipeptide(pos):
    phi, psi = torsion(pos, PHI), torsion(pos, PSI)
    return {
        "extended (C5, C7eq)": (phi < 0) & ((psi > 20) | (psi < -130)),
        "folded left (alpha R, beta 2)": (phi < 0) & (psi > -130) & (psi < 20),
        "C7ax, alpha L": (phi > 0),
    }


def cyclohexane(pos):
    t = np.array([torsion(pos, ring) for ring in RING])
    turns = np.sign(t[0]) * np.array([1, -1, 1, -1, 1, -1])[:, None]
    sign = np.sign(t[0]) * np.all(np.sign(t) == turns, axis=0)
    chair = np.abs(t).min(axis=0) > 25
    return {"chair": chair & (sign > 0), "other chair": chair & (sign < 0), "boats and twists": np.abs(t).min(axis=0) < 20}


MOLECULES = {"butane": butane, "dipeptide": dipeptide, "cyclohexane": cyclohexane}


def longest(inside, step_ps):
    """Length of the longest visit, ps."""
    best = now = 0
    for there in inside:
        now = now + 1 if there else 0
        best = max(best, now)
    return best * step_ps


def main():
    for name, basins in MOLECULES.items():
        data = np.load(f"{sys.argv[1]}/{name}/trajectory.npz")
        time = data["time_ps"]
        for basin, inside in basins(data["pos"]).items():
            first = time[np.argmax(inside)] if inside.any() else np.nan
            print(f"{name:12} {basin:30} {'visited' if longest(inside, time[1]) >= 0.05 else '-':8}"
                  f" first at {first:6.2f} ps, {100 * inside.mean():5.1f} % of the time")


main()
