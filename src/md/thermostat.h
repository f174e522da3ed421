#ifndef MD_THERMOSTAT_H
#define MD_THERMOSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "md/state.h"

/// The heat bath of the steps at constant temperature: the O part of md/baoab.c, which acts on the
/// velocities in the middle of a step. A thermostat is one file, md/thermostat_NAME.c, and one row here; the
/// key `thermostat` takes its choices from these rows.
#define THERMOSTAT_LIST(X) X(THERMOSTAT_LANGEVIN, "langevin")

struct IntegratorSettings;

typedef struct {
    const char *name;
    size_t kept_size;      ///< bytes that it remembers from step to step, zeros at first; 0: none
    uint32_t kept_version; ///< of their layout, for snapshots
    /// Whether it acts in the step that begins at now; NULL: in every step.
    bool (*acts)(const struct IntegratorSettings *settings, const MdState *now);
    /// Changes the velocities. Their total momentum stays as it is. Allocates nothing.
    void (*apply)(const struct IntegratorSettings *settings, const MdState *now, void *kept,
                  double (*velocity)[3]);
} Thermostat;

#define THERMOSTAT_DECLARE(symbol, name) extern const Thermostat symbol;
THERMOSTAT_LIST(THERMOSTAT_DECLARE)

/// "langevin|...", in the order of the rows.
#define THERMOSTAT_NAME(symbol, name) "|" name
#define THERMOSTAT_NAMES (&(THERMOSTAT_LIST(THERMOSTAT_NAME))[1])

/// The thermostat of a row, from 0; NULL behind the last.
const Thermostat *thermostat_at(size_t row);

#endif
