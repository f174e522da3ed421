#include "base/units.h"
#include "dataset/format_flat.h"

/// The processed files of TorchMD-Net's MemmappedDataset, which reads them as they are and processes nothing.

static void torchmd_mmap_training(const Set *set, FILE *out)
{
    const bool charges = frame_array_is_there(FRAME_PARTIAL_CHARGES, set);
    const bool dipole = frame_array_is_there(FRAME_DIPOLE, set);
    fprintf(
        out,
        "```python\nfrom torchmdnet.datasets.memdataset import MemmappedDataset\n"
        "properties = (\"y\", \"neg_dy\", \"q\"%s%s)\n"
        "train = MemmappedDataset(\"train\", properties=properties)\n"
        "valid = MemmappedDataset(\"valid\", properties=properties)\n```\n\n"
        "The reader has no place for the multiplicity: make a set of each, or take `torchmd`.\n",
        charges ? ", \"pq\"" : "", dipole ? ", \"dp\"" : "");
}

#define NAME "MemmappedDataset"

static const FlatArray ARRAYS[] = {
    {NAME ".z.mmap", FRAME_NUMBERS, "|i1", "(A,)", 1.0, "atomic numbers"},
    {NAME ".pos.mmap", FRAME_POS, "<f4", "(A, 3)", ANGSTROM_PER_NM, "angstrom"},
    {NAME ".y.mmap", FRAME_ENERGY_LESS_ATOMS, "<f8", "(F,)", EV_PER_KJMOL, "eV, less single atoms"},
    {NAME ".neg_dy.mmap", FRAME_FORCES, "<f4", "(A, 3)", EV_PER_KJMOL / ANGSTROM_PER_NM,
     "eV/angstrom, forces"},
    {NAME ".q.mmap", FRAME_CHARGE, "|i1", "(F,)", 1.0, "e, total charge"},
    {NAME ".pq.mmap", FRAME_PARTIAL_CHARGES, "<f4", "(A,)", 1.0, "e, Mulliken"},
    {NAME ".dp.mmap", FRAME_DIPOLE, "<f4", "(F, 3)", ANGSTROM_PER_NM,
     "e angstrom, about the origin"},
};

static const FlatLayout LAYOUT = {.folder = "processed",
                                  .index = NAME ".idx.mmap",
                                  .arrays = ARRAYS,
                                  .n_arrays = sizeof ARRAYS / sizeof *ARRAYS,
                                  .training = torchmd_mmap_training};

const SetFormat FORMAT_TORCHMD_MMAP = {
    .name = "torchmd-mmap",
    .help = "the mapped arrays of TorchMD-Net's MemmappedDataset, energies less single atoms",
    .place = set_place_part,
    .open = flat_open,
    .system = flat_system,
    .append = flat_append,
    .finish = flat_finish,
    .close = flat_close,
    .contents = flat_contents,
    .training = flat_training,
    .more = &LAYOUT};
