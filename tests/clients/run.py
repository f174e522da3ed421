#!/usr/bin/env python3
"""Programs of others that use qmtraj or read what it writes: `make clients` sets them up in an environment of their
own and runs this in it. A line per claim: PASS, FAIL, or NOT INSTALLED."""
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import uuid

HERE = pathlib.Path(__file__).resolve().parent
QMTRAJ = os.path.abspath(sys.argv[1])
BOHR = 0.529177210903  # angstrom, CODATA 2018
EV = 27.211386245988   # per hartree
failed = 0


def claim(name, ok, figure):
    global failed
    failed += not ok
    print(f"{'PASS' if ok else 'FAIL':4}  {name}: {figure}", flush=True)


def installed(module):
    if importlib.util.find_spec(module) is not None:
        return True
    print(f"NOT INSTALLED  {module}", flush=True)
    return False


def energy(xyz):
    """Hartree, of a text of XYZ frames."""
    with tempfile.NamedTemporaryFile("w", suffix=".xyz") as file:
        file.write(xyz)
        file.flush()
        out = subprocess.run([QMTRAJ, "energy", "--json", file.name], check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(line)["energy"] for line in out.splitlines()]


def ipi_run(folder, name, steps, stride, beads, mode, thermostat):
    """Rows of the output of i-PI; one client per bead."""
    address = "qmtraj_" + uuid.uuid4().hex[:8]
    (folder / f"{name}.xml").write_text((HERE / "ipi.xml").read_text().format(**locals()))
    program = pathlib.Path(sys.executable).parent / "i-pi"
    server = subprocess.Popen([program, f"{name}.xml"], cwd=folder, stdout=open(folder / f"{name}.log", "w"), stderr=subprocess.STDOUT)
    clients = [subprocess.Popen([QMTRAJ, "ipi", "--unix", address, "--retry", "60", "water.xyz"], cwd=folder,
                                stderr=subprocess.DEVNULL) for _ in range(beads)]
    codes = [client.wait(timeout=600) for client in clients]
    server.wait(timeout=60)
    rows = [line.split() for line in (folder / f"{name}.out").read_text().splitlines() if not line.startswith("#")]
    if not rows:
        sys.exit((folder / f"{name}.log").read_text()[-2000:])
    claim(f"i-PI, {name}: clients end well", set(codes) == {0}, f"codes {codes}")
    return [[float(word) for word in row] for row in rows]


def frames(path):
    """XYZ texts in angstrom of a file in bohr."""
    lines = path.read_text().splitlines()
    n = int(lines[0])
    for k in range(0, len(lines), n + 2):
        atoms = [line.split() for line in lines[k + 2:k + 2 + n]]
        yield f"{n}\n\n" + "".join(f"{a[0]} " + " ".join(f"{float(v) * BOHR:.12f}" for v in a[1:4]) + "\n" for a in atoms)


def ipi():
    if not installed("ipi"):
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        atoms = [("O", 0.0, 0.0, 0.119), ("H", 0.0, 0.763, -0.477), ("H", 0.0, -0.763, -0.477)]
        (folder / "water.xyz").write_text("3\n\n" + "".join(f"{a} {x} {y} {z}\n" for a, x, y, z in atoms))
        (folder / "start.xyz").write_text(
            "3\n# CELL(abcABC): 100 100 100 90 90 90 positions{atomic_unit} cell{atomic_unit}\n" +
            "".join(f"{a} {x / BOHR} {y / BOHR} {z / BOHR}\n" for a, x, y, z in atoms))
        rows = ipi_run(folder, "nve", 1000, 100, 1, "nve", "")
        spread = max(row[2] for row in rows) - min(row[2] for row in rows)
        claim("i-PI, nve, 1,000 steps: energy conserved", spread * EV < 2e-3, f"within {spread * EV:.1e} eV")
        # The positions of the trajectory have six digits: the slope of the energy times their rounding.
        again = energy("".join(frames(next(folder.glob("nve.pos*")))))
        worst = max(abs(e - rows[100 * k][1]) for k, e in enumerate(again))
        claim("i-PI, nve: potential is that of qmtraj energy", worst < 2e-6, f"largest difference {worst:.1e} hartree")
        start = abs(energy((folder / "water.xyz").read_text())[0] - rows[0][1]) * EV
        claim("i-PI, nve: the start, all digits", start < 1e-7, f"{start:.1e} eV")
        rows = ipi_run(folder, "pimd", 200, 100, 4, "nvt",
                       "<thermostat mode='langevin'><tau units='femtosecond'>100</tau></thermostat>")
        spread = max(row[2] for row in rows) - min(row[2] for row in rows)
        claim("i-PI, pimd with four clients, 200 steps: conserved", spread * EV < 0.05, f"within {spread * EV:.1e} eV")


def ase_socket():
    if not installed("ase"):
        return
    import ase
    from ase import Atoms
    from ase.calculators.socketio import SocketIOCalculator
    from ase.md.verlet import VelocityVerlet
    from ase.optimize import BFGS
    from ase.units import fs
    with tempfile.TemporaryDirectory() as name:
        start = pathlib.Path(name, "water.xyz")
        start.write_text("3\n\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n")
        atoms = Atoms("OH2", [[0, 0, 0.119], [0, 0.763, -0.477], [0, -0.763, -0.477]])
        address = "qmtraj_" + uuid.uuid4().hex[:8]
        with SocketIOCalculator(unixsocket=address, timeout=60) as calculator:
            client = subprocess.Popen([QMTRAJ, "ipi", "--unix", address, "--retry", "60", start], stderr=subprocess.DEVNULL)
            atoms.calc = calculator
            BFGS(atoms, logfile=None).run(fmax=1e-3, steps=60)
            text = f"3\n\n" + "".join(f"{a.symbol} " + " ".join(f"{x:.14f}" for x in a.position) + "\n" for a in atoms)
            # ASE's bohr and hartree are CODATA 2014: 138 eV differ by 1e-6.
            apart = abs(atoms.get_potential_energy() - energy(text)[0] * EV)
            before = atoms.get_total_energy()
            VelocityVerlet(atoms, 0.25 * fs).run(100)
            moved = abs(atoms.get_total_energy() - before)
        client.wait(timeout=60)
        claim(f"ASE {ase.__version__}, BFGS by a UNIX socket", apart < 1e-5, f"{apart:.1e} eV from qmtraj energy")
        claim(f"ASE {ase.__version__}, 100 steps of VelocityVerlet", moved < 1e-4 and client.returncode == 0, f"{moved:.1e} eV")


if __name__ == "__main__":
    ipi()
    ase_socket()
    print(f"{failed} failed")
    sys.exit(failed != 0)
