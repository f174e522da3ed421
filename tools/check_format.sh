#!/bin/sh
# Fails on a source file that clang-format 14 would write differently; `make format` mends it.
set -eu
cd "$(dirname "$0")/.."
find include src tests tools examples \( -name '*.[ch]' -o -name '*.cpp' \) -print0 |
    xargs -0 clang-format-14 --style=file "${@:---dry-run}" --Werror
