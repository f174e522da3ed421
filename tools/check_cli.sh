#!/bin/sh
# The program is the first user of the library: files of src/cli include the public headers (qmtraj/...), their own
# floor, and those of the system and of other libraries. Prints an include that is none of these, and fails on one.
set -eu
cd "$(dirname "$0")/.."
bad=$(grep -nE '^ *# *include "' src/cli/*.[ch] | grep -v '"cli/\|"qmtraj/' || true)
if [ -n "$bad" ]; then
    printf 'src/cli reaches behind qmtraj/*.h:\n%s\n' "$bad"
    exit 1
fi
