"""Spectra of `qmtraj spectrum` at 30 K against the harmonic frequencies and infrared intensities of `qmtraj hess`."""

import json
import math
import os
import pathlib
import subprocess
import tempfile

import numpy as np

QMTRAJ = os.environ["QMTRAJ"]
MOLECULES = {
    "water": "O 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n",
    "carbon_dioxide": "C 0 0 0\nO 0 0 1.15\nO 0 0 -1.15\n",
    "hydrogen_cyanide": "H 0 0 -1.06\nC 0 0 0\nN 0 0 1.14\n",
    "formaldehyde": "C 0 0 0\nO 0 0 1.2\nH 0.94 0 -0.55\nH -0.94 0 -0.55\n",
    "formic_acid": "C 0 0.42 0\nO -1.03 -0.44 0\nO 1.16 0.11 0\nH -0.38 1.44 0\nH -0.65 -1.32 0\n",
}
DT_FS = 0.25


def qmtraj(*words, folder):
    done = subprocess.run([QMTRAJ, *map(str, words)], capture_output=True, text=True, cwd=folder, check=False)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def of_verlet(wavenumber):
    """What Verlet's steps make of a harmonic frequency: sin(w' dt/2) = w dt/2."""
    radian = 2 * math.pi * 2.99792458e-5 * DT_FS
    return 2 / radian * math.asin(radian * wavenumber / 2)


def spectra(folder, name):
    """Wavenumbers, density of states, infrared, and the width of a line."""
    file = next((folder / name).rglob("trajectory.npz"))
    text = qmtraj("spectrum", file, folder=folder).splitlines()
    width = next(float(line.split()[3]) for line in text if line.startswith("# lines are"))
    rows = [tuple(map(float, line.split(","))) for line in text if line[0].isdigit()]
    return *zip(*rows), width


def band(wavenumbers, values, at, width):
    """Area within two line widths, from which what Hann's window lets through beyond is 1e-4."""
    return sum(v for w, v in zip(wavenumbers, values) if abs(w - at) <= 2 * width)


def width_of_hann(n=256, padded=2 ** 20):
    """Full width at half height of what Hann's window makes of a line, in 1/(length of a segment)."""
    window = 0.5 - 0.5 * np.cos(2 * math.pi * np.arange(n) / n)
    power = np.abs(np.fft.rfft(window, padded)) ** 2
    return 2 * np.argmax(power < 0.5 * power[0]) * n / padded


def molecule_test(folder, name):
    (folder / f"{name}.xyz").write_text(f"{MOLECULES[name].count(chr(10))}\n\n{MOLECULES[name]}")
    qmtraj("opt", f"{name}.xyz", "--gradient", "1e-8", "-o", f"{name}_opt.xyz", folder=folder)
    hess = json.loads(qmtraj("hess", f"{name}_opt.xyz", "--json", folder=folder))
    qmtraj("run", f"{name}_opt.xyz", "--out", name, "--temperature_K", 30, "--ensemble", "nve", "--equilibration_ps", 1, "--dt_fs", DT_FS,
           "--save_interval_steps", 8, "--length_ps", 25, "--properties", "dipole", folder=folder)
    wavenumbers, states, infrared, width = spectra(folder, name)
    # which is written with three digits, as 1.44 is
    assert abs(width / wavenumbers[1] / width_of_hann() - 1) < 0.01, (name, width, wavenumbers[1])
    modes = [(of_verlet(f), i) for f, i in zip(hess["frequencies"], hess["intensities"])]
    peaks = [w for w, a, b, c in zip(wavenumbers[1:], states, states[1:], states[2:]) if b > a and b > c and b > 1e-3 * max(states)]
    # every frequency has its peak, as far as lines can be told apart, and every strong peak is a frequency; sums and
    # differences of two, which anharmonic bonds make, are weak
    for frequency, _ in modes:
        assert min(abs(frequency - p) for p in peaks) <= width, (name, frequency, peaks)
    for peak in (p for p in peaks if states[wavenumbers.index(p)] > 0.02 * max(states)):
        assert min(abs(frequency - peak) for frequency, _ in modes) <= 2 * width, (name, peak, modes)
    # A mode of energy E has a band of E in the states and of E (dmu/dQ)^2 in the infrared: their quotient is the intensity.
    strongest = max(i for _, i in modes)
    # of neighbours, whose bands overlap, only those that are equally strong
    alone = [(f, i) for f, i in modes if all(abs(f - other) > 5 * width or abs(i - its) <= 0.01 * i for other, its in modes)]
    quotients = {f: band(wavenumbers, infrared, f, width) / band(wavenumbers, states, f, width) for f, _ in alone}
    scale = sum(i for _, i in alone) / sum(quotients.values())
    for frequency, intensity in alone:
        found = scale * quotients[frequency]
        # 1 % is seen at 30 K, which is not 0.
        assert abs(found - intensity) <= 0.05 * intensity + 0.001 * strongest, (name, frequency, intensity, found)
    return [f"{f:.0f}: {i:.1f} km/mol, found {scale * quotients[f]:.1f}" for f, i in alone]


def main():
    with tempfile.TemporaryDirectory() as name:
        for molecule in MOLECULES:
            print(molecule, molecule_test(pathlib.Path(name), molecule))


if __name__ == "__main__":
    main()
