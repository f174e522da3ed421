# Memory does not grow with the length of a trajectory: less than 1 MiB between 1 ps and 20 ps. How many pages of the program
# are counted differs by as much from run to run, so the least of several runs is taken.
source "$(dirname "$0")/support.sh"

least_peak() {
    local length=$1 least= peak
    for turn in 1 2 3 4; do
        ends 0 "$QMTRAJ" run --config short.yaml --set length_ps=$length --out out$length.$turn water.xyz
        peak=$(sed -n 's/.*"peak_memory_KiB":[[:space:]]*\([0-9]*\).*/\1/p' out$length.$turn/water/run.json)
        if [ -z "$least" ] || [ "$peak" -lt "$least" ]; then least=$peak; fi
    done
    echo "$least"
}
short=$(least_peak 1) long=$(least_peak 20)
[ $((long - short)) -lt 1024 ] || fail "$short KiB for 1 ps, $long KiB for 20 ps"
