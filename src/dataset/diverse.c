#include "dataset/diverse.h"

#include <stdlib.h>

#include "analysis/farthest_points.h"
#include "analysis/inverse_distances.h"
#include "dataset/shape.h"
#include "dataset/source.h"

static const size_t BYTES_MAX = (size_t)64 << 20;

/// The frames as points, by one metric or the other.
typedef struct {
    DiverseMetric metric;
    size_t n; ///< so far
    Shapes shapes;
    InverseDistances distances;
    Arena arena;
    float *descriptions; ///< [n][distances.n_pairs]
} Points;

const char *diverse_metric_name(DiverseMetric metric)
{
    static const char *const NAMES[N_DIVERSE_METRICS] = {"rmsd", "distances"};
    return NAMES[metric];
}

static double points_distance(const void *set, size_t a, size_t b)
{
    const Points *const points = set;
    const size_t n = points->distances.n_pairs;
    if (points->metric == DIVERSE_RMSD)
        return shapes_rmsd(&points->shapes, a, &points->shapes, b);
    return inverse_distances_difference(n, points->descriptions + a * n,
                                        points->descriptions + b * n);
}

static size_t point_bytes(DiverseMetric metric, size_t n_atoms)
{
    return metric == DIVERSE_RMSD ? shapes_bytes(n_atoms)
                                  : inverse_distances_count(n_atoms) * sizeof(float) + 1;
}

/// Room for n points.
static QmtStatus points_create(QmtContext *ctx, const TrajectoryReader *reader, size_t n,
                               Points *points)
{
    const size_t n_atoms = reader->n_atoms;
    if (points->metric == DIVERSE_RMSD)
        return shapes_create(ctx, n_atoms, n, &points->shapes);
    inverse_distances_layout(&points->distances, &points->arena, n_atoms);
    TRY(arena_reserve(ctx, &points->arena));
    inverse_distances_layout(&points->distances, &points->arena, n_atoms);
    inverse_distances_setup(&points->distances, reader->numbers);
    points->descriptions = malloc((n * points->distances.n_pairs + 1) * sizeof(float));
    return points->descriptions != NULL ? QMT_OK
                                        : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu frames", n);
}

static void points_add(Points *points, const double (*pos)[3])
{
    if (points->metric == DIVERSE_RMSD)
        shapes_add(&points->shapes, pos);
    else
        inverse_distances_find(&points->distances, pos,
                               points->descriptions + points->n * points->distances.n_pairs);
    points->n++;
}

static void points_release(Points *points)
{
    shapes_release(&points->shapes);
    arena_release(&points->arena);
    free(points->descriptions);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/// Chooses among the points; chosen[] are places in their list.
static QmtStatus points_choose(QmtContext *ctx, const Points *points, size_t n_choose,
                               size_t *chosen)
{
    double *const apart = malloc(n_choose * sizeof *apart);
    double *const between = malloc(n_choose * sizeof *between);
    double *const nearest = malloc(points->n * sizeof *nearest);
    size_t *const place = malloc(points->n * sizeof *place);
    const bool enough = apart != NULL && between != NULL && nearest != NULL && place != NULL;
    if (enough)
        farthest_points(points->n, n_choose, 0, points_distance, points, chosen, apart, nearest,
                        place, between);
    free(apart);
    free(between);
    free(nearest);
    free(place);
    return enough ? QMT_OK
                  : FAIL(ctx, QMT_ERR_MEMORY, "no memory to compare %zu frames", points->n);
}

QmtStatus diverse_choose(QmtContext *ctx, TrajectoryReader *reader, DiverseMetric metric,
                         const uint64_t *frames, size_t n, size_t n_choose, uint64_t *chosen,
                         size_t *n_chosen)
{
    const size_t fit = BYTES_MAX / point_bytes(metric, reader->n_atoms) + 1;
    const size_t stride = (n + fit - 1) / fit;
    const size_t n_seen = stride > 0 ? (n + stride - 1) / stride : 0;
    const size_t wanted = n_choose < n_seen ? n_choose : n_seen;
    Points points = {.metric = metric};
    *n_chosen = 0;
    if (wanted == 0)
        return QMT_OK;
    size_t *const places = malloc(wanted * sizeof *places);
    QmtStatus status = places != NULL ? points_create(ctx, reader, n_seen, &points)
                                      : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu frames", n);
    for (size_t i = 0; i < n && status == QMT_OK; i += stride) {
        const TrajectoryFrame *frame;
        status = source_frame(ctx, reader, frames[i], &frame);
        if (status == QMT_OK)
            points_add(&points, frame->pos);
    }
    if (status == QMT_OK)
        status = points_choose(ctx, &points, wanted, places);
    for (size_t k = 0; k < wanted && status == QMT_OK; k++)
        chosen[k] = frames[places[k] * stride];
    if (status == QMT_OK) {
        qsort(chosen, wanted, sizeof *chosen, by_number);
        *n_chosen = wanted;
    }
    points_release(&points);
    free(places);
    return status;
}
