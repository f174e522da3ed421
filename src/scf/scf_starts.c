#include "scf/scf_parts.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/vec3.h"

/// Charges and moments by which a start is off symmetry, e, from one end to the other.
#define SHAKEN 0.4
#define GOLDEN_RATIO 0.6180339887498949
/// The same of the shaken starts, e.
#define SHAKEN_MOST 0.6
/// Entropy over kT from which on levels count as degenerate: two half filled ones have 2 ln 2.
#define DEGENERATE 0.1
/// Quadrupole along its axis of an atom with an electron more there than across, and with one less, e bohr^2.
#define PROLATE 1.0
#define OBLATE -0.6

enum {
    /// Of more atoms the first of the list, and none of many: each costs as much as a solution.
    POLARISED_STARTS_OF_FEW = 4,
    POLARISED_ATOMS = 4
};

void scf_start_from_neutral_atoms(Scf *scf)
{
    const Basis *basis = scf->spec.hamiltonian->batches.basis;
    memset(scf->x_in, 0, scf->n_variables * sizeof(double));
    for (size_t a = 0; a < scf->n_atoms; a++) {
        const size_t first = basis->atom_shell[a], end = basis->atom_shell[a + 1];
        double electrons = 0.0;
        for (size_t s = first; s < end; s++)
            electrons += scf->spec.hamiltonian->reference[s];
        for (size_t s = first; s < end; s++)
            scf->x_in[s] = scf->spec.charge / (double)scf->n_atoms *
                           scf->spec.hamiltonian->reference[s] / electrons;
    }
}

void scf_start_without_symmetry(Scf *scf)
{
    scf_start_from_neutral_atoms(scf);
    for (size_t i = 0; i < scf->n_variables; i++)
        scf->x_in[i] += SHAKEN * (fmod(GOLDEN_RATIO * (double)(i + 1), 1.0) - 0.5);
}

void scf_start_shaken(Scf *scf, int number)
{
    const RandomKey key = {.seed = (uint64_t)number};
    double u[4];
    random_uniforms(&key, 0, 0, RANDOM_CHARGES, u);
    const double most = number > 0 ? SHAKEN_MOST * u[0] : 0.0;
    scf_start_from_neutral_atoms(scf);
    for (size_t i = 0; i < scf->n_variables; i++) {
        if (i % 4 == 0)
            random_uniforms(&key, 1 + i / 4, 0, RANDOM_CHARGES, u);
        scf->x_in[i] += most * (2.0 * u[i % 4] - 1.0);
    }
}

int scf_polarised_starts(const Scf *scf)
{
    if (!scf->multipoles || scf->n_atoms < 2 || scf->n_atoms > POLARISED_ATOMS ||
        scf->density.entropy > -DEGENERATE * scf->density.kt)
        return 0;
    return scf->n_atoms == 2 ? SCF_POLARISED_STARTS : POLARISED_STARTS_OF_FEW;
}

/// Unit vectors from an atom to its nearest neighbour, and across.
static void axes_of(const Geometry *geometry, size_t n_atoms, size_t a, double *along,
                    double *across)
{
    double nearest = INFINITY;
    for (size_t b = 0; b < n_atoms; b++) {
        double d[3];
        vec3_difference(geometry->xyz[b], geometry->xyz[a], d);
        const double r = vec3_norm(d);
        if (b == a || r >= nearest)
            continue;
        nearest = r;
        for (int x = 0; x < 3; x++)
            along[x] = d[x] / r;
    }
    int least = 0;
    for (int x = 1; x < 3; x++)
        if (fabs(along[x]) < fabs(along[least]))
            least = x;
    const double cosine = along[least], sine = sqrt(1.0 - cosine * cosine);
    for (int x = 0; x < 3; x++)
        across[x] = ((x == least ? 1.0 : 0.0) - cosine * along[x]) / sine;
}

/// An axial quadrupole, xx xy yy xz yz zz.
static void quadrupole_add(const double *axis, double along, double *quadrupole)
{
    static const int AT[6][2] = {{0, 0}, {0, 1}, {1, 1}, {0, 2}, {1, 2}, {2, 2}};
    for (int k = 0; k < 6; k++)
        quadrupole[k] +=
            along * (1.5 * axis[AT[k][0]] * axis[AT[k][1]] - (AT[k][0] == AT[k][1] ? 0.5 : 0.0));
}

void scf_start_polarised(const Geometry *geometry, Scf *scf, int start)
{
    enum { ALONG_MORE, ALONG_LESS, ACROSS_MORE, ACROSS_LESS };
    static const int OF_ATOM[SCF_POLARISED_STARTS][2] = {
        {ALONG_LESS, ALONG_MORE},  {ALONG_MORE, ALONG_LESS},   {ACROSS_MORE, ALONG_MORE},
        {ALONG_MORE, ACROSS_MORE}, {ALONG_MORE, ALONG_MORE},   {ALONG_LESS, ALONG_LESS},
        {ACROSS_MORE, ALONG_LESS}, {ALONG_LESS, ACROSS_MORE},  {ACROSS_LESS, ALONG_MORE},
        {ALONG_MORE, ACROSS_LESS}, {ACROSS_MORE, ACROSS_MORE}, {ACROSS_LESS, ACROSS_LESS},
        {ACROSS_LESS, ALONG_LESS}, {ALONG_LESS, ACROSS_LESS},  {ACROSS_LESS, ACROSS_MORE},
        {ACROSS_MORE, ACROSS_LESS}};
    double *const quadrupole = scf->x_in + scf->n_shells + 3 * scf->n_atoms;
    scf_start_from_neutral_atoms(scf);
    for (size_t a = 0; a < scf->n_atoms; a++) {
        double axis[2][3] = {{0}};
        const int shape = OF_ATOM[start][a % 2];
        axes_of(geometry, scf->n_atoms, a, axis[0], axis[1]);
        quadrupole_add(axis[shape / 2], shape % 2 == 0 ? PROLATE : OBLATE, quadrupole + 6 * a);
    }
}
