"""The Python package: the numbers of the program, ASE's rules, files mapped without copying."""
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import tempfile
import unittest
import unittest.mock
import warnings
import zipfile

from built import QMTRAJ, SOURCE

import numpy as np

import qmtraj
from qmtraj import _packed, errors

BOHR = 0.529177210903  # angstrom
WATER = np.array([[0, 0, 0.119262], [0, 0.763239, -0.477047], [0, -0.763239, -0.477047]]) / BOHR


def said(*words):
    out = subprocess.run([QMTRAJ, *words], check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in out.splitlines()]


class Engine(unittest.TestCase):
    def test_molecules_are_those_of_the_program(self):
        files = sorted((SOURCE / "data/molecules/xyz").glob("*.xyz"))
        self.assertEqual(len(files), 22)
        for one in said("energy", "--json", *files):
            lines = (SOURCE / f"data/molecules/xyz/{one['name']}.xyz").read_text().splitlines()
            xyz = np.array([[float(x) for x in line.split()[1:4]] for line in lines[2:]]) / BOHR
            engine = qmtraj.Engine(one["atomic_numbers"], charge=one["charge"], multiplicity=one["multiplicity"])
            result = engine.evaluate(xyz, properties=["bond_orders", "homo_lumo_gap", "quadrupole"])
            # The same code from the same start; coordinates are divided by bohr in another place.
            self.assertAlmostEqual(result.energy, one["energy"], delta=1e-10)
            self.assertLess(abs(result.gradient - one["gradient"]).max(), 1e-9)
            self.assertLess(abs(result.charges - one["charges"]).max(), 1e-9)
            self.assertLess(abs(result.dipole - one["dipole"]).max(), 1e-8)
            self.assertLess(abs(result.properties["bond_orders"] - one["bond_orders"]).max(), 1e-8)
            self.assertAlmostEqual(sum(engine.terms().values()), result.energy, delta=1e-12 * abs(result.energy))

    def test_forgetting_gives_the_same_bytes(self):
        engine = qmtraj.Engine([8, 1, 1])
        first = engine.evaluate(WATER)
        engine.evaluate(WATER + [[0, 0, 0.1], [0, 0, 0], [0, 0, 0]])
        engine.forget()
        again = engine.evaluate(WATER)
        self.assertEqual(first.energy, again.energy)
        self.assertEqual(first.gradient.tobytes(), again.gradient.tobytes())

    def test_scf_state_decides_where_two_solutions_cross(self):
        energies, changes = {}, {}
        for state in ("lowest", "follow"):
            engine = qmtraj.Engine([3, 8], scf_state=state)
            distances = np.concatenate((np.arange(1.5, 1.7, 0.002), np.arange(1.7, 1.499, -0.002)))
            results = [engine.evaluate([[0, 0, 0], [0, 0, r / BOHR]]) for r in distances]
            energies[state] = results[-1].energy
            changes[state] = {result.report.scf_change for result in results}
        self.assertIn("crossed", changes["lowest"])
        self.assertNotIn("crossed", changes["follow"])
        self.assertGreater(energies["follow"], energies["lowest"] + 1e-4)
        with self.assertRaisesRegex(errors.ConfigError, "lowest or follow"):
            qmtraj.Engine([3, 8], scf_state="stop")

    def test_a_start_orders_the_atoms_of_a_long_molecule_inside(self):
        n, numbers, xyz = 34, [], []
        for k in range(n):
            x, y, side = 1.268 * k, k % 2 * 0.856, 2 * (k % 2) - 1
            ends = [(x + (-0.904 if k == 0 else 0.904), y - 0.610 * side, 0)] if k in (0, n - 1) else []
            for z, r in ((6, (x, y, 0)), *((1, (x, y + 0.629 * side, s * 0.89)) for s in (1, -1)), *((1, r) for r in ends)):
                numbers.append(z)
                xyz.append(r)
        order = np.argsort(numbers)[::-1]
        numbers, xyz = np.array(numbers)[order], np.array(xyz)[order] / BOHR
        along = qmtraj.Engine(numbers, start=xyz).evaluate(xyz, properties=["bond_orders"])
        given = qmtraj.Engine(numbers).evaluate(xyz, properties=["bond_orders"])
        self.assertNotEqual(along.gradient.tobytes(), given.gradient.tobytes())
        # Sums in another order, and two ways to one solution at a residual of 1e-10.
        self.assertAlmostEqual(along.energy, given.energy, delta=1e-9)
        self.assertLess(abs(along.gradient - given.gradient).max(), 1e-9)
        self.assertLess(abs(along.charges - given.charges).max(), 1e-8)
        # Single precision.
        self.assertLess(abs(along.properties["bond_orders"] - given.properties["bond_orders"]).max(), 1e-5)
        with self.assertRaisesRegex(errors.InputError, "start has the shape"):
            qmtraj.Engine(numbers, start=xyz[1:])

    def test_results_stay_as_they_are(self):
        engine = qmtraj.Engine([8, 1, 1])
        first = engine.evaluate(WATER)
        kept = first.energy, first.gradient.copy(), first.charges.copy(), first.dipole.copy(), first.report
        second = engine.evaluate(WATER + [[0, 0, 0.1], [0, 0, 0], [0, 0, 0]], properties=["bond_orders"])
        self.assertNotEqual(first.energy, second.energy)
        self.assertEqual((first.energy, first.report), (kept[0], kept[4]))
        for now, then in zip((first.gradient, first.charges, first.dipole), kept[1:4]):
            np.testing.assert_array_equal(now, then)
        self.assertGreater(first.report.scf_iterations, 0)
        self.assertLess(first.report.scf_residual, 1e-10)
        self.assertEqual(first.report.recovery, 0)

    def test_positions_of_other_types(self):
        engine = qmtraj.Engine([8, 1, 1])
        whole = np.rint(2 * WATER).astype(int)
        energy = engine.evaluate(whole.astype(float)).energy
        for same in (whole, whole.tolist(), whole.astype(np.float32), np.asfortranarray(whole.astype(float)), whole.astype(">f8")):
            self.assertAlmostEqual(engine.evaluate(same).energy, energy, delta=1e-10)  # the start of the SCF is another
        with self.assertRaisesRegex(errors.InputError, "complex128, wanted real"):
            engine.evaluate(WATER.astype(complex))

    def test_failures_are_exceptions_with_the_sentence(self):
        with self.assertRaisesRegex(errors.InputError, "electron"):
            qmtraj.Engine([8, 1], multiplicity=1)
        with self.assertRaisesRegex(errors.QmtrajError, "GFN3"):
            qmtraj.Engine([8, 1, 1], method="GFN3-xTB")
        with self.assertRaisesRegex(errors.InputError, "apart"):
            qmtraj.Engine([1, 1]).evaluate(np.zeros((2, 3)))
        with self.assertRaisesRegex(errors.InputError, r"\(2, 3\), wanted \(3, 3\)"):
            qmtraj.Engine([8, 1, 1]).evaluate(WATER[:2])
        with self.assertRaisesRegex(errors.ConfigError, "bond_order\""):
            qmtraj.Engine([8, 1, 1]).evaluate(WATER, properties=["bond_order"])

    def test_properties_may_come_and_go(self):
        engine = qmtraj.Engine([8, 1, 1])
        plain = engine.evaluate(WATER).energy
        self.assertIn("bond_orders", engine.evaluate(WATER, properties=["bond_orders"]).properties)
        again = engine.evaluate(WATER)
        self.assertEqual(again.properties, {})
        self.assertAlmostEqual(again.energy, plain, delta=1e-9)

    def test_nothing_is_rounded_to_another_molecule(self):
        for words in ({"numbers": [8.7, 1, 1]}, {"numbers": ["O", "H", "H"]}, {"numbers": [8, 1, 1], "multiplicity": 0},
                      {"numbers": [8, 1, 1], "multiplicity": -1}, {"numbers": [8, 1, 1], "charge": True},
                      {"numbers": [8, 1, 1], "charge": 0.5}):
            with self.assertRaises(errors.InputError, msg=str(words)):
                qmtraj.Engine(**words)

    def test_threads_that_share_an_engine_take_turns(self):
        import concurrent.futures
        shared = qmtraj.Engine([8, 1, 1])
        geometries = WATER + 0.05 * np.random.default_rng(1).standard_normal((200, 3, 3))
        wanted = [qmtraj.Engine([8, 1, 1]).evaluate(xyz).energy for xyz in geometries]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda xyz: shared.evaluate(xyz).energy, geometries))
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-9)  # the tolerance of the SCF leaves 1e-11

    def test_a_copy_is_an_engine_of_its_own(self):
        import copy
        engine = qmtraj.Engine([8, 1, 1], charge=1)
        energy = engine.evaluate(WATER).energy
        other = copy.copy(engine)
        self.assertAlmostEqual(other.evaluate(WATER).energy, energy, delta=1e-9)  # the tolerance of the SCF leaves 1e-11
        del other
        self.assertAlmostEqual(engine.evaluate(WATER).energy, energy, delta=1e-9)  # likewise
        with self.assertRaises(AttributeError):
            engine.charge = 0

    def test_memory_stays(self):
        engine = qmtraj.Engine([8, 1, 1])
        for _ in range(2000):
            engine.evaluate(WATER)
        for _ in range(3):
            qmtraj.Engine([8, 1, 1]).evaluate(WATER)  # a second one needs its own memory, once
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(100000):
            engine.evaluate(WATER)
        for _ in range(200):
            qmtraj.Engine([8, 1, 1]).evaluate(WATER)
        # Pages of the allocator; a result that is kept would be 100,000 x 200 bytes.
        self.assertLess(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, 1024)


class Ase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        try:
            import ase
        except ImportError:
            raise unittest.SkipTest("no ASE")
        from qmtraj.ase import QMTraj
        cls.QMTraj = QMTraj

    def water(self, **keywords):
        from ase.build import molecule
        atoms = molecule("H2O")
        atoms.calc = self.QMTraj(**keywords)
        return atoms

    def test_water(self):
        atoms = self.water()
        # tblite documents -137.9677759 eV and a dipole of -0.476021 e angstrom for this geometry.
        self.assertAlmostEqual(atoms.get_potential_energy(), -137.96777594, delta=1e-7)
        self.assertAlmostEqual(atoms.get_dipole_moment()[2], -0.47602, delta=1e-5)
        self.assertEqual(atoms.get_potential_energy(force_consistent=True), atoms.get_potential_energy())
        self.assertAlmostEqual(atoms.get_charges().sum(), 0.0, delta=1e-9)

    def test_forces_are_numerical_slopes(self):
        atoms = self.water()
        atoms.rattle(0.1, seed=1)
        # Central differences of 1e-3 angstrom: third derivatives of some 100 eV/angstrom^3 leave 2e-5.
        self.assertLess(abs(atoms.get_forces() - atoms.calc.calculate_numerical_forces(atoms, d=1e-3)).max(), 5e-5)

    def test_state(self):
        from ase import Atoms
        from ase.calculators.calculator import InputError
        oh = Atoms("OH", [[0, 0, 0], [0, 0, 0.97]])
        oh.calc = self.QMTraj(charge=-1)
        anion = oh.get_potential_energy()
        oh.calc = self.QMTraj()
        oh.set_initial_charges([-1, 0])
        self.assertAlmostEqual(oh.get_potential_energy(), anion, delta=1e-8)
        oh.calc = self.QMTraj(charge=0, multiplicity=1)
        with self.assertRaisesRegex(InputError, "electron"):
            oh.get_potential_energy()
        oh.set_initial_charges([-0.5, 0])
        oh.calc = self.QMTraj()
        with self.assertRaisesRegex(InputError, "whole number"):
            oh.get_potential_energy()

    def test_a_state_in_info_is_read(self):
        from ase import Atoms
        from ase.calculators.calculator import InputError
        oh = Atoms("OH", [[0, 0, 0], [0, 0, 0.97]])
        oh.calc = self.QMTraj(charge=-1)
        anion = oh.get_potential_energy()
        oh.calc = self.QMTraj()
        radical = oh.get_potential_energy()
        self.assertGreater(abs(radical - anion), 1.0)
        oh.info.update(charge=-1, spin=1)  # after a calculation: what is known of another state must not come back
        self.assertAlmostEqual(oh.get_potential_energy(), anion, delta=1e-8)
        oh.calc = self.QMTraj(charge=0)  # a keyword wins, and the multiplicity of the anion is none of the radical's
        self.assertAlmostEqual(oh.get_potential_energy(), radical, delta=1e-8)
        oh.calc = self.QMTraj()
        oh.set_initial_charges([1, 0])
        with self.assertRaisesRegex(InputError, "two charges: -1 by info.*1 by initial charges"):
            oh.get_potential_energy()
        oh.set_initial_charges([0, 0])
        oh.info["charge"] = 0.5
        with self.assertRaisesRegex(InputError, "not a whole number"):
            oh.get_potential_energy()

    def test_a_spin_is_read_as_label_reads_it(self):
        """2S + 1 or 2S, as the parity of the electrons tells."""
        from ase import Atoms
        for symbols, spin, multiplicity in (("OH", 1, 2), ("OH", 2, 2), ("O2", 2, 3), ("O2", 3, 3), ("O2", 0, 1), ("O2", 1, 1)):
            atoms = Atoms(symbols, [[0, 0, 0], [0, 0, 1.1]])
            atoms.calc = self.QMTraj(multiplicity=multiplicity)
            wanted = atoms.get_potential_energy()
            atoms.info["spin"] = spin
            atoms.calc = self.QMTraj()
            self.assertAlmostEqual(atoms.get_potential_energy(), wanted, delta=1e-8, msg=f"{symbols} {spin}")
            labelled = qmtraj.label([atoms])[0].get_potential_energy()
            self.assertAlmostEqual(labelled, wanted, delta=1e-5, msg=f"{symbols} {spin}")  # ASE's hartree is of 2014
        water = self.water()
        wanted = water.get_potential_energy()
        for charge in (np.array(0), "0", "", np.float32(0)):
            water.info["charge"] = charge
            water.calc = self.QMTraj()
            self.assertEqual(water.get_potential_energy(), wanted)

    def test_numbers_that_are_not_whole(self):
        from ase.calculators.calculator import InputError
        for keywords in ({"charge": 0.9}, {"charge": 1.5}, {"multiplicity": 3.9}, {"charge": 2 ** 32}, {"charge": float("nan")}):
            with self.assertRaisesRegex(InputError, "not a whole number|more than a molecule"):
                self.water(**keywords).get_potential_energy()
        self.assertEqual(self.water(charge=1.0).get_potential_energy(), self.water(charge=1).get_potential_energy())

    def test_copies(self):
        import copy
        import pickle
        atoms = self.water()
        energy = atoms.get_potential_energy()
        copies = [copy.deepcopy(atoms), pickle.loads(pickle.dumps(atoms))]
        for one in (atoms, *copies):
            one.rattle(0.01, seed=1)
        # Copies start from nothing, the original from its electrons: the SCF ends within 1e-10 of the same charges.
        for one in copies:
            self.assertAlmostEqual(one.get_potential_energy(), atoms.get_potential_energy(), delta=1e-8)
        self.assertGreater(abs(atoms.get_potential_energy() - energy), 1e-3)

    def test_solvents(self):
        from ase.calculators.calculator import InputError
        bar = self.water(solvation=("alpb", "water", "bar1mol")).get_potential_energy()
        gsolv = self.water(solvation=("alpb", "water")).get_potential_energy()
        # 1.8943 kcal/mol, from 1 bar to 1 mol/l at 298 K
        self.assertAlmostEqual(bar - gsolv, 1.8943 / 23.0605, delta=1e-3)
        for wrong in ("water", ("alpb", 78.0), ("alpb",)):
            with self.assertRaisesRegex(InputError, "name of a solvent"):
                self.water(solvation=wrong).get_potential_energy()

    def test_dynamics_does_not_contradict_the_calculator(self):
        from ase.calculators.calculator import InputError
        from ase.calculators.emt import EMT
        from qmtraj.ase import Dynamics
        atoms = self.water(method="GFN1-xTB", charge=1)
        for key, value in (("method", "GFN2-xTB"), ("charge", 0)):
            with self.assertRaisesRegex(InputError, key + " is .*by the atoms or their calculator"):
                Dynamics(atoms, "nowhere", **{key: value})
        # the same in other words, what the calculator leaves at its default, and a keyword over what the atoms name
        Dynamics(atoms, "nowhere", method="gfn1-xtb", charge="1", electronic_temperature_K=500)
        labelled = qmtraj.label([self.water()])[0].copy()
        labelled.calc = self.QMTraj(charge=1)
        with tempfile.TemporaryDirectory() as folder:
            t = Dynamics(labelled, folder, length_ps=0.005, equilibration_ps=0, nve_every_ps=0).run()
            self.assertEqual((t.metadata["charge"], t.metadata["multiplicity"]), (1, 2))
        atoms.calc = EMT()
        with self.assertRaisesRegex(InputError, "EMT"):
            Dynamics(atoms, "nowhere")

    def test_what_is_refused(self):
        from ase.calculators.calculator import InputError
        with self.assertRaisesRegex(InputError, "metod"):
            self.QMTraj(metod="GFN2-xTB")
        atoms = self.water()
        atoms.set_cell([10, 10, 10])
        atoms.pbc = True
        with self.assertRaisesRegex(InputError, "periodic"):
            atoms.get_potential_energy()

    def test_a_changed_setting_is_used(self):
        atoms = self.water()
        gas = atoms.get_potential_energy()
        atoms.calc.set(solvation=("alpb", "water"))
        self.assertLess(atoms.get_potential_energy(), gas - 0.1)

    def test_native_dynamics(self):
        from qmtraj.ase import Dynamics
        atoms = self.water(charge=1, multiplicity=2, solvation=("alpb", "water"), electronic_temperature=400)
        before = atoms.positions.copy()
        with tempfile.TemporaryDirectory() as folder:
            dynamics = Dynamics(atoms, folder, name="ion", length_ps=0.05, equilibration_ps=0.01, nve_every_ps=0)
            seen = [progress.kind for progress in dynamics.irun()]
            t = dynamics.trajectory
            self.assertIn("start", seen)
            self.assertEqual((seen[-1], t.path), ("end", os.path.join(folder, "ion", "trajectory.npz")))
            self.assertEqual((t.metadata["charge"], t.metadata["multiplicity"]), (1, 2))
            config = t.metadata["config"]
            self.assertEqual((config["solvent"], config["electronic_temperature_K"]), ("water", 400))
            np.testing.assert_allclose(atoms.positions, 10 * t.pos[-1], rtol=1e-6)
            self.assertAlmostEqual(atoms.get_kinetic_energy(), t.Ekin[-1] / 96.48533212, delta=1e-5)
            self.assertGreater(abs(atoms.positions - before).max(), 1e-3)
            self.assertEqual(len(Dynamics(atoms, folder, name="ion2", length_ps=0.01, equilibration_ps=0, nve_every_ps=0).run()), 41)
        with self.assertRaisesRegex(errors.ConfigError, "lenght"):
            Dynamics(atoms, "nowhere", lenght_ps=1).run()

    def test_motion(self):
        from ase import units
        from ase.md.verlet import VelocityVerlet
        from ase.optimize import BFGS
        atoms = self.water()
        self.assertTrue(BFGS(atoms, logfile=os.devnull).run(fmax=1e-3, steps=60))
        atoms.set_momenta(np.random.default_rng(1).normal(size=(3, 3)) * 0.2)
        before = atoms.get_total_energy()
        VelocityVerlet(atoms, 0.25 * units.fs).run(100)
        self.assertAlmostEqual(atoms.get_total_energy(), before, delta=1e-3)  # the ripple of 0.25 fs


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([QMTRAJ, "run", "--config", SOURCE / "configs/qm_test.yaml", "--set", "length_ps=0.05", "--set",
                        "equilibration_ps=0.01", "--set", "properties=dipole", SOURCE / "data/molecules/xyz/glycine.xyz",
                        SOURCE / "data/molecules/xyz/formic_acid.xyz", "--out", cls.folder.name], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.path = pathlib.Path(cls.folder.name, "glycine/trajectory.npz")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_arrays_are_those_of_numpy_and_not_copied(self):
        trajectory = qmtraj.open(self.path)
        with np.load(self.path) as loaded:
            self.assertEqual(sorted(trajectory.names), sorted(loaded.files))
            self.assertEqual(trajectory.metadata, json.loads(str(loaded["metadata"])))
            for name in set(loaded.files) - {"metadata"}:
                np.testing.assert_array_equal(getattr(trajectory, name), loaded[name])
        self.assertIsInstance(trajectory.pos, np.memmap)
        self.assertIsInstance(trajectory.pos[3].base, np.memmap)
        self.assertFalse(trajectory.pos.flags.writeable)
        self.assertEqual((len(trajectory), trajectory.n_atoms), trajectory.pos.shape[:2])

    def test_units_and_atoms(self):
        trajectory = qmtraj.open(self.path)
        converted = trajectory.in_units("ase")
        np.testing.assert_allclose(converted.pos[2:4], 10 * trajectory.pos[2:4], rtol=1e-6)
        atoms = trajectory.atoms(5)
        self.assertAlmostEqual(atoms.get_kinetic_energy(), trajectory.Ekin[5] / 96.48533212, delta=1e-5)
        self.assertAlmostEqual(atoms.get_potential_energy(), trajectory.Epot[5] / 96.48533212, delta=1e-6)
        from qmtraj.ase import QMTraj
        fresh = atoms.copy()
        fresh.calc = QMTraj()
        # The file has float32 positions and forces.
        self.assertLess(abs(fresh.get_forces() - atoms.get_forces()).max(), 1e-3)

    def test_analysis(self):
        trajectory = qmtraj.open(self.path.parent)
        self.assertAlmostEqual(trajectory.temperature().mean(),
                               2 * trajectory.Ekin.mean() / (trajectory.metadata["dof"] * 0.00831446261815324), delta=1e-9)
        wavenumber, power = trajectory.spectrum()
        self.assertAlmostEqual(power.sum(), 1.0, delta=1e-9)
        self.assertLess(power[wavenumber > 5000].sum(), 0.01)  # no bond vibrates above 4200 cm-1; 0.05 ps resolve 700
        self.assertEqual(len(trajectory.spectrum("ir")[1]), len(wavenumber))
        self.assertAlmostEqual(trajectory.autocorrelation()[0], 1.0, delta=1e-12)

    def test_folders(self):
        found = qmtraj.open_folder(self.folder.name)
        self.assertEqual(sorted(found), ["formic_acid", "glycine"])
        self.assertEqual([t.n_atoms for _, t in sorted(found.items())], [5, 10])

    def test_an_archive_without_a_directory(self):
        """That of a job that runs or was killed: its index has all of them."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([QMTRAJ, "run", "--set", "length_ps=0.01", "--set", "equilibration_ps=0", "--set", "nve_every_ps=0", "--pack",
                            SOURCE / "data/molecules/xyz/glycine.xyz", SOURCE / "data/molecules/xyz/formic_acid.xyz", "--out", folder],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            archive = pathlib.Path(folder, "packed.zip")
            whole = archive.read_bytes()
            epot = {name: t.Epot[:].tolist() for name, t in qmtraj.open_folder(folder).items()}
            self.assertEqual(sorted(epot), ["formic_acid", "glycine"])
            archive.write_bytes(whole[:-700])
            self.assertEqual({name: t.Epot[:].tolist() for name, t in qmtraj.open_folder(folder).items()}, epot)
            index = pathlib.Path(folder, "packed.zip.index")
            lines = index.read_bytes()
            index.unlink()
            with self.assertRaisesRegex(errors.FormatError, "neither an index nor a directory"):
                qmtraj.open_folder(folder)
            for name in ("packed_figures.zip", "packed.figures.zip", "packed.3-of-.zip"):
                with zipfile.ZipFile(pathlib.Path(folder, name), "w") as other:  # of somebody else
                    other.writestr("figure.txt", "no trajectory")
            pathlib.Path(folder, "packed.notes.zip").write_text("no ZIP")
            archive.write_bytes(whole)  # one that was copied without its index
            self.assertEqual({name: t.Epot[:].tolist() for name, t in qmtraj.open_folder(folder).items()}, epot)
            for harmed in (b"", lines[:-3], lines[:lines.index(b"\n") + 1], lines[lines.index(b"\n") + 1:], b"none of an index\n"):
                index.write_bytes(harmed)  # one that was cut off: the directory counts
                self.assertEqual({name: t.Epot[:].tolist() for name, t in qmtraj.open_folder(folder).items()}, epot)
            index.write_bytes(lines)
            archive.write_bytes(whole[:int(lines.splitlines()[1].split(b"\t")[0]) + 100])  # the second one was cut off
            index.touch()
            with self.assertWarnsRegex(UserWarning, "was cut off at byte .*, and 1 of its 2 trajectories count as not there"):
                self.assertEqual(len(qmtraj.open_folder(folder)), 1)
            archive.write_bytes(whole)
            index.touch()
            at = whole.index(b"PK\x03\x04", whole.index(b"/trajectory.npz"))
            archive.write_bytes(whole[:at] + b"XX" + whole[at + 2:])
            with self.assertRaisesRegex(errors.FormatError, "damaged"):
                [t.Epot for t in qmtraj.open_folder(folder).values()]

    def test_an_archive_that_a_job_appends_to(self):
        """What is appended between two looks at index and archive is neither cut off nor damaged."""
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([QMTRAJ, "run", "--set", "length_ps=0.002", "--set", "equilibration_ps=0", "--set", "nve_every_ps=0", "--pack",
                            SOURCE / "data/molecules/xyz/glycine.xyz", SOURCE / "data/molecules/xyz/formic_acid.xyz", "--out", folder],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            archive, index = pathlib.Path(folder, "packed.zip"), pathlib.Path(folder, "packed.zip.index")
            whole, lines = archive.read_bytes(), index.read_bytes()
            first, second = lines.splitlines(keepends=True)
            begin = int(second.split(b"\t")[0])
            tail, by_directory = _packed._tail, _packed._by_directory
            appended = whole[:struct.unpack_from("<Q", whole, len(whole) - 98 + 48)[0]]

            def tail_then_append(path):
                found = tail(path)
                archive.write_bytes(appended)
                index.write_bytes(lines)
                return found

            def append_then_tail(path):
                archive.write_bytes(whole)
                index.write_bytes(lines)
                return tail(path)

            def append_then_directory(path):
                archive.write_bytes(appended)
                return by_directory(path)

            for patches in ({"_tail": tail_then_append}, {"_tail": append_then_tail},
                            {"_tail": append_then_tail, "_by_directory": append_then_directory}):
                archive.write_bytes(whole[:begin])
                index.write_bytes(first)
                _packed._folders.cache_clear()
                with unittest.mock.patch.multiple(_packed, **patches), warnings.catch_warnings():
                    warnings.simplefilter("error")
                    self.assertIn(len(qmtraj.open_folder(folder)), (1, 2))
                self.assertEqual(len(qmtraj.open_folder(folder)), 2)

    def test_of_several_archives_the_longer_trajectory_counts(self):
        with tempfile.TemporaryDirectory() as folder:
            for length in ("0.002", "0.004"):
                subprocess.run([QMTRAJ, "run", "--set", f"length_ps={length}", "--set", "equilibration_ps=0", "--set", "nve_every_ps=0", "--pack",
                                SOURCE / "data/molecules/xyz/formic_acid.xyz", "--out", f"{folder}/{length}"],
                               check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            n_frames = len(qmtraj.open(f"{folder}/0.004/formic_acid"))
            self.assertGreater(n_frames, len(qmtraj.open(f"{folder}/0.002/formic_acid")))
            for names in (("packed.0-of-2.zip", "packed.zip"), ("packed.zip", "packed.0-of-2.zip")):
                out = pathlib.Path(tempfile.mkdtemp(dir=folder))
                for length, name in zip(("0.002", "0.004"), names):
                    for end in ("", ".index"):
                        (out / (name + end)).write_bytes(pathlib.Path(folder, length, "packed.zip" + end).read_bytes())
                self.assertEqual({name: len(t) for name, t in qmtraj.open_folder(out).items()}, {"formic_acid": n_frames})

    def test_folders_that_are_packed_or_unpacked_meanwhile(self):
        with tempfile.TemporaryDirectory() as folder:
            names = ["formic_acid", "glycine"]
            subprocess.run([QMTRAJ, "run", "--set", "length_ps=0.002", "--set", "equilibration_ps=0", "--set", "nve_every_ps=0",
                            *(SOURCE / f"data/molecules/xyz/{name}.xyz" for name in names), "--out", folder],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            shutil.copytree(pathlib.Path(folder, "glycine"), pathlib.Path(folder, ".packed.host.1"))  # on its way

            def change(command):
                subprocess.run([QMTRAJ, command, folder], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

            scandir, by_stamp = os.scandir, _packed._folders_now

            def pack_before_looking(path):
                if pathlib.Path(path).name == "glycine":
                    change("pack")
                return scandir(path)

            def unpack_before_reading(archive):
                if archive.exists():
                    change("unpack")
                return by_stamp(archive)

            with unittest.mock.patch("os.scandir", pack_before_looking):
                self.assertEqual(list(qmtraj.open_folder(folder)), names)
            self.assertFalse(pathlib.Path(folder, "glycine").exists())
            with unittest.mock.patch.object(_packed, "_folders_now", unpack_before_reading):
                self.assertEqual(list(qmtraj.open_folder(folder)), names)

    def test_units_of_everything_that_is_conserved(self):
        from ase.build import molecule
        with tempfile.TemporaryDirectory() as folder:
            t = qmtraj.run({"length_ps": 0.02, "equilibration_ps": 0, "nve_every_ps": 0, "thermostat": "bussi",
                            "thermostat_time_ps": 0.01, "confine": {"sphere": "auto"}}, {"m": molecule("CH3OH")}, folder)["m"]
            wanted = t.Etot[:] + t.bias_energy[:] - t.bias_work[:] - t.heat[:]
            for units in ("ase", "atomic", "real"):
                u = t.in_units(units)
                factor = u.Epot[0] / t.Epot[0]
                np.testing.assert_allclose(u.Etot + u.bias_energy - u.bias_work - u.heat, factor * wanted, rtol=1e-12)  # rounding
                self.assertEqual((2.0 * u.Ekin).mean(), 2.0 * np.asarray(u.Ekin).mean())
            u = t.in_units("atomic")
            kinetic = 0.5 * (u.masses[:, None] * u.vel[-1] ** 2).sum()
            self.assertAlmostEqual(kinetic / u.Ekin[-1], 1.0, delta=1e-5)  # velocities in single precision

    def test_what_is_no_trajectory(self):
        with self.assertRaisesRegex(errors.FileError, "No such file"):
            qmtraj.open("nowhere.npz")
        with self.assertRaisesRegex(errors.FormatError, "no NPZ file"):
            qmtraj.open(SOURCE / "README.md")


if __name__ == "__main__":
    unittest.main()
