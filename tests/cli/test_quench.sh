# quench: copies of frames are relaxed a little and moved on their own, to the same bytes by whom and when ever they are
# made; check, status, archives and parts of a list know them, and every wrong value has its sentence.
source "$(dirname "$0")/support.sh"

cat >job.yaml <<'YAML'
temperature_K: 800
friction_per_ps: 5
length_ps: 0.1
equilibration_ps: 0.1
save_interval_steps: 40
nve_every_ps: 0
keep_checkpoint: true
quench: {every_ps: 0.05, steps: 3, then_K: 50, ps: 0.06}
YAML
labels='water water.q001 water.q002 water.q003'
run() {
    local out=$1
    shift
    "$QMTRAJ" run --config job.yaml --out "$out" "$@"
}

ends 0 run two --dry-run water.xyz
says "# 4 trajectories, 1520 steps and 32 frames in all" "# water.q003 "
ends 0 run two --num-workers 2 water.xyz ammonia.xyz
says "8 complete" "water.q001" "ammonia.q003"
ends 0 "$QMTRAJ" check two
says "8 files: 8 pass"
ends 0 "$QMTRAJ" check two/water.q002/trajectory.npz --verbose
says "a copy of a frame of another trajectory"
ends 0 "$QMTRAJ" status two
says "8/8 complete" "water.q003"

# the frames and the metadata are what they should be
/usr/bin/python3 - <<'PY' || fail "a copy is not of its frame"
import json, numpy as np
hot = np.load("two/water/trajectory.npz")
meta = [json.loads(str(np.load(f"two/water{q}/trajectory.npz")["metadata"])) for q in ("", ".q001", ".q003")]
assert "quench" not in meta[0] and "quench.every_ps" not in meta[0]["config"]
assert meta[1]["quench"] == {"number": 1, "trajectory": "water", "frame": 0, "time_ps": 0, "steps": 3}, meta[1]["quench"]
assert meta[2]["quench"] == {"number": 3, "trajectory": "water", "frame": 10, "time_ps": 0.1, "steps": 3}
assert meta[2]["variant"] == "q003" and meta[2]["name"] == "water"
config = meta[2]["config"]
assert config["temperature_K"] == 50 and config["optimize_max_steps"] == 3 and config["equilibration_ps"] == 0
def read(path):
    return np.array([[float(x) for x in line.split()[1:4]] for line in open(path).read().splitlines()[2:5]])
for q, frame in ((1, 0), (2, 5), (3, 10)):
    start, relaxed = (read(f"two/water.q00{q}/{name}.xyz") for name in ("start", "relaxed"))
    # the text of start.xyz has ten digits behind the point, the frame is float32 of nm: 6e-8 relative
    assert np.abs(start - 10 * hot["pos"][frame].astype(float)).max() < 1e-6
    assert 1e-3 < np.abs(relaxed - start).max() < 0.5
    copy = np.load(f"two/water.q00{q}/trajectory.npz")
    assert len(copy["pos"]) == 7 and copy["Epot"][0] < hot["Epot"][frame] + 1e-6
    mass = copy["masses"].astype(float)
    ekin = 0.5 * (mass[:, None] * copy["vel"][0].astype(float) ** 2).sum()
    assert abs(2 * ekin / (6 * 8.31446e-3) - 50) < 1e-3  # exactly then_K; velocities are float32
PY

# of an origin without a thermostat copies have none
ends 0 run free --set ensemble=nve water.xyz
/usr/bin/python3 - <<'PY' || fail "a copy has another ensemble"
import json, numpy as np
copy = np.load("free/water.q001/trajectory.npz")
assert json.loads(str(copy["metadata"]))["config"]["ensemble"] == "nve" and "heat" not in copy
PY

# the same bytes with one worker, after a kill in a copy or in the hot trajectory, and by parts of the list
ends 0 run one --num-workers 1 water.xyz ammonia.xyz
for label in $labels; do same one/$label/trajectory.npz two/$label/trajectory.npz; done
for place in water.q002:120 water:160; do
    rm -rf killed
    QMTRAJ_TEST_CRASH=$place ends 1 run killed --set checkpoint_s=0.0002 water.xyz
    [ ! -e killed/${place%:*}/trajectory.npz ] || fail "${place%:*} was not killed"
    [ -s killed/${place%:*}/checkpoint ] || fail "nothing to go on from"
    ends 0 run killed water.xyz
    says "${place%:*}: continues at"
    for label in $labels; do same killed/$label/trajectory.npz two/$label/trajectory.npz; done
done
for part in 0 1; do ends 0 run parts --shard $part/2 water.xyz ammonia.xyz; done
for label in $labels; do same parts/$label/trajectory.npz two/$label/trajectory.npz; done
ends 0 "$QMTRAJ" status parts
says "8/8 complete"

# the frames of one that was killed know whose copy they are, and check makes their motion again
for place in water/T0300/r02.q002 water/T0800/r01; do
    rm -rf killed frames.npz
    QMTRAJ_TEST_CRASH=$place:120 ends 1 run killed --set checkpoint_s=0.0002 --set save_interval_steps=1 --set temperature_K=300,800 \
        --set replicas=2 water.xyz
    ends 0 "$QMTRAJ" convert killed/$place/trajectory.npz.part --to npz -o frames.npz
    ends 0 "$QMTRAJ" check frames.npz --verbose
    says "steps made again"
    cp frames.npz $(basename $place).npz
done
/usr/bin/python3 - <<'PY' || fail "the metadata of frames that are not finished are others"
import json, numpy as np
copy, hot = (json.loads(str(np.load(f"{n}.npz")["metadata"])) for n in ("r02.q002", "r01"))
assert copy["variant"] == "T0300/q002" and copy["replica"] == 2, copy
assert copy["quench"] == {"number": 2, "trajectory": "water/T0300/r02", "steps": 3}, copy["quench"]
assert hot["variant"] == "T0800" and hot["replica"] == 1 and "quench" not in hot
PY

# without its origin a copy waits: it did not complete
QMTRAJ_TEST_FAIL=water:80 ends 1 run failed water.xyz
says "water.q001: is a copy of a frame of water, which is not complete; the same command makes both" "4 of 4 trajectories failed"
[ ! -e failed/water.q001/trajectory.npz ] || fail "a copy of nothing"
ends 0 run failed water.xyz
for label in $labels; do same failed/$label/trajectory.npz two/$label/trajectory.npz; done

# all anew
ends 0 run failed --fresh water.xyz
says "4 of 4 complete"
for label in $labels; do same failed/$label/trajectory.npz two/$label/trajectory.npz; done

# nothing is made twice; the hot trajectory is that of a job without copies, which may come later; a longer one has more
ends 0 run two water.xyz ammonia.xyz
says "nothing to do"
ends 0 run two --list water.xyz ammonia.xyz
[ ! -s out ] || fail "it is listed again"
grep -v quench job.yaml >hot.yaml
ends 0 "$QMTRAJ" run --config hot.yaml --out later water.xyz
same later/water/trajectory.npz two/water/trajectory.npz
ends 0 run later --list water.xyz
[ "$(cat out)" = water ] || fail "it is not listed"
ends 0 run later water.xyz
says "4 of 4 complete, 1 of them earlier"
for label in $labels; do same later/$label/trajectory.npz two/$label/trajectory.npz; done
ends 0 run later --set length_ps=0.15 water.xyz
[ -s later/water.q004/trajectory.npz ] || fail "the longer one has no more copies"
for label in water.q001 water.q003; do same later/$label/trajectory.npz two/$label/trajectory.npz; done
ends 7 run two --set quench.then_K=60 water.xyz
says "water.q001: already finished, but temperature_K was 50.0, now 60.0"
ends 7 run two --set quench.every_ps=0.1 water.xyz
says "water.q002: already finished, but the start geometry is another"

# archives
ends 0 run packed --pack water.xyz
[ ! -e packed/water.q002 ] || fail "a folder is left"
ends 0 "$QMTRAJ" check packed
says "4 files: 4 pass"
ends 0 run packed --pack water.xyz
says "nothing to do"
ends 0 "$QMTRAJ" unpack packed
for label in $labels; do same packed/$label/trajectory.npz two/$label/trajectory.npz; done

# replicas and temperatures
ends 0 run several --set temperature_K=300,800 --set replicas=2 water.xyz
ends 0 "$QMTRAJ" status several
says "16/16 complete" "water/T0800/r02.q003"
/usr/bin/python3 - <<'PY' || fail "copies of replicas have the same velocities"
import json, numpy as np
a, b = (np.load(f"several/water/T0800/r0{r}.q001/trajectory.npz") for r in (1, 2))
assert np.abs(a["vel"][0] - b["vel"][0]).max() > 1e-3
meta = json.loads(str(b["metadata"]))
assert meta["variant"] == "T0800/q001" and meta["replica"] == 2 and meta["quench"]["trajectory"] == "water/T0800/r02"
PY
ends 0 "$QMTRAJ" check several
says "16 files: 16 pass"

# walls stay, biases and pushes are the origin's; labels are those of the method
ends 0 run biased --set bias.distance.atoms=1,2 --set push.atoms=1,2 --set push.eV=0.2 --set confine.sphere=0.12 water.xyz
ends 0 "$QMTRAJ" check biased
says "4 files: 4 pass"
/usr/bin/python3 - <<'PY' || fail "a copy has the biases of its origin"
import json, numpy as np
hot, copy = (json.loads(str(np.load(f"biased/{n}/trajectory.npz")["metadata"]))["config"] for n in ("water", "water.q002"))
assert "bias.distance.atoms" in hot and "push.eV" in hot
assert "bias.distance.atoms" not in copy and "push.eV" not in copy and copy["confine.sphere"] == 0.12, copy
PY

# a molecule that cannot be computed has no copies
if ! grep -q '^QMTRAJ_RDKIT:BOOL=OFF' "$QMTRAJ_BUILD/CMakeCache.txt"; then
    printf 'O water\n[U] uranium\n' >list.smi
    ends 1 run rejected --smiles-file list.smi
    says "4 of 5 complete" "1 rejected" "1 molecule cannot be computed"
    ends 1 "$QMTRAJ" status rejected
    says "4/5 complete, 1 rejected"
fi

# wrong values
refuses() {
    local sentence=$1
    shift
    ends 2 run never "$@" water.xyz
    says "$sentence"
    [ ! -e never ] || fail "something was begun"
}
refuses 'quench.every_ps = 0.05 is no multiple of 0.015 ps, the time from one saved frame to the next' --set save_interval_steps=60
refuses 'quench.every_ps = 0.2 is longer than the run (length_ps)' --set quench.every_ps=0.2
refuses 'quench.every_ps = 0.0501 ps is not a whole number of steps of dt_fs = 0.25' --set quench.every_ps=0.0501
refuses 'quench.ps = 0.0601 ps is not a whole number of steps' --set quench.ps=0.0601
refuses 'quench.then_K = 0 is out of range, wants > 0, <= 10000 K' --set quench.then_K=0
refuses 'quench.steps = -1 is out of range, wants >= 0' --set quench.steps=-1
refuses 'quench.steps wants a whole number, got 2.5' --set quench.steps=2.5
refuses 'quench.every_ps wants a number or none, got text "often"' --set quench.every_ps=often
refuses 'quench has no every_ps; give it, e.g. every_ps: 1' --set quench.every_ps=none
refuses 'but stop_when.bond_broken may end a trajectory before; remove one of them' --set stop_when.bond_broken=true
refuses 'recipe = "spcie" is unknown, did you mean spice? (none or spice or ani)' --set recipe=spcie
refuses 'optimize_max_steps = 0 is out of range, wants >= 1' --set optimize_max_steps=0
cp water.xyz water.q002.xyz
ends 3 run never water.xyz water.q002.xyz
says "water.q002: this name would be that of a copy of a frame of water (quench); rename one of the two molecules"

# in the table of 80 columns each has a name of its own
cp water.xyz methylammonium.xyz
ends 0 run many --set temperature_K=300,600 --set replicas=2 methylammonium.xyz
[ "$(sed -n 's/^\([a-z.]*\/[^ ]*\) .*/\1/p' out | sort -u | wc -l)" = 16 ] || fail "names stand for several trajectories"
[ "$(wc -L <out)" -le 80 ] || fail "too wide a table"
