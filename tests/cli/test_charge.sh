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
ends 3 "$QMTRAJ" run --config short.yaml --out o water.xyz no.xyz cn.xyz
says "no: 11 valence electrons" "cn: 9 valence electrons" "2 of 3 molecules cannot be computed"
[ ! -e o ] || fail "work began although molecules are impossible"

# what looks like a charge and is none is named, also before a job
for words in chrg=2 charge:2 multiplicity:3; do
    sed "2s/.*/$words/" water.xyz >slip.xyz
    for command in energy "run --config short.yaml --dry-run"; do
        ends 0 "$QMTRAJ" $command slip.xyz
        says "warning: slip.xyz:2: ${words%%[23]}" "is ignored; did you mean"
    done
done

# so is a multiplicity other than 1 that disagrees
printf '3\nname=w multiplicity=1\nO 0 0 0\nH 0.76 0.59 0\nH -0.76 0.59 0\n' > w.xyz
ends 2 "$QMTRAJ" run --config short.yaml --set spin_multiplicity=3 --out spin w.xyz
says "multiplicity 1 in w.xyz"
