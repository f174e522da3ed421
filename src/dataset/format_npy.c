#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/frame_array.h"
#include "io/npy_write.h"

/// A folder of plain arrays for each molecule, which numpy.load(..., mmap_mode="r") maps into memory, in units to choose:
/// for loaders that take arrays, such as the Custom data set of TorchMD-Net.

/// Units: factors from nm and kJ/mol.
typedef struct {
    const char *name, *length, *energy;
    double per_nm, per_kjmol;
} Units;

static const Units UNITS[] = {
    {"ev-angstrom", "angstrom", "eV", ANGSTROM_PER_NM, EV_PER_KJMOL},
    {"kj-nm", "nm", "kJ/mol", 1.0, 1.0},
    {"kcal-angstrom", "angstrom", "kcal/mol", ANGSTROM_PER_NM, 1.0 / 4.184},
    {"atomic", "bohr", "hartree", BOHR_PER_NM, 1.0 / KJMOL_PER_HARTREE},
};

enum {
    Y_POS,
    Y_FORCES,
    Y_ENERGY,
    Y_ENERGY_LESS_ATOMS,
    Y_NUMBERS,
    Y_CHARGE,
    Y_MULTIPLICITY,
    Y_TIME,
    N_SINGLE,
    Y_VEL = N_SINGLE,
    Y_FUTURE_POS,
    Y_FUTURE_VEL,
    Y_CHARGES,
    Y_DIPOLE,
    Y_BOND_ORDERS,
    N_NPY
};

typedef struct {
    SetWriter face; // first: a SetWriter * is an NpyWriter *
    const Units *units;
    char folder[FILE_PATH_SIZE];
    const Set *set;
    bool pairs, open;
    const System *system; ///< the present one
    NpyFile arrays[N_NPY];
} NpyWriter;

static const Units *units_of(const Set *set)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS && set->options->units != NULL; i++)
        if (strcmp(UNITS[i].name, set->options->units) == 0)
            return &UNITS[i];
    return set->options->units == NULL ? &UNITS[0] : NULL;
}

static void npy_close(SetWriter *face)
{
    NpyWriter *const w = (NpyWriter *)face;
    for (int i = 0; i < N_NPY; i++)
        npy_file_abandon(&w->arrays[i]);
    free(w);
}

static QmtStatus npy_open(QmtContext *ctx, const SetFormat *format, const Set *set,
                          const char *folder, Split split, SetWriter **writer)
{
    const Units *const units = units_of(set);
    if (units == NULL)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "there are no units \"%.60s\"; ev-angstrom, kj-nm, kcal-angstrom or atomic",
                    set->options->units);
    NpyWriter *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to write %s", split_name(split));
    made->face.format = format;
    made->set = set;
    made->units = units;
    made->pairs = set->options->lag_fs > 0.0;
    const QmtStatus status = file_join(ctx, folder, split_name(split), made->folder);
    if (status != QMT_OK)
        free(made);
    else
        *writer = &made->face;
    return status;
}

static QmtStatus molecule_finish(QmtContext *ctx, NpyWriter *w)
{
    for (int i = 0; i < N_NPY && w->open; i++)
        if (w->arrays[i].output.buffer != NULL)
            TRY(npy_file_finish(ctx, &w->arrays[i]));
    w->open = false;
    return QMT_OK;
}

/// Those of the properties that all trajectories have.
static QmtStatus properties_open(QmtContext *ctx, NpyWriter *w, const char *folder, bool wide)
{
    const uint64_t n = w->system->first->n_atoms;
    const uint64_t atoms[2] = {0, n}, vector[2] = {0, 3}, matrix[3] = {0, n, n};
    const char *const real = wide ? "<f8" : "<f4";
    NpyFile *const a = w->arrays;
    if (frame_array_is_there(FRAME_PARTIAL_CHARGES, w->set))
        TRY(npy_file_open(ctx, folder, "charges.npy", real, 2, atoms, &a[Y_CHARGES]));
    if (frame_array_is_there(FRAME_DIPOLE, w->set))
        TRY(npy_file_open(ctx, folder, "dipole.npy", real, 2, vector, &a[Y_DIPOLE]));
    if (frame_array_is_there(FRAME_BOND_ORDERS, w->set))
        TRY(npy_file_open(ctx, folder, "bond_orders.npy", real, 3, matrix, &a[Y_BOND_ORDERS]));
    return QMT_OK;
}

static void property_add(QmtContext *ctx, NpyWriter *w, int place, FrameArrayId id,
                         const SetFrame *f, double factor)
{
    size_t n;
    if (!frame_array_is_there(id, w->set))
        return;
    const double *const numbers = frame_array(f, id, NULL, &n);
    npy_file_add(ctx, &w->arrays[place], numbers, n, factor);
}

static QmtStatus arrays_open(QmtContext *ctx, NpyWriter *w, bool wide)
{
    char folder[FILE_PATH_SIZE];
    const uint64_t n = w->system->first->n_atoms;
    const uint64_t vectors[3] = {0, n, 3}, column[2] = {0, 1}, one[1] = {0};
    const char *const real = wide ? "<f8" : "<f4";
    TRY(file_join(ctx, w->folder, w->system->file, folder));
    if (file_exists(folder))
        return FAIL(ctx, QMT_ERR_INPUT, "%.900s: two molecules would have this folder", folder);
    TRY(file_make_directories(ctx, folder));
    w->open = true;
    NpyFile *const a = w->arrays;
    TRY(npy_file_open(ctx, folder, "pos.npy", real, 3, vectors, &a[Y_POS]));
    TRY(npy_file_open(ctx, folder, "forces.npy", real, 3, vectors, &a[Y_FORCES]));
    TRY(npy_file_open(ctx, folder, "energy.npy", "<f8", 2, column, &a[Y_ENERGY]));
    TRY(npy_file_open(ctx, folder, "energy_less_atoms.npy", real, 2, column,
                      &a[Y_ENERGY_LESS_ATOMS]));
    TRY(npy_file_open(ctx, folder, "atom_types.npy", "<i4", 1, one, &a[Y_NUMBERS]));
    TRY(npy_file_open(ctx, folder, "charge.npy", "<i4", 1, one, &a[Y_CHARGE]));
    TRY(npy_file_open(ctx, folder, "multiplicity.npy", "<i4", 1, one, &a[Y_MULTIPLICITY]));
    TRY(npy_file_open(ctx, folder, "time_ps.npy", "<f8", 1, one, &a[Y_TIME]));
    if (w->pairs) {
        TRY(npy_file_open(ctx, folder, "vel.npy", real, 3, vectors, &a[Y_VEL]));
        TRY(npy_file_open(ctx, folder, "future_pos.npy", real, 3, vectors, &a[Y_FUTURE_POS]));
        TRY(npy_file_open(ctx, folder, "future_vel.npy", real, 3, vectors, &a[Y_FUTURE_VEL]));
    }
    TRY(properties_open(ctx, w, folder, wide));
    for (size_t i = 0; i < n; i++) {
        const double z = w->system->first->numbers[i];
        npy_file_add(ctx, &a[Y_NUMBERS], &z, 1, 1.0);
    }
    return QMT_OK;
}

static QmtStatus npy_system(QmtContext *ctx, SetWriter *face, const System *system)
{
    NpyWriter *const w = (NpyWriter *)face;
    TRY(molecule_finish(ctx, w));
    w->system = system;
    return QMT_OK;
}

static QmtStatus npy_append(QmtContext *ctx, SetWriter *face, const SetFrame *f)
{
    NpyWriter *const w = (NpyWriter *)face;
    const Units *const u = w->units;
    const size_t n = 3 * f->source->n_atoms;
    const double less = f->frame->potential - f->system->atoms_energy_kjmol;
    const double charge = f->source->charge, multiplicity = f->source->multiplicity;
    if (!w->open)
        TRY(arrays_open(ctx, w, f->wide));
    NpyFile *const a = w->arrays;
    npy_file_add(ctx, &a[Y_POS], f->frame->pos[0], n, u->per_nm);
    npy_file_add(ctx, &a[Y_FORCES], f->frame->forces[0], n, u->per_kjmol / u->per_nm);
    npy_file_add(ctx, &a[Y_ENERGY], &f->frame->potential, 1, u->per_kjmol);
    npy_file_add(ctx, &a[Y_ENERGY_LESS_ATOMS], &less, 1, u->per_kjmol);
    npy_file_add(ctx, &a[Y_CHARGE], &charge, 1, 1.0);
    npy_file_add(ctx, &a[Y_MULTIPLICITY], &multiplicity, 1, 1.0);
    npy_file_add(ctx, &a[Y_TIME], &f->frame->time, 1, 1.0);
    if (w->pairs) {
        npy_file_add(ctx, &a[Y_VEL], f->frame->vel[0], n, u->per_nm);
        npy_file_add(ctx, &a[Y_FUTURE_POS], f->later->pos[0], n, u->per_nm);
        npy_file_add(ctx, &a[Y_FUTURE_VEL], f->later->vel[0], n, u->per_nm);
    }
    property_add(ctx, w, Y_CHARGES, FRAME_PARTIAL_CHARGES, f, 1.0);
    property_add(ctx, w, Y_DIPOLE, FRAME_DIPOLE, f, u->per_nm);
    property_add(ctx, w, Y_BOND_ORDERS, FRAME_BOND_ORDERS, f, 1.0);
    return output_check(ctx, &a[Y_FORCES].output);
}

static QmtStatus npy_finish(QmtContext *ctx, SetWriter *face)
{
    return molecule_finish(ctx, (NpyWriter *)face);
}

static void npy_contents(const SetFormat *format, const Set *set, FILE *out)
{
    (void)format;
    const Units *const u = units_of(set);
    fprintf(out,
            "- `train/`, `valid/`, `test/`: a folder of arrays for each molecule\n\n"
            "| array | shape | unit | |\n|---|---|---|---|\n"
            "| `pos` | (F, N, 3) | %s | |\n| `forces` | (F, N, 3) | %s/%s | |\n"
            "| `energy` | (F, 1) | %s | float64, total energy with the electronic entropy |\n"
            "| `energy_less_atoms` | (F, 1) | %s | the same less the energies of single atoms |\n"
            "| `atom_types` | (N,) | | atomic numbers |\n"
            "| `charge`, `multiplicity` | (F,) | e, 1 | |\n| `time_ps` | (F,) | ps | |\n",
            u->length, u->energy, u->length, u->energy, u->energy);
    if (frame_array_is_there(FRAME_PARTIAL_CHARGES, set))
        fprintf(out, "| `charges` | (F, N) | e | Mulliken |\n");
    if (frame_array_is_there(FRAME_DIPOLE, set))
        fprintf(out, "| `dipole` | (F, 3) | e %s | about the origin |\n", u->length);
    if (frame_array_is_there(FRAME_BOND_ORDERS, set))
        fprintf(out, "| `bond_orders` | (F, N, N) | | Mayer's |\n");
    if (set->options->lag_fs > 0.0)
        fprintf(out,
                "| `vel` | (F, N, 3) | %s/ps | |\n"
                "| `future_pos`, `future_vel` | (F, N, 3) | %s, %s/ps | %g fs later |\n",
                u->length, u->length, u->length, set->options->lag_fs);
    fputc('\n', out);
}

static void npy_training(const SetFormat *format, const Set *set, FILE *out)
{
    (void)format, (void)set;
    fputs("With TorchMD-Net, in the options of the training:\n\n"
          "```yaml\ndataset: Custom\ncoord_files: 'train/*/pos.npy'\n"
          "embed_files: 'train/*/atom_types.npy'\nenergy_files: 'train/*/energy_less_atoms.npy'\n"
          "force_files: 'train/*/forces.npy'\n```\n\nor in Python "
          "`numpy.load(\"train/NAME/pos.npy\", "
          "mmap_mode=\"r\")`.\n",
          out);
}

const SetFormat FORMAT_NPY = {
    .name = "npy",
    .help = "a folder of plain arrays for each molecule, units to choose: TorchMD-Net, your own",
    .pairs = true,
    .units = true,
    .places = PLACES_BY_MOLECULE,
    .place = set_place_molecule,
    .open = npy_open,
    .system = npy_system,
    .append = npy_append,
    .finish = npy_finish,
    .close = npy_close,
    .contents = npy_contents,
    .training = npy_training};
