#!/bin/sh
# Makes a fresh Debian root in a folder, from the mirror that this machine itself uses. Wants root.
#
#   tools/debian_root.sh FOLDER [SUITE]     SUITE: bookworm (Debian 12) by default
#
# Afterwards `chroot FOLDER` has apt and a network; who wants /proc there mounts it and takes it away.
set -eu
here=$(dirname "$0")
root=$1
mirror=$("$here/debian_mirror.sh")
log=$(mktemp)
trap 'rm -f "$log"' EXIT
debootstrap --variant=minbase "${2:-bookworm}" "$root" "$mirror" >"$log" 2>&1 || {
    tail -20 "$log" >&2
    exit 1
}
chmod 755 "$root"
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
cp -L /etc/hosts "$root/etc/hosts" 2>/dev/null || true
