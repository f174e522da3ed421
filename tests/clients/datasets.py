#!/usr/bin/env python3
"""Codes that learn, and what they read in the folders of `qmtraj dataset`: `make clients` runs this in environments of
their own. A line per claim: PASS, FAIL, or NOT INSTALLED. With the word `train` after the program MACE and NequIP start
from the commands of README.md, made small, and the force error on the part to validate must fall to less than half in the epoch that the code keeps (minutes)."""
import csv
import importlib.util
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "python"))  # qmtraj.databases
QMTRAJ = os.path.abspath(sys.argv[1])
os.environ.setdefault("QMTRAJ_LIBRARY", os.path.join(os.path.dirname(QMTRAJ), "libqmtraj.so"))
TRAIN = "train" in sys.argv[2:]
BIN = pathlib.Path(sys.executable).parent
EV, ANGSTROM = 27.211386245988 / 2625.4996394799, 10.0
KCAL = 4.184 * EV
MOLECULES = {
    "neutral": ("3\nname=neutral\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n", []),
    "charged": ("2\ncharge=-1 name=charged\nO 0 0 0\nH 0 0 0.97\n", []),
    "radical": ("4\nmultiplicity=2 name=radical\nC 0 0 0\nH 1.08 0 0\nH -0.54 0.935 0\nH -0.54 -0.935 0.1\n", []),
    "solvated": ("3\nname=solvated\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n", ["--set", "solvent=water"]),
}
STATES = {"neutral": (0, 1), "charged": (-1, 1), "radical": (0, 2), "solvated": (0, 1)}
failed = 0


def claim(name, ok, figure):
    global failed
    failed += not ok
    print(f"{'PASS' if ok else 'FAIL':4}  {name}: {figure}", flush=True)


class Sets:
    """Four molecules, and sets of them, which know what their frames are."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name, (text, more) in MOLECULES.items():
            (self.folder / f"{name}.xyz").write_text(text)
            keys = ["length_ps=0.1", "equilibration_ps=0.05", "nve_every_ps=0", "properties=[dipole, charges]"]
            words = [w for key in keys for w in ("--set", key)] + more
            subprocess.run([QMTRAJ, "run", *words, "--out", "run", f"{name}.xyz"], cwd=folder, check=True,
                           capture_output=True)
        self.data = {}
        for name in MOLECULES:
            with np.load(self.folder / "run" / name / "trajectory.npz") as data:
                self.data[name] = {key: data[key].astype(float) for key in ("Epot", "pos", "forces", "dipole", "charges", "time_ps")}

    def make(self, form, n=20):
        out = self.folder / (form if n == 20 else f"{form}_{n}")
        if not out.exists():
            subprocess.run([QMTRAJ, "dataset", "run", "--for", form, "--n", str(n), "--by", "block", "-o", out.name],
                           cwd=self.folder, check=True, capture_output=True)
        return out

    def rows(self, form, split):
        with open(self.folder / form / "manifest.tsv", newline="") as file:
            return [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                    if row["split"] == split and row["trajectory"]]

    def less_atoms(self, form, rows):
        """Sums of the energies of single atoms, eV."""
        single = json.loads((self.folder / form / "summary.json").read_text())["atom_energies_eV"]
        formula = {"neutral": "OHH", "charged": "OH", "radical": "CHHH", "solvated": "OHH"}
        return np.array([sum(single[s] for s in formula[row["molecule"]]) for row in rows])

    def by_atoms(self, form, split):
        """Rows in the order of groups by number of atoms."""
        return sorted(self.rows(form, split), key=lambda row: len(self.data[row["molecule"]]["pos"][0]))

    def properties(self, name, rows, charges=None, dipoles=None):
        """Charges (e) and dipoles (e angstrom) against the trajectories; single precision."""
        worst = 0.0
        for i, row in enumerate(rows):
            data, f = self.data[row["molecule"]], int(row["frame"])
            if charges is not None:
                worst = max(worst, np.abs(np.ravel(charges[i]) - data["charges"][f]).max())
            if dipoles is not None:
                worst = max(worst, np.abs(np.ravel(dipoles[i]) - data["dipole"][f] * ANGSTROM).max())
        claim(name, worst < 2e-6, f"{len(rows)} frames, off by {worst:.1e}")

    def compare(self, name, rows, energies, positions, forces, states=None):
        """Against the trajectories: eV, angstrom. Single precision of positions and forces is 6e-8."""
        worst = 0.0
        if len(rows) != len(energies):
            return claim(name, False, f"{len(energies)} frames, {len(rows)} in the manifest")
        for i, row in enumerate(rows):
            data, f = self.data[row["molecule"]], int(row["frame"])
            pos, force = data["pos"][f] * ANGSTROM, data["forces"][f] * EV / ANGSTROM
            worst = max(worst, abs(float(energies[i]) - data["Epot"][f] * EV) / abs(data["Epot"][f] * EV),
                        np.abs(np.asarray(positions[i]).reshape(-1, 3) - pos).max() / np.abs(pos).max(),
                        np.abs(np.asarray(forces[i]).reshape(-1, 3) - force).max() / np.abs(force).max())
        same = states is None or [tuple(int(x) for x in s) for s in states] == [STATES[r["molecule"]] for r in rows]
        claim(name, worst < 3e-7 and same, f"{len(rows)} frames, off by {worst:.1e}"
              + ("" if states is None else f", charge and multiplicity {'right' if same else 'WRONG'}"))


def check_mace(sets):
    from mace import data
    from mace.data.utils import KeySpecification
    folder = sets.make("mace")
    keys = KeySpecification.from_defaults()
    atoms, configs = data.load_from_xyz(str(folder / "train.extxyz"), keys, extract_atomic_energies=True)
    text = (folder / "README.md").read_text()
    claim("mace: energies of single atoms", len(atoms) == 3 and all(f"{e:.9f}" in text for e in atoms.values()),
          {z: round(e, 6) for z, e in atoms.items()})
    part = lambda key: [c.properties[key] for c in configs]
    sets.compare("mace: load_from_xyz", sets.rows("mace", "train"), part("energy"), [c.positions for c in configs],
                 part("forces"), list(zip(part("total_charge"), part("total_spin"))))


def check_nequip(sets):
    import torch
    torch.set_default_dtype(torch.float64)
    from nequip.data.dataset import ASEDataset
    folder = sets.make("nequip")
    frames = list(ASEDataset(file_path=str(folder / "train.extxyz"), include_keys=["charge", "spin"]))
    sets.compare("nequip: ASEDataset", sets.rows("nequip", "train"), [f["total_energy"] for f in frames],
                 [f["pos"].numpy() for f in frames], [f["forces"].numpy() for f in frames],
                 [(f["charge"], f["spin"]) for f in frames])
    check_nequip_hdf5(sets)


def check_nequip_hdf5(sets):
    from nequip.data.dataset import HDF5Dataset
    folder = sets.make("hdf5")
    dataset = HDF5Dataset(str(folder / "train.h5"))
    frames = [dataset[i] for i in range(len(dataset))]
    rows = sorted(sets.rows("hdf5", "train"), key=lambda row: len(sets.data[row["molecule"]]["pos"][0]))
    sets.compare("nequip: HDF5Dataset", rows, [f["total_energy"] for f in frames],
                 [f["pos"].numpy() for f in frames], [f["forces"].numpy() for f in frames])


def check_dpdata(sets):
    import dpdata
    rows = sets.rows("deepmd", "train") if sets.make("deepmd") else None
    for name in MOLECULES:
        system = dpdata.LabeledSystem(str(sets.make("deepmd") / "train" / name), fmt="deepmd/npy")
        sets.compare(f"dpdata: deepmd/npy of {name}", [r for r in rows if r["molecule"] == name], system["energies"],
                     system["coords"], system["forces"])
    folder = sets.make("deepmd-mixed")
    systems = dpdata.MultiSystems()
    systems.load_systems_from_file(str(folder / "train"), fmt="deepmd/npy/mixed")
    n = sum(len(system) for system in systems)
    claim("dpdata: deepmd/npy/mixed", n == len(sets.rows("deepmd-mixed", "train")), f"{n} frames of {len(systems)} formulas")


def check_sgdml(sets):
    from sgdml.utils import io
    folder = sets.make("sgdml")
    rows = sets.rows("sgdml", "train")
    for name in ("neutral", "radical"):
        _, data = io.is_file_type(str(folder / "train" / f"{name}.npz"), "dataset")
        claim(f"sgdml: MD5 of {name}", io.dataset_md5(dict(data)) == data["md5"].item(), bytes(data["md5"]).decode())
        sets.compare(f"sgdml: {name}", [r for r in rows if r["molecule"] == name], data["E"] * KCAL, data["R"],
                     data["F"] * KCAL, [(data["charge"], data["multiplicity"])] * len(data["E"]))


def check_ase(sets):
    import ase
    import ase.io
    for form, file in (("nequip", "train.extxyz"), ("fairchem", "train/train.extxyz"), ("metatrain", "train.extxyz")):
        frames = ase.io.read(sets.make(form) / file, ":")
        sets.compare(f"ase {ase.__version__}: {form}", sets.rows(form, "train"),
                     [a.get_potential_energy(force_consistent=True) for a in frames], [a.positions for a in frames],
                     [a.get_forces() for a in frames], [(a.info["charge"], a.info["spin"]) for a in frames])


def check_h5md(sets):
    import MDAnalysis
    for name in MOLECULES:
        source, out = sets.folder / "run" / name, sets.folder / f"{name}.h5md"
        subprocess.run([QMTRAJ, "convert", source / "trajectory.npz", "--to", "h5md", "-o", out], check=True, capture_output=True)
        universe = MDAnalysis.Universe(str(source / "start.xyz"), str(out), format="H5MD", convert_units=False)
        data = sets.data[name]
        same = [np.array_equal(step.positions, np.float32(data["pos"][i])) and np.array_equal(step.forces, np.float32(data["forces"][i]))
                and abs(step.time - data["time_ps"][i]) < 1e-9 and step.data["potential_energy"] == data["Epot"][i]
                for i, step in enumerate(universe.trajectory)]
        claim(f"MDAnalysis {MDAnalysis.__version__}: h5md of {name}", all(same) and len(same) == len(data["pos"]),
              f"{sum(same)} of {len(same)} frames equal to the bit")


def check_mdtraj(sets):
    import mdtraj
    from mdtraj.formats import TRRTrajectoryFile
    for name in MOLECULES:
        source, out = sets.folder / "run" / name, sets.folder / f"{name}_mdtraj.trr"
        subprocess.run([QMTRAJ, "convert", source / "trajectory.npz", "--to", "trr", "-o", out], check=True, capture_output=True)
        with TRRTrajectoryFile(str(out)) as file:
            xyz, time, *_ = file.read()
        same = np.array_equal(xyz, np.float32(sets.data[name]["pos"])) and np.allclose(time, sets.data[name]["time_ps"], atol=1e-6)
        claim(f"mdtraj {mdtraj.__version__}: trr of {name}", same, f"{len(xyz)} frames")


def check_torchmd(sets):
    from torchmdnet.datasets import HDF5
    from torchmdnet.datasets.memdataset import MemmappedDataset
    rows = sets.rows("torchmd-mmap", "train") if sets.make("torchmd-mmap") else None
    data = MemmappedDataset(str(sets.folder / "torchmd-mmap" / "train"), properties=("y", "neg_dy", "q", "pq", "dp"))
    frames = [data[i] for i in range(len(data))]
    sets.compare("torchmd-net: MemmappedDataset", rows, [float(f.y) for f in frames] + sets.less_atoms("torchmd-mmap", rows),
                 [f.pos.numpy() for f in frames], [f.neg_dy.numpy() for f in frames])
    claim("torchmd-net: MemmappedDataset, charge", [int(f.q) for f in frames] == [STATES[r["molecule"]][0] for r in rows], "total charge")
    sets.properties("torchmd-net: MemmappedDataset, charges and dipole", rows, [f.pq.numpy() for f in frames],
                    [f.dp.numpy() for f in frames])
    rows = sets.by_atoms("torchmd", "train") if sets.make("torchmd") else None
    data = HDF5(str(sets.folder / "torchmd" / "train.h5"))
    frames = [data[i] for i in range(len(data))]
    sets.compare("torchmd-net: HDF5", rows, [float(f.y) for f in frames] + sets.less_atoms("torchmd", rows),
                 [f.pos.numpy() for f in frames], [f.neg_dy.numpy() for f in frames])
    sets.properties("torchmd-net: HDF5, charges", rows, [f.partial_charges.numpy() for f in frames])


def check_metatrain(sets):
    import torch
    from metatrain.utils.data.dataset import MemmapDataset
    from metatrain.utils.omegaconf import expand_dataset_config
    from omegaconf import OmegaConf
    folder = sets.make("metatrain-mmap")
    options = OmegaConf.load(folder / "options.yaml")
    targets = OmegaConf.to_container(expand_dataset_config(options.training_set)[0]["targets"])
    claim("metatrain: options.yaml", options.training_set.systems.read_from == "train/", str(options.architecture.name))
    data = MemmapDataset(folder / "train", targets)
    rows = sets.rows("metatrain-mmap", "train")
    frames = [data[i] for i in range(len(data))]
    block = [f.energy.block() for f in frames]
    sets.compare("metatrain: MemmapDataset", rows, [float(b.values) for b in block] + sets.less_atoms("metatrain-mmap", rows),
                 [f.system.positions.numpy() for f in frames],
                 [-b.gradient("positions").values.numpy()[:, :, 0] for b in block])


def check_torchani(sets):
    from torchani.datasets import ANIDataset
    hartree = 27.211386245988
    rows = sets.by_atoms("ani", "train") if sets.make("ani") else None
    data = ANIDataset(str(sets.folder / "ani" / "train.h5"))
    frames = [c for c in data.iter_conformers()]
    sets.compare("torchani: ANIDataset", rows, [float(f["energies"]) * hartree for f in frames],
                 [f["coordinates"].numpy() for f in frames], [f["forces"].numpy() * hartree for f in frames],
                 [(f["charge"], f["multiplicity"]) for f in frames])


def check_aimnet(sets):
    from aimnet.data import SizeGroupedDataset
    rows = sets.by_atoms("hdf5", "train") if sets.make("hdf5") else None
    keys = ["coord", "numbers", "charge", "mult", "energy", "forces", "charges"]
    data = SizeGroupedDataset(str(sets.folder / "hdf5" / "train.h5"), keys=keys)
    part = {key: [x for n in sorted(data.keys()) for x in data[n][key]] for key in keys}
    sets.compare("aimnet: SizeGroupedDataset", rows, part["energy"], part["coord"], part["forces"],
                 list(zip(part["charge"], part["mult"])))
    sets.properties("aimnet: SizeGroupedDataset, charges", rows, part["charges"])


def database(sets, kind):
    """The set of arrays, and its databases by the Python package."""
    from qmtraj import databases
    folder = sets.make("npy")
    for path in [*folder.glob("*.db"), *folder.glob("*.aselmdb")]:
        path.unlink()
    databases.write(folder, kind)
    return folder, sorted(sets.rows("npy", "train"), key=lambda row: row["molecule"])


def check_schnetpack(sets):
    from schnetpack.data import ASEAtomsData
    folder, rows = database(sets, "schnetpack")
    data = ASEAtomsData(str(folder / "train.db"))
    frames = [data[i] for i in range(len(data))]
    sets.compare("schnetpack: ASEAtomsData", rows, [float(f["energy"]) for f in frames], [f["_positions"].numpy() for f in frames],
                 [f["forces"].numpy() for f in frames],
                 [(float(f["total_charge"]), float(f["spin_multiplicity"])) for f in frames])
    sets.properties("schnetpack: charges and dipole", rows, [f["partial_charges"].numpy() for f in frames],
                    [f["dipole_moment"].numpy() for f in frames])


def check_databases(sets):
    import ase.db
    folder, rows = database(sets, "orb")
    with ase.db.connect(folder / "train.db") as file:
        frames = list(file.select())
    sets.compare("ase.db: database for Orb", rows, [f.energy for f in frames], [f.positions for f in frames], [f.forces for f in frames],
                 [(f.data["charge"], f.data["spin"]) for f in frames])
    folder, rows = database(sets, "schnetpack")
    with ase.db.connect(folder / "train.db") as file:
        frames = list(file.select())
        units = file.metadata["_property_unit_dict"]
    sets.compare("ase.db: database for SchNetPack", rows, [f.data["energy"][0] for f in frames], [f.positions for f in frames],
                 [f.data["forces"] for f in frames], [(f.data["total_charge"][0], f.data["spin_multiplicity"][0]) for f in frames])
    claim("ase.db: units of SchNetPack", units["energy"] == "eV" and units["forces"] == "eV/Ang", units)


def check_aselmdb(sets):
    from ase_db_backends.aselmdb import LMDBDatabase
    folder, rows = database(sets, "fairchem")
    with LMDBDatabase(str(folder / "train.aselmdb"), readonly=True) as file:
        frames = [file.get(i + 1) for i in range(len(file))]
    sets.compare("ase-db-backends: aselmdb for fairchem", rows, [f.energy for f in frames], [f.positions for f in frames],
                 [f.forces for f in frames], [(f.data["charge"], f.data["spin"]) for f in frames])


def check_mdanalysis(sets):
    import MDAnalysis
    source = sets.folder / "run" / "radical"
    subprocess.run([QMTRAJ, "convert", source / "trajectory.npz", "--to", "trr", "-o", sets.folder / "radical.trr"],
                   check=True, capture_output=True)
    universe = MDAnalysis.Universe(str(source / "start.xyz"), str(sets.folder / "radical.trr"), convert_units=False)
    same = [np.array_equal(step.positions, np.float32(sets.data["radical"]["pos"][i])) and
            np.array_equal(step.forces, np.float32(sets.data["radical"]["forces"][i]))
            for i, step in enumerate(universe.trajectory)]
    claim("MDAnalysis: trr", all(same) and len(same) == len(sets.data["radical"]["pos"]),
          f"{sum(same)} of {len(same)} frames equal to the bit")


def check_h5py(sets):
    import h5py
    rows = sets.rows("spice", "train") if sets.make("spice") else None
    hartree, bohr = 27.211386245988, 0.529177210903
    with h5py.File(sets.make("spice") / "train.h5") as file:
        for name, group in file.items():
            sets.compare(f"h5py: spice of {name}", [r for r in rows if r["molecule"] == name],
                         group["dft_total_energy"][:] * hartree, group["conformations"][:].astype(float) * bohr,
                         -group["dft_total_gradient"][:].astype(float) * hartree / bohr,
                         np.stack([group["charge"], group["multiplicity"]], 1))


def force_errors(text, pattern):
    return [float(x) for x in re.findall(pattern, text)]


def train_mace(sets):
    folder = sets.make("mace", n=40)
    words = re.search(r"mace_run_train (.*?)```", (folder / "README.md").read_text(), re.S)[1].replace("\\\n", " ").split()
    small = {"--num_channels": "16", "--r_max": "4.0", "--max_num_epochs": "5", "--default_dtype": "float32",
             "--device": "cpu", "--batch_size": "5"}
    words = [f"{w.split('=')[0]}={small[w.split('=')[0]]}" if w.split("=")[0] in small else w for w in words]
    done = subprocess.run([BIN / "mace_run_train", *words], cwd=folder, capture_output=True, text=True)
    errors = force_errors(done.stdout + done.stderr, r"RMSE_F= *([0-9.]+)")
    claim("mace: training by the command of README.md", len(errors) > 3 and min(errors) < 0.5 * errors[0],
          f"force error on valid {errors} meV/angstrom")


def train_nequip(sets):
    folder = sets.make("nequip", n=40)
    command = re.search(r"```sh\n(.*?)\n```", (folder / "README.md").read_text(), re.S)[1]
    command = command.replace("nequip-train", f"'{BIN}/nequip-train'")
    command += " trainer.max_epochs=8 training_module.model.num_layers=2 training_module.model.num_features=16"
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, shell=True)
    errors = []
    for path in sorted(folder.glob("outputs/**/metrics.csv")):
        with open(path) as file:
            errors += [float(r["val0_epoch/forces_mae"]) for r in csv.DictReader(file) if r.get("val0_epoch/forces_mae")]
    claim("nequip: training by the command of README.md", len(errors) > 3 and min(errors) < 0.5 * errors[0],
          f"force error on valid {errors} eV/angstrom" + ("" if errors else done.stderr[-600:]))


CHECKS = {"mace": [check_mace], "nequip": [check_nequip], "dpdata": [check_dpdata], "sgdml": [check_sgdml],
          "ase": [check_ase, check_databases], "h5py": [check_h5py], "MDAnalysis": [check_mdanalysis, check_h5md],
          "mdtraj": [check_mdtraj], "torchmdnet": [check_torchmd], "metatrain": [check_metatrain], "torchani": [check_torchani],
          "aimnet": [check_aimnet], "schnetpack": [check_schnetpack], "ase_db_backends": [check_aselmdb]}
TRAININGS = {"mace": train_mace, "nequip": train_nequip}

# Only the readers that are named, or all; the trainings when asked for.
NAMED = [word for word in sys.argv[2:] if word in CHECKS] or list(CHECKS)
with tempfile.TemporaryDirectory(prefix="qmtraj_sets_") as scratch:
    made = Sets(scratch)
    chosen = [(module, check) for module in NAMED for check in CHECKS[module]]
    chosen += [(module, check) for module, check in TRAININGS.items() if TRAIN and module in NAMED]
    for module, check in chosen:
        if importlib.util.find_spec(module) is None:
            print(f"NOT INSTALLED  {module}", flush=True)
            continue
        try:
            check(made)
        except Exception as error:  # of a code of others: what it says is the figure
            claim(f"{module}: {check.__name__}", False, f"{type(error).__name__}: {error}")
sys.exit(failed > 0)
