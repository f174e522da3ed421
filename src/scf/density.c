#include "scf/density.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

void density_layout(Density *density, Arena *arena, size_t n_ao)
{
    const size_t n = n_ao, ld = kernels_padded(n_ao);
    density->n = n;
    density->ld = ld;
    density->overlap = arena_doubles(arena, n * ld);
    density->inverse = arena_doubles(arena, n * ld);
    density->fock = arena_doubles(arena, n * ld);
    density->orbitals = arena_doubles(arena, n * ld);
    density->scratch = arena_doubles(arena, n * ld);
    density->density = arena_doubles(arena, n * ld);
    density->weighted = arena_doubles(arena, n * ld);
    density->eps = arena_doubles(arena, n);
    density->occupation = arena_doubles(arena, n);
    orbital_update_layout(&density->update, arena, n_ao);
    density->work = density->update.work;
    density->iwork = density->update.iwork;
}

void density_begin(Density *density)
{
    OrbitalUpdate *update = &density->update;
    update->kernels = density->kernels;
    update->overlap = density->overlap;
    update->n_occupied = density->n_alpha;
    density->inverse_known = false;
    density->n_diagonalised = 0;
    // Two spins with different electrons have no common occupied space.
    const bool closed_shell = density->n_alpha == density->n_beta;
    density->orbitals_known =
        closed_shell && !density->always_diagonalise && orbital_update_begin(update);
}

static QmtStatus invert_overlap(QmtContext *ctx, Density *density)
{
    if (density->inverse_known)
        return QMT_OK;
    memcpy(density->inverse, density->overlap, density->n * density->ld * sizeof(double));
    if (!linalg_inverse_cholesky(density->kernels, density->n, density->inverse, density->ld))
        return FAIL(ctx, QMT_ERR_SCF,
                    "scf: the overlap matrix is not positive definite: atoms are too close for a "
                    "minimal basis; check the geometry");
    density->inverse_known = true;
    return QMT_OK;
}

/// out = A^T B of k rows, which is symmetric: inside the pattern, or all of it.
static void product_of_rows(const Density *density, size_t k, const double *a, const double *b,
                            const KernelsPattern *pattern, double *out)
{
    const size_t n = density->n, ld = density->ld;
    if (pattern != NULL && density->refined && orbital_update_is_local(&density->update))
        orbital_update_density(&density->update, pattern, a, b, out);
    else if (pattern != NULL)
        density->kernels->matmul_tn_pattern(n, k, pattern, a, ld, b, ld, out, ld);
    else
        density->kernels->matmul_tn_symmetric(n, ld, k, a, ld, b, ld, out, ld);
}

/// sum over occupied orbitals of weight_k c_k c_k^T, rows scaled into scratch first.
static void sum_of_orbitals(Density *density, bool energy_weighted, const KernelsPattern *pattern,
                            double *out)
{
    const size_t n = density->n, ld = density->ld;
    size_t n_occupied = n;
    while (n_occupied > 0 && density->occupation[n_occupied - 1] < 1e-20)
        n_occupied--;
    for (size_t k = 0; k < n_occupied; k++) {
        const double w = density->occupation[k] * (energy_weighted ? density->eps[k] : 1.0);
        for (size_t i = 0; i < n; i++)
            density->scratch[k * ld + i] = w * density->orbitals[k * ld + i];
    }
    product_of_rows(density, n_occupied, density->scratch, density->orbitals, pattern, out);
}

/// P = 2 C_o C_o^T of the refined orbitals, which are rows times sqrt(2).
static void sum_of_refined_orbitals(Density *density, const KernelsPattern *pattern)
{
    product_of_rows(density, density->n_alpha, density->orbitals, density->orbitals, pattern,
                    density->density);
}

void density_complete(Density *density)
{
    if (density->pattern == NULL)
        return;
    if (density->refined)
        sum_of_refined_orbitals(density, NULL);
    else
        sum_of_orbitals(density, false, NULL, density->density);
}

static QmtStatus diagonalise(QmtContext *ctx, Density *density)
{
    TRY(invert_overlap(ctx, density));
    const size_t n = density->n, ld = density->ld;
    const Kernels *kernels = density->kernels;

    // F' = L^-1 F L^-T, eigenvectors v as rows, orbitals c = v L^-1. The E of a refinement is done with;
    // its padding is zero.
    double *inverse_t = orbital_update_scratch(&density->update);
    memset(inverse_t, 0, n * ld * sizeof *inverse_t);
    kernels->transpose(n, n, 1.0, density->inverse, ld, inverse_t, ld);
    kernels->matmul_nn(n, ld, n, density->inverse, ld, density->fock, ld, density->scratch, ld);
    kernels->matmul_nn(n, ld, n, density->scratch, ld, inverse_t, ld, density->orbitals, ld);
    memset(inverse_t, 0, n * ld * sizeof *inverse_t);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(density->orbitals[i * ld + i]))
            return FAIL(ctx, QMT_ERR_SCF, "scf: the Hamiltonian holds numbers that are not finite");
    if (!linalg_eigen(density->kernels, n, density->orbitals, ld, density->eps, density->work,
                      density->iwork))
        return FAIL(ctx, QMT_ERR_SCF, "scf: the diagonalisation of %zu orbitals gave up", n);
    memcpy(density->scratch, density->orbitals, n * ld * sizeof(double));
    kernels->matmul_nn(n, ld, n, density->scratch, ld, density->inverse, ld, density->orbitals, ld);

    memset(density->occupation, 0, n * sizeof(double));
    density->entropy = occupations_add(n, density->eps, density->n_alpha, density->kt,
                                       density->fermi_stop, density->occupation) +
                       occupations_add(n, density->eps, density->n_beta, density->kt,
                                       density->fermi_stop, density->occupation);
    density->n_diagonalised++;
    return QMT_OK;
}

/// Smallest gap, in hartree, at which a refinement is trusted: all occupations are whole there, as
/// exp(-gap/2kT) < 2e-15.
static double clear_gap(const Density *density)
{
    return fmax(0.065, 68.0 * density->kt);
}

/// The occupations that a refinement stands for.
static void fill_whole(Density *density)
{
    for (size_t k = 0; k < density->n; k++)
        density->occupation[k] = k < density->n_alpha ? 2.0 : 0.0;
    density->entropy = 0.0;
}

QmtStatus density_build(QmtContext *ctx, Density *density)
{
    const size_t n = density->n, n_occupied = density->n_alpha;
    density->refined = density->orbitals_known &&
                       orbital_update_refine(&density->update, density->fock, clear_gap(density));
    if (density->refined) {
        fill_whole(density);
        density->kernels->transpose(n, n_occupied, sqrt(2.0), density->update.orbitals,
                                    density->update.ld, density->orbitals, density->ld);
        sum_of_refined_orbitals(density, density->pattern);
    } else {
        TRY(diagonalise(ctx, density));
        density->orbitals_known =
            n_occupied == density->n_beta && n_occupied > 0 && n_occupied < n &&
            !density->always_diagonalise &&
            density->eps[n_occupied] - density->eps[n_occupied - 1] > clear_gap(density);
        if (density->orbitals_known)
            orbital_update_from_diagonalisation(&density->update, density->orbitals);
        sum_of_orbitals(density, false, density->pattern, density->density);
    }
    return QMT_OK;
}

void density_build_weighted(Density *density)
{
    if (!density->refined) {
        sum_of_orbitals(density, true, density->pattern, density->weighted);
        return;
    }
    // W = 2 C_o G_oo C_o^T: the occupied orbitals need not diagonalise F.
    const size_t ld = density->ld, no = density->n_alpha;
    OrbitalUpdate *update = &density->update;
    orbital_update_occupied_block(update);
    if (density->pattern != NULL && orbital_update_is_local(update))
        orbital_update_weighted_rows(update, density->pattern, update->g, density->orbitals,
                                     density->scratch);
    else
        density->kernels->matmul_nn(no, ld, no, update->g, update->ld, density->orbitals, ld,
                                    density->scratch, ld);
    product_of_rows(density, no, density->orbitals, density->scratch, density->pattern,
                    density->weighted);
}

/// Largest difference of two matrices, everywhere or in the rows and columns of a pattern.
static double largest_difference(const Density *density, const KernelsPattern *pattern,
                                 const double *a, const double *b)
{
    const size_t n = density->n, ld = density->ld;
    double largest = 0.0;
    for (size_t block = 0; pattern != NULL && block < pattern->n_blocks; block++)
        for (int g = pattern->first[block]; g < pattern->first[block + 1]; g++)
            for (size_t i = (size_t)pattern->row[block]; i < (size_t)pattern->row[block + 1]; i++)
                for (size_t l = 0, j = (size_t)pattern->group[g] * KERNELS_PATTERN_GROUP;
                     l < KERNELS_PATTERN_GROUP && j < n; l++, j++)
                    largest = fmax(fabs(a[i * ld + j] - b[i * ld + j]), largest);
    for (size_t i = 0; pattern == NULL && i < n * ld; i++)
        largest = fmax(fabs(a[i] - b[i]), largest);
    return largest;
}

QmtStatus density_deviation(QmtContext *ctx, Density *density, double *deviation)
{
    const size_t size = density->n * density->ld;
    *deviation = 0.0;
    if (!density->refined)
        return QMT_OK;
    // Far from their places local orbitals are zero: of P only what multiplies an integral is right.
    const KernelsPattern *const pattern =
        orbital_update_is_local(&density->update) ? density->pattern : NULL;
    if (pattern == NULL)
        density_complete(density);
    memcpy(density->weighted, density->orbitals, size * sizeof(double));
    const QmtStatus status = diagonalise(ctx, density);
    if (status == QMT_OK) {
        // The inverse of S has done its work and lends its room.
        sum_of_orbitals(density, false, NULL, density->inverse);
        density->inverse_known = false;
        density->n_diagonalised--;
        *deviation = largest_difference(density, pattern, density->inverse, density->density);
    }
    memcpy(density->orbitals, density->weighted, size * sizeof(double));
    fill_whole(density);
    return status;
}

void density_build_alpha(Density *density, double *alpha)
{
    const size_t n = density->n, ld = density->ld;
    double *f = density->work; // its first n numbers
    memset(f, 0, n * sizeof *f);
    occupations_add(n, density->eps, density->n_alpha, density->kt, density->fermi_stop, f);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            density->scratch[k * ld + i] = f[k] * density->orbitals[k * ld + i];
    density->kernels->matmul_tn(n, ld, n, density->scratch, ld, density->orbitals, ld, alpha, ld);
}

void density_end(Density *density)
{
    if (density->orbitals_known)
        orbital_update_end(&density->update);
    else if (orbital_update_knows(&density->update))
        orbital_update_clear(&density->update);
}

void density_forget_history(Density *density)
{
    orbital_history_clear(&density->update.history);
}

void density_freeze_history(Density *density)
{
    density->update.from_diagonalisation = true;
}
