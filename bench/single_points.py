#!/usr/bin/env python3
"""A single point from nothing, energy and gradient: `qmtraj energy` beside tblite's Python package, where there is one. One
line of JSON for every file; bench/run.sh calls it.

    single_points.py PROGRAM FILE.xyz ...

Processor time: of qmtraj that of the whole program, of tblite that of the calculation, at its own thresholds (accuracy 1)
and at 1e-3, where its energies are within 1e-8 hartree of those at rest; the peak of memory of the whole process of each. Threads,
heap and BLAS are the caller's business, as in step_of_tblite.py.
"""
import importlib.util
import json
import os
import re
import subprocess
import sys

TBLITE = "--tblite"  # this script again, so that memory is that of one calculation


def measure(command):
    """Seconds of processor time, peak in MB, and what was printed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        return None
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out


def tblite(accuracy, path):
    """Energy and processor time of the calculation alone."""
    import time

    from step_of_tblite import molecule
    from tblite.interface import Calculator

    numbers, _, x = molecule(path)
    calculator = Calculator("GFN2-xTB", numbers, x)
    calculator.set("verbosity", 0)
    calculator.set("accuracy", float(accuracy))
    start = time.process_time()
    result = calculator.singlepoint()
    energy = float(result.get("energy"))
    result.get("gradient")
    print(json.dumps([energy, time.process_time() - start]))


def compare(program, path):
    ours = measure([program, "energy", path])
    row = {"molecule": os.path.splitext(os.path.basename(path))[0]}
    if ours is None:
        sys.exit(f"{program} energy {path} has failed")
    row.update(qmtraj_s=round(ours[0], 3), qmtraj_MB=round(ours[1], 1), energy=float(re.search(r"^ *total +(\S+)$", ours[2], re.M)[1]))
    if not all(importlib.util.find_spec(name) for name in ("numpy", "tblite")):
        return row
    for accuracy, name in (("1", "tblite"), ("1e-3", "tblite_tight")):
        theirs = measure([sys.executable, __file__, TBLITE, accuracy, path])
        if theirs is None:
            return row
        energy, seconds = json.loads(theirs[2])
        row.update({name + "_s": round(seconds, 3), name + "_MB": round(theirs[1], 1), name + "_energy": energy})
    return row


if __name__ == "__main__":
    if sys.argv[1] == TBLITE:
        tblite(sys.argv[2], sys.argv[3])
    else:
        for file in sys.argv[2:]:
            print(json.dumps(compare(sys.argv[1], file)), flush=True)
