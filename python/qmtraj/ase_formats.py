"""trajectory.npz for ase.io.read and `ase gui`. ASE since 3.23 finds the format by itself; before, call register() once."""
from __future__ import annotations

import sys
from typing import Any, Iterator

from .trajectory import open as _open

NAME = "qmtraj-npz"
GLOBS = ["trajectory*.npz", "trajectory*.npz.part"]


def read_qmtraj_npz(filename: Any, index: Any = -1) -> Iterator[Any]:
    """Frames as ase.Atoms; index is a number or a slice."""
    trajectory = _open(filename)
    frames = range(len(trajectory))[index]
    for frame in [frames] if isinstance(frames, int) else frames:
        yield trajectory.atoms(frame)


def _entry() -> Any:
    """What the entry point ase.ioformats gives to ASE; None before 3.23."""
    try:
        from ase.utils.plugins import ExternalIOFormat
    except ImportError:
        return None
    return ExternalIOFormat(desc="qmtraj trajectory", code="+S", module="qmtraj.ase_formats", glob=GLOBS)


def register() -> None:
    """Makes ase.io.read("trajectory.npz@0:100") work where no entry point does: ASE 3.22, and a package that is not installed
    but found through PYTHONPATH."""
    import ase.io.formats
    formats: Any = ase.io.formats  # with types in some versions only
    if NAME in formats.ioformats:
        return
    # ASE 3.22 takes modules of ase.io alone; imports look into sys.modules first.
    sys.modules["ase.io.qmtraj_npz"] = sys.modules[__name__]
    formats.define_io_format(NAME, "qmtraj trajectory", "+S", module="qmtraj_npz", glob=GLOBS)


def __getattr__(name: str) -> Any:
    if name == "FORMAT":
        return _entry()
    raise AttributeError(name)


__all__ = ["read_qmtraj_npz", "register"]
