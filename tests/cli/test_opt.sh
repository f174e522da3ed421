# qmtraj opt: minima that energy agrees with, in files that say what they hold.
source "$(dirname "$0")/support.sh"

# value KEY: of the JSON object in out
value() {
    grep -o "\"$1\":-\?[0-9][-0-9.e]*" out | head -1 | sed 's/.*://'
}

ends 0 "$QMTRAJ" opt water.xyz -o min.xyz
says "largest gradient" "curvature not tested"
grep -q 'charge=0 multiplicity=1 method=GFN2-xTB energy_hartree=-5.0705444.* curvature=not_tested$' min.xyz || fail "the comment line"
ends 0 "$QMTRAJ" energy min.xyz --json
awk "BEGIN {e = $(value energy); exit !(e < -5.07054444 && e > -5.07054446)}" || fail "the energy of the minimum"
cp out first

# the same on standard output, with notes beside it; and again from its own file: nothing to do
ends 0 "$QMTRAJ" opt water.xyz
same out min.xyz
grep -q ", [0-9] evaluations; curvature not tested" err || fail "no note"
awk 'length > 80 {exit 1}' err || fail "lines of more than 80 columns"
ends 0 "$QMTRAJ" opt min.xyz
says "hartree, 0.000000 below the start" "1 evaluation;"
ends 0 "$QMTRAJ" opt min.xyz --json
says '"evaluations":1,' '"curvature":"not tested"' '"units":'

# several, one of which is impossible: the others are done
printf '1\n\nXx 0 0 0\n' >bad.xyz
ends 1 "$QMTRAJ" opt water.xyz hydroxide.xyz bad.xyz ammonia.xyz -o all.xyz
says "1 of 4 structures failed" 'bad.xyz:3'
[ "$(grep -c method= all.xyz)" = 3 ] || fail "three frames"

# both streams into one file: whole lines, each structure before the notes about the next
for i in $(seq 60); do
    sed "2s/.*/name=w$i/" water.xyz
    sed "2s/.*/name=bad$i/; s/^H /Xx /" water.xyz
    printf '2\nname=near%s\nH 0 0 0\nH 0 0 1e-9\n' $i
done >many.xyz
"$QMTRAJ" opt many.xyz -o many_min.xyz >both 2>&1 || true
! grep -vE '^(w[0-9]+: -5\.0705|  largest gradient .*curvature not tested$|warning: |qmtraj: )' both || fail "torn lines"
grep -q 'name="hydroxide" charge=-1' all.xyz || fail "its charge"
ends 0 "$QMTRAJ" energy all.xyz --json
[ "$(wc -l <out)" = 3 ] || fail "energy reads them"

# open shell, linear, solvent, GFN1
printf '4\nmultiplicity=2\nC 0 0 .1\nH 1.1 0 0\nH -.5 .95 0\nH -.5 -.95 0\n' >methyl.xyz
printf '3\n\nO 0 0 1.2\nC 0 0.05 0\nO 0 0 -1.1\n' >dioxide.xyz
ends 0 "$QMTRAJ" opt methyl.xyz dioxide.xyz --alpb water --method GFN1-xTB --json
[ "$(grep -c '"method":"GFN1-xTB","solvent":"water","solvation_model":"alpb"' out)" = 2 ] || fail "what holds"
if [ "${QMTRAJ_RDKIT:-1}" = 1 ] && "$QMTRAJ" energy --smiles O >/dev/null 2>&1; then
    ends 0 "$QMTRAJ" opt --smiles 'CC(=O)O=acetic' -o acid.xyz
    grep -q 'name="acetic" .*smiles="CC(=O)O" method' acid.xyz || fail "its SMILES"
fi

# no minimum within the evaluations: the geometry so far says so, and is where to go on from
ends 4 "$QMTRAJ" opt water.xyz --evaluations 1 -o far.xyz
says "water: no minimum after 1 evaluation, the largest gradient is still" "written as not converged" "--evaluations"
grep -q 'evaluations=1 converged=F curvature=not_tested$' far.xyz || fail "the mark"
ends 0 "$QMTRAJ" opt far.xyz -o near.xyz
grep -q 'converged=T curvature=not_tested$' near.xyz || fail "the other mark"
ends 4 "$QMTRAJ" opt water.xyz --evaluations 2
grep -q ' converged=F ' out || fail "standard output"
ends 4 "$QMTRAJ" opt water.xyz --evaluations 2 --json
says '"converged":false,' '"gradient_largest":'
ends 1 "$QMTRAJ" opt min.xyz ammonia.xyz --evaluations 2 -o both.xyz
says "1 of 2 structures failed" "ammonia: no minimum after 2 evaluations"
[ "$(grep -o 'converged=[TF]' both.xyz | tr '\n' ' ')" = "converged=T converged=F " ] || fail "one of each"
if /usr/bin/python3 -c 'import ase' 2>/dev/null; then
    /usr/bin/python3 -c '
import ase.io
a, b = ase.io.read("both.xyz", ":", format="extxyz")
assert a.info["converged"] is not False and not b.info["converged"]
assert b.info["gradient_largest_hartree_bohr"] > 1e-5' || fail "ASE reads the comment"
fi

# what is known of a solution that was hard to find is said once, as by energy
printf '2\nmultiplicity=2\nO 0 0 0\nH 0 0 0.97\n' >radical.xyz
ends 0 "$QMTRAJ" energy radical.xyz
grep 'there may be' err >warned || fail "energy warns"
ends 0 "$QMTRAJ" opt radical.xyz -o radical_min.xyz
[ "$(grep -c 'there may be' err)" = 1 ] || fail "opt warns once"
ends 0 "$QMTRAJ" hess radical.xyz
grep -qFf warned err || fail "hess warns"

# isotopes go through files that others read
printf '3\n\n18O 0 0 0.119\nD 0 0.763 -0.477\n1H 0 -0.763 -0.477\n' >semiheavy.xyz
ends 0 "$QMTRAJ" opt semiheavy.xyz -o semiheavy_min.xyz
ends 0 "$QMTRAJ" hess semiheavy_min.xyz --json
says '"masses":[17.999' ',2.0141' ',1.00782'
if /usr/bin/python3 -c 'import ase' 2>/dev/null; then
    /usr/bin/python3 -c '
import ase.io
a = ase.io.read("semiheavy_min.xyz", format="extxyz")
assert a.get_chemical_formula() == "H2O"
assert abs(a.get_masses() - [17.99916, 2.01410, 1.00783]).max() < 1e-4' || fail "ASE reads the isotopes"
fi

# wrong words
ends 2 "$QMTRAJ" opt
says "no structures"
ends 2 "$QMTRAJ" opt water.xyz --gradient 0
says "--gradient"
ends 2 "$QMTRAJ" opt water.xyz --gradient x
ends 2 "$QMTRAJ" opt water.xyz --evaluations 0
ends 2 "$QMTRAJ" opt water.xyz --alpb water --gbsa water
says "given already"
ends 2 "$QMTRAJ" opt water.xyz --alpb wetness
ends 3 "$QMTRAJ" opt bad.xyz
ends 5 "$QMTRAJ" opt nothing.xyz
ends 5 "$QMTRAJ" opt water.xyz -o no/such/folder.xyz
