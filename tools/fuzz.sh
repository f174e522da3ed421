#!/bin/bash
# Runs the fuzzers of build-fuzz one after the other, each for a number of seconds of processor time, and
# says how many inputs each has seen:
#
#   tools/fuzz.sh SECONDS [NAME...]
#
# What they learn stays in build-fuzz/found for the next time. An input that crashes, takes ten seconds or
# asks for more than 256 MiB in one piece ends its fuzzer and lies in build-fuzz/crashes: once the fault is
# mended it belongs into tests/fuzz/corpus/NAME, where every test run reads it again.
set -u
cd "$(dirname "$0")/.." || exit 1
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- config smiles xyz structure checkpoint npz
mkdir -p build-fuzz/crashes
failed=0
SLICE=120 # seconds by the clock; on a busy machine they are fewer of processor time
TIMEFORMAT='%U %S'

# one NAME WALL_SECONDS: a slice, its output appended to the log; sets cpu to its processor seconds
one() {
    local code options=(-max_total_time="$2" -timeout=10 -malloc_limit_mb=256 -rss_limit_mb=2048
        -print_final_stats=1 -artifact_prefix="build-fuzz/crashes/$1-" -verbosity=1)
    case $1 in
    npz | checkpoint) options+=(-max_len=16384) ;;
    *) options+=(-max_len=4096 -dict="tests/fuzz/$1.dict") ;;
    esac
    { time "build-fuzz/tests/fuzz/fuzz_$1" "${options[@]}" "build-fuzz/found/$1" \
        "tests/fuzz/corpus/$1" >>"$log" 2>&1; } 2>"build-fuzz/times_$1"
    code=$?
    cpu=$(awk '{ print int($1 + $2) }' "build-fuzz/times_$1")
    return $code
}

for name in "$@"; do
    log=build-fuzz/fuzz_$name.log spent=0 word=clean
    mkdir -p "build-fuzz/found/$name"
    : >"$log"
    while [ "$spent" -lt "$seconds" ] && [ "$word" = clean ]; do
        slice=$((seconds - spent < SLICE ? seconds - spent : SLICE))
        one "$name" $slice || word="FAILED, see $log"
        spent=$((spent + (cpu > 0 ? cpu : 1)))
    done
    [ "$word" = clean ] || failed=1
    inputs=$(awk '/^stat::number_of_executed_units:/ { n += $2 } END { print n + 0 }' "$log")
    edges=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
    echo "$name: $inputs inputs in $spent s of processor time, $edges edges of the code: $word"
done
exit $failed
