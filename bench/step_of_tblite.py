#!/usr/bin/env python3
"""Time of an MD step with tblite's Python package: velocity Verlet of 0.25 fs at 300 K, each step from the
result of the one before. One line of JSON, like bench_step's; bench/run.sh calls it.

    step_of_tblite.py STEPS FILE.xyz ...

Energies and forces alone are timed, in processor time, after three steps that are not counted. One thread and a heap that
is kept are the caller's business (bench/run.sh). Which BLAS counts: wheels come with the reference library, which
LD_PRELOAD=libopenblas.so.0 replaces.
"""
import json
import os
import statistics
import sys
import time

import numpy as np
from tblite.interface import Calculator

BOHR = 0.529177210903
FS = 41.341374575751
DALTON = 1822.888486209
KELVIN = 3.166811563e-6
ELEMENTS = {"H": (1, 1.008), "C": (6, 12.011), "N": (7, 14.007), "O": (8, 15.999), "S": (16, 32.06)}


def molecule(path):
    with open(path) as file:
        n = int(file.readline())
        file.readline()
        rows = [file.readline().split()[:4] for _ in range(n)]
    numbers = np.array([ELEMENTS[row[0]][0] for row in rows])
    masses = np.array([ELEMENTS[row[0]][1] for row in rows]) * DALTON
    return numbers, masses[:, None], np.array([row[1:] for row in rows], dtype=float) / BOHR


def step_time(path, n_steps, warm_up=3):
    numbers, masses, x = molecule(path)
    v = np.random.default_rng(42).normal(size=x.shape) * np.sqrt(300.0 * KELVIN / masses)
    calculator = Calculator("GFN2-xTB", numbers, x)
    calculator.set("verbosity", 0)
    result = calculator.singlepoint()
    gradient = result.get("gradient")
    dt, times = 0.25 * FS, []
    for _ in range(warm_up + n_steps):
        v -= 0.5 * dt * gradient / masses
        x = x + dt * v
        calculator.update(positions=x)
        start = time.process_time()
        result = calculator.singlepoint(result)
        gradient = result.get("gradient")
        times.append(time.process_time() - start)
        v -= 0.5 * dt * gradient / masses
    return 1e6 * statistics.median(times[warm_up:])


if __name__ == "__main__":
    for file in sys.argv[2:]:
        name = os.path.splitext(os.path.basename(file))[0]
        print(json.dumps({"molecule": name, "tblite_us": round(step_time(file, int(sys.argv[1])), 1)}), flush=True)
