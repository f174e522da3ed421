# The manual page and the shell completion know what --help knows.
source "$(dirname "$0")/support.sh"
page="$QMTRAJ_SOURCE/docs/man/qmtraj.1"
shopt -s extglob

# help_options COMMAND: the options of its help text
help_options() {
    "$QMTRAJ" help "$1" | sed -n 's/^  \(--[a-z-]*\).*/\1/p'
}
commands=$("$QMTRAJ" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
[ "$(wc -w <<<"$commands")" -ge 6 ] || fail "no commands in the help"

for command in $commands; do
    sed -n "/^\.SS $command\$/,/^\.S[SH] /p" "$page" | sed '1d;s/\\-/-/g' >section
    [ -s section ] || fail "qmtraj.1 lacks the command $command"
    help_options "$command" | sort >there
    sed -n 's/^\.BI\? \(--[a-z-]*\).*/\1/p' section | sort >described
    diff there described || fail "options of $command: < only in --help, > only in qmtraj.1"
    # every help text has an example
    "$QMTRAJ" help "$command" >help_text # not through a pipe that grep -q closes before all is written
    grep -q "^  .*qmtraj $command\|^  qmtraj" help_text || fail "$command: no example"
    ends 0 "$QMTRAJ" "$command" --help
    "$QMTRAJ" help "$command" | cmp - out || fail "help $command and $command --help differ"
done
"$QMTRAJ" --help | sed -n '/^Exit codes/,$s/^ *\([0-9][0-9+n]*\) .*/\1/p' | while read -r code; do
    grep -q "^$code|" "$page" || fail "qmtraj.1 lacks the exit code $code"
done
if command -v groff >/dev/null; then
    groff -t -man -Tascii -ww "$page" 2>warnings >/dev/null
    [ ! -s warnings ] || fail "groff: $(cat warnings)"
fi

# offers WORDS...: what completion makes of a command line whose last word is not finished
source "$QMTRAJ_SOURCE/completion/qmtraj.bash"
offers() {
    COMP_WORDS=("$QMTRAJ" "$@")
    COMP_CWORD=$#
    _qmtraj "$QMTRAJ" "${COMP_WORDS[$#]}" "${COMP_WORDS[$# - 1]}" || true
    echo "${COMPREPLY[*]}"
}
is() {
    [ "$1" = "$2" ] || fail "offered \"$1\", wanted \"$2\""
}
is "$(offers ru)" run
is "$(offers '')" "$(echo $commands) --help --version --cite"
is "$(offers --v)" --version
is "$(offers help c)" "convert check cite config"
for command in run energy convert dataset check; do
    is "$(offers "$command" --)" "$(echo $(help_options "$command"))"
done
is "$(offers run --smiles-f)" --smiles-file
is "$(offers run --set nve_window_)" nve_window_ps=
is "$(offers run --set bias.torsion.m)" bias.torsion.mode=
is "$(offers run --set '' | wc -w)" "$("$QMTRAJ" help config --markdown | grep -c '^| `')"
is "$(offers energy --set electronic)" electronic_temperature_K=
is "$(offers convert x.npz --to '')" "extxyz h5md npy npz trr"
is "$(offers convert x.npz --to = n)" "npy npz"
is "$(offers dataset x.npz --for ma)" mace
is "$(offers dataset x.npz --for hd)" hdf5
is "$(offers dataset x.npz --for torchmd)" "torchmd torchmd-mmap"
is "$(offers energy --alpb wa)" water
is "$(offers run --config '')" ""
is "$(offers run '')" ""
