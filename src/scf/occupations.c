#include "scf/occupations.h"

#include <assert.h>
#include <math.h>

enum { MAX_CYCLES = 200 };

static double fermi(double z)
{
    return 1.0 / (exp(z) + 1.0);
}

/// Electrons at the Fermi level mu, and their slope times kT.
static double count(size_t n, const double *eps, double mu, double kt, double z_max, double *slope)
{
    double sum = 0.0;
    *slope = 0.0;
    for (size_t k = 0; k < n; k++) {
        const double z = (eps[k] - mu) / kt;
        if (z >= z_max)
            continue;
        const double f = fermi(z);
        sum += f;
        *slope += f * (1.0 - f);
    }
    return sum;
}

/// The search of the reference program: Newton, no bracket, tested before each step.
static double reference_level(size_t n, const double *eps, double target, double mu, double kt)
{
    const double threshold = 1.4901161193847656e-08; // square root of the machine epsilon
    for (int cycle = 0; cycle < MAX_CYCLES; cycle++) {
        double slope;
        const double missing = target - count(n, eps, mu, kt, 50.0, &slope);
        if (fabs(missing) <= threshold)
            break;
        mu += kt * missing / slope;
    }
    return mu;
}

/// Newton inside a bracket that bisection shrinks.
static double exact_level(size_t n, const double *eps, double target, double mu, double kt)
{
    double low = eps[0] - 100.0 * kt, high = eps[n - 1] + 100.0 * kt;
    for (int cycle = 0; cycle < MAX_CYCLES; cycle++) {
        double slope;
        const double missing = target - count(n, eps, mu, kt, INFINITY, &slope);
        if (fabs(missing) <= 1e-14 * fmax(1.0, target))
            break;
        if (missing > 0.0)
            low = mu;
        else
            high = mu;
        double next = mu + kt * missing / slope;
        if (!(next > low && next < high))
            next = 0.5 * (low + high);
        if (next == mu)
            break;
        mu = next;
    }
    return mu;
}

double occupations_add(size_t n, const double *eps, size_t n_electrons, double kt, FermiStop stop,
                       double *occupation)
{
    assert(n_electrons <= n);
    if (n_electrons == 0)
        return 0.0;
    const bool full = n_electrons == n;
    if (full || eps[n_electrons] - eps[n_electrons - 1] > 64.0 * kt) {
        // The reference program fills a full channel with mu at its highest level, see below.
        if (!(full && stop == FERMI_REFERENCE)) {
            for (size_t k = 0; k < n_electrons; k++)
                occupation[k] += 1.0;
            return 0.0;
        }
    }
    const double target = (double)n_electrons;
    const double start = full ? eps[n - 1] : 0.5 * (eps[n_electrons - 1] + eps[n_electrons]);
    const double mu = stop == FERMI_REFERENCE ? reference_level(n, eps, target, start, kt)
                                              : exact_level(n, eps, target, start, kt);
    double entropy = 0.0;
    for (size_t k = 0; k < n; k++) {
        const double z = (eps[k] - mu) / kt;
        if (stop == FERMI_REFERENCE && z >= 50.0)
            continue;
        const double f = fermi(z), hole = fermi(-z);
        occupation[k] += f;
        if (f > 0.0 && hole > 0.0)
            entropy += f * log(f) + hole * log(hole);
    }
    return kt * entropy;
}
