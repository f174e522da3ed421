#include <math.h>

#include "md/thermostat_interval.h"
#include "md/velocities.h"

// Langevin dynamics. Friction and noise act on the motion relative to the centre of mass only, so the total
// momentum is conserved and 3n - 3 degrees of freedom are thermostatted.

/// The O part: for the velocity w = v - V relative to the centre of mass
///
///     w' = c w + sqrt((1 - c^2) kT / m) xi,    c = exp(-friction t),
///
/// t being the time that the O part stands for, so that velocities decay with exactly the friction, as under
/// Langevin's equation. The noise is projected so that sum m w' = 0. In mass-weighted velocities the projection is
/// orthogonal to sqrt(m), so what remains is the exact Ornstein-Uhlenbeck process of the 3n - 3 other
/// directions, whose stationary distribution is Maxwell's. V stays what it was.
static void apply(const IntegratorSettings *settings, const MdState *now, void *kept,
                  double (*velocity)[3])
{
    (void)kept; // random numbers have no state
    const double c = exp(-settings->rate * thermostat_span(settings));
    const size_t n = now->n_atoms;
    const double *mass = settings->mass;
    const double strength = (1.0 - c) * (1.0 + c) * settings->kt;

    double before[3], after[3];
    velocities_centre_of_mass(n, mass, (const double(*)[3])velocity, before);
    for (size_t a = 0; a < n; a++) {
        double z[3];
        random_normals(&settings->key, now->at.step, a, settings->purpose, z);
        const double width = sqrt(strength / mass[a]);
        for (int x = 0; x < 3; x++)
            velocity[a][x] = c * (velocity[a][x] - before[x]) + width * z[x];
    }
    velocities_centre_of_mass(n, mass, (const double(*)[3])velocity, after);
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            velocity[a][x] += before[x] - after[x];
}

const Thermostat THERMOSTAT_LANGEVIN = {
    .name = "langevin", .acts = thermostat_acts, .apply = apply};
