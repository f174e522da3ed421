# Ranks of a launcher that are done with their part take what is left of the others: each molecule once, with the bytes of
# one process, nothing of a dead one is lost, no failure is tried twice; fixed parts where that is not wanted or there are no locks.
source "$(dirname "$0")/support.sh"
unset PMI_RANK PMI_SIZE OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE SLURM_PROCID SLURM_STEP_NUM_TASKS

for i in 1 2 3 4 5 6 7 8; do
    sed "s/0.763/0.7${i}0/" water.xyz >m$i.xyz
done
short=(--config short.yaml --num-workers 1)
ends 0 "$QMTRAJ" run "${short[@]}" --out whole m?.xyz

# rank I N WORDS...: that rank of N; what it says goes to rankI
rank() {
    local i=$1 n=$2
    shift 2
    PMI_RANK=$i PMI_SIZE=$n "$QMTRAJ" run "${short[@]}" "$@" >rank$i 2>&1
}
# once OUT: each molecule once, by the journals, with the bytes of one process, and in the summary
once() {
    cat "$1"/.journal/*.jsonl | grep -o '"molecule":"[^"]*"' | sort >names
    [ "$(wc -l <names)" = 8 ] && [ "$(sort -u names | wc -l)" = 8 ] || fail "$1: $(cat names)"
    rm -rf unpacked
    cp -r "$1" unpacked
    ends 0 "$QMTRAJ" unpack unpacked
    for i in 1 2 3 4 5 6 7 8; do same unpacked/m$i/trajectory.npz whole/m$i/trajectory.npz; done
    [ "$(grep -c '"molecule":"m' "$1/summary.json")" = 8 ] || fail "$1: the summary lacks some"
}

# the others never come: one rank does all, in the files of their parts
for pack in '' --pack; do
    rm -rf alone
    rank 1 3 --out alone $pack m?.xyz || fail "rank 1 alone: $(cat rank1)"
    grep -q 'of part 2/3 made, which was not done' rank1 || fail "it does not say it: $(cat rank1)"
    [ "$(ls alone/.journal/*-of-3.jsonl | wc -l)" = 3 ] || fail "parts that have not ended: $(ls alone/.journal)"
    once alone
done
# those that come late find nothing to do, and change nothing
ls -l --time-style=full-iso alone alone/.journal | grep -v '^total' >before
for i in 0 2; do
    rank $i 3 --out alone --pack m?.xyz || fail "rank $i late: $(cat rank$i)"
done
ls -l --time-style=full-iso alone alone/.journal | grep -v '^total' | cmp - before || fail "a late rank changed a file"

# all at once, some with more workers than others
for pack in '' --pack; do
    rm -rf together
    pids=()
    for i in 0 1 2; do
        rank $i 3 --out together $pack m?.xyz &
        pids+=($!)
    done
    for i in 0 1 2; do
        wait "${pids[$i]}" || fail "rank $i: $(cat rank$i)"
    done
    once together
done

# what another process holds is left to it
ends 0 "$QMTRAJ" run "${short[@]}" --shard 0/2 --list m?.xyz
first=$(head -1 out)
mkdir -p "held/$first"
(exec 8>"held/$first/lock" && flock 8 && exec sleep 1000) &
pid=$!
is_held() { ! flock -n "held/$first/lock" true; }
until_true is_held
rank 1 2 --out held m?.xyz || fail "beside a holder: $(cat rank1)"
[ ! -e "held/$first/trajectory.npz" ] || fail "it made what another process holds"
[ ! -e held/summary.json ] || fail "a summary although a part has not ended"
kill $pid
wait $pid 2>/dev/null || true
pid=
rank 0 2 --out held m?.xyz || fail "the other rank: $(cat rank0)"
once held

# failures of another part are not tried again
code=0
QMTRAJ_TEST_FAIL=$first:2 rank 0 2 --out failing m?.xyz || code=$?
[ $code = 1 ] || fail "a failing trajectory ends with $code: $(cat rank0)"
sed -i '/"ended":true/d; /"ended": true/d' failing/.journal/*.0-of-2.jsonl # as if its process had died
rm failing/summary.json
rank 1 2 --out failing m?.xyz || fail "a failure of another part counts: $(cat rank1)"
[ "$(cat failing/.journal/*.jsonl | grep -c "\"molecule\":\"$first\"")" = 1 ] || fail "$first was tried again"
[ -s failing/summary.json ] || fail "nobody wrote the summary"

# a part that was asked for stays that part; so does a job with --fresh
ends 0 "$QMTRAJ" run "${short[@]}" --shard 1/2 --out fixed m?.xyz
[ "$(ls -d fixed/m? | wc -l)" -lt 8 ] || fail "--shard took more than its part"
rank 1 2 --fresh --out fresh m?.xyz
[ "$(ls -d fresh/m? | wc -l)" -lt 8 ] || fail "--fresh took more than its part"
