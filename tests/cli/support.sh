# Sourced by the tests of this folder: a scratch folder, a molecule or two, and words for what a command
# must do. QMTRAJ is the program.
set -euo pipefail
export LC_ALL=C
here=$(mktemp -d)
# what still runs in the background ends with the test, and its workers end with it
trap 'kill -KILL $(jobs -rp) 2>/dev/null || true; rm -rf "$here"' EXIT
cd "$here"

fail() {
    echo "FAILED: $*" >&2
    [ ! -f "$here/out" ] || sed 's/^/    out: /' "$here/out" >&2
    [ ! -f "$here/err" ] || sed 's/^/    err: /' "$here/err" >&2
    exit 1
}

# ends CODE COMMAND...: the command ends with this code; its output is in $here/out and $here/err
ends() {
    local wanted=$1 code=0
    shift
    "$@" >"$here/out" 2>"$here/err" || code=$?
    [ "$code" = "$wanted" ] || fail "code $code, wanted $wanted: $*"
}

# says WORDS...: each is in one of the outputs of the last command
says() {
    local words
    for words in "$@"; do
        grep -qF -e "$words" "$here/out" "$here/err" || fail "nothing says: $words"
    done
}

# background COMMAND...: starts it, its process is $pid
background() {
    "$@" >"$here/out" 2>"$here/err" &
    pid=$!
}

# until_true WORDS...: waits until the command succeeds, at most a minute
until_true() {
    local end=$((SECONDS + 60))
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "never true: $*"
        kill -0 $pid 2>/dev/null || "$@" || fail "it ended before this was true: $*"
        sleep 0.01 # not to take the processor from what is waited for
    done
}

# until_there FILE: waits until there is such a file
until_there() {
    until_true test -e "$1"
}

# ended CODE: waits for the background process, which ends with this code
ended() {
    local code=0
    wait $pid || code=$?
    pid=
    [ "$code" = "$1" ] || fail "code $code, wanted $1"
}

same() {
    cmp "$1" "$2" || fail "$1 and $2 differ"
}

cat >water.xyz <<'XYZ'
3

O  0.000  0.000  0.119
H  0.000  0.763 -0.477
H  0.000 -0.763 -0.477
XYZ
cat >ammonia.xyz <<'XYZ'
4

N  0.000  0.000  0.114
H  0.000  0.941 -0.266
H  0.815 -0.471 -0.266
H -0.815 -0.471 -0.266
XYZ
cat >hydroxide.xyz <<'XYZ'
2
charge=-1
O  0.000  0.000  0.000
H  0.000  0.000  0.970
XYZ
cat >short.yaml <<'YAML'
length_ps: 0.05
equilibration_ps: 0.02
nve_every_ps: 0
friction_per_ps: 1
YAML

# F- comes to CH3Cl from behind, in sn2.xyz: a bond forms and another one breaks
sn2_write() {
    cat >sn2.xyz <<'XYZ'
6
charge=-1
C 0 0 0
H 1.03 0.03 -0.3
H -0.5 0.9 -0.32
H -0.52 -0.88 -0.31
Cl 0.02 0.05 -2.05
F 0.1 0.0 2.6
XYZ
}
