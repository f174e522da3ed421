#ifndef SUPPORT_GFN2_PARTS_H
#define SUPPORT_GFN2_PARTS_H

#include "base/arena.h"
#include "scf/scf.h"
#include "terms/coulomb.h"
#include "terms/dispersion_d4.h"
#include "terms/hamiltonian.h"
#include "terms/multipole.h"
#include "terms/repulsion.h"
#include "terms/thirdorder.h"

enum { PARTS_MAX_ATOMS = 24, PARTS_TERMS = 7, PARTS_TERMS_WITHOUT_D4 = 5 };

/// GFN2-xTB taken apart: what an engine hides is open here. The D4 terms are the last two, so that a
/// shorter list leaves them out.
typedef struct {
    QmtContext *ctx;
    Arena arena;
    size_t n;
    double xyz[PARTS_MAX_ATOMS][3]; ///< bohr
    Geometry geometry;
    Pairs pairs;
    Coordination coordination;
    Basis basis;
    Hamiltonian hamiltonian;
    Repulsion repulsion;
    Coulomb coulomb;
    ThirdOrder third;
    Multipole multipole;
    DispersionD4 d4;
    Term terms[PARTS_TERMS];
    Scf scf;
} Gfn2Parts;

/// Fails the test if there is no memory. Closed shells and one unpaired electron for odd numbers.
void gfn2_parts_create(QmtContext *ctx, size_t n, const int *numbers, Gfn2Parts *parts);
/// Everything that depends on the geometry.
void gfn2_parts_move(Gfn2Parts *parts, const double (*xyz)[3]);
void gfn2_parts_destroy(Gfn2Parts *parts);

#endif
