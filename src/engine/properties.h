#ifndef ENGINE_PROPERTIES_H
#define ENGINE_PROPERTIES_H

#include <stddef.h>

/// What an engine can say of a converged density besides energy, gradient and charges. A set of them is
/// a number whose bit 1 << p stands for property p; their values stand one after another in the order of
/// this list, in atomic units.
typedef enum {
    PROPERTY_DIPOLE,      ///< [3] e bohr, about the origin: sum_A q_A R_A + mu_A
    PROPERTY_CHARGES,     ///< [n_atoms] e, Mulliken
    PROPERTY_BOND_ORDERS, ///< [n_atoms][n_atoms], scf/bond_orders.h
    PROPERTY_GAP, ///< hartree, lowest empty minus highest filled orbital, scf/homo_lumo_gap.h
    /// [3][3] e bohr^2, traceless, about the origin, with the atomic mu and theta of the density:
    /// sum_A theta_A + q_A (3 R R - R^2)/2 + (3 (R mu + mu R) - 2 R.mu)/2
    PROPERTY_QUADRUPOLE,
    PROPERTY_SCF_RESIDUAL, ///< RMS of the last change of charges and moments, a.u.
    N_PROPERTIES
} Property;

enum { PROPERTY_AXES_MAX = 2, ALL_PROPERTIES = (1 << N_PROPERTIES) - 1 };

/// How a property is called and stored in files.
typedef struct {
    const char *name;
    const char *unit;   ///< in files
    double unit_per_au; ///< factor from atomic units to it
    size_t n_axes;
    size_t axis[PROPERTY_AXES_MAX]; ///< 0 stands for the number of atoms
} PropertyType;

extern const PropertyType PROPERTIES[N_PROPERTIES];

/// Numbers of one property of a molecule.
size_t property_size(Property property, size_t n_atoms);
/// Numbers of all properties of a set.
size_t properties_size(unsigned set, size_t n_atoms);

#endif
