# What happens to a molecule is told, recorded and the same after an interruption: bonds that break, a SCF that
# goes to another solution, a relaxation that moves a proton.
source "$(dirname "$0")/support.sh"

cat >ohh2.xyz <<'XYZ'
4
multiplicity=2
O 0 0 0
H 0.1 0.05 0.965
H -0.1 0.1 -1.35
H -0.2 0.25 -2.14
XYZ
sn2_write
cat >nve.yaml <<'YAML'
ensemble: nve
temperature_K: 1500
length_ps: 0.14
equilibration_ps: 0
nve_every_ps: 0
optimize: false
checkpoint_s: 0.002
YAML

# records FILE WORDS...: each is in the file, NPZ or text. No pipe into "grep -q": it ends at the first match, and what
# still writes into the pipe fails.
records() {
    local file=$1 words
    shift
    for words in "$@"; do
        grep -aqF -e "$words" <(tr -d '\0' <"$file") || fail "$file does not record: $words"
    done
}

# a reaction that heats the molecule
ends 0 "$QMTRAJ" run --config nve.yaml --set temperature_K=300 --set length_ps=0.3 sn2.xyz --out whole
says "warning: sn2: frame 172 (0.043 ps): the bond of atoms 1 (C) and 6 (F) forms" "a reaction changed the temperature"
if grep -q "longer equilibration" out err; then fail "a hot reaction is blamed on the thermostat"; fi
[ "$(grep -c "the bond of atoms" err)" = 2 ] || fail "not one note for each kind of event"
records whole/sn2/trajectory.npz '"bonds":[[0,1],[0,2],[0,3],[0,4]]' '"smiles_kept":null' \
    '"kind":"association","phase":"production","frame":172,"time_ps":0.043' '"atoms":[0,5]'
for file in whole/sn2/trajectory.npz whole/sn2/run.json whole/summary.json; do
    records $file association dissociation reaction_heat
done
"$QMTRAJ" status --json whole >out
records out dissociation

# the same bytes, metadata and all, after crashes and when it grows
for step in 20 200 900; do
    QMTRAJ_TEST_CRASH="sn2:$step" ends 1 "$QMTRAJ" run --config nve.yaml --set temperature_K=300 --set length_ps=0.3 sn2.xyz --out "cut$step"
    ends 0 "$QMTRAJ" run --config nve.yaml --set temperature_K=300 --set length_ps=0.3 sn2.xyz --out "cut$step"
    same "cut$step/sn2/trajectory.npz" whole/sn2/trajectory.npz
    records "cut$step/sn2/run.json" association dissociation
done
ends 0 "$QMTRAJ" run --config nve.yaml --set temperature_K=300 --set length_ps=0.1 sn2.xyz --out grows
records grows/sn2/run.json association
if grep -q dissociation grows/sn2/run.json; then fail "an event before it happened"; fi
ends 0 "$QMTRAJ" run --config nve.yaml --set temperature_K=300 --set length_ps=0.3 sn2.xyz --out grows
same grows/sn2/trajectory.npz whole/sn2/trajectory.npz

# Some trajectories of OH + H2 meet a crossing of two states, where the SCF goes from one to the other. Which ones
# depends on last digits, that is, on the processor; check says the same as the run in any case.
ends 0 "$QMTRAJ" run --config nve.yaml --set replicas=8 ohh2.xyz --out crossing
for r in 1 2 3 4 5 6 7 8; do
    jump=$(grep -c '"scf_jump"' crossing/ohh2/r0$r/run.json || true)
    "$QMTRAJ" check crossing/ohh2/r0$r/trajectory.npz >out || true
    off=$(grep -c "WARN *work" out || true)
    [ "$jump" = "$off" ] || fail "replica $r: the run has $jump jumps recorded, check $off"
    if grep "FAIL *work" out; then fail "replica $r: a jump that is recorded fails"; fi
done

# Wherever it ends, and if it does: with "stop" a trajectory has a lost solution in its last frame or in none.
for state in follow stop; do
    ends 0 "$QMTRAJ" run --config nve.yaml --set replicas=8 --set scf_state=$state ohh2.xyz --out "states-$state"
    for r in 1 2 3 4 5 6 7 8; do
        run=states-$state/ohh2/r0$r/run.json
        if grep -q '"scf_crossing"' $run; then fail "replica $r changes over with $state"; fi
        if [ $state = stop ] && grep -qE '"scf_(change|jump)"' $run; then
            records $run ended_early "scf_state: stop"
            records states-stop/ohh2/r0$r/trajectory.npz '"scf_state":"stop"'
            ends 0 "$QMTRAJ" check states-stop/ohh2/r0$r
            says "on are of another one"
        elif grep -q ended_early $run; then
            fail "replica $r ends early with $state"
        fi
    done
done

# the hole of NaO turns about the bond at no cost: no solution is lost
printf '2\nmultiplicity=2\nNa 0 0 0\nO 0 0 2.05\n' >nao.xyz
ends 0 "$QMTRAJ" run --config nve.yaml --set temperature_K=1200 --set scf_state=stop nao.xyz --out turns
if grep -qE "ended_early|scf_change" turns/nao/run.json; then fail "a turn of the hole counts as another solution"; fi

# atoms that recombine get hot, and energy is conserved; that is no end of theirs, and on record
printf '2\n\nN 0 0 0\nN 0 0 2.5\n' >n2.xyz
ends 0 "$QMTRAJ" run --config nve.yaml --set temperature_K=300 n2.xyz --out recombines
says "K hot, by energy that was in it"
records recombines/n2/trajectory.npz '"code":"hot"'

# two molecules that drift apart; the relaxed geometry stands beside the trajectory
cat >pair.xyz <<'XYZ'
6

O 0.0 0.0 0.0
H 0.96 0.0 0.0
H -0.24 0.93 0.0
O 8.8 0.0 0.0
H 9.76 0.0 0.0
H 8.56 0.93 0.0
XYZ
ends 0 "$QMTRAJ" run --config nve.yaml --set length_ps=0.6 --set save_interval_steps=10 pair.xyz --out pair
says "parts, more than 0.8 nm from each other, which hold atoms 1 (O) and 4 (O)"
records pair/pair/trajectory.npz '"kind":"separation"'
[ ! -e pair/pair/relaxed.xyz ] || fail "relaxed.xyz without a relaxation"
ends 0 "$QMTRAJ" run --config short.yaml water.xyz --out relaxed
grep -q "energy_hartree=-5.07.* gradient_norm_hartree_bohr=" relaxed/water/relaxed.xyz || fail "no energy of the relaxed geometry"
wanted=$(sed -n 's/.*energy_hartree=\(-5.0[0-9]\{6\}\).*/\1/p' relaxed/water/relaxed.xyz)
ends 0 "$QMTRAJ" energy relaxed/water/relaxed.xyz
says "$wanted"
if grep -qE "forms|breaks" err; then fail "water reacts"; fi

# the place where a longer trajectory goes on is counted in its own steps; an equilibration that is too short is told
# by the job, once, and on record
ends 0 "$QMTRAJ" run --config short.yaml --set keep_checkpoint=true water.xyz --out longer
says "note: equilibration_ps = 0.02 at a friction of 10 /ps: relaxed molecules begin about 123 K too cold"
records longer/water/trajectory.npz equilibration_short
ends 0 "$QMTRAJ" run --config short.yaml --set length_ps=0.06 water.xyz --out longer
says "water: continues at production, step 280 of 320"

# a geometry that is printed
ends 0 "$QMTRAJ" energy --json water.xyz
says '"species":["O","H","H"]' '"positions":[[0.0,0.0,0.119]'

# a relaxation that makes another molecule of the SMILES
echo "[NH3+]CC(=O)[O-] zwitterion" >list.smi
echo "C[N+](C)(C)CC(=O)[O-] betaine" >>list.smi
if "$QMTRAJ" run --config short.yaml --smiles-file list.smi --out smiles >out 2>err; then
    says "warning: zwitterion: the relaxed molecule is not that of its SMILES: hydrogen"
    records smiles/zwitterion/trajectory.npz '"smiles_kept":false' '"smiles_kept_at_end":false' smiles_changed
    records smiles/betaine/trajectory.npz '"smiles_kept":true' '"smiles_kept_at_end":true'
    ends 0 "$QMTRAJ" check smiles/zwitterion
    grep -q "WARN *record *smiles_changed: the relaxed molecule" out || fail "check does not say it"
    ends 0 "$QMTRAJ" check smiles/betaine
    grep -q "PASS *record" out || fail "check says more than it should"
    if grep -q "betaine.*not that of its SMILES" err; then fail "betaine has nothing to move"; fi
elif ! grep -q "built without RDKit" err; then
    fail "no run from SMILES"
fi
