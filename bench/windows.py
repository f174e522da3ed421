#!/usr/bin/env python3
"""Samples per second of qmtraj.torch beside numpy.load, from one trajectory: `python3 bench/windows.py trajectory.npz`."""
import sys
import time

import numpy as np
import torch

import qmtraj.torch

path = sys.argv[1]
windows = qmtraj.torch.Windows(path, inputs=("pos", "vel", "forces"), horizon=10)
frames = np.random.default_rng(0).permutation(len(windows))


def measure(name, samples, seconds=3.0):
    begin, n = time.perf_counter(), 0
    for count in samples:
        n += count
        if time.perf_counter() - begin > seconds:
            break
    rate = n / (time.perf_counter() - begin)
    print(f"{name:60} {rate:12.0f} samples/s", flush=True)
    return rate


def whole_files():
    for k in frames:
        with np.load(path) as data:
            for name in ("pos", "vel", "forces"):
                torch.from_numpy(data[name][k:k + 11].copy())
        yield 1


def streamed(size):
    while True:
        for batch in qmtraj.torch.Stream(windows, size, shuffle=True):
            yield len(batch["frame"])


n = 11 * 3 * windows[0]["pos"].numel() * windows[0]["pos"].element_size()
print(f"{len(windows)} windows of 11 states of {len(windows[0]['numbers'])} atoms, {n} bytes each")
base = measure("numpy.load of the file for each sample", whole_files())
measure("Windows[i] in random order", (1 for k in frames if windows[k]))
rate = measure("Stream, batches of 256 in random order", streamed(256))
print(f"Stream: {rate / base:.0f} times numpy.load, {rate * n / 1e9:.2f} GB/s")
