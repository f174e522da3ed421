# Commands, options and their mistakes.
source "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" --help
says "Commands" "run" "energy" "Exit codes" "75  stopped on request"
ends 0 "$QMTRAJ" -h
ends 0 "$QMTRAJ" help run
says "--smiles-file" "--omp-num-threads" "qmtraj run --config configs/qm.yaml"
cp out help
ends 0 "$QMTRAJ" run --help
same out help
grep -qi -e "test.fail" out && fail "options for tests are in the help"
ends 0 "$QMTRAJ" help energy
says "qmtraj energy water.xyz"
ends 0 "$QMTRAJ" energy -h
ends 0 "$QMTRAJ" help config --markdown
says '| `temperature_K` | 300 | K |' '| `ensemble` | nvt |'
ends 0 "$QMTRAJ" --version
says "qmtraj " "instruction set" "parameters"
QMTRAJ_ISA=generic ends 0 "$QMTRAJ" version
says "instruction set generic"
QMTRAJ_ISA=altivec ends 2 "$QMTRAJ" version
says "QMTRAJ_ISA=altivec: no such instruction set; choose generic"
ends 0 "$QMTRAJ" --cite
says "10.1021/acs.jctc.8b01176" "10.1063/1.5090222" "@article{Leimkuhler2013" "10.1021/acs.jctc.1c00471"
ends 0 "$QMTRAJ" solvents
says "alpb GFN2-xTB" "gbsa GFN1-xTB" "woctanol" "chloroform"
[ "$(wc -l <out)" = 26 ] || fail "25 solvents and a line of titles"
ends 2 "$QMTRAJ" solvents water
says "takes no words"

ends 2 "$QMTRAJ"
says "no command"
ends 2 "$QMTRAJ" rnu
says "did you mean run?"
ends 2 "$QMTRAJ" --config x
says "--config: unknown option; the first word is a command"
ends 2 "$QMTRAJ" help enregy
says "did you mean energy?"
ends 2 "$QMTRAJ" run --smile-file x
says "--smile-file: unknown option, did you mean --smiles-file?"
ends 2 "$QMTRAJ" run --lenght_ps 5 --out o water.xyz
says "--lenght_ps: unknown option, did you mean --length_ps?"
ends 2 "$QMTRAJ" run --lenght-ps=5 --out o water.xyz
says "did you mean --length_ps?"
ends 2 "$QMTRAJ" run --out
says "--out: its value FOLDER is missing"
ends 2 "$QMTRAJ" run --dry-run=yes
says "--dry-run takes no value"
ends 2 "$QMTRAJ" run --num-workers 0 --out o water.xyz
says "--num-workers 0"
ends 2 "$QMTRAJ" run --out o
says "no molecules: give files (XYZ, SDF, coord), --smiles or --smiles-file"
ends 2 "$QMTRAJ" run water.xyz
says "--out FOLDER is missing"
ends 5 "$QMTRAJ" run --config nowhere.yaml --out o water.xyz
says "nowhere.yaml"
ends 5 "$QMTRAJ" run --out o nowhere.xyz
says "nowhere.xyz"
printf 'lenght_ps: 3\n' >bad.yaml
ends 2 "$QMTRAJ" run --config bad.yaml --out o water.xyz
says 'bad.yaml:1:1: unknown key "lenght_ps", did you mean length_ps?'
ends 2 "$QMTRAJ" run --set dt=1 --out o water.xyz
says "did you mean dt_fs?"
ends 2 "$QMTRAJ" run --set dt_fs=0 --out o water.xyz
says "out of range"
[ ! -e o ] || fail "a mistake on the command line leaves a folder"

# what scripts of the Python pipeline pass on
ends 0 "$QMTRAJ" run --omp-num-threads 4 --dry-run water.xyz
says "the key cores_per_trajectory says on how many cores"

# all bundled SMILES, or one clear sentence in a build without RDKit
if grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt"; then
    ends 3 "$QMTRAJ" run --smiles-file "$QMTRAJ_SOURCE/data/molecules/qm_molecules.smi" --dry-run
    says "librdkit-dev"
else
    ends 0 "$QMTRAJ" run --smiles-file "$QMTRAJ_SOURCE/data/molecules/qm_molecules.smi" --dry-run
    says "# 22 trajectories" "tetrahydrothiophene" "aspirin"
fi

# the configurations that come along; cli.configs runs those that name atoms, with their molecules
for config in "$QMTRAJ_SOURCE"/configs/*.yaml; do
    ! grep -q '^ *atoms:\|atoms: *\[' "$config" || continue
    # its solvent is a SMILES
    ! { grep -q '^solvate' "$config" && grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt"; } || continue
    set=(--set charge=0 --set spin_multiplicity=1)
    # a file has no SMILES
    ! grep -q '^conformers\|^recipe: spice' "$config" || set+=(--set conformers_from=frames)
    ends 0 "$QMTRAJ" run --config "$config" --dry-run "${set[@]}" water.xyz
done

# one of two files is meant, and nobody knows which
touch a.yaml
ends 2 "$QMTRAJ" run --config a.yaml --config b.yaml --out o water.xyz
says "--config b.yaml: one file is enough, a.yaml was given before"
# no far-fetched hints
ends 2 "$QMTRAJ" frobnicate
says "unknown command; \`qmtraj --help\` lists them"
ends 2 "$QMTRAJ" run --set zzzzzz=1 --out o water.xyz
says 'unknown key "zzzzzz"; `qmtraj help config` lists them'
# names that would hide, mislead or be overwritten
for name in .hidden=_hidden -rf=_rf summary.json=summary.json_ summary.json.lock=summary.json.lock_ packed.zip=packed.zip_ \
    packed.zip.index=_packed.zip.index a/b=a_b; do
    sed "2s:.*:name=${name%%=*}:" water.xyz >named.xyz
    ends 0 "$QMTRAJ" run --config short.yaml --dry-run named.xyz
    says "the name \"${name%%=*}\" cannot be a folder and becomes \"${name#*=}\"" "# ${name#*=} "
done
cp water.xyz packed.3-of-7.zip.index.xyz
ends 0 "$QMTRAJ" run --config short.yaml --dry-run packed.3-of-7.zip.index.xyz
says 'its molecule is called "_packed.3-of-7.zip.index"'
# so are bytes of a file name that are no UTF-8
cp water.xyz "$(printf 'caf\351.xyz')"
ends 0 "$QMTRAJ" run --config short.yaml --dry-run "$(printf 'caf\351.xyz')"
says 'caf\xe9.xyz: the name of this file cannot be that of a folder; its molecule is called "caf_"' "# caf_ "
[ ! -e o ] || fail "a mistake leaves a folder"

# what could not be printed is a failure, whether the first or the last block of it is lost
printf '2\n\nH 0 0 0\nH 0 0 0.74\n' >h2.xyz
for words in --help "help run" "help config" --version --cite solvents "energy h2.xyz" "energy --json h2.xyz" \
    "energy --json water.xyz ammonia.xyz" "energy --help" "run --dry-run water.xyz"; do
    code=0
    "$QMTRAJ" $words >/dev/full 2>err || code=$?
    [ $code = 5 ] || fail "qmtraj $words to a full disk: code $code, wanted 5"
    says "standard output: cannot be written"
    code=0
    (ulimit -f 1; exec "$QMTRAJ" $words >cut) 2>err || code=$?
    [ $code != 0 ] || [ "$(stat -c %s cut)" -lt 1024 ] || fail "qmtraj $words: cut off without a word"
done
printf "2\n\nC 0 0 0\nN 0 0 1.17\n" >cn.xyz
# the failure of the command stays the one that counts
ends 1 "$QMTRAJ" energy --json water.xyz cn.xyz
code=0
"$QMTRAJ" energy --json water.xyz cn.xyz >/dev/full 2>err || code=$?
[ $code = 1 ] || fail "a failure and a full disk: code $code, wanted 1"
says "1 of 2 structures failed" "standard output: cannot be written"

printf '4\n\nO 0 0.74 -0.05\nO 0.05 -0.74 -0.05\nH 0.74 0.95 0.48\nH -0.79 -0.9 0.53\n' >peroxide.xyz
# what of a configuration does not count for a command is said: each key of the command line, refused where the result
# would be without a bias that is asked for, and of a file, which a run shares, one line
printf 'length_ps: 5\ntemperature_K: 300\nbias: {distance: {atoms: [1, 2]}}\npush: {atoms: none}\n' >shared.yaml
printf 'length_ps: 5\nmethod: GFN1-xTB\npush: {atoms: none}\n' >plain.yaml
for command in "energy water.xyz" "opt water.xyz" "hess water.xyz" "scan peroxide.xyz --torsion 3,1,2,4 --steps 1 --rigid" \
    "sample water.xyz --modes 1 -o new" "label water.xyz -o new" "atoms --elements H"; do
    for key in bias.distance.atoms=1,2 confine.sphere=auto push.atoms=1,2 solvate.molecule=O; do
        ends 2 "$QMTRAJ" $command --set $key
        says "--set ${key%=*}: acts in trajectories (\`qmtraj run\`) alone, and \`qmtraj ${command%% *}\` would compute without it"
    done
    ends 0 "$QMTRAJ" $command --set length_ps=5 --set confine.sphere=none --set scf_max_iterations=200
    says "length_ps of the configuration does not count for \`qmtraj ${command%% *}\`: it is of trajectories"
    [ "$(grep -c 'not count' err)" = 1 ] || fail "what counts, or what changes nothing, is said"
    rm -f new
    ends 0 "$QMTRAJ" $command --config shared.yaml
    says "shared.yaml: bias.distance.atoms does not count for \`qmtraj ${command%% *}\`"
    [ "$(grep -c 'not count' err)" = 1 ] || fail "one line for a file"
    rm -f new
    ends 0 "$QMTRAJ" $command --config plain.yaml
    ! grep -q 'not count' err || fail "a file that a run may share is warned of"
    rm -f new
done
ends 2 "$QMTRAJ" ipi water.xyz --set confine.sphere=auto
says "--set confine.sphere: acts in trajectories"
ends 0 "$QMTRAJ" opt water.xyz --set optimize_max_steps=1
says "--evaluations says after how many to give up"
ends 0 "$QMTRAJ" atoms --elements H --set solvent=water
says "free atoms are in the gas phase"
ends 0 "$QMTRAJ" energy water.xyz --properties homo_lumo_gap
[ ! -s err ] || fail "nothing to warn of"
ends 0 "$QMTRAJ" help config
says "count: method" "cores_per_trajectory"
