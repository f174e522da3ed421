#ifndef SUPPORT_ORBITAL_STEPS_H
#define SUPPORT_ORBITAL_STEPS_H

#include "base/linalg.h"
#include "scf/orbital_update.h"
#include "support/arena_fixture.h"
#include "support/check.h"
#include "support/orbital_path.h"

/// Orbitals of the small molecule of orbital_path.h, refined as those of a small or of a large one.

static Arena steps_arena;
static OrbitalUpdate update;
static double overlap[PATH_N * PATH_LD], fock[PATH_N * PATH_LD];

static void steps_layout(void)
{
    orbital_update_layout(&update, &steps_arena, PATH_N);
}

static int update_open(bool large)
{
    update = (OrbitalUpdate){0};
    if (arena_fixture_open(&steps_arena, steps_layout) != 0)
        return -1;
    update.kernels = kernels_choose(NULL);
    update.overlap = overlap;
    update.n_occupied = PATH_OCCUPIED;
    update.large = large;
    return 0;
}

static inline int open_small_update(void **state)
{
    (void)state;
    return update_open(false);
}

static inline int open_large_update(void **state)
{
    (void)state;
    return update_open(true);
}

static int close_update(void **state)
{
    (void)state;
    arena_release(&steps_arena);
    return 0;
}

/// Orbitals of the matrices as rows, from a diagonalisation.
static void diagonalise(double *rows)
{
    static double inverse[PATH_N * PATH_LD], half[PATH_N * PATH_LD], eps[PATH_N], work[4096];
    static int iwork[512];
    assert_true(linalg_eigen_work(PATH_N) <= 4096 && linalg_eigen_iwork(PATH_N) <= 512);
    memcpy(inverse, overlap, sizeof inverse);
    assert_true(linalg_inverse_cholesky(NULL, PATH_N, inverse, PATH_LD));
    memset(rows, 0, PATH_N * PATH_LD * sizeof *rows);
    path_product(inverse, PATH_LD, 0, fock, PATH_LD, half);
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++)
            for (size_t k = 0; k < PATH_N; k++)
                rows[i * PATH_LD + j] += half[i * PATH_LD + k] * inverse[j * PATH_LD + k];
    assert_true(linalg_eigen(NULL, PATH_N, rows, PATH_LD, eps, work, iwork));
    memcpy(half, rows, sizeof half);
    path_product(half, PATH_LD, 0, inverse, PATH_LD, rows);
}

/// S and F of a point of the path, and orbitals to begin with.
static void begin_at(double t)
{
    path_matrices(t, overlap, fock);
    if (orbital_update_begin(&update))
        return;
    static double rows[PATH_N * PATH_LD];
    diagonalise(rows);
    orbital_update_from_diagonalisation(&update, rows);
}

/// a^T M b of column a of some orbitals and column b of the current ones.
static inline double product_of(const double *orbitals, size_t a, size_t b, const double *matrix)
{
    double sum = 0.0;
    for (size_t i = 0; i < PATH_N; i++)
        for (size_t j = 0; j < PATH_N; j++)
            sum += orbitals[i * update.ld + a] * matrix[i * PATH_LD + j] *
                   update.orbitals[j * update.ld + b];
    return sum;
}

static inline double between(size_t a, size_t b, const double *matrix)
{
    return product_of(update.orbitals, a, b, matrix);
}

#endif
