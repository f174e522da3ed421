#!/bin/bash
# The library as a stranger meets it: installed into a folder with a space in its name and moved to another one, its
# headers compile from C11 to C++20 with every warning, the shared library shows qmt_ names alone, and each
# example builds through pkg-config and through find_package and runs.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*"
    exit 1
}
cmake --install "$QMTRAJ_BUILD" --prefix "$work/first" >/dev/null
mv "$work/first" "$work/a prefix"
prefix="$work/a prefix"
cd "$work"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
cc=${CC:-cc} cxx=${CXX:-c++}
sanitize=
if nm "$prefix/lib/libqmtraj.a" 2>/dev/null | grep __asan_init >/dev/null; then
    sanitize=-fsanitize=address,undefined
fi

# No path of the machine that built it.
for text in "$prefix"/lib/pkgconfig/*.pc "$prefix"/lib/cmake/qmtraj/*; do
    ! grep -Hn -e "$QMTRAJ_SOURCE" -e "$QMTRAJ_BUILD" "$text" || fail "$text: a path of the build"
done

# Headers: each alone, in the strictest C and in C++.
for header in "$prefix"/include/qmtraj/*.h; do
    name=$(basename "$header")
    printf '#include <qmtraj/%s>\nint main(void) { return 0; }\n' "$name" | tee header.c >header.cpp
    for standard in c11 c17 c2x; do
        "$cc" -std=$standard -Wall -Wextra -Wpedantic -Wcast-qual -Wconversion -Wstrict-prototypes -Werror \
            -I "$prefix/include" -fsyntax-only header.c || fail "$name: $standard"
    done
    command -v "$cxx" >/dev/null || continue
    for standard in c++11 c++17 c++20; do
        "$cxx" -std=$standard -Wall -Wextra -Wpedantic -Wcast-qual -Wconversion -Werror \
            -I "$prefix/include" -fsyntax-only header.cpp || fail "$name: $standard"
    done
done
# What a caller writes compiles without casts, also from arrays that are not const.
cat >caller.c <<'C'
#include <qmtraj/qmtraj.h>
QmtStatus evaluate(QmtContext *ctx, QmtEngine *engine, double *xyz, double *gradient);
QmtStatus evaluate(QmtContext *ctx, QmtEngine *engine, double *xyz, double *gradient)
{
    QmtResult result = qmt_result_empty();
    result.gradient = gradient;
    return qmt_engine_evaluate(ctx, engine, xyz, NULL, &result);
}
C
"$cc" -std=c11 -Wall -Wextra -Wpedantic -Wcast-qual -Werror -I "$prefix/include" -c caller.c -o caller.o
if command -v "$cxx" >/dev/null; then
    "$cxx" -x c++ -std=c++20 -Wall -Wextra -Wpedantic -Wcast-qual -Werror -I "$prefix/include" -fsyntax-only caller.c
fi

# The shared library.
library=$(readlink -f "$prefix/lib/libqmtraj.so")
grep -q 'SONAME.*libqmtraj\.so\.0\]' <(readelf -d "$library") || fail "its SONAME is not libqmtraj.so.0"
if [ -z "$sanitize" ]; then
    others=$(nm -D --defined-only "$library" | awk '$2 != "A" && $3 !~ /^qmt_/ { print $3 }')
    [ -z "$others" ] || fail "shown besides qmt_ names: $others"
fi
# Every function of the headers is there, and nothing that they do not declare.
grep -ohE '\bqmt_[a-z_0-9]+\(' "$prefix"/include/qmtraj/*.h | tr -d '(' | sort -u >declared
grep -ohE 'static inline [A-Za-z]+ qmt_[a-z_0-9]+' "$prefix"/include/qmtraj/*.h | awk '{print $NF}' | sort -u >inline
nm -D --defined-only "$library" | awk '$3 ~ /^qmt_/ { sub(/@.*/, "", $3); print $3 }' | sort -u >shown
missing=$(comm -23 declared inline | comm -23 - shown)
[ -z "$missing" ] || fail "declared, but not in the library: $missing"
undeclared=$(comm -13 declared shown)
[ -z "$undeclared" ] || fail "in the library, but in no header: $undeclared"

# Examples: shared through pkg-config, static through pkg-config, both through find_package.
runs() {
    mkdir -p "run-$2" && (cd "run-$2" && LD_LIBRARY_PATH="$prefix/lib" "$1" >"../$2.out" 2>&1) ||
        { cat "$2.out"; fail "$2 does not run"; }
    [ -s "$2.out" ] || fail "$2 says nothing"
}
n=0
for example in "$QMTRAJ_SOURCE"/examples/*.c; do
    name=$(basename "$example" .c)
    for package in qmtraj qmtraj-static; do
        eval "\"$cc\" -std=c11 -Wall -Wextra -Wpedantic -Wcast-qual -Werror $sanitize \"$example\" -o $name-$package \
            $(pkg-config --cflags --libs $package) -lm" || fail "$name does not compile with $package"
        runs "$work/$name-$package" "$name-$package"
    done
    cmp "$name-qmtraj.out" "$name-qmtraj-static.out" || fail "$name: shared and static differ"
    n=$((n + 1))
done
[ "$n" -ge 2 ] || fail "only $n examples"
cmake -S "$prefix/share/qmtraj/examples" -B built -D CMAKE_PREFIX_PATH="$prefix" -D CMAKE_C_COMPILER="$cc" \
    -D CMAKE_C_FLAGS="$sanitize" >cmake.out 2>&1 || { cat cmake.out; fail "find_package does not find it"; }
cmake --build built >cmake.out 2>&1 || { cat cmake.out; fail "the examples do not build with CMake"; }
runs "$work/built/single_point" cmake-shared
runs "$work/built/single_point_static" cmake-static
cmp single_point-qmtraj.out cmake-shared.out
cmp single_point-qmtraj.out cmake-static.out
