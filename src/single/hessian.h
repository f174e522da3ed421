#ifndef SINGLE_HESSIAN_H
#define SINGLE_HESSIAN_H

#include "engine/engine.h"

/// The Hessian by differences of analytic gradients, and slopes of the dipole on the way:
///
///     3 points:  H_ij = (g_j(x_i + h) - g_j(x_i - h)) / 2h                                       error h^2/6 g'''
///     5 points:  (8 (g_j(x_i + h) - g_j(x_i - h)) - g_j(x_i + 2h) + g_j(x_i - 2h)) / 12h          error h^4/30 g'''''
///
/// made symmetric by the mean of H_ij and H_ji. Every displaced geometry is computed from what the engine remembers of the
/// geometry at rest, so that results do not depend on the number of processes.

typedef struct {
    double step;      ///< h, bohr
    int points;       ///< 3 or 5
    size_t n_workers; ///< processes
    bool dipole;      ///< the engine has one
} HessianOptions;

typedef struct {
    double energy;         ///< hartree
    double *gradient;      ///< [3 n_atoms] hartree/bohr
    double *hessian;       ///< [3 n_atoms][3 n_atoms] hartree/bohr^2
    double *dipole_slopes; ///< [3 n_atoms][3] e, of the row's coordinate; NULL without a dipole
    double dipole[3];      ///< e bohr, about the origin
    double asymmetry;      ///< largest |H_ij - H_ji| before the mean, hartree/bohr^2
    EngineReport report;   ///< of the geometry at rest
} HessianResult;

/// @param xyz     [n_atoms][3] bohr
/// @param result  its arrays are the caller's
/// Fails as the engine does, with QMT_ERR_IO (no processes) or QMT_ERR_MEMORY.
QmtStatus hessian_by_differences(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                 const HessianOptions *options, HessianResult *result);

#endif
