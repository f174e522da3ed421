#!/bin/bash
# What is installed stands alone: in a folder with a space in its name, the program runs with an empty
# environment, and a C program finds header and library through pkg-config.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix="$work/a prefix"
cmake --install "$QMTRAJ_BUILD" --prefix "$prefix" >/dev/null
cd "$work"

for file in bin/qmtraj lib/libqmtraj.a lib/libqmtraj.so.0 include/qmtraj/qmtraj.h include/qmtraj/engine.h lib/pkgconfig/qmtraj.pc \
    share/qmtraj/configs/qm.yaml share/qmtraj/molecules/qm_molecules.smi \
    share/qmtraj/molecules/xyz/glycine.xyz share/qmtraj/docs/file-format.md \
    share/man/man1/qmtraj.1 share/bash-completion/completions/qmtraj; do
    [ -e "$prefix/$file" ] || { echo "not installed: $file"; exit 1; }
done
# What the documents name is there.
for file in $(grep -oh 'examples/[A-Za-z_/]*[A-Za-z_.]*[a-z]' "$prefix/share/qmtraj/README.md" "$prefix"/share/qmtraj/docs/*.md | sort -u); do
    [ -e "$prefix/share/qmtraj/$file" ] || { echo "named and not installed: $file"; exit 1; }
done

# A packager's folders by their whole paths stay where they are.
cmake -S "$QMTRAJ_SOURCE" -B away -DCMAKE_INSTALL_PREFIX="$work/p" -DCMAKE_INSTALL_LIBDIR="$work/l" -DCMAKE_INSTALL_INCLUDEDIR="$work/i" >/dev/null
[ "$(PKG_CONFIG_PATH=$work/away pkg-config --variable=libdir qmtraj)" = "$work/l" ]
[ "$(PKG_CONFIG_PATH=$work/away pkg-config --variable=includedir qmtraj-static)" = "$work/i" ]
grep -qF "IMPORTED_LOCATION \"$work/l/libqmtraj.so" away/qmtrajConfig.cmake
grep -qF "INTERFACE_INCLUDE_DIRECTORIES \"$work/i\"" away/qmtrajConfig.cmake

cat >water.c <<'C'
#include <qmtraj/qmtraj.h>
#include <stdio.h>

int main(void)
{
    const int numbers[3] = {8, 1, 1};
    const double xyz[9] = {0, 0, 0, 1.8, 0, 0, -0.45, 1.75, 0};
    QmtEngineOptions options = qmt_engine_options_default();
    QmtContext *ctx = NULL;
    QmtEngine *engine = NULL;
    double energy = 0, gradient[9];
    QmtResult result = qmt_result_empty();
    result.energy = &energy;
    result.gradient = gradient;
    QmtStatus status = qmt_context_create(&ctx);
    if (status == QMT_OK)
        status = qmt_engine_create(ctx, 3, numbers, &options, &engine);
    if (status == QMT_OK)
        status = qmt_engine_evaluate(ctx, engine, xyz, NULL, &result);
    printf("%s %s %.6f\n", qmt_version(), qmt_status_sentence(status), energy);
    qmt_engine_destroy(&engine);
    qmt_context_destroy(&ctx);
    return status;
}
C
sanitize=
if nm "$prefix/lib/libqmtraj.a" 2>/dev/null | grep __asan_init >/dev/null; then
    sanitize=-fsanitize=address,undefined
fi
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
eval "${CC:-cc} -std=c17 -Wall -Werror $sanitize water.c -o water $(pkg-config --cflags --libs qmtraj)"
env -i LD_LIBRARY_PATH="$prefix/lib" ./water | tee water.out
grep -Eq '^[0-9.]+ done -5\.0[0-9]+$' water.out

env -i "$prefix/bin/qmtraj" --version
env -i "$prefix/bin/qmtraj" run --config "$prefix/share/qmtraj/configs/qm_test.yaml" \
    --set length_ps=0.01 --set equilibration_ps=0.01 --out out \
    "$prefix/share/qmtraj/molecules/xyz/glycine.xyz" >/dev/null
[ -s out/glycine/trajectory.npz ]
