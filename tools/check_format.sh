#!/bin/sh
# Fails on a source file that clang-format 14 would write differently; `make format` mends it.
set -eu
cd "$(dirname "$0")/.."
git ls-files -z --cached --others --exclude-standard '*.c' '*.h' '*.cpp' |
    xargs -0 -r clang-format-14 --style=file "${@:---dry-run}" --Werror
