#include "scf/homo_lumo_gap.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"
#include "scf/level_bounds.h"

enum { X, AX, W, AW, P, AP, IN_AO, F_IN_AO, DIAGONAL, N_VECTORS };

enum { MAX_ROUNDS = 40 };

enum { POINTS = GAP_POINTS };

/// The polynomial through the last 1, 2, .. geometries, one geometry on.
static const double EXTRAPOLATION[POINTS + 1][POINTS] = {
    [1] = {1.0}, [2] = {2.0, -1.0}, [3] = {3.0, -3.0, 1.0}, [4] = {4.0, -6.0, 4.0, -1.0}};

/// A start vector with a larger error estimate belongs to another orbital.
#define RESTART_ABOVE_HARTREE 1e-4

/// Second-order correction that may be missing from an eigenvalue when the search ends, and the smallest
/// distance to another level that it counts with.
#define GAP_TOLERANCE_HARTREE 1e-10
#define CLOSEST_LEVEL_HARTREE 1e-3

/// The same at the end of the steps, smaller, as the extrapolation of vectors multiplies their errors.
#define STEP_TOLERANCE_HARTREE 1e-11
enum { MAX_STEPS = 8 };

/// The third-order error of a value is about the square of the correction at the start over the distance to
/// the next level. If that correction is larger than this, the steps begin again from the better vector.
#define THIRD_ORDER_HARTREE 1e-8
enum { MAX_STARTS = 3 };

/// The stored block is accurate enough for the error estimate while F and the block give values of a vector
/// that agree to this.
#define BLOCK_TOLERANCE_HARTREE 3e-7

/// Rounding of a level in single precision.
#define LEVEL_ROUNDING_HARTREE 5e-6

/// Share of the neighbours in the first vector, and the distance in energy that counts as near: none of
/// them may be left out for its symmetry.
#define NEIGHBOUR_SHARE 0.05
#define NEIGHBOUR_HARTREE 0.01

/// One of the two spaces of orbitals.
typedef struct {
    const Density *density;
    double **vector;        ///< of GapSearch
    size_t m;               ///< orbitals
    const double *orbitals; ///< [n][ld_orbitals] its columns
    size_t ld_orbitals;
    const double *block; ///< [m][ld_block] F between them, nearly; NULL: see off
    const float *off;    ///< minus its off-diagonal elements in single precision
    const float *
        levels; ///< its off-diagonal elements in single precision, with the sign of `off` for a space with sign +1
    size_t ld_block;        ///< of either
    bool block_exact;       ///< it is F of this geometry
    const double *diagonal; ///< [m] of the block
    double sign;            ///< +1: the lowest eigenvalue is wanted, -1: the highest
    bool exact;             ///< F itself instead of the block
    double *x;    ///< [m], padded: what the geometries before point to, then the eigenvector
    double *work; ///< of GapSearch
    bool known;   ///< they are known
    bool restart; ///< they belong to other orbitals
} Space;

/// Length of the vectors of two spaces, each padded.
static size_t row_size(size_t n_ao)
{
    return kernels_padded(n_ao) + KERNELS_PAD;
}

void homo_lumo_gap_layout(GapSearch *gap_search, Arena *arena, size_t n_ao)
{
    for (int i = 0; i < N_VECTORS; i++)
        gap_search->vector[i] = arena_doubles(arena, kernels_padded(n_ao));
    gap_search->x = arena_doubles(arena, row_size(n_ao));
    gap_search->work = arena_doubles(arena, 8 * kernels_padded(n_ao));
    gap_search->kept = arena_kept(arena, sizeof *gap_search->kept);
    gap_search->kept_vectors = arena_kept(arena, POINTS * row_size(n_ao) * sizeof(double));
}

/// out = sign * F in. Rows are read to the end of their padding, which finds zeros in the vector.
static void apply(const Space *space, double *in, double *out)
{
    const Density *density = space->density;
    const Kernels *kernels = density->kernels;
    const size_t n = density->n, n_padded = kernels_padded(n), m = space->m,
                 m_padded = kernels_padded(m);
    memset(in + m, 0, (m_padded - m) * sizeof *in);
    if (space->exact && !space->block_exact) {
        const double *orbitals = space->orbitals;
        double *ao = space->vector[IN_AO], *f_ao = space->vector[F_IN_AO];
        kernels->matvec(n, m_padded, orbitals, space->ld_orbitals, in, ao);
        memset(ao + n, 0, (n_padded - n) * sizeof *ao);
        kernels->matvec(n, n_padded, density->fock, density->ld, ao, f_ao);
        kernels->matmul_nn(1, m_padded, n, f_ao, n, orbitals, space->ld_orbitals, out, m_padded);
    } else {
        kernels->matvec(m, m_padded, space->block, space->ld_block, in, out);
    }
    for (size_t i = 0; i < space->m; i++)
        out[i] *= space->sign;
}

static double diagonal(const Space *space, size_t i)
{
    return space->vector[DIAGONAL][i];
}

/// The orbital with the lowest diagonal element and a little of its neighbours.
static void begin_from_diagonal(const Space *space, double lowest)
{
    double *x = space->vector[X];
    for (size_t i = 0; i < space->m; i++) {
        const double above = diagonal(space, i) - lowest;
        x[i] = above == 0.0 ? 1.0 : NEIGHBOUR_SHARE / (1.0 + above / NEIGHBOUR_HARTREE);
    }
}

/// Makes v orthogonal to a unit vector u, and its image likewise.
static void remove_part(const Space *space, const double *u, const double *au, double *v,
                        double *av)
{
    const Kernels *kernels = space->density->kernels;
    const double overlap = kernels->dot(space->m, u, v);
    kernels->axpy(space->m, -overlap, u, v);
    if (av != NULL)
        kernels->axpy(space->m, -overlap, au, av);
}

/// Scales v and its image to a unit vector; false if nothing is left of it.
static bool normalise(const Space *space, double *v, double *av)
{
    const double norm = sqrt(space->density->kernels->dot(space->m, v, v));
    if (!(norm > 1e-14))
        return false;
    for (size_t i = 0; i < space->m; i++) {
        v[i] /= norm;
        if (av != NULL)
            av[i] /= norm;
    }
    return true;
}

/// Vector of the lowest eigenvalue of a symmetric 3 x 3 matrix, by Jacobi rotations.
static void lowest_of_three(double a[3][3], double vector[3])
{
    double v[3][3] = {{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}};
    for (int sweep = 0; sweep < 12; sweep++) {
        const double off = fabs(a[0][1]) + fabs(a[0][2]) + fabs(a[1][2]);
        if (off <= 1e-10)
            break;
        for (int p = 0; p < 2; p++)
            for (int q = p + 1; q < 3; q++) {
                if (a[p][q] == 0.0)
                    continue;
                const double theta = 0.5 * (a[q][q] - a[p][p]) / a[p][q];
                const double t = copysign(1.0, theta) / (fabs(theta) + sqrt(theta * theta + 1.0));
                const double c = 1.0 / sqrt(t * t + 1.0), s = t * c;
                for (int k = 0; k < 3; k++) {
                    const double kp = a[k][p], kq = a[k][q];
                    a[k][p] = c * kp - s * kq;
                    a[k][q] = s * kp + c * kq;
                }
                for (int k = 0; k < 3; k++) {
                    const double pk = a[p][k], qk = a[q][k];
                    a[p][k] = c * pk - s * qk;
                    a[q][k] = s * pk + c * qk;
                }
                for (int k = 0; k < 3; k++) {
                    const double kp = v[k][p], kq = v[k][q];
                    v[k][p] = c * kp - s * kq;
                    v[k][q] = s * kp + c * kq;
                }
            }
    }
    int lowest = 0;
    for (int k = 1; k < 3; k++)
        if (a[k][k] < a[lowest][lowest])
            lowest = k;
    // The vector that it grows from must not turn round: the next geometry begins with it.
    for (int k = 0; k < 3; k++)
        vector[k] = copysign(1.0, v[0][lowest]) * v[k][lowest];
}

/// The best vector in the space of x, the residual w behind the diagonal, and the last direction p.
static void improve(const Space *space, double value, bool has_direction)
{
    const size_t m = space->m;
    const Kernels *kernels = space->density->kernels;
    double *x = space->vector[X], *ax = space->vector[AX], *w = space->vector[W],
           *aw = space->vector[AW], *p = space->vector[P], *ap = space->vector[AP];
    for (size_t i = 0; i < m; i++) {
        const double above = diagonal(space, i) - value;
        const double far =
            fabs(above) > CLOSEST_LEVEL_HARTREE ? above : copysign(CLOSEST_LEVEL_HARTREE, above);
        w[i] = (ax[i] - value * x[i]) / far;
    }
    bool has_p = has_direction;
    if (has_p) {
        remove_part(space, x, ax, p, ap);
        has_p = normalise(space, p, ap);
    }
    remove_part(space, x, NULL, w, NULL);
    if (has_p)
        remove_part(space, p, NULL, w, NULL);
    bool has_w = normalise(space, w, NULL);
    if (has_w) {
        apply(space, w, aw);
    } else {
        memset(w, 0, m * sizeof *w);
        memset(aw, 0, m * sizeof *aw);
    }
    if (!has_p) {
        memset(p, 0, m * sizeof *p);
        memset(ap, 0, m * sizeof *ap);
    }

    // A direction that is missing must not look like an eigenvalue of zero.
    const double *v[3] = {x, w, p}, *av[3] = {ax, aw, ap};
    double a[3][3], c[3];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j <= i; j++)
            a[i][j] = a[j][i] = kernels->dot(m, v[i], av[j]);
    if (!has_w)
        a[1][1] = fabs(value) + 1e3;
    if (!has_p)
        a[2][2] = fabs(value) + 1e3;
    lowest_of_three(a, c);
    for (size_t i = 0; i < m; i++) {
        const double d = c[1] * w[i] + c[2] * p[i], ad = c[1] * aw[i] + c[2] * ap[i];
        x[i] = c[0] * x[i] + d;
        ax[i] = c[0] * ax[i] + ad;
        p[i] = d;
        ap[i] = ad;
    }
    normalise(space, x, ax);
}

/// Value of the vector in X, whose image is known; returns what is missing from it.
static double value_of(const Space *space, double *value)
{
    const double *x = space->vector[X], *ax = space->vector[AX], *d = space->vector[DIAGONAL];
    const double v = *value = space->density->kernels->dot(space->m, x, ax);
    double missing = 0.0;
    for (size_t i = 0; i < space->m; i++) {
        const double r = ax[i] - v * x[i], above = fabs(d[i] - v);
        missing += r * r / (above > CLOSEST_LEVEL_HARTREE ? above : CLOSEST_LEVEL_HARTREE);
    }
    return missing;
}

/// Goes down from the vector in X, whose image is known. Returns false if too much stays missing.
static bool descend(const Space *space, double *value)
{
    for (int round = 0; round < MAX_ROUNDS; round++) {
        const double missing = value_of(space, value);
        if (missing <= GAP_TOLERANCE_HARTREE) {
            *value -= missing;
            return true;
        }
        improve(space, *value, round > 0);
    }
    return false;
}

/// The eigenvalue from a diagonalisation of the space.
static double diagonalised(Density *density, const Space *space)
{
    const size_t n = density->n, ld = density->ld, m = space->m, ldc = space->ld_orbitals;
    const Kernels *kernels = density->kernels;
    double *half = density->scratch, *block = density->weighted, *eps = space->vector[X];
    kernels->matmul_nn(n, m, n, density->fock, ld, space->orbitals, ldc, half, ld);
    kernels->matmul_tn(m, m, n, space->orbitals, ldc, half, ld, block, ld);
    if (!linalg_eigen(density->kernels, m, block, ld, eps, density->work, density->iwork))
        return NAN;
    return space->sign > 0.0 ? eps[0] : -eps[m - 1];
}

/// Improves x in the block.
static EigenvectorResult improve_kept(const Space *space)
{
    const EigenvectorTask task = {.m = space->m,
                                  .a = space->block,
                                  .off = space->off,
                                  .ld = space->ld_block,
                                  .diagonal = space->diagonal,
                                  .sign = space->sign,
                                  .closest = CLOSEST_LEVEL_HARTREE,
                                  .tolerance = STEP_TOLERANCE_HARTREE,
                                  .max_steps = MAX_STEPS,
                                  .x = space->x,
                                  .work = space->work};
    return space->density->kernels->eigenvector(&task);
}

/// The eigenvalue by steps from the vectors of the geometries before, with the diagonal of the block as a
/// sign that another level has crossed it. Returns false, with x as far as it came, if they do not lead
/// there.
static bool follow(Space *space, bool *crossed, double *value)
{
    const Density *density = space->density;
    const Kernels *kernels = density->kernels;
    EigenvectorResult found = {0};
    for (int start = 0; start < MAX_STARTS; start++) {
        found = improve_kept(space);
        if (start == 0)
            space->restart = !(found.correction_all <= RESTART_ABOVE_HARTREE);
        *crossed = space->restart || !(found.level_distance >= 0.0);
        if (*crossed)
            return false;
        if (found.correction_all <= THIRD_ORDER_HARTREE)
            break;
    }
    if (!(found.correction <= GAP_TOLERANCE_HARTREE && found.correction_all <= THIRD_ORDER_HARTREE))
        return false;
    *value = found.value;
    if (space->block_exact)
        return true;
    const double exact =
        kernels->quotient_of_columns(density->n, space->m, space->orbitals, space->ld_orbitals,
                                     space->x, density->fock, density->ld, space->work);
    const bool accurate = fabs(exact - *value) <= BLOCK_TOLERANCE_HARTREE;
    *value = exact;
    return accurate;
}

/// The eigenvalue by conjugate gradients in the block, which may be a little old, and then in F, from x
/// or from the diagonal of the block.
static double search(Density *density, Space *space, bool from_x)
{
    const size_t m = space->m;
    double *x = space->vector[X], value = NAN, lowest = INFINITY;
    for (size_t i = 0; i < m; i++) {
        const double d = space->sign * space->diagonal[i];
        space->vector[DIAGONAL][i] = d;
        lowest = d < lowest ? d : lowest;
    }
    if (space->block == NULL) {
        orbital_update_virtual_block(&density->update);
        const OrbitalUpdate *update = &density->update;
        space->block = update->g + update->first_virtual * (update->ld + 1);
    }
    if (from_x)
        memcpy(x, space->x, m * sizeof *x);
    else
        begin_from_diagonal(space, lowest);
    normalise(space, x, NULL);
    space->exact = false;
    apply(space, x, space->vector[AX]);
    (void)descend(space, &value);
    space->exact = true;
    apply(space, x, space->vector[AX]);
    const bool found = descend(space, &value);
    memcpy(space->x, x, m * sizeof *x);
    memset(space->x + m, 0, (kernels_padded(m) - m) * sizeof *x);
    if (!found)
        return space->sign * diagonalised(density, space);
    // The same steps once more, for the vector that the next geometries begin with.
    const bool restart = space->restart;
    bool crossed;
    double better;
    const bool followed = follow(space, &crossed, &better);
    space->restart = restart;
    return followed ? better : space->sign * value;
}

/// Whether no level of the block lies further out than a value. Of local orbitals no diagonal element tells that.
static bool is_outermost(Density *density, const Space *space, double value)
{
    const LevelMatrix levels = {.kernels = density->kernels,
                                .n = space->m,
                                .ld = space->ld_block,
                                .diagonal = space->diagonal,
                                .off = space->levels,
                                .s = space->sign,
                                .t = space->sign > 0.0 ? -1.0 : 1.0};
    return levels_are_above(&levels, space->sign * value - LEVEL_ROUNDING_HARTREE,
                            (float *)density->scratch);
}

/// The outermost value of a space towards the other one.
static double outermost(Density *density, Space *space)
{
    double value;
    bool crossed = true;
    if (!(space->known && follow(space, &crossed, &value)))
        value = search(density, space, space->known && !crossed);
    if (orbital_update_is_local(&density->update) && !is_outermost(density, space, value)) {
        space->restart = true;
        value = space->sign * diagonalised(density, space);
    }
    return value;
}

/// Vectors of this geometry from those of the geometries before.
static void extrapolate(const GapSearch *gap_search, const Kernels *kernels, size_t size)
{
    double weight[POINTS] = {0.0};
    const GapKept *kept = gap_search->kept;
    for (int k = 0; k < kept->n_known; k++)
        weight[(kept->newest + POINTS - k) % POINTS] = EXTRAPOLATION[kept->n_known][k];
    kernels->combine(size, POINTS, weight, gap_search->kept_vectors, size, gap_search->x);
}

/// The kept vectors of a space after its orbitals, of which `first` is the first, were rotated among
/// themselves. They begin at `at` of each.
static void rotate(Density *density, double *vectors, size_t size, size_t at, const Space *space,
                   size_t first)
{
    const OrbitalUpdate *update = &density->update;
    memcpy(density->scratch, vectors, POINTS * size * sizeof *vectors);
    density->kernels->matmul_nn(POINTS, space->m, space->m, density->scratch + at, size,
                                update->rotation + first * update->ld + first, update->ld,
                                vectors + at, size);
}

double homo_lumo_gap(Density *density, GapSearch *gap_search)
{
    const size_t n = density->n, no = density->n_alpha, nv = n - no;
    const Kernels *kernels = density->kernels;
    GapKept *kept = gap_search->kept;
    if (no == 0 || no == n)
        return NAN;
    if (!density->refined) {
        kept->n_known = 0;
        return density->eps[no] - density->eps[no - 1];
    }
    OrbitalUpdate *update = &density->update;
    const size_t fv = update->first_virtual, ld = update->ld;
    const size_t at_virtual = kernels_padded(no), size = at_virtual + kernels_padded(nv);
    const bool known = kept->n_known > 0;
    if (known)
        extrapolate(gap_search, kernels, size);
    Space filled = {.density = density,
                    .vector = gap_search->vector,
                    .m = no,
                    .orbitals = update->orbitals,
                    .ld_orbitals = ld,
                    .block = update->g,
                    .levels = update->g_off,
                    .ld_block = ld,
                    .block_exact = update->occupied_known,
                    .diagonal = update->eps,
                    .sign = -1.0,
                    .x = gap_search->x,
                    .work = gap_search->work,
                    .known = known};
    Space empty = filled;
    empty.m = nv;
    empty.orbitals += fv;
    empty.block = NULL;
    empty.off = empty.levels = update->g_off + fv * ld + fv;
    empty.block_exact = false;
    empty.diagonal += fv;
    empty.sign = 1.0;
    empty.x += at_virtual;

    const double lumo = outermost(density, &empty);
    const double homo = outermost(density, &filled);
    const bool restart = !known || filled.restart || empty.restart;
    kept->n_known = restart ? 1 : kept->n_known < POINTS ? kept->n_known + 1 : POINTS;
    kept->newest = (kept->newest + 1) % POINTS;
    double *vectors = gap_search->kept_vectors;
    memcpy(vectors + (size_t)kept->newest * size, gap_search->x, size * sizeof *vectors);
    if (orbital_update_has_rotated(update)) {
        rotate(density, vectors, size, 0, &filled, 0);
        rotate(density, vectors, size, at_virtual, &empty, fv);
    }
    return lumo - homo;
}
