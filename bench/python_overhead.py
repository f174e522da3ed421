#!/usr/bin/env python3
"""What Python adds to an evaluation: Engine.evaluate() beside a loop in C through the same library, over the same
geometries in the same order, in turns: `PYTHONPATH=python QMTRAJ_LIBRARY=build/libqmtraj.so python3 bench/python_overhead.py`."""
import ctypes
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import qmtraj
from qmtraj import _library

SOURCE = pathlib.Path(__file__).resolve().parent.parent
LOOP = r"""
#include <time.h>
#include <qmtraj/engine.h>

/* us[k] of frame k, with an energy, gradient, charges, dipole and report, as Python gets them. */
int loop(QmtStatus (*evaluate)(QmtContext *, QmtEngine *, const double *, const double *, const QmtResult *),
         QmtContext *ctx, QmtEngine *engine, size_t n_frames, size_t n_atoms, const double *xyz, double *out, double *us)
{
    QmtReport report = qmt_report_empty();
    QmtResult result = qmt_result_empty();
    result.energy = out;
    result.gradient = out + 1;
    result.charges = out + 1 + 3 * n_atoms;
    result.dipole = out + 1 + 4 * n_atoms;
    result.report = &report;
    for (size_t k = 0; k < n_frames; k++) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        if (evaluate(ctx, engine, xyz + 3 * n_atoms * k, NULL, &result) != QMT_OK)
            return 1;
        clock_gettime(CLOCK_MONOTONIC, &b);
        us[k] = 1e6 * (double)(b.tv_sec - a.tv_sec) + 1e-3 * (double)(b.tv_nsec - a.tv_nsec);
    }
    return 0;
}
"""


def c_loop(folder):
    source, library = pathlib.Path(folder, "loop.c"), os.path.join(folder, "loop.so")
    source.write_text(LOOP)
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", f"-I{SOURCE / 'include'}", source, "-o", library], check=True)
    loop = ctypes.CDLL(library).loop
    loop.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_size_t] * 2 + [ctypes.c_void_p] * 3
    return loop


def path_of(name, n_frames):
    """Numbers and a smooth path (F, n, 3) bohr about a geometry, in steps of some 0.001 bohr, as those of dynamics are."""
    lines = (SOURCE / f"data/molecules/xyz/{name}.xyz").read_text().splitlines()[2:]
    numbers = [{"C": 6, "H": 1, "N": 7, "O": 8}[line.split()[0]] for line in lines]
    xyz = np.array([[float(x) for x in line.split()[1:4]] for line in lines]) * 1.8897261246204404
    random = np.random.default_rng(1)
    swing, phase = random.normal(size=xyz.shape), random.uniform(0, 6.28, size=xyz.shape)
    return numbers, np.stack([xyz + 0.05 * swing * np.sin(0.02 * k + phase) for k in range(n_frames)])


def python_times(engine, frames):
    times = []
    for xyz in frames:
        begin = time.perf_counter_ns()
        result = engine.evaluate(xyz)
        _ = result.energy, result.gradient
        times.append(1e-3 * (time.perf_counter_ns() - begin))
    return times


def measure(name="glycine", n_frames=200, n_rounds=30):
    """Microseconds of C, and what Python takes more: medians over the frames, each at its fastest of all rounds, so that what
    interrupts either does not count."""
    numbers, frames = path_of(name, n_frames)
    n = len(numbers)
    engine = qmtraj.Engine(numbers)
    out, us = np.empty(4 + 4 * n), np.empty(n_frames)
    in_c, in_python = [], []
    with tempfile.TemporaryDirectory() as folder:
        loop = c_loop(folder)
        address = ctypes.cast(_library.lib.qmt_engine_evaluate, ctypes.c_void_p)
        for _ in range(n_rounds):
            engine.forget()  # both passes have the same starts, and so the same iterations
            if loop(address, _library.context().handle, engine._handle, n_frames, n, frames.ctypes.data, out.ctypes.data, us.ctypes.data):
                sys.exit("an evaluation failed")
            in_c.append(us.copy())
            engine.forget()
            in_python.append(python_times(engine, frames))
    c, python = np.min(in_c, axis=0), np.min(in_python, axis=0)
    return float(np.median(c)), float(np.median(python - c))


if __name__ == "__main__":
    for core in sorted(os.sched_getaffinity(0)):
        os.sched_setaffinity(0, {core})
        runs = [measure(*sys.argv[1:2]) for _ in range(3)]
        print(f"core {core}: C {statistics.median(r[0] for r in runs):.2f} us, Python adds {statistics.median(r[1] for r in runs):.2f} us "
              f"({', '.join(f'{r[1]:.2f}' for r in runs)})")
