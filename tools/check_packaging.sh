#!/bin/sh
# The recipes of packaging/ are for the version of include/qmtraj/version.h, and name no host and no path of a home.
set -eu
cd "$(dirname "$0")/.."
version=$(sed -nE 's/^#define QMT_VERSION_(MAJOR|MINOR|PATCH) ([0-9]+)$/\2/p' include/qmtraj/version.h | paste -sd.)
bad=0
say() {
    echo "$*"
    bad=1
}
grep -q "version: \"$version\"" packaging/conda/recipe.yaml || say "packaging/conda/recipe.yaml: not for $version"
grep -q "version(\"$version\"" packaging/spack/package.py || say "packaging/spack/package.py: not for $version"
grep -q "version \"$version\"" packaging/homebrew/qmtraj.rb || say "packaging/homebrew/qmtraj.rb: not for $version"
recipe=$(ls packaging/easybuild/qmtraj-*.eb)
case $recipe in packaging/easybuild/qmtraj-"$version"-*.eb) ;; *) say "$recipe: not for $version" ;; esac
grep -q "version = '$version'" "$recipe" || say "$recipe: not for $version"
# The address of the format of debian/copyright is a name, and so are those of licences.
grep -rnE 'https?://|/home/|/root/|/opt/' packaging | grep -v 'packaging/debian/copyright:1:' && bad=1
exit $bad
