#include "md/shadow_energy.h"

#include <math.h>

#include "base/vec3.h"

enum { POINTS = SHADOW_ENERGY_POINTS, FEWEST = 5, BEHIND = 2 };
_Static_assert((int)POINTS > (int)BEHIND, "gradients behind the point of the shadow energy");
/// The series of a continued path has converged where its last terms are below this part of its first ones. It is
/// not worse than central differences where they are below that part of what the two differ by.
static const double CONVERGED = 0.1, NOT_WORSE = 0.1;

void shadow_energy_layout(ShadowEnergy *watch, Arena *arena, size_t n_atoms)
{
    watch->n_atoms = n_atoms;
    watch->past = arena_vectors(arena, POINTS * n_atoms);
    watch->change = arena_vectors(arena, n_atoms);
}

bool shadow_energy_is_sound(const ShadowEnergy *watch)
{
    return watch->n_smooth >= 0 && watch->n_smooth <= POINTS && watch->n_before >= 0 &&
           watch->n_before <= POINTS;
}

static double conserved(const MdInstant *at)
{
    return at->energy + at->kinetic - at->heat - at->work;
}

void shadow_energy_begin(ShadowEnergy *watch, const MdState *state)
{
    const ShadowEnergy arrays = *watch;
    *watch = (ShadowEnergy){.first = conserved(&state->at),
                            .n_atoms = state->n_atoms,
                            .past = arrays.past,
                            .change = arrays.change};
    line_fit_add(&watch->plain, 0.0, 0.0);
}

/// dt^2 (v.H.v / 12 - F.M^-1.F / 24) at now.
static double shadow_correction(const ShadowEnergy *watch, const double *mass, double dt,
                                const MdState *now, const MdState *next)
{
    double vhv = 0.0, ff = 0.0;
    for (size_t a = 0; a < now->n_atoms; a++) {
        for (int x = 0; x < 3; x++)
            vhv += now->velocity[a][x] * (next->gradient[a][x] - watch->past[a][x]);
        ff += vec3_dot(now->gradient[a], now->gradient[a]) / mass[a];
    }
    return dt * vhv / 24.0 - dt * dt * ff / 24.0;
}

/// The same to the next order, at the point before now, from two gradients on either side of it.
static double fine_correction(const ShadowEnergy *watch, const double *mass, double dt,
                              const MdState *now, const MdState *next)
{
    const size_t n = now->n_atoms;
    double odd = 0.0, even = 0.0;
    for (size_t a = 0; a < n; a++) {
        double atom = 0.0;
        for (int x = 0; x < 3; x++) {
            const double g2 = next->gradient[a][x], g1 = now->gradient[a][x], g = watch->past[a][x],
                         b1 = watch->past[n + a][x], b2 = watch->past[2 * n + a][x];
            const double d1 = 0.5 * (g1 - b1), d2 = g1 - 2.0 * g + b1,
                         d3 = 0.5 * (g2 - b2) - (g1 - b1);
            const double v = now->velocity[a][x] + 0.5 * dt / mass[a] * (g + g1);
            odd += v * (d1 / 12.0 - 11.0 / 720.0 * d3);
            atom += -g * g / 24.0 + d1 * d1 / 720.0 + g * d2 / 240.0;
        }
        even += atom / mass[a];
    }
    return dt * odd + dt * dt * even;
}

/// change . gradient
static double dot(const ShadowEnergy *watch, const double (*gradient)[3])
{
    double sum = 0.0;
    for (size_t a = 0; a < watch->n_atoms; a++)
        sum += vec3_dot(watch->change[a], gradient[a]);
    return sum;
}

/// A sum whose terms ought to become small.
typedef struct {
    double sum;
    double first, last; ///< the larger of the first two terms and of the last three, magnitude
} HeatSeries;

/// Heat of the last O part beyond the change of the kinetic energy, from n accelerations on either side: both
/// paths are continued beyond it.
static HeatSeries heat_continued(const ShadowEnergy *watch, double dt, int n)
{
    static const double C[POINTS] = {0.0,        1.0 / 12.0, 1.0 / 12.0, 3.0 / 40.0,
                                     1.0 / 15.0, 5.0 / 84.0, 3.0 / 56.0, 7.0 / 144.0};
    HeatSeries heat = {0};
    double d[POINTS];
    memcpy(d, watch->dots, sizeof d);
    for (int m = 1; m < n; m++) {
        for (int k = 0; k < n - m; k++) // now the m-th differences
            d[k] -= d[k + 1];
        const double term = -0.5 * dt * C[m] * d[0];
        heat.sum += term;
        if (m <= 2)
            heat.first = fmax(heat.first, fabs(term));
        if (m >= n - 3)
            heat.last = fmax(heat.last, fabs(term));
    }
    return heat;
}

/// The same by central differences across it, of the first, third and fifth order.
static double heat_across(const ShadowEnergy *watch, double dt)
{
    const double *const d = watch->dots;
    const double third = 3.0 * d[0] - d[1], fifth = 5.0 * d[1] - 10.0 * d[0] - d[2];
    return dt * (d[0] / 12.0 + third / 120.0 - fifth / 840.0);
}

/// The heat of the last O part, as far as it is known by now, comes to the others.
static void finish_heat(ShadowEnergy *watch, double dt)
{
    const int n = watch->n_before < watch->n_smooth ? watch->n_before : watch->n_smooth;
    if (n < FEWEST) {
        watch->shadow_heat += dt / 12.0 * watch->dots[0];
    } else {
        const HeatSeries continued = heat_continued(watch, dt, n);
        const double across = heat_across(watch, dt);
        const bool converged = continued.last < CONVERGED * continued.first ||
                               continued.last < NOT_WORSE * fabs(continued.sum - across);
        watch->shadow_heat += converged ? continued.sum : across;
    }
    watch->n_before = 0;
}

/// An O part in the step from now to next: v1 and v2 are the velocities of the middle of the step.
static void begin_heat(ShadowEnergy *watch, const double *mass, double dt, const MdState *now,
                       const MdState *next)
{
    for (size_t a = 0; a < watch->n_atoms; a++) {
        const double kick = 0.5 * dt / mass[a];
        for (int x = 0; x < 3; x++)
            watch->change[a][x] = (next->velocity[a][x] - now->velocity[a][x]) +
                                  kick * (next->gradient[a][x] + now->gradient[a][x]);
    }
    for (int k = 0; k < POINTS; k++)
        watch->dots[k] =
            k < watch->n_smooth
                ? dot(watch, (const double(*)[3])(watch->past + (size_t)k * watch->n_atoms))
                : 0.0;
    watch->n_before = watch->n_smooth;
    watch->n_smooth = 0;
}

/// The gradient of now becomes the newest.
static void remember(ShadowEnergy *watch, const MdState *now)
{
    const size_t n = watch->n_atoms;
    memmove(watch->past + n, watch->past, (POINTS - 1) * n * sizeof *watch->past);
    memcpy(watch->past, now->gradient, n * sizeof *watch->past);
    if (watch->n_before > 0 && watch->n_smooth < POINTS)
        watch->dots[watch->n_smooth] -= dot(watch, (const double(*)[3])now->gradient);
    watch->n_smooth += watch->n_smooth < POINTS;
}

void shadow_energy_add(ShadowEnergy *watch, const double *mass, double dt, const MdState *now,
                       const MdState *next)
{
    watch->n_steps += 1.0;
    const double deviation = conserved(&next->at) - watch->first;
    line_fit_add(&watch->plain, watch->n_steps * dt, deviation);
    watch->worst = fmax(watch->worst, fabs(deviation));

    // Derivatives along the path are taken from the gradients around a point, which an O part between them
    // would spoil; where all steps are near one, the first order is taken all the same. And the heats
    // must be complete.
    const bool noise = next->at.heat != now->at.heat, behind = watch->n_smooth > BEHIND;
    double fine = 0.0, coarse = 0.0;
    if (behind && !noise)
        fine = fine_correction(watch, mass, dt, now, next);
    else if (watch->n_steps >= 2.0)
        coarse = shadow_correction(watch, mass, dt, now, next);
    remember(watch, now);
    const bool rough = noise && watch->n_smooth < FEWEST;
    if (watch->n_before > 0 && (noise || watch->n_smooth == POINTS))
        finish_heat(watch, dt);
    if (watch->n_before == 0 && behind && !noise)
        line_fit_add(&watch->shadow, (watch->n_steps - 2.0) * dt,
                     watch->last - watch->shadow_heat + fine);
    else if (watch->n_before == 0 && rough && watch->n_steps >= 2.0)
        line_fit_add(&watch->shadow, (watch->n_steps - 1.0) * dt,
                     conserved(&now->at) - watch->first - watch->shadow_heat + coarse);
    watch->last = conserved(&now->at) - watch->first;
    if (noise)
        begin_heat(watch, mass, dt, now, next);
}
