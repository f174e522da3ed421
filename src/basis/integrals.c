#include "basis/integrals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "basis/spherical.h"

enum { CARTESIAN_MAX = 6, ON_SITE = AO_PER_ATOM_MAX * AO_PER_ATOM_MAX };

static size_t n_ao_of(const Basis *basis, int atom)
{
    return basis->atom_ao[atom + 1] - basis->atom_ao[atom];
}

void integrals_layout(Arena *arena, const Basis *basis, const Pairs *pairs, const int *numbers,
                      Integrals *integrals)
{
    const size_t n_tables = basis->n_kinds * basis->n_kinds;
    integrals->primitive = arena_bytes(arena, n_tables * sizeof *integrals->primitive);
    // All tables have the length of the longest: the kinds are not known before the second walk.
    for (size_t t = 0; t < n_tables; t++) {
        double *rows = arena_doubles(arena, KERNELS_PRIMITIVE_ROWS * KERNELS_MAX_PRIMITIVES);
        if (integrals->primitive != NULL)
            integrals->primitive[t].rows = rows;
    }
    integrals->offset = arena_sizes(arena, pairs->n_pairs + 1);
    size_t n_doubles = 0;
    for (size_t a = 0; a < pairs->n_atoms; a++)
        for (size_t b = 0; b < a; b++)
            n_doubles += KERNELS_MOMENTS * basis_n_ao(basis->method, numbers[a]) *
                         basis_n_ao(basis->method, numbers[b]);
    integrals->blocks = arena_doubles(arena, n_doubles);
    integrals->near = arena_bytes(arena, pairs->n_pairs * sizeof *integrals->near);
    integrals->on_site = arena_doubles(arena, pairs->n_atoms * KERNELS_MOMENTS * ON_SITE);
}

typedef struct {
    double mu, half_inv_p, minus_b_p, a_p, two_a, weight;
} PrimitivePair;

static int by_rising_mu(const void *x, const void *y)
{
    const double a = ((const PrimitivePair *)x)->mu, b = ((const PrimitivePair *)y)->mu;
    return (a > b) - (a < b);
}

static void setup_primitives(const Contraction *ca, const Contraction *cb, PrimitivePairs *table)
{
    PrimitivePair list[PRIMITIVES_MAX * PRIMITIVES_MAX];
    size_t n = 0;
    for (int k = 0; k < ca->n_primitives; k++)
        for (int l = 0; l < cb->n_primitives; l++, n++) {
            const double a = ca->alpha[k], b = cb->alpha[l], p = a + b;
            list[n] = (PrimitivePair){
                .mu = a * b / p,
                .half_inv_p = 0.5 / p,
                .minus_b_p = -b / p,
                .a_p = a / p,
                .two_a = 2.0 * a,
                .weight = ca->coefficient[k] * cb->coefficient[l] * pow(M_PI / p, 1.5),
            };
        }
    qsort(list, n, sizeof list[0], by_rising_mu);
    table->n = n;
    table->ld = kernels_padded(n);
    memset(table->rows, 0, KERNELS_PRIMITIVE_ROWS * table->ld * sizeof(double));
    for (size_t k = 0; k < n; k++) {
        const double row[KERNELS_PRIMITIVE_ROWS] = {list[k].mu,        list[k].half_inv_p,
                                                    list[k].minus_b_p, list[k].a_p,
                                                    list[k].two_a,     list[k].weight};
        for (size_t r = 0; r < KERNELS_PRIMITIVE_ROWS; r++)
            table->rows[r * table->ld + k] = row[r];
    }
}

static const PrimitivePairs *primitives_of(const Integrals *integrals, size_t s, size_t t)
{
    const Basis *basis = integrals->basis;
    return &integrals->primitive[(size_t)basis->shell_kind[s] * basis->n_kinds +
                                 (size_t)basis->shell_kind[t]];
}

/// Block of two atoms t = R_a - R_b apart: [KERNELS_MOMENTS][na][nb].
static void fill_block(const Integrals *integrals, size_t a, size_t b, const double t[3],
                       double *block)
{
    const Basis *basis = integrals->basis;
    const size_t nb = n_ao_of(basis, (int)b), size = n_ao_of(basis, (int)a) * nb;
    double cartesian[KERNELS_MOMENTS * CARTESIAN_MAX * CARTESIAN_MAX];

    for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
        for (size_t u = basis->atom_shell[b]; u < basis->atom_shell[b + 1]; u++) {
            const PrimitivePairs *p = primitives_of(integrals, s, u);
            const int la = basis->shell_l[s], lb = basis->shell_l[u];
            integrals->kernels->moment_integrals(la, lb, p->n, p->ld, p->rows, t,
                                                 integrals->mu_r2_max, cartesian);
            const size_t i = basis->shell_ao[s] - basis->atom_ao[a];
            const size_t j = basis->shell_ao[u] - basis->atom_ao[b];
            spherical_from_cartesian(la, lb, KERNELS_MOMENTS, cartesian, block + i * nb + j, nb,
                                     size);
        }
}

void integrals_setup(const Kernels *kernels, const Method *method, const Basis *basis,
                     const Pairs *pairs, Integrals *integrals)
{
    integrals->basis = basis;
    integrals->kernels = kernels;
    integrals->mu_r2_max = method->int_cutoff;
    integrals->r_max =
        fmin(sqrt(2.0 * method->int_cutoff / basis->smallest_exponent), method->int_rmax);
    for (size_t i = 0; i < basis->n_kinds; i++)
        for (size_t j = 0; j < basis->n_kinds; j++)
            setup_primitives(&basis->kind[i], &basis->kind[j],
                             &integrals->primitive[i * basis->n_kinds + j]);
    size_t offset = 0;
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        integrals->offset[k] = offset;
        offset += KERNELS_MOMENTS * n_ao_of(basis, pairs->a[k]) * n_ao_of(basis, pairs->b[k]);
    }
    integrals->offset[pairs->n_pairs] = offset;
    const double here[3] = {0.0};
    for (size_t a = 0; a < pairs->n_atoms; a++)
        fill_block(integrals, a, a, here, integrals_on_site(integrals, a));
}

void integrals_update(const Pairs *pairs, Integrals *integrals)
{
    for (size_t k = 0; k < pairs->n_pairs; k++) {
        integrals->near[k] = pairs->distance[k] <= integrals->r_max;
        if (integrals->near[k])
            fill_block(integrals, (size_t)pairs->a[k], (size_t)pairs->b[k], pairs->vector[k],
                       integrals_block(integrals, k));
    }
}

void integrals_gradient(const Integrals *integrals, const Pairs *pairs, size_t k,
                        const double *coefficient, double g[3])
{
    const Basis *basis = integrals->basis;
    const int a = pairs->a[k], b = pairs->b[k];
    const size_t nb = n_ao_of(basis, b), size = n_ao_of(basis, a) * nb;
    double cartesian[KERNELS_MOMENTS * CARTESIAN_MAX * CARTESIAN_MAX];

    for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
        for (size_t u = basis->atom_shell[b]; u < basis->atom_shell[b + 1]; u++) {
            const PrimitivePairs *p = primitives_of(integrals, s, u);
            const int la = basis->shell_l[s], lb = basis->shell_l[u];
            const size_t i = basis->shell_ao[s] - basis->atom_ao[a];
            const size_t j = basis->shell_ao[u] - basis->atom_ao[b];
            cartesian_from_spherical(la, lb, KERNELS_MOMENTS, coefficient + i * nb + j, nb, size,
                                     cartesian);
            integrals->kernels->moment_gradient(la, lb, p->n, p->ld, p->rows, pairs->vector[k],
                                                integrals->mu_r2_max, cartesian, g);
        }
}
