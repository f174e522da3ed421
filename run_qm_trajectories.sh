#!/bin/bash
# Production: the 22 molecules, 30 ps each with windows at constant energy, on all cores this process may
# use. Everything after the script's name goes on to `qmtraj run`, and what stands there wins:
#
#   bash run_qm_trajectories.sh
#   bash run_qm_trajectories.sh --molecule glycine --num-workers 4 --set length_ps=5
#
# CONFIG, SMILES_FILE and OUT_DIR in the environment replace the three files below.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

make -s --no-print-directory -C "$here" program >&2
exec "$here/build/qmtraj" run \
    --config "${CONFIG:-$here/configs/qm.yaml}" \
    --smiles-file "${SMILES_FILE:-$here/data/molecules/qm_molecules.smi}" \
    --out "${OUT_DIR:-$here/data/qm}" "$@"
