#!/bin/bash
# Installs the packages of dist/ in a fresh Debian 12, runs their tests there, removes them, and looks for what they left.
# Wants root; minutes.
#
#   tools/check_deb.sh            in a temporary folder, removed at the end
#   KEEP=dir tools/check_deb.sh   the root is made in dir (if it is not there) and left
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/fresh_root.sh
mkdir -p "$root/root/packages"
cp dist/*.deb "$root/root/packages"
cp -r packaging/debian/tests "$root/root/packages"
inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        chroot "$root" /bin/sh -ec "cd /root/packages; $1" </dev/null
}
install='apt-get install -q -y --no-install-recommends'
# Files outside the package manager's own books, the caches of Python, and the packages' folder itself.
files() {
    inside 'find / -xdev \( -path /proc -o -path /root/packages -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/cache -o -path /var/log \
        -o -path /tmp \) -prune -o -print | sort'
}

inside "apt-get update -q >/dev/null"
# step HEADING PACKAGES-OF-OURS OTHER-PACKAGES TEST
step() {
    echo "==== $1"
    [ -z "$3" ] || inside "$install $3 >/dev/null 2>&1"
    inside "for name in $2; do set -- \"\$@\" ./\${name}_*.deb; done; $install \"\$@\" >install.log 2>&1 || { tail -20 install.log; exit 1; }"
    [ -z "$4" ] || inside "tests/$4"
}
inside "$install gcc libc6-dev pkgconf python3-ase >/dev/null 2>&1"
# What ours lean on stays, so that what is left of ours alone is seen.
inside "apt-get install -q -y --no-install-recommends --simulate ./*.deb >simulated
    packages=\$(sed -n 's/^Inst \([^ ]*\).*/\1/p' simulated | grep -v qmtraj); $install \$packages >/dev/null 2>&1"
files >"$root/root/packages/before"
step 'qmtraj: the quick job' qmtraj '' quick-job
step 'libqmtraj-dev: an example in C' 'libqmtraj0 libqmtraj-dev' '' c-library
step 'python3-qmtraj' python3-qmtraj '' python
inside 'dpkg -l "*qmtraj*" | sed -n "s/^ii *//p"'
echo '==== removed'
inside 'apt-get purge -q -y qmtraj libqmtraj0 libqmtraj-dev python3-qmtraj >remove.log 2>&1 || { tail -20 remove.log; exit 1; }; dpkg --audit'
files >"$root/root/packages/after"
if ! diff "$root/root/packages/before" "$root/root/packages/after"; then
    echo "tools/check_deb.sh: the packages leave these files" >&2
    exit 1
fi
echo "deb: installed, tested and removed without a trace in a fresh Debian 12"
