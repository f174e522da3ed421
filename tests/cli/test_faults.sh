# One trajectory fails, crashes or is stopped; the others end well, and its frames are a valid file.
source "$(dirname "$0")/support.sh"

# frames MOLECULE: how many frames the partial file has, after looking at it as a whole
frames() {
    /usr/bin/python3 -m zipfile -t "$1/trajectory.partial.npz" >"$here/out" 2>&1 || fail "zipfile finds a fault"
    /usr/bin/python3 - "$1/trajectory.partial.npz" <<'PYTHON'
import json, sys
import numpy as np
data = np.load(sys.argv[1])
meta = json.loads(str(data["metadata"]))
assert meta["status"] == "partial" and meta["reason"], meta
shapes = {len(data[name]) for name in ("pos", "vel", "forces", "Ekin", "Epot", "Etot", "time_ps", "box")}
assert len(shapes) == 1, shapes
assert all(np.isfinite(data[name]).all() for name in ("pos", "vel", "forces", "Etot"))
print(shapes.pop())
PYTHON
}

ends 0 "$QMTRAJ" run --config short.yaml --out whole water.xyz ammonia.xyz

# the SCF fails at step k: k frames, code 1, the other molecule done
QMTRAJ_TEST_FAIL=water:37 ends 1 "$QMTRAJ" run --config short.yaml --out scf water.xyz ammonia.xyz
says "1 of 2 trajectories failed" "37 frames are in trajectory.partial.npz" "scf failed"
[ "$(frames scf/water)" = 37 ] || fail "not 37 frames"
[ -s scf/water/failed.xyz ] || fail "the failing geometry is missing"
[ ! -e scf/water/trajectory.npz ] && [ ! -e scf/water/trajectory.npz.part ] || fail "leftovers"
same scf/ammonia/trajectory.npz whole/ammonia/trajectory.npz
/usr/bin/python3 - <<'PYTHON' || fail "the frames before the failure are not those of the whole trajectory"
import json
import numpy as np
part, whole = np.load("scf/water/trajectory.partial.npz"), np.load("whole/water/trajectory.npz")
assert part["pos"].tobytes() == whole["pos"][:37].tobytes()
status = {t["molecule"]: t["status"] for t in json.load(open("scf/summary.json"))["trajectories"]}
assert status == {"water": "scf failed", "ammonia": "complete"}, status
PYTHON
ends 0 "$QMTRAJ" energy scf/water/failed.xyz

# alone, it has its own code; done again without the fault it is whole
QMTRAJ_TEST_FAIL=water:5 ends 4 "$QMTRAJ" run --config short.yaml --out alone water.xyz
says "water: scf" "qmtraj: water: scf"
grep -q "1 trajectories\|water: water:" err out && fail "a trajectory twice or in the plural"
[ "$(frames alone/water)" = 5 ] || fail "not 5 frames"
ends 0 "$QMTRAJ" run --config short.yaml --out alone water.xyz
same alone/water/trajectory.npz whole/water/trajectory.npz
[ ! -e alone/water/trajectory.partial.npz ] || fail "the partial file is left"
# with other settings its frames are not made again: they are put aside, and so are those of the next failure
for aside in trajectory.old.partial.npz trajectory.old.partial.2.npz; do
    QMTRAJ_TEST_FAIL=water:5 ends 4 "$QMTRAJ" run --config short.yaml --out others water.xyz
    cp others/water/trajectory.partial.npz before.npz
    ends 0 "$QMTRAJ" run --config short.yaml --set dt_fs=0.5 --fresh --out others water.xyz
    says "water: the frames of one that failed with other settings (dt_fs was 0.25, now 0.5) are in others/water/$aside"
    same others/water/$aside before.npz
    [ ! -e others/water/trajectory.partial.npz ] || fail "the partial file is left"
    rm others/water/trajectory.npz others/water/checkpoint* 2>/dev/null || true
done

# a worker that is killed is tried once more from its checkpoint
QMTRAJ_TEST_CRASH_ONCE=ammonia:60 ends 0 "$QMTRAJ" run --config short.yaml --out once water.xyz ammonia.xyz
says "ended by signal 9" "tried once more"
says "warning: ammonia: its process was ended by signal 9"
same once/ammonia/trajectory.npz whole/ammonia/trajectory.npz
QMTRAJ_TEST_CRASH=ammonia:60 ends 1 "$QMTRAJ" run --config short.yaml --out crash water.xyz ammonia.xyz
says "ended by signal 9" "tried once more" "crashed" "continues from its last checkpoint"
same crash/water/trajectory.npz whole/water/trajectory.npz
ends 0 "$QMTRAJ" run --config short.yaml --out crash water.xyz ammonia.xyz
says "ammonia: continues at"
same crash/ammonia/trajectory.npz whole/ammonia/trajectory.npz

# stopped on request
for signal in INT TERM USR1; do
    rm -rf stop
    # a shell starts its background jobs with SIGINT ignored; env gives it back
    env --default-signal=INT "$QMTRAJ" run --config short.yaml --set length_ps=1000 --set save_interval_steps=10 \
        --set checkpoint_s=0.05 --num-workers 2 --out stop water.xyz ammonia.xyz >out 2>err &
    pid=$!
    until_there stop/water/checkpoint.previous
    kill -$signal $pid
    code=0
    wait $pid || code=$?
    [ $code = 75 ] || fail "SIG$signal: code $code, wanted 75"
    says "stopped" "continues from here"
    [ -s stop/water/checkpoint ] || fail "no checkpoint"
    [ ! -e stop/water/lock ] || fail "the lock is left"
done

# a second signal does not wait
env --default-signal=INT "$QMTRAJ" run --config short.yaml --set equilibration_ps=1000 --out early water.xyz \
    >out 2>err &
pid=$!
until_there early/water/checkpoint
worker=$(cat /proc/$pid/task/$pid/children)
kill -STOP $worker
kill -TERM $pid
until_true grep -q "every trajectory ends after its step" err
sleep 0.25 # one within 0.2 s of the first counts as one with it
kill -TERM $pid
code=0
wait $pid || code=$?
[ $code = 75 ] || fail "second signal: code $code, wanted 75"
says "ended at once on request"
[ -s early/water/checkpoint ] || fail "no checkpoint"

# `timeout` sends its signal to the program and to the group: two that come together are one
env --default-signal=INT "$QMTRAJ" run --config short.yaml --set length_ps=1000 --set save_interval_steps=100 \
    --set checkpoint_s=1000 --num-workers 1 --out together water.xyz >out 2>err &
pid=$!
until_there together/water/trajectory.npz.part
kill -TERM $pid
kill -INT $pid
code=0
wait $pid || code=$?
[ $code = 75 ] || fail "two signals together: code $code, wanted 75"
says "frames are safe"

# a disk that is too small is seen before the start
ends 5 "$QMTRAJ" run --config short.yaml --set length_ps=1000000 --set replicas=1000 --out large water.xyz
says "the trajectories need" "the disk has"
[ -z "$(ls large)" ] || fail "something was begun on a disk that is too small"

# a folder that cannot be made
touch file
ends 5 "$QMTRAJ" run --config short.yaml --out file/under water.xyz
says "file"

# a failure before the first frame leaves no file without frames
ends 4 "$QMTRAJ" run --config short.yaml --set dt_fs=10 --out never water.xyz
says "there are no frames yet, the geometry is in failed.xyz"
[ "$(cd never/water && echo *)" = "config.yaml failed.xyz relaxed.xyz run.json start.xyz" ] || fail "left is $(ls never/water)"
ends 0 "$QMTRAJ" run --config short.yaml --fresh --out never water.xyz

# the temperature is warned of once, with the name: a step this long leaves the bonds 50 K too cold
ends 0 "$QMTRAJ" run --config short.yaml --set dt_fs=2 --set friction_per_ps=100 --set length_ps=10 --out cold water.xyz
says "warning: water: mean temperature"
[ "$(grep -c "mean temperature" err)" = 1 ] || fail "not one warning of the temperature"
# advice only where it would help
ends 0 "$QMTRAJ" run --config short.yaml --set friction_per_ps=0.5 --out brief water.xyz
says "longer than the run of 0.05 ps"
grep -q "samples" err && fail "advice for a run that is too short for it"
ends 0 "$QMTRAJ" run --config short.yaml --set friction_per_ps=0.003 --set length_ps=10 --set save_interval_steps=100 \
    --set dt_fs=0.5 --out long water.xyz
says "friction_per_ps = 1 samples 300 K"
# the default is no reason to warn of itself
ends 0 "$QMTRAJ" run --config short.yaml --set friction_per_ps=0.002 --out default water.xyz
grep -q "friction_per_ps" err && fail "a note against the program's own default"
ends 0 "$QMTRAJ" run --config short.yaml --dry-run water.xyz
says "# 1 trajectory, 280 steps and 201 frames, on 1 core"

# without memory: a sentence, wherever the program itself can be loaded
for kib in $(seq 16000 500 32000) $(seq 21500 50 22500); do
    code=0
    (ulimit -v $kib && exec "$QMTRAJ" version) >out 2>err || code=$?
    [ $code = 0 ] || continue
    (ulimit -v $kib && exec "$QMTRAJ" run --smiles-file "$QMTRAJ_SOURCE/data/molecules/qm_molecules.smi" \
        --molecule aspirin --dry-run) >out 2>err || code=$?
    [ $code -lt 126 ] || fail "with $kib KiB: code $code"
done
