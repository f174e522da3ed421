#!/bin/sh
# Installs the Debian 12 packages that a job needs and that are missing, by name.
#
#   tools/setup.sh            to build and run
#   tools/setup.sh test       also what the tests need
#   tools/setup.sh bench    also the programs that make bench times beside ours
#   tools/setup.sh format     also what the format check needs
#   tools/setup.sh tidy       also what make tidy needs
#   tools/setup.sh fuzz       also what make fuzz needs
#   tools/setup.sh mutants    also what make mutants needs
#   tools/setup.sh clients    also what make clients needs
#   tools/setup.sh cppcheck   also what make cppcheck needs
#   tools/setup.sh bundle     also what make wheel and make static need
#   tools/setup.sh deb        also what make deb needs
#   tools/setup.sh aarch64    also what make aarch64 needs
#   tools/setup.sh packaging  also what make check-packaging needs
#   tools/setup.sh slurm      also what make slurm needs
#   tools/setup.sh launchers  also what make launchers needs
#   tools/setup.sh bare       also what tools/bare.sh needs
#
# Nothing missing: no apt call. QMTRAJ_RDKIT=OFF leaves RDKit out, QMTRAJ_HDF5=OFF HDF5, as they do for the build.
set -eu

# Ninja and pkg-config drive the build; boost belongs to the headers of RDKit, cmocka to the C tests, which every
# build makes.
packages="gcc g++ libc6-dev make cmake ninja-build pkg-config
  liblapack-dev libblas-dev
  libyaml-dev libcjson-dev libdeflate-dev zlib1g-dev librandom123-dev
  libcmocka-dev"
if [ "${QMTRAJ_RDKIT:-ON}" != OFF ]; then
    packages="$packages librdkit-dev libboost-dev"
fi
if [ "${QMTRAJ_HDF5:-ON}" != OFF ]; then
    packages="$packages libhdf5-dev"
fi
for word in "$@"; do
    case $word in
    test) packages="$packages binutils python3 python3-numpy python3-ase python3-h5py python3-mypy libxtb-dev chromium" ;;
    bench) packages="$packages libxtb-dev xtb libopenblas0-serial git" ;;
    format) packages="$packages clang-format-14 git" ;;
    tidy) packages="$packages clang-tidy-14" ;;
    fuzz) packages="$packages clang-14 clang libclang-rt-14-dev" ;;
    mutants) packages="$packages python3-clang-14 git" ;;
    clients) packages="$packages python3 python3-venv" ;;
    cppcheck) packages="$packages cppcheck git" ;;
    bundle) packages="$packages binutils patch python3 python3-numpy" ;;
    deb) packages="$packages dpkg-dev debhelper dh-python pkgconf pybuild-plugin-pyproject python3-all python3-setuptools python3-numpy lintian git xz-utils" ;;
    aarch64) packages="$packages gcc-aarch64-linux-gnu qemu-user mmdebstrap" ;;
    packaging) packages="$packages python3 python3-venv ruby environment-modules" ;;
    launchers) packages="$packages openmpi-bin mpich parallel snakemake python3 python3-numpy" ;;
    slurm) packages="$packages slurm-wlm munge python3" ;;
    bare) packages="$packages debootstrap git" ;;
    *)
        echo "tools/setup.sh: unknown word \"$word\"; known are test, bench, format, tidy, fuzz, mutants, clients, bundle, deb, aarch64, packaging, slurm, launchers, cppcheck and bare" >&2
        exit 2
        ;;
    esac
done

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "tools/setup.sh: this is no Debian, so nothing is installed here; the build wants what" \
        "Debian calls" $packages >&2
    exit 0
fi

missing=
for package in $packages; do
    case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
    installed) ;;
    *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "tools/setup.sh: missing packages, and this user is neither root nor has sudo;" \
            "ask someone who is to run: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi

echo "tools/setup.sh: installing$missing"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
