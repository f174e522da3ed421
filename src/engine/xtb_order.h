#ifndef ENGINE_XTB_ORDER_H
#define ENGINE_XTB_ORDER_H

#include <stdbool.h>

#include "base/arena.h"

/// The order in which the engine holds the atoms of a long molecule (system/atom_order.h), and the way from the caller's order
/// to it and back.
typedef struct {
    bool sorted; ///< false: the caller's order
    size_t n_atoms;
    size_t *atom;       ///< [n_atoms] of the caller, in each place
    double (*xyz)[3];   ///< [n_atoms][3] positions, sorted
    double *properties; ///< [properties_size(all)] before they are put back
} XtbOrder;

/// Room; `sorted` and n_atoms are set.
void xtb_order_layout(XtbOrder *order, Arena *arena);

/// Positions in the engine's order, valid until the next call.
const double (*xtb_order_positions(XtbOrder *order, const double (*xyz)[3]))[3];

/// Numbers of atoms, `width` each, back into the order of the caller; `from` and `to` are different arrays.
void xtb_order_restore(const XtbOrder *order, size_t width, const double *from, double *to);

/// Properties of a set, from order->properties.
void xtb_order_restore_properties(const XtbOrder *order, unsigned set, double *to);

#endif
