"""Energies, forces and properties of one molecule at many geometries."""
from __future__ import annotations

import ctypes
import threading
from concurrent.futures import ThreadPoolExecutor
from ctypes import byref, c_void_p
from typing import Any, NamedTuple, Sequence

import numpy as np
import numpy.typing as npt

from . import _library, _state, errors
from ._library import lib

Array = npt.NDArray[np.float64]

__all__ = ["Batch", "Engine", "Result", "Report"]


class Report(NamedTuple):
    """How an evaluation went. `recovery` above 0: it did not converge normally, and there may be several solutions.

    scf_change: how the solution came from that of the evaluation before: "same", "jumped" (charges or moments are not where
    they were going), "crossed" (another one is the lower now, and was taken), "higher" (another one is the lower, and was not).
    """

    scf_iterations: int
    scf_residual: float
    recovery: int
    scf_change: str = "same"


class Result:
    """Atomic units; n atoms. Arrays belong to the result: later evaluations leave them as they are.

    properties: what was asked for, by name (bond_orders (n, n), homo_lumo_gap, quadrupole (3, 3) e bohr^2, scf_residual).
    """

    # All numbers of an evaluation are one array, copied at once; what is not asked for costs nothing.
    __slots__ = ("_numbers", "_n", "properties")

    def __init__(self, numbers: Array, n_atoms: int, properties: dict[str, Any]) -> None:
        self._numbers, self._n, self.properties = numbers, n_atoms, properties

    @property
    def energy(self) -> float:
        """hartree, the electronic free energy."""
        return float(self._numbers[0])

    @property
    def gradient(self) -> Array:
        """(n, 3) hartree/bohr."""
        return self._numbers[1:1 + 3 * self._n].reshape(self._n, 3)

    @property
    def forces(self) -> Array:
        """(n, 3) hartree/bohr."""
        return -self.gradient

    @property
    def charges(self) -> Array:
        """(n,) e, Mulliken."""
        return self._numbers[1 + 3 * self._n:1 + 4 * self._n]

    @property
    def dipole(self) -> Array:
        """(3,) e bohr, about the origin."""
        return self._numbers[1 + 4 * self._n:4 + 4 * self._n]

    @property
    def report(self) -> Report:
        """How it went."""
        report = _library.Report.from_buffer_copy(self._numbers[4 + 4 * self._n:].tobytes())
        return Report(report.scf_iterations, report.scf_residual, report.recovery, _SCF_CHANGES[report.scf_change])

    def __repr__(self) -> str:
        return f"<Result: {self._n} atoms, {self.energy:.10f} hartree, {self.report.scf_iterations} iterations>"


class Batch(NamedTuple):
    """Atomic units; F geometries of n atoms: energy (F,), gradient (F, n, 3), charges (F, n), dipole (F, 3)."""

    energy: Array
    gradient: Array
    charges: Array
    dipole: Array


def _property_names() -> list[str]:
    names: list[str] = []
    while True:
        name = lib.qmt_property_name(len(names))
        if name is None:
            return names
        names.append(_library.text(name))


_SCF_STATES = ("lowest", "follow")
_SCF_CHANGES = ("same", "jumped", "crossed", "higher")
_DOUBLE = np.dtype(np.float64)
# Without the checks of types, for its arguments are made once.
_evaluate = lib["qmt_engine_evaluate"]

_SHAPES = {"bond_orders": (-1,), "quadrupole": (3, 3), "dipole": (3,), "charges": (-1,)}


def _whole_numbers(numbers: Sequence[int] | npt.ArrayLike) -> npt.NDArray[np.intc]:
    """Atomic numbers as the library wants them; InputError for what would have to be rounded."""
    try:
        given = np.array(numbers, dtype=float).reshape(-1)
    except (TypeError, ValueError):
        raise errors.InputError(f"atomic numbers are wanted, not {numbers!r}") from None
    if not np.all(given == np.rint(given)):
        raise errors.InputError(f"atomic numbers are whole, not {numbers!r}")
    return given.astype(np.intc)


class Engine:
    """GFN-xTB for one molecule. Each evaluation starts from the electrons of the one before, so that neighbouring
    geometries cost a fraction of the first; `forget()` makes the next one start from nothing.

    Threads that share an engine take turns; to work side by side each needs its own, as in evaluate_many(). A copy, by copy or
    pickle, is a new engine that starts from nothing. Charge and multiplicity are those it was made with.

    numbers: (n,) atomic numbers, 1 to 86. multiplicity: unpaired electrons + 1; None: 1 or 2 by parity.
    solvent: "water", ...; None: gas phase. cores: threads that work on one molecule; no number depends on it.
    scf_state: what a motion does where the SCF has more than one solution: "lowest" takes the lower one where two cross, "follow"
    stays on that of the evaluation before; `Result.report.scf_change` says so. start: (n, 3) bohr, some geometry of the molecule:
    of a long one, 50 carbon atoms of a chain, it tells the order of the atoms that is fast inside. Raises InputError, ConfigError.
    """

    __slots__ = ("numbers", "n_atoms", "_handle", "_keywords", "_lock", "_names", "_shape", "_xyz", "_numbers", "_report", "_result",
                 "_result_at", "_xyz_at", "__weakref__")

    def __init__(self, numbers: Sequence[int] | npt.ArrayLike, method: str = "GFN2-xTB", charge: int = 0,
                 multiplicity: int | None = None, solvent: str | None = None, *, solvation_model: str = "alpb",
                 solvation_state: str = "gsolv", solvation_grid: str = "reference",
                 electronic_temperature: float = 300.0, scf_tolerance: float | None = None,
                 max_iterations: int | None = None, cores: int = 1, scf_state: str = "lowest",
                 start: npt.ArrayLike | None = None) -> None:
        self._handle, self._lock = c_void_p(), threading.Lock()
        self._keywords: dict[str, Any] = {
            "method": method, "charge": charge, "multiplicity": multiplicity, "solvent": solvent,
            "solvation_model": solvation_model, "solvation_state": solvation_state, "solvation_grid": solvation_grid,
            "electronic_temperature": electronic_temperature, "scf_tolerance": scf_tolerance,
            "max_iterations": max_iterations, "cores": cores, "scf_state": scf_state, "start": start}
        self.numbers = _whole_numbers(numbers)
        charge = _state.whole(charge, "charge")
        if multiplicity is not None:
            multiplicity = _state.whole(multiplicity, "multiplicity")
        if multiplicity is not None and multiplicity < 1:
            raise errors.InputError(f"multiplicity {multiplicity}; it is unpaired electrons + 1, 1 or more")
        if scf_state not in _SCF_STATES:
            raise errors.ConfigError(f"scf_state {scf_state!r}; it is {' or '.join(_SCF_STATES)}")
        self.n_atoms = n = len(self.numbers)
        options = _library.EngineOptions()
        lib.qmt_engine_options_init(byref(options), ctypes.sizeof(options))
        options.method = method.encode()
        options.charge = charge
        options.unpaired = -1 if multiplicity is None else multiplicity - 1
        options.electronic_temperature_k = electronic_temperature
        if scf_tolerance is not None:
            options.scf_tolerance = scf_tolerance
        if max_iterations is not None:
            options.scf_max_iterations = max_iterations
        options.cores = cores
        options.scf_state = _SCF_STATES.index(scf_state)
        options.solvent = None if solvent is None else solvent.encode()
        options.solvation_model = solvation_model.encode()
        options.solvation_state = solvation_state.encode()
        options.solvation_grid = solvation_grid.encode()
        if start is not None:
            # The array has to live until the engine is made.
            geometry = np.ascontiguousarray(start, dtype=float)
            if geometry.shape != (n, 3):
                raise errors.InputError(f"start has the shape {geometry.shape}, wanted ({n}, 3)")
            options.start = geometry.ctypes.data
        context = _library.context()
        context.check(lib.qmt_engine_create(context.handle, n, self.numbers.ctypes.data, byref(options),
                                            byref(self._handle)))
        self._names = _property_names()
        # Buffers and their addresses are made once: asking NumPy for an address costs more than the call. Energy, gradient,
        # charges, dipole and report lie one after another, so that one copy takes them all.
        self._shape = (n, 3)
        self._xyz = np.empty((n, 3))
        self._numbers = np.empty(4 + 4 * n + ctypes.sizeof(_library.Report) // 8)
        at = self._numbers.ctypes.data
        self._report = _library.Report.from_address(at + 8 * (4 + 4 * n))
        self._report.struct_size = ctypes.sizeof(_library.Report)
        self._result = _library.Result(ctypes.sizeof(_library.Result), energy=at, gradient=at + 8, charges=at + 8 * (1 + 3 * n),
                                       dipole=at + 8 * (1 + 4 * n), report=at + 8 * (4 + 4 * n))
        self._result_at = c_void_p(ctypes.addressof(self._result))
        self._xyz_at = c_void_p(self._xyz.ctypes.data)

    def evaluate(self, xyz: npt.ArrayLike, properties: Sequence[str] = ()) -> Result:
        """Energy, gradient, charges and dipole at xyz, (n, 3) bohr, and further properties by name.

        Raises InputError (atoms on top of each other, numbers that are not finite, another shape), SCFError.
        """
        positions = xyz if isinstance(xyz, np.ndarray) else np.asarray(xyz, dtype=float)
        if positions.shape != self._shape:
            raise errors.InputError(f"positions of shape {positions.shape}, wanted ({self.n_atoms}, 3)")
        if positions.dtype is not _DOUBLE and not np.can_cast(positions.dtype, _DOUBLE, "same_kind"):
            raise errors.InputError(f"positions of the type {positions.dtype}, wanted real numbers")
        context = _library.context()
        with self._lock:
            self._xyz[...] = positions
            if properties:
                return self._evaluate_with(context, properties)
            status = _evaluate(context.handle, self._handle, self._xyz_at, None, self._result_at)
            if status != 0:
                context.check(status)
            return Result(self._numbers.copy(), self.n_atoms, {})

    def _evaluate_with(self, context: _library.Context, properties: Sequence[str]) -> Result:
        """The same for the positions that were copied, with properties."""
        buffer, wanted = self._ask(properties)
        self._result.properties, self._result.property_set = buffer.ctypes.data, wanted
        status = _evaluate(context.handle, self._handle, self._xyz_at, None, self._result_at)
        self._result.properties, self._result.property_set = None, 0
        context.check(status)
        return Result(self._numbers.copy(), self.n_atoms, self._split(buffer, wanted))

    def evaluate_many(self, xyz: npt.ArrayLike, n_threads: int | None = None) -> Batch:
        """Many geometries, (F, n, 3) bohr, side by side: a thread and an engine for each of n_threads parts of neighbours,
        which gain from each other. None: the cores that this process may use. The library computes outside of Python's
        lock. Another number of threads changes the starts of the SCF, and results by its tolerance.

        Raises what evaluate() raises, of the first geometry that fails, with its number.
        """
        frames = np.asarray(xyz, dtype=float)
        if frames.ndim != 3 or frames.shape[1:] != (self.n_atoms, 3):
            raise errors.InputError(f"the geometries have the shape {frames.shape}, wanted (F, {self.n_atoms}, 3)")
        n = len(frames)
        out = Batch(np.empty(n), np.empty((n, self.n_atoms, 3)), np.empty((n, self.n_atoms)), np.empty((n, 3)))

        def compute(part: npt.NDArray[np.intp]) -> None:
            engine = Engine(self.numbers, **self._keywords)
            for k in part:
                try:
                    result = engine.evaluate(frames[k])
                except errors.QmtrajError as error:
                    error.args = (f"geometry {k}: {error}",)
                    raise
                out.energy[k], out.gradient[k] = result.energy, result.gradient
                out.charges[k], out.dipole[k] = result.charges, result.dipole

        parts = [part for part in np.array_split(np.arange(n), n_threads or lib.qmt_cpu_count()) if len(part)]
        if parts:
            with ThreadPoolExecutor(len(parts)) as pool:
                for _ in pool.map(compute, parts):
                    pass
        return out

    def _ask(self, properties: Sequence[str]) -> tuple[Array, int]:
        wanted = 0
        for name in properties:
            if name not in self._names:
                raise errors.ConfigError(f"no property \"{name}\"; there are {', '.join(self._names)}")
            wanted |= 1 << self._names.index(name)
        return np.empty(lib.qmt_properties_size(wanted, self.n_atoms)), wanted

    def _split(self, buffer: Array, wanted: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        at = 0
        for p, name in enumerate(self._names):
            if not wanted >> p & 1:
                continue
            size = lib.qmt_property_size(p, self.n_atoms)
            part = buffer[at:at + size]
            at += size
            if name == "bond_orders":
                out[name] = part.reshape(self.n_atoms, self.n_atoms)
            else:
                out[name] = part.reshape(_SHAPES[name]) if name in _SHAPES else float(part[0])
        return out

    def terms(self) -> dict[str, float]:
        """Contributions to the energy of the last evaluation, hartree; they add up to it. {} before any."""
        with self._lock:
            n = lib.qmt_engine_terms(self._handle, None, 0)
            terms = (_library.Term * n)()
            lib.qmt_engine_terms(self._handle, terms, n)
        return {_library.text(term.name): term.energy for term in terms}

    def forget(self) -> None:
        """The next evaluation starts from nothing and gives the same bytes as that of a new engine."""
        with self._lock:
            lib.qmt_engine_forget(self._handle)

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.numbers, self._keywords)

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            lib.qmt_engine_destroy(byref(self._handle))


def _remade(numbers: npt.ArrayLike, keywords: dict[str, Any]) -> Engine:
    """What a copy of an engine is made by."""
    return Engine(numbers, **keywords)
