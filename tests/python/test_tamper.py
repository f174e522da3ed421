"""qmtraj check on files that were falsified with care: checksums, energies and metadata fit, only the truth does not.

Prints a row for each falsification and a column for each kind of file: the checks that found it with the default
frames; "all: ..." what found it only when all frames were computed again; "-" where the file has nothing of the kind;
"no" where nothing was noticed. What cannot be told from the file is listed with its reason in docs/check.md and in
CANNOT below; everything else must be found.

    QMTRAJ=build/qmtraj python3 test_tamper.py        the table of this program
    QMTRAJ=... QMTRAJ_OLD=... python3 test_tamper.py  the same trajectories, checked by another one too
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

QMTRAJ = os.environ["QMTRAJ"]
# Without RDKit a SMILES is not read, and `check` says so.
RDKIT = subprocess.run([QMTRAJ, "energy", "--smiles", "C"], capture_output=True).returncode == 0
FORMIC = ("5\nname=formic_acid\nC -0.1 0.41 0\nO 1.13 0.27 0\nO -1.0 -0.6 0\n"
          "H -0.6 1.38 0\nH -0.6 -1.45 0\n")
WINDOWS = ["--set", "nve_every_ps=0.04", "--set", "nve_window_ps=0.025"]
COMMON = ["--set", "equilibration_ps=0.2", "--set", "random_seed=7"]
PROPERTIES = "properties=[dipole, charges, bond_orders, homo_lumo_gap, quadrupole, scf_residual]"
KINDS = {
    "NVT": ["--set", "length_ps=0.1"] + WINDOWS,
    "NVE": ["--set", "length_ps=0.1", "--set", "ensemble=nve", "--set", "nve_every_ps=0"],
    "every 10th": ["--set", "length_ps=0.5", "--set", "save_interval_steps=10"] + WINDOWS,
    "properties": ["--set", "length_ps=0.1", "--set", PROPERTIES] + WINDOWS,
}
# Rows of a kind of file that nothing in the file contradicts, and why.
CANNOT = {
    ("metadata name of another", "NVE"): "the name decides the random numbers of a thermostat, and here is none",
    ("scf_residual x1.01, one frame", "properties"): "below the largest of the run any value is possible",
}
FRAMES = ("pos", "vel", "forces", "Ekin", "Epot", "Etot", "time_ps", "box", "dipole", "charges", "bond_orders",
          "homo_lumo_gap", "quadrupole", "scf_residual")
K = 17  # the frame that is falsified
ROTATION = np.array([[0.36, 0.48, -0.8], [-0.8, 0.6, 0.0], [0.48, 0.64, 0.6]])


def meta_of(d):
    return json.loads(str(d["metadata"]))


def set_meta(d, meta):
    d["metadata"] = np.array(json.dumps(meta))


def meta(**changes):
    def plant(d):
        m = meta_of(d)
        m.update(changes)
        set_meta(d, m)
    return plant


def config(**changes):
    def plant(d):
        m = meta_of(d)
        m["config"].update(changes)
        set_meta(d, m)
    return plant


def summary(**factors):
    def plant(d):
        m = meta_of(d)
        for key, factor in factors.items():
            m["summary"][key] *= factor
        set_meta(d, m)
    return plant


def units(**changes):
    def plant(d):
        m = meta_of(d)
        m["units"].update(changes)
        set_meta(d, m)
    return plant


def energies(d):
    """Ekin and Etot that fit the velocities."""
    d["Ekin"] = 0.5 * (d["masses"].astype(float)[None, :, None] * d["vel"].astype(float) ** 2).sum((1, 2))
    d["Etot"] = d["Ekin"] + d["Epot"]


def frames_are(index):
    """Frames in another order or number, at times on the grid."""
    def plant(d):
        n, step = len(d["pos"]), d["time_ps"][1]
        for name in FRAMES:
            if name in d:
                d[name] = d[name][index(n)]
        d["time_ps"] = np.arange(len(d["pos"])) * step
        m = meta_of(d)
        if "num_frames" in m:
            m["num_frames"] = len(d["pos"])
        m["config"]["length_ps"] = float(d["time_ps"][-1])
        set_meta(d, m)
    return plant


def order(*changes):
    def index(n):
        i = list(range(n))
        for place, value in changes:
            i[place] = value
        return i
    return frames_are(index)


def one_force(factor):
    def plant(d):
        f = d["forces"][K]
        f[np.unravel_index(np.abs(f).argmax(), f.shape)] *= np.float32(factor)
    return plant


def largest_atom(d):
    a = np.abs(d["forces"]).sum((0, 2)).argmax()
    d["forces"][:, a] *= np.float32(1.01)


def swap(where, *names):
    def plant(d):
        for name in names:
            d[name][where, 3], d[name][where, 4] = d[name][where, 4].copy(), d[name][where, 3].copy()
        energies(d)
    return plant


def velocity_of_another(fits):
    def plant(d):
        d["vel"][K] = d["vel"][K + 9]
        if fits:
            energies(d)
    return plant


def velocity_shifted(d):
    d["vel"][:-1] = d["vel"][1:].copy()
    energies(d)


def turned(where, *names):
    def plant(d):
        for name in names:
            d[name][where] = (d[name][where].astype(float) @ ROTATION.T).astype(d[name].dtype)
    return plant


def negative(name, where):
    def plant(d):
        d[name][where] *= -1
    return plant


def epot(value, where):
    def plant(d):
        d["Epot"][where] += value
        d["Etot"] = d["Ekin"] + d["Epot"]
    return plant


def noise(name, size, where):
    def plant(d):
        at = d[name][where]
        d[name][where] = at + np.random.default_rng(1).normal(0, size, at.shape).astype(at.dtype)
    return plant


def times_two(d):
    d["time_ps"] *= 2
    m = meta_of(d)
    m["config"]["dt_fs"] *= 2
    m["config"]["length_ps"] *= 2
    set_meta(d, m)


def deuterium(d):
    d["masses"][d["atom_types"] == 1] = 2.014
    energies(d)


def types_exchanged(d):
    for name in ("atom_types", "masses"):
        d[name][[1, 3]] = d[name][[3, 1]]


def other_half(d):
    with np.load(other) as second:
        half = len(d["pos"]) // 2
        for name in FRAMES:
            if name in d and name in second and name != "time_ps":
                d[name][half:] = second[name][half:]


WINDOWS = ("nve_window", "nve_window_Ekin", "nve_window_Epot", "nve_window_Etot")


def cut_at_half(d):
    n = len(d["pos"])
    frames_are(lambda n: list(range(n // 2)))(d)
    left = d["nve_window"] < int(d["time_ps"][-1] / 0.04)
    for name in WINDOWS:
        d[name] = d[name][left]
    m = meta_of(d)
    m["summary"]["nve_windows"] = m["summary"]["nve_windows"][: len(set(d["nve_window"]))]
    m["status"] = "complete"
    set_meta(d, m)
    assert len(d["pos"]) < n


def box(d):
    d["box"] = np.broadcast_to(2 * np.eye(3, dtype=np.float32), d["box"].shape).copy()


def window_smoothed(d):
    for w in set(d["nve_window"]):
        of = d["nve_window"] == w
        kinetic = d["nve_window_Ekin"][of]
        d["nve_window_Epot"][of] = np.mean(d["nve_window_Etot"][of]) - kinetic
        d["nve_window_Etot"][of] = kinetic + d["nve_window_Epot"][of]


def windows_removed(d):
    for name in WINDOWS:
        d[name] = d[name][:0]
    m = meta_of(d)
    m["summary"]["nve_windows"] = []
    set_meta(d, m)


def windows_smoothed_in_summary(d):
    window_smoothed(d)
    m = meta_of(d)
    for w in m["summary"]["nve_windows"]:
        w["rms_kJ_mol"] = w["drift_kJ_mol_ps"] = w["largest_deviation_kJ_mol"] = 0.0
    set_meta(d, m)


def times(name, where):
    def plant(d):
        if where is None:
            d[name] *= np.float32(1.01)
        else:
            d[name][where] *= np.float32(1.01)
    return plant


def at(name, where, value):
    def plant(d):
        d[name][where] += value
    return plant


def plus_all(name, value):
    def plant(d):
        d[name] = d[name] + value
    return plant


def zero_forces(d):
    d["forces"][K] = 0


def forces_before(d):
    d["forces"][K] = d["forces"][K - 1]


def all_masses(d):
    d["masses"] *= np.float32(1.0005)
    energies(d)


HAS_WINDOWS = ("NVT", "every 10th", "properties")
ONLY_PROPERTIES = ("properties",)
EVERY = ("NVT", "NVE", "properties")
# A name, what is done, the kinds of files that have what it takes, and those where all frames have to be computed.
ROWS = [
    ("one force component x1.01, one frame", one_force(1.01), None, ()),
    ("one force component x1.10, one frame", one_force(1.10), None, ()),
    ("largest atom's forces x1.01, all frames", largest_atom, None, ()),
    ("forces of one frame from frame before", forces_before, None, ()),
    ("forces sign turned, one frame", negative("forces", K), None, ("every 10th",)),
    ("forces of one frame zero", zero_forces, None, ("every 10th",)),
    ("one frame duplicated over the next, time on grid", order((K, K - 1)), None, ()),
    ("one frame inserted twice, times renumbered",
     frames_are(lambda n: [*range(K + 1), *range(K, n)]), None, ()),
    ("one frame left out, times renumbered", frames_are(lambda n: [*range(K), *range(K + 1, n)]), None, ()),
    ("two neighbouring frames exchanged, times stay", order((K, K + 1), (K + 1, K)), None, ()),
    ("time + 1 fs", plus_all("time_ps", 0.001), None, ()),
    ("one time + 0.1 dt", at("time_ps", K, 2.5e-4), None, ()),
    ("time x2 and dt_fs x2 in metadata", times_two, None, ()),
    ("two H exchanged in pos, vel, forces of one frame", swap(K, "pos", "vel", "forces"), None, ()),
    ("two H exchanged in pos, vel, forces of all frames from K on",
     swap(slice(K, None), "pos", "vel", "forces"), None, ()),
    ("velocities of two H exchanged, all frames", swap(slice(None), "vel"), None, ()),
    ("velocities of another frame, one frame, Ekin and Etot fit", velocity_of_another(True), None, ()),
    ("velocities of another frame, one frame, Ekin stays", velocity_of_another(False), None, ()),
    ("velocities shifted by one frame, all frames, Ekin Etot fit", velocity_shifted, None, ()),
    ("velocities turned round, all frames", negative("vel", slice(None)), None, ()),
    ("velocities turned round, one frame", negative("vel", K), None, ()),
    ("velocities rotated, all frames (Ekin same)", turned(slice(None), "vel"), None, ()),
    ("positions rotated, one frame", turned(K, "pos"), None, ()),
    ("positions and forces rotated, one frame", turned(K, "pos", "forces"), None, ()),
    ("positions, velocities and forces rotated, one frame", turned(K, "pos", "vel", "forces"), None, ()),
    ("forces rotated, all frames", turned(slice(None), "forces"), None, ()),
    ("Epot and Etot + 1 kJ/mol, all frames", epot(1.0, slice(None)), None, ()),
    ("Epot and Etot + 0.01 kJ/mol, all frames", epot(0.01, slice(None)), None, ()),
    ("Epot and Etot + 0.05 kJ/mol, one frame", epot(0.05, K), None, ("every 10th",)),
    ("Epot, Etot + 1 kJ/mol, one frame", epot(1.0, K), None, ()),
    ("second half from another seed", other_half, None, ()),
    ("masses x 1.0005", all_masses, None, ()),
    ("masses of H like deuterium, Ekin fits", deuterium, None, ()),
    ("atom types H,O exchanged with masses", types_exchanged, None, ()),
    ("metadata charge 0 -> 2", meta(charge=2), None, ()),
    ("metadata charge 0 -> 2, in config too", lambda d: (meta(charge=2)(d), config(charge=2)(d)), None, ()),
    ("metadata multiplicity 1 -> 3", meta(multiplicity=3), None, ()),
    ("metadata qm_method GFN1", meta(qm_method="GFN1-xTB"), None, ()),
    ("metadata solvent = water at top level only", meta(solvent="water"), None, ()),
    ("metadata config.solvent = water only", config(solvent="water"), None, ()),
    ("metadata name and smiles of another", meta(name="ethanol", smiles="CCO"), None, ()),
    ("metadata name of another", meta(name="ethanol"), None, ()),
    ("metadata dof + 3", lambda d: meta(dof=meta_of(d)["dof"] + 3)(d), None, ()),
    ("metadata temperature_K 300 -> 330", config(temperature_K=330.0), None, ()),
    ("metadata units pos angstrom", units(pos="angstrom"), None, ()),
    ("metadata summary figures falsified", summary(mean_temperature_K=1.2, drift_kJ_mol_ps=0.1), None, ()),
    ("metadata status partial -> complete (cut at half)", cut_at_half, None, ()),
    ("box 2 nm cubic", box, None, ()),
    ("NVE window smoothed (drift hidden)", window_smoothed, HAS_WINDOWS, ()),
    ("NVE window smoothed, in the summary too", windows_smoothed_in_summary, HAS_WINDOWS, ()),
    ("NVE windows removed", windows_removed, HAS_WINDOWS, ()),
    ("positions noise 2e-5 nm, one frame", noise("pos", 2e-5, K), None, ()),
    ("forces noise 1 kJ/mol/nm, all frames", noise("forces", 1.0, slice(None)), None, ()),
    ("forces noise 0.04 kJ/mol/nm, all frames", noise("forces", 0.04, slice(None)), None, ()),
] + [row for name in ("dipole", "charges", "bond_orders", "homo_lumo_gap", "quadrupole") for row in (
    (f"{name} x1.01, one frame", times(name, K), ONLY_PROPERTIES, ONLY_PROPERTIES),
    (f"{name} x1.01, all frames", times(name, None), ONLY_PROPERTIES, ()))] + [
    ("scf_residual x1.01, one frame", times("scf_residual", K), ONLY_PROPERTIES, ()),
    ("scf_residual x1.01, all frames", times("scf_residual", slice(None)), ONLY_PROPERTIES, ()),
    ("scf_residual x10, all frames", lambda d: d["scf_residual"].__imul__(np.float32(10)), ONLY_PROPERTIES, ()),
    ("one bond order + 0.1, one frame", at("bond_orders", (K, 0, 1), 0.1), ONLY_PROPERTIES, ()),
    ("quadrupole with a trace, one frame", at("quadrupole", (K, 1, 1), 1e-4), ONLY_PROPERTIES, ()),
    ("charges of two H exchanged, all frames", swap(slice(None), "charges"), ONLY_PROPERTIES, ()),
]


def found_by(program, path, *words):
    run = subprocess.run([program, "check", path, "--json", *words], capture_output=True, text=True)
    return [c["check"] for c in json.loads(run.stdout)[0]["checks"] if c["verdict"] in ("FAIL", "WARN")]


def make(out, kind, *words):
    subprocess.run([QMTRAJ, "run", "--out", out, *COMMON, *KINDS[kind], *words, "formic.xyz"], check=True,
                   capture_output=True)
    return os.path.join(out, "formic_acid", "trajectory.npz")


def entry(program, path):
    found = found_by(program, path)
    if found:
        return ", ".join(found), False
    found = found_by(program, path, "--frames", "100000")
    return ("all: " + ", ".join(found) if found else "NO"), True


scratch = tempfile.TemporaryDirectory()
os.chdir(scratch.name)
open("formic.xyz", "w").write(FORMIC)
good = {kind: make(f"good{i}", kind) for i, kind in enumerate(KINDS)}
others = {kind: make(f"other{i}", kind, "--set", "random_seed=8") for i, kind in enumerate(KINDS)}
for path in [*good.values(), *others.values()]:
    assert found_by(QMTRAJ, path) == [] == found_by(QMTRAJ, path, "--frames", "100000"), path
programs = [QMTRAJ] + [os.environ[key] for key in ("QMTRAJ_OLD",) if key in os.environ]
wrong = []
print("| falsification | " + " | ".join(KINDS) + " |\n|---" * 1 + "|---" * len(KINDS) + "|")
for name, tamper, kinds, only_all in ROWS:
    cells = []
    for kind in KINDS:
        if kinds is not None and kind not in kinds:
            cells.append("-")
            continue
        other = others[kind]
        with np.load(good[kind]) as file:
            data = {key: file[key].copy() for key in file.files}
        tamper(data)
        np.savez("bad.npz", **data)
        results = [entry(program, "bad.npz") for program in programs]
        cells.append(" / ".join(text for text, _ in reversed(results)))
        text, late = results[0]
        # The largest of the run may lie in its equilibration or in a window, and then nothing contradicts a little more.
        if (name == "scf_residual x1.01, all frames" and
                data["scf_residual"].max() <= meta_of(data)["summary"]["scf_residual_max"]):
            print("cannot be told: the largest residual of this run is not among its frames")
            continue
        if (name, kind) in CANNOT or (not RDKIT and name == "metadata name and smiles of another"):
            continue
        if text == "NO" or (late and kind not in only_all):
            wrong.append(f"{name} ({kind}): {text}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)
print("\n".join(f"cannot be told: {name} ({kind}): {why}" for (name, kind), why in CANNOT.items()))
if wrong:
    sys.exit("not found:\n" + "\n".join(wrong))
