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
