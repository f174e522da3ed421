#include "scf/bond_orders.h"

#include <string.h>

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

void bond_orders(Density *density, const Basis *basis, double *orders)
{
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
