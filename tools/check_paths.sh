#!/bin/sh
# Prints each path of this repository that a document names and that does not exist. Fails on one.
set -eu
cd "$(dirname "$0")/.."
git ls-files -co --exclude-standard '*.md' | grep -v '^CHANGELOG.md$' | while IFS= read -r page; do
    [ -f "$page" ] || continue
    grep -oE '`(src|tests|docs|data|tools|configs|examples|include|bench|cmake|completion)/[A-Za-z0-9_./-]*[A-Za-z0-9_]`' "$page" |
        tr -d '`' | sort -u | while IFS= read -r path; do
        [ -e "$path" ] || case $path in data/qm* | tests/FOLDER/*) ;; *) echo "$page: there is no $path" ;; esac
    done
done | { bad=0; while IFS= read -r line; do echo "$line"; bad=1; done; exit $bad; }
