#include "scf/transit.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "scf/extrapolation.h"

/// memory = [orbitals known][geometries since the last rotation][orbitals: n ld][history of A]
enum { KNOWN = 0, AGE = 1, ORBITALS = 2 };

enum {
    MAX_PASSES = 4,
    MAX_INNER = 20,
    // Points of the extrapolation of A, which is refined anyway: more only cost memory traffic.
    HISTORY = 6,
    // Orbitals drift away from those that diagonalise the blocks of G by some 0.01 hartree in 100
    // steps of 0.25 fs, and the inner iterations slow down with it.
    ROTATE_EVERY = 64
};

/// A pass leaves the square of its largest correction.
#define SMALL_CORRECTION 1e-7
/// Above this the virtual block of G is made anew for the next pass.
#define MODERATE_CORRECTION 1e-4

size_t transit_memory_size(size_t n)
{
    const size_t size = n * kernels_padded(n);
    return ORBITALS + size + extrapolation_memory_size(size, HISTORY);
}

void transit_layout(Arena *arena, size_t n_ao, Transit *transit)
{
    const size_t n = n_ao, ld = kernels_padded(n), size = n * ld;
    transit->n = n;
    transit->ld = ld;
    transit->overlap = arena_doubles(arena, size);
    transit->columns = arena_doubles(arena, size);
    transit->half = arena_doubles(arena, size);
    transit->g = arena_doubles(arena, size);
    transit->e = arena_doubles(arena, size);
    transit->z = arena_doubles(arena, size);
    transit->z_sum = arena_doubles(arena, size);
    transit->guess = arena_doubles(arena, size);
    transit->g_oo = arena_doubles(arena, size);
    transit->x = arena_doubles(arena, size);
    transit->r = arena_doubles(arena, size);
    transit->product = arena_doubles(arena, size);
    transit->rotation = arena_doubles(arena, size);
    transit->work = arena_doubles(arena, linalg_eigen_work(n));
    transit->eps = arena_doubles(arena, n);
    transit->iwork = arena_ints(arena, linalg_eigen_iwork(n));
}

/// The larger of two numbers; fmax() is a call into libm.
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static size_t size_of(const Transit *transit)
{
    return transit->n * transit->ld;
}

static double *history(const Transit *transit)
{
    return transit->memory + ORBITALS + size_of(transit);
}

void transit_clear(Transit *transit)
{
    transit->memory[KNOWN] = 0.0;
    extrapolation_clear(history(transit));
}

static void transpose(const Transit *transit, const double *in, double *out)
{
    for (size_t i = 0; i < transit->n; i++)
        for (size_t j = 0; j < transit->n; j++)
            out[j * transit->ld + i] = in[i * transit->ld + j];
}

/// c = a b for full padded matrices.
static void multiply(const Transit *transit, const double *a, const double *b, double *c)
{
    transit->kernels->matmul_nn(transit->n, transit->ld, transit->n, a, transit->ld, b, transit->ld,
                                c, transit->ld);
}

/// Occupied-occupied and virtual-virtual blocks made symmetric: this fixes the rotation inside the
/// two spaces, which the density does not see but the extrapolation does.
static void symmetrise_blocks(const Transit *transit, double *a)
{
    const size_t n = transit->n, ld = transit->ld, no = transit->n_occupied;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i < no ? 0 : no; j < i; j++)
            a[i * ld + j] = a[j * ld + i] = 0.5 * (a[i * ld + j] + a[j * ld + i]);
}

bool transit_begin(Transit *transit)
{
    transit->ld_o = kernels_padded(transit->n_occupied);
    if (transit->memory[KNOWN] == 0.0)
        return false;
    memset(transit->z_sum, 0, size_of(transit) * sizeof(double));
    transit->orthonormal = false;
    transit->virtuals_known = false;
    transit->adopted = false;
    if (extrapolation_guess(size_of(transit), history(transit), transit->guess) > 0) {
        symmetrise_blocks(transit, transit->guess);
        multiply(transit, transit->guess, transit->memory + ORBITALS, transit->orbitals);
    } else {
        memset(transit->guess, 0, size_of(transit) * sizeof(double));
        for (size_t i = 0; i < transit->n; i++)
            transit->guess[i * transit->ld + i] = 1.0;
        memcpy(transit->orbitals, transit->memory + ORBITALS, size_of(transit) * sizeof(double));
    }
    return true;
}

void transit_adopt(Transit *transit)
{
    transit->memory[AGE] = 0.0;
    extrapolation_clear(history(transit));
    transit->adopted = true;
    transit->orthonormal = true;
    transit->virtuals_known = false;
}

/// Solves G_vv X - X G_oo = R for X, with the diagonals of G divided out: a contraction as long as
/// the off-diagonal elements are small against the gap. Returns the largest element of X, or a
/// negative number if it does not converge.
static double solve_sylvester(Transit *transit)
{
    const size_t no = transit->n_occupied, nv = transit->n - no, ld = transit->ld,
                 ldo = transit->ld_o;
    const double *g_vv = transit->g + no * ld + no;
    double largest = 0.0;
    for (int inner = 0; inner < MAX_INNER; inner++) {
        double change = 0.0;
        for (size_t a = 0; a < nv; a++)
            for (size_t i = 0; i < no; i++) {
                const double d =
                    transit->r[a * ldo + i] / (g_vv[a * ld + a] - transit->g_oo[i * ldo + i]);
                transit->x[a * ldo + i] = inner == 0 ? d : transit->x[a * ldo + i] + d;
                change = larger(fabs(d), change);
            }
        if (inner == 0)
            largest = change;
        // What remains must be below the square that the pass leaves anyway.
        if (change <= fmax(1e-13, 0.03 * largest * largest))
            return largest;
        if (!(change <= 4.0 * largest))
            return -1.0;
        // r <- r - (G_vv d - d G_oo) would lose digits; the residual is made afresh from X.
        transit->kernels->matmul_nn(nv, ldo, nv, g_vv, ld, transit->x, ldo, transit->product, ldo);
        transit->kernels->matmul_nn(nv, ldo, no, transit->x, ldo, transit->g_oo, ldo, transit->r,
                                    ldo);
        for (size_t a = 0; a < nv; a++)
            for (size_t i = 0; i < no; i++)
                transit->r[a * ldo + i] +=
                    transit->half[a * ldo + i] - transit->product[a * ldo + i];
    }
    return -1.0;
}

/// c = a b for a product that is symmetric.
static void multiply_symmetric(const Transit *transit, const double *a, const double *b, double *c)
{
    // Whole lines, padding included: its columns are zero.
    transit->kernels->matmul_nn_symmetric(transit->n, transit->n, a, transit->ld, b, transit->ld, c,
                                          transit->ld);
}

static bool gap_is_clear(const Transit *transit, double clear_gap)
{
    double highest = -INFINITY, lowest = INFINITY;
    for (size_t i = 0; i < transit->n_occupied; i++)
        highest = larger(transit->g[i * transit->ld + i], highest);
    for (size_t a = transit->n_occupied; a < transit->n; a++)
        lowest = -larger(-transit->g[a * transit->ld + a], -lowest);
    return lowest - highest > clear_gap;
}

/// The occupied block of G, on its own and padded.
static void copy_occupied_block(Transit *transit)
{
    const size_t no = transit->n_occupied, ldo = transit->ld_o;
    for (size_t i = 0; i < no; i++) {
        memcpy(transit->g_oo + i * ldo, transit->g + i * transit->ld, no * sizeof(double));
        memset(transit->g_oo + i * ldo + no, 0, (ldo - no) * sizeof(double));
    }
}

/// A full pass of the refinement; returns the largest correction, negative on failure.
static double full_pass(Transit *transit, const double *fock, double clear_gap)
{
    const size_t n = transit->n, ld = transit->ld, no = transit->n_occupied, nv = n - no,
                 ldo = transit->ld_o;
    transpose(transit, transit->orbitals, transit->columns);
    multiply(transit, transit->orbitals, fock, transit->half);
    multiply_symmetric(transit, transit->half, transit->columns, transit->g);
    if (transit->orthonormal) {
        memset(transit->e, 0, size_of(transit) * sizeof(double));
    } else {
        multiply(transit, transit->orbitals, transit->overlap, transit->half);
        multiply_symmetric(transit, transit->half, transit->columns, transit->e);
        for (size_t i = 0; i < n; i++)
            transit->e[i * ld + i] -= 1.0;
    }
    if (!gap_is_clear(transit, clear_gap))
        return -1.0;
    copy_occupied_block(transit);

    // R = E_vo G_oo - G_vo, kept in half for the residuals.
    transit->kernels->matmul_nn(nv, ldo, no, transit->e + no * ld, ld, transit->g_oo, ldo,
                                transit->half, ldo);
    for (size_t a = 0; a < nv; a++)
        for (size_t i = 0; i < ldo; i++) {
            if (i < no)
                transit->half[a * ldo + i] -= transit->g[(no + a) * ld + i];
            transit->x[a * ldo + i] = 0.0;
            transit->r[a * ldo + i] = transit->half[a * ldo + i];
        }
    double largest = solve_sylvester(transit);
    if (largest < 0.0)
        return -1.0;

    for (size_t i = 0; i < no; i++) {
        for (size_t j = 0; j < no; j++)
            transit->z[i * ld + j] = -0.5 * transit->e[i * ld + j];
        for (size_t a = 0; a < nv; a++)
            transit->z[i * ld + no + a] = transit->x[a * ldo + i];
    }
    for (size_t a = 0; a < nv; a++) {
        double *row = transit->z + (no + a) * ld;
        for (size_t i = 0; i < no; i++)
            row[i] = -(transit->x[a * ldo + i] + transit->e[(no + a) * ld + i]);
        for (size_t b = no; b < n; b++)
            row[b] = -0.5 * transit->e[(no + a) * ld + b];
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            largest = larger(fabs(transit->z[i * ld + j]), largest);

    // G_oo of the new orbitals, for the energy-weighted density: G_oo + Z_oo G_oo + G_oo Z_oo; the
    // rest is of second order.
    if (!transit->orthonormal) {
        transit->kernels->matmul_nn(no, ldo, no, transit->z, ld, transit->g_oo, ldo,
                                    transit->product, ldo);
        for (size_t i = 0; i < no; i++)
            for (size_t j = 0; j < no; j++)
                transit->g_oo[i * ldo + j] +=
                    transit->product[i * ldo + j] + transit->product[j * ldo + i];
    }

    multiply(transit, transit->z, transit->orbitals, transit->half);
    transit->kernels->axpy(size_of(transit), 1.0, transit->half, transit->orbitals);
    if (!transit->adopted)
        transit->kernels->axpy(size_of(transit), 1.0, transit->z, transit->z_sum);
    return largest;
}

/// A pass for a Hamiltonian that differs little from the one of the full pass before it, with
/// orbitals that are orthonormal already: only the occupied rows of G are made, the virtual block is
/// the one of that pass. What is stale of it counts times the correction, both small. A third of the
/// work.
static double short_pass(Transit *transit, const double *fock, double clear_gap)
{
    const size_t n = transit->n, ld = transit->ld, no = transit->n_occupied, nv = n - no,
                 ldo = transit->ld_o;
    double *virtuals = transit->orbitals + no * ld;
    transpose(transit, transit->orbitals, transit->columns);
    transit->kernels->matmul_nn(no, ld, n, transit->orbitals, ld, fock, ld, transit->z, ld);
    transit->kernels->matmul_nn(no, ld, n, transit->z, ld, transit->columns, ld, transit->g, ld);
    if (!gap_is_clear(transit, clear_gap))
        return -1.0;
    copy_occupied_block(transit);
    memset(transit->half, 0, nv * ldo * sizeof(double));
    for (size_t a = 0; a < nv; a++)
        for (size_t i = 0; i < no; i++)
            transit->half[a * ldo + i] = -transit->g[i * ld + no + a];
    memcpy(transit->r, transit->half, nv * ldo * sizeof(double));
    memset(transit->x, 0, nv * ldo * sizeof(double));
    const double largest = solve_sylvester(transit);
    if (largest < 0.0)
        return -1.0;

    // C_o += X^T C_v and C_v -= X C_o, both with the orbitals before.
    transit->kernels->matmul_tn(no, ld, nv, transit->x, ldo, virtuals, ld, transit->half, ld);
    transit->kernels->matmul_nn(nv, ld, no, transit->x, ldo, transit->orbitals, ld,
                                transit->half + no * ld, ld);
    transit->kernels->axpy(no * ld, 1.0, transit->half, transit->orbitals);
    transit->kernels->axpy(nv * ld, -1.0, transit->half + no * ld, virtuals);
    if (!transit->adopted)
        for (size_t a = 0; a < nv; a++)
            for (size_t i = 0; i < no; i++) {
                transit->z_sum[i * ld + no + a] += transit->x[a * ldo + i];
                transit->z_sum[(no + a) * ld + i] -= transit->x[a * ldo + i];
            }
    return largest;
}

/// A = (1 + Z) A for the corrections of this geometry so far.
static void apply_corrections(Transit *transit)
{
    if (transit->adopted)
        return;
    multiply(transit, transit->z_sum, transit->guess, transit->half);
    transit->kernels->axpy(size_of(transit), 1.0, transit->half, transit->guess);
    memset(transit->z_sum, 0, size_of(transit) * sizeof(double));
}

bool transit_refine(Transit *transit, const double *fock, double clear_gap)
{
    if (transit->n_occupied == 0 || transit->n_occupied == transit->n)
        return false;
    for (int i = 0; i < MAX_PASSES; i++) {
        const bool brief = transit->virtuals_known && transit->orthonormal;
        const double largest =
            brief ? short_pass(transit, fock, clear_gap) : full_pass(transit, fock, clear_gap);
        if (!(largest >= 0.0) || largest > 0.3)
            return false;
        transit->orthonormal = largest <= SMALL_CORRECTION;
        transit->virtuals_known = largest <= MODERATE_CORRECTION;
        if (transit->orthonormal)
            return true;
        // Products of two corrections count while these are large.
        apply_corrections(transit);
    }
    return false;
}

/// Rotates the remembered orbitals inside the two spaces so that both blocks of G become diagonal,
/// and the history with them: A' = U A U^T.
static void rotate(Transit *transit)
{
    const size_t n = transit->n, ld = transit->ld, no = transit->n_occupied;
    memset(transit->rotation, 0, size_of(transit) * sizeof(double));
    for (int space = 0; space < 2; space++) {
        const size_t first = space == 0 ? 0 : no, m = space == 0 ? no : n - no;
        double *block = transit->rotation + first * ld + first;
        for (size_t i = 0; i < m; i++)
            memcpy(block + i * ld, transit->g + (first + i) * ld + first, m * sizeof(double));
        if (!linalg_eigen(m, block, ld, transit->eps, transit->work, transit->iwork))
            return;
    }
    multiply(transit, transit->rotation, transit->orbitals, transit->memory + ORBITALS);
    transpose(transit, transit->rotation, transit->columns);
    for (int k = 0; k < HISTORY; k++) {
        double *d = extrapolation_difference(size_of(transit), history(transit), k);
        multiply(transit, transit->rotation, d, transit->half);
        multiply(transit, transit->half, transit->columns, d);
    }
    transit->memory[AGE] = 0.0;
}

void transit_end(Transit *transit)
{
    if (!transit->adopted) {
        apply_corrections(transit);
        extrapolation_store(size_of(transit), HISTORY, history(transit), transit->guess);
        transit->memory[AGE] += 1.0;
    }
    transit->memory[KNOWN] = 1.0;
    memcpy(transit->memory + ORBITALS, transit->orbitals, size_of(transit) * sizeof(double));
    // The orbitals of this geometry stay as they are: its energy-weighted density needs them.
    if (transit->memory[AGE] >= ROTATE_EVERY)
        rotate(transit);
}
