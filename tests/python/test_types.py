"""The types of the package hold: mypy --strict finds nothing in python/qmtraj."""
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PACKAGE = pathlib.Path(os.environ["QMTRAJ_SOURCE"], "python")
if importlib.util.find_spec("mypy") is None:
    print(f"NOT RUN: {sys.executable} has no mypy; tools/setup.sh test installs it")
    sys.exit(0)


class Types(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def mypy(self, *words):
        return subprocess.run([sys.executable, "-m", "mypy", "--strict", "--config-file", "pyproject.toml", "--cache-dir",
                               self.folder.name + "/cache", *words], cwd=PACKAGE, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)

    def test_nothing_is_found_in_the_package(self):
        done = self.mypy("qmtraj")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_function_without_types_is_found(self):
        wrong = pathlib.Path(self.folder.name, "wrong.py")
        wrong.write_text("def half(number):\n    return number / 2\n", encoding="utf-8")
        done = self.mypy(str(wrong))
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn("[no-untyped-def]", done.stdout)


if __name__ == "__main__":
    unittest.main()
