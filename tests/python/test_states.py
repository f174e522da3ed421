"""2,000 files over the ways in which files give charge and spin, right and wrong: none is computed in a state that it
does not name, none that names one is refused. The figures are printed."""
import json
import os
import random
import subprocess
import tempfile

QMTRAJ = os.environ["QMTRAJ"]
N = 2000

# Symbols, coordinates in angstrom and valence electrons of the neutral molecule.
MOLECULES = {
    "water": ([("O", 0, 0, 0.119), ("H", 0, 0.763, -0.477), ("H", 0, -0.763, -0.477)], 8),
    "oxygen": ([("O", 0, 0, 0), ("O", 0, 0, 1.21)], 12),
    "hydroxyl": ([("O", 0, 0, 0), ("H", 0, 0, 0.97)], 7),
    "nitric": ([("N", 0, 0, 0), ("O", 0, 0, 1.15)], 11),
}
CHARGES = ["charge", "q", "chrg", "total_charge", "tot_charge", "net_charge", "molecular_charge", "formal_charge",
           "Charge", "TOTAL_CHARGE", "molCharge"]
MULTIPLICITIES = ["multiplicity", "mult", "spin_multiplicity", "molecular_multiplicity", "total_spin", "Multiplicity"]
UNPAIRED = ["uhf", "nunpaired", "nel_unpaired", "unpaired_electrons", "UHF"]


def pairs(random_, q, m):
    """Key and value of the charge, key and value of the spin."""
    charge = random_.choice(["%d", "%+d", "%d.0"]) % q
    kind = random_.randrange(4)
    if kind == 0:
        spin = random_.choice(UNPAIRED), str(m - 1)
    elif kind == 1 and m > 1:
        spin = "spin", str(m)
    elif kind == 2:
        spin = "S", "%g" % ((m - 1) / 2)
    else:
        spin = random_.choice(MULTIPLICITIES), random_.choice(["%d", "%d.0"]) % m
    return (random_.choice(CHARGES), charge), spin


def comment_of(random_, q, m):
    """A comment line that names the state."""
    if random_.random() < 0.25:
        return random_.choice(["%d %d", "%d, %d", " %d\t%d ", "(%d, %d)", "Charge/mult: %d %d", "# %d %d"]) % (q, m)
    charge, spin = pairs(random_, q, m)
    text = random_.choice(["%s=%s %s=%s", "%s = %s | %s = %s", "(%s=%s, %s=%s)", "%s=%s;%s=%s",
                           "energy=-5.07 %s=%s step=7 %s=%s", "%s=\"%s\" %s='%s'"])
    return text % (charge + spin)


def xyz(atoms, comment, random_):
    extra = random_.choice(["", "", " 0.125 0.25"])
    return "%d\n%s\n" % (len(atoms), comment) + "".join("%s %.4f %.4f %.4f%s\n" % (a + (extra,)) for a in atoms)


def sdf(atoms, q, m):
    lines = ["", "  test              3D", "", "%3d  0  0  0  0  0  0  0  0  0999 V2000" % len(atoms)]
    lines += ["%10.4f%10.4f%10.4f %-3s 0  0" % (x, y, z, s) for s, x, y, z in atoms]
    lines += ["M  CHG  1   1%4d" % q] if q else []
    lines += ["M  RAD  1   1   %d" % m] if m in (2, 3) else []
    return "\n".join(lines + ["M  END", "> <multiplicity>", str(m), "", "$$$$", ""])


def coord(atoms, q, m):
    return "$coord angs\n" + "".join("%.4f %.4f %.4f %s\n" % (x, y, z, s.lower()) for s, x, y, z in atoms) + \
        "$eht charge=%d unpaired=%d\n$end\n" % (q, m - 1)


def wrong_comment(random_, electrons):
    """A line that names no state which this molecule can have, though it tries to."""
    q = random_.choice([-1, 0, 1])
    m = 2 if (electrons - q) % 2 == 0 else 1
    return random_.choice(["%d %d" % (q, m), "charge=%d multiplicity=%d" % (q, m), "charge=%d uhf=%d" % (q, m - 1),
                           "charge=%d multiplicity=%d.5" % (q, m), "charge=1.5", "chrage=2", "xtb_charge=-2",
                           "charge=0 charge=2", "charge=%d S=%g" % (q, (m - 1) / 2), "charge_multiplier=2"])


def write(path, text):
    with open(path, "w", newline="") as file:
        file.write(text)


def make(folder, i, random_):
    """Writes file i; returns its path and the state that it names, None for one that names none."""
    atoms, electrons = MOLECULES[random_.choice(sorted(MOLECULES))]
    path = os.path.join(folder, "f%04d.xyz" % i)
    kind = random_.random()
    if kind < 0.25:
        write(path, xyz(atoms, wrong_comment(random_, electrons), random_))
        return path, None
    q = random_.choice([-1, 0, 0, 1, 2])
    m = random_.choice([1, 3] if (electrons - q) % 2 == 0 else [2])
    if kind < 0.35:
        path = path.replace(".xyz", ".sdf")
        write(path, sdf(atoms, q, m))
    elif kind < 0.45:
        path = path.replace(".xyz", ".coord")
        write(path, coord(atoms, q, m))
    elif kind < 0.55:
        own = os.path.join(folder, "f%04d" % i)
        os.mkdir(own)
        write(os.path.join(own, ".CHRG"), "%d\n" % q)
        write(os.path.join(own, ".UHF"), "%d\n" % (m - 1))
        path = os.path.join(own, "struc.xyz")
        write(path, xyz(atoms, "", random_))
    elif kind < 0.6 and electrons % 2 == 0:
        q, m = 0, 1
        write(path, xyz(atoms, random_.choice(["", "100 25", "step 7", "energy: -5.07", "i = 0, E = -17.1"]), random_))
    else:
        write(path, xyz(atoms, comment_of(random_, q, m), random_))
    return path, (q, m)


def main():
    random_ = random.Random(20261128)
    with tempfile.TemporaryDirectory() as folder:
        files = [make(folder, i, random_) for i in range(N)]
        wanted = {}
        for path, state in files:
            base = os.path.basename(path)
            wanted[os.path.basename(os.path.dirname(path)) if base == "struc.xyz" else base.split(".")[0]] = state
        done = subprocess.run([QMTRAJ, "energy", "--json", "--set", "electronic_temperature_K=1000"] +
                              [path for path, _ in files], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        found = {}
        for line in done.stdout.splitlines():
            data = json.loads(line)
            found[data["name"]] = (data["charge"], data["multiplicity"])
            assert data["charge_source"] and data["multiplicity_source"]
    wrong = [(n, s, wanted.get(n)) for n, s in found.items() if wanted.get(n) != s]
    refused = [n for n, s in wanted.items() if s is not None and n not in found]
    named = sum(s is not None for s in wanted.values())
    print("%d files, %d name a state: %d computed, %d in another state, %d refused that name one"
          % (len(files), named, len(found), len(wrong), len(refused)))
    for n in refused[:10]:
        print(n, wanted[n], [line for line in done.stderr.splitlines() if n in line][:2])
    assert len(wanted) == N
    assert not wrong, wrong[:10]
    assert not refused, refused[:10]


main()
