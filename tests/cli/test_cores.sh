# Threads inside a molecule: the bytes of one, and words about how many there are.
source "$(dirname "$0")/support.sh"

cp "$QMTRAJ_SOURCE/bench/geometries/aspirin.xyz" "$QMTRAJ_SOURCE/bench/geometries/taxol.xyz" .
keys="--set nve_every_ps=0 --set properties=charges,homo_lumo_gap"

# run MOLECULE CORES LENGTH: a trajectory in MOLECULE.CORES
run() {
    "$QMTRAJ" run "$1.xyz" --out "$1.$2" --num-workers 1 --set "cores_per_trajectory=$2" --set "length_ps=$3" \
        $keys --set equilibration_ps=0 --set optimize="$4" >out 2>err || fail "$1 on $2 cores: $(tail -1 err)"
}
# Motion from a relaxed geometry, with the Jacobian and the history of the orbitals.
run aspirin 1 0.05 true
for cores in 2 3 4; do
    run aspirin $cores 0.05 true
    same aspirin.1/aspirin/trajectory.npz aspirin.$cores/aspirin/trajectory.npz
done
# 113 atoms: every loop is divided, those under LAPACK among them.
run taxol 1 0.0005 false
for cores in 2 4; do
    run taxol $cores 0.0005 false
    same taxol.1/taxol/trajectory.npz taxol.$cores/taxol/trajectory.npz
done

# The key is no part of what decides the numbers: another value continues a trajectory.
run aspirin 1 0.06 true
ends 0 "$QMTRAJ" run aspirin.xyz --out aspirin.2 --num-workers 1 --set cores_per_trajectory=1 --set length_ps=0.06 $keys --set equilibration_ps=0
same aspirin.1/aspirin/trajectory.npz aspirin.2/aspirin/trajectory.npz

# More threads than cores: it works, and is said.
ends 0 "$QMTRAJ" run aspirin.xyz --out many --num-workers 300 --set cores_per_trajectory=4 --set length_ps=0.001 $keys --set equilibration_ps=0
says "300 trajectories side by side with cores_per_trajectory = 4: 1200 threads for the"
ends 2 "$QMTRAJ" run aspirin.xyz --out none --set cores_per_trajectory=0
says "cores_per_trajectory = 0 is out of range"
[ ! -e none ] || fail "a mistake on the command line leaves a folder"

# Other commands take the key, too.
ends 0 "$QMTRAJ" energy aspirin.xyz --json --set cores_per_trajectory=2
cp out two
ends 0 "$QMTRAJ" energy aspirin.xyz --json
same out two
