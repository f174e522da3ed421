"""`qmtraj ipi` keeps to the i-PI protocol whatever a server does: in any order, byte by byte, several messages in
one packet, closed too early; and ASE moves atoms with it."""
import json
import os
import pathlib
import socket
import struct
import subprocess
import tempfile
import time
import unittest

import numpy as np

QMTRAJ = os.environ["QMTRAJ"]
BOHR = 0.529177210903
WATER = "3\nname=water\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n"
XYZ = np.array([[0, 0, 0.119], [0, 0.763, -0.477], [0, -0.763, -0.477]]) / BOHR
PATIENCE = 60  # seconds that no part of a test comes near, even beside many others


def header(word):
    return f"{word:<12}".encode()


def positions(xyz):
    return (header("POSDATA") + bytes(18 * 8) + struct.pack("=i", len(xyz)) + np.ascontiguousarray(xyz, float).tobytes())


class Server:
    """A server on a UNIX socket in a folder, and the client that talks to it."""

    def __init__(self, folder, *words):
        self.path = os.path.join(folder, "ipi_s")
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen()
        self.listener.settimeout(PATIENCE)
        start = os.path.join(folder, "water.xyz")
        pathlib.Path(start).write_text(WATER)
        self.process = subprocess.Popen([QMTRAJ, "ipi", "--unix", "s", "--prefix", os.path.join(folder, "ipi_"), *words,
                                         start], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.accept()

    def accept(self):
        self.peer, _ = self.listener.accept()
        self.peer.settimeout(PATIENCE)

    def send(self, data, pieces=False):
        for k in range(0, len(data), 1 if pieces else len(data)):
            self.peer.sendall(data[k:k + 1] if pieces else data)

    def read(self, n):
        data = b""
        while len(data) < n:
            piece = self.peer.recv(n - len(data))
            if not piece:
                raise EOFError(f"{len(data)} of {n} bytes")
            data += piece
        return data

    def status(self):
        self.send(header("STATUS"))
        return self.read(12).decode().strip()

    def forces(self, pieces=False, ask=True):
        if ask:
            self.send(header("GETFORCE"), pieces)
        assert self.read(12) == header("FORCEREADY")
        energy, n = struct.unpack("=di", self.read(12))
        forces = np.frombuffer(self.read(24 * n)).reshape(n, 3)
        virial = np.frombuffer(self.read(72))
        extra = self.read(*struct.unpack("=i", self.read(4)))
        assert not virial.any()
        return energy, forces, extra

    def end(self):
        """Code and what was said."""
        try:
            _, said = self.process.communicate(timeout=PATIENCE)
        finally:
            self.process.kill()
            self.peer.close()
            self.listener.close()
        return self.process.returncode, said


class Ipi(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        single = pathlib.Path(self.folder.name, "w.xyz")
        single.write_text(WATER)
        out = json.loads(subprocess.run([QMTRAJ, "energy", "--json", single], check=True, stdout=subprocess.PIPE).stdout)
        self.energy, self.gradient = out["energy"], np.array(out["gradient"])

    def same(self, energy, forces):
        self.assertAlmostEqual(energy, self.energy, delta=1e-11)  # another start: residual of the loop, squared
        self.assertLess(abs(forces + self.gradient).max(), 1e-8)  # and as it is

    def test_ases_order(self):
        server = Server(self.folder.name)
        self.assertEqual(server.status(), "READY")
        server.send(positions(XYZ))
        self.assertEqual(server.status(), "HAVEDATA")
        energy, forces, extra = server.forces()
        self.same(energy, forces)
        self.assertEqual(extra, b"")
        self.assertEqual(server.status(), "READY")
        server.send(header("EXIT"))
        code, said = server.end()
        self.assertEqual((code, said), (0, "water: 1 geometries, the server is done\n"))

    def test_byte_by_byte_and_closed_between_messages(self):
        server = Server(self.folder.name)
        server.send(header("INIT") + struct.pack("=ii", 0, 5) + b"hello" + positions(XYZ), pieces=True)
        energy, forces, _ = server.forces(pieces=True)
        self.same(energy, forces)
        server.peer.close()
        self.assertEqual(server.end()[0], 0)

    def test_fused_messages(self):
        server = Server(self.folder.name)
        moved = XYZ + [[0, 0, 0.1], [0, 0, 0], [0, 0, 0]]
        server.send(positions(moved) + header("GETFORCE") + header("STATUS") + positions(XYZ) + header("GETFORCE"))
        first = server.forces(ask=False)[0]
        self.assertGreater(abs(first - self.energy), 1e-4)
        self.assertEqual(server.read(12), header("READY"))
        self.same(*server.forces(ask=False)[:2])
        server.send(header("EXIT"))
        self.assertEqual(server.end()[0], 0)

    def test_extras(self):
        server = Server(self.folder.name, "--extras", "json")
        server.send(positions(XYZ))
        extra = json.loads(server.forces()[2])
        self.assertAlmostEqual(sum(extra["charges"]), 0.0, delta=1e-9)
        self.assertLess(extra["dipole"][2], -0.5)
        server.send(header("EXIT"))
        self.assertEqual(server.end()[0], 0)

    def test_a_connection_that_breaks_comes_back(self):
        server = Server(self.folder.name)
        server.send(positions(XYZ)[:-7])
        server.peer.close()
        server.accept()
        server.send(positions(XYZ))
        self.same(*server.forces()[:2])
        server.send(header("EXIT"))
        code, said = server.end()
        self.assertEqual(code, 0)
        self.assertIn("the connection broke; connecting again", said)

    def test_a_server_that_stays_away(self):
        server = Server(self.folder.name, "--retry", "0")
        server.send(positions(XYZ)[:50])
        os.unlink(server.path)
        server.peer.close()
        code, said = server.end()
        self.assertEqual(code, 5)
        self.assertIn("no i-PI server answers", said)

    def test_what_no_server_can_have(self):
        for words, sentence in ((("--unix", 120 * "x"), "the path of a socket has at most"), (("--port", "70000"), "must be a whole number, 1 to 65535")):
            start = os.path.join(self.folder.name, "start.xyz")
            pathlib.Path(start).write_text(WATER)
            begin = time.monotonic()
            done = subprocess.run([QMTRAJ, "ipi", *words, start], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(sentence, done.stderr)
            self.assertLess(time.monotonic() - begin, 8)  # of the ten seconds that a server is waited for

    def test_wrong_messages_end_with_a_sentence(self):
        for data, code, sentence in (
                (positions(XYZ[:2]), 3, "the server sends 2 atoms, the start structure has 3"),
                (header("GETFORCE"), 3, "wants forces before it sent positions"),
                (b"\x1b[31mHELLO!!", 3, "unknown message"),
                (header("INIT") + struct.pack("=ii", 0, -4), 3, "an INIT message of -4 bytes"),
                (header("INIT") + struct.pack("=ii", 0, 12) + b"batch_size:4", 3, "several structures at once")):
            server = Server(self.folder.name)
            server.send(data)
            ended, said = server.end()
            self.assertEqual(ended, code, said)
            self.assertIn(sentence, said)
            self.assertNotIn("\x1b", said)

    def test_ase_moves_it(self):
        try:
            from ase.calculators.socketio import SocketIOCalculator
        except ImportError:
            self.skipTest("no ASE")
        from ase import Atoms
        from ase.optimize import BFGS
        atoms = Atoms("OH2", XYZ * BOHR)
        start = pathlib.Path(self.folder.name, "water.xyz")
        start.write_text(WATER)
        port = free_port()
        client = subprocess.Popen([QMTRAJ, "ipi", "--port", str(port), "--retry", str(PATIENCE), start],
                                  stderr=subprocess.PIPE)
        with SocketIOCalculator(port=port, timeout=PATIENCE) as calculator:
            atoms.calc = calculator
            self.assertTrue(BFGS(atoms, logfile=None).run(fmax=0.01, steps=60))
            self.assertAlmostEqual(atoms.get_distance(0, 1), 0.9591, delta=2e-3)  # GFN2-xTB's bond
        client.communicate(timeout=PATIENCE)
        self.assertEqual(client.returncode, 0)


def free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    unittest.main()
