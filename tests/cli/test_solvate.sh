# A shell of solvent around a molecule: atoms, wall, SMILES, and the same bytes however it is made.
source "$(dirname "$0")/support.sh"
grep -q RDKit <("$QMTRAJ" --version) || "$QMTRAJ" energy --smiles O >/dev/null 2>&1 || {
    echo "no RDKit in this build"
    exit 0
}

shell() {
    local out=$1
    shift
    "$QMTRAJ" run --set solvate.molecule=O --set solvate.count=4 --set length_ps=0.02 --set equilibration_ps=0.01 \
        --set nve_every_ps=0 --set dt_fs=0.5 --set checkpoint_s=0 --out "$out" "$@"
}
ends 0 shell whole --smiles CO=methanol
ends 0 "$QMTRAJ" check whole --frames 3
says "PASS     labels" "18 atoms"
/usr/bin/python3 - <<'PYTHON' || fail "the shell"
import json
import numpy as np
d = np.load("whole/methanol/trajectory.npz")
meta = json.loads(str(d["metadata"]))
assert d["atom_types"].tolist() == [6, 8, 1, 1, 1, 1] + 4 * [8, 1, 1]
assert meta["smiles"] == "CO.O.O.O.O" and meta["smiles_kept"] is True and meta["charge"] == 0
assert meta["config"]["solvate.molecule"] == "O" and meta["config"]["solvate.count"] == 4
assert "bias_energy" in d.files
# nobody is on top of anybody, and nobody is away
x = np.array([[float(w) for w in line.split()[1:4]] for line in open("whole/methanol/start.xyz").read().split("\n")[2:20]])
molecule = np.array([0] * 6 + [1 + k // 3 for k in range(12)])
apart = np.linalg.norm(x[:, None] - x[None], axis=-1)
others = molecule[:, None] != molecule[None]
assert apart[others].min() > 1.85, apart[others].min()
assert max(apart[molecule == k][:, molecule == 0].min() for k in range(1, 5)) < 4.0
PYTHON

# killed and continued, and in a list whose atoms are made by the workers
QMTRAJ_TEST_CRASH=methanol:20 ends 1 shell killed --smiles CO=methanol
ends 0 shell killed --smiles CO=methanol
cmp whole/methanol/trajectory.npz killed/methanol/trajectory.npz || fail "killed: other bytes"
ends 0 shell list --num-workers 2 --smiles CO=methanol --smiles N=ammonia --smiles C=methane
cmp whole/methanol/trajectory.npz list/methanol/trajectory.npz || fail "in a list: other bytes"
ends 0 shell list --smiles CO=methanol --smiles N=ammonia --smiles C=methane
says "nothing to do"

# another number of copies is another trajectory
ends 7 shell whole --set solvate.count=5 --smiles CO=methanol

# what is no solvent
ends 3 "$QMTRAJ" run --out wrong --set "solvate.molecule=C(" --smiles CO=methanol
says "solvate.molecule"
for words in "[NH4+]|has charge 1 and multiplicity 1" "[CH3]|has charge 0 and multiplicity 2"; do
    ends 2 "$QMTRAJ" run --out wrong --set "solvate.molecule=${words%%|*}" --smiles CO=methanol
    says "${words#*|}"
done
