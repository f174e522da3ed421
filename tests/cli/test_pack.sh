# --pack: finished trajectories in one archive, read as if they were folders, resumed to the same bytes, whoever is
# killed at whatever moment.
source "$(dirname "$0")/support.sh"
unset PMI_RANK PMI_SIZE OMPI_COMM_WORLD_RANK OMPI_COMM_WORLD_SIZE SLURM_PROCID SLURM_STEP_NUM_TASKS

cat >steps.yaml <<'YAML'
length_ps: 0.02
equilibration_ps: 0
nve_every_ps: 0
YAML
for i in 1 2 3 4 5 6 7 8; do
    sed "s/0.763/0.7${i}0/" water.xyz >m$i.xyz
done
job=(--config steps.yaml --num-workers 2)
ends 0 "$QMTRAJ" run "${job[@]}" --out whole m?.xyz
ends 0 "$QMTRAJ" run "${job[@]}" --set length_ps=0.03 --out longer m?.xyz

# is_packed OUT REFERENCE: every trajectory is in archives of OUT, whole, with the bytes of the reference
is_packed() {
    /usr/bin/python3 - "$@" <<'PYTHON' || fail "$1 is not what it should be"
import glob, os, sys, zipfile
out, reference = sys.argv[1:3]
names = sorted(n for n in os.listdir(reference) if os.path.isdir(f"{reference}/{n}") and n[0] != ".")
found = {}
for path in glob.glob(f"{out}/packed*.zip"):
    archive = zipfile.ZipFile(path)
    assert archive.testzip() is None
    assert len(set(archive.namelist())) == len(archive.namelist())
    for info in archive.infolist():
        assert info.compress_type == zipfile.ZIP_STORED and info.file_size == info.compress_size
        found[info.filename] = archive.read(info)
for name in names:
    for file in ("trajectory.npz", "start.xyz", "relaxed.xyz", "config.yaml"):
        assert found[f"{name}/{file}"] == open(f"{reference}/{name}/{file}", "rb").read(), (name, file)
    assert f"{name}/run.json" in found
    assert not os.path.exists(f"{out}/{name}"), name
PYTHON
}
ends 0 "$QMTRAJ" run "${job[@]}" --out o --pack m?.xyz
is_packed o whole
[ "$(ls o)" = "$(printf 'packed.zip\npacked.zip.index\nsummary.json')" ] || fail "there are $(ls o)"

# what a killed process had put aside goes with the next job, that of a living one and of another machine stays
sleep 0 & # a process that has ended
dead=$!
wait $dead
host=$(uname -n)
for name in .packed.$host.$dead .packed.$host.$$ .packed.elsewhere.$dead; do
    mkdir o/$name
    cp whole/m1/trajectory.npz o/$name
done
ends 0 "$QMTRAJ" run "${job[@]}" --out o --pack m?.xyz
[ ! -e o/.packed.$host.$dead ] || fail "the folder of a killed process is left"
[ -e o/.packed.$host.$$/trajectory.npz ] && [ -e o/.packed.elsewhere.$dead/trajectory.npz ] || fail "a folder of another process is gone"
mv o/.packed.$host.$$ o/.packed.$host.$dead
ends 0 "$QMTRAJ" pack o
[ ! -e o/.packed.$host.$dead ] || fail "the folder of a killed process is left by pack"
rm -r o/.packed.elsewhere.$dead

# every command reads it
ends 0 "$QMTRAJ" status o
says "8/8 complete"
ends 0 "$QMTRAJ" check o
says "8 files: 8 pass"
ends 0 "$QMTRAJ" check o/m3
says "o/m3/trajectory.npz" "frames of 3 atoms"
ends 0 "$QMTRAJ" convert o/m3/trajectory.npz --to extxyz -o m3.extxyz
ends 2 "$QMTRAJ" convert o/m3/trajectory.npz --to extxyz
says "o/m3/trajectory.npz: lies in an archive, and has no folder for trajectory.extxyz; -o OUT names the file"
[ ! -e o/m3 ] || fail "a folder that hides the archive"
ends 0 "$QMTRAJ" convert whole/m3/trajectory.npz --to extxyz -o whole.extxyz
same m3.extxyz whole.extxyz
# a training set of the archive is that of the folders, and a geometry in it can be labelled
mkdir set_folders set_packed
cp -r whole set_folders/o
cp -r o set_packed/o
for place in set_folders set_packed; do
    (cd $place && ends 0 "$QMTRAJ" dataset o --for npy --n 4 -o set)
    (cd $place && ends 0 "$QMTRAJ" dataset o/m1 o/m2/trajectory.npz --for mace --by replica --split 50/50 -o two)
    (cd $place && ends 0 "$QMTRAJ" label o/m3/relaxed.xyz -o labelled.extxyz)
done
diff -r set_folders/set set_packed/set || fail "the set of an archive is not that of folders"
diff -r set_folders/two set_packed/two || fail "the set of two packed trajectories is not that of folders"
same set_folders/labelled.extxyz set_packed/labelled.extxyz
ends 3 "$QMTRAJ" dataset set_packed/o set_packed/o/m1 --for npy -o twice
says "are one file, which would be in the set twice"
ends 5 "$QMTRAJ" dataset set_packed/o/m9 --for npy -o none
[ ! -e twice ] && [ ! -e none ] || fail "a set of what cannot be read"
rm o/summary.json
ends 0 "$QMTRAJ" summary o
says "holds 8 trajectories"
if /usr/bin/python3 -c 'import numpy' 2>/dev/null; then
    /usr/bin/python3 -c 'import numpy, zipfile
frames = numpy.load(zipfile.ZipFile("o/packed.zip").open("m3/trajectory.npz"))
assert frames["pos"].shape == (81, 3, 3), frames["pos"].shape' || fail "NumPy does not read it"
fi

# the same again does nothing, another configuration is refused, a longer one goes on to the same bytes
ls -l --time-style=full-iso o >before
ends 0 "$QMTRAJ" run "${job[@]}" --out o --pack m?.xyz
says "nothing to do"
ls -l --time-style=full-iso o | cmp - before || fail "the same again changed a file"
ends 7 "$QMTRAJ" run "${job[@]}" --set temperature_K=310 --out o --pack m?.xyz
says "temperature_K was 300.0, now 310.0"
# It is recognised by the journal alone, which lies in order: run.json, which lies here and there, is not read. That the
# journal is lost, of another archive, or of another program costs reading run.json, and nothing else.
copy_of() {
    rm -rf known
    cp -r o known
}
blank_records() {
    /usr/bin/python3 - known/packed.zip "$@" <<'PYTHON'
import sys, zipfile
path, names = sys.argv[1], sys.argv[2:]
members = [i for i in zipfile.ZipFile(path).infolist() if i.filename in [f"{n}/run.json" for n in names]]
with open(path, "r+b") as archive:
    for member in members:
        archive.seek(member.header_offset + 26)
        archive.seek(member.header_offset + 30 + sum(int.from_bytes(archive.read(2), "little") for _ in (0, 1)))
        archive.write(b" " * member.file_size)
PYTHON
}
copy_of
blank_records m1 m2 m3 m4 m5 m6 m7 m8
ends 0 "$QMTRAJ" run "${job[@]}" --out known --pack m?.xyz
says "nothing to do"
rm -r known/.journal
ends 7 "$QMTRAJ" run "${job[@]}" --out known --pack m?.xyz
says "already finished, but its run.json is missing"
for change in 's/"run_json_crc32":[0-9]*/"run_json_crc32":1/' 's/"input_digest":"[^"]*"/"input_digest":"0"/' \
    's/"numerics":"[^"]*"/"numerics":"0"/' 's/"trajectory_bytes":[0-9]*/"trajectory_bytes":1/' 's/,"record".*/}/'; do
    copy_of
    sed -i "$change" known/.journal/*.jsonl
    ends 0 "$QMTRAJ" run "${job[@]}" --out known --pack m?.xyz
    says "nothing to do"
    blank_records m5
    ends 7 "$QMTRAJ" run "${job[@]}" --out known --pack m?.xyz
    says "known/m5: already finished, but its run.json is missing"
done
ends 0 "$QMTRAJ" run "${job[@]}" --set length_ps=0.03 --out o --pack m?.xyz
is_packed o longer

# folders and archives are made of each other
cp -r whole folders
ends 0 "$QMTRAJ" pack folders
says "8 trajectories are now in folders/packed.zip"
is_packed folders whole
ends 0 "$QMTRAJ" unpack folders m4
cmp -s folders/m4/trajectory.npz whole/m4/trajectory.npz || fail "m4 is another"
ends 0 "$QMTRAJ" check folders
says "8 files: 8 pass"
ends 2 "$QMTRAJ" unpack folders m9
says "m9: is in no archive of folders"
ends 0 "$QMTRAJ" unpack folders
diff -r whole folders || fail "unpacked folders are others"

# files with names that no job gives are somebody's own: not read, not written, not removed
cp -r whole copy
ends 0 "$QMTRAJ" pack copy
mkdir own
mv copy/packed.zip copy/packed.zip.index own
for file in packed.backup.zip packed.zip.backup.zip packed.3-of-.zip packed.1-of-2.zip.zip; do
    cp own/packed.zip own/$file
    cp own/packed.zip.index own/$file.index
done
echo "no ZIP" >own/packed.notes.zip
mkdir own_before
cp own/packed.*.zip own/packed.*.zip.index own_before
ends 0 "$QMTRAJ" check own
says "8 files: 8 pass"
ends 0 "$QMTRAJ" pack own
ends 0 "$QMTRAJ" unpack own
says "8 trajectories are folders"
[ ! -e own/packed.zip ] && [ ! -e own/packed.zip.index ] || fail "there are $(ls own)"
for file in own_before/*; do
    same $file own/${file#own_before/}
done

# a damaged trajectory does not keep the others in, and its archive stays
cp -r whole flipped
ends 0 "$QMTRAJ" pack flipped
/usr/bin/python3 - flipped/packed.zip m3/trajectory.npz <<'PYTHON'
import sys, zipfile
path, name = sys.argv[1:]
at = zipfile.ZipFile(path).getinfo(name).header_offset + 2000
with open(path, "r+b") as archive:
    archive.seek(at)
    byte = archive.read(1)[0]
    archive.seek(at)
    archive.write(bytes([byte ^ 4]))
PYTHON
ends 3 "$QMTRAJ" unpack flipped
says "flipped/packed.zip: m3/trajectory.npz is damaged" "1 packed trajectory is damaged and in the archive still, 7 are folders again"
[ -e flipped/packed.zip ] && [ -e flipped/packed.zip.index ] && [ ! -e flipped/m3 ] || fail "there are $(ls flipped)"
for i in 1 2 4 5 6 7 8; do
    diff -r whole/m$i flipped/m$i || fail "m$i is another"
done
ends 2 "$QMTRAJ" unpack flipped m1
says "m1: is a folder of flipped already"

# an index that was cut off, or is lost, is made again from the directory; of an archive that was cut off, nothing is lost
# that is there
lame() {
    rm -rf lame
    cp -r o lame
}
for harm in ': >' 'rm' 'truncate -s 300'; do
    lame
    eval "$harm lame/packed.zip.index"
    ends 0 "$QMTRAJ" status lame
    says "8/8 complete"
    ends 0 "$QMTRAJ" run "${job[@]}" --set length_ps=0.03 --out lame --pack m?.xyz water.xyz
    says "lame/packed.zip.index: did not list what the directory of the archive lists"
    ends 0 "$QMTRAJ" check lame
    says "9 files: 9 pass"
    eval "$harm lame/packed.zip.index"
    ends 0 "$QMTRAJ" unpack lame
    says "9 trajectories are folders"
done
lame
: >lame/packed.zip
ends 0 "$QMTRAJ" status lame
says "0/8 complete, 8 waiting" "lame/packed.zip: has 0 bytes" "8 of its 8 trajectories count as not there"
lame
truncate -s 90000 lame/packed.zip
ends 0 "$QMTRAJ" run "${job[@]}" --set length_ps=0.03 --out lame --pack m?.xyz
says "count as not there" "it was cut off; nothing goes into it before" "stay folders"
ends 0 "$QMTRAJ" status lame
says "8/8 complete"
ends 3 "$QMTRAJ" pack lame
ends 0 "$QMTRAJ" unpack lame
ends 0 "$QMTRAJ" pack lame
is_packed lame longer

# unpack beside unpack, pack and a job: nothing is lost, nothing lies about
for others in unpack pack "run ${job[*]} --pack --out" "run ${job[*]} --out"; do
    for i in 1 2 3; do
        rm -rf beside
        cp -r whole beside
        [ "$others" = pack ] || ends 0 "$QMTRAJ" pack beside
        "$QMTRAJ" $others beside $([ "${others#run}" = "$others" ] || ls m?.xyz) >beside_log 2>&1 &
        pid=$!
        sleep 0.0$((i - 1))
        ends 0 "$QMTRAJ" unpack beside
        code=0
        wait $pid || code=$?
        [ $code = 0 ] || fail "beside unpack, $others ends with $code: $(cat beside_log)"
        [ -z "$(ls -A beside | grep '^[.]packed')" ] || fail "left beside $others: $(ls -A beside)"
        [ -e beside/packed.zip ] || [ -e beside/m1 ] || fail "nothing is there beside $others"
        ends 0 "$QMTRAJ" unpack beside
        for name in m1 m2 m3 m4 m5 m6 m7 m8; do
            same whole/$name/trajectory.npz beside/$name/trajectory.npz
        done
    done
done

# what is packed while a command reads it is read in the archive
for i in 0 1 2 3 4 5; do
    rm -rf beside
    cp -r whole beside
    "$QMTRAJ" pack beside >beside_log 2>&1 &
    pid=$!
    sleep 0.00$i
    case $((i % 3)) in
    0) ends 0 "$QMTRAJ" check beside && says "8 files: 8 pass" ;;
    1) ends 0 "$QMTRAJ" status beside && says "8/8 complete" ;;
    2) ends 0 "$QMTRAJ" report beside -o beside$i.html
        [ "$(grep -o '"verdict":"PASS","frames"' beside$i.html | wc -l)" = 8 ] || fail "the report has no good 8" ;;
    esac
    wait $pid || fail "pack ends with $?"
done

# folders of an earlier job go in; replicas, too
cp -r whole mixed
ends 0 "$QMTRAJ" run "${job[@]}" --out mixed --pack m?.xyz
is_packed mixed whole
ends 0 "$QMTRAJ" run "${job[@]}" --set replicas=2 --out replicas --pack m1.xyz m2.xyz
[ "$(ls replicas)" = "$(printf 'packed.zip\npacked.zip.index\nsummary.json')" ] || fail "there are $(ls replicas)"
ends 0 "$QMTRAJ" status replicas
says "4/4 complete" "m1/r01"
ends 0 "$QMTRAJ" run "${job[@]}" --set replicas=2 --out replicas --pack m1.xyz m2.xyz
says "nothing to do"

# parts of a list have archives of their own
for i in 0 1 2; do
    ends 0 "$QMTRAJ" run "${job[@]}" --out parts --pack --shard $i/3 m?.xyz
done
is_packed parts whole
ends 0 "$QMTRAJ" run "${job[@]}" --out parts m?.xyz
says "nothing to do"

# of several archives that hold a trajectory the longer one counts
for i in 0 1; do
    ends 0 "$QMTRAJ" run "${job[@]}" --out several --pack --shard $i/2 m?.xyz
done
ends 0 "$QMTRAJ" unpack several m3
ends 0 "$QMTRAJ" pack several
for turn in 1 2; do
    for i in 0 1; do
        ends 0 "$QMTRAJ" run "${job[@]}" --set length_ps=0.03 --out several --pack --shard $i/2 m?.xyz
        [ $turn = 1 ] || says "nothing to do"
    done
done
ends 0 "$QMTRAJ" check several
says "8 files: 8 pass"
ends 0 "$QMTRAJ" unpack several
cmp several/m3/trajectory.npz longer/m3/trajectory.npz
[ ! -e several/packed.zip ] && [ ! -e several/packed.0-of-2.zip ] || fail "an archive is left"

# a line of the index that was cut off loses itself; an archive without a directory is one for every command
cp -r o torn
printf '99999\tm1\ttraj' >>torn/packed.zip.index
truncate -s -100 torn/packed.zip
ends 0 "$QMTRAJ" check torn
says "8 files: 8 pass"
ends 0 "$QMTRAJ" pack torn
is_packed torn longer
# a damaged member is seen
printf 'x' | dd of=torn/packed.zip bs=1 seek=$(($(stat -c %s torn/packed.zip) - 20000)) conv=notrunc 2>/dev/null
ends 1 "$QMTRAJ" check torn

# what cannot be packed stays a folder, with one sentence, and goes in later
if [ "$(id -u)" != 0 ]; then
    mkdir -p full && : >full/packed.zip && : >full/packed.zip.index && chmod 400 full/packed.zip
    ends 0 "$QMTRAJ" run "${job[@]}" --out full --pack m1.xyz m2.xyz
    says "stay folders, and \`qmtraj pack full\` packs them"
    chmod 600 full/packed.zip
    ends 0 "$QMTRAJ" pack full
    says "2 trajectories are now in full/packed.zip"
fi

# six programs on one list
pids=()
for i in 1 2 3 4 5 6; do
    "$QMTRAJ" run "${job[@]}" --out six --pack m?.xyz >six$i 2>&1 &
    pids+=($!)
done
for i in 0 1 2 3 4 5; do
    code=0
    wait "${pids[$i]}" || code=$?
    [ $code = 0 ] || [ $code = 6 ] || fail "program $i ends with $code: $(cat six$((i + 1)))"
done
ends 0 "$QMTRAJ" run "${job[@]}" --out six --pack m?.xyz
is_packed six whole

# killed between the last folder and the directory of the archive: the command that finds nothing to do writes it
/usr/bin/python3 - six/packed.zip <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(-98, 2)
    end = f.read()
    f.truncate(int.from_bytes(end[48:56], "little"))
PYTHON
ends 0 "$QMTRAJ" run "${job[@]}" --out six --pack m?.xyz
says "nothing to do"
is_packed six whole

# killed at random moments, with its workers
seed=${SEED:-$RANDOM}
RANDOM=$seed
for ((kill = 0; kill < ${KILLS:-12}; kill++)); do
    setsid "$QMTRAJ" run "${job[@]}" --out killed --pack m?.xyz >killed_log 2>&1 &
    group=$!
    sleep 0.0$((RANDOM % 10))$((RANDOM % 10))
    kill -KILL -- -$group 2>/dev/null || true
    wait $group 2>/dev/null || true
    code=0
    [ ! -e killed/.journal ] || "$QMTRAJ" status killed >out 2>err || code=$?
    # 3: nothing was begun
    [ $code = 0 ] || [ $code = 3 ] || fail "seed $seed: status after kill $kill: code $code"
    [ $((kill % 5)) != 4 ] || rm -rf killed
done
ends 0 "$QMTRAJ" run "${job[@]}" --out killed --pack m?.xyz
is_packed killed whole || fail "seed $seed"
