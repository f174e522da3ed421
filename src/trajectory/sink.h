#ifndef TRAJECTORY_SINK_H
#define TRAJECTORY_SINK_H

#include "base/context.h"
#include "structure/structure.h"
#include "trajectory/trajectory.h"

/// The face of every format that trajectories are written in. Frames go in one after another, the file has
/// its name when it is whole and on the disk. A new format is a file sink_NAME.c and a row of SINKS in
/// sink.c; `qmtraj convert --to` and its help walk that table.

/// What a sink is told before the first frame.
typedef struct {
    TrajectoryLayout layout; ///< n_frames: so many will be appended
    char name[STRUCTURE_NAME_SIZE];
    bool has_state; ///< charge and multiplicity are known
    int charge, multiplicity;
    uint64_t every; ///< frame k of the sink is frame k * every of the trajectory
    bool momenta;   ///< momenta and masses too, for formats that have_momenta
} SinkSpec;

typedef struct Sink Sink;

/// Of a format that a run can write while it moves, into the folder of the run, and go on with after an
/// interruption. See trajectory.h for what each function promises.
typedef struct {
    QmtStatus (*begin)(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                       Sink **sink);
    QmtStatus (*resume)(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                        const TrajectoryState *state, Sink **sink);
    QmtStatus (*extend)(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                        uint64_t n_frames_before, const TrajectoryState *state, const void *windows,
                        size_t windows_size, Sink **sink);
    QmtStatus (*recover)(QmtContext *ctx, const char *folder, const TrajectoryLayout *layout,
                         Sink **sink);
    QmtStatus (*mark)(QmtContext *ctx, Sink *sink, TrajectoryState *state);
    QmtStatus (*finish_partial)(QmtContext *ctx, Sink *sink, const char *metadata);
} SinkRunType;

typedef struct {
    const char *name;       ///< as in --to
    const char *ending;     ///< of the file or folder that `convert` makes beside FILE
    const char *help;       ///< what it is, a few words
    bool has_momenta;       ///< can write momenta on request
    bool is_trajectory;     ///< this program reads it again
    const SinkRunType *run; ///< NULL: only `convert` writes it

    /// Makes PATH.part, or more than one such thing. Fails with QMT_ERR_FORMAT if the format needs what the
    /// spec has not, QMT_ERR_IO or QMT_ERR_MEMORY; nothing is left then.
    QmtStatus (*open)(QmtContext *ctx, const char *path, const SinkSpec *spec, Sink **sink);
    QmtStatus (*append)(QmtContext *ctx, Sink *sink, const TrajectoryFrame *frame);
    /// A step of an NVE window; NULL: the format has no place for them.
    QmtStatus (*window)(QmtContext *ctx, Sink *sink, const TrajectoryWindowStep *step);
    /// All frames are there: writes what is left and gives the file its name. The sink is then to be closed.
    ///
    /// @param metadata  JSON; NULL: none
    QmtStatus (*finish)(QmtContext *ctx, Sink *sink, const char *metadata);
    /// Frees the sink; what was written stays as it is.
    void (*close)(Sink *sink);
    /// Removes what was written and frees the sink.
    void (*discard)(Sink *sink);
} SinkType;

/// First member of every sink.
struct Sink {
    const SinkType *type;
    uint64_t n_frames; ///< appended, or there before
};

extern const SinkType SINK_NPZ; ///< what runs write
extern const SinkType *const SINKS[];
extern const size_t N_SINKS;

/// A format by name; NULL if there is none.
const SinkType *sink_find(const char *name);

static inline QmtStatus sink_append(QmtContext *ctx, Sink *sink, const TrajectoryFrame *frame)
{
    TRY(sink->type->append(ctx, sink, frame));
    sink->n_frames++;
    return QMT_OK;
}

static inline QmtStatus sink_window(QmtContext *ctx, Sink *sink, const TrajectoryWindowStep *step)
{
    return sink->type->window != NULL ? sink->type->window(ctx, sink, step) : QMT_OK;
}

static inline QmtStatus sink_finish(QmtContext *ctx, Sink *sink, const char *metadata)
{
    return sink->type->finish(ctx, sink, metadata);
}

/// Closes and sets the pointer to NULL; accepts NULL.
static inline void sink_close(Sink **sink)
{
    if (*sink != NULL)
        (*sink)->type->close(*sink);
    *sink = NULL;
}

/// Likewise, and removes what was written.
static inline void sink_discard(Sink **sink)
{
    if (*sink != NULL)
        (*sink)->type->discard(*sink);
    *sink = NULL;
}

#endif
