#include "system/pairs.h"

#include <math.h>

#include "base/team.h"
#include "base/units.h"
#include "base/vec3.h"
#include "kernels/kernels.h"

/// Below this many atoms a loop over pairs is over before another thread has come.
enum { SHARED_FROM_ATOMS = 100, ATOMS_SHARED = 16, PAIRS_SHARED = 1024 };

void pairs_layout(Pairs *pairs, Arena *arena, size_t n_atoms)
{
    pairs->n_atoms = n_atoms;
    pairs->n_pairs = n_atoms * (n_atoms - 1) / 2;
    pairs->a = arena_ints(arena, pairs->n_pairs);
    pairs->b = arena_ints(arena, pairs->n_pairs);
    pairs->vector = arena_vectors(arena, pairs->n_pairs);
    pairs->distance = arena_doubles(arena, kernels_padded(pairs->n_pairs));
}

void pairs_setup(Pairs *pairs)
{
    size_t k = 0;
    for (size_t a = 0; a < pairs->n_atoms; a++)
        for (size_t b = 0; b < a; b++, k++) {
            pairs->a[k] = (int)a;
            pairs->b[k] = (int)b;
        }
    for (; k < kernels_padded(pairs->n_pairs); k++)
        pairs->distance[k] = 1.0;
}

typedef struct {
    const Pairs *pairs;
    const double (*xyz)[3];
} PairUpdate;

static void update_part(void *task, size_t first, size_t last)
{
    const PairUpdate *t = task;
    const Pairs *pairs = t->pairs;
    for (size_t k = first; k < last; k++) {
        vec3_difference(t->xyz[pairs->a[k]], t->xyz[pairs->b[k]], pairs->vector[k]);
        pairs->distance[k] = vec3_norm(pairs->vector[k]);
    }
}

/// The number of an atom in a message.
static size_t number_of(const Pairs *pairs, size_t a)
{
    return (pairs->atom != NULL ? pairs->atom[a] : a) + 1;
}

static QmtStatus coordinate_refuse(QmtContext *ctx, size_t number, char direction, double value)
{
    if (isfinite(value))
        return FAIL_HINT(ctx, QMT_ERR_INPUT, QMT_HINT_GEOMETRY_OR_STEP,
                         "atom %zu: its %c coordinate is %.3g bohr, at most %g is possible", number,
                         direction, value, PAIRS_FURTHEST);
    return FAIL_HINT(ctx, QMT_ERR_INPUT, QMT_HINT_GEOMETRY_OR_STEP,
                     "atom %zu: its %c coordinate is not a finite number", number, direction);
}

QmtStatus pairs_update(QmtContext *ctx, const double (*xyz)[3], Pairs *pairs)
{
    for (size_t a = 0; a < pairs->n_atoms; a++)
        for (int x = 0; x < 3; x++)
            if (!(fabs(xyz[a][x]) <= PAIRS_FURTHEST)) // true of NaN, too
                return coordinate_refuse(ctx, number_of(pairs, a), "xyz"[x], xyz[a][x]);
    PairUpdate task = {pairs, xyz};
    team_share(pairs->n_pairs, pairs->n_atoms < SHARED_FROM_ATOMS ? pairs->n_pairs : PAIRS_SHARED,
               update_part, &task);
    for (size_t k = 0; k < pairs->n_pairs; k++)
        if (!(pairs->distance[k] >= PAIRS_MIN_DISTANCE)) {
            const size_t a = number_of(pairs, (size_t)pairs->a[k]),
                         b = number_of(pairs, (size_t)pairs->b[k]);
            return FAIL_HINT(ctx, QMT_ERR_INPUT, QMT_HINT_GEOMETRY_OR_STEP,
                             "atoms %zu and %zu are %.3f angstrom apart, less than 0.3",
                             a < b ? a : b, a < b ? b : a, pairs->distance[k] / BOHR_PER_ANGSTROM);
        }
    return QMT_OK;
}

typedef struct {
    const Pairs *pairs;
    const double *slope;
    double (*gradient)[3];
} PairGradient;

/// The pairs of some atoms, and of each atom in the order of all of them.
static void gradient_part(void *task, size_t first, size_t last)
{
    const PairGradient *t = task;
    const Pairs *pairs = t->pairs;
    for (size_t a = first; a < pairs->n_atoms; a++) {
        const size_t row = a * (a - 1) / 2, end = a < last ? a : last;
        for (size_t b = a < last ? 0 : first; b < end; b++) {
            const double slope = t->slope[row + b];
            const double *vector = pairs->vector[row + b];
            if (a < last)
                vec3_add_scaled(slope, vector, t->gradient[a]);
            if (b >= first)
                vec3_add_scaled(-slope, vector, t->gradient[b]);
        }
    }
}

void pairs_gradient(const Pairs *pairs, const double *slope, double (*gradient)[3])
{
    const size_t n = pairs->n_atoms;
    PairGradient task = {pairs, slope, gradient};
    team_share(n, n < SHARED_FROM_ATOMS ? n : ATOMS_SHARED, gradient_part, &task);
}
