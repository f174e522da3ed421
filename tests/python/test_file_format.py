"""docs/file-format.md describes the file: every array with its type and shape, every key of the metadata,
and the relations it promises."""
import json
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import zipfile

import numpy as np

SOURCE = pathlib.Path(os.environ["QMTRAJ_SOURCE"])
DOC = (SOURCE / "docs/file-format.md").read_text(encoding="utf-8")


class FileFormat(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run(
            [os.environ["QMTRAJ"], "run", "--config", SOURCE / "configs/qm_test.yaml",
             "--set", "length_ps=0.05", "--set", "equilibration_ps=0.01",
             "--set", "save_interval_steps=2", "--set", "nve_every_ps=0.02",
             "--set", "nve_window_ps=0.01", "--set", "nve_windows_text=true",
             "--set", "thermostat=bussi", "--set", "thermostat_time_ps=0.001",
             "--set", "temperature_ramp_K=300,400", "--set", "confine.sphere=2",
             "--set", "properties=dipole,charges,bond_orders,homo_lumo_gap,quadrupole,scf_residual",
             SOURCE / "data/molecules/xyz/glycine.xyz", "--out", cls.folder.name],
            check=True, stdout=subprocess.DEVNULL)
        cls.path = pathlib.Path(cls.folder.name, "glycine/trajectory.npz")
        cls.data = np.load(cls.path)
        cls.metadata = json.loads(str(cls.data["metadata"]))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_arrays_are_the_documented_ones(self):
        sizes = {"F": 101, "N": 10, "W": 80, "3": 3}
        rows = re.findall(r"^\| `(\w+)` \| (\w+)[ *]*\| (\([^)]*\)) \|", DOC, re.M)
        self.assertEqual(sorted(name for name, _, _ in rows), sorted(self.data.files))
        for name, dtype, shape in rows:
            array = self.data[name]
            with self.subTest(name):
                self.assertEqual(array.shape,
                                 tuple(sizes[s] for s in re.findall(r"\w+", shape)))
                if dtype == "unicode":
                    self.assertEqual(array.dtype.kind, "U")
                else:
                    self.assertEqual(array.dtype, np.dtype(dtype))
                    self.assertTrue(np.isfinite(array).all())

    def test_metadata_keys_are_the_documented_ones(self):
        section = DOC.split("\n## metadata\n")[1].split("\n## ")[0]
        cells = re.findall(r"^\| (`[^|]*`) \|", section, re.M)
        known = {key for cell in cells for key in re.findall(r"`(\w+)`", cell)}
        self.assertEqual(set(self.metadata) | {"reason", "every", "isotopes", "sampling", "variant", "ended_early", "conformer", "quench", "recipe"}, known)

    def test_velocities_are_nm_per_ps(self):
        vel = self.data["vel"].astype(float)
        kinetic = 0.5 * (self.data["masses"][:, None] * vel**2).sum(axis=(1, 2))
        np.testing.assert_allclose(kinetic, self.data["Ekin"], rtol=1e-5)
        self.assertEqual(self.metadata["velocity_units"], "nm/ps")

    def test_time_and_energies_add_up(self):
        np.testing.assert_allclose(self.data["time_ps"], np.arange(101) * 0.0005, atol=1e-12)
        np.testing.assert_array_equal(self.data["Etot"], self.data["Ekin"] + self.data["Epot"])

    def test_windows_have_a_value_per_step(self):
        self.assertEqual(self.data["nve_window"].tolist(), [0] * 40 + [1] * 40)
        np.testing.assert_array_equal(self.data["nve_window_Etot"],
                                      self.data["nve_window_Ekin"] + self.data["nve_window_Epot"])
        windows = json.loads(str(self.data["nve_windows"]))
        self.assertEqual(len(windows), 2)
        for window in windows:
            self.assertEqual(set(window), {"kinetic", "potential", "total"})
            self.assertEqual([len(values) for values in window.values()], [40, 40, 40])

    def test_tables_are_those_of_the_program(self):
        said = subprocess.run([os.environ["QMTRAJ"], "help", "arrays", "--markdown"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout
        tables = said.strip().split("\n\n")
        self.assertEqual(len(tables), 2)
        for table in tables:
            self.assertIn(table, DOC, "the output of `qmtraj help arrays --markdown` belongs into "
                                      "docs/file-format.md")

    def test_archive_is_sound_and_says_nothing_about_the_day(self):
        with zipfile.ZipFile(self.path) as archive:
            self.assertIsNone(archive.testzip())
            for member in archive.infolist():
                self.assertEqual(member.date_time, (1980, 1, 1, 0, 0, 0))
                self.assertEqual(member.compress_type, zipfile.ZIP_STORED)


if __name__ == "__main__":
    unittest.main()
