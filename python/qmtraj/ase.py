"""ASE calculator with the keyword names of tblite's, so that replacing the name is the only edit."""
from __future__ import annotations

from typing import Any, Callable, Iterator, Optional, Union

from ase.calculators.calculator import Calculator, InputError, SCFError, all_changes
from ase.calculators.singlepoint import SinglePointCalculator
from ase.units import Bohr, Hartree

from . import _state, campaign, errors
from .engine import Engine
from .trajectory import Trajectory

__all__ = ["Dynamics", "QMTraj"]


class QMTraj(Calculator):  # type: ignore[misc]
    """GFN2- and GFN1-xTB for ASE: energy, free_energy (the same), forces, charges, dipole (e angstrom).

    method: "GFN2-xTB" or "GFN1-xTB". charge: e; None: atoms.info["charge"] or the sum of the initial charges. multiplicity:
    unpaired electrons + 1; None: atoms.info["spin"] or ["multiplicity"], or the sum of the initial magnetic moments + 1, or 1 or 2
    by parity. electronic_temperature: kelvin. accuracy: tblite's, 1e-6 of an RMS of charges each; None: as tight as trajectories.
    max_iterations: before the recovery stages begin. solvation: (model, solvent), e.g. ("alpb", "water"), or with the state of the
    solution, ("alpb", "water", "bar1mol"). Keywords win over what the atoms say.

    Periodic cells, impossible electrons, atoms that name two states, and unknown keywords raise InputError, an SCF that fails
    SCFError.
    """

    implemented_properties = ["energy", "free_energy", "forces", "charges", "dipole"]
    default_parameters: dict[str, Any] = {
        "method": "GFN2-xTB", "charge": None, "multiplicity": None, "electronic_temperature": 300.0, "accuracy": None,
        "max_iterations": 250, "solvation": None, "verbosity": 0, "cache_api": True}

    def __init__(self, atoms: Any = None, **keywords: Any) -> None:
        self._engine: Engine | None = None
        self._made_for: tuple[Any, ...] | None = None
        super().__init__(atoms=atoms, **keywords)

    def set(self, **keywords: Any) -> Any:
        unknown = sorted(set(keywords) - set(self.default_parameters))
        if unknown:
            raise InputError(f"QMTraj knows no {', '.join(unknown)}; there are {', '.join(self.default_parameters)}")
        changed = super().set(**keywords)
        if changed:
            self._made_for = None
            self.reset()
        return changed

    def _state(self, atoms: Any) -> tuple[int, int | None]:
        p = self.parameters
        try:
            if p.charge is None:
                charge, same = _state.charge_of(atoms) or 0, True
            else:
                charge = _state.whole(p.charge, "charge")
                same = _names(atoms, charge)
            if p.multiplicity is not None:
                return charge, _state.whole(p.multiplicity, "multiplicity")
            return charge, _state.multiplicity_of(atoms, charge) if same else None
        except errors.InputError as error:
            raise InputError(str(error)) from error

    def check_state(self, atoms: Any, tol: float = 1e-15) -> list[str]:
        """What has changed since the last calculation; ASE does not look at atoms.info."""
        changes: list[str] = super().check_state(atoms, tol=tol)
        if self._made_for is not None and not changes and self._made_for[1:] != self._state(atoms):
            changes.append("initial_charges")
        return changes

    def _engine_for(self, atoms: Any) -> Engine:
        p = self.parameters
        key = (tuple(atoms.numbers), *self._state(atoms))
        if self._engine is not None and self._made_for == key:
            return self._engine
        try:
            self._engine = Engine(
                atoms.numbers, method=p.method, charge=key[1], multiplicity=key[2], **_solvation(p.solvation),
                electronic_temperature=p.electronic_temperature,
                scf_tolerance=None if p.accuracy is None else min(1e-10, 2e-5 * p.accuracy),
                max_iterations=p.max_iterations, start=atoms.positions / Bohr)
        except (errors.InputError, errors.ConfigError, errors.ArgumentError) as error:
            raise InputError(str(error)) from error
        self._made_for = key
        return self._engine

    def calculate(self, atoms: Any = None, properties: Any = ("energy",), system_changes: Any = all_changes) -> None:
        super().calculate(atoms, properties, system_changes)
        if self.atoms.pbc.any():
            raise InputError("QMTraj computes molecules; this cell is periodic (set atoms.pbc = False)")
        engine = self._engine_for(self.atoms)
        try:
            result = engine.evaluate(self.atoms.positions / Bohr)
        except errors.SCFError as error:
            raise SCFError(str(error)) from error
        except errors.InputError as error:
            raise InputError(str(error)) from error
        energy = result.energy * Hartree
        self.results = {"energy": energy, "free_energy": energy, "forces": -result.gradient * (Hartree / Bohr),
                        "charges": result.charges, "dipole": result.dipole * Bohr}


class Dynamics:
    """The native dynamics of ase.Atoms: equilibration and production in the library, at its speed, with a file of every step.

        atoms.calc = QMTraj(solvation=("alpb", "water"))
        dynamics = Dynamics(atoms, "out", length_ps=10, temperature_K=300)
        for progress in dynamics.irun():
            print(progress.step, progress.ms_per_step)
        dynamics.trajectory.temperature()

    atoms: their calculator, if they have one, must be a QMTraj, and says method, charge, multiplicity, solvent and electronic
    temperature; their velocities are not used, but drawn (key random_seed). keys: keys of the configuration
    (docs/configuration.md), which may not contradict the calculator.

    After the run the atoms have the positions and velocities of the last frame. Stopped and called again it goes on.
    """

    def __init__(self, atoms: Any, out: campaign.Path, name: Optional[str] = None, **keys: Any) -> None:
        self.atoms, self.out, self.trajectory = atoms, out, None  # type: Any, campaign.Path, Optional[Trajectory]
        self.name = name or atoms.info.get("name") or atoms.get_chemical_formula()
        self.keys: dict[str, Any] = {}
        self._said: dict[str, Any] = {}
        self._start = atoms.copy()
        if isinstance(atoms.calc, QMTraj):
            self._take(atoms.calc)
        elif atoms.calc is not None and not isinstance(atoms.calc, SinglePointCalculator):  # which only holds results
            raise InputError(f"the calculator of the atoms is {type(atoms.calc).__name__}, but the native dynamics is by GFN-xTB; "
                             "set atoms.calc = QMTraj() or None")
        for key, value in keys.items():
            if key in self._said and not _alike(value, self._said[key]):
                raise InputError(f"{key} is {value!r}, but {self._said[key]!r} by the atoms or their calculator")
        self.keys.update(keys)

    def _take(self, calculator: QMTraj) -> None:
        """What the calculator says; defaults give way to keys."""
        p = calculator.parameters
        charge, multiplicity = calculator._state(self.atoms)
        _state.set_state(self._start, charge, multiplicity)
        named = {"method": "method", "electronic_temperature": "electronic_temperature_K", "max_iterations": "scf_max_iterations"}
        self.keys.update({key: p[name] for name, key in named.items()}, **_solvation(p.solvation))
        self._said = {"charge": charge, "spin_multiplicity": multiplicity, **_solvation(p.solvation),
                      **{key: p[name] for name, key in named.items() if p[name] != QMTraj.default_parameters[name]}}

    def irun(self) -> Iterator[campaign.Progress]:
        """Runs, and says how far it is. Raises what qmtraj.run() raises."""
        with campaign.start(self.keys, {self.name: self._start}, self.out) as job:
            yield from job
        self._finish(job.trajectories)

    def run(self, progress: Union[bool, Callable[[campaign.Progress], Any], None] = None) -> Trajectory:
        """Runs to the end. progress: True for a bar, or a function of one Progress."""
        return self._finish(campaign.run(self.keys, {self.name: self._start}, self.out, progress))

    def _finish(self, made: campaign.Trajectories) -> Trajectory:
        if made.failed:
            raise next(iter(made.failed.values()))
        self.trajectory = next(iter(made.values()))
        last = self.trajectory.atoms(len(self.trajectory) - 1)
        self.atoms.set_positions(last.positions)
        self.atoms.set_velocities(last.get_velocities())
        return self.trajectory


def _names(atoms: Any, charge: int) -> bool:
    """Whether the state that atoms name, if any, has this charge; the multiplicity of another is of no use."""
    try:
        return _state.charge_of(atoms) in (None, charge)
    except errors.InputError:
        return True  # charges that only a keyword makes whole


def _alike(value: Any, other: Any) -> bool:
    """As the configuration reads them: "300" is 300.0, "Water" is water."""
    try:
        return other is None or float(value) == float(other)
    except (TypeError, ValueError):
        return str(value).lower() == str(other).lower()


def _solvation(value: Any) -> dict[str, Any]:
    """Keywords of Engine, which are keys of the configuration."""
    if value is None or (isinstance(value, (tuple, list)) and len(value) == 2 and value[1] is None):
        return {}
    if not isinstance(value, (tuple, list)) or len(value) not in (2, 3) or not all(isinstance(word, str) for word in value):
        raise InputError(f"solvation={value!r}; it is a model and the name of a solvent, (\"alpb\", \"water\") or (\"gbsa\", "
                         "\"water\"), and may have a state of the solution, \"gsolv\", \"bar1mol\" or \"reference\"")
    return dict(zip(("solvation_model", "solvent", "solvation_state"), value))
