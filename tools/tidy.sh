#!/bin/sh
# Reads sources with clang-tidy 14 as .clang-tidy says; fails on a finding. Kernel bodies are left
# out: they are compiled several times with flags of their own.
#
#   tools/tidy.sh [BASE]   only files that changed since this commit
set -eu
cd "$(dirname "$0")/.."
tools/changed_sources.sh "${1:-}" |
    xargs -r -n 8 -P "$(nproc)" clang-tidy-14 -p build --quiet --warnings-as-errors='*'
