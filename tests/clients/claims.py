"""What the checks of `make clients` share: a line per claim, the program, the package beside it."""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
QMTRAJ = os.path.abspath(sys.argv[1])
LIBRARY = os.path.join(os.path.dirname(QMTRAJ), "libqmtraj.so")
BOHR = 1.0 / 1.8897261246204404  # angstrom, CODATA 2018 as the program has it
EV = 27.211386245988             # per hartree
failed = 0


def claim(name, ok, figure):
    global failed
    failed += not ok
    print(f"{'PASS' if ok else 'FAIL':4}  {name}: {figure}", flush=True)


def installed(*modules):
    for module in modules:
        if importlib.util.find_spec(module) is None:
            print(f"NOT INSTALLED  {module}", flush=True)
            return False
    return True


def end():
    print(f"{failed} failed")
    sys.exit(failed != 0)


def package():
    """Makes `import qmtraj` work, here and in programs that this one starts."""
    os.environ["QMTRAJ_LIBRARY"] = LIBRARY
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SOURCE / "python"), os.environ.get("PYTHONPATH")]))
    sys.path.insert(0, str(SOURCE / "python"))


def xyz_text(symbols, xyz):
    """One frame of an XYZ file from bohr, with all digits."""
    return f"{len(symbols)}\n\n" + "".join(
        f"{s} " + " ".join(repr(float(x) * BOHR) for x in row) + "\n" for s, row in zip(symbols, xyz))


def energies(text):
    """Hartree, of the frames of an XYZ text, by `qmtraj energy`."""
    with tempfile.NamedTemporaryFile("w", suffix=".xyz") as file:
        file.write(text)
        file.flush()
        out = subprocess.run([QMTRAJ, "energy", "--json", file.name], check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(line)["energy"] for line in out.splitlines()]
