#ifndef MD_INTEGRATOR_H
#define MD_INTEGRATOR_H

#include "base/random.h"
#include "engine/engine.h"
#include "md/state.h"
#include "md/thermostat.h"

/// What a step needs to know, in atomic units.
typedef struct IntegratorSettings {
    double dt;          ///< time step
    const double *mass; ///< [n_atoms] electron masses
    double kt;          ///< temperature of the thermostat times k_B, hartree
    double rate; ///< of the thermostat: friction or 1/thermostat_time, per atomic unit of time
    double noise_interval; ///< time in which one step has an O part; up to dt: every step
    size_t dof;            ///< degrees of freedom that the thermostat acts on
    const Thermostat *thermostat;
    void *thermostat_kept; ///< [kept_size] bytes of it
    RandomKey key;         ///< of the thermostat's noise
    RandomPurpose purpose; ///< of the thermostat's noise
    unsigned property_set; ///< properties that the new state is to have, 0: none
} IntegratorSettings;

/// A rule that carries a state one time step further with one evaluation of the engine.
typedef struct {
    const char *name;
    int order; ///< the error of a trajectory goes as dt^order
    /// Fills next from now; both are of one instant each. After a failure of the engine now is as it
    /// was, next is not to be used. Allocates nothing.
    QmtStatus (*step)(QmtContext *ctx, Engine *engine, const IntegratorSettings *settings,
                      const MdState *now, MdState *next, EngineReport *report);
} Integrator;

/// Velocity Verlet (kick, drift, kick): constant energy. Swope, Andersen, Berens, Wilson, J. Chem.
/// Phys. 76, 637 (1982), 10.1063/1.442716.
extern const Integrator integrator_verlet;

/// BAOAB: kick, drift, thermostat, drift, kick. Leimkuhler, Matthews, Appl. Math. Res. Express 2013, 34,
/// 10.1093/amrx/abs010. The heat of a step is the change of the kinetic energy by the thermostat, or
/// what the thermostat's own energy loses.
extern const Integrator integrator_baoab;

#endif
