#!/bin/sh
# Prints the mirror of Debian 12 that this machine itself uses.
set -eu
# One-line files first, then deb822 ones.
mirror=$({
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        awk '$1 == "deb" { sub(/\[[^]]*\] */, ""); if ($3 == "bookworm" && $4 == "main") print $2 }'
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null |
        awk '$1 == "URIs:" { uri = $2 } $1 == "Suites:" && / bookworm( |$)/ { print uri }'
} | sed -n 1p)
if [ -z "$mirror" ]; then
    echo "tools/debian_mirror.sh: no Debian 12 (bookworm) mirror in /etc/apt/sources.list*" >&2
    exit 1
fi
echo "$mirror"
