#!/bin/sh
# The program is the first user of the library: files of src/cli include the public headers (qmtraj/...) and their own
# floor. Those that still reach behind them stand in tools/check_cli.txt, "FILE HEADER" a line. Prints an include that
# is neither, and a line that is no longer needed: the list only shrinks. `tools/check_cli.sh --drop` takes such
# lines out.
set -eu
cd "$(dirname "$0")/.."
there=$(grep -nE '^ *# *include "' src/cli/*.[ch] | grep -v '"cli/\|"qmtraj/' |
    sed -E 's|^src/cli/([^:]*):.*"([^"]*)".*|\1 \2|' | LC_ALL=C sort -u)
allowed=$(grep -v '^#' tools/check_cli.txt | LC_ALL=C sort -u)
if [ "${1:-}" = --drop ]; then
    { grep '^#' tools/check_cli.txt; printf '%s\n' "$allowed" | grep -Fx "$there" || true; } >tools/check_cli.new
    mv tools/check_cli.new tools/check_cli.txt
    exit
fi
bad=0
for line in $(printf '%s\n' "$there" | tr ' ' '@'); do
    line=$(echo "$line" | tr '@' ' ')
    printf '%s\n' "$allowed" | grep -Fxq "$line" || { echo "src/cli reaches behind qmtraj/*.h: $line"; bad=1; }
done
for line in $(printf '%s\n' "$allowed" | tr ' ' '@'); do
    line=$(echo "$line" | tr '@' ' ')
    printf '%s\n' "$there" | grep -Fxq "$line" || { echo "no longer needed in tools/check_cli.txt: $line"; bad=1; }
done
exit $bad
