"""The program, for what it does with files: labels of frames, energies of atoms, training sets. These functions start it
and wait; a failure is the exception that the library would raise, with the program's sentence."""
from __future__ import annotations

import csv
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
from typing import Any, Iterable, Mapping, Optional, Sequence, Union

from . import campaign, errors

__all__ = ["Labelled", "atoms", "dataset", "label", "program"]

Path = Union[str, "os.PathLike[str]"]

# Exit codes of the program; 1 is a result with failures in it.
_BY_CODE: dict[int, type[errors.QmtrajError]] = {
    2: errors.ConfigError, 3: errors.InputError, 4: errors.SCFError, 5: errors.FileError, 6: errors.LockedError,
    7: errors.CheckpointError, 75: errors.Stopped}


def program() -> str:
    """Path of the program: $QMTRAJ_PROGRAM, the one inside the package, the one beside $QMTRAJ_LIBRARY, or that of PATH."""
    inside = pathlib.Path(__file__).parent / "bin" / "qmtraj"
    beside = pathlib.Path(os.environ.get("QMTRAJ_LIBRARY", "none")).parent / "qmtraj"
    for path in (os.environ.get("QMTRAJ_PROGRAM", ""), str(inside), str(beside)):
        if path and os.access(path, os.X_OK) and not os.path.isdir(path):
            return path
    found = shutil.which("qmtraj")
    if found is None:
        raise errors.FileError("the program qmtraj is not in PATH; set QMTRAJ_PROGRAM to its path")
    return found


def _words(options: Mapping[str, Any]) -> list[str]:
    """Options as words: num_workers=2 is --num-workers 2, partial=True is --partial."""
    words = []
    for name, value in options.items():
        if value is None or value is False:
            continue
        words.append("--" + name.replace("_", "-"))
        if value is not True:
            words.append(os.fspath(value) if isinstance(value, os.PathLike) else str(value))
    return words


def _set_words(settings: Optional[Mapping[str, Any]]) -> list[str]:
    return [word for key, value in campaign.key_texts(settings or {}).items() for word in ("--set", f"{key}={value}")]


def _run(words: Sequence[str]) -> tuple[int, str]:
    """Exit code, 0 or 1, and standard output."""
    done = subprocess.run([program(), *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode not in (0, 1):
        lines = [line for line in done.stderr.splitlines() if line.startswith("qmtraj: ")]
        sentence = lines[-1][len("qmtraj: "):] if lines else f"ended with {done.returncode}: {done.stderr[-500:]}"
        raise _BY_CODE.get(done.returncode, errors.QmtrajError)(sentence)
    return done.returncode, done.stdout


def atoms(elements: Union[str, Iterable[str]], method: Optional[str] = None, config: Optional[Path] = None,
          settings: Optional[Mapping[str, Any]] = None) -> dict[str, float]:
    """Energies of free atoms in their ground states, eV by symbol: E0s of the method for codes that learn.

    @param elements  ["H", "C"], "H,C" or "all"
    @param settings  keys of the configuration, {"electronic_temperature_K": 1000}
    """
    chosen = elements if isinstance(elements, str) else ",".join(elements)
    _, text = _run(["atoms", "--for", "json", "--elements", chosen, *_words({"config": config, "method": method}),
                    *_set_words(settings)])
    return {symbol: float(atom["energy"]) for symbol, atom in json.loads(text)["atoms"].items()}


@dataclasses.dataclass
class Labelled:
    """A labelled file. `failed` has a row for each frame without labels: frame, source, name, reason, sentence."""

    path: str
    failed: list[dict[str, str]]

    def atoms(self) -> Any:
        """All frames as a list of ase.Atoms."""
        import ase.io
        return ase.io.read(self.path, ":", format="extxyz")


def label(frames: Any, out: Optional[Path] = None, *, method: Optional[str] = None, also: Optional[str] = None,
          config: Optional[Path] = None, settings: Optional[Mapping[str, Any]] = None, charge: Optional[int] = None,
          multiplicity: Optional[int] = None, num_workers: Optional[int] = None, fresh: bool = False) -> Any:
    """Energies and forces of the frames of a file, or of ase.Atoms (docs/label.md).

    @param frames  path of an XYZ file, with `out`; or a list of ase.Atoms
    @return Labelled for a path; for Atoms new ones with energy and forces, those that failed with info["label_failed"]
    """
    options = _words({"method": method, "also": also, "config": config, "charge": charge, "multiplicity": multiplicity,
                      "num_workers": num_workers, "fresh": fresh}) + _set_words(settings)
    if isinstance(frames, (str, os.PathLike)):
        if out is None:
            raise errors.ArgumentError("label of a file needs `out`, the file to make")
        _run(["label", os.fspath(frames), "-o", os.fspath(out), *options])
        rejected = pathlib.Path(f"{os.fspath(out)}.rejected.tsv")
        failed = []
        if rejected.exists():
            with rejected.open(newline="") as file:
                failed = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return Labelled(os.fspath(out), failed)
    import ase.io
    if hasattr(frames, "numbers") and hasattr(frames, "positions"):
        raise errors.ArgumentError("label wants a list of ase.Atoms, or a file; of one molecule give [atoms]")
    several = list(frames)
    if not several:
        return []
    with tempfile.TemporaryDirectory() as folder:
        before, after = os.path.join(folder, "frames.extxyz"), os.path.join(folder, "labelled.extxyz")
        ase.io.write(before, several, format="extxyz")
        _run(["label", before, "-o", after, *options])
        labelled = ase.io.read(after, ":", format="extxyz")
    for made, given in zip(labelled, several):
        made.set_constraint(given.constraints)
        if "label_failed" in made.info:
            made.info["label_failed"] = str(made.info["label_failed"]).replace(before, "frames")
    return labelled


def dataset(paths: Union[Path, Iterable[Path]], out: Path, **options: Any) -> str:
    """A training set from trajectories (docs/dataset.md); the options of `qmtraj dataset` are keywords, format= for --for.

        qmtraj.dataset("data/qm", "set", format="mace", diverse=200, split="80/10/10")

    @return what the program says of the set
    """
    several = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if "format" in options:
        options["for"] = options.pop("format")
    return _run(["dataset", *[os.fspath(path) for path in several], "-o", os.fspath(out), *_words(options)])[1]
