#include "terms/axilrod_teller.h"

#include <math.h>
#include <string.h>

#include "terms/smooth_cutoff.h"

static const SmoothCutoff CUTOFF = {.range = 25.0, .width = 0.05};

/// Rows of a place, as the kernel wants them.
enum { ROW_R2, ROW_P, ROW_TAU, ROW_D, ROW_Q, N_ROWS };

/// Rows of this many atoms stay in the second-level cache while all later atoms pass by.
enum { BLOCK = 32 };

void axilrod_teller_layout(AxilrodTeller *atm, Arena *arena, size_t n)
{
    atm->n = n;
    atm->ld = kernels_padded(n);
    atm->order = arena_sizes(arena, n);
    atm->first = arena_sizes(arena, n);
    atm->along = arena_doubles(arena, n);
    atm->xyz = arena_doubles(arena, 3 * atm->ld);
    atm->force = arena_doubles(arena, 3 * atm->ld);
    atm->c = arena_doubles(arena, atm->ld);
    atm->power = arena_doubles(arena, atm->ld);
    atm->rows = arena_turn(arena, n * N_ROWS * atm->ld * sizeof *atm->rows);
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
    double longest = -1.0, diagonal2 = 0.0;
    for (size_t x = 0; x < 3; x++) {
        const double *u = xyz + x * ld_xyz;
        double low = u[0], high = u[0];
        for (size_t i = 1; i < atm->n; i++) {
            low = u[i] < low ? u[i] : low;
            high = u[i] > high ? u[i] : high;
        }
        if (high - low > longest) {
            longest = high - low;
            axis = x;
        }
        diagonal2 += (high - low) * (high - low);
    }
    const double inner = CUTOFF.range - CUTOFF.width;
    atm->has_ends = diagonal2 > inner * inner;

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
        for (size_t x = 0; x < 3; x++)
            atm->xyz[x * atm->ld + i] = xyz[x * ld_xyz + atm->order[i]];
    }
}

static void position(const AxilrodTeller *atm, size_t place, double here[3])
{
    for (size_t x = 0; x < 3; x++)
        here[x] = atm->xyz[x * atm->ld + place];
}

static void fill_rows(AxilrodTeller *atm, const int *kind, const double *power, size_t n_kinds,
                      const double *c, size_t ld_c)
{
    const double inner = CUTOFF.range - CUTOFF.width;
    for (size_t i = 1; i < atm->n; i++) {
        const size_t a = atm->order[i], first = atm->first[i];
        const double *c_of_a = c + a * ld_c, *power_of_a = power + (size_t)kind[a] * n_kinds;
        for (size_t k = first; k < i; k++) {
            atm->c[k] = c_of_a[atm->order[k]];
            atm->power[k] = power_of_a[kind[atm->order[k]]];
        }
        double here[3];
        position(atm, i, here);
        atm->kernels->atm_pair_row(i, first, atm->ld, atm->xyz, here, CUTOFF.range * CUTOFF.range,
                                   atm->c, atm->power, row(atm, i, 0));
        for (size_t k = first; k < i && atm->has_ends; k++) {
            const double r2 = row(atm, i, ROW_R2)[k];
            double slope;
            if (r2 > inner * inner)
                row(atm, i, ROW_P)[k] *= smooth_cutoff(&CUTOFF, sqrt(r2), &slope);
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
            const size_t start = atm->first[i] / KERNELS_PAD * KERNELS_PAD;
            for (size_t j = low; j < high; j++) {
                const double pair[3] = {row(atm, i, ROW_R2)[j], row(atm, i, ROW_P)[j],
                                        row(atm, i, ROW_TAU)[j]};
                if (pair[1] == 0.0)
                    continue;
                double sums[2];
                const size_t n_whole = (j - start + KERNELS_PAD - 1) / KERNELS_PAD * KERNELS_PAD;
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

/// What the smooth end adds to (dE/dr)/r of a pair with energy q.
static double end_slope(double r2, double q)
{
    const double r = sqrt(r2);
    double slope;
    const double s = smooth_cutoff(&CUTOFF, r, &slope);
    return slope != 0.0 ? q * slope / (s * r) : 0.0;
}

/// Shares, and forces by place, from the sums over triples.
static void finish_rows(AxilrodTeller *atm, double s9, const double *c, size_t ld_c, double *share)
{
    double *force = atm->force;
    memset(force, 0, 3 * atm->ld * sizeof(double));
    for (size_t i = 1; i < atm->n; i++) {
        const size_t a = atm->order[i], first = atm->first[i];
        const double *r2 = row(atm, i, ROW_R2), *q = row(atm, i, ROW_Q);
        double *d = row(atm, i, ROW_D);
        for (size_t k = 0; k < first; k++)
            share[a * ld_c + atm->order[k]] = share[atm->order[k] * ld_c + a] = 0.0;
        for (size_t k = first; k < i; k++) {
            const size_t b = atm->order[k];
            share[a * ld_c + b] = share[b * ld_c + a] = s9 * q[k] / c[a * ld_c + b];
        }
        for (size_t k = first; k < i; k++)
            d[k] *= s9 / r2[k];
        for (size_t k = first; k < i && atm->has_ends; k++)
            d[k] += end_slope(r2[k], s9 * q[k]);

        const size_t start = first / KERNELS_PAD * KERNELS_PAD;
        double here[3], sum[3];
        position(atm, i, here);
        for (size_t k = start; k < first; k++)
            d[k] = 0.0;
        atm->kernels->pair_force_row(i - start, atm->ld, d + start, atm->xyz + start, here,
                                     force + start, sum);
        for (size_t x = 0; x < 3; x++)
            force[x * atm->ld + i] += sum[x];
    }
}

double axilrod_teller_update(AxilrodTeller *atm, double s9, const double *xyz, size_t ld_xyz,
                             const int *kind, const double *power, size_t n_kinds, const double *c,
                             size_t ld_c, double *gradient, double *share)
{
    sort_along_axis(atm, xyz, ld_xyz);
    fill_rows(atm, kind, power, n_kinds, c, ld_c);
    const double energy = s9 * all_triples(atm);
    finish_rows(atm, s9, c, ld_c, share);
    for (size_t i = 0; i < atm->n; i++)
        for (size_t x = 0; x < 3; x++)
            gradient[x * ld_xyz + atm->order[i]] = atm->force[x * atm->ld + i];
    return energy;
}
