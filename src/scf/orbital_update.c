#include "scf/orbital_update.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "base/team.h"
#include "scf/level_bounds.h"
#include "scf/orbital_update_parts.h"

enum {
    MAX_PASSES = 4,
    // Full passes after one in which the gap was clear by SURE_GAP more; it changes by 0.01 hartree in a step of hot motion.
    SURE_PASSES = 3,
    SURE_PASSES_LARGE = 31, ///< where it costs some per cent of a pass, and no part moves far
    LEVEL_TRIES = 6,
    // The occupied orbitals are padded to whole vectors of this length.
    PAD = 4,
    // Orbitals drift away from those that diagonalise the blocks of G by some 0.01 hartree in 100
    // steps of 0.25 fs, and the inner iterations slow down with it. Where the drift is fast, they tell.
    ROTATE_EVERY = 64,
    ROTATE_AFTER = 8,
    SQUARES_TOGETHER = 8
};
#define SURE_GAP 0.03
/// Share of the rows in the cores of local orbitals up to which they pay, and growth after which they are made local anew.
#define LARGEST_WINDOWS 0.8
#define WIDER_WINDOWS 1.15
/// Share of a clear gap on the diagonal that the levels themselves must leave: at 48 kT exp(-gap/2kT) is 5e-11.
#define LEAST_SHARE 0.7
/// Steps in which the highest occupied level is found from its estimate, hartree.
#define LEVEL_ERROR 0.005

/// A pass leaves the square of its largest correction.
#define SMALL_CORRECTION 5e-6
/// Above this the norms of the occupied orbitals need their second order in a short pass, too.
#define VISIBLE_CORRECTION 1e-7
/// The same for large molecules, as sum_of_squares() says, for each of the occupied orbitals: 1e-13 hartree.
#define NEGLIGIBLE_SQUARES 1.5e-13
/// Above this there is no telling where a pass leads.
#define LARGEST_CORRECTION 0.3
/// Above this the virtual block of G is made again for the next pass.
#define MODERATE_CORRECTION 1e-4
/// Share of the correction that the inner iterations leave: the next build of the density takes away most of it, and noise in
/// the history counts times 63.
#define FULL_TOLERANCE 1e-4
/// The same where a response takes up all that is left.
#define LARGE_TOLERANCE 1e-3
/// While large molecules are far from their solution: share of what an F changes that its last pass may leave, the square of
/// its correction; and the largest correction after which a short pass follows, which leaves its third power.
#define COARSE_SHARE 1e-2
#define COARSE_CORRECTION 2e-3

static size_t ld_for(size_t n_ao)
{
    return kernels_padded(n_ao) + KERNELS_PAD;
}

static float *singles(Arena *arena, size_t n)
{
    return arena_bytes(arena, n * sizeof(float));
}

/// What a pass makes anew, and room for a diagonalisation, which for large molecules is the same: they take turns.
static void layout_scratch(OrbitalUpdate *update, Arena *arena, size_t size)
{
    const size_t n = update->n, each = kernels_padded_single(size),
                 n_bytes = (4 * each + n * update->ld_ao) * sizeof(float);
    assert(!update->large || n_bytes >= linalg_eigen_work(n) * sizeof(double));
    float *room = arena_bytes(arena, n_bytes);
    update->work = update->large ? (double *)room : arena_doubles(arena, linalg_eigen_work(n));
    if (room == NULL)
        return;
    update->x = room;
    update->step = room + each;
    update->e_single = room + 2 * each;
    update->e_scaled = room + 3 * each;
    update->fock_single = room + 4 * each;
    // F C_v comes before all steps towards the correction, and strips come before E in single precision: half of the terms
    // of (n + PAD) ld doubles.
    update->fc_single = update->step;
    update->strips = (double *)update->e_single;
}

void orbital_update_layout(OrbitalUpdate *update, Arena *arena, size_t n_ao)
{
    const size_t n = n_ao, ld = ld_for(n_ao), size = (n + PAD) * ld;
    update->n = n;
    update->large = n >= ORBITAL_UPDATE_LARGE;
    update->kept = arena_kept(arena, sizeof *update->kept);
    update->kept_orbitals = arena_kept(arena, n * ld * sizeof(double));
    if (!update->large)
        update->kept_singles = arena_kept(arena, n * ld * sizeof(float));
    orbital_history_layout(&update->history, arena, size);
    orbital_windows_layout(&update->windows, arena, n);
    update->ld_ao = kernels_padded(n);
    update->orbitals = arena_doubles(arena, size);
    update->fc = arena_doubles(arena, size);
    update->sc = arena_doubles(arena, size);
    update->g = arena_doubles(arena, size);
    update->e = arena_doubles(arena, size);
    update->eps = arena_doubles(arena, n + PAD);
    update->eigenvalues = arena_doubles(arena, n);
    update->level_work = arena_doubles(arena, 4 * n);
    update->iwork = arena_ints(arena, linalg_eigen_iwork(n));
    // Turns are rare: S C is made anew after one.
    update->rotation = update->large ? update->sc : arena_doubles(arena, size);
    update->orbitals_single = singles(arena, size);
    update->guess = singles(arena, size);
    update->y = singles(arena, size);
    if (!update->large)
        update->y_sum = singles(arena, size);
    update->g_off = singles(arena, size);
    update->residual = singles(arena, size);
    update->scale = singles(arena, size);
    layout_scratch(update, arena, size);
}

static size_t padded(size_t n)
{
    return (n + PAD - 1) / PAD * PAD;
}

void orbital_update_clear(OrbitalUpdate *update)
{
    update->kept->known = update->kept->sure = 0;
    orbital_history_clear(&update->history);
    orbital_windows_forget(&update->windows);
}

/// Dimensions that follow from the number of electrons.
static void set_shape(OrbitalUpdate *update)
{
    const size_t nv = orbital_update_n_virtual(update);
    update->first_virtual = padded(update->n_occupied);
    update->rows = update->first_virtual + nv;
    update->columns = update->first_virtual + padded(nv);
    update->ld = kernels_padded(update->columns);
    update->history.kernels = update->kernels;
    update->history.rows = update->large ? update->n : update->rows;
    update->history.ld = update->ld;
    orbital_windows_shape(&update->windows, update->first_virtual,
                          update->columns - update->first_virtual);
    // The padding between the two spaces is far away from all orbitals.
    for (size_t i = update->n_occupied; i < update->first_virtual; i++)
        update->eps[i] = -1e3;
}

/// to = from (1 + y), with `from` in single precision as well.
static void correct(OrbitalUpdate *update, const double *from, const float *single, const float *y,
                    double *to)
{
    const size_t ld = update->ld;
    update->kernels->matmul_correction(update->n, update->columns, update->rows, single, ld, y, ld,
                                       from, to, ld);
}

bool orbital_update_begin(OrbitalUpdate *update)
{
    set_shape(update);
    update->local = false;
    if (!orbital_update_knows(update))
        return false;
    const size_t size = orbital_update_size(update);
    update->orthonormal = false;
    update->virtuals_known = false;
    update->from_diagonalisation = false;
    update->slow = false;
    update->may_respond = update->responded = update->nearly = false;
    update->virtuals_behind = false;
    if (update->large) {
        update->local = update->windows.kept->known != 0;
        if (update->local)
            orbital_windows_update(&update->windows, update->pattern);
        orbital_path_begin(update);
        return true;
    }
    memset(update->y_sum, 0, size * sizeof(float));
    if (orbital_history_guess(&update->history, update->guess) > 0) {
        correct(update, update->kept_orbitals, update->kept_singles, update->guess,
                update->orbitals);
    } else {
        memset(update->guess, 0, size * sizeof(float));
        memcpy(update->orbitals, update->kept_orbitals, update->n * update->ld * sizeof(double));
    }
    return true;
}

void orbital_update_from_diagonalisation(OrbitalUpdate *update, const double *rows)
{
    const size_t n = update->n, no = update->n_occupied, ld = update->ld, ld_ao = update->ld_ao;
    update->kept->age = 0;
    orbital_history_clear(&update->history);
    orbital_windows_forget(&update->windows);
    update->local = false;
    memset(update->orbitals, 0, n * ld * sizeof(double));
    update->kernels->transpose(no, n, 1.0, rows, ld_ao, update->orbitals, ld);
    update->kernels->transpose(orbital_update_n_virtual(update), n, 1.0, rows + no * ld_ao, ld_ao,
                               update->orbitals + update->first_virtual, ld);
    update->from_diagonalisation = true;
    update->slow = false;
    update->orthonormal = true;
    update->virtuals_known = false;
    update->may_respond = update->responded = update->nearly = false;
    update->virtuals_behind = false;
    update->moved = INFINITY;
}

/// The columns of the occupied orbitals of G = C^T F C.
static void make_columns(OrbitalUpdate *update, const double *fock)
{
    orbital_multiply(update, false, fock, update->orbitals, update->fc);
    orbital_product_symmetric(update, ORBITALS_OCCUPIED, update->orbitals, update->fc, update->g);
    orbital_product_tn(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED,
                       update->orbitals + update->first_virtual, update->fc,
                       update->g + orbital_update_vo(update));
}

/// E = C^T S C - 1 of the current orbitals, and the columns of the occupied ones of G.
static void make_overlap_and_columns(OrbitalUpdate *update, const double *fock)
{
    const size_t ld = update->ld;
    if (update->orthonormal) {
        memset(update->e, 0, orbital_update_size(update) * sizeof(double));
        make_columns(update, fock);
        return;
    }
    if (update->pattern != NULL) {
        orbital_blocks_make(update, fock);
    } else {
        orbital_multiply(update, true, update->overlap, update->orbitals, update->sc);
        update->kernels->matmul_tn_symmetric(update->rows, update->columns, update->n,
                                             update->orbitals, ld, update->sc, ld, update->e, ld);
        make_columns(update, fock);
    }
    update->moved = 0.0;
    for (size_t k = 0; k < update->rows; k++)
        if (k < update->n_occupied || k >= update->first_virtual)
            update->e[k * ld + k] -= 1.0;
}

/// Whether all occupied levels lie below all virtual ones by more than least_gap, as far as G tells. Diagonal elements,
/// the highest occupied one of which is given, need not tell: orbitals that drift among themselves hide a level between them.
static bool gap_is_clear(OrbitalUpdate *update, double diagonal, double least_gap)
{
    const size_t no = update->n_occupied, fv = update->first_virtual, ld = update->ld;
    const LevelMatrix below = {.kernels = update->kernels,
                               .n = no,
                               .ld = ld,
                               .diagonal = update->eps,
                               .off = update->g_off,
                               .s = -1.0,
                               .t = 1.0},
                      above = {.kernels = update->kernels,
                               .n = orbital_update_n_virtual(update),
                               .ld = ld,
                               .diagonal = update->eps + fv,
                               .off = update->g_off + orbital_update_vv(update),
                               .s = 1.0,
                               .t = -1.0};
    float *const work = update->x; // not needed yet
    const double estimate = -levels_lowest(&below, update->level_work);
    double highest = orbital_update_larger(estimate, diagonal), step = LEVEL_ERROR;
    for (int i = 0; !levels_are_above(&below, -highest - LEVEL_ERROR, work); i++) {
        if (i == LEVEL_TRIES)
            return false;
        highest += step;
        // The estimate begins with orbitals that are nearly levels; local ones are not.
        step *= update->local ? 2.0 : 1.0;
    }
    if (levels_are_above(&above, highest + least_gap + SURE_GAP, work)) {
        update->kept->sure = update->large ? SURE_PASSES_LARGE : SURE_PASSES;
        return true;
    }
    return levels_are_above(&above, highest + least_gap, work);
}

/// The rest of G: the virtual block, which only tells in which direction the correction goes, in single precision. Diagonal and
/// off-diagonal elements go to eps and g_off. False if occupied and virtual orbitals are too close.
static bool make_hamiltonian(OrbitalUpdate *update, const double *fock, double clear_gap)
{
    const size_t n = update->n, no = update->n_occupied, fv = update->first_virtual,
                 ld = update->ld, ld_ao = update->ld_ao;
    const Kernels *kernels = update->kernels;
    kernels->narrow(no, fv, 1.0, update->g, ld, update->g_off, ld);

    float *virtuals = update->orbitals_single + fv;
    kernels->narrow(n, update->columns, 1.0, update->orbitals, ld, update->orbitals_single, ld);
    kernels->narrow(n, n, -1.0, fock, ld_ao, update->fock_single, ld_ao);
    orbital_multiply_single(update, ORBITALS_VIRTUAL, update->fock_single, virtuals,
                            update->fc_single);
    orbital_product_tn_single(update, ORBITALS_VIRTUAL, ORBITALS_VIRTUAL, virtuals,
                              update->fc_single, update->g_off + orbital_update_vv(update));

    double highest = -INFINITY, lowest = INFINITY;
    for (size_t i = 0; i < no; i++) {
        update->eps[i] = update->g[i * ld + i];
        highest = orbital_update_larger(update->eps[i], highest);
        update->g_off[i * ld + i] = 0.0F;
    }
    for (size_t a = fv; a < update->rows; a++) {
        update->eps[a] = -(double)update->g_off[a * ld + a];
        lowest = -orbital_update_larger(-update->eps[a], -lowest);
        update->g_off[a * ld + a] = 0.0F;
    }
    if (!(lowest - highest > clear_gap))
        return false;
    if (update->kept->sure > 0) {
        update->kept->sure--;
        return true;
    }
    return gap_is_clear(update, highest, LEAST_SHARE * clear_gap);
}

/// Of each row, into level_work.
static void part_squares(void *task, size_t first, size_t last)
{
    const OrbitalUpdate *update = task;
    const size_t no = update->n_occupied, fv = update->first_virtual, ld = update->ld;
    for (size_t k = first; k < last; k++) {
        const float *e = update->e_single + k * ld;
        // Of the virtual orbitals X counts, of the occupied ones turns and E, which are in Y.
        const float *x = k < fv ? update->y + k * ld : update->x + (k - fv) * ld;
        float lane[SQUARES_TOGETHER] = {0.0F};
        size_t i = 0;
        for (; i + SQUARES_TOGETHER <= no; i += SQUARES_TOGETHER)
            for (size_t l = 0; l < SQUARES_TOGETHER; l++)
                lane[l] += e[i + l] * e[i + l] + x[i + l] * x[i + l];
        for (; i < no; i++)
            lane[0] += e[i] * e[i] + x[i] * x[i];
        update->level_work[k] = 0.0;
        for (size_t l = 0; l < SQUARES_TOGETHER; l++)
            update->level_work[k] += (double)lane[l];
    }
}

/// The sum of squares of the corrections of the occupied orbitals: to second order their norms change by half of it, and
/// the energy by some hartree times that.
static double sum_of_squares(OrbitalUpdate *update)
{
    team_share(update->rows, ORBITAL_UPDATE_ROWS, part_squares, update);
    double sum = 0.0;
    for (size_t k = 0; k < update->rows; k++)
        sum += update->level_work[k];
    return sum;
}

/// Whether products of two corrections do.
static bool second_order_counts(OrbitalUpdate *update)
{
    return !update->large ||
           sum_of_squares(update) > NEGLIGIBLE_SQUARES * (double)update->n_occupied;
}

/// Y_oo += (3/8 E_oo E_oo + 1/2 E_ov E_vo) - 1/2 V^T V; V is spoilt. With turns A in Y_oo = A - E_oo/2 the first product is
/// (3/8 E_oo + 3/4 A) (E_oo + 2/3 A), up to another turn.
static void add_second_order(OrbitalUpdate *update, float *v)
{
    const size_t no = update->n_occupied, fv = update->first_virtual,
                 nv = orbital_update_n_virtual(update), ld = update->ld;
    const Kernels *kernels = update->kernels;
    float *y = update->y;
    kernels->narrow(no, fv, 0.375, update->e, ld, update->e_scaled, ld);
    kernels->narrow(no, update->columns - fv, 0.5, update->e + fv, ld, update->e_scaled + fv, ld);
    for (size_t i = 0; update->large && i < no; i++)
        for (size_t j = 0; j < no; j++) {
            const float e = update->e_single[i * ld + j], a = y[i * ld + j] + 0.5F * e;
            update->e_scaled[i * ld + j] += 0.75F * a;
            update->e_single[i * ld + j] += 2.0F / 3.0F * a;
        }
    orbital_product_all_single(update, ORBITALS_OCCUPIED, ORBITALS_OCCUPIED, update->e_scaled,
                               update->e_single, y, y);
    for (size_t a = 0; a < nv; a++)
        for (size_t i = 0; i < fv; i++)
            v[a * ld + i] *= 0.5F;
    orbital_product_single(update, ORBITALS_OCCUPIED, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, y + fv,
                           v, y, y);
}

/// Y -= E/2 in the virtual, and in the occupied block.
static void part_virtual_block(void *task, size_t first, size_t last)
{
    OrbitalUpdate *update = task;
    const size_t nv = orbital_update_n_virtual(update), ld = update->ld,
                 vv = orbital_update_vv(update);
    const double *restrict e = update->e + vv;
    float *restrict y = update->y + vv;
    for (size_t a = first; a < last; a++)
        for (size_t b = 0; b < nv; b++)
            y[a * ld + b] -= (float)(0.5 * e[a * ld + b]);
}

static void part_occupied_block(void *task, size_t first, size_t last)
{
    OrbitalUpdate *update = task;
    const size_t no = update->n_occupied, ld = update->ld;
    const double *restrict e = update->e;
    float *restrict y = update->y;
    for (size_t i = first; i < last; i++)
        for (size_t j = 0; j < no; j++)
            y[i * ld + j] -= (float)(0.5 * e[i * ld + j]);
}

/// The diagonal blocks of Y: -E/2, and for large molecules turns of the orbitals among themselves.
static void assemble_diagonal_blocks(OrbitalUpdate *update)
{
    const size_t no = update->n_occupied, fv = update->first_virtual,
                 nv = orbital_update_n_virtual(update), ld = update->ld,
                 vv = orbital_update_vv(update);
    const Kernels *kernels = update->kernels;
    float *y = update->y;
    if (!update->large) {
        kernels->narrow(nv, update->columns - fv, -0.5, update->e + vv, ld, y + vv, ld);
        kernels->narrow(no, fv, -0.5, update->e, ld, y, ld);
        return;
    }
    orbital_path_turns(update);
    team_share(nv, ORBITAL_UPDATE_ROWS, part_virtual_block, update);
    team_share(no, ORBITAL_UPDATE_ROWS, part_occupied_block, update);
}

/// V = X + E_vo; a quarter of the padding may be negative zero, which does not matter. X goes to Y as well.
static void part_virtual_rows(void *task, size_t first, size_t last)
{
    OrbitalUpdate *update = task;
    const size_t fv = update->first_virtual, ld = update->ld, vo = orbital_update_vo(update);
    const float *restrict x = update->x, *restrict e = update->e_single + vo;
    float *restrict v = update->step, *restrict y = update->y + vo;
    for (size_t a = first; a < last; a++)
        for (size_t i = 0; i < fv; i++) {
            v[a * ld + i] = x[a * ld + i] + e[a * ld + i];
            y[a * ld + i] = x[a * ld + i];
        }
}

/// Y from E and X. Returns its largest element.
static double assemble_corrections(OrbitalUpdate *update)
{
    const size_t no = update->n_occupied, fv = update->first_virtual,
                 nv = orbital_update_n_virtual(update), ld = update->ld;
    const Kernels *kernels = update->kernels;
    assemble_diagonal_blocks(update);
    float *y = update->y, *v = update->step;
    team_share(nv, ORBITAL_UPDATE_ROWS, part_virtual_rows, update);
    kernels->transpose_single(nv, no, -1.0F, v, ld, y + fv, ld);

    if (second_order_counts(update))
        add_second_order(update, v);
    return kernels->largest_single(update->rows, update->columns, y, ld);
}

void orbital_update_correct_virtuals(OrbitalUpdate *update)
{
    const size_t fv = update->first_virtual;
    if (!update->virtuals_behind)
        return;
    update->virtuals_behind = false;
    orbital_correct_all(update, ORBITALS_VIRTUAL, update->orbitals_single, update->y + fv,
                        update->orbitals + fv, update->orbitals + fv);
}

/// A full pass of the refinement; returns the largest correction, negative on failure.
static double full_pass(OrbitalUpdate *update, const double *fock, double clear_gap)
{
    const size_t fv = update->first_virtual, nv = orbital_update_n_virtual(update), ld = update->ld;
    const Kernels *kernels = update->kernels;
    make_overlap_and_columns(update, fock);
    if (!make_hamiltonian(update, fock, clear_gap))
        return -1.0;

    // R = E_vo G_oo - G_vo
    kernels->narrow(update->rows, fv, 1.0, update->e, ld, update->e_single, ld);
    kernels->sylvester_start(nv, fv, ld, update->g + orbital_update_vo(update),
                             update->e + orbital_update_vo(update), update->eps + fv, update->eps,
                             update->scale, update->residual);
    orbital_product_single(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, ORBITALS_OCCUPIED,
                           update->e_single + orbital_update_vo(update), update->g_off,
                           update->residual, update->residual);
    if (orbital_update_solve(update, update->large ? LARGE_TOLERANCE : FULL_TOLERANCE) < 0.0)
        return -1.0;
    const double largest = assemble_corrections(update);
    update->last_is_full = true;
    if (update->large) {
        orbital_correct_all(update, ORBITALS_OCCUPIED, update->orbitals_single, update->y,
                            update->orbitals, update->orbitals);
        update->virtuals_behind = true;
        return largest;
    }
    correct(update, update->orbitals, update->orbitals_single, update->y, update->orbitals);
    if (!update->from_diagonalisation)
        for (size_t i = 0; i < orbital_update_size(update); i++)
            update->y_sum[i] += update->y[i];
    return largest;
}

/// A pass for a Hamiltonian that differs little from the one of the full pass before it, with
/// orbitals that are orthonormal already: only the virtual-occupied block of G is made, the others
/// are those of that pass. What is stale of them counts times the correction, both small. A quarter
/// of the work.
static double short_pass(OrbitalUpdate *update, const double *fock)
{
    const size_t n = update->n, no = update->n_occupied, fv = update->first_virtual,
                 nv = orbital_update_n_virtual(update), ld = update->ld;
    const Kernels *kernels = update->kernels;
    double *virtuals = update->orbitals + fv;
    orbital_multiply(update, false, fock, update->orbitals, update->fc);
    orbital_product_tn(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, virtuals, update->fc,
                       update->g + orbital_update_vo(update));
    kernels->narrow(nv, fv, -1.0, update->g + orbital_update_vo(update), ld, update->residual, ld);
    const double largest =
        orbital_update_solve(update, update->large ? LARGE_TOLERANCE : FULL_TOLERANCE);
    if (largest < 0.0)
        return -1.0;

    // C_o += C_v X and C_v -= C_o X^T, both with the orbitals before.
    kernels->narrow(n, update->columns, 1.0, update->orbitals, ld, update->orbitals_single, ld);
    orbital_correct(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, update->orbitals_single + fv,
                    update->x, update->orbitals, update->orbitals);
    float *ov = update->y + fv;
    kernels->transpose_single(nv, no, -1.0F, update->x, ld, ov, ld);
    orbital_correct(update, ORBITALS_OCCUPIED, ORBITALS_VIRTUAL, update->orbitals_single, ov,
                    virtuals, virtuals);
    if (largest > VISIBLE_CORRECTION) {
        // C_o -= 1/2 C_o X^T X
        float *half_x = update->step, *square = update->e_scaled;
        for (size_t a = 0; a < nv; a++)
            for (size_t i = 0; i < fv; i++)
                half_x[a * ld + i] = 0.5F * update->x[a * ld + i];
        orbital_product_single(update, ORBITALS_OCCUPIED, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, ov,
                               half_x, NULL, square);
        orbital_correct(update, ORBITALS_OCCUPIED, ORBITALS_OCCUPIED, update->orbitals_single,
                        square, update->orbitals, update->orbitals);
        if (update->large && largest > SMALL_CORRECTION) {
            // C_v -= 1/2 C_v X X^T
            orbital_product_single(update, ORBITALS_VIRTUAL, ORBITALS_OCCUPIED, ORBITALS_VIRTUAL,
                                   half_x, ov, NULL, square);
            orbital_correct(update, ORBITALS_VIRTUAL, ORBITALS_VIRTUAL,
                            update->orbitals_single + fv, square, virtuals, virtuals);
        }
    }
    if (!update->from_diagonalisation && !update->large) {
        for (size_t a = 0; a < nv; a++)
            for (size_t i = 0; i < fv; i++)
                update->y_sum[orbital_update_vo(update) + a * ld + i] += update->x[a * ld + i];
        for (size_t i = 0; i < no; i++)
            for (size_t a = 0; a < nv; a++)
                update->y_sum[i * ld + fv + a] += ov[i * ld + a];
    }
    update->last_is_full = false;
    return largest;
}

/// T = T (1 + Y) for the corrections of this geometry so far.
static void apply_corrections(OrbitalUpdate *update)
{
    if (update->from_diagonalisation || update->large)
        return;
    const size_t ld = update->ld, size = orbital_update_size(update);
    const Kernels *kernels = update->kernels;
    kernels->matmul_single(update->rows, update->columns, update->rows, update->guess, ld,
                           update->y_sum, ld, update->guess, update->e_scaled, ld);
    for (size_t i = 0; i < size; i++)
        update->guess[i] = update->e_scaled[i] + update->y_sum[i];
    memset(update->y_sum, 0, size * sizeof(float));
}

/// Whether nothing is known of a large molecule yet: while it is far from its solution, passes need not be exact.
static bool is_coarse(const OrbitalUpdate *update)
{
    return update->large && !orbital_update_knows(update);
}

/// A pass, and what is known after it. Returns the largest correction, negative on failure.
static double pass(OrbitalUpdate *update, const double *fock, double clear_gap)
{
    const bool settled = update->virtuals_known && update->orthonormal;
    const bool brief = settled || update->nearly;
    orbital_update_correct_virtuals(update);
    const double largest = brief ? short_pass(update, fock) : full_pass(update, fock, clear_gap);
    if (!(largest >= 0.0) || largest > LARGEST_CORRECTION)
        return -1.0;
    update->moved += largest;
    update->guess_is_path = false;
    update->orthonormal = largest <= SMALL_CORRECTION && (settled || !brief);
    update->virtuals_known = largest <= MODERATE_CORRECTION;
    update->nearly =
        is_coarse(update) && largest > SMALL_CORRECTION && largest <= COARSE_CORRECTION;
    return largest;
}

/// The passes that make and solve G_vo anew.
static bool refine_anew(OrbitalUpdate *update, const double *fock, double clear_gap)
{
    double change = 0.0;
    for (int i = 0; i < MAX_PASSES; i++) {
        const double largest = pass(update, fock, clear_gap);
        if (largest < 0.0)
            return false;
        change = i == 0 ? largest : change;
        if (update->orthonormal ||
            (is_coarse(update) && largest * largest <= COARSE_SHARE * change))
            return true;
        // Products of two corrections count while these are large.
        apply_corrections(update);
    }
    return false;
}

bool orbital_update_refine(OrbitalUpdate *update, const double *fock, double clear_gap)
{
    if (update->n_occupied == 0 || update->n_occupied == update->n)
        return false;
    update->occupied_known = false;
    if (update->may_respond && orbital_response(update, fock))
        return true;
    if (!refine_anew(update, fock, clear_gap))
        return false;
    orbital_response_begin(update, fock);
    return true;
}

/// G_oo += M + M^T, M in e_scaled: some rows and as many columns at a time.
static void part_symmetric_sum(void *task, size_t first, size_t last)
{
    OrbitalUpdate *update = task;
    const size_t no = update->n_occupied, ld = update->ld;
    const float *restrict m = update->e_scaled;
    double *restrict g = update->g;
    for (size_t begin = 0; begin < no; begin += ORBITAL_UPDATE_ROWS)
        for (size_t i = first; i < last; i++)
            for (size_t j = begin; j < begin + ORBITAL_UPDATE_ROWS && j < no; j++)
                g[i * ld + j] += (double)m[i * ld + j] + (double)m[j * ld + i];
}

/// G_oo + Y_oo^T G_oo + G_oo Y_oo of a full pass; the rest is of second order.
static void correct_occupied_block(OrbitalUpdate *update)
{
    const size_t no = update->n_occupied, fv = update->first_virtual, ld = update->ld;
    const Kernels *kernels = update->kernels;
    float *product = update->e_scaled;
    kernels->narrow(no, fv, 1.0, update->g, ld, update->e_single, ld);
    // Without turns Y_oo is symmetric.
    const float *left = update->large ? update->e_single : update->y,
                *right = update->large ? update->y : update->e_single;
    orbital_product_single(update, ORBITALS_OCCUPIED, ORBITALS_OCCUPIED, ORBITALS_OCCUPIED, left,
                           right, NULL, product);
    team_share(no, ORBITAL_UPDATE_ROWS, part_symmetric_sum, update);
}

/// G_oo += C_o^T dF C_o, whose lower triangle is known with the opposite sign: some rows and as many columns at a time.
static void part_response(void *task, size_t first, size_t last)
{
    const OrbitalUpdate *update = task;
    const size_t ld = update->ld;
    const float *restrict response = update->residual;
    double *restrict g = update->g;
    for (size_t begin = 0; begin < last; begin += ORBITAL_UPDATE_ROWS)
        for (size_t i = first; i < last; i++)
            for (size_t j = begin; j < begin + ORBITAL_UPDATE_ROWS && j <= i; j++) {
                const double sum = g[i * ld + j] - (double)response[i * ld + j];
                g[i * ld + j] = g[j * ld + i] = sum;
            }
}

void orbital_update_occupied_block(OrbitalUpdate *update)
{
    const size_t no = update->n_occupied;
    update->occupied_known = true;
    if (!update->last_is_full) {
        orbital_product_symmetric(update, ORBITALS_OCCUPIED, update->orbitals, update->fc,
                                  update->g);
        return;
    }
    correct_occupied_block(update);
    if (orbital_response_block(update) != NULL)
        team_share(no, ORBITAL_UPDATE_ROWS, part_response, update);
}

void orbital_update_virtual_block(OrbitalUpdate *update)
{
    const size_t nv = orbital_update_n_virtual(update), ld = update->ld;
    const float *off = update->g_off + orbital_update_vv(update);
    double *block = update->g + orbital_update_vv(update);
    for (size_t a = 0; a < nv; a++) {
        for (size_t b = 0; b < nv; b++)
            block[a * ld + b] = -(double)off[a * ld + b];
        block[a * ld + a] = update->eps[update->first_virtual + a];
    }
}

/// The turn of one space that makes its block of G diagonal, into its block of `rotation`.
static bool turn_to_diagonal(OrbitalUpdate *update, size_t first, size_t m, double *rotation_t)
{
    const size_t ld = update->ld;
    double *block = rotation_t + first * ld + first;
    for (size_t i = 0; i < m; i++)
        memcpy(block + i * ld, update->g + (first + i) * ld + first, m * sizeof(double));
    // The eigenvectors come as rows; eigenvalues are not needed.
    if (!linalg_eigen(update->kernels, m, block, ld, update->eigenvalues, update->work,
                      update->iwork))
        return false;
    update->kernels->transpose(m, m, 1.0, block, ld, update->rotation + first * ld + first, ld);
    return true;
}

/// The remembered orbitals turned by `rotation`: C' = C U.
static void turn_kept(OrbitalUpdate *update)
{
    const size_t ld = update->ld;
    update->kernels->matmul_nn(update->n, update->columns, update->rows, update->orbitals, ld,
                               update->rotation, ld, update->kept_orbitals, ld);
}

/// Their history likewise: d' = d U, or T' = U^T T U with U^T in double precision.
static void turn_history(OrbitalUpdate *update, const double *rotation_t)
{
    const size_t ld = update->ld, rows = update->rows;
    const Kernels *kernels = update->kernels;
    float *u = update->e_single, *u_t = update->e_scaled, *product = update->y_sum;
    kernels->narrow(rows, update->columns, 1.0, update->rotation, ld, u, ld);
    update->kept->age = 0;
    update->rotated = true;
    if (update->large) {
        update->moved = INFINITY; // the rotation is in the place of S C
        orbital_path_rotate(update, u, u_t);
        return;
    }
    kernels->narrow(rows, update->columns, 1.0, rotation_t, ld, u_t, ld);
    for (int k = 0; k < ORBITAL_HISTORY_POINTS; k++) {
        float *d = orbital_history_point(&update->history, k);
        kernels->matmul_single(rows, update->columns, rows, u_t, ld, d, ld, NULL, product, ld);
        kernels->matmul_single(rows, update->columns, rows, product, ld, u, ld, NULL, d, ld);
    }
}

/// Rotates the remembered orbitals inside the two spaces so that both blocks of G become diagonal.
static void rotate(OrbitalUpdate *update)
{
    double *rotation_t = update->e;
    orbital_update_virtual_block(update);
    memset(update->rotation, 0, orbital_update_size(update) * sizeof(double));
    memset(rotation_t, 0, orbital_update_size(update) * sizeof(double));
    if (!turn_to_diagonal(update, 0, update->n_occupied, rotation_t) ||
        !turn_to_diagonal(update, update->first_virtual, orbital_update_n_virtual(update),
                          rotation_t))
        return;
    turn_kept(update);
    turn_history(update, rotation_t);
}

/// Windows of the remembered orbitals; returns what products take with them.
static double measure_windows(OrbitalUpdate *update)
{
    const size_t first[] = {0, update->first_virtual},
                 n_columns[] = {update->first_virtual, update->columns - update->first_virtual};
    return orbital_windows_measure(&update->windows, update->n, update->kept_orbitals, update->ld,
                                   first, n_columns);
}

/// Turns the remembered orbitals into local ones, and finds their windows. False, with the kept orbitals spoilt, if that
/// does not pay or cannot be done.
static bool turn_to_local(OrbitalUpdate *update)
{
    const size_t ld = update->ld, fv = update->first_virtual;
    memset(update->rotation, 0, orbital_update_size(update) * sizeof(double));
    for (int space = 0; space < WINDOW_SPACES; space++) {
        const size_t first = space == ORBITALS_OCCUPIED ? 0 : fv,
                     m = space == ORBITALS_OCCUPIED ? update->n_occupied
                                                    : orbital_update_n_virtual(update);
        double *const room[] = {update->e, update->kept_orbitals,
                                update->work + linalg_eigen_work(m)};
        if (linalg_eigen_work(m) + m * ld > linalg_eigen_work(update->n) ||
            !orbital_windows_localise(update->kernels, update->n, m, update->orbitals + first, ld,
                                      update->rotation + first * ld + first, room,
                                      update->eigenvalues, update->work, update->iwork))
            return false;
    }
    turn_kept(update);
    update->windows.kept->first_cost = measure_windows(update);
    return update->windows.kept->first_cost < LARGEST_WINDOWS;
}

/// Makes the remembered orbitals local, or leaves them as they are.
static void localise(OrbitalUpdate *update)
{
    OrbitalWindowsKept *windows = update->windows.kept;
    windows->tried = 1;
    windows->known = 0;
    update->local = false;
    if (turn_to_local(update)) {
        turn_history(update, NULL);
        windows->known = 1;
        return;
    }
    update->moved = INFINITY; // the rotation is in the place of S C
    team_copy(update->kept_orbitals, update->orbitals, update->n * update->ld * sizeof(double));
}

/// Local orbitals drift apart slowly.
static void keep_local(OrbitalUpdate *update)
{
    if (measure_windows(update) > WIDER_WINDOWS * update->windows.kept->first_cost)
        localise(update);
    update->kept->age = 0;
}

/// Keeps the orbitals as they are, or turns them among themselves: into local ones where that pays, else from time to
/// time back to those that diagonalise the blocks of G.
static void turn_orbitals(OrbitalUpdate *update)
{
    OrbitalWindowsKept *windows = update->windows.kept;
    if (windows->known) {
        if (update->kept->age >= ROTATE_EVERY)
            keep_local(update);
        return;
    }
    if (update->may_be_local && update->pattern != NULL && !windows->tried &&
        !update->from_diagonalisation)
        localise(update);
    else if (update->kept->age >= (update->slow ? ROTATE_AFTER : ROTATE_EVERY))
        rotate(update);
}

bool orbital_update_has_rotated(const OrbitalUpdate *update)
{
    return update->rotated;
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

/// The history of this geometry goes on from that of the one before.
static void store_history(OrbitalUpdate *update)
{
    if (update->large) {
        orbital_path_end(update);
        return;
    }
    apply_corrections(update);
    symmetrise(update->guess, update->n_occupied, update->ld);
    symmetrise(update->guess + orbital_update_vv(update), orbital_update_n_virtual(update),
               update->ld);
    orbital_history_store(&update->history, update->guess);
}

void orbital_update_end(OrbitalUpdate *update)
{
    orbital_update_correct_virtuals(update);
    (void)orbital_response_block(update);
    update->may_respond = false;
    if (!update->from_diagonalisation) {
        store_history(update);
        update->kept->age++;
    }
    update->kept->known = 1;
    update->rotated = false;
    team_copy(update->kept_orbitals, update->orbitals, update->n * update->ld * sizeof(double));
    // The orbitals of this geometry stay as they are: its energy-weighted density needs them.
    turn_orbitals(update);
    if (!update->large)
        update->kernels->narrow(update->n, update->columns, 1.0, update->kept_orbitals, update->ld,
                                update->kept_singles, update->ld);
}

const float *orbital_update_singles(const OrbitalUpdate *update)
{
    return update->large || orbital_update_has_rotated(update) ? NULL : update->kept_singles;
}
