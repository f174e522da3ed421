#ifndef TERMS_SOLVATION_H
#define TERMS_SOLVATION_H

#include "terms/born.h"
#include "terms/cm5.h"
#include "terms/surface.h"

/// Solvation in a continuum, ALPB or GBSA. Four terms share one memory:
///
///     Born energy      (1/2) sum_AB J_AB Q_A Q_B          terms/born.h, inside the loop
///     surface          sum_A tension_A sigma_A            terms/surface.h
///     hydrogen bonds   sum_A h_A sigma_A Q_A^2            inside the loop; h = -strength/(4 pi S^2)
///     shift            a constant of the solvent and of the state that energies refer to
///
/// Q are the atomic charges of the density; GFN1-xTB adds CM5 corrections to them. Atomic dipoles and
/// quadrupoles are not solvated.
/// Ehlert, Stahn, Spicher, Grimme, J. Chem. Theory Comput. 17, 4250 (2021), 10.1021/acs.jctc.1c00471.
typedef struct {
    size_t n_atoms;
    bool has_cm5;
    Born born;
    Surface surface;
    Cm5 cm5;
    double *tension;  ///< [n_atoms] hartree/bohr^2
    double *hydrogen; ///< [n_atoms] h, hartree/(bohr^2 e^2)
    double *charge;   ///< [n_atoms] Q, e
    double *field;    ///< [n_atoms] scratch
    double shift;     ///< hartree
} Solvation;

extern const TermType TERM_BORN, TERM_SURFACE, TERM_SOLVENT_HYDROGEN_BONDS, TERM_SOLVATION_SHIFT;

#endif
