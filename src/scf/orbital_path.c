#include <string.h>

#include "scf/orbital_update_parts.h"

static size_t size_of(const OrbitalUpdate *update)
{
    return update->n * update->ld;
}

void orbital_path_begin(OrbitalUpdate *update)
{
    const double *restrict before = update->kept_orbitals;
    double *restrict c = update->orbitals;
    float *restrict d = update->guess;
    const size_t size = size_of(update);
    if (orbital_history_guess(&update->history, d) == 0)
        memset(d, 0, size * sizeof *d);
    for (size_t i = 0; i < size; i++)
        c[i] = before[i] + (double)d[i];
    update->guess_is_path = true;
}

/// C - C_{t-1}
static void make_difference(OrbitalUpdate *update)
{
    const double *restrict before = update->kept_orbitals, *restrict c = update->orbitals;
    float *restrict d = update->guess;
    for (size_t i = 0; i < size_of(update); i++)
        d[i] = (float)(c[i] - before[i]);
    update->guess_is_path = true;
}

/// (B - B^T)/2 of m orbitals from `first` on.
static void turns_of_space(OrbitalUpdate *update, size_t first, size_t m, const float *sc)
{
    const size_t ld = update->ld, columns = (m + 3) / 4 * 4;
    float *b = update->e_scaled, *y = update->y + first * ld + first;
    update->kernels->matmul_tn_single(m, columns, update->n, update->guess + first, ld, sc + first,
                                      ld, b, ld);
    for (size_t i = 0; i < m; i++) {
        y[i * ld + i] = 0.0F;
        for (size_t j = 0; j < i; j++) {
            y[i * ld + j] = 0.5F * (b[i * ld + j] - b[j * ld + i]);
            y[j * ld + i] = -y[i * ld + j];
        }
    }
}

static void no_turns_of_space(OrbitalUpdate *update, size_t first, size_t m)
{
    for (size_t i = 0; i < m; i++)
        memset(update->y + (first + i) * update->ld + first, 0, m * sizeof(float));
}

void orbital_path_turns(OrbitalUpdate *update)
{
    const size_t no = update->n_occupied, fv = update->first_virtual,
                 nv = orbital_update_n_virtual(update);
    // S C is that of orbitals which were orthonormal already, if this pass has not made it.
    if (update->from_diagonalisation || update->orthonormal) {
        no_turns_of_space(update, 0, no);
        no_turns_of_space(update, fv, nv);
        return;
    }
    if (!update->guess_is_path)
        make_difference(update);
    float *sc = update->step;
    update->kernels->narrow(update->n, update->columns, 1.0, update->sc, update->ld, sc,
                            update->ld);
    turns_of_space(update, 0, no, sc);
    turns_of_space(update, fv, nv, sc);
}

void orbital_path_end(OrbitalUpdate *update)
{
    make_difference(update);
    orbital_history_store(&update->history, update->guess);
}

void orbital_path_rotate(OrbitalUpdate *update, const float *u, float *work)
{
    const size_t ld = update->ld;
    for (int k = 0; k < ORBITAL_HISTORY_POINTS; k++) {
        float *d = orbital_history_point(&update->history, k);
        memcpy(work, d, size_of(update) * sizeof *work);
        update->kernels->matmul_single(update->n, update->columns, update->rows, work, ld, u, ld,
                                       NULL, d, ld);
    }
}
