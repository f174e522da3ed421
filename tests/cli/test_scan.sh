# qmtraj scan: energies along a torsion, relaxed below rigid, frames that energy agrees with.
source "$(dirname "$0")/support.sh"

printf '4\n\nO 0 0.74 -0.05\nO 0.05 -0.74 -0.05\nH 0.74 0.95 0.48\nH -0.79 -0.9 0.53\n' >peroxide.xyz
ends 0 "$QMTRAJ" scan peroxide.xyz --torsion 3,1,2,4 --steps 6 --rigid --json
cp out rigid
ends 0 "$QMTRAJ" scan peroxide.xyz --torsion 3,1,2,4 --steps 6 --json -o relaxed.xyz
cp out relaxed
numbers() { # FILE KEY: a line each
    sed "s/.*\"$2\":\[\([^]]*\)\].*/\1/" "$1" | tr , '\n'
}
[ "$(numbers rigid angles | wc -l)" = 6 ] || fail "six angles"
paste <(numbers rigid energies) <(numbers relaxed energies) |
    awk '!($2 < $1 + 1e-7) {exit 1}' || fail "a relaxed geometry above the rigid one"
grep -q '"kind":"relaxed"' relaxed || fail "the kind"
[ "$(grep -c 'torsion_deg=.* energy_hartree=-9.0' relaxed.xyz)" = 6 ] || fail "frames"
ends 0 "$QMTRAJ" energy relaxed.xyz --json
paste <(numbers relaxed energies) <(grep -o '"energy":-[0-9.]*' out | sed 's/.*://') |
    awk '{d = $1 - $2; if (d > 1e-8 || d < -1e-8) exit 1}' || fail "energies of the frames"
ends 0 "$QMTRAJ" scan peroxide.xyz --torsion 3,1,2,4 --steps 4
says "relaxed" "above the lowest, kJ/mol"

# ends that meet close no ring, and where they coincide that angle alone fails; it has no sign at 0 and at 180
printf '6\n\nO -.9 1.4 0\nC -.75 0 0\nC .75 0 0\nO .9 -.7 1.2124355653\nH 0 1.8 0\nH 0 -.9 1.5588457268\n' >meet.xyz
ends 0 "$QMTRAJ" scan meet.xyz --torsion 1,2,3,4 --rigid --steps 2
ends 1 "$QMTRAJ" scan meet.xyz --torsion 1,2,3,4 --rigid --steps 36 -o meet_scan.xyz
says "at 0.0 degrees: atoms 5 and 6 are 0.000 angstrom apart" "1 of 36 angles failed" "        0.000             failed" "      180.000 "
[ "$(grep -c '^ *-*[0-9.]* *-1[0-9.]* *[0-9.]*$' out)" = 35 ] || fail "the energies of the others"
[ "$(grep -c torsion_deg= meet_scan.xyz)" = 35 ] || fail "the frames of the others"
ends 1 "$QMTRAJ" scan meet.xyz --torsion 1,2,3,4 --rigid --steps 3 --json
says '"energies":[-13.' ',null]' '"other_bonds":[false,false,false]'
ends 0 "$QMTRAJ" scan meet.xyz --torsion 1,2,3,4 --steps 6

# of several structures the frames of those that succeed are written
ends 1 "$QMTRAJ" scan water.xyz peroxide.xyz --torsion 3,1,2,4 --rigid --steps 3 -o two.xyz
says "no atom 4" "peroxide: torsion" "1 of 2 structures failed"
[ "$(grep -c torsion_deg= two.xyz)" = 3 ] || fail "the frames of the one that succeeds"

ends 2 "$QMTRAJ" scan peroxide.xyz
says "no torsion"
for bad in 1,2,3 1,2,3,4,5 a,b,c,d 1,1,2,3 0,1,2,3 ""; do
    ends 2 "$QMTRAJ" scan peroxide.xyz --torsion "$bad"
done
ends 3 "$QMTRAJ" scan peroxide.xyz --torsion 1,2,3,9
says "no atom 9"
ends 3 "$QMTRAJ" scan peroxide.xyz --torsion 1,2,3,4
says "cannot be turned"
ends 2 "$QMTRAJ" scan peroxide.xyz --torsion 3,1,2,4 --steps 0
ends 5 "$QMTRAJ" scan peroxide.xyz --torsion 3,1,2,4 --steps 1 -o no/such/x.xyz
