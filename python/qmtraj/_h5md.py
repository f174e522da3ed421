"""Arrays of the H5MD files of `qmtraj convert --to h5md`, mapped where HDF5 stored them in one piece, which the program does."""
from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import FileError, FormatError

__all__ = ["MAGIC", "map_file"]

Array = npt.NDArray[Any]

MAGIC = b"\x89HDF\r\n\x1a\n"
_FRAMES = "particles/trajectory/"
_OBSERVABLES = "observables/"
# Paths of the data sets, and what the arrays are called in trajectory.npz.
_PATHS = {
    _FRAMES + "position/value": "pos", _FRAMES + "velocity/value": "vel", _FRAMES + "force/value": "forces",
    _FRAMES + "charge/value": "charges", _FRAMES + "position/time": "time_ps", _FRAMES + "species": "atom_types",
    _FRAMES + "mass": "masses", _OBSERVABLES + "potential_energy/value": "Epot", _OBSERVABLES + "kinetic_energy/value": "Ekin",
    _OBSERVABLES + "total_energy/value": "Etot", _OBSERVABLES + "dipole/value": "dipole",
    _OBSERVABLES + "bond_orders/value": "bond_orders", _OBSERVABLES + "homo_lumo_gap/value": "homo_lumo_gap",
    _OBSERVABLES + "quadrupole/value": "quadrupole"}


def _map(path: str, dataset: Any) -> Array:
    offset = dataset.id.get_offset()
    if offset is None or dataset.size == 0:  # in chunks, or empty
        found: Array = dataset[...]
        found.flags.writeable = False
        return found
    return np.memmap(path, dtype=dataset.dtype, mode="r", offset=offset, shape=dataset.shape)


def map_file(path: str) -> dict[str, Array]:
    """Arrays by the names that they have in trajectory.npz. Raises FileError, FormatError."""
    try:
        import h5py
    except ImportError:
        raise FileError(f"{path}: this is an HDF5 file, and h5py, which reads them, is not installed") from None
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise FormatError(f"{path}: HDF5 cannot read it ({error})") from error
    with file:
        if _FRAMES + "position/value" not in file:
            raise FormatError(f"{path}: an HDF5 file, but none of `qmtraj convert --to h5md`; training sets are read by h5py itself")
        arrays = {name: _map(path, file[key]) for key, name in _PATHS.items() if key in file}
        if "parameters/metadata" in file:
            arrays["metadata"] = np.array(file["parameters/metadata"].asstr()[0])
    return arrays
