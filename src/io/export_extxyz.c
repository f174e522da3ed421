#include "io/export_extxyz.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "data/element.h"
#include "engine/properties.h"
#include "io/file.h"
#include "io/npz_read.h"
#include "io/structure.h"
#include "io/text.h"

enum {
    BUFFER_SIZE = 1 << 18,
    LINE_MAX = 2048, ///< bytes of the longest line: a name and a dozen numbers
    NUMBER_MAX = 40,
};

#define ANGSTROM_PER_NM 10.0
#define EV_PER_KJMOL (EV_PER_HARTREE / KJMOL_PER_HARTREE)

/// A trajectory that is open for reading.
typedef struct {
    Npz npz;
    const NpzArray *pos, *vel, *forces, *potential, *time, *numbers, *masses;
    uint64_t n_frames;
    size_t n_atoms;
    bool float64;
    int charge, multiplicity;
    char name[STRUCTURE_NAME_SIZE];
    void *raw;                              ///< [n_atoms][3] of one array, as in the file
    double *values[3];                      ///< [3 n_atoms] pos, forces, vel of one frame
    const NpzArray *property[N_PROPERTIES]; ///< NULL: not in the file
    double *of_frame[N_PROPERTIES];         ///< [property_size()] in the units of extended XYZ
    int *z;                                 ///< [n_atoms]
    double *mass;                           ///< [n_atoms] Da
} Source;

/// Text on its way to the disk.
typedef struct {
    File file;
    char *buffer; ///< [BUFFER_SIZE]
    size_t used;
    uint64_t offset;
} Sink;

static QmtStatus sink_flush(QmtContext *ctx, Sink *sink)
{
    TRY(file_write_at(ctx, &sink->file, sink->buffer, sink->used, sink->offset));
    sink->offset += sink->used;
    sink->used = 0;
    return QMT_OK;
}

/// Nine digits give a single precision number back exactly, seventeen a double precision one.
static void put_number(Sink *sink, double value, bool float64)
{
    sink->used += (size_t)snprintf(sink->buffer + sink->used, NUMBER_MAX,
                                   float64 ? " %.17g" : " %.9g", value);
}

static void put_text(Sink *sink, const char *format, ...) __attribute__((format(printf, 2, 3)));

/// A short piece of a line.
static void put_text(Sink *sink, const char *format, ...)
{
    va_list words;
    va_start(words, format);
    sink->used +=
        (size_t)vsnprintf(sink->buffer + sink->used, BUFFER_SIZE - sink->used, format, words);
    va_end(words);
}

/// One whole number of the metadata; the model that learns from the file needs it, so none is assumed.
static QmtStatus metadata_integer(QmtContext *ctx, const Source *source, const cJSON *metadata,
                                  const char *key, int *value)
{
    const cJSON *const item = cJSON_GetObjectItemCaseSensitive(metadata, key);
    if (!cJSON_IsNumber(item) || item->valuedouble != rint(item->valuedouble))
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: the metadata have no whole number under \"%s\"; was the file written by "
                    "another program?",
                    source->npz.file.path, key);
    *value = item->valueint;
    return QMT_OK;
}

static QmtStatus metadata_take(QmtContext *ctx, Source *source, const cJSON *metadata, bool momenta)
{
    const char *const path = source->npz.file.path;
    if (!cJSON_IsObject(metadata))
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: the metadata are no JSON object", path);
    TRY(metadata_integer(ctx, source, metadata, "charge", &source->charge));
    TRY(metadata_integer(ctx, source, metadata, "multiplicity", &source->multiplicity));

    const char *const unit =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, "velocity_units"));
    if (momenta && (unit == NULL || strcmp(unit, "nm/ps") != 0))
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: velocity_units is \"%.40s\", not nm/ps; convert without momenta", path,
                    unit != NULL ? unit : "missing");

    const char *const name =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, "name"));
    snprintf(source->name, sizeof source->name, "%s", name != NULL ? name : "");
    // Readers differ in how they unescape these; the name is only a label here.
    for (char *at = source->name; *at != '\0'; at++)
        if (strchr("\"'\\{}[]", *at) != NULL || (unsigned char)*at < 0x20)
            *at = '_';
    return QMT_OK;
}

static QmtStatus metadata_read(QmtContext *ctx, Source *source, bool momenta)
{
    const NpzArray *array;
    char *text = NULL;
    TRY(npz_require(ctx, &source->npz, "metadata", 'U', 0, 0, &array));
    TRY(npz_read_text(ctx, &source->npz, array, &text));
    cJSON *const metadata = cJSON_Parse(text);
    free(text);
    const QmtStatus status = metadata_take(ctx, source, metadata, momenta);
    cJSON_Delete(metadata);
    return status;
}

static QmtStatus shapes_agree(QmtContext *ctx, const Source *source)
{
    const NpzArray *const vectors[] = {source->pos, source->vel, source->forces};
    const NpzArray *const scalars[] = {source->potential, source->time};
    const NpzArray *const atoms[] = {source->numbers, source->masses};
    for (size_t i = 0; i < 3; i++)
        if (vectors[i]->shape[0] != source->n_frames || vectors[i]->shape[1] != source->n_atoms ||
            vectors[i]->shape[2] != 3)
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: %s is not of the shape (%" PRIu64 ", %zu, 3)",
                        source->npz.file.path, vectors[i]->name, source->n_frames, source->n_atoms);
    for (size_t i = 0; i < 2; i++)
        if (scalars[i]->shape[0] != source->n_frames)
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: %s is not of the shape (%" PRIu64 ",)",
                        source->npz.file.path, scalars[i]->name, source->n_frames);
    for (size_t i = 0; i < 2; i++)
        if (atoms[i]->shape[0] != source->n_atoms)
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: %s is not of the shape (%zu,)",
                        source->npz.file.path, atoms[i]->name, source->n_atoms);
    return QMT_OK;
}

/// An array of properties, if the file has it.
static QmtStatus property_find(QmtContext *ctx, Source *source, Property property)
{
    const PropertyType *type = &PROPERTIES[property];
    const NpzArray *array;
    if (npz_find(&source->npz, type->name) == NULL)
        return QMT_OK;
    TRY(npz_require(ctx, &source->npz, type->name, 'f', source->float64 ? 8 : 4, 1 + type->n_axes,
                    &array));
    bool fits = array->shape[0] == source->n_frames;
    for (size_t i = 0; i < type->n_axes; i++)
        fits =
            fits && array->shape[1 + i] == (type->axis[i] != 0 ? type->axis[i] : source->n_atoms);
    if (!fits)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: %s has not the shape that belongs to %" PRIu64 " frames of %zu atoms",
                    source->npz.file.path, type->name, source->n_frames, source->n_atoms);
    source->property[property] = array;
    return QMT_OK;
}

static QmtStatus arrays_find(QmtContext *ctx, Source *source)
{
    const Npz *npz = &source->npz;
    const NpzArray *const pos = npz_find(npz, "pos");
    source->float64 = pos != NULL && pos->item_bytes == 8;
    const uint64_t real = source->float64 ? 8 : 4;
    TRY(npz_require(ctx, npz, "pos", 'f', real, 3, &source->pos));
    TRY(npz_require(ctx, npz, "vel", 'f', real, 3, &source->vel));
    TRY(npz_require(ctx, npz, "forces", 'f', real, 3, &source->forces));
    TRY(npz_require(ctx, npz, "Epot", 'f', 8, 1, &source->potential));
    TRY(npz_require(ctx, npz, "time_ps", 'f', 8, 1, &source->time));
    TRY(npz_require(ctx, npz, "atom_types", 'i', 4, 1, &source->numbers));
    TRY(npz_require(ctx, npz, "masses", 'f', 4, 1, &source->masses));
    source->n_frames = source->pos->shape[0];
    source->n_atoms = (size_t)source->pos->shape[1];
    TRY(shapes_agree(ctx, source));
    for (int p = 0; p < N_PROPERTIES; p++)
        TRY(property_find(ctx, source, (Property)p));
    return QMT_OK;
}

static QmtStatus atoms_read(QmtContext *ctx, Source *source)
{
    const size_t n = source->n_atoms;
    size_t n_raw = 3 * n;
    for (int p = 0; p < N_PROPERTIES; p++)
        if (source->property[p] != NULL && property_size((Property)p, n) > n_raw)
            n_raw = property_size((Property)p, n);
    source->raw = malloc(n_raw * sizeof(double) + 1);
    source->z = malloc(n * sizeof *source->z + 1);
    source->mass = malloc(n * sizeof *source->mass + 1);
    bool enough = source->raw != NULL && source->z != NULL && source->mass != NULL;
    for (int i = 0; i < 3; i++) {
        source->values[i] = malloc(n * 3 * sizeof(double) + 1);
        enough = enough && source->values[i] != NULL;
    }
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (source->property[p] == NULL)
            continue;
        source->of_frame[p] = malloc(property_size((Property)p, n) * sizeof(double) + 1);
        enough = enough && source->of_frame[p] != NULL;
    }
    if (!enough)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", source->npz.file.path, n);

    TRY(npz_read_rows(ctx, &source->npz, source->numbers, 0, n, source->z));
    TRY(npz_read_rows(ctx, &source->npz, source->masses, 0, n, source->raw));
    for (size_t a = 0; a < n; a++) {
        source->mass[a] = ((const float *)source->raw)[a];
        if (source->z[a] < 1 || source->z[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: atom %zu of atom_types is element %d, 1 to %d are possible",
                        source->npz.file.path, a + 1, source->z[a], ELEMENT_MAX);
    }
    return QMT_OK;
}

static QmtStatus vectors_read(QmtContext *ctx, Source *source, const NpzArray *array,
                              uint64_t frame, double *out)
{
    TRY(npz_read_rows(ctx, &source->npz, array, frame, 1, source->raw));
    for (size_t i = 0; i < 3 * source->n_atoms; i++)
        out[i] = source->float64 ? ((const double *)source->raw)[i]
                                 : (double)((const float *)source->raw)[i];
    return QMT_OK;
}

/// What a number of a property array is multiplied with: nm become angstrom, kJ/mol eV.
static double property_factor(Property property)
{
    switch (property) {
    case PROPERTY_DIPOLE:
        return ANGSTROM_PER_NM;
    case PROPERTY_QUADRUPOLE:
        return ANGSTROM_PER_NM * ANGSTROM_PER_NM;
    case PROPERTY_GAP:
        return EV_PER_KJMOL;
    default:
        return 1.0;
    }
}

static QmtStatus properties_read(QmtContext *ctx, Source *source, uint64_t frame)
{
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (source->property[p] == NULL)
            continue;
        const size_t n = property_size((Property)p, source->n_atoms);
        const double factor = property_factor((Property)p);
        double *const to = source->of_frame[p];
        TRY(npz_read_rows(ctx, &source->npz, source->property[p], frame, 1, source->raw));
        for (size_t i = 0; i < n; i++)
            to[i] = factor * (source->float64 ? ((const double *)source->raw)[i]
                                              : (double)((const float *)source->raw)[i]);
    }
    return QMT_OK;
}

/// The columns of properties that belong to atoms.
static void put_columns(const Source *source, Sink *sink)
{
    if (source->property[PROPERTY_CHARGES] != NULL)
        put_text(sink, ":charges:R:1:REF_charges:R:1");
    if (source->property[PROPERTY_BOND_ORDERS] != NULL)
        put_text(sink, ":bond_orders:R:%zu", source->n_atoms);
}

/// One property of the molecule: key=1, key="1 2 3".
static void put_property(const Source *source, Property property, const char *key, Sink *sink)
{
    if (source->property[property] == NULL)
        return;
    const size_t n = property_size(property, source->n_atoms);
    put_text(sink, " %s=%s", key, n > 1 ? "\"" : "");
    for (size_t i = 0; i < n; i++)
        put_text(sink, source->float64 ? "%s%.17g" : "%s%.9g", i > 0 ? " " : "",
                 source->of_frame[property][i]);
    put_text(sink, n > 1 ? "\"" : "");
}

static QmtStatus put_atom_properties(QmtContext *ctx, const Source *source, size_t a, Sink *sink)
{
    const bool wide = source->float64;
    for (int spelling = 0; spelling < 2 && source->property[PROPERTY_CHARGES] != NULL; spelling++)
        put_number(sink, source->of_frame[PROPERTY_CHARGES][a], wide);
    if (source->property[PROPERTY_BOND_ORDERS] == NULL)
        return QMT_OK;
    const size_t n = source->n_atoms;
    for (size_t b = 0; b < n; b++) {
        if (BUFFER_SIZE - sink->used < LINE_MAX)
            TRY(sink_flush(ctx, sink));
        put_number(sink, source->of_frame[PROPERTY_BOND_ORDERS][a * n + b], wide);
    }
    return QMT_OK;
}

static QmtStatus frame_write(QmtContext *ctx, Source *source, uint64_t frame, bool momenta,
                             Sink *sink)
{
    // A momentum of one Da nm/ps in sqrt(eV Da): the root of the energy Da (nm/ps)^2 in eV.
    const double speed_au = BOHR_PER_NM * PS_PER_AUT;
    const double momentum = sqrt(ME_PER_DALTON * speed_au * speed_au * EV_PER_HARTREE);
    const double force = EV_PER_KJMOL / ANGSTROM_PER_NM;
    const double *const pos = source->values[0], *const forces = source->values[1];
    const double *const vel = source->values[2];
    const bool wide = source->float64;
    double potential, time;
    char energy[TEXT_DOUBLE_SIZE], time_ps[TEXT_DOUBLE_SIZE];

    TRY(npz_read_rows(ctx, &source->npz, source->potential, frame, 1, &potential));
    TRY(npz_read_rows(ctx, &source->npz, source->time, frame, 1, &time));
    TRY(vectors_read(ctx, source, source->pos, frame, source->values[0]));
    TRY(vectors_read(ctx, source, source->forces, frame, source->values[1]));
    if (momenta)
        TRY(vectors_read(ctx, source, source->vel, frame, source->values[2]));
    TRY(properties_read(ctx, source, frame));
    text_format_double(potential * EV_PER_KJMOL, energy);
    text_format_double(time, time_ps);

    if (BUFFER_SIZE - sink->used < LINE_MAX)
        TRY(sink_flush(ctx, sink));
    put_text(sink, "%zu\nProperties=species:S:1:pos:R:3:forces:R:3:REF_forces:R:3%s",
             source->n_atoms, momenta ? ":momenta:R:3:masses:R:1" : "");
    put_columns(source, sink);
    put_text(sink,
             " energy=%s REF_energy=%s total_charge=%d total_spin=%d time_ps=%s frame=%" PRIu64
             " name=\"%s\"",
             energy, energy, source->charge, source->multiplicity, time_ps, frame, source->name);
    put_property(source, PROPERTY_DIPOLE, "dipole", sink);
    put_property(source, PROPERTY_DIPOLE, "REF_dipole", sink);
    put_property(source, PROPERTY_GAP, "homo_lumo_gap", sink);
    put_property(source, PROPERTY_QUADRUPOLE, "quadrupole", sink);
    put_property(source, PROPERTY_SCF_RESIDUAL, "scf_residual", sink);
    put_text(sink, " pbc=\"F F F\"\n");

    for (size_t a = 0; a < source->n_atoms; a++) {
        if (BUFFER_SIZE - sink->used < LINE_MAX)
            TRY(sink_flush(ctx, sink));
        sink->used += (size_t)snprintf(sink->buffer + sink->used, NUMBER_MAX, "%-2s",
                                       element_symbol(source->z[a]));
        for (size_t i = 3 * a; i < 3 * a + 3; i++)
            put_number(sink, pos[i] * ANGSTROM_PER_NM, wide);
        for (int spelling = 0; spelling < 2; spelling++)
            for (size_t i = 3 * a; i < 3 * a + 3; i++)
                put_number(sink, forces[i] * force, wide);
        if (momenta) {
            for (size_t i = 3 * a; i < 3 * a + 3; i++)
                put_number(sink, source->mass[a] * vel[i] * momentum, wide);
            put_number(sink, source->mass[a], false);
        }
        TRY(put_atom_properties(ctx, source, a, sink));
        sink->buffer[sink->used++] = '\n';
    }
    return QMT_OK;
}

/// All frames to PART, which is then on the disk and closed.
static QmtStatus part_write(QmtContext *ctx, Source *source, const char *part,
                            const ExtxyzOptions *options, uint64_t *n_frames)
{
    Sink sink = {.file = file_none(), .buffer = malloc(BUFFER_SIZE)};
    if (sink.buffer == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to write it", part);

    uint64_t n = 0;
    const locale_t locale = text_enter_c_locale();
    QmtStatus status = file_open(ctx, part, FILE_CREATE, &sink.file);
    for (uint64_t f = 0; f < source->n_frames && status == QMT_OK; n++) {
        status = frame_write(ctx, source, f, options->momenta, &sink);
        if (options->every > source->n_frames - f)
            f = source->n_frames;
        else
            f += options->every;
    }
    if (status == QMT_OK)
        status = sink_flush(ctx, &sink);
    if (status == QMT_OK)
        status = file_sync(ctx, &sink.file);
    if (status == QMT_OK)
        status = file_close(ctx, &sink.file);
    file_abandon(&sink.file);
    text_leave_c_locale(locale);
    free(sink.buffer);
    if (status == QMT_OK)
        *n_frames = n;
    return status;
}

/// Removes what is left of a failed conversion; the sentence of the failure stays.
static void part_remove(QmtContext *ctx, const char *part)
{
    const Message failure = context_keep(ctx);
    (void)file_remove(ctx, part);
    (void)context_restore(ctx, &failure);
}

QmtStatus export_extxyz(QmtContext *ctx, const char *from, const char *to,
                        const ExtxyzOptions *options, uint64_t *n_frames)
{
    assert(options->every > 0);
    char part[FILE_PATH_SIZE];
    const int length = snprintf(part, sizeof part, "%s.part", to);
    if (length < 0 || (size_t)length >= sizeof part)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", to);

    Source source = {0};
    uint64_t written = 0;
    TRY(npz_open(ctx, from, &source.npz));
    QmtStatus status = arrays_find(ctx, &source);
    if (status == QMT_OK)
        status = metadata_read(ctx, &source, options->momenta);
    if (status == QMT_OK)
        status = npz_verify(ctx, &source.npz);
    if (status == QMT_OK)
        status = atoms_read(ctx, &source);
    if (status == QMT_OK && file_exists(to))
        status =
            FAIL(ctx, QMT_ERR_USAGE, "%s: exists already; remove it or choose another name", to);
    if (status == QMT_OK) {
        status = part_write(ctx, &source, part, options, &written);
        if (status == QMT_OK)
            status = file_rename(ctx, part, to);
        if (status == QMT_OK)
            *n_frames = written;
        else
            part_remove(ctx, part);
    }
    for (int i = 0; i < 3; i++)
        free(source.values[i]);
    for (int p = 0; p < N_PROPERTIES; p++)
        free(source.of_frame[p]);
    free(source.raw);
    free(source.z);
    free(source.mass);
    npz_close(&source.npz);
    return status;
}
