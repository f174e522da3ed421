# shellcheck shell=bash
# Sourced by scripts that try something in a fresh Debian root: makes one in $root, which is $KEEP or a temporary folder that
# goes at the end, with /proc mounted.
#
#   . tools/fresh_root.sh        wants root; the caller has `set -euo pipefail` and stands in the top folder
if [ "$(id -u)" != 0 ]; then
    echo "$0: a Debian root can only be made by root; try sudo" >&2
    exit 1
fi
root=${KEEP:-$(mktemp -d)}
release() {
    umount -q "$root/proc" || true
    # Nothing of this machine may be mounted below what is removed.
    if [ -z "${KEEP:-}" ] && ! grep -qF " $root/" /proc/mounts; then
        rm -rf --one-file-system "$root"
    fi
}
trap release EXIT
[ -e "$root/usr/bin/apt-get" ] || tools/debian_root.sh "$root"
mount -t proc proc "$root/proc"
