"""qmtraj check: good files pass, and each planted defect is found on its own line, in words that name it."""

import json
import os
import subprocess
import tempfile

import numpy as np

QMTRAJ = os.environ["QMTRAJ"]
# Without RDKit a SMILES is not read, and `check` says so.
RDKIT = subprocess.run([QMTRAJ, "energy", "--smiles", "C"], capture_output=True).returncode == 0
PIPELINE = 10.1805  # docs/velocity-factor.md

WATER = "3\n\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n"
FORMIC = ("5\nname=formic_acid\nC -0.1 0.41 0\nO 1.13 0.27 0\nO -1.0 -0.6 0\n"
          "H -0.6 1.38 0\nH -0.6 -1.45 0\n")
COMMON = ["--set", "length_ps=0.05", "--set", "equilibration_ps=0.1"]
WINDOWS = ["--set", "nve_every_ps=0.04", "--set", "nve_window_ps=0.02"]


def check(*words):
    """Exit code and output."""
    run = subprocess.run([QMTRAJ, "check", *words], capture_output=True, text=True)
    return run.returncode, run.stdout, run.stderr


def lines(path, *words):
    """Exit code, and of each line its verdict and its sentence."""
    code, out, err = check(path, "--json", *words)
    report = json.loads(out)[0]
    return code, {c["check"]: (c["verdict"], c["message"]) for c in report["checks"]}


def metadata(data, **changes):
    meta = json.loads(str(data["metadata"]))
    for key, value in changes.items():
        if value is None:
            meta.pop(key)
        else:
            meta[key] = value
    data["metadata"] = np.array(json.dumps(meta))


def config(data, **changes):
    metadata(data, config=json.loads(str(data["metadata"]))["config"] | changes)


def put(name, index, value):
    def plant(data):
        data[name][index] = value
    return plant


def plus_at(name, index, value):
    def plant(data):
        data[name][index] += value
    return plant


def times(name, factor):
    def plant(data):
        data[name] = (data[name] * factor).astype(data[name].dtype)
    return plant


def plus(name, value):
    def plant(data):
        data[name] = (data[name] + value).astype(data[name].dtype)
    return plant


def becomes(name, kind):
    def plant(data):
        data[name] = data[name].astype(kind)
    return plant


def without(name):
    return lambda data: data.pop(name)


def reshaped(name, change):
    def plant(data):
        data[name] = change(data[name])
    return plant


def energies_in(factor):
    def plant(data):
        data["Epot"] = data["Epot"] * factor
        data["Etot"] = data["Ekin"] + data["Epot"]
    return plant


def centre_drifts(data):
    data["pos"] += (0.01 * data["time_ps"][:, None, None]).astype(np.float32)


def momentum(data):
    data["vel"] += np.float32(0.02)
    kinetic = 0.5 * (data["masses"][:, None] * data["vel"].astype(float) ** 2).sum((1, 2))
    data["Ekin"], data["Etot"] = kinetic, kinetic + data["Epot"]


def turning_forces(data):
    data["forces"][60, 2] += np.float32([0, 0, 5])
    data["forces"][60, 3] -= np.float32([0, 0, 5])


def bond_breaks(data):
    data["pos"][120:, 3] += np.float32(0.1)


def atoms_swapped(data):
    data["atom_types"][[0, 3]] = data["atom_types"][[3, 0]]


def atoms_and_masses_swapped(data):
    atoms_swapped(data)
    data["masses"][[0, 3]] = data["masses"][[3, 0]]


def frame_twice(data):
    for name in ("pos", "vel", "forces", "Ekin", "Epot", "Etot"):
        data[name][51:] = data[name][50:-1].copy()
    data["time_ps"][51:] = data["time_ps"][50:-1].copy()


def hot(data):
    data["Ekin"] = data["Ekin"] * 36.0
    data["vel"] *= np.float32(6.0)
    data["Etot"] = data["Ekin"] + data["Epot"]


def window_drifts(data):
    first = data["nve_window"] == 0
    for name in ("nve_window_Ekin", "nve_window_Etot"):
        data[name] = data[name] + 0.1 * first * np.arange(len(first))


def window_total(data):
    data["nve_window_Etot"][7] += 0.01


def byte_flipped(raw):
    raw[len(raw) // 3] ^= 1


def cut_off(raw):
    del raw[-5000:]


def head_damaged(raw):
    raw[0:4] = b"XXXX"


def config_without(key):
    def plant(data):
        config = json.loads(str(data["metadata"]))["config"]
        del config[key]
        metadata(data, config=config)
    return plant


# What is planted, the line that finds it, its verdict, words of its sentence.
DEFECTS = [
    (byte_flipped, "checksums", "FAIL", "CRC-32"),
    (cut_off, "archive", "FAIL", "cut off"),
    (head_damaged, "archive", "FAIL", "local header"),
    (without("forces"), "arrays", "FAIL", "forces is missing"),
    (without("pos"), "arrays", "FAIL", "pos is missing"),
    (without("box"), "arrays", "FAIL", "box is missing"),
    (lambda d: (without("box")(d), metadata(d, program=None)), "arrays", "WARN", "box is missing"),
    (lambda d: d.update(Dpot=d["Epot"]), "arrays", "FAIL", "Dpot is not an array that this program writes"),
    (becomes("Epot", np.float32), "arrays", "FAIL", "Epot is of type f4, not f8"),
    (becomes("atom_types", np.int64), "arrays", "FAIL", "atom_types is of type i8"),
    (reshaped("vel", lambda v: v[:-1]), "arrays", "FAIL", "vel does not have the shape"),
    (reshaped("masses", lambda m: m[:, None]), "arrays", "FAIL", "masses does not have the shape"),
    (reshaped("pos", lambda p: np.zeros((1 << 40, 1 << 20, 0), p.dtype)), "arrays", "FAIL",
     "pos does not have the shape"),
    (reshaped("metadata", lambda m: np.array("{")), "metadata", "FAIL", "not JSON"),
    (lambda d: metadata(d, num_atoms=7), "metadata", "FAIL", "num_atoms is 7"),
    (lambda d: metadata(d, velocity_units="A/fs"), "metadata", "FAIL", "A/fs"),
    (lambda d: metadata(d, status="partial", reason="why"), "metadata", "WARN", "why"),
    (put("vel", (3, 1, 2), np.nan), "finite", "FAIL", "vel in frame 3 is NaN"),
    (put("Epot", 77, np.inf), "finite", "FAIL", "Epot in frame 77 is Inf"),
    (times("vel", PIPELINE), "kinetic", "FAIL", "10.1805 times too large"),
    (times("vel", 1.001), "kinetic", "FAIL", "1.002"),
    (times("Ekin", 1.01), "kinetic", "FAIL", "off Ekin"),
    (plus("time_ps", 0.001), "time", "FAIL", "not at 0"),
    (times("time_ps", 1000.0), "time", "FAIL", "apart"),
    (put("time_ps", 50, 0.0), "time", "FAIL", "frame 50"),
    (frame_twice, "time", "FAIL", "frame"),
    (times("masses", 1.01), "atoms", "FAIL", "has the mass"),
    (put("masses", 3, 2.014), "atoms", "FAIL", "atom 3 (H)"),
    (put("atom_types", 0, 99), "atoms", "FAIL", "atomic number 99"),
    (atoms_swapped, "atoms", "FAIL", "atom 0 (H)"),
    (atoms_and_masses_swapped, "labels", "FAIL", "Epot is off"),
    (plus("Etot", 0.001), "total", "FAIL", "Ekin + Epot"),
    (put("Etot", 9, 0.0), "total", "FAIL", "frame 9"),
    (energies_in(1.0 / 2625.4996394799), "labels", "FAIL", "hartree"),
    (energies_in(1.0 / 96.48533212), "labels", "FAIL", "eV"),
    (energies_in(1.0 / 4.184), "labels", "FAIL", "kcal/mol"),
    (plus("Epot", 0.01), "labels", "FAIL", "Epot is off by 0.0"),
    (times("forces", -1.0), "labels", "FAIL", "sign is turned"),
    (times("forces", -1.0), "work", "FAIL", "work of the forces"),
    (times("forces", 0.1), "labels", "FAIL", "kJ/mol/angstrom"),
    (put("forces", (60, 2), 9000.0), "work", "FAIL", "frame 6"),
    (put("pos", (60, 2, 0), 0.2), "work", "FAIL", "frame 6"),
    (centre_drifts, "centre of mass", "FAIL", "nm away"),
    (momentum, "centre of mass", "FAIL", "2.0e-02 nm/ps"),
    (plus_at("forces", (60, 2, 0), 1.0), "centre of mass", "FAIL", "frame 60: the forces add up to 1 kJ/mol/nm"),
    (turning_forces, "centre of mass", "FAIL", "frame 60: the forces turn the molecule"),
    (bond_breaks, "bonds", "WARN", "(H) breaks in frame 120"),
    (hot, "temperature", "WARN", "the thermostat acted too briefly"),
    (hot, "motion", "FAIL", "elsewhere"),
    (window_drifts, "drift", "FAIL", "NVE window 0"),
    (window_total, "windows", "FAIL", "kinetic + potential"),
    (lambda d: metadata(d, charge=2), "labels", "FAIL", "off"),
    (lambda d: metadata(d, charge=None), "labels", "NOT RUN", "charge"),
    (lambda d: metadata(d, summary=None), "metadata", "FAIL", "there is no summary"),
    (lambda d: metadata(d, pbc=True), "metadata", "FAIL", "pbc"),
    (lambda d: metadata(d, num_frames=200), "metadata", "FAIL", "num_frames is 200, the arrays have 201"),
    (lambda d: metadata(d, reason="why"), "metadata", "FAIL", "a reason for its end is given: why"),
    (lambda d: metadata(d, status="par\x1b[2Jtial\nPASS", reason="\u202e", version="9.0.0"), "metadata", "WARN",
     "par\\x1b[2Jtial PASS: \\u202e"),
    (lambda d: (metadata(d, isotopes=[0, 0, 0, 2, 0]), put("masses", 3, 2.014101778)(d)),
     "atoms", "PASS", "declared isotopes"),
    (lambda d: metadata(d, isotopes=[0, 0, 0, 2, 0]), "atoms", "FAIL",
     "which the metadata declare"),
    (lambda d: metadata(d, smiles="CCO"), "metadata", *(
        ("FAIL", "smiles is CCO, whose 9 atoms are not the 5") if RDKIT else
        ("PASS", "the SMILES is not read: this program is built without RDKit"))),
    (lambda d: metadata(d, smiles="C(=O)O"), "metadata", "PASS", "GFN2"),
    (lambda d: metadata(d, dof=None), "temperature", "NOT RUN", "dof"),
    (config_without("friction_per_ps"), "temperature", "NOT RUN", "do not say friction_per_ps"),
    (lambda d: metadata(d, qm_method="GFN9-xTB"), "labels", "NOT RUN", "GFN9-xTB"),
    (without("metadata"), "metadata", "NOT RUN", "no text metadata"),
    (without("metadata"), "arrays", "FAIL", "metadata is missing"),
    (lambda d: config(d, dt_fs=0.5), "time", "FAIL", "dt_fs"),
    (lambda d: metadata(d, status="completed"), "metadata", "FAIL", "files of this version are complete or partial"),
    (lambda d: metadata(d, solvent=1.5), "metadata", "FAIL", "solvent is neither a text nor null"),
    (lambda d: config(d, nve_window_ps=0.03), "windows", "FAIL", "has 80 steps, nve_window_ps and dt_fs say 120"),
    (lambda d: config(d, ensemble="nvtx"), "metadata", "FAIL", 'ensemble = "nvtx" is unknown, did you mean nvt?'),
    (lambda d: config(d, properties=[1]), "metadata", "FAIL", 'properties = "1" is unknown'),
    (lambda d: config(d, dt_fs="x"), "metadata", "FAIL", 'dt_fs wants a number, got text "x"'),
    (lambda d: config(d, dt_fs="0.25"), "metadata", "FAIL", "dt_fs is not written as this program writes it"),
    (lambda d: config(d, temperature_K=-3), "metadata", "FAIL", "temperature_K = -3 is out of range"),
    (lambda d: config(d, scf={"tight": 1}), "metadata", "FAIL", "scf is neither a number nor a word"),
    (lambda d: config(d, colour="red"), "metadata", "FAIL", "config has colour, which files of this version do not have"),
    (config_without("scf"), "metadata", "FAIL", "config has no scf, which files of this version have"),
    (lambda d: (config(d, scf="loose"), metadata(d, version="9.0.0")), "metadata", "WARN", 'scf = "loose" is unknown'),
    (lambda d: (config(d, colour="red"), metadata(d, version="9.0.0")), "metadata", "PASS", "GFN2-xTB"),
]


def plant(defect, good, path):
    """A copy of a good file with one defect."""
    if defect in (byte_flipped, cut_off, head_damaged):
        raw = bytearray(open(good, "rb").read())
        defect(raw)
        open(path, "wb").write(raw)
        return
    with np.load(good) as file:
        data = {name: file[name] for name in file.files}
    defect(data)
    np.savez(path, **data)


scratch = tempfile.TemporaryDirectory()
os.chdir(scratch.name)
open("water.xyz", "w").write(WATER)
open("formic.xyz", "w").write(FORMIC)
for out, words in {
    "good": WINDOWS + ["formic.xyz", "water.xyz"],
    "nve": ["--set", "ensemble=nve", "--set", "nve_every_ps=0", "formic.xyz"],
    "short": ["--set", "nve_every_ps=0.04", "--set", "nve_window_ps=0.01", "formic.xyz"],
    "double": ["--set", "precision=float64", "--set", "nve_every_ps=0", "formic.xyz"],
}.items():
    subprocess.run([QMTRAJ, "run", "--out", out, *COMMON, *words], check=True, capture_output=True)

# good files
code, out, err = check("good", "nve", "double")
assert code == 0 and "FAIL" not in out and "WARN" not in out, out + err
assert "4 files: 4 pass, 0 warn, 0 fail" in out and out.index("formic_acid") < out.index("water")
assert check("good", "nve", "double") == (code, out, err), "the report is not the same again"
code, found = lines("nve/formic_acid/trajectory.npz")
assert found["drift"][0] == "PASS" and "trajectory" in found["drift"][1], found["drift"]
code, found = lines("short/formic_acid/trajectory.npz")
assert code == 0 and found["drift"][0] == "NOT RUN" and "too short" in found["drift"][1], found["drift"]
good = "good/formic_acid/trajectory.npz"
code, found = lines(good)
assert found.pop("properties")[0] == "NOT RUN", "none was asked for"
assert code == 0 and all(verdict == "PASS" for verdict, _ in found.values()), found

# planted defects
for number, (defect, line, verdict, words) in enumerate(DEFECTS):
    plant(defect, good, "bad.npz")
    code, found = lines("bad.npz")
    assert found[line][0] == verdict and words in found[line][1], (number, line, found)
    wanted = 1 if any(v == "FAIL" for v, _ in found.values()) else 0
    assert code == wanted, (number, code)
    assert verdict != "FAIL" or code == 1, number
assert len(DEFECTS) >= 15

# motion far from harmonic: what quadratures miss there is not held against it, and defects still show (large
# ones, as this trajectory is another one on another processor)
subprocess.run([QMTRAJ, "run", "--out", "hot", "--set", "temperature_K=3000", "--set", "random_seed=3",
                "--set", "dt_fs=0.2", "--set", "friction_per_ps=5", "--set", "save_interval_steps=5",
                "--set", "length_ps=1", "--set", "equilibration_ps=0.5", "--set", "nve_every_ps=0",
                "formic.xyz"], check=True, capture_output=True)
fast = "hot/formic_acid/trajectory.npz"
code, found = lines(fast)
assert found["work"][0] == "PASS", found["work"]
for defect, words in ((plus_at("Epot", 204, 100.0), "frame 20"),
                      (put("forces", (204, 2, 0), 2e5), "frame 20"), (times("forces", 0.5), "frame"),
                      (plus_at("Epot", 0, 100.0), "frame 1:"), (plus_at("Epot", 1000, 100.0), "frame 1000:")):
    plant(defect, fast, "bad.npz")
    code, found = lines("bad.npz", "--frames", "0")
    assert code == 1 and found["work"][0] == "FAIL" and words in found["work"][1], (words, found["work"])
# ... and far smaller ones where frames are close and the motion is slow
for defect in (plus_at("Epot", 60, 0.05), put("forces", (60, 3), 1500.0)):
    plant(defect, good, "bad.npz")
    code, found = lines("bad.npz", "--frames", "0")
    assert code == 1 and found["work"][0] == "FAIL" and "frame 6" in found["work"][1], found["work"]


def explained(data, frame):
    """What the rounding of positions to float32 explains of an energy, kJ/mol: five standard deviations of the forces times even
    distributions within half a spacing; and what the end of the SCF leaves (docs/check.md)."""
    half = np.spacing(np.abs(data["pos"][frame])).astype(float) / 2
    return 1e-5 + 5 * np.sqrt(np.sum((data["forces"][frame] * half) ** 2) / 3)


# twice what rounding explains is an error of an energy, half of it is none
with np.load(good) as file:
    bound = explained(file, 60)
for factor, verdict in ((2.0, "FAIL"), (0.5, "PASS"), (-2.0, "FAIL"), (-0.5, "PASS")):
    plant(plus_at("Epot", 60, factor * bound), good, "bad.npz")
    code, found = lines("bad.npz", "--frames", "all")
    assert found["labels"][0] == verdict and (verdict == "PASS" or "frame 60" in found["labels"][1]), (factor, found["labels"])


def far_away(data):
    """60 nm from the origin positions are rounded by up to 1.9e-6 nm, and their work with them."""
    data["pos"] = (data["pos"].astype(float) + 60).astype(np.float32)


# the work there: what rounding does passes, six times what is allowed to it, four of these deviations, does not
plant(far_away, good, "far.npz")
assert lines("far.npz", "--frames", "0")[1]["work"][0] == "PASS"
with np.load("far.npz") as file:
    half = np.spacing(np.abs(file["pos"])).astype(float) / 2
    deviation = np.sqrt(np.max(np.sum((file["forces"] * half) ** 2, axis=(1, 2))))
plant(plus_at("Epot", 60, 24 * deviation), "far.npz", "bad.npz")
code, found = lines("bad.npz", "--frames", "0")
assert found["work"][0] == "FAIL" and "frame 6" in found["work"][1], found["work"]

# the heat of a thermostat where not every step is saved: constant but where the thermostat acts, and there what the
# energy changes by
subprocess.run([QMTRAJ, "run", "--out", "bath", "--set", "thermostat=bussi", "--set", "save_interval_steps=4", "--set",
                "length_ps=1", "--set", "equilibration_ps=0.1", "--set", "nve_every_ps=0", "water.xyz"], check=True,
               capture_output=True)
bath = "bath/water/trajectory.npz"
code, found = lines(bath)
assert code == 0 and found["drift"][0] == "PASS", found
for defect, words in ((plus("heat", 7.0), "heat is 7 kJ/mol in frame 0"), (plus_at("heat", 500, 50.0), "heat changes by"),
                      (times("heat", 0.0), "the total energy less the heat changes by"),
                      (times("heat", 2.0), "the total energy less the heat changes by"),
                      (times("heat", -1.0), "the total energy less the heat changes by"),
                      # below the ripple of every step, but not of all of them
                      (times("heat", 1.05), "times the heat, 1 is right"),
                      (lambda d: metadata(d, name="hydrogen sulfide"), "the thermostat acts in none"),
                      (plus_at("Etot", 333, 1.0), "the total energy less the heat")):
    plant(defect, bath, "bad.npz")
    code, found = lines("bad.npz", "--frames", "0")
    assert code == 1 and found["drift"][0] == "FAIL" and words in found["drift"][1], (words, found["drift"])

subprocess.run([QMTRAJ, "run", "--out", "steps", "--set", "friction_per_ps=100", "--set", "length_ps=2", "--set",
                "equilibration_ps=0.1", "--set", "nve_every_ps=0", "water.xyz"], check=True, capture_output=True)
steps = "steps/water/trajectory.npz"
assert lines(steps)[0] == 0, lines(steps)

# figures of the summary: each is what the frames and windows give, where they do not all stand in the file what the ripple
# leaves open
def summary(window=None, **changes):
    def defect(data):
        content = json.loads(str(data["metadata"]))["summary"]
        (content if window is None else content["nve_windows"][window]).update(changes)
        metadata(data, summary=content)
    return defect


for path, line, defect, words in (
        (good, "summary", summary(mean_temperature_K="<b>"), "mean_temperature_K is no number"),
        (good, "summary", summary(mean_temperature_error_K=1.0), "mean_temperature_error_K is a number"),
        (steps, "summary", summary(mean_temperature_error_K=None), "mean_temperature_error_K is no number"),
        (good, "summary", summary(self_checks="0"), "self_checks is no number"),
        (good, "summary", summary(shadow_drift_kJ_mol_ps=12.0), "shadow_drift_kJ_mol_ps is 12"),
        (bath, "summary", summary(drift_kJ_mol_ps=25.0), "drift_kJ_mol_ps is 25"),
        (bath, "summary", summary(shadow_drift_kJ_mol_ps=25.0), "shadow_drift_kJ_mol_ps is 25"),
        (good, "windows", summary(0, begins_at_ps=17.0), "begins_at_ps is another"),
        (good, "windows", summary(0, largest_deviation_kJ_mol=5000.0), "largest_deviation_kJ_mol is another"),
        (good, "windows", summary(0, shadow_drift_kJ_mol_ps=20.0), "shadow_drift_kJ_mol_ps is another"),
        (good, "windows", summary(0, mean_temperature_K=None), "lacks a figure")):
    plant(defect, path, "bad.npz")
    code, found = lines("bad.npz", "--frames", "0")
    assert code == 1 and found[line][0] == "FAIL" and words in found[line][1], (words, found[line])

# what the file tells of bonds and solutions is one story, and true of the bonds
BREAKS = {"kind": "dissociation", "phase": "production", "frame": 3, "time_ps": 0.00075, "atoms": [0, 1]}
TOLD = {"warnings": [{"code": "dissociation", "text": "it breaks"}]}
for line, changes, words in (
        ("record", {"event_counts": {"dissociation": 7}}, "event_counts says 7 of dissociation, events has 0"),
        ("record", {"events": [BREAKS]} | TOLD, "event_counts says 0 of dissociation, events has 1"),
        ("record", {"events": [BREAKS], "event_counts": {"dissociation": 1}}, "the warnings do not say so"),
        ("record", TOLD, "a warning tells of dissociation, event_counts has none"),
        ("record", {"events": [BREAKS | {"kind": "melting"}]}, "event 0 of the metadata has a kind"),
        ("record", {"events": [BREAKS | {"atoms": [0, 5]}], "event_counts": {"dissociation": 1}} | TOLD, "has atoms"),
        ("record", {"events": [BREAKS | {"frame": 4}], "event_counts": {"dissociation": 1}} | TOLD, "time_ps that do not"),
        ("record", {"smiles_kept": True}, "smiles_kept and smiles_kept_at_end are not"),
        ("record", {"events": None}, "events, event_counts or warnings is missing"),
        ("bonds", {"events": [BREAKS], "event_counts": {"dissociation": 1}} | TOLD, "a bond of atoms 1 and 2 that breaks")):
    plant(lambda d: metadata(d, **changes), good, "bad.npz")
    code, found = lines("bad.npz", "--frames", "0")
    assert code == 1 and found[line][0] == "FAIL" and words in found[line][1], (words, found[line])
if RDKIT:
    subprocess.run([QMTRAJ, "run", "--out", "smiles", *COMMON, "--set", "nve_every_ps=0", "--smiles", "CO"], check=True,
                   capture_output=True)
    kept = "smiles/mol_0001/trajectory.npz"
    assert lines(kept)[0] == 0
    plant(lambda d: metadata(d, smiles_kept_at_end=False), kept, "bad.npz")
    code, found = lines("bad.npz", "--frames", "0")
    assert code == 1 and "smiles_kept_at_end is false, smiles_kept is true" in found["record"][1], found["record"]

# one wrong force in one frame, small enough for the work to pass: found when every frame is computed
plant(put("forces", (60, 2, 0), 1.0), good, "bad.npz")
code, found = lines("bad.npz", "--frames", "1000")
assert code == 1 and "frame 60" in found["labels"][1], found
code, found = lines(good, "--frames", "1000")
assert code == 0 and "201 frames" in found["labels"][1], found
code, found = lines(good, "--frames", "0")
assert code == 0 and found["labels"][0] == "NOT RUN"
assert lines(good, "--seed", "2")[0] == 0

assert lines(good, "--frames", "all")[1]["labels"][1].startswith("201 frames"), lines(good, "--frames", "all")

# many files: a line each, details of what does not pass; --quiet only those; workers change nothing
os.makedirs("many")
for number in range(6):
    os.link(good, f"many/{number}.npz")
plant(put("forces", (60, 2), 9000.0), good, "many/6.npz")
plant(lambda d: metadata(d, name="a\x1b[31m\nPASS  b.npz"), good, "many/7.npz")
code, out, err = check("many")
assert code == 1 and out.count("PASS") == 6 and "8 files: 6 pass, 0 warn, 2 fail" in out, out
assert "\x1b" not in out and "many/6.npz\n  FAIL     work" in out, out
for workers in ("1", "3", "20"):
    assert check("many", "--num-workers", workers) == (code, out, err), workers
code, quiet, err = check("many", "--quiet")
assert code == 1 and [line.split(":")[0].split() for line in quiet.splitlines()] == [
    ["FAIL", "many/6.npz"], ["FAIL", "many/7.npz"]], quiet
assert check(good, "nve", "double", "--quiet")[:2] == (0, ""), "good files have no line"
assert check("many", "--verbose")[1].count("\n") > 8 * 15
assert check(good)[1].count("\n") > 15, "a few files are reported in full"
code, out, err = check("many/0.npz", "nowhere.npz", "many/1.npz", "many/6.npz", "--num-workers", "2")
assert code == 5 and "4 files: 2 pass, 0 warn, 1 fail, 1 cannot be read" in out and "nowhere" in err, (out, err)

# what cannot be read, and the command line
code, out, err = check("nowhere.npz", good)
assert code == 5 and "nowhere.npz" in err and good in out, (code, err)
os.mkdir("empty")
assert check("empty")[0] == 5
assert check()[0] == 2
assert check(good, "--frames", "many")[0] == 2
assert check("--help")[0] == 0
