# A job from beginning to end, and what a second one makes of its folder.
source "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" run --config short.yaml --out o water.xyz hydroxide.xyz
says "molecule" "complete" "o"
for file in config.yaml start.xyz run.json trajectory.npz; do
    [ -s "o/water/$file" ] || fail "o/water/$file is missing"
done
[ ! -e o/water/trajectory.npz.part ] || fail "a .part file is left"
/usr/bin/python3 -m zipfile -t o/water/trajectory.npz >out 2>&1 || fail "zipfile finds a fault"
/usr/bin/python3 - <<'PYTHON' || fail "the files are not what they should be"
import json
import numpy as np
data = np.load("o/water/trajectory.npz")
meta = json.loads(str(data["metadata"]))
assert data["pos"].shape == (201, 3, 3) and data["pos"].dtype == np.float32
assert data["time_ps"][0] == 0 and abs(data["time_ps"][-1] - 0.05) < 1e-12
assert meta["status"] == "complete" and meta["velocity_units"] == "nm/ps" and meta["pbc"] is False
assert meta["dof"] == 6 and meta["charge"] == 0 and meta["multiplicity"] == 1
assert meta["config"]["length_ps"] == 0.05 and "replicas" not in meta["config"]
ekin = 0.5 * (data["masses"][None, :, None] * data["vel"].astype(float) ** 2).sum((1, 2))
assert abs(ekin / data["Ekin"] - 1).max() < 1e-5
assert abs(data["Etot"] - data["Ekin"] - data["Epot"]).max() < 1e-9
text = str(data["metadata"])
for secret in ("host", "wall", "workers", "folder"):
    assert secret not in text
assert json.loads(str(np.load("o/hydroxide/trajectory.npz")["metadata"]))["charge"] == -1
summary = json.load(open("o/summary.json"))
assert [t["molecule"] for t in summary["trajectories"]] == ["water", "hydroxide"]
assert all(t["status"] == "complete" and t["steps"] == 200 for t in summary["trajectories"])
run = json.load(open("o/water/run.json"))
assert run["status"] == "complete" and run["host"] and run["result"]["ms_per_step"] > 0
PYTHON

# the same again: nothing is computed
cp o/water/trajectory.npz before.npz
touch -d '2001-01-01' o/water/trajectory.npz
ends 0 "$QMTRAJ" run --config short.yaml --out o water.xyz hydroxide.xyz
says "nothing to do: all 2 trajectories"
[ "$(stat -c %Y o/water/trajectory.npz)" -lt 1000000000 ] || fail "a finished trajectory was made again"

# a finished file that is damaged does not count as finished
printf xxxxxx | dd of=o/water/trajectory.npz bs=1 seek=700 conv=notrunc 2>/dev/null
ends 7 "$QMTRAJ" run --config short.yaml --out o water.xyz hydroxide.xyz
says "o/water/trajectory.npz: pos is damaged"
cp before.npz o/water/trajectory.npz

# the echo is a configuration: it gives the same bytes
ends 0 "$QMTRAJ" run --config o/water/config.yaml --out echo o/water/start.xyz
ls echo >out
mv echo/*/trajectory.npz echo.npz
same echo.npz before.npz

# also where the geometry came from a SMILES or had more decimals than the echo
printf '3\nname=fine\nO 0 0 0.119000000000123456\nH 0 0.763000000000234567 -0.477\nH 0 -0.763 -0.477\n' >fine.xyz
start="fine.xyz"
printf 'CC(=O)[O-] acetate\n' >acetate.smi
# a build without RDKit makes no geometries
if "$QMTRAJ" run --dry-run --smiles-file acetate.smi >dry.txt 2>&1; then
    start="fine.xyz --smiles-file acetate.smi"
else
    grep -q "built without RDKit" dry.txt || fail "$(cat dry.txt)"
fi
ends 0 "$QMTRAJ" run --config short.yaml --out digits $start
for folder in digits/*/; do
    name=$(basename "$folder")
    ends 0 "$QMTRAJ" run --config "$folder/config.yaml" --out again "$folder/start.xyz"
    /usr/bin/python3 - "again/$name/trajectory.npz" "$folder/trajectory.npz" <<'PYTHON' || fail "$name: another trajectory"
import json, sys, zipfile
again, before = (zipfile.ZipFile(path) for path in sys.argv[1:])
assert again.namelist() == before.namelist()
for name in again.namelist():
    assert name == "metadata.npy" or again.read(name) == before.read(name), name
# who says the state differs, a SMILES or the comment line of start.xyz, and only a SMILES can be kept
import numpy
keys = [json.loads(str(numpy.load(path)["metadata"])) for path in sys.argv[1:]]
for one in keys:
    for key in ("charge_source", "multiplicity_source", "smiles_kept", "smiles_kept_at_end"):
        one.pop(key, None)
assert keys[0] == keys[1], [k for k in keys[0] if keys[0][k] != keys[1].get(k)]
PYTHON
done

# another configuration, another geometry
ends 7 "$QMTRAJ" run --config short.yaml --set temperature_K=310 --set dt_fs=0.5 --out o water.xyz
says "temperature_K was 300.0, now 310.0" "dt_fs was 0.25, now 0.5" "--fresh"
sed 's/0.119/0.120/' water.xyz >moved.xyz
mkdir moved && mv moved.xyz moved/water.xyz
ends 7 "$QMTRAJ" run --config short.yaml --out o moved/water.xyz
says "the start geometry is another"
same o/water/trajectory.npz before.npz
ends 0 "$QMTRAJ" run --config short.yaml --set temperature_K=310 --out o --fresh water.xyz
cmp -s o/water/trajectory.npz before.npz && fail "--fresh made nothing new"
same o/water/trajectory.old.npz before.npz
# a second one does not take the place of the first
cp o/water/trajectory.npz second.npz
ends 0 "$QMTRAJ" run --config short.yaml --set temperature_K=320 --out o --fresh water.xyz
same o/water/trajectory.old.npz before.npz
same o/water/trajectory.old.2.npz second.npz
# which `check` of the folder does not take for data
ends 0 "$QMTRAJ" check --frames 0 --json o/water
[ "$(grep -c 'trajectory[.a-z0-9]*npz' out)" = 1 ] && ! grep -q 'trajectory\.old' out || fail "check takes what was put aside"
ends 0 "$QMTRAJ" check --frames 0 o/water/trajectory.old.npz
/usr/bin/python3 - <<'PYTHON' || fail "the summary forgot a trajectory"
import json
summary = json.load(open("o/summary.json"))
assert sorted(t["molecule"] for t in summary["trajectories"]) == ["hydroxide", "water"]
PYTHON

# replicas differ, and the first is the trajectory without replicas
ends 0 "$QMTRAJ" run --config short.yaml --set replicas=2 --out r water.xyz
cmp -s r/water/r01/trajectory.npz r/water/r02/trajectory.npz && fail "replicas are the same"
[ -s r/water/r02/config.yaml ] || fail "r02 has no config.yaml"
ends 0 "$QMTRAJ" run --config r/water/r02/config.yaml --out r-again r/water/r02/start.xyz
same r-again/water/r02/trajectory.npz r/water/r02/trajectory.npz
/usr/bin/python3 - <<'PYTHON' || fail "r01 is not the trajectory without replicas"
import numpy as np
first, alone = np.load("r/water/r01/trajectory.npz"), np.load("before.npz")
assert all(first[n].tobytes() == alone[n].tobytes() for n in alone.files if n != "metadata")
PYTHON

# chosen molecules
ends 0 "$QMTRAJ" run --config short.yaml --molecule ammonia --out one water.xyz ammonia.xyz
[ "$(ls one)" = "$(printf 'ammonia\nsummary.json')" ] || fail "not only ammonia: $(ls one)"
ends 2 "$QMTRAJ" run --config short.yaml --molecule amonia --out one water.xyz ammonia.xyz
says "did you mean ammonia?"

# --dry-run writes nothing and prints a configuration
ends 0 "$QMTRAJ" run --config short.yaml --dry-run --out dry water.xyz hydroxide.xyz
[ ! -e dry ] || fail "--dry-run makes a folder"
says "friction_per_ps: 1.0" "hydroxide" "charge -1" "disk space"
cp out dry.yaml
ends 0 "$QMTRAJ" run --config dry.yaml --dry-run water.xyz hydroxide.xyz
same out dry.yaml

# it refuses what the run would refuse: another configuration, no room, no folder
ends 2 "$QMTRAJ" run --config short.yaml --dry-run --out "" water.xyz
says "--out FOLDER is missing"
ends 7 "$QMTRAJ" run --config short.yaml --dry-run --set dt_fs=0.5 --out one ammonia.xyz
says "dt_fs was 0.25, now 0.5" "# disk space"
ends 0 "$QMTRAJ" run --config short.yaml --dry-run --out one ammonia.xyz
ends 5 "$QMTRAJ" run --config short.yaml --dry-run --set length_ps=1e6 --out no/where water.xyz
says "MB left"
ends 5 "$QMTRAJ" run --config short.yaml --dry-run --out water.xyz/o water.xyz
says "water.xyz"
[ ! -e no ] || fail "--dry-run makes a folder"

# names
ends 3 "$QMTRAJ" run --config short.yaml --all-or-nothing --out names water.xyz ./water.xyz
says "water"
