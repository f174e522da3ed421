# Files of many formats, names from folders, standard input, pipes, keys as options.
source "$(dirname "$0")/support.sh"

# the same water from each of them
ends 0 "$QMTRAJ" energy --json water.xyz
energy=$(grep -o '"energy":-[0-9.]*' out) # and not its unit, which says "energy", too
printf 'water\n  prog              3D\n\n  3  2  0  0  0  0  0  0  0  0999 V2000\n' >water.sdf
printf '    0.0000    0.0000    0.1190 O   0  0\n    0.0000    0.7630   -0.4770 H   0  0\n    0.0000   -0.7630   -0.4770 H   0  0\n' >>water.sdf
printf '  1  2  1  0\n  1  3  1  0\nM  END\n$$$$\n' >>water.sdf
printf '$coord angs\n0 0 0.119 o\n0 0.763 -0.477 h\n0 -0.763 -0.477 h\n$end\n' >coord
gzip -c water.xyz >packed.xyz.gz
cp water.xyz water.extxyz
for file in water.sdf coord packed.xyz.gz water.extxyz; do
    ends 0 "$QMTRAJ" energy --json "$file"
    says "$energy"
done
head -c 40 packed.xyz.gz >short.xyz.gz
ends 3 "$QMTRAJ" energy short.xyz.gz
says "short.xyz.gz: this gzip file is damaged or cut off; copy or make it again"
grep -q "bytes" err && fail "a limit that has nothing to do with it"
"$QMTRAJ" energy --json - <packed.xyz.gz >out 2>err || fail "standard input"
says "$energy" '"name":"stdin"'

# what is not read is named, with the way out
printf 'HETATM    1  O   HOH A   1       0.000   0.000   0.119  1.00  0.00           O\n' >w.pdb
printf '{"schema_name":"qcschema_molecule","symbols":["H"],"geometry":[0,0,0]}' >w.json
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n' >lfs.xyz
printf '<!DOCTYPE html><html></html>\n' >page.xyz
printf 'POSCAR\n1.0\n5 0 0\n0 5 0\n0 0 5\nH\n1\nDirect\n0 0 0\n' >POSCAR
printf '3 C\nO H\n1 1 0 0 0\n2 2 0 0 1\n3 2 0 1 0\n' >w.gen
printf '@<TRIPOS>MOLECULE\nw\n' >w.mol2
for pair in 'w.pdb=obabel -ipdb "w.pdb" -O "w.xyz"' 'w.json=qcelemental' 'lfs.xyz=git lfs pull' 'page.xyz=a web page' \
    'POSCAR=a POSCAR' 'w.gen=a gen file' 'w.mol2=a Tripos mol2'; do
    ends 3 "$QMTRAJ" energy "${pair%%=*}"
    says "${pair#*=}"
done
# a drawing without its hydrogen atoms is not a molecule
sed 's/^  3  2/  1  0/; /H   0  0/d; /^  1  [23]/d' water.sdf >bare.sdf
ends 3 "$QMTRAJ" energy bare.sdf
says "hydrogen atoms are missing"

# folders name files of one name
mkdir -p a b
cp water.xyz a/struc.xyz
cp ammonia.xyz b/struc.xyz
ends 0 "$QMTRAJ" run --config short.yaml --dry-run a/struc.xyz b/struc.xyz
says "# a " "# b "
ends 0 "$QMTRAJ" run --config short.yaml --dry-run --name-from folder a/struc.xyz
says "# a "
ends 3 "$QMTRAJ" run --config short.yaml --dry-run --all-or-nothing --name-from file a/struc.xyz b/struc.xyz
says "was taken before"

# no folder and no empty pipe is waited for
ends 5 timeout 20 "$QMTRAJ" energy a
says ": this is a folder, give a file"
mkfifo pipe
ends 5 timeout 20 "$QMTRAJ" energy pipe
says "a pipe into which nobody writes"
cat water.xyz >pipe &
ends 0 timeout 20 "$QMTRAJ" energy --json pipe
says "$energy"
wait

# keys of the configuration as options
ends 0 "$QMTRAJ" run --config short.yaml --length_ps 0.1 --charge=0 --dry-run water.xyz
says "length_ps: 0.1"
ends 0 "$QMTRAJ" run --config short.yaml --charge -2 --dry-run water.xyz
says "charge -2"
ends 2 "$QMTRAJ" run --config short.yaml --temperature 400 --dry-run water.xyz
says "--temperature: write --set temperature_K=400"
ends 2 "$QMTRAJ" run --config short.yaml --seed=3 --dry-run water.xyz
says "--seed: write --set random_seed=3"
# what is proposed is understood
while read -r option words; do
    ends 2 "$QMTRAJ" run --config short.yaml $option --dry-run water.xyz
    says "write $words"
    ends 0 "$QMTRAJ" run --config short.yaml $words --dry-run water.xyz
done <<'WORDS'
--gfn=1 --set method=GFN1-xTB
--gfn=2 --set method=GFN2-xTB
--gbsa=water --set solvation_model=gbsa --set solvent=water
--alpb=water --set solvent=water
--etemp=500 --set electronic_temperature_K=500
WORDS
ends 2 "$QMTRAJ" energy --gfn 1 water.xyz
says "--gfn: write --set method=GFN1-xTB"
ends 2 "$QMTRAJ" run --config short.yaml --length 5 --dry-run water.xyz
says "--set length_ps=5"

# isotopes are masses, in the file and its metadata, and pass the check
printf '3\n\nO 0 0 0.119\nD 0 0.763 -0.477\nH 0 -0.763 -0.477\n' >hod.xyz
ends 0 "$QMTRAJ" run --config short.yaml -o iso hod.xyz
/usr/bin/python3 - <<'PYTHON' || fail "the mass of deuterium is not in the file"
import json, numpy
data = numpy.load("iso/hod/trajectory.npz")
assert abs(data["masses"][1] - 2.014102) < 1e-5 and abs(data["masses"][2] - 1.008) < 1e-5
assert json.loads(str(data["metadata"]))["isotopes"] == [0, 2, 0]
PYTHON
ends 0 "$QMTRAJ" check iso

# deuterium goes through extended XYZ as a mass
ends 0 "$QMTRAJ" convert iso/hod/trajectory.npz --to extxyz -o hod2.xyz
head -n 5 hod2.xyz | sed 's/name="hod"/name="again"/' >again.xyz
ends 0 "$QMTRAJ" run --config short.yaml -o iso again.xyz
says "is read as 2H"
/usr/bin/python3 - <<'PYTHON' || fail "the mass of deuterium got lost in extended XYZ"
import numpy
assert numpy.allclose(numpy.load("iso/again/trajectory.npz")["masses"], numpy.load("iso/hod/trajectory.npz")["masses"])
PYTHON

# Turbomole says the state in groups of its own
for group in '$charge 2' '$chrg=2' '$set\n chrg 2' '$charge from ridft\n 2.000 (not to be modified here)' '$eht charge=2 unpaired=0'; do
    printf '$coord\n 0 0 0.2254 o\n 0 1.4423 -0.9015 h\n 0 -1.4423 -0.9015 h\n%b\n$end\n' "$group" >coord
    ends 0 "$QMTRAJ" energy --json coord
    says '"charge":2' '"charge_source":"coord'
done
for spin in '$spin 2' '$spin\n 2' '$spin\n# none of the state\n\n 2' '$uhf\n 2.0' '$uhf=2' '$multiplicity\n 3'; do
    printf '$coord\n 0 0 0.2254 o\n 0 1.4423 -0.9015 h\n 0 -1.4423 -0.9015 h\n%b\n$end\n' "$spin" >coord
    ends 0 "$QMTRAJ" energy --json coord
    says '"multiplicity":3' '"multiplicity_source":"coord'
done
printf '$coord\n 0 0 0.2254 o\n 0 1.4423 -0.9015 h\n 0 -1.4423 -0.9015 h\n$chrg\n$end\n' >coord
ends 3 "$QMTRAJ" energy coord
says 'the group "$chrg" may mean a charge'
printf '$coord\n 0 0 0.2254 o\n 0 1.4423 -0.9015 h\n 0 -1.4423 -0.9015 h\n$charge file=control\n$end\n' >coord
ends 3 "$QMTRAJ" energy coord
says 'the group "$charge file=control" may mean a charge'
ends 0 "$QMTRAJ" energy --set charge=0 coord
printf '$coord\n 0 0 0.2254 o\n 0 1.4423 -0.9015 h\n 0 -1.4423 -0.9015 h\n$alpha shells\n a 1-5\n$end\n' >coord
ends 3 "$QMTRAJ" energy coord
says 'the group "$alpha shells" may mean a multiplicity'

ends 3 "$QMTRAJ" run --config short.yaml -o list --smiles-file hod.xyz
says "hod.xyz: an XYZ file, not a list of SMILES"

# what may be in bohr, or in another state than that of the ground, is told and recorded
printf '3\n\nO 0 0 .22537\nH 0 1.44231 -.90148\nH 0 -1.44231 -.90148\n' >bohr.xyz
ends 0 "$QMTRAJ" run --config short.yaml -o units bohr.xyz
says "are the coordinates in bohr?"
[ "$(cat out err | grep -c 'are the coordinates in bohr')" = 1 ] || fail "it is not told once"
grep -q start_distances units/bohr/run.json || fail "run.json does not say that the start may be in bohr"
printf '2\nname=h2 charge=1 multiplicity=2\nH 0 0 0\nH 0 0 1.1\n' >one_electron.xyz # is a bond
ends 0 "$QMTRAJ" run --config short.yaml -o units one_electron.xyz
if grep -q "coordinates in bohr" out err; then fail "the bond of one electron counts as none"; fi
printf '2\n\nO 0 0 0\nO 0 0 1.2\n' >o2.xyz
ends 0 "$QMTRAJ" energy o2.xyz
says "multiplicity 1 is computed, which nobody asked for; the ground state has 3"

# columns of lists say the state, too, and may not contradict the SMILES; a build without RDKit makes no geometries
grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt" && exit 0
# nobody gave coordinates of a SMILES
ends 0 "$QMTRAJ" run --config short.yaml -o units --smiles '[Ba]=O=baria'
says "it was made from the SMILES, an XYZ file may have a better one"
grep -q start_distances units/baria/run.json || fail "run.json does not say that the start is tight"
printf 'smiles,name,charge\n[OH-],hydroxide,-1\nO,water,None\n' >states.csv
ends 0 "$QMTRAJ" energy --json states.csv
printf 'smiles,name,charge\nO,water,2\n' >states.csv
ends 3 "$QMTRAJ" energy states.csv
says 'charge 2 by the list "2", but the SMILES "O" has charge 0'
# whole numbers as floating point numbers, as a column with gaps is written
for column in multiplicity,3.0 uhf,2.0; do
    printf 'smiles,name,charge,%s\n[O][O],oxygen,0.0,%s\nC,methane,,\n' ${column%,*} ${column#*,} >gaps.csv
    ends 0 "$QMTRAJ" run --config short.yaml --dry-run gaps.csv
    grep -q 'oxygen .*charge +0  multiplicity 3 ' out && grep -q 'methane .*multiplicity 1 ' out || fail "$column is read otherwise"
    sed -i 's/,[23]\.0$/,2.5/' gaps.csv
    ends 1 "$QMTRAJ" run --config short.yaml --dry-run gaps.csv
    says 'gaps.csv:2: "2.5" is not a'
done
printf 'smiles,name,uhf\nO=O,oxygen,2\n' >states.csv
ends 0 "$QMTRAJ" energy --json states.csv
says '"multiplicity":3'
printf 'smiles,name,spin\nO=O,oxygen,1\n' >states.csv
ends 3 "$QMTRAJ" energy states.csv
says 'the column spin may mean unpaired electrons or a multiplicity'
