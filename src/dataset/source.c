#include "dataset/source.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dataset/source_paths.h"
#include "engine/xtb.h"
#include "io/zip.h"
#include "run/partial.h"

const char *split_name(Split split)
{
    static const char *const NAMES[N_SPLITS] = {"train", "valid", "test"};
    return NAMES[split];
}

QmtStatus source_open(QmtContext *ctx, const Source *source, TrajectoryReader **reader)
{
    return partial_is(source->path) ? partial_open(ctx, source->path, reader)
                                    : trajectory_reader_open(ctx, source->path, reader);
}

static const char *text_in(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static void word_in(const cJSON *object, const char *key, char word[SOURCE_WORD_SIZE])
{
    const char *const text = text_in(object, key);
    snprintf(word, SOURCE_WORD_SIZE, "%s", text != NULL ? text : "");
}

/// A key of solvation; what the first version did not write was the default.
static void solvation_in(const Source *source, const cJSON *config, const char *key,
                         const char *initial, char word[SOURCE_WORD_SIZE])
{
    const char *const text = text_in(config, key);
    snprintf(word, SOURCE_WORD_SIZE, "%s",
             source->solvent[0] == '\0' ? ""
             : text != NULL             ? text
                                        : initial);
}

/// What the metadata say.
static QmtStatus metadata_take(QmtContext *ctx, const char *metadata, Source *source)
{
    cJSON *const object = cJSON_Parse(metadata);
    const cJSON *const config = cJSON_GetObjectItemCaseSensitive(object, "config");
    const cJSON *const replica = cJSON_GetObjectItemCaseSensitive(object, "replica");
    const cJSON *const frame = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(object, "quench"), "frame");
    const cJSON *const kelvin =
        cJSON_GetObjectItemCaseSensitive(config, "electronic_temperature_K");
    const char *const smiles = text_in(object, "smiles"), *const status = text_in(object, "status");
    const QmtEngineOptions initial = xtb_options_default();
    word_in(object, "qm_method", source->method);
    word_in(object, "solvent", source->solvent);
    word_in(object, "solvation_model", source->solvation_model);
    solvation_in(source, config, "solvation_state", initial.solvation_state,
                 source->solvation_state);
    solvation_in(source, config, "solvation_grid", initial.solvation_grid, source->solvation_grid);
    source->replica = cJSON_IsNumber(replica) ? replica->valueint : 0;
    source->electronic_temperature_k = cJSON_IsNumber(kelvin) ? kelvin->valuedouble : 0.0;
    source->complete = status == NULL || strcmp(status, "partial") != 0;
    source->smiles = smiles != NULL ? strdup(smiles) : NULL;
    source->drawn = cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(object, "sampling"));
    source->is_copy = cJSON_IsNumber(frame) && frame->valuedouble >= 0.0;
    source->origin_frame = source->is_copy ? (uint64_t)frame->valuedouble : 0;
    // A trajectory that ended where its SCF lost the solution has a frame or two of another one at its end.
    const cJSON *const before = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(object, "ended_early"), "frames_before");
    const cJSON *const every =
        cJSON_GetObjectItemCaseSensitive(object, "every"); // of a converted file
    if (cJSON_IsNumber(before) && before->valuedouble >= 1.0) {
        const double n = ceil(before->valuedouble /
                              (cJSON_IsNumber(every) ? fmax(1.0, every->valuedouble) : 1.0));
        if (n < (double)source->n_frames)
            source->n_frames = (uint64_t)n;
    }
    const bool lost = smiles != NULL && source->smiles == NULL;
    cJSON_Delete(object);
    if (source->method[0] == '\0' || !(source->electronic_temperature_k > 0.0))
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%.900s: the metadata do not say method and electronic temperature; was it "
                    "written by another program?",
                    source->path);
    return lost ? FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory for its SMILES", source->path)
                : QMT_OK;
}

static QmtStatus reader_take(QmtContext *ctx, TrajectoryReader *reader, Source *source)
{
    const TrajectoryFrame *frame;
    source->n_atoms = reader->n_atoms;
    source->n_frames = reader->n_frames;
    if (!reader->has_state || reader->metadata == NULL)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%.900s: the metadata do not say charge and multiplicity, which every frame "
                    "of a set needs; was it written by another program?",
                    source->path);
    if (reader->name[0] == '\0')
        return FAIL(ctx, QMT_ERR_FORMAT, "%.900s: the metadata do not say the molecule's name",
                    source->path);
    source->charge = reader->charge;
    source->multiplicity = reader->multiplicity;
    source->properties = reader->properties;
    snprintf(source->name, sizeof source->name, "%s", reader->name);
    source->numbers = malloc(reader->n_atoms * sizeof *source->numbers);
    if (source->numbers == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory for its atoms", source->path);
    memcpy(source->numbers, reader->numbers, reader->n_atoms * sizeof *source->numbers);
    TRY(metadata_take(ctx, reader->metadata, source));
    if (source->n_frames < 2 || source->drawn)
        return QMT_OK;
    TRY(trajectory_reader_frame(ctx, reader, 0, &frame));
    const double begin = frame->time;
    TRY(trajectory_reader_frame(ctx, reader, source->n_frames - 1, &frame));
    source->interval_ps = (frame->time - begin) / (double)(source->n_frames - 1);
    if (!(source->interval_ps > 0.0))
        return FAIL(ctx, QMT_ERR_FORMAT, "%.900s: the times of its frames do not grow",
                    source->path);
    return QMT_OK;
}

static void source_release(Source *source)
{
    free(source->path);
    free(source->numbers);
    free(source->smiles);
    for (int s = 0; s < N_SPLITS; s++)
        free(source->frames[s]);
    *source = (Source){0};
}

void sources_release(SourceList *list)
{
    for (size_t i = 0; i < list->n; i++)
        source_release(&list->items[i]);
    free(list->items);
    source_paths_release(&list->paths);
    *list = (SourceList){0};
}

static QmtStatus source_add(QmtContext *ctx, const SourcePath *path, bool partial, SourceList *list)
{
    TrajectoryReader *reader = NULL;
    if (list->n == list->room) {
        const size_t room = 2 * list->room + 16;
        Source *const more = realloc(list->items, room * sizeof *more);
        if (more == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", room);
        list->items = more;
        list->room = room;
    }
    Source source = {.path = strdup(path->path)};
    QmtStatus status = source.path == NULL
                           ? FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories")
                           : source_open(ctx, &source, &reader);
    if (status == QMT_OK)
        status = reader_take(ctx, reader, &source);
    trajectory_reader_close(&reader);
    if (status == QMT_OK && !source.complete && !partial) {
        if (!path->in_folder)
            status = FAIL(ctx, QMT_ERR_INPUT,
                          "%.900s: holds a trajectory that did not complete; it is taken on "
                          "request, as a partial one",
                          source.path);
        else
            context_log(ctx, QMT_LOG_WARNING, "%s: did not complete, left out", source.path);
    }
    const bool taken = status == QMT_OK && (source.complete || partial);
    if (taken)
        list->items[list->n++] = source;
    else
        source_release(&source);
    return status;
}

/// Among trajectories in solvents also the zero of their energies and the surface of the solute.
static QmtStatus solvation_compare(QmtContext *ctx, const SourceList *list)
{
    const Source *first = NULL;
    for (size_t i = 0; i < list->n; i++) {
        const Source *const other = &list->items[i];
        if (other->solvent[0] == '\0')
            continue;
        if (first == NULL)
            first = other;
        if (strcmp(first->solvation_state, other->solvation_state) != 0)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%.400s has solvation_state %s and %.400s %s: their energies have "
                        "different zeros and do not go into one set; make one of each",
                        first->path, first->solvation_state, other->path, other->solvation_state);
        if (strcmp(first->solvation_grid, other->solvation_grid) != 0)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%.400s has solvation_grid %s and %.400s %s: their energies do not go into "
                        "one set; make one of each",
                        first->path, first->solvation_grid, other->path, other->solvation_grid);
    }
    return QMT_OK;
}

/// What labels of one set must agree in.
static QmtStatus settings_compare(QmtContext *ctx, const SourceList *list)
{
    const Source *const first = &list->items[0];
    for (size_t i = 1; i < list->n; i++) {
        const Source *const other = &list->items[i];
        if (strcmp(first->method, other->method) != 0)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%.400s is %s and %.400s is %s: energies of two methods do not go into one "
                        "set; make one of each",
                        first->path, first->method, other->path, other->method);
        if (fabs(first->electronic_temperature_k - other->electronic_temperature_k) > 0.0)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%.400s has electrons at %g K and %.400s at %g K: their energies do not go "
                        "into one set; make one of each",
                        first->path, first->electronic_temperature_k, other->path,
                        other->electronic_temperature_k);
    }
    return solvation_compare(ctx, list);
}

int sources_compare(const Source *a, const Source *b)
{
    int order = strcmp(a->name, b->name);
    if (order == 0)
        order = (a->n_atoms > b->n_atoms) - (a->n_atoms < b->n_atoms);
    if (order == 0)
        order = memcmp(a->numbers, b->numbers, a->n_atoms * sizeof *a->numbers);
    if (order == 0)
        order = (a->charge > b->charge) - (a->charge < b->charge);
    if (order == 0)
        order = (a->multiplicity > b->multiplicity) - (a->multiplicity < b->multiplicity);
    if (order == 0)
        order = strcmp(a->solvent, b->solvent);
    return order != 0 ? order : strcmp(a->solvation_model, b->solvation_model);
}

/// Molecules of one name and state together, replicas in their order, else by their paths.
static int by_molecule(const void *a, const void *b)
{
    const Source *const x = a, *const y = b;
    const int order = sources_compare(x, y);
    if (order != 0)
        return order;
    if (x->replica != y->replica)
        return x->replica < y->replica ? -1 : 1;
    return strcmp(x->path, y->path);
}

QmtStatus sources_find(QmtContext *ctx, const char *const *paths, size_t n_paths, bool partial,
                       SourceList *list)
{
    SourceList made = {0};
    QmtStatus status = source_paths_find(ctx, paths, n_paths, partial, &made.paths);
    for (size_t i = 0; i < made.paths.n && status == QMT_OK; i++)
        status = source_add(ctx, &made.paths.items[i], partial, &made);
    if (status == QMT_OK && made.n == 0)
        status = FAIL(ctx, QMT_ERR_INPUT,
                      "there is no complete trajectory; partial ones are taken on request only");
    if (status == QMT_OK) {
        status = settings_compare(ctx, &made);
        qsort(made.items, made.n, sizeof *made.items, by_molecule);
    }
    if (status != QMT_OK)
        sources_release(&made);
    else
        *list = made;
    return status;
}

QmtStatus source_frame(QmtContext *ctx, TrajectoryReader *reader, uint64_t f,
                       const TrajectoryFrame **frame)
{
    TRY(trajectory_reader_frame(ctx, reader, f, frame));
    for (size_t i = 0; i < N_TRAJECTORY_ARRAYS; i++) {
        const TrajectoryArray array = trajectory_array(i);
        if (array.role != ROLE_FRAME || !trajectory_array_is_there(i, 0, reader->properties) ||
            (i >= N_ARRAYS && PROPERTIES[i - N_ARRAYS].may_be_nan))
            continue;
        const double *const numbers =
            trajectory_frame_numbers(*frame, i, reader->properties, reader->n_atoms);
        const size_t n = trajectory_array_row(&array, reader->n_atoms);
        for (size_t k = 0; k < n; k++)
            if (!isfinite(numbers[k]))
                return FAIL(ctx, QMT_ERR_FORMAT,
                            "%.800s: %s of frame %" PRIu64 " holds %g: the file is damaged, leave "
                            "it out",
                            reader->npz.file.path, array.name, f, numbers[k]);
    }
    return QMT_OK;
}

QmtStatus source_verify(QmtContext *ctx, Source *source, TrajectoryReader *reader)
{
    enum { PIECE = 1 << 20 };
    TRY(trajectory_reader_verify(ctx, reader));
    unsigned char *const piece = malloc(PIECE);
    QmtStatus status = piece != NULL ? file_size(ctx, &reader->npz.file, &source->n_bytes)
                                     : FAIL(ctx, QMT_ERR_MEMORY, "no memory for a checksum");
    source->crc = 0;
    for (uint64_t at = 0; at < source->n_bytes && status == QMT_OK; at += PIECE) {
        const uint64_t left = source->n_bytes - at;
        const size_t n = left < PIECE ? (size_t)left : PIECE;
        status = file_read_at(ctx, &reader->npz.file, piece, n, at);
        source->crc = status == QMT_OK ? zip_crc(source->crc, piece, n) : 0;
    }
    free(piece);
    return status;
}
