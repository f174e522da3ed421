#include "trajectory/convert.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/json.h"

static SinkSpec spec_of(const TrajectoryReader *reader, const ConvertOptions *options)
{
    const uint64_t n = reader->n_frames;
    SinkSpec spec = {.layout = {.n_atoms = reader->n_atoms,
                                .n_frames = n > 0 ? (n - 1) / options->every + 1 : 0,
                                .float64 = reader->float64,
                                .properties = reader->properties,
                                .further = reader->further,
                                .numbers = reader->numbers,
                                .masses = reader->masses,
                                .n_window_steps = reader->n_window_steps,
                                .window_text = reader->array[ARRAY_NVE_TEXT] != NULL},
                     .has_state = reader->has_state,
                     .charge = reader->charge,
                     .multiplicity = reader->multiplicity,
                     .every = options->every,
                     .momenta = options->momenta};
    snprintf(spec.name, sizeof spec.name, "%s", reader->name);
    return spec;
}

/// The metadata of every K-th frame: the interval at which frames are saved grows with K. NULL if there is no
/// memory; the caller frees it.
static char *metadata_of(const TrajectoryReader *reader, uint64_t every)
{
    if (every == 1)
        return strdup(reader->metadata);
    json_begin();
    cJSON *const object = cJSON_Parse(reader->metadata);
    cJSON *const interval = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(object, "config"), "save_interval_steps");
    if (cJSON_IsNumber(interval))
        cJSON_SetNumberValue(interval, interval->valuedouble * (double)every);
    cJSON *const frames = cJSON_GetObjectItemCaseSensitive(object, "num_frames");
    if (cJSON_IsNumber(frames))
        cJSON_SetNumberValue(frames, (double)((reader->n_frames - 1) / every + 1));
    cJSON_AddNumberToObject(object, "every", (double)every);
    json_numbers_keep(object);
    return json_text(object, false);
}

static QmtStatus frames_copy(QmtContext *ctx, TrajectoryReader *reader, Sink *sink, uint64_t every)
{
    const TrajectoryFrame *frame;
    for (uint64_t f = 0; f < reader->n_frames;) {
        TRY(trajectory_reader_frame(ctx, reader, f, &frame));
        TRY(sink_append(ctx, sink, frame));
        f = every < reader->n_frames - f ? f + every : reader->n_frames;
    }
    for (size_t i = 0; i < reader->n_window_steps; i++)
        TRY(sink_window(ctx, sink, &reader->windows[i]));
    return QMT_OK;
}

/// What the schema does not know is left out, but not without a word.
static void others_tell(QmtContext *ctx, const TrajectoryReader *reader)
{
    for (size_t i = 0; i < reader->npz.n; i++)
        if (trajectory_array_find(reader->npz.arrays[i].name) == N_TRAJECTORY_ARRAYS)
            context_log(ctx, QMT_LOG_WARNING, "%s: array %s is unknown here and left out",
                        reader->npz.file.path, reader->npz.arrays[i].name);
}

QmtStatus trajectory_convert(QmtContext *ctx, TrajectoryReader *reader, const SinkType *type,
                             const char *to, const ConvertOptions *options, uint64_t *n_frames)
{
    assert(options->every > 0);
    const SinkSpec spec = spec_of(reader, options);
    Sink *sink = NULL;
    char part[FILE_PATH_SIZE];
    TRY(file_check_new(ctx, to, NULL));
    snprintf(part, sizeof part, "%.4090s.part", to);
    if (file_is_same(part, reader->npz.file.path))
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%.900s: is the input, and the output has this name while it is written; "
                    "choose another name",
                    part);
    if (options->momenta && strcmp(reader->velocity_unit, "nm/ps") != 0)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: velocity_units is \"%s\", not nm/ps; convert without momenta",
                    reader->npz.file.path,
                    reader->velocity_unit[0] != '\0' ? reader->velocity_unit : "missing");
    TRY(trajectory_reader_verify(ctx, reader));
    others_tell(ctx, reader);
    char *const metadata = reader->metadata != NULL ? metadata_of(reader, options->every) : NULL;
    if (metadata == NULL && reader->metadata != NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its metadata", reader->npz.file.path);
    QmtStatus status = type->open(ctx, to, &spec, &sink);
    if (status == QMT_OK) {
        status = frames_copy(ctx, reader, sink, options->every);
        if (status == QMT_OK)
            status = sink_finish(ctx, sink, metadata);
        if (status == QMT_OK) {
            *n_frames = sink->n_frames;
            sink_close(&sink);
        } else {
            sink_discard(&sink);
        }
    }
    free(metadata);
    return status;
}
