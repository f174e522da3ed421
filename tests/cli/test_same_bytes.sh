# The bytes of a trajectory depend on the task alone: not on the number of workers, the order of the
# molecules, variables that steer threads, the locale or the folder.
source "$(dirname "$0")/support.sh"

printf 'nve_every_ps: 0.02\nnve_window_ps: 0.01\nlength_ps: 0.05\nequilibration_ps: 0.02\n' >job.yaml
ends 0 "$QMTRAJ" run --config job.yaml --num-workers 1 --out one water.xyz ammonia.xyz hydroxide.xyz
ends 0 "$QMTRAJ" run --config job.yaml --num-workers 2 --out two hydroxide.xyz ammonia.xyz water.xyz
export OMP_NUM_THREADS=7 OPENBLAS_NUM_THREADS=5 MKL_NUM_THREADS=3 OPENBLAS_CORETYPE=Prescott
export OMP_STACKSIZE=4G OMP_PROC_BIND=true TZ=Asia/Tokyo
ends 0 env LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 "$QMTRAJ" run --config job.yaml --num-workers 4 --out four ammonia.xyz water.xyz hydroxide.xyz
mkdir elsewhere
(cd elsewhere && "$QMTRAJ" run --config ../job.yaml --out "$here/far" "$here/water.xyz" >"$here/out" 2>&1) ||
    fail "run from another folder"

for name in water ammonia hydroxide; do
    for out in two four; do
        same one/$name/trajectory.npz $out/$name/trajectory.npz
        same one/$name/config.yaml $out/$name/config.yaml
    done
done
same one/water/trajectory.npz far/water/trajectory.npz

# again and again, without the random places of memory, and with one thread whatever the variables say
for i in 1 2 3 4 5 6 7 8; do
    ends 0 "$QMTRAJ" run --config job.yaml --out again$i water.xyz
    same one/water/trajectory.npz again$i/water/trajectory.npz
done
if setarch -R true 2>/dev/null; then
    ends 0 setarch -R "$QMTRAJ" run --config job.yaml --out fixed water.xyz
    same one/water/trajectory.npz fixed/water/trajectory.npz
fi
"$QMTRAJ" run --config job.yaml --set length_ps=1000 --set save_interval_steps=1000 --out threads water.xyz >out 2>err &
pid=$!
until_there threads/water/checkpoint
for process in $pid $(cat /proc/$pid/task/$pid/children); do
    grep -q '^Threads:[[:space:]]*1$' /proc/$process/status || fail "more than one thread"
done
kill -TERM $pid
wait $pid || true

# the thousandth molecule of a process is computed like the first of another
for i in $(seq 250); do
    cat water.xyz hydroxide.xyz ammonia.xyz water.xyz
done >many.xyz
ends 0 "$QMTRAJ" energy --json many.xyz
grep -o '"energy":-[^,]*' out | sed -n '997,1000p' >last
ends 0 "$QMTRAJ" energy --json water.xyz hydroxide.xyz ammonia.xyz water.xyz
grep -o '"energy":-[^,]*' out | cmp - last || fail "the thousandth energies are other ones"
