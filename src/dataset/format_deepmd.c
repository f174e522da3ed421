#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/draft.h"
#include "dataset/frame_array.h"
#include "io/npy_write.h"

/// Systems of DeePMD-kit as dpdata writes them: a folder for each molecule, or, mixed, for each number of atoms, with
///
///     type.raw, type_map.raw    elements; nopbc, an empty file: nothing is periodic
///     set.000/coord.npy         (F, 3 N) angstrom
///     set.000/energy.npy        (F,) eV, float64: in single precision a total energy has steps of 1e-3
///     set.000/force.npy         (F, 3 N) eV/angstrom
///     set.000/charge_spin.npy   (F, 2) charge and multiplicity
///     set.000/dipole.npy        (F, 3) e angstrom, where the trajectories have it
///     set.000/real_atom_types.npy  (F, N), mixed only
///
/// and set.001, ... behind every 5000 frames.

enum { SET_FRAMES = 5000, ATOMS_MAX = 1 << 20 };

enum { D_COORD, D_ENERGY, D_FORCE, D_STATE, D_DIPOLE, D_TYPES, N_ARRAYS_MAX };

/// A system folder with its open set.
typedef struct {
    char folder[FILE_PATH_SIZE];
    size_t n_atoms;
    NpyFile arrays[N_ARRAYS_MAX];
    bool open;
    size_t n_sets, n_frames; ///< of this set
} SystemFolder;

typedef struct {
    SetWriter face; // first: a SetWriter * is a DeepmdWriter *
    const Set *set;
    bool mixed;
    char folder[FILE_PATH_SIZE];
    SystemFolder **folders; ///< [n_folders] all of them while mixed, else the present one
    size_t n_folders, room;
    SystemFolder *now;
    double *types; ///< [n_atoms] of the present molecule
} DeepmdWriter;

/// Place of an element among those of the set.
static int type_of(const Set *set, int z)
{
    int type = 0;
    for (int other = 1; other < z; other++)
        type += set->atoms[other].multiplicity > 0;
    return type;
}

static QmtStatus text_put(QmtContext *ctx, const char *folder, const char *name, Draft *draft)
{
    char path[FILE_PATH_SIZE], *text = NULL;
    TRY(draft_end(ctx, draft, &text));
    QmtStatus status = file_join(ctx, folder, name, path);
    if (status == QMT_OK)
        status = file_write_whole(ctx, path, text, strlen(text));
    free(text);
    return status;
}

static QmtStatus raws_write(QmtContext *ctx, const DeepmdWriter *w, const SystemFolder *f,
                            const System *system)
{
    Draft draft;
    TRY(draft_begin(ctx, &draft));
    for (size_t a = 0; a < f->n_atoms; a++)
        fprintf(draft.file, "%d\n", w->mixed ? 0 : type_of(w->set, system->first->numbers[a]));
    TRY(text_put(ctx, f->folder, "type.raw", &draft));
    TRY(draft_begin(ctx, &draft));
    set_elements_print(w->set, "", "\n", draft.file);
    fputc('\n', draft.file);
    TRY(text_put(ctx, f->folder, "type_map.raw", &draft));
    TRY(draft_begin(ctx, &draft));
    return text_put(ctx, f->folder, "nopbc", &draft);
}

/// Begins the next set.NNN of a system.
static QmtStatus set_open(QmtContext *ctx, const DeepmdWriter *w, SystemFolder *f, bool wide)
{
    char name[32], folder[FILE_PATH_SIZE];
    const char *const real = wide ? "<f8" : "<f4";
    const uint64_t vectors[2] = {0, 3 * f->n_atoms}, one[1] = {0}, two[2] = {0, 2},
                   three[2] = {0, 3}, atoms[2] = {0, f->n_atoms};
    snprintf(name, sizeof name, "set.%03zu", f->n_sets);
    TRY(file_join(ctx, f->folder, name, folder));
    TRY(file_make_directories(ctx, folder));
    f->open = true;
    f->n_frames = 0;
    f->n_sets++;
    TRY(npy_file_open(ctx, folder, "coord.npy", real, 2, vectors, &f->arrays[D_COORD]));
    TRY(npy_file_open(ctx, folder, "energy.npy", "<f8", 1, one, &f->arrays[D_ENERGY]));
    TRY(npy_file_open(ctx, folder, "force.npy", real, 2, vectors, &f->arrays[D_FORCE]));
    TRY(npy_file_open(ctx, folder, "charge_spin.npy", "<f8", 2, two, &f->arrays[D_STATE]));
    if (frame_array_is_there(FRAME_DIPOLE, w->set))
        TRY(npy_file_open(ctx, folder, "dipole.npy", "<f8", 2, three, &f->arrays[D_DIPOLE]));
    if (w->mixed)
        TRY(npy_file_open(ctx, folder, "real_atom_types.npy", "<i4", 2, atoms,
                          &f->arrays[D_TYPES]));
    return QMT_OK;
}

static QmtStatus set_finish(QmtContext *ctx, SystemFolder *f)
{
    if (!f->open)
        return QMT_OK;
    for (int i = 0; i < N_ARRAYS_MAX; i++)
        if (f->arrays[i].output.buffer != NULL)
            TRY(npy_file_finish(ctx, &f->arrays[i]));
    f->open = false;
    return QMT_OK;
}

static void folder_release(SystemFolder *f)
{
    for (int i = 0; i < N_ARRAYS_MAX; i++)
        npy_file_abandon(&f->arrays[i]);
    free(f);
}

static QmtStatus folder_add(QmtContext *ctx, DeepmdWriter *w, const System *system)
{
    char name[64];
    if (w->n_folders == w->room) {
        const size_t room = 2 * w->room + 16;
        SystemFolder **const more = realloc(w->folders, room * sizeof *more);
        if (more == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu folders", room);
        w->folders = more;
        w->room = room;
    }
    SystemFolder *const f = calloc(1, sizeof *f);
    if (f == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a system");
    w->now = w->folders[w->n_folders++] = f;
    f->n_atoms = system->first->n_atoms;
    snprintf(name, sizeof name, "%06zu", f->n_atoms);
    TRY(file_join(ctx, w->folder, w->mixed ? name : system->file, f->folder));
    if (file_exists(f->folder))
        return FAIL(ctx, QMT_ERR_INPUT, "%.900s: two molecules would have this folder", f->folder);
    TRY(file_make_directories(ctx, f->folder));
    return raws_write(ctx, w, f, system);
}

static void deepmd_close(SetWriter *face)
{
    DeepmdWriter *const w = (DeepmdWriter *)face;
    for (size_t i = 0; i < w->n_folders; i++)
        folder_release(w->folders[i]);
    free(w->folders);
    free(w->types);
    free(w);
}

static QmtStatus deepmd_open(QmtContext *ctx, const SetFormat *format, const Set *set,
                             const char *folder, Split split, SetWriter **writer)
{
    DeepmdWriter *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to write %s", split_name(split));
    made->face.format = format;
    made->set = set;
    made->mixed = format->more != NULL;
    const QmtStatus status = file_join(ctx, folder, split_name(split), made->folder);
    if (status != QMT_OK)
        free(made);
    else
        *writer = &made->face;
    return status;
}

static QmtStatus deepmd_system(QmtContext *ctx, SetWriter *face, const System *system)
{
    DeepmdWriter *const w = (DeepmdWriter *)face;
    const size_t n_atoms = system->first->n_atoms;
    free(w->types);
    w->types = malloc(n_atoms * sizeof *w->types);
    if (w->types == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", n_atoms);
    for (size_t a = 0; a < n_atoms; a++)
        w->types[a] = type_of(w->set, system->first->numbers[a]);
    if (!w->mixed && w->now != NULL) {
        TRY(set_finish(ctx, w->now));
        folder_release(w->now);
        w->n_folders--;
    }
    w->now = NULL;
    for (size_t i = 0; i < w->n_folders && w->mixed; i++)
        if (w->folders[i]->n_atoms == n_atoms)
            w->now = w->folders[i];
    return w->now != NULL ? QMT_OK : folder_add(ctx, w, system);
}

static QmtStatus deepmd_append(QmtContext *ctx, SetWriter *face, const SetFrame *frame)
{
    DeepmdWriter *const w = (DeepmdWriter *)face;
    SystemFolder *const f = w->now;
    const size_t n = f->n_atoms;
    size_t n_dipole;
    const double state[2] = {frame->source->charge, frame->source->multiplicity};
    if (f->open && f->n_frames == SET_FRAMES)
        TRY(set_finish(ctx, f));
    if (!f->open)
        TRY(set_open(ctx, w, f, frame->wide));
    npy_file_add(ctx, &f->arrays[D_COORD], frame->frame->pos[0], 3 * n, ANGSTROM_PER_NM);
    npy_file_add(ctx, &f->arrays[D_ENERGY], &frame->frame->potential, 1, EV_PER_KJMOL);
    npy_file_add(ctx, &f->arrays[D_FORCE], frame->frame->forces[0], 3 * n,
                 EV_PER_KJMOL / ANGSTROM_PER_NM);
    npy_file_add(ctx, &f->arrays[D_STATE], state, 2, 1.0);
    if (frame_array_is_there(FRAME_DIPOLE, w->set))
        npy_file_add(ctx, &f->arrays[D_DIPOLE], frame_array(frame, FRAME_DIPOLE, NULL, &n_dipole),
                     3, ANGSTROM_PER_NM);
    if (w->mixed)
        npy_file_add(ctx, &f->arrays[D_TYPES], w->types, n, 1.0);
    f->n_frames++;
    return output_check(ctx, &f->arrays[D_FORCE].output);
}

static QmtStatus deepmd_finish(QmtContext *ctx, SetWriter *face)
{
    DeepmdWriter *const w = (DeepmdWriter *)face;
    for (size_t i = 0; i < w->n_folders; i++)
        TRY(set_finish(ctx, w->folders[i]));
    return QMT_OK;
}

static void deepmd_contents(const SetFormat *format, const Set *set, FILE *out)
{
    fprintf(out,
            "- `train/`, `valid/`, `test/`: a system for each %s, with `type.raw`, `type_map.raw`, "
            "`nopbc` and sets of 5000 frames\n\n"
            "| array | shape | unit | |\n|---|---|---|---|\n"
            "| `coord` | (F, 3N) | angstrom | |\n"
            "| `energy` | (F,) | eV | float64, total energy with the electronic entropy |\n"
            "| `force` | (F, 3N) | eV/angstrom | |\n"
            "| `charge_spin` | (F, 2) | e, 1 | charge and multiplicity |\n",
            format->more != NULL ? "number of atoms" : "molecule");
    if (frame_array_is_there(FRAME_DIPOLE, set))
        fprintf(out, "| `dipole` | (F, 3) | e angstrom | about the origin |\n");
    if (format->more != NULL)
        fprintf(out, "| `real_atom_types` | (F, N) | | places in `type_map.raw` |\n");
    fputc('\n', out);
}

static void deepmd_training(const SetFormat *format, const Set *set, FILE *out)
{
    (void)format, (void)set;
    fputs(
        "```sh\ndp --pt train input.json\n```\n\n`input.json` is a start; its `atom_ener` are the "
        "energies of single atoms.\n",
        out);
}

static QmtStatus deepmd_extras(QmtContext *ctx, const SetFormat *format, const Set *set,
                               const char *folder)
{
    Draft draft;
    TRY(draft_begin(ctx, &draft));
    FILE *const out = draft.file;
    fprintf(out, "{\n  \"model\": {\n    \"type_map\": [");
    set_elements_print(set, "\"", ", ", out);
    if (format->more != NULL)
        fprintf(out, "],\n    \"descriptor\": {\"type\": \"se_atten\", \"rcut\": 6.0, "
                     "\"rcut_smth\": 0.5, \"sel\": 120, \"neuron\": [25, 50, 100], "
                     "\"axis_neuron\": 16, \"attn_layer\": 0, \"seed\": 1},\n");
    else
        fprintf(out, "],\n    \"descriptor\": {\"type\": \"se_e2_a\", \"rcut\": 6.0, "
                     "\"rcut_smth\": 0.5, \"sel\": \"auto\", \"neuron\": [25, 50, 100], "
                     "\"axis_neuron\": 16, \"seed\": 1},\n");
    fprintf(out, "    \"fitting_net\": {\"neuron\": [240, 240, 240], \"resnet_dt\": true, "
                 "\"seed\": 1,\n      \"atom_ener\": [");
    bool first = true;
    for (int z = 1; z <= ELEMENT_MAX; z++)
        if (set->atoms[z].multiplicity > 0) {
            fprintf(out, "%s%.9f", first ? "" : ", ", set->atoms[z].hartree * EV_PER_HARTREE);
            first = false;
        }
    fprintf(out, "]}\n  },\n"
                 "  \"learning_rate\": {\"type\": \"exp\", \"start_lr\": 0.001, \"stop_lr\": "
                 "1e-8, \"decay_steps\": 5000},\n"
                 "  \"loss\": {\"type\": \"ener\", \"start_pref_e\": 0.02, \"limit_pref_e\": 1, "
                 "\"start_pref_f\": 1000, \"limit_pref_f\": 1},\n"
                 "  \"training\": {\n    \"training_data\": {\"systems\": \"train\", "
                 "\"batch_size\": \"auto\"},\n"
                 "    \"validation_data\": {\"systems\": \"valid\", \"batch_size\": 1},\n"
                 "    \"numb_steps\": 100000, \"seed\": 1, \"disp_freq\": 100, \"save_freq\": "
                 "1000\n  }\n}\n");
    return text_put(ctx, folder, "input.json", &draft);
}

static void deepmd_mixed_place(const SetFormat *format, Split split, const System *system,
                               char text[SET_PLACE_SIZE])
{
    (void)format;
    snprintf(text, SET_PLACE_SIZE, "%s/%06zu", split_name(split), system->first->n_atoms);
}

#define DEEPMD_FORMAT(word, text, kind, function, is_mixed)                                        \
    {                                                                                              \
        .name = word, .help = text, .places = kind, .place = function, .open = deepmd_open,        \
        .system = deepmd_system, .append = deepmd_append, .finish = deepmd_finish,                 \
        .close = deepmd_close, .extras = deepmd_extras, .contents = deepmd_contents,               \
        .training = deepmd_training, .more = is_mixed                                              \
    }

const SetFormat FORMAT_DEEPMD =
    DEEPMD_FORMAT("deepmd", "a system of DeePMD-kit for each molecule, input.json",
                  PLACES_BY_MOLECULE, set_place_molecule, NULL);
const SetFormat FORMAT_DEEPMD_MIXED =
    DEEPMD_FORMAT("deepmd-mixed", "likewise in its mixed format, for each number of atoms",
                  PLACES_BY_ATOMS, deepmd_mixed_place, "mixed");
