#include "opt/force_constants.h"

#include <math.h>

static const double BOND = 0.3601, BOND_DECAY = 1.944, BOND_LEAST = 0.005, BOND_MOST = 1.5;
static const double ANGLE = 0.25, ANGLE_HYDROGEN = 0.16, ANGLE_LEAST = 0.05;
static const double TORSION = 0.02, TORSION_DECAY = 5.3, TORSION_LEAST = 0.003, TORSION_MOST = 0.15;

double bond_constant(double r, double r_cov)
{
    return fmin(fmax(BOND * exp(-BOND_DECAY * (r - r_cov)), BOND_LEAST), BOND_MOST);
}

double angle_constant(bool with_hydrogen, double bond1, double bond2)
{
    const double strength = sqrt(fmin(bond1 / BOND, 1.0) * fmin(bond2 / BOND, 1.0));
    return (with_hydrogen ? ANGLE_HYDROGEN : ANGLE) * fmax(strength, ANGLE_LEAST);
}

double torsion_constant(double r, double r_cov)
{
    return fmin(fmax(TORSION * exp(-TORSION_DECAY * (r - r_cov)), TORSION_LEAST), TORSION_MOST);
}
