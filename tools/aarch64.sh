#!/bin/sh
# Debian 12's libraries for aarch64, unpacked into a folder: what make aarch64 builds against. Nothing of them is installed
# on this machine.
#
#   tools/aarch64.sh build-aarch64/sysroot
set -eu
sysroot=$1
[ ! -e "$sysroot/usr/include/yaml.h" ] || exit 0
packages=libc6-dev,liblapack-dev,libblas-dev,libyaml-dev,libcjson-dev,libdeflate-dev,zlib1g-dev
packages=$packages,librandom123-dev,libcmocka-dev
mirror=$("$(dirname "$0")/debian_mirror.sh")
rm -rf "$sysroot"
mkdir -p "$sysroot"
mmdebstrap --quiet --architectures=arm64 --variant=extract --include="$packages" bookworm "$sysroot" "$mirror"
