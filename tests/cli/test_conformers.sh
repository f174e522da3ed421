# conformers: each molecule becomes its minima, without duplicates, the lowest first; they are searched once.
source "$(dirname "$0")/support.sh"

printf 'conformers: 3\nlength_ps: 0.01\nequilibration_ps: 0\nnve_every_ps: 0\n' >job.yaml

# frames of one file: two of them are one minimum, turned and with its hydrogen atoms exchanged
cat >peroxide.xyz <<'XYZ'
4
name=first
O  0.00  0.72 -0.05
O  0.00 -0.72 -0.05
H  0.83  0.88  0.41
H -0.83 -0.88  0.41
4
name=second
O  0.00 -0.72  0.05
O  0.00  0.72  0.05
H  0.70 -0.88  0.50
H -0.70  0.88  0.50
XYZ
ends 0 "$QMTRAJ" run --config job.yaml --set conformers_from=frames --out frames peroxide.xyz
says "conformers of 1 molecule are searched" "peroxide/c01"
grep -q '"duplicates":[[:space:]]*1' frames/peroxide/conformers.json || fail "a duplicate is not seen"
[ ! -e frames/peroxide/c02 ] || fail "a duplicate has a trajectory"
ends 0 "$QMTRAJ" check frames
/usr/bin/python3 - <<'PY' || fail "the metadata do not say which conformer it is"
import json, numpy as np
meta = json.loads(str(np.load("frames/peroxide/c01/trajectory.npz")["metadata"]))
assert meta["variant"] == "c01" and meta["conformer"]["number"] == meta["conformer"]["of"] == 1, meta
assert meta["conformer"]["population"] == 1.0 and meta["name"] == "peroxide"
PY
cat water.xyz >>peroxide.xyz
ends 3 "$QMTRAJ" run --config job.yaml --set conformers_from=frames --out never peroxide.xyz
says "its atoms are not those of peroxide.xyz:1, but conformers_from: frames takes the frames of a file for one molecule"
for look in "" --dry-run; do
    ends 3 "$QMTRAJ" run --config job.yaml --out never $look water.xyz
    says "water has no SMILES to make conformers from"
    ends 3 "$QMTRAJ" run --config job.yaml --set conformers_from=frames --out never $look peroxide.xyz
    says "its atoms are not those of peroxide.xyz:1"
done
ends 2 "$QMTRAJ" run --config job.yaml --set conformers=-1 --out never water.xyz
says "conformers = -1 is out of range, wants >= 0, <= 999"
ends 2 "$QMTRAJ" run --config job.yaml --set conformers_from=rdkit --out never water.xyz
says 'conformers_from = "rdkit" is unknown (smiles or frames)'
[ ! -e never ] || fail "something was begun"

# from SMILES, if this build can read them
if grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt"; then exit 0; fi
printf 'CCCO propanol\nOO peroxide\n' >list.smi
ends 0 "$QMTRAJ" run --config job.yaml --set temperature_K=300,500 --smiles-file list.smi --num-workers 2 --out two
says "conformers of 2 molecules are searched" "propanol/T0500/c03"
ends 0 "$QMTRAJ" run --config job.yaml --set temperature_K=300,500 --smiles-file list.smi --num-workers 1 --out one
for file in propanol/conformers.xyz propanol/T0300/c02/trajectory.npz peroxide/T0500/c01/trajectory.npz; do
    same one/$file two/$file
done
ends 0 "$QMTRAJ" run --config job.yaml --set temperature_K=300,500 --smiles-file list.smi --out two
says "nothing to do"
if grep -q "are searched" out err; then fail "they are searched again"; fi
/usr/bin/python3 - <<'PY' || fail "energies and populations are not what they should be"
import json, math
facts = json.load(open("two/propanol/conformers.json"))["conformers"]
assert len(facts) == 3 and facts[0]["relative_kJ_mol"] == 0
relative = [f["relative_kJ_mol"] for f in facts]
assert relative == sorted(relative)
weights = [math.exp(-e / (8.31446e-3 * 298.15)) for e in relative]
for fact, weight in zip(facts, weights):
    assert abs(fact["population"] - weight / sum(weights)) < 1e-5
summary = {t["molecule"]: t for t in json.load(open("two/summary.json"))["trajectories"]}
assert abs(summary["propanol/T0300/c02"]["conformer_kJ_mol"] - relative[1]) < 1e-9
assert abs(summary["propanol/T0500/c03"]["conformer_population"] - facts[2]["population"]) < 1e-9
PY
ends 0 "$QMTRAJ" run --config job.yaml --smiles-file list.smi --dry-run
says "conformers = 3: each trajectory stands for up to so many"
