# Output folders of every kind: it works, or one sentence says why not.
source "$(dirname "$0")/support.sh"

# job OUT WORDS...
job() {
    local out=$1
    shift
    "$QMTRAJ" run --config short.yaml --out "$out" "$@" water.xyz
}
ends 0 job plain

# blanks, UTF-8, quotes, a trailing slash, dots, several levels
for out in 'two words' 'Wässer/höher' "it's" '-dash' 'slash//' './a/../b' 'a/b/c/d/e' '%s%n' '$HOME' '*'; do
    case $out in
    -*) ends 0 "$QMTRAJ" run --config short.yaml --out="$out" water.xyz ;;
    *) ends 0 job "$out" ;;
    esac
    same "./$out/water/trajectory.npz" plain/water/trajectory.npz
    ends 0 "$QMTRAJ" status -- "$out"
    says "complete"
done

# a link to a folder
mkdir far
ln -s far link
ends 0 job link
same far/water/trajectory.npz plain/water/trajectory.npz

# a name that no file system takes, a path that no system call takes
ends 5 job "$(printf 'x%.0s' $(seq 300))"
says "File name too long"
ends 5 job "$(printf 'xxxxxxxxxxxxxxx/%.0s' $(seq 300))"
says "the path is longer than 4095 bytes"

# a file where the folder should be; a link to nowhere; no folder can be made there
touch file
ends 5 job file
says "file"
ln -s nowhere/at/all dangling
ends 5 job dangling
says "dangling"
ends 5 job /proc/qmtraj
says "/proc/qmtraj"
ends 2 job ''
says "--out FOLDER is missing"

# a folder in which nothing may be written, unless nothing is forbidden to this user
mkdir closed
chmod 555 closed
if ! touch closed/probe 2>/dev/null; then
    ends 5 job closed
    says "closed" "ermission denied"
fi

# it disappears while the job runs
background job gone --set length_ps=1000 --set save_interval_steps=100 --set checkpoint_s=0.1
until_there gone/water/checkpoint.previous
until rm -rf gone 2>/dev/null; do :; done # the job may make a file there meanwhile
ended 5
says "gone/water/" "starts it over" # which file is missed first depends on the moment; the next case has one only

# only its frames disappear: told at the next checkpoint, and no checkpoint promises them
background job lost --set length_ps=1000 --set save_interval_steps=100 --set checkpoint_s=0.1
until_there lost/water/checkpoint.previous
rm lost/water/trajectory.npz.part
ended 5
says "lost/water/trajectory.npz.part: was removed while it was being written" "starts it over"
ends 0 job lost
same lost/water/trajectory.npz plain/water/trajectory.npz

# started with closed streams: nothing that is meant for the screen gets into a file
code=0
job streams 0<&- 1>&- 2>&- || code=$?
[ $code = 5 ] || fail "code $code with closed streams, wanted 5"
same streams/water/trajectory.npz plain/water/trajectory.npz
ends 0 "$QMTRAJ" check streams

# a folder full of other things is left alone
mkdir -p full/water
echo mine >full/notes
echo mine >full/water/notes
ends 0 job full
[ "$(cat full/notes full/water/notes)" = "$(printf 'mine\nmine')" ] || fail "other files were touched"
