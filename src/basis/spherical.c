#include "basis/spherical.h"

#include <string.h>

#define SQRT3 1.7320508075688772935

/// One row of the transformation: up to three Cartesian functions with their factors.
typedef struct {
    int n;
    int index[3];
    double factor[3];
} Row;

static const Row ROWS[3][5] = {
    {{1, {0}, {1.0}}},
    {{1, {1}, {1.0}}, {1, {2}, {1.0}}, {1, {0}, {1.0}}},
    {{1, {1}, {SQRT3}},
     {1, {4}, {SQRT3}},
     {3, {5, 0, 2}, {1.0, -0.5, -0.5}},
     {1, {3}, {SQRT3}},
     {2, {0, 2}, {0.5 * SQRT3, -0.5 * SQRT3}}},
};
/// Place of the Cartesian function that a spherical one of s and p shells is.
static const int SAME[2][3] = {{0}, {1, 2, 0}};
static const int N_CARTESIAN[3] = {1, 3, 6};

void spherical_from_cartesian(int la, int lb, size_t n_blocks, const double *cartesian, double *out,
                              size_t ld, size_t ld_block)
{
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb];
    if (la < 2 && lb < 2) {
        for (size_t c = 0; c < n_blocks; c++, cartesian += na * nb, out += ld_block)
            for (int i = 0; i < na; i++)
                for (int j = 0; j < nb; j++)
                    out[(size_t)i * ld + (size_t)j] = cartesian[SAME[la][i] * nb + SAME[lb][j]];
        return;
    }
    for (size_t c = 0; c < n_blocks; c++, cartesian += na * nb, out += ld_block)
        for (int i = 0; i < 2 * la + 1; i++)
            for (int j = 0; j < 2 * lb + 1; j++) {
                const Row *ri = &ROWS[la][i], *rj = &ROWS[lb][j];
                double sum = 0.0;
                for (int k = 0; k < ri->n; k++)
                    for (int l = 0; l < rj->n; l++)
                        sum += ri->factor[k] * rj->factor[l] *
                               cartesian[ri->index[k] * nb + rj->index[l]];
                out[(size_t)i * ld + (size_t)j] = sum;
            }
}

void cartesian_from_spherical(int la, int lb, size_t n_blocks, const double *in, size_t ld,
                              size_t ld_block, double *cartesian)
{
    const int na = N_CARTESIAN[la], nb = N_CARTESIAN[lb];
    if (la < 2 && lb < 2) {
        for (size_t c = 0; c < n_blocks; c++, cartesian += na * nb, in += ld_block)
            for (int i = 0; i < na; i++)
                for (int j = 0; j < nb; j++)
                    cartesian[SAME[la][i] * nb + SAME[lb][j]] = in[(size_t)i * ld + (size_t)j];
        return;
    }
    memset(cartesian, 0, n_blocks * (size_t)(na * nb) * sizeof *cartesian);
    for (size_t c = 0; c < n_blocks; c++, cartesian += na * nb, in += ld_block)
        for (int i = 0; i < 2 * la + 1; i++)
            for (int j = 0; j < 2 * lb + 1; j++) {
                const Row *ri = &ROWS[la][i], *rj = &ROWS[lb][j];
                const double v = in[(size_t)i * ld + (size_t)j];
                for (int k = 0; k < ri->n; k++)
                    for (int l = 0; l < rj->n; l++)
                        cartesian[ri->index[k] * nb + rj->index[l]] +=
                            ri->factor[k] * rj->factor[l] * v;
            }
}
