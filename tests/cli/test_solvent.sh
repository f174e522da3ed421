# Trajectories in a solvent: metadata, proof, and what counts as another trajectory.
source "$(dirname "$0")/support.sh"

cat >solvent.yaml <<'YAML'
solvent: H2O
length_ps: 0.1
equilibration_ps: 0.05
nve_every_ps: 0
friction_per_ps: 1
checkpoint_s: 0.002
YAML

for words in "alpb GFN2-xTB" "gbsa GFN1-xTB"; do
    read -r model method <<<"$words"
    run() {
        local out=$1
        shift
        "$QMTRAJ" run --config solvent.yaml --set solvation_model="$model" --set method="$method" \
            --out "$out" "$@" water.xyz
    }
    ends 0 run "$model"
    grep -q "^solvent: water " "$model/water/config.yaml" || fail "the echo does not name the solvent"
    /usr/bin/python3 - "$model" "$method" <<'PYTHON' || fail "the metadata are not what they should be"
import json
import sys
import numpy as np
model, method = sys.argv[1:]
meta = json.loads(str(np.load(f"{model}/water/trajectory.npz")["metadata"]))
assert (meta["solvent"], meta["solvation_model"], meta["qm_method"]) == ("water", model, method)
config = meta["config"]
assert (config["solvent"], config["solvation_model"], config["solvation_state"]) == ("water", model, "gsolv")
PYTHON
    # labels computed again in the same solvent, with the same method
    ends 0 "$QMTRAJ" check "$model" --frames 4
    says "PASS     labels"

    # interrupted and continued: the same bytes; another solvent: another trajectory
    QMTRAJ_TEST_CRASH=water:300 ends 1 run "$model.crash"
    ends 7 run "$model.crash" --set solvent=none
    says "solvent was water, now none"
    ends 7 run "$model.crash" --set solvent=dmso
    says "solvent was water, now dmso"
    ends 0 run "$model.crash"
    same "$model.crash/water/trajectory.npz" "$model/water/trajectory.npz"
    ends 7 run "$model" --set solvent=none
done

ends 0 "$QMTRAJ" run --config "$QMTRAJ_SOURCE/configs/solvent.yaml" --dry-run water.xyz
says "solvent: water"
ends 2 "$QMTRAJ" run --set solvent=dmf --set solvation_model=gbsa --set method=GFN1-xTB --dry-run water.xyz
says "no parameters for GFN1-xTB with gbsa"
