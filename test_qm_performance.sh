#!/bin/bash
# Quick check: glycine, 1 ps of equilibration, no windows, 5 ps at 0.25 fs = 20,000 steps. Prints time,
# shape and frames. PASSED means: exit code 0, 20,001 frames, the exact types, all numbers finite, and
# less than 120 s, and nothing that `qmtraj check` finds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

"$here/tools/setup.sh" test
make -s --no-print-directory -C "$here" program >&2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

start=$(date +%s.%N)
code=0
"$here/build/qmtraj" run --config "$here/configs/qm_test.yaml" --out "$out" \
    "$here/data/molecules/xyz/glycine.xyz" || code=$?
end=$(date +%s.%N)

failed=0
/usr/bin/python3 -B - "$out/glycine/trajectory.npz" "$code" "$start" "$end" <<'PYTHON' || failed=1
import sys
import numpy as np

path, code, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[4]) - float(sys.argv[3])
frames, atoms, steps, limit = 20001, 10, 24000, 120.0
vectors, scalars = ("float32", (frames, atoms, 3)), ("float64", (frames,))
wanted = {
    "pos": vectors, "vel": vectors, "forces": vectors,
    "Ekin": scalars, "Epot": scalars, "Etot": scalars, "time_ps": scalars,
    "masses": ("float32", (atoms,)), "atom_types": ("int32", (atoms,)),
    "box": ("float32", (frames, 3, 3)),
}
faults = []
print(f"time:   {seconds:.1f} s, {seconds / steps * 1000:.2f} ms per step")
if code != 0:
    faults.append(f"exit code {code}")
else:
    data = np.load(path)
    print(f"shape:  {data['pos'].shape}")
    print(f"frames: {len(data['pos'])}")
    for name, (dtype, shape) in wanted.items():
        array = data[name]
        if (array.dtype, array.shape) != (np.dtype(dtype), shape):
            faults.append(f"{name} is {array.dtype}{array.shape}, not {dtype}{shape}")
        elif not np.isfinite(array).all():
            faults.append(f"{name} has numbers that are not finite")
    for name in ("metadata",):
        if data[name].shape != () or data[name].dtype.kind != "U":
            faults.append(f"{name} is no text")
if seconds >= limit:
    faults.append(f"{seconds:.1f} s, {limit:.0f} s are allowed")
for fault in faults:
    print(f"fault:  {fault}")
sys.exit(bool(faults))
PYTHON
"$here/build/qmtraj" check "$out" || failed=1
[ "$failed" = 0 ] && echo PASSED || echo FAILED
exit "$failed"
