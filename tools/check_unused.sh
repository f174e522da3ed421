#!/bin/sh
# What only tests use does not stand in src. Prints each function that other files can see, that no object of the
# library or the program uses and whose name stands in one place of the .c files, its definition; and each exception
# of tools/check_unused.txt (name, then the reason) that is used by now or gone.
#
#   tools/check_unused.sh build/libqmtraj.a
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

nm -g --defined-only "$1" 2>/dev/null | awk '$2 == "T" && $3 !~ /^(qmt_|_Z)/ { print $3 }' | sort -u >"$folder/defined"
nm -u "$1" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u >"$folder/used"
[ -s "$folder/defined" ] || { echo "$1: no functions"; exit 1; }

# The words of all C files, without comments on lines of their own, and how often each stands there.
cat src/*/*.c src/*/*.cpp | grep -v '^ *//' | tr -cs 'A-Za-z0-9_' '\n' | sort | uniq -c | awk '$1 == 1 { print $2 }' | sort >"$folder/once"
comm -23 "$folder/defined" "$folder/used" | comm -12 - "$folder/once" >"$folder/unused"
sed '/^#/d; s/ .*//' tools/check_unused.txt | sort >"$folder/excepted"

comm -23 "$folder/unused" "$folder/excepted" | sed 's/$/: nothing in src uses it; tests have their own in tests\/support/'
comm -13 "$folder/unused" "$folder/excepted" | sed 's/$/: no longer an exception, take it out of tools\/check_unused.txt/'
cmp -s "$folder/unused" "$folder/excepted"
