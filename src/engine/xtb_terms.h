#ifndef ENGINE_XTB_TERMS_H
#define ENGINE_XTB_TERMS_H

#include "terms/coulomb.h"
#include "terms/dispersion_d3.h"
#include "terms/dispersion_d4.h"
#include "terms/halogen_bond.h"
#include "terms/multipole.h"
#include "terms/repulsion.h"
#include "terms/solvation.h"
#include "terms/thirdorder.h"

enum { XTB_TERMS_MAX = 12 };

/// The contributions beside the Hamiltonian, in the order of the energy breakdown. Memory is claimed
/// for those that the method has.
typedef struct {
    Coulomb coulomb;
    ThirdOrder third;
    Multipole multipole;
    DispersionD4 d4;
    DispersionD3 d3;
    HalogenBond halogen;
    Repulsion repulsion;
    Solvation solvation;
    Term list[XTB_TERMS_MAX];
    size_t n;
} XtbTerms;

/// @param solvent  NULL: gas phase
void xtb_terms_layout(Arena *arena, const Basis *basis, const Pairs *pairs, const int *numbers,
                      const Solvent *solvent, XtbTerms *terms);
void xtb_terms_setup(const Kernels *kernels, const Basis *basis, const Pairs *pairs,
                     const int *numbers, const Solvent *solvent, XtbTerms *terms);

#endif
