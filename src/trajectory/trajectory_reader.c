#include "trajectory/trajectory_reader.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/element.h"
#include "trajectory/trajectory_parts.h"

/// Of the rows that are read at once.
enum { HELD_BYTES = 1 << 20, HELD_FRAMES = 256 };

bool trajectory_array_has_shape(size_t i, const NpzArray *array, const TrajectorySizes *sizes)
{
    const TrajectoryArray row = trajectory_array(i);
    uint64_t shape[TRAJECTORY_AXES_MAX];
    if (row.type == TYPE_TEXT)
        return array->kind == 'U' && array->n_dims == 0;
    const size_t n_axes = trajectory_array_shape(&row, sizes, shape);
    bool fits = (array->kind == 'f' || array->kind == 'i') &&
                (array->item_bytes == 4 || array->item_bytes == 8) && array->n_dims == n_axes;
    for (size_t a = 0; a < n_axes && fits; a++)
        fits = array->shape[a] == shape[a];
    return fits;
}

bool trajectory_array_has_type(size_t i, const NpzArray *array)
{
    const TrajectoryArray row = trajectory_array(i);
    if (row.type == TYPE_TEXT)
        return array->kind == 'U';
    return array->kind == trajectory_array_descr(&row, false)[1] &&
           (array->item_bytes == trajectory_array_item_bytes(&row, false) ||
            array->item_bytes == trajectory_array_item_bytes(&row, true));
}

/// True if an array is what the schema says of row i.
static bool array_fits(size_t i, const NpzArray *array, const TrajectorySizes *sizes, bool float64)
{
    const TrajectoryArray row = trajectory_array(i);
    return trajectory_array_has_shape(i, array, sizes) && trajectory_array_has_type(i, array) &&
           (row.type != TYPE_REAL || (array->item_bytes == 8) == float64);
}

/// The arrays of the schema that are in the file, and their sizes.
static QmtStatus arrays_find(QmtContext *ctx, TrajectoryReader *r)
{
    const NpzArray *const pos = npz_find(&r->npz, trajectory_array(ARRAY_POS).name);
    r->float64 = pos != NULL && pos->item_bytes == 8;
    TRY(npz_require(ctx, &r->npz, "pos", 'f', r->float64 ? 8 : 4, 3, &r->array[ARRAY_POS]));
    r->n_frames = pos->shape[0];
    r->n_atoms = (size_t)pos->shape[1];
    const TrajectorySizes sizes = {.n_frames = r->n_frames, .n_atoms = r->n_atoms};
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        const TrajectoryArray row = trajectory_array(i);
        const NpzArray *const array = npz_find(&r->npz, row.name);
        if (array == NULL && row.required)
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: there is no array %s; is it a trajectory?",
                        r->npz.file.path, row.name);
        if (array != NULL && row.role != ROLE_WINDOW && i != ARRAY_BOX &&
            !array_fits(i, array, &sizes, r->float64))
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: %s does not have the type and shape expected for %" PRIu64
                        " frames of %zu atoms",
                        r->npz.file.path, row.name, r->n_frames, r->n_atoms);
        r->array[i] = array;
        if (i >= N_ARRAYS && array != NULL)
            r->properties |= 1u << (i - N_ARRAYS);
        else if (array != NULL && row.role == ROLE_FRAME && !row.required)
            r->further |= 1u << i;
    }
    const unsigned bias = r->further & BIAS_ARRAYS;
    for (size_t i = 0; i < N_ARRAYS && bias != 0; i++)
        if (BIAS_ARRAYS >> i & ~bias >> i & 1)
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: there is no array %s, which belongs to others in it", r->npz.file.path,
                        trajectory_array(i).name);
    if (r->n_atoms == 0)
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: there are no atoms in it", r->npz.file.path);
    return QMT_OK;
}

static bool integer_in(const cJSON *metadata, const char *key, int *value)
{
    const cJSON *const item = cJSON_GetObjectItemCaseSensitive(metadata, key);
    if (!cJSON_IsNumber(item) || item->valuedouble != rint(item->valuedouble))
        return false;
    *value = item->valueint;
    return true;
}

static void text_in(const cJSON *metadata, const char *key, char *text, size_t size)
{
    const char *const found = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(metadata, key));
    snprintf(text, size, "%s", found != NULL ? found : "");
}

/// Takes what the metadata say of the molecule; r->metadata is set.
static QmtStatus metadata_parse(QmtContext *ctx, TrajectoryReader *r)
{
    cJSON *const metadata = cJSON_Parse(r->metadata);
    if (!cJSON_IsObject(metadata)) {
        cJSON_Delete(metadata);
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: the metadata are no JSON object", r->npz.file.path);
    }
    r->has_state = integer_in(metadata, "charge", &r->charge) &&
                   integer_in(metadata, "multiplicity", &r->multiplicity);
    text_in(metadata, "name", r->name, sizeof r->name);
    text_in(metadata, "velocity_units", r->velocity_unit, sizeof r->velocity_unit);
    cJSON_Delete(metadata);
    return QMT_OK;
}

/// A place for the numbers of each array of frames, and for some rows of it as they are in the file.
static QmtStatus memory_make(QmtContext *ctx, TrajectoryReader *r)
{
    const size_t n = r->n_atoms;
    size_t frame_bytes = 0;
    r->vectors = calloc(12 * n + properties_size(r->properties, n) + 1, sizeof *r->vectors);
    bool enough = r->vectors != NULL;
    double *const properties = r->vectors + 12 * n;
    r->frame = (TrajectoryFrame){.pos = (const double(*)[3])r->vectors,
                                 .vel = (const double(*)[3])(r->vectors + 3 * n),
                                 .forces = (const double(*)[3])(r->vectors + 6 * n),
                                 .bias_forces = (const double(*)[3])(r->vectors + 9 * n),
                                 .properties = properties};
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++)
        if (r->array[i] != NULL && trajectory_array(i).role == ROLE_FRAME)
            frame_bytes += (size_t)r->array[i]->row_bytes;
    r->capacity = HELD_BYTES / frame_bytes;
    r->capacity = r->capacity < 1 ? 1 : r->capacity > HELD_FRAMES ? HELD_FRAMES : r->capacity;
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS && enough; i++) {
        const TrajectoryArray row = trajectory_array(i);
        if (r->array[i] == NULL || row.role != ROLE_FRAME)
            continue;
        r->raw[i] = malloc(r->capacity * (size_t)r->array[i]->row_bytes);
        enough = r->raw[i] != NULL;
        if (i >= N_ARRAYS)
            r->place[i] =
                properties + properties_size(r->properties & ((1u << (i - N_ARRAYS)) - 1), n);
        else if (i == ARRAY_POS || i == ARRAY_VEL || i == ARRAY_FORCES)
            r->place[i] = r->vectors + 3 * n * (i - ARRAY_POS);
        else if (i == ARRAY_BIAS_FORCES)
            r->place[i] = r->vectors + 9 * n;
        else
            r->place[i] = (double *)((char *)&r->frame + row.offset);
    }
    return enough ? QMT_OK
                  : FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", r->npz.file.path, n);
}

static QmtStatus atoms_read(QmtContext *ctx, TrajectoryReader *r)
{
    const size_t n = r->n_atoms;
    r->numbers = malloc(n * sizeof *r->numbers);
    r->masses = malloc(n * sizeof *r->masses);
    float *const raw = malloc(n * sizeof *raw);
    QmtStatus status = QMT_OK;
    if (r->numbers == NULL || r->masses == NULL || raw == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", r->npz.file.path, n);
    if (status == QMT_OK)
        status = npz_read_rows(ctx, &r->npz, r->array[ARRAY_TYPES], 0, n, r->numbers);
    if (status == QMT_OK)
        status = npz_read_numbers(ctx, &r->npz, r->array[ARRAY_MASSES], 0, n, raw, r->masses);
    free(raw);
    TRY(status);
    for (size_t a = 0; a < n; a++)
        if (r->numbers[a] < 1 || r->numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: atom %zu of atom_types is element %d, 1 to %d are possible",
                        r->npz.file.path, a + 1, r->numbers[a], ELEMENT_MAX);
    return QMT_OK;
}

static QmtStatus npz_take(QmtContext *ctx, TrajectoryReader *r)
{
    bool found;
    TRY(arrays_find(ctx, r));
    if (r->array[ARRAY_METADATA] != NULL) {
        TRY(npz_read_text(ctx, &r->npz, r->array[ARRAY_METADATA], &r->metadata));
        TRY(metadata_parse(ctx, r));
    }
    TRY(trajectory_windows_read(ctx, &r->npz, &r->windows, &r->n_window_steps, &found));
    TRY(atoms_read(ctx, r));
    return memory_make(ctx, r);
}

static QmtStatus reader_make(QmtContext *ctx, const char *path, TrajectoryReader **reader)
{
    TrajectoryReader *const r = calloc(1, sizeof *r);
    if (r == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to read it", path);
    r->npz.file = file_none();
    *reader = r;
    return QMT_OK;
}

QmtStatus trajectory_reader_open(QmtContext *ctx, const char *path, TrajectoryReader **reader)
{
    TrajectoryReader *r = *reader = NULL;
    TRY(reader_make(ctx, path, &r));
    QmtStatus status = npz_open(ctx, path, &r->npz);
    if (status == QMT_OK)
        status = npz_take(ctx, r);
    if (status != QMT_OK)
        trajectory_reader_close(&r);
    *reader = r;
    return status;
}

/// The arrays of frames as an NPZ file would have them, with the frames that there are.
static QmtStatus part_arrays(QmtContext *ctx, const Trajectory *t, TrajectoryReader *r)
{
    r->npz.arrays = calloc(t->n_streams, sizeof *r->npz.arrays);
    if (r->npz.arrays == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory to read it", t->files.part);
    const TrajectorySizes sizes = {.n_frames = t->n_frames, .n_atoms = t->layout.n_atoms};
    for (size_t s = 0; s < t->n_streams; s++) {
        const Member *const member = &t->members[s];
        NpzArray *const array = &r->npz.arrays[r->npz.n++];
        *array =
            (NpzArray){.kind = 'f',
                       .item_bytes = trajectory_array_item_bytes(&member->array, t->layout.float64),
                       .row_bytes = member->frame_bytes,
                       .data_offset = trajectory_offset(t, s, 0),
                       .data_bytes = t->n_frames * member->frame_bytes};
        array->n_dims = trajectory_array_shape(&member->array, &sizes, array->shape);
        snprintf(array->name, sizeof array->name, "%s", member->array.name);
        r->array[member->id] = array;
    }
    return QMT_OK;
}

static QmtStatus part_windows(QmtContext *ctx, Trajectory *t, TrajectoryReader *r)
{
    const size_t n = (size_t)t->n_window_steps;
    if (n == 0)
        return QMT_OK;
    r->windows = malloc(n * sizeof *r->windows);
    if (r->windows == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its NVE windows", t->files.part);
    r->n_window_steps = n;
    return file_read_at(ctx, &t->window_file, r->windows, n * sizeof *r->windows, 0);
}

static QmtStatus part_take(QmtContext *ctx, Trajectory *t, const char *metadata,
                           TrajectoryReader *r)
{
    const TrajectoryLayout *layout = &t->layout;
    const size_t n = r->n_atoms = layout->n_atoms;
    r->n_frames = t->n_frames;
    r->float64 = layout->float64;
    r->properties = layout->properties;
    r->further = layout->further;
    r->numbers = malloc(n * sizeof *r->numbers);
    r->masses = malloc(n * sizeof *r->masses);
    r->metadata = strdup(metadata);
    if (r->numbers == NULL || r->masses == NULL || r->metadata == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", t->files.part, n);
    memcpy(r->numbers, layout->numbers, n * sizeof *r->numbers);
    for (size_t a = 0; a < n; a++)
        r->masses[a] = (float)layout->masses[a]; // as a file has them
    TRY(part_arrays(ctx, t, r));
    TRY(part_windows(ctx, t, r));
    r->npz.file = t->file;
    t->file = file_none();
    TRY(metadata_parse(ctx, r));
    return memory_make(ctx, r);
}

QmtStatus trajectory_reader_of_part(QmtContext *ctx, const char *folder,
                                    const TrajectoryLayout *layout, const TrajectoryState *state,
                                    const char *metadata, TrajectoryReader **reader)
{
    TrajectoryReader *r = *reader = NULL;
    Trajectory *t = NULL;
    TRY(trajectory_open_for_reading(ctx, folder, layout, state, &t));
    QmtStatus status = reader_make(ctx, t->files.part, &r);
    if (status == QMT_OK)
        status = part_take(ctx, t, metadata, r);
    trajectory_close(&t);
    if (status != QMT_OK)
        trajectory_reader_close(&r);
    *reader = r;
    return status;
}

void trajectory_reader_close(TrajectoryReader **reader)
{
    TrajectoryReader *const r = *reader;
    if (r == NULL)
        return;
    npz_close(&r->npz);
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++)
        free(r->raw[i]);
    free(r->vectors);
    free(r->numbers);
    free(r->masses);
    free(r->metadata);
    free(r->windows);
    free(r);
    *reader = NULL;
}

QmtStatus trajectory_reader_verify(QmtContext *ctx, TrajectoryReader *r)
{
    const bool finished = r->array[ARRAY_TYPES] != NULL;
    return finished ? npz_verify(ctx, &r->npz) : QMT_OK;
}

/// Brings frame f and those behind it into memory: many if they are asked for one after another.
static QmtStatus rows_read(QmtContext *ctx, TrajectoryReader *r, uint64_t f)
{
    const bool in_order = f == r->first + r->n_held;
    const uint64_t left = r->n_frames - f;
    const size_t n = !in_order ? 1 : left < r->capacity ? (size_t)left : r->capacity;
    r->n_held = 0;
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++)
        if (r->raw[i] != NULL)
            TRY(npz_read_rows(ctx, &r->npz, r->array[i], f, n, r->raw[i]));
    r->first = f;
    r->n_held = n;
    return QMT_OK;
}

QmtStatus trajectory_reader_frame(QmtContext *ctx, TrajectoryReader *r, uint64_t f,
                                  const TrajectoryFrame **frame)
{
    if (f >= r->n_frames)
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: there is no frame %" PRIu64 ", it has %" PRIu64,
                    r->npz.file.path, f, r->n_frames);
    if (f < r->first || f >= r->first + r->n_held)
        TRY(rows_read(ctx, r, f));
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        const NpzArray *const array = r->array[i];
        if (r->raw[i] == NULL)
            continue;
        const size_t row = (size_t)array->row_bytes;
        npz_numbers(array, r->raw[i] + (f - r->first) * row, row / array->item_bytes, r->place[i]);
    }
    *frame = &r->frame;
    return QMT_OK;
}
