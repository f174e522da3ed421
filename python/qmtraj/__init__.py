"""qmtraj: GFN-xTB energies, forces and trajectories for training sets.

    engine = qmtraj.Engine([8, 1, 1])
    result = engine.evaluate(xyz)                  # (3, 3) bohr
    trajectory = qmtraj.open("out/glycine/trajectory.npz")
    trajectory.pos[1000]                           # straight from the disk, nm
    made = qmtraj.run({"length_ps": 10}, {"ethanol": "CCO"}, "out", progress=True)

`qmtraj.ase.QMTraj` is the ASE calculator.
"""
from __future__ import annotations

import importlib as _importlib
from typing import Any as _Any

from ._library import lib as _lib, text as _text
from ._version import __version__
from .campaign import Job, Progress, Trajectories, run, start
from .engine import Batch, Engine, Report, Result
from .errors import QmtrajError
from .program import Labelled, atoms, dataset, label
from .trajectory import Trajectory, open, open_folder

__all__ = ["Batch", "Engine", "Job", "Labelled", "Progress", "Report", "Result", "QmtrajError", "Trajectories",
           "Trajectory", "atoms", "dataset", "label", "open", "open_folder", "run", "start",
           "library_version", "__version__"]


def library_version() -> str:
    """Version and build of the library that was loaded."""
    return f"{_text(_lib.qmt_version())} ({_text(_lib.qmt_build_id())})"


# These want packages beside NumPy and are imported when they are asked for.
_MODULES = ("ase", "ase_formats", "databases", "dpdata", "torch")


def __getattr__(name: str) -> _Any:
    if name in _MODULES:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
