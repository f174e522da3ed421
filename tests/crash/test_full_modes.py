"""A full disk, a quota and a read-only disk while several programs share a list; `make faults` has more of each."""

import os
import pathlib
import subprocess
import sys

# A sanitizer brings a malloc of its own, which the shim would push aside.
if b"__asan_init" in pathlib.Path(os.environ["QMTRAJ"]).read_bytes():
    print("not run: the program has a sanitizer")
    sys.exit(0)
full = pathlib.Path(__file__).with_name("full_modes.py")
sys.exit(subprocess.run([sys.executable, "-B", str(full), "--points", "1"], check=False).returncode)
