#!/bin/bash
# Debian packages of HEAD into dist/: qmtraj, libqmtraj0, libqmtraj-dev, python3-qmtraj and their source; then lintian.
#
#   tools/deb.sh
#
# The version is that of include/qmtraj/version.h, the date that of the commit (or SOURCE_DATE_EPOCH): the same commit
# gives the same packages. What is not committed is not in them. A package of Debian's own, revision 1, would replace them.
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022 # the modes of debian/ are in the source package

version=$(sed -nE 's/^#define QMT_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' include/qmtraj/version.h | paste -sd.)
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
work=$PWD/build-deb
tree=$work/qmtraj-$version
rm -rf "$work"
mkdir -p "$work" dist
git archive --prefix="qmtraj-$version/" HEAD | xz >"$work/qmtraj_$version.orig.tar.xz"
tar -xf "$work/qmtraj_$version.orig.tar.xz" -C "$work"
cp -r "$tree/packaging/debian" "$tree/debian"
maintainer=$(sed -n 's/^Maintainer: //p' "$tree/debian/control")
cat >"$tree/debian/changelog" <<TEXT
qmtraj ($version-0upstream1) unstable; urgency=medium

  * Version $version; its changes are in the file CHANGELOG.md.

 -- $maintainer  $(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")
TEXT

# Debian's own Python and compilers, whatever comes first in PATH.
(cd "$tree" && PATH=/usr/sbin:/usr/bin:/sbin:/bin dpkg-buildpackage -us -uc) >"$work/log" 2>&1 || {
    tail -30 "$work/log" | cut -c1-300 >&2
    echo "tools/deb.sh: the packages cannot be built ($work/log)" >&2
    exit 1
}
lintian --allow-root --fail-on error,warning "$work"/qmtraj_*.changes
echo "deb: lintian finds nothing"
cp "$work"/*.deb "$work"/*.dsc "$work"/*.tar.xz "$work"/*.changes "$work"/*.buildinfo dist
for package in "$work"/*.deb; do
    printf '%s  %s  %d kB\n' "$(sha256sum <"$package" | cut -c1-64)" "dist/$(basename "$package")" $(($(stat -c %s "$package") / 1000))
done
