#!/bin/bash
# The three configurations that documents and scripts count on hold what those promise.
set -euo pipefail
holds() {
    local file=$1 line
    shift
    for line in "$@"; do
        grep -Eq "^$line( |\$)" "$QMTRAJ_SOURCE/configs/$file" || { echo "$file: no $line"; exit 1; }
    done
}
holds qm_test.yaml 'length_ps: 5' 'equilibration_ps: 1' 'dt_fs: 0\.25' 'save_interval_steps: 1' 'nve_every_ps: 0'
holds qm.yaml 'friction_per_ps: 0\.002' 'length_ps: 30' 'equilibration_ps: 5' 'nve_window_ps: 10' 'nve_every_ps: 20'
holds qm_nvt.yaml 'friction_per_ps: 1\.0' 'length_ps: 30'

# Every example of a feature runs, in short, and check finds nothing wrong with it.
source "$QMTRAJ_SOURCE/tests/cli/support.sh"
tries() {
    local name=$1
    shift
    ends 0 "$QMTRAJ" run --config "$QMTRAJ_SOURCE/configs/$name.yaml" --set length_ps=0.05 --set equilibration_ps=0.02 "$@" --out $name water.xyz
}
for name in bussi nose_hoover; do
    tries $name
    ends 0 "$QMTRAJ" check $name
done
# A solvent molecule and conformers come from SMILES, which a build without RDKit cannot read.
has_rdkit=true
! grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt" || has_rdkit=false
# Those of biases are for atoms of glycine.
for name in confine restraint metadynamics rmsd push "solvate --set solvate.count=3"; do
    [ $has_rdkit = true ] || [ "${name%% *}" != solvate ] || continue
    read -r -a words <<<"$name"
    name=${words[0]}
    ends 0 "$QMTRAJ" run --config "$QMTRAJ_SOURCE/configs/$name.yaml" --out "$name" --num-workers 1 \
        --set length_ps=0.02 --set equilibration_ps=0.01 --set nve_every_ps=0 "${words[@]:1}" \
        "$QMTRAJ_SOURCE/data/molecules/xyz/glycine.xyz"
    ends 0 "$QMTRAJ" check "$name" --frames 2
done
tries temperatures
ends 0 "$QMTRAJ" check temperatures
says "3 files: 3 pass"
tries ramp --set thermostat_time_ps=0.005
ends 0 "$QMTRAJ" check ramp
tries heavy_hydrogen
ends 0 "$QMTRAJ" check heavy_hydrogen
tries stop
ends 0 "$QMTRAJ" check stop
tries quench --set quench.every_ps=0.02 --set quench.ps=0.02
ends 0 "$QMTRAJ" check quench
says "4 files: 4 pass"
tries ani --set friction_per_ps=100
says "recipe: ani sets replicas = 2, temperature_ramp_K = [300, 1000]" "recipe: ani leaves as given: friction_per_ps = 100"
ends 0 "$QMTRAJ" check ani
says "2 files: 2 pass"
if [ $has_rdkit = true ]; then
    ends 0 "$QMTRAJ" run --config "$QMTRAJ_SOURCE/configs/spice.yaml" --set equilibration_ps=0.02 --set length_ps=0.04 --set save_interval_steps=20 \
        --set quench.every_ps=0.02 --set quench.ps=0.05 --set conformers=2 --smiles CCCO=propanol --out spice
    says "recipe: spice sets temperature_K = 500, friction_per_ps = 1, dt_fs = 1" "propanol/c02.q003"
    ends 0 "$QMTRAJ" check spice
    says "8 files: " "0 fail" # 1 fs is a long step
    /usr/bin/python3 - <<'PY' || fail "the metadata do not say which step of the recipe it is"
import json, numpy as np
for label, step in (("c02", "dynamics at high temperature"), ("c02.q002", "relaxed copy of a frame")):
    meta = json.loads(str(np.load(f"spice/propanol/{label}/trajectory.npz")["metadata"]))
    recipe = meta["recipe"]
    assert recipe["name"] == "spice" and recipe["step"] == step, recipe
    assert recipe["keys_set"]["quench.steps"] == 5 and "length_ps" in recipe["keys_given"], recipe
assert meta["quench"]["trajectory"] == "propanol/c02" and meta["conformer"]["number"] == 2
PY
fi
if [ $has_rdkit = true ]; then
    ends 0 "$QMTRAJ" run --config "$QMTRAJ_SOURCE/configs/conformers.yaml" --set length_ps=0.02 --set equilibration_ps=0.02 --smiles CCO --out conformers
    ends 0 "$QMTRAJ" check conformers --frames 2
fi
