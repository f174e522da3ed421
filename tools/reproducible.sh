#!/bin/bash
# Builds twice, from two clones of HEAD in folders of other names, with another language, time zone and umask, and compares.
#
#   tools/reproducible.sh wheel static deb
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
# Commits that are made meanwhile do not count.
commit=$(git rev-parse HEAD)
trap 'rm -rf "$work"' EXIT

# build FOLDER LANGUAGE ZONE UMASK TARGET...; objects of the first must not serve the second
build() {
    local folder=$1 language=$2 zone=$3 mask=$4
    shift 4
    git clone -q --no-local . "$folder"
    git -C "$folder" checkout -q --detach "$commit"
    for target in "$@"; do
        (umask "$mask" && cd "$folder" && env -u MAKEFLAGS -u MAKELEVEL CCACHE_DISABLE=1 LANG="$language" LC_ALL="$language" TZ="$zone" \
            make "$target" >"$folder.log" 2>&1) || {
            tail -20 "$folder.log" >&2
            echo "tools/reproducible.sh: make $target failed" >&2
            exit 1
        }
    done
    (cd "$folder" && sha256sum $(ls dist/*.whl dist/*.deb dist/*.dsc dist/*.tar.xz build-bundle/static/qmtraj 2>/dev/null)) >"$folder.sums"
}
build "$work/one" C UTC 022 "$@"
build "$work/two/in-another-place" C.UTF-8 Asia/Kolkata 077 "$@"
cat "$work/one.sums"
if ! cmp -s "$work/one.sums" "$work/two/in-another-place.sums"; then
    diff "$work/one.sums" "$work/two/in-another-place.sums" >&2 || true
    echo "tools/reproducible.sh: built twice, and not the same" >&2
    [ -z "${KEEP:-}" ] || cp -r "$work" "$KEEP"
    exit 1
fi
echo "reproducible: two clones, the same files"
