#include "dataset/selection.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/correlation.h"
#include "dataset/diverse.h"

/// A gap that was not asked for: so many autocorrelation times, but no more than this part of the trajectory.
static const double GAP_TIMES = 5.0, GAP_PART_MAX = 0.05;

/// A trajectory on its way.
typedef struct {
    TrajectoryReader *reader;
    const QmtDatasetOptions *options;
    Source *source;
    uint64_t lag;
    bool *usable;         ///< [n_frames] NULL: all are
    uint64_t *candidates; ///< [n_frames] of one block
} Choice;

/// The metric of a name; N_DIVERSE_METRICS if there is none.
static DiverseMetric metric_of(const QmtDatasetOptions *options)
{
    int m = DIVERSE_RMSD;
    while (options->metric != NULL && m < N_DIVERSE_METRICS &&
           strcmp(options->metric, diverse_metric_name((DiverseMetric)m)) != 0)
        m++;
    return (DiverseMetric)m;
}

QmtStatus selection_check(QmtContext *ctx, const QmtDatasetOptions *o)
{
    const int n_ways = (o->every > 0) + (o->every_ps > 0.0) + (o->n_frames > 0) +
                       (o->n_diverse > 0) + (o->decorrelated != 0);
    if (n_ways > 1)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "frames are chosen in one way: every K-th, at intervals of time, a number, "
                    "diverse or decorrelated");
    if (!(o->every_ps >= 0.0) || !(o->energy_window_ev >= 0.0) ||
        !(o->max_force_ev_angstrom >= 0.0) || !(o->lag_fs >= 0.0) || isnan(o->gap_ps) ||
        isinf(o->every_ps + o->energy_window_ev + o->max_force_ev_angstrom + o->lag_fs + o->gap_ps))
        return FAIL(ctx, QMT_ERR_USAGE,
                    "intervals, windows, forces and lags of a set are finite and not negative");
    if (metric_of(o) == N_DIVERSE_METRICS)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "frames are not compared by \"%.60s\"; by rmsd or distances they are",
                    o->metric);
    if (!(o->train > 0.0 && o->valid >= 0.0 && o->test >= 0.0 && isfinite(o->train) &&
          isfinite(o->valid) && isfinite(o->test)))
        return FAIL(ctx, QMT_ERR_USAGE,
                    "the parts of a set are numbers like 80, 10 and 10, the first above 0");
    return QMT_OK;
}

QmtStatus selection_lag(QmtContext *ctx, const Source *source, double lag_fs, uint64_t *lag)
{
    const double frames = source->interval_ps > 0.0 ? 1e-3 * lag_fs / source->interval_ps : 0.0;
    *lag = 0;
    if (!(lag_fs > 0.0))
        return QMT_OK;
    if (source->drawn)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%.800s: its frames are drawn one by one, so that none is %g fs behind another",
                    source->path, lag_fs);
    // the interval comes from times in ps, which are rounded
    if (frames < 0.5 || fabs(frames - rint(frames)) > 1e-6 * frames)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%.800s: has a frame every %g fs, so that none is %g fs behind another",
                    source->path, 1e3 * source->interval_ps, lag_fs);
    *lag = (uint64_t)llround(frames);
    return QMT_OK;
}

/// Lowest potential energy, kJ/mol.
static QmtStatus lowest_energy(QmtContext *ctx, TrajectoryReader *reader, double *lowest)
{
    const TrajectoryFrame *frame;
    *lowest = INFINITY;
    for (uint64_t f = 0; f < reader->n_frames; f++) {
        TRY(trajectory_reader_frame(ctx, reader, f, &frame));
        *lowest = fmin(*lowest, frame->potential);
    }
    return QMT_OK;
}

/// Square of the largest force on an atom, (kJ/mol/nm)^2.
static double largest_force_square(const TrajectoryFrame *frame, size_t n_atoms)
{
    double largest = 0.0;
    for (size_t a = 0; a < n_atoms; a++) {
        const double *const f = frame->forces[a];
        largest = fmax(largest, f[0] * f[0] + f[1] * f[1] + f[2] * f[2]);
    }
    return largest;
}

/// Marks the frames that the windows let pass.
static QmtStatus windows_apply(QmtContext *ctx, Choice *c)
{
    const double window = c->options->energy_window_ev / EV_PER_KJMOL;
    const double force = c->options->max_force_ev_angstrom / EV_PER_KJMOL * ANGSTROM_PER_NM;
    const TrajectoryFrame *frame;
    double lowest = 0.0;
    if (!(window > 0.0) && !(force > 0.0))
        return QMT_OK;
    c->usable = calloc(c->source->n_frames, sizeof *c->usable);
    if (c->usable == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory for its frames", c->source->path);
    if (window > 0.0)
        TRY(lowest_energy(ctx, c->reader, &lowest));
    for (uint64_t f = 0; f < c->source->n_frames; f++) {
        TRY(trajectory_reader_frame(ctx, c->reader, f, &frame));
        const bool over_energy = window > 0.0 && frame->potential - lowest > window;
        const bool over_force =
            force > 0.0 && largest_force_square(frame, c->source->n_atoms) > force * force;
        c->source->n_over_energy += over_energy;
        c->source->n_over_force += over_force && !over_energy;
        c->usable[f] = !over_energy && !over_force;
    }
    return QMT_OK;
}

/// The frames of a block that may be taken: those of a pair both.
static size_t candidates_collect(Choice *c, const Block *block)
{
    size_t n = 0;
    for (uint64_t f = block->begin; f + c->lag < block->end; f++)
        if (c->usable == NULL || (c->usable[f] && c->usable[f + c->lag]))
            c->candidates[n++] = f;
    return n;
}

/// Keeps candidates at multiples of an interval behind frame `from`, in frames; it may be no whole number. Returns how
/// many.
static size_t at_intervals(Choice *c, size_t n, uint64_t from, double interval)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const double frames = (double)(c->candidates[i] - from);
        if (llround(rint(frames / interval) * interval) == (long long)frames)
            c->candidates[kept++] = c->candidates[i];
    }
    return kept;
}

/// Keeps so many candidates, evenly spread.
static size_t spread(Choice *c, size_t n, size_t wanted)
{
    if (wanted >= n)
        return n;
    for (size_t k = 0; k < wanted; k++)
        c->candidates[k] = c->candidates[(size_t)(((double)k + 0.5) * (double)n / (double)wanted)];
    return wanted;
}

/// The share of a block in a number of frames of the whole trajectory, at least one.
static uint64_t quota(const SplitPlan *plan, const Block *blocks, size_t n_blocks, size_t b,
                      uint64_t n)
{
    uint64_t others = 0, own = n;
    for (size_t k = 0; k < n_blocks && n_blocks > 1; k++) {
        const double share = plan->fraction[blocks[k].split] * (double)n;
        const uint64_t rounded = share < 1.0 ? 1 : (uint64_t)llround(share);
        if (blocks[k].split != SPLIT_TRAIN)
            others += rounded;
        if (k == b)
            own = rounded;
    }
    if (n_blocks > 1 && blocks[b].split == SPLIT_TRAIN)
        own = n > others ? n - others : 1;
    return own;
}

/// Chooses among the n candidates, which are overwritten with what is kept.
static QmtStatus candidates_thin(QmtContext *ctx, Choice *c, uint64_t begin, uint64_t wanted,
                                 size_t *n)
{
    const QmtDatasetOptions *const o = c->options;
    const double interval = c->source->interval_ps;
    if (o->every > 1)
        *n = at_intervals(c, *n, 0, (double)o->every);
    else if (o->every_ps > 0.0 && interval > 0.0)
        *n = at_intervals(c, *n, 0, fmax(1.0, o->every_ps / interval));
    else if (o->decorrelated && interval > 0.0) {
        const double times = 2.0 * correlation_longest_ps(&c->source->correlation) / interval;
        *n = at_intervals(c, *n, begin, fmax(1.0, ceil(times)));
    } else if (o->n_frames > 0)
        *n = spread(c, *n, (size_t)wanted);
    else if (o->n_diverse > 0) {
        const size_t most = wanted < *n ? (size_t)wanted : *n;
        uint64_t *const chosen = malloc((most + 1) * sizeof *chosen);
        if (chosen == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu frames", most);
        const QmtStatus status =
            diverse_choose(ctx, c->reader, metric_of(o), c->candidates, *n, most, chosen, n);
        if (status == QMT_OK)
            memcpy(c->candidates, chosen, *n * sizeof *chosen);
        free(chosen);
        return status;
    }
    return QMT_OK;
}

static QmtStatus blocks_choose(QmtContext *ctx, Choice *c, const SplitPlan *plan,
                               const Block *blocks, size_t n_blocks)
{
    const uint64_t wanted = c->options->n_frames + c->options->n_diverse; // one of them is 0
    for (size_t b = 0; b < n_blocks; b++) {
        size_t n = candidates_collect(c, &blocks[b]);
        TRY(candidates_thin(ctx, c, blocks[b].begin, quota(plan, blocks, n_blocks, b, wanted), &n));
        const Split s = blocks[b].split;
        assert(c->source->frames[s] == NULL);
        c->source->frames[s] = malloc((n + 1) * sizeof *c->source->frames[s]);
        if (c->source->frames[s] == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu frames", n);
        memcpy(c->source->frames[s], c->candidates, n * sizeof *c->candidates);
        c->source->n_chosen[s] = n;
    }
    return QMT_OK;
}

/// The gap between blocks in frames.
static uint64_t gap_frames(const SplitPlan *plan, const Source *source)
{
    const double length = source->interval_ps * (double)source->n_frames;
    const double gap =
        plan->gap_ps >= 0.0
            ? plan->gap_ps
            : fmin(GAP_TIMES * correlation_longest_ps(&source->correlation), GAP_PART_MAX * length);
    return source->interval_ps > 0.0 ? (uint64_t)ceil(gap / source->interval_ps - 1e-6) : 0;
}

bool selection_follows(const SplitPlan *plan, const Source *source)
{
    return plan->kind == SPLIT_BY_BLOCK && source->origin != NULL;
}

size_t selection_copy_block(const SplitPlan *plan, const Source *source, Block *block)
{
    const Source *const origin = source->origin;
    Block blocks[N_SPLITS];
    const size_t n = split_blocks(plan, origin, gap_frames(plan, origin), blocks);
    for (size_t k = 0; k < n; k++)
        if (source->origin_frame >= blocks[k].begin && source->origin_frame < blocks[k].end) {
            *block = (Block){.split = blocks[k].split, .end = source->n_frames};
            return 1;
        }
    return 0;
}

QmtStatus selection_make(QmtContext *ctx, TrajectoryReader *reader, const SplitPlan *plan,
                         const QmtDatasetOptions *options, Source *source)
{
    Choice c = {.reader = reader, .options = options, .source = source};
    Block blocks[N_SPLITS];
    const bool follows = selection_follows(plan, source);
    const bool cut = plan->kind == SPLIT_BY_BLOCK && !follows;
    uint64_t gap = 0;
    TRY(selection_lag(ctx, source, options->lag_fs, &c.lag));
    // what is drawn does not remember
    if (!source->drawn && (options->decorrelated || cut))
        TRY(correlation_find(ctx, reader, source->interval_ps, &source->correlation));
    if (cut) {
        gap = gap_frames(plan, source);
        source->gap_ps = (double)gap * source->interval_ps;
    }
    const size_t n_blocks = follows ? selection_copy_block(plan, source, blocks)
                                    : split_blocks(plan, source, gap, blocks);
    c.candidates = malloc((source->n_frames + 1) * sizeof *c.candidates);
    QmtStatus status =
        c.candidates != NULL
            ? windows_apply(ctx, &c)
            : FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory for its frames", source->path);
    if (status == QMT_OK)
        status = blocks_choose(ctx, &c, plan, blocks, n_blocks);
    free(c.candidates);
    free(c.usable);
    return status;
}
