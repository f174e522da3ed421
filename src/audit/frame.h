#ifndef AUDIT_FRAME_H
#define AUDIT_FRAME_H

#include <stdint.h>

/// One frame of the file, for the checks that see all of them in order. NULL: the array cannot be used.
typedef struct {
    uint64_t number;
    const double *pos, *vel, *forces;          ///< [3 n_atoms] nm, nm/ps, kJ/mol/nm
    const double *kinetic, *potential, *total; ///< kJ/mol
    const double *time;                        ///< ps
    const double *heat;                        ///< kJ/mol
    const double *wanted;                      ///< K
    const double *bias_forces;                 ///< [3 n_atoms] kJ/mol/nm; NULL: there is no bias
    const double *bias_energy, *bias_work;     ///< kJ/mol
    /// check_rounding() of positions, velocities and forces; those of the frame before stay until the next one.
    const double *pos_rounding, *vel_rounding, *forces_rounding;
} CheckFrame;

#endif
