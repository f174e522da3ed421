# Times are whole multiples of dt and the save interval, without gap or repetition, also after an interruption and
# with another number of workers; and the bytes are those of a run that was never stopped.
source "$(dirname "$0")/support.sh"

# job OUT WORDS...: 1200 steps of two molecules
job() {
    local out=$1
    shift
    "$QMTRAJ" run --config short.yaml --set length_ps=0.3 --set checkpoint_s=0.02 --out "$out" "$@" water.xyz ammonia.xyz
}

for every in 1 3 10 400; do
    first=$((every == 3 ? 402 : 400)) # a step that is saved: there it crashes
    ends 0 job whole$every --set save_interval_steps=$every --num-workers 2
    ends 1 job cut$every --set save_interval_steps=$every --num-workers 1 \
        --test-crash water:$first --test-crash-again
    ends 1 job cut$every --set save_interval_steps=$every --num-workers 22 --test-crash water:$((2 * first)) \
        --test-crash-again
    ends 0 job cut$every --set save_interval_steps=$every --num-workers 3
    for name in water ammonia; do
        same cut$every/$name/trajectory.npz whole$every/$name/trajectory.npz
    done
    /usr/bin/python3 - $every <<'PYTHON' || fail "times are not what they should be"
import sys
import numpy as np
every = int(sys.argv[1])
data = np.load(f"cut{every}/water/trajectory.npz")
wanted = np.arange(1200 // every + 1) * every * 0.25e-3
assert data["time_ps"].shape == wanted.shape == data["Epot"].shape
assert abs(data["time_ps"] - wanted).max() < 1e-12
assert (np.diff(data["pos"].reshape(len(wanted), -1), axis=0) != 0).any(axis=1).all()
PYTHON
done

# a terminal that goes away (SIGHUP) loses nothing: the workers write their checkpoints
"$QMTRAJ" run --config short.yaml --set length_ps=2 --set checkpoint_s=0.002 --out hup water.xyz ammonia.xyz >out 2>err &
pid=$!
for _ in $(seq 200); do
    [ ! -e hup/water/checkpoint ] || break
    sleep 0.02
done
workers=$(cat /proc/$pid/task/$pid/children)
kill -HUP $pid
wait $pid 2>/dev/null || true
for worker in $workers; do
    for _ in $(seq 100); do
        [ -d /proc/$worker ] || break
        sleep 0.02
    done
    [ ! -d /proc/$worker ] || fail "a worker is still there two seconds later"
done
[ ! -e hup/water/trajectory.npz ] || fail "it was finished before it was stopped"
ends 0 job hup --set length_ps=2
says "goes on at"
ends 0 job calm --set length_ps=2
same hup/water/trajectory.npz calm/water/trajectory.npz

# a time step that is far too long ends with code 4, the frames before, and the geometry
ends 4 "$QMTRAJ" run --config short.yaml --set dt_fs=5 --set equilibration_ps=0 --set length_ps=1 --out boom water.xyz
says "try a smaller dt_fs" "trajectory.partial.npz"
[ -s boom/water/failed.xyz ] && [ -s boom/water/trajectory.partial.npz ] || fail "nothing is left to look at"
