#include "report/frame_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/autocorrelation.h"
#include "analysis/superposition.h"

static const double DEGREES = 180.0 / 3.14159265358979323846;

QmtStatus series_torsions_correlate(QmtContext *ctx, FrameSeries *s)
{
    const double shown_ps =
        s->n_shown > 1
            ? ((double)s->shown_ps[s->n_shown - 1] - s->shown_ps[0]) / (double)(s->n_shown - 1)
            : NAN;
    double *const series = malloc((2 * s->n_shown + 1) * sizeof *series);
    if (series == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the torsions");
    s->tau_torsions_ps = NAN;
    for (size_t t = 0; t < s->n_torsions && s->n_shown > 1; t++) {
        bool settled, finite = true;
        for (size_t f = 0; f < s->n_shown; f++) {
            const double angle = (double)s->angles[t * s->n_shown + f] / DEGREES;
            series[2 * f] = cos(angle);
            series[2 * f + 1] = sin(angle);
            finite = finite && isfinite(angle);
        }
        const double tau =
            finite ? shown_ps * autocorrelation_time(s->n_shown, 2, series, &settled) : NAN;
        if (isfinite(tau) && !(tau <= s->tau_torsions_ps)) {
            s->tau_torsions_ps = tau;
            s->tau_torsions_settled = settled;
        }
    }
    free(series);
    return QMT_OK;
}

QmtStatus series_matrix_make(QmtContext *ctx, FrameSeries *s)
{
    const size_t n = s->n_atoms;
    s->matrix_every = (s->n_shown + SERIES_MATRIX_MAX - 1) / SERIES_MATRIX_MAX;
    s->n_matrix = (s->n_shown + s->matrix_every - 1) / s->matrix_every;
    const size_t m = s->n_matrix;
    float(*const xyz)[3] = malloc((m * n + 1) * sizeof *xyz);
    double *const square = malloc((m + 1) * sizeof *square);
    s->matrix = malloc((m * m + 1) * sizeof *s->matrix);
    if (xyz != NULL && square != NULL && s->matrix != NULL) {
        size_t pair = 0;
        for (size_t a = 0; a < m; a++) {
            memcpy(xyz + a * n, s->shown + a * s->matrix_every * n, n * sizeof *xyz);
            square[a] = superposition_centre(n, xyz + a * n);
            for (size_t b = 0; b < a; b++)
                s->matrix[pair++] =
                    isfinite(square[a]) && isfinite(square[b])
                        ? (float)superposition_rmsd(n, (const float(*)[3])(xyz + a * n), square[a],
                                                    (const float(*)[3])(xyz + b * n), square[b])
                        : NAN;
        }
    }
    const bool enough = xyz != NULL && square != NULL && s->matrix != NULL;
    free(xyz);
    free(square);
    return enough ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory to compare %zu frames", m);
}

QmtStatus series_windows_make(QmtContext *ctx, const TrajectoryReader *reader, FrameSeries *s)
{
    const TrajectoryWindowStep *const step = reader->windows;
    s->windows = calloc(SERIES_WINDOWS_MAX, sizeof *s->windows);
    if (s->windows == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the NVE windows");
    for (size_t first = 0, end; first < reader->n_window_steps; first = end) {
        for (end = first; end < reader->n_window_steps && step[end].window == step[first].window;)
            end++;
        end = end > first ? end : first + 1; // a NaN is not even equal to itself
        if (s->n_windows++ >= SERIES_WINDOWS_MAX)
            continue;
        WindowSeries *const window = &s->windows[s->n_windows - 1];
        window->n_steps = end - first;
        window->n_columns = end - first < 200 ? end - first : 200;
        curve_begin(&window->total);
        for (size_t i = first; i < end; i++)
            curve_add(&window->total, (i - first) * window->n_columns / (end - first),
                      step[i].total - step[first].total);
    }
    return QMT_OK;
}
