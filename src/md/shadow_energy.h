#ifndef MD_SHADOW_ENERGY_H
#define MD_SHADOW_ENERGY_H

#include "md/observables.h"
#include "md/state.h"

/// How well energy is conserved: E + K minus the heat of the thermostat and the work of biases that change, plain and as shadow energy, which
/// velocity Verlet conserves to sixth order, so that a ten-thousandfold smaller drift can be seen. Its
/// positions sample a smooth path x(t) with (2/dt^2) (cosh(dt d/dt) - 1) x = a, a = -M^-1 g, which has the
/// integral E + M (x'^2/2 + dt^2/12 (x' x''' - x''^2/2) + dt^4/360 (x' x''''' - x'' x'''' + x'''^2/2) + ..).
/// In velocities v of the program, v = sinh(dt d/dt)/dt x, and derivatives of a along the path,
///
///     E + K + M ( -dt^2 (v.a'/12 + a.a/24) + dt^4 (v.a'''/720 + a'.a'/720 + a.a''/240) ) - shadow heat,
///
/// whose first correction is that of Gans, Shalloway, Phys. Rev. E 61, 4587 (2000),
/// 10.1103/PhysRevE.61.4587. With differences of gradients, d1 = (g_1 - g_-1)/2, d2 = g_1 - 2 g_0 + g_-1 and
/// d3 = (g_2 - g_-2)/2 - (g_1 - g_-1), the correction is
///
///     dt v.(d1/12 - 11 d3/720) + dt^2 M^-1 (-g.g/24 + d1.d1/720 + g.d2/240),
///
/// which costs nothing. What it leaves is a ripple of the order dt^6, which does not grow.
///
/// The shadow heat must be better than that, because the errors of the random steps add up. Between two
/// O parts BAOAB is the drift-kick-drift form of Verlet: it maps position X and velocity v at the middle
/// of a step to those at the middle of the next, and samples a smooth path that moves exactly by a
/// Hamiltonian ~H(X, p), p = M v (but for what no power of dt can see). The O part takes v1 to v2 at a
/// fixed X. There d~H = dX/dt . dp, dX/dt being the velocity of the smooth path through (X, p), so that
/// by the trapezoidal rule
///
///     heat = (v2 - v1).M.(W1 + W2) / 2,    W = dX/dt,
///
/// where W1 belongs to the path before the O part, continued beyond it, and W2 to that after it. The
/// rule is exact for what is quadratic in v, the dt^2 term included, and leaves of the dt^4 term
/// 7/2880 dt^4 V''''[v, d, d, d], d = v2 - v1, v = (v1 + v2) / 2, whose mean is zero.
///
/// W follows from differences. With the positions x at the gradients, delta x_{n+1/2} = x_{n+1} - x_n,
/// v = delta x / dt, and X the mean of two neighbours, mu x with mu^2 = 1 + delta^2 / 4. As
/// dt d/dt = 2 asinh(delta / 2),
///
///     W = sqrt(1 + delta^2/4) asinh(delta/2) / (delta/2)  v
///       = v + dt (delta/12 - delta^3/120 + delta^5/840 - delta^7/5040 + ...) a,    delta v = dt a,
///
/// a = -M^-1 g. A path is known on one side of the O part only; a polynomial through its last q
/// accelerations continues it, which turns the central differences into backward ones, nabla:
///
///     W1 = v1 + dt sum_{m=1}^{q-1} C_m nabla^m a,    C = 1/12, 1/12, 3/40, 1/15, 5/84, 3/56, 7/144,
///
/// (delta^2 = nabla^2 / (1 - nabla), delta a = nabla a / (1 - nabla)), and W2 is the same backwards in
/// time, with the sign of the sum reversed. So the heat needs, beside v2 - v1, only the products
/// (v2 - v1).g of the q steps before and after, and it is complete q steps later. The error of a term is
/// (omega dt)^(q-1), 1e-6 for 3000 /cm and 0.25 fs.
///
/// The series does not converge for 2 sin(omega dt/2) > 1, which is so for overtones of O-H at 1 fs. But both
/// paths go through the same X. Their accelerations differ by an odd function of time and, where the potential is
/// anharmonic, a small even one. The steps that were made have on either side one half of the odd one with the
/// sign of time beside the mean of the paths: that is even and has no odd differences. So central differences
/// across the O part belong to the mean of both paths,
///
///     heat = change of the kinetic energy - dt (v2 - v1).(delta/12 - delta^3/120 + delta^5/840) g,
///
/// and leave some dt^3 V'''[v, d, d]. They are taken where the series does not converge: for water from 0.5 fs on.
/// Where O parts come more often than every 5 steps the term of delta alone is taken.
///
/// Theory: Skeel, Hardy, SIAM J. Sci. Comput. 23, 1172 (2001), 10.1137/S106482750138318X; Engle, Skeel,
/// Drees, J. Comput. Phys. 206, 432 (2005), 10.1016/j.jcp.2004.12.009, who take the shadow energy itself
/// from a path by such differences.

/// Accelerations on either side of an O part that its heat is made of.
enum { SHADOW_ENERGY_POINTS = 8 };

typedef struct {
    LineFit plain, shadow; ///< t in atomic units, energies in hartree relative to the first
    double first, worst;   ///< hartree: plain energy at the start, largest deviation from it
    double last;           ///< plain energy at the point before, relative to the first
    double n_steps;        ///< steps seen
    double shadow_heat;    ///< beyond the change of the kinetic energy, hartree
    double dots[SHADOW_ENERGY_POINTS]; ///< (v2 - v1).g before the O part minus those after it
    int32_t n_smooth;    ///< gradients since the last O part, at most SHADOW_ENERGY_POINTS
    int32_t n_before;    ///< of them before the O part whose heat is due; 0: none is
    size_t n_atoms;      ///< of the arrays
    double (*past)[3];   ///< [SHADOW_ENERGY_POINTS][n_atoms] gradients, newest first
    double (*change)[3]; ///< [n_atoms] v2 - v1 of the O part whose heat is due
} ShadowEnergy;

/// The part of an ShadowEnergy that is not an array, for snapshots.
enum { SHADOW_ENERGY_PLAIN = offsetof(ShadowEnergy, n_atoms) };

void shadow_energy_layout(ShadowEnergy *watch, Arena *arena, size_t n_atoms);
/// False if plain data from a file would lead beyond the arrays.
bool shadow_energy_is_sound(const ShadowEnergy *watch);
/// Forgets everything and takes the first point.
void shadow_energy_begin(ShadowEnergy *watch, const MdState *state);
/// A step from now to next has been made; its O part, if it had one, has changed the heat.
void shadow_energy_add(ShadowEnergy *watch, const double *mass, double dt, const MdState *now,
                       const MdState *next);

#endif
