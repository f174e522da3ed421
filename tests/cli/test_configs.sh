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
