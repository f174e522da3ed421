# The status of a folder knows every molecule of its jobs: those that wait, failed without a word, or were rejected.
source "$(dirname "$0")/support.sh"

printf '2\n\nN 0 0 0\nO 0 0 1.15\n' >no.xyz
ends 75 "$QMTRAJ" run --config short.yaml --set length_ps=1000 --set save_interval_steps=1000 --max-hours 0.0003 \
    --num-workers 1 --out o water.xyz ammonia.xyz hydroxide.xyz no.xyz
[ "$(wc -l <out)" -lt 30 ] || fail "more than 30 lines at the end"
ends 1 "$QMTRAJ" status o
says "0/4 complete, 2 waiting, 1 interrupted, 1 rejected" "11 valence electrons" "1 of 4 molecules"
grep -q '^no  *rejected' out || fail "no row of what was rejected"
[ "$(awk '{ if (length($0) > n) n = length($0) } END { print n }' out)" -le 80 ] || fail "wider than 80 columns"
# what is to be known about one that has not ended stands in its checkpoint
grep -q "warning: after the equilibration the molecule is still" out || fail "no warning of an interrupted one"
ends 1 "$QMTRAJ" status o --json
/usr/bin/python3 - <<'PYTHON' || fail "no warnings of an interrupted one in the JSON"
import json
codes = {row["status"]: [warning["code"] for warning in row["warnings"]] for row in json.load(open("out"))}
assert codes == {"interrupted": ["equilibration_short"], "waiting": [], "rejected": []}, codes
PYTHON
ends 1 "$QMTRAJ" status o --failed
grep -q '^no  *rejected' out || fail "not what was rejected"
grep -qE '^(water|ammonia|hydroxide) ' out && fail "more than what failed"

# a failure that leaves no run.json has its reason in the journal
code=0
(ulimit -f 100; "$QMTRAJ" run --config short.yaml --set length_ps=5 --out limit water.xyz) >out 2>err || code=$?
[ $code = 5 ] || fail "code $code"
ends 1 "$QMTRAJ" status limit
says "0/1 complete, 1 failed" "too large"
# a line that was cut off loses itself alone
printf '{"molecule":"wat' >>"$(ls limit/.journal/*.jsonl)"
ends 0 "$QMTRAJ" run --config short.yaml --out limit water.xyz ammonia.xyz
ends 0 "$QMTRAJ" status limit
says "2/2 complete"
# a finished file that was cut off since is not complete, also where nothing is left of it
cp -r limit cut
truncate -s 9000 cut/water/trajectory.npz
: >cut/ammonia/trajectory.npz
ends 1 "$QMTRAJ" status cut
says "0/2 complete, 2 failed" "trajectory.npz has 9000 bytes, and run.json tells of $(stat -c %s limit/water/trajectory.npz): it was cut off" \
    "trajectory.npz has 0 bytes"
rm limit/summary.json
ends 0 "$QMTRAJ" summary limit
says "holds 2 trajectories" "1 lines are damaged"
# a folder of no job stays as it is, as for status
mkdir nothing
for command in status summary; do
    ends 3 "$QMTRAJ" $command nothing
    says "nothing: " "the folder wanted is that of"
    ends 5 "$QMTRAJ" $command nowhere
    says "nowhere: No such file or directory"
done
ends 3 "$QMTRAJ" summary "$(find limit -mindepth 2 -name run.json -printf '%h\n' | head -1)"
says "is the folder of one trajectory"
ends 3 "$QMTRAJ" summary water.xyz
says "water.xyz: is not a folder"
[ -z "$(ls -A nothing)" ] && [ ! -e nowhere ] || fail "something was written"
/usr/bin/python3 - <<'PYTHON' || fail "the summary is not what it should be"
import json
rows = json.load(open("limit/summary.json"))["trajectories"]
assert [r["molecule"] for r in rows] == ["ammonia", "water"] and all(r["status"] == "complete" for r in rows), rows
PYTHON
