# Files as other programs write them: what means one thing is read so, and what does not ends with a sentence.
source "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" energy --json water.xyz
energy=$(grep -o '"energy":-[0-9.]*' out) # and not its unit, which says "energy", too

# lines that end with CR alone
tr '\n' '\r' <water.xyz >mac.xyz
ends 0 "$QMTRAJ" energy --json mac.xyz
says "$energy"
printf '$coord angs\r0 0 0.119 o\r0 0.763 -0.477 h\r0 -0.763 -0.477 h\r$end\r' >mac.coord
ends 0 "$QMTRAJ" energy --json mac.coord
says "$energy"
printf 'water\r  prog              3D\r\r  3  2  0  0  0  0  0  0  0  0999 V2000\r' >mac.sdf
printf '    0.0000    0.0000    0.1190 O   0  0\r    0.0000    0.7630   -0.4770 H   0  0\r    0.0000   -0.7630   -0.4770 H   0  0\r' >>mac.sdf
printf '  1  2  1  0\r  1  3  1  0\rM  END\r$$$$\r' >>mac.sdf
ends 0 "$QMTRAJ" energy --json mac.sdf
says "$energy"
tr '\n' '\r' <short.yaml >mac.yaml
ends 0 "$QMTRAJ" run --config mac.yaml --dry-run mac.xyz
says "# mac "
ends 3 "$QMTRAJ" label mac.xyz -o labelled.extxyz
says "mac.xyz:1: its lines end with CR alone"

# exponents of Fortran
printf '3\n\nO 0 0 1.19D-01\nH 0 7.63d-1 -4.77D-01\nH 0 -.763D0 -.477d+0\n' >fortran.xyz
ends 0 "$QMTRAJ" energy --json fortran.xyz
says "$energy"
ends 0 "$QMTRAJ" label fortran.xyz -o labelled.extxyz
grep -q '^H 0 7.63e-1 -4.77e-01 ' labelled.extxyz || fail "the exponents of labelled frames"
printf '$coord angs\n0 0 1.19D-01 o\n0 0.763 -0.477 h\n0 -0.763 -0.477 h\n$end\n' >fortran.coord
ends 0 "$QMTRAJ" energy --json fortran.coord
says "$energy"

# a coord file that is cut off
head -n 4 fortran.coord >short.coord
ends 3 "$QMTRAJ" energy short.coord
says "short.coord:4: the file ends within \$coord, without \$end; it is cut off"
sed 's/angs/angs natoms=4/' fortran.coord >four.coord
ends 3 "$QMTRAJ" energy four.coord
says "four.coord:1: \$coord announces 4 atoms, but 3 follow"
sed 's/angs/angs natoms = 3/' fortran.coord >three.coord
ends 0 "$QMTRAJ" energy --json three.coord
says "$energy"

# a decimal comma is no list
for value in 298,15 0,5 300,7; do
    ends 2 "$QMTRAJ" run --config short.yaml --set "temperature_K=$value" --dry-run water.xyz
    says "temperature_K = \"$value\" may be a number with a decimal comma; write ${value/,/.}, or [${value/,/, }] for a list"
    (cat short.yaml; echo "temperature_K: $value") | grep -v '^temperature_K: [0-9]*$' >comma.yaml
    ends 2 "$QMTRAJ" run --config comma.yaml --dry-run water.xyz
    says "may be a number with a decimal comma"
done
ends 2 "$QMTRAJ" run --config short.yaml --set "temperature_K=300 310" --dry-run water.xyz
says "there is no comma between 300 and 310; write a list as [300, 310]"
ends 2 "$QMTRAJ" run --config short.yaml --set "temperature_K=300 K" --dry-run water.xyz
says "K is no number; units are not written here"
for value in 300,400 '[298, 15]' '300, 310' 298.15,310; do
    ends 0 "$QMTRAJ" run --config short.yaml --set "temperature_K=$value" --dry-run water.xyz
done
sed '/^temperature_K/d' short.yaml >list.yaml
echo 'temperature_K: [298, 15]' >>list.yaml
ends 0 "$QMTRAJ" run --config list.yaml --dry-run water.xyz

# a name with a character that nobody sees is changed, which is said, and no other name is taken
for bytes in '\342\200\256' '\342\200\250' '\342\200\213'; do
    sed "2s/.*/name=$(printf "a${bytes}b")/" water.xyz >unseen.xyz
    ends 0 "$QMTRAJ" run --config short.yaml --dry-run unseen.xyz
    says 'cannot be a folder and becomes "a_b"' "# a_b "
done

# coordinates of an SDF have ten columns each, and touch where they are large
printf 'hcl\n  prog\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n-1000.0000-2000.0000-3000.0000 Cl  0  0\n-1000.0000-2000.0000-3001.3000 H   0  0\n' >wide.sdf
printf '  1  2  1  0\nM  END\n$$$$\n' >>wide.sdf
ends 0 "$QMTRAJ" energy --json wide.sdf
says '"atomic_numbers":[17,1]' '[-1000.0,-2000.0,-3001.3]'
# ... but blanks count where they part four words
printf 'hcl\n  prog\n\n  2  1  0  0  0  0  0  0  0  0999 V2000\n    0.123400  0.200000  0.300000 Cl  0  0\n    0.123400  0.200000  1.600000 H   0  0\n' >points.sdf
printf '  1  2  1  0\nM  END\n$$$$\n' >>points.sdf
ends 0 "$QMTRAJ" energy --json points.sdf
says '0.2,1.6]]'
