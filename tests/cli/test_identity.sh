#!/bin/bash
# A program is what computes its numbers, not its version: builds of other numerics refuse each other's
# trajectories and name both, builds that differ in words only go on, and the outputs say which build it was.
. "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" --version
build=$(sed -n 's/^build //p' out)
numerics=$(sed -n 's/^numerics //p' out)
[ -n "$build" ] && [ ${#numerics} = 16 ] || fail "no identity: build '$build', numerics '$numerics'"

# The identity is two texts in the program; of the same length, others can be put in their place.
other_build=$(printf '%s' "$build" | tr '0-9a-f' '1-9a-f0')
sed "s/$build/$other_build/g" "$QMTRAJ" >reworded
sed "s/$build/$other_build/g; s/$numerics/0123456789abcdef/g" "$QMTRAJ" >recomputed
chmod +x reworded recomputed
ends 0 ./recomputed --version
says "build $other_build" "numerics 0123456789abcdef"

run() { # PROGRAM OUT OPTIONS...
    local program=$1 out=$2
    shift 2
    "$program" run --config short.yaml --num-workers 1 --out "$out" "$@" water.xyz
}

# every output names the build
ends 0 run "$QMTRAJ" whole
for file in summary.json water/run.json; do
    grep -q "\"build\":.*\"$build\"" "whole/$file" && grep -q "\"numerics\":.*\"$numerics\"" "whole/$file" ||
        fail "$file does not name the build"
done
grep -aq "\"build\":\"$build\",\"numerics\":\"$numerics\"" <(tr -d '\000' <whole/water/trajectory.npz) || fail "nor do the metadata"
ends 0 run "$QMTRAJ" kept --set keep_checkpoint=true
grep -aq "^numerics $numerics" kept/water/checkpoint || fail "nor does the checkpoint"

# finished by a program whose numbers are others: refused, both are named, nothing is touched
sha256sum whole/water/* >before
ends 7 run ./recomputed whole
says "already finished, but it is of" "qmtraj 0." "build $build, numerics $numerics" \
    "build $other_build, numerics 0123456789abcdef" "whose numbers are others"
ends 7 run ./recomputed whole --set length_ps=0.1
says "numerics 0123456789abcdef"
sha256sum -c before >out 2>&1 || fail "something was touched"

# finished by one that only says other words: the same trajectory
ends 0 run ./reworded whole
says "nothing to do"
ends 0 run ./reworded whole --set length_ps=0.1

# interrupted: likewise
interrupted() {
    rm -rf "$1"
    QMTRAJ_TEST_CRASH=water:100 ends 1 run "$QMTRAJ" "$1" --set checkpoint_s=0
}
interrupted begun
ends 7 run ./recomputed begun
says "already begun, but it is of" "build $build, numerics $numerics" "build $other_build"
ends 0 run ./reworded begun --set checkpoint_s=0
same begun/water/start.xyz whole/water/start.xyz

# finished by 0.1.0, which had no such name: refused by its version, still read
cp -r begun old
sed -i '/"build"/d; /"numerics"/d; s/"version":.*/"version": "0.1.0",/' old/water/run.json
rm -f old/water/checkpoint
ends 7 run "$QMTRAJ" old
says "it is of qmtraj 0.1.0, and this is qmtraj"
ends 0 "$QMTRAJ" status old
says "complete"
ends 0 "$QMTRAJ" check old
ends 0 "$QMTRAJ" convert old/water/trajectory.npz --to extxyz --out old.xyz

# a checkpoint of 0.1.0 (format 2): refused by name
interrupted begun
rm -f begun/water/checkpoint.previous
printf '\002' | dd of=begun/water/checkpoint bs=1 seek=8 conv=notrunc 2>/dev/null
printf '0.1.0' | dd of=begun/water/checkpoint bs=1 seek=32 conv=notrunc 2>/dev/null
ends 7 run "$QMTRAJ" begun
says "was written by qmtraj 0.1.0 (format 2)" "only the program that began it can finish it" "--fresh"

# What makes an identity, tried on a copy of the sources: what decides numbers does, words do not.
identity() {
    cmake -D "SOURCE=$here/tree" -D OUT="$here/tree/id.c" -D SETTINGS="$here/settings" -D LIBRARIES= \
        -P "$QMTRAJ_SOURCE/cmake/write_identity.cmake"
    sed -n 's/.*return "\(.*\)";/\1/p' tree/id.c
}
mkdir tree
(cd "$QMTRAJ_SOURCE" && tar cf - src data/*.csv cmake tools/tablegen.c include CMakeLists.txt README.md docs) | tar xf - -C tree
echo 'gcc -O2' >settings
identity >first
identity >again
same first again
grep -q '^sources\.' first || fail "no checksum of the sources where there is no git"
for changed in README.md docs/running.md src/cli/cmd_help.c include/qmtraj/version.h src/base/context.c src/run/resume.c src/base/suggest.c; do
    echo '/* another word */' >>"tree/$changed"
done
identity >now
[ "$(sed -n 2p now)" = "$(sed -n 2p first)" ] || fail "words decide numbers"
[ "$(sed -n 1p now)" != "$(sed -n 1p first)" ] || fail "the build is another, and does not say so"
for changed in src/md/verlet.c src/base/random.c src/base/units.h src/kernels/kernels_body.c data/masses.csv \
    src/run/frames.c src/run/run.c src/run/run_bias.c src/run/quench.c src/run/watch.c src/opt/minimise.c src/analysis/bonds.c \
    src/campaign/solvate.c src/campaign/conformer_search.c src/trajectory/trajectory.c tools/tablegen.c; do
    cp "tree/$changed" saved
    echo '/* another number */' >>"tree/$changed"
    identity >now
    [ "$(sed -n 2p now)" != "$(sed -n 2p first)" ] || fail "$changed decides nothing"
    cp saved "tree/$changed"
done
echo 'gcc -O2 sanitizers' >settings
identity >now
[ "$(sed -n 2p now)" != "$(sed -n 2p first)" ] || fail "how it is compiled decides nothing"
