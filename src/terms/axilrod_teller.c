#include "terms/axilrod_teller.h"

#include <math.h>
#include <string.h>

#include "terms/smooth_cutoff.h"

static const SmoothCutoff CUTOFF = {.range = 25.0, .width = 0.05};

/// Rows of a place, as the kernel wants them.
enum { ROW_R2, ROW_P, ROW_TAU, ROW_D, ROW_Q, N_ROWS };

/// Rows of this many atoms stay in the second-level cache while all later atoms pass by.
enum { BLOCK = 32 };

enum { LINE = 8 }; // doubles in a cache line

void axilrod_teller_layout(Arena *arena, AxilrodTeller *atm, size_t n)
{
    atm->n = n;
    atm->ld = (n + LINE - 1) / LINE * LINE;
    atm->order = arena_sizes(arena, n);
    atm->first = arena_sizes(arena, n);
    atm->along = arena_doubles(arena, n);
    atm->rows = arena_doubles(arena, n * N_ROWS * atm->ld);
}

static double *row(const AxilrodTeller *atm, size_t place, int which)
{
    return atm->rows + (place * N_ROWS + (size_t)which) * atm->ld;
}

/// Sorts the atoms along the axis of largest extent and finds for each the first one in range. The
/// order depends on this geometry only, never on an earlier one.
static void sort_along_axis(AxilrodTeller *atm, const double *xyz, size_t ld_xyz)
{
    size_t axis = 0;
    double longest = -1.0;
    for (size_t x = 0; x < 3; x++) {
        const double *u = xyz + x * ld_xyz;
        double low = u[0], high = u[0];
        for (size_t i = 1; i < atm->n; i++) {
            low = fmin(low, u[i]);
            high = fmax(high, u[i]);
        }
        if (high - low > longest) {
            longest = high - low;
            axis = x;
        }
    }

    // Insertion: a molecule is nearly sorted or small, and the triples cost far more.
    const double *u = xyz + axis * ld_xyz;
    for (size_t i = 0; i < atm->n; i++) {
        size_t place = i;
        for (; place > 0 && atm->along[place - 1] > u[i]; place--) {
            atm->along[place] = atm->along[place - 1];
            atm->order[place] = atm->order[place - 1];
        }
        atm->along[place] = u[i];
        atm->order[place] = i;
    }
    for (size_t i = 0, first = 0; i < atm->n; i++) {
        while (atm->along[i] - atm->along[first] > CUTOFF.range)
            first++;
        atm->first[i] = first;
    }
}

/// (Rd/r)^(16/3) from the ratio of the squares.
static double power_8_3(double x)
{
    const double root = cbrt(x * x);
    return x * x * root;
}

static void fill_rows(AxilrodTeller *atm, const double *xyz, size_t ld_xyz, const int *kind,
                      const double *damping, size_t n_kinds, const double *c, size_t ld_c)
{
    memset(atm->rows, 0, atm->n * N_ROWS * atm->ld * sizeof(double));
    const double *x = xyz, *y = xyz + ld_xyz, *z = xyz + 2 * ld_xyz;
    for (size_t i = 0; i < atm->n; i++) {
        const size_t a = atm->order[i];
        double *r2_row = row(atm, i, ROW_R2), *p_row = row(atm, i, ROW_P);
        double *tau_row = row(atm, i, ROW_TAU);
        for (size_t k = atm->first[i]; k < i; k++) {
            const size_t b = atm->order[k];
            const double d[3] = {x[a] - x[b], y[a] - y[b], z[a] - z[b]};
            const double r2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
            if (r2 > CUTOFF.range * CUTOFF.range)
                continue;
            const double r = sqrt(r2);
            double slope;
            const double s = smooth_cutoff(&CUTOFF, r, &slope);
            const double rd = damping[(size_t)kind[a] * n_kinds + (size_t)kind[b]];
            r2_row[k] = r2;
            p_row[k] = s * sqrt(c[a * ld_c + b]) / (r2 * r2 * r);
            tau_row[k] = power_8_3(rd * rd / r2);
        }
    }
}

/// The loop over triples i > j > k. @return energy without s9
static double all_triples(AxilrodTeller *atm)
{
    double energy = 0.0;
    for (size_t begin = 0; begin < atm->n; begin += BLOCK) {
        for (size_t i = begin + 1; i < atm->n && atm->first[i] < begin + BLOCK; i++) {
            const size_t low = atm->first[i] > begin ? atm->first[i] : begin;
            const size_t high = i < begin + BLOCK ? i : begin + BLOCK;
            // Whole cache lines: p = 0 before the first in range, and in row j from j on.
            const size_t start = atm->first[i] / LINE * LINE;
            for (size_t j = low; j < high; j++) {
                const double pair[3] = {row(atm, i, ROW_R2)[j], row(atm, i, ROW_P)[j],
                                        row(atm, i, ROW_TAU)[j]};
                if (pair[1] == 0.0)
                    continue;
                double sums[2];
                const size_t n_whole = (j - start + LINE - 1) / LINE * LINE;
                atm->kernels->atm_row(n_whole, atm->ld, pair, row(atm, i, 0) + start,
                                      row(atm, j, 0) + start, sums);
                row(atm, i, ROW_D)[j] += sums[0];
                row(atm, i, ROW_Q)[j] += sums[1];
                energy += sums[1];
            }
        }
    }
    return energy;
}

double axilrod_teller_update(AxilrodTeller *atm, double s9, const double *xyz, size_t ld_xyz,
                             const int *kind, const double *damping, size_t n_kinds,
                             const double *c, size_t ld_c, double *gradient, double *share)
{
    sort_along_axis(atm, xyz, ld_xyz);
    fill_rows(atm, xyz, ld_xyz, kind, damping, n_kinds, c, ld_c);
    const double energy = s9 * all_triples(atm);

    memset(gradient, 0, 3 * ld_xyz * sizeof(double));
    memset(share, 0, atm->n * ld_c * sizeof(double));
    for (size_t i = 0; i < atm->n; i++) {
        const size_t a = atm->order[i];
        for (size_t k = atm->first[i]; k < i; k++) {
            if (row(atm, i, ROW_P)[k] == 0.0)
                continue;
            const size_t b = atm->order[k];
            const double r2 = row(atm, i, ROW_R2)[k], r = sqrt(r2);
            double slope;
            const double s = smooth_cutoff(&CUTOFF, r, &slope);
            const double q = s9 * row(atm, i, ROW_Q)[k];
            const double d = s9 * row(atm, i, ROW_D)[k] / r2 + q * slope / (s * r);
            share[a * ld_c + b] = share[b * ld_c + a] = q;
            for (size_t x = 0; x < 3; x++) {
                const double force = d * (xyz[x * ld_xyz + a] - xyz[x * ld_xyz + b]);
                gradient[x * ld_xyz + a] += force;
                gradient[x * ld_xyz + b] -= force;
            }
        }
    }
    return energy;
}
