"""The Python package on the library of this build: where they are. A library with sanitizers cannot be loaded by a plain
Python; the test that imports this then ends with a word and code 0."""
import os
import pathlib
import sys

SOURCE = pathlib.Path(os.environ["QMTRAJ_SOURCE"])
QMTRAJ = os.environ["QMTRAJ"]
os.environ["QMTRAJ_LIBRARY"] = os.path.join(os.environ["QMTRAJ_BUILD"], "libqmtraj.so")
sys.path.insert(0, str(SOURCE / "python"))
if b"__asan_init" in pathlib.Path(os.environ["QMTRAJ_LIBRARY"]).read_bytes():
    print("NOT RUN: a library with sanitizers wants a program with sanitizers")
    sys.exit(0)
