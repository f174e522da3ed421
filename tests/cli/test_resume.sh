# What is interrupted goes on; what is finished grows longer; what is something else is left alone.
source "$(dirname "$0")/support.sh"

cat >windows.yaml <<'YAML'
length_ps: 0.2
equilibration_ps: 0.05
nve_every_ps: 0.1
nve_window_ps: 0.05
friction_per_ps: 1
checkpoint_s: 0.002
keep_checkpoint: true
YAML

# run OUT WORDS...: the job of this file
run() {
    local out=$1
    shift
    "$QMTRAJ" run --config windows.yaml --out "$out" "$@" water.xyz
}
run whole >out 2>&1

# crashed OUT STEP: an interrupted trajectory with checkpoints
crashed() {
    QMTRAJ_TEST_CRASH="water:$2" ends 1 run "$1"
    [ -s "$1/water/checkpoint" ] && [ -s "$1/water/trajectory.npz.part" ] || fail "nothing to go on from"
    rm -f "$1/summary.json"
}

# goes on, whatever checkpoint_s is, and leaves nothing behind
crashed a 600
ends 0 run a --set checkpoint_s=0.5
says "water: continues at"
same a/water/trajectory.npz whole/water/trajectory.npz
for left in trajectory.npz.part nve_windows.part lock checkpoint.tmp; do
    [ ! -e a/water/$left ] || fail "$left is left"
done

# differences are listed, and nothing is touched
crashed b 600
sha256sum b/water/* >before
ends 7 run b --set temperature_K=310 --set random_seed=7
says "temperature_K was 300.0, now 310.0" "random_seed was 42, now 7" "--fresh"
ends 7 run b --set length_ps=0.4
says "only what is finished can be made longer"
for isa in generic avx2; do
    code=0
    QMTRAJ_ISA=$isa run b >out 2>err || code=$?
    [ $code != 7 ] || break
done
[ $code = 7 ] || [ "$("$QMTRAJ" version | grep -c generic)" = 1 ] || fail "another instruction set: code $code"
[ $code != 7 ] || says "instruction set" || fail "it does not say what differs"
[ $code != 7 ] || sha256sum -c before >out 2>&1 || fail "something was touched"

# --fresh forgets it
crashed c 600
ends 0 run c --fresh --set temperature_K=310
cmp -s c/water/trajectory.npz whole/water/trajectory.npz && fail "--fresh went on"
[ ! -e c/water/checkpoint.damaged ] || fail "leftovers"

# a damaged newest checkpoint: named, put aside, the one before is used
crashed d 600
[ -s d/water/checkpoint.previous ] || fail "no previous checkpoint"
printf 'x' | dd of=d/water/checkpoint bs=1 seek=700 conv=notrunc 2>/dev/null
ends 0 run d
says "d/water/checkpoint: is damaged" "the one before it is used"
same d/water/trajectory.npz whole/water/trajectory.npz
[ -s d/water/checkpoint.damaged ] || fail "the damaged checkpoint is gone"

# cut off; of a newer program; something else: the same, each with its name
for kind in cut newer foreign; do
    rm -rf e
    crashed e 600
    case $kind in
    cut) truncate -s 1000 e/water/checkpoint ; words="damaged or cut off" ;;
    newer) printf "\004" | dd of=e/water/checkpoint bs=1 seek=8 conv=notrunc 2>/dev/null ; words="(format 4), and this is qmtraj" ;;
    foreign) cp water.xyz e/water/checkpoint ; words="is not a checkpoint" ;;
    esac
    ends 0 run e
    says "$words"
    same e/water/trajectory.npz whole/water/trajectory.npz
done

# both damaged: refused, nothing touched
crashed f 600
: >f/water/checkpoint
: >f/water/checkpoint.previous
sha256sum f/water/* >before
ends 7 run f
says "is empty" "--fresh"
sha256sum -c before >out 2>&1 || fail "something was touched"

# frames that are not those of the checkpoint: refused
crashed g 600
printf 'x' | dd of=g/water/trajectory.npz.part bs=1 seek=300 conv=notrunc 2>/dev/null
ends 7 run g
says "not those of the checkpoint" "--fresh"

# longer: the bytes of one made at that length, also when the longer one is interrupted
ends 0 run long --set length_ps=0.5
cp -r whole h
QMTRAJ_TEST_CRASH=water:1500 ends 1 run h --set length_ps=0.5
ends 0 run h --set length_ps=0.5
same h/water/trajectory.npz long/water/trajectory.npz
ends 7 run h
says "length_ps was 0.5, now 0.2"
cp -r whole i
rm i/water/checkpoint*
ends 7 run i --set length_ps=0.5
says "without a whole checkpoint"

# finished, but the process died before run.json
cp -r whole j
rm j/water/run.json
ends 0 run j
[ -s j/water/run.json ] || fail "run.json is missing"
says "water: was complete but for its run.json, which is written again; nothing is computed"
! grep -q "continues at" err || fail "it says that it goes on"
same j/water/trajectory.npz whole/water/trajectory.npz
ends 0 run j
says "nothing to do"
# without a checkpoint nothing says what it is: not "other settings"
rm j/water/run.json j/water/checkpoint
ends 7 run j
says "j/water: already finished, but its run.json is missing"

# a file is asked whose it is, unless run.json knows its size and time; one that was only touched is that of its folder
cp -r whole touched
touch touched/water/trajectory.npz
ends 0 run touched
says "nothing to do"
# copied COMMAND WORDS: after it the job of two replicas is refused with these words
copied() {
    rm -rf copy
    cp -r pair copy
    eval "$1"
    sha256sum copy/*/*/* >before
    ends 7 run copy --set replicas=2
    says "trajectory.npz: is not the trajectory of its folder: $2" "--fresh"
    ends 7 run copy --set replicas=2 --set length_ps=0.4
    sha256sum -c before >out 2>&1 || fail "something was touched: $1"
}
ends 0 run pair --set replicas=2
ends 0 run seven --set replicas=2 --set random_seed=7
ends 0 "$QMTRAJ" run --config windows.yaml --set replicas=2 --out pair ammonia.xyz
copied 'cp copy/ammonia/r01/trajectory.npz copy/water/r01' 'name is ammonia, not water; its atoms are others'
copied 'cp copy/water/r01/trajectory.npz copy/water/r02' 'replica is 1, not 2'
copied 'cp -p copy/water/r01/* copy/water/r02' 'replica is 1, not 2'
copied 'cp seven/water/r01/trajectory.npz copy/water/r01' 'random_seed is 7, not 42'
copied 'cp seven/water/r01/trajectory.npz copy/water/r01; rm copy/water/r01/run.json' 'random_seed is 7, not 42'

# held by another program: said by whom, skipped; 6 only if nothing else was done
mkdir -p k/water
exec 9>k/water/lock
echo "process 4711 on elsewhere" >&9
flock 9
ends 6 run k
says "process 4711 on elsewhere"
ends 0 "$QMTRAJ" run --config windows.yaml --out k water.xyz ammonia.xyz
says "process 4711 on elsewhere" "held elsewhere"
flock -u 9
exec 9>&-
# the file that its holder left does not block
ends 0 run k
same k/water/trajectory.npz whole/water/trajectory.npz
/usr/bin/python3 - <<'PYTHON' || fail "the summary is not merged"
import json
names = [t["molecule"] for t in json.load(open("k/summary.json"))["trajectories"]]
assert sorted(names) == ["ammonia", "water"], names
PYTHON

# several programs at once, each molecule done once
for i in 1 2 3 4; do
    "$QMTRAJ" run --config windows.yaml --out l water.xyz ammonia.xyz hydroxide.xyz >l$i.out 2>&1 &
done
wait
ends 0 "$QMTRAJ" run --config windows.yaml --out l water.xyz ammonia.xyz hydroxide.xyz
says "nothing to do"
same l/water/trajectory.npz whole/water/trajectory.npz

# begun on another processor: refused with the way on; allowed, the metadata name it, also of what follows
elsewhere() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import struct, sys, zlib
for path in sys.argv[1:]:
    data = bytearray(open(path, "rb").read()[:-4])
    at = data.index(b"\nprocessor ") + 11
    data[at:data.index(b"\n", at)] = b"Z80".ljust(data.index(b"\n", at) - at, b"!")
    open(path, "wb").write(data + struct.pack("<I", zlib.crc32(data)))
PYTHON
}
crashed n 300
elsewhere n/water/checkpoint n/water/checkpoint.previous
sha256sum n/water/* >before
ends 7 run n
says "processor was Z80!" "--allow-other-cpu continues all the same"
sha256sum -c before >out 2>&1 || fail "something was touched"
QMTRAJ_TEST_CRASH=water:600 ends 1 run n --allow-other-cpu
says "continues on another processor than where it began" "Z80!"
ends 0 run n
/usr/bin/python3 - <<'PYTHON' || fail "the metadata do not name the other processor"
import json
import numpy as np
there, whole = (np.load(f"{run}/water/trajectory.npz") for run in ("n", "whole"))
before, = json.loads(str(there["metadata"]))["earlier_processors"]
assert before.startswith("Z80!") and before.endswith(")"), before
assert "earlier_processors" not in json.loads(str(whole["metadata"]))
assert there["pos"].tobytes() == whole["pos"].tobytes()
PYTHON
# it is made longer like any other, and stays marked
ends 0 run n --set length_ps=0.3
/usr/bin/python3 -c 'import json, numpy as np
assert json.loads(str(np.load("n/water/trajectory.npz")["metadata"]))["earlier_processors"]' ||
    fail "the longer one does not name the other processor"
# a whole other way of describing itself is no other processor
ends 7 run n --allow-other-cpu --set temperature_K=310
says "temperature_K was 300.0, now 310.0"

# one trajectory and replicas do not lie in one folder
ends 7 run whole --set replicas=2
says "whole/water/trajectory.npz: is the single trajectory" "replicas = 2"
ends 0 run several --set replicas=2 --set length_ps=0.05
ends 7 run several --set length_ps=0.05
says "several/water: holds replicas"
ends 0 run several --set replicas=3 --set length_ps=0.05
[ -s several/water/r03/trajectory.npz ] || fail "no third replica"

# the time is up
ends 75 run m --set length_ps=1000 --set save_interval_steps=100 --max-hours 0.0001
says "The time is up" "continues from here"
ends 2 run m --max-hours 0

# the status of what is complete, interrupted and running
ends 0 "$QMTRAJ" status whole
says "complete" "100.0"
ends 0 "$QMTRAJ" status m
says "water" "interrupted"
"$QMTRAJ" run --config windows.yaml --out m --set length_ps=1000 --set save_interval_steps=100 water.xyz >m.out 2>&1 &
pid=$!
running() { "$QMTRAJ" status m --json >status.json 2>/dev/null && grep -q '"running"' status.json; }
until_true running
kill -TERM $pid
code=0
wait $pid || code=$?
[ $code = 75 ] || fail "code $code after SIGTERM"
/usr/bin/python3 - <<'PYTHON' || fail "the status is not what it should be"
import json
(water,) = json.load(open("status.json"))
assert water["molecule"] == "water" and water["status"] == "running" and "process" in water["holder"], water
assert 0 < water["step"] < water["steps"] and water["ms_per_step"] > 0 and water["eta_s"] > 0, water
PYTHON

# the drift of the table, and no figures of what never moved
printf 'length_ps: 0.1\nequilibration_ps: 0.02\nnve_every_ps: 0.03\nnve_window_ps: 0.02\n' >drift.yaml
ends 0 "$QMTRAJ" run --config drift.yaml --out drift water.xyz
drift=$(sed -n 's/^water *[0-9]* *[0-9]* *[0-9]* *[^ ]* *[^ ]* *[^ ]* *\([^ ]*\) .*/\1/p' out)
ends 0 "$QMTRAJ" status drift
says " $drift" "in NVE windows if there are any"
/usr/bin/python3 - "$drift" <<'PYTHON' || fail "the table does not have the drift of the windows"
import json, sys
result = json.load(open("drift/water/run.json"))["result"]
assert sys.argv[1] == "%.1e" % result["nve_shadow_drift_kJ_mol_ps"] != "%.1e" % result["shadow_drift_kJ_mol_ps"], sys.argv
PYTHON
ends 75 "$QMTRAJ" run --config drift.yaml --set length_ps=1000 --max-hours 0.0001 --out half water.xyz
drift=$(sed -n 's/^water *[0-9]* *[0-9]* *[0-9]* *[^ ]* *[^ ]* *[^ ]* *\([^ ]*\) .*/\1/p' out)
ends 0 "$QMTRAJ" status half
says " $drift"
ends 4 "$QMTRAJ" run --config drift.yaml --set dt_fs=10 --out bad water.xyz
ends 1 "$QMTRAJ" status bad
says "0/1 complete, 1 failed" "1 of 1 molecules failed"
grep -q '^water *failed .* - .* - *-$' out || fail "figures of what never moved"
grep -q '^    equilibration, step' out || fail "not the reason below the row"

mkdir empty
ends 3 "$QMTRAJ" status empty
ends 5 "$QMTRAJ" status nowhere

# frames without a checkpoint to go on from are replaced, and that is said
QMTRAJ_TEST_CRASH=water:300 ends 1 "$QMTRAJ" run --config short.yaml --set length_ps=0.1 --set checkpoint_s=1e-6 --out bare water.xyz
[ -s bare/water/trajectory.npz.part ] || fail "no frames were left"
rm bare/water/checkpoint*
ends 0 "$QMTRAJ" run --config short.yaml --set length_ps=0.1 --out bare water.xyz
says "of frames without a checkpoint to go on from are replaced"
