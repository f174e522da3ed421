#!/usr/bin/env python3
"""The Python package beside its peers and in them: what a call costs, how files open, windows for networks, ASE's optimisers
and dynamics, dpdata, graphs of torch-geometric. A line per claim: PASS, FAIL, or NOT INSTALLED. The words after the program choose;
a path of 30 ps of aspirin among them saves computing it."""
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from claims import BOHR, QMTRAJ, SOURCE, claim, end, installed, package

package()
sys.path.insert(0, str(SOURCE / "bench"))

import qmtraj  # noqa: E402


def trajectory_of(folder, name, length_ps):
    words = [word for key in (f"length_ps={length_ps}", "equilibration_ps=0.1", "nve_every_ps=0") for word in ("--set", key)]
    subprocess.run([QMTRAJ, "run", *words, SOURCE / f"data/molecules/xyz/{name}.xyz", "--out", folder], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return pathlib.Path(folder, name, "trajectory.npz")


def seconds(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def overhead():
    import python_overhead
    c, more = python_overhead.measure("glycine")
    claim("Engine.evaluate, glycine, warm", more < 8.0, f"{more:.1f} us more than C, which takes {c:.1f} us")


def files(path):
    """30 ps of aspirin: opened, frames at random, nothing copied."""
    opened = statistics.median(seconds(lambda: qmtraj.open(path)) for _ in range(50))
    claim("30 ps of aspirin opened", opened < 5e-3, f"{1e3 * opened:.2f} ms, {path.stat().st_size / 1e6:.0f} MB")
    trajectory = qmtraj.open(path)
    frames = np.random.default_rng(0).integers(len(trajectory), size=2000)
    read = statistics.median(seconds(lambda: np.array(trajectory.pos[k])) for k in frames)
    claim("a random frame of it", read < 20e-6, f"{1e6 * read:.1f} us, {len(trajectory)} frames")
    maps = [line.split() for line in pathlib.Path("/proc/self/maps").read_text().splitlines() if line.endswith(str(path))]
    ranges = [tuple(int(word, 16) for word in line[0].split("-")) for line in maps]
    inside = [any(low <= getattr(trajectory, name)[k:k + 1].ctypes.data < high for low, high in ranges)
              for name in ("pos", "vel", "forces", "Epot") for k in (0, len(trajectory) // 2, len(trajectory) - 1)]
    claim("addresses of its frames lie in the map of the file", all(inside), f"{sum(inside)} of {len(inside)}")


def windows(path):
    if not installed("torch"):
        return
    import windows
    rates = windows.measure_all(path, 3.0)
    claim("Stream against numpy.load, samples/s", rates["stream"] > 20 * rates["load"],
          f"{rates['stream']:.0f} against {rates['load']:.0f}; Windows[i] {rates['map']:.0f}")


def graphs(path):
    if not installed("torch", "torch_geometric"):
        return
    from torch_geometric.loader import DataLoader
    import qmtraj.torch
    samples = qmtraj.torch.Windows(path, horizon=3, units="ase", every=1000)
    graphs = [qmtraj.torch.to_pyg(samples[i], cutoff=1.8) for i in range(8)]
    batch = next(iter(DataLoader(graphs, batch_size=4)))
    n = len(samples[0]["numbers"])
    right = (batch.num_nodes == 4 * n and tuple(batch.next_pos.shape) == (4 * n, 3, 3) and batch.edge_index.max() < 4 * n
             and np.array_equal(batch.next_pos[n:2 * n, 1].numpy(), samples[1]["next_pos"][1].numpy())
             and (batch.batch[batch.edge_index[0]] == batch.batch[batch.edge_index[1]]).all())
    claim("torch-geometric batches the graphs of to_pyg", bool(right), f"{batch.num_nodes} atoms, {batch.num_edges} edges")


def dpdata(path):
    if not installed("dpdata"):
        return
    import dpdata  # finds the plug-in by its entry point
    system = dpdata.LabeledSystem(str(path), fmt="qmtraj/npz", step=1000)
    trajectory = qmtraj.open(path, "ase")
    right = (np.abs(system["energies"] - trajectory.Epot[::1000]).max() < 1e-9
             and np.abs(system["forces"] - trajectory.forces[::1000]).max() < 1e-9
             and np.abs(system["coords"] - trajectory.pos[::1000]).max() < 1e-9)
    claim("dpdata's plug-in", bool(right), f"{len(system)} frames of {system.get_natoms()} atoms")
    with tempfile.TemporaryDirectory() as folder:
        system.to("deepmd/npy", folder)
        again = dpdata.LabeledSystem(folder, fmt="deepmd/npy")
        worst = np.abs(again["forces"] - system["forces"]).max()
        claim("deepmd/npy through dpdata and back", worst < 1e-5, f"forces within {worst:.1e} eV/angstrom")


def ase_tools():
    """Optimisers, paths and dynamics of ASE with the calculator."""
    if not installed("ase"):
        return
    import ase
    from ase import units
    from ase.build import molecule
    from ase.md.langevin import Langevin
    from ase.optimize import BFGS, FIRE
    from qmtraj.ase import QMTraj
    try:
        from ase.mep import NEB
    except ImportError:
        from ase.neb import NEB
    relaxed = []
    for optimiser in (BFGS, FIRE):
        atoms = molecule("CH3OH")
        atoms.calc = QMTraj()
        optimiser(atoms, logfile=None).run(fmax=1e-3, steps=500)
        relaxed.append(atoms.get_potential_energy())
    claim(f"ASE {ase.__version__}, BFGS and FIRE meet", abs(relaxed[0] - relaxed[1]) < 1e-5, f"{abs(relaxed[0] - relaxed[1]):.1e} eV apart")
    ammonia = molecule("NH3")
    ammonia.calc = QMTraj()
    BFGS(ammonia, logfile=None).run(fmax=1e-3, steps=100)
    mirror = ammonia.copy()
    mirror.positions[:, 2] *= -1
    mirror.positions[:, 2] += 2 * ammonia.positions[0, 2] - (mirror.positions[0, 2] + ammonia.positions[0, 2])
    images = [ammonia.copy() for _ in range(6)] + [mirror]
    for image in images:
        image.calc = QMTraj()
    path = NEB(images, climb=True)
    path.interpolate()
    FIRE(path, logfile=None).run(fmax=0.02, steps=500)
    barrier = max(image.get_potential_energy() for image in images) - images[0].get_potential_energy()
    flat = molecule("NH3")
    flat.positions[:, 2] = 0.0
    flat.calc = QMTraj()
    BFGS(flat, logfile=None).run(fmax=1e-3, steps=100)
    saddle = flat.get_potential_energy() - images[0].get_potential_energy()
    claim(f"ASE {ase.__version__}, NEB: ammonia's inversion", abs(barrier - saddle) < 5e-3, f"{barrier:.4f} eV, planar {saddle:.4f}")
    atoms = molecule("CH3OH")
    atoms.calc = QMTraj()
    Langevin(atoms, 0.5 * units.fs, temperature_K=300, friction=0.02 / units.fs, rng=np.random.RandomState(1)).run(200)
    claim(f"ASE {ase.__version__}, Langevin", 50 < atoms.get_temperature() < 900, f"{atoms.get_temperature():.0f} K after 200 steps")


def smiles():
    """What RDKit's Python package makes for a library without RDKit, beside what a library with RDKit makes."""
    if not installed("rdkit"):
        return
    from qmtraj.smiles import embed
    several = ["CCO", "c1ccccc1O", "C[NH3+]", "[O-]C=O", "C[CH2]", "N[C@@H](C)C(=O)O", "C1CC2CCC1C2"]
    words = [word for one in several for word in ("--smiles", one)]
    done = subprocess.run([QMTRAJ, "energy", "--json", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if "without RDKit" in done.stderr:
        print("NOT INSTALLED  RDKit in the library", flush=True)
        return
    for text, one in zip(several, map(json.loads, done.stdout.splitlines())):
        made = embed(text)
        energy = qmtraj.Engine(made.numbers, charge=made.charge, multiplicity=made.multiplicity).evaluate(made.xyz / BOHR).energy
        same = (made.numbers.tolist() == one["atomic_numbers"], made.charge == one["charge"], made.multiplicity == one["multiplicity"])
        # Another version of RDKit may find another conformer.
        claim(f"{text} by RDKit's Python package", all(same) and abs(energy - one["energy"]) < 0.02,
              f"{1e3 * abs(energy - one['energy']):.2f} mhartree from the geometry of the library")


def read():
    """ase.io.read finds the format by the entry point of the installed package, before ASE 3.23 by register()."""
    if not installed("ase"):
        return
    import ase
    import ase.io
    from ase.io import formats
    with tempfile.TemporaryDirectory() as name:
        path = trajectory_of(name, "glycine", 0.05)
        if not hasattr(formats, "register_external_io_formats"):
            from qmtraj.ase_formats import register
            register()
        frames = ase.io.read(f"{path}@0:100:25")
        trajectory = qmtraj.open(path, "ase")
        worst = max(np.abs(frame.positions - trajectory.pos[25 * k]).max() for k, frame in enumerate(frames))
    claim(f"ASE {ase.__version__} reads trajectory.npz@0:100:25", len(frames) == 4 and worst < 1e-6, f"within {worst:.1e} angstrom")


CLAIMS = {"ase": ase_tools, "read": read, "overhead": overhead, "smiles": smiles}
OF_FILES = {"files": files, "windows": windows, "graphs": graphs, "dpdata": dpdata}

if __name__ == "__main__":
    for word in sys.argv[2:]:
        if word in CLAIMS:
            CLAIMS[word]()
    words = [word for word in sys.argv[2:] if word in OF_FILES]
    if words:
        with tempfile.TemporaryDirectory() as name:
            given = [pathlib.Path(word) for word in sys.argv[2:] if word.endswith(".npz")]
            path = given[0] if given else trajectory_of(name, "aspirin", 30)
            for word in words:
                OF_FILES[word](path)
    end()
