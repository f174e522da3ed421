#!/bin/bash
# The examples and launchers against the real programs: Open MPI, MPICH, GNU parallel, Snakemake. Ranks and parts
# together make the list once, with the bytes of one process. What is not installed is said. A minute.
#
#   tests/launchers/launchers.sh build/qmtraj
set -euo pipefail
export LC_ALL=C QMTRAJ
QMTRAJ=$(realpath "$1")
examples=$(realpath "$(dirname "$0")/../../examples")
work=$(mktemp -d /tmp/qmtraj_launchers.XXXXXX)
trap 'rm -rf "$work"' EXIT
mkdir "$work/with blanks"
cd "$work/with blanks"
fail() {
    echo "FAILED: $*" >&2
    [ ! -f log ] || tail -n 40 log >&2
    exit 1
}

cat >short.yaml <<'YAML'
length_ps: 0.02
equilibration_ps: 0
nve_every_ps: 0
YAML
smiles='O N C CO CC CN C=O C#N CCO CCN CCC COC'
i=0
for text in $smiles; do
    i=$((i + 1))
    echo "$text mol$i"
done >list.smi
echo 'C(C open' >>list.smi
code=0
"$QMTRAJ" run --config short.yaml --smiles-file list.smi --out whole >log 2>&1 || code=$?
[ $code = 1 ] || fail "one process ends with $code"

# once OUT: every molecule once, with the bytes of one process; in folders or in archives
once() {
    local name n
    cat "$1"/.journal/*.jsonl | grep -o '"molecule":"[^"]*"' | sort >names
    [ "$(wc -l <names)" = 12 ] && [ "$(sort -u names | wc -l)" = 12 ] || fail "$1: $(cat names)"
    [ "$(tail -q -n +2 "$1"/rejected.*tsv | wc -l)" = 1 ] || fail "$1: rejected: $(cat "$1"/rejected.*)"
    [ -s "$1/summary.json" ] || fail "$1: nobody wrote the summary"
    rm -rf unpacked
    cp -r "$1" unpacked
    "$QMTRAJ" unpack unpacked >log 2>&1 || fail "$1: unpack"
    n=0
    for name in whole/mol*; do
        cmp "$name/trajectory.npz" "unpacked/${name#whole/}/trajectory.npz" || fail "$1: ${name#whole/} has other bytes"
        n=$((n + 1))
    done
    [ $n = 12 ] || fail "$n molecules"
}

# mpi NAME COMMAND...: three ranks
mpi() {
    local name=$1 code=0
    shift
    if ! command -v "$1" >/dev/null; then
        echo "$name: NOT RUN, there is no $1"
        return
    fi
    "$@" -n 3 "$QMTRAJ" run --config short.yaml --smiles-file list.smi --out "$name" --num-workers 1 >log 2>&1 || code=$?
    [ $code = 1 ] || fail "$name ends with $code"
    for rank in 1 2 3; do
        grep -q "process $rank of 3 by" log || fail "$name: no rank $rank"
    done
    once "$name"
    echo "$name: three ranks make the list once"
}
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
mpi openmpi mpirun.openmpi --oversubscribe
mpi mpich mpirun.mpich

if command -v parallel >/dev/null && [ "$(parallel --version 2>/dev/null | head -1 | cut -c1-12)" = 'GNU parallel' ]; then
    code=0
    PARTS=5 JOBS=2 "$examples/parallel.sh" short.yaml parallel list.smi >log 2>&1 || code=$?
    [ $code = 1 ] || fail "parallel ends with $code" # one of the parts has the rejected line
    once parallel
    [ -z "$(find parallel -mindepth 1 -type d ! -name .journal)" ] || fail "parallel left folders"
    code=0
    PARTS=5 JOBS=2 "$examples/parallel.sh" short.yaml parallel list.smi >log 2>&1 || code=$?
    [ $code = 1 ] || fail "parallel, again, ends with $code"
    once parallel
    echo 'parallel: five parts make the list once, and the same line begins nothing that is done'
else
    echo 'parallel: NOT RUN, there is no GNU parallel'
fi

if command -v snakemake >/dev/null; then
    cp "$examples/Snakefile" .
    snake() {
        snakemake --snakefile Snakefile --cores 2 "$@" --config config=short.yaml smiles=list.smi out=snake parts=3 >log 2>&1
    }
    snake || fail "snakemake ends with $?"
    once snake
    grep -q '12 files: 12 pass' snake.check.txt || fail "check: $(cat snake.check.txt)"
    [ -s snake.mace/README.md ] || fail "no training set"
    snake --dry-run && grep -qi 'nothing to be done' log || fail "snakemake would do it again"
    echo 'snakemake: run, check and training set, and nothing to be done the second time'
else
    echo 'snakemake: NOT RUN, it is not there'
fi
