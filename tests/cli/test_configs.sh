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
if [ $has_rdkit = true ]; then
    ends 0 "$QMTRAJ" run --config "$QMTRAJ_SOURCE/configs/conformers.yaml" --set length_ps=0.02 --set equilibration_ps=0.02 --smiles CCO --out conformers
    ends 0 "$QMTRAJ" check conformers --frames 2
fi
