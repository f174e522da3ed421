#include "dataset/shape.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/superposition.h"

size_t shapes_bytes(size_t n_atoms)
{
    return n_atoms * 4 * sizeof(float) + sizeof(double);
}

QmtStatus shapes_create(QmtContext *ctx, size_t n_atoms, size_t n, Shapes *shapes)
{
    Shapes made = {.n_atoms = n_atoms, .room = n};
    made.xyz = malloc((n * n_atoms + 1) * sizeof *made.xyz);
    made.radius = malloc((n * n_atoms + 1) * sizeof *made.radius);
    made.square = malloc((n + 1) * sizeof *made.square);
    if (made.xyz == NULL || made.radius == NULL || made.square == NULL) {
        shapes_release(&made);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu geometries of %zu atoms", n, n_atoms);
    }
    *shapes = made;
    return QMT_OK;
}

void shapes_add(Shapes *shapes, const double (*pos)[3])
{
    assert(shapes->n < shapes->room);
    const size_t n = shapes->n_atoms, at = shapes->n++ * n;
    float(*const xyz)[3] = shapes->xyz + at;
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] = (float)pos[a][x];
    shapes->square[shapes->n - 1] = superposition_centre(n, xyz);
    for (size_t a = 0; a < n; a++)
        shapes->radius[at + a] =
            sqrtf(xyz[a][0] * xyz[a][0] + xyz[a][1] * xyz[a][1] + xyz[a][2] * xyz[a][2]);
}

void shapes_release(Shapes *shapes)
{
    free(shapes->xyz);
    free(shapes->radius);
    free(shapes->square);
    *shapes = (Shapes){0};
}

double shapes_rmsd(const Shapes *a, size_t i, const Shapes *b, size_t j)
{
    const size_t n = a->n_atoms;
    return superposition_rmsd(n, (const float(*)[3])(a->xyz + i * n), a->square[i],
                              (const float(*)[3])(b->xyz + j * n), b->square[j]);
}

double shapes_bound(const Shapes *a, size_t i, const Shapes *b, size_t j)
{
    const size_t n = a->n_atoms;
    return superposition_bound(n, a->radius + i * n, b->radius + j * n);
}
