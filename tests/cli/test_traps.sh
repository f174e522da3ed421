# Bad input of every kind, through the program: one sentence with place, value and way out, the right
# code, and no file of a trajectory. What is odd but right runs.
source "$(dirname "$0")/support.sh"
atoms='O 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n'

# refused CODE SENTENCE WORDS...: `qmtraj run` refuses with this in its one last sentence
refused() {
    local code=$1 sentence=$2
    shift 2
    ends "$code" timeout 20 "$QMTRAJ" run --out o "$@"
    [ "$(grep -c '^qmtraj: ' err)" = 1 ] || fail "not one sentence"
    grep -qF -e "$sentence" <(tail -1 err) || fail "does not say: $sentence"
    [ ! -e o ] || fail "something was begun"
}

# xyz CODE SENTENCE CONTENT, yaml ..., smi ...: the same with a file of this content (printf escapes)
xyz() {
    printf -- "$3" >t.xyz
    refused "$1" "$2" --config short.yaml t.xyz
}
yaml() {
    printf -- "$3" >t.yaml
    refused "$1" "$2" --config t.yaml water.xyz
}
smi() {
    printf -- "$3" >t.smi
    refused "$1" "$2" --config short.yaml --all-or-nothing --smiles-file t.smi
}

# runs NAME CONTENT WORDS...: a trajectory is made
runs() {
    local name=$1
    printf -- "$2" >"$name.xyz"
    shift 2
    ends 0 "$QMTRAJ" run --config short.yaml --out good "$@" "$name.xyz"
}

# F2: XYZ files
for good in '3\r\n\r\nO 0 0 0.119\r\nH 0 0.763 -0.477\r\nH 0 -0.763 -0.477\r\n' \
    '3\n\n\tO\t0\t0\t0.119\nH\t0 0.763\t-0.477  \nH 0 -0.763 -0.477' "\xef\xbb\xbf3\n\n$atoms" \
    '3\n\no 0 0 0.119\nh 0 0.763 -0.477\nh 0 -0.763 -0.477\n' \
    '3\n\n8 0 0 0.119\n1 0 0.763 -0.477\n1 0 -0.763 -0.477\n' \
    '3\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-5 pbc="F F F"\nO 0 0 0.119 1 1 1\nH 0 0.763 -0.477 1 1 1\nH 0 -0.763 -0.477 1 1 1\n'; do
    printf -- "$good" >water_odd.xyz
    ends 0 "$QMTRAJ" energy --json water_odd.xyz
    grep -o '"energy":[^,]*' out >energy
    ends 0 "$QMTRAJ" energy --json water.xyz
    grep -o '"energy":[^,]*' out | cmp - energy || fail "another energy: $good"
done
xyz 3 't.xyz:1: 3 atoms are announced, but only 2 lines follow' "3\n$atoms"
xyz 3 't.xyz:5: "H ..." is not a number of atoms' "2\n\n$atoms"
xyz 3 't.xyz:1: 4 atoms are announced, but only 3 lines follow' "4\n\n$atoms"
xyz 3 't.xyz:1: 1000000000000000000 atoms are announced' "1000000000000000000\n\n$atoms"
xyz 3 't.xyz:1: the number of atoms "99999999999999999999999" is too large' "99999999999999999999999\n\n$atoms"
xyz 3 't.xyz:1: "1e18" is not a number of atoms' "1e18\n\n$atoms"
xyz 3 't.xyz:1: the number of atoms "0" is too small' '0\n\n'
xyz 3 't.xyz:1: the number of atoms "-3" is too small' "-3\n\n$atoms"
xyz 3 't.xyz:3: the z coordinate "1.0D" is not a number' '1\n\nHe 0 0 1.0D\n'
xyz 3 't.xyz:3: the x coordinate "NaN" is not finite' '1\n\nHe NaN 0 0\n'
xyz 3 't.xyz:3: the y coordinate "-inf" is not finite' '1\n\nHe 0 -inf 0\n'
xyz 3 't.xyz:3: the y coordinate "0x10" is not a number' '1\n\nHe 0 0x10 0\n'
xyz 3 't.xyz:3: the y coordinate "0,5" is not a number: write a point' '1\n\nHe 0 0,5 0\n'
xyz 3 't.xyz:3: the y coordinate 1e300 is beyond' '1\n\nHe 0 1e300 0\n'
xyz 3 't.xyz:3: the y coordinate "1e999" is too large' '1\n\nHe 0 1e999 0\n'
xyz 3 't.xyz:3: atom 1 of 1 has 3 columns' '1\n\nHe 0 0\n'
xyz 3 't.xyz:6: "what ..." is not a number of atoms' "3\n\n${atoms}what is this\n"
xyz 3 't.xyz: the file is empty' ''
xyz 3 't.xyz:2: a zero byte: this is a binary file or UTF-16' '1\n\0\nHe 0 0 0\n'
xyz 3 'begins with the number of atoms' '\n\n\n'
for dummy in X Bq Du 0; do
    xyz 3 "t.xyz:4: \"$dummy\" is a dummy atom, which has no electrons; remove the line" "2\n\nHe 0 0 0\n$dummy 0 0 3\n"
done
xyz 3 't.xyz:2: Lattice= without pbc= is a periodic cell' "3\nLattice=\"9 0 0 0 9 0 0 0 9\"\n$atoms"
xyz 3 't.xyz:2: pbc="T T F" is periodic' "3\npbc=\"T T F\"\n$atoms"
xyz 3 't.xyz:2: Properties=pos:R:3 names no species:S:1' '1\nProperties=pos:R:3\n0 0 0\n'
xyz 3 't.xyz:2: charge=1.5 is no charge; a whole number' "3\ncharge=1.5\n$atoms"
xyz 3 't.xyz:2: multiplicity=0 is no multiplicity; a whole number from 1' "3\nmultiplicity=0\n$atoms"
runs frames "3\n\n${atoms}\n\n3\n\n$atoms\n\n"
[ -s good/frames_0001/trajectory.npz ] && [ -s good/frames_0002/trajectory.npz ] || fail "not two frames"

# F3: configurations
yaml 2 't.yaml:1:1: unknown key "temprature_K", did you mean temperature_K?' 'temprature_K: 3\n'
yaml 2 't.yaml:1:1: unknown key "Length_PS", did you mean length_ps?' 'Length_PS: 3\n'
yaml 2 't.yaml:2:1: duplicate key length_ps, first on line 1' 'length_ps: 3\nlength_ps: 3\n'
yaml 2 't.yaml:1:8: dt_fs wants a number, got text in quotes "1e-3"; remove the quotes' 'dt_fs: "1e-3"\n'
yaml 2 't.yaml:1:11: optimize wants true or false, got "no"' 'optimize: no\n'
yaml 2 't.yaml:1:9: method = "no" is unknown (GFN2-xTB or GFN1-xTB)' 'method: no\n'
yaml 2 't.yaml:1:11: ensemble = "NPT" is unknown, did you mean nvt?' 'ensemble: NPT\n'
yaml 2 't.yaml:2:1: a tab; YAML wants spaces' 'dt_fs: 1\n\tlength_ps: 3\n'
yaml 2 't.yaml:1:1: unknown key "a"' 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n'
yaml 2 't.yaml:1:12: anchors (&name) are not allowed' 'length_ps: &a 3\n'
yaml 2 't.yaml:1:12: aliases (*name) are not allowed' 'length_ps: *a\n'
yaml 2 't.yaml:1:12: tags (!name) are not allowed' 'length_ps: !!float 3\n'
yaml 2 't.yaml:1:8: dt_fs = 0 is out of range, wants >= 0.0001' 'dt_fs: 0\n'
yaml 2 't.yaml:1:8: dt_fs = -1 is out of range' 'dt_fs: -1\n'
yaml 2 't.yaml:1:22: save_interval_steps = 0 is out of range, wants >= 1' 'save_interval_steps: 0\n'
yaml 2 't.yaml:1:22: save_interval_steps wants a whole number, got 1.5' 'save_interval_steps: 1.5\n'
yaml 2 't.yaml:1: length_ps = 0.0003 ps is not a whole number of steps of dt_fs = 0.25; the nearest is 0.00025' 'length_ps: 0.0003\n'
yaml 2 't.yaml:2: length_ps = 1000000000.0 ps at dt_fs = 0.001 is 1e+15 steps' 'dt_fs: 0.001\nlength_ps: 1e9\n'
yaml 2 't.yaml:1: save_interval_steps = 1000000 is longer than the run of 120000 steps' 'save_interval_steps: 1000000\n'
yaml 2 't.yaml:1:12: length_ps wants a number, got text "1e400"' 'length_ps: 1e400\n'
yaml 2 't.yaml:1:12: length_ps wants a number, got text ".nan"' 'length_ps: .nan\n'
yaml 2 't.yaml:1:14: random_seed: write 010 without leading zeros' 'random_seed: 010\n'
yaml 2 't.yaml:1:14: random_seed = 9007199254740993 is out of range' 'random_seed: 9007199254740993\n'
yaml 2 't.yaml:1:12: length_ps wants a number, got text in quotes "1 "; remove the quotes' 'length_ps: |\n  1\n'
yaml 2 't.yaml:1:14: random_seed wants a whole number, got text "0x10"' 'random_seed: 0x10\n'
yaml 2 't.yaml:1:11: length_ps wants a number, got nothing; give one or remove the key' 'length_ps:\n'
yaml 2 't.yaml:1:12: length_ps wants one value, got a list' 'length_ps: [1]\n'
yaml 2 't.yaml:1:12: length_ps wants one value, got a nested block' 'length_ps: {a: 1}\n'
yaml 2 't.yaml:1:1: wants lines of "key: value", got a list' '- a\n'
yaml 2 't.yaml:1:1: wants lines of "key: value"; is the space after the colon missing?' 'length_ps:3\n'
yaml 2 't.yaml:3:1: a second document (---)' '---\ndt_fs: 1\n---\ndt_fs: 1\n'
yaml 2 't.yaml: byte 8' 'dt_fs: \xff\n'
yaml 2 't.yaml:2:1: found unexpected end of stream' 'method: "GFN2\n'
yaml 2 't.yaml:1:1: wants lines' "$(printf '[%.0s' $(seq 3000))"
refused 3 '/dev/zero: larger than 1048576 bytes' --config /dev/zero water.xyz
refused 2 '--set temprature_K=3: unknown key "temprature_K", did you mean temperature_K?' --set temprature_K=3 water.xyz
refused 2 'wants key=value' --set dt_fs water.xyz
printf 'length_ps: 5e-2 # a number\nequilibration_ps: 1e-2\nnve_every_ps: 0\noptimize: False\n' >t.yaml
ends 0 "$QMTRAJ" run --config t.yaml --dry-run water.xyz
says 'length_ps: 0.05' 'optimize: false'

# F1: SMILES, with line and column
smi 3 't.smi:1: the extension behind "CC" marks radicals' 'CC |^1:0| ethyl\n'
smi 3 't.smi:2: the column of the SMILES is empty' 'smiles,name\n,a\n'
smi 3 't.smi:2:1: the name "a" was taken before at t.smi:1:1' 'C a\nCC a\n'
smi 3 't.smi:1:2: a byte 0xc3 in the SMILES' 'C\xc3\xa4 m\n'
smi 3 't.smi:1:2: a byte 0x22 in the SMILES "C"C"' 'C"C m\n'
smi 3 't.smi: no molecule in the file' '# nothing\n'
if "$QMTRAJ" run --config short.yaml --smiles-file <(echo 'C m') --dry-run >/dev/null 2>&1; then
    smi 3 't.smi:1:1: the SMILES "C(C" is not a molecule: extra open parentheses' 'C(C ethane\n'
    smi 3 't.smi:2:1: the SMILES "C1CC" is not a molecule: unclosed ring' 'CC ok\nC1CC x\n'
    smi 3 't.smi:1:1: the SMILES "C(C)(C)(C)(C)C" is not a molecule: Explicit valence' 'C(C)(C)(C)(C)C x\n'
    smi 3 'permitted; if this is meant, give an XYZ file' 'FCl(F)F x\n'
    smi 3 't.smi:1:1: the SMILES "[99CH4]" holds 99C, whose mass is not known' '[99CH4] x\n'
    smi 3 'leaves several electrons unpaired on one atom; give its multiplicity' 'F[C]F x\n'
    smi 3 't.smi:1:1: the SMILES "*C" is not a molecule: it contains a dummy atom' '*C x\n'
    smi 3 't.smi:1:1: the SMILES "C.C" holds 2 separate molecules' 'C.C x\n'
    smi 3 't.smi:1:1: the SMILES "[Fr+]" holds element 87' '[Fr+] x\n'
    smi 3 't.smi:1:1: a SMILES of 5000 bytes, 4000 are possible' "$(printf 'C%.0s' $(seq 5000)) x\n"
    smi 3 't.smi:1:1: no geometry for the SMILES' "$(printf 'C%.0s' $(seq 3900)) x\n"
fi

# G1: geometry
xyz 3 't: atoms 2 (H) and 3 (H) are 0.000 angstrom apart' '3\n\nO 0 0 0\nH 0 0 1\nH 0 0 1\n'
xyz 3 't: atoms 1 (H) and 2 (H) are 0.290 angstrom apart, less than 0.3' '2\n\nH 0 0 0\nH 0 0 0.29\n'
runs short_bond '2\n\nH 0 0 0\nH 0 0 0.55\n'
says 'warning: short_bond: atoms 1 (H) and 2 (H) are only 0.550 angstrom apart'
{
    printf '20000\n\n'
    for i in $(seq 20000); do printf 'Rn %d 0 0\n' $((5 * i)); done
} >crowd.xyz
refused 3 'crowd: 20000 atoms with 180000 orbitals need about' --config short.yaml crowd.xyz

# degrees of freedom: 3N-3 with the thermostat; 3N-6, linear 3N-5, without; one atom has none
dof() {
    local name=$1 nvt=$2 nve=$3
    /usr/bin/python3 - "$name" "$nvt" "$nve" <<'PYTHON' || fail "$name is not right"
import json, sys
import numpy as np
name = sys.argv[1]
for out, dof in (("good", sys.argv[2]), ("nve", sys.argv[3])):
    data = np.load(f"{out}/{name}/trajectory.npz")
    meta = json.loads(str(data["metadata"]))
    assert meta["dof"] == int(dof), (out, meta["dof"])
    for key in ("pos", "vel", "forces", "Etot"):
        assert np.isfinite(data[key]).all(), key
    mean = meta["summary"]["mean_temperature_K"]
    if int(dof) == 0:
        assert mean is None and abs(data["vel"]).max() < 1e-9 and abs(data["forces"]).max() < 1e-6
    else:
        wanted = 2 * data["Ekin"][:-1].mean() / (meta["dof"] * 0.00831446261815324)
        assert abs(mean / wanted - 1) < 0.1, (mean, wanted)
PYTHON
}
check_dof() {
    runs "$1" "$2"
    runs "$1" "$2" --out nve --set ensemble=nve --set nve_every_ps=0.02 --set nve_window_ps=0.01
    dof "$1" "$3" "$4"
}
check_dof he '1\n\nHe 1 2 3\n' 0 0
check_dof ar '1\n\nAr 0 0 0\n' 0 0
check_dof proton '1\ncharge=1\nH 0 0 0\n' 0 0
check_dof hydrogen '1\nmultiplicity=2\nH 0 0 0\n' 0 0
check_dof h2 '2\n\nH 0 0 0\nH 0 0 0.74\n' 3 1
check_dof co2 '3\n\nC 0 0 0\nO 0 0 1.16\nO 0 0 -1.16\n' 6 4
check_dof hcn '3\n\nH 0 0 -1.07\nC 0 0 0\nN 0 0 1.16\n' 6 4
check_dof bent "3\n\n$atoms" 6 3
check_dof apart "6\n\n${atoms}O 50 0 0.119\nH 50 0.763 -0.477\nH 50 -0.763 -0.477\n" 15 12
printf -- "6\n\n${atoms}O 500 0 0.119\nH 500 0.763 -0.477\nH 500 -0.763 -0.477\n" >far.xyz
ends 0 "$QMTRAJ" energy --json water.xyz far.xyz
/usr/bin/python3 - out <<'PYTHON' || fail "two waters far apart are not two waters"
import json, sys
one, two = [json.loads(line)["energy"] for line in open(sys.argv[1])]
assert abs(two - 2 * one) < 1e-8
PYTHON

# G2: elements and electrons, every molecule looked at before any work
xyz 3 't.xyz:3: no element has the number 87 here; 1 (H) to 86 (Rn) can be computed' '1\n\n87 0 0 0\n'
xyz 3 't.xyz:3: "u" is element 92, beyond the method' '1\n\nu 0 0 0\n'
xyz 3 't.xyz:3: unknown element "Oxx", the nearest is "O"' '1\n\nOxx 0 0 0\n'
xyz 3 't: 8 valence electrons at charge 0 do not go with multiplicity 2' "3\nmultiplicity=2\n$atoms"
xyz 3 't: charge 30 takes more than its 8 valence electrons' "3\ncharge=30\n$atoms"
xyz 3 't: multiplicity 11 wants 10 unpaired electrons, there are 8' "3\nmultiplicity=11\n$atoms"
xyz 3 't: 20 electrons, 0 of them unpaired, do not fit into 6 orbitals' "3\ncharge=-12\n$atoms"
printf '2\n\nN 0 0 0\nO 0 0 1.15\n' >no.xyz
refused 3 'no: 11 valence electrons' --config short.yaml --all-or-nothing water.xyz ammonia.xyz no.xyz

# D5: output folders
ends 0 "$QMTRAJ" run --config short.yaml --out 'a folder/für alles/deep' water.xyz
[ -s 'a folder/für alles/deep/water/trajectory.npz' ] || fail "no trajectory in a folder with blanks"
ln -s 'a folder' link
ends 0 "$QMTRAJ" run --config short.yaml --out link/two water.xyz
[ -s 'a folder/two/water/trajectory.npz' ] || fail "no trajectory behind the link"
ln -s nowhere dangling
touch plain
long=$(printf 'a%.0s' $(seq 300))
while IFS='|' read -r folder sentence; do
    ends 5 "$QMTRAJ" run --config short.yaml --out "$folder" water.xyz
    says "$sentence"
done <<TABLE
dangling|dangling: cannot make the folder: it is a link to nowhere, which does not exist; remove or mend the link
plain|plain: cannot make the folder: Not a directory
plain/x|plain: cannot make the folder: Not a directory
/proc/x|/proc/x: cannot make the folder
$long|File name too long; choose a shorter name
TABLE
ends 2 "$QMTRAJ" run --config short.yaml --out '' water.xyz
says "--out FOLDER is missing"
if [ "$(id -u)" != 0 ]; then
    mkdir readonly && chmod a-w readonly
    ends 5 "$QMTRAJ" run --config short.yaml --out readonly/x water.xyz
    says "Permission denied; check the permissions"
fi
# removed while running: a sentence, and no file comes back under a final name
"$QMTRAJ" run --config short.yaml --set length_ps=20 --out gone water.xyz >out 2>err &
pid=$!
until_there gone/water/trajectory.npz.part
# The program may be writing a new file there at this moment: a try can find the folder not empty.
until rm -rf gone 2>/dev/null; do :; done
code=0
wait $pid || code=$?
[ $code = 5 ] || fail "code $code after the folder was removed, wanted 5"
says "gone/water/"
[ ! -e gone/water/trajectory.npz ] || fail "a trajectory in a folder that was removed"

# T1: never more workers than cores, whatever the variables of thread libraries say
ends 0 env OMP_NUM_THREADS=64 OPENBLAS_NUM_THREADS=64 taskset -c 0 \
    "$QMTRAJ" run --config short.yaml --dry-run water.xyz ammonia.xyz hydroxide.xyz
says "on 1 core"
ends 0 env SLURM_CPUS_PER_TASK=1 "$QMTRAJ" run --config short.yaml --dry-run water.xyz ammonia.xyz
says "on 1 core"
ends 0 "$QMTRAJ" run --config short.yaml --num-workers 50 --dry-run water.xyz
says "on 1 core"
env OMP_NUM_THREADS=64 OPENBLAS_NUM_THREADS=64 \
    "$QMTRAJ" run --config short.yaml --set length_ps=20 --out threads water.xyz >out 2>err &
pid=$!
until_there threads/water/trajectory.npz.part
for worker in $pid $(pgrep -P $pid); do
    threads=$(sed -n 's/^Threads:\t//p' "/proc/$worker/status" 2>/dev/null || true)
    [ -z "$threads" ] || [ "$threads" = 1 ] || fail "process $worker has $threads threads"
done
kill -TERM $pid
wait $pid || true
