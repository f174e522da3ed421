# Memory does not grow with the length of a trajectory: 20 ps get along with what 1 ps needs, found in steps of
# 128 KiB, and 128 KiB more: at most 3.5 bytes a frame. Resident pages are not compared, as their number differs by 1 MiB from run to run; what a process
# may have of data does not differ.
source "$(dirname "$0")/support.sh"

# fits KIB LENGTH: a trajectory of so many ps ends well with this limit of data
fits() {
    rm -rf out_memory
    (
        ulimit -d "$1"
        exec "$QMTRAJ" run --config short.yaml --set length_ps="$2" --out out_memory water.xyz
    ) >out 2>err
}

if nm "$QMTRAJ" | grep __asan_init >/dev/null; then
    echo "the shadow memory of the sanitizers is data too: nothing to measure"
    exit 0
fi
limit=2048
until fits $limit 1; do
    limit=$((limit + 128))
    [ $limit -lt 32768 ] || fail "1 ps does not end well with $limit KiB"
done
fits $((limit + 128)) 20 || fail "$limit KiB are enough for 1 ps, but 128 KiB more not for 20 ps"
