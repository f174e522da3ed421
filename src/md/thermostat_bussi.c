#include <math.h>

#include "md/thermostat_interval.h"
#include "md/velocities.h"

// Canonical velocity rescaling. All velocities relative to the centre of mass are scaled by one number, so that
// directions, and with them the phases of vibrations, stay what they are.

/// sum of the squares of n independent normal numbers: twice a Gamma deviate of shape n/2, by Marsaglia, Tsang, ACM
/// Trans. Math. Softw. 26, 363 (2000), 10.1145/358407.358414. Attempts are numbered, and each takes its numbers
/// from its own counter: the result depends on the step alone. Fewer than one in twenty fails.
static double sum_of_squares(const IntegratorSettings *settings, const MdState *now, size_t n)
{
    if (n == 0)
        return 0.0;
    // Shapes below one are taken from the next: X U^(1/shape).
    const double shape = 0.5 * (double)n, boosted = shape < 1.0 ? shape + 1.0 : shape;
    const double d = boosted - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * d);
    for (size_t attempt = 1;; attempt++) {
        // Beside those of the atoms, and of the choice of the step.
        const uint64_t counter = now->n_atoms + 2 * attempt;
        double z[3], u[4];
        random_normals(&settings->key, now->at.step, counter, settings->purpose, z);
        random_uniforms(&settings->key, now->at.step, counter + 1, settings->purpose, u);
        const double root = 1.0 + c * z[0], v = root * root * root;
        if (root <= 0.0 || log(u[0]) >= 0.5 * z[0] * z[0] + d - d * v + d * log(v))
            continue;
        return 2.0 * d * v * (boosted > shape ? pow(u[1], 1.0 / shape) : 1.0);
    }
}

/// The O part: with c = exp(-rate t), t being the time that it stands for, k the kinetic energy, k' = dof kT/2 its
/// mean, and R_i independent normal numbers
///
///     a^2 = c + (1 - c) k'/(dof k) sum R_i^2 + 2 R_1 sqrt(c (1 - c) k'/(dof k)),
///
/// whose root has the sign of R_1 + sqrt(c dof k / ((1 - c) k')): the exact solution of
/// dk = rate (k' - k) dt + 2 sqrt(rate k k'/dof) dW for any t. Bussi, Donadio, Parrinello, J. Chem. Phys. 126,
/// 014101 (2007), 10.1063/1.2408420, appendix.
static void apply(const IntegratorSettings *settings, const MdState *now, void *kept,
                  double (*velocity)[3])
{
    (void)kept; // random numbers have no state
    const size_t n = now->n_atoms;
    const double kinetic =
        velocities_kinetic_relative(n, settings->mass, (const double(*)[3])velocity);
    const double c = exp(-settings->rate * thermostat_span(settings));
    if (settings->dof == 0 || !(kinetic > 0.0) || c == 1.0)
        return;
    double z[3];
    random_normals(&settings->key, now->at.step, 0, settings->purpose, z);
    // k'/(dof k) (1 - c): that of one degree of freedom.
    const double one = (1.0 - c) * 0.5 * settings->kt / kinetic;
    const double squares = z[0] * z[0] + sum_of_squares(settings, now, settings->dof - 1);
    const double scale2 = c + one * squares + 2.0 * z[0] * sqrt(c * one);
    const double scale = copysign(sqrt(fmax(scale2, 0.0)), z[0] + sqrt(c / one));
    velocities_scale_relative(n, settings->mass, scale, velocity);
}

const Thermostat THERMOSTAT_BUSSI = {
    .name = "bussi", .scales = true, .acts = thermostat_acts, .apply = apply};
