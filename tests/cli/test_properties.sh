# Further arrays: on request, without touching the others, whatever happens on the way.
source "$(dirname "$0")/support.sh"

cat >asked.yaml <<'YAML'
length_ps: 0.1
equilibration_ps: 0.02
nve_every_ps: 0.05
nve_window_ps: 0.02
friction_per_ps: 1
save_interval_steps: 2
checkpoint_s: 0.002
properties: [dipole, charges, bond_orders, homo_lumo_gap, quadrupole, scf_residual]
YAML

# run OUT WORDS...: the job of this file
run() {
    local out=$1
    shift
    "$QMTRAJ" run --config asked.yaml --out "$out" "$@" water.xyz
}
for method in GFN2-xTB GFN1-xTB; do
    ends 0 run whole-$method --set method=$method
    ends 0 run none-$method --set method=$method --set 'properties=[]'
    ends 0 "$QMTRAJ" check whole-$method
    says "PASS     properties      dipole, charges, bond_orders, homo_lumo_gap, quadrupole, scf_residual"
    ends 0 "$QMTRAJ" check none-$method
    says "NOT RUN  properties      none in the file"
    /usr/bin/python3 - whole-$method none-$method <<'PYTHON' || fail "the arrays are not what they should be"
import json, sys
import numpy as np
whole, none = (np.load(f"{out}/water/trajectory.npz") for out in sys.argv[1:])
for name in none.files:
    if name != "metadata":
        np.testing.assert_array_equal(whole[name], none[name])
extra = set(whole.files) - set(none.files)
meta, plain = (json.loads(str(d["metadata"])) for d in (whole, none))
assert extra == set(meta["config"]["properties"]) == set(meta["properties"]), extra
assert plain["config"]["properties"] == [] and "properties" not in plain
size = {"F": len(whole["time_ps"]), "N": 3}
for name in extra:
    assert whole[name].dtype == np.float32 and name in meta["units"]
    assert whole[name].shape == tuple(size.get(k, k) for k in meta["properties"][name]), name
assert abs(whole["charges"].sum(axis=1)).max() < 1e-6
assert (whole["scf_residual"] <= 1e-9).all() and (whole["homo_lumo_gap"] > 100).all()
electrons = np.array([6, 1, 1]) - whole["charges"]
np.testing.assert_allclose(whole["bond_orders"].sum(axis=2), 2 * electrons, atol=5e-6)
# the dipole of water points from oxygen to the hydrogens, 0.04 to 0.06 e nm
axis = (whole["pos"][:, 1] + whole["pos"][:, 2]) / 2 - whole["pos"][:, 0]
along = (whole["dipole"] * axis).sum(axis=1) / np.linalg.norm(axis, axis=1)
assert (0.03 < along).all() and (along < 0.07).all(), along
np.testing.assert_allclose(np.trace(whole["quadrupole"], axis1=1, axis2=2), 0, atol=1e-8)
PYTHON
done

# interrupted, made longer, in double precision
QMTRAJ_TEST_CRASH=water:200 ends 1 run crashed
rm -f crashed/summary.json
ends 0 run crashed
says "continues at"
same crashed/water/trajectory.npz whole-GFN2-xTB/water/trajectory.npz
ends 0 run grown --set length_ps=0.05
ends 0 run grown
same grown/water/trajectory.npz whole-GFN2-xTB/water/trajectory.npz
ends 7 run grown --set properties=charges
says "properties was [dipole, charges, bond_orders, homo_lumo_gap, quadrupole, scf_residual], now [charges]"
ends 0 run wide --set precision=float64 --set properties=charges,dipole
/usr/bin/python3 - <<'PYTHON' || fail "double precision is not what it should be"
import numpy as np
wide, whole = (np.load(f"{out}/water/trajectory.npz") for out in ("wide", "whole-GFN2-xTB"))
for name in ("dipole", "charges"):
    assert wide[name].dtype == np.float64
    np.testing.assert_allclose(wide[name], whole[name], atol=1e-6)
assert "bond_orders" not in wide.files
PYTHON

# frames before a failure, and of a trajectory that is not finished
QMTRAJ_TEST_FAIL=water:31 ends 1 run failed ammonia.xyz
ends 0 "$QMTRAJ" check failed/water/trajectory.partial.npz
says "PASS     properties"
QMTRAJ_TEST_CRASH=water:200 ends 1 run cut
ends 0 "$QMTRAJ" convert cut/water/trajectory.npz.part --to npz --out cut.npz
/usr/bin/python3 - <<'PYTHON' || fail "the frames before the end are not what they should be"
import numpy as np
whole = np.load("whole-GFN2-xTB/water/trajectory.npz")
for part in map(np.load, ("failed/water/trajectory.partial.npz", "cut.npz")):
    n = len(part["time_ps"])
    assert 0 < n < len(whole["time_ps"])
    for name in ("pos", "dipole", "charges", "bond_orders", "homo_lumo_gap", "quadrupole", "scf_residual"):
        np.testing.assert_array_equal(part[name], whole[name][:n])
PYTHON

# what is wrong in a file is found
/usr/bin/python3 - <<'PYTHON'
import numpy as np
data = dict(np.load("whole-GFN2-xTB/water/trajectory.npz"))
def write(name, **changed):
    np.savez(f"{name}.npz", **{k: v for k, v in {**data, **changed}.items() if v is not None})
wrong = data["charges"].copy()
wrong[7] += np.float32(0.1)
write("sum", charges=wrong)
write("debye", dipole=data["dipole"] * 48)
write("gone", bond_orders=None)
write("short", homo_lumo_gap=data["homo_lumo_gap"][1:])
wrong = data["quadrupole"].copy()
wrong[3, 0, 0] = np.inf
write("inf", quadrupole=wrong)
PYTHON
ends 1 "$QMTRAJ" check sum.npz
says "frame 7: the charges add up to 0.3"
ends 1 "$QMTRAJ" check debye.npz
says "FAIL     properties" "computed again"
ends 1 "$QMTRAJ" check gone.npz
says "bond_orders is missing"
ends 1 "$QMTRAJ" check short.npz
says "homo_lumo_gap does not have the shape expected"
ends 1 "$QMTRAJ" check inf.npz
says "quadrupole in frame 3 is Inf"

# words that are wrong
ends 2 run wrong --set properties=dipoles
says "did you mean dipole?"
printf 'properties: [dipole, [charges]]\n' >nested.yaml
ends 2 "$QMTRAJ" run --config nested.yaml --out wrong water.xyz
says "nested lists are not allowed"
printf 'properties: [dipole\n' >open.yaml
ends 2 "$QMTRAJ" run --config open.yaml --out wrong water.xyz
printf 'dt_fs: [1]\n' >list.yaml
ends 2 "$QMTRAJ" run --config list.yaml --out wrong water.xyz
says "dt_fs wants one value, got a list"

# single points
ends 0 "$QMTRAJ" energy water.xyz --properties bond_orders,homo_lumo_gap,quadrupole,scf_residual
says "bond orders above 0.1" "HOMO-LUMO gap, hartree" "quadrupole about the origin, traceless, e bohr^2" "SCF residual"
ends 0 "$QMTRAJ" energy hydroxide.xyz --json --method GFN1-xTB
/usr/bin/python3 - out <<'PYTHON' || fail "the JSON is not what it should be"
import json, sys
data = json.load(open(sys.argv[1]))
assert [len(row) for row in data["bond_orders"]] == [2, 2] and 0.8 < data["bond_orders"][0][1] < 1.2
assert abs(sum(map(sum, data["bond_orders"])) - 16) < 1e-8
assert abs(sum(data["quadrupole"][i][i] for i in range(3))) < 1e-10
assert data["homo_lumo_gap"] > 0 and data["units"]["quadrupole"] == "e bohr^2"
PYTHON
