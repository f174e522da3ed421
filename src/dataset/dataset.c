#include "dataset/dataset.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "data/citations.h"
#include "dataset/folder.h"
#include "dataset/manifest.h"
#include "dataset/origin.h"
#include "dataset/report.h"
#include "io/hdf5.h"
#include "io/processes.h"

/// A set on its way.
typedef struct {
    Set set;
    const SetFormat *format;
    Folder folder;
    Manifest manifest;
    Statistics statistics[N_SPLITS];
    Overlap overlap;
    DatasetProgressFunction progress;
    void *user;
    uint64_t n_written, n_total;
    const size_t *chosen_now; ///< of the sources whose frames are being chosen
    size_t n_done;            ///< before them
} Job;

/// Sent back by the process that chose the frames of a trajectory, in front of their numbers.
typedef struct {
    uint32_t crc;
    uint64_t n_bytes;
    Correlation correlation;
    double gap_ps;
    size_t n_chosen[N_SPLITS], n_over_energy, n_over_force;
} Chosen;

static void job_tell(Job *job, const char *step, uint64_t done, uint64_t total)
{
    const QmtDatasetProgress progress = {.step = step, .done = done, .total = total};
    if (job->progress != NULL)
        job->progress(job->user, &progress);
}

static QmtStatus source_choose(QmtContext *ctx, void *user, size_t i, Bytes *result)
{
    Job *const job = user;
    Source *const source = &job->set.sources.items[job->chosen_now[i]];
    TrajectoryReader *reader = NULL;
    TRY(source_open(ctx, source, &reader));
    QmtStatus status = source_verify(ctx, source, reader);
    if (status == QMT_OK)
        status = selection_make(ctx, reader, &job->set.plan, job->set.options, source);
    trajectory_reader_close(&reader);
    TRY(status);
    Chosen chosen = {.crc = source->crc,
                     .n_bytes = source->n_bytes,
                     .correlation = source->correlation,
                     .gap_ps = source->gap_ps,
                     .n_over_energy = source->n_over_energy,
                     .n_over_force = source->n_over_force};
    memcpy(chosen.n_chosen, source->n_chosen, sizeof chosen.n_chosen);
    bytes_add(result, &chosen, sizeof chosen);
    for (int s = 0; s < N_SPLITS; s++) {
        bytes_add(result, source->frames[s], source->n_chosen[s] * sizeof *source->frames[s]);
        free(source->frames[s]);
        source->frames[s] = NULL;
    }
    return QMT_OK;
}

static QmtStatus source_chosen(QmtContext *ctx, void *user, size_t i, const Bytes *result)
{
    Job *const job = user;
    Source *const source = &job->set.sources.items[job->chosen_now[i]];
    Chosen chosen;
    memcpy(&chosen, result->data, sizeof chosen);
    source->crc = chosen.crc;
    source->n_bytes = chosen.n_bytes;
    source->correlation = chosen.correlation;
    source->gap_ps = chosen.gap_ps;
    source->n_over_energy = chosen.n_over_energy;
    source->n_over_force = chosen.n_over_force;
    memcpy(source->n_chosen, chosen.n_chosen, sizeof chosen.n_chosen);
    const unsigned char *at = result->data + sizeof chosen;
    for (int s = 0; s < N_SPLITS; s++) {
        const size_t n = source->n_chosen[s] * sizeof *source->frames[s];
        source->frames[s] = malloc(n + 1);
        if (source->frames[s] == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu frames", source->n_chosen[s]);
        memcpy(source->frames[s], at, n);
        at += n;
    }
    job_tell(job, "choosing", job->n_done + i + 1, job->set.sources.n);
    return QMT_OK;
}

/// Chooses the frames of all sources, of copies behind those that they follow.
static QmtStatus sources_choose(QmtContext *ctx, Job *job)
{
    const Set *const set = &job->set;
    size_t *const order = malloc((set->sources.n + 1) * sizeof *order);
    size_t n[2] = {0, 0}, place = 0;
    if (order == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the list of trajectories");
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < set->sources.n; i++)
            if (selection_follows(&set->plan, &set->sources.items[i]) == (turn == 1)) {
                order[place++] = i;
                n[turn]++;
            }
    QmtStatus status = QMT_OK;
    for (int turn = 0; turn < 2 && status == QMT_OK && n[turn] > 0; turn++) {
        job->n_done = turn == 0 ? 0 : n[0];
        job->chosen_now = order + job->n_done;
        status =
            processes_map(ctx, n[turn], set->options->n_workers, source_choose, source_chosen, job);
    }
    free(order);
    return status;
}

/// The frames of one trajectory on their way to one part.
typedef struct {
    const System *system;
    const Source *source;
    Split split;
    SetWriter *writer;
    TrajectoryReader *reader;
    uint64_t lag;
    double *scratch; ///< [9 n_atoms + properties] the first of a pair: the reader keeps one frame
} Passage;

static TrajectoryFrame frame_copy(const TrajectoryFrame *frame, const Source *source,
                                  double *scratch)
{
    const size_t n = 3 * source->n_atoms;
    const size_t n_properties = properties_size(source->properties, source->n_atoms);
    TrajectoryFrame copy = *frame;
    memcpy(scratch, frame->pos, n * sizeof *scratch);
    memcpy(scratch + n, frame->vel, n * sizeof *scratch);
    memcpy(scratch + 2 * n, frame->forces, n * sizeof *scratch);
    if (n_properties > 0)
        memcpy(scratch + 3 * n, frame->properties, n_properties * sizeof *scratch);
    copy.properties = scratch + 3 * n;
    copy.pos = (const double(*)[3])scratch;
    copy.vel = (const double(*)[3])(scratch + n);
    copy.forces = (const double(*)[3])(scratch + 2 * n);
    return copy;
}

/// Frame k of those that were chosen, to the writer and the manifest.
static QmtStatus frame_write(QmtContext *ctx, Job *job, const Passage *p, size_t k)
{
    SetFrame frame = {.system = p->system,
                      .source = p->source,
                      .number = p->source->frames[p->split][k],
                      .wide = p->reader->float64,
                      .properties = p->reader->properties,
                      .masses = p->reader->masses};
    TrajectoryFrame first;
    TRY(source_frame(ctx, p->reader, frame.number, &frame.frame));
    if (p->lag > 0) {
        first = frame_copy(frame.frame, p->source, p->scratch);
        frame.frame = &first;
        TRY(source_frame(ctx, p->reader, frame.number + p->lag, &frame.later));
    }
    TRY(p->writer->format->append(ctx, p->writer, &frame));
    TRY(manifest_add(ctx, &job->manifest, p->split, &frame));
    statistics_add(&job->statistics[p->split], &frame);
    if (++job->n_written % 64 == 0)
        job_tell(job, "writing", job->n_written, job->n_total);
    return QMT_OK;
}

static QmtStatus source_write(QmtContext *ctx, Job *job, Passage passage)
{
    const Source *const source = passage.source;
    const size_t n_chosen = source->n_chosen[passage.split];
    if (n_chosen == 0)
        return QMT_OK;
    TRY(selection_lag(ctx, source, job->set.options->lag_fs, &passage.lag));
    const size_t n_scratch =
        9 * source->n_atoms + properties_size(source->properties, source->n_atoms);
    passage.scratch = malloc(n_scratch * sizeof *passage.scratch);
    QmtStatus status = passage.scratch != NULL
                           ? source_open(ctx, source, &passage.reader)
                           : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu atoms", source->n_atoms);
    for (size_t k = 0; k < n_chosen && status == QMT_OK; k++)
        status = frame_write(ctx, job, &passage, k);
    trajectory_reader_close(&passage.reader);
    free(passage.scratch);
    return status;
}

static QmtStatus systems_write(QmtContext *ctx, Job *job, Split split, SetWriter *writer)
{
    for (size_t i = 0; i < job->set.n_systems; i++) {
        const System *const system = &job->set.systems[i];
        if (system->n_frames[split] == 0)
            continue;
        TRY(writer->format->system(ctx, writer, system));
        for (size_t k = 0; k < system->n_sources; k++)
            TRY(source_write(ctx, job,
                             (Passage){.system = system,
                                       .source = &system->first[k],
                                       .split = split,
                                       .writer = writer}));
    }
    return writer->format->finish(ctx, writer);
}

static QmtStatus parts_write(QmtContext *ctx, Job *job)
{
    for (int s = 0; s < N_SPLITS; s++)
        job->n_total += job->set.n_frames[s];
    QmtStatus status =
        manifest_begin(ctx, job->folder.part, &job->set, job->format, &job->manifest);
    for (int s = 0; s < N_SPLITS && status == QMT_OK; s++) {
        SetWriter *writer = NULL;
        if (job->set.n_frames[s] == 0)
            continue;
        status =
            job->format->open(ctx, job->format, &job->set, job->folder.part, (Split)s, &writer);
        if (status != QMT_OK)
            break;
        status = systems_write(ctx, job, (Split)s, writer);
        job->format->close(writer);
    }
    if (status == QMT_OK)
        status = manifest_finish(ctx, &job->manifest);
    manifest_abandon(&job->manifest);
    return status;
}

static void overlap_told(void *user, uint64_t done, uint64_t total)
{
    job_tell(user, "comparing", done, total);
}

static QmtStatus file_put(QmtContext *ctx, const Job *job, const char *name, const char *text)
{
    char path[FILE_PATH_SIZE];
    TRY(file_join(ctx, job->folder.part, name, path));
    return file_write_whole(ctx, path, text, strlen(text));
}

/// What goes beside the data.
static QmtStatus texts_write(QmtContext *ctx, Job *job, char **summary)
{
    const SetReport report = {.set = &job->set,
                              .format = job->format,
                              .statistics = job->statistics,
                              .overlap = &job->overlap};
    char *readme = NULL, *json = NULL;
    TRY(report_summary(ctx, &report, summary));
    QmtStatus status = report_readme(ctx, &report, *summary, &readme);
    if (status == QMT_OK)
        status = file_put(ctx, job, "README.md", readme);
    if (status == QMT_OK)
        status = report_json(ctx, &report, &json);
    if (status == QMT_OK)
        status = file_put(ctx, job, "summary.json", json);
    if (status == QMT_OK)
        status = file_put(ctx, job, "citations.bib", citations_bibtex());
    if (status == QMT_OK)
        status = manifest_sources_write(ctx, job->folder.part, &job->set);
    free(readme);
    cJSON_free(json);
    return status;
}

/// Everything that goes into OUT.part.
static QmtStatus folder_fill(QmtContext *ctx, Job *job, char **summary)
{
    Set *const set = &job->set;
    TRY(sources_choose(ctx, job));
    TRY(set_systems_find(ctx, set));
    TRY(set_atoms_compute(ctx, set));
    TRY(parts_write(ctx, job));
    if (job->format->extras != NULL)
        TRY(job->format->extras(ctx, job->format, set, job->folder.part));
    TRY(overlap_find(ctx, set, overlap_told, job, &job->overlap));
    return texts_write(ctx, job, summary);
}

static QmtStatus format_take(QmtContext *ctx, const QmtDatasetOptions *options,
                             const SetFormat **format)
{
    *format = set_format_find(options->format);
    if (*format == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "%.60s: no such format of training sets", options->format);
    if (options->lag_fs > 0.0 && !(*format)->pairs)
        return FAIL(ctx, QMT_ERR_USAGE, "%s: has no place for pairs of frames", options->format);
    if (options->units != NULL && !(*format)->units)
        return FAIL(ctx, QMT_ERR_USAGE, "%s: has units of its own; leave the choice out",
                    options->format);
    return (*format)->hdf5 ? hdf5_require(ctx) : QMT_OK;
}

QmtStatus dataset_make(QmtContext *ctx, const char *const *paths, size_t n_paths, const char *out,
                       const QmtDatasetOptions *options, DatasetProgressFunction progress,
                       void *user, char **summary)
{
    const double parts[N_SPLITS] = {options->train, options->valid, options->test};
    Job job = {.set = {.options = options, .out = out}, .progress = progress, .user = user};
    char *text = NULL;
    TRY(format_take(ctx, options, &job.format));
    TRY(selection_check(ctx, options));
    TRY(sources_find(ctx, paths, n_paths, options->partial != 0, &job.set.sources));
    QmtStatus status = origins_find(ctx, &job.set.sources);
    if (status == QMT_OK)
        status = split_plan(ctx, &job.set.sources, parts, options->by, options->seed,
                            options->gap_ps, &job.set.plan);
    if (status == QMT_OK)
        status = folder_begin(ctx, out, &job.folder);
    if (status == QMT_OK) {
        status = folder_fill(ctx, &job, &text);
        if (status == QMT_OK)
            status = folder_finish(ctx, &job.folder);
        if (status != QMT_OK) {
            const Message message = context_keep(ctx);
            folder_discard(&job.folder);
            context_restore(ctx, &message);
        }
    }
    set_release(&job.set);
    if (status == QMT_OK && summary != NULL)
        *summary = text;
    else
        free(text);
    return status;
}
