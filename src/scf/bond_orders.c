#include "scf/bond_orders.h"

#include <string.h>

/// Corrections of the orbitals that change orders by less than 2e-6.
#define NEARLY_STILL 3e-7

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

static float *singles(Arena *arena, size_t rows, size_t ld)
{
    return arena_bytes(arena, rows * ld * sizeof(float));
}

void bond_orders_layout(BondOrders *work, Arena *arena, const Basis *basis)
{
    const size_t n = basis->n_ao, ld = kernels_padded_single(n);
    work->ld = ld;
    work->sc = arena_doubles(arena, (n + 1) * ld);
    work->orbitals = singles(arena, n, ld);
    work->sc_t = singles(arena, ld, ld);
    work->product = singles(arena, ld, ld);
    work->scratch = singles(arena, 1, kernels_blocks_scratch(n, basis->n_atoms));
}

/// C of a space from column `first` on in single precision, and its leading dimension.
static const float *orbitals_of(const OrbitalUpdate *update, size_t first, size_t columns,
                                BondOrders *work, size_t *ld)
{
    const float *known = orbital_update_singles(update);
    *ld = known != NULL ? update->ld : work->ld;
    if (known != NULL)
        return known + first;
    update->kernels->narrow(update->n, columns, 1.0, update->orbitals + first, update->ld,
                            work->orbitals, work->ld);
    return work->orbitals;
}

/// S C of the same columns, and its leading dimension.
static const double *sc_of(const Density *density, size_t first, size_t columns, BondOrders *work,
                           size_t *ld)
{
    const OrbitalUpdate *update = &density->update;
    const bool known = update->moved <= NEARLY_STILL;
    *ld = known ? update->ld : work->ld;
    if (known)
        return update->sc + first;
    density->kernels->matmul_tn(density->n, columns, density->n, density->overlap, density->ld,
                                update->orbitals + first, update->ld, work->sc, work->ld);
    return work->sc;
}

/// Makes each row add up to twice the electrons of its atom. Errors of products with a diagonal that is
/// twenty times larger than the rest would be just as large.
static void complete_rows(size_t n, const double *electrons, double *orders)
{
    for (size_t a = 0; a < n; a++) {
        double *row = orders + a * n, sum = 0.0;
        for (size_t b = 0; b < n; b++)
            sum += b == a ? 0.0 : row[b];
        row[a] = 2.0 * electrons[a] - sum;
    }
}

/// The orders of refined orbitals, in single precision.
static void of_refined_orbitals(const Density *density, const Basis *basis, BondOrders *work,
                                const double *electrons, double *orders)
{
    const Kernels *kernels = density->kernels;
    const OrbitalUpdate *update = &density->update;
    const size_t n = density->n, no = density->n_alpha, ld = work->ld;
    const bool holes = 2 * no > n;
    const size_t first = holes ? update->first_virtual : 0, m = holes ? n - no : no;
    const size_t columns = holes ? update->columns - first : update->first_virtual;
    size_t ld_orbitals, ld_sc;
    const float *orbitals = orbitals_of(update, first, columns, work, &ld_orbitals);
    const double *sc = sc_of(density, first, columns, work, &ld_sc);
    kernels->narrow_transposed(n, m, holes ? -2.0 : 2.0, sc, ld_sc, work->sc_t, ld);
    // Whole lines: the padding of the columns goes along.
    kernels->matmul_single(n, kernels_padded(n), m, orbitals, ld_orbitals, work->sc_t, ld, NULL,
                           work->product, ld);
    // That holes are missing from a whole shows on the diagonal only, which is not taken from here.
    kernels->traces_of_blocks(basis->n_atoms, basis->atom_ao, work->product, ld, work->scratch,
                              orders);
    complete_rows(basis->n_atoms, electrons, orders);
}

void bond_orders(Density *density, const Basis *basis, BondOrders *work, const double *electrons,
                 double *orders)
{
    if (density->refined && !density->update.from_diagonalisation) {
        of_refined_orbitals(density, basis, work, electrons, orders);
        return;
    }
    density_complete(density);
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
