#!/bin/bash
# A Slurm array: one molecule per task, all tasks in one output folder.
#
#   sbatch --array=1-22 examples/slurm_array.sh configs/qm.yaml /scratch/$USER/qm data/molecules/xyz/*.xyz
#
# Task n takes the n-th XYZ file. A task that reaches its time limit or is preempted writes a checkpoint and
# queues itself again; it goes on where it was. Submitting the same line again does what is not finished.
# QMTRAJ names the program if it is not on the PATH. This needs no srun and no MPI.
#SBATCH --job-name=qmtraj
#SBATCH --cpus-per-task=1
#SBATCH --mem=500M
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=qmtraj-%A_%a.log
#SBATCH --signal=B:USR1@120
set -u

if [ $# -lt 3 ]; then
    echo "usage: sbatch --array=1-N $0 CONFIG OUT FILE.xyz..." >&2
    exit 2
fi
config=$1 out=$2
shift 2
task=${SLURM_ARRAY_TASK_ID:?no array task; submit with sbatch --array=1-$#}
if [ "$task" -lt 1 ] || [ "$task" -gt $# ]; then
    echo "task $task, but there are $# molecules: submit with --array=1-$#" >&2
    exit 2
fi

# Slurm's signals reach this shell (B: above), which passes them on and waits. Two minutes are plenty: a
# checkpoint takes one step.
"${QMTRAJ:-qmtraj}" run --config "$config" --out "$out" --num-workers 1 "${!task}" &
program=$!
trap 'kill -USR1 $program 2>/dev/null' USR1 TERM
code=0
wait $program || code=$?
# A wait that the trap interrupted says 128 + signal while the program still writes.
while kill -0 $program 2>/dev/null; do
    code=0
    wait $program || code=$?
done

if [ $code = 75 ]; then
    # With SLURM_JOB_ID the last task would queue the whole array.
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$task" && exit 0
    echo "could not be queued again; the same sbatch line goes on from the checkpoint" >&2
fi
exit $code
