#!/bin/bash
# One Slurm job whose ranks share a list: each takes the part of its rank, on one core or on those of --cpus-per-task.
#
#   sbatch -n 256 examples/slurm_srun.sh configs/qm.yaml /scratch/$USER/qm molecules.smi
#
# Near its time limit every rank writes checkpoints, and the job queues itself again; it goes on where it was. `scancel`
# cancels for good, with checkpoints. A rank that dies takes no other with it, and the same line does what is left. The
# number of ranks may change between two jobs. PACK=1 puts what is finished into an archive for each rank.
#
# QMTRAJ names the program if it is not on the PATH. No MPI is needed.
#SBATCH --job-name=qmtraj
#SBATCH --mem-per-cpu=500M
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=qmtraj-%j.log
#SBATCH --signal=B:USR1@120
set -u

if [ $# -lt 3 ]; then
    echo "usage: sbatch -n N $0 CONFIG OUT FILE.xyz|FILE.smi..." >&2
    exit 2
fi
words=(--config "$1" --out "$2")
shift 2
[ -z "${ALLOW_OTHER_CPU:-}" ] || words+=(--allow-other-cpu)
[ -z "${PACK:-}" ] || words+=(--pack)

# --kill-on-bad-exit=0: a rank with a failed molecule (code 1) does not end the others.
srun --kill-on-bad-exit=0 "${QMTRAJ:-qmtraj}" run "${words[@]}" "$@" &
step=$!
warned= ended=
# srun passes USR1 on to its ranks. TERM is from scancel or preemption, and Slurm has decided what becomes of the job.
trap 'warned=yes; kill -USR1 $step 2>/dev/null' USR1
trap 'ended=yes; kill -USR1 $step 2>/dev/null' TERM
code=0
wait $step || code=$?
while kill -0 $step 2>/dev/null; do
    code=0
    wait $step || code=$?
done

if [ -n "$ended" ]; then
    echo "ended by Slurm; what is finished or has a checkpoint is kept" >&2
elif [ $code = 75 ] && [ -n "$warned" ]; then
    scontrol requeue "$SLURM_JOB_ID" && exit 0
    echo "could not be queued again; the same sbatch line goes on from the checkpoints" >&2
fi
exit $code
