#!/bin/sh
# The floors below config serve callers without a command line: no sentence of theirs names a key of the
# configuration, an option or a command of the program. Where one may help they give a hint (QMT_HINT_LIST),
# which src/config and src/cli put into words. Keys of one word only (method, charge) are words of the field, too,
# and are not looked for. Prints what is found and fails on it.
set -eu
cd "$(dirname "$0")/.."
floors='kernels base data system basis terms scf engine bias md io'
keys=$(grep -rhoE '\.name = "[a-z0-9]+_[a-z_A-Z0-9]+"' src/config/*.c | sed -E 's/.*"(.*)".*/\1/' | sort -u)
n=$(printf '%s\n' "$keys" | grep -c . || true)
[ "$n" -ge 10 ] || { echo "check_words: only $n keys found in src/config: the table looks otherwise now"; exit 1; }
pattern="\\b($(printf '%s\n' "$keys" | paste -sd'|'))\\b|(^|[^-a-z])--[a-z]|qmtraj (run|energy|convert|status|check|solvents)\\b|\`"
# names in files that are not about the configuration: of extended XYZ, of the metadata
in_files=' spin_multiplicity=%d|"save_interval_steps"'
bad=0
for floor in $floors; do
    [ -d "src/$floor" ] || continue
    # strings only: "..." of lines that are no comment and include nothing
    found=$(grep -rnE --include='*.[ch]' --include='*.cpp' '"' "src/$floor" | grep -vE ':[0-9]+: *(//|#)' |
        sed -E 's|//.*$||' | grep -oE '^[^:]*:[0-9]+:|"([^"\\]|\\.)*"' |
        awk '/^src\// { at = $0; next } { print at " " $0 }' | grep -E "$pattern" | grep -vE "$in_files" || true)
    if [ -n "$found" ]; then
        printf '%s\n' "$found"
        bad=1
    fi
done
exit $bad
