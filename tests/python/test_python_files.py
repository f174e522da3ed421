"""Every kind of file that qmtraj.open reads: finished, partial, unfinished, packed; in ASE; in other units."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from built import QMTRAJ, SOURCE

import numpy as np

import qmtraj
from qmtraj import errors

GLYCINE = SOURCE / "data/molecules/xyz/glycine.xyz"
KEYS = ["--set", "length_ps=0.05", "--set", "equilibration_ps=0.01", "--set", "nve_every_ps=0", "--set", "properties=dipole"]


def run(*words):
    subprocess.run([QMTRAJ, *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.out = pathlib.Path(cls.folder.name, "out")
        run("run", *KEYS, GLYCINE, SOURCE / "data/molecules/xyz/formic_acid.xyz", "--out", cls.out)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def same(self, one, other, n=None):
        for name in ("pos", "vel", "forces", "Epot", "dipole", "time_ps"):
            np.testing.assert_array_equal(getattr(one, name)[:n], getattr(other, name)[:n])

    def test_packed(self):
        packed = self.out.with_name("packed")
        shutil.copytree(self.out, packed)
        run("pack", packed)
        self.assertFalse((packed / "glycine").exists())
        trajectory = qmtraj.open(packed / "glycine")
        self.same(trajectory, qmtraj.open(self.out / "glycine"))
        self.assertIsInstance(trajectory.pos, np.memmap)
        self.assertEqual(trajectory.metadata["name"], "glycine")
        found = qmtraj.open_folder(packed)
        self.assertEqual(list(found), ["formic_acid", "glycine"])
        self.same(found["formic_acid"], qmtraj.open(self.out / "formic_acid/trajectory.npz"))
        with self.assertRaisesRegex(errors.FileError, "No such file"):
            qmtraj.open(packed / "alanine")

    def test_unfinished(self):
        out = self.out.with_name("unfinished")
        with qmtraj.start({"length_ps": 100, "equilibration_ps": 0.01, "nve_every_ps": 0, "checkpoint_s": 0.1}, GLYCINE, out) as job:
            next(one for one in job if one.phase == "production" and one.time_ps > 0)
        trajectory = qmtraj.open(out / "glycine")
        self.assertTrue(trajectory.path.endswith(".part"))
        self.assertFalse(trajectory.is_complete)
        self.assertGreater(len(trajectory), 0)
        self.assertTrue(np.isfinite(trajectory.pos[-1]).all())
        np.testing.assert_allclose(trajectory.Etot, trajectory.Ekin + trajectory.Epot, rtol=1e-12)

    def test_units(self):
        trajectory = qmtraj.open(self.out / "glycine")
        atomic, real = trajectory.in_units("atomic"), trajectory.in_units("real")
        self.assertAlmostEqual(atomic.Epot[3] * 2625.4996394799, trajectory.Epot[3], delta=1e-6)
        self.assertAlmostEqual(real.Epot[3] * 4.184, trajectory.Epot[3], delta=1e-6)
        np.testing.assert_allclose(atomic.pos[3] * 0.0529177210904, trajectory.pos[3], rtol=1e-6)
        # Mass, velocity and energy of one system of units go together.
        mass = trajectory.masses[:, None] * 1822.888486  # electron masses
        self.assertAlmostEqual(float((mass * atomic.vel[3] ** 2).sum() / 2), float(atomic.Ekin[3]), delta=2e-6 * float(atomic.Ekin[3]))
        # The engine agrees with the forces of the file in its own units.
        engine = qmtraj.Engine(trajectory.atom_types)
        self.assertLess(abs(engine.evaluate(np.asarray(atomic.pos[3], float)).forces - atomic.forces[3]).max(), 1e-5)
        with self.assertRaisesRegex(ValueError, "furlong"):
            trajectory.in_units("furlong")

    def test_bonds(self):
        trajectory = qmtraj.open(self.out / "glycine")
        self.assertEqual(trajectory.bonds().shape, (9, 2))  # ten atoms, no ring
        lengths = trajectory.in_units("ase").bond_lengths()
        self.assertEqual(lengths.shape, (len(trajectory), 9))
        self.assertTrue(((lengths > 0.85) & (lengths < 1.75)).all())  # angstrom, X-H to C-C with their vibrations

    def test_ase_reads_by_name(self):
        try:
            import ase.io
        except ImportError:
            self.skipTest("no ASE")
        from qmtraj import ase_formats
        ase_formats.register()
        ase_formats.register()  # twice does no harm
        path = self.out / "glycine/trajectory.npz"
        trajectory = qmtraj.open(path)
        frames = ase.io.read(f"{path}@0:10:3")
        self.assertEqual(len(frames), 4)
        np.testing.assert_allclose(frames[2].positions, 10.0 * trajectory.pos[6], rtol=1e-6)
        last = ase.io.read(path)
        self.assertAlmostEqual(last.get_potential_energy(), trajectory.Epot[-1] / 96.48533212, delta=1e-6)
        self.assertEqual(len(ase.io.read(path, ":")), len(trajectory))

    def test_hdf5(self):
        path = self.out / "glycine/trajectory.h5md"
        if subprocess.run([QMTRAJ, "convert", self.out / "glycine/trajectory.npz", "--to", "h5md", "-o", path], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("a build without HDF5")
        try:
            import h5py
        except ImportError:
            with self.assertRaisesRegex(errors.FileError, "h5py"):
                qmtraj.open(path)
            return
        trajectory, known = qmtraj.open(path), qmtraj.open(self.out / "glycine")
        self.same(trajectory, known)
        np.testing.assert_array_equal(trajectory.masses, known.masses)
        np.testing.assert_array_equal(trajectory.atom_types, known.atom_types)
        self.assertIsInstance(trajectory.pos, np.memmap)
        self.assertFalse(trajectory.time_ps.flags.writeable)
        self.assertEqual(trajectory.metadata["dof"], known.metadata["dof"])
        np.testing.assert_array_equal(trajectory.temperature(), known.temperature())
        with h5py.File(self.out / "set.hdf5", "w") as file:
            file["012/coord"] = np.zeros((3, 12, 3))
        with self.assertRaisesRegex(errors.FormatError, "none of `qmtraj convert --to h5md`"):
            qmtraj.open(self.out / "set.hdf5")
        path.write_bytes(path.read_bytes()[:1000])
        with self.assertRaisesRegex(errors.FormatError, "HDF5 cannot read it"):
            qmtraj.open(path)

    def test_damaged(self):
        whole = (self.out / "glycine/trajectory.npz").read_bytes()
        bad = self.out.with_name("trajectory.npz")
        bad.write_bytes(whole[:len(whole) // 2])
        with self.assertRaises(errors.FormatError):
            qmtraj.open(bad)
        at = whole.index(b"{'descr'")
        self.assertIn(b", 10, 3)", whole[at:at + 100])
        for old, new in ((b"\x93NUMPY", b"\x93NUMPX"), (b"{'descr'", b"('descr'"), (b"{'descr'", b"{'dexcr'"), (b"<f4", b"|O8"),
                         (b", 10, 3)", b",-10, 3)"), (b", 10, 3)", b", 99, 3)"), (b", 10, 3)", b",1.0, 3)")):
            bad.write_bytes(whole.replace(old, new, 1))
            with self.assertRaisesRegex(errors.FormatError, "trajectory.npz: pos.npy ", msg=(old, new)):
                qmtraj.open(bad)


if __name__ == "__main__":
    unittest.main()
