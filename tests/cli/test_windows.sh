# NVE windows leave the trajectory untouched: every array but their own is the same without them. They are arrays, and
# text where the configuration asks for it.
source "$(dirname "$0")/support.sh"

printf 'length_ps: 0.1\nequilibration_ps: 0.02\nnve_every_ps: 0.03\nnve_window_ps: 0.02\n' >on.yaml
ends 0 "$QMTRAJ" run --config on.yaml --out on water.xyz
ends 0 "$QMTRAJ" run --config on.yaml --set nve_every_ps=0 --set nve_windows_text=true --out off water.xyz
ends 0 "$QMTRAJ" run --config on.yaml --set nve_windows_text=true --out text water.xyz
/usr/bin/python3 - <<'PYTHON' || fail "windows are not what they should be"
import json
import numpy as np
on, off = np.load("on/water/trajectory.npz"), np.load("off/water/trajectory.npz")
for name in on.files:
    if name != "metadata" and not name.startswith("nve_window"):
        assert on[name].tobytes() == off[name].tobytes(), name
text = np.load("text/water/trajectory.npz")
assert "nve_windows" not in on.files and set(text.files) - set(on.files) == {"nve_windows"}
windows = json.loads(str(text["nve_windows"]))
assert len(windows) == 3 and json.loads(str(off["nve_windows"])) == [] and off["nve_window"].shape == (0,)
assert on["nve_window"].dtype == np.int32 and on["nve_window"].tolist() == [0] * 80 + [1] * 80 + [2] * 80
for name, key in (("Ekin", "kinetic"), ("Epot", "potential"), ("Etot", "total")):
    column = on["nve_window_" + name]
    assert column.dtype == np.float64 and column.tolist() == sum((window[key] for window in windows), [])
    assert column.tobytes() == text["nve_window_" + name].tobytes()
for k, window in enumerate(windows):
    assert set(window) == {"kinetic", "potential", "total"}
    assert all(len(values) == 80 for values in window.values())
    # the first energies of a window are those of the frame where it begins
    assert abs(window["potential"][0] - on["Epot"][120 * (k + 1)]) < 1e-9
    assert abs(np.ptp(window["total"])) < 0.5
PYTHON
