#!/bin/sh
# Prints each path of this repository that a document names and that does not exist, and each public header that the
# list of headers in docs/api.md or qmtraj.h leaves out. Fails on one.
set -eu
cd "$(dirname "$0")/.."
{
    git ls-files -co --exclude-standard '*.md' | grep -v '^CHANGELOG.md$' | while IFS= read -r page; do
        [ -f "$page" ] || continue
        grep -oE '`(src|tests|docs|data|tools|configs|examples|include|bench|cmake|completion)/[A-Za-z0-9_./-]*[A-Za-z0-9_]`' "$page" |
            tr -d '`' | sort -u | while IFS= read -r path; do
            [ -e "$path" ] || case $path in data/qm* | tests/FOLDER/*) ;; *) echo "$page: there is no $path" ;; esac
        done
    done
    for path in include/qmtraj/*.h; do
        header=${path##*/}
        [ "$header" != qmtraj.h ] || continue
        grep -q "^| \`$header\` |" docs/api.md || echo "docs/api.md: its table leaves out $header"
        grep -q "^///  *$header " include/qmtraj/qmtraj.h || echo "include/qmtraj/qmtraj.h: its list leaves out $header"
    done
} | { bad=0; while IFS= read -r line; do echo "$line"; bad=1; done; exit $bad; }
