#!/bin/sh
# Every public function of include/qmtraj has a comment before it, or stands in a block of functions under one. Prints
# those that do not.
set -eu
cd "$(dirname "$0")/.."
awk '
    FNR == 1 { commented = 0 }
    /^ *\/\/\// { commented = 1; next }
    /^(QMT_API|static inline)/ { if (!commented) { print FILENAME ":" FNR ": no comment: " $0; bad = 1 } n++ }
    /^typedef/ { if (!commented) { print FILENAME ":" FNR ": no comment: " $0; bad = 1 } }
    /;$|^}/ { if (!/^ /) commented = 0 }
    /^$/ { commented = 0 }
    END { if (n < 50) { print "only " n + 0 " functions found"; bad = 1 } exit bad }' include/qmtraj/*.h
