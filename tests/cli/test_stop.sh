# stop_when.bond_broken ends a trajectory, complete, at the frame that shows it, also after a crash; hydrogen_mass_Da:
# the masses in the file are what moved.
source "$(dirname "$0")/support.sh"

sn2_write
cat >nve.yaml <<'YAML'
ensemble: nve
temperature_K: 300
length_ps: 0.5
equilibration_ps: 0
nve_every_ps: 0
optimize: false
stop_when:
  bond_broken: true
YAML
ends 0 "$QMTRAJ" run --config nve.yaml --out whole sn2.xyz
says "breaks" "ended after" "because a bond broke (stop_when.bond_broken)"
ends 0 "$QMTRAJ" check whole
says "ended_early: ended after" "steps made again"
ends 0 "$QMTRAJ" status whole
says "complete" "ended after"
ends 0 "$QMTRAJ" run --config nve.yaml --out whole sn2.xyz
says "nothing to do"
/usr/bin/python3 - <<'PY' || fail "it did not end where the bond broke"
import json, numpy as np
data = np.load("whole/sn2/trajectory.npz")
meta = json.loads(str(data["metadata"]))
n = len(data["time_ps"])
event = meta["ended_early"]["event"]
assert meta["status"] == "complete" and meta["num_frames"] == n < 2001, n
assert event["frame"] == n - 1 and event["atoms"] == [0, 4], event
assert meta["ended_early"]["time_ps"] == data["time_ps"][-1] == event["time_ps"]
assert len(data["pos"]) == len(data["box"]) == n
assert json.load(open("whole/sn2/run.json"))["result"]["frames"] == n
PY
# killed at any time: the same bytes
for step in 100 600; do
    QMTRAJ_TEST_CRASH_ONCE="sn2:$step" ends 0 "$QMTRAJ" run --config nve.yaml --set checkpoint_s=0.01 --out cut$step sn2.xyz
    same whole/sn2/trajectory.npz cut$step/sn2/trajectory.npz
done
# the frame after it, where not every step is one
ends 0 "$QMTRAJ" run --config nve.yaml --set save_interval_steps=50 --out thin sn2.xyz
ends 0 "$QMTRAJ" check thin
says "ended_early"
# without the key it goes on, with a note
ends 0 "$QMTRAJ" run --config nve.yaml --set stop_when.bond_broken=false --out on sn2.xyz
says "breaks"
/usr/bin/python3 -c 'import numpy as np; assert len(np.load("on/sn2/trajectory.npz")["pos"]) == 2001' || fail "it ended"
ends 2 "$QMTRAJ" run --config nve.yaml --set stop_when.bond_broken=yes --out never sn2.xyz
says 'stop_when.bond_broken wants true or false'
printf 'stop_when: bond_broken\n' >bad.yaml
ends 2 "$QMTRAJ" run --config bad.yaml --out never water.xyz
says 'stop_when wants keys below it: bond_broken'

# heavy hydrogen: half the step, the same masses in the file, the kinetic energy and the motion
ends 0 "$QMTRAJ" run --set hydrogen_mass_Da=4 --set dt_fs=0.5 --set length_ps=0.1 --set equilibration_ps=0.1 --set nve_every_ps=0 --out heavy water.xyz
ends 0 "$QMTRAJ" check heavy
says "of hydrogen that of hydrogen_mass_Da" "200 steps made again"
sed 's/^H /D /' water.xyz >heavy.xyz
ends 0 "$QMTRAJ" run --set hydrogen_mass_Da=4 --set length_ps=0.01 --set equilibration_ps=0 --set nve_every_ps=0 --out isotope heavy.xyz
/usr/bin/python3 - <<'PY' || fail "masses are others"
import numpy as np
assert np.load("heavy/water/trajectory.npz")["masses"].tolist()[1:] == [4.0, 4.0]
assert abs(np.load("isotope/heavy/trajectory.npz")["masses"][1] - 2.0141) < 1e-3
PY
ends 2 "$QMTRAJ" run --set hydrogen_mass_Da=0.1 --out never water.xyz
says 'hydrogen_mass_Da = 0.1 is out of range, wants >= 0.5, <= 100 Da, or natural'
ends 2 "$QMTRAJ" run --set hydrogen_mass_Da=heavy --out never water.xyz
says 'hydrogen_mass_Da wants a number or natural, got text "heavy"'
