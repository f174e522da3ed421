# What is not finished can be read, while it runs and after it stopped; and what stops a job is said plainly.
source "$(dirname "$0")/support.sh"
npz="import sys, json; import numpy as np; d = np.load(sys.argv[1]); m = json.loads(str(d['metadata']))"
cat >windows.yaml <<'YAML'
length_ps: 0.15
equilibration_ps: 0.02
nve_every_ps: 0.05
nve_window_ps: 0.01
friction_per_ps: 1
checkpoint_s: 0.002
YAML
ends 0 "$QMTRAJ" run --config windows.yaml --out whole water.xyz

# after a crash: the frames of the last checkpoint, in every format, and the .part file untouched
QMTRAJ_TEST_CRASH=water:500 ends 1 "$QMTRAJ" run --config windows.yaml --out o water.xyz
part=o/water/trajectory.npz.part
cp -r o before
ends 0 "$QMTRAJ" convert $part --to npz
n=$(sed -n 's/.*: \([0-9]*\) frames$/\1/p' out)
[ "$n" -ge 1 ] && [ "$n" -le 500 ] || fail "$n frames"
/usr/bin/python3 - o/water/trajectory.frames.npz $n <<PYTHON || fail "not the frames of the whole trajectory"
$npz
n = int(sys.argv[2])
whole = np.load("whole/water/trajectory.npz")
assert m["status"] == "partial" and "not finished" in m["reason"], m
assert m["dof"] == 6, m
assert d["pos"].tobytes() == whole["pos"][:n].tobytes() and d["Etot"].tobytes() == whole["Etot"][:n].tobytes()
assert len(set(d["nve_window"].tolist())) in ((n - 1) // 200, (n - 2) // 200 + 1), d["nve_window"]
PYTHON
/usr/bin/python3 -m zipfile -t o/water/trajectory.frames.npz >out 2>&1 || fail "zipfile finds a fault"
ends 0 "$QMTRAJ" check o/water/trajectory.frames.npz
says "status is partial" "$n frames of 3 atoms"
grep -q "NOT RUN  *temperature" out && fail "the temperature of unfinished frames is not judged"
ends 2 "$QMTRAJ" convert $part --to npz
says "exists already"
ends 0 "$QMTRAJ" convert $part --to extxyz --every 100
says "o/water/trajectory.extxyz: $(((n + 99) / 100)) frames"
ends 0 "$QMTRAJ" convert "$PWD/$part" --to npy -o arrays
says "arrays: $n frames"
(cd o/water && ends 0 "$QMTRAJ" convert trajectory.npz.part --to npz -o here.npz)
same o/water/here.npz o/water/trajectory.frames.npz
for file in checkpoint trajectory.npz.part nve_windows.part; do
    same o/water/$file before/water/$file
done
[ -z "$(find . -name '*.tmp')" ] || fail "leftovers: $(find . -name '*.tmp')"

# a name that the job would take away again, standard output
for name in trajectory.partial.npz trajectory.npz trajectory.old.npz; do
    ends 2 "$QMTRAJ" convert $part --to npz -o o/water/$name
    says "o/water/$name: is the name of a file that"
done
for format in npz extxyz npy; do
    ends 2 "$QMTRAJ" convert $part --to $format -o -
    says "standard output cannot be one"
    [ ! -e ./- ] || fail "a file named -"
done

# the run goes on as if nothing had been read, and leaves alone what is not its own
cp o/water/trajectory.frames.npz mine.npz
ends 0 "$QMTRAJ" run --config windows.yaml --out o water.xyz
same o/water/trajectory.npz whole/water/trajectory.npz
same o/water/trajectory.frames.npz mine.npz

# at constant energy the degrees of freedom are those of the relaxed molecule
QMTRAJ_TEST_CRASH=water:500 ends 1 "$QMTRAJ" run --config windows.yaml --set ensemble=nve --set nve_every_ps=0 \
    --out nve water.xyz
ends 0 "$QMTRAJ" convert nve/water/trajectory.npz.part --to npz
/usr/bin/python3 - nve/water/trajectory.frames.npz <<PYTHON || fail "the degrees of freedom at constant energy"
$npz
assert m["dof"] == 3, m["dof"]
PYTHON

# arrays that only some trajectories have: heat and the wall's
grep -v "friction\|nve" windows.yaml >bath.yaml
bath="--set thermostat=bussi --set thermostat_time_ps=0.1 --set confine.sphere=auto --set nve_every_ps=0"
ends 0 "$QMTRAJ" run --config bath.yaml $bath --out bath.whole water.xyz
QMTRAJ_TEST_CRASH=water:500 ends 1 "$QMTRAJ" run --config bath.yaml $bath --out bath water.xyz
ends 0 "$QMTRAJ" convert bath/water/trajectory.npz.part --to npz
/usr/bin/python3 - bath/water/trajectory.frames.npz <<PYTHON || fail "not all arrays of the frames"
$npz
whole = np.load("bath.whole/water/trajectory.npz")
n = len(d["pos"])
for name in ("heat", "bias_energy", "bias_work", "bias_forces"):
    assert d[name].tobytes() == whole[name][:n].tobytes(), name
PYTHON
ends 0 "$QMTRAJ" check bath/water/trajectory.frames.npz

# no frame yet
ends 75 "$QMTRAJ" run --config windows.yaml --set equilibration_ps=1000 --max-hours 0.0001 --out early water.xyz
ends 3 "$QMTRAJ" convert early/water/trajectory.npz.part --to npz
says "early/water/trajectory.npz.part: has no frames yet"

# what cannot be read says so
ends 5 "$QMTRAJ" convert $part --to npz -o x.npz
says "$part: cannot open"
ends 0 "$QMTRAJ" convert whole/water/trajectory.npz --to npz -o again.npz
/usr/bin/python3 - whole/water/trajectory.npz again.npz <<PYTHON || fail "a copy is not what it was copied from"
$npz
again = np.load(sys.argv[2])
assert d.files == again.files and all(d[name].tobytes() == again[name].tobytes() for name in d.files)
PYTHON
same whole/water/trajectory.npz again.npz
ends 0 "$QMTRAJ" convert before/water/trajectory.npz.part --to npz --every 2 -o half.npz
ends 0 "$QMTRAJ" check half.npz
ends 2 "$QMTRAJ" convert $part --to npz --momenta -o x.npz
says "npz has the velocities"
ends 3 "$QMTRAJ" check before/water/trajectory.npz.part
says "is not finished" "--to npz"
printf 'x' | dd of=before/water/trajectory.npz.part bs=1 seek=300 conv=notrunc 2>/dev/null
ends 7 "$QMTRAJ" convert before/water/trajectory.npz.part --to npz -o x.npz
says "not those of the checkpoint"
rm before/water/checkpoint*
ends 5 "$QMTRAJ" convert before/water/trajectory.npz.part --to npz -o x.npz
says "before/water/checkpoint"
[ ! -e x.npz ] || fail "a file of what could not be read"

# while it runs; windows as short as those above have slopes of half a vibration, of hundreds the worst fails
"$QMTRAJ" run --config windows.yaml --set length_ps=1000 --set save_interval_steps=10 --set checkpoint_s=0.05 \
    --set nve_every_ps=0.5 --set nve_window_ps=0.1 --out live water.xyz >out 2>err &
pid=$!
until_there live/water/checkpoint.previous
until_true "$QMTRAJ" convert live/water/trajectory.npz.part --to npz -o live.npz 2>/dev/null # there are frames
ends 0 "$QMTRAJ" check live.npz --frames 2
says "status is partial"

# its folder vanishes: the job says so, and does not promise what is not there
mv live gone
code=0
wait $pid || code=$?
[ $code = 5 ] || fail "a vanished folder: code $code, wanted 5"
says "its folder is still there" "starts it over"

# a limit on the size of files is an error like any other, and found at the start
# several molecules, of which two want some 40 kB more than there may be: the same code, since another start mends it
printf '1\n\nHe 0 0 0\n' >helium.xyz
ends 5 bash -c 'ulimit -f 1130; "$QMTRAJ" run --config short.yaml --set length_ps=0.2 --out some helium.xyz water.xyz ammonia.xyz'
says "2 of 3 trajectories failed, 2 of them for want of files that could be read or written; the same command continues with these"
[ -s some/helium/trajectory.npz ] || fail "helium had room"
ends 0 "$QMTRAJ" run --config short.yaml --set length_ps=0.2 --out some helium.xyz water.xyz ammonia.xyz
code=0
(ulimit -f 100; "$QMTRAJ" run --config short.yaml --set length_ps=5 --out limit water.xyz) >out 2>err || code=$?
[ $code = 5 ] || fail "a limit on the size of files: code $code, wanted 5"
says "File too large" "ulimit -f"
ends 0 "$QMTRAJ" run --config short.yaml --out limit water.xyz

# trouble with the records of a job is a warning: the trajectory is what counts
mkdir -p closed/summary.json.lock
touch closed/.journal
ends 0 "$QMTRAJ" run --config short.yaml --out closed water.xyz
says "warning: no journal of this job: closed/.journal" "warning: closed/summary.json.lock: this is a folder"
[ -s closed/water/trajectory.npz ] || fail "no trajectory"
ends 0 "$QMTRAJ" run --config short.yaml --out closed water.xyz
says "nothing to do"
