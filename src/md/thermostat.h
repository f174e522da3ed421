#ifndef MD_THERMOSTAT_H
#define MD_THERMOSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "md/state.h"

/// The heat bath of the steps at constant temperature: the O part of md/baoab.c, which acts on the
/// velocities in the middle of a step. A thermostat is one file, md/thermostat_NAME.c, and one row here; the
/// key `thermostat` takes its choices from these rows.
#define THERMOSTAT_LIST(X)                                                                         \
    X(THERMOSTAT_LANGEVIN, "langevin")                                                             \
    X(THERMOSTAT_BUSSI, "bussi")                                                                   \
    X(THERMOSTAT_NOSE_HOOVER, "nose-hoover")

struct IntegratorSettings;

typedef struct {
    const char *name;
    size_t kept_size;      ///< bytes that it remembers from step to step, zeros at first; 0: none
    uint32_t kept_version; ///< of their layout, for snapshots
    /// All velocities relative to the centre of mass are scaled by one number, at the rate 1/thermostat_time_ps; else
    /// the rate is friction_per_ps, and each atom has its own random number.
    bool scales;
    /// Whether it acts in the step that begins at now; NULL: in every step.
    bool (*acts)(const struct IntegratorSettings *settings, const MdState *now);
    /// Changes the velocities. Their total momentum stays as it is. Allocates nothing.
    void (*apply)(const struct IntegratorSettings *settings, const MdState *now, void *kept,
                  double (*velocity)[3]);
    /// Energy of the bath, hartree, which falls by as much as the kinetic energy rises when it acts; NULL: it has
    /// none, and what it gives is the change of the kinetic energy.
    double (*energy)(const struct IntegratorSettings *settings, const void *kept);
} Thermostat;

#define THERMOSTAT_DECLARE(symbol, name) extern const Thermostat symbol;
THERMOSTAT_LIST(THERMOSTAT_DECLARE)

/// "langevin|...", in the order of the rows.
#define THERMOSTAT_NAME(symbol, name) "|" name
#define THERMOSTAT_NAMES (&(THERMOSTAT_LIST(THERMOSTAT_NAME))[1])

/// The thermostat of a row, from 0; NULL behind the last.
const Thermostat *thermostat_at(size_t row);
/// That of a name; NULL if there is none.
const Thermostat *thermostat_find(const char *name);

#endif
