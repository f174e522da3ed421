"""Our reader of NPZ files on files that NumPy wrote, and on some that it must refuse."""

import io
import os
import pathlib
import subprocess
import tempfile
import unittest
import zipfile

import numpy as np

LIST = pathlib.Path(os.environ["QMTRAJ_BUILD"]) / "tests" / "make_trajectory"


class NpzRead(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="qmtraj_")
        self.path = pathlib.Path(self.folder.name) / "x.npz"

    def tearDown(self):
        self.folder.cleanup()

    def list(self):
        return subprocess.run([LIST, self.path, "list"], capture_output=True, text=True, encoding="utf-8")

    def assert_refused(self, part):
        done = self.list()
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn(str(self.path), done.stderr)
        self.assertIn(part, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_arrays_of_numpy(self):
        arrays = {
            "single": np.float32([[1, 2, 3], [4, 5, 6]]),
            "double": np.float64(0.1) * np.arange(7),
            "whole": np.int32([8, 1, 1]),
            "long": np.arange(24, dtype=np.uint64).reshape(2, 3, 4),
            "truth": np.array([True, False]),
            "scalar": np.float64(2.5),
            "none": np.zeros((0, 5), np.float32),
            "no_column": np.zeros((3, 0), np.float32),
            "text": np.array('{"a": "wäter \U0001f4a7 €"}'),
            "no_text": np.array(""),
        }
        np.savez(self.path, **arrays)
        done = self.list()
        self.assertEqual(done.returncode, 0, done.stderr)
        for line, (name, array) in zip(done.stdout.splitlines(), arrays.items(), strict=True):
            head, value = line.split(" :")
            self.assertEqual(head.split(), [name, array.dtype.kind, str(array.dtype.itemsize),
                                            *map(str, array.shape)])
            if array.dtype.kind == "U":
                self.assertEqual(value[1:], str(array))
            elif array.size:
                self.assertEqual(value[1:], (array[-1] if array.ndim else array).tobytes().hex())

    def test_other_members_are_passed_over(self):
        np.savez(self.path, a=np.zeros(3))
        with zipfile.ZipFile(self.path, "a") as archive:
            archive.writestr("readme.txt", "hello")
            archive.comment = b"a comment at the end"
        self.assertEqual(self.list().stdout, "a f 8 3 : 0000000000000000\n")

    def test_what_cannot_be_read_is_refused(self):
        np.savez_compressed(self.path, a=np.zeros(1000))
        self.assert_refused("a.npy is compressed")
        for array in (np.asfortranarray(np.zeros((3, 4))), np.zeros(3, ">f8"), np.zeros(3, "f4,i4"),
                      np.zeros(3, complex)):
            np.savez(self.path, a=array)
            self.assert_refused("header of a")
        for content in (b"", b"hello", b"PK", b"\0" * 100000):
            self.path.write_bytes(content)
            self.assert_refused("not a readable NPZ")

    def test_shapes_that_lie_are_refused(self):
        good = io.BytesIO()
        np.save(good, np.zeros(1000))
        good = good.getvalue()
        for old, new in ((b"(1000,)", b"(1001,)"), (b"(1000,)", b"(9223372036854775807, 9),"),
                         (b"(1000,)", b"(99999999999999999999,)"), (b"<f8", b"<f99999999999"), (b"1000", b"-100"),
                         (b"(1000,)", b"(1,1,1,1,1,1,1,1,1000)"), (b"'descr'", b"'descl'"), (b"(1000,)", b"(1000"),
                         (b"\x93NUMPY\x01", b"\x93NUMPY\x07"), (b"\x93NUMPY\x01\x00v\x00", b"\x93NUMPY\x01\x00\xff\xff")):
            head = good[:128].replace(old, new, 1)
            self.assertNotEqual(head, good[:128])
            with zipfile.ZipFile(self.path, "w") as archive:
                archive.writestr("a.npy", head + good[128:])
            self.assert_refused("a")

    def test_a_flipped_bit_is_found(self):
        np.savez(self.path, a=np.zeros(1000))
        content = bytearray(self.path.read_bytes())
        content[3000] ^= 1
        self.path.write_bytes(content)
        self.assert_refused("a is damaged")


if __name__ == "__main__":
    unittest.main()
