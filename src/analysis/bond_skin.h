#ifndef ANALYSIS_BOND_SKIN_H
#define ANALYSIS_BOND_SKIN_H

#include "analysis/bonds.h"

/// Bonds of a path of many steps, each looked at, without the distances of all pairs in each. Where every pair is a way
/// `room` from the limit at which something would change, nothing changes before an atom has moved by room / 2: the skin
/// of Verlet's lists (Phys. Rev. 159, 98 (1967), 10.1103/PhysRev.159.98).

typedef struct {
    double (*xyz)[3]; ///< [n_atoms] of the geometry that was last seen whole
    double
        square; ///< of the way that no atom has gone as long as nothing changes; negative: none was seen
} BondSkin;

void bond_skin_layout(BondSkin *skin, Arena *arena, size_t n_atoms);
/// The next geometry. The same answer as bonds_update(), whatever the path. *after is filled only if it is true.
bool bond_skin_update(BondSkin *skin, const Bonds *before, const double (*xyz)[3], Bonds *after);

#endif
