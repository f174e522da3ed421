"""Plug-in of dpdata, found by its entry point:

    dpdata.LabeledSystem("out/glycine/trajectory.npz", fmt="qmtraj/npz", step=10).to("deepmd/npy", "set")
"""
from __future__ import annotations

from typing import Any, Optional

import numpy as np
from dpdata.format import Format

from .trajectory import Trajectory, open as _open

__all__ = ["QmtrajFormat"]

# Elements by atomic number, as far as the methods reach.
SYMBOLS = ("X H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb "
           "Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au "
           "Hg Tl Pb Bi Po At Rn").split()


def _system(trajectory: Trajectory, frames: slice) -> dict[str, Any]:
    numbers = np.asarray(trajectory.atom_types)
    kinds = list(dict.fromkeys(int(z) for z in numbers))
    coords = np.asarray(trajectory.pos[frames], float)
    return {"atom_names": [SYMBOLS[z] for z in kinds], "atom_numbs": [int((numbers == z).sum()) for z in kinds],
            "atom_types": np.array([kinds.index(int(z)) for z in numbers]), "orig": np.zeros(3), "nopbc": True,
            # Nothing is periodic; dpdata wants a cell all the same, and its own readers of molecules take 100 angstrom.
            "cells": np.tile(100.0 * np.eye(3), (len(coords), 1, 1)), "coords": coords}


@Format.register("qmtraj/npz")
@Format.register("qmtraj")
class QmtrajFormat(Format):  # type: ignore[misc]
    """trajectory.npz in angstrom and eV; begin, end and step choose frames."""

    def from_system(self, file_name: Any, begin: Optional[int] = None, end: Optional[int] = None,
                    step: Optional[int] = None, **_: Any) -> dict[str, Any]:
        return _system(_open(file_name, "ase"), slice(begin, end, step))

    def from_labeled_system(self, file_name: Any, begin: Optional[int] = None, end: Optional[int] = None,
                            step: Optional[int] = None, **_: Any) -> dict[str, Any]:
        trajectory, frames = _open(file_name, "ase"), slice(begin, end, step)
        return {**_system(trajectory, frames), "energies": np.asarray(trajectory.Epot[frames], float),
                "forces": np.asarray(trajectory.forces[frames], float)}
