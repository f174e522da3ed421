"""The shared library through ctypes, as a Python package uses it: structs with their size first, flat arrays, a
sentence after a failure, and the figure that the C test knows."""

import ctypes
import os
import sys

path = os.path.join(os.environ["QMTRAJ_BUILD"], "libqmtraj.so.0")
with open(path, "rb") as file:
    if b"__asan_init" in file.read():
        print("NOT RUN: a library with sanitizers wants a program with sanitizers")
        sys.exit(0)
library = ctypes.CDLL(path)


class EngineOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("method", ctypes.c_char_p),
        ("charge", ctypes.c_int),
        ("unpaired", ctypes.c_int),
        ("electronic_temperature_k", ctypes.c_double),
        ("scf_tolerance", ctypes.c_double),
        ("scf_max_iterations", ctypes.c_int),
        ("fermi_stop_reference", ctypes.c_int),
        ("solvent", ctypes.c_char_p),
        ("solvation_model", ctypes.c_char_p),
        ("solvation_state", ctypes.c_char_p),
        ("solvation_grid", ctypes.c_char_p),
    ]


class Result(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t)] + [
        (name, ctypes.POINTER(ctypes.c_double))
        for name in ("energy", "gradient", "virial", "charges", "dipole", "properties")
    ] + [("property_set", ctypes.c_uint), ("reserved", ctypes.c_uint), ("report", ctypes.c_void_p)]


library.qmt_context_message.restype = ctypes.c_char_p
library.qmt_status_name.restype = ctypes.c_char_p
library.qmt_version.restype = ctypes.c_char_p

context, engine = ctypes.c_void_p(), ctypes.c_void_p()
assert library.qmt_context_create(ctypes.byref(context)) == 0

options = EngineOptions()
library.qmt_engine_options_init(ctypes.byref(options), ctypes.c_size_t(ctypes.sizeof(options)))
assert options.struct_size == ctypes.sizeof(options)
assert options.method == b"GFN2-xTB" and options.unpaired == -1 and options.solvation_grid == b"reference"

numbers = (ctypes.c_int * 3)(8, 1, 1)
xyz = (ctypes.c_double * 9)(0, 0, 0.221, 0, 1.43, -0.885, 0, -1.43, -0.885)
n = ctypes.c_size_t(3)
status = library.qmt_engine_create(context, n, numbers, ctypes.byref(options), ctypes.byref(engine))
assert status == 0, library.qmt_context_message(context)

energy, gradient, charges = ctypes.c_double(), (ctypes.c_double * 9)(), (ctypes.c_double * 3)()
result = Result(struct_size=ctypes.sizeof(Result))
result.energy = ctypes.pointer(energy)
result.gradient = ctypes.cast(gradient, ctypes.POINTER(ctypes.c_double))
result.charges = ctypes.cast(charges, ctypes.POINTER(ctypes.c_double))
status = library.qmt_engine_evaluate(context, engine, xyz, None, ctypes.byref(result))
assert status == 0, library.qmt_context_message(context)
assert abs(energy.value + 5.0703674) < 1e-6, energy.value  # examples/single_point.c prints it
assert abs(sum(charges)) < 1e-9 and abs(sum(gradient[2::3])) < 1e-9

# A force field in Python.
FORCE = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, *[ctypes.POINTER(ctypes.c_double)] * 3)


@FORCE
def springs(user, n_atoms, xyz, energy, gradient):
    energy[0] = 0.5 * sum(xyz[i] ** 2 for i in range(3 * n_atoms))
    for i in range(3 * n_atoms):
        gradient[i] = xyz[i]
    return 0


own = ctypes.c_void_p()
assert library.qmt_engine_from_callback(context, n, numbers, springs, None, ctypes.byref(own)) == 0
result.charges = None
assert library.qmt_engine_evaluate(context, own, xyz, None, ctypes.byref(result)) == 0
assert list(gradient) == list(xyz)

status = library.qmt_engine_evaluate(context, None, xyz, None, ctypes.byref(result))
assert library.qmt_status_name(status) == b"QMT_ERR_ARGUMENT"
assert b"NULL" in library.qmt_context_message(context)
for made in (engine, own):
    library.qmt_engine_destroy(ctypes.byref(made))
    assert made.value is None
library.qmt_context_destroy(ctypes.byref(context))
