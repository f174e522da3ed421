# A training set is whole or not there, the same whatever the number of workers, and divided without leaks.
source "$(dirname "$0")/support.sh"

printf '4\nmultiplicity=2\nC 0 0 0\nH 1.08 0 0\nH -0.54 0.935 0\nH -0.54 -0.935 0.1\n' >methyl.xyz
ends 0 "$QMTRAJ" run --config short.yaml --out run --num-workers 2 water.xyz ammonia.xyz hydroxide.xyz methyl.xyz
ends 0 "$QMTRAJ" run --config short.yaml --out one --num-workers 1 water.xyz

# The same bytes from one worker and from three, and nothing else beside.
ends 0 "$QMTRAJ" dataset run --for mace --n 20 --split 70/15/15 -o set --num-workers 1
says "80 frames of 4 molecules" "divided by molecule" "no molecule of one is in the other" "duplicates: 0"
[ ! -s err ] || fail "$(cat err)"
ends 0 "$QMTRAJ" dataset run --for mace --n 20 --split 70/15/15 -o other --num-workers 3
diff -r set other >out || fail "another set from three workers"
[ "$(ls -A set | tr '\n' ' ')" = "README.md citations.bib manifest.tsv sources.tsv summary.json test.extxyz train.extxyz valid.extxyz " ] ||
    fail "files: $(ls -A set)"
[ -z "$(find . -name '*.part')" ] || fail "something is left"

# Each molecule is in one part; the seed that the summary says gives the same parts, and they stay without the others.
# parts FILE: "molecule part", sorted
parts() {
    awk -F '\t' 'NR > 1 && $3 !~ /^atom / { print $3, $1 }' "$1" | sort -u
}
parts set/manifest.tsv >all
[ "$(wc -l <all)" = 4 ] || fail "a molecule is in two parts: $(cat all)"
ends 0 "$QMTRAJ" dataset run --n 5 --split 50/50 --by molecule -o halves
parts halves/manifest.tsv >all
seed=$(sed -n 's/^divided by molecule, seed //p' halves/README.md)
one_of() {
    awk -v part="$1" '$2 == part { print "run/" $1; exit }' all
}
ends 0 "$QMTRAJ" dataset "$(one_of train)" "$(one_of valid)" --n 5 --split 50/50 --by molecule --seed "$seed" -o fewer
parts fewer/manifest.tsv | while read -r line; do grep -qxF "$line" all || fail "moved: $line"; done

# Blocks of time: the parts are apart by the gap.
ends 0 "$QMTRAJ" dataset one/water/trajectory.npz --split 80/20 --gap-ps 0.005 --every 1 -o blocks
says "divided by block" "gap between blocks: 0.005 ps" "the two most alike frames differ by"
awk -F '\t' 'NR > 1 && $4 != "" { if (last != "" && $1 != last) gap = 1; t[$1 " " NR] = $6; last = $1;
         if (!($1 in low) || $6 < low[$1]) low[$1] = $6; if (!($1 in high) || $6 > high[$1]) high[$1] = $6 }
     END { d = low["valid"] > high["train"] ? low["valid"] - high["train"] : low["train"] - high["valid"]
           if (d < 0.005 - 1e-9) { print "gap of " d; exit 1 } }' blocks/manifest.tsv || fail "no gap"

# Ways of choosing. The trajectory has 201 frames, one every 0.25 fs.
# chosen WORDS...: so many frames
chosen() {
    rm -rf s
    ends 0 "$QMTRAJ" dataset one --split 1/1 --gap-ps 0 "$@" -o s
    awk -F '\t' 'NR > 1 && $4 != ""' s/manifest.tsv | wc -l
}
[ "$(chosen)" = 201 ] || fail "all: $(chosen)"
[ "$(chosen --every 10)" = 21 ] || fail "every 10: $(chosen --every 10)"
[ "$(chosen --every-ps 0.01)" = 6 ] || fail "every 10 fs: $(chosen --every-ps 0.01)"
[ "$(chosen --n 50)" = 50 ] || fail "50: $(chosen --n 50)"
[ "$(chosen --diverse 30)" = 30 ] || fail "30 diverse: $(chosen --diverse 30)"
[ "$(chosen --diverse 30 --metric distances)" = 30 ] || fail "30 by distances"
[ "$(chosen --n 1000)" = 201 ] || fail "more than there are: $(chosen --n 1000)"
# The second frame of a pair is in the block of the first: 20 frames less at the end of each.
[ "$(chosen --lag-fs 5)" = 161 ] || fail "pairs: $(chosen --lag-fs 5)"
ends 0 "$QMTRAJ" dataset one --split 1/1 --decorrelated -o decorrelated
says "two autocorrelation times apart"
ends 0 "$QMTRAJ" dataset one --split 1/1 --energy-window 0.2 --max-force 1.5 -o windows
says "left out:"

# What cannot be: one sentence, and nothing under the name of the set.
# refused CODE WORDS... : the rest is the command line
refused() {
    local code=$1 words=$2
    shift 2
    ends "$code" "$QMTRAJ" dataset "$@"
    says "$words"
    [ "$(wc -l <err)" = 1 ] || fail "more than a sentence: $(cat err)"
    [ ! -e no ] && [ ! -e no.part ] || fail "something is left: $*"
}
refused 2 "exists already" run -o set
refused 2 "no PATH" -o no
refused 2 "-o OUT is missing" run
refused 2 "unknown format, did you mean mace?" run --for mac -o no
refused 2 "chosen in one way" run --n 5 --every 3 -o no
refused 2 "not compared by \"length\"" run --diverse 5 --metric length -o no
refused 2 "wanted are parts like 80/10/10" run --split 80 -o no
refused 2 "is not divided by \"frame\"" run --by frame -o no
refused 2 "2 molecules cannot fill 3 parts" run/water run/ammonia --by molecule -o no
mkdir empty
refused 3 "there is no finished trajectory in this folder" empty -o no
refused 3 "there is no trajectory in this folder" empty --partial -o no
refused 5 "nowhere.npz" nowhere.npz -o no
refused 3 "would be in the set twice" run run/water/trajectory.npz -o no
refused 3 "so that none is 0.3 fs behind another" one --lag-fs 0.3 -o no
ends 0 "$QMTRAJ" run --config short.yaml --set method=GFN1-xTB --out gfn1 water.xyz
refused 3 "energies of two methods do not go into one set" one gfn1 -o no

# A damaged trajectory.
mkdir damaged
cp one/water/trajectory.npz damaged/
printf 'x' | dd of=damaged/trajectory.npz bs=1 seek=3000 conv=notrunc status=none
refused 3 "damaged/trajectory.npz" damaged -o no

# A full disk, as a limit on the size of files, in every kind of format.
for form in mace deepmd rmd17 npy hdf5 torchmd-mmap metatrain-mmap; do
    code=0
    (ulimit -f 1 && exec "$QMTRAJ" dataset run --for $form -o no) >out 2>err || code=$?
    [ $code = 5 ] || grep -q "built without HDF5" err || fail "$form: code $code on a full disk: $(cat err)"
    [ "$(wc -l <err)" = 1 ] || fail "$form: more than a sentence: $(cat err)"
    [ ! -e no ] && [ ! -e no.part ] || fail "$form: something is left"
done

# Killed at any time and repeated: the same set.
for ms in 10 40 90; do
    rm -rf killed killed.part
    timeout -s KILL 0.0$ms "$QMTRAJ" dataset run --for mace --n 20 --split 70/15/15 -o killed >/dev/null 2>&1 || true
    [ -e killed ] || ends 0 "$QMTRAJ" dataset run --for mace --n 20 --split 70/15/15 -o killed
    # the mark of an unfinished set goes last, when the folder has its name
    diff -r -x .unfinished-dataset set killed >out || fail "another set behind a kill after $ms ms"
done

# A set that was interrupted is made anew; a folder of others of that name is not touched.
cp -r set half.part
touch half.part/.unfinished-dataset
ends 0 "$QMTRAJ" dataset run --for mace --n 20 --split 70/15/15 -o half
diff -r set half >out || fail "another set behind an interrupted one"
mkdir theirs.part
echo mine >theirs.part/file
ends 2 "$QMTRAJ" dataset run -o theirs
says "is needed for a while and exists already"
[ -d theirs.part ] || fail "a folder of others is gone"

# What did not complete is taken only on request.
mkdir -p both/a both/b
cp one/water/trajectory.npz both/a/
/usr/bin/python3 - <<'PYTHON'
import json
import numpy as np
data = dict(np.load("one/water/trajectory.npz"))
meta = json.loads(str(data["metadata"]))
meta.update(status="partial", name="other")
data["metadata"] = np.array(json.dumps(meta))
np.savez("both/b/trajectory.partial.npz", **data)
PYTHON
ends 0 "$QMTRAJ" dataset both --n 10 -o without
says "did not complete, left out" "from 1 trajectory"
ends 0 "$QMTRAJ" dataset both --n 10 --partial -o with
says "from 2 trajectories"
refused 3 "did not complete" both/b/trajectory.partial.npz -o no
