#!/usr/bin/env python3
"""Programs that move nuclei by `qmtraj ipi`: i-PI and ASE. `make clients` sets them up in environments of their own and
runs this in each. A line per claim: PASS, FAIL, or NOT INSTALLED."""
import pathlib
import socket
import subprocess
import sys
import tempfile
import uuid

import numpy as np

from claims import BOHR, EV, HERE, QMTRAJ, claim, end, energies, installed, xyz_text
from recorder import Recorder

WATER = [("O", 0.0, 0.0, 0.119), ("H", 0.0, 0.763, -0.477), ("H", 0.0, -0.763, -0.477)]
SYMBOLS = [atom[0] for atom in WATER]
# Another start of the SCF ends within the square of its tolerance; energies of water have 1e-14 hartree.
NEAR = 1e-9  # eV


def same(name, pairs):
    """Energies that went through a socket, and those of the program at the same geometries."""
    again = energies("".join(xyz_text(SYMBOLS, xyz) for xyz, _ in pairs))
    worst = max(abs(e - one[1]) for e, one in zip(again, pairs)) * EV
    claim(name, worst < NEAR, f"largest difference from qmtraj energy {worst:.1e} eV in {len(pairs)} evaluations")


def ipi_run(folder, name, steps, beads, mode, thermostat, n_clients):
    """Rows of the output of i-PI, what went through its sockets."""
    address, between = ("qmtraj_" + uuid.uuid4().hex[:8] for _ in range(2))
    (folder / f"{name}.xml").write_text((HERE / "ipi.xml").read_text().format(**locals()))
    program = pathlib.Path(sys.executable).parent / "i-pi"
    recorder = Recorder("/tmp/ipi_" + between, "/tmp/ipi_" + address)
    with open(folder / f"{name}.log", "w") as log:
        server = subprocess.Popen([program, f"{name}.xml"], cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    clients = [subprocess.Popen([QMTRAJ, "ipi", "--unix", between, "--retry", "60", "water.xyz"], cwd=folder,
                                stderr=subprocess.DEVNULL) for _ in range(n_clients)]
    codes = [client.wait(timeout=600) for client in clients]
    server.wait(timeout=60)
    pathlib.Path("/tmp/ipi_" + between).unlink()
    rows = [line.split() for line in (folder / f"{name}.out").read_text().splitlines() if not line.startswith("#")]
    if not rows:
        sys.exit((folder / f"{name}.log").read_text()[-2000:])
    claim(f"i-PI, {name}: clients end well", set(codes) == {0}, f"codes {codes}")
    return [[float(word) for word in row] for row in rows], recorder.end()


def ipi():
    if not installed("ipi"):
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "water.xyz").write_text("3\n\n" + "".join(f"{a} {x} {y} {z}\n" for a, x, y, z in WATER))
        (folder / "start.xyz").write_text(
            "3\n# CELL(abcABC): 100 100 100 90 90 90 positions{atomic_unit} cell{atomic_unit}\n" +
            "".join(f"{a} {x / BOHR} {y / BOHR} {z / BOHR}\n" for a, x, y, z in WATER))
        rows, pairs = ipi_run(folder, "nve", 1000, 1, "nve", "", 1)
        spread = max(row[2] for row in rows) - min(row[2] for row in rows)
        claim("i-PI, nve, 1,000 steps: energy conserved", spread * EV < 2e-3, f"within {spread * EV:.1e} eV")
        same("i-PI, nve, 1,000 steps", pairs)
        claim("i-PI, nve: every step was asked for", len(pairs) == 1001, f"{len(pairs)} evaluations")
        rows, pairs = ipi_run(folder, "pimd", 200, 4, "nvt",
                              "<thermostat mode='langevin'><tau units='femtosecond'>100</tau></thermostat>", 4)
        spread = max(row[2] for row in rows) - min(row[2] for row in rows)
        claim("i-PI, pimd with four clients, 200 steps: conserved", spread * EV < 0.05, f"within {spread * EV:.1e} eV")
        same("i-PI, pimd with four clients", pairs)
        claim("i-PI, pimd: every bead was asked for", len(pairs) == 4 * 201, f"{len(pairs)} evaluations")


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


def ase_socket(kind):
    """BFGS and dynamics of ASE by a socket, "UNIX" or "INET"."""
    import ase
    from ase import Atoms, units
    from ase.calculators.socketio import SocketIOCalculator
    from ase.md.verlet import VelocityVerlet
    from ase.optimize import BFGS
    address, port = "qmtraj_" + uuid.uuid4().hex[:8], free_port()
    where, words = ({"unixsocket": address}, ["--unix", address]) if kind == "UNIX" else ({"port": port}, ["--port", str(port)])
    pairs = []
    with tempfile.TemporaryDirectory() as name:
        start = pathlib.Path(name, "water.xyz")
        start.write_text("3\n\n" + "".join(f"{a} {x} {y} {z}\n" for a, x, y, z in WATER))
        atoms = Atoms(SYMBOLS, [atom[1:] for atom in WATER])

        def keep():
            # In the units of ASE, which are CODATA 2014: 138 eV differ by 1e-6 from those of 2018.
            pairs.append((atoms.positions / units.Bohr, atoms.get_potential_energy() / units.Hartree))

        with SocketIOCalculator(timeout=60, **where) as calculator:
            client = subprocess.Popen([QMTRAJ, "ipi", *words, "--retry", "60", start], stderr=subprocess.DEVNULL)
            atoms.calc = calculator
            relax = BFGS(atoms, logfile=None)
            relax.attach(keep)
            relax.run(fmax=1e-3, steps=60)
            atoms.set_momenta(np.random.default_rng(1).normal(size=(3, 3)) * 0.2)
            before = atoms.get_total_energy()
            motion = VelocityVerlet(atoms, 0.25 * units.fs)
            motion.attach(keep)
            motion.run(500)
            moved = abs(atoms.get_total_energy() - before)
        client.wait(timeout=60)
    same(f"ASE {ase.__version__}, BFGS and 500 steps of VelocityVerlet, {kind}", pairs)
    claim(f"ASE {ase.__version__}, {kind}: energy conserved, the client ends well", moved < 1e-3 and client.returncode == 0,
          f"{moved:.1e} eV, code {client.returncode}")


if __name__ == "__main__":
    ipi()
    if installed("ase"):
        ase_socket("UNIX")
        ase_socket("INET")
    end()
