#include "dataset/correlation.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/autocorrelation.h"
#include "analysis/torsions.h"
#include "base/units.h"
#include "base/vec3.h"

enum { SAMPLES_MAX = 16384 };

/// The series of a trajectory.
typedef struct {
    size_t n, n_bonds, n_torsions;
    uint64_t stride; ///< frames between two samples
    double *energy;  ///< [n]
    double *lengths; ///< [n_bonds][n]
    double *angles;  ///< [n_torsions][n][2] cosine and sine
    size_t (*torsions)[4];
    Bonds bonds;
    Arena arena;
} Series;

static QmtStatus bonds_make(QmtContext *ctx, TrajectoryReader *reader, Series *s)
{
    const TrajectoryFrame *frame;
    bonds_layout(&s->bonds, &s->arena, reader->n_atoms);
    TRY(arena_reserve(ctx, &s->arena));
    bonds_layout(&s->bonds, &s->arena, reader->n_atoms);
    bonds_setup(&s->bonds, reader->numbers, 1.0 / ANGSTROM_PER_NM);
    TRY(trajectory_reader_frame(ctx, reader, 0, &frame));
    bonds_find(&s->bonds, frame->pos);
    s->n_bonds = bonds_count(&s->bonds);
    return QMT_OK;
}

static QmtStatus series_make(QmtContext *ctx, TrajectoryReader *reader, Series *s)
{
    *s = (Series){.stride = (reader->n_frames + SAMPLES_MAX - 1) / SAMPLES_MAX};
    s->n = (size_t)((reader->n_frames + s->stride - 1) / s->stride);
    TRY(bonds_make(ctx, reader, s));
    s->torsions = malloc((s->n_bonds + 1) * sizeof *s->torsions);
    if (s->torsions != NULL)
        s->n_torsions = torsions_find(&s->bonds, s->torsions, s->n_bonds);
    s->energy = malloc(s->n * sizeof(double));
    s->lengths = malloc((s->n * s->n_bonds + 1) * sizeof(double));
    s->angles = malloc((2 * s->n * s->n_torsions + 1) * sizeof(double));
    if (s->torsions == NULL || s->energy == NULL || s->lengths == NULL || s->angles == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%.900s: no memory for its autocorrelation",
                    reader->npz.file.path);
    return QMT_OK;
}

static void series_release(Series *s)
{
    free(s->energy);
    free(s->lengths);
    free(s->angles);
    free(s->torsions);
    arena_release(&s->arena);
}

static QmtStatus series_read(QmtContext *ctx, TrajectoryReader *reader, Series *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const TrajectoryFrame *frame;
        size_t pair = 0, a, b;
        TRY(trajectory_reader_frame(ctx, reader, i * s->stride, &frame));
        s->energy[i] = frame->potential;
        for (size_t k = 0; bonds_next(&s->bonds, &pair, &a, &b); k++) {
            double d[3];
            vec3_difference(frame->pos[a], frame->pos[b], d);
            s->lengths[k * s->n + i] = vec3_norm(d);
        }
        for (size_t k = 0; k < s->n_torsions; k++) {
            double *const angle = s->angles + 2 * (k * s->n + i);
            torsion_angle(frame->pos, s->torsions[k], &angle[0], &angle[1]);
        }
    }
    return QMT_OK;
}

/// The longest time of some series, in samples.
static double longest(const Series *s, size_t n_series, size_t dims, double *series, bool *settled)
{
    double tau = 0.0;
    for (size_t k = 0; k < n_series; k++) {
        bool ended;
        tau = fmax(tau, autocorrelation_time(s->n, dims, series + k * s->n * dims, &ended));
        *settled = *settled && ended;
    }
    return tau;
}

QmtStatus correlation_find(QmtContext *ctx, TrajectoryReader *reader, double interval_ps,
                           Correlation *correlation)
{
    Series s = {0};
    Correlation made = {.known = true, .settled = true};
    QmtStatus status = series_make(ctx, reader, &s);
    if (status == QMT_OK)
        status = series_read(ctx, reader, &s);
    if (status == QMT_OK) {
        const double sample_ps = interval_ps * (double)s.stride;
        made.energy_ps = sample_ps * longest(&s, 1, 1, s.energy, &made.settled);
        made.bonds_ps = sample_ps * longest(&s, s.n_bonds, 1, s.lengths, &made.settled);
        made.torsions_ps = sample_ps * longest(&s, s.n_torsions, 2, s.angles, &made.settled);
        *correlation = made;
    }
    series_release(&s);
    return status;
}

double correlation_longest_ps(const Correlation *c)
{
    return fmax(c->energy_ps, fmax(c->bonds_ps, c->torsions_ps));
}
