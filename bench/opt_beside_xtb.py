#!/usr/bin/env python3
"""`qmtraj opt` beside `xtb --opt`: evaluations and minima of 100 molecules, one after another on one core.

    QMTRAJ=build/qmtraj python3 bench/opt_beside_xtb.py FOLDER [bench/opt_molecules.smi]

Both start from the same MMFF94 geometry. An evaluation is an energy with its gradient. Of one minimisation of qmtraj the
evaluations are counted until xtb's own criteria are met: the norm of the gradient and the change of the energy of `--opt
normal` and `--opt vtight`. FOLDER keeps what was computed; another call goes on from there.
"""
import json
import os
import re
import statistics
import subprocess
import sys

QMTRAJ = os.environ.get("QMTRAJ", "build/qmtraj")
HERE = os.path.dirname(os.path.abspath(__file__))
CRITERIA = {"normal": (1e-3, 5e-6), "vtight": (2e-4, 1e-7)}  # hartree/bohr, hartree
ONE_CORE = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def molecules(path):
    with open(path) as lines:
        return [line.split() for line in lines if line.strip() and not line.startswith("#")]


def kept(path, make):
    """Text of a file, made first if it is not there."""
    if not os.path.exists(path):
        text = make()
        with open(path, "w") as out:
            out.write(text)
    with open(path) as file:
        return file.read()


def start(smiles, name):
    """The start geometry as XYZ with charge and multiplicity."""
    said = subprocess.run([QMTRAJ, "energy", "--smiles", f"{smiles} {name}", "--json"], capture_output=True, text=True, check=True)
    d = json.loads(said.stdout)
    rows = [f"{s} {x:.10f} {y:.10f} {z:.10f}" for s, (x, y, z) in zip(d["species"], d["positions"])]
    return f"{len(rows)}\ncharge={d['charge']} multiplicity={d['multiplicity']}\n" + "\n".join(rows) + "\n"


def xtb(folder, name, level, state):
    work = os.path.join(folder, "work")
    os.makedirs(work, exist_ok=True)
    words = ["xtb", f"../{name}.xyz", "--gfn", "2", "--opt", level, "--chrg", state[0], "--uhf", str(int(state[1]) - 1), "--norestart"]
    return subprocess.run(words, cwd=work, env=ONE_CORE, capture_output=True, text=True).stdout


def xtb_figures(text):
    cycles, energy = re.search(r"CONVERGED AFTER\s+(\d+)", text), re.findall(r"TOTAL ENERGY\s+(-?[\d.]+)", text)
    return (int(cycles[1]) if cycles else None, float(energy[-1]) if energy else None)


def evaluations_until(steps, level):
    norm, change = CRITERIA[level]
    e, g = steps["energy"], steps["gradient_norm"]
    return next((i + 1 for i in range(1, len(e)) if g[i] < norm and abs(e[i] - e[i - 1]) < change), None)


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    rows = []
    for smiles, name in molecules(sys.argv[2] if len(sys.argv) > 2 else f"{HERE}/opt_molecules.smi"):
        path = f"{folder}/{name}.xyz"
        xyz = kept(path, lambda: start(smiles, name))
        state = re.search(r"charge=(\S+) multiplicity=(\S+)", xyz).groups()
        theirs = {level: xtb_figures(kept(f"{folder}/{name}.{level}", lambda: xtb(folder, name, level, state))) for level in CRITERIA}
        said = subprocess.run([QMTRAJ, "opt", path, "--json"], capture_output=True, text=True)
        if said.returncode:
            print(f"{name}: {said.stderr.strip()}")
            continue
        ours = json.loads(said.stdout)
        # what ends at 1e-5 before its energy has changed so little counts in full
        counts = [evaluations_until(ours["steps"], level) or ours["evaluations"] for level in CRITERIA]
        row = [theirs["normal"][0], counts[0], theirs["vtight"][0], counts[1], ours["evaluations"]]
        lower = ours["energy"] - theirs["vtight"][1] if theirs["vtight"][1] is not None else float("nan")
        rows.append((name, row, lower))
        print(f"{name:22} {xyz.split()[0]:>3} atoms  normal {row[0]} / {row[1]}  vtight {row[2]} / {row[3]}"
              f"  to 1e-5 {row[4]}  energy - vtight {lower:9.1e}", flush=True)
    whole = [row for _, row, _ in rows if None not in row]
    print(f"{len(rows)} molecules, {len(whole)} with all figures; median (sum) of evaluations:")
    for k, what in enumerate(("xtb normal", "qmtraj, the same criteria", "xtb vtight", "qmtraj, the same criteria", "qmtraj to 1e-5")):
        print(f"  {what:28} {statistics.median(row[k] for row in whole):5} ({sum(row[k] for row in whole)})")
    for what, pairs in (("normal", (0, 1)), ("vtight", (2, 3))):
        print(f"  {what}: fewer in {sum(r[pairs[1]] < r[pairs[0]] for r in whole)}, as many in "
              f"{sum(r[pairs[1]] == r[pairs[0]] for r in whole)}, more in {sum(r[pairs[1]] > r[pairs[0]] for r in whole)}")
    print(f"  minima within 1e-6 hartree of vtight: {sum(abs(d) <= 1e-6 for _, _, d in rows)}; others: "
          + ", ".join(f"{name} {d:.1e}" for name, _, d in rows if not abs(d) <= 1e-6))


main()
