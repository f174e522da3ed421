#!/bin/sh
# Times one MD step (energy and forces, 0.25 fs, NVE, warm) of the bundled molecules and of
# bench/geometries on one pinned core, in turn with Debian's libxtb in the same process (its result
# object reused, one thread) and, for timing only, with the program `xtb --md`.
#
#   bench/run.sh [--quick]
#
# Writes build/bench/report.md and appends every line to build/bench/history.jsonl, so that a later
# change can be compared. Medians of three runs; the other processors should be idle.
set -eu
cd "$(dirname "$0")/.."
program=build/bench/bench_step
runs=3
[ "${1:-}" = --quick ] && runs=1

# One core, one thread, and the BLAS kernels of this processor for the peer.
OMP_NUM_THREADS=1
OPENBLAS_NUM_THREADS=1
if grep -qw avx512f /proc/cpuinfo; then
    OPENBLAS_CORETYPE=SKYLAKEX
else
    OPENBLAS_CORETYPE=HASWELL
fi
export OMP_NUM_THREADS OPENBLAS_NUM_THREADS OPENBLAS_CORETYPE
core=$(($(nproc) - 1))

lines=$(mktemp)
trap 'rm -f "$lines"' EXIT
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)

bench() { # steps, files
    steps=$1
    shift
    run=0
    while [ "$run" -lt "$runs" ]; do
        taskset -c "$core" "$program" --steps "$steps" --xtb "$@" | tee -a "$lines" >&2
        run=$((run + 1))
    done
}

bench 300 data/molecules/xyz/*.xyz
bench 120 bench/geometries/caffeine.xyz bench/geometries/c20h42.xyz
bench 40 bench/geometries/cholesterol.xyz bench/geometries/taxol.xyz
[ "$runs" = 1 ] || bench 30 bench/geometries/c100h202_anti.xyz

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
sed "s|^{|{\"date\": \"$stamp\", \"commit\": \"$commit\", \"cpu\": \"$cpu\", |" "$lines" \
    >> build/bench/history.jsonl

{
    echo "# Time of one MD step"
    echo
    echo "$cpu, core $core of $(nproc), commit $commit, $stamp, \`bench/run.sh\`; medians of $runs runs."
    echo
    echo "| molecule | atoms | orbitals | density builds | qmtraj, us | libxtb, us | ratio | energy change qmtraj / libxtb, hartree |"
    echo "|---|---|---|---|---|---|---|---|"
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
        {
            m = value("molecule")
            if (!(m in atoms)) order[++count] = m
            atoms[m] = value("atoms"); orbitals[m] = value("orbitals"); builds[m] = value("builds")
            ours[m] = ours[m] " " value("qmtraj_us"); theirs[m] = theirs[m] " " value("libxtb_us")
            ratio[m] = ratio[m] " " value("ratio")
            change[m] = value("qmtraj_energy_change") " / " value("libxtb_energy_change")
        }
        END {
            for (i = 1; i <= count; i++) {
                m = order[i]
                printf "| %s | %s | %s | %s | %.1f | %.0f | %.1f | %s |\n", m, atoms[m], orbitals[m],
                    builds[m], middle(ours[m]), middle(theirs[m]), middle(ratio[m]), change[m]
            }
        }' "$lines"
    if command -v xtb >/dev/null; then
        echo
        echo "\`xtb --md\`, whole program over 800 steps, us per step (sccacc 0.1 / default 2.0):"
        for file in data/molecules/xyz/glycine.xyz data/molecules/xyz/aspirin.xyz; do
            echo "- $(basename "$file" .xyz): $(xtb_md "$file" 0.1) / $(xtb_md "$file" 2.0)"
        done
    fi
} > build/bench/report.md
cat build/bench/report.md
