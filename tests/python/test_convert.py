"""qmtraj convert: ASE reads the extended XYZ with the right numbers, NumPy maps the arrays."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

import ase.io
import numpy as np
from ase import units

PROGRAM = os.environ["QMTRAJ"]
FACTOR = 1e-6  # two sets of CODATA constants differ by some 1e-8
HYDROXYL = "2\nmultiplicity=2 name=hydroxyl\nO 0 0 0\nH 0 0 0.97\n"
HYDROXIDE = "2\ncharge=-1 name=hydroxide\nO 0 0 0\nH 0 0 0.97\n"
SHORT = ["length_ps=0.02", "equilibration_ps=0.01", "nve_every_ps=0.01", "nve_window_ps=0.002"]


class Convert(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="qmtraj_")
        cls.here = pathlib.Path(cls.folder.name)
        for name, text in (("a.xyz", HYDROXYL), ("b.xyz", HYDROXIDE)):
            (cls.here / name).write_text(text)
        for out, more in (("f4", []), ("f8", ["--set", "precision=float64"])):
            words = [w for key in SHORT for w in ("--set", key)] + more
            subprocess.run([PROGRAM, "run", *words, "--out", out, "a.xyz", "b.xyz"], cwd=cls.here,
                           check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def convert(self, *words, code=0):
        done = subprocess.run([PROGRAM, "convert", *map(str, words)], cwd=self.here,
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stderr)
        self.assertEqual(list(self.here.rglob("*.part")), [])
        return done.stdout + done.stderr

    def test_trr(self):
        for name, real in (("f4", ">f4"), ("f8", ">f8")):
            source = self.here / name / "hydroxide" / "trajectory.npz"
            self.convert(source, "--to", "trr", "--every", 3, "-o", f"{name}.trr")
            data, raw = np.load(source), (self.here / f"{name}.trr").read_bytes()
            n, size = len(data["atom_types"]), np.dtype(real).itemsize
            frame = 76 + 2 * size + 9 * n * size
            frames = data["pos"][::3]
            self.assertEqual(len(raw), frame * len(frames))
            for i in range(len(frames)):
                part = raw[i * frame:(i + 1) * frame]
                self.assertEqual(list(np.frombuffer(part[:12], ">i4")), [1993, 13, 12])
                self.assertEqual(part[12:24], b"GMX_trn_file")
                self.assertEqual(list(np.frombuffer(part[24:76], ">i4")), 7 * [0] + 3 * [3 * n * size] + [n, 3 * i, 0])
                numbers = np.frombuffer(part[76:], real)
                self.assertEqual(numbers[0], data["time_ps"][3 * i].astype(real))
                for k, key in enumerate(("pos", "vel", "forces")):
                    np.testing.assert_array_equal(numbers[2 + 3 * n * k:2 + 3 * n * (k + 1)], data[key][3 * i].ravel())

    def test_h5md(self):
        for name, real in (("f4", np.float32), ("f8", np.float64)):
            source = self.here / name / "hydroxide" / "trajectory.npz"
            done = subprocess.run([PROGRAM, "convert", str(source), "--to", "h5md", "--every", "3", "-o", f"{name}.h5md"],
                                  cwd=self.here, capture_output=True, text=True)
            if "built without HDF5" in done.stderr:
                self.assertEqual(done.returncode, 2)
                self.assertFalse((self.here / f"{name}.h5md").exists())
                self.skipTest("built without HDF5")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(list(self.here.rglob("*.part")), [])
            import h5py
            data = np.load(source)
            with h5py.File(self.here / f"{name}.h5md") as file:
                self.assertEqual(list(file["h5md"].attrs["version"]), [1, 1])
                group = file["particles/trajectory"]
                self.assertEqual(group["box"].attrs["dimension"], 3)
                self.assertEqual(list(group["box"].attrs["boundary"]), 3 * [b"none"])
                for element, key, unit in (("position", "pos", "nm"), ("velocity", "vel", "nm ps-1"),
                                           ("force", "forces", "kJ mol-1 nm-1")):
                    np.testing.assert_array_equal(group[element]["value"], data[key][::3])
                    self.assertEqual((group[element]["value"].dtype, group[element]["value"].attrs["unit"]), (real, unit))
                    np.testing.assert_array_equal(group[element]["step"], 3 * np.arange(len(data["pos"][::3])))
                    np.testing.assert_array_equal(group[element]["time"], data["time_ps"][::3])
                np.testing.assert_array_equal(group["species"], data["atom_types"])
                np.testing.assert_array_equal(group["mass"], data["masses"])
                for element, key in (("potential_energy", "Epot"), ("kinetic_energy", "Ekin"), ("total_energy", "Etot")):
                    np.testing.assert_array_equal(file["observables"][element]["value"], data[key][::3])
                self.assertEqual(json.loads(file["parameters/metadata"].asstr()[0])["charge"], -1)

    def test_every_array_of_frames_goes_along(self):
        (self.here / "all.yaml").write_text(
            "length_ps: 0.02\nequilibration_ps: 0\nnve_every_ps: 0\nthermostat: bussi\nthermostat_time_ps: 0.001\ntemperature_ramp_K: [300, 400]\n"
            "properties: [dipole, charges, bond_orders, homo_lumo_gap, quadrupole, scf_residual]\n"
            "bias:\n  distance: {atoms: [1, 2], at_nm: start, to_nm: 0.12, over_ps: 0.008, k_kJ_mol_nm2: 1000}\n")
        subprocess.run([PROGRAM, "run", "--config", "all.yaml", "--out", "all", "a.xyz"], cwd=self.here, check=True, capture_output=True)
        source = self.here / "all/hydroxyl/trajectory.npz"
        data = np.load(source)
        of_frames = [key for key in data if len(data[key].shape) > 0 and len(data[key]) == len(data["time_ps"]) and key != "box"]
        self.assertEqual(len(of_frames), 18, of_frames)
        self.assertGreater(np.abs(data["bias_work"][-1]), 0)

        self.convert(source, "--to", "extxyz", "--momenta", "-o", "all.extxyz")
        last = ase.io.read(self.here / "all.extxyz", index="-1", format="extxyz")
        ev, angstrom = units.kJ / units.mol, units.nm
        for key in ("heat", "bias_energy", "bias_work"):
            np.testing.assert_allclose(last.info[key], data[key][-1] * ev, rtol=FACTOR)
        np.testing.assert_allclose(last.info["temperature_wanted"], data["temperature_wanted"][-1], rtol=FACTOR)
        np.testing.assert_allclose(last.info["scf_residual"], data["scf_residual"][-1], rtol=FACTOR)
        np.testing.assert_allclose(last.arrays["bias_forces"], data["bias_forces"][-1] * (ev / angstrom), rtol=FACTOR)

        done = subprocess.run([PROGRAM, "convert", str(source), "--to", "h5md", "-o", "all.h5md"], cwd=self.here, capture_output=True, text=True)
        if "built without HDF5" in done.stderr:
            self.skipTest("built without HDF5")
        import h5py
        renamed = {"pos": "position", "vel": "velocity", "forces": "force", "bias_forces": "bias_force", "charges": "charge",
                   "Epot": "potential_energy", "Ekin": "kinetic_energy", "Etot": "total_energy"}
        units_of = {"heat": "kJ mol-1", "temperature_wanted": "K", "bias_forces": "kJ mol-1 nm-1", "quadrupole": "e nm+2", "vel": "nm ps-1",
                    "dipole": "e nm", "bond_orders": None, "scf_residual": "a.u."}
        with h5py.File(self.here / "all.h5md") as file:
            for key in of_frames:
                if key == "time_ps":
                    continue
                name = renamed.get(key, key)
                group = file["particles/trajectory" if name in file["particles/trajectory"] else "observables"][name]
                np.testing.assert_array_equal(group["value"], data[key])
                np.testing.assert_array_equal(group["time"], data["time_ps"])
                if key in units_of:
                    self.assertEqual(group["value"].attrs.get("unit"), units_of[key])

    def check_frames(self, source, frames, every, tolerance):
        data = np.load(source)
        meta = json.loads(str(data["metadata"]))
        ev, angstrom = units.kJ / units.mol, units.nm
        self.assertEqual(len(frames), (len(data["pos"]) - 1) // every + 1)
        for i, atoms in enumerate(frames):
            f = i * every
            near = lambda got, want: np.testing.assert_allclose(got, want, rtol=tolerance, atol=1e-12)
            near(atoms.positions, data["pos"][f] * angstrom)
            near(atoms.get_forces(), data["forces"][f] * (ev / angstrom))
            near(atoms.arrays["REF_forces"], data["forces"][f] * (ev / angstrom))
            near(atoms.get_potential_energy(), data["Epot"][f] * ev)
            near(atoms.info["REF_energy"], data["Epot"][f] * ev)
            near(atoms.info["time_ps"], data["time_ps"][f])
            self.assertEqual(atoms.info["frame"], f)
            self.assertEqual(atoms.info["total_charge"], meta["charge"])
            for key in ("spin", "total_spin", "spin_multiplicity"):
                self.assertEqual(atoms.info[key], meta["multiplicity"])
            self.assertEqual(atoms.info["charge"], meta["charge"])
            self.assertEqual(atoms.info["config_type"], meta["name"])
            near(atoms.get_potential_energy(force_consistent=True), data["Epot"][f] * ev)
            self.assertEqual(atoms.info["name"], meta["name"])
            self.assertFalse(atoms.pbc.any())
            np.testing.assert_array_equal(atoms.numbers, data["atom_types"])
        return data

    def test_ase_reads_extxyz(self):
        for real in ("f4", "f8"):
            for name, charge, multiplicity in (("hydroxyl", 0, 2), ("hydroxide", -1, 1)):
                source = self.here / real / name / "trajectory.npz"
                target = source.with_suffix(".extxyz")
                self.convert(source, "--to", "extxyz")
                frames = ase.io.read(target, index=":", format="extxyz")
                self.check_frames(source, frames, 1, FACTOR)
                self.assertEqual(frames[0].info["total_charge"], charge)
                self.assertEqual(frames[0].info["total_spin"], multiplicity)
                self.assertNotIn("momenta", frames[0].arrays)

    def test_properties_travel(self):
        names = ["dipole", "charges", "bond_orders", "homo_lumo_gap", "quadrupole", "scf_residual"]
        words = [w for key in SHORT for w in ("--set", key)]
        subprocess.run([PROGRAM, "run", *words, "--set", "properties=" + ",".join(names), "--out",
                        "p", "a.xyz"], cwd=self.here, check=True, capture_output=True)
        source = self.here / "p" / "hydroxyl" / "trajectory.npz"
        self.convert(source, "--to", "extxyz", "-o", "p.extxyz", "--every", 3)
        frames = ase.io.read(self.here / "p.extxyz", index=":", format="extxyz")
        data = self.check_frames(source, frames, 3, FACTOR)
        for i, atoms in enumerate(frames):
            f, near = 3 * i, lambda got, want: np.testing.assert_allclose(got, want, rtol=1e-6)
            # What readers would take for charges and a dipole of their own is not there.
            self.assertNotIn("dipole", atoms.info | atoms.calc.results)
            self.assertFalse(atoms.has("initial_charges") or atoms.has("charges"))
            near(atoms.arrays["REF_charges"], data["charges"][f])
            near(atoms.info["REF_dipole"], data["dipole"][f] * 10)
            near(atoms.arrays["bond_orders"], data["bond_orders"][f])
            near(np.reshape(atoms.info["quadrupole"], (3, 3)), data["quadrupole"][f] * 100)
            near(atoms.info["homo_lumo_gap"], data["homo_lumo_gap"][f] * (units.kJ / units.mol))
            near(atoms.info["scf_residual"], data["scf_residual"][f])
        self.convert(source, "--to", "npy", "-o", "p_arrays", "--every", 4)
        for name in names:
            got = np.load(self.here / "p_arrays" / f"{name}.npy", mmap_mode="r")
            np.testing.assert_array_equal(got, data[name][::4])

    def test_momenta_and_every(self):
        source = self.here / "f8" / "hydroxyl" / "trajectory.npz"
        self.convert(source, "--to", "extxyz", "--every", 7, "--momenta", "-o", "m.extxyz")
        frames = ase.io.read(self.here / "m.extxyz", index=":", format="extxyz")
        data = self.check_frames(source, frames, 7, FACTOR)
        for i, atoms in enumerate(frames):
            velocity = data["vel"][7 * i] * (units.nm / (1000.0 * units.fs))
            np.testing.assert_allclose(atoms.get_velocities(), velocity, rtol=FACTOR, atol=1e-12)
            np.testing.assert_allclose(atoms.get_kinetic_energy(),
                                       data["Ekin"][7 * i] * units.kJ / units.mol, rtol=FACTOR)

    def test_doubles_survive(self):
        source = self.here / "f8" / "hydroxide" / "trajectory.npz"
        self.convert(source, "--to", "extxyz", "--out", "d.extxyz")
        frames = ase.io.read(self.here / "d.extxyz", index=":", format="extxyz")
        got = np.array([atoms.positions for atoms in frames])
        np.testing.assert_allclose(got, np.load(source)["pos"] * 10.0, rtol=1e-15, atol=0)

    def test_npy_can_be_mapped(self):
        for every in (1, 4, 1000):
            source = self.here / "f4" / "hydroxyl" / "trajectory.npz"
            self.convert(source, "--to", "npy", "--every", every, "-o", f"arrays{every}/")
            data = np.load(source)
            for name in data.files:
                if name == "metadata":
                    text = (self.here / f"arrays{every}" / "metadata.json").read_text()
                    wanted = json.loads(str(data[name]))
                    if every > 1:  # as the metadata of a file that was saved so
                        wanted["every"] = every
                        wanted["config"]["save_interval_steps"] *= every
                        if "num_frames" in wanted:
                            wanted["num_frames"] = len(data["pos"][::every])
                    self.assertEqual(json.loads(text), wanted)
                    continue
                got = np.load(self.here / f"arrays{every}" / f"{name}.npy", mmap_mode="r")
                self.assertIsInstance(got, np.memmap)
                self.assertEqual(got.offset % 64, 0)
                self.assertEqual(got.dtype, data[name].dtype)
                whole = name in ("masses", "atom_types") or name.startswith("nve_window")
                np.testing.assert_array_equal(got, data[name] if whole else data[name][::every])
            self.assertEqual(len(list((self.here / f"arrays{every}").iterdir())), len(data.files))

    def test_refuses(self):
        source = self.here / "f4" / "hydroxyl" / "trajectory.npz"
        self.convert(source, "--to", "npy", "-o", "taken")
        self.assertIn("exists already", self.convert(source, "--to", "npy", "-o", "taken", code=2))
        self.assertIn("exists already", self.convert(source, "--to", "extxyz", "-o", source, code=2))
        self.assertIn("did you mean extxyz?", self.convert(source, "--to", "extxy", code=2))
        self.assertIn("--to FORMAT is missing", self.convert(source, code=2))
        self.assertIn("no FILE", self.convert("--to", "npy", code=2))
        self.assertIn("one FILE at a time", self.convert(source, source, "--to", "npy", code=2))
        self.assertIn("--every 0", self.convert(source, "--to", "npy", "--every", 0, code=2))
        self.assertIn("did you mean --every?", self.convert(source, "--evry", 2, code=2))
        self.assertIn("npy has the velocities", self.convert(source, "--to", "npy", "--momenta", code=2))
        self.assertIn("nowhere.npz", self.convert("nowhere.npz", "--to", "npy", code=5))
        self.assertIn("no/such", self.convert(source, "--to", "extxyz", "-o", "no/such/f", code=5))
        self.assertIn("a.xyz: ", self.convert("a.xyz", "--to", "npy", code=3))
        for to in ("npy", "extxyz"):
            damaged = bytearray(source.read_bytes())
            # in the data of an array: what lies between the arrays may change
            damaged[zipfile.ZipFile(source).getinfo("forces.npy").header_offset + 400] ^= 1
            (self.here / "damaged.npz").write_bytes(damaged)
            self.assertIn("is damaged", self.convert("damaged.npz", "--to", to, "-o", "x", code=3))
            np.savez(self.here / "other.npz", pos=np.zeros((2, 3, 3)), metadata="{}")
            self.assertIn("is it a trajectory?", self.convert("other.npz", "--to", to, code=3))
        self.assertFalse((self.here / "x").exists())

    def test_full_disk_leaves_nothing(self):
        source = self.here / "f4" / "hydroxyl" / "trajectory.npz"
        for to in ("npy", "extxyz"):
            limited = f"trap '' XFSZ; ulimit -f 1; exec '{PROGRAM}' convert '{source}' --to {to} -o full"
            done = subprocess.run(["bash", "-c", limited], cwd=self.here, capture_output=True, text=True)
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertIn("ulimit -f", done.stderr)
            self.assertEqual(list(self.here.glob("full*")), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
