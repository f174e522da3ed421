#!/bin/bash
# A file that is there is never replaced without a word: not by name, not through a link, not where it is no file.
. "$(dirname "$0")/support.sh"
ends 0 "$QMTRAJ" run --config short.yaml --out o water.xyz
cp o/water/trajectory.npz t.npz
cp water.xyz frames.xyz
cat >butane.xyz <<'XYZ'
14

C -1.9 0.1 0.0
C -0.6 -0.7 0.0
C 0.6 0.3 0.0
C 1.9 -0.5 0.0
H -2.0 0.7 0.9
H -2.0 0.7 -0.9
H -2.8 -0.5 0.0
H -0.6 -1.3 0.9
H -0.6 -1.3 -0.9
H 0.6 0.9 0.9
H 0.6 0.9 -0.9
H 2.0 -1.1 0.9
H 2.0 -1.1 -0.9
H 2.8 0.1 0.0
XYZ
# every command that writes a file, with a % for its name
cat >commands <<'COMMANDS'
opt water.xyz -o %
scan butane.xyz --torsion 1,2,3,4 --steps 1 --rigid --out %
hess water.xyz --points 3 --npy %
sample water.xyz --modes 2 -o %
label frames.xyz -o %
convert t.npz --to extxyz -o %
convert t.npz --to h5md -o %
view t.npz -o %
report o --out %
dataset o --for mace --n 4 -o %
COMMANDS
# each PLACE SENTENCE: every command refuses to write there, before it computes anything, and leaves what is there
each() {
    local place=$1 command
    while read -r command; do
        ends 2 "$QMTRAJ" ${command//%/$place}
        says "$place: $2"
        [ ! -s out ] || fail "something was done before: $command"
    done <commands
}
echo precious >precious
each precious "exists already; remove it or choose another name"
[ "$(cat precious)" = precious ] || fail "a file was replaced"
ln -s precious link
ln -s born dangling
for place in link dangling; do
    each $place "exists already; remove it or choose another name"
    [ -L $place ] && [ "$(cat precious)" = precious ] && [ ! -e born ] || fail "$place was followed or replaced"
done
mkfifo fifo
each fifo "is not a file but a pipe; choose another name"
[ -p fifo ] || fail "a pipe was replaced"
if mknod nul c 1 3 2>/dev/null; then
    each nul "is not a file but a device; choose another name"
    [ -c nul ] || fail "a device was replaced"
fi
[ -z "$(find . -name '*.tmp' -o -name '*.part*')" ] || fail "something is left: $(ls)"

# the input itself, by its name, a link and a second name
ln -s t.npz again
ln t.npz second
sum=$(sha256sum <t.npz)
for name in t.npz again second; do
    ends 2 "$QMTRAJ" view t.npz -o $name
    ends 2 "$QMTRAJ" convert $name --to npz -o t.npz
done
[ "$sum" = "$(sha256sum <t.npz)" ] || fail "the trajectory was replaced"
ends 2 "$QMTRAJ" opt water.xyz -o water.xyz
same water.xyz frames.xyz
ends 2 "$QMTRAJ" label frames.xyz -o frames.xyz
says "frames.xyz: is the input, too"
# ... and by the names that files have while they are written
cp frames.xyz new.xyz.part
ends 2 "$QMTRAJ" label new.xyz.part -o new.xyz
says "new.xyz.part: is the input, too"
same new.xyz.part frames.xyz
cp t.npz new.npz.part
ends 2 "$QMTRAJ" convert new.npz.part --to npz -o new.npz
says "new.npz.part: is the input"
same new.npz.part t.npz

# the file beside a labelled one: our own of an output that was taken away may go, another may not
rm new.xyz.part
echo mine >new.xyz.rejected.tsv
ends 2 "$QMTRAJ" label frames.xyz -o new.xyz
says "new.xyz.rejected.tsv: exists already"
printf 'frame\tsource\tname\treason\tsentence\n0\n' >new.xyz.rejected.tsv
ends 0 "$QMTRAJ" label frames.xyz -o new.xyz
[ ! -e new.xyz.rejected.tsv ] || fail "a list of an earlier output is left"

# a page is made again, also by its default name; what is no page stays
ends 0 "$QMTRAJ" report o
ends 0 "$QMTRAJ" report o
ends 0 "$QMTRAJ" view t.npz
echo '<html>mine</html>' >report.html
ends 2 "$QMTRAJ" report o
says "report.html: exists already"
[ "$(cat report.html)" = '<html>mine</html>' ] || fail "a page of somebody else was replaced"

# without -o a name follows from the molecule
ends 0 "$QMTRAJ" sample water.xyz --modes 2
ends 2 "$QMTRAJ" sample water.xyz --modes 3
says "water_modes.npz: exists already"
for command in "opt water.xyz" "sample water.xyz" "view t.npz"; do
    ends 2 "$QMTRAJ" $command -o -
    says "standard output cannot be one"
done

# in the folder of a run a device does not give way either
if [ -c nul ]; then
    mkdir -p held
    mknod held/summary.json c 1 3
    ends 0 "$QMTRAJ" run --config short.yaml --out held water.xyz
    [ -c held/summary.json ] || fail "a device was replaced by summary.json"
    says "held/summary.json: is not a file but a device"
fi
