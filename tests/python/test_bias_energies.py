"""bias_energy of every frame against the formulas of docs/theory/biases.md, from the positions in the file and the numbers of the
configuration, in kJ/mol and nm: nothing here knows atomic units."""

import json
import os
import pathlib
import subprocess
import tempfile

import numpy as np

QMTRAJ = os.environ["QMTRAJ"]
GLYCINE = pathlib.Path(os.environ["QMTRAJ_SOURCE"]) / "data/molecules/xyz/glycine.xyz"
R_KJ_MOL_K = 8.31446261815324e-3  # SI 2019: exact products of the Boltzmann and Avogadro constants
KELVIN = 450
# At the start of production velocities are new, and each frame is a step: hills fall at whole frames.
COMMON = {"precision": "float64", "temperature_K": KELVIN, "equilibration_ps": 0.02, "friction_per_ps": 5, "dt_fs": 0.5,
          "nve_every_ps": 0, "length_ps": 0.15}
# Positions have 16 digits; exponents make them some 1e2 worse, sums over frames and hills another 10.
DIGITS = 1e-12
# Masses have 24 bits: the centre of mass may be off by 2^-24 of 0.24 nm, the third power of the 0.01 nm beyond a wall by three
# times 1.4e-6 of it.
DIGITS_OF_MASSES = 5e-6


def run(folder, name, **keys):
    words = [w for key, value in (COMMON | keys).items() for w in ("--set", f"{key}={value}")]
    subprocess.run([QMTRAJ, "run", "--out", name, *words, GLYCINE], cwd=folder, check=True, capture_output=True)
    d = np.load(folder / name / "glycine" / "trajectory.npz")
    return d, json.loads(str(d["metadata"]))["bias"]


def same(name, stored, wanted, digits=DIGITS):
    assert np.max(wanted) > 0.5, (name, np.max(wanted))  # kJ/mol: it acts
    off = np.max(np.abs(stored - wanted)) / np.max(np.abs(wanted))
    assert off < digits, (name, off)


def torsion(pos, atoms):
    """Radian, positive clockwise (IUPAC); of all frames."""
    a, b, c, d = (pos[:, i - 1] for i in atoms)
    u, v, w = b - a, c - b, d - c
    m, n = np.cross(u, v), np.cross(v, w)
    return np.arctan2(np.linalg.norm(v, axis=1) * np.sum(u * n, axis=1), np.sum(m * n, axis=1))


def distance(pos, atoms):
    return np.linalg.norm(pos[:, atoms[0] - 1] - pos[:, atoms[1] - 1], axis=1)


def wall_test(folder):
    d, _ = run(folder, "wall", **{"confine.sphere": 0.236, "confine.k_kJ_mol_nm3": 3e6})
    m = d["masses"].astype(float)
    centre = np.einsum("a,fax->fx", m, d["pos"]) / m.sum()
    out = np.linalg.norm(d["pos"] - centre[:, None], axis=2) - 0.236
    same("wall", d["bias_energy"], np.sum(3e6 * np.maximum(out, 0.0) ** 3, axis=1), DIGITS_OF_MASSES)


def moving(t, at, to, over):
    return at + (to - at) * np.minimum(t / over, 1.0)


def restraint_test(folder):
    """Both variables, a centre that moves for two thirds of the time."""
    atoms = [5, 1, 2, 4]
    d, _ = run(folder, "turn", **{"bias.torsion.atoms": atoms, "bias.torsion.at_degree": 150, "bias.torsion.to_degree": 110,
                                  "bias.torsion.over_ps": 0.1, "bias.torsion.k_kJ_mol_rad2": 130})
    s = np.degrees(torsion(d["pos"], atoms))
    off = np.remainder(s - moving(d["time_ps"], 150, 110, 0.1) + 180, 360) - 180
    same("torsion", d["bias_energy"], 0.5 * 130 * np.radians(off) ** 2)

    d, _ = run(folder, "pull", **{"bias.distance.atoms": [1, 4], "bias.distance.at_nm": 0.24, "bias.distance.to_nm": 0.27,
                                  "bias.distance.over_ps": 0.09, "bias.distance.k_kJ_mol_nm2": 40000})
    off = distance(d["pos"], [1, 4]) - moving(d["time_ps"], 0.24, 0.27, 0.09)
    same("distance", d["bias_energy"], 0.5 * 40000 * off ** 2)


def hills_of(s, every, height, factor, shape):
    """Energies of frames and [frame, place, height] of the hills: one falls at each `every`-th frame, into what there is."""
    hills, energies = [], []
    for f, here in enumerate(s):
        energy = sum(h * shape(here - place) for _, place, h in hills)
        if f % every == 0:
            tempered = height * np.exp(-energy / (R_KJ_MOL_K * KELVIN * (factor - 1)))
            hills.append((f, here, tempered))
            energy += tempered
        energies.append(energy)
    return np.array(energies), hills


def metadynamics_test(folder):
    atoms, w = [5, 1, 2, 4], np.radians(12)
    d, meta = run(folder, "torsion_hills", **{
        "bias.torsion.atoms": atoms, "bias.torsion.mode": "metadynamics", "bias.torsion.height_kJ_mol": 2,
        "bias.torsion.width_degree": 12, "bias.torsion.every_ps": 0.02, "bias.torsion.bias_factor": 3})
    wanted, hills = hills_of(torsion(d["pos"], atoms), 40, 2.0, 3.0, lambda x: np.exp((np.cos(x) - 1) / w ** 2))
    same("hills of a torsion", d["bias_energy"], wanted)
    assert np.allclose(meta["hills"]["torsion"], [(f * 0.0005, np.degrees(s), h) for f, s, h in hills], rtol=1e-9, atol=1e-9)
    assert min(h for _, _, h in hills) < 1.6  # of 2: the tempering shows

    d, meta = run(folder, "distance_hills", **{
        "bias.distance.atoms": [1, 4], "bias.distance.mode": "metadynamics", "bias.distance.height_kJ_mol": 2,
        "bias.distance.width_nm": 0.006, "bias.distance.every_ps": 0.01, "bias.distance.bias_factor": 4})
    wanted, hills = hills_of(distance(d["pos"], [1, 4]), 20, 2.0, 4.0, lambda x: np.exp(-(x / 0.006) ** 2 / 2))
    same("hills of a distance", d["bias_energy"], wanted)
    assert np.allclose(meta["hills"]["distance"], [(f * 0.0005, s, h) for f, s, h in hills], rtol=1e-9, atol=1e-9)


def square_of_rmsd(a, b):
    """After the best rotation, Kabsch's by singular values, without reflections."""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    u, size, v = np.linalg.svd(a.T @ b)
    size[2] *= np.sign(np.linalg.det(u @ v))
    return (np.sum(a * a) + np.sum(b * b) - 2 * np.sum(size)) / len(a)


def rmsd_test(folder):
    d, _ = run(folder, "kept", **{"bias.rmsd.atoms": "heavy", "bias.rmsd.k_per_atom_kJ_mol": 3, "bias.rmsd.alpha_per_nm2": 500,
                                  "bias.rmsd.every_ps": 0.03, "bias.rmsd.ramp_ps": 0.02})
    heavy = d["pos"][:, d["masses"] > 2]
    wanted = [sum(5 * 3 * np.tanh((t - d["time_ps"][i]) / 0.04) * np.exp(-500 * square_of_rmsd(heavy[f], heavy[i]))
                  for i in range(0, f + 1, 60)) for f, t in enumerate(d["time_ps"])]
    same("rmsd", d["bias_energy"], np.array(wanted))


with tempfile.TemporaryDirectory() as scratch:
    for test in (wall_test, restraint_test, metadynamics_test, rmsd_test):
        test(pathlib.Path(scratch))
