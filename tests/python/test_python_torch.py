"""qmtraj.torch: windows of trajectories are the frames of the files, in every order, once each, and parts share none."""
import os
import subprocess
import sys
import tempfile
import unittest

from built import QMTRAJ, SOURCE
try:
    import torch
except ImportError:
    print("NOT RUN: no PyTorch")
    sys.exit(0)

import numpy as np

import qmtraj
import qmtraj.torch
from qmtraj import errors


class Windows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        molecules = [SOURCE / f"data/molecules/xyz/{name}.xyz" for name in ("glycine", "formic_acid")]
        subprocess.run([QMTRAJ, "run", "--set", "length_ps=0.05", "--set", "equilibration_ps=0.01", "--set", "nve_every_ps=0",
                        *molecules, "--out", cls.folder.name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.glycine = qmtraj.open(os.path.join(cls.folder.name, "glycine"))
        cls.formic_acid = qmtraj.open(os.path.join(cls.folder.name, "formic_acid"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_samples_are_frames_of_the_file(self):
        windows = qmtraj.torch.Windows(self.folder.name, inputs=("pos", "vel", "Epot"), horizon=3, stride=2, units="ase")
        self.assertEqual(len(windows), len(self.glycine) + len(self.formic_acid) - 2 * 6)
        ase = self.glycine.in_units("ase")
        i = len(self.formic_acid) - 6 + 5  # names are sorted
        sample = windows[i]
        self.assertEqual((int(sample["frame"]), windows.paths[int(sample["trajectory"])]),
                         (5, os.path.join(self.folder.name, "glycine")))
        self.assertEqual(sample["numbers"].tolist(), self.glycine.atom_types.tolist())
        np.testing.assert_array_equal(sample["pos"].numpy(), ase.pos[5])
        np.testing.assert_array_equal(sample["next_vel"].numpy(), ase.vel[[7, 9, 11]])
        np.testing.assert_array_equal(sample["next_Epot"].numpy(), ase.Epot[[7, 9, 11]])
        self.assertEqual(int(windows[-1]["frame"]), len(self.glycine) - 7)
        self.assertRaises(IndexError, windows.__getitem__, len(windows))

    def test_parts_share_no_frame(self):
        windows = qmtraj.torch.Windows(self.folder.name, horizon=5)
        parts = windows.split(0.6, 0.2, 0.2)
        seen = [set() for _ in parts]
        for part, frames in zip(parts, seen):
            self.assertGreater(len(part), 0)
            for number, frame in zip(part.trajectory, part.frame):
                frames.update((number, frame + k) for k in range(6))
        self.assertFalse(seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])
        one, other = windows.split(0.5, 0.5, by="trajectory")
        self.assertEqual(sorted([*set(one.trajectory), *set(other.trajectory)]), [0, 1])
        self.assertRaises(errors.ArgumentError, windows.split, 0.5, 0.4)

    def test_streams_have_every_window_once(self):
        windows = qmtraj.torch.Windows(self.folder.name, horizon=2)
        wanted = sorted(zip(windows.trajectory.tolist(), windows.frame.tolist()))
        orders = []
        for n_workers in (0, 2):
            stream = qmtraj.torch.Stream(windows, 16, shuffle=True, seed=3)
            loader = torch.utils.data.DataLoader(stream, batch_size=None, num_workers=n_workers)
            got = []
            for batch in loader:
                got += zip(batch["trajectory"].tolist(), batch["frame"].tolist())
                trajectory = (self.formic_acid, self.glycine)[int(batch["trajectory"][0])]
                np.testing.assert_array_equal(batch["next_pos"][0, 1].numpy(), trajectory.pos[int(batch["frame"][0]) + 2])
            self.assertEqual(sorted(got), wanted)
            orders.append(got)
        self.assertEqual(len(list(stream)), len(stream))
        self.assertNotEqual(orders[0], wanted)
        first, second = ([b["frame"].tolist() for b in stream] for _ in range(2))
        self.assertNotEqual(first, second)
        stream.set_epoch(stream.epoch - 1)
        self.assertEqual([b["frame"].tolist() for b in stream], second)

    def test_map_style_loaders_with_workers(self):
        windows = qmtraj.torch.Windows(self.folder.name, inputs=("pos", "forces", "Epot"), horizon=4)
        loader = torch.utils.data.DataLoader(windows, batch_size=32, shuffle=True, num_workers=2, collate_fn=qmtraj.torch.collate)
        n = 0
        for batch in loader:
            n += len(batch["frame"])
            self.assertEqual(batch["next_forces"].shape, (4, len(batch["numbers"]), 3))
            self.assertEqual(batch["next_Epot"].shape, (len(batch["frame"]), 4))
            self.assertEqual(int(batch["batch"][-1]), len(batch["frame"]) - 1)
        self.assertEqual(n, len(windows))

    def test_edges_and_graphs(self):
        sample = qmtraj.torch.Windows(self.glycine.path, horizon=2, units="ase")[0]
        edges = qmtraj.torch.radius_edges(sample["pos"], 1.7)
        self.assertEqual(edges.shape[1] % 2, 0)
        self.assertTrue({tuple(pair) for pair in self.glycine.bonds().tolist()} <= {tuple(pair) for pair in edges.t().tolist()})
        try:
            import torch_geometric
        except ImportError:
            return
        graph = qmtraj.torch.to_pyg(sample, cutoff=1.7)
        self.assertEqual((graph.num_nodes, tuple(graph.next_pos.shape)), (10, (10, 2, 3)))

    def test_numbers_are_the_same_beside_torch(self):
        # tblite's wheels computed other numbers once torch had loaded its OpenMP.
        torch.ones(200, 200) @ torch.ones(200, 200)
        engine = qmtraj.Engine([8, 1, 1])
        xyz = np.array([[0, 0, 0.119262], [0, 0.763239, -0.477047], [0, -0.763239, -0.477047]]) / 0.529177210903
        code = f"import qmtraj; print(qmtraj.Engine([8, 1, 1]).evaluate({xyz.tolist()}).energy.hex())"
        alone = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True,
                               env=dict(os.environ, PYTHONPATH=str(SOURCE / "python"))).stdout.strip()
        self.assertEqual(engine.evaluate(xyz).energy.hex(), alone)

    def test_what_is_refused(self):
        with self.assertRaisesRegex(errors.FormatError, "no array \"dipole\""):
            qmtraj.torch.Windows(self.folder.name, inputs=("dipole",))
        with self.assertRaisesRegex(errors.ArgumentError, "horizon"):
            qmtraj.torch.Windows(self.folder.name, horizon=-1)


if __name__ == "__main__":
    unittest.main()
