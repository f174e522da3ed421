# keep_checkpoint: what is cheap to make again keeps no checkpoint, and grows longer all the same.
source "$(dirname "$0")/support.sh"

cat >job.yaml <<'YAML'
length_ps: 0.05
equilibration_ps: 0.05
nve_every_ps: 0
YAML

# run OUT WORDS...: the job of this file
run() {
    local out=$1
    shift
    "$QMTRAJ" run --config job.yaml --out "$out" "$@" water.xyz
}
kept() { # kept OUT WORD: what run.json says
    grep -q "\"checkpoint_kept\":	*$2" "$1/water/run.json" || fail "$1: run.json does not say $2"
}
ends 0 run whole --set length_ps=0.1
ends 0 run true --set keep_checkpoint=true
ends 0 run false --set keep_checkpoint=false
ends 0 run auto
same true/water/trajectory.npz auto/water/trajectory.npz
same false/water/trajectory.npz auto/water/trajectory.npz
[ -s true/water/checkpoint ] || fail "no checkpoint"
kept true true
for out in false auto; do # 68 kB next to 40 kB of frames, made within a second
    [ ! -e $out/water/checkpoint ] || fail "$out: the checkpoint is there"
    kept $out false
done

# a checkpoint that is small next to the frames stays
ends 0 run large --set length_ps=1.1
[ -s large/water/checkpoint ] || fail "a small checkpoint is gone"
kept large true

# the same command: nothing to do, whatever is to be kept now
ends 0 run auto --set keep_checkpoint=true
says "nothing to do"
touch false/water/trajectory.npz # read as a whole
ends 0 run false
says "nothing to do"

# longer: goes on where it can, starts over where it cannot; the same bytes
ends 0 run true --set length_ps=0.1
says "continues at"
same true/water/trajectory.npz whole/water/trajectory.npz
QMTRAJ_TEST_CRASH=water:300 ends 1 run auto --set length_ps=0.1
[ -s auto/water/checkpoint ] || fail "nothing to go on from"
ends 0 run auto --set length_ps=0.1
same auto/water/trajectory.npz whole/water/trajectory.npz
ends 0 run false --set length_ps=0.1 --set keep_checkpoint=false
says "was not kept (keep_checkpoint)" "starts over"
same false/water/trajectory.npz whole/water/trajectory.npz
for out in auto false; do
    [ ! -e $out/water/trajectory.old.npz ] || fail "$out: the shorter one is left"
done

# what took more than a minute is put aside, not lost
ends 0 run dear
sed -i 's/"cpu_s":.*,/"cpu_s": 61,/' dear/water/run.json
cp dear/water/trajectory.npz before.npz
ends 0 run dear --set length_ps=0.1
says "starts over"
same dear/water/trajectory.old.npz before.npz
same dear/water/trajectory.npz whole/water/trajectory.npz

# another job is still another job
ends 7 run auto --set length_ps=0.2 --set temperature_K=310
says "temperature_K was 300.0, now 310.0"
ends 7 run auto --set length_ps=0.02
says "length_ps was 0.1, now 0.02"
