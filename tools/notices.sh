#!/bin/sh
# The licences of what is linked into the wheel and the static program, as Debian's packages state them.
set -eu
for package in libblas-dev libcjson-dev libdeflate-dev libyaml-dev libc6-dev librandom123-dev; do
    file=/usr/share/doc/$package/copyright
    [ -f "$file" ] || {
        echo "tools/notices.sh: $file is not there" >&2
        exit 1
    }
    printf '==== %s\n\n' "$package"
    cat "$file"
    printf '\n'
done
