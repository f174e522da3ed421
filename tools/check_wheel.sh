#!/bin/bash
# Installs a wheel into a fresh environment of every Python that is found here and runs the quick job in each; as root also
# in a root with an old C library (Debian 11), so that the tag of the wheel is more than a claim.
#
#   tools/check_wheel.sh dist/qmtraj-*.whl
set -euo pipefail
wheel=$(realpath "$1")
cd "$(dirname "$0")/.."
source=$PWD
work=$(mktemp -d)
release() {
    umount -q "$work/root/proc" || true
    grep -qF " $work/" /proc/mounts || rm -rf --one-file-system "$work"
}
trap release EXIT

# quick FOLDER-OF-PROGRAM PYTHON
quick() {
    (cd "$work" && "$2" -W ignore -B "$source/packaging/debian/tests/water.py" &&
        "$1/qmtraj" run --config "$source/configs/qm_test.yaml" "$source/data/molecules/xyz/glycine.xyz" --out "$work/quick" --fresh 2>&1 | tail -1)
}
tried=0
# A blank in the path is what the first line of a script cannot hold.
for python in ${PYTHONS:-$(ls -d ~/.pyenv/versions/3.*/bin/python3 /usr/bin/python3 2>/dev/null)}; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' || continue
    echo "== $("$python" --version)"
    rm -rf "$work/v env" "$work/quick"
    "$python" -m venv "$work/v env"
    "$work/v env/bin/pip" install -q --disable-pip-version-check "$wheel"
    quick "$work/v env/bin" "$work/v env/bin/python"
    tried=$((tried + 1))
done
library=$(echo "$work/v env"/lib/python3*/site-packages/qmtraj/lib/libqmtraj.so.0)
echo "== what the library asks for"
ldd "$library"
ls -l "$library" "$(dirname "$library")/../bin/qmtraj" | awk '{ print $5, $NF }' | sed "s|$work/v env/.*/qmtraj/||"
[ "$tried" -gt 0 ] || {
    echo "tools/check_wheel.sh: no Python 3.9 or newer with venv" >&2
    exit 1
}
if [ "$(id -u)" != 0 ]; then
    echo "== an old C library: NOT RUN, it needs root"
    exit 0
fi
suite=${SUITE:-bullseye}
echo "== Debian $suite"
tools/debian_root.sh "$work/root" "$suite"
mount -t proc proc "$work/root/proc"
mkdir "$work/root/w"
cp "$wheel" configs/qm_test.yaml data/molecules/xyz/glycine.xyz packaging/debian/tests/water.py "$work/root/w"
inside() {
    env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        chroot "$work/root" /bin/sh -ec "cd /w; $1" </dev/null
}
inside 'apt-get update -q >/dev/null; apt-get install -q -y --no-install-recommends python3-pip >/dev/null 2>&1'
version=$(inside 'python3 -c "import sys; print(*sys.version_info[:2], sep=\".\")"')
"$work/v env/bin/pip" download -q --disable-pip-version-check --python-version "$version" --only-binary=:all: -d "$work/root/w" numpy
inside 'ldd --version | sed -n 1p; python3 --version; python3 -m pip install -q --no-index --find-links /w /w/qmtraj-*.whl 2>&1 | grep -v WARNING || true'
inside 'python3 -B water.py; qmtraj run --config qm_test.yaml glycine.xyz --out out 2>&1 | tail -1'
