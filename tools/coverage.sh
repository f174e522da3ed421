#!/bin/sh
# Lines of src/ that the tests of a coverage build reached, by folder.
#
#   tools/coverage.sh build-coverage
set -eu
cd "$1"
find . -name '*.gcda' -path '*/src/*' | xargs gcov --no-output 2>/dev/null | awk '
    /^File / { name = $2; gsub(/\047/, "", name); at = index(name, "/src/"); next }
    /^Lines executed/ && at { split(substr(name, at + 5), part, "/"); sub("executed:", "", $2); sub("%", "", $2)
        lines[part[1]] += $4; hit[part[1]] += $2 * $4 / 100; at = 0 }
    END { for (f in lines) printf "%-10s %6d lines  %5.1f %%\n", f, lines[f], 100 * hit[f] / lines[f] }' | sort
