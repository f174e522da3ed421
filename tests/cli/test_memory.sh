# Memory does not grow with the length of a trajectory: less than 1 MiB between 1 ps and 20 ps.
source "$(dirname "$0")/support.sh"

peak() {
    sed -n 's/.*"peak_memory_KiB":[[:space:]]*\([0-9]*\).*/\1/p' "$1/water/run.json"
}
for length in 1 20; do
    ends 0 "$QMTRAJ" run --config short.yaml --set length_ps=$length --out out$length water.xyz
done
short=$(peak out1) long=$(peak out20)
[ $((long - short)) -lt 1024 ] || fail "$short KiB for 1 ps, $long KiB for 20 ps"
