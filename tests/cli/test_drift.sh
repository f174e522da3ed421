# A run whose energy is not conserved says so: steps that are too long, or an SCF that goes from one solution to
# another in mid-run, where forces are continuous and energies are not.
source "$(dirname "$0")/support.sh"

common="--set nve_every_ps=0 --set equilibration_ps=0.2 --set save_interval_steps=100"
ends 0 "$QMTRAJ" run $common --set length_ps=1 --set dt_fs=2 --out long water.xyz
says "warning: water: the energy is not conserved" "a smaller time step may help"
ends 0 "$QMTRAJ" run $common --set length_ps=1 --out good water.xyz
if grep -q "not conserved" "$here/out" "$here/err"; then fail "a step of 0.25 fs is warned of"; fi
