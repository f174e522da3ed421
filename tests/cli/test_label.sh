# qmtraj label: the labels of every frame are those of `energy`; what the input says is kept; failures are marked and
# listed; any number of workers, and a job that was killed, give the same bytes.
source "$(dirname "$0")/support.sh"

cat >in.xyz <<'END'
3
charge=0 name=water energy=-12.5 dipole="1 2 3"
O 0 0 0
H 0.96 0 0
H -0.24 0.93 0
3
0 1
O 0 0 0 
H 0.97 0 0
H -0.24 0.93 0

4
Properties=species:S:1:pos:R:3:forces:R:3 Lattice="10 0 0 0 10 0 0 0 10" pbc="F F F" spin=0 total_charge=0.0 tag=x
C 0 0 0 1 2 3
O1 1.2 0 0 4 5 6
H -0.6 0.93 0 7 8 9
H -0.6 -0.93 0 1 1 1
3
a coordinate that is none
O 0 0 nan
H 0.97 0 0
H -0.24 0.93 0
3
q=-1
O 0 0 0
H 0.97 0 0
H -0.24 0.93
2
charge=-1 "open
O 0 0 0 0.5 a
H 0.97 0 0 0.3 b
1
beyond the method
U 0 0 0
2
charge=0
O 0 0 0
H 0.97 0 0
END
ends 1 "$QMTRAJ" label in.xyz -o out.xyz --num-workers 1
says "4 of 8 frames labelled" "4 of 8 frames have no labels" "energy of the input is kept as input_energy" \
    "without 1 frame whose lines are no columns"
[ "$(grep -c '^[0-9]*$' out.xyz)" = 7 ] || fail "seven frames are written"
! ls out.xyz.* | grep -v rejected.tsv || fail "something is left"

# what was there stays, in its order, under another name where a label has it
grep -q '^Properties=species:S:1:pos:R:3:forces:R:3:REF_forces:R:3 charge=0 name=water input_energy=-12.5 input_dipole="1 2 3" energy=-137.97' out.xyz ||
    fail "keys of the first frame"
grep -q ' comment="0 1" .* charge=0 spin=1 .*charge_from=.comment "0 1". ' out.xyz || fail "two integers as the state"
grep -q '^Properties=species:S:1:pos:R:3:input_forces:R:3:input_species:S:1:forces:R:3:REF_forces:R:3 Lattice="10 0 0 0 10 0 0 0 10" pbc="F F F" input_spin=0 total_charge=0.0 tag=x energy' out.xyz ||
    fail "columns and keys of the third frame"
grep -q '^O 1.2 0 0 4 5 6 O1 -' out.xyz || fail "columns of an atom, its label as the input's species"
grep -q '^Properties=species:S:1:pos:R:3:input_column_5:S:1:input_column_6:S:1:forces' out.xyz || fail "nameless columns"
grep -q "^X 0 0 0 U$" out.xyz || fail "an unknown element"
[ "$(grep -c 'label_failed=' out.xyz)" = 3 ] || fail "three frames are marked"

# QM9: exponents that no other reader knows, lines behind the atoms
printf '3\ngdb 3\t157.7\nO -0.03 0.97 6.9*^-2 -0.58\nH 0.12 0.02 6.9*^-5 0.29\nH 0.87 1.3 1.7*^-1 0.29\n1 2\nO\tO\nInChI\tInChI\n%s' "$(sed -n 1,5p in.xyz)" >qm9.xyz
ends 0 "$QMTRAJ" label qm9.xyz -o qm9_out.xyz
grep -q '^O -0.03 0.97 6.9e-2 -0.58 ' qm9_out.xyz && [ "$(wc -l <qm9_out.xyz)" = 10 ] || fail QM9

# words where numbers are declared, other encodings, positions that are none
printf '1\nProperties=species:S:1:pos:R:3:mag:R:1 multiplicity=2 who="caf\xe9"\nH 0 0 0 up\n1\n\nHe 0 0 [1\n' >odd.xyz
ends 1 "$QMTRAJ" label odd.xyz -o odd_out.xyz
says "no UTF-8" "the column mag" "1 of 2 frames labelled" "without 1 frame"
grep -q ':mag:S:1:forces.* who="caf\\\\xe9" ' odd_out.xyz && [ "$(wc -l <odd_out.xyz)" = 3 ] || fail "odd frames"

# the list of failures
cut -f1,2,4 out.xyz.rejected.tsv >listed
diff - listed <<'END' || fail "the list of failures"
frame	source	reason
3	in.xyz:18	format
4	in.xyz:23	format
6	in.xyz:32	format
7	in.xyz:35	structure
END
says_listed() {
    grep -qF -e "$1" out.xyz.rejected.tsv || fail "the list lacks: $1"
}
says_listed 'in.xyz:20: the z coordinate "nan" is not finite'
says_listed "in.xyz:27: atom 3 of 3 has 3 columns"
says_listed '7 valence electrons'

# the numbers are those of energy: hartree and hartree/bohr against eV and eV/angstrom
printf '4\n\nC 0 0 0\nO 1.2 0 0\nH -0.6 0.93 0\nH -0.6 -0.93 0\n' >one.xyz
"$QMTRAJ" energy one.xyz --json >one.json
awk -v e="$(sed 's/.*"energy":\([-0-9.e]*\),.*/\1/' one.json)" \
    -v g="$(sed 's/.*"gradient":\[\[\([-0-9.e]*\),.*/\1/' one.json)" '
    /tag=x/ { match($0, / energy=[-0-9.]*/); energy = substr($0, RSTART + 8, RLENGTH - 8) }
    /^C 0 0 0 1 2 3 C / { force = $9 }
    function off(a, b) { return a > b ? a - b : b - a }
    END { exit !(off(energy, e * 27.211386245988) < 1e-7 && off(force, -g * 27.211386245988 * 1.8897261246) < 1e-7) }' out.xyz ||
    fail "energy and force of the third frame"

# a second method beside the first
ends 1 "$QMTRAJ" label in.xyz -o both.xyz --also GFN1-xTB --set properties=dipole,charges
grep -q ' energy_gfn1=-.* label_method_gfn1="GFN1-xTB"' both.xyz || fail "energies of the second method"
grep -q 'forces:R:3:REF_forces:R:3:forces_gfn1:R:3:REF_charges:R:1 ' both.xyz || fail "its forces"
grep -q ' REF_dipole="' both.xyz || fail "a property"
diff <(grep -o ' energy=[-0-9.]*' out.xyz) <(grep -o ' energy=[-0-9.]*' both.xyz) || fail "the first method is as alone"
ends 0 "$QMTRAJ" label one.xyz -o gfn1.xyz --method GFN1-xTB
grep -qF -e " energy=$(grep -o ' energy_gfn1=[-0-9.]*' both.xyz | sed -n '3s/.*=//p') " gfn1.xyz || fail "GFN1-xTB alone"

# labelled once more: the labels before are kept, too
ends 0 "$QMTRAJ" label gfn1.xyz -o again.xyz
grep -q 'input_forces:R:3:input_REF_forces:R:3:forces:R:3' again.xyz && grep -q ' input_energy=-.* energy=-.* label_method="GFN2' again.xyz ||
    fail "labels before"
ends 0 "$QMTRAJ" label again.xyz -o third.xyz
grep -q ' input_energy=-.* input_2_energy=-' third.xyz || fail "and those before them"

# the state: from the file beside, the configuration, and none
mkdir ion && cp one.xyz ion/a.xyz && echo 1 >ion/.CHRG && echo 1 >ion/.UHF
ends 0 "$QMTRAJ" label ion/a.xyz -o ion.xyz
grep -q ' charge=1 spin=2 .*charge_from=.*\.CHRG.*multiplicity_from=.*\.UHF' ion.xyz || fail ".CHRG and .UHF"
ends 0 "$QMTRAJ" label one.xyz -o ion2.xyz --charge 1 --multiplicity 2
grep -q ' charge=1 spin=2 .*charge_from="configuration"' ion2.xyz || fail "the state of the command line"
diff <(grep -o ' energy=[-0-9.]*' ion.xyz) <(grep -o ' energy=[-0-9.]*' ion2.xyz) || fail "the same ion"

# line ends, a mark of UTF-8, no last line end, gzip, standard input
{ printf '\xef\xbb\xbf'; sed 's/$/\r/' one.xyz; } >crlf.xyz
printf '%s' "$(cat one.xyz)" >cut.xyz
gzip -c one.xyz >one.xyz.gz
ends 0 "$QMTRAJ" label one.xyz -o plain.xyz
for other in crlf.xyz cut.xyz one.xyz.gz; do
    ends 0 "$QMTRAJ" label $other -o o_$other
    cmp plain.xyz o_$other || fail "$other is labelled otherwise"
done
ends 0 bash -c '"$1" label - -o o.xyz <one.xyz' - "$QMTRAJ"
cmp plain.xyz o.xyz || fail "standard input"
ends 0 bash -c 'cat one.xyz | "$1" label /dev/stdin -o pipe.xyz' - "$QMTRAJ"

# what is there stays as it is, whatever it is; --fresh is about what was interrupted
for words in "" --fresh; do
    ends 2 "$QMTRAJ" label in.xyz -o o.xyz $words
    says "o.xyz: exists already; remove it or choose another name"
    cmp plain.xyz o.xyz || fail "an output was replaced"
done

# many frames: any number of workers, and a job that was stopped or killed, give the same bytes
awk 'BEGIN { for (i = 0; i < 600; i++) { q = i % 7 == 3
    printf "%s\ncharge=%d i=%d\n%sO 0 0 0\nH %.6f 0 0\n", q ? 2 : 3, q ? -1 : 0, i, "", 0.9 + (i % 97) * 0.002
    if (!q) printf "H -0.24 0.93 %.6f\n", (i % 13) * 0.01 } }' >many.xyz
ends 0 "$QMTRAJ" label many.xyz -o m1.xyz --num-workers 1
for n in 2 3 5; do
    ends 0 "$QMTRAJ" label many.xyz -o m$n.xyz --num-workers $n
    cmp m1.xyz m$n.xyz || fail "$n workers"
done
grep -o ' i=[0-9]*' m1.xyz | sed 's/ i=//' | cmp - <(seq 0 599) || fail "the order"
"$QMTRAJ" label - -o k.xyz --num-workers 1 <many.xyz >/dev/null 2>&1 &
pid=$!
until_there k.xyz.part
kill -TERM $pid
code=0
wait $pid || code=$?
if [ $code = 143 ]; then # the output was whole already, and the program on its way out
    cmp m1.xyz k.xyz || fail "code 143 with a part"
    code=0
fi
[ $code = 75 ] || [ $code = 0 ] || fail "code $code after SIGTERM"
[ $code = 0 ] || [ ! -e k.xyz ] || fail "a part under the final name"
if [ $code = 75 ]; then
    ends 7 "$QMTRAJ" label one.xyz -o k.xyz
    says "another input"
    ends 7 bash -c '"$1" label - -o k.xyz --method GFN1-xTB <many.xyz' - "$QMTRAJ"
    ends 0 bash -c '"$1" label - -o k.xyz --num-workers 2 <many.xyz' - "$QMTRAJ"
fi
cmp m1.xyz k.xyz || fail "after a stop"
"$QMTRAJ" label many.xyz -o k9.xyz --num-workers 2 >/dev/null 2>&1 &
pid=$!
until_there k9.xyz.part
kill -KILL $pid
wait $pid || true
[ -e k9.xyz ] || ends 0 "$QMTRAJ" label many.xyz -o k9.xyz # unless it was faster than the kill
cmp m1.xyz k9.xyz || fail "after a kill"
[ -z "$(ls k9.xyz.* 2>/dev/null)" ] || fail "something is left of the killed one"

# workers of a killed one, which have its lock, end a moment later; who goes on writing is not disturbed
held_for() {
    exec 9>held.xyz.part.lock
    flock 9
    sleep "$1" &
    pid=$!
    exec 9>&-
}
held_for 0.5
ends 0 "$QMTRAJ" label one.xyz -o held.xyz
cmp plain.xyz held.xyz || fail "after a moment"
rm held.xyz
held_for 60
ends 6 "$QMTRAJ" label one.xyz -o held.xyz
says "held.xyz: " " is writing it"
[ "$(ls held.xyz*)" = held.xyz.part.lock ] || fail "a refusal leaves something"
kill $pid

# what is no XYZ file, wrong words, no room
refused() {
    local code=$1
    shift
    ends "$code" "$QMTRAJ" label "$@"
    [ "$(wc -l <err)" = 1 ] || fail "one sentence"
    [ ! -e no.xyz ] && [ ! -e no.xyz.part ] || fail "something was begun"
}
: >empty.xyz
refused 3 empty.xyz -o no.xyz
printf '3\n\nO 0 0 0\nH 1 0 0\n' >short.xyz
refused 3 short.xyz -o no.xyz
says "announces 3 atoms" "behind 2"
printf '2\n\nO 0 0 0\nH 1 0 0\nH 2 0 0\n' >long.xyz
refused 3 long.xyz -o no.xyz
says 'long.xyz:5: "H 2 0 0" is not a number of atoms'
printf '1\n\nO 0 0\0 0\n' >zero.xyz
refused 3 zero.xyz -o no.xyz
says binary
refused 5 none.xyz -o no.xyz
refused 2 one.xyz
refused 2 -o no.xyz
refused 2 one.xyz -o one.xyz
says "is the input"
refused 2 one.xyz -o ion
refused 2 one.xyz in.xyz -o no.xyz
refused 2 one.xyz -o no.xyz --also GFN2-xTB
refused 2 one.xyz -o no.xyz --also PM6
refused 2 one.xyz -o no.xyz --num-workers 0
ends 5 bash -c 'ulimit -f 2; "$1" label many.xyz -o full.xyz' - "$QMTRAJ"
[ ! -e full.xyz ] || fail "a full disk leaves a part under the final name"
ends 0 "$QMTRAJ" label many.xyz -o full.xyz
cmp m1.xyz full.xyz || fail "after a full disk"
