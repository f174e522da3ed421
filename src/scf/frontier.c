#include "scf/frontier.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

enum { X, AX, W, AW, P, AP, IN_AO, F_IN_AO, DIAGONAL, N_VECTORS };

enum { MAX_ROUNDS = 40 };

/// memory = [geometries known][vectors of both spaces: n, the last geometry first]
enum { KNOWN = 0, VECTORS = 1, POINTS = 4 };

/// The polynomial through the last 1, 2, .. geometries, one geometry on.
static const double EXTRAPOLATION[POINTS + 1][POINTS] = {
    [1] = {1.0}, [2] = {2.0, -1.0}, [3] = {3.0, -3.0, 1.0}, [4] = {4.0, -6.0, 4.0, -1.0}};

/// Vectors that start with more than this missing, in hartree, are of other orbitals.
#define STRANGE 1e-4

/// What may be missing from an eigenvalue by second-order perturbation theory, hartree, and the smallest
/// distance to another level that it counts with.
#define MISSING 1e-10
#define CLOSEST_LEVEL 1e-3

/// Share of the neighbours in the first vector, and the distance in energy that counts as near: none of
/// them may be left out for its symmetry.
#define NEIGHBOUR_SHARE 0.05
#define NEIGHBOUR_HARTREE 0.01

/// One of the two spaces of orbitals.
typedef struct {
    const Density *density;
    Transit *transit;
    double **vector;        ///< of Frontier
    size_t m;               ///< orbitals
    const double *orbitals; ///< [n][ld_orbitals] its columns
    size_t ld_orbitals;
    const double *block; ///< [m][ld_block] F between them, nearly
    size_t ld_block;
    bool block_exact;       ///< it is F of this geometry
    const double *diagonal; ///< [m] of the block
    double sign;            ///< +1: the lowest eigenvalue is wanted, -1: the highest
    bool exact;             ///< F itself instead of the block
    double *known[POINTS];  ///< [m] vectors of the geometries before
    int n_known;            ///< how many of them
    bool strange;           ///< they were of no use
} Space;

size_t frontier_memory_size(size_t n_ao)
{
    return VECTORS + POINTS * n_ao;
}

void frontier_layout(Arena *arena, size_t n_ao, Frontier *frontier)
{
    for (int i = 0; i < N_VECTORS; i++)
        frontier->vector[i] = arena_doubles(arena, kernels_padded(n_ao));
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
        const double far = fabs(above) > CLOSEST_LEVEL ? above : copysign(CLOSEST_LEVEL, above);
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
        missing += r * r / (above > CLOSEST_LEVEL ? above : CLOSEST_LEVEL);
    }
    return missing;
}

/// Goes down from the vector in X, whose image is known. Returns false if too much stays missing.
static bool descend(const Space *space, double *value)
{
    for (int round = 0; round < MAX_ROUNDS; round++) {
        const double missing = value_of(space, value);
        if (missing <= MISSING) {
            *value -= missing;
            return true;
        }
        improve(space, *value, round > 0);
    }
    return false;
}

/// Value of the vector in X, which becomes a unit vector; its image goes to AX.
static double quotient(const Space *space)
{
    double *x = space->vector[X], *ax = space->vector[AX];
    normalise(space, x, NULL);
    apply(space, x, ax);
    return space->density->kernels->dot(space->m, x, ax);
}

/// From here on the block takes the place of F.
static void use_block(Space *space)
{
    if (space->exact && space->sign > 0.0)
        transit_virtual_block(space->transit);
    space->exact = false;
}

/// Begins with the vectors of the geometries before and F itself, or, after the orbitals were exchanged,
/// with the diagonal of the block: where the value is lower.
static void begin(Space *space)
{
    const size_t m = space->m;
    double *x = space->vector[X], lowest = INFINITY;
    for (size_t i = 0; i < m; i++) {
        const double d = space->sign * space->diagonal[i];
        space->vector[DIAGONAL][i] = d;
        lowest = d < lowest ? d : lowest;
    }
    if (space->n_known > 0) {
        const double *factor = EXTRAPOLATION[space->n_known];
        memset(x, 0, m * sizeof *x);
        for (int k = 0; k < space->n_known; k++)
            space->density->kernels->axpy(m, factor[k], space->known[k], x);
        if (quotient(space) <= lowest)
            return;
    }
    use_block(space);
    begin_from_diagonal(space, lowest);
    quotient(space);
}

/// Keeps the vector, with its correction of first order: polynomials make errors larger.
static void remember(const Space *space)
{
    double *x = space->vector[X];
    const double *ax = space->vector[AX];
    const double value = space->density->kernels->dot(space->m, x, ax);
    for (size_t i = 0; i < space->m; i++) {
        const double above = diagonal(space, i) - value;
        // The leading orbital is close to the value itself.
        if (fabs(above) > CLOSEST_LEVEL && fabs(x[i]) < 0.5)
            x[i] -= (ax[i] - value * x[i]) / above;
    }
    normalise(space, x, NULL);
    for (int k = POINTS - 1; k > 0; k--)
        memcpy(space->known[k], space->known[k - 1], space->m * sizeof(double));
    memcpy(space->known[0], x, space->m * sizeof(double));
}

/// The kept vectors after the orbitals were rotated among themselves, first being those of the space.
static void rotate(const Space *space, size_t first)
{
    const Transit *transit = &space->density->transit;
    const size_t m = space->m;
    for (int k = 0; k < POINTS; k++) {
        memcpy(space->vector[X], space->known[k], m * sizeof(double));
        space->density->kernels->matmul_nn(1, m, m, space->vector[X], m,
                                           transit->rotation + first * transit->ld + first,
                                           transit->ld, space->known[k], m);
    }
}

/// The eigenvalue from a diagonalisation of the space.
static double diagonalised(Density *density, const Space *space)
{
    const size_t n = density->n, ld = density->ld, m = space->m, ldc = space->ld_orbitals;
    const Kernels *kernels = density->kernels;
    double *half = density->scratch, *block = density->weighted, *eps = space->vector[X];
    kernels->matmul_nn(n, m, n, density->fock, ld, space->orbitals, ldc, half, ld);
    kernels->matmul_tn(m, m, n, space->orbitals, ldc, half, ld, block, ld);
    if (!linalg_eigen(m, block, ld, eps, density->work, density->iwork))
        return NAN;
    return space->sign > 0.0 ? eps[0] : -eps[m - 1];
}

/// The lowest value of a space. Where the vectors of the geometries before do not point to it closely
/// enough, it is found from what the refinement left behind, which may be a little old, and then from F.
static double lowest(Density *density, Space *space)
{
    double value = NAN;
    begin(space);
    const double missing = space->exact ? value_of(space, &value) : INFINITY;
    space->strange = !(missing <= STRANGE);
    bool found = true;
    value -= missing;
    if (!(missing <= MISSING)) {
        use_block(space);
        apply(space, space->vector[X], space->vector[AX]);
        (void)descend(space, &value);
        space->exact = true;
        apply(space, space->vector[X], space->vector[AX]);
        found = descend(space, &value);
    }
    remember(space);
    return found ? value : diagonalised(density, space);
}

double frontier_gap(Density *density, Frontier *frontier)
{
    const size_t n = density->n, no = density->n_alpha;
    double *memory = frontier->memory;
    if (no == 0 || no == n)
        return NAN;
    if (!density->refined) {
        memory[KNOWN] = 0.0;
        return density->eps[no] - density->eps[no - 1];
    }
    Transit *transit = &density->transit;
    const size_t fv = transit->first_virtual;
    Space filled = {.density = density,
                    .transit = transit,
                    .vector = frontier->vector,
                    .m = no,
                    .orbitals = transit->orbitals,
                    .ld_orbitals = transit->ld,
                    .block = transit->g,
                    .ld_block = transit->ld,
                    .block_exact = transit->occupied_known,
                    .diagonal = transit->eps,
                    .exact = true,
                    .sign = -1.0,
                    .n_known = (int)memory[KNOWN]};
    Space empty = filled;
    empty.m = n - no;
    empty.orbitals += fv;
    empty.block += fv * transit->ld + fv;
    empty.block_exact = false;
    empty.diagonal += fv;
    empty.sign = 1.0;
    for (size_t k = 0; k < POINTS; k++) {
        filled.known[k] = memory + VECTORS + k * n;
        empty.known[k] = filled.known[k] + no;
    }
    const double homo = -lowest(density, &filled);
    const double lumo = lowest(density, &empty);
    memory[KNOWN] =
        filled.strange || empty.strange ? 1.0 : fmin(memory[KNOWN] + 1.0, (double)POINTS);
    if (transit_has_rotated(transit)) {
        rotate(&filled, 0);
        rotate(&empty, fv);
    }
    return lumo - homo;
}
