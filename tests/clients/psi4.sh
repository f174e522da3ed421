#!/bin/sh
# Labels of Psi4: inputs, run, collected; its own numerical forces must be the slope of the collected energies.
set -eu
program=$(realpath "${1:-build/qmtraj}")
if ! command -v psi4 >/dev/null; then
    echo "NOT INSTALLED  psi4"
    exit 0
fi
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
printf '3\ncharge=0\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n' >water.xyz
printf '2\ncharge=0 multiplicity=2\nO 0 0 0\nH 0 0 0.97\n' >oh.xyz
printf 'length_ps: 0.05\nequilibration_ps: 0\nnve_every_ps: 0\nsave_interval_steps: 1\n' >c.yaml
"$program" run --config c.yaml --out md water.xyz oh.xyz >/dev/null 2>&1
"$program" dataset md --for psi4 --level HF/STO-3G --n 3 --split 80/20 --by block -o set >/dev/null
JOBS=2 sh set/run.sh
"$program" dataset set --collect -o ref
# Psi4 prints the total gradient of each frame; it is minus the forces in other units.
awk '/-Total Gradient:/ { getline; getline; getline; print $2, $3, $4; exit }' set/train/000000.out >gradient
awk 'NR == 3 { print $(NF - 2), $(NF - 1), $NF; exit }' ref/train.extxyz | paste -d' ' gradient - | awk '
    { for (k = 1; k <= 3; k++) { d = $k * 27.211386245988 / 0.529177210903 + $(k + 3); if (d * d > 1e-16 * (1 + $k * $k * 1e8)) bad = 1 } }
    END { if (bad || NR != 1) { print "FAIL  psi4: the forces are not those that it printed"; exit 1 } print "PASS  psi4" }'
