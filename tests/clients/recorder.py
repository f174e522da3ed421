"""Between an i-PI server and its clients: passes the bytes on and keeps them, so that each energy is known with the
geometry that it belongs to, to the last bit."""
import os
import socket
import struct
import threading
import time

import numpy as np


class Recorder:
    """Listens on one UNIX socket and connects to another for each client that comes."""

    def __init__(self, path, server, patience=60):
        self.server, self.patience = server, patience
        self.said = []  # (bytes of the server, bytes of the client) of each connection
        self.threads = []
        if os.path.exists(path):
            os.unlink(path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def _connect(self):
        for _ in range(10 * self.patience):
            peer = socket.socket(socket.AF_UNIX)
            try:
                peer.connect(self.server)
                return peer
            except OSError:
                peer.close()
                time.sleep(0.1)
        raise TimeoutError(f"{self.server}: no server")

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = self._connect()
            kept = (bytearray(), bytearray())
            self.said.append(kept)
            for source, target, bytes_of in ((server, client, kept[0]), (client, server, kept[1])):
                thread = threading.Thread(target=self._pass, args=(source, target, bytes_of), daemon=True)
                thread.start()
                self.threads.append(thread)

    @staticmethod
    def _pass(source, target, bytes_of):
        try:
            while data := source.recv(65536):
                bytes_of += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side has left

    def end(self):
        """All (positions (n, 3) bohr, energy hartree), in the order of each connection."""
        self.listener.close()
        for thread in self.threads:
            thread.join(self.patience)
        return [pair for server, client in self.said for pair in zip(_positions(bytes(server)), _energies(bytes(client)))]


def _positions(data):
    """Of every geometry whose forces were asked for."""
    at, xyz = 0, None
    while at + 12 <= len(data):
        word, at = data[at:at + 12].strip(), at + 12
        if word == b"INIT":
            at += 8 + struct.unpack_from("=i", data, at + 4)[0]
        elif word == b"POSDATA":
            n = struct.unpack_from("=i", data, at + 144)[0]
            xyz = np.frombuffer(data, float, 3 * n, at + 148).reshape(n, 3)
            at += 148 + 24 * n
        elif word == b"GETFORCE":
            yield xyz


def _energies(data):
    at = 0
    while at + 12 <= len(data):
        word, at = data[at:at + 12].strip(), at + 12
        if word == b"FORCEREADY":
            energy, n = struct.unpack_from("=di", data, at)
            at += 12 + 24 * n + 72
            at += 4 + struct.unpack_from("=i", data, at)[0]
            yield energy
