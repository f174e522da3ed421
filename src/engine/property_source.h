#ifndef ENGINE_PROPERTY_SOURCE_H
#define ENGINE_PROPERTY_SOURCE_H

#include "scf/bond_orders.h"
#include "scf/homo_lumo_gap.h"
#include "terms/term.h"

/// A converged density, for the properties of it. What they overwrite is no longer needed after an
/// evaluation.
struct PropertySource {
    const Geometry *geometry;
    const Moments *moments; ///< atomic charges; dipoles and quadrupoles if a property needs_moments
    const Basis *basis;
    Density *density;
    BondOrders *bond_orders; ///< workspace
    GapSearch *gap_search;   ///< workspace, and what it remembers
    const double *electrons; ///< [n_atoms] of each atom, by Mulliken
    double residual;         ///< of the SCF, a.u.
};

#endif
