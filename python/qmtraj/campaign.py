"""Native dynamics from Python: the campaign of the library in a process of its own, at the speed of the program."""
from __future__ import annotations

import json
import math
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import warnings
from typing import IO, Any, Callable, Iterator, Mapping, NamedTuple, Optional, Union

from . import _state, errors
from .trajectory import Trajectory

__all__ = ["Job", "Progress", "Trajectories", "run", "start"]

Path = Union[str, "os.PathLike[str]"]

BOHR_PER_ANGSTROM = 1.8897261246204404  # as the program has it (qmtraj/units.h): the same bytes as from an XYZ file


class Progress(NamedTuple):
    """What happens in a job. `kind` is "start", "progress", "end", "note" or "warning"; `label` is the trajectory, "" for
    the job as a whole; `step` of `n_steps` counts all phases; what is not known is NaN; `text` is the sentence of a note, a warning or a
    failure."""

    kind: str
    label: str
    phase: str = ""
    step: int = 0
    n_steps: int = 0
    time_ps: float = math.nan
    ms_per_step: float = math.nan
    left_s: float = math.nan
    text: str = ""


class Trajectories(dict[str, Trajectory]):
    """Complete trajectories by label. `failed` has the exceptions of the others, also by label."""

    def __init__(self) -> None:
        super().__init__()
        self.failed: dict[str, errors.QmtrajError] = {}


def _setting(value: Any) -> str:
    """A value as YAML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_setting(one) for one in value) + "]"
    return str(value)


def key_texts(keys: Mapping[Any, Any], block: str = "") -> dict[str, str]:
    """Keys with their texts; those of a block, which is a dict of its own, have its name before them."""
    found: dict[str, str] = {}
    for key, value in keys.items():
        name = block + str(key)
        if isinstance(value, Mapping) and value:
            found.update(key_texts(value, name + "."))
        elif value is None:
            raise errors.ConfigError(f"{name} is None, which is no value; leave the key out for its default")
        else:
            found[name] = _setting(value)
    return found


def _of_atoms(atoms: Any, name: Optional[str]) -> dict[str, Any]:
    """ase.Atoms for the process of the job. Charge and multiplicity are those of atoms.info ("charge", "spin") or of the
    initial charges and moments, as in qmtraj.ase."""
    if atoms.pbc.any():
        raise errors.InputError("qmtraj computes molecules; this cell is periodic (set atoms.pbc = False)")
    fixed = getattr(atoms, "constraints", None)
    if fixed:
        raise errors.InputError(f"the atoms have constraints ({', '.join(type(one).__name__ for one in fixed)}), but the native "
                                "dynamics moves all atoms; remove them with atoms.set_constraint()")
    charge = _state.charge_of(atoms)
    spin = _state.multiplicity_of(atoms, charge or 0)
    if charge is not None or spin is not None:
        charge = charge or 0
        spin = spin if spin is not None else 1 + (int(atoms.numbers.sum()) - charge) % 2
    return {"kind": "atoms", "name": name or atoms.info.get("name") or atoms.get_chemical_formula(),
            "numbers": [int(z) for z in atoms.numbers], "xyz": [float(x) * BOHR_PER_ANGSTROM for x in atoms.positions.reshape(-1)],
            "charge": charge, "multiplicity": spin,
            "masses": [float(mass) for mass in atoms.get_masses()] if atoms.has("masses") else None}


def _molecule(molecule: Any, name: Optional[str] = None) -> dict[str, Any]:
    if hasattr(molecule, "numbers") and hasattr(molecule, "positions"):
        return _of_atoms(molecule, name)
    if not isinstance(molecule, (str, os.PathLike)):
        raise errors.ArgumentError(f"{type(molecule).__name__} is not a molecule; give a file, a SMILES or ase.Atoms")
    if name is None and (isinstance(molecule, os.PathLike) or os.path.exists(molecule)):
        return {"kind": "file", "path": os.path.abspath(os.fspath(molecule))}
    if name is None:
        return {"kind": "word", "word": os.fspath(molecule)}
    return {"kind": "smiles", "smiles": os.fspath(molecule), "name": name}


def _molecules(molecules: Any) -> list[dict[str, Any]]:
    if isinstance(molecules, Mapping):
        return [_molecule(one, str(name)) for name, one in molecules.items()]
    if isinstance(molecules, (str, os.PathLike)) or hasattr(molecules, "numbers"):
        return [_molecule(molecules)]
    found = [_molecule(one) for one in molecules]
    seen: dict[str, int] = {}
    for one in found:  # two of one formula are not an error of theirs
        if one["kind"] == "atoms":
            seen[one["name"]] = n = seen.get(one["name"], 0) + 1
            one["name"] += f"_{n}" if n > 1 else ""
    return found


def _failure(status: int, sentence: str, hint: str = "") -> errors.QmtrajError:
    error = errors.BY_STATUS.get(status, errors.QmtrajError)(sentence)
    error.status, error.hint = status, hint
    return error


class Job:
    """A job that runs. Iterate over it for its Progress; after the last, `trajectories` has what it made. Leaving a
    `with` block, `stop()` and Ctrl-C end it after the current steps; starting it again goes on from there."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.out = pathlib.Path(job["out"])
        self.labels: list[str] = []
        self.trajectories = Trajectories()
        self._complete: list[str] = []
        self._end: Optional[dict[str, Any]] = None
        self._errors = tempfile.TemporaryFile()
        package = os.fspath(pathlib.Path(__file__).resolve().parent.parent)
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(
            part for part in (package, os.environ.get("PYTHONPATH", "")) if part), PYTHONUTF8="1")
        # A session of its own: Ctrl-C in a terminal comes to this process, which stops the job in order.
        self._process = subprocess.Popen([sys.executable, "-m", "qmtraj._campaign"], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=self._errors, text=True, encoding="utf-8",
                                         env=environment, start_new_session=True)
        assert self._process.stdin is not None
        try:
            with self._process.stdin as pipe:
                json.dump(job, pipe)
        except BrokenPipeError:
            pass  # its end says why

    def __iter__(self) -> Iterator[Progress]:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                progress = self._take(json.loads(line))
                if progress is not None:
                    yield progress
        except BaseException:
            self.stop()
            raise
        self._finish()

    def _take(self, event: dict[str, Any]) -> Optional[Progress]:
        kind = event["kind"]
        if kind == "plan":
            self.labels = event["labels"]
        elif kind in ("done", "failed"):
            self._end = event
        elif kind == "rejected":
            self.trajectories.failed[event["label"]] = _failure(4, event["text"])
        elif kind == "outcome" and event["status"] == 0:
            self._complete.append(event["label"])
        elif kind == "outcome":
            self.trajectories.failed[event["label"]] = _failure(event["status"], event["text"])
        else:
            known: dict[str, Any] = {key: math.nan if value is None else value for key, value in event.items()}
            return Progress(**{key: value for key, value in known.items() if key in Progress._fields})
        return None

    def _finish(self) -> None:
        """Raises what ended the job as a whole; otherwise opens what it made."""
        code = self._process.wait()
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode("utf-8", "replace")
        self._errors.close()
        end = self._end
        if end is None:
            if code == -signal.SIGTERM:
                raise errors.Stopped("stopped on request, can be resumed")
            raise errors.QmtrajError(f"the process of the job ended with {code}: {said}")
        error = errors.BY_STATUS.get(end["status"])
        # For want of files or memory some of several may have failed: `failed` says which, as of any other failure.
        some = error in (errors.FileError, errors.MemoryFailure) and len(self._complete) + len(self.trajectories.failed) > 1
        if end["status"] not in (0, 1) and not some:
            raise _failure(end["status"], end["text"], end["hint"])
        for label in self._complete:
            self.trajectories[label] = Trajectory(self.out / label / "trajectory.npz")

    def stop(self) -> None:
        """Ends the job after the current steps, and waits for that."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        if self._process.stdout is not None and not self._process.stdout.closed:
            self._process.stdout.read()  # a full pipe would hold it
            self._process.stdout.close()
        self._process.wait()
        self._errors.close()

    def __enter__(self) -> "Job":
        return self

    def __exit__(self, *_: Any) -> None:
        self.stop()


def start(config: Union[Path, Mapping[str, Any], None], molecules: Any, out: Path, *,
          settings: Optional[Mapping[str, Any]] = None, num_workers: int = 0, max_hours: float = 0.0, fresh: bool = False,
          allow_other_cpu: bool = False) -> Job:
    """Starts what run() runs, and returns at once.

        with qmtraj.start("qm.yaml", "molecules.smi", "out") as job:
            for progress in job:
                print(progress.label, progress.step / max(progress.n_steps, 1))
        job.trajectories["glycine"]
    """
    keys = dict(config) if isinstance(config, Mapping) else {}
    keys.update(settings or {})
    several = _molecules(molecules)
    return Job({"config": None if config is None or isinstance(config, Mapping) else os.path.abspath(os.fspath(config)),
                "settings": key_texts(keys), "molecules": several,
                "tolerant": len(several) > 1 or several[0]["kind"] == "file" if several else False,
                "out": os.path.abspath(os.fspath(out)), "n_workers": int(num_workers), "max_s": 3600.0 * max_hours,
                "fresh": bool(fresh), "allow_other_cpu": bool(allow_other_cpu)})


def run(config: Union[Path, Mapping[str, Any], None], molecules: Any, out: Path,
        progress: Union[bool, Callable[[Progress], Any], None] = None, **options: Any) -> Trajectories:
    """Trajectories of molecules, by the native dynamics: what `qmtraj run` does, with the same bytes and speed.

        made = qmtraj.run({"length_ps": 10}, {"ethanol": "CCO"}, "out", progress=True)
        made["ethanol"].temperature()

    config: path of a YAML file, or keys of the configuration with their values (docs/configuration.md); None: defaults.
    molecules: a file, a SMILES, ase.Atoms, a list of these, or a dict of names with SMILES or ase.Atoms.
    progress: True for a bar, or a function of one Progress.
    options: settings (keys over the file), num_workers, max_hours, fresh, allow_other_cpu.

    What is finished in `out` is recognised, what was interrupted goes on; Ctrl-C stops after the current steps. Molecules
    that fail are in `.failed` of the result and warned of; if all fail, the exception of the first is raised.
    Raises ConfigError, InputError, FormatError, FileError, Stopped, LockedError, CheckpointError.
    """
    with start(config, molecules, out, **options) as job:
        bar = _Bar(sys.stderr) if progress is True else None
        for event in job:
            if bar is not None:
                bar.show(event, job)
            elif callable(progress):
                progress(event)
        if bar is not None:
            bar.close()
    made = job.trajectories
    if made.failed and not made:
        raise next(iter(made.failed.values()))
    if made.failed:
        first, error = next(iter(made.failed.items()))
        warnings.warn(f"{len(made.failed)} of {len(made) + len(made.failed)} molecules failed or cannot be computed; "
                      f"{first}: {error}", stacklevel=2)
    return made


class _Bar:
    """One line that is written over, in terminals and notebooks alike."""

    def __init__(self, out: IO[str]) -> None:
        self._out, self._last = out, 0
        self._n_done = 0

    def show(self, event: Progress, job: Job) -> None:
        if event.kind == "end":
            self._n_done += 1
        elif event.kind != "progress":
            return
        line = f"{self._n_done}/{len(job.labels)} done"
        if event.kind == "progress":
            part = event.step / max(event.n_steps, 1)
            line += (f"  {event.label} [{'#' * int(20 * part):20}] {100 * part:3.0f} %  {event.phase}  "
                     f"{event.ms_per_step:.3f} ms/step")
        self._out.write("\r" + line.ljust(self._last))
        self._out.flush()
        self._last = len(line)

    def close(self) -> None:
        if self._last:
            self._out.write("\n")
