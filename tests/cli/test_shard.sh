# Parts of a list: together they are the list, none twice, with the bytes of one job; ranks of a launcher take theirs.
source "$(dirname "$0")/support.sh"
unset PMI_RANK PMI_SIZE OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE SLURM_PROCID SLURM_STEP_NUM_TASKS

for i in 1 2 3 4 5 6 7 8; do
    sed "s/0.763/0.7${i}0/" water.xyz >m$i.xyz
done
printf '2\n\nN 0 0 0\nO 0 0 1.15\n' >odd1.xyz
cp odd1.xyz odd2.xyz
cp odd1.xyz odd3.xyz
all=(m?.xyz odd?.xyz ammonia.xyz)
short=(--config short.yaml --num-workers 2)

# a part depends on the names, not on the order or the other molecules
for i in 0 1 2; do
    ends 0 "$QMTRAJ" run "${short[@]}" --shard $i/3 --list "${all[@]}"
    sort out >list$i
    ends 0 "$QMTRAJ" run "${short[@]}" --shard $i/3 --list ammonia.xyz m8.xyz m7.xyz m6.xyz m5.xyz m4.xyz m3.xyz m2.xyz m1.xyz
    sort out | cmp -s - list$i || fail "part $i is another in another order: $(cat out)"
done
sort list0 list1 list2 >union
printf '%s\n' ammonia m1 m2 m3 m4 m5 m6 m7 m8 | cmp - union || fail "the parts are not the list: $(cat union)"

# longest first
ends 0 "$QMTRAJ" run "${short[@]}" --list water.xyz ammonia.xyz
[ "$(cat out)" = "$(printf 'ammonia\nwater')" ] || fail "not the longest first: $(cat out)"

for wrong in 3/3 4/3 a/b 3 1/0 '' /; do
    ends 2 "$QMTRAJ" run "${short[@]}" --shard "$wrong" --list water.xyz
    says "--shard $wrong: "
done

# all at once in one folder: each makes its own, writes rejections of its own, and the last one writes the summary
pids=()
for i in 0 1 2; do
    "$QMTRAJ" run "${short[@]}" --shard $i/3 --out o "${all[@]}" >log$i 2>&1 &
    pids+=($!)
done
codes=
for i in 0 1 2; do
    code=0
    wait "${pids[$i]}" || code=$?
    [ $code = 0 ] || [ $code = 1 ] || fail "part $i ends with $code: $(cat log$i)"
    codes+=$code
done
[[ $codes = *1* ]] || fail "nobody says that three molecules cannot be computed"
ends 1 "$QMTRAJ" run "${short[@]}" --out whole "${all[@]}"
for name in ammonia m1 m2 m3 m4 m5 m6 m7 m8; do
    same o/$name/trajectory.npz whole/$name/trajectory.npz
    n=$(cat o/.journal/*.jsonl | grep -c "\"molecule\":\"$name\"")
    [ "$n" = 1 ] || fail "$name was computed $n times"
done
tail -q -n +2 o/rejected.*-of-3.tsv | sort >rejected
tail -n +2 whole/rejected.tsv | sort | cmp -s - rejected || fail "rejected: $(cat rejected)"
[ ! -e o/rejected.tsv ] || fail "a list of rejections that no part writes"
complete() {
    /usr/bin/python3 -c 'import json, sys
rows = json.load(open(sys.argv[1] + "/summary.json"))["trajectories"]
assert len(rows) == 9 and all(r["status"] == "complete" for r in rows), rows' "$1" || fail "$1/summary.json"
}
complete o
ends 1 "$QMTRAJ" status o
says "9/12 complete" "3 rejected"

# again: nothing is computed, and nothing that is there changes
ls -l --time-style=full-iso o o/* o/.journal | grep -v '^total' >before
for i in 0 1 2; do
    "$QMTRAJ" run "${short[@]}" --shard $i/3 --out o m?.xyz ammonia.xyz >log 2>&1 || fail "again: $(cat log)"
done
ls -l --time-style=full-iso o o/* o/.journal | grep -v '^total' | cmp - before || fail "the same again changed a file"
rm o/summary.json
ends 0 "$QMTRAJ" summary o
complete o

# other numbers of parts find what is finished; --list says what is left
rm -r o/m3 o/m5
for i in 0 1; do
    "$QMTRAJ" run "${short[@]}" --shard $i/2 --out o --list m?.xyz ammonia.xyz
done | sort >left
[ "$(cat left)" = "$(printf 'm3\nm5')" ] || fail "left: $(cat left)"

# ranks of a launcher; an empty part is well
for rank in 0 1; do
    ends 0 env PMI_RANK=$rank PMI_SIZE=2 "$QMTRAJ" run "${short[@]}" --out ranks m?.xyz
    says "process $((rank + 1)) of 2 by PMI: takes part $rank/2"
done
for i in 1 2 3 4 5 6 7 8; do
    same ranks/m$i/trajectory.npz whole/m$i/trajectory.npz
done
ends 0 env PMI_RANK=1 PMI_SIZE=2 "$QMTRAJ" run "${short[@]}" --shard 0/1 --list m1.xyz m2.xyz
[ "$(wc -l <out)" = 2 ] || fail "--shard 0/1 does not take all: $(cat out)"
# water is in part 20 of 100
ends 0 "$QMTRAJ" run "${short[@]}" --shard 99/100 --out empty water.xyz
says "no molecule of the list is in part 99 of 100"
