#include "base/vec3.h"
#include "bias/bias_parts.h"

/// A spherical wall about the centre of mass R:
///
///     V = sum_A  k (|r_A - R| - r0)^3     over the atoms with |r_A - R| > r0
///
/// About the centre of mass and not about the origin, because then momentum and angular momentum are
/// conserved and the degrees of freedom stay what they are. The third power, because it is the lowest one
/// whose second derivative has no step, which the shadow energy of velocity Verlet would feel; a spring would
/// have one. Logarithmic walls (as in xtb) act everywhere a little; this one leaves what is inside as the
/// method has it, to the last digit.

static bool is_on(const BiasOptions *options)
{
    return options->confine.radius > 0.0;
}

static void evaluate(const Bias *bias, const double (*xyz)[3], BiasSum *sum)
{
    const BiasConfine *const wall = &bias->options.confine;
    const size_t n = bias->face.n_atoms;
    double centre[3] = {0.0}, total[3] = {0.0};
    for (size_t a = 0; a < n; a++)
        vec3_add_scaled(bias->mass[a] / bias->total_mass, xyz[a], centre);
    for (size_t a = 0; a < n; a++) {
        double d[3];
        vec3_difference(xyz[a], centre, d);
        const double r = vec3_norm(d), out = r - wall->radius;
        if (out <= 0.0)
            continue;
        const double slope = 3.0 * wall->k * out * out / r;
        sum->energy += wall->k * out * out * out;
        vec3_add_scaled(slope, d, sum->gradient[a]);
        vec3_add_scaled(slope, d, total);
    }
    for (size_t a = 0; a < n; a++) // the centre moves with every atom
        vec3_add_scaled(-bias->mass[a] / bias->total_mass, total, sum->gradient[a]);
}

const BiasKind BIAS_KIND_CONFINE = {.name = "confine", .is_on = is_on, .evaluate = evaluate};
