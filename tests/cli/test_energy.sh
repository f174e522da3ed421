# Single points.
source "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" energy water.xyz
says "3 atoms, charge 0, multiplicity 1, GFN2-xTB" "repulsion" "total" "dipole"

ends 0 "$QMTRAJ" energy water.xyz hydroxide.xyz --json
/usr/bin/python3 - out <<'PYTHON' || fail "the JSON is not what it should be"
import json, sys
one, two = [json.loads(line) for line in open(sys.argv[1])]
assert (one["name"], two["name"]) == ("water", "hydroxide")
assert (one["charge"], two["charge"]) == (0, -1)
for data, n in ((one, 3), (two, 2)):
    assert len(data["gradient"]) == n and all(len(row) == 3 for row in data["gradient"])
    assert len(data["charges"]) == n and len(data["dipole"]) == 3
    assert abs(sum(data["charges"]) - data["charge"]) < 1e-9
    assert abs(sum(data["terms"].values()) - data["energy"]) < 1e-10
    assert data["units"]["energy"] == "hartree" and data["units"]["gradient"] == "hartree/bohr"
assert -5.08 < one["energy"] < -5.06
PYTHON

ends 2 "$QMTRAJ" energy
says "no structures"
ends 0 "$QMTRAJ" energy --method gfn1-xtb water.xyz
says "multiplicity 1, GFN1-xTB" "dispersion D3" "halogen bond"
ends 0 "$QMTRAJ" energy --alpb water water.xyz
says "GFN2-xTB, alpb water" "Born solvation" "solvent surface" "solvent hydrogen bonds" "solvation shift"
ends 0 "$QMTRAJ" energy --set solvent=H2O water.xyz
says "GFN2-xTB, alpb water"
cp out alpb
ends 0 "$QMTRAJ" energy --set solvent=water --set solvation_state=bar1mol water.xyz
cmp -s out alpb && fail "the state changes nothing"
ends 0 "$QMTRAJ" energy --gbsa chloroform --method GFN1-xTB water.xyz --json
says '"solvent":"chcl3"' '"solvation_model":"gbsa"'
ends 2 "$QMTRAJ" energy --alpb wter water.xyz
says '"wter" is unknown, did you mean water?' "qmtraj solvents"
ends 2 "$QMTRAJ" energy --gbsa aniline water.xyz
says 'the solvent "aniline" has no parameters for GFN2-xTB with gbsa' "qmtraj solvents"
ends 2 "$QMTRAJ" energy --gbsa octanol water.xyz
says 'the solvent "octanol" has no parameters for GFN2-xTB with gbsa'
grep -q "did you mean" err && fail "another solvent is proposed for one that is known"
ends 2 "$QMTRAJ" energy --gbsa water --alpb water water.xyz
says "given already"
ends 2 "$QMTRAJ" energy --method GFN3-xTB water.xyz
says "GFN2-xTB"
ends 2 "$QMTRAJ" energy hydroxide.xyz --charge 1
says "charge -1 in hydroxide.xyz"
ends 0 "$QMTRAJ" energy hydroxide.xyz --charge -1
ends 3 "$QMTRAJ" energy water.xyz --charge 1
says "7 valence electrons at charge 1 do not go with multiplicity 1"
ends 0 "$QMTRAJ" energy water.xyz --charge 1 --multiplicity 2
ends 3 "$QMTRAJ" energy water.xyz --charge 9
says "takes more than its 8 valence electrons"
ends 3 "$QMTRAJ" energy water.xyz --multiplicity 11
ends 0 "$QMTRAJ" energy water.xyz --set electronic_temperature_K=5000
ends 0 "$QMTRAJ" energy water.xyz ammonia.xyz
printf '2\n\nH 0 0 0\nH 0 0 0.1\n' >near.xyz
ends 3 "$QMTRAJ" energy near.xyz
says "0.100 angstrom apart"
printf '2\n\nH 0 0 0\nUuo 0 0 1\n' >element.xyz
ends 3 "$QMTRAJ" energy element.xyz
says "element.xyz:4"

# a list with wrong lines: each is named, the others are computed
# a build without RDKit makes no geometries
grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt" && exit 0
printf 'C methane\nC1CC ring\n[Xx] unknown\nfoo bar baz\nO\n' >wrong.smi
ends 1 "$QMTRAJ" energy --smiles-file wrong.smi
says "methane: 5 atoms" "wrong.smi:2" "wrong.smi:3" "wrong.smi:4" "3 of 5 structures failed"
printf '1\nname=helium\nHe 0 0 0\n' >helium.xyz
ends 0 "$QMTRAJ" energy helium.xyz
says "helium: 1 atom, "

# two solutions that cross (LiO near 1.59 angstrom): whoever gets one after a long search is told, and has the figure
slow=0
for r in 1.5886461 1.5886462 1.589 1.60; do
    printf '2\nmultiplicity=2\nLi 0 0 0\nO 0 0 %s\n' $r >lio.xyz
    ends 0 "$QMTRAJ" energy --json lio.xyz
    iterations=$(sed 's/.*"scf_iterations":\([0-9]*\).*/\1/' out)
    [ "$iterations" -gt 100 ] || continue
    slow=$((slow + 1))
    says "look at the charges"
done
[ $slow -gt 0 ] || fail "no SCF was slow"
