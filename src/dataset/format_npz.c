#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/format.h"
#include "io/md5.h"
#include "io/npz_write.h"

/// A .npz file for each molecule, with the arrays of sGDML or of rMD17: angstrom, kcal/mol, float64.
///
///     sGDML   R (F,N,3), z (N,), E (F,), F (F,N,3), type 'd', name, theory, units, extremes and moments of E and F, and
///             md5, that of the MD5 sums of z, R, E and F
///     rMD17   coords, nuclear_charges, energies, forces, old_indices: the frame of the trajectory
///
/// Charge and multiplicity are further arrays in both.

#define KCAL_PER_KJ (1.0 / 4.184)

enum { LABEL_SIZE = 320 };

/// Columns of both formats.
enum { P_POS, P_NUMBERS, P_ENERGY, P_FORCES, P_CHARGE, P_MULTIPLICITY, P_MORE };
enum {
    S_TYPE = P_MORE,
    S_CODE,
    S_NAME,
    S_THEORY,
    S_R_UNIT,
    S_E_UNIT,
    S_E_STATISTICS,
    S_F_STATISTICS = S_E_STATISTICS + 4,
    S_MD5 = S_F_STATISTICS + 4,
    N_SGDML_COLUMNS
};
enum { R_INDICES = P_MORE, N_RMD17_COLUMNS };

/// Least, most, mean and sum of squares about the mean, one number after another: Welford, Technometrics 4, 419 (1962),
/// 10.1080/00401706.1962.10490022.
typedef struct {
    uint64_t n;
    double least, most, mean, squares;
} Moments;

typedef struct {
    SetWriter face; // first: a SetWriter * is an NpzWriter *
    bool is_sgdml;
    Split split;
    char folder[FILE_PATH_SIZE];
    NpzFile *file;
    const System *system; ///< the present one
    Moments energies, forces;
    Md5 md5[P_FORCES + 1]; ///< of the first columns
} NpzWriter;

static void moments_add(Moments *m, double x)
{
    m->least = m->n == 0 ? x : fmin(m->least, x);
    m->most = m->n == 0 ? x : fmax(m->most, x);
    m->n++;
    const double off = x - m->mean;
    m->mean += off / (double)m->n;
    m->squares += off * (x - m->mean);
}

static QmtStatus moments_write(QmtContext *ctx, NpzFile *file, size_t column, const Moments *m)
{
    const double values[4] = {m->least, m->most, m->mean,
                              m->n > 0 ? m->squares / (double)m->n : 0.0};
    for (size_t k = 0; k < 4; k++)
        TRY(npz_file_add(ctx, file, column + k, &values[k], 1, 1.0));
    return QMT_OK;
}

/// Numbers of a column, and of its checksum.
static QmtStatus labels_add(QmtContext *ctx, NpzWriter *w, size_t column, const char *descr,
                            const double *numbers, size_t n, double factor)
{
    enum { PIECE = 256 };
    unsigned char piece[PIECE * sizeof(double)];
    for (size_t i = 0; i < n && w->is_sgdml; i += PIECE) {
        const size_t part = n - i < PIECE ? n - i : PIECE;
        md5_add(&w->md5[column], piece, npy_numbers(descr, numbers + i, part, factor, piece));
    }
    return npz_file_add(ctx, w->file, column, numbers, n, factor);
}

static QmtStatus texts_add(QmtContext *ctx, NpzWriter *w)
{
    char theory[160];
    const Source *const source = w->system->first;
    snprintf(theory, sizeof theory, "%s%s%s", source->method,
             source->solvent[0] != '\0' ? " in " : "", source->solvent);
    TRY(npz_file_add_text(ctx, w->file, S_TYPE, "d"));
    TRY(npz_file_add_text(ctx, w->file, S_CODE, qmt_version()));
    TRY(npz_file_add_text(ctx, w->file, S_NAME, w->system->label));
    TRY(npz_file_add_text(ctx, w->file, S_THEORY, theory));
    TRY(npz_file_add_text(ctx, w->file, S_R_UNIT, "Ang"));
    return npz_file_add_text(ctx, w->file, S_E_UNIT, "kcal/mol");
}

static size_t columns_make(bool is_sgdml, const System *system, uint64_t n_frames,
                           NpzColumn *columns)
{
    static const char *const STATISTICS[8] = {"E_min", "E_max", "E_mean", "E_var",
                                              "F_min", "F_max", "F_mean", "F_var"};
    static const char *const TEXTS[6] = {"type",   "code_version", "name",
                                         "theory", "r_unit",       "e_unit"};
    static const char *const TYPES[6] = {"<U1", "<U16", "<U300", "<U160", "<U3", "<U8"};
    const uint64_t n = system->first->n_atoms;
    columns[P_POS] = (NpzColumn){is_sgdml ? "R" : "coords", "<f8", 3, {n_frames, n, 3}};
    columns[P_NUMBERS] = (NpzColumn){is_sgdml ? "z" : "nuclear_charges", "|u1", 1, {n}};
    columns[P_ENERGY] = (NpzColumn){is_sgdml ? "E" : "energies", "<f8", 1, {n_frames}};
    columns[P_FORCES] = (NpzColumn){is_sgdml ? "F" : "forces", "<f8", 3, {n_frames, n, 3}};
    columns[P_CHARGE] = (NpzColumn){"charge", "<i4", 0, {0}};
    columns[P_MULTIPLICITY] = (NpzColumn){"multiplicity", "<i4", 0, {0}};
    if (!is_sgdml) {
        columns[R_INDICES] = (NpzColumn){"old_indices", "<i8", 1, {n_frames}};
        return N_RMD17_COLUMNS;
    }
    for (size_t k = 0; k < 6; k++) {
        columns[S_TYPE + k] = (NpzColumn){.name = TEXTS[k]};
        snprintf(columns[S_TYPE + k].descr, NPZ_DESCR_SIZE, "%s", TYPES[k]);
    }
    for (size_t k = 0; k < 8; k++)
        columns[S_E_STATISTICS + k] = (NpzColumn){STATISTICS[k], "<f8", 0, {0}};
    columns[S_MD5] = (NpzColumn){"md5", "|S32", 0, {0}};
    return N_SGDML_COLUMNS;
}

static void npz_part_close(SetWriter *face)
{
    NpzWriter *const w = (NpzWriter *)face;
    npz_file_destroy(&w->file);
    free(w);
}

static QmtStatus npz_part_open(QmtContext *ctx, const SetFormat *format, const Set *set,
                               const char *folder, Split split, SetWriter **writer)
{
    (void)set;
    NpzWriter *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to write %s", split_name(split));
    made->face.format = format;
    made->is_sgdml = format->more != NULL;
    made->split = split;
    QmtStatus status = file_join(ctx, folder, split_name(split), made->folder);
    if (status == QMT_OK)
        status = file_make_directories(ctx, made->folder);
    if (status != QMT_OK)
        free(made);
    else
        *writer = &made->face;
    return status;
}

/// MD5 of the MD5 sums of z, R, E and F.
static QmtStatus checksum_add(QmtContext *ctx, NpzWriter *w)
{
    static const int ORDER[4] = {P_NUMBERS, P_POS, P_ENERGY, P_FORCES};
    unsigned char digest[MD5_SIZE];
    char text[2 * MD5_SIZE + 1];
    Md5 all;
    md5_begin(&all);
    for (int k = 0; k < 4; k++) {
        md5_end(&w->md5[ORDER[k]], digest);
        md5_add(&all, digest, sizeof digest);
    }
    md5_end(&all, digest);
    md5_text(digest, text);
    return npz_file_add_text(ctx, w->file, S_MD5, text);
}

static QmtStatus molecule_finish(QmtContext *ctx, NpzWriter *w)
{
    if (w->file == NULL)
        return QMT_OK;
    if (w->is_sgdml) {
        TRY(texts_add(ctx, w));
        TRY(moments_write(ctx, w->file, S_E_STATISTICS, &w->energies));
        TRY(moments_write(ctx, w->file, S_F_STATISTICS, &w->forces));
        TRY(checksum_add(ctx, w));
    }
    TRY(npz_file_finish(ctx, w->file));
    npz_file_destroy(&w->file);
    return QMT_OK;
}

static QmtStatus npz_part_system(QmtContext *ctx, SetWriter *face, const System *system)
{
    NpzWriter *const w = (NpzWriter *)face;
    NpzColumn columns[NPZ_COLUMNS_MAX];
    char name[LABEL_SIZE], path[FILE_PATH_SIZE];
    const Source *const source = system->first;
    TRY(molecule_finish(ctx, w));
    w->system = system;
    w->energies = w->forces = (Moments){0};
    for (int k = 0; k <= P_FORCES; k++)
        md5_begin(&w->md5[k]);
    snprintf(name, sizeof name, "%s.npz", system->file);
    TRY(file_join(ctx, w->folder, name, path));
    if (file_exists(path))
        return FAIL(ctx, QMT_ERR_INPUT, "%.900s: two molecules would have this file", path);
    const size_t n = columns_make(w->is_sgdml, system, system->n_frames[w->split], columns);
    TRY(npz_file_create(ctx, path, columns, n, &w->file));
    const double state[2] = {source->charge, source->multiplicity};
    TRY(npz_file_add(ctx, w->file, P_CHARGE, &state[0], 1, 1.0));
    TRY(npz_file_add(ctx, w->file, P_MULTIPLICITY, &state[1], 1, 1.0));
    for (size_t a = 0; a < source->n_atoms; a++) {
        const double z = source->numbers[a];
        TRY(labels_add(ctx, w, P_NUMBERS, "|u1", &z, 1, 1.0));
    }
    return QMT_OK;
}

static QmtStatus npz_part_append(QmtContext *ctx, SetWriter *face, const SetFrame *f)
{
    NpzWriter *const w = (NpzWriter *)face;
    const size_t n = 3 * f->source->n_atoms;
    const double number = (double)f->number, *const forces = f->frame->forces[0];
    const double force_unit = KCAL_PER_KJ / ANGSTROM_PER_NM;
    TRY(labels_add(ctx, w, P_POS, "<f8", f->frame->pos[0], n, ANGSTROM_PER_NM));
    TRY(labels_add(ctx, w, P_ENERGY, "<f8", &f->frame->potential, 1, KCAL_PER_KJ));
    TRY(labels_add(ctx, w, P_FORCES, "<f8", forces, n, force_unit));
    if (!w->is_sgdml)
        return npz_file_add(ctx, w->file, R_INDICES, &number, 1, 1.0);
    moments_add(&w->energies, f->frame->potential * KCAL_PER_KJ);
    for (size_t i = 0; i < n; i++)
        moments_add(&w->forces, forces[i] * force_unit);
    return QMT_OK;
}

static QmtStatus npz_part_finish(QmtContext *ctx, SetWriter *face)
{
    return molecule_finish(ctx, (NpzWriter *)face);
}

static void npz_part_contents(const SetFormat *format, const Set *set, FILE *out)
{
    (void)set;
    const bool is_sgdml = format->more != NULL;
    fprintf(out,
            "- `train/`, `valid/`, `test/`: a file NAME.npz for each molecule, float64\n\n"
            "| array | shape | unit | |\n|---|---|---|---|\n"
            "| `%s` | (F, N, 3) | angstrom | |\n| `%s` | (N,) | | atomic numbers |\n"
            "| `%s` | (F,) | kcal/mol | total energy with the electronic entropy |\n"
            "| `%s` | (F, N, 3) | kcal/mol/angstrom | |\n"
            "| `charge`, `multiplicity` | () | e, 1 | |\n",
            is_sgdml ? "R" : "coords", is_sgdml ? "z" : "nuclear_charges",
            is_sgdml ? "E" : "energies", is_sgdml ? "F" : "forces");
    if (!is_sgdml)
        fprintf(out, "| `old_indices` | (F,) | | frame of the trajectory |\n");
    fputc('\n', out);
}

static void npz_part_training(const SetFormat *format, const Set *set, FILE *out)
{
    const char *name = set->systems[0].file;
    for (size_t s = 0; s < set->n_systems; s++)
        if (set->systems[s].n_frames[SPLIT_TRAIN] > 0 && set->systems[s].n_frames[SPLIT_VALID] > 0)
            name = set->systems[s].file;
    if (format->more != NULL)
        fprintf(
            out,
            "One molecule at a time:\n\n```sh\nsgdml all train/%s.npz 200 100 -v valid/%s.npz\n"
            "```\n\nA model of sGDML is of one molecule, so that the set is divided by block.\n",
            name, name);
    else
        fprintf(
            out,
            "```python\nimport numpy as np\ndata = np.load(\"train/%s.npz\")\n"
            "data[\"coords\"], data[\"energies\"], data[\"forces\"], data[\"nuclear_charges\"]\n"
            "```\n\nThe keys are those of rMD17 (NequIP's and TorchMD-Net's readers of it).\n",
            name);
}

static void npz_part_place(const SetFormat *format, Split split, const System *system,
                           char text[SET_PLACE_SIZE])
{
    (void)format;
    snprintf(text, SET_PLACE_SIZE, "%s/%s.npz", split_name(split), system->file);
}

#define NPZ_FORMAT(word, text, is_sgdml)                                                           \
    {                                                                                              \
        .name = word, .help = text, .places = PLACES_BY_MOLECULE, .place = npz_part_place,         \
        .open = npz_part_open, .system = npz_part_system, .append = npz_part_append,               \
        .finish = npz_part_finish, .close = npz_part_close, .contents = npz_part_contents,         \
        .training = npz_part_training, .more = is_sgdml                                            \
    }

const SetFormat FORMAT_SGDML =
    NPZ_FORMAT("sgdml", "a file of sGDML for each molecule, in kcal/mol", "sgdml");
const SetFormat FORMAT_RMD17 =
    NPZ_FORMAT("rmd17", "a file with the arrays of rMD17 for each molecule, in kcal/mol", NULL);
