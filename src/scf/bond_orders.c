#include "scf/bond_orders.h"

#include <string.h>

/// Corrections of the orbitals that change orders by less than 1e-6.
#define NEARLY_STILL 1e-7

/// orders_AB += factor sum_{i in A, j in B} m_ij m_ji
static void add_products_of_pairs(const Basis *basis, double factor, const double *m, size_t ld,
                                  double *orders)
{
    const size_t n = basis->n_atoms, *first = basis->atom_ao;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b <= a; b++) {
            double sum = 0.0;
            for (size_t i = first[a]; i < first[a + 1]; i++)
                for (size_t j = first[b]; j < first[b + 1]; j++)
                    sum += m[i * ld + j] * m[j * ld + i];
            orders[a * n + b] += factor * sum;
            if (a != b)
                orders[b * n + a] += factor * sum;
        }
}

/// The same for a density, whose product with S goes to the scratch matrix.
static void add_density(Density *density, const Basis *basis, double factor, const double *p,
                        double *orders)
{
    const size_t n = density->n, ld = density->ld;
    density->kernels->matmul_nn(n, ld, n, p, ld, density->overlap, ld, density->scratch, ld);
    add_products_of_pairs(basis, factor, density->scratch, ld, orders);
}

static float *matrix(Arena *arena, size_t n, size_t ld)
{
    return arena_bytes(arena, n * ld * sizeof(float));
}

void bond_orders_layout(Arena *arena, const Basis *basis, BondOrders *work)
{
    const size_t n = basis->n_ao;
    work->ld = kernels_padded_single(n);
    work->orbitals = matrix(arena, n, work->ld);
    work->overlap = matrix(arena, n, work->ld);
    work->dual = matrix(arena, n, work->ld);
    work->dual_t = matrix(arena, n, work->ld);
    work->product = matrix(arena, n, work->ld);
    work->scratch = arena_bytes(arena, kernels_blocks_scratch(n, basis->n_atoms) * sizeof(float));
}

/// The orders of refined orbitals, in single precision.
static void of_refined_orbitals(const Density *density, const Basis *basis, BondOrders *work,
                                double *orders)
{
    const Kernels *kernels = density->kernels;
    const Transit *transit = &density->transit;
    const size_t n = density->n, no = density->n_alpha, ld = work->ld;
    const bool holes = 2 * no > n;
    const size_t first = holes ? transit->first_virtual : 0, m = holes ? n - no : no;
    const size_t columns = holes ? transit->columns - first : transit->first_virtual;
    kernels->narrow(n, columns, holes ? -2.0 : 2.0, transit->orbitals + first, transit->ld,
                    work->orbitals, ld);
    if (transit->turned <= NEARLY_STILL) {
        kernels->narrow(n, columns, 1.0, transit->dual + first, transit->ld, work->dual, ld);
    } else {
        kernels->narrow(n, n, holes ? -0.5 : 0.5, density->overlap, density->ld, work->overlap, ld);
        kernels->matmul_tn_single(n, columns, n, work->overlap, ld, work->orbitals, ld, work->dual,
                                  ld);
    }
    // Whole squares of four: the padding of the columns goes along.
    kernels->transpose_single(n, columns, 1.0F, work->dual, ld, work->dual_t, ld);
    kernels->matmul_single(n, kernels_padded(n), m, work->orbitals, ld, work->dual_t, ld, NULL,
                           work->product, ld);
    for (size_t i = 0; i < n && holes; i++)
        work->product[i * ld + i] += 2.0F;
    kernels->traces_of_blocks(basis->n_atoms, basis->atom_ao, work->product, ld, work->scratch,
                              orders);
}

void bond_orders(Density *density, const Basis *basis, BondOrders *work, double *orders)
{
    if (density->refined && !density->transit.adopted) {
        of_refined_orbitals(density, basis, work, orders);
        return;
    }
    memset(orders, 0, basis->n_atoms * basis->n_atoms * sizeof *orders);
    if (density->n_alpha == density->n_beta) {
        add_density(density, basis, 1.0, density->density, orders);
        return;
    }
    density_build_alpha(density, density->weighted);
    add_density(density, basis, 2.0, density->weighted, orders);
    for (size_t i = 0; i < density->n * density->ld; i++)
        density->weighted[i] = density->density[i] - density->weighted[i];
    add_density(density, basis, 2.0, density->weighted, orders);
}
