#include "vibration/normal_modes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/rigid_motion.h"
#include "base/linalg.h"
#include "base/units.h"

/// Scratch of one molecule.
typedef struct {
    double *matrix, *eigenvalues, *basis, *row, *work;
    int *iwork;
    Arena arena;
} Scratch;

static void scratch_layout(Scratch *scratch, size_t n_x)
{
    scratch->matrix = arena_doubles(&scratch->arena, n_x * n_x);
    scratch->eigenvalues = arena_doubles(&scratch->arena, n_x);
    scratch->basis = arena_doubles(&scratch->arena, RIGID_MOTIONS_MAX * n_x);
    scratch->row = arena_doubles(&scratch->arena, n_x);
    scratch->work = arena_doubles(&scratch->arena, linalg_eigen_work(n_x));
    scratch->iwork = arena_ints(&scratch->arena, linalg_eigen_iwork(n_x));
}

/// Square of an angular frequency in hartree per dalton and square bohr -> cm-1, negative if imaginary.
static double wavenumber(double square)
{
    const double frequency = sqrt(fabs(square) / ME_PER_DALTON) * WAVENUMBERS_PER_HARTREE;
    return square < 0.0 ? -frequency : frequency;
}

static bool weighted_fill(size_t n_x, const double *masses, const double *hessian, double *matrix)
{
    bool finite = true;
    for (size_t i = 0; i < n_x; i++)
        for (size_t j = 0; j < n_x; j++) {
            matrix[i * n_x + j] = hessian[i * n_x + j] / sqrt(masses[i / 3] * masses[j / 3]);
            finite = finite && isfinite(matrix[i * n_x + j]);
        }
    return finite;
}

static int by_size(const void *a, const void *b)
{
    const double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return (x > y) - (x < y);
}

/// matrix = P matrix P + shift (1 - P): the rigid motions come behind all vibrations.
static void rigid_move(size_t n_x, size_t n_rigid, const double *basis, double shift, double *row,
                       double *matrix)
{
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < n_x; i++) {
            double *const line = matrix + i * n_x;
            for (size_t r = 0; r < n_rigid; r++) {
                double along = 0.0;
                for (size_t j = 0; j < n_x; j++)
                    along += basis[r * n_x + j] * line[j];
                for (size_t j = 0; j < n_x; j++)
                    line[j] -= along * basis[r * n_x + j];
            }
        }
        for (size_t i = 0; i < n_x; i++) // the other side is the same of the transpose
            for (size_t j = 0; j < i; j++) {
                row[0] = matrix[i * n_x + j];
                matrix[i * n_x + j] = matrix[j * n_x + i];
                matrix[j * n_x + i] = row[0];
            }
    }
    for (size_t i = 0; i < n_x; i++)
        for (size_t j = 0; j < n_x; j++)
            for (size_t r = 0; r < n_rigid; r++)
                matrix[i * n_x + j] += shift * basis[r * n_x + i] * basis[r * n_x + j];
}

/// v^T M v
static double curvature(size_t n_x, const double *matrix, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < n_x; i++)
        for (size_t j = 0; j < n_x; j++)
            sum += v[i] * matrix[i * n_x + j] * v[j];
    return sum;
}

/// Whether a molecule near a line is one, from the weighted Hessian in s->matrix. What turns its atoms around the line, t, is
/// a rotation if the molecule is bent, and else a bend, which costs what the bend b costs that leads them to the line. For a
/// molecule off its stationary point, whose distance from the line is d, invariance gives t^T M t = b^T g / d with the
/// gradient g, so that a Newton step along b leaves 1 - (t^T M t) / (b^T M b) of d. If that is less than a half either way,
/// the line is nearer than any bent geometry.
static bool is_line(size_t n_x, Scratch *s)
{
    const double turn = curvature(n_x, s->matrix, s->basis + 5 * n_x);
    return fabs(turn - curvature(n_x, s->matrix, s->row)) <= fabs(turn);
}

/// Translations and rotations in s->basis; returns how many there are.
static size_t rigid_find(size_t n_atoms, const double *masses, const double (*xyz)[3],
                         const double *hessian, Scratch *s, double *off_line)
{
    const size_t n_rigid = rigid_motions(n_atoms, masses, xyz, s->basis);
    const double distance = rigid_off_line(n_atoms, masses, xyz);
    *off_line = 0.0;
    if (n_rigid < RIGID_MOTIONS_MAX || !(distance < LINEAR_DISTANCE))
        return n_rigid;
    rigid_motions_of_line(n_atoms, masses, xyz, s->basis, s->row);
    if (!weighted_fill(3 * n_atoms, masses, hessian, s->matrix) || !is_line(3 * n_atoms, s))
        return n_rigid;
    *off_line = distance;
    return n_rigid - 1;
}

static void mode_fill(size_t k, const double *masses, const double *slopes, const double *vector,
                      NormalModes *modes)
{
    const size_t n_x = 3 * modes->n_atoms;
    double *const mode = modes->mode + k * n_x;
    double inverse = 0.0, dipole[3] = {0.0};
    size_t largest = 0;
    for (size_t i = 0; i < n_x; i++) // of equal ones the first
        if (fabs(vector[i]) > fabs(vector[largest]) + 1e-6)
            largest = i;
    const double sign = vector[largest] < 0.0 ? -1.0 : 1.0;
    for (size_t i = 0; i < n_x; i++) {
        mode[i] = sign * vector[i];
        inverse += mode[i] * mode[i] / masses[i / 3];
        for (int x = 0; x < 3 && slopes != NULL; x++)
            dipole[x] += slopes[3 * i + (size_t)x] * mode[i] / sqrt(masses[i / 3]);
    }
    modes->reduced_mass[k] = 1.0 / inverse;
    modes->intensity[k] = KMMOL_PER_SQUARE_SLOPE *
                          (dipole[0] * dipole[0] + dipole[1] * dipole[1] + dipole[2] * dipole[2]);
}

static QmtStatus modes_fill(QmtContext *ctx, const double *masses, const double *hessian,
                            const double *slopes, Scratch *s, NormalModes *modes)
{
    const size_t n_x = 3 * modes->n_atoms;
    if (!weighted_fill(n_x, masses, hessian, s->matrix))
        return FAIL(ctx, QMT_ERR_PHYSICS, "normal modes: the Hessian is not finite");
    if (!linalg_eigen(NULL, n_x, s->matrix, n_x, s->eigenvalues, s->work, s->iwork))
        return FAIL(ctx, QMT_ERR_PHYSICS, "normal modes: the Hessian cannot be diagonalised");
    const double shift = 10.0 * (fabs(s->eigenvalues[0]) + fabs(s->eigenvalues[n_x - 1])) + 1.0;
    qsort(s->eigenvalues, n_x, sizeof *s->eigenvalues, by_size);
    for (size_t r = 0; r < modes->n_rigid; r++)
        modes->rigid[r] = wavenumber(s->eigenvalues[r]);
    (void)weighted_fill(n_x, masses, hessian, s->matrix);
    rigid_move(n_x, modes->n_rigid, s->basis, shift, s->row, s->matrix);
    if (!linalg_eigen(NULL, n_x, s->matrix, n_x, s->eigenvalues, s->work, s->iwork))
        return FAIL(ctx, QMT_ERR_PHYSICS, "normal modes: the Hessian cannot be diagonalised");
    for (size_t k = 0; k < modes->n_modes; k++) {
        modes->frequency[k] = wavenumber(s->eigenvalues[k]);
        mode_fill(k, masses, slopes, s->matrix + k * n_x, modes);
    }
    return QMT_OK;
}

static QmtStatus modes_create(QmtContext *ctx, size_t n_atoms, size_t n_rigid, NormalModes *modes)
{
    const size_t n_x = 3 * n_atoms, n = n_x - n_rigid;
    *modes = (NormalModes){.n_atoms = n_atoms,
                           .n_rigid = n_rigid,
                           .n_modes = n,
                           .frequency = calloc(n + 1, sizeof(double)),
                           .rigid = calloc(n_rigid + 1, sizeof(double)),
                           .mode = calloc(n * n_x + 1, sizeof(double)),
                           .reduced_mass = calloc(n + 1, sizeof(double)),
                           .intensity = calloc(n + 1, sizeof(double))};
    if (modes->frequency != NULL && modes->rigid != NULL && modes->mode != NULL &&
        modes->reduced_mass != NULL && modes->intensity != NULL)
        return QMT_OK;
    normal_modes_release(modes);
    return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu normal modes", n);
}

QmtStatus normal_modes(QmtContext *ctx, size_t n_atoms, const double *masses,
                       const double (*xyz)[3], const double *hessian, const double *dipole_slopes,
                       NormalModes *modes)
{
    Scratch scratch = {0};
    NormalModes made = {0};
    scratch_layout(&scratch, 3 * n_atoms);
    TRY(arena_reserve(ctx, &scratch.arena));
    scratch_layout(&scratch, 3 * n_atoms);
    double off_line;
    const size_t n_rigid = rigid_find(n_atoms, masses, xyz, hessian, &scratch, &off_line);
    QmtStatus status = modes_create(ctx, n_atoms, n_rigid, &made);
    made.off_line = off_line;
    if (status == QMT_OK)
        status = modes_fill(ctx, masses, hessian, dipole_slopes, &scratch, &made);
    arena_release(&scratch.arena);
    if (status == QMT_OK)
        *modes = made;
    else
        normal_modes_release(&made);
    return status;
}

void normal_modes_release(NormalModes *modes)
{
    free(modes->frequency);
    free(modes->rigid);
    free(modes->mode);
    free(modes->reduced_mass);
    free(modes->intensity);
    *modes = (NormalModes){0};
}
