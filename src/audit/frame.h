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
} CheckFrame;

#endif
