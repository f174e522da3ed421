#include "scf/free_energy.h"

#include <math.h>
#include <string.h>

/// Step of a charge in the derivative of the potentials, e: errors are of its square times the fourth derivative of
/// the dispersion, and of 1e-16 over it.
#define HARDNESS_STEP 1e-3

/// Two levels nearer than this times kT have the slope of the occupation at their middle as the quotient; its error is of
/// the square.
#define SAME_LEVEL 1e-4

void free_energy_layout(FreeEnergy *energy, Arena *arena, const Basis *basis)
{
    energy->n_shells = basis->n_shells;
    energy->n_atoms = basis->n_atoms;
    energy->multipoles = basis->method->multipoles;
    energy->n = basis->n_shells + (energy->multipoles ? 9 * basis->n_atoms : 0);
    energy->atom = arena_doubles(arena, energy->n_atoms);
    energy->work = arena_doubles(arena, energy->n + energy->n_atoms);
    energy->part = arena_doubles(arena, energy->n + energy->n_atoms);
    energy->x_work = arena_doubles(arena, energy->n);
    energy->occupied = arena_doubles(arena, 2 * basis->n_ao);
}

static const Basis *basis_of(const FreeEnergy *energy)
{
    return energy->hamiltonian->batches.basis;
}

static Moments moments_of(FreeEnergy *energy, const double *x)
{
    const Basis *basis = basis_of(energy);
    for (size_t a = 0; a < energy->n_atoms; a++) {
        energy->atom[a] = 0.0;
        for (size_t s = basis->atom_shell[a]; s < basis->atom_shell[a + 1]; s++)
            energy->atom[a] += x[s];
    }
    Moments moments = {.shell = x, .atom = energy->atom};
    if (energy->multipoles) {
        const double *dipole = x + energy->n_shells;
        moments.dipole = (const double(*)[3])dipole;
        moments.quadrupole = (const double(*)[6])(dipole + 3 * energy->n_atoms);
    }
    return moments;
}

/// The face that the terms know, over [n + n_atoms] numbers.
static Potential potential_over(const FreeEnergy *energy, double *v)
{
    Potential potential = {.shell = v, .atom = v + energy->n};
    if (energy->multipoles) {
        double *dipole = v + energy->n_shells;
        potential.dipole = (double(*)[3])dipole;
        potential.quadrupole = (double(*)[6])(dipole + 3 * energy->n_atoms);
    }
    return potential;
}

/// Adds the potentials of one term to work.
static void add_term(FreeEnergy *energy, const Term *term, const Moments *moments)
{
    const size_t size = energy->n + energy->n_atoms;
    const double share = energy->share[term->type->bound];
    Potential potential = potential_over(energy, share < 1.0 ? energy->part : energy->work);
    if (term->type->potential == NULL)
        return;
    if (share < 1.0)
        memset(energy->part, 0, size * sizeof(double));
    term->type->potential(term->self, energy->geometry, moments, &potential);
    if (share < 1.0)
        energy->kernels->axpy(size, share, energy->part, energy->work);
}

void free_energy_potential(FreeEnergy *energy, const double *x, double *v)
{
    const Basis *basis = basis_of(energy);
    const Moments moments = moments_of(energy, x);
    const double *const atom = energy->work + energy->n;
    memset(energy->work, 0, (energy->n + energy->n_atoms) * sizeof(double));
    for (size_t t = 0; t < energy->n_terms; t++)
        add_term(energy, &energy->terms[t], &moments);
    for (size_t s = 0; s < energy->n_shells; s++)
        energy->work[s] += atom[basis->shell_atom[s]];
    memcpy(v, energy->work, energy->n * sizeof *v);
}

/// H0 + V(v) into the Hamiltonian of the density.
static void fock_make(FreeEnergy *energy, const double *v)
{
    memcpy(energy->work, v, energy->n * sizeof *v);
    memset(energy->work + energy->n, 0, energy->n_atoms * sizeof *v);
    const Potential potential = potential_over(energy, energy->work);
    hamiltonian_fock(energy->hamiltonian, &potential, energy->density->fock, energy->density->ld);
}

static double moments_take(FreeEnergy *energy, double *x)
{
    double *dipole = energy->multipoles ? x + energy->n_shells : NULL;
    return hamiltonian_moments(
        energy->hamiltonian, energy->density->density, energy->density->ld, x, (double(*)[3])dipole,
        energy->multipoles ? (double(*)[6])(dipole + 3 * energy->n_atoms) : NULL);
}

QmtStatus free_energy_at(QmtContext *ctx, FreeEnergy *energy, const double *v, double *x, double *a)
{
    fock_make(energy, v);
    TRY(density_build(ctx, energy->density));
    *a = moments_take(energy, x) + energy->density->entropy;
    const Moments moments = moments_of(energy, x);
    for (size_t t = 0; t < energy->n_terms; t++)
        if (energy->terms[t].type->potential != NULL)
            *a += energy->terms[t].type->energy(energy->terms[t].self, energy->geometry, &moments);
    if (!isfinite(*a))
        return FAIL(ctx, QMT_ERR_SCF, "scf: the free energy is not a finite number");
    return QMT_OK;
}

/// (f_i - f_j)/(eps_i - eps_j) of both spins.
static double quotient(const FreeEnergy *energy, size_t i, size_t j)
{
    const Density *density = energy->density;
    const double *alpha = energy->occupied, *beta = alpha + density->n;
    const double apart = density->eps[i] - density->eps[j];
    if (fabs(apart) > SAME_LEVEL * density->kt)
        return (alpha[i] - alpha[j] + beta[i] - beta[j]) / apart;
    const double a = 0.5 * (alpha[i] + alpha[j]), b = 0.5 * (beta[i] + beta[j]);
    return -(a * (1.0 - a) + b * (1.0 - b)) / density->kt;
}

/// What the Fermi level of one spin adds to the levels, so that its electrons stay as many.
static double level_shift(const Density *density, const double *f, const double *diagonal)
{
    double sum = 0.0, weighted = 0.0;
    for (size_t i = 0; i < density->n; i++) {
        sum += f[i] * (1.0 - f[i]);
        weighted += f[i] * (1.0 - f[i]) * diagonal[i * density->ld + i];
    }
    return sum > 1e-14 ? weighted / sum : 0.0;
}

void free_energy_response(FreeEnergy *energy, const double *u, double *dx)
{
    Density *density = energy->density;
    const Kernels *kernels = energy->kernels;
    const size_t n = density->n, ld = density->ld;
    double *alpha = energy->occupied, *beta = alpha + n, *g = density->weighted;
    memset(alpha, 0, 2 * n * sizeof *alpha);
    (void)occupations_add(n, density->eps, density->n_alpha, density->kt, density->fermi_stop,
                          alpha);
    (void)occupations_add(n, density->eps, density->n_beta, density->kt, density->fermi_stop, beta);

    // V(u), which is linear, as the difference of two Hamiltonians; then G = C V C^T.
    hamiltonian_fock(energy->hamiltonian, NULL, density->scratch, ld);
    fock_make(energy, u);
    for (size_t k = 0; k < n * ld; k++)
        density->fock[k] -= density->scratch[k];
    kernels->transpose(n, n, 1.0, density->orbitals, ld, density->density, ld);
    kernels->matmul_nn(n, ld, n, density->orbitals, ld, density->fock, ld, density->scratch, ld);
    kernels->matmul_nn(n, ld, n, density->scratch, ld, density->density, ld, g, ld);

    const double up = level_shift(density, alpha, g), down = level_shift(density, beta, g);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            g[i * ld + j] = g[j * ld + i] =
                0.5 * (g[i * ld + j] + g[j * ld + i]) * quotient(energy, i, j);
        g[i * ld + i] = -(alpha[i] * (1.0 - alpha[i]) * (g[i * ld + i] - up) +
                          beta[i] * (1.0 - beta[i]) * (g[i * ld + i] - down)) /
                        density->kt;
    }
    kernels->matmul_nn(n, ld, n, g, ld, density->orbitals, ld, density->scratch, ld);
    kernels->matmul_tn(n, ld, n, density->orbitals, ld, density->scratch, ld, density->density, ld);
    (void)moments_take(energy, dx);
    for (size_t s = 0; s < energy->n_shells; s++)
        dx[s] -= energy->hamiltonian->reference[s];
}

void free_energy_hardness(FreeEnergy *energy, const double *x, const double *dx, double *dv)
{
    double largest = 1e-300;
    for (size_t i = 0; i < energy->n; i++)
        largest = fmax(largest, fabs(dx[i]));
    const double step = HARDNESS_STEP / largest;
    for (size_t i = 0; i < energy->n; i++)
        energy->x_work[i] = x[i] - step * dx[i];
    free_energy_potential(energy, energy->x_work, dv);
    for (size_t i = 0; i < energy->n; i++)
        energy->x_work[i] = x[i] + step * dx[i];
    free_energy_potential(energy, energy->x_work, energy->x_work);
    for (size_t i = 0; i < energy->n; i++)
        dv[i] = (energy->x_work[i] - dv[i]) / (2.0 * step);
}

double free_energy_largest_charge(FreeEnergy *energy, const double *x)
{
    const Moments moments = moments_of(energy, x);
    double largest = 0.0;
    for (size_t a = 0; a < energy->n_atoms; a++)
        largest = fmax(largest, fabs(moments.atom[a]));
    return largest;
}
