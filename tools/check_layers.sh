#!/bin/sh
# Prints each include that points upwards through the floors of src/, any between io and md, which
# share a floor and do not know each other, and every circle of modules (NAME.h, NAME.c and NAME_parts.h are one).
# Fails on one.
set -eu
cd "$(dirname "$0")/.."
bad=0
includes=$(grep -rnE --include='*.[ch]' --include='*.cpp' '^ *# *include "[a-z]+/' src)

printf '%s\n' "$includes" | awk -F '[:"/]' '
    BEGIN { n = split("kernels base data system analysis vibration basis terms scf engine bias opt md structure trajectory config run campaign label single audit dataset report api cli",
                      floor, " ")
            for (i = 1; i <= n; i++) rank[floor[i]] = i
            rank["io"] = rank["md"] }
    { own = $2; for (i = 3; i <= NF; i++) if ($i ~ /include *$/) { other = $(i + 1); break } }
    !(own in rank) || (other in rank && (rank[other] > rank[own] ||
        (own != other && rank[other] == rank[own]))) { print "upwards: " $0; bad = 1 }
    END { exit bad }' || bad=1

# tsort orders the modules and names those that no order exists for.
circles=$(printf '%s\n' "$includes" | sed -E 's|^src/([a-z_0-9/]+)\.[a-z]+:[0-9]+: *# *include "([^"]+)\.h".*|\1 \2|' |
    sed "s/_parts//g" | tsort 2>&1 >/dev/null | sed 's/^tsort: -: *//; s/^tsort: //')
if [ -n "$circles" ]; then
    printf 'circle:\n%s\n' "$circles"
    bad=1
fi
exit $bad
