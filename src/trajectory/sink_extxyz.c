#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "data/element.h"
#include "io/file.h"
#include "io/text.h"
#include "trajectory/sink.h"

/// Extended XYZ, the text that ASE, MACE, NequIP and many others read. Per frame the number of atoms, a
/// comment line with the keys that the schema names and one line per atom. Positions in angstrom, energies
/// in eV, forces in eV/angstrom. The state stands there under the name of every reader:
///
///     charge spin               NequIP, fairchem (spin is the multiplicity)
///     total_charge total_spin   MACE (likewise)
///     spin_multiplicity         mlip, metatrain
///
/// `momenta`, on request and with `masses` (Da) beside them, are in ASE's unit sqrt(eV Da). Readers that
/// take `dipole` and `charges` for quantities of their own find only REF_dipole and REF_charges.

extern const SinkType SINK_EXTXYZ; // at the end of this file

enum {
    BUFFER_SIZE = 1 << 18,
    LINE_MAX = 4096, ///< bytes of the longest piece: a name and some dozen numbers
    NUMBER_MAX = 40,
    KEYS_MAX = 96, ///< bytes of the keys of one array
};

/// A row of the schema that is written.
typedef struct {
    size_t id;
    TrajectoryArray array;
    size_t n;      ///< numbers in the line of an atom, or of the frame
    size_t n_keys; ///< so many times
} Row;

typedef struct {
    Sink face; // first: a Sink * is an ExtxyzSink *
    SinkSpec spec;
    char path[FILE_PATH_SIZE], part[FILE_PATH_SIZE];
    int *numbers;
    double *masses;
    bool has_isotopes; ///< a mass is not the standard one, and readers know only the symbol
    char name[STRUCTURE_NAME_SIZE];    ///< as it is written
    Row columns[N_TRAJECTORY_ARRAYS];  ///< in the lines of the atoms
    Row of_frame[N_TRAJECTORY_ARRAYS]; ///< in the comment line
    size_t n_columns, n_of_frame;
    File file;
    char *buffer; ///< [BUFFER_SIZE]
    size_t used;
    uint64_t offset;
} ExtxyzSink;

static QmtStatus buffer_flush(QmtContext *ctx, ExtxyzSink *sink)
{
    TRY(file_write_at(ctx, &sink->file, sink->buffer, sink->used, sink->offset));
    sink->offset += sink->used;
    sink->used = 0;
    return QMT_OK;
}

/// Makes room for the next piece.
static QmtStatus buffer_room(QmtContext *ctx, ExtxyzSink *sink)
{
    return BUFFER_SIZE - sink->used < LINE_MAX ? buffer_flush(ctx, sink) : QMT_OK;
}

static void put_text(ExtxyzSink *sink, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// A short piece of a line.
static void put_text(ExtxyzSink *sink, const char *format, ...)
{
    va_list words;
    va_start(words, format);
    sink->used +=
        (size_t)vsnprintf(sink->buffer + sink->used, BUFFER_SIZE - sink->used, format, words);
    va_end(words);
}

/// Nine digits give a single precision number back exactly, seventeen a double precision one.
static void put_number(ExtxyzSink *sink, const char *before, double value, bool wide)
{
    sink->used += (size_t)snprintf(sink->buffer + sink->used, NUMBER_MAX,
                                   wide ? "%s%.17g" : "%s%.9g", before, value);
}

/// The next key of a list, into key; false at its end.
static bool next_key(const char **list, char key[KEYS_MAX])
{
    *list += strspn(*list, " ");
    const size_t n = strcspn(*list, " ");
    assert(n < KEYS_MAX);
    memcpy(key, *list, n);
    key[n] = '\0';
    *list += n;
    return n > 0;
}

static void rows_find(ExtxyzSink *sink)
{
    const TrajectoryLayout *layout = &sink->spec.layout;
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        const TrajectoryArray array = trajectory_array(i);
        const bool there = trajectory_array_is_there(i, layout->further, layout->properties);
        if (!there || array.role != ROLE_FRAME || array.extxyz == NULL)
            continue;
        Row row = {.id = i, .array = array, .n = trajectory_array_row(&array, layout->n_atoms)};
        const char *keys = array.extxyz;
        char key[KEYS_MAX];
        while (next_key(&keys, key))
            row.n_keys++;
        if (array.axes[1] == 'N') {
            row.n /= layout->n_atoms;
            sink->columns[sink->n_columns++] = row;
        } else {
            sink->of_frame[sink->n_of_frame++] = row;
        }
    }
}

static const double *row_numbers(const ExtxyzSink *sink, const Row *row,
                                 const TrajectoryFrame *frame)
{
    const TrajectoryLayout *layout = &sink->spec.layout;
    return trajectory_frame_numbers(frame, row->id, layout->properties, layout->n_atoms);
}

static void put_properties(ExtxyzSink *sink)
{
    put_text(sink, "Properties=species:S:1");
    for (size_t c = 0; c < sink->n_columns; c++) {
        const char *keys = sink->columns[c].array.extxyz;
        char key[KEYS_MAX];
        while (next_key(&keys, key))
            put_text(sink, ":%s:R:%zu", key, sink->columns[c].n);
    }
    if (sink->spec.momenta)
        put_text(sink, ":momenta:R:3");
    if (sink->spec.momenta || sink->has_isotopes)
        put_text(sink, ":masses:R:1");
}

/// The numbers of an array that belong to the frame: key=1, key="1 2 3".
static void put_of_frame(ExtxyzSink *sink, const Row *row, const double *numbers)
{
    const char *keys = row->array.extxyz;
    char key[KEYS_MAX], text[TEXT_DOUBLE_SIZE];
    while (next_key(&keys, key)) {
        put_text(sink, " %s=%s", key, row->n > 1 ? "\"" : "");
        for (size_t k = 0; k < row->n; k++) {
            const double value = row->array.extxyz_per_unit * numbers[k];
            if (row->array.type == TYPE_FLOAT64) {
                text_format_double(value, text);
                put_text(sink, "%s%s", k > 0 ? " " : "", text);
            } else {
                put_number(sink, k > 0 ? " " : "", value, sink->spec.layout.float64);
            }
        }
        put_text(sink, row->n > 1 ? "\"" : "");
    }
}

static void put_comment(ExtxyzSink *sink, const TrajectoryFrame *frame)
{
    const SinkSpec *spec = &sink->spec;
    put_properties(sink);
    for (size_t i = 0; i < sink->n_of_frame; i++)
        put_of_frame(sink, &sink->of_frame[i], row_numbers(sink, &sink->of_frame[i], frame));
    put_text(sink, " charge=%d spin=%d total_charge=%d total_spin=%d spin_multiplicity=%d",
             spec->charge, spec->multiplicity, spec->charge, spec->multiplicity,
             spec->multiplicity);
    put_text(sink, " frame=%" PRIu64 " name=\"%s\" config_type=\"%s\" pbc=\"F F F\"\n",
             sink->face.n_frames * spec->every, sink->name, sink->name);
}

/// In sqrt(eV Da): the root of the energy Da (nm/ps)^2 in eV.
static void put_momentum(ExtxyzSink *sink, const TrajectoryFrame *frame, size_t a)
{
    const double speed_au = BOHR_PER_NM * PS_PER_AUT;
    const double unit = sqrt(ME_PER_DALTON * speed_au * speed_au * EV_PER_HARTREE);
    for (size_t x = 0; x < 3; x++)
        put_number(sink, " ", sink->masses[a] * frame->vel[a][x] * unit, sink->spec.layout.float64);
}

static QmtStatus put_atom(QmtContext *ctx, ExtxyzSink *sink, const TrajectoryFrame *frame, size_t a)
{
    TRY(buffer_room(ctx, sink));
    put_text(sink, "%-2s", element_symbol(sink->numbers[a]));
    for (size_t c = 0; c < sink->n_columns; c++) {
        const Row *row = &sink->columns[c];
        const double *const numbers = row_numbers(sink, row, frame) + a * row->n;
        for (size_t k = 0; k < row->n_keys * row->n; k++) {
            TRY(buffer_room(ctx, sink));
            put_number(sink, " ", row->array.extxyz_per_unit * numbers[k % row->n],
                       sink->spec.layout.float64);
        }
    }
    if (sink->spec.momenta)
        put_momentum(sink, frame, a);
    if (sink->spec.momenta || sink->has_isotopes)
        put_number(sink, " ", sink->masses[a], false);
    sink->buffer[sink->used++] = '\n';
    return QMT_OK;
}

static QmtStatus extxyz_append(QmtContext *ctx, Sink *face, const TrajectoryFrame *frame)
{
    ExtxyzSink *const sink = (ExtxyzSink *)face;
    const locale_t locale = text_enter_c_locale();
    QmtStatus status = buffer_room(ctx, sink);
    if (status == QMT_OK) {
        put_text(sink, "%zu\n", sink->spec.layout.n_atoms);
        put_comment(sink, frame);
    }
    for (size_t a = 0; a < sink->spec.layout.n_atoms && status == QMT_OK; a++)
        status = put_atom(ctx, sink, frame, a);
    text_leave_c_locale(locale);
    return status;
}

/// Da; a mixture of isotopes is within it of the standard atomic weight.
static const double MASS_OF_ISOTOPE = 0.01;

/// Readers differ in how they unescape these; the name is only a label here.
static void name_clean(const char *from, char *name)
{
    snprintf(name, STRUCTURE_NAME_SIZE, "%s", from);
    for (char *at = name; *at != '\0'; at++)
        if (strchr("\"'\\{}[]", *at) != NULL || (unsigned char)*at < 0x20)
            *at = '_';
}

static void extxyz_close(Sink *face)
{
    ExtxyzSink *const sink = (ExtxyzSink *)face;
    file_abandon(&sink->file);
    free(sink->buffer);
    free(sink->numbers);
    free(sink->masses);
    free(sink);
}

static void extxyz_discard(Sink *face)
{
    ExtxyzSink *const sink = (ExtxyzSink *)face;
    if (sink->file.fd >= 0 || sink->offset > 0)
        (void)remove(sink->part); // nothing can be done about one that stays
    extxyz_close(face);
}

static QmtStatus extxyz_begin(QmtContext *ctx, ExtxyzSink *sink)
{
    const TrajectoryLayout *layout = &sink->spec.layout;
    const size_t n = layout->n_atoms;
    sink->buffer = malloc(BUFFER_SIZE);
    sink->numbers = malloc(n * sizeof *sink->numbers);
    sink->masses = malloc(n * sizeof *sink->masses);
    if (sink->buffer == NULL || sink->numbers == NULL || sink->masses == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to write it", sink->path);
    memcpy(sink->numbers, layout->numbers, n * sizeof *sink->numbers);
    memcpy(sink->masses, layout->masses, n * sizeof *sink->masses);
    for (size_t a = 0; a < n; a++)
        sink->has_isotopes =
            sink->has_isotopes ||
            fabs(sink->masses[a] - element_mass_da(sink->numbers[a])) > MASS_OF_ISOTOPE;
    return file_open(ctx, sink->part, FILE_CREATE, &sink->file);
}

static QmtStatus extxyz_open(QmtContext *ctx, const char *path, const SinkSpec *spec, Sink **sink)
{
    if (!spec->has_state)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: the metadata of the trajectory do not say charge and multiplicity, which "
                    "every frame here needs; was it written by another program?",
                    path);
    ExtxyzSink *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to write it", path);
    made->face.type = &SINK_EXTXYZ;
    made->spec = *spec;
    made->file = file_none();
    rows_find(made);
    name_clean(spec->name, made->name);
    snprintf(made->path, sizeof made->path, "%s", path);
    const int n = snprintf(made->part, sizeof made->part, "%s.part", path);
    QmtStatus status =
        n < 0 || (size_t)n >= sizeof made->part
            ? FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", path)
            : extxyz_begin(ctx, made);
    if (status != QMT_OK)
        extxyz_discard(&made->face);
    else
        *sink = &made->face;
    return status;
}

static QmtStatus extxyz_finish(QmtContext *ctx, Sink *face, const char *metadata)
{
    ExtxyzSink *const sink = (ExtxyzSink *)face;
    (void)metadata; // what of it belongs to a frame stands there
    TRY(buffer_flush(ctx, sink));
    TRY(file_sync(ctx, &sink->file));
    TRY(file_close(ctx, &sink->file));
    return file_rename(ctx, sink->part, sink->path);
}

const SinkType SINK_EXTXYZ = {.name = "extxyz",
                              .ending = ".extxyz",
                              .help = "text for ASE, MACE, NequIP and others, in eV and angstrom",
                              .has_momenta = true,
                              .open = extxyz_open,
                              .append = extxyz_append,
                              .finish = extxyz_finish,
                              .close = extxyz_close,
                              .discard = extxyz_discard};
