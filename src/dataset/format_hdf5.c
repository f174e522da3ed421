#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/frame_array.h"
#include "io/hdf5.h"

/// HDF5 files with a group for each number of atoms, or for each molecule. A layout is a table of arrays; an array that
/// several codes read has further names, which are hard links and cost nothing.

typedef struct {
    FrameArrayId id;
    const char *names; ///< the first is the array, the others are links; blanks between them
    const char *descr; ///< "real": single precision, or double where the trajectory is
    const char *axes;  ///< 'F' frames, 'N' atoms, '3', '1'; without 'F' it is written once
    double factor;     ///< from nm and kJ/mol
    const char *unit;
} LayoutArray;

enum { ARRAYS_MAX = 12, NAMES_SIZE = 96 };

typedef struct {
    bool by_molecule;     ///< else by number of atoms
    const char *grouping; ///< attribute of the file; NULL: none
    bool texts;           ///< subset and smiles in each group, and the units as attributes
    LayoutArray arrays[ARRAYS_MAX];
    size_t n_arrays;
    const char *training;
} Layout;

/// A group of the file with its arrays.
typedef struct {
    size_t n_atoms;
    Hdf5Id id;
    Hdf5Array arrays[ARRAYS_MAX];
} Group;

typedef struct {
    SetWriter face; // first: a SetWriter * is an Hdf5Writer *
    const Layout *layout;
    const Set *set;
    Split split;
    char path[FILE_PATH_SIZE];
    Hdf5Id file;
    Group **groups; ///< [n_groups] that are open
    size_t n_groups;
    Group *now;
    double *scratch; ///< [3 n_atoms] of the present molecule
} Hdf5Writer;

static void group_release(Group *group)
{
    for (int i = 0; i < ARRAYS_MAX; i++)
        hdf5_array_abandon(&group->arrays[i]);
    hdf5_group_close(&group->id);
    free(group);
}

static void hdf5_close(SetWriter *face)
{
    Hdf5Writer *const w = (Hdf5Writer *)face;
    for (size_t i = 0; i < w->n_groups; i++)
        group_release(w->groups[i]);
    hdf5_file_abandon(&w->file);
    free(w->groups);
    free(w->scratch);
    free(w);
}

static QmtStatus hdf5_open(QmtContext *ctx, const SetFormat *format, const Set *set,
                           const char *folder, Split split, SetWriter **writer)
{
    char name[32];
    Hdf5Writer *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to write %s", split_name(split));
    made->face.format = format;
    made->layout = format->more;
    made->set = set;
    made->split = split;
    made->groups = calloc(set->n_systems, sizeof(Group *));
    snprintf(name, sizeof name, "%s.h5", split_name(split));
    QmtStatus status = made->groups != NULL ? file_join(ctx, folder, name, made->path)
                                            : FAIL(ctx, QMT_ERR_MEMORY, "no memory for groups");
    if (status == QMT_OK)
        status = hdf5_file_create(ctx, made->path, &made->file);
    if (status == QMT_OK && made->layout->grouping != NULL)
        status = hdf5_attribute(ctx, made->file, "grouping", made->layout->grouping);
    if (status != QMT_OK)
        hdf5_close(&made->face);
    else
        *writer = &made->face;
    return status;
}

/// The lengths of an array; returns the number of axes.
static size_t shape_of(const LayoutArray *array, uint64_t n_frames, uint64_t n_atoms,
                       uint64_t *shape)
{
    size_t n = 0;
    for (const char *axis = array->axes; *axis != '\0'; axis++)
        shape[n++] = *axis == 'F' ? n_frames : *axis == 'N' ? n_atoms : *axis == '1' ? 1 : 3;
    return n;
}

/// Makes an array and its further names.
static QmtStatus array_make(QmtContext *ctx, const Hdf5Writer *w, Group *group, size_t i,
                            uint64_t n_frames, bool wide)
{
    const LayoutArray *const array = &w->layout->arrays[i];
    uint64_t shape[HDF5_DIMS_MAX];
    char names[NAMES_SIZE], *rest = NULL;
    const char *const descr = strcmp(array->descr, "real") != 0 ? array->descr
                              : wide                            ? "<f8"
                                                                : "<f4";
    const size_t n = shape_of(array, n_frames, group->n_atoms, shape);
    snprintf(names, sizeof names, "%s", array->names);
    const char *const first = strtok_r(names, " ", &rest);
    TRY(hdf5_array_create(ctx, group->id, first, descr, n, shape, &group->arrays[i]));
    if (w->layout->texts && array->unit[0] != '\0')
        TRY(hdf5_attribute(ctx, group->arrays[i].id, "units", array->unit));
    for (const char *name; (name = strtok_r(NULL, " ", &rest)) != NULL;)
        TRY(hdf5_link(ctx, group->id, first, name));
    return QMT_OK;
}

static void group_name(const Layout *layout, const System *system, char name[SET_PLACE_SIZE])
{
    if (layout->by_molecule)
        snprintf(name, SET_PLACE_SIZE, "%s", system->file);
    else
        snprintf(name, SET_PLACE_SIZE, "%03zu", system->first->n_atoms);
}

static void hdf5_place(const SetFormat *format, Split split, const System *system,
                       char text[SET_PLACE_SIZE])
{
    char name[SET_PLACE_SIZE];
    group_name(format->more, system, name);
    snprintf(text, SET_PLACE_SIZE, "%s.h5/%.*s", split_name(split), SET_PLACE_SIZE - 16, name);
}

static QmtStatus group_make(QmtContext *ctx, Hdf5Writer *w, const System *system, bool wide)
{
    char name[SET_PLACE_SIZE];
    uint64_t n_frames = 0;
    Group *const group = calloc(1, sizeof *group);
    if (group == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a group");
    group->n_atoms = system->first->n_atoms;
    w->now = w->groups[w->n_groups++] = group;
    group_name(w->layout, system, name);
    if (w->layout->by_molecule)
        n_frames = system->n_frames[w->split];
    else
        for (size_t s = 0; s < w->set->n_systems; s++)
            if (w->set->systems[s].first->n_atoms == group->n_atoms)
                n_frames += w->set->systems[s].n_frames[w->split];
    TRY(hdf5_group_create(ctx, w->file, name, &group->id));
    for (size_t i = 0; i < w->layout->n_arrays; i++)
        if (frame_array_is_there(w->layout->arrays[i].id, w->set))
            TRY(array_make(ctx, w, group, i, n_frames, wide));
    if (!w->layout->texts)
        return QMT_OK;
    // A name in its place would be read as one: CO, the name of carbon monoxide, is methanol.
    const char *const smiles = system->first->smiles;
    TRY(hdf5_text(ctx, group->id, "subset", "qmtraj"));
    return hdf5_text(ctx, group->id, "smiles", smiles != NULL ? smiles : "");
}

static QmtStatus group_finish(QmtContext *ctx, const Hdf5Writer *w, Group *group)
{
    for (size_t i = 0; i < w->layout->n_arrays; i++)
        if (group->arrays[i].id > 0)
            TRY(hdf5_array_finish(ctx, &group->arrays[i]));
    return QMT_OK;
}

static QmtStatus hdf5_system(QmtContext *ctx, SetWriter *face, const System *system)
{
    Hdf5Writer *const w = (Hdf5Writer *)face;
    const size_t n_atoms = system->first->n_atoms;
    free(w->scratch);
    w->scratch = malloc(3 * n_atoms * sizeof *w->scratch);
    if (w->scratch == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", n_atoms);
    if (w->layout->by_molecule && w->n_groups > 0) {
        TRY(group_finish(ctx, w, w->now));
        group_release(w->now);
        w->n_groups = 0;
    }
    w->now = NULL;
    for (size_t i = 0; i < w->n_groups; i++)
        if (w->groups[i]->n_atoms == n_atoms)
            w->now = w->groups[i];
    return QMT_OK;
}

static QmtStatus array_write(QmtContext *ctx, const Hdf5Writer *w, size_t i, const SetFrame *f)
{
    const LayoutArray *const array = &w->layout->arrays[i];
    Hdf5Array *const to = &w->now->arrays[i];
    size_t n;
    if (to->id == 0 || (array->axes[0] != 'F' && to->used + to->n_written > 0))
        return QMT_OK; // not in this set, or once
    const double *const numbers = frame_array(f, array->id, w->scratch, &n);
    return hdf5_array_add(ctx, to, numbers, n, array->factor);
}

static QmtStatus hdf5_append(QmtContext *ctx, SetWriter *face, const SetFrame *frame)
{
    Hdf5Writer *const w = (Hdf5Writer *)face;
    if (w->now == NULL)
        TRY(group_make(ctx, w, frame->system, frame->wide));
    for (size_t i = 0; i < w->layout->n_arrays; i++)
        TRY(array_write(ctx, w, i, frame));
    return QMT_OK;
}

static QmtStatus hdf5_finish(QmtContext *ctx, SetWriter *face)
{
    Hdf5Writer *const w = (Hdf5Writer *)face;
    for (size_t i = 0; i < w->n_groups; i++) {
        TRY(group_finish(ctx, w, w->groups[i]));
        group_release(w->groups[i]);
        w->groups[i] = NULL;
    }
    w->n_groups = 0;
    return hdf5_file_finish(ctx, w->path, &w->file);
}

static void hdf5_contents(const SetFormat *format, const Set *set, FILE *out)
{
    const Layout *const layout = format->more;
    for (int s = 0; s < N_SPLITS; s++)
        if (set->n_frames[s] > 0)
            fprintf(out, "- `%s.h5`: %llu frames\n", split_name((Split)s),
                    (unsigned long long)set->n_frames[s]);
    fprintf(out, "\nA group for each %s; names in one line are one array (hard links).\n\n",
            layout->by_molecule ? "molecule" : "number of atoms");
    fprintf(out, "| array | type | shape | unit |\n|---|---|---|---|\n");
    for (size_t i = 0; i < layout->n_arrays; i++) {
        const LayoutArray *const array = &layout->arrays[i];
        if (!frame_array_is_there(array->id, set))
            continue;
        fprintf(out, "| `%s` | %s | (", array->names,
                strcmp(array->descr, "real") == 0 ? "float32, or float64 where the trajectory is"
                                                  : array->descr);
        for (const char *axis = array->axes; *axis != '\0'; axis++)
            fprintf(out, "%s%c", axis == array->axes ? "" : ", ", *axis);
        fprintf(out, "%s) | %s |\n", array->axes[1] == '\0' ? "," : "", array->unit);
    }
    fputc('\n', out);
}

static void hdf5_training(const SetFormat *format, const Set *set, FILE *out)
{
    (void)set;
    fputs(((const Layout *)format->more)->training, out);
}

#define KJMOL_TO_HARTREE (1.0 / KJMOL_PER_HARTREE)
#define EV_ANGSTROM (EV_PER_KJMOL / ANGSTROM_PER_NM)

static const Layout BY_ATOMS = {
    .arrays = {{FRAME_POS, "coord pos", "real", "FN3", ANGSTROM_PER_NM, "angstrom"},
               {FRAME_FORCES, "forces", "real", "FN3", EV_ANGSTROM, "eV/angstrom"},
               {FRAME_ENERGY, "energy", "<f8", "F", EV_PER_KJMOL, "eV, total"},
               {FRAME_ENERGY_LESS_ATOMS, "energy_less_atoms", "<f8", "F", EV_PER_KJMOL,
                "eV, less single atoms"},
               {FRAME_NUMBERS, "numbers atomic_numbers", "<i4", "FN", 1.0, "atomic numbers"},
               {FRAME_CHARGE, "charge total_charge", "<i4", "F", 1.0, "e"},
               {FRAME_MULTIPLICITY, "mult spin", "<i4", "F", 1.0, "multiplicity"},
               {FRAME_PARTIAL_CHARGES, "charges", "real", "FN", 1.0, "e, Mulliken"},
               {FRAME_DIPOLE, "dipole", "real", "F3", ANGSTROM_PER_NM,
                "e angstrom, about the origin"},
               {FRAME_BOND_ORDERS, "bond_orders", "real", "FNN", 1.0, "Mayer's"}},
    .n_arrays = 10,
    .training =
        "AIMNet2 (aimnetcentral), which fits energies of atoms itself:\n\n"
        "```sh\naimnet calc_sae train.h5 sae.yaml\n"
        "aimnet train data.train=train.h5 data.val=valid.h5 data.sae.energy.file=sae.yaml\n```\n\n"
        "NequIP: `nequip.data.dataset.HDF5Dataset` with `file_name: train.h5`.\n"};

static const Layout TORCHMD = {
    .arrays = {{FRAME_POS, "pos", "real", "FN3", ANGSTROM_PER_NM, "angstrom"},
               {FRAME_FORCES, "forces", "real", "FN3", EV_ANGSTROM, "eV/angstrom"},
               {FRAME_ENERGY_LESS_ATOMS, "energy", "<f8", "F", EV_PER_KJMOL,
                "eV, less single atoms: the reader works in float32"},
               {FRAME_NUMBERS, "types", "<i4", "FN", 1.0, "atomic numbers"},
               {FRAME_CHARGE, "total_charge", "<i4", "F", 1.0, "e"},
               {FRAME_MULTIPLICITY, "spin", "<i4", "F", 1.0, "multiplicity"},
               {FRAME_PARTIAL_CHARGES, "partial_charges", "real", "FN", 1.0, "e, Mulliken"}},
    .n_arrays = 7,
    .training = "In the options of `torchmd-train`:\n\n```yaml\ndataset: HDF5\n"
                "dataset_root: train.h5\n```\n\n"
                "Its own division is at random; make a second run of `torchmd-train` with "
                "`dataset_root: test.h5` to test.\n"};

static const Layout SPICE = {
    .by_molecule = true,
    .texts = true,
    .arrays = {{FRAME_NUMBERS, "atomic_numbers", "<i2", "N", 1.0, ""},
               {FRAME_POS, "conformations", "real", "FN3", BOHR_PER_NM, "bohr"},
               {FRAME_ENERGY_LESS_ATOMS, "formation_energy", "<f8", "F", KJMOL_TO_HARTREE,
                "hartree"},
               {FRAME_ENERGY, "dft_total_energy", "<f8", "F", KJMOL_TO_HARTREE, "hartree"},
               {FRAME_FORCES, "dft_total_gradient", "real", "FN3", -KJMOL_TO_HARTREE / BOHR_PER_NM,
                "hartree/bohr"},
               {FRAME_CHARGE, "charge", "<i4", "F", 1.0, "e"},
               {FRAME_MULTIPLICITY, "multiplicity", "<i4", "F", 1.0, ""},
               {FRAME_PARTIAL_CHARGES, "mulliken_charges", "real", "FN1", 1.0, "elementary_charge"},
               {FRAME_DIPOLE, "scf_dipole", "real", "F3", BOHR_PER_NM, "elementary_charge*bohr"},
               {FRAME_BOND_ORDERS, "mayer_indices", "real", "FNN", 1.0, ""}},
    .n_arrays = 10,
    .training =
        "The arrays are those of SPICE, for its readers: the names say dft, the labels are those "
        "of the method above, and `formation_energy` is less single atoms.\n"};

static const Layout ANI = {
    .grouping = "by_num_atoms",
    .arrays = {{FRAME_NUMBERS, "species", "<i8", "FN", 1.0, "atomic numbers"},
               {FRAME_POS, "coordinates", "real", "FN3", ANGSTROM_PER_NM, "angstrom"},
               {FRAME_ENERGY, "energies", "<f8", "F", KJMOL_TO_HARTREE, "hartree, total"},
               {FRAME_FORCES, "forces", "real", "FN3", KJMOL_TO_HARTREE / ANGSTROM_PER_NM,
                "hartree/angstrom"},
               {FRAME_CHARGE, "charge", "<i4", "F", 1.0, "e"},
               {FRAME_MULTIPLICITY, "multiplicity", "<i4", "F", 1.0, ""},
               {FRAME_PARTIAL_CHARGES, "atomic_charges", "real", "FN", 1.0, "e, Mulliken"},
               {FRAME_DIPOLE, "dipoles", "real", "F3", ANGSTROM_PER_NM, "e angstrom"}},
    .n_arrays = 8,
    .training = "```python\nfrom torchani.datasets import ANIDataset\n"
                "dataset = ANIDataset(\"train.h5\")\n```\n"};

#define HDF5_FORMAT(word, text, kind, layout)                                                      \
    {                                                                                              \
        .name = word, .help = text, .hdf5 = true, .places = kind, .place = hdf5_place,             \
        .open = hdf5_open, .system = hdf5_system, .append = hdf5_append, .finish = hdf5_finish,    \
        .close = hdf5_close, .contents = hdf5_contents, .training = hdf5_training, .more = layout  \
    }

const SetFormat FORMAT_HDF5 =
    HDF5_FORMAT("hdf5", "HDF5 by number of atoms: AIMNet2 and NequIP from one file",
                PLACES_BY_ATOMS, &BY_ATOMS);
const SetFormat FORMAT_TORCHMD =
    HDF5_FORMAT("torchmd", "HDF5 by number of atoms for TorchMD-Net, energies less single atoms",
                PLACES_BY_ATOMS, &TORCHMD);
const SetFormat FORMAT_SPICE =
    HDF5_FORMAT("spice", "HDF5 with a group and the arrays of SPICE for each molecule",
                PLACES_BY_MOLECULE, &SPICE);
const SetFormat FORMAT_ANI = HDF5_FORMAT(
    "ani", "HDF5 with the arrays of the ANI data sets: TorchANI", PLACES_BY_ATOMS, &ANI);
