# temperature_K as a list: a trajectory at each, with random numbers of its own and its replicas inside; a ramp: the
# wanted temperature of every frame, and check knows it.
source "$(dirname "$0")/support.sh"

printf 'temperature_K: [300, 600.5, 1000]\nreplicas: 2\nlength_ps: 0.05\nequilibration_ps: 0\nnve_every_ps: 0\n' >job.yaml
ends 0 "$QMTRAJ" run --config job.yaml --dry-run water.xyz
says "# 6 trajectories" "# water/T0300/r01 " "# water/T0600.5/r02 "
ends 0 "$QMTRAJ" run --config job.yaml --num-workers 2 --out three water.xyz ammonia.xyz
grep -q '^temperature_K: 600.5 ' three/water/T0600.5/r01/config.yaml || fail "another temperature in config.yaml"
ends 0 "$QMTRAJ" check three
says "12 files: 12 pass"
ends 0 "$QMTRAJ" status three
says "12/12 complete" "ammonia/T1000/r02"
ends 0 "$QMTRAJ" run --config job.yaml --out three water.xyz ammonia.xyz
says "nothing to do"
# the same bytes with the temperatures in another order and one worker
ends 0 "$QMTRAJ" run --config job.yaml --set temperature_K=1000,300 --num-workers 1 --out two water.xyz
for label in T0300/r01 T0300/r02 T1000/r01; do
    same three/water/$label/trajectory.npz two/water/$label/trajectory.npz
done
# not the same random numbers, scaled
/usr/bin/python3 - <<'PY' || fail "velocities at 300 and 1000 K have the same directions"
import numpy as np
a, b = (np.load(f"three/water/{t}/r01/trajectory.npz")["vel"][0].ravel().astype(float) for t in ("T0300", "T1000"))
assert abs(a @ b) < 0.99 * np.sqrt((a @ a) * (b @ b))
PY
ends 0 "$QMTRAJ" pack three
ends 0 "$QMTRAJ" status three
says "12/12 complete"
[ ! -e three/water ] || fail "an empty folder is left"
# not beside a single one
ends 0 "$QMTRAJ" run --config job.yaml --set temperature_K=300 --set replicas=1 --out one water.xyz
ends 7 "$QMTRAJ" run --config job.yaml --set replicas=1 --out one water.xyz
says "is a single trajectory, and this job would put several (T0300) beside it"
ends 7 "$QMTRAJ" run --config job.yaml --set temperature_K=300 --set replicas=1 --out two water.xyz
says "holds several trajectories (T0300, ...)"

# a ramp
printf 'temperature_ramp_K: [300, 1500]\nfriction_per_ps: 50\nlength_ps: 0.2\nequilibration_ps: 0.1\nnve_every_ps: 0\n' >ramp.yaml
for thermostat in langevin bussi nose-hoover; do
    set=(--set thermostat=$thermostat)
    [ $thermostat = langevin ] || set+=(--set friction_per_ps=0.002 --set thermostat_time_ps=0.02)
    ends 0 "$QMTRAJ" run --config ramp.yaml "${set[@]}" --out ramp-$thermostat water.xyz
    ends 0 "$QMTRAJ" check ramp-$thermostat
    says "800 steps made again" "wanted 900.0 K"
done
ends 0 "$QMTRAJ" run --config ramp.yaml --set temperature_ramp_K=100,200 --out ramp-cold water.xyz
ends 0 "$QMTRAJ" check ramp-cold
ends 0 "$QMTRAJ" run --config ramp-cold/water/config.yaml --out ramp-again ramp-cold/water/start.xyz
same ramp-cold/water/trajectory.npz ramp-again/water/trajectory.npz
/usr/bin/python3 - <<'PY' || fail "the wanted temperatures are others"
import numpy as np
import json
data = np.load("ramp-cold/water/trajectory.npz")
assert json.loads(str(data["metadata"]))["config"]["temperature_K"] == 100
wanted = np.load("ramp-langevin/water/trajectory.npz")["temperature_wanted"]
assert np.allclose(wanted, np.linspace(300, 1500, 801), atol=1e-9), wanted
PY
# longer it would rise more slowly from its first step on: another trajectory, refused with and without its checkpoint
for keep in true false; do
    ramp=("$QMTRAJ" run --config ramp.yaml --set keep_checkpoint=$keep --out ramp-$keep)
    ends 0 "${ramp[@]}" water.xyz
    sha256sum ramp-$keep/water/* >before
    ends 7 "${ramp[@]}" --set length_ps=0.4 water.xyz
    says 'length_ps was 0.2, now 0.4 (temperature_ramp_K ends with it)'
    ends 7 "${ramp[@]}" --set length_ps=0.4 --dry-run water.xyz
    sha256sum -c before >out 2>&1 || fail "something was touched"
done

# check notices another ramp
/usr/bin/python3 - <<'PY'
import numpy as np, json
data = dict(np.load("ramp-langevin/water/trajectory.npz"))
data["metadata"] = np.array(str(data["metadata"]).replace("[300.0,1500.0]", "[300.0,1400.0]").replace("[300.0, 1500.0]", "[300.0, 1400.0]"))
np.savez("other.npz", **data)
PY
ends 1 "$QMTRAJ" check other.npz
says "temperature_wanted is off temperature_ramp_K by 100 K"

refuses() {
    local sentence=$1
    shift
    ends 2 "$QMTRAJ" run --config ramp.yaml --out never "$@" water.xyz
    says "$sentence"
    [ ! -e never ] || fail "something was begun"
}
refuses 'temperature_ramp_K has 1 number, wants two, each > 0, <= 10000, or none' --set temperature_ramp_K=300
refuses 'temperature_ramp_K has 3 numbers' --set temperature_ramp_K=300,400,500
refuses 'temperature_ramp_K = 0 is out of range' --set temperature_ramp_K=0,500
refuses 'temperature_ramp_K wants a number or none, got text "hot"' --set temperature_ramp_K=300,hot
refuses 'temperature_K and temperature_ramp_K (ramp.yaml:1) exclude each other; remove one' --set temperature_K=500
refuses 'temperature_K and temperature_ramp_K (ramp.yaml:1) exclude each other; remove one' --set temperature_K=300,500
refuses 'temperature_ramp_K needs a thermostat, but ensemble is nve' --set ensemble=nve
refuses 'the thermostat brings energy back within 500 ps, too slowly for a ramp of 0.2 ps' --set friction_per_ps=0.002
refuses 'temperature_K has 300 twice' --set temperature_K=300,300
refuses 'temperature_K wants a number, got nothing' --set temperature_K=
