#ifndef MD_VERDICT_H
#define MD_VERDICT_H

#include "md/md.h"

/// What the figures of a trajectory say about its worth. Sentences state what was found; what to change is for
/// those who know the configuration.

typedef enum {
    MD_TEMPERATURE_OFF,     ///< further from the wanted mean than three times what chance explains
    MD_NVE_TEMPERATURE_OFF, ///< likewise at constant energy, where nothing brings it back
    MD_ENERGY_DRIFT,        ///< the shadow energy drifts or scatters
    MD_SCF_RECOVERED,       ///< evaluations of the production needed the recovery
    MD_SELF_CHECK_FAILED,   ///< the density was found wrong
    MD_RELAXATION_UNFINISHED, ///< the gradient of the start geometry is above the threshold
    MD_HOT,                   ///< hotter than a trajectory gets by itself, by energy that was in it
    MD_VERDICT_COUNT
} MdVerdictKind;

enum { MD_VERDICT_TEXT_SIZE = 256 };

typedef struct {
    MdVerdictKind kind;
    char text[MD_VERDICT_TEXT_SIZE];
} MdVerdict;

/// @param list  [MD_VERDICT_COUNT]
/// @return number of verdicts
size_t md_verdicts(const MdReport *report, const MdOptions *options, MdVerdict *list);

/// True if the mean temperature is further from the wanted one than three times what chance explains, and more than the
/// lag behind a ramp. False where that spread is not known.
bool md_temperature_is_off(const MdReport *report, const MdOptions *options);

/// Part of the wanted temperature, 0 to 0.5, that a molecule at rest still lacks after an equilibration: half of
/// its kinetic energy goes into its vibrations, and a Langevin thermostat brings it back as exp(-friction t).
double md_equilibration_deficit(const MdOptions *options);

#endif
