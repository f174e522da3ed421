# qmtraj hess: vibrations and thermochemistry, warnings where they mean little.
source "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" opt water.xyz --gradient 1e-9 -o min.xyz
ends 0 "$QMTRAJ" hess min.xyz
says "1539.5" "3642.8" "mode    frequency" "rigid rotor with symmetry number 1, harmonic oscillators" "T S"
[ ! -s err ] || fail "nothing to warn of"
ends 0 "$QMTRAJ" hess min.xyz --json --npy h.npy --num-workers 1
says '"imaginary":0' '"convention":"rigid rotor, harmonic oscillator"' '"temperature_K":298.15'
cp out one
mv h.npy one.npy
ends 0 "$QMTRAJ" hess min.xyz --json --npy h.npy --num-workers 3
same out one
same h.npy one.npy
[ "$(stat -c %s h.npy)" = $((128 + 81 * 8)) ] || fail "the size of the array"
grep -q NUMPY <(head -c 6 h.npy) || fail "no array of NumPy"

# isotopes: masses of the input
sed 's/^H /D /' min.xyz >heavy.xyz
ends 0 "$QMTRAJ" hess heavy.xyz --json
says '"masses":[15.99' '2.01'

# where frequencies mean little
ends 0 "$QMTRAJ" hess water.xyz
says "not a stationary point" "qmtraj opt"
printf '4\n\nN 0 0 0\nH 1 0 0\nH -.5 .8660254 0\nH -.5 -.8660254 0\n' >flat.xyz
ends 0 "$QMTRAJ" opt flat.xyz --gradient 1e-7 -o saddle.xyz
ends 0 "$QMTRAJ" hess saddle.xyz --json
says "1 imaginary frequency" '"imaginary":1'

# a linear molecule that a minimisation left somewhat bent is linear; a smaller gradient can be wanted of it
cat >suboxide.xyz <<'XYZ'
5

O     1.3263976291   -0.6993590877   -1.8820910838
C     0.6813399972   -0.3793097656   -0.9782557989
C    -0.0270901033   -0.0278405918    0.0142171955
C    -0.7357507058    0.3237332710    1.0064877628
O    -1.3811030171    0.6438784940    1.9100772544
XYZ
ends 0 "$QMTRAJ" hess suboxide.xyz
says "taken as linear: atoms are up to"
[ "$(grep -c ' 139\.[23]' out)" = 2 ] || fail "two bends of one frequency"
ends 0 "$QMTRAJ" hess suboxide.xyz --json
says '"linear":true' '"off_line":'
awk 'match($0, /rotational_constants_cm-1":\[[0-9.e-]*/) {split(substr($0, RSTART, RLENGTH), a, "["); exit !(a[2] < 1)}' out || fail "rotational constants"
ends 0 "$QMTRAJ" hess min.xyz --json
says '"linear":false,"off_line":0'
ends 0 "$QMTRAJ" opt suboxide.xyz --gradient 1e-8 -o tight.xyz

# a single atom has no vibrations; conditions
printf '1\n\nNe 0 0 0\n' >neon.xyz
ends 0 "$QMTRAJ" hess neon.xyz --temperature 300 --pressure 100000 --symmetry-number 1
says "neon: 1 atom," "300 K, 100000 Pa"
ends 0 "$QMTRAJ" hess neon.xyz --temperature 298.155 --pressure 0.001
says "298.155 K, 0.001 Pa"
ends 0 "$QMTRAJ" hess min.xyz --qrrho 50 --points 3 --step 0.004
says "free rotors below about 50 cm-1"
awk 'length > 80 {exit 1}' out || fail "lines of more than 80 columns"
! grep -qE -e '-0\.000( |$)' out || fail "a zero with a sign"

# several: the bad one is said
printf '1\n\nXx 0 0 0\n' >bad.xyz
ends 1 "$QMTRAJ" hess min.xyz bad.xyz
says "1 of 2 structures failed"
ends 2 "$QMTRAJ" hess min.xyz neon.xyz --npy h2.npy
says "holds one Hessian"
ends 2 "$QMTRAJ" hess
ends 2 "$QMTRAJ" hess min.xyz --points 4
ends 2 "$QMTRAJ" hess min.xyz --step 1
ends 2 "$QMTRAJ" hess min.xyz --temperature 0
ends 5 "$QMTRAJ" hess min.xyz --npy no/such/h.npy
