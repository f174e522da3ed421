#!/bin/sh
# Prints each include that points upwards through the floors of src/, and any between io and md, which
# share a floor and do not know each other. Fails on one.
set -eu
cd "$(dirname "$0")/.."
grep -rnE --include='*.[ch]' --include='*.cpp' '^ *# *include "[a-z]+/' src | awk -F '[:"/]' '
    BEGIN { n = split("kernels base data system basis terms scf engine md job cli", floor, " ")
            for (i = 1; i <= n; i++) rank[floor[i]] = i
            rank["io"] = rank["md"] }
    { own = $2; for (i = 3; i <= NF; i++) if ($i ~ /include *$/) { other = $(i + 1); break } }
    !(own in rank) || (other in rank && (rank[other] > rank[own] ||
        (own != other && rank[other] == rank[own]))) { print "upwards: " $0; bad = 1 }
    END { exit bad }'
