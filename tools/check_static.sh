#!/bin/sh
# Whether a program is static, makes the bytes of the normal build, and, as root, runs in a root without any other file.
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")/.."
! readelf -l "$program" | grep -q INTERP || {
    echo "tools/check_static.sh: $program wants an interpreter" >&2
    exit 1
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/root/tmp"
cp "$program" configs/qm_test.yaml data/molecules/xyz/glycine.xyz "$folder/root"
if [ "$(id -u)" = 0 ]; then
    chroot "$folder/root" /qmtraj run --config qm_test.yaml glycine.xyz --out /tmp/out >"$folder/log" 2>&1 || {
        cat "$folder/log" >&2
        exit 1
    }
    made=$folder/root/tmp/out
    echo "static: runs in an empty root"
else
    made=$folder/out
    "$program" run --config configs/qm_test.yaml data/molecules/xyz/glycine.xyz --out "$made" >"$folder/log" 2>&1
    echo "static: runs (the empty root is NOT RUN: it needs root)"
fi
if [ ! -x build/qmtraj ]; then
    echo "static: same bytes NOT RUN: make build first"
    exit 0
fi
build/qmtraj run --config configs/qm_test.yaml data/molecules/xyz/glycine.xyz --out "$folder/normal" >"$folder/log" 2>&1
# The metadata of another commit may have other keys.
/usr/bin/python3 -B - "$made/glycine/trajectory.npz" "$folder/normal/glycine/trajectory.npz" <<'PYTHON'
import json
import sys
import numpy as np

one, other = (np.load(path) for path in sys.argv[1:])
apart = [name for name in one.files if name != "metadata" and one[name].tobytes() != other[name].tobytes()]
about = [json.loads(str(file["metadata"])) for file in (one, other)]
if about[0]["build"] == about[1]["build"]:
    apart += [f"metadata.{key}" for key in about[0].keys() | about[1].keys() if about[0].get(key) != about[1].get(key)]
if apart or one.files != other.files:
    sys.exit(f"static: other bytes than build/qmtraj in {', '.join(sorted(apart))}")
print(f"static: the arrays have the bytes of build/qmtraj ({len(one['pos'])} frames; builds {about[0]['build']} and {about[1]['build']})")
PYTHON
