#!/bin/sh
# Every .c file of src has a test of its name (tests/*/test_NAME.*, cli/test_X.sh for cmd_X.c), or a C test includes its
# header (or, for src/api, the public one), or a line of tests/tested_elsewhere.txt says which tests reach it.
set -eu
cd "$(dirname "$0")/.."
table=tests/tested_elsewhere.txt
bad=0
say() {
    echo "$*"
    bad=1
}

included=$(cat tests/*/*.[ch] examples/*.c | sed -n 's/^ *# *include [<"]\([^>"]*\)\.h[>"].*/\1/p' | sort -u)
tests=$(ls tests/*/test_*.* | sed 's|tests/\([a-z]*\)/test_\(.*\)\..*|\1.\2|')
listed=$(sed '/^#/d; s/ .*//' "$table")
has() { # LIST WORD
    case "
$1
" in *"
$2
"*) return 0 ;; esac
    return 1
}

for file in src/*/*.c; do
    path=${file#src/}
    path=${path%.c}
    name=${path#*/}
    test_name=$name
    public=-
    case $path in
    cli/cmd_*) test_name=${name#cmd_} ;;
    api/qmt_*) public=qmtraj/${name#qmt_} ;;
    esac
    tested=no
    case "$tests
" in *".$test_name
"*) tested=yes ;; esac
    if has "$included" "$path" || has "$included" "$public"; then
        tested=yes
    fi
    if [ $tested = no ] && ! has "$listed" "$path"; then
        say "$file: no test of its name, no test that includes its header, no line in $table"
    fi
    if [ $tested = yes ] && has "$listed" "$path"; then
        say "$table: $path has a test by now; take its line out"
    fi
done

for path in $listed; do
    [ -f "src/$path.c" ] || say "$table: there is no src/$path.c"
done
for word in $(sed '/^#/d; s/^[^ ]*//' "$table" | tr ' ' '\n' | sort -u); do
    has "$tests" "$word" || say "$table: there is no test $word"
done
bare=$(sed -n '/^[^# ]*$/p' "$table")
[ -z "$bare" ] || say "$table: no test is named for" $bare
exit $bad
