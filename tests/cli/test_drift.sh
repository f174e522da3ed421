# A run whose energy is not conserved says so: steps that are too long, or an SCF that goes from one solution to
# another in mid-run, where forces are continuous and energies are not.
source "$(dirname "$0")/support.sh"

common="--set nve_every_ps=0 --set equilibration_ps=0.2 --set save_interval_steps=100"
ends 0 "$QMTRAJ" run $common --set length_ps=1 --set dt_fs=2 --out long water.xyz
says "warning: water: the energy is not conserved" "a smaller dt_fs may help"
# and on record: in the file, beside it, and in the summary of the job
for file in long/water/trajectory.npz long/water/run.json long/summary.json; do
    grep -aq energy_drift <(tr -d '\0' <"$file") || fail "$file has no record of the drift"
done
# check repeats it where a hundredth of the frames is too few to see it
ends 0 "$QMTRAJ" check long
says "WARN     record" "energy_drift: "
ends 0 "$QMTRAJ" run $common --set length_ps=1 --out good water.xyz
if grep -q "not conserved" "$here/out" "$here/err"; then fail "a step of 0.25 fs is warned of"; fi
