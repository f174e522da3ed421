"""No correct trajectory is refused: one of each kind of good_trajectories.py that takes little time, by qmtraj check.
`make check-proof` does it with 500."""

import os
import sys
import tempfile

import good_trajectories

# Correct files that a limit refused once, with their random seeds: O-H in step with the frames; rounding by two shifts;
# heat at a turning point; a chain of thermostats that holds a thousand times the energy of the atoms; positions of 1e-46 nm, below
# the least number of float32, across an axis.
ONCE_REFUSED = [("every 20th", 270144), ("far pair", 70369), ("bussi 8000 K hydrogen", 55),
                ("nose-hoover torn", 101), ("two atoms on an axis", 4)]
DEAR = good_trajectories.COSTLY + ("long", "glycine in acetone", "4000 K nve", "2000 K")

with tempfile.TemporaryDirectory() as folder:
    failed = []
    kinds = [(name, seed) for seed, name in enumerate(good_trajectories.names(old=None), 1) if name not in DEAR]
    for number, (name, seed) in enumerate(kinds + ONCE_REFUSED):
        path = good_trajectories.make(name, number, folder, os.environ["QMTRAJ"], seed=seed - number)
        if path is None:
            sys.exit(f"{name}: no trajectory")
        report = good_trajectories.verdicts(os.environ["QMTRAJ"], path, "--frames", "20")
        failed += [f"{name}: {line['check']}: {line['message']}" for line in report["checks"]
                   if line["verdict"] == "FAIL"]
    if failed:
        sys.exit("\n".join(failed))
