"""Water by GFN2-xTB, native dynamics, and the file mapped into memory."""
import tempfile

import numpy as np

import qmtraj

xyz = np.array([[0, 0, 0.2254], [0, 1.4423, -0.9015], [0, -1.4423, -0.9015]])  # bohr
result = qmtraj.Engine([8, 1, 1]).evaluate(xyz)
assert abs(result.energy + 5.07) < 0.01, result.energy
assert np.abs(result.forces.sum(axis=0)).max() < 1e-9

with tempfile.TemporaryDirectory() as folder:
    start = f"{folder}/water.xyz"
    with open(start, "w", encoding="utf-8") as file:
        file.write("3\n\nO 0 0 0.1193\nH 0 0.7632 -0.4770\nH 0 -0.7632 -0.4770\n")
    done = qmtraj.run({"length_ps": 0.1, "equilibration_ps": 0}, start, f"{folder}/out")
    trajectory = qmtraj.open(f"{folder}/out/water/trajectory.npz")
    assert trajectory.pos.shape == (401, 3, 3), trajectory.pos.shape
print("water", result.energy, "hartree;", "trajectory", trajectory.pos.shape, done)
