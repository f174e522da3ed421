#!/bin/sh
# The library shows qmt_ names only. Visibility counts when a shared object is made, so one is made from
# the static library, with what it leans on left undefined. Weak symbols are C++ templates from RDKit.
#
#   tools/check_symbols.sh build/libqmtraj.a
set -eu
object=$(mktemp)
trap 'rm -f "$object"' EXIT
"${CC:-cc}" -shared -o "$object" -Wl,--whole-archive "$1" -Wl,--no-whole-archive
nm -D --defined-only "$object" | awk '
    $2 ~ /^[TDBRG]$/ && $3 !~ /^qmt_/ { print "shown: " $3; bad = 1 }
    $3 ~ /^qmt_/ { n++ }
    END { if (n == 0) { print "no qmt_ name at all"; bad = 1 } exit bad }'
