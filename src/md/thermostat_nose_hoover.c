#include <math.h>

#include "md/thermostat_interval.h"
#include "md/velocities.h"

// Nose-Hoover chains of three. All velocities relative to the centre of mass are scaled by one number.

enum { CHAIN = 3 };

/// What the chain remembers: positions, no unit, and velocities, per atomic unit of time.
typedef struct {
    double position[CHAIN], velocity[CHAIN];
} Chain;

/// Masses Q_1 = dof kT t^2, Q_2 = Q_3 = kT t^2, t = 1/rate: Martyna, Klein, Tuckerman, J. Chem. Phys. 97, 2635
/// (1992), 10.1063/1.463940.
static double chain_mass(const IntegratorSettings *settings, int i)
{
    const double weight = i == 0 ? (double)settings->dof : 1.0;
    return weight * settings->kt / (settings->rate * settings->rate);
}

/// sum Q_i v_i^2/2 + dof kT x_1 + kT (x_2 + x_3)
static double energy(const IntegratorSettings *settings, const void *kept)
{
    const Chain *const chain = kept;
    double sum = 0.0;
    if (settings->dof == 0 || settings->rate == 0.0)
        return 0.0;
    for (int i = 0; i < CHAIN; i++) {
        const double weight = i == 0 ? (double)settings->dof : 1.0;
        sum += 0.5 * chain_mass(settings, i) * chain->velocity[i] * chain->velocity[i] +
               weight * settings->kt * chain->position[i];
    }
    return sum;
}

/// dv_i/dt without the friction of the next thermostat of the chain: (2 K - dof kT)/Q_1 of the first,
/// (Q_{i-1} v_{i-1}^2 - kT)/Q_i of the others.
static double drive(const IntegratorSettings *settings, const Chain *chain, int i, double kinetic)
{
    const double before =
        i == 0 ? 2.0 * kinetic - (double)settings->dof * settings->kt
               : chain_mass(settings, i - 1) * chain->velocity[i - 1] * chain->velocity[i - 1] -
                     settings->kt;
    return before / chain_mass(settings, i);
}

/// Velocity i over h: its kick between two halves of the friction of the next one.
static void kick(const IntegratorSettings *settings, Chain *chain, int i, double kinetic, double h)
{
    const double drag = i + 1 < CHAIN ? exp(-0.5 * h * chain->velocity[i + 1]) : 1.0;
    chain->velocity[i] *= drag;
    chain->velocity[i] += h * drive(settings, chain, i, kinetic);
    chain->velocity[i] *= drag;
}

/// One symmetric step of the chain over h; returns the factor of the velocities of the atoms.
static double chain_step(const IntegratorSettings *settings, Chain *chain, double kinetic, double h)
{
    for (int i = CHAIN - 1; i >= 0; i--)
        kick(settings, chain, i, kinetic, 0.5 * h);
    const double scale = exp(-h * chain->velocity[0]);
    for (int i = 0; i < CHAIN; i++)
        chain->position[i] += h * chain->velocity[i];
    for (int i = 0; i < CHAIN; i++)
        kick(settings, chain, i, kinetic * scale * scale, 0.5 * h);
    return scale;
}

/// The O part over the time t that it stands for: steps of a hundredth of 1/rate, each in seven of the weights of
/// sixth order of Yoshida, Phys. Lett. A 150, 262 (1990), 10.1016/0375-9601(90)90092-3. Martyna, Tuckerman, Tobias,
/// Klein, Mol. Phys. 87, 1117 (1996), 10.1080/00268979600100761. The flow keeps K plus the energy of the bath.
static void apply(const IntegratorSettings *settings, const MdState *now, void *kept,
                  double (*velocity)[3])
{
    static const double W[3] = {0.784513610477560, 0.235573213359357, -1.17767998417887};
    static const double STEPS_PER_TIME = 100.0;
    const double weights[7] = {W[0], W[1], W[2], 1.0 - 2.0 * (W[0] + W[1] + W[2]),
                               W[2], W[1], W[0]};
    Chain *const chain = kept;
    const size_t n = now->n_atoms;
    const double span = thermostat_span(settings);
    double kinetic = velocities_kinetic_relative(n, settings->mass, (const double(*)[3])velocity);
    if (settings->dof == 0 || settings->rate == 0.0)
        return;
    const int steps = (int)ceil(span * settings->rate * STEPS_PER_TIME);
    double scale = 1.0;
    for (int k = 0; k < 7 * steps; k++) {
        const double factor =
            chain_step(settings, chain, kinetic, weights[k % 7] * span / (double)steps);
        scale *= factor;
        kinetic *= factor * factor;
    }
    velocities_scale_relative(n, settings->mass, scale, velocity);
}

const Thermostat THERMOSTAT_NOSE_HOOVER = {.name = "nose-hoover",
                                           .kept_size = sizeof(Chain),
                                           .kept_version = 1,
                                           .scales = true,
                                           .acts = thermostat_acts,
                                           .apply = apply,
                                           .energy = energy};
