#!/bin/sh
# Names the C sources that linters read: those of src and tools that changed since a commit, all without one.
#
#   tools/changed_sources.sh [BASE]
set -eu
cd "$(dirname "$0")/.."
if [ -n "${1:-}" ]; then
    git diff --name-only --diff-filter=d "$1" -- 'src/*.c' 'tools/*.c'
else
    find src tools -name '*.c'
fi | grep -v -e 'kernels_body\.c$' -e 'make_molecules\.c$' || true
