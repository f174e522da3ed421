# Bad inputs of a list stop nothing but themselves: they are named in rejected.tsv, the rest runs, the code is 1.
source "$(dirname "$0")/support.sh"

# rejected OUT NAME:REASON...: the names and reasons in OUT/rejected.tsv, in any order
rejected() {
    local out=$1
    shift
    printf '%s\n' "$@" | sort >wanted
    tail -n +2 "$out/rejected.tsv" | awk -F '\t' '{ print $2 ":" $3 }' | sort >found
    cmp -s wanted found || fail "rejected are: $(cat found)"
    [ "$(head -1 "$out/rejected.tsv")" = "$(printf 'source\tname\treason\tsentence')" ] || fail "no titles"
}

printf '2\n\nN 0 0 0\nO 0 0 1.15\n' >no.xyz
printf '2\n\nH 0 0 0\nH 0 0 0.01\n' >near.xyz
ends 1 "$QMTRAJ" run --config short.yaml --out o water.xyz no.xyz near.xyz ammonia.xyz
says "2 molecules cannot be computed" "o/rejected.tsv" "2 of 4 complete" ", 2 rejected"
rejected o no:structure near:structure
grep -q 'no: 11 valence electrons' o/rejected.tsv || fail "not the reason of no"
for name in water ammonia; do
    [ -s "o/$name/trajectory.npz" ] || fail "$name is missing"
done
[ ! -e o/no ] || fail "a folder of a molecule that was not begun"

# the same again says the same, and computes nothing
ends 1 "$QMTRAJ" run --config short.yaml --out o water.xyz no.xyz near.xyz ammonia.xyz
says "2 of 4 complete, 2 of them earlier" ", 2 rejected"
rejected o no:structure near:structure

# mended, its line goes; others of the folder stay
sed '2s/.*/multiplicity=2/' no.xyz >mended && mv mended no.xyz
ends 0 "$QMTRAJ" run --config short.yaml --out o water.xyz no.xyz
rejected o near:structure

# the old way: nothing is begun
ends 2 "$QMTRAJ" run --config short.yaml --all-or-nothing --keep-going --out all water.xyz near.xyz
says "--keep-going and --all-or-nothing exclude each other"
ends 3 "$QMTRAJ" run --config short.yaml --all-or-nothing --out all water.xyz near.xyz
says "0.010 angstrom apart"
[ ! -e all ] || fail "something was begun"
# and a single molecule fails as itself
ends 3 "$QMTRAJ" run --config short.yaml --out single near.xyz
says "qmtraj: near: atoms 1 (H) and 2 (H)"
[ ! -e single ] || fail "something was begun"
ends 3 "$QMTRAJ" run --config short.yaml --out none near.xyz no.xyz --set spin_multiplicity=3
says "none of the 2 molecules can be computed"
[ ! -e none ] || fail "something was begun"

frame() { # COMMENT [SYMBOL]
    printf '3\n%s\n%s 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n' "$1" "${2-O}"
}

# a line that was taken out of its list goes; those of other files, and of the list in a job of some of its molecules, stay
{ frame '' && frame charge=x; } >list.xyz
ends 1 "$QMTRAJ" run --config short.yaml --out left list.xyz near.xyz
rejected left list_0002:format near:structure
ends 0 "$QMTRAJ" run --config short.yaml --out left --molecule list_0001 list.xyz
rejected left list_0002:format near:structure
{ frame 'name=list_0001' && frame name=further; } >list.xyz
ends 0 "$QMTRAJ" run --config short.yaml --out left --molecule list_0001 list.xyz
rejected left list_0002:format near:structure
ends 0 "$QMTRAJ" run --config short.yaml --out left list.xyz
rejected left near:structure
{ cat list.xyz && frame charge=x; } >more.xyz && mv list.xyz less.xyz && mv more.xyz list.xyz
ends 1 "$QMTRAJ" run --config short.yaml --out gone list.xyz
rejected gone list_0003:format
mv less.xyz list.xyz
ends 0 "$QMTRAJ" run --config short.yaml --out gone list.xyz # nothing is computed
[ ! -e gone/rejected.tsv ] || fail "a line of what is no more in the list"
ends 0 "$QMTRAJ" status gone
says "2/2 complete"

# Frames of one file: those that cannot be read stop nothing but themselves, and the names of the others have the numbers of their frames.
{ frame '' && frame charge=x && frame '' && frame 'pbc="T T T"' && frame '' Xx && frame 'name=mine' && frame 'name=bad charge=x'; } >f.xyz
ends 1 "$QMTRAJ" run --config short.yaml --out frames f.xyz
says "3 of 7 complete" ", 4 rejected"
rejected frames f_0002:format f_0004:format f_0005:format bad:format
grep -q "^f.xyz:6	f_0002	format	f.xyz:7: charge=x is no charge" frames/rejected.tsv || fail "not the place of the frame"
[ "$(ls frames)" = "$(printf '%s\n' f_0001 f_0003 mine rejected.tsv summary.json)" ] || fail "not three molecules: $(ls frames)"
ends 1 "$QMTRAJ" energy f.xyz
says "f_0001: 3 atoms" "f_0003: 3 atoms" "mine: 3 atoms" "4 of 7 structures failed" "f.xyz:7: charge=x"
ends 3 "$QMTRAJ" run --config short.yaml --out none --all-or-nothing f.xyz
[ ! -e none ] || fail "something was begun"
# a frame that was mended has the name that it would have had
{ frame '' && frame '' && frame ''; } >f.xyz
ends 0 "$QMTRAJ" run --config short.yaml --out frames f.xyz
says "3 of 3 complete, 2 of them earlier"
! grep -q f_0002 frames/rejected.tsv || fail "f_0002 is still among the rejected"

# Where the next frame begins is not known after a number of atoms that is wrong: the rest is lost, with a count of its lines.
# What stands behind a frame and is none puts that frame in doubt.
{ frame '' && frame '' | sed 1s/3/4/ && frame '' && frame ''; } >many.xyz
ends 1 "$QMTRAJ" run --config short.yaml --out lost many.xyz
rejected lost many_0002:format
grep -q 'where the next frame begins is unknown: 15 lines from 6 on are not read' lost/rejected.tsv || fail "how much is lost"
[ -d lost/many_0001 ] && [ ! -d lost/many_0003 ] || fail "not the first frame alone"
{ frame '' && frame '' && echo 'H 0 0 3' && frame ''; } >few.xyz
ends 1 "$QMTRAJ" run --config short.yaml --out doubt few.xyz
rejected doubt few_0002:format
grep -q '^few.xyz:6	.*few.xyz:11: "H ..." is not a number of atoms.*: 6 lines from 11 on are not read' doubt/rejected.tsv || fail "not the frame before"
{ frame '' && frame '' | head -4; } >cut.xyz
ends 1 "$QMTRAJ" run --config short.yaml --out cut cut.xyz
rejected cut cut_0002:format
{ frame '' && echo 'H 0 0 3'; } >one.xyz # the count of the only frame is in doubt
ends 3 "$QMTRAJ" run --config short.yaml --out one_out one.xyz
says 'one.xyz:6: "H ..." is not a number of atoms'

grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt" && exit 0

# one that only its worker finds, alone with another in its list
printf 'CCO ethanol\nC(C)(C)(C)(C)C five\n' >short.smi
ends 1 "$QMTRAJ" run --config short.yaml --out five short.smi
ends 1 "$QMTRAJ" status five
says "1/2 complete, 1 rejected"
sed -i '$d' short.smi
ends 0 "$QMTRAJ" run --config short.yaml --out five short.smi
ends 0 "$QMTRAJ" status five
says "1/1 complete"

# SMILES: format errors are all named, the worker finds those without a molecule or a geometry
printf '%s\n' 'C methane' 'CC |^1:0|' 'C(C open' 'CCO.O mixture' 'O" extra' 'Né amine' 'O water' 'FS(F)(F)(F)(F)(F)F none' \
    'N ammonia' 'C methane' >list.smi
ends 1 "$QMTRAJ" run --config short.yaml --smiles-file list.smi --out s
says "7 molecules cannot be computed" "3 of 10 complete"
grep -q '^list.smi:2' s/rejected.tsv || fail "not the place of the line without a name"
[ "$(tail -n +2 s/rejected.tsv | wc -l)" = 7 ] || fail "not every bad line is named: $(cat s/rejected.tsv)"
ends 0 "$QMTRAJ" run --config short.yaml --smiles-file list.smi --out one --molecule 'ammon*'
ends 1 "$QMTRAJ" run --config short.yaml --smiles-file list.smi --dry-run
says "# 3 trajectories" "of 10 molecules cannot be computed"

# Embedding by the worker or by the plan, in one go or after an interruption: the same bytes.
printf 'CC(=O)[O-] acetate\nCCO ethanol\n' >two.smi
ends 0 "$QMTRAJ" run --config short.yaml --smiles-file two.smi --out plain
ends 0 "$QMTRAJ" run --config short.yaml --smiles-file two.smi --out early --all-or-nothing
ends 0 "$QMTRAJ" run --config short.yaml --smiles-file two.smi --out alone --molecule ethanol
QMTRAJ_TEST_CRASH=ethanol:50 ends 1 "$QMTRAJ" run --config short.yaml --set checkpoint_s=1e-6 --smiles-file two.smi --out crashed
[ -s crashed/ethanol/checkpoint ] || fail "no checkpoint"
ends 0 "$QMTRAJ" run --config short.yaml --smiles-file two.smi --out crashed
says "continues at production"
for out in early alone crashed; do
    same "$out/ethanol/trajectory.npz" plain/ethanol/trajectory.npz
done
same early/acetate/trajectory.npz plain/acetate/trajectory.npz

# A finished one is recognised by its SMILES; another SMILES of the same name is another molecule.
ends 0 "$QMTRAJ" run --config short.yaml --smiles-file two.smi --out plain
says "nothing to do: all 2 trajectories"
printf 'CC(=O)[O-] acetate\nCCN ethanol\n' >other.smi
ends 7 "$QMTRAJ" run --config short.yaml --smiles-file other.smi --out plain
says "the start geometry is another"
# a copy has other times: it is read as a whole, and is the same
cp -r plain copy
ends 0 "$QMTRAJ" run --config short.yaml --smiles-file two.smi --out copy
says "nothing to do: all 2 trajectories"

# A molecule whose state turns out impossible in its worker is rejected, and the others run.
ends 1 "$QMTRAJ" run --config short.yaml --smiles '[Gd+3]=gd' --smiles CCO=e --out states
grep -q "	gd	" states/rejected.tsv || fail "gd is not among the rejected"
[ -f states/e/trajectory.npz ] || fail "e was not computed"
printf 'CCO e\n[OH-] oh\n' >mixed.smi
ends 1 "$QMTRAJ" run --config short.yaml --set charge=-1 mixed.smi --out mixed
grep -q "	e	" mixed/rejected.tsv || fail "e is not among the rejected"
[ -f mixed/oh/trajectory.npz ] || fail "oh was not computed"

# standard input is another list each time: what one said of its molecules stays
printf 'O water\nC(C bad1\n' >first.smi
printf 'C methane\n' >second.smi
ends 1 "$QMTRAJ" run --config short.yaml --out streams - <first.smi
ends 0 "$QMTRAJ" run --config short.yaml --out streams - <second.smi
grep -q bad1 streams/rejected.tsv || fail "a line of another stream is gone"
