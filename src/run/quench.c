#include "run/quench.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "io/file.h"
#include "io/lock.h"
#include "run/files.h"
#include "trajectory/trajectory_reader.h"

/// Relaxed by few steps, then new velocities and production at once.
static Config config_of_copy(const Config *hot)
{
    const Config initial = config_default();
    Config config = *hot;
    config.temperature_k = (ConfigReals){.n = 1, .value = {hot->quench.then_k}};
    config.temperature_ramp = initial.temperature_ramp;
    config.length_ps = hot->quench.ps;
    config.equilibration_ps = 0.0;
    config.nve_every_ps = 0.0;
    config.optimize = hot->quench.steps > 0;
    config.optimize_max_steps = config.optimize ? hot->quench.steps : initial.optimize_max_steps;
    config_block_reset(&config, "bias");
    config_block_reset(&config, "push");
    config_block_reset(&config, "quench");
    const int64_t n_steps = config_steps(&config, config.length_ps);
    if (config.save_interval_steps > n_steps)
        config.save_interval_steps = n_steps;
    return config;
}

void quench_mark(const char *from, int number, RunSpec *copy)
{
    const size_t used = strlen(copy->variant);
    copy->quench = (QuenchFacts){.number = number, .frame = QUENCH_FRAME_UNKNOWN};
    snprintf(copy->variant + used, sizeof copy->variant - used, "%sq%03d", used > 0 ? "/" : "",
             number);
    snprintf(copy->label, sizeof copy->label, "%.*s.q%03d", (int)sizeof copy->label - 16, from,
             number);
}

void quench_task(const RunSpec *hot, int number, RunSpec *copy)
{
    const int64_t frame = (number - 1) * config_frames_between_copies(&hot->config);
    const double frame_ps = 1e-3 * (double)hot->config.save_interval_steps * hot->config.dt_fs;
    *copy = *hot;
    copy->config = config_of_copy(&hot->config);
    quench_mark(hot->label, number, copy);
    copy->quench.frame = frame;
    copy->quench.time_ps = (double)frame * frame_ps;
    copy->cost = hot->cost * (double)spec_steps(&copy->config) / (double)spec_steps(&hot->config);
    const TrajectoryLayout layout = spec_layout(copy, NULL);
    const double shorter =
        (double)config_frames(&copy->config) / (double)config_frames(&hot->config);
    // Of a SMILES the number of atoms is not known yet.
    copy->n_bytes = copy->structure->n_atoms > 0 ? trajectory_bytes(&layout)
                                                 : (uint64_t)((double)hot->n_bytes * shorter);
}

bool quench_origin(const char *label, char *origin)
{
    const char *const dot = strrchr(label, '.');
    const size_t n_digits = dot != NULL && dot[1] == 'q' ? strspn(dot + 2, "0123456789") : 0;
    if (n_digits < 3 || dot[2 + n_digits] != '\0' || dot == label)
        return false;
    if (origin != NULL) {
        memcpy(origin, label, (size_t)(dot - label));
        origin[dot - label] = '\0';
    }
    return true;
}

void quench_label(const RunSpec *task, char label[SPEC_LABEL_SIZE])
{
    memcpy(label, task->label, sizeof task->label);
    if (task->quench.number > 0)
        (void)quench_origin(task->label, label);
}

/// Fails if the origin is not finished.
static QmtStatus origin_check(QmtContext *ctx, const RunOptions *settings, const RunSpec *copy,
                              char path[FILE_PATH_SIZE])
{
    char folder[FILE_PATH_SIZE], holder[LOCK_HOLDER_SIZE], origin[SPEC_LABEL_SIZE];
    quench_label(copy, origin);
    TRY(file_join(ctx, settings->out, origin, folder));
    TRY(file_join(ctx, folder, RUN_FILE_LOCK, path));
    if (lock_look(path, holder) == LOCK_HELD)
        return FAIL(ctx, QMT_ERR_LOCKED, "is a copy of a frame of %s, which is held by %s, skipped",
                    origin, holder);
    TRY(file_join(ctx, folder, RUN_FILE_COMPLETE, path));
    if (file_exists(path))
        return QMT_OK;
    return FAIL(ctx, QMT_ERR_INPUT,
                "is a copy of a frame of %s, which is not complete; the same command makes both",
                origin);
}

static QmtStatus positions_take(QmtContext *ctx, const char *path, const RunSpec *copy,
                                TrajectoryReader *reader, Structure *structure)
{
    const TrajectoryFrame *frame;
    if ((uint64_t)copy->quench.frame >= reader->n_frames)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: has %" PRIu64 " frames, and no frame %" PRId64 " to copy", path,
                    reader->n_frames, copy->quench.frame);
    if (reader->n_atoms != structure->n_atoms ||
        memcmp(reader->numbers, structure->numbers, reader->n_atoms * sizeof *reader->numbers) != 0)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "%s: its atoms are not those of %s", path,
                    structure->name);
    TRY(trajectory_reader_frame(ctx, reader, (uint64_t)copy->quench.frame, &frame));
    for (size_t a = 0; a < structure->n_atoms; a++)
        for (int x = 0; x < 3; x++)
            structure->xyz[a][x] = frame->pos[a][x] * BOHR_PER_NM;
    return QMT_OK;
}

QmtStatus quench_start(QmtContext *ctx, const RunOptions *settings, const RunSpec *copy,
                       Structure *structure)
{
    char path[FILE_PATH_SIZE];
    TrajectoryReader *reader = NULL;
    TRY(origin_check(ctx, settings, copy, path));
    TRY(trajectory_reader_open(ctx, path, &reader));
    const QmtStatus status = positions_take(ctx, path, copy, reader, structure);
    trajectory_reader_close(&reader);
    return status;
}
