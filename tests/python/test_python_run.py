"""qmtraj.run: the dynamics of the program from Python, its progress, its failures, Ctrl-C."""
import hashlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import warnings

from built import QMTRAJ, SOURCE

import numpy as np

import qmtraj
from qmtraj import errors

GLYCINE = SOURCE / "data/molecules/xyz/glycine.xyz"
FORMIC_ACID = SOURCE / "data/molecules/xyz/formic_acid.xyz"
SHORT = {"length_ps": 0.05, "equilibration_ps": 0.02, "nve_every_ps": 0, "properties": ["dipole", "charges"]}


def digest(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = pathlib.Path(folder.name, "with a space")

    def test_bytes_are_those_of_the_program(self):
        said = []
        made = qmtraj.run(SHORT, [GLYCINE, FORMIC_ACID], self.out, progress=said.append)
        self.assertEqual(sorted(made), ["formic_acid", "glycine"])
        self.assertEqual(made.failed, {})
        self.assertEqual(made["glycine"].dipole.shape, (len(made["glycine"]), 3))
        words = [word for key, value in SHORT.items() for word in
                 ("--set", f"{key}={'[dipole,charges]' if key == 'properties' else value}")]
        subprocess.run([QMTRAJ, "run", *words, GLYCINE, FORMIC_ACID, "--out", self.out / "program"], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for label in made:
            self.assertEqual(digest(self.out / label / "trajectory.npz"), digest(self.out / "program" / label / "trajectory.npz"))
        self.assertEqual(sorted(one.label for one in said if one.kind == "end"), ["formic_acid", "glycine"])
        self.assertLessEqual({one.kind for one in said}, {"start", "progress", "end", "note", "warning"})

    def test_what_is_finished_is_recognised(self):
        qmtraj.run(SHORT, FORMIC_ACID, self.out)
        before = (self.out / "formic_acid/trajectory.npz").stat().st_mtime_ns
        self.assertEqual(len(qmtraj.run(SHORT, FORMIC_ACID, self.out)), 1)
        self.assertEqual((self.out / "formic_acid/trajectory.npz").stat().st_mtime_ns, before)

    def test_atoms_of_ase(self):
        try:
            from ase import Atoms
        except ImportError:
            self.skipTest("no ASE")
        hydroxide = Atoms("OH", [[0, 0, 0], [0, 0, 0.97]], info={"charge": -1})
        radical = Atoms("OH", [[0, 0, 0], [0, 0, 0.97]], magmoms=[1, 0])
        made = qmtraj.run(SHORT, [hydroxide, radical], self.out)
        self.assertEqual({label: (t.metadata["charge"], t.metadata["multiplicity"]) for label, t in made.items()},
                         {"HO": (-1, 1), "HO_2": (0, 2)})
        with self.assertRaisesRegex(errors.InputError, "periodic"):
            qmtraj.run(SHORT, Atoms("OH", [[0, 0, 0], [0, 0, 0.97]], cell=[9, 9, 9], pbc=True), self.out)

    def test_masses_and_constraints_of_ase(self):
        try:
            from ase import Atoms
            from ase.constraints import FixAtoms
        except ImportError:
            self.skipTest("no ASE")
        water = Atoms("OHH", [[0, 0, 0.119], [0, 0.763, -0.477], [0, -0.763, -0.477]])
        water.set_masses([15.999, 2.014, 1.008])
        self.out.mkdir()
        file = self.out / "water.xyz"
        file.write_text("3\nProperties=species:S:1:pos:R:3:masses:R:1\nO 0 0 0.119 15.999\nH 0 0.763 -0.477 2.014\n"
                        "H 0 -0.763 -0.477 1.008\n")
        from_file = qmtraj.run(SHORT, file, self.out / "file")["water"]
        made = qmtraj.run(SHORT, {"water": water}, self.out / "atoms")["water"]
        self.assertAlmostEqual(float(made.masses[1]), 2.014102, places=5)  # the isotope's, of which 2.014 is four digits
        for name in ("masses", "pos", "vel", "Etot"):
            self.assertEqual(getattr(made, name).tobytes(), getattr(from_file, name).tobytes(), name)
        from qmtraj.ase import Dynamics
        moved = Dynamics(water, self.out / "ase", **SHORT).run()
        self.assertEqual(moved.masses.tobytes(), made.masses.tobytes())
        water.set_masses([15.999, 5.5, 1.008])
        with self.assertRaisesRegex(errors.InputError, "the mass 5.5 is that of no isotope of H"):
            qmtraj.run(SHORT, {"water": water}, self.out / "wrong")
        water.set_masses([float("nan"), 1.008, 1.008])
        with self.assertRaisesRegex(errors.InputError, "the mass -?nan is that of no isotope of O"):
            qmtraj.run(SHORT, {"water": water}, self.out / "wrong")
        fixed = Atoms("OH", [[0, 0, 0], [0, 0, 0.97]], magmoms=[1, 0], constraint=FixAtoms([0]))
        for start in (lambda: qmtraj.run(SHORT, fixed, self.out), lambda: Dynamics(fixed, self.out, **SHORT).run()):
            with self.assertRaisesRegex(errors.InputError, r"constraints \(FixAtoms\).*atoms.set_constraint\(\)"):
                start()

    def test_configurations_with_blocks(self):
        blocks = {**SHORT, "confine": {"sphere": "auto", "k_kJ_mol_nm3": 1000}, "stop_when": {"bond_broken": True}}
        made = qmtraj.run(blocks, FORMIC_ACID, self.out)["formic_acid"]
        self.assertEqual(made.metadata["config"]["confine.k_kJ_mol_nm3"], 1000)
        with self.assertRaisesRegex(errors.ConfigError, "did you mean confine.sphere"):
            qmtraj.run({"confine": {"spere": "auto"}}, FORMIC_ACID, self.out)
        with self.assertRaisesRegex(errors.ConfigError, "solvent is None, which is no value; leave the key out"):
            qmtraj.run({"solvent": None}, FORMIC_ACID, self.out)

    def test_modules_are_there_after_import(self):
        self.assertEqual(qmtraj.ase_formats.__name__, "qmtraj.ase_formats")
        self.assertFalse(hasattr(qmtraj, "no_such_module"))

    def test_failures(self):
        with self.assertRaisesRegex(errors.ConfigError, "did you mean length_ps") as caught:
            qmtraj.run({"lenght_ps": 1}, GLYCINE, self.out)
        self.assertEqual(caught.exception.status, 3)
        with self.assertRaises(errors.FileError):
            qmtraj.run(None, pathlib.Path("nowhere.xyz"), self.out)
        with self.assertRaises(errors.ArgumentError):
            qmtraj.run(None, [7], self.out)
        bad = self.out.with_name("bad.xyz")
        bad.write_text("2\ncharge=0 multiplicity=1\nO 0 0 0\nH 0 0 0.97\n")
        with self.assertRaisesRegex(errors.InputError, "electron"):
            qmtraj.run(SHORT, bad, self.out)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            made = qmtraj.run(SHORT, [FORMIC_ACID, bad], self.out)
        self.assertEqual((list(made), list(made.failed)), (["formic_acid"], ["bad"]))
        self.assertIn("1 of 2 molecules failed", str(said[0].message))

    def test_a_job_that_is_left_goes_on_later(self):
        with qmtraj.start(SHORT, GLYCINE, self.out, settings={"length_ps": 20, "checkpoint_s": 1}) as job:
            next(event for event in job if event.kind == "progress" and event.phase == "production")
        self.assertFalse((self.out / "glycine/trajectory.npz").exists())
        self.assertTrue((self.out / "glycine/checkpoint").exists())

    def test_ctrl_c_stops_and_the_same_call_goes_on(self):
        code = (f"import qmtraj\nqmtraj.run({dict(SHORT, length_ps=1)!r}, {os.fspath(GLYCINE)!r}, {os.fspath(self.out)!r}, "
                "progress=lambda p: print(p.kind, flush=True))")
        environment = dict(os.environ, PYTHONPATH=str(SOURCE / "python"))
        child = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 text=True)
        self.assertIn("start\n", iter(child.stdout.readline, ""))
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=120)
        self.assertEqual(said.strip().splitlines()[-1], "KeyboardInterrupt")
        made = qmtraj.run(dict(SHORT, length_ps=1), GLYCINE, self.out)
        whole = qmtraj.run(dict(SHORT, length_ps=1), GLYCINE, self.out / "whole")
        self.assertEqual(digest(made["glycine"].path), digest(whole["glycine"].path))

    def test_nobody_is_left_when_the_caller_dies(self):
        code = (f"import qmtraj\nwith qmtraj.start({dict(SHORT, length_ps=1000)!r}, {os.fspath(GLYCINE)!r}, "
                f"{os.fspath(self.out)!r}) as job:\n    print(job._process.pid, flush=True)\n    list(job)")
        environment = dict(os.environ, PYTHONPATH=str(SOURCE / "python"))
        child = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
        job = int(child.stdout.readline())
        child.kill()
        child.communicate()
        for _ in range(600):
            if not pathlib.Path(f"/proc/{job}").exists() or \
                    pathlib.Path(f"/proc/{job}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
            time.sleep(0.1)
        self.fail("the job goes on a minute after its caller died")


class Batch(unittest.TestCase):
    def test_many_are_as_one_by_one(self):
        lines = GLYCINE.read_text().splitlines()[2:]
        xyz = np.array([[float(x) for x in line.split()[1:4]] for line in lines]) / 0.529177210903
        numbers = [{"C": 6, "H": 1, "N": 7, "O": 8}[line.split()[0]] for line in lines]
        frames = xyz + 0.05 * np.random.default_rng(1).normal(size=(7, *xyz.shape))
        engine = qmtraj.Engine(numbers)
        batch = engine.evaluate_many(frames, n_threads=3)
        for k, frame in enumerate(frames):
            engine.forget()
            one = engine.evaluate(frame)
            # Different starts of the SCF end within its tolerance.
            self.assertAlmostEqual(batch.energy[k], one.energy, delta=1e-9)
            self.assertLess(abs(batch.gradient[k] - one.gradient).max(), 1e-7)
            self.assertLess(abs(batch.charges[k] - one.charges).max(), 1e-7)
        frames[4, 1] = frames[4, 0]
        with self.assertRaisesRegex(errors.InputError, "geometry 4: .*apart"):
            engine.evaluate_many(frames, n_threads=2)
        self.assertEqual(engine.evaluate_many(frames[:0]).gradient.shape, (0, len(numbers), 3))


if __name__ == "__main__":
    unittest.main()
