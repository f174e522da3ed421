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
    QMTRAJ_TEST_CRASH=water:$first ends 1 job cut$every --set save_interval_steps=$every --num-workers 1
    QMTRAJ_TEST_CRASH=water:$((2 * first)) ends 1 job cut$every --set save_interval_steps=$every --num-workers 22
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

# Whatever ends a whole session, as a terminal that closes does, reaches the workers, too; nothing that was
# computed is lost: they write checkpoints, although the next one was due in 1000 s.
running() { # all molecules are beyond their first checkpoint, and time has passed since
    "$QMTRAJ" status "$1" --json >status 2>&1 && [ "$(grep -c '"status":[[:space:]]*"running"' status)" = 2 ]
}
moved() { # steps of water in the checkpoint of OUT
    "$QMTRAJ" status "$1" --json | /usr/bin/python3 -c \
        'import json, sys; print([e["step"] for e in json.load(sys.stdin) if e["molecule"] == "water"][0])'
}
busy() { # its worker has used processor time, in hundredths of a second
    for worker in $(cat /proc/$pid/task/$pid/children); do
        [ "$(cut -d' ' -f14 /proc/$worker/stat)" -ge 10 ] || return 1
    done
}
for signals in 'HUP HUP TERM' QUIT XCPU INT; do
    rm -rf closed
    background setsid env --default-signal=HUP,INT,QUIT "$QMTRAJ" run --config short.yaml --set length_ps=1000 \
        --set save_interval_steps=100 --set checkpoint_s=1000 --num-workers 2 --out closed water.xyz ammonia.xyz
    until_true running closed
    until_true busy
    for signal in $signals; do
        kill -$signal -- -$pid
    done
    ended 75
    says "every trajectory ends after its step" "frames are safe"
    [ "$(moved closed)" -gt 200 ] || fail "SIG$signals to the group: $(moved closed) steps are left"
    [ ! -e closed/water/lock ] || fail "SIG$signals: the lock is left"
done

# begun with nohup it goes on
background nohup "$QMTRAJ" run --config short.yaml --set length_ps=1 --set checkpoint_s=0.002 --out nohup \
    --num-workers 2 water.xyz ammonia.xyz
until_there nohup/water/checkpoint
kill -HUP $pid
ended 0

# and what goes on afterwards ends with the bytes of one that was never stopped
background setsid env --default-signal=HUP "$QMTRAJ" run --config short.yaml --set length_ps=2 --set checkpoint_s=1000 \
    --num-workers 2 --out hup water.xyz ammonia.xyz
until_true running hup
kill -HUP -- -$pid
ended 75
ends 0 job hup --set length_ps=2
says "continues at"
ends 0 job calm --set length_ps=2
same hup/water/trajectory.npz calm/water/trajectory.npz

# a limit on processor time: a checkpoint before the system ends the process, and the reason
code=0
(ulimit -t 4; exec "$QMTRAJ" run --config short.yaml --set length_ps=1000 --set save_interval_steps=100 \
    --set checkpoint_s=1000 --out limited water.xyz) >out 2>err || code=$?
[ $code = 75 ] || fail "code $code at the limit on processor time, wanted 75"
says "limit on processor time of a process (ulimit -t)" "frames are safe"
[ "$(moved limited)" -gt 200 ] || fail "the work before the limit is lost"

# a time step that is far too long ends with code 4, the frames before, and the geometry
ends 4 "$QMTRAJ" run --config short.yaml --set dt_fs=5 --set equilibration_ps=0 --set length_ps=1 --out boom water.xyz
says "try a smaller dt_fs" "trajectory.partial.npz"
[ -s boom/water/failed.xyz ] && [ -s boom/water/trajectory.partial.npz ] || fail "nothing is left to look at"
