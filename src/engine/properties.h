#ifndef ENGINE_PROPERTIES_H
#define ENGINE_PROPERTIES_H

#include <stdbool.h>
#include <stddef.h>

/// What an engine can say of a converged density besides energy, gradient and charges. A set of them is
/// a number whose bit 1 << p stands for property p; their values stand one after another in the order of
/// this list, in atomic units.
///
/// A new property is a line at the end, since bits stand in files and in the interface, and a row of PROPERTIES in properties.c. Configuration, trajectory file,
/// `check`, `convert`, `energy` and the tables of docs/file-format.md walk that row.
#define PROPERTY_LIST(X)                                                                           \
    X(PROPERTY_DIPOLE, "dipole")             /* [3] e bohr, about the origin */                    \
    X(PROPERTY_CHARGES, "charges")           /* [n_atoms] e, Mulliken */                           \
    X(PROPERTY_BOND_ORDERS, "bond_orders")   /* [n_atoms][n_atoms], scf/bond_orders.h */           \
    X(PROPERTY_GAP, "homo_lumo_gap")         /* hartree, lowest empty less highest filled level */ \
    X(PROPERTY_QUADRUPOLE, "quadrupole")     /* [3][3] e bohr^2, traceless, about the origin */    \
    X(PROPERTY_SCF_RESIDUAL, "scf_residual") /* RMS of the last change of charges and moments */

#define PROPERTY_ENUM(name, text) name,
typedef enum { PROPERTY_LIST(PROPERTY_ENUM) N_PROPERTIES } Property;
#undef PROPERTY_ENUM

/// "|dipole|charges|...": the names as the configuration wants its choices, after the first character.
#define PROPERTY_BAR(name, text) "|" text
#define PROPERTY_NAMES PROPERTY_LIST(PROPERTY_BAR)

enum { PROPERTY_AXES_MAX = 2, ALL_PROPERTIES = (1 << N_PROPERTIES) - 1 };

/// Where the values come from, engine/property_source.h.
typedef struct PropertySource PropertySource;

/// All that the rest of the program knows of a property.
typedef struct {
    const char *axes;       ///< a character per axis: 'N' the atoms, '3'; "" is a single number
    const char *au;         ///< its atomic unit
    const char *unit;       ///< in trajectory files
    double unit_per_au;     ///< factor from atomic units to it
    const char *extxyz;     ///< its key in extended XYZ
    double extxyz_per_unit; ///< factor from the unit of the file to angstrom and eV
    double
        tolerance; ///< between a stored value and one computed again, a.u.; INFINITY: not compared
    bool may_be_nan;    ///< NaN says that there is none
    bool needs_moments; ///< reads PropertySource.moments.dipole or .quadrupole
    const char *title;  ///< a few words for a table
    const char *help;   ///< what it is, for the documentation
    /// Values in atomic units, [property_size()]. Cannot fail, allocates nothing.
    void (*compute)(const PropertySource *source, double *out);
} PropertyType;

extern const PropertyType PROPERTIES[N_PROPERTIES];

/// Its name in configurations and files.
const char *property_name(Property property);
/// Numbers of one property of a molecule.
size_t property_size(Property property, size_t n_atoms);
/// Numbers of all properties of a set.
size_t properties_size(unsigned set, size_t n_atoms);
/// True if a property of the set needs atomic dipoles or quadrupoles.
bool properties_need_moments(unsigned set);
/// The values of a set, one after another, [properties_size()] a.u.
void properties_compute(const PropertySource *source, unsigned set, double *out);

#endif
