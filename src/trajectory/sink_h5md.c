#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/hdf5.h"
#include "trajectory/sink.h"

/// H5MD 1.1 (de Buyl, Colberg, Hoefling, Comput. Phys. Commun. 185, 1546 (2014), 10.1016/j.cpc.2014.01.018), as MDAnalysis
/// reads it: one group of particles, explicit steps and times, units in the words of its reader, one array of
/// steps and times under hard links for all elements.
///
///     particles/trajectory/position, velocity, force   value (F, N, 3), step, time
///     particles/trajectory/species, mass               (N,) atomic numbers, Da
///     particles/trajectory/charge, bias_force          likewise, where the trajectory has them
///     observables/potential_energy, heat, ...          value (F, ...), all other arrays of frames
///     parameters/metadata                              JSON of the trajectory

extern const SinkType SINK_H5MD; // at the end of this file

/// What H5MD and its readers call otherwise; all other arrays of frames have their own names.
static const struct {
    size_t array; ///< of the schema
    const char *name;
} NAMES[] = {{ARRAY_POS, "position"},           {ARRAY_VEL, "velocity"},
             {ARRAY_FORCES, "force"},           {ARRAY_EPOT, "potential_energy"},
             {ARRAY_EKIN, "kinetic_energy"},    {ARRAY_ETOT, "total_energy"},
             {ARRAY_BIAS_FORCES, "bias_force"}, {N_ARRAYS + PROPERTY_CHARGES, "charge"}};

enum { UNIT_SIZE = 64 };

static const char *element_name(size_t i, const TrajectoryArray *array)
{
    for (size_t k = 0; k < sizeof NAMES / sizeof *NAMES; k++)
        if (NAMES[k].array == i)
            return NAMES[k].name;
    return array->name;
}

/// A unit as the module units of H5MD writes it: "kJ mol-1 nm-1", "e nm+2"; "" for pure numbers.
static void element_unit(const char *unit, char text[UNIT_SIZE])
{
    size_t n = 0;
    bool below = false;
    for (const char *at = strcmp(unit, "1") == 0 ? "" : unit;; at++) {
        const bool ends = *at == '/' || *at == '\0';
        assert(n + sizeof "-1 " < UNIT_SIZE);
        if (ends && below)
            n += (size_t)sprintf(text + n, "-1");
        if (*at == '\0')
            break;
        below = below || *at == '/';
        text[n++] = *at == '/' ? ' ' : *at == '^' ? '+' : *at;
    }
    text[n] = '\0';
}

/// Vectors and numbers of each atom belong to the particles, all else to the observables.
static bool is_observable(const TrajectoryArray *array)
{
    return array->axes[1] != 'N' || array->axes[2] == 'N';
}

typedef struct {
    Sink face; // first: a Sink * is an H5mdSink *
    SinkSpec spec;
    char path[FILE_PATH_SIZE], part[FILE_PATH_SIZE];
    Hdf5Id file;
    Hdf5Array step, time, values[N_TRAJECTORY_ARRAYS];
} H5mdSink;

/// True if row i of the schema is an element that changes with time.
static bool element_is_there(const H5mdSink *sink, size_t i)
{
    const TrajectoryLayout *const layout = &sink->spec.layout;
    return trajectory_array(i).role == ROLE_FRAME && i != ARRAY_TIME &&
           trajectory_array_is_there(i, layout->further, layout->properties);
}

/// h5md, with what wrote the file.
static QmtStatus head_make(QmtContext *ctx, const H5mdSink *sink)
{
    static const int VERSION[2] = {1, 1};
    Hdf5Id head = 0, group = 0;
    TRY(hdf5_group_create(ctx, sink->file, "h5md", &head));
    QmtStatus status = hdf5_attribute_numbers(ctx, head, "version", 2, VERSION);
    if (status == QMT_OK)
        status = hdf5_group_create(ctx, head, "author", &group);
    if (status == QMT_OK)
        status = hdf5_attribute(ctx, group, "name", "unknown");
    hdf5_group_close(&group);
    if (status == QMT_OK)
        status = hdf5_group_create(ctx, head, "creator", &group);
    if (status == QMT_OK)
        status = hdf5_attribute(ctx, group, "name", "qmtraj");
    if (status == QMT_OK)
        status = hdf5_attribute(ctx, group, "version", qmt_version());
    hdf5_group_close(&group);
    hdf5_group_close(&head);
    return status;
}

/// particles/trajectory/box: there is none.
static QmtStatus box_make(QmtContext *ctx, Hdf5Id particles)
{
    static const int DIMENSION = 3;
    static const char *const NONE[3] = {"none", "none", "none"};
    Hdf5Id box = 0;
    TRY(hdf5_group_create(ctx, particles, "box", &box));
    QmtStatus status = hdf5_attribute_numbers(ctx, box, "dimension", 1, &DIMENSION);
    if (status == QMT_OK)
        status = hdf5_attribute_texts(ctx, box, "boundary", 3, NONE);
    hdf5_group_close(&box);
    return status;
}

/// An array of the atoms that does not change.
static QmtStatus constant_make(QmtContext *ctx, const H5mdSink *sink, Hdf5Id group,
                               const char *name, const char *descr, const char *unit)
{
    const uint64_t n = sink->spec.layout.n_atoms;
    const bool masses = unit != NULL;
    Hdf5Array array = {0};
    TRY(hdf5_array_create(ctx, group, name, descr, 1, &n, &array));
    QmtStatus status = masses ? hdf5_attribute(ctx, array.id, "unit", unit) : QMT_OK;
    for (size_t a = 0; a < n && status == QMT_OK; a++) {
        const double value =
            masses ? sink->spec.layout.masses[a] : (double)sink->spec.layout.numbers[a];
        status = hdf5_array_add(ctx, &array, &value, 1, 1.0);
    }
    if (status == QMT_OK)
        status = hdf5_array_finish(ctx, &array);
    hdf5_array_abandon(&array);
    return status;
}

/// The steps and times, made with the first element.
static QmtStatus times_make(QmtContext *ctx, H5mdSink *sink, Hdf5Id group)
{
    const uint64_t n = sink->spec.layout.n_frames;
    TRY(hdf5_array_create(ctx, group, "step", "<i8", 1, &n, &sink->step));
    TRY(hdf5_array_create(ctx, group, "time", "<f8", 1, &n, &sink->time));
    return hdf5_attribute(ctx, sink->time.id, "unit", "ps");
}

static QmtStatus value_make(QmtContext *ctx, H5mdSink *sink, Hdf5Id group, size_t e)
{
    const TrajectoryArray array = trajectory_array(e);
    const TrajectorySizes sizes = {.n_frames = sink->spec.layout.n_frames,
                                   .n_atoms = sink->spec.layout.n_atoms};
    uint64_t shape[TRAJECTORY_AXES_MAX];
    char unit[UNIT_SIZE];
    const size_t n_dims = trajectory_array_shape(&array, &sizes, shape);
    const char *const descr = trajectory_array_descr(&array, sink->spec.layout.float64);
    Hdf5Array *const values = &sink->values[e];
    TRY(hdf5_array_create(ctx, group, "value", descr, n_dims, shape, values));
    element_unit(array.unit, unit);
    return unit[0] != '\0' ? hdf5_attribute(ctx, values->id, "unit", unit) : QMT_OK;
}

static QmtStatus element_make(QmtContext *ctx, H5mdSink *sink, Hdf5Id parent, size_t e)
{
    const TrajectoryArray array = trajectory_array(e);
    const char *const element = element_name(e, &array);
    char name[96];
    Hdf5Id group = 0;
    TRY(hdf5_group_create(ctx, parent, element, &group));
    QmtStatus status = value_make(ctx, sink, group, e);
    if (status == QMT_OK && e == ARRAY_POS)
        status = times_make(ctx, sink, group);
    hdf5_group_close(&group);
    for (int i = 0; i < 2 && e != ARRAY_POS && status == QMT_OK; i++) {
        const char *const what = i == 0 ? "step" : "time";
        char from[96];
        snprintf(from, sizeof from, "/particles/trajectory/position/%s", what);
        snprintf(name, sizeof name, "%s/%s", element, what);
        status = hdf5_link(ctx, parent, from, name);
    }
    return status;
}

static QmtStatus elements_make(QmtContext *ctx, H5mdSink *sink, Hdf5Id group, bool observable)
{
    for (size_t e = 0; e < N_TRAJECTORY_ARRAYS; e++) {
        const TrajectoryArray array = trajectory_array(e);
        if (element_is_there(sink, e) && is_observable(&array) == observable)
            TRY(element_make(ctx, sink, group, e));
    }
    return QMT_OK;
}

static QmtStatus particles_make(QmtContext *ctx, H5mdSink *sink)
{
    Hdf5Id all = 0, group = 0;
    TRY(hdf5_group_create(ctx, sink->file, "particles", &all));
    QmtStatus status = hdf5_group_create(ctx, all, "trajectory", &group);
    if (status == QMT_OK)
        status = box_make(ctx, group);
    if (status == QMT_OK)
        status = constant_make(ctx, sink, group, "species", "<i4", NULL);
    if (status == QMT_OK)
        status = constant_make(ctx, sink, group, "mass", "<f8", "u");
    if (status == QMT_OK)
        status = elements_make(ctx, sink, group, false);
    hdf5_group_close(&group);
    hdf5_group_close(&all);
    return status;
}

static QmtStatus observables_make(QmtContext *ctx, H5mdSink *sink)
{
    Hdf5Id group = 0;
    TRY(hdf5_group_create(ctx, sink->file, "observables", &group));
    const QmtStatus status = elements_make(ctx, sink, group, true);
    hdf5_group_close(&group);
    return status;
}

static void h5md_close(Sink *face)
{
    H5mdSink *const sink = (H5mdSink *)face;
    hdf5_array_abandon(&sink->step);
    hdf5_array_abandon(&sink->time);
    for (size_t e = 0; e < N_TRAJECTORY_ARRAYS; e++)
        hdf5_array_abandon(&sink->values[e]);
    hdf5_file_abandon(&sink->file);
    free(sink);
}

static void h5md_discard(Sink *face)
{
    char part[FILE_PATH_SIZE];
    snprintf(part, sizeof part, "%s", ((H5mdSink *)face)->part);
    h5md_close(face);
    (void)remove(part); // nothing can be done about one that stays
}

static QmtStatus h5md_open(QmtContext *ctx, const char *path, const SinkSpec *spec, Sink **sink)
{
    TRY(hdf5_require(ctx));
    H5mdSink *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory to write it", path);
    made->face.type = &SINK_H5MD;
    made->spec = *spec;
    snprintf(made->path, sizeof made->path, "%s", path);
    const int n = snprintf(made->part, sizeof made->part, "%s.part", path);
    if (n < 0 || (size_t)n >= sizeof made->part) {
        free(made);
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", path);
    }
    QmtStatus status = hdf5_file_create(ctx, made->part, &made->file);
    if (status == QMT_OK)
        status = head_make(ctx, made);
    if (status == QMT_OK)
        status = particles_make(ctx, made);
    if (status == QMT_OK)
        status = observables_make(ctx, made);
    if (status != QMT_OK)
        h5md_discard(&made->face);
    else
        *sink = &made->face;
    return status;
}

static QmtStatus h5md_append(QmtContext *ctx, Sink *face, const TrajectoryFrame *frame)
{
    H5mdSink *const sink = (H5mdSink *)face;
    const TrajectoryLayout *const layout = &sink->spec.layout;
    const double step = (double)(face->n_frames * sink->spec.every);
    TRY(hdf5_array_add(ctx, &sink->step, &step, 1, 1.0));
    TRY(hdf5_array_add(ctx, &sink->time, &frame->time, 1, 1.0));
    for (size_t e = 0; e < N_TRAJECTORY_ARRAYS; e++) {
        const TrajectoryArray array = trajectory_array(e);
        if (!element_is_there(sink, e))
            continue;
        TRY(hdf5_array_add(ctx, &sink->values[e],
                           trajectory_frame_numbers(frame, e, layout->properties, layout->n_atoms),
                           trajectory_array_row(&array, layout->n_atoms), 1.0));
    }
    return QMT_OK;
}

static QmtStatus metadata_put(QmtContext *ctx, const H5mdSink *sink, const char *metadata)
{
    Hdf5Id group = 0;
    if (metadata == NULL)
        return QMT_OK;
    TRY(hdf5_group_create(ctx, sink->file, "parameters", &group));
    const QmtStatus status = hdf5_text(ctx, group, "metadata", metadata);
    hdf5_group_close(&group);
    return status;
}

static QmtStatus h5md_finish(QmtContext *ctx, Sink *face, const char *metadata)
{
    H5mdSink *const sink = (H5mdSink *)face;
    TRY(hdf5_array_finish(ctx, &sink->step));
    TRY(hdf5_array_finish(ctx, &sink->time));
    for (size_t e = 0; e < N_TRAJECTORY_ARRAYS; e++)
        if (sink->values[e].id > 0)
            TRY(hdf5_array_finish(ctx, &sink->values[e]));
    TRY(metadata_put(ctx, sink, metadata));
    TRY(hdf5_file_finish(ctx, sink->part, &sink->file));
    return file_rename(ctx, sink->part, sink->path);
}

const SinkType SINK_H5MD = {
    .name = "h5md",
    .ending = ".h5md",
    .help = "positions, velocities, forces, energies and properties in HDF5 for MDAnalysis, in the "
            "units of FILE",
    .open = h5md_open,
    .append = h5md_append,
    .finish = h5md_finish,
    .close = h5md_close,
    .discard = h5md_discard};
