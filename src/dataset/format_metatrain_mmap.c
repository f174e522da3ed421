#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/draft.h"
#include "dataset/format_flat.h"
#include "dataset/format_metatrain.h"

/// The folder of mapped arrays that metatrain reads where `read_from` is a folder, for sets that do not fit into memory.
/// It is in single precision, so energies are less those of single atoms.

static const FlatArray ARRAYS[] = {
    {"a.bin", FRAME_NUMBERS, "<i4", "(A,)", 1.0, "atomic numbers"},
    {"x.bin", FRAME_POS, "<f4", "(A, 3)", ANGSTROM_PER_NM, "angstrom"},
    {"energy.bin", FRAME_ENERGY_LESS_ATOMS, "<f4", "(F, 1)", EV_PER_KJMOL, "eV, less single atoms"},
    {"forces.bin", FRAME_FORCES, "<f4", "(A, 3, 1)", EV_PER_KJMOL / ANGSTROM_PER_NM, "eV/angstrom"},
    {"charge.bin", FRAME_CHARGE, "<f4", "(F, 1)", 1.0, "e"},
    {"spin_multiplicity.bin", FRAME_MULTIPLICITY, "<f4", "(F, 1)", 1.0, "2S+1"},
    {"charges.bin", FRAME_PARTIAL_CHARGES, "<f4", "(A, 1)", 1.0, "e, Mulliken"},
    {"dipole.bin", FRAME_DIPOLE, "<f4", "(F, 3, 1)", ANGSTROM_PER_NM,
     "e angstrom, about the origin"},
    {"momenta.bin", FRAME_MOMENTA, "<f4", "(A, 3)", 1.0, "sqrt(eV Da)"},
    {"masses.bin", FRAME_MASSES, "<f4", "(A,)", 1.0, "Da"},
    {"future_positions.bin", FRAME_FUTURE_POS, "<f4", "(A, 3, 1)", ANGSTROM_PER_NM, "angstrom"},
    {"future_momenta.bin", FRAME_FUTURE_MOMENTA, "<f4", "(A, 3, 1)", 1.0, "sqrt(eV Da)"},
};

static const FlatLayout LAYOUT = {.folder = "",
                                  .index = "na.npy",
                                  .npy = true,
                                  .arrays = ARRAYS,
                                  .n_arrays = sizeof ARRAYS / sizeof *ARRAYS,
                                  .training = metatrain_training_print};

static QmtStatus metatrain_mmap_extras(QmtContext *ctx, const SetFormat *format, const Set *set,
                                       const char *folder)
{
    static const char *const FOLDERS[N_SPLITS] = {"train/", "valid/", "test/"};
    char path[FILE_PATH_SIZE], *text = NULL;
    Draft draft;
    (void)format;
    TRY(file_join(ctx, folder, "options.yaml", path));
    TRY(draft_begin(ctx, &draft));
    metatrain_options_print(set, FOLDERS, false, draft.file);
    TRY(draft_end(ctx, &draft, &text));
    const QmtStatus status = file_write_whole(ctx, path, text, strlen(text));
    free(text);
    return status;
}

const SetFormat FORMAT_METATRAIN_MMAP = {
    .name = "metatrain-mmap",
    .help = "the folder of mapped arrays of metatrain, energies less single atoms, options.yaml",
    .pairs = true,
    .place = set_place_part,
    .open = flat_open,
    .system = flat_system,
    .append = flat_append,
    .finish = flat_finish,
    .close = flat_close,
    .extras = metatrain_mmap_extras,
    .contents = flat_contents,
    .training = flat_training,
    .more = &LAYOUT};
