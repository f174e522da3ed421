#!/usr/bin/env python3
"""A network that learns the motion of glycine: message passing over all pairs of atoms, equivariant under rotations,
trained on one step and tried on one step and on a hundred of its own. Minutes on a processor.

    PYTHONPATH=python python3 examples/python/learn_motion.py [OUT]

The network sees positions and velocities alone, no forces, and adds to straight motion

    x(t+1) = x + h v + h^2 a(x)            a_i = sum_j phi(|x_i - x_j|, m_i, m_j) (x_i - x_j) / M_i
    v(t+1) = v + h (a(x) + a(x(t+1))) / 2

so that what it learns is an acceleration, though nobody shows it one. h is the time from frame to frame.
"""
import sys
import time

import numpy as np
import torch
from torch import nn

import qmtraj
import qmtraj.torch

OUT = sys.argv[1] if len(sys.argv) > 1 else "out/learn_motion"
STEPS, BATCH, ROLLOUT = 3000, 32, 100
torch.manual_seed(0)


class Motion(nn.Module):
    """The state one frame later."""

    def __init__(self, numbers, masses, h, scale, width=48, layers=1, n_radial=32):
        super().__init__()
        n = len(numbers)
        i, j = torch.tensor([(i, j) for i in range(n) for j in range(n) if i != j]).t()
        self.register_buffer("i", i)
        self.register_buffer("j", j)
        self.register_buffer("centers", torch.linspace(0.8, 5.6, n_radial))
        self.register_buffer("masses", masses[:, None])
        self.h, self.scale = h, scale
        # Atoms are told apart by number: one molecule, and its bonds are not given.
        self.embed = nn.Parameter(0.3 * torch.randn(n, width))
        self.messages = nn.ModuleList(self._mlp(2 * width + n_radial, width, width) for _ in range(layers))
        self.updates = nn.ModuleList(self._mlp(2 * width, width, width) for _ in range(layers))
        self.force = self._mlp(2 * width + n_radial, width, 1)
        nn.init.zeros_(self.force[-1].weight)  # begins as straight motion
        nn.init.zeros_(self.force[-1].bias)

    @staticmethod
    def _mlp(n_in, width, n_out):
        return nn.Sequential(nn.Linear(n_in, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, n_out))

    def acceleration(self, x):
        away = x[:, self.i] - x[:, self.j]
        distance = away.norm(dim=-1, keepdim=True)
        radial = torch.exp(-20.0 * (distance - self.centers) ** 2)
        state = self.embed.expand(len(x), -1, -1)
        for message, update in zip(self.messages, self.updates):
            sent = message(torch.cat([state[:, self.i], state[:, self.j], radial], -1))
            mean = torch.zeros_like(state).index_add_(1, self.i, sent) / (len(state[0]) - 1)
            state = state + update(torch.cat([state, mean], -1))
        # The same both ways: no net force.
        pair = self.force(torch.cat([state[:, self.i] + state[:, self.j], state[:, self.i] * state[:, self.j], radial], -1))
        return self.scale * torch.zeros_like(x).index_add_(1, self.i, pair * away / distance) / self.masses

    def forward(self, x, v):
        a = self.acceleration(x)
        after = x + self.h * v + 0.5 * self.h ** 2 * a
        return after, v + 0.5 * self.h * (a + self.acceleration(after))


def rollout_error(model, part, n):
    """RMS deviation of positions after 1 to n steps, angstrom, over the windows of a part; and that of straight motion."""
    batch = next(iter(qmtraj.torch.Stream(part, 32, shuffle=True, seed=1)))
    x, v = batch["pos"], batch["vel"]
    straight = batch["pos"]
    errors = []
    with torch.no_grad():
        for k in range(n):
            x, v = model(x, v)
            straight = straight + model.h * batch["vel"]
            target = batch["next_pos"][:, k]
            errors.append(((x - target).pow(2).mean().sqrt().item(), (straight - target).pow(2).mean().sqrt().item()))
    return errors


def main():
    qmtraj.run({"length_ps": 5, "save_interval_steps": 2, "dt_fs": 0.25, "temperature_K": 300, "nve_every_ps": 0}, {"glycine": "NCC(=O)O"},
               OUT, progress=True)
    trajectory = qmtraj.open(f"{OUT}/glycine", "ase")
    step = qmtraj.torch.Windows(f"{OUT}/glycine", horizon=1, units="ase")
    far = qmtraj.torch.Windows(f"{OUT}/glycine", horizon=ROLLOUT, units="ase", every=7)
    (train, _), (_, valid) = step.split(0.8, 0.2), far.split(0.8, 0.2)
    h = trajectory.interval_ps * 1000.0 / 10.180505716  # fs in ASE's unit of time
    masses = torch.tensor(np.array(trajectory.masses), dtype=torch.float32)
    change = np.diff(trajectory.vel[:200], axis=0)
    scale = float((masses[:, None].numpy() * change / h).std())
    model = Motion(trajectory.atom_types, masses, h, scale)
    optimizer = torch.optim.Adam(model.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    stream, batches, begin = qmtraj.torch.Stream(train, BATCH, shuffle=True), iter(()), time.perf_counter()
    print(f"{len(train)} windows of {trajectory.interval_ps * 1000.0:g} fs, {sum(p.numel() for p in model.parameters())} parameters")
    print("   step   loss       1 step / A   100 steps / A   (straight: 1, 100)    s")
    for k in range(STEPS + 1):
        if k % 500 == 0:
            errors = rollout_error(model, valid, ROLLOUT)
            said = float("nan") if k == 0 else loss.item()
            print(f"{k:7d}   {said:.2e}   {errors[0][0]:.2e}     {errors[-1][0]:.2e}        ({errors[0][1]:.2e}, {errors[-1][1]:.2e})"
                  f"  {time.perf_counter() - begin:4.0f}", flush=True)
        batch = next(batches, None)
        if batch is None:
            batches = iter(stream)
            batch = next(batches)
        x, v = model(batch["pos"], batch["vel"])
        # In units of the mean change of a velocity; light atoms move more, their momentum counts as that of others.
        loss = ((v - batch["next_vel"][:, 0]) * masses[:, None] / (h * scale)).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()


if __name__ == "__main__":
    main()
