#include <stdlib.h>

#include "trajectory/sink.h"

/// trajectory.npz, by the writer of trajectory/trajectory.h.
typedef struct {
    Sink face; // first: a Sink * is an NpzSink *
    Trajectory *trajectory;
} NpzSink;

/// Puts a face on a trajectory that was opened with this status.
static QmtStatus wrap(QmtContext *ctx, QmtStatus status, Trajectory *trajectory, Sink **sink)
{
    TRY(status);
    NpzSink *const made = calloc(1, sizeof *made);
    if (made == NULL) {
        trajectory_close(&trajectory);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the trajectory writer");
    }
    *made = (NpzSink){.face = {.type = &SINK_NPZ, .n_frames = trajectory_n_frames(trajectory)},
                      .trajectory = trajectory};
    *sink = &made->face;
    return QMT_OK;
}

static Trajectory *trajectory_of(Sink *sink)
{
    return ((NpzSink *)sink)->trajectory;
}

static QmtStatus npz_sink_open(QmtContext *ctx, const char *path, const SinkSpec *spec, Sink **sink)
{
    Trajectory *t = NULL;
    if (spec->layout.n_frames == 0)
        return FAIL(ctx, QMT_ERR_FORMAT, "%s: there are no frames to write", path);
    const QmtStatus status = trajectory_create_file(ctx, path, &spec->layout, &t);
    return wrap(ctx, status, t, sink);
}

static QmtStatus npz_sink_begin(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                                Sink **sink)
{
    Trajectory *t = NULL;
    const QmtStatus status = trajectory_create(ctx, folder, layout, &t);
    return wrap(ctx, status, t, sink);
}

static QmtStatus npz_sink_resume(QmtContext *ctx, const char *folder,
                                 const TrajectoryLayout *layout, const TrajectoryState *state,
                                 Sink **sink)
{
    Trajectory *t = NULL;
    const QmtStatus status = trajectory_open_for_append(ctx, folder, layout, state, &t);
    return wrap(ctx, status, t, sink);
}

static QmtStatus npz_sink_extend(QmtContext *ctx, const char *folder,
                                 const TrajectoryLayout *layout, uint64_t n_frames_before,
                                 const TrajectoryState *state, const void *windows,
                                 size_t windows_size, Sink **sink)
{
    Trajectory *t = NULL;
    const QmtStatus status =
        trajectory_extend(ctx, folder, layout, n_frames_before, state, windows, windows_size, &t);
    return wrap(ctx, status, t, sink);
}

static QmtStatus npz_sink_recover(QmtContext *ctx, const char *folder,
                                  const TrajectoryLayout *layout, Sink **sink)
{
    Trajectory *t = NULL;
    const QmtStatus status = trajectory_recover(ctx, folder, layout, &t);
    return wrap(ctx, status, t, sink);
}

static QmtStatus npz_sink_append(QmtContext *ctx, Sink *sink, const TrajectoryFrame *frame)
{
    return trajectory_append(ctx, trajectory_of(sink), frame);
}

static QmtStatus npz_sink_window(QmtContext *ctx, Sink *sink, const TrajectoryWindowStep *step)
{
    return trajectory_window_add(ctx, trajectory_of(sink), step);
}

static QmtStatus npz_sink_mark(QmtContext *ctx, Sink *sink, TrajectoryState *state)
{
    return trajectory_flush_state(ctx, trajectory_of(sink), state);
}

static QmtStatus npz_sink_finish(QmtContext *ctx, Sink *sink, const char *metadata)
{
    return trajectory_finish(ctx, trajectory_of(sink), metadata != NULL ? metadata : "{}");
}

static QmtStatus npz_sink_finish_partial(QmtContext *ctx, Sink *sink, const char *metadata)
{
    return trajectory_finish_partial(ctx, trajectory_of(sink), metadata);
}

static void npz_sink_close(Sink *sink)
{
    trajectory_close(&((NpzSink *)sink)->trajectory);
    free(sink);
}

static void npz_sink_discard(Sink *sink)
{
    trajectory_discard(&((NpzSink *)sink)->trajectory);
    free(sink);
}

static const SinkRunType RUN = {.begin = npz_sink_begin,
                                .resume = npz_sink_resume,
                                .extend = npz_sink_extend,
                                .recover = npz_sink_recover,
                                .mark = npz_sink_mark,
                                .finish_partial = npz_sink_finish_partial};

const SinkType SINK_NPZ = {.name = "npz",
                           .ending = ".frames.npz",
                           .help = "a trajectory as a run writes it, e.g. the frames so far of one "
                                   "that is not finished",
                           .is_trajectory = true,
                           .run = &RUN,
                           .open = npz_sink_open,
                           .append = npz_sink_append,
                           .window = npz_sink_window,
                           .finish = npz_sink_finish,
                           .close = npz_sink_close,
                           .discard = npz_sink_discard};
