#!/bin/sh
# Times one MD step of 0.25 fs, all of it (NVE, 300 K, scf: tight, frame written), of the bundled
# molecules and of bench/geometries on one pinned core, in turn with our own engine by diagonalisation and
# with Debian's libxtb in the same process (its result object reused, one thread); then NVT, GFN1, ALPB and
# the AVX2 table for a few of them; tblite's Python package, if there is one; and, for timing only, the program
# `xtb --md`.
#
#   bench/run.sh [--quick]
#
# Writes build/bench/report.md and appends every line to build/bench/history.jsonl, so that a later
# change can be compared. Medians of five runs; the other processors should be idle. "Core to itself"
# is the median of the steps during which no other hyperthread used the core (bench/core_share.h), with
# their share; empty in the report where too few of them were timed.
set -eu
cd "$(dirname "$0")/.."
program=build/bench/bench_step
runs=5
[ "${1:-}" = --quick ] && runs=1

processors=$(nproc) # which counts OMP_NUM_THREADS where it is set
core=$((processors - 1))

# One core, one thread, and the BLAS kernels of this processor for the peer.
OMP_NUM_THREADS=1
OPENBLAS_NUM_THREADS=1
if grep -qw avx512f /proc/cpuinfo; then
    OPENBLAS_CORETYPE=SKYLAKEX
else
    OPENBLAS_CORETYPE=HASWELL
fi
# The peer allocates its arrays at every call. Left to itself glibc gives the large ones back to the
# system each time, which made it up to 2.7 times slower than it is; here the heap keeps its pages.
MALLOC_MMAP_THRESHOLD_=4294967296
MALLOC_TRIM_THRESHOLD_=4294967296
export OMP_NUM_THREADS OPENBLAS_NUM_THREADS OPENBLAS_CORETYPE MALLOC_MMAP_THRESHOLD_ MALLOC_TRIM_THRESHOLD_

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
lines=$scratch/lines points=$scratch/points two_droplets=$scratch/water_336.xyz
: > "$lines" > "$points"
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)

bench() { # name of the series, options and files
    series=$1
    shift
    run=0
    while [ "$run" -lt "$runs" ]; do
        taskset -c "$core" "$program" "$@" | sed "s|^{|{\"series\": \"$series\", |" | tee -a "$lines" >&2
        run=$((run + 1))
    done
}

xyz=data/molecules/xyz
big=bench/geometries
bench NVE --steps 1500 --peer-steps 100 --plain --xtb $xyz/*.xyz
bench NVE --steps 400 --peer-steps 30 --plain --xtb $big/caffeine.xyz $big/c20h42.xyz
bench NVE --steps 80 --peer-steps 5 --plain --xtb $big/cholesterol.xyz $big/taxol.xyz
few="$xyz/glycine.xyz $xyz/benzene.xyz $xyz/aspirin.xyz"
for friction in 0.002 1 10; do
    # shellcheck disable=SC2086
    bench "NVT $friction" --steps 1500 --friction $friction $few
    bench "NVT $friction" --steps 400 --friction $friction $big/c20h42.xyz
done
# shellcheck disable=SC2086
bench GFN1 --steps 1500 --method GFN1-xTB --peer-steps 100 --xtb $few
# shellcheck disable=SC2086
bench "ALPB water" --steps 1500 --alpb water $few
# shellcheck disable=SC2086
bench "scf: fast" --steps 1500 --tolerance 1e-7 $few
if grep -qw avx512f /proc/cpuinfo; then
    # shellcheck disable=SC2086
    QMTRAJ_ISA=avx2 bench AVX2 --steps 1500 $few
    QMTRAJ_ISA=avx2 bench AVX2 --steps 400 $big/c20h42.xyz
fi
[ "$runs" = 1 ] || runs=3
# By diagonalisation this one would take ten minutes a run.
bench NVE --steps 15 --warm-up 60 --peer-steps 2 --xtb $big/c100h202_anti.xyz
# Its Jacobian takes 56 steps, two minutes.
runs=1 bench NVE --steps 15 --warm-up 70 $big/water_168.xyz
# shellcheck disable=SC2086
runs=1 bench stages --stages --steps 3000 $few
runs=1 bench stages --stages --steps 400 $big/c20h42.xyz
runs=1 bench stages --stages --steps 60 $big/taxol.xyz
runs=1 bench stages --stages --steps 15 --warm-up 60 $big/c100h202_anti.xyz
runs=1 bench stages --stages --steps 15 --warm-up 70 $big/water_168.xyz

# One molecule on one processor and on two, in turn; of one core both would be the same.
turn=0
while [ "$processors" -gt 1 ] && [ "$turn" -lt "$runs" ]; do
    for cores in 1 2; do
        "$program" --cores "$cores" --steps 30 --warm-up 60 $big/c100h202_anti.xyz |
            sed "s|^{|{\"series\": \"cores $cores\", |" | tee -a "$lines" >&2
    done
    turn=$((turn + 1))
done

# tblite's Python package where TBLITE_PYTHON or python3 has it, with OpenBLAS in the place of the reference library
# that its wheels bring.
python=${TBLITE_PYTHON:-python3}
blas=$(ldconfig -p 2>/dev/null | sed -n 's/.*libopenblas\.so\.0.* => //p' | head -n 1)
if "$python" -c 'import tblite.interface' 2>/dev/null; then
    for one in "30 $xyz/glycine.xyz $xyz/aspirin.xyz $big/c20h42.xyz" "15 $big/cholesterol.xyz $big/taxol.xyz" \
        "4 $big/c100h202_anti.xyz $big/water_168.xyz"; do
        # shellcheck disable=SC2086
        LD_PRELOAD=$blas taskset -c "$core" "$python" bench/step_of_tblite.py $one |
            sed 's|^{|{"series": "NVE", |' | tee -a "$lines" >&2
    done
else
    echo "bench/run.sh: $python has no tblite; TBLITE_PYTHON names one that has, without it its columns stay empty" >&2
fi

# Single points from nothing; 1,008 atoms are the droplet of 504 and a copy beside it.
awk 'NR > 2 && NF >= 4 { n++; name[n] = $1; x[n] = $2; y[n] = $3; z[n] = $4
                         if (n == 1 || $2 < low) low = $2; if (n == 1 || $2 > high) high = $2 }
     END { print 2 * n; print "two droplets"
           for (k = 0; k < 2; k++) for (i = 1; i <= n; i++)
               print name[i], x[i] + k * (high - low + 2.5), y[i], z[i] }' $big/water_168.xyz > "$two_droplets"
for file in $xyz/aspirin.xyz $big/taxol.xyz $big/c100h202_anti.xyz $big/water_168.xyz "$two_droplets"; do
    LD_PRELOAD=$blas taskset -c "$core" "$python" bench/single_points.py build/qmtraj "$file" |
        sed 's|^{|{"series": "single point", |' | tee -a "$points" >&2
done

# For timing only: the MD of the xtb program differs in integrator and start (its default accuracy and
# a tighter one), so that only its time per step is taken.
xtb_md() { # xyz file, sccacc
    command -v xtb >/dev/null || return 0
    folder=$(mktemp -d)
    cp "$1" "$folder/start.xyz"
    printf '$md\n time=0.2\n step=0.25\n hmass=0\n shake=0\n sccacc=%s\n nvt=false\n dump=50\n$end\n' \
        "$2" > "$folder/md.inp"
    begin=$(date +%s.%N)
    (cd "$folder" && taskset -c "$core" xtb start.xyz --gfn 2 --md --input md.inp) \
        > "$folder/log" 2>&1 || true
    end=$(date +%s.%N)
    awk -v b="$begin" -v e="$end" 'BEGIN { printf "%.0f", (e - b) / 800 * 1e6 }'
    rm -rf "$folder"
}

mkdir -p build/bench
stamp=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sed "s|^{|{\"date\": \"$stamp\", \"commit\": \"$commit\", \"cpu\": \"$cpu\", |" "$lines" "$points" \
    >> build/bench/history.jsonl

{
    echo "# Time of one MD step"
    echo
    echo "$cpu, core $core of $processors, commit $commit, $stamp, \`bench/run.sh\`; medians of $runs runs or more."
    echo
    echo "| series | molecule | atoms | orbitals | density builds | qmtraj, us | tenth percentile | core to itself, us | share | by diagonalisation, us | libxtb, us | libxtb / qmtraj | core to itself | tblite, us | tblite / qmtraj |"
    echo "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
    awk '
        function value(key,   s) {
            if (!match($0, "\"" key "\": [^,}]*")) return ""
            s = substr($0, RSTART, RLENGTH); sub(/^[^:]*: /, "", s); gsub(/"/, "", s); return s
        }
        function middle(list,   parts, n, i, j, t) {
            n = split(list, parts, " ")
            for (i = 2; i <= n; i++)
                for (j = i; j > 1 && parts[j] + 0 < parts[j - 1] + 0; j--) {
                    t = parts[j]; parts[j] = parts[j - 1]; parts[j - 1] = t
                }
            return parts[int((n + 1) / 2)]
        }
        # Lines come twice. A process that never saw the throughput of others shared its core all the time.
        NR == FNR {
            if (value("core_additions_per_clock") + 0 > best) best = value("core_additions_per_clock") + 0
            next
        }
        function alone(key, otherwise) {
            if (value("core_additions_per_clock") + 0 < 0.9 * best) return otherwise
            return value(key) == "null" ? "" : value(key)
        }
        value("tblite_us") != "" { peer[value("series") " | " value("molecule")] = value("tblite_us"); next }
        value("series") != "stages" {
            m = value("series") " | " value("molecule")
            if (!(m in atoms)) order[++count] = m
            atoms[m] = value("atoms"); orbitals[m] = value("orbitals")
            builds[m] = builds[m] " " value("builds")
            ours[m] = ours[m] " " value("qmtraj_us"); quick[m] = quick[m] " " value("qmtraj_p10_us")
            itself[m] = itself[m] " " alone("qmtraj_alone_us", "")
            share[m] = share[m] " " alone("qmtraj_alone_share", "0.00")
            plain[m] = plain[m] " " value("plain_us")
            theirs[m] = theirs[m] " " value("libxtb_us"); ratio[m] = ratio[m] " " value("ratio")
            ratio_itself[m] = ratio_itself[m] " " alone("ratio_alone", "")
        }
        END {
            for (i = 1; i <= count; i++) {
                m = order[i]
                printf "| %s | %s | %s | %s | %.1f | %.1f | %s | %s | %s | %s | %s | %s | %s | %s |\n", m, atoms[m],
                    orbitals[m], middle(builds[m]), middle(ours[m]), middle(quick[m]), middle(itself[m]),
                    middle(share[m]), middle(plain[m]), middle(theirs[m]), middle(ratio[m]),
                    middle(ratio_itself[m]), peer[m],
                    peer[m] == "" ? "" : sprintf("%.1f", peer[m] / middle(ours[m]))
            }
        }' "$lines" "$lines"
    echo
    echo "A single point from nothing: seconds of processor time and peak of memory in MB, tblite at its own thresholds and at 1e-3 of them:"
    echo
    sed 's/^{"series": "single point", "molecule": "\([^"]*\)", \(.*\)}$/- \1: \2/' "$points"
    echo
    echo "Stages, us per step (tenth percentiles; \`bench_step --stages\`):"
    echo
    sed -n 's/^{"series": "stages", "molecule": "\([^"]*\)".*"stages_p10_us": {\([^}]*\)}.*/- \1: \2/p' "$lines"
    if command -v xtb >/dev/null; then
        echo
        echo "\`xtb --md\`, whole program over 800 steps, us per step (sccacc 0.1 / default 2.0):"
        for file in $xyz/glycine.xyz $xyz/aspirin.xyz; do
            echo "- $(basename "$file" .xyz): $(xtb_md "$file" 0.1) / $(xtb_md "$file" 2.0)"
        done
    fi
} > build/bench/report.md
cat build/bench/report.md
