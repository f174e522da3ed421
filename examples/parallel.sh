#!/bin/bash
# A list on one machine, or on several by ssh, with GNU parallel: N parts, J of them at a time.
#
#   PARTS=64 JOBS=8 examples/parallel.sh configs/qm.yaml data/qm molecules.smi
#
# `qmtraj run` alone does the same on one machine. With parallel a part can go to another one (--sshloginfile, a folder
# that all see), is tried again when its machine fails, and is noted in OUT.joblog, from which the same line goes on:
# parts with code 0 are not begun again, those with rejected or failed molecules (1) are.
#
# QMTRAJ names the program if it is not on the PATH.
set -eu

if [ $# -lt 3 ]; then
    echo "usage: PARTS=N JOBS=J $0 CONFIG OUT FILE.xyz|FILE.smi..." >&2
    exit 2
fi
config=$1 out=$2 parts=${PARTS:-16}
shift 2
seq 0 "$((parts - 1))" | parallel --will-cite --jobs "${JOBS:-100%}" --joblog "$out.joblog" --resume-failed \
    "${QMTRAJ:-qmtraj}" run --config "$config" --out "$out" --num-workers 1 --pack --shard "{}/$parts" "$@"
