"""Correct trajectories of many kinds, for what `qmtraj check` must not refuse.

    python3 good_trajectories.py FOLDER [COUNT [SEED]]   makes COUNT of them (all kinds in turn, default 500) with the
                                                         random seeds from SEED on, checks them and prints a table;
                                                         code 1 if one fails

QMTRAJ names the program; QMTRAJ_OLD an earlier one, whose files are then among the kinds.
"""

import json
import math
import os
import subprocess
import sys

SOURCE = os.environ.get("QMTRAJ_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
LIBRARY = os.path.join(SOURCE, "data", "molecules", "xyz")


def xyz(name, rows, charge=0, multiplicity=1):
    atoms = [row.split() for row in rows.strip().split("\n")]
    return (f"{len(atoms)}\nname={name} charge={charge} multiplicity={multiplicity}\n"
            + "\n".join(" ".join(atom) for atom in atoms) + "\n")


def chain(n):
    """An alkane of n carbon atoms, stretched out."""
    rows = []
    for i in range(n):
        x, y = 1.27 * i, 0.42 * (-1) ** i
        rows.append(f"C {x:.4f} {y:.4f} 0")
        side = math.copysign(0.63, y)
        rows += [f"H {x:.4f} {y + side:.4f} {z}" for z in (0.89, -0.89)]
    rows.append(f"H {-0.95:.4f} {-0.1:.4f} 0")
    rows.append(f"H {1.27 * (n - 1) + 0.95:.4f} {0.1 * (1 if n % 2 else -1) * -1:.4f} 0")
    return xyz(f"c{n}", "\n".join(rows))


def ferrocene():
    rows = ["Fe 0 0 0"]
    for z in (1.65, -1.65):
        for k in range(5):
            c, s = math.cos(2 * math.pi * k / 5), math.sin(2 * math.pi * k / 5)
            rows.append(f"C {1.21 * c:.6f} {1.21 * s:.6f} {z}")
            rows.append(f"H {2.29 * c:.6f} {2.29 * s:.6f} {0.99 * z}")
    return xyz("ferrocene", "\n".join(rows))


MOLECULES = {
    "water": xyz("water", "O 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477"),
    "formic": xyz("formic", "C -0.1 0.41 0\nO 1.13 0.27 0\nO -1.0 -0.6 0\nH -0.6 1.38 0\nH -0.6 -1.45 0"),
    "hydrogen": xyz("hydrogen", "H 0 0 0\nH 0 0 0.74"),
    "nitrogen": xyz("nitrogen", "N 0 0 0\nN 0 0 1.1"),
    "torn": xyz("torn", "H 0 0 0\nF 0 0 3.0"),
    "iodine": xyz("iodine", "I 0 0 0\nI 0 0 2.67"),
    "argon": xyz("argon", "Ar 0 0 0"),
    "carbon_dioxide": xyz("carbon_dioxide", "C 0 0 0\nO 0 0 1.16\nO 0 0 -1.16"),
    "acetylene": xyz("acetylene", "C 0 0 0.6\nC 0 0 -0.6\nH 0 0 1.66\nH 0 0 -1.66"),
    "ammonium": xyz("ammonium", "N 0 0 0\nH 0.59 0.59 0.59\nH -0.59 -0.59 0.59\nH -0.59 0.59 -0.59\n"
                    "H 0.59 -0.59 -0.59", charge=1),
    "formate": xyz("formate", "C 0 0 0\nO 1.12 0.5 0\nO -1.12 0.5 0\nH 0 -1.12 0", charge=-1),
    "methyl": xyz("methyl", "C 0 0 0\nH 1.08 0 0\nH -0.54 0.93 0\nH -0.54 -0.93 0", multiplicity=2),
    "oxygen": xyz("oxygen", "O 0 0 0\nO 0 0 1.21", multiplicity=3),
    "methane_water": xyz("methane_water", "C 0 0 0\nH 0.629 0.629 0.629\nH -0.629 -0.629 0.629\n"
                         "H -0.629 0.629 -0.629\nH 0.629 -0.629 -0.629\nO 0 0 3.6\nH 0 0.757 4.18\n"
                         "H 0 -0.757 4.18"),
    "far_pair": xyz("far_pair", "C 0 0 0\nH 0.629 0.629 0.629\nH -0.629 -0.629 0.629\nH -0.629 0.629 -0.629\n"
                    "H 0.629 -0.629 -0.629\nO 0 0 70\nH 0 0.757 70.58\nH 0 -0.757 70.58"),
    "sn2": xyz("sn2", "C 0 0 0\nH 1.03 0.03 -0.3\nH -0.5 0.9 -0.32\nH -0.52 -0.88 -0.31\n"
               "Cl 0.02 0.05 -2.05\nF 0.1 0.0 2.6", charge=-1),
    "ferrocene": ferrocene(),
    "c20": chain(20),
    "c60": chain(60),
}

BASE = {"length_ps": 0.05, "equilibration_ps": 0.05, "nve_every_ps": 0}
LONG = {"length_ps": 0.25, "equilibration_ps": 0.25}


def kind(molecule, **keys):
    return molecule, BASE | keys


# A name, the molecule, the keys. Long molecules are kept short in time.
KINDS = {
    "plain": kind("formic"),
    "water": kind("water"),
    "glycine": kind("glycine"),
    "aspirin": kind("aspirin", length_ps=0.02, equilibration_ps=0.02),
    "benzene": kind("benzene", length_ps=0.025),
    "long": kind("formic", length_ps=1.0, equilibration_ps=0.5),
    "nve": kind("formic", ensemble="nve"),
    "nve glycine": kind("glycine", ensemble="nve"),
    "nve linear": kind("carbon_dioxide", ensemble="nve"),
    "two atoms": kind("hydrogen"),
    "two atoms nve": kind("nitrogen", ensemble="nve"),
    "two atoms on an axis": kind("torn", ensemble="nve", optimize="false", scf_state="follow", temperature_K=2000, equilibration_ps=0),
    "linear": kind("acetylene"),
    "one atom": kind("argon"),
    "friction 1": kind("formic", friction_per_ps=1.0, **LONG),
    "friction 10": kind("formic", friction_per_ps=10.0, **LONG),
    "friction 1000": kind("water", friction_per_ps=1000.0),
    "strong friction, sparse": kind("formic", friction_per_ps=50.0, save_interval_steps=10, **LONG),
    "every 2nd": kind("formic", save_interval_steps=2),
    "every 10th": kind("formic", save_interval_steps=10, **LONG),
    "every 10th glycine": kind("glycine", save_interval_steps=10, **LONG),
    "every 20th": kind("formic", save_interval_steps=20, **LONG),
    "every 100th": kind("water", save_interval_steps=100, length_ps=1.0),
    "every 10th nve": kind("formic", save_interval_steps=10, ensemble="nve", **LONG),
    "bussi": kind("formic", thermostat="bussi", thermostat_time_ps=0.05, **LONG),
    "bussi every 4th": kind("water", thermostat="bussi", save_interval_steps=4, length_ps=1.0),
    "bussi every 40th": kind("formic", thermostat="bussi", thermostat_time_ps=0.05, save_interval_steps=40, length_ps=1.0),
    "bussi 1 fs": kind("water", thermostat="bussi", dt_fs=1.0, length_ps=1.0),
    "bussi 3000 K": kind("formic", thermostat="bussi", temperature_K=3000, save_interval_steps=10, **LONG),
    "bussi 8000 K hydrogen": kind("hydrogen", thermostat="bussi", thermostat_time_ps=0.05, temperature_K=8000, length_ps=0.5),
    "nose-hoover torn": kind("nitrogen", **{"thermostat": "nose-hoover", "scf_state": "follow", "bias.distance.atoms":
                                            "[1, 2]", "bias.distance.to_nm": 0.5, "bias.distance.over_ps": 0.8},
                             precision="float64", length_ps=1.0),
    "nose-hoover every 4th": kind("formic", thermostat="nose-hoover", save_interval_steps=4, **LONG),
    "nose-hoover every 20th": kind("hydrogen", thermostat="nose-hoover", thermostat_time_ps=0.02, save_interval_steps=20,
                                   length_ps=1.0),
    "ramp": kind("water", thermostat="bussi", thermostat_time_ps=0.05, temperature_ramp_K="[100, 900]",
                 save_interval_steps=4, length_ps=1.0),
    "metadynamics": kind("water", **{"thermostat": "bussi", "bias.distance.atoms": "[1, 2]", "bias.distance.mode":
                                     "metadynamics", "bias.distance.every_ps": 0.05}, save_interval_steps=4, length_ps=1.0),
    "pulled": kind("nitrogen", **{"thermostat": "bussi", "bias.distance.atoms": "[1, 2]", "bias.distance.to_nm": 0.13,
                                  "bias.distance.over_ps": 0.2}, save_interval_steps=4, **LONG),
    "wall": kind("methane_water", **{"thermostat": "bussi", "confine.sphere": "auto"}, temperature_K=800,
                 save_interval_steps=4, **LONG),
    "1000 K": kind("formic", temperature_K=1000, **LONG),
    "2000 K": kind("glycine", temperature_K=2000, length_ps=0.2, equilibration_ps=0.2),
    "4000 K": kind("formic", temperature_K=4000, friction_per_ps=5.0, **LONG),
    "4000 K glycine": kind("glycine", temperature_K=4000, friction_per_ps=5.0, save_interval_steps=4, dt_fs=0.2,
                           length_ps=0.4, equilibration_ps=0.2),
    "4000 K sparse": kind("formic", temperature_K=4000, save_interval_steps=10, **LONG),
    "4000 K nve": kind("glycine", temperature_K=4000, ensemble="nve", length_ps=0.2, equilibration_ps=0.1),
    "aspirin 2000 K": kind("aspirin", temperature_K=2000, length_ps=0.03, equilibration_ps=0.05),
    "water in water": kind("water", solvent="water"),
    "glycine in acetone": kind("glycine", solvent="acetone", length_ps=0.02, equilibration_ps=0.02),
    "gbsa": kind("formic", solvent="water", solvation_model="gbsa"),
    "GFN1": kind("formic", method="GFN1-xTB"),
    "GFN1 hot": kind("formic", method="GFN1-xTB", temperature_K=2000, **LONG),
    "cation": kind("ammonium"),
    "anion": kind("formate"),
    "anion in water": kind("formate", solvent="water"),
    "radical": kind("methyl"),
    "radical hot": kind("methyl", temperature_K=2000, **LONG),
    "triplet": kind("oxygen"),
    "float64": kind("formic", precision="float64"),
    "float64 nve": kind("glycine", precision="float64", ensemble="nve"),
    "float64 sparse": kind("formic", precision="float64", save_interval_steps=10, **LONG),
    "windows": kind("formic", nve_every_ps=0.02, nve_window_ps=0.02),
    "windows, short": kind("water", nve_every_ps=0.02, nve_window_ps=0.005),
    "windows, sparse": kind("water", nve_every_ps=0.03, nve_window_ps=0.02, save_interval_steps=7, length_ps=0.07),
    "windows of heavy atoms": kind("iodine", nve_every_ps=0.02, nve_window_ps=0.02, length_ps=0.2),
    "windows of heavy atoms, 1 fs": kind("iodine", nve_every_ps=0.05, nve_window_ps=0.05, length_ps=0.2, dt_fs=1.0),
    "one atom, bussi": kind("argon", thermostat="bussi", length_ps=10, save_interval_steps=400),
    "one atom, nose-hoover": kind("argon", thermostat="nose-hoover", length_ps=10, save_interval_steps=400),
    "one step": kind("water", length_ps=0.00025),
    "three steps": kind("water", length_ps=0.00075),
    "no equilibration": kind("formic", equilibration_ps=0),
    "not relaxed": kind("methane_water", optimize="false"),
    "not relaxed nve": kind("formic", optimize="false", equilibration_ps=0, ensemble="nve"),
    "0.1 fs": kind("formic", dt_fs=0.1),
    "0.5 fs": kind("formic", dt_fs=0.5),
    "1 fs": kind("formic", dt_fs=1.0, length_ps=0.2),
    "fast": kind("formic", scf="fast"),
    "fast glycine": kind("glycine", scf="fast"),
    "properties": kind("formic", properties="[dipole, charges, bond_orders, homo_lumo_gap, quadrupole, scf_residual]"),
    "properties float64": kind("formic", precision="float64", properties="[dipole, charges, bond_orders, quadrupole]"),
    "properties in water": kind("water", solvent="water", properties="[dipole, charges]"),
    "pair": kind("methane_water", **LONG),
    "far pair": kind("far_pair", optimize="false"),
    "reaction nve": kind("sn2", ensemble="nve", length_ps=0.5, equilibration_ps=0.05),
    "reaction": kind("sn2", length_ps=0.5, equilibration_ps=0.05),
    "hot electrons": kind("formic", electronic_temperature_K=5000),
    "ferrocene": kind("ferrocene", length_ps=0.01, equilibration_ps=0.01),
    "chain of 20": kind("c20", length_ps=0.01, equilibration_ps=0.01),
    "chain of 60": kind("c60", length_ps=0.0025, equilibration_ps=0.0025, optimize="false"),
}
OLD = ("plain", "glycine", "nve", "every 10th", "windows", "properties", "4000 K", "GFN1")
COSTLY = ("chain of 60", "chain of 20", "ferrocene", "aspirin", "aspirin 2000 K")


def names(old):
    return list(KINDS) + ([f"old: {name}" for name in OLD] if old else [])


def make(name, number, folder, program, old=None, seed=1):
    """One trajectory; the path of its file."""
    if name.startswith("old: "):
        program, name = old, name.removeprefix("old: ")
    molecule, keys = KINDS[name]
    out = os.path.join(folder, f"{number:04d}")
    source = os.path.join(LIBRARY, molecule + ".xyz")
    if molecule in MOLECULES:
        source = os.path.join(folder, molecule + ".xyz")
        if not os.path.exists(source):
            with open(source, "w") as file:
                file.write(MOLECULES[molecule])
    words = [w for key, value in keys.items() for w in ("--set", f"{key}={value}")]
    run = subprocess.run([program, "run", "--out", out, "--num-workers", "1", "--set", f"random_seed={number + seed}",
                          *words, source], capture_output=True, text=True)
    for found, _, files in os.walk(out):
        if "trajectory.npz" in files:
            return os.path.join(found, "trajectory.npz")
    print(f"{name} ({number}): no trajectory: {run.stderr.strip().splitlines()[-1:]}")
    return None


def verdicts(program, path, *words):
    run = subprocess.run([program, "check", path, "--json", *words], capture_output=True, text=True)
    return json.loads(run.stdout)[0]


def main(folder, count=500, seed=1):
    program, old = os.environ["QMTRAJ"], os.environ.get("QMTRAJ_OLD")
    os.makedirs(folder, exist_ok=True)
    kinds = names(old)
    table, total = {}, {"PASS": 0, "WARN": 0, "FAIL": 0, "none": 0}
    cheap = [name for name in kinds if name not in COSTLY]
    for number in range(count):
        # Two of each costly one, then the others in turn.
        first = len(kinds) if number < 2 * len(kinds) else len(cheap)
        name = kinds[number % first] if first == len(kinds) else cheap[number % first]
        path = make(name, number, folder, program, old, seed)
        row = table.setdefault(name, {"PASS": 0, "WARN": 0, "FAIL": 0, "none": 0})
        if path is None:
            row["none"] += 1
            total["none"] += 1
            continue
        report = verdicts(program, path)
        row[report["verdict"]] += 1
        total[report["verdict"]] += 1
        for line in report["checks"]:
            if line["verdict"] in ("FAIL", "WARN"):
                print(f"{number:4d} {name}: {line['verdict']} {line['check']}: {line['message']}", flush=True)
    print(f"\n{'kind':26s} {'PASS':>5s} {'WARN':>5s} {'FAIL':>5s} {'none':>5s}")
    for name, row in table.items():
        print(f"{name:26s} " + " ".join(f"{row[v]:5d}" for v in ("PASS", "WARN", "FAIL", "none")))
    print(f"{'all':26s} " + " ".join(f"{total[v]:5d}" for v in ("PASS", "WARN", "FAIL", "none")))
    return 1 if total["FAIL"] + total["none"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
