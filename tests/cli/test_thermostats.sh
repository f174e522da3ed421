# Thermostats that scale: the same bytes after a kill as without, whatever the number of workers; check makes every
# step again, and finds the conserved quantity in files with fewer frames; wrong values get their sentence.
source "$(dirname "$0")/support.sh"

printf 'length_ps: 0.3\nequilibration_ps: 0.1\nnve_every_ps: 0\n' >job.yaml
for thermostat in bussi nose-hoover; do
    set=(--set thermostat=$thermostat --set thermostat_time_ps=0.05)
    ends 0 "$QMTRAJ" run --config job.yaml "${set[@]}" --num-workers 1 --out $thermostat water.xyz ammonia.xyz
    ends 0 "$QMTRAJ" run --config job.yaml "${set[@]}" --num-workers 2 --out two ammonia.xyz water.xyz
    for name in water ammonia; do
        same $thermostat/$name/trajectory.npz two/$name/trajectory.npz
    done

    # killed in the middle, and continued from a checkpoint
    ends 0 env QMTRAJ_TEST_CRASH_ONCE=water:700 "$QMTRAJ" run --config job.yaml "${set[@]}" --set checkpoint_s=0.02 --out killed water.xyz
    says "ended by signal 9" "continues at"
    same $thermostat/water/trajectory.npz killed/water/trajectory.npz

    ends 0 "$QMTRAJ" check $thermostat/water
    says "1200 steps made again" "Etot - heat"
    ends 0 "$QMTRAJ" run --config job.yaml "${set[@]}" --set save_interval_steps=10 --out thin water.xyz
    ends 0 "$QMTRAJ" check thin/water
    says "Etot - heat"
    ends 0 "$QMTRAJ" convert --to extxyz thin/water/trajectory.npz
    grep -q ' heat=' thin/water/*.extxyz || fail "no heat in extended XYZ"
    rm -rf two killed thin
done

# Langevin has no such array
ends 0 "$QMTRAJ" run --config job.yaml --set length_ps=0.01 --out plain water.xyz
unzip -l plain/water/trajectory.npz >members
grep -q "forces.npy" members || fail "no list of members"
if grep -q heat members; then fail "heat in the file of Langevin"; fi

# at constant energy nothing of it acts, which a file that is taken with --set ensemble=nve may say all the same
ends 0 "$QMTRAJ" run --config job.yaml --set length_ps=0.01 --set ensemble=nve --set thermostat=bussi --set friction_per_ps=1 --out nve water.xyz
says "thermostat = bussi has no effect: with ensemble = nve" "friction_per_ps = 1.0 has no effect"
ends 0 "$QMTRAJ" run --config nve/water/config.yaml --set nve_every_ps=0 --out again nve/water/start.xyz

refuses() {
    ends 2 "$QMTRAJ" run --config job.yaml --out never --set "$1" ${3:+--set "$3"} water.xyz
    says "$2"
    [ ! -e never ] || fail "something was begun: $1"
}
refuses thermostat=berendsen 'thermostat = "berendsen" is unknown (langevin or bussi or nose-hoover)'
refuses thermostat=busi 'did you mean bussi?'
refuses thermostat_time_ps=0.2 'thermostat_time_ps is of thermostat: bussi and nose-hoover; langevin takes friction_per_ps'
refuses friction_per_ps=1 'friction_per_ps is of thermostat: langevin; bussi and nose-hoover take thermostat_time_ps' thermostat=bussi
refuses thermostat_time_ps=0 'thermostat_time_ps = 0 is out of range, wants >= 0.001, <= 1e+06 ps' thermostat=bussi
