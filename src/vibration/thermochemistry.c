#include "vibration/thermochemistry.h"

#include <math.h>

#include "base/linalg.h"
#include "base/units.h"
#include "base/vec3.h"

static const double PI = 3.14159265358979323846;

/// Moments of inertia, rising, electron masses times square bohr; returns the total mass.
static double moments_of_inertia(size_t n, const double *masses, const double (*xyz)[3],
                                 double moment[3])
{
    double centre[3] = {0.0}, total = 0.0, tensor[9] = {0.0}, work[256];
    int iwork[32];
    for (size_t a = 0; a < n; a++) {
        vec3_add_scaled(masses[a] * ME_PER_DALTON, xyz[a], centre);
        total += masses[a] * ME_PER_DALTON;
    }
    for (int x = 0; x < 3; x++)
        centre[x] /= total;
    for (size_t a = 0; a < n; a++) {
        double r[3];
        vec3_difference(xyz[a], centre, r);
        for (int x = 0; x < 3; x++)
            for (int y = 0; y < 3; y++)
                tensor[3 * x + y] +=
                    masses[a] * ME_PER_DALTON * ((x == y ? vec3_dot(r, r) : 0.0) - r[x] * r[y]);
    }
    (void)linalg_eigen(NULL, 3, tensor, 3, moment, work, iwork);
    return total;
}

/// ln of the thermal de Broglie sum per volume kT/p, plus 5/2.
static double translation_entropy(double mass, const ThermoConditions *c, double kt)
{
    const double density = pow(mass * kt / (2.0 * PI), 1.5);
    return log(density * kt / (c->pressure_pa / PASCAL_PER_AU)) + 2.5;
}

/// Number of rotations, and the entropy over k.
static int rotation_entropy(size_t n_rigid, const double moment[3], const ThermoConditions *c,
                            double kt, double *entropy)
{
    const double sigma = c->symmetry_number;
    *entropy = 0.0;
    if (n_rigid == 5)
        *entropy = log(2.0 * kt * moment[2] / sigma) + 1.0;
    else if (n_rigid == 6)
        *entropy =
            log(sqrt(PI * 8.0 * kt * kt * kt * moment[0] * moment[1] * moment[2]) / sigma) + 1.5;
    return (int)n_rigid - 3;
}

/// Entropy over k of one vibration of quantum w, hartree.
static double vibration_entropy(double w, double kt, double mean_moment, double rotor_cm)
{
    const double x = w / kt;
    const double oscillator = x / expm1(x) - log1p(-exp(-x));
    if (!(rotor_cm > 0.0))
        return oscillator;
    // The moment of a free rotor with that frequency, no larger than that of the molecule.
    const double own = 1.0 / (2.0 * w);
    const double moment = own * mean_moment / (own + mean_moment);
    const double rotor = 0.5 + log(sqrt(2.0 * PI * moment * kt));
    const double ratio = rotor_cm / (w * WAVENUMBERS_PER_HARTREE);
    const double weight = 1.0 / (1.0 + ratio * ratio * ratio * ratio);
    return weight * oscillator + (1.0 - weight) * rotor;
}

static void vibrations_add(const NormalModes *modes, const double moment[3], double rotor_cm,
                           double k, double kt, Thermochemistry *t)
{
    const double mean = (moment[0] + moment[1] + moment[2]) / 3.0;
    for (size_t i = 0; i < modes->n_modes; i++) {
        const double w = modes->frequency[i] / WAVENUMBERS_PER_HARTREE;
        if (!(w > 0.0))
            continue;
        const double x = w / kt, n = 1.0 / expm1(x);
        t->zero_point += 0.5 * w;
        t->energy += w * (0.5 + n);
        t->heat_capacity_volume += k * x * x * n * (n + 1.0);
        t->entropy_vibration += k * vibration_entropy(w, kt, mean, rotor_cm);
    }
}

Thermochemistry thermochemistry(const NormalModes *modes, const double *masses,
                                const double (*xyz)[3], const ThermoConditions *conditions)
{
    const double k = HARTREE_PER_KELVIN, kt = k * conditions->temperature_k;
    Thermochemistry t = {0};
    double moment[3] = {0.0}, rotation;
    const double mass = moments_of_inertia(modes->n_atoms, masses, xyz, moment);
    const int n_rotations = rotation_entropy(modes->n_rigid, moment, conditions, kt, &rotation);
    vibrations_add(modes, moment, conditions->rotor_cm, k, kt, &t);
    t.energy += (1.5 + 0.5 * n_rotations) * kt;
    t.heat_capacity_volume += (1.5 + 0.5 * n_rotations) * k;
    t.enthalpy = t.energy + kt;
    t.entropy_translation = k * translation_entropy(mass, conditions, kt);
    t.entropy_rotation = k * rotation;
    t.entropy_electronic = k * log(conditions->multiplicity);
    t.entropy =
        t.entropy_translation + t.entropy_rotation + t.entropy_vibration + t.entropy_electronic;
    t.gibbs = t.enthalpy - conditions->temperature_k * t.entropy;
    for (int i = 0; i < n_rotations; i++) {
        const int from = n_rotations == 2 ? 1 : 0; // a line has two equal ones
        t.rotational_constant[i] = WAVENUMBERS_PER_HARTREE / (2.0 * moment[from + i]);
    }
    return t;
}
