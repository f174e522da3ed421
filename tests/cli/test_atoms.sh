# qmtraj atoms: energies of free atoms equal those of `energy`, in the form of every code.
source "$(dirname "$0")/support.sh"

# atom SYMBOL MULTIPLICITY METHOD: hartree, from the molecule of one atom
atom() {
    printf '1\nmultiplicity=%s\n%s 0 0 0\n' "$2" "$1" >one.xyz
    "$QMTRAJ" energy one.xyz --json --method "$3" | sed -n 's/.*"energy":\([-0-9.e]*\),.*/\1/p'
}
ends 0 "$QMTRAJ" atoms --elements H,C,N,O,Cl --for json
for pair in H:2 C:3 N:4 O:3 Cl:2; do
    symbol=${pair%:*}
    grep -q "\"$symbol\": {.*\"multiplicity\": ${pair#*:}, .*\"energy_hartree\": $(atom $symbol ${pair#*:} GFN2-xTB)," out ||
        fail "$symbol is not that of energy"
done
says '"method": "GFN2-xTB"' '"unit": "eV"' '"energy": -10.7072' '"energy": -48.7980'
cp out first
ends 0 "$QMTRAJ" atoms --elements h,C,n,O,c,Cl
cmp out first || fail "symbols in any case, each once; json is the default"
ends 0 "$QMTRAJ" atoms --elements Mn --method GFN1-xTB
says "$(atom Mn 6 GFN1-xTB)" # needs the recovery of the SCF

# every element, both methods
for method in GFN2-xTB GFN1-xTB; do
    ends 0 "$QMTRAJ" atoms --elements all --method $method
    [ "$(grep -c '"energy_hartree": -[0-9.]*[0-9],' out)" = 86 ] || fail "$method: 86 atoms"
    [ ! -s err ] || fail "$method: every atom is spherical"
    says '"Gd": {"number": 64, "multiplicity": 2' '"Cr": {"number": 24, "multiplicity": 7'
done

# the settings of the molecules hold; a solvent and a state do not
printf 'solvent: water\ncharge: 1\nspin_multiplicity: 2\nelectronic_temperature_K: 1000\n' >c.yaml
ends 0 "$QMTRAJ" atoms --elements O --config c.yaml
cp out warm
ends 0 "$QMTRAJ" atoms --elements O --set electronic_temperature_K=1000
cmp out warm || fail "solvent, charge and multiplicity of a configuration count"
says '"electronic_temperature_K": 1000.0'
! cmp -s <(grep -o '"energy": [-0-9.]*' warm) <(grep -A9 '"O"' first | grep -o '"energy": [-0-9.]*' | head -1) ||
    fail "the temperature of the electrons counts"

# the forms; energies of hydrogen and oxygen in eV
h=-10.70721
o=-102.52180
ends 0 "$QMTRAJ" atoms --elements H,O --for mace
[ "$(wc -l <out)" = 6 ] && [ "$(grep -c 'REF_energy=-.*config_type=IsolatedAtom' out)" = 2 ] || fail "mace"
says " energy=$h" "total_spin=2" " energy=$o" "total_spin=3" 'pbc="F F F"'
ends 0 "$QMTRAJ" atoms --elements H,O --for nequip
says "per_type_energy_shifts:" "  H: $h" "  O: $o"
ends 0 "$QMTRAJ" atoms --elements H,O --for metatrain
says "atomic_baseline:" "  energy:" "    1: $h" "    8: $o"
ends 0 "$QMTRAJ" atoms --elements H,O --for schnetpack
says "\"energy\": [0.0, $h" ", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, $o"
ends 0 "$QMTRAJ" atoms --elements H,O --for aimnet
says "1: $h" "8: $o"

# wrong words
ends 2 "$QMTRAJ" atoms
says "no elements"
ends 2 "$QMTRAJ" atoms --elements ,
ends 2 "$QMTRAJ" atoms H
says "--elements"
ends 2 "$QMTRAJ" atoms --elements H --for mce
says "did you mean mace?" "json, mace, nequip, metatrain, schnetpack, aimnet"
ends 3 "$QMTRAJ" atoms --elements H,Xy
says 'not a symbol of an element'
ends 3 "$QMTRAJ" atoms --elements U
ends 2 "$QMTRAJ" atoms --elements H --method PM3
ends 2 "$QMTRAJ" atoms --elements H --set foo=1
ends 2 "$QMTRAJ" atoms --elements H --set charge
ends 5 bash -c '"$1" atoms --elements H >/dev/full' - "$QMTRAJ"
