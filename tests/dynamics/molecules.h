#ifndef DYNAMICS_MOLECULES_H
#define DYNAMICS_MOLECULES_H

#include "support/model.h"

/// Model molecules for the tests of the motion. Masses in dalton, positions in bohr.

/// Three atoms, three harmonic bonds: bent like water, with O-H stretches at about 3400 /cm.
enum { WATER_ATOMS = 3 };
static const double WATER_MASS[WATER_ATOMS] = {15.999, 1.008, 1.008};
static const double WATER_XYZ[WATER_ATOMS][3] = {
    {0.0, 0.0, 0.0}, {1.81, 0.0, 0.0}, {-0.45, 1.753, 0.0}};
static const ModelBond WATER_BONDS[] = {
    {0, 1, 0.45, 1.81, 0.0}, {0, 2, 0.45, 1.81, 0.0}, {1, 2, 0.10, 2.861, 0.0}};

/// Five atoms: a carbon, four Morse bonds, harmonic distances between the outer atoms.
enum { METHANE_ATOMS = 5 };
static const double METHANE_MASS[METHANE_ATOMS] = {12.011, 1.008, 1.008, 18.998, 1.008};
static const double METHANE_XYZ[METHANE_ATOMS][3] = {
    {0.0, 0.0, 0.0}, {1.2, 1.2, 1.2}, {1.2, -1.2, -1.2}, {-1.2, 1.2, -1.2}, {-1.2, -1.2, 1.2}};
static const ModelBond METHANE_BONDS[] = {{0, 1, 0.30, 2.06, 0.18}, {0, 2, 0.30, 2.06, 0.18},
                                          {0, 3, 0.30, 2.06, 0.18}, {0, 4, 0.30, 2.06, 0.18},
                                          {1, 2, 0.05, 3.37, 0.0},  {1, 3, 0.05, 3.37, 0.0},
                                          {1, 4, 0.05, 3.37, 0.0},  {2, 3, 0.05, 3.37, 0.0},
                                          {2, 4, 0.05, 3.37, 0.0},  {3, 4, 0.05, 3.37, 0.0}};

static inline ModelOptions bonds_only(const ModelBond *bonds, size_t n_bonds)
{
    return (ModelOptions){.bonds = bonds, .n_bonds = n_bonds, .report_iterations = 3};
}

#define BONDS_OF(bonds) bonds_only(bonds, sizeof(bonds) / sizeof *(bonds))

#endif
