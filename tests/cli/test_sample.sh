# qmtraj sample: geometries along normal modes, in files that check accepts and energy agrees with.
source "$(dirname "$0")/support.sh"

ends 0 "$QMTRAJ" opt water.xyz -o min.xyz
ends 0 "$QMTRAJ" sample min.xyz --modes 60 --temperature 300 --seed 7 -o a.npz --num-workers 1
says "60 frames of quantum oscillators at 300 K, 3 of 3 modes"
# half the zero-point energy, 26.4 kJ/mol, and its anharmonic part; 60 draws spread by 2.8
awk '{for (i = 1; i < NF; i++) if ($i == "are") exit !($(i + 1) > 18 && $(i + 1) < 36)}' out || fail "the mean energy"
ends 0 "$QMTRAJ" sample min.xyz --modes 60 --temperature 300 --seed 7 -o b.npz --num-workers 3
same a.npz b.npz
ends 0 "$QMTRAJ" sample min.xyz --modes 60 --temperature 300 --seed 8 -o c.npz
cmp -s a.npz c.npz && fail "the seed changes nothing"
ends 0 "$QMTRAJ" sample min.xyz --modes 60 --classical -o d.npz
says "classical oscillators"
ends 0 "$QMTRAJ" check a.npz --verbose
grep -q "PASS *labels" out || fail "labels"
grep -q "NOT RUN *motion *the frames are drawn from normal modes, no motion" out || fail "motion"
ends 0 "$QMTRAJ" convert a.npz --to extxyz
[ "$(grep -c Properties= a.extxyz)" = 60 ] || fail "frames of extended XYZ"
ends 0 "$QMTRAJ" energy a.extxyz --json
[ "$(wc -l <out)" = 60 ] || fail "energy reads them"

# masses of isotopes
sed 's/^H /D /' min.xyz >heavy.xyz
ends 0 "$QMTRAJ" sample heavy.xyz --modes 5 -o heavy.npz
ends 0 "$QMTRAJ" check heavy.npz

# several: a file each; one that is no minimum is said; a saddle point keeps still along its mode
ends 0 "$QMTRAJ" sample min.xyz ammonia.xyz --modes 5
[ -s water_modes.npz ] && [ -s ammonia_modes.npz ] || fail "a file each"
says "ammonia: this is not a stationary point"
printf '4\n\nN 0 0 0\nH 1 0 0\nH -.5 .8660254 0\nH -.5 -.8660254 0\n' >flat.xyz
ends 0 "$QMTRAJ" opt flat.xyz -o saddle.xyz
ends 0 "$QMTRAJ" sample saddle.xyz --modes 5 -o s.npz
says "imaginary modes" "5 of 6 modes"

# a linear molecule that is not quite straight has all its bends
printf '3\n\nO -0.237 -0.618 -0.950\nC 0.003 0.036 -0.043\nO 0.244 0.689 0.865\n' >dioxide.xyz
ends 0 "$QMTRAJ" sample dioxide.xyz --modes 5
says "4 of 4 modes" "dioxide: taken as linear"

# an atom has nothing to draw
printf '1\n\nNe 0 0 0\n' >neon.xyz
ends 0 "$QMTRAJ" sample neon.xyz --modes 3 --temperature 0.4
says "neon: no mode moves; all frames are the geometry at rest" "at 0.4 K, 0 of 0 modes"

ends 2 "$QMTRAJ" sample
ends 2 "$QMTRAJ" sample min.xyz --modes 0
ends 2 "$QMTRAJ" sample min.xyz --temperature 0
ends 2 "$QMTRAJ" sample min.xyz ammonia.xyz -o x.npz
says "holds one molecule"
ends 5 "$QMTRAJ" sample min.xyz -o no/such/x.npz

# keys of a configuration that are about the same things but say nothing here
ends 0 "$QMTRAJ" sample min.xyz --modes 5 --set temperature_K=2000 --set random_seed=7 --set properties=dipole -o keys.npz
says "temperature_K of the configuration does not count for" "--temperature says that of the oscillators" "--seed says that"
ends 0 "$QMTRAJ" sample min.xyz --modes 5 -o plain.npz
same keys.npz plain.npz
ends 0 "$QMTRAJ" hess min.xyz --set temperature_K=600
says "temperature_K of the configuration does not count for"
# whole numbers are whole, as those of a trajectory
/usr/bin/python3 -c "
import json, numpy as np
m = json.loads(str(np.load('plain.npz')['metadata']))
for key in 'num_atoms', 'num_frames', 'charge', 'multiplicity', 'random_seed':
    assert type(m[key]) is int, key" || fail "numbers of the metadata"

# an output that cannot be is found before the work
for words in "opt -o missing/o.xyz" "hess --npy missing/h.npy" "sample --modes 5 -o missing/s.npz"; do
    ends 5 "$QMTRAJ" $words min.xyz
    says "cannot be written, for its folder cannot be opened"
    [ ! -s out ] || fail "$words: computed first"
done
