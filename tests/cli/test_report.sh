# The page of `qmtraj report` and `view`, and the numbers of `spectrum`.
source "$(dirname "$0")/support.sh"
bad() { echo "$1" >&2; exit 1; }

mkdir in
printf '3\n<script>alert(1)</script>\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n' >'in/<img src=x>&.xyz'
"$QMTRAJ" run in/*.xyz --out out --length_ps 0.5 --equilibration_ps 0 --dt_fs 0.5 --properties dipole >run.txt 2>&1 ||
    { cat run.txt; bad "the run failed"; }
file=$(find out -name trajectory.npz | head -1)

# 1. the same bytes, whatever the number of workers
"$QMTRAJ" report out -o a.html --num-workers 1 >/dev/null
"$QMTRAJ" report out -o b.html --num-workers 2 >/dev/null
cmp a.html b.html || bad "two pages of one folder differ"

# 2. nothing is loaded, and names are text: the only scripts are the data and ours
! grep -qE '(src|href)="?(https?:)?//' a.html || bad "the page loads something"
grep -q "default-src 'none'" a.html || bad "no content security policy"
[ "$(grep -c '<script>' a.html)" = 1 ] || bad "a name became a script"
! grep -q '<img' a.html || bad "a name became an element"

# 3. the figures are those of summary.json
mean=$(sed -n 's/.*"mean_temperature_K":[^0-9]*\([0-9.]*\).*/\1/p' out/summary.json | head -1)
grep -qF "\"mean_temperature_K\":$mean" a.html || bad "mean temperature $mean is not in the page"

# The file of a Langevin thermostat has no heat: that of the steps made again gives the drift that the run found. float32
# velocities know the kinetic energy of some 10 kJ/mol to 1e-6, over 0.5 ps.
grep -q '"heat":"again"' a.html || bad "the heat is not that of the steps made again"
drift=$(sed -n 's/.*"drift_kJ_mol_ps":[^-0-9]*\([-0-9.e+]*\).*/\1/p' out/summary.json | head -1)
slope=$(sed -n 's/.*"conserved_slope":\([-0-9.e+]*\).*/\1/p' a.html)
awk -v a="$drift" -v b="$slope" 'BEGIN { d = a - b; if (d < 0) d = -d; exit !(a != "" && b != "" && d < 1e-5) }' ||
    bad "the conserved quantity drifts by $slope, the summary says $drift"

# 4. a single file; one that is none leaves no page
"$QMTRAJ" view "$file" -o view.html >/dev/null
grep -q 'id="trajectory-0"' view.html || bad "no curves"
echo nothing >none.npz
if "$QMTRAJ" view none.npz -o none.html 2>err.txt; then bad "a page about nothing"; fi
[ ! -e none.html ] || bad "a failure left a page"
if "$QMTRAJ" report nowhere -o none.html 2>err.txt; then bad "a page about a folder that is not there"; fi
[ ! -e none.html ] || bad "a failure left a page"

# the folder of one trajectory is meant as its file
mkdir alone
cp "$file" "$(dirname "$file")/run.json" alone
"$QMTRAJ" report alone -o alone.html >/dev/null 2>err.txt
"$QMTRAJ" view alone/trajectory.npz -o alone_view.html >/dev/null
cmp alone.html alone_view.html || bad "the folder of a trajectory has another page than its file"
[ ! -s err.txt ] || bad "the folder of a trajectory makes words: $(cat err.txt)"
if "$QMTRAJ" status alone 2>err.txt; then bad "status takes the folder of one trajectory"; fi
grep -q 'alone: is the folder of one trajectory; the folder wanted is that of `run --out`' err.txt || bad "status says: $(cat err.txt)"

# 5. a folder without a trajectory, which a job may be about to fill: a page that says so
mkdir empty
"$QMTRAJ" report empty -o empty.html >out.txt 2>err.txt
grep -q "holds no trajectories" err.txt || bad "nothing warns of an empty folder"
grep -q '"empty":"empty: holds no trajectories' empty.html || bad "the page does not say that the folder is empty"

# 6. interrupted before its first frame; failed, all of them; waiting
printf '3\n\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n' >water.xyz
"$QMTRAJ" run water.xyz --out cut --length_ps 1 --equilibration_ps 500 --checkpoint_s 0.1 >cut.txt 2>&1 &
pid=$!
until_there cut/water/checkpoint
kill -TERM $pid
ended 75
"$QMTRAJ" report cut -o cut.html >/dev/null
grep -q '"state":"interrupted"' cut.html || bad "the page does not say that it was interrupted"
grep -q 'has no frames yet' cut.html || bad "the page does not say that there is no frame"
if QMTRAJ_TEST_FAIL=water:5 "$QMTRAJ" run water.xyz --out lost --length_ps 0.1 --equilibration_ps 0 >lost.txt 2>&1; then
    bad "the run did not fail"
fi
"$QMTRAJ" report lost -o lost.html >/dev/null
grep -q '"state":"failed","reason":"[^"]' lost.html || bad "the page does not say what failed"
grep -q '"frames":5' lost.html || bad "the frames before the failure are not in the page"

# 7. spectra: three stretches and bends of water, most of the density above 1000 cm-1; infrared where dipoles are
"$QMTRAJ" spectrum "$file" >s.csv
grep -q '^wavenumber_cm-1,density_of_states_cm,infrared_cm$' s.csv || bad "names of the columns"
awk -F, '/^[0-9]/ { sum += $2; if ($1 > n) n = $1; k++ } END { area = sum * n / (k - 1); exit !(area > 0.999 && area < 1.001) }' s.csv ||
    bad "the area is not 1"
