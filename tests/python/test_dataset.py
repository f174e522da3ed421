"""qmtraj dataset: what the readers of each format find is what the trajectories hold."""

import csv
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import ase.data
import ase.io
import h5py
import numpy as np
from ase import units

PROGRAM = os.environ["QMTRAJ"]
EV, ANGSTROM = units.kJ / units.mol, units.nm
# two sets of CODATA constants differ by some 1e-8; nine digits of text by 5e-10
TEXT = 3e-8
MOLECULES = {
    "neutral": ("3\nname=neutral\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n", []),
    "charged": ("2\ncharge=-1 name=charged\nO 0 0 0\nH 0 0 0.97\n", []),
    "radical": ("4\nmultiplicity=2 name=radical\nC 0 0 0\nH 1.08 0 0\nH -0.54 0.935 0\nH -0.54 -0.935 0.1\n", []),
    "solvated": ("3\nname=solvated\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n",
                 ["--set", "solvent=water"]),
}
SHORT = ["length_ps=0.02", "equilibration_ps=0.01", "nve_every_ps=0", "properties=[dipole, charges, bond_orders]"]
SYMBOLS = {"neutral": "OHH", "charged": "OH", "radical": "CHHH", "solvated": "OHH"}
STATES = {"neutral": (0, 1), "charged": (-1, 1), "radical": (0, 2), "solvated": (0, 1)}


class Dataset(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="qmtraj data sets_")
        cls.here = pathlib.Path(cls.folder.name)
        for name, (text, more) in MOLECULES.items():
            (cls.here / f"{name}.xyz").write_text(text)
            words = [w for key in SHORT for w in ("--set", key)] + more
            subprocess.run([PROGRAM, "run", *words, "--out", "run", f"{name}.xyz"], cwd=cls.here, check=True,
                           capture_output=True)
        cls.data = {}
        for name in MOLECULES:
            with np.load(cls.here / "run" / name / "trajectory.npz") as data:
                cls.data[name] = {key: data[key].astype(float) for key in ("pos", "vel", "forces", "Epot", "masses", "dipole", "charges",
                                                                      "bond_orders")}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def make(self, form, *words, out=None):
        out = out or form
        done = subprocess.run([PROGRAM, "dataset", "run", "--for", form, "--split", "60/20/20", "-o", out,
                               *map(str, words)], cwd=self.here, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.here / out

    def manifest(self, folder, split):
        """The lines of a part that are frames of trajectories, in their order."""
        n = {}
        with open(folder / "manifest.tsv", newline="") as file:
            rows = [row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row["split"] == split]
        for row in rows:
            self.assertEqual(int(row["index"]), n.setdefault(row["file"], 0))
            n[row["file"]] += 1
            path, _, group = row["file"].partition(".h5/")
            self.assertTrue((folder / (path + ".h5" if group else path)).exists(), row["file"])
        return [row for row in rows if row["trajectory"]]

    def rows_of(self, rows, file):
        """The lines of a file or group, which are in the order of its frames."""
        own = [row for row in rows if row["file"] == file]
        self.assertEqual([int(row["index"]) for row in own], list(range(len(own))))
        return own

    def wanted(self, row):
        """Energy in eV, positions in angstrom, forces in eV/angstrom of a line of the manifest."""
        data, f = self.data[row["molecule"]], int(row["frame"])
        return data["Epot"][f] * EV, data["pos"][f] * ANGSTROM, data["forces"][f] * (EV / ANGSTROM)

    def near(self, got, wanted, tolerance=TEXT):
        wanted = np.asarray(wanted, dtype=float)
        np.testing.assert_allclose(got, wanted, rtol=0, atol=tolerance * np.abs(wanted).max())

    def test_mace(self):
        folder = self.make("mace", "--n", 20)
        n = 0
        for split in ("train", "valid", "test"):
            frames = ase.io.read(folder / f"{split}.extxyz", ":")
            single = [a for a in frames if a.info["config_type"] == "IsolatedAtom"]
            frames = frames[len(single):]
            rows = self.manifest(folder, split)
            self.assertEqual(len(rows), len(frames))
            self.assertEqual(len(single), 3 if split == "train" else 0)
            for row, atoms in zip(rows, frames):
                energy, positions, forces = self.wanted(row)
                state = STATES[row["molecule"]]
                self.near(atoms.info["REF_energy"], energy)
                self.near(atoms.positions, positions)
                self.near(atoms.arrays["REF_forces"], forces)
                self.assertEqual(atoms.info["config_type"], row["molecule"])
                for charge, spin in (("charge", "spin"), ("total_charge", "total_spin"), ("charge", "spin_multiplicity")):
                    self.assertEqual((atoms.info[charge], atoms.info[spin]), state)
                self.assertEqual((int(row["charge"]), int(row["multiplicity"])), state)
                self.assertFalse(atoms.pbc.any())
                n += 1
        self.assertEqual(n, 80)

    def test_dialects_of_extended_xyz(self):
        names = {"train": "train.extxyz", "valid": "valid.extxyz", "test": "test.extxyz"}
        for form, files, forces in (("nequip", names, None), ("sevennet", names, None), ("orb", names, None),
                                    ("metatrain", names, None),
                                    ("fairchem", {"train": "train/train.extxyz", "valid": "val/valid.extxyz",
                                                  "test": "test/test.extxyz"}, None),
                                    ("gpumd", {"train": "train.xyz", "valid": "test.xyz", "test": "holdout.xyz"}, "force"),
                                    ("quip", {"train": "train.xyz", "valid": "valid.xyz", "test": "test.xyz"}, None)):
            folder = self.make(form, "--n", 6)
            for split, file in files.items():
                frames = ase.io.read(folder / file, ":", format="extxyz")
                if form == "quip" and split == "train":
                    self.assertEqual([a.info["config_type"] for a in frames[:3]], 3 * ["isolated_atom"])
                    frames = frames[3:]
                rows = self.manifest(folder, split)
                self.assertEqual(len(rows), len(frames))
                for row, atoms in zip(rows, frames):
                    energy, positions, wanted = self.wanted(row)
                    self.near(atoms.get_potential_energy(), energy)
                    if form not in ("gpumd", "quip"):
                        self.near(atoms.get_potential_energy(force_consistent=True), energy)
                    self.near(atoms.positions, positions)
                    self.near(atoms.arrays[forces] if forces else atoms.get_forces(), wanted)
                    self.assertEqual((atoms.info["charge"], atoms.info["spin"]), STATES[row["molecule"]])
                    self.assertEqual(atoms.cell.volume > 0, form in ("gpumd", "quip"))
                    self.assertFalse(atoms.pbc.any())

    def test_deepmd(self):
        folder = self.make("deepmd", "--n", 20)
        for split in ("train", "valid", "test"):
            rows = self.manifest(folder, split)
            for name in {row["molecule"] for row in rows}:
                system, own = folder / split / name, self.rows_of(rows, f"{split}/{name}")
                names = (system / "type_map.raw").read_text().split()
                types = [int(word) for word in (system / "type.raw").read_text().split()]
                self.assertEqual("".join(names[t] for t in types), SYMBOLS[name])
                self.assertEqual((system / "nopbc").read_text(), "")
                arrays = {key: np.load(system / "set.000" / f"{key}.npy") for key in ("coord", "energy", "force", "charge_spin")}
                self.check_rows(own, arrays["energy"], arrays["coord"], arrays["force"], 1.0, arrays["charge_spin"])
                self.assertEqual(arrays["energy"].dtype, np.float64)
                self.assertEqual(arrays["coord"].shape, (len(own), 3 * len(types)))
        json.loads((folder / "input.json").read_text())

    def test_deepmd_mixed(self):
        folder = self.make("deepmd-mixed", "--n", 20)
        n = 0
        for split in ("train", "valid", "test"):
            rows = self.manifest(folder, split)
            for system in sorted((folder / split).iterdir()):
                arrays = {key: np.load(system / "set.000" / f"{key}.npy")
                          for key in ("coord", "energy", "force", "charge_spin", "real_atom_types")}
                own = self.rows_of(rows, f"{split}/{system.name}")
                names = (system / "type_map.raw").read_text().split()
                self.assertEqual(set((system / "type.raw").read_text().split()), {"0"})
                for row, types in zip(own, arrays["real_atom_types"]):
                    self.assertEqual("".join(names[t] for t in types), SYMBOLS[row["molecule"]])
                self.check_rows(own, arrays["energy"], arrays["coord"], arrays["force"], 1.0, arrays["charge_spin"])
                n += len(own)
        self.assertEqual(n, 80)

    def check_rows(self, rows, energies, positions, forces, unit, states):
        """Arrays of frames against lines of the manifest; unit: of energy in eV, lengths are in angstrom."""
        self.assertEqual(len(rows), len(energies))
        for row, energy, pos, force, state in zip(rows, energies, positions, forces, states):
            wanted = self.wanted(row)
            self.near(np.ravel(energy) * unit, wanted[0])
            self.near(pos.reshape(-1, 3), wanted[1], 1e-7)
            self.near(force.reshape(-1, 3) * unit, wanted[2], 1e-7)
            self.assertEqual(tuple(state), STATES[row["molecule"]])

    def test_npz_of_sgdml_and_rmd17(self):
        kcal = units.kcal / units.mol
        for form, keys in (("sgdml", "R E F z"), ("rmd17", "coords energies forces nuclear_charges")):
            folder = self.make(form, "--by", "block", "--n", 20)
            pos, energy, force, numbers = keys.split()
            for split in ("train", "valid", "test"):
                rows = self.manifest(folder, split)
                for name in MOLECULES:
                    data = np.load(folder / split / f"{name}.npz")
                    own = self.rows_of(rows, f"{split}/{name}.npz")
                    state = (int(data["charge"]), int(data["multiplicity"]))
                    self.check_rows(own, data[energy], data[pos], data[force], kcal, len(own) * [state])
                    self.assertEqual(data[numbers].dtype, np.uint8)
                    if form == "rmd17":
                        self.assertEqual(list(data["old_indices"]), [int(row["frame"]) for row in own])
                        continue
                    self.assertEqual((str(data["type"]), str(data["e_unit"]), str(data["r_unit"])), ("d", "kcal/mol", "Ang"))
                    md5 = hashlib.md5()
                    for key in "zREF":
                        md5.update(hashlib.md5(data[key].tobytes()).digest())
                    self.assertEqual(bytes(data["md5"]).decode(), md5.hexdigest())
                    for key in "EF":
                        for word, function in (("min", np.min), ("max", np.max), ("mean", np.mean), ("var", np.var)):
                            np.testing.assert_allclose(data[f"{key}_{word}"], function(data[key]), rtol=1e-9, atol=1e-9)

    def test_npy_in_every_unit(self):
        lengths = {"angstrom": 1.0, "nm": units.nm, "bohr": units.Bohr}
        energies = {"eV": 1.0, "kJ/mol": EV, "kcal/mol": units.kcal / units.mol, "hartree": units.Hartree}
        for name, length, energy in (("ev-angstrom", "angstrom", "eV"), ("kj-nm", "nm", "kJ/mol"),
                                     ("kcal-angstrom", "angstrom", "kcal/mol"), ("atomic", "bohr", "hartree")):
            folder = self.make("npy", "--n", 4, "--units", name, out=name)
            single = json.loads((folder / "summary.json").read_text())["atom_energies_eV"]
            e, r = energies[energy], lengths[length]
            for split in ("train", "valid", "test"):
                rows = self.manifest(folder, split)
                for molecule in {row["molecule"] for row in rows}:
                    load = lambda key: np.load(folder / split / molecule / f"{key}.npy", mmap_mode="r").astype(float)
                    own = self.rows_of(rows, f"{split}/{molecule}")
                    states = np.stack([load("charge"), load("multiplicity")], 1)
                    self.assertEqual(load("energy").shape, (len(own), 1))
                    self.check_rows(own, load("energy") * e, load("pos") * r, load("forces") * (e / r), 1.0, states)
                    atoms = sum(single[ase.data.chemical_symbols[z]] for z in load("atom_types").astype(int))
                    np.testing.assert_allclose(load("energy_less_atoms") * e, load("energy") * e - atoms, atol=2e-6)

    def make_hdf5(self, form, *words, out=None):
        """A set in HDF5; the test is passed over in a build without it, whose sentence must say so."""
        done = subprocess.run([PROGRAM, "dataset", "run", "--for", form, "-o", "without"], cwd=self.here,
                              capture_output=True, text=True)
        if done.returncode != 0:
            self.assertIn("built without HDF5 (Debian: libhdf5-dev)", done.stderr)
            self.assertFalse((self.here / "without").exists())
            self.skipTest("built without HDF5")
        shutil.rmtree(self.here / "without")
        return self.make(form, *words, out=out)

    def test_hdf5_by_number_of_atoms(self):
        hartree = units.Hartree
        layouts = {
            "hdf5": (("coord", "pos"), ("energy",), ("forces",), ("numbers", "atomic_numbers"),
                     ("charge", "total_charge"), ("mult", "spin"), 1.0),
            "torchmd": (("pos",), ("energy",), ("forces",), ("types",), ("total_charge",), ("spin",), 1.0),
            "ani": (("coordinates",), ("energies",), ("forces",), ("species",), ("charge",), ("multiplicity",), hartree),
        }
        for form, (pos, energy, force, numbers, charge, multiplicity, unit) in layouts.items():
            folder = self.make_hdf5(form, "--n", 20)
            single = json.loads((folder / "summary.json").read_text())["atom_energies_eV"]
            n = 0
            for split in ("train", "valid", "test"):
                rows = self.manifest(folder, split)
                with h5py.File(folder / f"{split}.h5") as file:
                    self.assertEqual(file.attrs.get("grouping"), "by_num_atoms" if form == "ani" else None)
                    for name, group in file.items():
                        own = self.rows_of(rows, f"{split}.h5/{name}")
                        for names in (pos, energy, force, numbers, charge, multiplicity):
                            for other in names[1:]:  # one array of several names
                                self.assertEqual(group[other].id.__hash__(), group[names[0]].id.__hash__())
                        z = group[numbers[0]][:]
                        self.assertEqual(["".join(ase.data.chemical_symbols[k] for k in line) for line in z],
                                         [SYMBOLS[row["molecule"]] for row in own])
                        energies = group[energy[0]][:] * unit
                        if form == "torchmd":
                            energies += [sum(single[s] for s in SYMBOLS[row["molecule"]]) for row in own]
                        states = np.stack([group[charge[0]], group[multiplicity[0]]], 1)
                        self.check_rows(own, energies / unit, group[pos[0]][:], group[force[0]][:].astype(float), unit, states)
                        n += len(own)
            self.assertEqual(n, 80)

    def test_spice(self):
        folder = self.make_hdf5("spice", "--n", 20)
        single = json.loads((folder / "summary.json").read_text())["atom_energies_eV"]
        for split in ("train", "valid", "test"):
            rows = self.manifest(folder, split)
            with h5py.File(folder / f"{split}.h5") as file:
                self.assertEqual(set(file), {row["molecule"] for row in rows})
                for name, group in file.items():
                    own = self.rows_of(rows, f"{split}.h5/{name}")
                    states = np.stack([group["charge"], group["multiplicity"]], 1)
                    self.check_rows(own, group["dft_total_energy"][:], group["conformations"][:].astype(float) * units.Bohr,
                                    -group["dft_total_gradient"][:].astype(float) / units.Bohr, units.Hartree, states)
                    atoms = sum(single[s] for s in SYMBOLS[name])
                    np.testing.assert_allclose(group["formation_energy"][:] * units.Hartree,
                                               group["dft_total_energy"][:] * units.Hartree - atoms, atol=2e-6)
                    self.assertEqual("".join(ase.data.chemical_symbols[z] for z in group["atomic_numbers"]), SYMBOLS[name])
                    self.assertEqual(group["atomic_numbers"].dtype, np.int16)
                    self.assertEqual(group["conformations"].attrs["units"], "bohr")
                    self.assertEqual((len(group["smiles"]), group["smiles"].asstr()[0]), (1, ""))  # from XYZ files: none is known

    def property_rows(self, rows, arrays):
        """Charges (e), dipole (e angstrom) and bond orders of frames against lines of the manifest; None: not there."""
        for i, row in enumerate(rows):
            data, f = self.data[row["molecule"]], int(row["frame"])
            for key, factor in (("charges", 1.0), ("dipole", ANGSTROM), ("bond_orders", 1.0)):
                if arrays.get(key) is not None:
                    np.testing.assert_allclose(np.ravel(arrays[key][i]), np.ravel(data[key][f]) * factor, rtol=2e-7, atol=1e-7)

    def test_properties(self):
        mace = ase.io.read(self.make("mace", "--n", 20, out="p_mace") / "train.extxyz", ":", format="extxyz")
        frames = [a for a in mace if a.info["config_type"] != "IsolatedAtom"]
        self.property_rows(self.manifest(self.here / "p_mace", "train"),
                           {"charges": [a.arrays["REF_charges"] for a in frames], "dipole": [a.info["REF_dipole"] for a in frames]})
        folder = self.make("npy", "--n", 20, "--by", "block", out="p_npy")
        for name in MOLECULES:
            load = lambda key: np.load(folder / "train" / name / f"{key}.npy")
            rows = [row for row in self.manifest(folder, "train") if row["molecule"] == name]
            self.property_rows(rows, {key: load(key) for key in ("charges", "dipole", "bond_orders")})
            n = len(SYMBOLS[name])
            self.assertEqual((load("charges").shape, load("bond_orders").shape), ((len(rows), n), (len(rows), n, n)))
        folder = self.make("deepmd", "--n", 20, "--by", "block", out="p_deepmd")
        for name in MOLECULES:
            self.property_rows([row for row in self.manifest(folder, "train") if row["molecule"] == name],
                               {"dipole": np.load(folder / "train" / name / "set.000" / "dipole.npy")})

    def test_properties_in_hdf5(self):
        bohr = units.Bohr
        for form, charges, dipole, orders, unit in (
                ("hdf5", "charges", "dipole", "bond_orders", 1.0), ("torchmd", "partial_charges", None, None, 1.0),
                ("spice", "mulliken_charges", "scf_dipole", "mayer_indices", bohr),
                ("ani", "atomic_charges", "dipoles", None, 1.0)):
            folder = self.make_hdf5(form, "--n", 20, "--by", "block", out=f"p_{form}")
            with h5py.File(folder / "train.h5") as file:
                for name, group in file.items():
                    rows = [row for row in self.manifest(folder, "train")
                            if name in (row["molecule"], f"{len(SYMBOLS[row['molecule']]):03d}")]
                    self.property_rows(rows, {"charges": group[charges], "dipole": group[dipole][:] * unit if dipole else None,
                                              "bond_orders": group[orders] if orders else None})

    def test_a_property_that_not_all_trajectories_have_is_left_out(self):
        words = [w for key in SHORT[:3] for w in ("--set", key)]
        subprocess.run([PROGRAM, "run", *words, "--out", "bare", "charged.xyz"], cwd=self.here, check=True, capture_output=True)
        subprocess.run([PROGRAM, "dataset", "run/neutral", "bare", "--for", "npy", "--n", "4", "--by", "block", "-o", "mixed"],
                       cwd=self.here, check=True, capture_output=True)
        self.assertEqual([p.name for p in (self.here / "mixed").rglob("*.npy") if p.stem in ("charges", "dipole")], [])

    def flat(self, folder, split, names):
        """Arrays of a folder of mapped arrays, cut into frames."""
        rows = self.manifest(folder, split)
        first = np.cumsum([0] + [len(SYMBOLS[row["molecule"]]) for row in rows])
        cut = lambda array: [array[first[i]:first[i + 1]] for i in range(len(rows))]
        arrays = {}
        for key, (path, dtype, width) in names.items():
            found = np.fromfile(folder / split / path, dtype).reshape((-1, width) if width > 1 else -1)
            self.assertIn(len(found), (len(rows), first[-1]))
            arrays[key] = cut(found) if len(found) == first[-1] and first[-1] != len(rows) else found
        return rows, first, arrays

    def less_atoms(self, folder, rows):
        single = json.loads((folder / "summary.json").read_text())["atom_energies_eV"]
        return np.array([sum(single[s] for s in SYMBOLS[row["molecule"]]) for row in rows])

    def test_torchmd_mmap(self):
        folder, base = self.make("torchmd-mmap", "--n", 20), "processed/MemmappedDataset"
        for split in ("train", "valid", "test"):
            names = {"z": (f"{base}.z.mmap", "<i1", 1), "pos": (f"{base}.pos.mmap", "<f4", 3), "y": (f"{base}.y.mmap", "<f8", 1),
                     "neg_dy": (f"{base}.neg_dy.mmap", "<f4", 3), "q": (f"{base}.q.mmap", "<i1", 1),
                     "pq": (f"{base}.pq.mmap", "<f4", 1), "dp": (f"{base}.dp.mmap", "<f4", 3)}
            rows, first, a = self.flat(folder, split, names)
            np.testing.assert_array_equal(np.fromfile(folder / split / f"{base}.idx.mmap", "<i8"), first)
            states = [(q, STATES[row["molecule"]][1]) for q, row in zip(a["q"], rows)]  # no place for the multiplicity
            self.check_rows(rows, a["y"] + self.less_atoms(folder, rows), a["pos"], [f.astype(float) for f in a["neg_dy"]], 1.0, states)
            self.property_rows(rows, {"charges": a["pq"], "dipole": a["dp"]})
            for row, z in zip(rows, a["z"]):
                self.assertEqual("".join(ase.data.chemical_symbols[k] for k in z), SYMBOLS[row["molecule"]])

    def test_metatrain_mmap(self):
        for words in ([], ["--lag-fs", 2]):
            folder = self.make("metatrain-mmap", "--n", 20, *words, out=f"memmap{len(words)}")
            names = {"a": ("a.bin", "<i4", 1), "x": ("x.bin", "<f4", 3), "energy": ("energy.bin", "<f4", 1),
                     "forces": ("forces.bin", "<f4", 3), "charge": ("charge.bin", "<f4", 1), "dipole": ("dipole.bin", "<f4", 3),
                     "multiplicity": ("spin_multiplicity.bin", "<f4", 1), "charges": ("charges.bin", "<f4", 1)}
            if words:
                names.update({"p": ("momenta.bin", "<f4", 3), "m": ("masses.bin", "<f4", 1),
                              "q_later": ("future_positions.bin", "<f4", 3), "p_later": ("future_momenta.bin", "<f4", 3)})
            self.assertEqual((folder / "train" / "momenta.bin").exists(), bool(words))
            rows, first, a = self.flat(folder, "train", names)
            self.assertEqual((np.load(folder / "train" / "ns.npy").shape, int(np.load(folder / "train" / "ns.npy"))), ((), len(rows)))
            np.testing.assert_array_equal(np.load(folder / "train" / "na.npy"), first)
            self.assertEqual(a["energy"].dtype, np.float32)
            energies = a["energy"].astype(float) + self.less_atoms(folder, rows)
            self.check_rows(rows, energies, a["x"], [f.astype(float) for f in a["forces"]], 1.0,
                            zip(a["charge"].astype(int), a["multiplicity"].astype(int)))
            self.property_rows(rows, a)
            for i, row in enumerate(rows if words else []):
                data, f = self.data[row["molecule"]], int(row["frame"])
                unit = units.nm / (1000 * units.fs)
                self.near(a["m"][i], data["masses"], 1e-7)
                self.near(a["p"][i], data["vel"][f] * data["masses"][:, None] * unit, 1e-6)
                self.near(a["q_later"][i], data["pos"][f + 8] * ANGSTROM, 1e-7)
                self.near(a["p_later"][i], data["vel"][f + 8] * data["masses"][:, None] * unit, 1e-6)

    def test_single_atoms_are_those_of_energy(self):
        folder = self.make("mace", "--n", 2, out="atoms")
        single = [a for a in ase.io.read(folder / "train.extxyz", ":") if a.info["config_type"] == "IsolatedAtom"]
        for atoms, (symbol, multiplicity) in zip(single, (("H", 2), ("C", 3), ("O", 3))):
            self.assertEqual(atoms.get_chemical_symbols(), [symbol])
            self.assertEqual(atoms.info["spin"], multiplicity)
            (self.here / "atom.xyz").write_text(f"1\nmultiplicity={multiplicity}\n{symbol} 0 0 0\n")
            done = subprocess.run([PROGRAM, "energy", "--json", "atom.xyz"], cwd=self.here, check=True,
                                  capture_output=True, text=True)
            self.near(atoms.info["REF_energy"], json.loads(done.stdout)["energy"] * units.Hartree)
        summary = json.loads((folder / "summary.json").read_text())
        self.near(summary["atom_energies_eV"]["C"], -48.798080)  # GFN2-xTB, triplet, also by the reference program

    def test_pairs(self):
        folder = self.make("mace", "--lag-fs", 2, "--n", 5, out="pairs")
        rows = self.manifest(folder, "train")
        frames = [a for a in ase.io.read(folder / "train.extxyz", ":") if a.info["config_type"] != "IsolatedAtom"]
        self.assertEqual(len(rows), len(frames))
        for row, atoms in zip(rows, frames):
            data, f = self.data[row["molecule"]], int(row["frame"])
            unit = units.nm / (1000 * units.fs)  # of a speed, nm/ps
            masses = data["masses"][:, None]
            self.near(atoms.positions, data["pos"][f] * ANGSTROM)
            self.near(atoms.get_momenta(), data["vel"][f] * masses * unit, 1e-6)
            self.near(atoms.arrays["future_positions"], data["pos"][f + 8] * ANGSTROM)
            self.near(atoms.arrays["future_momenta"], data["vel"][f + 8] * masses * unit, 1e-6)

    def test_the_summary_says_the_least_distance(self):
        folder = self.make("mace", "--by", "block", "--every", 4, out="near")
        summary = json.loads((folder / "summary.json").read_text())
        parts = {split: self.manifest(folder, split) for split in ("train", "valid", "test")}
        alike = {"neutral": "water", "solvated": "water"}  # the same atoms in the same order
        for other in ("valid", "test"):
            least = min(rmsd(self.wanted(a)[1], self.wanted(b)[1]) for a in parts["train"] for b in parts[other]
                        if alike.get(a["molecule"], a["molecule"]) == alike.get(b["molecule"], b["molecule"]))
            self.assertAlmostEqual(summary[other]["nearest_train_rmsd_angstrom"], least, delta=1e-5)

    def test_pairs_that_would_take_long_are_not_all_compared_and_the_summary_says_so(self):
        n, n_atoms = 20000, 12  # no two frames are alike, so that none can be passed over
        with np.load(self.here / "run/neutral/trajectory.npz") as file:
            meta = {**json.loads(str(file["metadata"])), "num_frames": n, "num_atoms": n_atoms, "properties": []}
        pos = np.random.default_rng(1).normal(0, 0.1, (n, n_atoms, 3)).astype("f4")
        pos[-1] = pos[0]  # in another part: found among all frames
        (self.here / "many").mkdir()
        np.savez(self.here / "many/many.npz", pos=pos, vel=0 * pos, forces=pos, Ekin=np.zeros(n), Epot=np.zeros(n), Etot=np.zeros(n),
                 time_ps=np.arange(n) * 0.001, masses=np.ones(n_atoms, "f4"), atom_types=np.ones(n_atoms, "i4"),
                 metadata=np.array(json.dumps(meta)))
        done = subprocess.run([PROGRAM, "dataset", "many", "--for", "torchmd-mmap", "-o", "sampled"], cwd=self.here, check=True,
                              capture_output=True, text=True)
        summary = json.loads((self.here / "sampled/summary.json").read_text())
        frames = [summary[split]["frames"] for split in ("train", "valid", "test")]
        self.assertEqual(summary["pairs_between_parts"], frames[0] * (frames[1] + frames[2]))
        self.assertGreater(summary["pairs_compared"], 0)
        self.assertLess(summary["pairs_compared"], summary["pairs_between_parts"])
        self.assertIn("those of the most similar size", done.stdout)
        self.assertEqual((summary["duplicates"], summary["duplicates_between_parts"]), (1, 1))
        self.assertIn("1 frame is in two parts", done.stderr)


def rmsd(a, b):
    """After superposition, by the singular values of Kabsch."""
    a, b = a - a.mean(0), b - b.mean(0)
    u, s, vt = np.linalg.svd(a.T @ b)
    s[-1] *= np.sign(np.linalg.det(u) * np.linalg.det(vt))
    return np.sqrt(max(0.0, ((a * a).sum() + (b * b).sum() - 2 * s.sum()) / len(a)))


if __name__ == "__main__":
    unittest.main()
