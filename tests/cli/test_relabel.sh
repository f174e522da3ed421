# qmtraj dataset --for psi4, pyscf, orca and --collect: inputs of another program, and its results as REF_ labels. The
# results are made here; tests/clients/psi4.sh has those of Psi4 itself.
source "$(dirname "$0")/support.sh"

printf '3\ncharge=0\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n' >water.xyz
printf '2\ncharge=0 multiplicity=2\nO 0 0 0\nH 0 0 0.97\n' >oh.xyz
printf 'length_ps: 0.05\nequilibration_ps: 0\nnve_every_ps: 0\n' >c.yaml
ends 0 "$QMTRAJ" run --config c.yaml --out md water.xyz oh.xyz
ends 0 "$QMTRAJ" dataset md --for psi4 --level HF/STO-3G --n 5 --split 80/20 --by block -o psi4
ends 0 "$QMTRAJ" dataset md --for orca --n 5 --split 80/20 --by block -o orca
ends 0 "$QMTRAJ" dataset md --for pyscf --level PBE0-D3BJ/def2-SVP --n 5 --split 80/20 --by block -o pyscf

# every frame has its input, with its state, method and basis
[ "$(ls psi4/train psi4/valid | grep -c '\.dat$')" = 10 ] || fail "an input for each of 10 frames"
[ "$(cat psi4/train/*.dat | grep -c '^0 2$')" = 4 ] && [ "$(grep -l 'reference uhf' psi4/train/*.dat | wc -l)" = 4 ] ||
    fail "the radical in Psi4"
grep -q '^basis STO-3G$' psi4/valid/000000.dat && grep -q 'gradient("HF"' psi4/valid/000000.dat || fail "level of Psi4"
grep -q '^! wB97M-D3BJ def2-TZVPPD EnGrad' orca/train/000000.inp && grep -q '^\* xyz 0 [12]$' orca/train/000000.inp || fail ORCA
grep -q 'mf.xc = "PBE0"' pyscf/train/000000.py && grep -q 'mf.disp = "d3bj"' pyscf/train/000000.py || fail PySCF
cmp psi4/train.extxyz orca/train.extxyz || fail "the frames are the same"
grep -q ' xtb_energy=-' psi4/train.extxyz && ! grep -q 'REF_energy' psi4/train.extxyz || fail "labels at hand"
if command -v python3 >/dev/null; then
    for script in pyscf/train/*.py; do
        python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' $script || fail "$script is no Python"
    done
fi

# results SET ENDING: one for each frame, with energy -(frame + 1) and the gradient 0.01 (i + 1) in atomic units
results() {
    awk -v set="$1" -v ending="$2" -v part="$3" '
        NF == 1 { n = $1; getline; file = sprintf("%s/%s/%06d%s", set, part, frame++, ending)
            g = ""; x = ""; lines = ""; engrad = ""
            for (a = 0; a < n; a++) { getline
                for (k = 2; k <= 4; k++) { value = sprintf("%.10f", $k / 0.529177210903); i = 3 * a + k - 2
                    x = x (x == "" ? "" : ", ") value; g = g (g == "" ? "" : ", ") 0.01 * (i + 1)
                    engrad = engrad sprintf("   %.12f\n", 0.01 * (i + 1)) }
                lines = lines sprintf("  %d %.7f %.7f %.7f\n", $1 == "O" ? 8 : 1, $2 / 0.529177210903, $3 / 0.529177210903, $4 / 0.529177210903) }
            if (ending == ".json") printf "{\"energy\": %d.5, \"gradient\": [%s], \"geometry\": [%s]}\n", -frame, g, x >file
            else printf "#\n# Number of atoms\n#\n %d\n#\n# Energy\n#\n %d.5\n#\n# gradient\n#\n%s#\n# atoms\n#\n%s", n, -frame, engrad, lines >file
            close(file) }' "$1/$3.extxyz"
}
ends 3 "$QMTRAJ" dataset psi4 --collect -o ref
says "none of its 10 inputs has a result" "run.sh"
[ ! -e ref ] && [ ! -e ref.part ] || fail "a folder without results"
for part in train valid; do
    results psi4 .json $part
    results orca .engrad $part
done
ends 0 "$QMTRAJ" dataset psi4 --collect -o ref
says "10 of 10 frames"
ends 0 "$QMTRAJ" dataset orca --collect -o ref_orca
[ "$(grep -c 'label_method="HF/STO-3G"' ref/train.extxyz)" = 8 ] || fail "the level stands there"
diff <(sed 's/ label_method=.*//' ref/train.extxyz) <(sed 's/ label_method=.*//' ref_orca/train.extxyz) || fail "ORCA and JSON"
# -1.5 hartree in eV, 0.01 hartree/bohr in eV/angstrom; what was there stays
grep -q ' xtb_energy=-.* energy=-40.817079[0-9]* free_energy=-40.817079[0-9]* REF_energy=-40.817079' ref/train.extxyz || fail "the energy of frame 0"
awk 'NR == 3 { n = NF; exit !($(n - 5) < -0.51422 && $(n - 5) > -0.51423 && $n == $(n - 3) && NF == 13) }' ref/train.extxyz || fail "its forces"
[ "$(wc -l <ref/missing.tsv)" = 1 ] || fail "nothing is missing"
cut -d' ' -f1-7 psi4/train.extxyz | grep '^[OH]' | cmp - <(cut -d' ' -f1-7 ref/train.extxyz | grep '^[OH]') || fail "columns stay"

# what is missing, broken, of another geometry or not finite is listed and left out
rm psi4/train/000001.json
echo '{"energy": -1' >psi4/train/000002.json
cp psi4/train/000000.json psi4/train/000003.json
sed -i 's/"energy": -5.5/"energy": 1e999/' psi4/train/000004.json
sed -i 's/"gradient": \[0.01, /"gradient": [/' psi4/train/000005.json
# its program turned the molecule by a degree, its forces with it; rounding to six decimals of a bohr is no other place
/usr/bin/python3 - <<'PYTHON'
import json, math
result = json.load(open("psi4/train/000006.json"))
x = result["geometry"]
for i in range(0, len(x), 3):
    x[i], x[i + 1] = (math.cos(math.pi / 180) * x[i] - math.sin(math.pi / 180) * x[i + 1],
                      math.sin(math.pi / 180) * x[i] + math.cos(math.pi / 180) * x[i + 1])
json.dump(result, open("psi4/train/000006.json", "w"))
result = json.load(open("psi4/train/000007.json"))
result["geometry"] = [round(x, 6) for x in result["geometry"]]
json.dump(result, open("psi4/train/000007.json", "w"))
PYTHON
ends 1 "$QMTRAJ" dataset psi4 --collect -o part
says "6 of 10 frames have no result"
[ "$(cut -f1,2 part/missing.tsv | tail -n +2 | tr '\t\n' '  ')" = "train 1 train 2 train 3 train 4 train 5 train 6 " ] || fail "missing.tsv"
grep -q "there is no result" part/missing.tsv && [ "$(grep -c "another geometry" part/missing.tsv)" = 2 ] && grep -q "is not a list of" part/missing.tsv ||
    fail "reasons"
sed -i '8s/[0-9]/x/' orca/train/000001.engrad
sed -i '$d' orca/train/000002.engrad
ends 1 "$QMTRAJ" dataset orca --collect -o part_orca
grep -q "is not a number" part_orca/missing.tsv && grep -q "not whole" part_orca/missing.tsv || fail "ORCA's files"

# wrong words
ends 2 "$QMTRAJ" dataset md --collect -o none
says relabel.json
ends 2 "$QMTRAJ" dataset psi4 orca --collect -o none
ends 2 "$QMTRAJ" dataset psi4 --collect -o ref
for level in HF /STO-3G HF/ 'HF/STO 3G' 'HF/"x' "HF/$(printf 'a\nb')"; do
    ends 2 "$QMTRAJ" dataset md --for psi4 --level "$level" -o none
    [ ! -e none ] && [ ! -e none.part ] || fail "begun with level $level"
done

# what is kept under another name is said once for each part, not with every frame
ends 0 "$QMTRAJ" run --config c.yaml --set 'properties=[charges, dipole]' --out charged water.xyz
ends 0 "$QMTRAJ" dataset charged --for psi4 --n 10 --split 80/20 -o quiet
for part in train valid; do results quiet .json $part; done
ends 0 "$QMTRAJ" dataset quiet --collect -o quietly
says "REF_charges of the input is kept" "further notes of the same kinds"
[ "$(grep -c 'of the input is kept as' err)" = "$(grep 'of the input is kept as' err | sed 's/:[0-9]*:/:/' | sort -u | wc -l)" ] ||
    fail "said twice: $(cat err)"
