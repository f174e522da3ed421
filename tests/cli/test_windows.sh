# NVE windows leave the trajectory untouched: every array but nve_windows is the same without them.
source "$(dirname "$0")/support.sh"

printf 'length_ps: 0.1\nequilibration_ps: 0.02\nnve_every_ps: 0.03\nnve_window_ps: 0.02\n' >on.yaml
ends 0 "$QMTRAJ" run --config on.yaml --out on water.xyz
ends 0 "$QMTRAJ" run --config on.yaml --set nve_every_ps=0 --out off water.xyz
/usr/bin/python3 - <<'PYTHON' || fail "windows are not what they should be"
import json
import numpy as np
on, off = np.load("on/water/trajectory.npz"), np.load("off/water/trajectory.npz")
for name in on.files:
    if name not in ("nve_windows", "metadata"):
        assert on[name].tobytes() == off[name].tobytes(), name
windows = json.loads(str(on["nve_windows"]))
assert len(windows) == 3 and json.loads(str(off["nve_windows"])) == []
for k, window in enumerate(windows):
    assert set(window) == {"kinetic", "potential", "total"}
    assert all(len(values) == 80 for values in window.values())
    # the first energies of a window are those of the frame where it begins
    assert abs(window["potential"][0] - on["Epot"][120 * (k + 1)]) < 1e-9
    assert abs(np.ptp(window["total"])) < 0.5
PYTHON
