"""The shared library: finding it, and its functions with their types. Structures begin with their own size, so
that a newer library still understands them (docs/api.md)."""
from __future__ import annotations

import ctypes
import os
import pathlib
import threading
import warnings
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_size_t, c_uint, c_void_p
from typing import Any

from .errors import BY_STATUS, QmtrajError

SONAME = "libqmtraj.so.0"


class EngineOptions(ctypes.Structure):
    """QmtEngineOptions of qmtraj/engine.h."""

    _fields_ = [("struct_size", c_size_t), ("method", c_char_p), ("charge", c_int), ("unpaired", c_int),
                ("electronic_temperature_k", c_double), ("scf_tolerance", c_double), ("scf_max_iterations", c_int),
                ("fermi_stop_reference", c_int), ("solvent", c_char_p), ("solvation_model", c_char_p),
                ("solvation_state", c_char_p), ("solvation_grid", c_char_p), ("cores", c_int), ("scf_state", c_int),
                ("start", c_void_p)]


class Report(ctypes.Structure):
    """QmtReport of qmtraj/engine.h."""

    _fields_ = [("struct_size", c_size_t), ("scf_residual", c_double), ("scf_iterations", c_int), ("recovery", c_int),
                ("diagonalisations", c_int), ("checked", c_int), ("check_failed", c_int), ("scf_change", c_int)]


class Result(ctypes.Structure):
    """QmtResult of qmtraj/engine.h; arrays by address."""

    _fields_ = [("struct_size", c_size_t), ("energy", c_void_p), ("gradient", c_void_p), ("virial", c_void_p),
                ("charges", c_void_p), ("dipole", c_void_p), ("properties", c_void_p), ("property_set", c_uint),
                ("reserved", c_uint), ("report", c_void_p)]


class Term(ctypes.Structure):
    """QmtTerm of qmtraj/engine.h."""

    _fields_ = [("name", c_char_p), ("energy", c_double)]


LogFunction = ctypes.CFUNCTYPE(None, c_void_p, c_int, c_char_p)

# name: (result, arguments)
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "qmt_version": (c_char_p, []),
    "qmt_build_id": (c_char_p, []),
    "qmt_numerics_id": (c_char_p, []),
    "qmt_parameter_checksum": (c_char_p, []),
    "qmt_context_create": (c_int, [POINTER(c_void_p)]),
    "qmt_context_destroy": (None, [POINTER(c_void_p)]),
    "qmt_context_message": (c_char_p, [c_void_p]),
    "qmt_context_hint": (c_int, [c_void_p]),
    "qmt_context_isa": (c_char_p, [c_void_p]),
    "qmt_context_set_log": (None, [c_void_p, LogFunction, c_void_p]),
    "qmt_hint_sentence": (c_char_p, [c_int]),
    "qmt_status_sentence": (c_char_p, [c_int]),
    "qmt_engine_options_init": (None, [POINTER(EngineOptions), c_size_t]),
    "qmt_engine_create": (c_int, [c_void_p, c_size_t, c_void_p, POINTER(EngineOptions), POINTER(c_void_p)]),
    "qmt_engine_destroy": (None, [POINTER(c_void_p)]),
    "qmt_engine_evaluate": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, POINTER(Result)]),
    "qmt_engine_forget": (None, [c_void_p]),
    "qmt_engine_terms": (c_size_t, [c_void_p, POINTER(Term), c_size_t]),
    "qmt_cpu_count": (c_size_t, []),
    "qmt_property_name": (c_char_p, [c_size_t]),
    "qmt_property_size": (c_size_t, [c_size_t, c_size_t]),
    "qmt_properties_size": (c_size_t, [c_uint, c_size_t]),
}


def _load() -> ctypes.CDLL:
    """QMTRAJ_LIBRARY, else the library inside the package, else that of the system."""
    here = pathlib.Path(__file__).resolve().parent / "lib" / SONAME
    named = os.environ.get("QMTRAJ_LIBRARY")
    path = named or (str(here) if here.exists() else SONAME)
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise ImportError(f"{path}: the qmtraj library cannot be loaded ({error}); set QMTRAJ_LIBRARY to its path") from None
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


lib = _load()


def text(value: bytes | None) -> str:
    return "" if value is None else value.decode("utf-8", "replace")


def _warn(_user: Any, level: int, sentence: bytes) -> None:
    if level == 1:
        warnings.warn(text(sentence), stacklevel=4)


# Kept, for the library keeps its address.
_WARN = LogFunction(_warn)


class Context:
    """One QmtContext; each thread has its own."""

    def __init__(self) -> None:
        self.handle = c_void_p()
        status = lib.qmt_context_create(byref(self.handle))
        if status != 0:
            sentence = text(lib.qmt_context_message(self.handle)) or text(lib.qmt_status_sentence(status))
            lib.qmt_context_destroy(byref(self.handle))
            raise BY_STATUS.get(status, QmtrajError)(sentence)
        lib.qmt_context_set_log(self.handle, _WARN, None)

    def check(self, status: int) -> None:
        """Raises what a status stands for."""
        if status == 0:
            return
        error = BY_STATUS.get(status, QmtrajError)(text(lib.qmt_context_message(self.handle)))
        error.status = status
        error.hint = text(lib.qmt_hint_sentence(lib.qmt_context_hint(self.handle)))
        raise error

    def __del__(self) -> None:
        if getattr(self, "handle", None):
            lib.qmt_context_destroy(byref(self.handle))


_local = threading.local()


def context() -> Context:
    """That of the calling thread."""
    found = getattr(_local, "context", None)
    if found is None:
        found = _local.context = Context()
    return found
