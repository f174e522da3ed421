#include <string.h>

#include "base/team.h"
#include "scf/orbital_update_parts.h"

static size_t size_of(const OrbitalUpdate *update)
{
    return update->n * update->ld;
}

static void part_begin(void *task, size_t first, size_t last)
{
    const OrbitalUpdate *update = task;
    const double *restrict before = update->kept_orbitals;
    const float *restrict d = update->guess;
    double *restrict c = update->orbitals;
    for (size_t i = first * update->ld; i < last * update->ld; i++)
        c[i] = before[i] + (double)d[i];
}

void orbital_path_begin(OrbitalUpdate *update)
{
    if (orbital_history_guess(&update->history, update->guess) == 0)
        memset(update->guess, 0, size_of(update) * sizeof *update->guess);
    // What is outside of the windows no correction would reach, and noise there would grow.
    if (update->local)
        orbital_clear_outside(update, update->guess);
    team_share(update->n, ORBITAL_UPDATE_ROWS, part_begin, update);
    update->guess_is_path = true;
}

static void part_difference(void *task, size_t first, size_t last)
{
    const OrbitalUpdate *update = task;
    const double *restrict before = update->kept_orbitals, *restrict c = update->orbitals;
    float *restrict d = update->guess;
    for (size_t i = first * update->ld; i < last * update->ld; i++)
        d[i] = (float)(c[i] - before[i]);
}

/// C - C_{t-1}
static void make_difference(OrbitalUpdate *update)
{
    team_share(update->n, ORBITAL_UPDATE_ROWS, part_difference, update);
    update->guess_is_path = true;
}

typedef struct {
    size_t ld;
    const float *b;
    float *y;
} Turns;

/// Some rows and as many columns at a time, so that the lines of both triangles stay in the cache.
static void part_turns(void *task, size_t first, size_t last)
{
    const Turns *turns = task;
    const size_t ld = turns->ld;
    const float *restrict b = turns->b;
    float *restrict y = turns->y;
    for (size_t begin = 0; begin < last; begin += ORBITAL_UPDATE_ROWS)
        for (size_t i = first; i < last; i++) {
            const size_t end = begin + ORBITAL_UPDATE_ROWS;
            for (size_t j = begin; j < end && j < i; j++) {
                y[i * ld + j] = 0.5F * (b[i * ld + j] - b[j * ld + i]);
                y[j * ld + i] = -y[i * ld + j];
            }
        }
    for (size_t i = first; i < last; i++)
        y[i * ld + i] = 0.0F;
}

/// (B - B^T)/2 of m orbitals from `first` on.
static void turns_of_space(OrbitalUpdate *update, OrbitalSpace space, const float *sc)
{
    const size_t ld = update->ld, first = space == ORBITALS_OCCUPIED ? 0 : update->first_virtual,
                 m = space == ORBITALS_OCCUPIED ? update->n_occupied
                                                : orbital_update_n_virtual(update);
    Turns turns = {ld, update->e_scaled, update->y + first * ld + first};
    orbital_product_tn_single(update, space, space, update->guess + first, sc + first,
                              update->e_scaled);
    team_share(m, ORBITAL_UPDATE_ROWS, part_turns, &turns);
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
    turns_of_space(update, ORBITALS_OCCUPIED, sc);
    turns_of_space(update, ORBITALS_VIRTUAL, sc);
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
