#!/bin/bash
# examples/slurm_array.sh and slurm_srun.sh under a real Slurm: a controller and two node daemons, all on this machine, in a folder of their
# own that goes at the end. As root, with the Debian packages slurm-wlm and munge; two to five minutes.
#
#   tests/slurm/slurm.sh build/qmtraj
set -euo pipefail
export LC_ALL=C QMTRAJ
QMTRAJ=$(realpath "$1")
array=$(realpath "$(dirname "$0")/../../examples/slurm_array.sh")
ranks=$(realpath "$(dirname "$0")/../../examples/slurm_srun.sh")
[ "$(id -u)" = 0 ] || { echo "slurm: NOT RUN, it takes root"; exit 77; }
for program in munged slurmctld slurmd sbatch; do
    command -v $program >/dev/null || { echo "slurm: NOT RUN, there is no $program (Debian: slurm-wlm, munge)"; exit 77; }
done
work=$(mktemp -d /tmp/qmtraj_slurm.XXXXXX)
chmod 755 "$work"
cd "$work"
daemons=()
finish() {
    local code=$?
    scancel --full -u root 2>/dev/null || true
    [ $code = 0 ] || tail -n 30 "$work"/*.log
    kill "${daemons[@]}" 2>/dev/null || true
    wait "${daemons[@]}" 2>/dev/null || true
    rm -rf "$work"
    exit $code
}
trap finish EXIT
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
start() {
    local log=$1
    shift
    "$@" >>"$log" 2>&1 &
    daemons+=($!)
}

host=$(hostname -s)
export SLURM_CONF=$work/slurm.conf
mkdir spool1 spool2 state
head -c 1024 /dev/urandom >munge.key
chmod 600 munge.key
start munged.log munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" \
    --pid-file="$work/munged.pid" --seed-file="$work/munge.seed" --log-file="$work/munge_own.log"
cat >slurm.conf <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=27817
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
MpiDefault=none
SlurmdParameters=config_overrides
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool%n
SlurmdPidFile=$work/slurmd%n.pid
SlurmctldPidFile=$work/slurmctld.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd%n.log
ReturnToService=2
KillWait=20
MinJobAge=3000
InactiveLimit=0
SlurmdTimeout=30
NodeName=1 NodeHostname=$host NodeAddr=127.0.0.1 Port=27818 CPUs=4 State=UNKNOWN
NodeName=2 NodeHostname=$host NodeAddr=127.0.0.1 Port=27819 CPUs=4 State=UNKNOWN
PartitionName=low Nodes=1,2 Default=YES PriorityTier=1 MaxTime=INFINITE State=UP OverSubscribe=NO
PartitionName=high Nodes=1,2 PriorityTier=10 MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
start slurmctld.log slurmctld -D
start slurmd1.log slurmd -D -N 1
start slurmd2.log slurmd -D -N 2

# until_true SECONDS WORDS...
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "never true: $*"
        sleep 0.2
    done
}
idle() { [ "$(sinfo -h -N -p low -o %T 2>/dev/null | grep -c idle)" = 2 ]; }
until_true 60 idle

cat >short.yaml <<'YAML'
length_ps: 0.05
equilibration_ps: 0.02
nve_every_ps: 0
friction_per_ps: 1
YAML
sed 's/^length_ps.*/length_ps: 400/; $a save_interval_steps: 1000\ncheckpoint_s: 1000' short.yaml >long.yaml
for i in 1 2 3 4 5 6 7 8; do
    printf '3\n\nO 0 0 0.119\nH 0 0.7%d -0.477\nH 0 -0.763 -0.477\n' $i >m$i.xyz
    printf 'C%.0s' $(seq $i) >>list.smi
    echo " alkane$i" >>list.smi
done
states() { scontrol show job "$1" -o 2>/dev/null | sed -n 's/.*JobState=\([A-Z]*\).*/\1/p' | sort | uniq -c | tr -s ' \n' ' '; }
all_are() { [ "$(states "$1")" = " $2 " ]; }
submit() { sbatch --parsable "${memory:---mem=0}" --output="$work/job-%A_%a.log" "$@"; }
running_all() { [ "$(scontrol show job "$1" -o | grep -c JobState=RUNNING)" = "$2" ]; }
restarts() { grep -q "Restarts=$2" <(scontrol show job "$1"); }
# Slurm waits two minutes before it starts again what was queued again; the test does not. Within a moment slurmd takes
# it for the one that was killed, and refuses it.
now() { sleep 3 && scontrol update JobId="$1" StartTime=now 2>/dev/null || true; }
has_begun() { [ -s "$1/checkpoint" ]; }
steps() {
    "$QMTRAJ" status "$1" --json | /usr/bin/python3 -c \
        'import json, sys; print(sum(e["step"] for e in json.load(sys.stdin)))'
}

echo '1. an array ends well, in chunks and with a list of SMILES, too'
job=$(submit --array=1-4 "$array" short.yaml a m?.xyz)
until_true 60 all_are "$job" '4 COMPLETED'
job=$(CHUNK=3 OFFSET=2 submit --array=1-2 --export=ALL "$array" short.yaml b m?.xyz)
until_true 60 all_are "$job" '2 COMPLETED'
[ "$(cd b && echo m*)" = 'm3 m4 m5 m6 m7 m8' ] || fail "chunks made $(ls b)"
cmp a/m3/trajectory.npz b/m3/trajectory.npz
if "$QMTRAJ" run --config short.yaml --smiles-file list.smi --dry-run >/dev/null 2>&1; then
    job=$(CHUNK=2 submit --array=5-6 --export=ALL "$array" short.yaml c m?.xyz list.smi)
    until_true 60 all_are "$job" '2 COMPLETED'
    [ "$(cd c && echo alkane*)" = 'alkane1 alkane2 alkane3 alkane4' ] || fail "the list made $(ls c)"
fi

echo '2. scancel cancels, one task and all, and keeps the work'
job=$(submit --array=1-4 "$array" long.yaml d m1.xyz m2.xyz m3.xyz m4.xyz)
until_true 60 running_all "$job" 4
for i in 1 2 3 4; do until_true 60 has_begun d/m$i; done
scancel "${job}_1"
until_true 60 all_are "${job}_1" '1 CANCELLED'
scancel "$job"
until_true 60 all_are "$job" '4 CANCELLED'
[ "$(steps d)" -gt 0 ] || fail "scancel lost the work: $(steps d) steps"
grep -q 'ended by Slurm' job-"${job}"_1.log || fail "the log does not say it: $(cat job-"${job}"_1.log)"
! grep -q 'could not be queued' job-"${job}"_*.log || fail "the log speaks of a queue"

echo '3. the warning of the time limit: a checkpoint, queued again, and it goes on'
job=$(submit --array=1 --signal=B:USR1@50 --time=1 "$array" long.yaml e m1.xyz)
until_true 90 restarts "$job" 1
until_true 60 all_are "$job" '1 PENDING'
[ "$(steps e)" -gt 0 ] || fail "the warning lost the work"
before=$(steps e)
goes_on() { now "$job" && all_are "$job" '1 RUNNING'; }
until_true 60 goes_on
until_true 60 grep -q 'continues at' job-"${job}"_1.log
scancel "$job"
until_true 60 all_are "$job" '1 CANCELLED'
grep -q 'continues at' job-"${job}"_1.log || fail "it began anew"
[ "$(steps e)" -ge "$before" ] || fail "it did not go on"

echo '4. scontrol requeue and preemption: Slurm queues it, the script does not interfere'
job=$(submit --array=1 "$array" long.yaml f m1.xyz)
until_true 60 running_all "$job" 1
until_true 60 has_begun f/m1
scontrol requeue "${job}_1"
until_true 60 all_are "$job" '1 PENDING'
! grep -q 'could not be queued' job-"${job}"_1.log || fail "a false sentence: $(cat job-"${job}"_1.log)"
[ "$(steps f)" -gt 0 ] || fail "requeue lost the work"
scancel "$job"
job=$(submit --array=1-2 --cpus-per-task=4 "$array" long.yaml g m1.xyz m2.xyz)
until_true 60 running_all "$job" 2
until_true 60 has_begun g/m1
until_true 60 has_begun g/m2
other=$(submit --partition=high --exclusive --nodes=2 --wrap 'sleep 3')
until_true 90 all_are "$other" '1 COMPLETED'
[ "$(states "$job")" = ' 2 PENDING ' ] || [ "$(states "$job")" = ' 1 PENDING 1 RUNNING ' ] ||
    fail "after preemption: $(states "$job")"
! grep -q 'could not be queued' job-"${job}"_*.log || fail "a false sentence: $(cat job-"${job}"_*.log)"
scancel "$job"

echo '5. after the loss of a node its processes hold the lock: queued again until they are gone'
sed 's/^length_ps.*/length_ps: 20/; s/^checkpoint_s.*/checkpoint_s: 0.1/' long.yaml >middle.yaml
"$QMTRAJ" run --config middle.yaml --out h m1.xyz >holder.out 2>&1 &
holder=$!
until_true 60 has_begun h/m1
worker=$(cat /proc/$holder/task/$holder/children)
kill -STOP $worker
job=$(LOCK_PAUSE=1 submit --array=1 --export=ALL "$array" middle.yaml h m1.xyz)
until_true 60 all_are "$job" '1 FAILED' # nobody queued it again before: somebody else works on it
scontrol requeue "$job"                 # as Slurm does it after the loss of a node
queued_by_itself() { now "$job" && restarts "$job" '[2-9]'; }
until_true 90 queued_by_itself
kill -KILL $holder $worker
wait $holder 2>/dev/null || true
complete() { now "$job" && all_are "$job" '1 COMPLETED'; }
until_true 90 complete
"$QMTRAJ" run --config middle.yaml --out i m1.xyz >/dev/null 2>&1
cmp h/m1/trajectory.npz i/m1/trajectory.npz

echo '6. tasks from 0 on are parts of the list'
"$QMTRAJ" run --config short.yaml --out whole m?.xyz >/dev/null 2>&1
# once OUT: each molecule once, with the bytes of one process
once() {
    cat "$1"/.journal/*.jsonl | grep -o '"molecule":"[^"]*"' | sort >names
    [ "$(wc -l <names)" = 8 ] && [ "$(sort -u names | wc -l)" = 8 ] || fail "$1: $(cat names)"
    for i in 1 2 3 4 5 6 7 8; do cmp whole/m$i/trajectory.npz "$1/m$i/trajectory.npz"; done
    [ -s "$1/summary.json" ] || fail "$1: nobody wrote the summary"
}
job=$(submit --array=0-2 "$array" short.yaml j m?.xyz)
until_true 60 all_are "$job" '3 COMPLETED'
once j
rm -r j/m?
for task in 0 1 2; do # one after the other, each as an array of its own
    job=$(SHARDS=3 PACK=1 submit --array=$task --export=ALL "$array" short.yaml j2 m?.xyz)
    until_true 60 all_are "$job" '1 COMPLETED'
done
"$QMTRAJ" unpack j2 >/dev/null
once j2

echo '7. srun: four ranks share the list; the warning, scancel, a rank that is killed'
memory=--mem-per-cpu=1M
job=$(submit -n 4 "$ranks" short.yaml k m?.xyz)
until_true 60 all_are "$job" '1 COMPLETED'
once k
grep -q 'process 4 of 4 by Slurm: takes part 3/4' job-*.log || fail "no rank 4"
job=$(submit -n 2 --signal=B:USR1@50 --time=1 "$ranks" long.yaml l m1.xyz m2.xyz m3.xyz)
until_true 60 running_all "$job" 1
until_true 90 restarts "$job" 1
until_true 60 all_are "$job" '1 PENDING'
[ "$(steps l)" -gt 0 ] || fail "the warning lost the work"
goes_on() { now "$job" && all_are "$job" '1 RUNNING'; }
until_true 60 goes_on
scancel "$job"
until_true 60 all_are "$job" '1 CANCELLED'
sed 's/^length_ps.*/length_ps: 20/; s/^checkpoint_s.*/checkpoint_s: 0.1/' long.yaml >middle.yaml
job=$(submit -n 2 "$ranks" middle.yaml n m1.xyz m2.xyz m3.xyz m4.xyz)
any_begun() { ls n/m?/checkpoint >/dev/null 2>&1; }
until_true 60 any_begun
rank=$(cat n/m?/lock 2>/dev/null | sed -n 's/^process \([0-9]*\) on.*/\1/p' | head -1)
kill -KILL "$(ps -o ppid= -p "$rank" | tr -d ' ')" # the parent of a worker: its rank
ended() { [ -n "$(scontrol show job "$job" -o | grep -E 'JobState=(COMPLETED|FAILED)')" ]; }
until_true 90 ended
"$QMTRAJ" run --config middle.yaml --out n m1.xyz m2.xyz m3.xyz m4.xyz >/dev/null 2>&1
"$QMTRAJ" run --config middle.yaml --out n2 m1.xyz m2.xyz m3.xyz m4.xyz >/dev/null 2>&1
for i in 1 2 3 4; do cmp n/m$i/trajectory.npz n2/m$i/trajectory.npz; done

memory=--mem=0
echo '8. a drained node ends what it has begun; a task that is killed has failed, and the same line continues it'
job=$(submit --array=1 "$array" middle.yaml o m1.xyz)
until_true 60 has_begun o/m1
node=$(squeue -h -j "$job" -o %N)
scontrol update NodeName="$node" State=DRAIN Reason=test
until_true 120 all_are "$job" '1 COMPLETED'
node_is() { [ "$(sinfo -h -n "$1" -p low -o %T)" = "$2" ]; }
until_true 60 node_is "$node" drained
cmp o/m1/trajectory.npz n2/m1/trajectory.npz
scontrol update NodeName="$node" State=RESUME
until_true 60 idle
job=$(submit --array=1 "$array" middle.yaml p m1.xyz)
until_true 60 has_begun p/m1
worker=$(sed -n 's/^process \([0-9]*\) on.*/\1/p' p/m1/lock)
kill -KILL "$(ps -o ppid= -p "$worker" | tr -d ' ')" # the program; its worker writes a checkpoint
until_true 60 all_are "$job" '1 FAILED'
worker_is_gone() { [ ! -e "/proc/$worker" ]; }
until_true 60 worker_is_gone
job=$(submit --array=1 "$array" middle.yaml p m1.xyz)
until_true 120 all_are "$job" '1 COMPLETED'
cmp p/m1/trajectory.npz n2/m1/trajectory.npz

echo '9. a node is lost: Slurm queues its task again, which goes on to the same bytes'
job=$(LOCK_PAUSE=1 submit --array=1 --export=ALL "$array" middle.yaml q m1.xyz)
until_true 60 has_begun q/m1
node=$(squeue -h -j "$job" -o %N)
scontrol update NodeName="$node" State=DOWN Reason=lost
until_true 60 restarts "$job" '[1-9]'
complete() { now "$job" && all_are "$job" '1 COMPLETED'; }
until_true 120 complete
cmp q/m1/trajectory.npz n2/m1/trajectory.npz
# It may have come back by itself (ReturnToService=2), which Slurm calls an invalid state to resume from.
scontrol update NodeName="$node" State=RESUME 2>/dev/null || true
until_true 60 idle

echo 'all as it should be'
