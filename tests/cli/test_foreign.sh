#!/bin/bash
# A folder in which others can write: nothing is written through their links, nothing waits for their pipes, and
# nothing they wrote steers the terminal.
. "$(dirname "$0")/support.sh"
run() {
    local out=$1
    shift
    timeout 60 "$QMTRAJ" run --config short.yaml --num-workers 1 --out "$out" "$@" water.xyz
}
ends 0 run plain

# links in the place of every file that is made, some to a file, some to nowhere, and second names of a file
files='run.json.tmp config.yaml.tmp start.xyz.tmp checkpoint.tmp checkpoint checkpoint.previous trajectory.npz.part
    run.json config.yaml start.xyz trajectory.partial.npz failed.xyz'
echo precious >victim
for kind in link dangling second; do
    rm -rf linked
    mkdir -p linked/water
    for file in $files; do
        case $kind in
        link) ln -s "$here/victim" "linked/water/$file" ;;
        dangling) ln -s "$here/born" "linked/water/$file" ;;
        second) ln victim "linked/water/$file" ;;
        esac
    done
    [ $kind = dangling ] || rm linked/water/checkpoint linked/water/checkpoint.previous # read: no checkpoint
    for file in summary.json.tmp summary.json; do ln -s "$here/victim" "linked/$file"; done
    ends 0 run linked --fresh
    [ "$(cat victim)" = precious ] || fail "$kind: a file elsewhere was written to"
    [ ! -e born ] || fail "$kind: a file elsewhere was made"
    same linked/water/trajectory.npz plain/water/trajectory.npz
done

# the lock as a link or a second name: a sentence, since removing it could break another's lock
for kind in -s ''; do
    rm -rf locked
    mkdir -p locked/water
    ln $kind "$here/victim" locked/water/lock
    ends 5 run locked
    says "locked/water/lock: "
    [ "$(cat victim)" = precious ] || fail "the lock wrote to a file elsewhere"
done

# what goes on through a link: refused, and the frames elsewhere are left alone
QMTRAJ_TEST_CRASH=water:100 ends 1 run moved --set checkpoint_s=0
mv moved/water/trajectory.npz.part elsewhere
ln -s "$here/elsewhere" moved/water/trajectory.npz.part
sum=$(sha256sum <elsewhere)
ends 5 run moved
says "moved/water/trajectory.npz.part: cannot open" "remove it"
[ "$sum" = "$(sha256sum <elsewhere)" ] || fail "frames elsewhere were written to"

# pipes that nobody writes to
mkdir -p pipes/water
for file in checkpoint checkpoint.previous run.json config.yaml trajectory.npz trajectory.npz.part lock other.npz; do
    mkfifo pipes/water/$file
done
mkfifo pipe.xyz
for command in "run --out pipes --config short.yaml water.xyz" "status pipes" "check pipes" "check pipes/water/other.npz" \
    "convert pipes/water/other.npz --to npy --out arrays" "energy pipe.xyz" "run --config pipe.xyz --dry-run water.xyz" \
    "run --dry-run pipe.xyz"; do
    code=0
    timeout 20 "$QMTRAJ" $command >out 2>err </dev/null || code=$?
    [ $code -lt 124 ] || fail "code $code: $command"
    [ "$command" = "status pipes" ] || says "a pipe"
done
# but standard input may be one
ends 0 bash -c 'cat water.xyz | "$QMTRAJ" energy /dev/stdin'
ends 0 bash -c '"$QMTRAJ" energy <(cat water.xyz)'

# somebody who may only read holds the lock: who it is
QMTRAJ_TEST_CRASH=water:100 ends 1 run held --set checkpoint_s=0
echo 'process 1 on another' >held/water/lock
chmod 444 held/water/lock
flock -s held/water/lock sleep 60 &
pid=$!
until_true bash -c "! flock -n held/water/lock true"
ends 6 run held
if [ -r /proc/locks ] && grep -q "FLOCK.* $(pgrep -P $pid || echo $pid) \|FLOCK.* $pid " /proc/locks; then
    says "held by process" "of user $(id -u)"
fi
kill $(pgrep -P $pid) $pid 2>/dev/null || true
pid=

# what others wrote is shown, not obeyed: escape sequences, a line that looks like a verdict, U+009B, U+202E
evil=$(printf 'x\033[2J\n  PASS  all\302\23331m\342\200\256')
/usr/bin/python3 - "$evil" <<'PYTHON'
import json, sys
import numpy as np
data = dict(np.load("plain/water/trajectory.npz"))
meta = json.loads(str(data["metadata"]))
meta.update(status="partial", reason=sys.argv[1], qm_method=sys.argv[1], velocity_units=sys.argv[1])
data["metadata"] = np.array(json.dumps(meta))
np.savez("evil.npz", **data)
PYTHON
mkdir -p "evil/$evil"
cp plain/water/* "evil/$evil/"
sed -i 's/"status":.*/"status": "failed",/; s/"message":.*/"message": "\\u001b[2J\\n  PASS  all\\u009b31m\\u202e",/' "evil/$evil/run.json"
rm -f "evil/$evil/trajectory.npz" "evil/$evil/checkpoint"
shown() {
    cat out err >all
    LC_ALL=C grep -q "$(printf '\033\|\302\233\|\342\200\256')" all && fail "it reached the terminal: $*"
    grep -q '^  PASS  all' all && fail "a line was forged: $*"
    grep -qF '\x1b[2J' all || fail "it is not shown: $*"
}
"$QMTRAJ" check evil.npz >out 2>err || true
shown check
"$QMTRAJ" status evil >out 2>err || true
shown status
"$QMTRAJ" check evil >out 2>err || true
for name in "$evil" "$(printf 'a\302\23331m')" "$(printf 'a\342\200\213b')" "$(printf 'a\342\200\256b')"; do
    cp water.xyz "$name.xyz"
    ends 3 run names --all-or-nothing "$name.xyz"
    says "contains a control character or one that cannot be seen"
    ends 1 run names --fresh "$name.xyz" # by default the others are computed
    grep -q "contains a control character or one that cannot be seen" names/rejected.tsv || fail "no reason is recorded"
    [ "$(ls names)" = "$(printf 'rejected.tsv\nsummary.json\nwater')" ] || fail "not only water: $(ls names)"
done

# the status of somebody else's job
as_other=
cp "$QMTRAJ" program
if [ "$(id -u)" = 0 ]; then
    as_other="setpriv --reuid=65534 --regid=65534 --clear-groups"
    chmod 755 "$here"
    $as_other ./program version >/dev/null || as_other=skip # it lies where others may not look
fi
if [ "$as_other" != skip ]; then
    background "$QMTRAJ" run --config short.yaml --set length_ps=1000 --set save_interval_steps=100 --out theirs water.xyz
    until_there theirs/water/checkpoint
    ends 0 $as_other ./program status theirs
    says "running" "process $(pgrep -P $pid) on"
    chmod 000 theirs/water/lock
    ends 0 $as_other ./program status theirs
    says "interrupted" "may be running: its lock cannot be read: Permission denied"
    kill -TERM $pid
    ended 75
fi
