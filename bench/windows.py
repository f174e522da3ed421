#!/usr/bin/env python3
"""Samples per second of qmtraj.torch beside numpy.load, from one trajectory: `python3 bench/windows.py trajectory.npz`."""
import sys
import time

import numpy as np
import torch

import qmtraj.torch

N_STATES = 11


def rate(samples, seconds):
    """Samples per second; each item of samples is a number of them."""
    begin, n = time.perf_counter(), 0
    for count in samples:
        n += count
        if time.perf_counter() - begin > seconds:
            break
    return n / (time.perf_counter() - begin)


def whole_files(path, frames):
    for k in frames:
        with np.load(path) as data:
            for name in ("pos", "vel", "forces"):
                torch.from_numpy(data[name][k:k + N_STATES].copy())
        yield 1


def streamed(windows, size):
    while True:
        for batch in qmtraj.torch.Stream(windows, size, shuffle=True):
            yield len(batch["frame"])


def measure_all(path, seconds=3.0):
    """Samples/s of "load" (numpy.load of the file for each sample), "map" (Windows[i]) and "stream" (batches of 256), all in random
    order; "bytes" of a sample."""
    windows = qmtraj.torch.Windows(path, inputs=("pos", "vel", "forces"), horizon=N_STATES - 1)
    frames = np.random.default_rng(0).permutation(len(windows))
    one = windows[0]["pos"]
    return {"bytes": N_STATES * 3 * one.numel() * one.element_size(), "load": rate(whole_files(path, frames), seconds),
            "map": rate((1 for k in frames if windows[int(k)]), seconds), "stream": rate(streamed(windows, 256), seconds)}


if __name__ == "__main__":
    rates = measure_all(sys.argv[1])
    for name, word in (("numpy.load of the file for each sample", "load"), ("Windows[i] in random order", "map"),
                       ("Stream, batches of 256 in random order", "stream")):
        print(f"{name:40} {rates[word]:12.0f} samples/s")
    print(f"Stream: {rates['stream'] / rates['load']:.0f} times numpy.load, {rates['stream'] * rates['bytes'] / 1e9:.2f} GB/s")
