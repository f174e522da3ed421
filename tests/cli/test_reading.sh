# Files as other programs write them: what means one thing is read so, and what does not ends with a sentence.
source "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" energy --json water.xyz
energy=$(grep -o '"energy":[^,]*' out)

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
