#!/bin/sh
# Programs of others in Python environments of their own under build/clients, and what they say of qmtraj. What
# the registry cannot give is left out and reported as NOT INSTALLED.
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/qmtraj}

# environment NAME PACKAGE...: made once; packages that do not install are named and left out
environment() {
    name=$1
    shift
    [ -d "build/clients/$name" ] || python3 -m venv "build/clients/$name"
    for package in "$@"; do
        "build/clients/$name/bin/pip" install -q --disable-pip-version-check "$package" >"build/clients/$name.log" 2>&1 ||
            echo "NOT INSTALLED  $package in $name (build/clients/$name.log)"
    done
}

failed=0
mkdir -p build/clients
environment new numpy ase ipi
environment old 'numpy<2' 'scipy<1.14' 'ase==3.22.1'
for name in new old; do
    echo "== $name"
    "build/clients/$name/bin/python" -B tests/clients/run.py "$program" || failed=1
done

echo "== psi4"
sh tests/clients/psi4.sh "$program" || failed=1

# Training sets: the codes that learn, in environments of their own (some GB). The last two also train, minutes each.
environment data numpy ase h5py dpdata sgdml MDAnalysis
environment mace mace-torch
environment nequip nequip h5py
for name in data mace nequip; do
    echo "== training sets, $name"
    train=train
    [ "$name" != data ] || train=
    "build/clients/$name/bin/python" -W ignore -B tests/clients/datasets.py "$program" $train || failed=1
done
exit $failed
