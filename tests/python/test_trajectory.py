"""What NumPy sees of a trajectory: names, types, shapes, values, metadata."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy as np

MAKE = pathlib.Path(os.environ["QMTRAJ_BUILD"]) / "tests" / "make_trajectory"
N_ATOMS, N_FRAMES, N_PARTIAL, WINDOW_STEPS = 3, 5000, 1234, 1000
MEMBERS = ["pos", "vel", "forces", "Ekin", "Epot", "Etot", "time_ps", "masses", "atom_types", "box",
           "nve_window", "nve_window_Ekin", "nve_window_Epot", "nve_window_Etot", "metadata",
           "nve_windows"]


class Trajectory(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="qmtraj_")

    def tearDown(self):
        self.folder.cleanup()

    def make(self, kind="", name="trajectory.npz"):
        subprocess.run([MAKE, self.folder.name, kind], check=True)
        return pathlib.Path(self.folder.name) / name

    def check(self, path, n_frames, real, n_windows):
        for allow_pickle in (False, True):
            with np.load(path, allow_pickle=allow_pickle) as data:
                self.assertEqual(data.files, MEMBERS)
                shapes = {
                    "pos": (real, (n_frames, N_ATOMS, 3)),
                    "vel": (real, (n_frames, N_ATOMS, 3)),
                    "forces": (real, (n_frames, N_ATOMS, 3)),
                    "Ekin": ("<f8", (n_frames,)),
                    "Epot": ("<f8", (n_frames,)),
                    "Etot": ("<f8", (n_frames,)),
                    "time_ps": ("<f8", (n_frames,)),
                    "masses": ("<f4", (N_ATOMS,)),
                    "atom_types": ("<i4", (N_ATOMS,)),
                    "box": ("<f4", (n_frames, 3, 3)),
                }
                for name, (dtype, shape) in shapes.items():
                    self.assertEqual(data[name].dtype.str, dtype, name)
                    self.assertEqual(data[name].shape, shape, name)
                    self.assertTrue(data[name].flags.c_contiguous, name)
                frame = np.arange(n_frames)
                angle = (0.001 * frame[:, None, None] + 0.1 * np.arange(N_ATOMS)[None, :, None]
                         + 0.01 * np.arange(3)[None, None, :])
                limit = 1e-7 if real == "<f4" else 1e-14
                for i, name in enumerate(("pos", "vel", "forces")):
                    np.testing.assert_allclose(data[name], np.sin(i + angle), rtol=0, atol=limit)
                np.testing.assert_array_equal(data["Ekin"], 1.0 + frame)
                np.testing.assert_array_equal(data["Epot"], -2.0 - frame)
                np.testing.assert_array_equal(data["Etot"], np.full(n_frames, -1.0))
                np.testing.assert_array_equal(data["time_ps"], 0.00025 * frame)
                np.testing.assert_array_equal(data["masses"], np.float32([15.999, 1.008, 1.008]))
                np.testing.assert_array_equal(data["atom_types"], [8, 1, 1])
                np.testing.assert_array_equal(data["box"], np.broadcast_to(np.eye(3), (n_frames, 3, 3)))

                for name in ("metadata", "nve_windows"):
                    self.assertEqual(data[name].shape, ())
                    self.assertEqual(data[name].dtype.kind, "U")
                metadata = json.loads(str(data["metadata"]))
                self.assertEqual(metadata["name"], "wäter")
                self.assertEqual(metadata["velocity_units"], "nm/ps")
                self.assertIs(metadata["pbc"], False)
                windows = json.loads(str(data["nve_windows"]))
                self.assertEqual(len(windows), n_windows)
                step = np.arange(WINDOW_STEPS)
                np.testing.assert_array_equal(data["nve_window"],
                                              np.repeat(np.arange(n_windows), WINDOW_STEPS))
                self.assertEqual(data["nve_window"].dtype.str, "<i4")
                for name, values in (("Ekin", step / 3.0), ("Epot", -step / 7.0),
                                     ("Etot", step / 3.0 - step / 7.0)):
                    column = data["nve_window_" + name]
                    self.assertEqual(column.dtype.str, "<f8")
                    np.testing.assert_array_equal(column, np.tile(values, n_windows))
                for window in windows:
                    self.assertEqual(list(window), ["kinetic", "potential", "total"])
                    np.testing.assert_array_equal(window["kinetic"], step / 3.0)
                    np.testing.assert_array_equal(window["potential"], -step / 7.0)
                    np.testing.assert_array_equal(window["total"], step / 3.0 - step / 7.0)

        subprocess.run([sys.executable, "-m", "zipfile", "-t", path], check=True, stdout=subprocess.DEVNULL)
        with zipfile.ZipFile(path) as archive, open(path, "rb") as raw:
            self.assertIsNone(archive.testzip())
            for info in archive.infolist():
                self.assertEqual(info.compress_type, zipfile.ZIP_STORED)
                self.assertEqual(info.date_time, (1980, 1, 1, 0, 0, 0))
                raw.seek(info.header_offset + 26)
                n_name, n_extra = np.frombuffer(raw.read(4), "<u2")
                self.assertEqual((info.header_offset + 30 + int(n_name) + int(n_extra)) % 64, 0)

    def test_single_precision_is_exactly_what_loaders_expect(self):
        self.check(self.make(), N_FRAMES, "<f4", 2)

    def test_double_precision_is_on_request(self):
        self.check(self.make("float64"), N_FRAMES, "<f8", 2)

    def test_a_partial_trajectory_is_valid(self):
        self.check(self.make("partial", "trajectory.partial.npz"), N_PARTIAL, "<f4", 1)
        self.assertEqual(os.listdir(self.folder.name), ["trajectory.partial.npz"])

    def test_the_same_input_gives_the_same_bytes(self):
        first = self.make().read_bytes()
        self.assertEqual(self.make().read_bytes(), first)

    def test_arrays_can_be_mapped_into_memory(self):
        path = self.make()
        with zipfile.ZipFile(path) as archive, open(path, "rb") as raw:
            info = archive.getinfo("pos.npy")
            raw.seek(info.header_offset + 26)
            n_name, n_extra = np.frombuffer(raw.read(4), "<u2")
            raw.seek(info.header_offset + 30 + int(n_name) + int(n_extra))
            self.assertEqual(np.lib.format.read_magic(raw), (1, 0))
            shape, _, dtype = np.lib.format.read_array_header_1_0(raw)
            mapped = np.memmap(path, dtype, "r", raw.tell(), shape)
            self.assertEqual(raw.tell() % 64, 0)
        with np.load(path) as data:
            np.testing.assert_array_equal(mapped, data["pos"])


if __name__ == "__main__":
    unittest.main()
