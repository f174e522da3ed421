# Walls and biases: the labels are those of the method, everything else knows the bias, and what happens to the process
# does not change a byte.
source "$(dirname "$0")/support.sh"

cp "$QMTRAJ_SOURCE/data/molecules/xyz/glycine.xyz" .
cat >bias.yaml <<'YAML'
length_ps: 0.2
equilibration_ps: 0.05
nve_every_ps: 0.1
nve_window_ps: 0.02
friction_per_ps: 5
precision: float64
checkpoint_s: 0.002
confine: {sphere: 0.3}
bias:
  torsion: {atoms: [5, 1, 2, 4], mode: metadynamics, every_ps: 0.02, height_kJ_mol: 5}
  distance: {atoms: [1, 4], at_nm: 0.24, to_nm: 0.26, over_ps: 0.1}
  rmsd: {atoms: heavy, every_ps: 0.05}
YAML
biased() {
    local out=$1
    shift
    "$QMTRAJ" run --config bias.yaml --out "$out" "$@" glycine.xyz
}

ends 0 biased whole
ends 0 "$QMTRAJ" check whole --frames 30
says "PASS     labels" "PASS     motion" "PASS     work" "PASS     windows" "PASS     drift"

# The labels of a frame are those that `qmtraj energy` gives to its geometry, without any bias.
/usr/bin/python3 - "$QMTRAJ" <<'PYTHON' || fail "labels of a biased trajectory"
import json
import subprocess
import sys
import numpy as np
d = np.load("whole/glycine/trajectory.npz")
assert np.all(d["bias_energy"][1:] > 0.1) and np.abs(d["bias_forces"]).max() > 100.0
assert d["bias_forces"].dtype == np.float64 and d["bias_work"][0] == 0.0 and d["bias_work"][-1] != 0.0
assert np.abs(d["Etot"] - d["Ekin"] - d["Epot"]).max() < 1e-9
assert np.abs(d["bias_forces"].sum(axis=1)).max() < 1e-8
lines = open("glycine.xyz").read().split("\n")[2:12]
for f in (0, 377, 800):
    with open("frame.xyz", "w") as out:
        out.write("10\ncharge=0 multiplicity=1\n")
        for line, r in zip(lines, d["pos"][f]):
            out.write(line.split()[0] + "".join(f" {10 * x:.15f}" for x in r) + "\n")
    said = subprocess.run([sys.argv[1], "energy", "--json", "frame.xyz"], capture_output=True, check=True)
    report = json.loads(said.stdout)
    assert abs(report["energy"] * 2625.4996394799 - d["Epot"][f]) < 1e-6, (report["energy"], d["Epot"][f])
    gradient = np.array(report["gradient"]).reshape(10, 3)
    unit = 2625.4996394799 / 0.0529177210903
    assert np.abs(-gradient * unit - d["forces"][f]).max() < 1e-3
meta = json.loads(str(d["metadata"]))
assert meta["config"]["bias.torsion.atoms"] == [5, 1, 2, 4] and meta["config"]["confine.sphere"] == 0.3
hills = meta["bias"]["hills"]
assert meta["bias"]["sphere_nm"] == 0.3 and [h[0] for h in hills["rmsd"]] == [0.0, 0.05, 0.1, 0.15, 0.2]
assert len(hills["torsion"]) == 11 and hills["torsion"][0][2] == 5.0
a, b, c, e = (d["pos"][0][k] for k in (4, 0, 1, 3)) # IUPAC: looking from b to c, clockwise is positive
m, n = np.cross(a - b, c - b), np.cross(b - c, e - c)
angle = -np.degrees(np.arctan2(np.dot(np.cross(m, n), b - c) / np.linalg.norm(b - c), np.dot(m, n)))
assert abs(angle - hills["torsion"][0][1]) < 1e-6, (angle, hills["torsion"][0])
assert meta["units"]["bias_forces"] == "kJ/mol/nm" and "bias.push.eV" not in meta["config"]
PYTHON

# killed in equilibration, production and a side run; with other workers
for step in 7 130 405; do
    QMTRAJ_TEST_CRASH=glycine:$step ends 1 biased "killed$step"
    ends 0 biased "killed$step"
    cmp whole/glycine/trajectory.npz "killed$step/glycine/trajectory.npz" || fail "killed at $step: other bytes"
done
cp glycine.xyz second.xyz
sed -i 's/name="glycine"/name="second"/' second.xyz
ends 0 biased two --num-workers 2 second.xyz
cmp whole/glycine/trajectory.npz two/glycine/trajectory.npz || fail "two workers: other bytes"

# a longer trajectory goes on from a finished one as if it had never ended
ends 0 biased longer --set keep_checkpoint=true --set length_ps=0.1
ends 0 biased longer --set keep_checkpoint=true --set length_ps=0.2
says "continues"
cmp whole/glycine/trajectory.npz longer/glycine/trajectory.npz || fail "made longer: other bytes"

# at constant energy what the biases put in is accounted for
ends 0 biased nve --set ensemble=nve --set equilibration_ps=0.05
ends 0 "$QMTRAJ" check nve --frames 2
says "PASS     drift" "PASS     motion"
/usr/bin/python3 - <<'PYTHON' || fail "energy of a biased trajectory at constant energy"
import numpy as np
d = np.load("nve/glycine/trajectory.npz")
kept = d["Etot"] + d["bias_energy"] - d["bias_work"]
assert np.ptp(kept) < 0.1, np.ptp(kept)
assert np.ptp(d["bias_work"]) > 5.0 and np.ptp(d["Etot"]) > 1.0
PYTHON

# a file that lost the forces of its bias is found out
/usr/bin/python3 - <<'PYTHON'
import os
import numpy as np
d = dict(np.load("whole/glycine/trajectory.npz"))
os.makedirs("robbed")
np.savez("robbed/one.npz", **{k: v for k, v in d.items() if k != "bias_forces"})
d["bias_forces"] = d["bias_forces"] * 1.01
np.savez("robbed/other.npz", **d)
PYTHON
ends 1 "$QMTRAJ" check robbed/one.npz --frames 0
says "bias_forces is missing"
ends 1 "$QMTRAJ" check robbed/other.npz --frames 0
says "FAIL     motion"

# a push along a bond: its energy, and no momentum
for words in "plain" "push --set push.atoms=1,2 --set push.eV=2" "pull --set push.atoms=1,2 --set push.eV=-2"; do
    read -r -a words <<<"$words"
    ends 0 "$QMTRAJ" run --out "${words[0]}" "${words[@]:1}" --set length_ps=0.01 --set equilibration_ps=0 \
        --set nve_every_ps=0 --set precision=float64 --set ensemble=nve glycine.xyz
done
/usr/bin/python3 - <<'PYTHON' || fail "a push along a bond"
import numpy as np
plain, push, pull = (np.load(f"{n}/glycine/trajectory.npz") for n in ("plain", "push", "pull"))
for d, sign in ((push, 1.0), (pull, -1.0)):
    change = d["vel"][0] - plain["vel"][0]
    m = d["masses"].astype(float)
    assert abs(d["Ekin"][0] - plain["Ekin"][0] - 2.0 * 96.48533212) < 1e-5
    assert np.abs(change[2:]).max() < 1e-9 and np.abs((m[:, None] * change).sum(axis=0)).max() < 1e-5
    along = d["pos"][0][1] - d["pos"][0][0]
    assert sign * (change[1] @ along) > 0.0
    assert np.linalg.norm(np.cross(change[1], along)) < 1e-9 * np.linalg.norm(change[1])
    assert "bias_energy" not in d.files
PYTHON
# which is why the molecule is hot: no advice about the equilibration
ends 0 "$QMTRAJ" run --out hot --set push.atoms=1,2 --set push.eV=3 --set length_ps=0.1 --set equilibration_ps=0.5 --set nve_every_ps=0 glycine.xyz
says "times the spread that chance explains" "K; it got a push at the start of production"
! grep -q "smaller dt_fs may help" err || fail "the push is no matter of dt_fs"

# wrong values
for words in "bias.torsion.atoms=1,2,3,11|names atom 11, but the molecule has 10; atoms count from 1" \
    "push.atoms=1,99|push.atoms names atom 99" \
    "confine.sphere=0.2|choose a larger one" \
    "bias.rmsd.atoms=8-12|bias.rmsd.atoms names atom 12"; do
    ends 2 "$QMTRAJ" run --out wrong --set "${words%%|*}" glycine.xyz
    says "${words#*|}"
    [ ! -e wrong ] || fail "wrong/ was made"
done
ends 2 "$QMTRAJ" run --out wrong --set bias.rmsd.atoms=heavy water.xyz
says "bias.rmsd.atoms are 1 here, at least 3 are needed; all has more than heavy"
printf '4\n\nC 0 0 0\nC 0 0 1.2\nH 0 0 -1.06\nH 0 0 2.26\n' >acetylene.xyz
ends 2 "$QMTRAJ" run --out wrong --set bias.torsion.atoms=3,1,2,4 acetylene.xyz
says "atoms 3, 1 and 2 are on a line and have no torsion"
