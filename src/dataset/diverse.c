#include "dataset/diverse.h"

#include <stdlib.h>

#include "analysis/farthest_points.h"
#include "dataset/shape.h"

static const size_t BYTES_MAX = (size_t)64 << 20;

static double shape_distance(const void *set, size_t a, size_t b)
{
    return shapes_rmsd(set, a, set, b);
}

static int by_number(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/// Chooses among the shapes; chosen[] are places in their list.
static QmtStatus points_choose(QmtContext *ctx, const Shapes *shapes, size_t n_choose,
                               size_t *chosen)
{
    double *const apart = malloc(n_choose * sizeof *apart);
    double *const between = malloc(n_choose * sizeof *between);
    double *const nearest = malloc(shapes->n * sizeof *nearest);
    size_t *const place = malloc(shapes->n * sizeof *place);
    const bool enough = apart != NULL && between != NULL && nearest != NULL && place != NULL;
    if (enough)
        farthest_points(shapes->n, n_choose, 0, shape_distance, shapes, chosen, apart, nearest,
                        place, between);
    free(apart);
    free(between);
    free(nearest);
    free(place);
    return enough ? QMT_OK
                  : FAIL(ctx, QMT_ERR_MEMORY, "no memory to compare %zu frames", shapes->n);
}

QmtStatus diverse_choose(QmtContext *ctx, TrajectoryReader *reader, const uint64_t *frames,
                         size_t n, size_t n_choose, uint64_t *chosen, size_t *n_chosen)
{
    const size_t fit = BYTES_MAX / shapes_bytes(reader->n_atoms) + 1;
    const size_t stride = (n + fit - 1) / fit;
    const size_t n_seen = stride > 0 ? (n + stride - 1) / stride : 0;
    const size_t wanted = n_choose < n_seen ? n_choose : n_seen;
    Shapes shapes = {0};
    *n_chosen = 0;
    if (wanted == 0)
        return QMT_OK;
    size_t *const places = malloc(wanted * sizeof *places);
    QmtStatus status = places != NULL ? shapes_create(ctx, reader->n_atoms, n_seen, &shapes)
                                      : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu frames", n);
    for (size_t i = 0; i < n && status == QMT_OK; i += stride) {
        const TrajectoryFrame *frame;
        status = trajectory_reader_frame(ctx, reader, frames[i], &frame);
        if (status == QMT_OK)
            shapes_add(&shapes, frame->pos);
    }
    if (status == QMT_OK)
        status = points_choose(ctx, &shapes, wanted, places);
    for (size_t k = 0; k < wanted && status == QMT_OK; k++)
        chosen[k] = frames[places[k] * stride];
    if (status == QMT_OK) {
        qsort(chosen, wanted, sizeof *chosen, by_number);
        *n_chosen = wanted;
    }
    shapes_release(&shapes);
    free(places);
    return status;
}
