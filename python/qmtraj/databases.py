"""Databases of SchNetPack, Orb and fairchem from a training set of arrays. They are made here and not by the program because
they are what a Python package writes: ASE for SQLite, ase-db-backends (LMDB) for fairchem.

    qmtraj.dataset("data/qm", "set", format="npy", n=200)
    qmtraj.databases.write("set", "schnetpack")        # set/train.db, set/valid.db, set/test.db
"""
from __future__ import annotations

import importlib
import json
import os
import pathlib
from typing import Any, Callable, Iterator, Union

import numpy as np

from .errors import ArgumentError, FileError, FormatError

__all__ = ["KINDS", "write"]

Path = Union[str, "os.PathLike[str]"]
KINDS = {"schnetpack": ".db", "orb": ".db", "fairchem": ".aselmdb"}
_PROPERTIES = {"charges": "partial_charges", "dipole": "dipole_moment"}
_UNITS = {"energy": "eV", "forces": "eV/Ang", "partial_charges": "e", "dipole_moment": "e*Ang", "total_charge": "e",
          "spin_multiplicity": "1"}


def _molecules(part: pathlib.Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Arrays of each molecule of a part, mapped."""
    for folder in sorted(part.iterdir()):
        yield folder.name, {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}


def _atoms(arrays: dict[str, Any], frame: int) -> Any:
    from ase import Atoms
    from ase.calculators.singlepoint import SinglePointCalculator
    atoms = Atoms(np.array(arrays["atom_types"]), np.array(arrays["pos"][frame], float))
    energy = float(arrays["energy"][frame, 0])
    atoms.calc = SinglePointCalculator(atoms, energy=energy, free_energy=energy, forces=np.array(arrays["forces"][frame], float))
    atoms.info.update(charge=int(arrays["charge"][frame]), spin=int(arrays["multiplicity"][frame]))
    return atoms


def _write_schnetpack(database: Any, name: str, arrays: dict[str, Any], frame: int) -> None:
    """A row of SchNetPack's ASEAtomsData: every property an array in `data`, one of the molecule with shape (1,)."""
    atoms = _atoms(arrays, frame)
    forces = atoms.get_forces()
    atoms.calc = None
    data = {"energy": np.array(arrays["energy"][frame], float), "forces": forces,
            "total_charge": np.array([atoms.info["charge"]], float), "spin_multiplicity": np.array([atoms.info["spin"]], float)}
    data.update({key: np.array(arrays[own][frame], float) for own, key in _PROPERTIES.items() if own in arrays})
    database.write(atoms, data=data, molecule=name)


def _write_ase(database: Any, name: str, arrays: dict[str, Any], frame: int) -> None:
    """A row whose energy and forces ASE's calculator gives back, charge and spin (2S+1) in `data`."""
    atoms = _atoms(arrays, frame)
    database.write(atoms, data={"charge": atoms.info["charge"], "spin": atoms.info["spin"]}, molecule=name)


def _metadata(kind: str, summary: dict[str, Any], has: set[str]) -> dict[str, Any]:
    from ase.data import atomic_numbers
    if kind != "schnetpack":
        return {"qmtraj": {"method": summary["method"], "version": summary["version"]}}
    reference = [0.0] * 100
    for symbol, energy in summary["atom_energies_eV"].items():
        reference[atomic_numbers[symbol]] = energy
    there = {"energy", "forces", "total_charge", "spin_multiplicity"} | {_PROPERTIES[key] for key in has & set(_PROPERTIES)}
    return {"_property_unit_dict": {key: unit for key, unit in _UNITS.items() if key in there}, "_distance_unit": "Ang",
            "atomrefs": {"energy": reference}}


def _connect(kind: str, path: pathlib.Path) -> Any:
    import ase.db
    if kind == "fairchem":
        try:
            backend = importlib.import_module("ase_db_backends.aselmdb")
        except ImportError as error:
            raise FileError(f"databases of fairchem need the package ase-db-backends with lmdb: {error}") from error
        return backend.LMDBDatabase(os.fspath(path), serial=True)
    return ase.db.connect(os.fspath(path), type="db", serial=True)


def _fill(kind: str, part: pathlib.Path, path: pathlib.Path, summary: dict[str, Any]) -> int:
    row: Callable[..., None] = _write_schnetpack if kind == "schnetpack" else _write_ase
    n, has = 0, set()
    with _connect(kind, path) as database:
        for name, arrays in _molecules(part):
            has |= set(arrays)
            for frame in range(len(arrays["energy"])):
                row(database, name, arrays, frame)
                n += 1
        database.metadata = _metadata(kind, summary, has)
    return n


def write(folder: Path, kind: str) -> dict[str, int]:
    """Writes train, valid and test of a set that `qmtraj dataset --for npy` made, as a database each, in the folder.

    @param kind  "schnetpack" (ASE's SQLite with units and energies of atoms, total energies), "orb" (ASE's SQLite) or
                 "fairchem" (aselmdb; needs ase-db-backends)
    @return frames of each part. Fails with FormatError if the folder is no such set, FileError if a database is there.
    """
    root = pathlib.Path(folder)
    if kind not in KINDS:
        raise ArgumentError(f"databases are of {', '.join(KINDS)}, not {kind}")
    try:
        summary = json.loads((root / "summary.json").read_text())
    except (OSError, ValueError) as error:
        raise FormatError(f"{root}: is no training set: {error}") from error
    if summary.get("format") != "npy" or "`pos` | (F, N, 3) | angstrom" not in (root / "README.md").read_text():
        raise FormatError(f"{root}: databases are made from a set of `--for npy` in eV and angstrom")
    counts = {}
    for split in ("train", "valid", "test"):
        path = root / (split + KINDS[kind])
        part = root / f"{split}.part{KINDS[kind]}"
        if not (root / split).is_dir():
            continue
        if path.exists():
            raise FileError(f"{path}: is there already")
        part.unlink(missing_ok=True)
        try:
            counts[split] = _fill(kind, root / split, part, summary)
            os.replace(part, path)
        finally:
            for left in root.glob(f"{split}.part{KINDS[kind]}*"):
                left.unlink()
    return counts
