#include <string.h>

#include "scf/orbital_update_parts.h"

/// Terms of the sums at a time.
static size_t depth_of(const OrbitalUpdate *update)
{
    return (update->n + 1) / 2;
}

/// What fills the lower triangle with the columns up to n is symmetric in its first m rows; behind these columns of it is padding.
static void complete(const OrbitalUpdate *update, size_t m, size_t n, double *c)
{
    const size_t ld = update->ld;
    update->kernels->mirror(0, m, c, ld);
    for (size_t i = 0; m < n && i < m; i++)
        memset(c + i * ld + m, 0, (n - m) * sizeof *c);
}

void orbital_blocks_make(OrbitalUpdate *update, const double *fock)
{
    const Kernels *kernels = update->kernels;
    const size_t n = update->n, fv = update->first_virtual, rows = update->rows, ld = update->ld;
    orbital_multiply(update, true, update->overlap, update->orbitals, update->sc);
    orbital_multiply(update, false, fock, update->orbitals, update->fc);
    if (orbital_update_is_local(update)) {
        orbital_blocks_of_windows(update, update->e, update->g);
        return;
    }
    // Room for half of the terms of C in strips, which both products need, and of S C or F C.
    double *of_c = update->pattern->room, *of_sc = update->strips;
    for (size_t l = 0; l < n; l += depth_of(update)) {
        const size_t k = n - l < depth_of(update) ? n - l : depth_of(update);
        kernels->pack_strips(rows, 0, rows, k, update->orbitals + l * ld, ld, of_c);
        kernels->pack_strips(rows, 0, rows, k, update->sc + l * ld, ld, of_sc);
        kernels->matmul_strips_triangle(rows, 0, rows, rows, k, of_c, of_sc, l > 0, update->e, ld);
        kernels->pack_strips(fv, 0, fv, k, update->fc + l * ld, ld, of_sc);
        kernels->matmul_strips_triangle(rows, 0, rows, fv, k, of_c, of_sc, l > 0, update->g, ld);
    }
    complete(update, rows, update->columns, update->e);
    complete(update, update->n_occupied, fv, update->g);
}
