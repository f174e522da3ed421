#ifndef AUDIT_BALANCE_H
#define AUDIT_BALANCE_H

#include "audit/frame.h"
#include "audit/scf_events.h"
#include "audit/verdict.h"
#include "md/integrator.h"

/// CHECK_DRIFT, from frame to frame: in files of this program the energy changes by the heat of the thermostat alone, and the
/// heat only in steps in which it acts, which follow from seed, name and replica (md/thermostat_interval.h).
///
/// What a velocity Verlet step conserves is not E, the total energy with biases less their work, but the shadow energy
///
///     E + dt^2 (v.H.v / 12 - F.M^-1.F / 24)
///
/// (md/shadow_energy.h). Where no vibration is faster than omega, v.H.v is at most 2 omega^2 K, and E is off a constant by
/// at most S = dt^2 (omega^2 K / 6 + F.M^-1.F / 24). A thermostat that acts changes v alone, and the shadow energy by at
/// most the part kappa = (omega dt)^2 / 6 of the change of K more. So of two frames
///
///     |E_1 - E_0 - heat| <= S_0 + S_1 + kappa |E_1 - E_0|,
///
/// where the heat does not enter the right side. A bias that moves or grows adds half of its work in a step, by which the
/// velocities of two half steps lag behind it, and which is gone a step after it rests. What no single interval shows, all of them do: the sum of
/// (E_1 - E_0 - heat) (E_1 - E_0) over that of (E_1 - E_0)^2 is 0 where the heat is right, -1 where it is doubled and 1
/// where it is missing.
///
/// Files of langevin hold no heat: intervals in which it acts say nothing.

/// Intervals that are off by more than is allowed, and the worst of them.
typedef struct {
    uint64_t n, frame;   ///< how many; the frame at the end of the worst
    double off, allowed; ///< kJ/mol, of the worst
    bool is_far;         ///< one is off by many times what is allowed
} OffInterval;

/// Those in which the thermostat acts or does not.
typedef struct {
    double n, squares; ///< how many; sum of (E_1 - E_0)^2
    double products;   ///< sum of (E_1 - E_0 - heat) (E_1 - E_0)
    double ripples;    ///< sum of (S_0 + S_1)^2
} IntervalSums;

typedef struct {
    bool told;                   ///< the motion is known, and everything is there
    IntegratorSettings settings; ///< when the thermostat acts
    uint64_t every;              ///< steps from frame to frame
    double kappa;
    double energy, heat, ripple, kinetic; ///< of the frame before, kJ/mol: E, heat, S, K
    double work,
        work_in_step; ///< of biases, kJ/mol: at the frame before, in a step of the interval before
    double heat_first;
    ScfEvents events;
    uint64_t n_told;        ///< intervals that were looked at
    OffInterval quiet_heat; ///< the heat changes, and the thermostat does not act
    OffInterval jump;
    IntervalSums quiet, kicked;
} Balance;

/// After motion_begin().
void balance_begin(const Check *check, Balance *balance);
void balance_add(const Check *check, Balance *balance, const CheckFrame *frame);
/// The root of the mean square that E less the heat is off its line by at most, kJ/mol; infinite: not known.
double balance_ripple(const Balance *balance);
void balance_report(Check *check, const Balance *balance);

#endif
