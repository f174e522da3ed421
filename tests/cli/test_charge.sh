# Charge and multiplicity: the structure's own win, all molecules are looked at before any begins.
source "$(dirname "$0")/support.sh"

ends 2 "$QMTRAJ" run --config short.yaml --set charge=1 --out o hydroxide.xyz
says "charge -1 in hydroxide.xyz" "1 in the configuration"
ends 0 "$QMTRAJ" run --config short.yaml --set charge=-1 --dry-run hydroxide.xyz
ends 0 "$QMTRAJ" run --config short.yaml --set charge=1 --set spin_multiplicity=2 --dry-run water.xyz
says "charge +1  multiplicity 2"

printf '1\nmultiplicity=3\nO 0 0 0\n' >oxygen.xyz
ends 0 "$QMTRAJ" run --config short.yaml --dry-run oxygen.xyz
says "multiplicity 3"

printf '2\n\nN 0 0 0\nO 0 0 1.15\n' >no.xyz
printf '2\n\nC 0 0 0\nN 0 0 1.17\n' >cn.xyz
ends 3 "$QMTRAJ" run --config short.yaml --all-or-nothing --out o water.xyz no.xyz cn.xyz
says "no: 11 valence electrons" "cn: 9 valence electrons" "2 of 3 molecules cannot be computed"
[ ! -e o ] || fail "work began although molecules are impossible"

# every name of charge and multiplicity is taken, and the JSON says where they come from
for words in chrg=2 charge:2 q=+2 tot_charge=2.0; do
    sed "2s/.*/$words/" water.xyz >slip.xyz
    ends 0 "$QMTRAJ" energy --json slip.xyz
    says '"charge":2' "\"charge_source\":\"comment \\\"${words%%[=:]*}="
    ends 0 "$QMTRAJ" run --config short.yaml --dry-run slip.xyz
    says "charge +2"
done
# two integers that fit, that cannot be a state, and that nearly fit
sed '2s/.*/2 1/' water.xyz >slip.xyz
ends 0 "$QMTRAJ" energy --json slip.xyz
says '"charge":2' '"multiplicity_source":"comment \"2 1\""' 'note: slip.xyz:2: charge 2 and multiplicity 1'
sed '2s/.*/100 25/' water.xyz >slip.xyz
ends 0 "$QMTRAJ" energy --json slip.xyz
says '"charge":0' '"charge_source":"default"' 'the comment "100 25" is not a charge and multiplicity'
sed '2s/.*/1 1/' water.xyz >slip.xyz
ends 3 "$QMTRAJ" energy slip.xyz
says '"1 1" looks like charge and multiplicity, but 7 valence electrons do not go with multiplicity 1'
ends 0 "$QMTRAJ" energy --charge 1 --multiplicity 2 --json slip.xyz
says '"charge":1' '"charge_source":"configuration"'
# what nobody can be sure of is refused, unless the command says it
sed '2s/.*/my_charge=2/' water.xyz >slip.xyz
for command in energy "run --config short.yaml --dry-run"; do
    ends 3 "$QMTRAJ" $command slip.xyz
    says 'slip.xyz:2: the comment "my_charge=2" may mean a charge'
    ends 0 "$QMTRAJ" $command --set charge=2 slip.xyz
done
# .CHRG and .UHF, as xtb reads them
mkdir -p beside
cp water.xyz beside/w.xyz
echo 1 >beside/.CHRG
echo 1 >beside/.UHF
ends 0 "$QMTRAJ" energy --json beside/w.xyz
says '"charge":1' '"charge_source":"file .CHRG"' '"multiplicity":2' '"multiplicity_source":"file .UHF"' "note: beside/w.xyz"
sed '2s/.*/charge=0/' water.xyz >beside/w.xyz
ends 3 "$QMTRAJ" energy beside/w.xyz
says 'given twice, as 1 (file .CHRG) and 0 (comment "charge=0")'

# so is a multiplicity other than 1 that disagrees
printf '3\nname=w multiplicity=1\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n' > w.xyz
ends 2 "$QMTRAJ" run --config short.yaml --set spin_multiplicity=3 --out spin w.xyz
says "multiplicity 1 in w.xyz"

# the sources stand in every file of a run
printf '2\n-1 3\nN 0 0 0\nO 0 0 1.26\n' >anion.xyz
ends 0 "$QMTRAJ" run --config short.yaml --out sources anion.xyz
/usr/bin/python3 - <<'PYTHON' || fail "a file does not say where the state is from"
import json, numpy
with open("sources/summary.json") as summary, open("sources/anion/run.json") as run:
    found = [json.load(summary)["trajectories"][0], json.load(run)]
found.append(json.loads(str(numpy.load("sources/anion/trajectory.npz")["metadata"])))
for one in found:
    assert (one["charge"], one["multiplicity"]) == (-1, 3), one
    assert one["charge_source"] == one["multiplicity_source"] == 'comment "-1 3"', one
PYTHON
