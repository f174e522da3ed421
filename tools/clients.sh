#!/bin/sh
# Programs of others in Python environments of their own under build/clients, and what they say of qmtraj. What
# the registry cannot give is left out and reported as NOT INSTALLED.
set -eu
cd "$(dirname "$0")/.."
program=${1:-build/qmtraj}

# uv finds versions that go together in seconds, where pip tried those of SchNetPack for half an hour, and its cache, linked
# into every environment, holds the 5 GB of PyTorch once.
mkdir -p build/clients
uv=build/clients/uv/bin/uv
export UV_CACHE_DIR="$PWD/build/clients/cache" UV_LINK_MODE=hardlink
[ -x "$uv" ] || { python3 -m venv build/clients/uv && build/clients/uv/bin/pip install -q --disable-pip-version-check uv; }

# environment NAME PACKAGE...: made once; packages that do not install are named and left out
environment() {
    name=$1
    shift
    [ -d "build/clients/$name" ] || python3 -m venv "build/clients/$name"
    for package in "$@"; do
        timeout 1200 "$uv" pip install -q --python "build/clients/$name/bin/python" "$package" >"build/clients/$name.log" 2>&1 ||
            echo "NOT INSTALLED  $package in $name (build/clients/$name.log)"
    done
}

failed=0
environment new numpy ase ipi rdkit
environment old 'numpy<2' 'scipy<1.14' 'ase==3.22.1'
environment tblite numpy ase tblite
environment notebook numpy ipykernel jupyter_client
# The package is installed from a copy, as setuptools leaves its own files beside the sources; the library is this build's.
rm -rf build/clients/package
cp -r python build/clients/package
for name in new old; do
    "$uv" pip install -q --no-deps --reinstall --python "build/clients/$name/bin/python" build/clients/package || failed=1
    echo "== sockets, $name"
    "build/clients/$name/bin/python" -B tests/clients/run.py "$program" || failed=1
    echo "== Python package, $name"
    "build/clients/$name/bin/python" -W ignore -B tests/clients/python_package.py "$program" ase read overhead smiles || failed=1
done

echo "== a notebook"
build/clients/notebook/bin/python -W ignore -B tests/clients/notebook.py "$program" || failed=1

echo "== a script for tblite"
OMP_NUM_THREADS=1 "build/clients/tblite/bin/python" -W ignore -B tests/clients/tblite_script.py "$program" || failed=1

echo "== psi4"
sh tests/clients/psi4.sh "$program" || failed=1

# Training sets: the codes that learn. MACE and NequIP also train, minutes each.
environment data numpy ase h5py dpdata sgdml MDAnalysis mdtraj lmdb ase-db-backends torch torch-geometric
environment mace mace-torch
environment nequip nequip h5py
environment torchmd torchmd-net h5py
environment metatrain metatrain
environment torchani torchani h5py
environment aimnet aimnet
environment schnetpack schnetpack
# readers NAME MODULE...: what these codes find in the sets
readers() {
    name=$1
    shift
    echo "== training sets, $name"
    "build/clients/$name/bin/python" -W ignore -B tests/clients/datasets.py "$program" "$@" || failed=1
}
"$uv" pip install -q --no-deps --reinstall --python build/clients/data/bin/python build/clients/package || failed=1
echo "== Python package, data"
build/clients/data/bin/python -W ignore -B tests/clients/python_package.py "$program" files windows graphs dpdata || failed=1
readers data dpdata sgdml ase h5py MDAnalysis mdtraj ase_db_backends
readers mace mace train
readers nequip nequip train
readers torchmd torchmdnet
readers metatrain metatrain
readers torchani torchani
readers aimnet aimnet
readers schnetpack schnetpack
exit $failed
