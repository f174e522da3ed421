#include "scf/transit.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "scf/transit_history.h"

/// memory = [orbitals known][geometries since the last rotation][orbitals: n ld][the same in single
/// precision][history of T - 1]
enum { KNOWN = 0, AGE = 1, ORBITALS = 8 };

enum {
    MAX_PASSES = 4,
    MAX_INNER = 20,
    // The occupied orbitals are padded to whole vectors of this length.
    PAD = 4,
    // Orbitals drift away from those that diagonalise the blocks of G by some 0.01 hartree in 100
    // steps of 0.25 fs, and the inner iterations slow down with it. Where the drift is fast, they tell.
    ROTATE_EVERY = 64,
    ROTATE_AFTER = 8,
    MANY_INNER = 10
};

/// A pass leaves the square of its largest correction.
#define SMALL_CORRECTION 5e-6
/// Above this the norms of the occupied orbitals need their second order in a short pass, too.
#define VISIBLE_CORRECTION 1e-7
/// Above this the virtual block of G is made anew for the next pass.
#define MODERATE_CORRECTION 1e-4

static size_t ld_for(size_t n_ao)
{
    return kernels_padded(n_ao) + KERNELS_PAD;
}

size_t transit_memory_size(size_t n)
{
    return ORBITALS + n * ld_for(n) + n * ld_for(n) / 2 +
           transit_history_size((n + PAD) * ld_for(n));
}

static float *singles(Arena *arena, size_t n)
{
    return arena_bytes(arena, n * sizeof(float));
}

void transit_layout(Arena *arena, size_t n_ao, Transit *transit)
{
    const size_t n = n_ao, size = (n + PAD) * ld_for(n_ao);
    transit->n = n;
    transit->ld_ao = kernels_padded(n);
    transit->orbitals = arena_doubles(arena, size);
    transit->half = arena_doubles(arena, size);
    transit->dual = arena_doubles(arena, size);
    transit->g = arena_doubles(arena, size);
    transit->e = arena_doubles(arena, size);
    transit->eps = arena_doubles(arena, n + PAD);
    transit->rotation = arena_doubles(arena, size);
    transit->eigenvalues = arena_doubles(arena, n);
    transit->work = arena_doubles(arena, linalg_eigen_work(n));
    transit->iwork = arena_ints(arena, linalg_eigen_iwork(n));
    transit->orbitals_single = singles(arena, size);
    transit->fock_single = singles(arena, n * transit->ld_ao);
    transit->half_single = singles(arena, size);
    transit->guess = singles(arena, size);
    transit->y = singles(arena, size);
    transit->y_sum = singles(arena, size);
    transit->g_off = singles(arena, size);
    transit->e_single = singles(arena, size);
    transit->e_scaled = singles(arena, size);
    transit->x = singles(arena, size);
    transit->residual = singles(arena, size);
    transit->step = singles(arena, size);
    transit->scale = singles(arena, size);
}

/// The larger of two numbers; fmax() is a call into libm.
static inline double larger(double a, double b)
{
    return a > b ? a : b;
}

static size_t padded(size_t n)
{
    return (n + PAD - 1) / PAD * PAD;
}

/// Elements of a matrix in the basis of orbitals.
static size_t size_of(const Transit *transit)
{
    return transit->rows * transit->ld;
}

static size_t n_virtual(const Transit *transit)
{
    return transit->n - transit->n_occupied;
}

/// Where the virtual-occupied and virtual-virtual blocks begin.
static size_t vo(const Transit *transit)
{
    return transit->first_virtual * transit->ld;
}

static size_t vv(const Transit *transit)
{
    return vo(transit) + transit->first_virtual;
}

static double *kept_orbitals(const Transit *transit)
{
    return transit->memory + ORBITALS;
}

static float *kept_singles(const Transit *transit)
{
    return (float *)(kept_orbitals(transit) + transit->n * ld_for(transit->n));
}

static double *history(const Transit *transit)
{
    return kept_orbitals(transit) + transit->n * ld_for(transit->n) * 3 / 2;
}

void transit_clear(Transit *transit)
{
    transit->memory[KNOWN] = 0.0;
    transit_history_clear(history(transit));
}

/// Dimensions that follow from the number of electrons.
static void set_shape(Transit *transit)
{
    const size_t nv = n_virtual(transit);
    transit->first_virtual = padded(transit->n_occupied);
    transit->rows = transit->first_virtual + nv;
    transit->columns = transit->first_virtual + padded(nv);
    transit->ld = kernels_padded(transit->columns);
    // The padding between the two spaces is far away from all orbitals.
    for (size_t i = transit->n_occupied; i < transit->first_virtual; i++)
        transit->eps[i] = -1e3;
}

/// to = from (1 + y), with `from` in single precision as well.
static void turn(Transit *transit, const double *from, const float *single, const float *y,
                 double *to)
{
    const size_t ld = transit->ld;
    transit->kernels->matmul_correction(transit->n, transit->columns, transit->rows, single, ld, y,
                                        ld, from, to, ld);
}

bool transit_begin(Transit *transit)
{
    set_shape(transit);
    if (transit->memory[KNOWN] == 0.0)
        return false;
    const Kernels *kernels = transit->kernels;
    const size_t size = size_of(transit);
    memset(transit->y_sum, 0, size * sizeof(float));
    transit->orthonormal = false;
    transit->virtuals_known = false;
    transit->adopted = false;
    transit->slow = false;
    if (transit_history_guess(kernels, size, history(transit), transit->guess) > 0) {
        turn(transit, kept_orbitals(transit), kept_singles(transit), transit->guess,
             transit->orbitals);
    } else {
        memset(transit->guess, 0, size * sizeof(float));
        memcpy(transit->orbitals, kept_orbitals(transit),
               transit->n * transit->ld * sizeof(double));
    }
    return true;
}

void transit_adopt(Transit *transit, const double *rows)
{
    const size_t n = transit->n, no = transit->n_occupied, ld = transit->ld, ld_ao = transit->ld_ao;
    transit->memory[AGE] = 0.0;
    transit_history_clear(history(transit));
    memset(transit->orbitals, 0, n * ld * sizeof(double));
    transit->kernels->transpose(no, n, 1.0, rows, ld_ao, transit->orbitals, ld);
    transit->kernels->transpose(n_virtual(transit), n, 1.0, rows + no * ld_ao, ld_ao,
                                transit->orbitals + transit->first_virtual, ld);
    transit->adopted = true;
    transit->slow = false;
    transit->orthonormal = true;
    transit->virtuals_known = false;
    transit->turned = INFINITY;
}

/// Solves G_vv X - X G_oo = R for X, R in transit->residual, with the diagonals of G divided out: a
/// contraction as long as the off-diagonal elements are small against the gap. Returns the largest
/// element of X, or a negative number if it does not converge.
static double solve_sylvester(Transit *transit)
{
    const size_t no = transit->n_occupied, fv = transit->first_virtual, nv = n_virtual(transit),
                 ld = transit->ld;
    const Kernels *kernels = transit->kernels;
    double largest = 0.0, before = 0.0;
    for (int inner = 0; inner < MAX_INNER; inner++) {
        const double change = kernels->sylvester_step(nv, fv, ld, transit->residual, transit->scale,
                                                      transit->step, transit->x, inner == 0);
        if (inner == 0)
            largest = change;
        // The changes shrink by a constant factor, which tells what is left. The next build of the
        // density takes away most of it, and noise in the history counts times 63.
        const double left = inner == 0 ? change : change * larger(change / before, 1e-3);
        if (left <= larger(1e-12, larger(1e-4 * largest, 0.03 * largest * largest))) {
            transit->slow = transit->slow || inner >= MANY_INNER;
            return largest;
        }
        if (!(change <= 4.0 * largest))
            return -1.0;
        before = change;
        // What the step leaves comes from the off-diagonal elements alone.
        kernels->matmul_single(nv, fv, no, transit->step, ld, transit->g_off, ld, NULL,
                               transit->residual, ld);
        kernels->matmul_single(nv, fv, nv, transit->g_off + vv(transit), ld, transit->step, ld,
                               transit->residual, transit->residual, ld);
    }
    return -1.0;
}

/// E = C^T S C - 1 of the current orbitals.
static void make_overlap(Transit *transit)
{
    const size_t n = transit->n, no = transit->n_occupied, ld = transit->ld,
                 columns = transit->columns;
    const Kernels *kernels = transit->kernels;
    if (transit->orthonormal) {
        memset(transit->e, 0, size_of(transit) * sizeof(double));
        return;
    }
    kernels->matmul_tn(n, columns, n, transit->overlap, transit->ld_ao, transit->orbitals, ld,
                       transit->dual, ld);
    transit->turned = 0.0;
    kernels->matmul_tn_symmetric(transit->rows, columns, n, transit->orbitals, ld, transit->dual,
                                 ld, transit->e, ld);
    for (size_t k = 0; k < transit->rows; k++)
        if (k < no || k >= transit->first_virtual)
            transit->e[k * ld + k] -= 1.0;
}

/// G = C^T F C: the columns of the occupied orbitals in g; the virtual block, which only tells in
/// which direction the correction goes, in single precision. Diagonal and off-diagonal elements go
/// to eps and g_off. False if occupied and virtual orbitals are too close.
static bool make_hamiltonian(Transit *transit, const double *fock, double clear_gap)
{
    const size_t n = transit->n, no = transit->n_occupied, fv = transit->first_virtual,
                 nv = n_virtual(transit), ld = transit->ld, ld_ao = transit->ld_ao;
    const Kernels *kernels = transit->kernels;
    kernels->matmul_tn(n, fv, n, fock, ld_ao, transit->orbitals, ld, transit->half, ld);
    kernels->matmul_tn_symmetric(no, fv, n, transit->orbitals, ld, transit->half, ld, transit->g,
                                 ld);
    kernels->matmul_tn(nv, fv, n, transit->orbitals + fv, ld, transit->half, ld,
                       transit->g + vo(transit), ld);
    kernels->narrow(no, fv, 1.0, transit->g, ld, transit->g_off, ld);

    float *virtuals = transit->orbitals_single + fv;
    kernels->narrow(n, transit->columns, 1.0, transit->orbitals, ld, transit->orbitals_single, ld);
    kernels->narrow(n, n, -1.0, fock, ld_ao, transit->fock_single, ld_ao);
    kernels->matmul_tn_single(n, transit->columns - fv, n, transit->fock_single, ld_ao, virtuals,
                              ld, transit->half_single, ld);
    kernels->matmul_tn_single(nv, transit->columns - fv, n, virtuals, ld, transit->half_single, ld,
                              transit->g_off + vv(transit), ld);

    double highest = -INFINITY, lowest = INFINITY;
    for (size_t i = 0; i < no; i++) {
        transit->eps[i] = transit->g[i * ld + i];
        highest = larger(transit->eps[i], highest);
        transit->g_off[i * ld + i] = 0.0F;
    }
    for (size_t a = fv; a < transit->rows; a++) {
        transit->eps[a] = -(double)transit->g_off[a * ld + a];
        lowest = -larger(-transit->eps[a], -lowest);
        transit->g_off[a * ld + a] = 0.0F;
    }
    return lowest - highest > clear_gap;
}

/// Y from E and X. Returns its largest element.
static double assemble_corrections(Transit *transit)
{
    const size_t no = transit->n_occupied, fv = transit->first_virtual, nv = n_virtual(transit),
                 ld = transit->ld;
    const Kernels *kernels = transit->kernels;
    float *y = transit->y, *v = transit->step;
    // V = X + E_vo; a quarter of the padding may be negative zero, which does not matter.
    for (size_t a = 0; a < nv; a++)
        for (size_t i = 0; i < fv; i++)
            v[a * ld + i] = transit->x[a * ld + i] + transit->e_single[vo(transit) + a * ld + i];
    for (size_t a = 0; a < nv; a++)
        memcpy(y + vo(transit) + a * ld, transit->x + a * ld, fv * sizeof(float));
    kernels->transpose_single(nv, no, -1.0F, v, ld, y + fv, ld);
    kernels->narrow(nv, transit->columns - fv, -0.5, transit->e + vv(transit), ld, y + vv(transit),
                    ld);
    kernels->narrow(no, fv, -0.5, transit->e, ld, y, ld);

    // To second order: Y_oo += (3/8 E_oo E_oo + 1/2 E_ov E_vo) - 1/2 V^T V.
    kernels->narrow(no, fv, 0.375, transit->e, ld, transit->e_scaled, ld);
    kernels->narrow(no, transit->columns - fv, 0.5, transit->e + fv, ld, transit->e_scaled + fv,
                    ld);
    kernels->matmul_single(no, fv, transit->rows, transit->e_scaled, ld, transit->e_single, ld, y,
                           y, ld);
    for (size_t a = 0; a < nv; a++)
        for (size_t i = 0; i < fv; i++)
            v[a * ld + i] *= 0.5F;
    kernels->matmul_single(no, fv, nv, y + fv, ld, v, ld, y, y, ld);
    return kernels->largest_single(transit->rows, transit->columns, y, ld);
}

/// A full pass of the refinement; returns the largest correction, negative on failure.
static double full_pass(Transit *transit, const double *fock, double clear_gap)
{
    const size_t no = transit->n_occupied, fv = transit->first_virtual, nv = n_virtual(transit),
                 ld = transit->ld;
    const Kernels *kernels = transit->kernels;
    make_overlap(transit);
    if (!make_hamiltonian(transit, fock, clear_gap))
        return -1.0;

    // R = E_vo G_oo - G_vo
    kernels->narrow(transit->rows, fv, 1.0, transit->e, ld, transit->e_single, ld);
    kernels->sylvester_start(nv, fv, ld, transit->g + vo(transit), transit->e + vo(transit),
                             transit->eps + fv, transit->eps, transit->scale, transit->residual);
    kernels->matmul_single(nv, fv, no, transit->e_single + vo(transit), ld, transit->g_off, ld,
                           transit->residual, transit->residual, ld);
    if (solve_sylvester(transit) < 0.0)
        return -1.0;
    const double largest = assemble_corrections(transit);
    turn(transit, transit->orbitals, transit->orbitals_single, transit->y, transit->orbitals);
    if (!transit->adopted)
        for (size_t i = 0; i < size_of(transit); i++)
            transit->y_sum[i] += transit->y[i];
    transit->last_is_full = true;
    return largest;
}

/// A pass for a Hamiltonian that differs little from the one of the full pass before it, with
/// orbitals that are orthonormal already: only the virtual-occupied block of G is made, the others
/// are those of that pass. What is stale of them counts times the correction, both small. A quarter
/// of the work.
static double short_pass(Transit *transit, const double *fock)
{
    const size_t n = transit->n, no = transit->n_occupied, fv = transit->first_virtual,
                 nv = n_virtual(transit), ld = transit->ld;
    const Kernels *kernels = transit->kernels;
    double *virtuals = transit->orbitals + fv;
    kernels->matmul_tn(n, fv, n, fock, transit->ld_ao, transit->orbitals, ld, transit->half, ld);
    kernels->matmul_tn(nv, fv, n, virtuals, ld, transit->half, ld, transit->g + vo(transit), ld);
    kernels->narrow(nv, fv, -1.0, transit->g + vo(transit), ld, transit->residual, ld);
    const double largest = solve_sylvester(transit);
    if (largest < 0.0)
        return -1.0;

    // C_o += C_v X and C_v -= C_o X^T, both with the orbitals before.
    kernels->narrow(n, transit->columns, 1.0, transit->orbitals, ld, transit->orbitals_single, ld);
    kernels->matmul_correction(n, fv, nv, transit->orbitals_single + fv, ld, transit->x, ld,
                               transit->orbitals, transit->orbitals, ld);
    float *ov = transit->y + fv;
    kernels->transpose_single(nv, no, -1.0F, transit->x, ld, ov, ld);
    kernels->matmul_correction(n, transit->columns - fv, no, transit->orbitals_single, ld, ov, ld,
                               virtuals, virtuals, ld);
    if (largest > VISIBLE_CORRECTION) {
        // C_o -= 1/2 C_o X^T X
        float *half_x = transit->step, *square = transit->e_scaled;
        for (size_t a = 0; a < nv; a++)
            for (size_t i = 0; i < fv; i++)
                half_x[a * ld + i] = 0.5F * transit->x[a * ld + i];
        kernels->matmul_single(no, fv, nv, ov, ld, half_x, ld, NULL, square, ld);
        kernels->matmul_correction(n, fv, no, transit->orbitals_single, ld, square, ld,
                                   transit->orbitals, transit->orbitals, ld);
    }
    if (!transit->adopted) {
        for (size_t a = 0; a < nv; a++)
            for (size_t i = 0; i < fv; i++)
                transit->y_sum[vo(transit) + a * ld + i] += transit->x[a * ld + i];
        for (size_t i = 0; i < no; i++)
            for (size_t a = 0; a < nv; a++)
                transit->y_sum[i * ld + fv + a] += ov[i * ld + a];
    }
    transit->last_is_full = false;
    return largest;
}

/// T = T (1 + Y) for the corrections of this geometry so far.
static void apply_corrections(Transit *transit)
{
    if (transit->adopted)
        return;
    const size_t ld = transit->ld, size = size_of(transit);
    const Kernels *kernels = transit->kernels;
    kernels->matmul_single(transit->rows, transit->columns, transit->rows, transit->guess, ld,
                           transit->y_sum, ld, transit->guess, transit->e_scaled, ld);
    for (size_t i = 0; i < size; i++)
        transit->guess[i] = transit->e_scaled[i] + transit->y_sum[i];
    memset(transit->y_sum, 0, size * sizeof(float));
}

bool transit_refine(Transit *transit, const double *fock, double clear_gap)
{
    if (transit->n_occupied == 0 || transit->n_occupied == transit->n)
        return false;
    transit->occupied_known = false;
    for (int i = 0; i < MAX_PASSES; i++) {
        const bool brief = transit->virtuals_known && transit->orthonormal;
        const double largest =
            brief ? short_pass(transit, fock) : full_pass(transit, fock, clear_gap);
        if (!(largest >= 0.0) || largest > 0.3)
            return false;
        transit->turned += largest;
        transit->orthonormal = largest <= SMALL_CORRECTION;
        transit->virtuals_known = largest <= MODERATE_CORRECTION;
        if (transit->orthonormal)
            return true;
        // Products of two corrections count while these are large.
        apply_corrections(transit);
    }
    return false;
}

void transit_occupied_block(Transit *transit)
{
    const size_t no = transit->n_occupied, fv = transit->first_virtual, ld = transit->ld;
    const Kernels *kernels = transit->kernels;
    transit->occupied_known = true;
    if (!transit->last_is_full) {
        kernels->matmul_tn_symmetric(no, fv, transit->n, transit->orbitals, ld, transit->half, ld,
                                     transit->g, ld);
        return;
    }
    // G_oo + Y_oo G_oo + G_oo Y_oo; the rest is of second order.
    kernels->narrow(no, fv, 1.0, transit->g, ld, transit->e_single, ld);
    kernels->matmul_single(no, fv, no, transit->y, ld, transit->e_single, ld, NULL,
                           transit->e_scaled, ld);
    for (size_t i = 0; i < no; i++)
        for (size_t j = 0; j < no; j++)
            transit->g[i * ld + j] +=
                (double)transit->e_scaled[i * ld + j] + (double)transit->e_scaled[j * ld + i];
}

void transit_virtual_block(Transit *transit)
{
    const size_t nv = n_virtual(transit), ld = transit->ld;
    const float *off = transit->g_off + vv(transit);
    double *block = transit->g + vv(transit);
    for (size_t a = 0; a < nv; a++) {
        for (size_t b = 0; b < nv; b++)
            block[a * ld + b] = -(double)off[a * ld + b];
        block[a * ld + a] = transit->eps[transit->first_virtual + a];
    }
}

/// Rotates the remembered orbitals inside the two spaces so that both blocks of G become diagonal,
/// and the history with them: C' = C U, T' = U^T T U.
static void rotate(Transit *transit)
{
    const size_t ld = transit->ld, fv = transit->first_virtual, rows = transit->rows;
    const Kernels *kernels = transit->kernels;
    double *rotation = transit->rotation, *rotation_t = transit->e;
    transit_virtual_block(transit);
    memset(rotation, 0, size_of(transit) * sizeof(double));
    memset(rotation_t, 0, size_of(transit) * sizeof(double));
    for (int space = 0; space < 2; space++) {
        const size_t first = space == 0 ? 0 : fv;
        const size_t m = space == 0 ? transit->n_occupied : n_virtual(transit);
        double *block = rotation_t + first * ld + first;
        for (size_t i = 0; i < m; i++)
            memcpy(block + i * ld, transit->g + (first + i) * ld + first, m * sizeof(double));
        // The eigenvectors come as rows; eigenvalues are not needed.
        if (!linalg_eigen(m, block, ld, transit->eigenvalues, transit->work, transit->iwork))
            return;
        kernels->transpose(m, m, 1.0, block, ld, rotation + first * ld + first, ld);
    }
    kernels->matmul_nn(transit->n, transit->columns, rows, transit->orbitals, ld, rotation, ld,
                       kept_orbitals(transit), ld);
    float *u = transit->e_single, *u_t = transit->e_scaled, *product = transit->y_sum;
    kernels->narrow(rows, transit->columns, 1.0, rotation, ld, u, ld);
    kernels->narrow(rows, transit->columns, 1.0, rotation_t, ld, u_t, ld);
    for (int k = 0; k < TRANSIT_POINTS; k++) {
        float *d = transit_history_point(size_of(transit), history(transit), k);
        kernels->matmul_single(rows, transit->columns, rows, u_t, ld, d, ld, NULL, product, ld);
        kernels->matmul_single(rows, transit->columns, rows, product, ld, u, ld, NULL, d, ld);
    }
    transit->memory[AGE] = 0.0;
}

bool transit_has_rotated(const Transit *transit)
{
    return !transit->adopted && transit->memory[AGE] == 0.0;
}

/// The symmetric part of a diagonal block of T - 1. No correction ever touches rotations inside the two
/// spaces: what of them rounding brings into the history, its extrapolation lets grow with a power of
/// time, until the orbitals are so far from diagonalising their blocks that the inner iterations fail.
static void symmetrise(float *block, size_t n, size_t ld)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            block[i * ld + j] = block[j * ld + i] = 0.5F * (block[i * ld + j] + block[j * ld + i]);
}

void transit_end(Transit *transit)
{
    if (!transit->adopted) {
        apply_corrections(transit);
        symmetrise(transit->guess, transit->n_occupied, transit->ld);
        symmetrise(transit->guess + vv(transit), n_virtual(transit), transit->ld);
        transit_history_store(transit->kernels, transit->rows, transit->ld, history(transit),
                              transit->guess);
        transit->memory[AGE] += 1.0;
    }
    transit->memory[KNOWN] = 1.0;
    memcpy(kept_orbitals(transit), transit->orbitals, transit->n * transit->ld * sizeof(double));
    // The orbitals of this geometry stay as they are: its energy-weighted density needs them.
    if (transit->memory[AGE] >= (transit->slow ? ROTATE_AFTER : ROTATE_EVERY))
        rotate(transit);
    transit->kernels->narrow(transit->n, transit->columns, 1.0, kept_orbitals(transit), transit->ld,
                             kept_singles(transit), transit->ld);
}

const float *transit_singles(const Transit *transit)
{
    return transit_has_rotated(transit) ? NULL : kept_singles(transit);
}
