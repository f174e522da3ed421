# Several programs on one output folder: the Slurm array of examples/ with a Slurm made of a loop, and programs
# that meet at a molecule.
source "$(dirname "$0")/support.sh"
export QMTRAJ
array=$QMTRAJ_SOURCE/examples/slurm_array.sh
export SLURM_ARRAY_JOB_ID=4711 PATH="$here/bin:$PATH"

# scontrol takes a note of what is queued again
mkdir bin
printf '#!/bin/sh\necho "$@" >>%s/queued\n' "$here" >bin/scontrol
chmod +x bin/scontrol

for i in 1 2 3 4 5 6 7 8; do
    sed "s/0.763/0.7${i}0/" water.xyz >m$i.xyz
done

# summary_is FILE NAME...: valid JSON with just these molecules, all complete
summary_is() {
    /usr/bin/python3 - "$@" <<'PYTHON' || fail "the summary is not what it should be"
import json, sys
rows = json.load(open(sys.argv[1]))["trajectories"]
assert sorted(r["molecule"] for r in rows) == sorted(sys.argv[2:]), rows
assert all(r["status"] == "complete" and r["steps"] == 200 for r in rows), rows
PYTHON
}

# 1. Eight tasks at once. Whoever reads the summary and the trajectories meanwhile sees whole ones.
/usr/bin/python3 - <<'PYTHON' &
import glob, json, os, time, zipfile
while not os.path.exists("all_done"):
    try:
        json.load(open("o/summary.json"))
    except FileNotFoundError:
        pass
    for path in glob.glob("o/*/trajectory.npz"):
        assert zipfile.ZipFile(path).testzip() is None
    time.sleep(0.001)
open("reader", "w").write("whole")
PYTHON
reader=$!
pids=()
for task in 1 2 3 4 5 6 7 8; do
    SLURM_ARRAY_TASK_ID=$task bash "$array" short.yaml o m?.xyz >log$task 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    wait "$pid" || fail "a task ends with $?: $(cat log*)"
done
touch all_done
wait $reader || fail "the summary or a trajectory was not whole at all times"
[ "$(cat reader)" = whole ] || fail "nobody read the summary"
summary_is o/summary.json m1 m2 m3 m4 m5 m6 m7 m8
[ ! -e queued ] || fail "a task was queued again"
[ -z "$(find o -name '*.lock' -o -name lock -o -name '*.part' -o -name '*.tmp')" ] || fail "leftovers: $(find o)"
ends 0 "$QMTRAJ" run --config short.yaml --out alone m5.xyz
same o/m5/trajectory.npz alone/m5/trajectory.npz

# the same array again: nothing is computed
SLURM_ARRAY_TASK_ID=3 ends 0 bash "$array" short.yaml o m?.xyz
says "nothing to do"

# 2. A task that is preempted is queued again and goes on; its bytes are those of one that was not.
cat short.yaml >long.yaml
sed -i 's/^length_ps.*/length_ps: 2/' long.yaml
SLURM_ARRAY_TASK_ID=2 bash "$array" long.yaml p m1.xyz m2.xyz >log 2>&1 &
pid=$!
until_there p/m2/checkpoint
kill -USR1 $pid
code=0
wait $pid || code=$?
[ $code = 0 ] || fail "a task that queued itself again ends with $code: $(cat log)"
[ "$(cat queued)" = "requeue 4711_2" ] || fail "queued again: $(cat queued)"
[ -s p/m2/checkpoint ] && [ ! -e p/m2/trajectory.npz ] || fail "nothing was left to do"
SLURM_ARRAY_TASK_ID=2 ends 0 bash "$array" long.yaml p m1.xyz m2.xyz
says "continues at"
ends 0 "$QMTRAJ" run --config long.yaml --out whole m2.xyz
same p/m2/trajectory.npz whole/m2/trajectory.npz

# scancel, preemption and `scontrol requeue` send TERM: Slurm has decided what becomes of the task, so the script keeps
# the work, queues nothing and says nothing of a queue. Slurm tells the program, too, at the same time.
rm queued
SLURM_ARRAY_TASK_ID=1 bash "$array" long.yaml cancelled m1.xyz >log 2>&1 &
pid=$!
until_there cancelled/m1/checkpoint
program=$(pgrep -P $pid)
kill -TERM $program $pid
code=0
wait $pid || code=$?
[ $code = 75 ] || fail "a cancelled task ends with $code: $(cat log)"
[ ! -e queued ] || fail "a cancelled task was queued again"
grep -q "ended by Slurm" log && ! grep -q "queued again" log || fail "it says: $(cat log)"
grep -q "at once on request" log && fail "two signals of Slurm were taken for impatience: $(cat log)"

# 3. A molecule that another program holds is named with its holder and skipped.
"$QMTRAJ" run --config long.yaml --set length_ps=3000 --set save_interval_steps=1000 --out o2 water.xyz >holder 2>&1 &
pid=$!
until_there o2/water/checkpoint
ends 0 "$QMTRAJ" run --config short.yaml --out o2 water.xyz ammonia.xyz
says "water: held by process" "on $(uname -n), skipped"
summary_is o2/summary.json ammonia
ends 6 "$QMTRAJ" run --config short.yaml --out o2 water.xyz
says "qmtraj: water: nothing was done: held by process"
ends 0 "$QMTRAJ" run --config short.yaml --out o2 ammonia.xyz
SLURM_ARRAY_TASK_ID=1 ends 6 bash "$array" short.yaml o2 water.xyz
[ ! -e queued ] || fail "it was queued again though somebody else works on it"
# one that Slurm queued again after the loss of a node waits for what is left there
SLURM_ARRAY_TASK_ID=1 SLURM_RESTART_COUNT=1 LOCK_PAUSE=0 ends 0 bash "$array" short.yaml o2 water.xyz
[ "$(cat queued)" = "requeue 4711_1" ] || fail "queued again: $(cat queued)"
kill -KILL $pid "$(cat /proc/$pid/task/$pid/children)" 2>/dev/null || true
wait $pid 2>/dev/null || true
# the lock of a dead process does not block
ends 0 "$QMTRAJ" run --config short.yaml --out o2 --fresh water.xyz
summary_is o2/summary.json ammonia water

# 4. Four programs with the same list: each molecule is made once, whoever takes it.
pids=()
for i in 1 2 3 4; do
    "$QMTRAJ" run --config short.yaml --num-workers 2 --out o4 m?.xyz >log$i 2>&1 &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    code=0
    wait "$pid" || code=$?
    [ $code = 0 ] || [ $code = 6 ] || fail "one of four programs ends with $code: $(cat log?)"
done
ends 0 "$QMTRAJ" run --config short.yaml --out o4 m?.xyz
summary_is o4/summary.json m1 m2 m3 m4 m5 m6 m7 m8
for i in 1 2 3 4 5 6 7 8; do
    same o4/m$i/trajectory.npz o/m$i/trajectory.npz
done

# 5. Chunks and lists: task n takes the molecules (n - 1) CHUNK + 1 + OFFSET and so on of `qmtraj run --list`.
cat >bin/show <<'SH'
#!/bin/bash
for word in "$@"; do
    [ "$word" != --list ] || exec "$REAL" "$@"
done
for word in "$@"; do
    case $word in
    --molecule=*) echo "${word#*=}" ;;
    --allow-other-cpu) echo "$word" ;;
    esac
done
SH
chmod +x bin/show
export REAL=$QMTRAJ
taken() { # TASK CHUNK OFFSET WANTED FILE...
    local task=$1 chunk=$2 offset=$3 wanted=$4
    shift 4
    QMTRAJ=show SLURM_ARRAY_TASK_ID=$task CHUNK=$chunk OFFSET=$offset ends 0 bash "$array" short.yaml o "$@"
    [ "$(tr '\n' ';' <out)" = "$wanted" ] || fail "task $task of $chunk behind $offset takes $(cat out), wanted $wanted"
}
frames() { # one file of three molecules
    cat m1.xyz ammonia.xyz m2.xyz
}
frames >three.xyz
taken 1 1 0 'three_0002;' three.xyz m3.xyz
taken 2 1 0 'three_0001;' three.xyz m3.xyz
taken 4 1 0 'm3;' three.xyz m3.xyz
taken 1 3 0 'three_0002;three_0001;three_0003;' three.xyz m3.xyz
taken 2 3 0 'm3;' three.xyz m3.xyz
taken 1 2 1 'three_0001;three_0003;' three.xyz m3.xyz
QMTRAJ=show ALLOW_OTHER_CPU=1 SLURM_ARRAY_TASK_ID=1 ends 0 bash "$array" short.yaml o m1.xyz
says --allow-other-cpu

# lists of every kind: without names, with a header, with other delimiters, compressed
if ! grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt"; then
    printf 'CCO\n# no\nC\n\nO\n' >bare.smi
    printf 'smiles name\nCCO a\nC b\nO c\n' >head.smi
    printf 'id,SMILES\na,CCO\nb,C\nc,O\n' >table.csv
    gzip -k head.smi
    for file in head.smi table.csv head.smi.gz; do
        taken 1 1 0 'a;' $file
        taken 2 1 0 'b;' $file
        taken 3 1 0 'c;' $file
        SLURM_ARRAY_TASK_ID=4 ends 2 bash "$array" short.yaml o $file
        says "task 4 begins with molecule 4, but there are 3"
    done
    for task in 1 2 3; do
        SLURM_ARRAY_TASK_ID=$task ends 0 bash "$array" short.yaml bare bare.smi
    done
    summary_is bare/summary.json mol_0001 mol_0002 mol_0003
    printf 'CCO a\nCC |^1:0| radical\nC b\n' >odd.smi # what no task takes is said by all
    SLURM_ARRAY_TASK_ID=2 ends 0 bash "$array" short.yaml odd odd.smi
    says 'warning: odd.smi:2: the extension behind "CC" marks radicals'
    [ -d odd/b ] && [ ! -d odd/a ] || fail "task 2 takes $(ls odd)"
fi

# 6. Words that cannot be right.
SLURM_ARRAY_TASK_ID=9 ends 2 bash "$array" short.yaml o m?.xyz
says "task 9 begins with molecule 9, but there are 8"
ends 2 bash "$array" short.yaml o
says "usage: sbatch"
SLURM_ARRAY_TASK_ID=1 CHUNK=257 ends 2 bash "$array" short.yaml o m?.xyz
says "at most 256 molecules by name"
SLURM_ARRAY_TASK_ID=1 ends 5 bash "$array" short.yaml o none.smi
