"""Trajectories as the program wrote them, mapped into memory: members of the archive are stored, so that a frame
is read straight from the disk and a file of gigabytes opens in a millisecond."""
from __future__ import annotations

import json
import os
import pathlib
from typing import Any, Iterator, Mapping, Union

import numpy as np
import numpy.typing as npt

from . import _npz, _packed
from .errors import FileError, FormatError

__all__ = ["Trajectory", "open", "open_folder"]

Path = Union[str, "os.PathLike[str]"]
Array = npt.NDArray[Any]

BOLTZMANN = 0.00831446261815324  # kJ/mol/K, CODATA 2018
LIGHT = 2.99792458e-2  # cm/ps
KJMOL_PER_EV = 96.48533212331002  # CODATA 2018

# Factors from the units of the file to others, by array; CODATA 2018. What is not named is in units of its own: ps, K, e.
_BOHR = 1.0 / 0.05291772109044924  # per nm
_HARTREE = 1.0 / 2625.4996394799  # per kJ/mol
_ELECTRON = 1822.8884862173131  # masses of the electron per Da
_ENERGIES = ("Ekin", "Epot", "Etot", "heat", "bias_energy", "bias_work", "homo_lumo_gap", "nve_window_Ekin", "nve_window_Epot",
             "nve_window_Etot")


def _factors(length: float, energy: float, velocity: float, mass: float = 1.0) -> dict[str, float]:
    """By array, from those of nm, kJ/mol, nm/ps and Da."""
    return {**dict.fromkeys(_ENERGIES, energy), "pos": length, "vel": velocity, "forces": energy / length,
            "bias_forces": energy / length, "dipole": length, "quadrupole": length * length,
            **({"masses": mass} if mass != 1.0 else {})}


UNITS: dict[str, dict[str, float]] = {
    "file": {},
    # bohr, hartree, the atomic unit of time, 0.0241888 fs, and the mass of the electron
    "atomic": _factors(_BOHR, _HARTREE, _BOHR * 0.024188843265857e-3, _ELECTRON),
    # angstrom, kcal/mol, fs and Da, as "real" of LAMMPS
    "real": _factors(10.0, 1.0 / 4.184, 0.01),
    # angstrom, eV, Da, and ASE's time, angstrom sqrt(Da / eV)
    "ase": _factors(10.0, 1.0 / KJMOL_PER_EV, KJMOL_PER_EV ** -0.5),
}


class Trajectory:
    """One file. Arrays are attributes, mapped and read-only; F frames, N atoms:

    pos, vel, forces (F, N, 3) in nm, nm/ps, kJ/mol/nm; Ekin, Epot, Etot (F,) kJ/mol; time_ps (F,); masses (N,) Da;
    atom_types (N,) atomic numbers; and what `properties` asked for. `in_units("ase")` gives angstrom and eV instead.

    The file may be complete, partial, inside the packed.zip of its folder, or a trajectory.npz.part, whose frames up to its last
    checkpoint are copied to a temporary file first.
    """

    def __init__(self, path: Path, units: str = "file") -> None:
        self.path = os.fspath(path)
        self.units = units
        if units not in UNITS:
            raise ValueError(f"units \"{units}\" are unknown; there are {', '.join(UNITS)}")
        self._arrays = _npz.map_file(self.path)
        for name in ("pos", "time_ps", "atom_types"):
            if name not in self._arrays:
                raise FormatError(f"{self.path}: there is no array \"{name}\"; is this a trajectory of qmtraj?")
        self._metadata: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Array:
        arrays = self.__dict__.get("_arrays", {})
        if name not in arrays:
            raise AttributeError(f"no array \"{name}\"; there are {', '.join(arrays)}")
        factor = UNITS[self.units].get(name)
        found: Array = arrays[name]
        return found if factor is None else _Scaled(found, factor)  # type: ignore[return-value]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._arrays]

    def __len__(self) -> int:
        return int(self._arrays["pos"].shape[0])

    def __repr__(self) -> str:
        return f"<Trajectory {self.path}: {len(self)} frames of {self.n_atoms} atoms, {self.units} units>"

    @property
    def names(self) -> list[str]:
        """Names of all arrays."""
        return list(self._arrays)

    @property
    def n_atoms(self) -> int:
        return int(self._arrays["pos"].shape[1])

    @property
    def metadata(self) -> dict[str, Any]:
        """What the program wrote about the trajectory (docs/file-format.md)."""
        if self._metadata is None:
            self._metadata = json.loads(str(self._arrays["metadata"][()])) if "metadata" in self._arrays else {}
        return self._metadata

    def in_units(self, units: str) -> "Trajectory":
        """The same file in "file", "ase" (angstrom, eV), "atomic" (bohr, hartree) or "real" units (angstrom, kcal/mol, fs);
        frames are converted as they are read."""
        other: Trajectory = object.__new__(Trajectory)
        if units not in UNITS:
            raise ValueError(f"units \"{units}\" are unknown; there are {', '.join(UNITS)}")
        other.__dict__.update(self.__dict__, units=units)
        return other

    def atoms(self, frame: int) -> Any:
        """Frame as ase.Atoms with energy and forces, velocities included."""
        from ase import Atoms
        from ase.calculators.singlepoint import SinglePointCalculator
        t = self.in_units("ase")
        atoms = Atoms(self.atom_types, t.pos[frame], velocities=t.vel[frame], masses=t.masses)
        energy = float(t.Epot[frame])
        atoms.calc = SinglePointCalculator(atoms, energy=energy, free_energy=energy, forces=np.array(t.forces[frame], float))
        atoms.info.update(charge=self.metadata.get("charge", 0), spin=self.metadata.get("multiplicity", 1))
        return atoms

    def __iter__(self) -> Iterator[Any]:
        return (self.atoms(i) for i in range(len(self)))

    @property
    def is_complete(self) -> bool:
        """False for the frames of a trajectory that failed, or that is not finished."""
        return bool(self.metadata.get("status") == "complete")

    def bonds(self) -> npt.NDArray[np.intp]:
        """(B, 2) numbers of the atoms of each bond in the geometry that the motion starts from."""
        if "bonds" not in self.metadata:
            raise FormatError(f"{self.path}: the metadata name no bonds; programs since 0.2.0 write them")
        return np.array(self.metadata["bonds"], dtype=np.intp).reshape(-1, 2)

    def bond_lengths(self) -> Array:
        """(F, B) lengths of the bonds() in the units of this trajectory."""
        pos, bonds = np.asarray(self.pos), self.bonds()
        return np.asarray(np.linalg.norm(pos[:, bonds[:, 0]] - pos[:, bonds[:, 1]], axis=2))

    def temperature(self) -> npt.NDArray[np.float64]:
        """(F,) kelvin, from Ekin and the degrees of freedom of the metadata."""
        dof = self.metadata["dof"]
        return np.asarray(2.0 * np.asarray(self._arrays["Ekin"]) / (dof * BOLTZMANN))

    def autocorrelation(self, name: str = "Epot") -> npt.NDArray[np.float64]:
        """(F,) normalised autocorrelation function of an array with one number per frame, by FFT."""
        x = np.asarray(self._arrays[name], float)
        x = x - x.mean()
        n = len(x)
        power = np.abs(np.fft.rfft(x, 2 * n)) ** 2
        c = np.fft.irfft(power)[:n] / np.arange(n, 0, -1)
        return np.asarray(c / c[0])

    def autocorrelation_time_ps(self, name: str = "Epot") -> float:
        """Integrated autocorrelation time; the sum ends with Sokal's window of five times itself."""
        c = self.autocorrelation(name)
        tau = 2.0 * np.cumsum(c) - 1.0
        window = np.arange(len(c)) >= 5.0 * tau
        at = int(np.argmax(window)) if window.any() else len(c) - 1
        return float(tau[at] * self.interval_ps)

    @property
    def interval_ps(self) -> float:
        """Time from one frame to the next."""
        time = self._arrays["time_ps"]
        return float(time[1] - time[0]) if len(time) > 1 else 0.0

    def spectrum(self, kind: str = "vdos") -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """(wavenumbers in cm-1, intensities), each (F // 2 + 1,), with a Hann window.

        kind "vdos": mass-weighted power spectrum of the velocities, which adds up to 1. "ir": power spectrum of the change of
        the dipole, in (e nm/ps)^2 ps; needs `properties: [dipole]`.
        """
        if kind == "vdos":
            v = np.asarray(self._arrays["vel"], float) * np.sqrt(np.asarray(self._arrays["masses"], float))[None, :, None]
            signal = v.reshape(len(self), -1)
        elif kind == "ir":
            signal = np.gradient(np.asarray(self._arrays["dipole"], float), self.interval_ps, axis=0)
        else:
            raise ValueError(f"spectrum \"{kind}\" is unknown; there are vdos and ir")
        n = len(signal)
        power = (np.abs(np.fft.rfft(signal * np.hanning(n)[:, None], axis=0)) ** 2).sum(axis=1)
        wavenumber = np.fft.rfftfreq(n, self.interval_ps) / LIGHT
        return wavenumber, power / power.sum() if kind == "vdos" else power * self.interval_ps / n


class _Scaled(np.lib.mixins.NDArrayOperatorsMixin):
    """An array that is multiplied by a factor where it is read. To operators and to methods of arrays it is one, read whole."""

    def __init__(self, array: Array, factor: float) -> None:
        self._array, self._factor = array, factor
        self.shape, self.ndim, self.dtype = array.shape, array.ndim, array.dtype

    def __getitem__(self, key: Any) -> Any:
        return self._array[key] * self.dtype.type(self._factor)

    def __len__(self) -> int:
        return len(self._array)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return np.asarray(self[...], dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        return getattr(ufunc, method)(*(one[...] if isinstance(one, _Scaled) else one for one in inputs), **keywords)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # of copies that are not made yet, too
            raise AttributeError(name)
        return getattr(self[...], name)


def open(path: Path, units: str = "file") -> Trajectory:
    """Opens a file, or the trajectory of a folder: the complete one, else a partial or an unfinished one. Folders in a
    packed.zip open by the path that they would have outside."""
    if os.path.isdir(path):
        there = [os.path.join(path, name) for name in _npz.NAMES if os.path.exists(os.path.join(path, name))]
        path = there[0] if there else os.path.join(path, _npz.NAMES[0])
    elif not os.path.exists(path) and not os.fspath(path).endswith((".npz", ".part")):
        path = os.path.join(path, _npz.NAMES[0])
    return Trajectory(path, units)


def open_folder(path: Path, units: str = "file") -> Mapping[str, Trajectory]:
    """All finished trajectories below a folder, packed ones among them, by their path below it. Each is opened when it is
    asked for, and again the next time: open files are not held for thousands."""
    root = pathlib.Path(path)
    if not root.is_dir():
        raise FileError(f"{root}: no such folder")
    return _Folder(root, units)


class _Folder(Mapping[str, Trajectory]):
    def __init__(self, root: pathlib.Path, units: str) -> None:
        self._root, self._units = root, units
        self._names = dict.fromkeys(sorted(_packed.labels_below(root)))

    def __getitem__(self, name: str) -> Trajectory:
        if name not in self._names:
            raise KeyError(name)
        return Trajectory(self._root / name / _npz.NAMES[0], self._units)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
