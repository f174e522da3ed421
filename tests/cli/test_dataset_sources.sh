# What may go into one training set: trajectories of one kind of energy, whole, each frame once.
source "$(dirname "$0")/support.sh"

# run OUT WORDS...: water in a folder of its own
run() {
    local out=$1
    shift
    ends 0 "$QMTRAJ" run --config short.yaml --out "$out" --num-workers 1 "$@" water.xyz
}
# refused WORDS -- PATHS...: one sentence, and nothing is left
refused() {
    local words=$1
    shift
    ends 3 "$QMTRAJ" dataset "$@" -o no
    says "$words"
    [ "$(wc -l <err)" = 1 ] || fail "more than a sentence: $(cat err)"
    [ ! -e no ] && [ ! -e no.part ] || fail "something is left: $*"
}
run gas
run wet --set solvent=water

# Energies in a solvent have the zero of solvation_state, and the surface of solvation_grid.
run state --set solvent=water --set solvation_state=reference
run grid --set solvent=water --set solvation_grid=fine
refused "has solvation_state gsolv and state/water/trajectory.npz reference: their energies have different zeros" wet state
refused "solvation_grid" wet grid
# In the gas phase neither means anything; one molecule in both surroundings is told.
ends 0 "$QMTRAJ" dataset gas state --every 20 -o surroundings
says "from 2 trajectories" "a model that is not told the solvent cannot learn both"
cut -f 3 surroundings/manifest.tsv | sort -u >all
grep -qx water all && grep -qx water_2 all || fail "molecules: $(cat all)"
# Replicas of one state stay one molecule beside those of another.
run gases --set replicas=2
run wets --set replicas=2 --set solvent=water
ends 0 "$QMTRAJ" dataset gases wets --every 20 -o replicas
says "of 2 molecules from 4 trajectories"

# Numbers that are not finite: the file is refused with the array and the frame, however frames are chosen.
# spoil OUT ARRAY FRAME VALUE: a copy of gas with another number
spoil() {
    mkdir "$1"
    /usr/bin/python3 - "$@" <<'PYTHON'
import sys
import numpy as np
out, array, frame, value = sys.argv[1:]
data = dict(np.load("gas/water/trajectory.npz"))
data[array].reshape(len(data[array]), -1)[int(frame), -1] = float(value)
np.savez(out + "/trajectory.npz", **data)
PYTHON
}
spoil spoilt_forces forces 40 nan
spoil spoilt_pos pos 40 inf
spoil spoilt_energy Epot 40 nan
refused "spoilt_forces/trajectory.npz: forces of frame 40 holds nan" spoilt_forces --gap-ps 0
refused "spoilt_pos/trajectory.npz: pos of frame 40 holds inf" spoilt_pos --gap-ps 0
refused "spoilt_energy/trajectory.npz: Epot of frame 40 holds nan" spoilt_energy --gap-ps 0
refused "forces of frame 40 holds nan" spoilt_forces --gap-ps 0 --max-force 50 --energy-window 50
refused "pos of frame 40 holds inf" spoilt_pos --gap-ps 0 --diverse 201
refused "pos of frame 40 holds inf" spoilt_pos --gap-ps 0 --lag-fs 5 --every 20 --for metatrain --split 100/0

# Frames behind the loss of a solution are of another one.
/usr/bin/python3 - gas/water/trajectory.npz <<'PYTHON'
import json, os, sys
import numpy as np
data = dict(np.load(sys.argv[1]))
metadata = json.loads(str(data["metadata"]))
metadata["ended_early"] = {"scf_state": "stop", "frames_before": 41}
data["metadata"] = np.array(json.dumps(metadata))
os.mkdir("lost")
np.savez("lost/trajectory.npz", **data)
PYTHON
ends 0 "$QMTRAJ" dataset lost --every 10 --split 100/0/0 -o before
grep -qE "train +5 " out || fail "frames behind the loss are taken"
ends 0 "$QMTRAJ" convert lost/trajectory.npz --to npz --every 4 -o fourth.npz
ends 0 "$QMTRAJ" dataset fourth.npz --every 1 --split 100/0/0 -o fourth
grep -qE "train +11 " out || fail "frames behind the loss are taken from a converted file"

# The frames of an unfinished trajectory that were converted are also in what it became.
ends 1 env QMTRAJ_TEST_CRASH=water:150 "$QMTRAJ" run --config short.yaml --set checkpoint_s=0 --out twice --num-workers 1 water.xyz
ends 0 "$QMTRAJ" convert twice/water/trajectory.npz.part --to npz
cp twice/water/trajectory.frames.npz mine.npz
ends 0 "$QMTRAJ" dataset twice --partial --every 10 -o unfinished
says "from 1 trajectory" "duplicates: 0"
run twice
[ -e twice/water/trajectory.frames.npz ] || fail "the converted frames are gone"
ends 0 "$QMTRAJ" dataset twice --partial --every 10 -o once
says "from 1 trajectory" "duplicates: 0"
[ ! -s err ] || fail "$(cat err)"
# Alone it is a trajectory; beside the other by a name of its own it is told.
ends 0 "$QMTRAJ" dataset mine.npz --partial --every 10 -o alone
says "from 1 trajectory"
ends 0 "$QMTRAJ" dataset twice mine.npz --partial --split 50/50 --gap-ps 0 -o both
says "from 2 trajectories" "frames are in two parts, first of" "twice/water/trajectory.npz" "mine.npz" "of them in another part"

# Drawn frames have no order: every way of choosing works on them but pairs, and blocks need no gap.
ends 0 "$QMTRAJ" opt water.xyz -o min.xyz
ends 0 "$QMTRAJ" sample min.xyz --modes 50 -o drawn.npz
for words in "--n 20" "--every 2" "--diverse 20" "--diverse 20 --metric distances" "--decorrelated" "--every-ps 1" "--max-force 100"; do
    rm -rf drawn
    ends 0 "$QMTRAJ" dataset drawn.npz $words -o drawn
    case $words in --n* | --div*) n=20 ;; --every\ 2) n=25 ;; *) n=50 ;; esac
    says "$n frames of 1 molecule" "divided by block" "blocks need no gap" "duplicates: 0"
done
ends 0 "$QMTRAJ" dataset drawn.npz gas --gap-ps 0.005 --split 50/50 --n 20 -o drawn_and_moved
says "40 frames of 1 molecule from 2 trajectories" "gap between blocks: 0.005 ps"
refused "its frames are drawn one by one, so that none is 1 fs behind another" drawn.npz --lag-fs 1

# A copy of a frame is in the part of that frame, as a whole, or in a gap with it.
run hot --set replicas=2 --set 'quench.every_ps=0.002' --set quench.steps=3 --set quench.then_K=100 --set quench.ps=0.002
for gap in 0 0.006; do
    rm -rf copies
    ends 0 "$QMTRAJ" dataset hot --split 60/20/20 --gap-ps $gap -o copies
    says "52 copies of frames are in the part of the frame that they begin from"
    /usr/bin/python3 - $gap <<'PYTHON' || fail "copies and their frames, gap $gap"
import csv, json, sys
import numpy as np
part, copies = {}, {}
for row in csv.DictReader(open("copies/manifest.tsv"), delimiter="\t"):
    if row["trajectory"]:
        part[row["trajectory"], int(row["frame"])] = row["split"]
        copies.setdefault(row["trajectory"], set()).add(row["split"])
n_gap = 0
for row in csv.DictReader(open("copies/sources.tsv"), delimiter="\t"):
    quench = json.loads(str(np.load(row["trajectory"])["metadata"])).get("quench")
    if quench is None:
        continue
    origin = part.get((f"hot/{'water'}/{quench['trajectory'].split('/')[1]}/trajectory.npz", quench["frame"]))
    n_gap += origin is None
    assert copies.get(row["trajectory"], set()) == ({origin} if origin else set()), row["trajectory"]
assert (n_gap > 0) == (float(sys.argv[1]) > 0), n_gap
PYTHON
done
# Alone they are trajectories like others.
ends 0 "$QMTRAJ" dataset hot/water/r01.q00* --split 60/20/20 --gap-ps 0 -o alone_cut
says "from 9 trajectories"

# A training set below the folder of the trajectories, whole or half, is none of them.
mkdir below
cp -r gas/water below/
ends 0 "$QMTRAJ" dataset below --for sgdml --every 20 --split 100/0 -o below/set
cp -r below/set below/half.part
rm below/half.part/manifest.tsv
touch below/half.part/.unfinished-dataset
ends 0 "$QMTRAJ" dataset below --every 20 -o beside
says "note: below/set: is a training set, passed over" "note: below/half.part: is a training set" "from 1 trajectory"
ends 0 "$QMTRAJ" check below
says "note: below/set: is a training set, passed over" "below/water/trajectory.npz"
! grep -q FAIL out || fail "$(cat out)"
