#!/bin/bash
# A Slurm array over the molecules of XYZ files and lists of SMILES, all tasks in one output folder.
#
#   sbatch --array=0-99 examples/slurm_array.sh configs/qm.yaml /scratch/$USER/qm molecules.smi
#
# Tasks from 0 on are parts of the list: task i takes part i of 100 (`qmtraj run --shard`), whatever the length of the
# list. To submit one of them again: SHARDS=100 sbatch --array=7 ... PACK=1 puts what is finished into archives. Tasks
# from 1 on take a molecule each:
#
#   sbatch --array=1-22 examples/slurm_array.sh configs/qm.yaml /scratch/$USER/qm data/molecules/xyz/*.xyz
#
# Task n takes the n-th line of `qmtraj run --list FILE...`, the names of all molecules, the longest first: of files, frames and
# lines of lists of any kind. A task that comes near its time limit writes a checkpoint and queues itself again; it goes on
# where it was. `scancel` cancels for good, with a checkpoint. Submitting the same line again does what is not finished.
#
# Arrays are limited (scontrol show config | grep MaxArraySize: often 1001), and short tasks are a burden. With
# CHUNK=k a task takes k molecules one after the other; OFFSET=m leaves out the first m:
#
#   CHUNK=50 sbatch --array=1-1000 examples/slurm_array.sh qm.yaml out all.smi                # 1 to 50,000
#   CHUNK=50 OFFSET=50000 sbatch --array=1-1000 examples/slurm_array.sh qm.yaml out all.smi   # the next ones
#
# A trajectory goes on where it was begun: on one kind of processor. Where a partition mixes several, name one,
# sbatch --constraint=NAME, or set ALLOW_OTHER_CPU=1, which costs the last digits (the metadata say so).
#
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
    echo "usage: sbatch --array=1-N $0 CONFIG OUT FILE.xyz|FILE.smi|FILE.csv..." >&2
    exit 2
fi
config=$1 out=$2
shift 2
chunk=${CHUNK:-1}
task=${SLURM_ARRAY_TASK_ID:?no array task; submit with sbatch --array=1-N}
program=${QMTRAJ:-qmtraj}
words=(--config "$config" --out "$out" --num-workers "${SLURM_CPUS_PER_TASK:-1}")
[ -z "${ALLOW_OTHER_CPU:-}" ] || words+=(--allow-other-cpu)
[ -z "${PACK:-}" ] || words+=(--pack)

# Parts of the list.
if [ -n "${SHARDS:-}" ] || [ "${SLURM_ARRAY_TASK_MIN:-1}" = 0 ]; then
    words+=(--shard "$task/${SHARDS:-$((${SLURM_ARRAY_TASK_MAX:?} + 1))}")
else
    # The molecules from first to last, by their names, which do not depend on the other tasks.
    first=$((${OFFSET:-0} + (task - 1) * chunk + 1)) last=$((${OFFSET:-0} + task * chunk))
    if [ "$chunk" -gt 256 ]; then
        echo "CHUNK=$chunk: a task takes at most 256 molecules by name; tasks from 0 on (--array=0-N) take parts of any size" >&2
        exit 2
    fi
    # Ranks of a step that this runs in would list their parts.
    names=$("$program" run --config "$config" --shard 0/1 --list "$@") || exit $?
    count=$(grep -c . <<<"$names")
    if [ "$task" -lt 1 ] || [ "$first" -gt "$count" ]; then
        echo "task $task begins with molecule $first, but there are $count" >&2
        exit 2
    fi
    while IFS= read -r name; do
        words+=("--molecule=$name")
    done < <(sed -n "$first,${last}p" <<<"$names")
fi

# Slurm's signals reach this shell, which passes them on and waits. USR1 is the warning of the time limit (B: above):
# two minutes are plenty, a checkpoint takes one step. TERM means that Slurm ends the job: after scancel for good; after
# preemption or `scontrol requeue` it has queued it again itself.
warned= ended=
"$program" run "${words[@]}" "$@" &
pid=$!
trap 'warned=yes; kill -USR1 $pid 2>/dev/null' USR1
trap 'ended=yes; kill -USR1 $pid 2>/dev/null' TERM
code=0
wait $pid || code=$?
# A wait that the trap interrupted says 128 + signal while the program still writes.
while kill -0 $pid 2>/dev/null; do
    code=0
    wait $pid || code=$?
done

queue_again() {
    # With SLURM_JOB_ID the last task would queue the whole array.
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$task" && exit 0
    echo "could not be queued again; the same sbatch line goes on from the checkpoint" >&2
}
if [ -n "$ended" ]; then
    echo "ended by Slurm; what is finished or has a checkpoint is kept" >&2
elif [ $code = 75 ] && [ -n "$warned" ]; then
    queue_again
elif [ $code = 6 ] && [ "${SLURM_RESTART_COUNT:-0}" -gt 0 ] && [ "${SLURM_RESTART_COUNT:-0}" -lt 50 ]; then
    # After the loss of a node its processes, or a file server's memory of them, may hold the lock for a while.
    echo "the molecule is still held; queued again" >&2
    sleep "${LOCK_PAUSE:-60}"
    queue_again
fi
exit $code
