"""Trajectories as the program wrote them, mapped into memory: members of the archive are stored, so that a frame
is read straight from the disk and a file of gigabytes opens in a millisecond."""
from __future__ import annotations

import io
import json
import os
import pathlib
import struct
import zipfile
from typing import Any, Iterator, Union

import numpy as np
import numpy.typing as npt

from .errors import FileError, FormatError

__all__ = ["Trajectory", "open", "open_folder"]

Path = Union[str, "os.PathLike[str]"]
Array = npt.NDArray[Any]

BOLTZMANN = 0.00831446261815324  # kJ/mol/K, CODATA 2018
LIGHT = 2.99792458e-2  # cm/ps
KJMOL_PER_EV = 96.48533212331002  # CODATA 2018

# Factors from the units of the file to others, by array.
_EV = 1.0 / KJMOL_PER_EV
UNITS: dict[str, dict[str, float]] = {
    "file": {},
    # angstrom, eV, and ASE's time, angstrom sqrt(Da / eV)
    "ase": {"pos": 10.0, "vel": KJMOL_PER_EV ** -0.5, "forces": 0.1 * _EV, "Ekin": _EV, "Epot": _EV, "Etot": _EV,
            "dipole": 10.0, "homo_lumo_gap": _EV, "quadrupole": 100.0},
}


def _map(path: str, file: Any, info: zipfile.ZipInfo) -> Array:
    """A stored member as an array on the file itself."""
    file.seek(info.header_offset)
    head = file.read(30)
    if info.compress_type != zipfile.ZIP_STORED or len(head) != 30 or head[:4] != b"PK\x03\x04":
        raise FormatError(f"{path}: {info.filename} is compressed or damaged; only stored members can be mapped")
    n_name, n_extra = struct.unpack("<HH", head[26:30])
    start = info.header_offset + 30 + n_name + n_extra
    file.seek(start)
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file)
    if dtype.hasobject:
        raise FormatError(f"{path}: {info.filename} holds Python objects, which are not loaded")
    if int(np.prod(shape)) == 0:
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype=dtype, mode="r", offset=file.tell(), shape=shape, order="F" if fortran else "C")


class Trajectory:
    """One file. Arrays are attributes, mapped and read-only; F frames, N atoms:

    pos, vel, forces (F, N, 3) in nm, nm/ps, kJ/mol/nm; Ekin, Epot, Etot (F,) kJ/mol; time_ps (F,); masses (N,) Da;
    atom_types (N,) atomic numbers; and what `properties` asked for. `in_units("ase")` gives angstrom and eV instead.
    """

    def __init__(self, path: Path, units: str = "file") -> None:
        self.path = os.fspath(path)
        self.units = units
        if units not in UNITS:
            raise ValueError(f"units \"{units}\" are unknown; there are {', '.join(UNITS)}")
        try:
            with zipfile.ZipFile(self.path) as archive, io.open(self.path, "rb") as file:
                self._arrays = {info.filename[:-4]: _map(self.path, file, info) for info in archive.infolist()
                                if info.filename.endswith(".npy")}
        except OSError as error:
            raise FileError(f"{self.path}: {error.strerror or error}") from error
        except zipfile.BadZipFile as error:
            hint = ("; `qmtraj convert FILE --to npz` makes one of the frames so far"
                    if self.path.endswith(".part") else "")
            raise FormatError(f"{self.path}: no NPZ file ({error}){hint}") from error
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
        """The same file in "file" units or in "ase" units; frames are converted as they are read."""
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
        atoms = Atoms(self.atom_types, t.pos[frame], velocities=t.vel[frame], masses=self.masses)
        energy = float(t.Epot[frame])
        atoms.calc = SinglePointCalculator(atoms, energy=energy, free_energy=energy, forces=np.array(t.forces[frame], float))
        atoms.info.update(charge=self.metadata.get("charge", 0), spin=self.metadata.get("multiplicity", 1))
        return atoms

    def __iter__(self) -> Iterator[Any]:
        return (self.atoms(i) for i in range(len(self)))

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


class _Scaled:
    """An array that is multiplied by a factor where it is read."""

    def __init__(self, array: Array, factor: float) -> None:
        self._array, self._factor = array, factor
        self.shape, self.ndim, self.dtype = array.shape, array.ndim, array.dtype

    def __getitem__(self, key: Any) -> Any:
        return self._array[key] * self.dtype.type(self._factor)

    def __len__(self) -> int:
        return len(self._array)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return np.asarray(self[...], dtype=dtype)


def open(path: Path, units: str = "file") -> Trajectory:
    """Opens trajectory.npz, or the one in a folder."""
    if os.path.isdir(path):
        path = os.path.join(path, "trajectory.npz")
    return Trajectory(path, units)


def open_folder(path: Path, units: str = "file") -> dict[str, Trajectory]:
    """All finished trajectories below a folder, opened when they are asked for, by their path below it."""
    root = pathlib.Path(path)
    if not root.is_dir():
        raise FileError(f"{root}: no such folder")
    return _Folder(root, units)


class _Folder(dict):  # type: ignore[type-arg]
    def __init__(self, root: pathlib.Path, units: str) -> None:
        self._root, self._units = root, units
        super().__init__({str(found.parent.relative_to(root)): None for found in sorted(root.rglob("trajectory.npz"))})

    def __getitem__(self, name: str) -> Trajectory:
        found = super().__getitem__(name)
        if found is None:
            found = Trajectory(self._root / name / "trajectory.npz", self._units)
            self[name] = found
        return found  # type: ignore[no-any-return]

    def values(self) -> Any:
        return (self[name] for name in self)

    def items(self) -> Any:
        return ((name, self[name]) for name in self)
