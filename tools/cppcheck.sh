#!/bin/sh
# Reads sources with cppcheck; fails on a finding of its groups warning, performance and portability. Members that
# tables name by their offset (invalidPointerCast) are meant that way.
#
#   tools/cppcheck.sh [BASE]   only files that changed since this commit
set -eu
cd "$(dirname "$0")/.."
tools/changed_sources.sh "${1:-}" | xargs -r -n 8 -P "$(nproc)" cppcheck --quiet --std=c11 --language=c --inline-suppr \
    --enable=warning,performance,portability --suppress=missingInclude --suppress=missingIncludeSystem \
    --suppress=invalidPointerCast --error-exitcode=1 -D_GNU_SOURCE -I src -I include -I build/tables
