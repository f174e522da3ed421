#!/bin/bash
# Proves the README on a machine without any of the dependencies: makes a fresh Debian 12 root, puts a
# clean clone of HEAD into a folder with a space in its name, and inside runs `make run`, `make test` and
# `make install`, then the installed program without source tree and environment. Wants root; minutes.
#
#   tools/bare.sh                 in a temporary folder, removed at the end
#   KEEP=dir tools/bare.sh        the root is made in dir and left there
set -euo pipefail
cd "$(dirname "$0")/.."

echo "==== a fresh Debian 12"
. tools/fresh_root.sh
git clone -q --no-local . "$root/root/a clone"

inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C chroot "$root" /bin/sh -ec "$1" </dev/null
}
echo "==== packages there beforehand: $(inside 'dpkg-query -W | wc -l')"
echo "==== make itself, the one thing the README asks for"
inside 'apt-get update -q >/dev/null; DEBIAN_FRONTEND=noninteractive apt-get install -q -y make >/dev/null'
for word in 'make run' 'make test' 'make install PREFIX="/opt/q t"'; do
    start=$SECONDS
    echo "==== $word"
    inside "cd '/root/a clone'; $word"
    echo "==== $word: passed, $((SECONDS - start)) s"
done

echo "==== the installed program alone"
mv "$root/root/a clone" "$root/root/gone"
inside 'cd /tmp; p="/opt/q t"; "$p/bin/qmtraj" --version
    "$p/bin/qmtraj" energy "$p/share/qmtraj/molecules/xyz/glycine.xyz"
    "$p/bin/qmtraj" run --config "$p/share/qmtraj/configs/qm_test.yaml" --set length_ps=0.1 \
        --smiles-file "$p/share/qmtraj/molecules/qm_molecules.smi" --molecule glycine --out out
    ls -l out/glycine/trajectory.npz'
echo "==== all passed in $SECONDS s"
