#ifndef TERMS_HALOGEN_BOND_H
#define TERMS_HALOGEN_BOND_H

#include "data/method.h"
#include "terms/term.h"

/// Correction for halogen bonds K-X...Y with K the nearest neighbour of the donor X:
///
///     E = sum_X sum_Y s_X h^6 (y^2 - 0.44 y)/(1 + y^2),   h = (1 - cos KXY)/2,   y = (r0/R_XY)^6
///
/// with r0 = 1.3 (r_X + r_Y) and R_XY <= 20 bohr. X: Br, I, At (chlorine has s = 0); Y: N, O, P, S.
/// K changes without warning when another atom comes nearer, and the energy jumps.
/// Grimme, Bannwarth, Shushkov, J. Chem. Theory Comput. 13, 1989 (2017), 10.1021/acs.jctc.7b00118.
typedef struct {
    double damping, cutoff; ///< 0.44; bohr
    double scale;           ///< 1.3
    size_t n_atoms, n_donors, n_acceptors;
    int *donor;       ///< [n_atoms] n_donors atoms
    int *acceptor;    ///< [n_atoms] n_acceptors atoms
    int *neighbour;   ///< [n_atoms] K of each donor in the geometry last seen
    double *strength; ///< [n_atoms] s_X of each donor, hartree
    double *radius;   ///< [n_atoms] r of every atom, bohr
} HalogenBond;

extern const TermType TERM_HALOGEN_BOND;

#endif
