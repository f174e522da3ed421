#!/bin/sh
# Makes libcjson.a in a folder from Debian's source package: Debian has no archive of cJSON, and programs that shall run
# elsewhere want one.
#
#   tools/cjson_static.sh build-bundle/cjson
set -eu
mkdir -p "$1"
cd "$1"
[ ! -f libcjson.a ] || exit 0

# The sources of this machine's own list, asked for source packages; nothing outside this folder is written.
mkdir -p sources.d lists/partial cache/archives/partial
cp /etc/apt/sources.list sources.list 2>/dev/null || : >sources.list
sed -i 's/^deb /deb-src /' sources.list
for file in /etc/apt/sources.list.d/debian.sources; do
    [ ! -f "$file" ] || sed 's/^Types: deb$/Types: deb-src/' "$file" >sources.d/debian.sources
done
apt() {
    apt-get -q -o Dir::Etc::SourceList="$PWD/sources.list" -o Dir::Etc::SourceParts="$PWD/sources.d" \
        -o Dir::State::Lists="$PWD/lists" -o Dir::Cache="$PWD/cache" -o APT::Sandbox::User=root "$@"
}
apt update >log 2>&1 && apt source --download-only cjson >>log 2>&1 || {
    echo "tools/cjson_static.sh: the source package of cJSON cannot be had; put a libcjson.a into $PWD ($PWD/log)" >&2
    exit 1
}
mkdir -p source
tar -xf cjson_*.orig.tar.* -C source --strip-components 1
for patch in $(tar -xOf cjson_*.debian.tar.* debian/patches/series 2>/dev/null | grep -v '^#' || :); do
    tar -xOf cjson_*.debian.tar.* "debian/patches/$patch" | patch -d source -p1 -s
done
"${CC:-gcc}" -O2 -fPIC -fvisibility=hidden -DCJSON_HIDE_SYMBOLS -ffile-prefix-map="$PWD=." -c source/cJSON.c -o cJSON.o
ar rcD libcjson.a cJSON.o
rm -rf lists cache
