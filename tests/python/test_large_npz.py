"""An NPZ of more than 4 GiB, most of it a hole in the disk, is read like any other."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy as np

MAKE = pathlib.Path(os.environ["QMTRAJ_BUILD"]) / "tests" / "make_trajectory"
GIB = 1 << 30
ROWS = 5 * GIB // 12


def memory_available():
    with open("/proc/meminfo") as lines:
        for line in lines:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


class LargeNpz(unittest.TestCase):
    def test_five_gigabytes(self):
        with tempfile.TemporaryDirectory(prefix="qmtraj_", dir=os.environ["QMTRAJ_BUILD"]) as folder:
            if shutil.disk_usage(folder).free < 8 * GIB:
                print("SKIPPED: less than 8 GiB of free disk", file=sys.stderr)
                self.skipTest("less than 8 GiB of free disk")
            hole = os.path.join(folder, "hole")
            with open(hole, "wb") as file:
                file.truncate(64 << 20)
            if os.stat(hole).st_blocks * 512 > 1 << 20:
                print("SKIPPED: the file system knows no holes", file=sys.stderr)
                self.skipTest("the file system knows no holes")

            subprocess.run([MAKE, folder, "sparse"], check=True)
            path = os.path.join(folder, "sparse.npz")
            self.assertGreater(os.stat(path).st_size, 5 * GIB)
            self.assertLess(os.stat(path).st_blocks * 512, 1 << 20)
            with zipfile.ZipFile(path) as archive:
                self.assertEqual(archive.getinfo("pos.npy").file_size % (1 << 32), (ROWS * 12 + 128) % (1 << 32))
                self.assertGreater(archive.getinfo("time_ps.npy").header_offset, 5 * GIB - 1024)
            listed = subprocess.run([MAKE, path, "list"], check=True, capture_output=True, text=True).stdout
            self.assertEqual(listed, f"pos f 4 {ROWS} 3 : 0000803f0000004000004040\n"
                                     "time_ps f 8 2 : 000000000000d03f\n")
            with np.load(path) as data:
                np.testing.assert_array_equal(data["time_ps"], [0.0, 0.25])
                # Reading all of it proves the CRC too; without the memory for it, in pieces.
                if memory_available() > 8 * GIB:
                    pos = data["pos"]
                    self.assertEqual(pos.shape, (ROWS, 3))
                    self.assertEqual(pos.dtype.str, "<f4")
                    np.testing.assert_array_equal(pos[-1], [1.0, 2.0, 3.0])
                    self.assertFalse(pos[ROWS // 2].any())
                else:
                    subprocess.run([sys.executable, "-m", "zipfile", "-t", path], check=True)


if __name__ == "__main__":
    unittest.main()
